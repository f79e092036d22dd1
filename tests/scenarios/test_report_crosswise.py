"""A photo where words are asked for, words where a photo is: nothing is lost."""

from sqlalchemy import select

from db.models.reports import Report, ReportMove, ReportPhoto
from tests.scenarios.test_report_handling import cast
from tests.scenarios.test_report_intake import shades
from tests.telegram import Photo, Town


async def after(town: Town) -> tuple[Report, str, int]:
    """The report, the words of its last move, and how many photos it has."""
    async with town.database.read() as session:
        moves = (await session.scalars(select(ReportMove).order_by(ReportMove.id))).all()
        photos = (await session.scalars(select(ReportPhoto))).all()
        return await session.get_one(Report, 1), moves[-1].words, len(photos)


async def test_the_words_under_the_photo_are_what_was_done(town: Town) -> None:
    _, grid, _ = await cast(town)
    await grid.presses("rdesk:handle:1")
    for shade in shades(2):
        await grid.sends(Photo(shade, caption="换了灯泡", album="3"))
    await grid.taps("发好了")
    grid.sees("请看一眼", "换了灯泡", "2 张")
    await grid.taps("交上去")
    row, words, photos = await after(town)
    assert (row.state, words, photos) == ("handled", "换了灯泡", 3)


async def test_words_before_the_photo_are_kept(town: Town) -> None:
    _, grid, _ = await cast(town)
    await grid.presses("rdesk:handle:1")
    await grid.sends("换了灯泡")
    grid.sees("也记下了", "拍一张")
    await grid.sends("!!!")
    await grid.sends(Photo())
    await grid.taps("发好了")
    grid.sees("请看一眼", "换了灯泡")
    await grid.taps("改一项")
    await grid.taps("处理情况")
    await grid.sends("换了灯泡和灯座")
    await grid.taps("交上去")
    assert (await after(town))[1] == "换了灯泡和灯座"


async def test_a_photo_where_the_resident_is_asked_for_words(town: Town) -> None:
    wang, grid, _ = await cast(town)
    await grid.presses("rdesk:handle:1")
    await grid.sends(Photo(caption="好了"))
    await grid.taps("发好了")
    await grid.taps("交上去")
    await wang.taps("还没好")
    for shade in shades(4):
        await wang.sends(Photo(shade, album="8"))
    wang.sees("请写一句", "最多 3 张")
    await wang.sends("还是黑的")
    wang.sees("请看一眼", "还是黑的", "3 张")
    await wang.sends(Photo(shades(5)[4]))  # one more on the last page
    wang.sees("请看一眼", "最多 3 张")
    await wang.taps("交上去")
    wang.sees("转给处理的同志", buttons=["看看进度"])
    row, words, photos = await after(town)
    assert (row.state, words, photos) == ("reopened", "还是黑的", 5)

"""Residents answer questionnaires; staff see counts at once and answers by batches."""

import random

from sqlalchemy import func, select

from db.models.surveys import SurveyBuffered, SurveyParticipation, SurveyResponse
from services.permissions import Role
from tests.telegram import Somebody, Town


async def fills_in(who: Somebody, pick: int = 0) -> None:
    """Answer the first questionnaire by its buttons, leaving the texts out."""
    await who.sends("/survey")
    await who.taps("社区生活")
    await who.taps("开始答")
    for _ in range(60):
        labels = list(who.screen[-1].buttons)
        if "交上去" in labels:
            break
        if any(label.startswith("☐") for label in labels):
            await who.taps("☐")
            await who.taps("选好了")
        elif "看好了,下一题" in labels:
            await who.taps("看好了")
        else:
            plain = [b for b in labels if b not in ("上一题", "先存着", "我替别人填", "下一页")]
            await who.presses(who.screen[-1].buttons[plain[min(pick, len(plain) - 1)]])
    await who.taps("交上去")


async def test_a_resident_answers_once_and_is_thanked(town: Town) -> None:
    wang = await town.person("王阿姨", community="donghu")
    await wang.sends("/survey")
    wang.sees("先填哪一份")
    await wang.taps("社区生活")
    intro = wang.sees("不记名", buttons=["开始答", "先不答"])
    assert intro.text.count("不记名") == 1
    await wang.taps("开始答")
    wang.sees("第 1/")
    await fills_in(wang)
    wang.sees_somewhere("谢谢您")
    await wang.sends("/survey")
    assert "社区生活" not in wang.screen[-1].text


async def test_answers_are_seen_once_a_batch_of_twenty_is_full(town: Town) -> None:
    staff = await town.person("街道小陈", Role.STREET_STAFF)
    await fills_in(await town.person("居民", community="donghu"))
    await staff.sends("/surveys")
    staff.sees("社区生活小问卷", "1 份")
    await staff.taps("社区生活")
    staff.sees("已收 1 份", "能看内容的 0 份", "凑够 20 份")
    await staff.taps("看结果")
    staff.sees_toast("太少")
    for i in range(19):
        await fills_in(await town.person(f"居民{i}", community="donghu"), pick=i % 3)
    await staff.taps("看结果")
    staff.sees("1/", "20 人回答", buttons=["下一题", "看图"])
    await staff.taps("看图")
    assert any(shown.file for shown in staff.screen)


async def test_the_close_makes_the_rest_visible_and_ends_answering(town: Town) -> None:
    staff = await town.person("街道小陈", Role.STREET_STAFF)
    late = await town.person("晚来的", community="donghu")
    await late.sends("/survey")
    await late.taps("社区生活")
    intro = late.sees("不记名")
    for i in range(6):
        await fills_in(await town.person(f"居民{i}", community="donghu"))
    await staff.sends("/surveys")
    await staff.taps("社区生活")
    await staff.taps("结束")
    staff.sees("已结束", "能看内容的 6 份")
    await late.taps("开始答", on=intro)
    late.sees_toast("已经结束")


async def test_residents_do_not_get_to_the_desk(town: Town) -> None:
    wang = await town.person("王阿姨", community="donghu")
    await wang.presses("sdesk:results:1:0")
    wang.sees_toast("需要有权限")
    await wang.sends("/surveys")
    wang.sees("需要有权限")


async def test_who_answered_what_cannot_be_joined_better_than_by_chance(town: Town) -> None:
    """Whoever holds the whole database tries to link by order of rows and by every column."""
    people = [await town.person(f"居民{i}", community="donghu") for i in range(20)]
    picks = [random.Random(i).randrange(2) for i in range(20)]
    for who, pick in zip(people, picks, strict=True):
        await fills_in(who, pick)
    async with town.database.read() as session:
        waiting = await session.scalar(select(func.count()).select_from(SurveyBuffered))
        who_took_part = (await session.scalars(select(SurveyParticipation.person_hash))).all()
        answers = (await session.scalars(select(SurveyResponse))).all()
    assert waiting == 0
    assert len(who_took_part) == len(answers) == 20
    assert all(answer.person_id is None for answer in answers)
    columns = set(SurveyResponse.__table__.columns.keys())
    shared = columns & set(SurveyParticipation.__table__.columns.keys())
    assert shared == {"survey_id", "community_id"}
    ids = [answer.id for answer in answers]
    assert ids != sorted(ids) or len(set(ids)) == 20
    assert len({answer.published_on for answer in answers}) == 1

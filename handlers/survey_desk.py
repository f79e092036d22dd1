"""Staff see how far a questionnaire is and what was answered, open and close it."""

from markupsafe import Markup

from db.models.surveys import Survey
from db.stores import jobs
from handlers import survey_results
from handlers.chat import Button, Chat, Screen
from handlers.texts import join, say
from services import clock, fillings, places
from services.permissions import Permission
from services.surveys import desk, reminding
from services.surveys import results as looked_into
from services.surveys.answering import BATCH
from services.surveys.desk import Progress, Tally

BAR = 10  # characters of a full bar


async def listing(chat: Chat) -> None:
    """Every questionnaire with its state and counts."""
    found = await desk.listed(chat.work, chat.actor)
    write = (Button(str(say("survey_desk.button.write")), "sdraft:help"),)
    every = str(await reminding.days(chat.work))
    remind = (Button(str(say(f"survey_desk.remind.d{every}")), "sdesk:remind"),)
    new = [write, remind] if chat.actor.can(Permission.SURVEY_EDIT) else []
    if not found:
        await chat.show(Screen(say("survey_desk.none"), tuple(new)))
        return
    lines, rows = [], []
    for survey in found:
        reached = await desk.progress(chat.work, survey)
        state = say(f"survey_desk.state.{survey.state}")
        lines.append(
            say("survey_desk.line", title=survey.title, state=state, count=reached.answered)
        )
        rows.append((Button(survey.title, f"sdesk:show:{survey.id}"),))
    await chat.show(Screen(say("survey_desk.list", lines=join(lines)), (*rows, *new)))


async def pressed(chat: Chat) -> None:
    """Buttons of the desk: 'sdesk:<act>:<survey>:<page>'."""
    act, number, page = chat.press_parts(3)
    if act == "remind":
        await reminding.set_next(chat.work, chat.actor)
    if act in ("list", "remind") or not number.isdecimal():
        await listing(chat)
        return
    need = Permission.SURVEY_EDIT if act in ("open", "close") else Permission.SURVEY_RESULTS
    survey = await desk.access(chat.work, chat.actor, int(number), need)
    if act == "open":
        await desk.open_survey(chat.work, chat.actor, survey)
        chat.tell("survey_desk.opened")
    elif act == "close":
        await desk.close_survey(chat.work, chat.actor, survey)
        chat.tell("survey_desk.closed")
    await _look(chat, survey, act, page)


async def _look(chat: Chat, survey: Survey, act: str, page: str) -> None:
    turned = int(page) if page.isdecimal() else 0
    if act == "results":
        first, _, text_page = page.partition(".")
        await results(
            chat,
            survey,
            int(first) if first.isdecimal() else 0,
            int(text_page) if text_page.isdecimal() else 0,
        )
    elif act == "chart":
        await _order_chart(chat, survey, page)
    elif act == "export":
        await survey_results.export(chat, survey)
    elif act == "file":
        await survey_results.file(chat, survey, page)
    elif act == "posters":
        await survey_results.posters(chat, survey, turned)
    elif act == "poster":
        await survey_results.poster(chat, survey, page)
    elif act == "cross":
        await survey_results.cross(chat, survey, page)
    else:
        await show(chat, survey)


async def show(chat: Chat, survey: Survey) -> None:
    """One questionnaire: counts, by community, and what can be done."""
    reached = await desk.progress(chat.work, survey)
    text = say(
        "survey_desk.page",
        title=survey.title,
        state=say(f"survey_desk.state.{survey.state}"),
        answered=reached.answered,
        under_way=reached.under_way,
        visible=reached.visible,
        communities=await _by_community(chat, survey, reached),
    )
    if (stands := await survey_results.standing(chat, survey)) is not None:
        text = join([text, stands], "\n\n")
    if survey.anonymous and reached.answered > reached.visible:
        text = join([text, say("survey_desk.by_batches", batch=BATCH)], "\n\n")
    rows: list[tuple[Button, ...]] = [
        (Button(str(say("survey_desk.button.results")), f"sdesk:results:{survey.id}:0"),)
    ]
    if chat.actor.can(Permission.SURVEY_EDIT) and survey.state == "draft":
        rows = [_draft_button(survey, act) for act in ("preview", "publish", "file", "drop")]
    elif chat.actor.can(Permission.SURVEY_EDIT):
        act = "close" if survey.state == "open" else "open"
        key = f"survey_desk.button.{act}"
        rows.append((Button(str(say(key)), f"sdesk:{act}:{survey.id}"),))
        rows.append((*_draft_button(survey, "clone"), *_draft_button(survey, "file")))
    if survey.state != "draft":
        rows.append((_button("export", survey), _button("poster", survey, "posters")))
    rows.append((Button(str(say("survey_desk.button.back")), "sdesk:list"),))
    await chat.show(Screen(text, tuple(rows)), slot=f"sdesk:{survey.id}", edit=True)


def _button(key: str, survey: Survey, act: str = "") -> Button:
    return Button(str(say(f"survey_desk.button.{key}")), f"sdesk:{act or key}:{survey.id}")


def _draft_button(survey: Survey, act: str) -> tuple[Button, ...]:
    return (Button(str(say(f"survey_desk.button.{act}")), f"sdraft:{act}:{survey.id}"),)


async def _by_community(chat: Chat, survey: Survey, reached: Progress) -> Markup:
    """Counts against targets; where there is no target, from SMALLEST answers on."""
    names = {c.id: c.name for c in await places.communities(chat.work)}
    lines = []
    for key, target in survey.targets.items():
        count = reached.by_community.get(int(key), 0)
        name, share = names.get(int(key), ""), min(999, 100 * count // target)
        params = {"name": name, "count": count, "target": target, "share": share}
        lines.append(say("survey_desk.community_target", **params))
    lines += [
        say("survey_desk.community", name=names.get(key or 0, say("survey_desk.nowhere")), count=n)
        for key, n in sorted(reached.by_community.items(), key=lambda pair: -pair[1])
        if n >= desk.SMALLEST and str(key) not in survey.targets
    ]
    return join(lines) if lines else say("survey_desk.too_few")


async def results(chat: Chat, survey: Survey, page: int, text_page: int = 0) -> None:
    """One question a page, as numbers and bars of text."""
    tallies = await desk.tallies(chat.work, survey)
    if not tallies:
        chat.tell("survey_desk.no_answers_yet", alert=True)
        await show(chat, survey)
        return
    page = min(page, len(tallies) - 1)
    tally = tallies[page]
    body, has_more = _written(tally), False
    if tally.texts:
        body, has_more = await survey_results.written(chat, survey, tally, text_page)
    text = join(
        [
            say("survey_desk.question", number=page + 1, total=len(tallies), label=tally.label),
            body,
            say("survey_desk.answered", count=tally.answered),
        ],
        "\n\n",
    )
    row = []
    if page:
        row.append(_page_button("previous", survey, page - 1))
    if page + 1 < len(tallies):
        row.append(_page_button("next", survey, page + 1))
    rows = [tuple(row)] if row else []
    if has_more:
        more = str(say("survey_desk.button.more"))
        rows.append((Button(more, f"sdesk:results:{survey.id}:{page}.{text_page + 1}"),))
    document = await fillings.document(chat.work, survey.document_id)
    names = [one.name for one in looked_into.comparable(document)]
    rows.append(survey_results.cross_button(survey, tally, names))
    if tally.counts:
        chart = Button(str(say("survey_desk.button.chart")), f"sdesk:chart:{survey.id}:{page}")
        rows.append((chart,))
    rows.append((Button(str(say("survey_desk.button.back")), f"sdesk:show:{survey.id}"),))
    await chat.show(Screen(text, tuple(rows)), slot=f"sdesk:{survey.id}", edit=True)


def _page_button(key: str, survey: Survey, page: int) -> Button:
    return Button(str(say(f"survey_desk.button.{key}")), f"sdesk:results:{survey.id}:{page}")


def _written(tally: Tally) -> Markup:
    if tally.counts:
        most = max(count for _, count in tally.counts) or 1
        return join([_bar(label, count, most, tally.answered) for label, count in tally.counts])
    return say("survey_desk.no_text")


def _bar(label: str, count: int, most: int, total: int) -> Markup:
    share = round(100 * count / total) if total else 0
    full = round(BAR * count / most)
    return say(
        "survey_desk.bar",
        label=label,
        bar=str(say("survey_desk.full")) * full,
        count=count,
        share=share,
    )


async def _order_chart(chat: Chat, survey: Survey, page: str) -> None:
    payload = {"survey_id": survey.id, "page": int(page or 0), "chat_id": chat.id}
    await jobs.add(chat.work.session, "survey_chart", payload, now=clock.now())
    chat.tell("survey_desk.drawing")

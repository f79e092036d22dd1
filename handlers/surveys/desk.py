"""Staff see how far a questionnaire is and what was answered, open and close it."""

from markupsafe import Markup

from db.models.surveys import Survey
from db.stores import jobs
from handlers import menu
from handlers.chat import Button, Chat, Screen
from handlers.surveys import crosstabs, files, progress
from handlers.surveys import results as survey_results
from handlers.texts import join, say
from services import clock, fillings
from services.permissions import Permission
from services.surveys import desk, reminding, tallies
from services.surveys.answering import BATCH
from services.surveys.tallies import Tally

BAR = 10  # characters of a full bar
A_PAGE = 6


async def listing(chat: Chat, page: int = 0) -> None:
    """Every questionnaire with its state and counts, six at a time."""
    found = await desk.listed(chat.work, chat.actor)
    write = (Button(str(say("survey_desk.button.write")), "sdraft:help"),)
    every = str(await reminding.days(chat.work))
    remind = (Button(str(say(f"survey_desk.remind.d{every}")), "sdesk:remind"),)
    new: list[tuple[Button, ...]] = (
        [write, remind] if chat.actor.can(Permission.SURVEY_EDIT) else []
    )
    new.append(menu.way_back())
    if not found:
        await chat.show(Screen(say("survey_desk.none"), tuple(new)))
        return
    lines: list[Markup] = []
    rows: list[tuple[Button, ...]] = []
    for survey in found[page * A_PAGE : (page + 1) * A_PAGE]:
        reached = await desk.progress(chat.work, survey)
        state = say(f"survey_desk.state.{survey.state}")
        lines.append(
            say("survey_desk.line", title=survey.title, state=state, count=reached.answered)
        )
        rows.append((Button(survey.title, f"sdesk:show:{survey.id}"),))
    if turning := _turning(page, len(found)):
        rows.append(turning)
    await chat.show(Screen(say("survey_desk.list", lines=join(lines)), (*rows, *new)))


def _turning(page: int, count: int) -> tuple[Button, ...]:
    before = Button(str(say("survey_desk.button.previous_page")), f"sdesk:list:{page - 1}")
    after = Button(str(say("survey_desk.button.more")), f"sdesk:list:{page + 1}")
    return (*((before,) if page else ()), *((after,) if count > (page + 1) * A_PAGE else ()))


async def pressed(chat: Chat) -> None:
    """Buttons of the desk: 'sdesk:<act>:<survey>:<page>'."""
    act, number, page = chat.press_parts(3)
    if act == "remind":
        await reminding.set_next(chat.work, chat.actor)
    if act in ("list", "remind") or not number.isdecimal():
        await listing(chat, _number(number))
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
    """Look at one page of it; what nobody knows is the first page."""
    first, _, second = page.partition(".")
    number, inner = _number(first), _number(second)
    if act == "results":
        await results(chat, survey, number, inner)
    elif act in ("chart", "reached"):
        await _order_chart(chat, survey, number if act == "chart" else None)
    elif act in ONE_PAGE:
        await ONE_PAGE[act](chat, survey)
    elif act in TURNED:
        await TURNED[act](chat, survey, number)
    elif act in CHOSEN:
        await CHOSEN[act](chat, survey, page)
    else:
        await show(chat, survey, edit=act != "anew")


def _number(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 6 else 0


async def show(chat: Chat, survey: Survey, *, edit: bool = True) -> None:
    """One questionnaire: counts, by community, and what can be done. Its card is changed in
    place, or comes anew where it has moved far up in the chat."""
    reached = await desk.progress(chat.work, survey)
    text = say(
        "survey_desk.page",
        title=survey.title,
        state=say(f"survey_desk.state.{survey.state}"),
        answered=reached.answered,
        under_way=reached.under_way,
        visible=reached.visible,
        communities=await progress.by_community(chat, survey),
    )
    if (limits := await progress.limits(chat, survey)) is not None:
        text = join([text, limits], "\n\n")
    if (stands := await progress.standing(chat, survey)) is not None:
        text = join([text, stands], "\n\n")
    if survey.anonymous and reached.answered > reached.visible:
        text = join([text, say("survey_desk.by_batches", batch=BATCH)], "\n\n")
    rows = (*_rows(chat, survey), (Button(str(say("survey_desk.button.back")), "sdesk:list"),))
    await chat.show(Screen(text, rows), slot=f"sdesk:{survey.id}", edit=edit)


def _rows(chat: Chat, survey: Survey) -> list[tuple[Button, ...]]:
    """What can be done with it, by whom."""
    may_edit = chat.actor.can(Permission.SURVEY_EDIT)
    if survey.state == "draft":
        acts = ("preview", "publish", "file", "drop") if may_edit else ()
        rows = [_draft_button(survey, act) for act in acts]
        return [*rows[:2], (_people_button(survey),), *rows[2:]] if may_edit else []
    results = Button(str(say("survey_desk.button.results")), f"sdesk:results:{survey.id}:0")
    looks = (_button("reached", survey), _button("paces", survey))
    rows = [(results,), looks, (_button("export", survey),)]
    if not may_edit:
        return [*rows, (_button("poster", survey, "posters"),)]
    act = "close" if survey.state == "open" else "open"
    return [*rows, (_button(act, survey),), (_button("more_acts", survey, "acts"),)]


async def acts(chat: Chat, survey: Survey) -> None:
    """What is not needed every day: posters, the list of people, the questions themselves."""
    rows: list[tuple[Button, ...]] = [(_button("poster", survey, "posters"),)]
    if chat.actor.can(Permission.SURVEY_EDIT):
        rows.append((_people_button(survey),))
        targets = str(say("survey_desk.button.targets"))
        rows.append((Button(targets, f"starget:show:{survey.id}:0"),))
        rows += [_draft_button(survey, act) for act in ("dates", "clone", "file")]
    screen = Screen(say("surveys.title", title=survey.title), (*rows, survey_results.back(survey)))
    await chat.show(screen, slot=f"sdesk:{survey.id}", edit=True)


def _people_button(survey: Survey) -> Button:
    return Button(str(say("survey_desk.button.people")), f"slist:show:{survey.id}")


def _button(key: str, survey: Survey, act: str = "") -> Button:
    return Button(str(say(f"survey_desk.button.{key}")), f"sdesk:{act or key}:{survey.id}")


def _draft_button(survey: Survey, act: str) -> tuple[Button, ...]:
    return (Button(str(say(f"survey_desk.button.{act}")), f"sdraft:{act}:{survey.id}"),)


async def results(chat: Chat, survey: Survey, page: int, text_page: int = 0) -> None:
    """One question a page, as numbers and bars of text."""
    found = await tallies.of_questions(chat.work, survey)
    if not found:
        chat.tell("survey_desk.no_answers_yet", alert=True)
        await show(chat, survey)
        return
    page = min(page, len(found) - 1)
    tally = found[page]
    body, has_more = _written(tally), False
    if tally.texts:
        body, has_more = await survey_results.written(chat, survey, tally, text_page)
    text = join(
        [
            say("survey_desk.question", number=page + 1, total=len(found), label=tally.label),
            body,
            say("survey_desk.answered", count=tally.answered),
        ],
        "\n\n",
    )
    row = []
    if page:
        row.append(_page_button("previous", survey, page - 1))
    if page + 1 < len(found):
        row.append(_page_button("next", survey, page + 1))
    rows = [tuple(row)] if row else []
    if has_more:
        more = str(say("survey_desk.button.more"))
        rows.append((Button(more, f"sdesk:results:{survey.id}:{page}.{text_page + 1}"),))
    document = await fillings.document(chat.work, survey.document_id)
    rows.append(crosstabs.button(survey, document, tally.name))
    if tally.files:
        rows.append(files.button(survey, page, tally.files))
    if tally.counts:
        chart = Button(str(say("survey_desk.button.chart")), f"sdesk:chart:{survey.id}:{page}")
        rows.append((chart,))
    rows.append((Button(str(say("survey_desk.button.back")), f"sdesk:show:{survey.id}"),))
    await chat.show(Screen(text, tuple(rows)), slot=f"sdesk:{survey.id}", edit=True)


def _page_button(key: str, survey: Survey, page: int) -> Button:
    return Button(str(say(f"survey_desk.button.{key}")), f"sdesk:results:{survey.id}:{page}")


def _written(tally: Tally) -> Markup:
    if tally.files:
        return say("survey_desk.files_given", count=tally.files)
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


async def _order_chart(chat: Chat, survey: Survey, page: int | None) -> None:
    """The picture of one question, or of what came from each community."""
    payload = {"survey_id": survey.id, "page": page, "chat_id": chat.id}
    await jobs.add(chat.work.session, "survey_chart", payload, now=clock.now())
    chat.tell("survey_desk.drawing")


ONE_PAGE = {"acts": acts, "export": survey_results.export}
TURNED = {"paces": progress.paces, "posters": survey_results.posters}
CHOSEN = {
    "cross": crosstabs.cross,
    "file": survey_results.file,
    "files": files.files,
    "poster": survey_results.poster,
}

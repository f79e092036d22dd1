"""Staff write questionnaires: send a workbook, look at the draft, publish, clone, new version."""

import secrets
from datetime import date

from db.models.surveys import Survey
from db.stores import jobs
from handlers import sent_workbooks
from handlers.chat import Button, Chat, Kind, Screen
from handlers.forms import registry, runner
from handlers.forms.registry import Form
from handlers.texts import say
from services import clock, places
from services.clubs import membership as clubs
from services.fillings import Open, Submission
from services.permissions import Permission
from services.surveys import desk, drafts, metadata, retargeting
from services.surveys.drafts import Publication

LARGEST = 20 * 2**20  # what a bot may fetch
ENDINGS = (".xlsx", ".xls")


def takes(chat: Chat) -> bool:
    """Whether this message is a workbook from somebody who may write questionnaires."""
    given = chat.given
    name = (given.file.name or "").lower() if given.file else ""
    return (
        given.kind is Kind.DOCUMENT
        and name.endswith(ENDINGS)
        and chat.actor.can(Permission.SURVEY_EDIT)
    )


async def take(chat: Chat) -> None:
    """A workbook arrived: have it checked after the commit."""
    file = chat.given.file
    name = (file.name or "") if file else ""
    await sent_workbooks.order(chat, "survey_import", largest=LARGEST, name=name)


async def pressed(chat: Chat) -> None:
    """Buttons of a draft: 'sdraft:<act>:<survey>:<other>'."""
    act, number, other = chat.press_parts(3)
    if act in ("help", "template") or not number.isdecimal():
        await _begin_writing(chat, act)
        return
    survey = await desk.access(chat.work, chat.actor, int(number), Permission.SURVEY_EDIT)
    if act == "preview":
        await _try(chat, survey)
    elif act == "publish":
        await runner.begin(chat, "survey_publish", subject=str(survey.id))
    elif act == "dates":
        opens, closes = (day and day.isoformat() for day in drafts.days(survey))
        answers = {"opens": opens, "closes": closes}
        await runner.begin(chat, "survey_dates", subject=str(survey.id), answers=answers)
    elif act == "audience":
        await _ask_audience(chat, survey)
    elif act == "clone":
        await _show(chat, await drafts.clone(chat.work, chat.actor, survey))
    elif act == "file":
        await order_file(chat, survey, "xlsform")
    elif act == "version" and other.isdecimal():
        await _new_version(chat, survey, int(other))
    elif act == "drop":
        await drafts.drop(chat.work, chat.actor, survey)
        await chat.say("survey_desk.dropped")
    else:
        await _show(chat, survey)


async def _try(chat: Chat, survey: Survey) -> None:
    """Fill it in as a resident will; nothing is kept."""
    known = await metadata.at_start(chat.work, chat.actor, survey)
    await runner.begin(
        chat,
        "survey_preview",
        document_id=survey.document_id,
        subject=str(survey.id),
        meta=known,
    )


async def _begin_writing(chat: Chat, act: str) -> None:
    if act == "template":
        await _order(chat, {"what": "template"})
        return
    await chat.say(
        "survey_desk.how_to_write",
        [Button(str(say("survey_desk.button.template")), "sdraft:template")],
        [Button(str(say("survey_desk.button.back")), "sdesk:list")],
    )


async def order_file(chat: Chat, survey: Survey, what: str, other: str = "") -> None:
    """Have a file of this questionnaire made and sent."""
    await _order(chat, {"what": what, "survey_id": survey.id, "other": other})


async def _order(chat: Chat, wanted: dict[str, object]) -> None:
    payload = wanted | {
        "chat_id": chat.id,
        "bot_username": chat.office.bot_username,
        "slot": f"survey_file:{secrets.token_hex(6)}",
    }
    await jobs.add(chat.work.session, "survey_file", payload, now=clock.now())
    chat.tell("survey_desk.making")


async def _new_version(chat: Chat, draft: Survey, other: int) -> None:
    of = await desk.access(chat.work, chat.actor, other, Permission.SURVEY_EDIT)
    title = draft.title
    await drafts.become_version(chat.work, chat.actor, draft, of)
    await chat.say("survey_desk.is_version", title=title)


async def _show(chat: Chat, survey: Survey) -> None:
    others = [(one.id, one.title) for one in await drafts.namesakes(chat.work, survey)]
    await chat.show(draft_screen(survey.id, survey.title, others))


def draft_screen(
    survey_id: int, title: str, namesakes: list[tuple[int, str]], warnings: str = ""
) -> Screen:
    """The card of a draft: fill it in for a try, publish it, throw it away."""
    rows = [
        (Button(str(say(f"survey_desk.button.{act}")), f"sdraft:{act}:{survey_id}"),)
        for act in ("preview", "publish", "file", "drop")
    ]
    rows.insert(2, (Button(str(say("survey_desk.button.people")), f"slist:show:{survey_id}"),))
    for other, name in namesakes[:1]:
        label = str(say("survey_desk.button.version", title=name[:30]).unescape())
        rows.insert(2, (Button(label, f"sdraft:version:{survey_id}:{other}"),))
    text = say("survey_desk.draft", title=title)
    return Screen(text if not warnings else say("survey_desk.both", first=warnings, second=text),
                  tuple(rows))  # fmt: skip


async def _communities(chat: Chat, _one: Open) -> list[tuple[str, str]]:
    return [(str(one.id), one.name) for one in await places.communities(chat.work)]


async def _clubs(chat: Chat, _one: Open) -> list[tuple[str, str]]:
    return [(str(one.club.id), one.club.name) for one in await clubs.listed(chat.work, chat.actor)]


async def _known(chat: Chat, one: Open) -> dict[str, None]:
    """Where there is no club, none is asked for."""
    if "clubs" in one.filling.answers or await _clubs(chat, one):
        return {}
    return {"clubs": None}


async def _published(chat: Chat, submission: Submission) -> None:
    need = Permission.SURVEY_EDIT
    survey = await desk.access(chat.work, chat.actor, int(submission.subject), need)
    await drafts.publish(chat.work, chat.actor, survey, _publication(submission))
    link = f"https://t.me/{chat.office.bot_username}?start=svy_{survey.id}"
    await chat.say(
        "survey_desk.published",
        [Button(str(say("survey_desk.button.poster")), f"sdesk:posters:{survey.id}")],
        [Button(str(say("survey_desk.button.back")), f"sdesk:anew:{survey.id}")],
        title=survey.title,
        link=link,
    )


def _publication(submission: Submission) -> Publication:
    values = submission.values
    return Publication(
        anonymous=values["anonymous"] == "yes",
        once=values["once"] == "yes",
        opens=_day(values.get("opens")),
        closes=_day(values.get("closes")),
        communities=[int(one) for one in values.get("communities") or ()],
        roles=list(values.get("roles") or ()),
        clubs=[int(one) for one in values.get("clubs") or ()],
        target=int(values.get("target") or 0),
        stops=values.get("stops") == "yes",
    )


def _day(value: str | None) -> date | None:
    return date.fromisoformat(value) if value else None


async def _rescheduled(chat: Chat, submission: Submission) -> None:
    need = Permission.SURVEY_EDIT
    survey = await desk.access(chat.work, chat.actor, int(submission.subject), need)
    opens, closes = (_day(submission.values.get(key)) for key in ("opens", "closes"))
    await drafts.reschedule(chat.work, chat.actor, survey, opens=opens, closes=closes)
    await chat.say(
        "survey_desk.rescheduled",
        [Button(str(say("survey_desk.button.back")), f"sdesk:anew:{survey.id}")],
    )


async def _ask_audience(chat: Chat, survey: Survey) -> None:
    known = {key: survey.audience.get(key) or None for key in ("communities", "roles", "clubs")}
    answers = {
        key: [str(one) for one in chosen] if chosen else None for key, chosen in known.items()
    }
    if not await clubs.listed(chat.work, chat.actor):
        answers["clubs"] = None
    await runner.begin(chat, "survey_audience", subject=str(survey.id), answers=answers)


async def _retargeted(chat: Chat, submission: Submission) -> None:
    need = Permission.SURVEY_EDIT
    survey = await desk.access(chat.work, chat.actor, int(submission.subject), need)
    values = submission.values
    await retargeting.retarget(
        chat.work,
        chat.actor,
        survey,
        communities=[int(one) for one in values.get("communities") or ()],
        roles=list(values.get("roles") or ()),
        clubs=[int(one) for one in values.get("clubs") or ()],
    )
    await chat.say(
        "survey_desk.retargeted",
        [Button(str(say("survey_desk.button.back")), f"sdesk:anew:{survey.id}")],
    )


async def _tried(chat: Chat, submission: Submission) -> None:
    await chat.say(
        "survey_desk.tried",
        [Button(str(say("survey_desk.button.back")), f"sdesk:anew:{submission.subject}")],
    )


registry.register(
    Form(
        "survey_publish",
        done=_published,
        lists={"communities": _communities, "clubs": _clubs},
        known=_known,
    )
)
registry.register(
    Form(
        "survey_audience",
        done=_retargeted,
        lists={"communities": _communities, "clubs": _clubs},
    )
)
registry.register(Form("survey_dates", done=_rescheduled))
registry.register(Form("survey_preview", done=_tried, handwritten=False))

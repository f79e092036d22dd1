"""Staff say how many answers they want of each community, and whether that many is enough."""

from db.models.surveys import Survey
from handlers.chat import Button, Chat, Screen
from handlers.forms import registry, runner
from handlers.forms.registry import Form
from handlers.texts import join, say
from services import places
from services.errors import Refusal
from services.fillings import Submission
from services.permissions import Permission
from services.surveys import desk, drafts

A_PAGE = 6


async def pressed(chat: Chat) -> None:
    """Buttons: 'starget:<act>:<survey>:<what>'; the page, one community, stopping or not."""
    act, number, what = chat.press_parts(3)
    survey_id = int(number) if number.isdecimal() else 0
    survey = await desk.access(chat.work, chat.actor, survey_id, Permission.SURVEY_EDIT)
    if act == "one" and what.isdecimal():
        await _ask(chat, survey, int(what))
        return
    if act == "stops" and what in ("on", "off"):
        await drafts.set_stops(chat.work, chat.actor, survey, on=what == "on")
    page = int(what) if act == "show" and what.isdecimal() and len(what) < 4 else 0
    await _show(chat, survey, page=page, edit=True)


async def _ask(chat: Chat, survey: Survey, community_id: int) -> None:
    known = {one.id: one.name for one in await places.communities(chat.work)}
    if community_id not in known:
        raise Refusal("common.not_there")
    subject = f"{survey.id}.{community_id}"
    before = say("surveys.title", title=known[community_id])
    await runner.begin(chat, "survey_target", subject=subject, before=before)


async def _show(chat: Chat, survey: Survey, *, page: int = 0, edit: bool = False) -> None:
    """Communities with their target, six at a time."""
    chosen = survey.audience.get("communities") or ()
    known = [one for one in await places.communities(chat.work) if not chosen or one.id in chosen]
    rows = [_community(survey, one.id, one.name)
            for one in known[page * A_PAGE : (page + 1) * A_PAGE]]  # fmt: skip
    turning = []
    if page:
        turning.append(_button("previous_page", f"starget:show:{survey.id}:{page - 1}"))
    if len(known) > (page + 1) * A_PAGE:
        turning.append(_button("more", f"starget:show:{survey.id}:{page + 1}"))
    other = "off" if survey.stops else "on"
    last = (
        *((tuple(turning),) if turning else ()),
        (_button(f"stops_{other}", f"starget:stops:{survey.id}:{other}"),),
        (_button("back", f"sdesk:{'show' if edit else 'anew'}:{survey.id}"),),
    )
    state = say("survey_desk.stops_on" if survey.stops else "survey_desk.stops_off")
    text = join([say("survey_desk.targets", title=survey.title), state])
    await chat.show(Screen(text, (*rows, *last)), slot=f"sdesk:{survey.id}", edit=edit)


def _community(survey: Survey, community_id: int, name: str) -> tuple[Button, ...]:
    target = survey.targets.get(str(community_id))
    key = "target" if target else "no_target"
    label = say(f"survey_desk.button.{key}", name=name, target=target or "").unescape()
    return (Button(str(label), f"starget:one:{survey.id}:{community_id}"),)


def _button(key: str, data: str) -> Button:
    return Button(str(say(f"survey_desk.button.{key}")), data)


async def _set(chat: Chat, submission: Submission) -> None:
    number, _, community = submission.subject.partition(".")
    survey = await desk.access(chat.work, chat.actor, int(number), Permission.SURVEY_EDIT)
    wanted = int(submission.values.get("target") or 0)
    await drafts.set_target(chat.work, chat.actor, survey, int(community), wanted)
    await _show(chat, survey)


registry.register(Form("survey_target", done=_set))

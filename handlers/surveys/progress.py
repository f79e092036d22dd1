"""How far a questionnaire is: communities against their targets, time a question, where people
stopped, and whom it is for."""

from markupsafe import Markup

from db.models.surveys import Survey
from handlers.chat import Button, Chat, Screen
from handlers.texts import join, say
from services import clock, places
from services.clubs import membership as clubs
from services.surveys import invitees, quotas, results
from services.surveys import paces as measured
from services.surveys.paces import Pace
from services.surveys.quotas import Standing

QUESTIONS_A_PAGE = 8


async def by_community(chat: Chat, survey: Survey) -> Markup:
    """Counts against targets; where there is no target, from SMALLEST answers on."""
    lines = [_standing(one) for one in await quotas.standings(chat.work, survey)]
    return join(lines) if lines else say("survey_desk.too_few")


def _standing(one: Standing) -> Markup:
    name = one.name or say("survey_desk.nowhere")
    if not one.target:
        return say("survey_desk.community", name=name, count=one.count)
    share = min(999, 100 * one.count // one.target)
    kind = "community_full" if one.full else "community_target"
    return say(f"survey_desk.{kind}", name=name, count=one.count, target=one.target, share=share)


async def limits(chat: Chat, survey: Survey) -> Markup | None:
    """Whom it is for and when, where that is not everybody and always."""
    lines = []
    names = {c.id: c.name for c in await places.communities(chat.work)}
    chosen = [names.get(one, "") for one in survey.audience.get("communities") or ()]
    roles = [str(say(f"roles.name.{r}")) for r in survey.audience.get("roles") or ()]
    wanted = survey.audience.get("clubs") or ()
    known = await clubs.listed(chat.work, chat.actor) if wanted else []
    of_clubs = [one.club.name for one in known if one.club.id in wanted]
    between = str(say("forms.value.between"))
    if chosen or roles or wanted:
        who = between.join((*chosen, *roles, *of_clubs))
        lines.append(say("survey_desk.for_whom", who=who))
    if survey.audience.get("listed"):
        count = await invitees.count(chat.work, survey)
        lines.append(say("survey_desk.for_list", count=count))
    for key, moment in (("opens", survey.opens_at), ("closes", survey.closes_at)):
        if moment is not None:
            at = clock.local(moment).strftime("%Y-%m-%d %H:%M")
            lines.append(say(f"survey_desk.{key}_at", moment=at))
    return join(lines) if lines else None


async def standing(chat: Chat, survey: Survey) -> Markup | None:
    """How many finish, and where those who are not done stand."""
    reached = await results.completion(chat.work, survey)
    if not reached.begun:
        return None
    share = 100 * reached.handed_in // reached.begun
    told = say("survey_desk.completion", begun=reached.begun, handed_in=reached.handed_in,
               given_up=reached.given_up, share=share)  # fmt: skip
    found = await results.standing(chat.work, survey)
    if not found:
        return told
    lines = [say("survey_desk.stands_at", label=label, count=count) for label, count in found]
    return join([told, say("survey_desk.standing", lines=join(lines))])


async def paces(chat: Chat, survey: Survey, page: int = 0) -> None:
    """Time a question, and how many stopped there, question by question."""
    found = await measured.of_questions(chat.work, survey)
    shown = found[page * QUESTIONS_A_PAGE : (page + 1) * QUESTIONS_A_PAGE]
    first = page * QUESTIONS_A_PAGE + 1
    lines = [_pace(number, one) for number, one in enumerate(shown, first)]
    turning = []
    if page:
        turning.append(_turn("previous_page", survey, page - 1))
    if len(found) > (page + 1) * QUESTIONS_A_PAGE:
        turning.append(_turn("more", survey, page + 1))
    back = Button(str(say("survey_desk.button.back")), f"sdesk:show:{survey.id}")
    text = say("survey_desk.paces", title=survey.title, lines=join(lines, "\n\n"))
    rows = (*((tuple(turning),) if turning else ()), (back,))
    await chat.show(Screen(text, rows), slot=f"sdesk:{survey.id}", edit=True)


def _turn(key: str, survey: Survey, page: int) -> Button:
    return Button(str(say(f"survey_desk.button.{key}")), f"sdesk:paces:{survey.id}:{page}")


def _pace(number: int, one: Pace) -> Markup:
    parts = []
    if one.seconds is not None:
        parts.append(say("survey_desk.pace_seconds", seconds=one.seconds))
    if one.stopped is not None:
        parts.append(say("survey_desk.pace_stopped", count=one.stopped, share=one.share))
    said = join(parts, ",") if parts else say("survey_desk.pace_unknown")
    return say("survey_desk.pace", number=number, label=one.label, said=said)

"""Asks newcomers who scan the code of a questionnaire where they live, so that it counts there."""

from dataclasses import replace

from db.models.surveys import Survey
from db.stores import surveys
from handlers import paging
from handlers.chat import Button, Chat, Screen
from handlers.texts import say
from services import places
from services.errors import Refusal
from services.people import identities as people
from services.people.identities import Home

SLOT = "svy:home"


async def asks(chat: Chat, survey_id: int, community: str) -> bool:
    """Ask whoever has no community yet: whether they live where the poster hangs, or, for a
    questionnaire of some communities, in which. False where nothing needs to be asked."""
    if chat.actor.community_id is not None:
        return False
    survey = await surveys.by_id(chat.work.session, survey_id)
    if survey is None or survey.state != "open":
        return False
    known = {str(one.id): one for one in await places.communities(chat.work)}
    if community in known:
        here = known[community]
        rows = (
            (Button(str(say("surveys.button.live_here")), f"svy:live:{survey.id}.{here.id}"),),
            (Button(str(say("surveys.button.live_elsewhere")), f"svy:where:{survey.id}"),),
        )
        text = say("surveys.live_here", community=here.name, title=survey.title)
        await chat.show(Screen(text, rows), slot=SLOT)
        return True
    if survey.audience.get("communities"):
        await where(chat, survey)
        return True
    return False


async def where(chat: Chat, survey: Survey) -> None:
    """The communities as buttons, as at the first meeting."""
    known = await places.communities(chat.work)
    buttons = [Button(one.name, f"svy:live:{survey.id}.{one.id}") for one in known]
    text = say("surveys.live_where", title=survey.title)
    await chat.show(Screen(text, paging.in_rows(buttons)), slot=SLOT, edit=True)


async def pressed(chat: Chat, act: str, argument: str) -> int:
    """'where:<survey>' or 'live:<survey>.<community>'; the questionnaire to go on with, or 0.

    An old button moves nobody who has said meanwhile where they live.
    """
    number, _, community = argument.partition(".")
    if not number.isdecimal():
        raise Refusal("common.not_there")
    survey_id = int(number)
    if act == "where":
        survey = await surveys.by_id(chat.work.session, survey_id)
        if survey is not None and survey.state == "open":
            await where(chat, survey)
            return 0
    elif community.isdecimal() and chat.actor.community_id is None:
        home = await places.community(chat.work, int(community))
        await people.bind(chat.work, chat.actor, Home(home.id))
        chat.actor = replace(chat.actor, community_id=home.id)
        screen = Screen(say("welcome.bound", community=home.name))
        await chat.show(screen, slot=SLOT, edit=True)
    return survey_id

"""After an activity: one press says how it was, a few words if one likes; the sums for staff."""

from typing import Any

from handlers import desk_card, notices, paging
from handlers.chat import Button, Chat, Screen
from handlers.forms import registry, runner
from handlers.forms.registry import Form
from handlers.texts import join, say
from services import clock
from services.activities import records
from services.activities.records import BEST, WORST
from services.fillings import Submission

PAGE = 5


async def pressed(chat: Chat) -> None:
    """Buttons: 'fbk:<act>:<activity>:<rating or page>'."""
    act, what, more = chat.press_parts(3)
    number = int(what) if what.isdecimal() else 0
    value = int(more) if more.isdecimal() else 0
    if act == "rate":
        await _rate(chat, number, value)
    elif act == "words":
        await runner.begin(chat, "activity_feedback", subject=str(number))
    elif act == "enough":
        await chat.show(Screen(say("activity_feedback.enough")), slot=_slot(number), edit=True)
    else:
        await summary(chat, number, value)


async def _rate(chat: Chat, activity_id: int, rating: int) -> None:
    activity = await records.rate(chat.work, chat.actor, activity_id, rating)
    said = say(f"activity_feedback.rating.{rating}")
    acts = (
        _button("words", f"fbk:words:{activity.id}"),
        _button("enough", f"fbk:enough:{activity.id}"),
    )
    photos = (_button("photos", f"alb:send:{activity.id}"),)
    text = say("activity_feedback.rated", title=activity.title, rating=said)
    await desk_card.turn(chat, Screen(text, (acts, photos)), slot=_slot(activity.id))


def _slot(activity_id: int) -> str:
    return f"fbk:{activity_id}"


async def summary(chat: Chat, activity_id: int, page: int = 0) -> None:
    """The ratings and what people wrote, without names."""
    activity, found = await records.summary(chat.work, chat.actor, activity_id)
    written = await records.words(chat.work, chat.actor, activity_id, page=page, size=PAGE)
    counts = [
        say("activity_feedback.count", rating=say(f"activity_feedback.rating.{one}"), count=count)
        for one, count in found.counts
    ]
    lines = [
        say("activity_feedback.line", words=row.words, day=clock.local(row.at).date())
        for row in written[:PAGE]
    ]
    facts = {"title": activity.title, "count": found.count, "mean": f"{found.mean:.1f}"}
    nothing = say("activity_feedback.no_words")
    text = say(
        "activity_feedback.summary", **facts, counts=join(counts), lines=join(lines) or nothing
    )
    if not found.count:
        text = say("activity_feedback.none", title=activity.title)
    turning = paging.turning(f"fbk:sum:{activity.id}", page, more=len(written) > PAGE)
    back = (_button("back", f"att:list:{activity.id}"),)
    await desk_card.turn(chat, Screen(text, (turning, back)), slot="fbk")


def _button(key: str, data: str) -> Button:
    return Button(str(say(f"activity_feedback.button.{key}")), data)


async def _written(chat: Chat, submission: Submission) -> None:
    activity = await records.add_words(
        chat.work, chat.actor, int(submission.subject), submission.values["words"]
    )
    await chat.say("activity_feedback.thanks", title=activity.title)


registry.register(Form("activity_feedback", done=_written))


@notices.screen_for("activity_feedback.asks")
def _asks(params: dict[str, Any]) -> Screen:
    number = params["activity_id"]
    buttons = tuple(
        Button(str(say(f"activity_feedback.rating.{one}")), f"fbk:rate:{number}:{one}")
        for one in range(BEST, WORST - 1, -1)
    )
    return Screen(say("activity_feedback.asks", **params), (buttons[:2], buttons[2:]))


@notices.screen_for("activity_feedback.summed_up")
def _summed_up(params: dict[str, Any]) -> Screen:
    look = (_button("look", f"fbk:sum:{params['activity_id']}:0"),)
    return Screen(say("activity_feedback.summed_up", **params), (look,))

"""Photos of an activity: those who were there send them, the leader and staff look at them."""

from handlers.chat import Button, Chat, Screen
from handlers.forms import registry, runner
from handlers.forms.registry import Form
from handlers.texts import say
from services.activities import records
from services.fillings import Submission


async def pressed(chat: Chat) -> None:
    """Buttons: 'alb:<act>:<activity or photo>:<position>'."""
    act, what, more = chat.press_parts(3)
    number = int(what) if what.isdecimal() else 0
    position = int(more) if more.isdecimal() else 0
    if act == "send":
        await records.open_album(chat.work, chat.actor, number)
        await runner.begin(chat, "activity_photos", subject=str(number))
    elif act == "pack":
        await records.order_album(chat.work, chat.actor, number, chat_id=chat.id)
        chat.tell("activity_album.ordered")
    elif act == "drop":
        await _ask_to_drop(chat, number, position)
    elif act == "gone":
        activity = await records.drop_photo(chat.work, chat.actor, number)
        chat.tell("activity_album.dropped")
        await show(chat, activity.id, max(0, position - 1))
    else:
        await show(chat, number, position)


async def show(chat: Chat, activity_id: int, position: int) -> None:
    """One photo of the album; the others come in its place."""
    activity, photo, count = await records.album(chat.work, chat.actor, activity_id, position)
    send = _button("send", f"alb:send:{activity.id}")
    back = _button("back", f"att:list:{activity.id}")
    if photo is None:
        await chat.say("activity_album.empty", [send, back], title=activity.title)
        return
    turning = []
    if position:
        turning.append(_button("previous", f"alb:show:{activity.id}:{position - 1}"))
    if position + 1 < count:
        turning.append(_button("next", f"alb:show:{activity.id}:{position + 1}"))
    acts = (_button("drop", f"alb:drop:{photo.id}:{position}"), send)
    facts = {"title": activity.title, "position": position + 1, "count": count, "at": photo.at}
    text = say("activity_album.photo", **facts)
    whole = (_button("pack", f"alb:pack:{activity.id}"), back)
    screen = Screen(text, (tuple(turning), acts, whole), picture={"sha256": photo.sha256})
    await chat.show(screen, slot=f"alb:{activity.id}", edit=chat.given.press.startswith("alb:show"))


async def _ask_to_drop(chat: Chat, photo_id: int, position: int) -> None:
    activity, _ = await records.photo(chat.work, chat.actor, photo_id)
    yes = _button("really_drop", f"alb:gone:{photo_id}:{position}")
    await chat.say(
        "activity_album.drop_asks", [yes, _button("keep", f"alb:album:{activity.id}:{position}")]
    )


def _button(key: str, data: str) -> Button:
    return Button(str(say(f"activity_album.button.{key}")), data)


async def _sent(chat: Chat, submission: Submission) -> None:
    activity, added = await records.add_photos(
        chat.work, chat.actor, int(submission.subject), submission.media
    )
    again = [_button("send_more", f"alb:send:{activity.id}")]
    key = "thanks" if added else "known_already"
    await chat.say(f"activity_album.{key}", again, title=activity.title, count=added)


registry.register(Form("activity_photos", done=_sent))

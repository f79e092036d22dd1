"""Chats as the bot may look at them and leave them."""

from bot.sandbox.chats import Chat
from bot.sandbox.methods.registry import Request, method
from bot.sandbox.refusals import bad_request
from bot.sandbox.shapes import Json, full_info, member


@method("getChat")
def get_chat(request: Request) -> Json:
    return full_info(request.chat().face())


@method("getChatMember")
def get_chat_member(request: Request) -> Json:
    chat, user_id = request.chat(), request.params.get("user_id")
    if user_id is None:
        raise bad_request("invalid user_id specified")
    return status_of(request, chat, int(user_id))


def status_of(request: Request, chat: Chat, user_id: int) -> Json:
    """A ChatMember; somebody whom nobody here knows is refused."""
    world = request.world
    if user_id == world.bot["id"]:
        return member(world.bot, chat.bot_status)
    if user_id not in world.people:
        raise bad_request("member not found")
    user = world.people[user_id].user()
    if user_id not in chat.members:
        return member(user, "left")
    return member(user, "administrator" if user_id in chat.admins else "member")


@method("getChatAdministrators")
def get_administrators(request: Request) -> list[Json]:
    chat = request.chat()
    if chat.type == "private":
        raise bad_request("there are no administrators in the private chat")
    who = [*sorted(chat.admins)]
    who += [request.world.bot["id"]] if chat.bot_status == "administrator" else []
    return [status_of(request, chat, user_id) for user_id in who]


@method("getChatMemberCount")
def get_member_count(request: Request) -> int:
    return len(request.chat().members) + 1


@method("leaveChat")
def leave_chat(request: Request) -> bool:
    chat = request.chat()
    if chat.type == "private":
        raise bad_request("chat member status can't be changed in private chats")
    chat.bot_status = "left"
    request.world.stream.tell("chats")
    return True


@method("pinChatMessage", "setMessageReaction")
def mark_message(request: Request) -> bool:
    chat = request.chat()
    if request.params.get("message_id") not in chat.messages:
        raise bad_request("message to react not found" if _reacts(request) else TO_PIN)
    return True


TO_PIN = "message to pin not found"


def _reacts(request: Request) -> bool:
    return request.method.lower() == "setmessagereaction"


@method("unpinChatMessage", "unpinAllChatMessages")
def unpin(request: Request) -> bool:
    request.chat()
    return True

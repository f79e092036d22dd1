"""The Bot API's objects as plain JSON, built in one place."""

from typing import Any

Json = dict[str, Any]

ADMIN_RIGHTS = (
    "can_manage_chat",
    "can_delete_messages",
    "can_manage_video_chats",
    "can_restrict_members",
    "can_promote_members",
    "can_change_info",
    "can_invite_users",
    "can_post_stories",
    "can_edit_stories",
    "can_delete_stories",
)
GIFTS = (
    "unlimited_gifts",
    "limited_gifts",
    "unique_gifts",
    "premium_subscription",
    "gifts_from_channels",
)


def utf16(text: str) -> int:
    """Length in UTF-16 code units, which is how Telegram counts offsets."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def member(user: Json, status: str) -> Json:
    """A ChatMember: `status` is creator, administrator, member, left or kicked."""
    shape: Json = {"status": status, "user": user}
    if status == "creator":
        shape["is_anonymous"] = False
    if status == "administrator":
        shape |= {"can_be_edited": False, "is_anonymous": False}
        shape |= dict.fromkeys(ADMIN_RIGHTS, True)
    if status == "kicked":
        shape["until_date"] = 0
    return shape


def full_info(chat: Json) -> Json:
    """A ChatFullInfo with the fields that the Bot API always sends."""
    info = chat | {"accent_color_id": 0, "max_reaction_count": 11}
    return info | {"accepted_gift_types": dict.fromkeys(GIFTS, False)}


def poll(poll_id: str, question: str, options: list[str]) -> Json:
    return {
        "id": poll_id,
        "question": question,
        "options": [
            {"persistent_id": str(number), "text": text, "voter_count": 0}
            for number, text in enumerate(options)
        ],
        "total_voter_count": 0,
        "is_closed": False,
        "is_anonymous": True,
        "type": "regular",
        "allows_multiple_answers": False,
        "allows_revoting": True,
        "members_only": False,
    }

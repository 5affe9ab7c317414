"""Who is in a chat and in what capacity: as ChatMember objects, as rights, and as updates about a change."""

from __future__ import annotations

from bot.sandbox.model import Chat, Json, User
from bot.sandbox.refusals import bad_request
from bot.sandbox.world import World

# ChatAdministratorRights, as far as they concern groups; each is told of every administrator.
RIGHT_NAMES = """
can_manage_chat can_delete_messages can_manage_video_chats can_restrict_members can_promote_members
can_change_info can_invite_users can_post_stories can_edit_stories can_delete_stories
can_send_welcome_messages can_pin_messages can_manage_topics can_manage_tags
"""
ALL_RIGHTS = frozenset(RIGHT_NAMES.split())


def status(chat: Chat, user: User) -> str:
    """ChatMember's status. In a private chat both are members, until the person blocks the bot."""
    if chat.is_private:
        return "kicked" if user.is_bot and chat.members[0].has_blocked_bot else "member"
    if user.id in chat.banned:
        return "kicked"
    if user not in chat.members:
        return "left"
    if user is chat.members[0]:
        return "creator"
    return "administrator" if user.id in chat.admins else "member"


def chat_member(chat: Chat, user: User) -> Json:
    """The ChatMember object of anybody, also of one who is not there."""
    said = {"status": status(chat, user), "user": user.json()}
    match said["status"]:
        case "creator":
            return said | {"is_anonymous": False}
        case "administrator":
            rights = {right: right in chat.admins[user.id] for right in sorted(ALL_RIGHTS)}
            return said | {"can_be_edited": False, "is_anonymous": False} | rights
        case "kicked":
            return said | {"until_date": 0}
        case _:
            return said


def may(chat: Chat, user: User, right: str) -> bool:
    """Whether the user has this right of an administrator; in a private chat nobody is short of any."""
    owns = chat.is_private or status(chat, user) == "creator"
    return owns or (user in chat.members and right in chat.admins.get(user.id, ()))


def need(chat: Chat, user: User, right: str, deed: str) -> None:
    if not may(chat, user, right):
        raise bad_request(f"not enough rights to {deed}")


def is_administrator(chat: Chat, user: User) -> bool:
    return status(chat, user) in ("creator", "administrator")


def tell_change(world: World, chat: Chat, by: User, user: User, before: Json) -> None:
    """Tell the bot that a membership is no longer what it was; of others' only administrators hear."""
    after = chat_member(chat, user)
    if after == before:
        return
    body = {
        "chat": chat.json(),
        "from": by.json(),
        "date": int(world.now()),
        "old_chat_member": before,
        "new_chat_member": after,
    }
    if user is world.bot:
        world.mailbox.put("my_chat_member", body)
    elif is_administrator(chat, world.bot):
        world.mailbox.put("chat_member", body)

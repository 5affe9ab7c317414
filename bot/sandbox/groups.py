"""What people do with groups: make them, come and go, lead them, upgrade them, and let the bot in or not."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from bot.sandbox.membership import ALL_RIGHTS, chat_member, tell_change
from bot.sandbox.model import GENERAL_TOPIC, Chat, Topic, User
from bot.sandbox.people import CannotAct
from bot.sandbox.service import announce
from bot.sandbox.topics import ICON_COLORS, delete_topic, make_forum, open_topic, set_closed
from bot.sandbox.world import World

SUPERGROUP_OFFSET = 1_000_000_000_000  # ids of supergroups begin with -100

Kind = Literal["group", "supergroup", "forum"]
Standing = Literal["administrator", "member", "kicked"]


def create_group(world: World, title: str, members: list[User], kind: Kind = "group") -> Chat:
    """A group of these people and the bot, a plain member; the first of them is its owner."""
    if not members:
        raise CannotAct("A group needs at least one member.")
    number = -world.number("group")
    chat = Chat(number, "group", [*members], title)
    if kind != "group":
        chat.id, chat.kind = number - SUPERGROUP_OFFSET, "supergroup"
    if kind == "forum":
        make_forum(chat)
    world.chats[chat.id] = chat
    _join(world, chat, members[0], world.bot)
    return chat


def upgrade_group(world: World, group: Chat, *, to_forum: bool = False) -> Chat:
    """The group becomes a supergroup with another id; the old one then refuses with migrate_to_chat_id."""
    if group.kind != "group" or group.upgraded_to is not None:
        raise CannotAct(f"Chat {group.id} is no group that could be upgraded.")
    successor = Chat(group.id - SUPERGROUP_OFFSET, "supergroup", group.members, group.title)
    successor.admins, successor.banned = group.admins, group.banned
    if to_forum:
        make_forum(successor)
    world.chats[successor.id], group.upgraded_to = successor, successor.id
    owner = group.members[0]
    announce(world, group, owner, {"migrate_to_chat_id": successor.id})
    announce(world, successor, owner, {"migrate_from_chat_id": group.id})
    world.feed.tell("chat", id=successor.id)
    return successor


def set_bot(
    world: World, chat: Chat, by: User, standing: Standing, rights: Iterable[str] | None = None
) -> None:
    """Let the bot in, make it an administrator (with all rights unless some are named), or throw it out."""
    if standing == "kicked":
        _leave(world, chat, by, world.bot, banned=True)
        return
    if world.bot not in chat.members:
        _join(world, chat, by, world.bot)
    before = chat_member(chat, world.bot)
    chat.admins.pop(world.bot.id, None)
    if standing == "administrator":
        chat.admins[world.bot.id] = ALL_RIGHTS if rights is None else _known(rights)
    tell_change(world, chat, by, world.bot, before)
    world.feed.tell("chat", id=chat.id)


def _known(rights: Iterable[str]) -> frozenset[str]:
    named = frozenset(rights)
    if unknown := sorted(named - ALL_RIGHTS):
        raise CannotAct(f"There is no right {unknown[0]}; there are: {', '.join(sorted(ALL_RIGHTS))}.")
    return named | {"can_manage_chat"}  # implied by any other


def add_member(world: World, chat: Chat, user: User) -> None:
    if user in chat.members:
        raise CannotAct(f"{user.first_name} is in chat {chat.id} already.")
    _join(world, chat, chat.members[0], user)


def remove_member(world: World, chat: Chat, user: User) -> None:
    if user not in chat.members or user is chat.members[0]:
        raise CannotAct(f"{user.first_name} cannot leave chat {chat.id}: not in it, or its owner.")
    _leave(world, chat, chat.members[0], user)


def leave(world: World, chat: Chat) -> None:
    """The bot goes by itself."""
    _leave(world, chat, world.bot, world.bot)


def _join(world: World, chat: Chat, by: User, user: User) -> None:
    before = chat_member(chat, user)
    chat.banned.discard(user.id)
    chat.members.append(user)
    tell_change(world, chat, by, user, before)
    announce(world, chat, by, {"new_chat_members": [user.json()]})
    world.feed.tell("chat", id=chat.id)


def _leave(world: World, chat: Chat, by: User, user: User, *, banned: bool = False) -> None:
    before = chat_member(chat, user)
    if user in chat.members:
        chat.members.remove(user)
    chat.admins.pop(user.id, None)
    if banned:
        chat.banned.add(user.id)
    tell_change(world, chat, by, user, before)
    announce(world, chat, by, {"left_chat_member": user.json()})
    world.feed.tell("chat", id=chat.id)


def new_topic(world: World, chat: Chat, by: User, name: str) -> Topic:
    if not chat.is_forum:
        raise CannotAct(f"Chat {chat.id} has no topics.")
    return open_topic(world, chat, by, name, ICON_COLORS[len(chat.topics) % len(ICON_COLORS)])


def topic_in(chat: Chat, number: int) -> Topic:
    if number not in chat.topics:
        raise CannotAct(f"There is no topic {number} in chat {chat.id}.")
    return chat.topics[number]


def close_topic(world: World, chat: Chat, number: int, *, closed: bool) -> None:
    """The owner closes it or opens it again."""
    set_closed(world, chat, chat.members[0], topic_in(chat, number), closed=closed)


def remove_topic(world: World, chat: Chat, number: int) -> None:
    if number == GENERAL_TOPIC:
        raise CannotAct("General cannot be deleted.")
    delete_topic(world, chat, topic_in(chat, number))

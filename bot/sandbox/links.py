"""Deep links to the bot, as a person's client opens them: `t.me/<bot>?start=TOKEN`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import parse_qs

from bot.sandbox import groups
from bot.sandbox.addresses import split
from bot.sandbox.model import Message, User
from bot.sandbox.people import CannotAct, chat_of, set_blocked
from bot.sandbox.world import World
from bot.sandbox.writing import Where, say

HOSTS = ("t.me", "telegram.me", "telegram.dog")
TOKEN = re.compile(r"[A-Za-z0-9_-]{1,64}")


@dataclass(frozen=True, slots=True)
class DeepLink:
    """Tokens that Telegram would not take are empty: clients then open the chat alone."""

    username: str
    start: str = ""
    startgroup: str | None = None


def read_link(address: str) -> DeepLink | None:
    """What the address of a bot says; `None` when it is no such address."""
    parts = split(address.strip() if "://" in address else f"https://{address.strip()}")
    asked = {name: values[0] for name, values in parse_qs(parts.query, keep_blank_values=True).items()}
    if parts.scheme == "tg" and parts.netloc == "resolve":
        username = asked.get("domain", "")
    elif parts.scheme in ("http", "https") and parts.hostname in HOSTS:
        username = parts.path.strip("/")
    else:
        return None
    return DeepLink(username, _token(asked.get("start")) or "", _token(asked.get("startgroup")))


def _token(said: str | None) -> str | None:
    return said if said is None or TOKEN.fullmatch(said) else ""


def open_link(world: World, user: User, address: str, chat_id: int | None = None) -> None:
    """The person's chat with the bot offers Start, which sends the token; see `press_start`.

    A `startgroup` link brings the bot into the group and sends its token there.
    """
    link = read_link(address)
    if link is None:
        raise CannotAct(
            f"{address} is no link to a bot, such as https://t.me/{world.bot.username}?start=TOKEN."
        )
    if link.username.lower() != world.bot.username.lower():
        raise CannotAct(f"There is no bot @{link.username} here; the bot is @{world.bot.username}.")
    if link.startgroup is not None:
        _start_in_group(world, user, link.startgroup, chat_id)
        return
    user.start_token = link.start
    user.is_at_start = True
    world.feed.tell("user", id=user.id)


def _start_in_group(world: World, user: User, token: str, chat_id: int | None) -> None:
    if chat_id is None or chat_id == user.id:
        raise CannotAct("A link with startgroup needs the chat_id of a group.")
    group = chat_of(world, user, chat_id)
    if world.bot not in group.members:
        groups.set_bot(world, group, user, "member")
    say(world, user, f"/start@{world.bot.username} {token}", Where(chat_id))


def press_start(world: World, user: User) -> Message:
    """The button Start: it unblocks the bot, as Restart does, and sends the token of the link opened last."""
    if user.has_blocked_bot:
        set_blocked(world, user, blocked=False)
    text = f"/start {user.start_token}"
    user.start_token, user.is_at_start = "", False
    message = say(world, user, text)
    world.feed.tell("user", id=user.id)
    return message

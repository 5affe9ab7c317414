"""The message of an alert: what it says, who has it in hand, and the buttons that fit it and its reader."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from aiogram.enums import ButtonStyle
from aiogram.types import InlineKeyboardButton

from bot.buttons.accounts import RenewTap
from bot.buttons.commands import CommandTap
from bot.buttons.guard import LockTap
from bot.commands import BY_NAME
from bot.views.alerts.told import told
from bot.views.markup import Rendered, button, keyboard
from bot.words import Words
from bot.words.html import clip, italic, lines
from core.model.events import Json
from core.model.people import Person, Right

LABEL_LIMIT = 24

BUTTONS: Mapping[str, Sequence[str]] = {
    "position_closed": ("history", "chart"),
    "order_filled": ("positions", "chart"),
    "drawdown_warned": ("positions", "closeall", "lock"),
    "drawdown_blind": ("health", "positions"),
    "liquidation_finished": ("status", "locks"),
    "liquidation_released": ("positions",),
    "liquidation_stuck": ("positions", "health"),
    "order_late": ("positions", "sync"),
    "standing_ended": ("standing",),
    "intent_unknown": ("sync", "positions"),
    "intent_refused": ("health",),
    "plan_kept": ("positions",),
    "plan_undone": ("positions",),
    "plan_undo_waits": ("positions", "sync"),
    "market_marked": ("positions", "lock"),
    "market_close_fails": ("positions", "health"),
    "health_incident": ("health", "renew"),
    "terminal_updated": ("health",),
    "task_gave_up": ("health", "status"),
    "lock_set": ("locks",),
    "route_paused": ("route",),
    "route_handed_on": ("route",),
}
"""The commands that fit an alert; `lock`, which locks its account at once, and `renew`, its password."""


def alert(
    name: str,
    data: Json,
    words: Words,
    reader: Person | None = None,
    rows: Sequence[list[InlineKeyboardButton]] = (),
    *,
    again: bool = False,
) -> Rendered:
    """As `reader` gets it, below it `rows` and what they may do about it; nobody acts in a group (None).

    `again`: it may have come before.
    """
    said = lines(told(name, data, words).text, italic(words("alert-again")) if again else None)
    below = [*rows, _fitting(name, data, words, reader)] if reader else []
    below = [row for row in below if row]
    return Rendered(said, keyboard(*below) if below else None)


def _fitting(name: str, data: Json, words: Words, reader: Person) -> list[InlineKeyboardButton]:
    made = (_button(each, data, words, reader) for each in BUTTONS.get(name, ()))
    return [one for one in made if one is not None]


def _button(act: str, data: Json, words: Words, reader: Person) -> InlineKeyboardButton | None:
    """None for what the reader may not do, or what the alert does not tell enough for."""
    if act == "lock":
        return _lock(data, words) if reader.may(Right.LOCK) else None
    if act == "renew":
        return _renew(data, words) if data.get("renews") == str(reader.id) else None
    command = BY_NAME.get(act)
    argument = str(data.get("symbol") or "") if act == "chart" else ""
    if command is None or not command.is_for(reader) or not command.takes(argument):
        return None
    style = ButtonStyle.DANGER if act == "closeall" else None
    return button(words.label(f"alert-do-{act}"), CommandTap(name=act, argument=argument), style)


def _lock(data: Json, words: Words) -> InlineKeyboardButton | None:
    account = data.get("account_id")
    if not account:
        return None
    label = words.label("alert-do-lock", account=clip(str(data.get("account") or ""), LABEL_LIMIT))
    return button(label, LockTap(account=UUID(str(account))))


def _renew(data: Json, words: Words) -> InlineKeyboardButton | None:
    """For an account of which the broker takes the password no more; its own trader gives another."""
    account = data.get("account_id")
    if not account:
        return None
    return button(words.label("accounts-button-renew"), RenewTap(account=UUID(str(account))))

"""The question of /closeall, restating what would be closed, and its answers."""

from datetime import datetime

from aiogram.enums import ButtonStyle
from aiogram.types import InlineKeyboardButton

from bot.callbacks import CloseAllAct, CloseAllTap
from bot.views.card import NAME_LIMIT
from bot.views.markup import (
    Rendered,
    bold,
    button,
    count,
    keyboard,
    lines,
    lots,
    paragraphs,
    plain,
    relative,
    signed_money,
)
from core.model.accounts import Account
from core.model.mt5 import MT5Position
from core.trading.closing import Exposure

SHOWN = 20

NOTHING_OPEN = "You have no open positions and no pending orders."
KEPT = "Nothing was closed."
LAPSED = "This question has lapsed. Send /closeall again."


def question(exposure: Exposure, until: datetime) -> Rendered:
    """The numbers once more, and two buttons that lapse at `until`."""
    number = len(exposure.positions)
    listed = [_line(account, position) for account, position in exposure.positions[:SHOWN]]
    more = f"… and {number - SHOWN} more" if number > SHOWN else None
    result = bold(signed_money(exposure.total_profit))
    orders = f" and cancel {bold(count(exposure.orders, 'pending order'))}" if exposure.orders else ""
    text = paragraphs(
        f"Close {bold(count(number, 'position'))} with a result of {result}{orders}?",
        lines(*listed, more),
        _silent(exposure),
        f"This question lapses {relative(until)}.",
    )
    return Rendered(text, keyboard([_close(number, until)], [_keep(until)]))


def unreadable(exposure: Exposure) -> str:
    """When not a single account can tell what is open."""
    names = ", ".join(account.label for account in exposure.silent)
    return f"The terminal cannot be reached just now: {names}. Nothing was sent; please try again."


def _silent(exposure: Exposure) -> str | None:
    if not exposure.silent:
        return None
    names = ", ".join(plain(account.label, NAME_LIMIT) for account in exposure.silent)
    return f"⚠️ Cannot be read now, and is not in this list: {names}."


def closing(number: int) -> Rendered:
    """Shown in place of the question once it was confirmed."""
    return Rendered(
        f"On its way: {bold(count(number, 'order'))}. Each close is reported as the broker confirms it."
    )


def _line(account: Account, position: MT5Position) -> str:
    size = f"{position.side.upper()} {lots(position.volume)}"
    where = plain(account.label, NAME_LIMIT)
    return f"• {plain(position.symbol, NAME_LIMIT)} {size} {signed_money(position.profit)} · {where}"


def _close(number: int, until: datetime) -> InlineKeyboardButton:
    data = CloseAllTap(act=CloseAllAct.CLOSE, until=int(until.timestamp()))
    return button(f"Close {count(number, 'position')}", data, ButtonStyle.DANGER)


def _keep(until: datetime) -> InlineKeyboardButton:
    return button("Keep them", CloseAllTap(act=CloseAllAct.KEEP, until=int(until.timestamp())))

"""The question of /closeall, restating what would be closed, and its answers."""

from datetime import datetime
from uuid import UUID

from aiogram.enums import ButtonStyle
from aiogram.types import InlineKeyboardButton

from bot.buttons.fields import unix
from bot.buttons.positions import CloseAllAct, CloseAllTap
from bot.views.markup import Rendered, button, keyboard
from bot.views.positions import NAME_LIMIT
from bot.words import Words
from bot.words.html import Html, bold, clip, lines, paragraphs, plain
from core.model.accounts import Account
from core.model.mt5 import MT5Position
from core.trading.closing import Exposure

SHOWN = 20


def question(exposure: Exposure, until: datetime, account: UUID | None, words: Words) -> Rendered:
    """The numbers once more, and two buttons that lapse at `until`. `account` when only that one is meant."""
    number = len(exposure.positions)
    listed = [_line(account, position, words) for account, position in exposure.positions[:SHOWN]]
    text = paragraphs(
        _ask(exposure, words),
        lines(*listed, words("more", n=number - SHOWN) if number > SHOWN else None),
        _silent(exposure, words),
        words("question-lapses", when=words.relative(until)),
    )
    close = (
        words.label("closeall-close", n=number)
        if number
        else words.label("closeall-cancel", n=exposure.orders)
    )
    sure = button(close, _tap(CloseAllAct.CLOSE, until, account), ButtonStyle.DANGER)
    keep = button(words.label("closeall-keep"), _tap(CloseAllAct.KEEP, until, account))
    return Rendered(text, keyboard([sure], [keep]))


def choice(exposure: Exposure, until: datetime, words: Words) -> Rendered:
    """Which account: a button for each that has something open, and one for all of them."""
    each = [[_choose(account, exposure, until)] for account in exposure.held]
    all_of_them = button(words.label("closeall-all"), _tap(CloseAllAct.ASK, until, None), ButtonStyle.DANGER)
    keep = button(words.label("closeall-keep"), _tap(CloseAllAct.KEEP, until, None))
    return Rendered(
        paragraphs(words("closeall-which"), _silent(exposure, words)), keyboard(*each, [all_of_them], [keep])
    )


def unreadable(exposure: Exposure, words: Words) -> Rendered:
    """When not a single account can tell what is open."""
    return Rendered(words("closeall-unreadable", accounts=_names(exposure)))


def closing(number: int, words: Words) -> Rendered:
    """Shown in place of the question once it was confirmed."""
    return Rendered(words("closeall-closing", n=number))


def _ask(exposure: Exposure, words: Words) -> Html:
    positions, orders = len(exposure.positions), exposure.orders
    result = bold(_result(exposure, words))
    if not positions:
        return words("closeall-ask-orders", n=orders)
    if not orders:
        return words("closeall-ask", n=positions, result=result)
    return words("closeall-ask-both", n=positions, result=result, orders=words("closeall-orders", n=orders))


def _result(exposure: Exposure, words: Words) -> Html:
    """By currency: money of two currencies is never added."""
    return words.listed(*(words.signed_money(money, name) for name, money in exposure.profits.items()))


def _silent(exposure: Exposure, words: Words) -> Html | None:
    return words("closeall-silent", accounts=_names(exposure)) if exposure.silent else None


def _names(exposure: Exposure) -> Html:
    return Html(", ".join(plain(account.label, NAME_LIMIT) for account in exposure.silent[:SHOWN]))


def _line(account: Account, position: MT5Position, words: Words) -> str:
    size = f"{position.side.upper()} {words.lots(position.volume)}"
    where = plain(account.label, NAME_LIMIT)
    return f"• {plain(position.symbol, NAME_LIMIT)} {size} {words.signed_money(position.profit)} · {where}"


def _choose(account: Account, exposure: Exposure, until: datetime) -> InlineKeyboardButton:
    number = sum(held.id == account.id for held, _ in exposure.positions)
    return button(f"{clip(account.label, NAME_LIMIT)} · {number}", _tap(CloseAllAct.ASK, until, account.id))


def _tap(act: CloseAllAct, until: datetime, account: UUID | None) -> CloseAllTap:
    return CloseAllTap(act=act, until=unix(until), account=account)

"""/chart: the caption, the lines of what is held, and the timeframes to choose."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from aiogram.types import InlineKeyboardMarkup

from bot.buttons.cards import Timeframe
from bot.buttons.reports import CandlesTap
from bot.views.markup import Rendered, button, keyboard
from bot.views.positions import ARROWS, NAME_LIMIT
from bot.words import Words
from bot.words.html import Html, code, lines, plain
from core.model.accounts import Account
from core.model.instruments import Side
from core.model.mt5 import Bar, MT5Order, MT5Position
from core.mt5 import reading

SHOWN = 6
"""So many positions are named below the chart; of all of them there are lines on it."""
MOST_LINES = 10
_HELD, _WAITS = {Side.BUY: "▲", Side.SELL: "▼"}, {Side.BUY: "△", Side.SELL: "▽"}
"""Positions and pending orders in a picture, in every language; its font has no emoji."""
REACH = Decimal(2)
"""As many times the height of the candles may a line be away: further ones would press them flat."""


@dataclass(frozen=True, slots=True)
class Chart:
    """A symbol on an account, with what the reader holds there."""

    symbol: str
    timeframe: Timeframe
    account: Account
    currency: str = ""
    positions: Sequence[MT5Position] = ()
    orders: Sequence[MT5Order] = ()


def caption(shown: Chart, left_out: int, words: Words) -> Rendered:
    """`left_out` are lines that there is no room for."""
    more = len(shown.positions) - SHOWN
    text = lines(
        words.listed(
            code(shown.symbol),
            words(f"charts-{shown.timeframe}"),
            plain(shown.account.label, NAME_LIMIT),
        ),
        *(_held(one, shown, words) for one in shown.positions[:SHOWN]),
        words("more", n=more) if more > 0 else None,
        words("count-orders", n=len(shown.orders)) if shown.orders else None,
        words("charts-left-out", n=left_out) if left_out else None,
    )
    return Rendered(text, _buttons(shown))


def title(shown: Chart) -> str:
    return f"{shown.symbol}  {shown.timeframe}"


def levels(shown: Chart, bars: Sequence[Bar]) -> tuple[dict[str, Decimal], int]:
    """The prices of what is held by the label of its line, and how many are left out as too far or too many.

    One position alone has the names by which the chart shades its risk and its reward.
    """
    named = _alone(shown) if len(shown.positions) == 1 and not shown.orders else _all(shown)
    near = [(name, price) for name, price in named if _is_near(price, bars)][:MOST_LINES]
    return _told_apart(near), len(named) - len(near)


def _alone(shown: Chart) -> list[tuple[str, Decimal]]:
    [one] = shown.positions
    prices = {"Entry": one.price_open, "SL": one.stop_loss, "TP": one.take_profit}
    return [(name, price) for name, price in prices.items() if price is not None]


def _all(shown: Chart) -> list[tuple[str, Decimal]]:
    found: list[tuple[str, Decimal | None]] = []
    for one in shown.positions:
        found += [(f"{_HELD[one.side]} {one.volume:f}", one.price_open)]
        found += [("SL", one.stop_loss), ("TP", one.take_profit)]
    for order in shown.orders:
        found += [(f"{_WAITS[reading.side(order.type)]} {order.volume_current:f}", order.price_open)]
    return [(name, price) for name, price in found if price is not None]


def _is_near(price: Decimal, bars: Sequence[Bar]) -> bool:
    low, high = min(bar.low for bar in bars), max(bar.high for bar in bars)
    reach = (high - low) * float(REACH)
    return low - reach <= float(price) <= high + reach


def _told_apart(named: Sequence[tuple[str, Decimal]]) -> dict[str, Decimal]:
    """Lines of one price are one; others of the same name are numbered."""
    levels: dict[str, Decimal] = {}
    for name, price in named:
        label, number = name, 1
        while levels.get(label, price) != price:
            number += 1
            label = f"{name} #{number}"
        levels[label] = price
    return levels


def _held(one: MT5Position, shown: Chart, words: Words) -> Html:
    size = f"{ARROWS[one.side]} {one.side.upper()} {words.lots(one.volume)}"
    return words.listed(
        Html(size), code(f"{one.price_open:f}"), words.signed_money(one.profit, shown.currency)
    )


def _buttons(shown: Chart) -> InlineKeyboardMarkup:
    others = [each for each in Timeframe if each is not shown.timeframe]
    return keyboard([button(each, CandlesTap(timeframe=each, symbol=shown.symbol[:32])) for each in others])

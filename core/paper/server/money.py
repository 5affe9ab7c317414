"""Margin and profit by MetaTrader's formulas, and their way into the deposit currency."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from core.mt5 import contract as mt5
from core.paper.market.instruments import Instrument
from core.paper.market.prices import Quote
from core.paper.server.ledger import Ledger
from core.paper.server.records import Position

Quotes = Callable[[str], Quote | None]
"""A symbol's quote at the moment in question; None for what the broker does not offer."""

_LEVERAGED = (mt5.SYMBOL_CALC_MODE_FOREX, mt5.SYMBOL_CALC_MODE_CFDLEVERAGE)
_FOREX = (mt5.SYMBOL_CALC_MODE_FOREX, mt5.SYMBOL_CALC_MODE_FOREX_NO_LEVERAGE)
HEDGED_SHARE = 0.5  # of the margin of a lot, for each of two lots that cover one another


class NoRate(LookupError):
    """Raised when no offered symbol leads from one currency to the other."""


def side_of(order_type: int) -> int:
    """+1 for the buying order types, -1 for the selling ones."""
    return 1 if order_type % 2 == 0 else -1


def rate(source: str, target: str, quotes: Quotes, *, buying: bool) -> float:
    """Units of `target` for one of `source`: directly, or through USD. Raises NoRate."""
    if source == target:
        return 1.0
    direct, inverse = quotes(source + target), quotes(target + source)
    if direct:
        return direct.ask if buying else direct.bid
    if inverse:
        return 1 / (inverse.bid if buying else inverse.ask)
    if "USD" in (source, target):
        raise NoRate(f"no way from {source} to {target}")
    return rate(source, "USD", quotes, buying=buying) * rate("USD", target, quotes, buying=buying)


def margin(
    spec: Instrument,
    order_type: int,
    volume: float,
    price: float,
    leverage: int,
    deposit: str,
    quotes: Quotes,
) -> float:
    """Margin that an order would hold back, in the deposit currency.

    Formulas of mql5.com's order_calc_margin. A forex lot is worth its opening price.
    """
    buying = side_of(order_type) > 0
    base = volume * spec.contract_size / (leverage if spec.calc_mode in _LEVERAGED else 1)
    if spec.calc_mode in _FOREX:
        if spec.margin == deposit:
            return round(base, 2)
        if spec.profit == deposit:
            return round(base * price, 2)
        return round(base * rate(spec.margin, deposit, quotes, buying=buying), 2)
    return round(base * price * rate(spec.profit, deposit, quotes, buying=buying), 2)


def profit(
    spec: Instrument,
    order_type: int,
    volume: float,
    opened: float,
    closed: float,
    deposit: str,
    quotes: Quotes,
) -> float:
    """Profit of closing at `closed` what was opened at `opened`, in the deposit currency.

    A symbol that itself leads to the deposit currency converts at its closing price.
    """
    raw = (closed - opened) * spec.contract_size * volume * side_of(order_type)
    if spec.profit == deposit:
        return round(raw, 2)
    if spec.base == deposit and spec.calc_mode in _FOREX:
        return round(raw / closed, 2)
    return round(raw * rate(spec.profit, deposit, quotes, buying=raw < 0), 2)


def tick_value(spec: Instrument, quote: Quote, deposit: str, quotes: Quotes) -> float:
    """What one lot gains by one point, in the deposit currency, not rounded."""
    raw = spec.contract_size * spec.point
    if spec.base == deposit and spec.profit != deposit and spec.calc_mode in _FOREX:
        return raw / quote.bid
    return raw * rate(spec.profit, deposit, quotes, buying=False)


def margin_held(positions: Iterable[Position], *, hedging: bool) -> float:
    """Margin of all positions; lots that cover one another count by half on a hedging account."""
    lots: dict[str, list[tuple[int, float, float]]] = {}
    for position in positions:
        lots.setdefault(position.symbol, []).append((position.side, position.volume, position.margin))
    return round(sum(_symbol_margin(rows, hedging=hedging) for rows in lots.values()), 2)


def _symbol_margin(rows: list[tuple[int, float, float]], *, hedging: bool) -> float:
    total = sum(held for _, _, held in rows)
    bought = sum(volume for side, volume, _ in rows if side > 0)
    sold = sum(volume for side, volume, _ in rows if side < 0)
    covered = 2 * min(bought, sold) / (bought + sold)
    return total * (1 - covered * (1 - HEDGED_SHARE)) if hedging else total


@dataclass(frozen=True, slots=True)
class Figures:
    """What account_info says about the money; `level` in percent, 0 without positions."""

    profit: float
    equity: float
    margin: float

    @property
    def free(self) -> float:
        return round(self.equity - self.margin, 2)

    @property
    def level(self) -> float:
        return self.equity / self.margin * 100 if self.margin else 0.0


def figures(ledger: Ledger, floating: float) -> Figures:
    """The account's figures when its positions float at `floating` (swap included)."""
    account = ledger.account
    hedging = account.margin_mode == mt5.ACCOUNT_MARGIN_MODE_RETAIL_HEDGING
    held = margin_held(ledger.positions.values(), hedging=hedging)
    return Figures(round(floating, 2), round(account.balance + account.credit + floating, 2), held)

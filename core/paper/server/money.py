"""Margin and profit by MetaTrader's formulas, and their way into the deposit currency."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from core.mt5 import contract as mt5
from core.paper.market.quotes import Quote
from core.paper.market.specification import Instrument
from core.paper.server.ledger import Ledger
from core.paper.server.records import Position, side_of

Quotes = Callable[[str], Quote | None]
"""A symbol's quote at the moment in question; None for what the broker does not offer."""

_LEVERAGED = (mt5.SYMBOL_CALC_MODE_FOREX, mt5.SYMBOL_CALC_MODE_CFDLEVERAGE)
_FOREX = (mt5.SYMBOL_CALC_MODE_FOREX, mt5.SYMBOL_CALC_MODE_FOREX_NO_LEVERAGE)
_FUTURES = (mt5.SYMBOL_CALC_MODE_FUTURES, mt5.SYMBOL_CALC_MODE_EXCH_FUTURES)
HEDGED_SHARE = 0.5  # of the margin of a lot, for each of two lots that cover one another


class NoRate(LookupError):
    """Raised when no offered symbol leads from one currency to the other."""


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


def tick_worth(spec: Instrument) -> float:
    """Tick value over tick size: what one lot of futures gains in the profit currency by a move of 1.0."""
    tick = spec.tick_size or spec.point
    return (spec.tick_value or spec.contract_size * tick) / tick


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

    Formulas of mql5.com's order_calc_margin. A forex lot is worth its opening price. What is reckoned from a
    price comes out in the currency of that price. Raises NoRate.
    """
    amount, currency = _reserved(spec, volume, price, leverage)
    if currency == deposit:
        return round(amount, 2)
    if spec.calc_mode in _FOREX and spec.profit == deposit:
        return round(amount * price, 2)
    return round(amount * rate(currency, deposit, quotes, buying=side_of(order_type) > 0), 2)


def _reserved(spec: Instrument, volume: float, price: float, leverage: int) -> tuple[float, str]:
    """What an order holds back before any conversion, and in which currency."""
    if spec.calc_mode in _FUTURES:
        return volume * spec.initial_margin, spec.margin
    size = volume * spec.contract_size / (leverage if spec.calc_mode in _LEVERAGED else 1)
    if spec.calc_mode in _FOREX:
        return size, spec.margin
    if spec.calc_mode == mt5.SYMBOL_CALC_MODE_CFDINDEX and spec.tick_value:
        return size * price * tick_worth(spec), spec.profit
    return size * price, spec.profit


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

    A symbol that itself leads to the deposit currency converts at its closing price. Raises NoRate.
    """
    lot = tick_worth(spec) if spec.calc_mode in _FUTURES else spec.contract_size
    raw = (closed - opened) * lot * volume * side_of(order_type)
    if spec.profit == deposit:
        return round(raw, 2)
    if spec.base == deposit and spec.calc_mode in _FOREX:
        return round(raw / closed, 2)
    return round(raw * rate(spec.profit, deposit, quotes, buying=raw < 0), 2)


def tick_value(spec: Instrument, quote: Quote, deposit: str, quotes: Quotes) -> float:
    """What one lot gains by one tick (a point, if the symbol says nothing else), in the deposit currency,
    not rounded."""
    lot = tick_worth(spec) if spec.calc_mode in _FUTURES else spec.contract_size
    raw = lot * (spec.tick_size or spec.point)
    if spec.base == deposit and spec.profit != deposit and spec.calc_mode in _FOREX:
        return raw / quote.bid
    return raw * rate(spec.profit, deposit, quotes, buying=False)


# -- the account


@dataclass(slots=True)
class _Leg:
    """One side of a symbol: its lots and the margin that they would hold back alone."""

    volume: float = 0.0
    margin: float = 0.0

    @property
    def per_lot(self) -> float:
        return self.margin / self.volume if self.volume else 0.0


def margin_held(positions: Iterable[Position]) -> float:
    """Margin of all positions. Lots that cover one another hold `HEDGED_SHARE` of their side's margin each:
    that is `margin_hedged`, which is per lot, over the contract's size."""
    sides: dict[str, tuple[_Leg, _Leg]] = {}
    for position in positions:
        legs = sides.setdefault(position.symbol, (_Leg(), _Leg()))
        leg = legs[position.type]
        leg.volume += position.volume
        leg.margin += position.margin
    return round(sum((_symbol_margin(long, short) for long, short in sides.values()), 0.0), 2)


def _symbol_margin(long: _Leg, short: _Leg) -> float:
    covered = min(long.volume, short.volume)
    return long.margin + short.margin - covered * (long.per_lot + short.per_lot) * (1 - HEDGED_SHARE)


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
    account, held = ledger.account, margin_held(ledger.positions.values())
    return Figures(round(floating, 2), round(account.balance + account.credit + floating, 2), held)

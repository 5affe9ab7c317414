"""What a server does to an account while nobody asks, done when somebody asks.

Applied at the time and quote where each thing really happened, however much later that is found out. Minutes
in which nothing can happen are passed over by their bounds; the others are replayed tick by tick.
"""

from core.paper.market.calendar import DAY_MINUTES, MINUTE_MS
from core.paper.market.market import Market
from core.paper.market.quotes import Quote
from core.paper.server import money, triggers
from core.paper.server.dealing import Dealer
from core.paper.server.ledger import Ledger
from core.paper.server.nights import roll_over
from core.paper.server.records import Order, Position

Bounds = tuple[float, float, float]
"""Highest bid, lowest bid and spread of a symbol's minute."""
_CAUTION = 0.05  # bounds convert currencies at one quote of the minute, so results may be off by a little


def quiet(ledger: Ledger, market: Market, until_msc: int) -> bool:
    """Whether nothing can have happened to the account between its settled time and `until_msc`."""
    if not ledger.exposed:
        return True
    minutes = range(ledger.settled_msc // MINUTE_MS, until_msc // MINUTE_MS + 1)
    return not any(_rolls(ledger, minute) or _eventful(ledger, market, minute) for minute in minutes)


def settle(ledger: Ledger, market: Market, until_msc: int) -> None:
    """Do to the ledger all that happened up to `until_msc`."""
    since = ledger.settled_msc
    for minute in range(since // MINUTE_MS, until_msc // MINUTE_MS + 1):
        if not ledger.exposed:
            break
        if _rolls(ledger, minute):
            roll_over(Dealer(ledger, market, minute * MINUTE_MS))
        if _eventful(ledger, market, minute):
            after, last = max(since, minute * MINUTE_MS - 1), min(until_msc, (minute + 1) * MINUTE_MS - 1)
            _replay(ledger, market, after, last)
    ledger.settled(until_msc)


def _rolls(ledger: Ledger, minute: int) -> bool:
    return minute % DAY_MINUTES == 0 and minute * MINUTE_MS > ledger.settled_msc


def _replay(ledger: Ledger, market: Market, after_msc: int, until_msc: int) -> None:
    symbols = ledger.symbols
    ticks = [tick for symbol in symbols for tick in market.symbols[symbol].ticks(after_msc, until_msc)]
    for tick in sorted(ticks, key=_when):
        triggers.apply(Dealer(ledger, market, tick.time_msc), tick.symbol)
    triggers.expire(Dealer(ledger, market, until_msc))


def _when(tick: Quote) -> tuple[int, str]:
    return tick.time_msc, tick.symbol


# -- can anything happen in a minute?


def _eventful(ledger: Ledger, market: Market, minute: int) -> bool:
    bounds = {symbol: market.symbols[symbol].bounds(minute) for symbol in ledger.symbols}
    return (
        any(_reachable(position, bounds[position.symbol]) for position in ledger.positions.values())
        or any(_due(order, bounds[order.symbol], minute) for order in ledger.orders.values())
        or _may_stop_out(ledger, market, minute, bounds)
    )


def _reachable(position: Position, bounds: Bounds | None) -> bool:
    if bounds is None:
        return False
    high, low, spread = bounds
    if position.side > 0:
        return low <= position.sl or 0 < position.tp <= high
    return 0 < position.sl <= high + spread or low + spread <= position.tp


def _due(order: Order, bounds: Bounds | None, minute: int) -> bool:
    if 0 < order.time_expiration * 1000 < (minute + 1) * MINUTE_MS:
        return True
    if bounds is None:
        return False
    high, low, spread = bounds
    lift = spread if order.side > 0 else 0.0
    return triggers.reached(order, high + lift) or triggers.reached(order, low + lift)


def _may_stop_out(ledger: Ledger, market: Market, minute: int, bounds: dict[str, Bounds | None]) -> bool:
    if not ledger.positions or not any(bounds.values()):
        return False
    dealer = Dealer(ledger, market, minute * MINUTE_MS)
    worst = sum(_worst(dealer, position, bounds[position.symbol]) for position in ledger.positions.values())
    figures = money.figures(ledger, worst)
    return figures.equity <= triggers.floor_of(ledger, figures.margin)


def _worst(dealer: Dealer, position: Position, bounds: Bounds | None) -> float:
    """The least that closing a position can have brought in a minute."""
    if bounds is None:
        return dealer.result(position)
    high, low, spread = bounds
    result = dealer.profit(position, low if position.side > 0 else high + spread)
    return result - abs(result) * _CAUTION + position.swap

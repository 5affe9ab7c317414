"""What a server does to an account while nobody asks: triggers, expirations, swaps, stop-outs.

Applied at the time and quote where each really happened, however much later that is found out. Minutes in
which nothing can happen are passed over by their bounds; the others are replayed tick by tick.
"""

from collections.abc import Callable
from dataclasses import replace

from core.mt5 import contract as mt5
from core.paper.market.instruments import INSTRUMENTS
from core.paper.market.prices import DAY_MINUTES, MINUTE_MS, Market, Quote
from core.paper.server import money
from core.paper.server.dealing import Dealer
from core.paper.server.ledger import Ledger
from core.paper.server.records import Order, Position

Bounds = tuple[float, float, float]
_CAUTION = 1.05  # bounds convert currencies at one quote of the minute, so they may be off by a little


def quiet(ledger: Ledger, market: Market, until_msc: int) -> bool:
    """Whether nothing can have happened to the account between its settled time and `until_msc`."""
    if not ledger.exposed:
        return True
    minutes = range(ledger.account.settled_msc // MINUTE_MS, until_msc // MINUTE_MS + 1)
    return not any(_rolls(ledger, minute) or _eventful(ledger, market, minute) for minute in minutes)


def settle(ledger: Ledger, market: Market, until_msc: int) -> None:
    """Do to the ledger all that happened up to `until_msc`."""
    since = ledger.account.settled_msc
    for minute in range(since // MINUTE_MS, until_msc // MINUTE_MS + 1):
        if not ledger.exposed:
            break
        if _rolls(ledger, minute):
            _roll_over(Dealer(ledger, market, minute * MINUTE_MS))
        if _eventful(ledger, market, minute):
            after, last = max(since, minute * MINUTE_MS - 1), min(until_msc, (minute + 1) * MINUTE_MS - 1)
            _replay(ledger, market, after, last)
    ledger.settled(until_msc)


# -- can anything happen in a minute?


def _eventful(ledger: Ledger, market: Market, minute: int) -> bool:
    symbols = ledger.symbols
    bounds = {symbol: market.symbols[symbol].bounds(minute) for symbol in symbols}
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
    lift = spread if order.type % 2 == 0 else 0.0
    return _crosses(order, high + lift) or _crosses(order, low + lift)


def _may_stop_out(ledger: Ledger, market: Market, minute: int, bounds: dict[str, Bounds | None]) -> bool:
    if not ledger.positions:
        return False
    dealer = Dealer(ledger, market, minute * MINUTE_MS)
    worst = sum(_worst(dealer, position, bounds[position.symbol]) for position in ledger.positions.values())
    figures = money.figures(ledger, worst)
    return figures.equity <= _floor(ledger, figures.margin) * _CAUTION


def _worst(dealer: Dealer, position: Position, bounds: Bounds | None) -> float:
    if bounds is None:
        return dealer.profit(position, dealer.closing_price(position)) + position.swap
    high, low, spread = bounds
    return dealer.profit(position, low if position.side > 0 else high + spread) + position.swap


# -- minute by minute


def _replay(ledger: Ledger, market: Market, after_msc: int, until_msc: int) -> None:
    symbols = ledger.symbols
    ticks = [tick for symbol in symbols for tick in market.symbols[symbol].ticks(after_msc, until_msc)]
    for tick in sorted(ticks, key=_when):
        _apply(Dealer(ledger, market, tick.time_msc), tick)
    _expire(Dealer(ledger, market, until_msc))


def _when(tick: Quote) -> tuple[int, str]:
    return tick.time_msc, tick.symbol


def _apply(dealer: Dealer, tick: Quote) -> None:
    _expire(dealer)
    for order in [o for o in dealer.ledger.orders.values() if o.symbol == tick.symbol]:
        _trigger(dealer, order, tick)
    for position in [p for p in dealer.ledger.positions.values() if p.symbol == tick.symbol]:
        _stop(dealer, position)
    _stop_out(dealer)


def _stop(dealer: Dealer, position: Position) -> None:
    price = dealer.closing_price(position)
    reached: Callable[[float, float], bool] = _at_or_below if position.side > 0 else _at_or_above
    passed: Callable[[float, float], bool] = _at_or_above if position.side > 0 else _at_or_below
    if position.sl and reached(price, position.sl):
        liquidate(dealer, position, price, mt5.ORDER_REASON_SL, f"[sl {position.sl}]")
    elif position.tp and passed(price, position.tp):
        liquidate(dealer, position, price, mt5.ORDER_REASON_TP, f"[tp {position.tp}]")


def _at_or_below(price: float, level: float) -> bool:
    return price <= level


def _at_or_above(price: float, level: float) -> bool:
    return price >= level


def liquidate(dealer: Dealer, position: Position, price: float, reason: int, comment: str) -> None:
    """Close a whole position on the server's own account, with the reason on order and deal."""
    order = dealer.order(
        position.symbol, 1 - position.type, position.volume, reason=reason, comment=comment,
        magic=position.magic, sl=position.sl, tp=position.tp,
    )  # fmt: skip
    dealer.close(position, order, price, position.volume)


def _expire(dealer: Dealer) -> None:
    for order in list(dealer.ledger.orders.values()):
        if 0 < order.time_expiration * 1000 <= dealer.time_msc:
            expired = replace(
                order, state=mt5.ORDER_STATE_EXPIRED, time_done_msc=order.time_expiration * 1000
            )
            dealer.ledger.file(expired)


def _crosses(order: Order, price: float) -> bool:
    """Whether the price (ask for buys, bid for sells) activates a pending order."""
    from_above = (mt5.ORDER_TYPE_BUY_LIMIT, mt5.ORDER_TYPE_SELL_STOP, mt5.ORDER_TYPE_SELL_STOP_LIMIT)
    return price <= order.price_open if order.type in from_above else price >= order.price_open


def _trigger(dealer: Dealer, order: Order, tick: Quote) -> None:
    price = tick.ask if order.type % 2 == 0 else tick.bid
    if not _crosses(order, price):
        return
    if order.type in (mt5.ORDER_TYPE_BUY_STOP_LIMIT, mt5.ORDER_TYPE_SELL_STOP_LIMIT):
        dealer.ledger.file(
            replace(order, type=order.type - 4, price_open=order.price_stoplimit, price_stoplimit=0.0)
        )
    elif dealer.affords(order.symbol, order.type, order.volume_current, price):
        dealer.fill(order, price, order.volume_current)
    else:
        dealer.ledger.file(replace(order, state=mt5.ORDER_STATE_REJECTED, time_done_msc=dealer.time_msc))


# -- margin and nights


def _floor(ledger: Ledger, margin: float) -> float:
    """The equity at which positions are closed by force."""
    account = ledger.account
    if account.margin_so_mode == mt5.ACCOUNT_STOPOUT_MODE_MONEY:
        return account.margin_so_so
    return margin * account.margin_so_so / 100


def _stop_out(dealer: Dealer) -> None:
    """Close the worst loser until the equity is above the floor again."""
    while dealer.ledger.positions:
        figures = dealer.figures()
        if figures.equity > _floor(dealer.ledger, figures.margin):
            return
        worst = min(
            dealer.ledger.positions.values(), key=lambda p: dealer.profit(p, dealer.closing_price(p)) + p.swap
        )
        comment = f"so {figures.level:.1f}%/{figures.equity:.2f}"[:27]
        liquidate(dealer, worst, dealer.closing_price(worst), mt5.ORDER_REASON_SO, comment)


def _rolls(ledger: Ledger, minute: int) -> bool:
    return minute % DAY_MINUTES == 0 and minute * MINUTE_MS > ledger.account.settled_msc


def _roll_over(dealer: Dealer) -> None:
    """Charge the night that begins a broker day: none after Saturday and Sunday, three on the triple day."""
    ended = (dealer.time_msc // (DAY_MINUTES * MINUTE_MS) - 1 + mt5.DAY_OF_WEEK_THURSDAY) % 7
    if ended in (mt5.DAY_OF_WEEK_SATURDAY, mt5.DAY_OF_WEEK_SUNDAY):
        return
    for position in list(dealer.ledger.positions.values()):
        spec = INSTRUMENTS[position.symbol]
        points = (spec.swap_long if position.side > 0 else spec.swap_short) * (
            3 if ended == spec.triple_swap_day else 1
        )
        price = dealer.closing_price(position)
        moved = replace(position, type=mt5.POSITION_TYPE_BUY, price_open=price)
        night = dealer.profit(moved, price + points * spec.point)
        dealer.ledger.keep(replace(position, swap=round(position.swap + night, 2)))

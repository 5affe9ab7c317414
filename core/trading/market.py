"""What is read from an account's terminal for one decision, and what it forbids."""

from dataclasses import dataclass
from decimal import Decimal

from core.desk import Desk
from core.model.accounts import Account
from core.model.errors import Refused, refuse
from core.model.instruments import Instrument
from core.model.mt5 import MT5AccountSnapshot, Quote
from core.model.signals import OrderKind, Signal
from core.mt5 import levels, orders
from core.mt5.errors import TerminalError
from core.mt5.patience import within
from core.naming import broker_symbol
from core.trading.netting import nets
from core.trading.openrisk import Stake, lots_on_side, stakes_of
from core.trading.sizing import Size, scaled, size

ONCE = Decimal(1)


@dataclass(frozen=True, slots=True)
class Market:
    """Prices and contract of the signal's symbol, and the account with what stands at stake on it."""

    quote: Quote
    instrument: Instrument
    snapshot: MT5AccountSnapshot
    stakes: tuple[Stake, ...]


async def look(desk: Desk, account: Account, signal: Signal) -> Market:
    """Read all of it now. Raises TerminalError."""
    async with within():
        session = await desk.terminals.session(account.id)
        symbol = await broker_symbol(desk, account, signal.instrument)
        quote, instrument = await session.quote(symbol), await session.instrument(symbol)
        snapshot = await session.snapshot()
        return Market(quote, instrument, snapshot, await stakes_of(session, snapshot))


def size_now(account: Account, signal: Signal, market: Market, factor: Decimal = ONCE) -> Size:
    """The size at the market's present price and equity, scaled as the trader wants it.

    Raises Refused, also for a price beyond the stop.
    """
    entry, stop = entry_of(signal, market), signal.stop_loss
    if stop is not None and (entry - stop) * signal.side.sign <= 0:
        raise Refused(f"The price {entry} is already beyond the stop {stop}.")
    whole = size(account.policy, market.instrument, market.snapshot.account.equity, entry, stop)
    return scaled(whole, factor, market.instrument)


def entry_of(signal: Signal, market: Market) -> Decimal:
    """Where the trade would open: at the market, or at the pending order's own price."""
    if signal.kind is not OrderKind.MARKET:
        return market.instrument.round_price(signal.entry)
    return market.quote.entry(signal.side)


def stops_of(signal: Signal, instrument: Instrument) -> orders.Stops:
    """The signal's stop and first target, at the symbol's digits."""
    target = signal.take_profits[0] if signal.take_profits else None
    return orders.Stops(signal.stop_loss, target).rounded(instrument)


async def margin_for(
    desk: Desk, account: Account, signal: Signal, market: Market, lots: Decimal
) -> Decimal | None:
    """The margin that the trade would take, as the broker reckons it; None for a pending order, which takes
    none yet, and while the broker would not take the order."""
    if signal.kind is not OrderKind.MARKET:
        return None
    session = await desk.terminals.session(account.id)
    stops, tag = stops_of(signal, market.instrument), orders.Tag(0, "")
    request = orders.market(market.instrument, signal.side, lots, market.quote, stops, tag, 0)
    try:
        check = await session.check(request)
    except TerminalError:
        return None
    return check.needed if check.needed > 0 else None


def check_market(account: Account, signal: Signal, market: Market) -> None:
    """Raises Refused when nothing can be sent now, the broker does not offer it, or the price ran away."""
    obstacle = market.snapshot.account.trading_obstacle()
    if obstacle is not None:
        raise Refused(f"No order can be sent now: {obstacle}.")
    stops = stops_of(signal, market.instrument)
    refuse(levels.offer_obstacle(market.instrument, signal.kind, signal.side, stops))
    if signal.kind is OrderKind.MARKET:
        _check_drift(account, signal, market)


def check_side(signal: Signal, market: Market, lots: Decimal) -> None:
    """Raises Refused when the broker's limit of the symbol's volume would be passed, or a net position be
    reduced."""
    refuse(_netting_obstacle(signal, market))
    symbol = market.instrument.symbol
    held = lots_on_side(market.stakes, symbol, signal.side)
    refuse(levels.volume_obstacle(market.instrument, lots, held))


def _netting_obstacle(signal: Signal, market: Market) -> str | None:
    """On a netting account the opposite order would close what another signal has opened."""
    symbol = market.instrument.symbol
    held = lots_on_side(market.stakes, symbol, signal.side.opposite)
    if not held or not nets(market.snapshot.account):
        return None
    return (
        f"This account nets: to {signal.side} {symbol} would reduce the {held} lots on the other side."
        " Close those first."
    )


def _check_drift(account: Account, signal: Signal, market: Market) -> None:
    """How far the market has run away from the signal."""
    price = market.quote.entry(signal.side)
    drift = abs(market.instrument.pips(price - _nearest_wanted(signal, price)))
    if drift > account.policy.max_drift_pips:
        raise Refused(
            f"The price moved: {price} is {drift} pips from the signal's {signal.entry},"
            f" and you allow {account.policy.max_drift_pips}."
        )


def _nearest_wanted(signal: Signal, price: Decimal) -> Decimal:
    """The price of the signal that is nearest: its entry, or the near end of its zone (itself inside)."""
    if signal.entry_zone is None:
        return signal.entry
    low, high = signal.entry_zone
    return min(max(price, low), high)

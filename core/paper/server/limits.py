"""What an account may open: the caps, the bans and the money. Asked at a request, and again at an activation.

Each check ends in silence or in Refused.
"""

from dataclasses import replace

from core.mt5 import contract as mt5
from core.paper.market.instruments import INSTRUMENTS
from core.paper.server.dealing import Dealer
from core.paper.server.ledger import Ledger
from core.paper.server.money import margin_held
from core.paper.server.records import Position, side_of
from core.paper.server.trade import require


def opened_part(ledger: Ledger, symbol: str, order_type: int, volume: float) -> float:
    """How much of a volume would open: on a netting account, what goes beyond the opposite position."""
    if ledger.hedging:
        return volume
    covered = sum(p.volume for p in ledger.held(symbol) if p.side != side_of(order_type))
    return max(0.0, round(volume - covered, 8))


def check_activation(dealer: Dealer, symbol: str, order_type: int, volume: float, *, adds: bool) -> None:
    """Whether an order may open so much now, as a further position if it `adds` one: what may have changed
    since it was placed."""
    if adds:
        _check_positions(dealer.ledger.account.limit_positions, len(dealer.ledger.positions))
    if opened_part(dealer.ledger, symbol, order_type, volume):
        check_hedge(dealer.ledger, symbol, order_type)
        check_money(dealer, symbol, order_type, volume)


def check_hedge(ledger: Ledger, symbol: str, order_type: int) -> None:
    """Where a hedging account prohibits it: no buying against a short position, no selling against a long."""
    if ledger.account.hedging_prohibited and ledger.hedging:
        opposite = any(p.side != side_of(order_type) for p in ledger.held(symbol))
        require(not opposite, mt5.RETCODE_HEDGE_PROHIBITED)


def check_room(ledger: Ledger, symbol: str) -> None:
    """The cap of positions at a request: on a hedging account each working order counts as one too, on a
    netting account it counts nothing, and what has a position already may be traded on."""
    if ledger.hedging:
        _check_positions(ledger.account.limit_positions, len(ledger.positions) + len(ledger.orders))
    elif not ledger.held(symbol):
        _check_positions(ledger.account.limit_positions, len(ledger.positions))


def _check_positions(limit: int, count: int) -> None:
    require(not limit or count < limit, mt5.TRADE_RETCODE_LIMIT_POSITIONS)


def check_volume_limit(ledger: Ledger, symbol: str, order_type: int, volume: float) -> None:
    """The cap of a symbol's lots on one side: positions and pending orders together."""
    limit, side = INSTRUMENTS[symbol].volume_limit, side_of(order_type)
    if limit:
        held = sum(p.volume for p in ledger.held(symbol) if p.side == side)
        waiting = sum(
            o.volume_current for o in ledger.orders.values() if (o.symbol, o.side) == (symbol, side)
        )
        total = held + waiting + opened_part(ledger, symbol, order_type, volume)
        require(total <= limit + 1e-9, mt5.TRADE_RETCODE_LIMIT_VOLUME)


def check_money(dealer: Dealer, symbol: str, order_type: int, volume: float) -> None:
    price = dealer.price(symbol, order_type)
    added = margin_added(dealer, symbol, order_type, volume, price)
    require(added <= max(0.0, dealer.figures().free), mt5.TRADE_RETCODE_NO_MONEY)


def margin_added(dealer: Dealer, symbol: str, order_type: int, volume: float, price: float) -> float:
    """By how much a deal would change the account's margin; less than 0 if it sets some free."""
    ledger = dealer.ledger
    opposite = [p for p in ledger.held(symbol) if p.side != side_of(order_type)]
    if not opposite:
        return dealer.margin(symbol, order_type, volume, price)
    if not ledger.hedging:
        return _netted_margin(dealer, opposite[0], order_type, volume, price)
    return _hedged_margin(dealer, opposite[0], order_type, volume, price)


def _netted_margin(dealer: Dealer, position: Position, order_type: int, volume: float, price: float) -> float:
    if volume <= position.volume:
        return -round(position.margin * volume / position.volume, 2)
    rest = round(volume - position.volume, 8)
    return dealer.margin(position.symbol, order_type, rest, price) - position.margin


def _hedged_margin(dealer: Dealer, opposite: Position, order_type: int, volume: float, price: float) -> float:
    held = dealer.ledger.held(opposite.symbol)
    margin = dealer.margin(opposite.symbol, order_type, volume, price)
    new = replace(opposite, type=order_type % 2, volume=volume, margin=margin)
    return margin_held([*held, new]) - margin_held(held)

"""Trade requests as the module takes them: pure functions from the model's exact numbers to plain floats.

A request names each field that matters: the module reads a missing one as zero, and zero means BUY, FOK or
"no stop". Unset stops are 0.0. Prices are rounded to the symbol's digits, volumes down to its step.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from core.model.instruments import Instrument, Side
from core.model.mt5 import MT5Order, MT5Position, Quote
from core.model.signals import OrderKind
from core.mt5 import contract as mt5
from core.mt5.errors import Context, InvalidRequest

Request = dict[str, Any]

MAX_COMMENT: Final = 16
MAX_MAGIC: Final = 2**63 - 1
_FOK_ALLOWED, _IOC_ALLOWED = 1, 2

_PENDING_TYPES: Final = {
    (OrderKind.LIMIT, Side.BUY): mt5.ORDER_TYPE_BUY_LIMIT,
    (OrderKind.LIMIT, Side.SELL): mt5.ORDER_TYPE_SELL_LIMIT,
    (OrderKind.STOP, Side.BUY): mt5.ORDER_TYPE_BUY_STOP,
    (OrderKind.STOP, Side.SELL): mt5.ORDER_TYPE_SELL_STOP,
}


@dataclass(frozen=True, slots=True)
class Tag:
    """What names a request's maker on the broker's books: a 63-bit number and up to 16 ASCII characters."""

    magic: int
    comment: str

    def fields(self) -> Request:
        if not 0 <= self.magic <= MAX_MAGIC:
            raise _wrong(f"magic {self.magic} does not fit 63 bits")
        if len(self.comment) > MAX_COMMENT or not self.comment.isascii():
            raise _wrong(f"comment {self.comment!r} is not at most {MAX_COMMENT} ASCII characters")
        return {"magic": self.magic, "comment": self.comment}


@dataclass(frozen=True, slots=True)
class Stops:
    """Where a position is to be closed; None for no such stop."""

    loss: Decimal | None = None
    profit: Decimal | None = None

    def fields(self, instrument: Instrument) -> Request:
        return {"sl": _price(instrument, self.loss), "tp": _price(instrument, self.profit)}


def market(
    instrument: Instrument,
    side: Side,
    volume: Decimal,
    quote: Quote,
    stops: Stops,
    tag: Tag,
    deviation_points: int,
) -> Request:
    """Open at the market. `deviation_points` is honoured by Instant execution only. Raises InvalidRequest."""
    return {
        "action": mt5.TRADE_ACTION_DEAL,
        "symbol": instrument.symbol,
        "type": _market_type(side),
        "volume": _volume(instrument, volume),
        "price": _price(instrument, quote.entry(side)),
        "deviation": deviation_points,
        "type_filling": market_filling(instrument),
        "type_time": mt5.ORDER_TIME_GTC,
        **stops.fields(instrument),
        **tag.fields(),
    }


def close(
    instrument: Instrument,
    position: MT5Position,
    quote: Quote,
    tag: Tag,
    deviation_points: int,
    volume: Decimal | None = None,
) -> Request:
    """Close a position, or `volume` lots of it, by its ticket. Raises InvalidRequest."""
    return {
        "action": mt5.TRADE_ACTION_DEAL,
        "symbol": position.symbol,
        "position": position.ticket,
        "type": _market_type(position.side.opposite),
        "volume": _part(instrument, position, volume),
        "price": _price(instrument, quote.exit(position.side)),
        "deviation": deviation_points,
        "type_filling": market_filling(instrument),
        "type_time": mt5.ORDER_TIME_GTC,
        **tag.fields(),
    }


def close_by(position: MT5Position, opposite: MT5Position, tag: Tag) -> Request:
    """Close two opposite positions of one symbol against each other (hedging accounts only)."""
    if position.symbol != opposite.symbol or position.side is opposite.side:
        raise _wrong("close-by needs two opposite positions of one symbol")
    return {
        "action": mt5.TRADE_ACTION_CLOSE_BY,
        "symbol": position.symbol,
        "position": position.ticket,
        "position_by": opposite.ticket,
        **tag.fields(),
    }


def modify_stops(instrument: Instrument, position: MT5Position, stops: Stops) -> Request:
    """Set both stops of a position; one that is None is removed."""
    return {
        "action": mt5.TRADE_ACTION_SLTP,
        "symbol": position.symbol,
        "position": position.ticket,
        **stops.fields(instrument),
    }


def pending(
    instrument: Instrument,
    kind: OrderKind,
    side: Side,
    volume: Decimal,
    price: Decimal,
    stops: Stops,
    tag: Tag,
    expires_at_broker_s: int | None = None,
) -> Request:
    """Place a limit or stop order; an expiry is in the broker's own time. Raises InvalidRequest."""
    if (kind, side) not in _PENDING_TYPES:
        raise _wrong(f"a {kind} order cannot be pending")
    return {
        "action": mt5.TRADE_ACTION_PENDING,
        "symbol": instrument.symbol,
        "type": _PENDING_TYPES[kind, side],
        "volume": _volume(instrument, volume),
        "price": _price(instrument, price),
        "type_filling": pending_filling(instrument, kind),
        **_expiry(expires_at_broker_s),
        **stops.fields(instrument),
        **tag.fields(),
    }


def modify_pending(
    instrument: Instrument,
    order: MT5Order,
    price: Decimal,
    stops: Stops,
    expires_at_broker_s: int | None = None,
) -> Request:
    """Move a pending order, both stops and the expiry with it."""
    return {
        "action": mt5.TRADE_ACTION_MODIFY,
        "symbol": order.symbol,
        "order": order.ticket,
        "type": order.type,
        "price": _price(instrument, price),
        **_expiry(expires_at_broker_s),
        **stops.fields(instrument),
    }


def cancel(order: MT5Order) -> Request:
    """Remove a pending order."""
    return {"action": mt5.TRADE_ACTION_REMOVE, "symbol": order.symbol, "order": order.ticket}


def market_filling(instrument: Instrument) -> int:
    """How much of a market order must be filled at once.

    Exchange execution takes RETURN. Else FOK where the symbol allows it, IOC where it allows that; FOK for
    a symbol that names none (Request and Instant execution set it themselves). Source: Trade.mqh.
    """
    if instrument.execution_mode == mt5.SYMBOL_TRADE_EXECUTION_EXCHANGE:
        return mt5.ORDER_FILLING_RETURN
    return _allowed_filling(instrument)


def pending_filling(instrument: Instrument, kind: OrderKind) -> int:
    """RETURN for limit orders under Market or Exchange execution and all of an exchange's pendings."""
    exchange = instrument.execution_mode == mt5.SYMBOL_TRADE_EXECUTION_EXCHANGE
    at_market = instrument.execution_mode == mt5.SYMBOL_TRADE_EXECUTION_MARKET
    if exchange or (at_market and kind is OrderKind.LIMIT):
        return mt5.ORDER_FILLING_RETURN
    return _allowed_filling(instrument)


def with_other_filling(request: Mapping[str, Any], instrument: Instrument) -> Request | None:
    """The request to send after retcode 10030: the other policy that the symbol allows, None without one.

    Send it once; 10030 says that the first was certainly not executed.
    """
    used = request.get("type_filling", mt5.ORDER_FILLING_FOK)
    allowed = [
        policy
        for policy, bit in ((mt5.ORDER_FILLING_FOK, _FOK_ALLOWED), (mt5.ORDER_FILLING_IOC, _IOC_ALLOWED))
        if instrument.filling_mode & bit
    ]
    if instrument.execution_mode in (mt5.SYMBOL_TRADE_EXECUTION_MARKET, mt5.SYMBOL_TRADE_EXECUTION_EXCHANGE):
        allowed.append(mt5.ORDER_FILLING_RETURN)
    other = next((policy for policy in allowed if policy != used), None)
    return None if other is None else {**request, "type_filling": other}


def stops_obstacle(instrument: Instrument, side: Side, quote: Quote, stops: Stops) -> str | None:
    """Why the broker would refuse these stops at these prices, naming the nearest valid level; None if not.

    A position is closed at the other side of the spread, so its stops keep their distance from there:
    from Bid for a buy, from Ask for a sell. Source: the MQL book, requirements in trade operations.
    """
    return _obstacle(instrument, side, quote.exit(side), stops)


def pending_obstacle(
    instrument: Instrument, kind: OrderKind, side: Side, price: Decimal, quote: Quote, stops: Stops
) -> str | None:
    """As `stops_obstacle` for a pending order: its entry against the market, its stops against its entry."""
    distance = _distance(instrument)
    beyond = side.sign if kind is OrderKind.STOP else -side.sign
    market_price = quote.entry(side)
    nearest = instrument.round_price(market_price + beyond * distance)
    if (price - nearest) * beyond < 0 or price == market_price:
        place = "above" if beyond > 0 else "below"
        return f"A {side} {kind} order must be {place} the market: nearest valid price {nearest}."
    return _obstacle(instrument, side, price, stops)


def _obstacle(instrument: Instrument, side: Side, base: Decimal, stops: Stops) -> str | None:
    distance = _distance(instrument)
    for name, wanted, sign in (
        ("Stop loss", stops.loss, -side.sign),
        ("Take profit", stops.profit, side.sign),
    ):
        nearest = instrument.round_price(base + sign * distance)
        if wanted is not None and (wanted - nearest) * sign < 0:
            return f"{name} {wanted} is too close or on the wrong side: nearest valid level {nearest}."
    return None


def _distance(instrument: Instrument) -> Decimal:
    """The stops level, and a point at least: a stop at the market itself is never valid."""
    return max(instrument.stops_level_points, 1) * instrument.point


def _allowed_filling(instrument: Instrument) -> int:
    if instrument.filling_mode & _IOC_ALLOWED and not instrument.filling_mode & _FOK_ALLOWED:
        return mt5.ORDER_FILLING_IOC
    return mt5.ORDER_FILLING_FOK


def _market_type(side: Side) -> int:
    return mt5.ORDER_TYPE_BUY if side is Side.BUY else mt5.ORDER_TYPE_SELL


def _expiry(broker_s: int | None) -> Request:
    if broker_s is None:
        return {"type_time": mt5.ORDER_TIME_GTC}
    return {"type_time": mt5.ORDER_TIME_SPECIFIED, "expiration": broker_s}


def _price(instrument: Instrument, price: Decimal | None) -> float:
    if price is None:
        return 0.0
    if not price.is_finite() or price <= 0:
        raise _wrong(f"{price} is no price of {instrument.symbol}")
    return float(instrument.round_price(price))


def _volume(instrument: Instrument, lots: Decimal) -> float:
    rounded = instrument.round_volume(lots) if lots.is_finite() else Decimal(0)
    if rounded <= 0:
        raise _wrong(f"{lots} lots is below the smallest lot of {instrument.symbol}, {instrument.volume_min}")
    return float(rounded)


def _part(instrument: Instrument, position: MT5Position, lots: Decimal | None) -> float:
    """The whole position exactly as it is held, or a part of it in whole steps."""
    if lots is None or lots == position.volume:
        return float(position.volume)
    if lots > position.volume:
        raise _wrong(f"{lots} lots is more than the position's {position.volume}")
    return _volume(instrument, lots)


def _wrong(detail: str) -> InvalidRequest:
    return InvalidRequest(detail, context=Context(call="order_send"))

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
from core.mt5 import policies
from core.mt5.errors import Context, InvalidRequest
from core.mt5.policies import GOOD_TILL_CANCELLED, Lifetime, fillings

Request = dict[str, Any]

MAX_COMMENT: Final = 16
MAX_MAGIC: Final = 2**63 - 1
_MARKET_TYPES: Final = (mt5.ORDER_TYPE_BUY, mt5.ORDER_TYPE_SELL)

_PENDING_TYPES: Final = {
    (OrderKind.LIMIT, Side.BUY): mt5.ORDER_TYPE_BUY_LIMIT,
    (OrderKind.LIMIT, Side.SELL): mt5.ORDER_TYPE_SELL_LIMIT,
    (OrderKind.STOP, Side.BUY): mt5.ORDER_TYPE_BUY_STOP,
    (OrderKind.STOP, Side.SELL): mt5.ORDER_TYPE_SELL_STOP,
}
_PENDING_KINDS: Final = {number: kind_and_side for kind_and_side, number in _PENDING_TYPES.items()}


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

    def rounded(self, instrument: Instrument) -> "Stops":
        """At the symbol's digits."""
        return Stops(
            self.loss if self.loss is None else instrument.round_price(self.loss),
            self.profit if self.profit is None else instrument.round_price(self.profit),
        )

    def fields(self, instrument: Instrument) -> Request:
        return {"sl": _price(instrument, self.loss), "tp": _price(instrument, self.profit)}


@dataclass(frozen=True, slots=True)
class PendingOrder:
    """What kind of order waits, and where."""

    kind: OrderKind
    side: Side
    price: Decimal

    @classmethod
    def of(cls, order: MT5Order) -> "PendingOrder | None":
        """None for a stop-limit order, which the desk neither places nor changes."""
        kind, side = _PENDING_KINDS.get(order.type, (None, None))
        return cls(kind, side, order.price_open) if kind and side else None


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
        "type_filling": fillings(instrument, OrderKind.MARKET)[0],
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
        "type_filling": fillings(instrument, OrderKind.MARKET)[0],
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
    lifetime: Lifetime = GOOD_TILL_CANCELLED,
) -> Request:
    """Place a limit or stop order. Raises InvalidRequest."""
    if (kind, side) not in _PENDING_TYPES:
        raise _wrong(f"a {kind} order cannot be pending")
    return {
        "action": mt5.TRADE_ACTION_PENDING,
        "symbol": instrument.symbol,
        "type": _PENDING_TYPES[kind, side],
        "volume": _volume(instrument, volume),
        "price": _price(instrument, price),
        "type_filling": fillings(instrument, kind)[0],
        **lifetime.fields(),
        **stops.fields(instrument),
        **tag.fields(),
    }


def modify_pending(
    instrument: Instrument,
    order: MT5Order,
    price: Decimal,
    stops: Stops,
    lifetime: Lifetime = GOOD_TILL_CANCELLED,
) -> Request:
    """Move a pending order, both stops and its end with it."""
    return {
        "action": mt5.TRADE_ACTION_MODIFY,
        "symbol": order.symbol,
        "order": order.ticket,
        "type": order.type,
        "price": _price(instrument, price),
        **lifetime.fields(),
        **stops.fields(instrument),
    }


def cancel(order: MT5Order) -> Request:
    """Remove a pending order."""
    return {"action": mt5.TRADE_ACTION_REMOVE, "symbol": order.symbol, "order": order.ticket}


def other_filling(request: Mapping[str, Any], instrument: Instrument) -> Request | None:
    """The field to change after retcode 10030: the other policy that the symbol allows, None without one.

    Try it once; 10030 says that the first request was certainly not executed. None for a request that names
    no policy, whatever the broker says of it.
    """
    if "type_filling" not in request:
        return None
    kind = OrderKind.MARKET if request["type"] in _MARKET_TYPES else _PENDING_KINDS[request["type"]][0]
    other = policies.other_filling(instrument, kind, request["type_filling"])
    return None if other is None else {"type_filling": other}


def _market_type(side: Side) -> int:
    return mt5.ORDER_TYPE_BUY if side is Side.BUY else mt5.ORDER_TYPE_SELL


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

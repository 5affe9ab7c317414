"""The module's own Buy, Sell and Close, resends included: for others' code that calls them. Ours must not.

In the module these are Python over its C core, and `_RawOrder` with them; so they fail as Python does there:
AttributeError for a symbol without a tick, TypeError where no positions could be read.
"""

from typing import Any

from core.mt5 import contract as mt5
from core.paper.calls.orders import order_send
from core.paper.calls.positions import positions_get
from core.paper.calls.structs import Struct
from core.paper.calls.symbols import symbol_info_tick

__all__ = ["Buy", "Close", "Sell", "_RawOrder"]

_AGAIN = (mt5.TRADE_RETCODE_REQUOTE, mt5.TRADE_RETCODE_PRICE_OFF)
_ATTEMPTS = 10


def _RawOrder(  # noqa: N802 - the module's name; published wrappers call it
    order_type: int,
    symbol: str,
    volume: float,
    price: float,
    comment: str | None = None,
    ticket: int | None = None,
) -> Struct | None:
    """One market order at a price; of a position if `ticket` is given."""
    request: dict[str, Any] = {
        "action": mt5.TRADE_ACTION_DEAL, "symbol": symbol, "volume": volume, "type": order_type,
        "price": price, "deviation": 10,
    }  # fmt: skip
    if comment is not None:
        request["comment"] = comment
    if ticket is not None:
        request["position"] = ticket
    return order_send(request)


def Buy(  # noqa: N802 - the module's name
    symbol: str,
    volume: float,
    price: float | None = None,
    *,
    comment: str | None = None,
    ticket: int | None = None,
) -> Struct | None:
    """A market buy, at a price or at the current one."""
    return _opened(mt5.ORDER_TYPE_BUY, symbol, volume, price, comment, ticket)


def Sell(  # noqa: N802 - the module's name
    symbol: str,
    volume: float,
    price: float | None = None,
    *,
    comment: str | None = None,
    ticket: int | None = None,
) -> Struct | None:
    """A market sell, at a price or at the current one."""
    return _opened(mt5.ORDER_TYPE_SELL, symbol, volume, price, comment, ticket)


def Close(symbol: str, *, comment: str | None = None, ticket: int | None = None) -> bool | str | None:  # noqa: N802
    """Close a symbol's positions, or one: True, False, "Partially", or None for a failed call."""
    positions: Any = positions_get(ticket=ticket) if ticket is not None else positions_get(symbol=symbol)
    done = 0
    for position in positions:
        if symbol_info_tick(symbol) is None:
            return None
        result = _sent(1 - position.type, symbol, position.volume, comment, position.ticket)
        if result is None:
            return None
        done += result.retcode == mt5.TRADE_RETCODE_DONE
    if not done:
        return False
    return True if done == len(positions) else "Partially"


def _opened(
    order_type: int,
    symbol: str,
    volume: float,
    price: float | None,
    comment: str | None,
    ticket: int | None,
) -> Struct | None:
    if price is None:
        return _sent(order_type, symbol, volume, comment, ticket)
    return _RawOrder(order_type, symbol, volume, price, comment, ticket)


def _sent(
    order_type: int, symbol: str, volume: float, comment: str | None, ticket: int | None
) -> Struct | None:
    """At the current price, again while the broker requotes."""
    result = None
    for _ in range(_ATTEMPTS):
        tick: Any = symbol_info_tick(symbol)
        price = tick.ask if order_type == mt5.ORDER_TYPE_BUY else tick.bid
        result = _RawOrder(order_type, symbol, volume, price, comment, ticket)
        if result is None or result.retcode not in _AGAIN:
            break
    return result

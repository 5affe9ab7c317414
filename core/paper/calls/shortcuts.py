"""The module's own Buy, Sell and Close, resends included: for others' code that calls them. Ours must not."""

from typing import Any

from core.mt5 import contract as mt5
from core.paper.calls.orders import order_send
from core.paper.calls.positions import positions_get
from core.paper.calls.structs import Struct
from core.paper.calls.symbols import symbol_info_tick

__all__ = ["Buy", "Close", "Sell"]

_AGAIN = (mt5.TRADE_RETCODE_REQUOTE, mt5.TRADE_RETCODE_PRICE_OFF)
_ATTEMPTS = 10


def Buy(  # noqa: N802 - the module's name
    symbol: str,
    volume: float,
    price: float | None = None,
    *,
    comment: str | None = None,
    ticket: int | None = None,
) -> Struct | None:
    """A market buy, at a price or at the current one."""
    return _opened(_request(mt5.ORDER_TYPE_BUY, symbol, volume, comment, ticket), price)


def Sell(  # noqa: N802 - the module's name
    symbol: str,
    volume: float,
    price: float | None = None,
    *,
    comment: str | None = None,
    ticket: int | None = None,
) -> Struct | None:
    """A market sell, at a price or at the current one."""
    return _opened(_request(mt5.ORDER_TYPE_SELL, symbol, volume, comment, ticket), price)


def Close(symbol: str, *, comment: str | None = None, ticket: int | None = None) -> bool | str | None:  # noqa: N802
    """Close a symbol's positions, or one: True, False, "Partially", or None for a failed call."""
    positions = positions_get(ticket=ticket) if ticket is not None else positions_get(symbol=symbol)
    done = 0
    for position in positions or ():
        result = _sent(_request(1 - position.type, symbol, position.volume, comment, position.ticket))
        if result is None:
            return None
        done += result.retcode == mt5.TRADE_RETCODE_DONE
    if not done:
        return False
    return True if done == len(positions or ()) else "Partially"


def _request(
    order_type: int, symbol: str, volume: float, comment: str | None, ticket: int | None
) -> dict[str, Any]:
    request: dict[str, Any] = {
        "action": mt5.TRADE_ACTION_DEAL, "symbol": symbol, "volume": volume, "type": order_type,
        "deviation": 10,
    }  # fmt: skip
    if comment is not None:
        request["comment"] = comment
    if ticket is not None:
        request["position"] = ticket
    return request


def _opened(request: dict[str, Any], price: float | None) -> Struct | None:
    return _sent(request) if price is None else order_send(request | {"price": price})


def _sent(request: dict[str, Any]) -> Struct | None:
    """At the current price, again while the broker requotes."""
    result = None
    for _ in range(_ATTEMPTS):
        tick = symbol_info_tick(request["symbol"])
        if tick is None:
            return None
        price = tick.ask if request["type"] == mt5.ORDER_TYPE_BUY else tick.bid
        result = order_send(request | {"price": price})
        if result is None or result.retcode not in _AGAIN:
            break
    return result

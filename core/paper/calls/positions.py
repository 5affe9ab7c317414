"""Calls about what is open: positions and pending orders."""

from collections.abc import Iterable
from typing import Any, TypeVar

from core.mt5 import contract as mt5
from core.paper.calls.structs import Struct, TradeOrder, TradePosition
from core.paper.calls.symbols import group_mask, matching
from core.paper.server.dealing import Dealer
from core.paper.server.records import Deal, Order, Position
from core.paper.server.requests import BadArgument, text
from core.paper.terminal import TERMINAL, Failed

__all__ = [
    "orders_get",
    "orders_total",
    "positions_get",
    "positions_total",
]

Structs = tuple[Struct, ...]
_Open = TypeVar("_Open", Position, Order)
_Row = TypeVar("_Row", Position, Order, Deal)


def positions_total() -> int | None:
    return TERMINAL.call("positions_total", lambda: len(TERMINAL.dealer().ledger.positions))


def orders_total() -> int | None:
    return TERMINAL.call("orders_total", lambda: len(TERMINAL.dealer().ledger.orders))


def positions_get(*args: Any, **kwargs: Any) -> Structs | None:
    """Open positions by `ticket=`, else `symbol=`, else `group=`, else all. A misspelt keyword gives all."""
    return TERMINAL.call("positions_get", lambda: _positions(args, kwargs))


def orders_get(*args: Any, **kwargs: Any) -> Structs | None:
    """Pending orders, chosen as positions_get chooses."""
    return TERMINAL.call("orders_get", lambda: _orders(args, kwargs))


def _filters(args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
    if args:
        raise Failed(mt5.RES_E_INVALID_PARAMS, "Unnamed arguments not allowed")
    if "ticket" in kwargs and not isinstance(kwargs["ticket"], int):
        raise BadArgument('Invalid "ticket" argument')
    if "symbol" in kwargs:
        text("symbol", kwargs["symbol"])
    if "group" in kwargs:
        group_mask(kwargs["group"])


def _chosen(rows: Iterable[_Open], kwargs: dict[str, Any]) -> list[_Open]:
    rows = list(rows)
    if "ticket" in kwargs:
        return [row for row in rows if row.ticket == kwargs["ticket"]]
    if "symbol" in kwargs:
        return [row for row in rows if row.symbol == kwargs["symbol"]]
    return grouped(rows, kwargs)


def grouped(rows: list[_Row], kwargs: dict[str, Any]) -> list[_Row]:
    """Rows whose symbols a `group` mask keeps, if there is one."""
    if "group" not in kwargs:
        return rows
    names = set(matching(kwargs["group"], {row.symbol for row in rows}))
    return [row for row in rows if row.symbol in names]


def _positions(args: tuple[Any, ...], kwargs: dict[str, Any]) -> Structs:
    _filters(args, kwargs)
    dealer = TERMINAL.dealer()
    return tuple(_position(row, dealer) for row in _chosen(dealer.ledger.positions.values(), kwargs))


def _orders(args: tuple[Any, ...], kwargs: dict[str, Any]) -> Structs:
    _filters(args, kwargs)
    dealer = TERMINAL.dealer()
    return tuple(
        order_struct(row, dealer.price(row.symbol, row.type))
        for row in _chosen(dealer.ledger.orders.values(), kwargs)
    )


def _position(row: Position, dealer: Dealer) -> Struct:
    price = dealer.closing_price(row)
    return TradePosition((
        row.ticket, row.time_msc // 1000, row.time_msc, row.time_update_msc // 1000, row.time_update_msc,
        row.type, row.magic, row.identifier, row.reason, row.volume, row.price_open, row.sl, row.tp, price,
        row.swap, dealer.profit(row, price), row.symbol, row.comment, "",
    ))  # fmt: skip


def order_struct(row: Order, current: float) -> Struct:
    """An order as the module shows it, at the current price of its side."""
    return TradeOrder((
        row.ticket, row.time_setup_msc // 1000, row.time_setup_msc, row.time_done_msc // 1000,
        row.time_done_msc, row.time_expiration, row.type, row.type_time, row.type_filling, row.state,
        row.magic, row.position_id, row.position_by_id, row.reason, row.volume_initial, row.volume_current,
        row.price_open, row.sl, row.tp, current, row.price_stoplimit, row.symbol, row.comment, "",
    ))  # fmt: skip

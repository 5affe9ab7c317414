"""Calls about what is done: orders and deals of the past."""

from typing import Any

from core.mt5 import contract as mt5
from core.paper.calls.dates import broker_msc
from core.paper.calls.positions import Structs, grouped, order_struct
from core.paper.calls.structs import Struct, TradeDeal
from core.paper.calls.symbols import group_mask
from core.paper.server.records import Deal
from core.paper.server.requests import BadArgument
from core.paper.terminal import TERMINAL, Failed

__all__ = [
    "history_deals_get",
    "history_deals_total",
    "history_orders_get",
    "history_orders_total",
]


def history_orders_total(date_from: Any, date_to: Any, /) -> int | None:
    return TERMINAL.call("history_orders_total", lambda: len(_history_orders((date_from, date_to), {})))


def history_deals_total(date_from: Any, date_to: Any, /) -> int | None:
    return TERMINAL.call("history_deals_total", lambda: len(_history_deals((date_from, date_to), {})))


def history_orders_get(*args: Any, **kwargs: Any) -> Structs | None:
    """Done orders: `(from, to, group=)`, or of one `ticket=`, or of one `position=`."""
    return TERMINAL.call("history_orders_get", lambda: _history_orders(args, kwargs))


def history_deals_get(*args: Any, **kwargs: Any) -> Structs | None:
    """Deals: `(from, to, group=)`, or of one order `ticket=`, or of one `position=`."""
    return TERMINAL.call("history_deals_get", lambda: _history_deals(args, kwargs))


def _history_orders(args: tuple[Any, ...], kwargs: dict[str, Any]) -> Structs:
    chosen = _chosen(args, kwargs, "time_setup_msc", "ticket")
    dealer = TERMINAL.dealer()
    rows = TERMINAL.broker.book.history_orders(dealer.login, *chosen)
    seen = [row for row in rows if row.time_done_msc <= dealer.time_msc]
    return tuple(order_struct(row, row.price_current) for row in grouped(seen, kwargs))


def _history_deals(args: tuple[Any, ...], kwargs: dict[str, Any]) -> Structs:
    chosen = _chosen(args, kwargs, "time_msc", "order")
    dealer = TERMINAL.dealer()
    rows = TERMINAL.broker.book.deals(dealer.login, *chosen)
    seen = [row for row in rows if row.time_msc <= dealer.time_msc]
    return tuple(_deal(row) for row in grouped(seen, kwargs))


def _chosen(args: tuple[Any, ...], kwargs: dict[str, Any], when: str, ticket: str) -> tuple[str, int, int]:
    """The column and the range that select history rows: two dates win over a ticket, a ticket over a
    position."""
    if "group" in kwargs:
        group_mask(kwargs["group"])
    if len(args) == 2:
        return when, broker_msc("1st", args[0]), broker_msc("2nd", args[1]) + 999
    for name, column in (("ticket", ticket), ("position", "position_id")):
        if not args and name in kwargs:
            number = _number(name, kwargs[name])
            return column, number, number
    raise Failed(mt5.RES_E_INVALID_PARAMS, "Invalid arguments")


def _number(name: str, value: Any) -> int:
    if not isinstance(value, int) or not 0 <= value < 2**63:
        raise BadArgument(f'Invalid "{name}" argument')
    return int(value)


def _deal(row: Deal) -> Struct:
    return TradeDeal((
        row.ticket, row.order, row.time_msc // 1000, row.time_msc, row.type, row.entry, row.magic,
        row.position_id, row.reason, row.volume, row.price, row.commission, row.swap, row.profit, row.fee,
        row.symbol, row.comment, "",
    ))  # fmt: skip

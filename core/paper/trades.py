"""Calls about trades: positions, orders, history, and order_send with its calculators."""

from collections.abc import Iterable
from itertools import count
from operator import index
from typing import Any

from core.mt5 import contract as mt5
from core.paper import trading
from core.paper.dates import broker_msc
from core.paper.dealing import Dealer
from core.paper.faults import Fault
from core.paper.money import NoRate
from core.paper.records import Deal, Order, Position
from core.paper.requests import BadArgument, Request, parse, text
from core.paper.structs import OrderCheckResult, OrderSendResult, Struct, TradeDeal, TradeOrder, TradePosition
from core.paper.symbols import group_mask, known, matching
from core.paper.terminal import TERMINAL, Failed
from core.paper.trade import Outcome

__all__ = [
    "history_deals_get",
    "history_deals_total",
    "history_orders_get",
    "history_orders_total",
    "order_calc_margin",
    "order_calc_profit",
    "order_check",
    "order_send",
    "orders_get",
    "orders_total",
    "positions_get",
    "positions_total",
]

Structs = tuple[Struct, ...]
_request_ids = count(1)


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


def order_check(*args: Any, **kwargs: Any) -> Struct | None:
    """What a request would come to; retcode 0 when it would be accepted."""
    return TERMINAL.call("order_check", lambda: _check(_request(args, kwargs)))


def order_send(*args: Any, **kwargs: Any) -> Struct | None:
    """Send one request, a dict or keywords. `fn(*args, **{})` cannot be told from `fn(*args)` in Python, so
    the C core's refusal of empty keywords is not imitated: call the real module without them."""
    return TERMINAL.call("order_send", lambda: _send(_request(args, kwargs)))


def order_calc_margin(order_type: int, symbol: str, volume: float, price: float, /) -> float | None:
    """Margin of a market order, in the deposit currency."""
    values = _parsed((order_type,), (volume, price))
    return TERMINAL.call("order_calc_margin", lambda: _calc_margin(symbol, *values))


def order_calc_profit(
    order_type: int, symbol: str, volume: float, price_open: float, price_close: float, /
) -> float | None:
    """Profit of a trade from open to close, in the deposit currency."""
    values = _parsed((order_type,), (volume, price_open, price_close))
    return TERMINAL.call("order_calc_profit", lambda: _calc_profit(symbol, *values))


# -- positions and pending orders


def _filters(args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
    if args:
        raise Failed(mt5.RES_E_INVALID_PARAMS, "Unnamed arguments not allowed")
    if "ticket" in kwargs and not isinstance(kwargs["ticket"], int):
        raise BadArgument('Invalid "ticket" argument')
    if "symbol" in kwargs:
        text("symbol", kwargs["symbol"])
    if "group" in kwargs:
        group_mask(kwargs["group"])


def _chosen(rows: Iterable[Any], kwargs: dict[str, Any]) -> list[Any]:
    rows = list(rows)
    if "ticket" in kwargs:
        return [row for row in rows if row.ticket == kwargs["ticket"]]
    if "symbol" in kwargs:
        return [row for row in rows if row.symbol == kwargs["symbol"]]
    return _grouped(rows, kwargs)


def _grouped(rows: list[Any], kwargs: dict[str, Any]) -> list[Any]:
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
    return tuple(_order(row, _current(row, dealer)) for row in _chosen(dealer.ledger.orders.values(), kwargs))


def _current(order: Order, dealer: Dealer) -> float:
    quote = dealer.quote(order.symbol)
    return quote.ask if order.type % 2 == 0 else quote.bid


def _position(row: Position, dealer: Dealer) -> Struct:
    price = dealer.closing_price(row)
    return TradePosition((
        row.ticket, row.time_msc // 1000, row.time_msc, row.time_update_msc // 1000, row.time_update_msc,
        row.type, row.magic, row.identifier, row.reason, row.volume, row.price_open, row.sl, row.tp, price,
        row.swap, dealer.profit(row, price), row.symbol, row.comment, "",
    ))  # fmt: skip


def _order(row: Order, current: float) -> Struct:
    return TradeOrder((
        row.ticket, row.time_setup_msc // 1000, row.time_setup_msc, row.time_done_msc // 1000,
        row.time_done_msc, row.time_expiration, row.type, row.type_time, row.type_filling, row.state,
        row.magic, row.position_id, row.position_by_id, row.reason, row.volume_initial, row.volume_current,
        row.price_open, row.sl, row.tp, current, row.price_stoplimit, row.symbol, row.comment, "",
    ))  # fmt: skip


def _deal(row: Deal) -> Struct:
    return TradeDeal((
        row.ticket, row.order, row.time_msc // 1000, row.time_msc, row.type, row.entry, row.magic,
        row.position_id, row.reason, row.volume, row.price, row.commission, row.swap, row.profit, row.fee,
        row.symbol, row.comment, "",
    ))  # fmt: skip


# -- history


def _period(args: tuple[Any, ...]) -> tuple[int, int]:
    first, last = broker_msc("1st", args[0]), broker_msc("2nd", args[1])
    return first, last + 999


def _history_orders(args: tuple[Any, ...], kwargs: dict[str, Any]) -> Structs:
    where, values = _clause(args, kwargs, "time_setup_msc", "ticket")
    dealer = TERMINAL.dealer()
    rows = TERMINAL.broker.book.history_orders(dealer.ledger.account.login, where, *values)
    seen = [row for row in rows if row.time_done_msc <= dealer.time_msc]
    return tuple(_order(row, row.price_current) for row in _grouped(seen, kwargs))


def _history_deals(args: tuple[Any, ...], kwargs: dict[str, Any]) -> Structs:
    where, values = _clause(args, kwargs, "time_msc", '"order"')
    dealer = TERMINAL.dealer()
    rows = TERMINAL.broker.book.deals(dealer.ledger.account.login, where, *values)
    seen = [row for row in rows if row.time_msc <= dealer.time_msc]
    return tuple(_deal(row) for row in _grouped(seen, kwargs))


def _clause(
    args: tuple[Any, ...], kwargs: dict[str, Any], when: str, ticket: str
) -> tuple[str, tuple[int, ...]]:
    """What selects history rows: two dates win over a ticket, a ticket over a position."""
    if "group" in kwargs:
        group_mask(kwargs["group"])
    if len(args) == 2:
        return f"{when} BETWEEN ? AND ?", _period(args)
    for name, column in (("ticket", ticket), ("position", "position_id")):
        if not args and name in kwargs:
            return f"{column} = ?", (_number(name, kwargs[name]),)
    raise Failed(mt5.RES_E_INVALID_PARAMS, "Invalid arguments")


def _number(name: str, value: Any) -> int:
    if not isinstance(value, int) or not 0 <= value < 2**63:
        raise BadArgument(f'Invalid "{name}" argument')
    return int(value)


# -- requests


def _request(args: tuple[Any, ...], kwargs: dict[str, Any]) -> Request:
    if kwargs and args:
        raise Failed(mt5.RES_E_INVALID_PARAMS, "Unnamed arguments not allowed")
    raw = kwargs or (args[0] if len(args) == 1 else None)
    if not isinstance(raw, dict):
        raise Failed(mt5.RES_E_INVALID_PARAMS, "Invalid arguments")
    return parse(raw)


def _send(request: Request) -> Struct:
    met = _ready_to_send(request)
    setup = TERMINAL.folder.setup
    if not setup.trade_allowed:
        return _result(Outcome(mt5.TRADE_RETCODE_CLIENT_DISABLES_AT), request)
    if not TERMINAL.connected:
        return _result(Outcome(mt5.TRADE_RETCODE_CONNECTION), request)
    outcome = TERMINAL.broker.trade(setup.login, request, mt5.ORDER_REASON_EXPERT, met)
    TERMINAL.lose(met)
    return _result(outcome or Outcome(mt5.TRADE_RETCODE_TIMEOUT), request)


def _ready_to_send(request: Request) -> tuple[Fault, ...]:
    """The misfortunes that go with the request. Raises Failed if nothing can be sent."""
    if TERMINAL.folder.setup.tradeapi_disabled:
        raise Failed(mt5.RES_E_AUTO_TRADING_DISABLED)
    met = TERMINAL.faults("order_send", request.symbol or "*")
    TERMINAL.refuse(met)
    return met


def _result(outcome: Outcome, request: Request) -> Struct:
    return OrderSendResult((
        outcome.retcode, outcome.deal, outcome.order, outcome.volume, outcome.price, outcome.bid, outcome.ask,
        outcome.comment, next(_request_ids), 0, request.struct(),
    ))  # fmt: skip


def _check(request: Request) -> Struct:
    dealer = TERMINAL.dealer()
    code, now = trading.check(dealer, request), dealer.figures()
    held = round(now.margin + trading.margin_needed(dealer, request), 2)
    free, level = round(now.equity - held, 2), now.equity / held * 100 if held else 0.0
    comment = "Done" if code == 0 else Outcome(code).comment
    balance = dealer.ledger.account.balance
    return OrderCheckResult((
        code, balance, now.equity, now.profit, held, free, level, comment, request.struct(),
    ))  # fmt: skip


def _parsed(wholes: tuple[Any, ...], reals: tuple[Any, ...]) -> tuple[Any, ...]:
    """Numbers as PyArg_ParseTuple takes them; what it refuses surfaces as SystemError."""
    try:
        return (*(index(number) & 0xFFFF_FFFF for number in wholes), *(_double(number) for number in reals))
    except (TypeError, OverflowError) as error:
        raise SystemError("<built-in function> returned a result with an exception set") from error


def _double(number: Any) -> float:
    if isinstance(number, str | bytes | bytearray):
        raise TypeError("must be real number")
    return float(number)


def _calc_margin(symbol: Any, order_type: int, volume: float, price: float) -> float:
    spec = known(symbol)
    if order_type > mt5.ORDER_TYPE_SELL_STOP_LIMIT:
        raise Failed(mt5.RES_E_INVALID_PARAMS)
    try:
        return TERMINAL.dealer().margin(spec.name, order_type, volume, price)
    except NoRate:
        raise Failed(mt5.RES_E_FAIL) from None


def _calc_profit(symbol: Any, order_type: int, volume: float, opened: float, closed: float) -> float:
    spec = known(symbol)
    if order_type not in (mt5.ORDER_TYPE_BUY, mt5.ORDER_TYPE_SELL):
        raise Failed(mt5.RES_E_INVALID_PARAMS)
    if not (volume > 0 and opened > 0 and closed > 0):
        raise Failed(mt5.RES_E_INVALID_PARAMS)
    return TERMINAL.dealer().value(spec.name, order_type, volume, opened, closed)

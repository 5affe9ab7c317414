"""Calls that trade: order_send, order_check, and the calculators."""

from dataclasses import fields
from itertools import count
from operator import attrgetter
from typing import Any

from core.mt5 import contract as mt5
from core.paper.calls.native import built_in
from core.paper.calls.numbers import double, low_bits
from core.paper.calls.structs import OrderCheckResult, OrderSendResult, Struct, TradeRequest
from core.paper.calls.symbols import known
from core.paper.server import actions, faults
from core.paper.server.faults import Fault, Kind
from core.paper.server.money import NoRate
from core.paper.server.requests import Request, parse
from core.paper.server.trade import Outcome
from core.paper.terminal import TERMINAL, Failed

__all__ = [
    "order_calc_margin",
    "order_calc_profit",
    "order_check",
    "order_send",
]

_request_ids = count(1)


@built_in
def order_check(args: tuple[Any, ...], keywords: dict[str, Any] | None) -> Struct | None:
    """What a request, a dict or keywords, would come to; retcode 0 when it would be accepted."""
    return TERMINAL.call("order_check", lambda: _check(_request(args, keywords)), _symbol(args, keywords))


@built_in
def order_send(args: tuple[Any, ...], keywords: dict[str, Any] | None) -> Struct | None:
    """Send one request, a dict or keywords. With empty keywords beside it (`**{}`) it fails, as there."""
    return TERMINAL.call("order_send", lambda: _send(_request(args, keywords)), _symbol(args, keywords))


def order_calc_margin(order_type: int, symbol: str, volume: float, price: float, /) -> float | None:
    """Margin of a market order, in the deposit currency."""
    values = low_bits(order_type), double(volume), double(price)
    return TERMINAL.call("order_calc_margin", lambda: _calc_margin(symbol, *values), symbol)


def order_calc_profit(
    order_type: int, symbol: str, volume: float, price_open: float, price_close: float, /
) -> float | None:
    """Profit of a trade from open to close, in the deposit currency."""
    values = low_bits(order_type), double(volume), double(price_open), double(price_close)
    return TERMINAL.call("order_calc_profit", lambda: _calc_profit(symbol, *values), symbol)


def _request(args: tuple[Any, ...], keywords: dict[str, Any] | None) -> Request:
    if keywords is not None and args:
        raise Failed(mt5.RES_E_INVALID_PARAMS, "Unnamed arguments not allowed")
    raw = keywords if keywords is not None else args[0] if len(args) == 1 else None
    if not isinstance(raw, dict):
        raise Failed(mt5.RES_E_INVALID_PARAMS, "Invalid arguments")
    return parse(raw)


def _symbol(args: tuple[Any, ...], keywords: dict[str, Any] | None) -> str:
    """What a request is about, for the faults that are for one symbol."""
    raw = args[0] if args and isinstance(args[0], dict) else keywords or {}
    symbol = raw.get("symbol", "")
    return symbol if isinstance(symbol, str) else ""


def _send(request: Request) -> Struct:
    setup = TERMINAL.setup
    if setup.tradeapi_disabled:
        raise Failed(mt5.RES_E_AUTO_TRADING_DISABLED)
    if not setup.trade_allowed:
        return _result(Outcome(mt5.TRADE_RETCODE_CLIENT_DISABLES_AT), request)
    if not TERMINAL.connected:
        return _result(Outcome(mt5.TRADE_RETCODE_CONNECTION), request)
    if setup.investor:
        return _result(Outcome(mt5.TRADE_RETCODE_TRADE_DISABLED), request)
    outcome = TERMINAL.broker.trade(setup.login, request, mt5.ORDER_REASON_EXPERT, _of_the_broker(request))
    return _result(outcome or Outcome(mt5.TRADE_RETCODE_TIMEOUT), request)


def _of_the_broker(request: Request) -> tuple[Fault, ...]:
    """The call's misfortunes, orders for a symbol without quotes being rejected."""
    off = faults.first(TERMINAL.met, Kind.QUOTES_OFF)
    if off is None or off.symbol not in ("", request.symbol):
        return TERMINAL.met
    return (Fault(Kind.REJECT, retcode=mt5.TRADE_RETCODE_PRICE_OFF), *TERMINAL.met)


def _result(outcome: Outcome, request: Request) -> Struct:
    return OrderSendResult((
        outcome.retcode, outcome.deal, outcome.order, outcome.volume, outcome.price, outcome.bid, outcome.ask,
        outcome.comment, next(_request_ids), 0, _struct(request),
    ))  # fmt: skip


def _check(request: Request) -> Struct:
    dealer = TERMINAL.dealer()
    code = mt5.TRADE_RETCODE_TRADE_DISABLED if TERMINAL.setup.investor else actions.check(dealer, request)
    now = dealer.figures()
    held = round(now.margin + actions.margin_needed(dealer, request), 2)
    free, level = round(now.equity - held, 2), now.equity / held * 100 if held else 0.0
    comment = "Done" if code == 0 else Outcome(code).comment
    balance = dealer.ledger.account.balance
    return OrderCheckResult((
        code, balance, now.equity, now.profit, held, free, level, comment, _struct(request),
    ))  # fmt: skip


def _struct(request: Request) -> Struct:
    return TradeRequest(_values(request))


_values = attrgetter(*(f.name for f in fields(Request)))


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

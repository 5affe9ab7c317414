"""What the paper server answers to a trade request: checks in the server's order, then execution."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from math import isfinite

from core.mt5 import contract as mt5
from core.paper import money
from core.paper.dealing import Dealer
from core.paper.faults import Fault, Kind, first
from core.paper.instruments import FOK, INSTRUMENTS, IOC, Instrument
from core.paper.records import Order, Position
from core.paper.requests import Request

_COMMENTS = {
    mt5.TRADE_RETCODE_DONE: "Request executed",
    mt5.TRADE_RETCODE_PLACED: "Order placed",
    mt5.TRADE_RETCODE_NO_MONEY: "No money",
    mt5.TRADE_RETCODE_MARKET_CLOSED: "Market closed",
    mt5.TRADE_RETCODE_CLIENT_DISABLES_AT: "AutoTrading disabled by client",
    mt5.TRADE_RETCODE_SERVER_DISABLES_AT: "AutoTrading disabled by server",
    mt5.TRADE_RETCODE_INVALID_FILL: "Unsupported filling mode",
}
_MARKET = (mt5.ORDER_TYPE_BUY, mt5.ORDER_TYPE_SELL)
_ORDER_MODE = {0: 1, 1: 1, 2: 2, 3: 2, 4: 4, 5: 4, 6: 8, 7: 8}  # order type to its bit of order_mode


@dataclass(frozen=True, slots=True)
class Outcome:
    """The server's answer to one request."""

    retcode: int
    deal: int = 0
    order: int = 0
    volume: float = 0.0
    price: float = 0.0
    bid: float = 0.0
    ask: float = 0.0

    @property
    def comment(self) -> str:
        name = mt5.RETCODE_NAMES.get(self.retcode, "Unknown")
        return _COMMENTS.get(self.retcode, name.replace("_", " ").capitalize())


class Refused(Exception):
    """Raised by a check; carries the retcode."""

    def __init__(self, retcode: int) -> None:
        super().__init__(mt5.RETCODE_NAMES.get(retcode, str(retcode)))
        self.retcode = retcode


def execute(dealer: Dealer, request: Request, reason: int, faults: tuple[Fault, ...] = ()) -> Outcome:
    """Carry out one request on the dealer's ledger. Never raises for what a request may contain."""
    try:
        return _act(_Trade(dealer, request, reason, faults))
    except Refused as refusal:
        return Outcome(refusal.retcode)


def check(dealer: Dealer, request: Request) -> int:
    """The retcode that `order_check` gives: 0 when the request would be accepted."""
    trade = _Trade(dealer, request, mt5.ORDER_REASON_EXPERT, ())
    try:
        _ACTIONS[_action(request)].check(trade)
    except Refused as refusal:
        return refusal.retcode
    return 0


def margin_needed(dealer: Dealer, request: Request) -> float:
    """Margin that an opening deal adds; 0 for everything else."""
    opens = request.action == mt5.TRADE_ACTION_DEAL and not request.position
    if not opens or request.symbol not in INSTRUMENTS or not isfinite(request.volume):
        return 0.0
    quote = dealer.quote(request.symbol)
    price = quote.ask if request.type == mt5.ORDER_TYPE_BUY else quote.bid
    return dealer.margin(request.symbol, request.type, request.volume, price)


@dataclass(frozen=True, slots=True)
class _Trade:
    """A request with everything that it needs at hand."""

    dealer: Dealer
    request: Request
    reason: int
    faults: tuple[Fault, ...]

    @property
    def spec(self) -> Instrument:
        spec = INSTRUMENTS.get(self.request.symbol)
        if spec is None:
            raise Refused(mt5.TRADE_RETCODE_INVALID)
        return spec

    @property
    def position(self) -> Position:
        position = self.dealer.ledger.positions.get(self.request.position)
        if position is None:
            raise Refused(mt5.TRADE_RETCODE_POSITION_CLOSED)
        return position

    @property
    def order(self) -> Order:
        order = self.dealer.ledger.orders.get(self.request.order)
        if order is None:
            raise Refused(mt5.TRADE_RETCODE_INVALID)
        return order

    def answer(self, retcode: int, **fields: float) -> Outcome:
        """An outcome that carries the symbol's quote, as results of executed requests and requotes do."""
        if self.request.symbol not in INSTRUMENTS:
            return Outcome(retcode)
        quote = self.dealer.quote(self.request.symbol)
        return Outcome(retcode, bid=quote.bid, ask=quote.ask, **fields)  # type: ignore[arg-type]


def _require(condition: bool, retcode: int) -> None:
    if not condition:
        raise Refused(retcode)


def _action(request: Request) -> int:
    _require(request.action in _ACTIONS, mt5.TRADE_RETCODE_INVALID)
    return request.action


def _act(trade: _Trade) -> Outcome:
    action = _ACTIONS[_action(trade.request)]
    action.check(trade)
    rejected = first(trade.faults, Kind.REJECT)
    if rejected:
        return trade.answer(rejected.retcode)
    return action.act(trade)


# -- checks


def _check_permission(trade: _Trade) -> None:
    account = trade.dealer.ledger.account
    _require(account.trade_allowed, mt5.TRADE_RETCODE_TRADE_DISABLED)
    by_program = trade.reason == mt5.ORDER_REASON_EXPERT
    _require(account.trade_expert or not by_program, mt5.TRADE_RETCODE_SERVER_DISABLES_AT)


def _check_session(trade: _Trade) -> None:
    spec, minute = trade.spec, trade.dealer.time_msc // 60_000
    _require(spec.trade_mode != mt5.SYMBOL_TRADE_MODE_DISABLED, mt5.TRADE_RETCODE_TRADE_DISABLED)
    _require(trade.dealer.market.symbols[spec.name].open_at(minute), mt5.TRADE_RETCODE_MARKET_CLOSED)


def _check_volume(trade: _Trade) -> None:
    spec, volume = trade.spec, trade.request.volume
    _require(
        isfinite(volume) and spec.volume_min <= volume <= spec.volume_max, mt5.TRADE_RETCODE_INVALID_VOLUME
    )
    steps = volume / spec.volume_step
    _require(abs(steps - round(steps)) < 1e-6, mt5.TRADE_RETCODE_INVALID_VOLUME)


def _check_direction(trade: _Trade) -> None:
    mode, buys = trade.spec.trade_mode, trade.request.type % 2 == 0
    _require(mode != mt5.SYMBOL_TRADE_MODE_CLOSEONLY, mt5.TRADE_RETCODE_CLOSE_ONLY)
    _require(buys or mode != mt5.SYMBOL_TRADE_MODE_LONGONLY, mt5.TRADE_RETCODE_LONG_ONLY)
    _require(not buys or mode != mt5.SYMBOL_TRADE_MODE_SHORTONLY, mt5.TRADE_RETCODE_SHORT_ONLY)


def _check_filling(trade: _Trade) -> None:
    filling, bits = trade.request.type_filling, trade.spec.filling_mode
    pending = trade.request.type not in _MARKET
    allowed = {
        mt5.ORDER_FILLING_FOK: bool(bits & FOK),
        mt5.ORDER_FILLING_IOC: bool(bits & IOC),
        mt5.ORDER_FILLING_RETURN: pending,
    }
    _require(allowed.get(filling, False), mt5.TRADE_RETCODE_INVALID_FILL)


def _check_stops(trade: _Trade, order_type: int, low: float, high: float, sl: float, tp: float) -> None:
    """Stops on their sides of what closes the trade (`low` for a buy, `high` for a sell), far enough off."""
    spec = trade.spec
    _require(isfinite(sl) and isfinite(tp) and sl >= 0 and tp >= 0, mt5.TRADE_RETCODE_INVALID_STOPS)
    side, price = (1, low) if order_type % 2 == 0 else (-1, high)
    least = max(spec.stops_level, 1) * spec.point - spec.point / 10
    _require(not sl or (price - sl) * side >= least, mt5.TRADE_RETCODE_INVALID_STOPS)
    _require(not tp or (tp - price) * side >= least, mt5.TRADE_RETCODE_INVALID_STOPS)


def _check_open(trade: _Trade) -> None:
    request = trade.request
    _require(request.type in _MARKET, mt5.TRADE_RETCODE_INVALID)
    _check_session(trade)
    _check_direction(trade)
    _check_volume(trade)
    _check_filling(trade)
    quote = trade.dealer.quote(request.symbol)
    _check_stops(trade, request.type, quote.bid, quote.ask, request.sl, request.tp)
    price = quote.ask if request.type == mt5.ORDER_TYPE_BUY else quote.bid
    _require(
        trade.dealer.affords(request.symbol, request.type, request.volume, price), mt5.TRADE_RETCODE_NO_MONEY
    )


def _check_close(trade: _Trade) -> None:
    request, position = trade.request, trade.position
    right = request.symbol == position.symbol and request.type == 1 - position.type
    _require(right, mt5.TRADE_RETCODE_INVALID)
    _check_session(trade)
    _check_volume(trade)
    _require(request.volume <= position.volume + 1e-9, mt5.TRADE_RETCODE_INVALID_CLOSE_VOLUME)
    _check_filling(trade)


def _check_deal(trade: _Trade) -> None:
    _check_permission(trade)
    if trade.request.position:
        _check_close(trade)
    else:
        _check_open(trade)


def _check_entry(trade: _Trade, order_type: int, price: float, stoplimit: float) -> None:
    """A pending order's price on its side of the market, and its stops around its own price."""
    spec, quote = trade.spec, trade.dealer.quote(trade.spec.name)
    _require(isfinite(price) and price > 0 and isfinite(stoplimit), mt5.TRADE_RETCODE_INVALID_PRICE)
    from_above = order_type in (
        mt5.ORDER_TYPE_BUY_LIMIT,
        mt5.ORDER_TYPE_SELL_STOP,
        mt5.ORDER_TYPE_SELL_STOP_LIMIT,
    )
    market = quote.ask if order_type % 2 == 0 else quote.bid
    distance = (market - price) if from_above else (price - market)
    least = max(spec.stops_level, 1) * spec.point - spec.point / 10
    _require(distance >= least, mt5.TRADE_RETCODE_INVALID_PRICE)
    if order_type in (mt5.ORDER_TYPE_BUY_STOP_LIMIT, mt5.ORDER_TYPE_SELL_STOP_LIMIT):
        right = stoplimit > 0 and (price - stoplimit) * money.side_of(order_type) >= 0
        _require(right, mt5.TRADE_RETCODE_INVALID_PRICE)


def _check_expiration(trade: _Trade) -> None:
    request = trade.request
    offered = request.type_time <= 3 and trade.spec.expiration_mode >> request.type_time & 1
    _require(bool(offered), mt5.TRADE_RETCODE_INVALID_EXPIRATION)
    if request.type_time >= mt5.ORDER_TIME_SPECIFIED:
        _require(request.expiration * 1000 > trade.dealer.time_msc, mt5.TRADE_RETCODE_INVALID_EXPIRATION)


def _check_pending(trade: _Trade) -> None:
    request = trade.request
    _check_permission(trade)
    _require(2 <= request.type <= 7, mt5.TRADE_RETCODE_INVALID)
    _require(bool(trade.spec.order_mode & _ORDER_MODE[request.type]), mt5.TRADE_RETCODE_INVALID_ORDER)
    _check_session(trade)
    _check_direction(trade)
    _check_volume(trade)
    _check_filling(trade)
    _check_entry(trade, request.type, request.price, request.stoplimit)
    base = request.stoplimit if request.type >= mt5.ORDER_TYPE_BUY_STOP_LIMIT else request.price
    _check_stops(trade, request.type, base, base, request.sl, request.tp)
    _check_expiration(trade)
    ledger = trade.dealer.ledger
    _require(len(ledger.orders) < ledger.account.limit_orders, mt5.TRADE_RETCODE_LIMIT_ORDERS)


def _check_sltp(trade: _Trade) -> None:
    _check_permission(trade)
    position, request = trade.position, trade.request
    _require(request.symbol in ("", position.symbol), mt5.TRADE_RETCODE_INVALID)
    trade = replace(trade, request=replace(request, symbol=position.symbol))
    _check_session(trade)
    same = (request.sl, request.tp) == (position.sl, position.tp)
    _require(not same, mt5.TRADE_RETCODE_NO_CHANGES)
    quote = trade.dealer.quote(position.symbol)
    _check_stops(trade, position.type, quote.bid, quote.ask, request.sl, request.tp)


def _check_modify(trade: _Trade) -> None:
    _check_permission(trade)
    order, request = trade.order, trade.request
    trade = replace(trade, request=replace(request, symbol=order.symbol, type=order.type))
    _check_session(trade)
    _check_entry(trade, order.type, request.price, request.stoplimit)
    base = request.stoplimit if order.type >= mt5.ORDER_TYPE_BUY_STOP_LIMIT else request.price
    _check_stops(trade, order.type, base, base, request.sl, request.tp)
    _check_expiration(trade)
    _require(_modified(order, request) != order, mt5.TRADE_RETCODE_NO_CHANGES)


def _check_remove(trade: _Trade) -> None:
    _check_permission(trade)
    _require(trade.order.ticket > 0, mt5.TRADE_RETCODE_INVALID)


# -- execution


def _slipped(trade: _Trade, order_type: int) -> float:
    """The price that the deal gets: the quote, worse by the points of a scripted slippage."""
    quote, spec = trade.dealer.quote(trade.request.symbol), trade.spec
    price = quote.ask if order_type == mt5.ORDER_TYPE_BUY else quote.bid
    slip = first(trade.faults, Kind.SLIPPAGE)
    points = slip.points if slip else 0
    return spec.rounded(price + points * spec.point * money.side_of(order_type))


def _filled_volume(trade: _Trade) -> float:
    part, step = first(trade.faults, Kind.PARTIAL), trade.spec.volume_step
    volume = trade.request.volume
    if part is None:
        return volume
    if trade.request.type_filling == mt5.ORDER_FILLING_FOK:
        raise Refused(mt5.TRADE_RETCODE_REJECT)
    return round(max(step, round(volume * part.share / step) * step), 8)


def _deal(trade: _Trade) -> Outcome:
    request, dealer = trade.request, trade.dealer
    volume, price = _filled_volume(trade), _slipped(trade, request.type)
    order = dealer.order(
        request.symbol, request.type, request.volume, reason=trade.reason, comment=request.comment,
        magic=request.magic, filling=request.type_filling, sl=request.sl, tp=request.tp,
    )  # fmt: skip
    if request.position:
        deal = dealer.close(trade.position, order, price, min(volume, trade.position.volume))
    else:
        deal = dealer.fill(order, price, volume)
    done = mt5.TRADE_RETCODE_DONE if volume == request.volume else mt5.TRADE_RETCODE_DONE_PARTIAL
    return trade.answer(done, deal=deal.ticket, order=order.ticket, volume=volume, price=price)


def _pending(trade: _Trade) -> Outcome:
    request, dealer = trade.request, trade.dealer
    order = Order(
        ticket=dealer.ledger.next_ticket(), login=dealer.ledger.account.login, symbol=request.symbol,
        type=request.type, type_time=request.type_time, type_filling=request.type_filling,
        magic=request.magic, reason=trade.reason, volume_initial=request.volume,
        volume_current=request.volume, price_open=request.price, sl=request.sl, tp=request.tp,
        price_stoplimit=request.stoplimit, comment=request.comment, time_setup_msc=dealer.time_msc,
        time_expiration=_expiration(request, dealer.time_msc),
    )  # fmt: skip
    dealer.ledger.file(order)
    return trade.answer(
        mt5.TRADE_RETCODE_DONE, order=order.ticket, volume=request.volume, price=request.price
    )


def _expiration(request: Request, now_msc: int) -> int:
    """Broker epoch seconds at which the order ends, 0 for never."""
    day = 86_400
    if request.type_time == mt5.ORDER_TIME_DAY:
        return (now_msc // 1000 // day + 1) * day
    if request.type_time == mt5.ORDER_TIME_SPECIFIED_DAY:
        return (request.expiration // day + 1) * day
    return request.expiration if request.type_time == mt5.ORDER_TIME_SPECIFIED else 0


def _sltp(trade: _Trade) -> Outcome:
    request, position = trade.request, trade.position
    moved = replace(position, sl=request.sl, tp=request.tp, time_update_msc=trade.dealer.time_msc)
    trade.dealer.ledger.keep(moved)
    return Outcome(mt5.TRADE_RETCODE_DONE)


def _modified(order: Order, request: Request) -> Order:
    return replace(
        order, price_open=request.price, sl=request.sl, tp=request.tp, price_stoplimit=request.stoplimit,
        type_time=request.type_time, time_expiration=_expiration(request, order.time_setup_msc),
    )  # fmt: skip


def _modify(trade: _Trade) -> Outcome:
    trade.dealer.ledger.file(_modified(trade.order, trade.request))
    return Outcome(mt5.TRADE_RETCODE_DONE, order=trade.order.ticket)


def _remove(trade: _Trade) -> Outcome:
    order = trade.order
    gone = replace(order, state=mt5.ORDER_STATE_CANCELED, time_done_msc=trade.dealer.time_msc)
    trade.dealer.ledger.file(gone)
    return Outcome(mt5.TRADE_RETCODE_DONE, order=order.ticket)


@dataclass(frozen=True, slots=True)
class _Action:
    check: Callable[[_Trade], None]
    act: Callable[[_Trade], Outcome]


_ACTIONS = {
    mt5.TRADE_ACTION_DEAL: _Action(_check_deal, _deal),
    mt5.TRADE_ACTION_PENDING: _Action(_check_pending, _pending),
    mt5.TRADE_ACTION_SLTP: _Action(_check_sltp, _sltp),
    mt5.TRADE_ACTION_MODIFY: _Action(_check_modify, _modify),
    mt5.TRADE_ACTION_REMOVE: _Action(_check_remove, _remove),
}

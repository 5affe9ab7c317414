"""What the server does with each action of a trade request: checks it, then carries it out on the ledger."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from math import isfinite

from core.mt5 import contract as mt5
from core.paper.market.instruments import INSTRUMENTS
from core.paper.server import checks, execution, filling, limits
from core.paper.server.dealing import Dealer
from core.paper.server.expirations import expiration
from core.paper.server.faults import Fault, Kind, first
from core.paper.server.records import Order
from core.paper.server.requests import Request
from core.paper.server.trade import Outcome, Refused, Trade, require


def execute(dealer: Dealer, request: Request, reason: int, faults: tuple[Fault, ...] = ()) -> Outcome:
    """Carry out one request on the dealer's ledger. Never raises for what a request may contain."""
    try:
        return _act(Trade(dealer, request, reason, faults))
    except Refused as refusal:
        return Outcome(refusal.retcode)


def check(dealer: Dealer, request: Request) -> int:
    """The retcode that `order_check` gives: 0 when the request would be accepted."""
    trade = Trade(dealer, request, mt5.ORDER_REASON_EXPERT)
    try:
        _ACTIONS[_action(request)].check(trade)
    except Refused as refusal:
        return refusal.retcode
    return 0


def margin_needed(dealer: Dealer, request: Request) -> float:
    """By how much an opening deal changes the margin; 0 for everything else."""
    opens = request.action == mt5.TRADE_ACTION_DEAL and not request.position
    if not opens or request.symbol not in INSTRUMENTS or not isfinite(request.volume):
        return 0.0
    price = dealer.price(request.symbol, request.type)
    return limits.margin_added(dealer, request.symbol, request.type, request.volume, price)


def _action(request: Request) -> int:
    require(request.action in _ACTIONS, mt5.TRADE_RETCODE_INVALID)
    return request.action


def _act(trade: Trade) -> Outcome:
    action = _ACTIONS[_action(trade.request)]
    action.check(trade)
    rejected = first(trade.faults, Kind.REJECT)
    if rejected:
        return trade.answer(rejected.retcode)
    return action.act(trade)


def _deal(trade: Trade) -> Outcome:
    """At the server's price, which a named price must be near; as much as the depth and the policy give."""
    request, quote = trade.request, execution.quoted(trade)
    price = quote.price(request.type)
    if execution.requotes(trade, price):
        return trade.answer(mt5.TRADE_RETCODE_REQUOTE, quote)
    volume = execution.part_of(trade)
    require(volume > 0, mt5.TRADE_RETCODE_REJECT)
    whole = volume == request.volume
    stays = not whole and request.type_filling == mt5.ORDER_FILLING_RETURN
    deal = filling.fill(trade.dealer, _market_order(trade), price, volume, stays=stays)
    done = mt5.TRADE_RETCODE_DONE if whole else mt5.TRADE_RETCODE_DONE_PARTIAL
    return trade.answer(done, deal=deal.ticket, order=deal.order, volume=volume, price=price)


def _market_order(trade: Trade) -> Order:
    request = trade.request
    return trade.dealer.order(
        request.symbol, request.type, request.volume, reason=trade.reason, comment=request.comment,
        magic=request.magic, filling=request.type_filling, sl=request.sl, tp=request.tp,
        position_id=trade.position.identifier if request.position else 0,
    )  # fmt: skip


def _pending(trade: Trade) -> Outcome:
    """An exchange only says that it has the order; a broker of its own says that it is done."""
    request, dealer = trade.request, trade.dealer
    order = Order(
        ticket=dealer.ledger.next_ticket(), login=dealer.login, symbol=request.symbol,
        type=request.type, type_time=request.type_time, type_filling=request.type_filling,
        magic=request.magic, reason=trade.reason, volume_initial=request.volume,
        volume_current=request.volume, price_open=request.price, sl=request.sl, tp=request.tp,
        price_stoplimit=request.stoplimit, comment=request.comment, time_setup_msc=dealer.time_msc,
        time_expiration=expiration(request, dealer.time_msc),
    )  # fmt: skip
    dealer.ledger.file(order)
    exchange = trade.spec.execution == mt5.SYMBOL_TRADE_EXECUTION_EXCHANGE
    retcode = mt5.TRADE_RETCODE_PLACED if exchange else mt5.TRADE_RETCODE_DONE
    return trade.answer(retcode, order=order.ticket, volume=request.volume, price=request.price)


def _sltp(trade: Trade) -> Outcome:
    request, now = trade.request, trade.dealer.time_msc
    trade.dealer.ledger.keep(replace(trade.position, sl=request.sl, tp=request.tp, time_update_msc=now))
    return Outcome(mt5.TRADE_RETCODE_DONE)


def _modify(trade: Trade) -> Outcome:
    trade.dealer.ledger.file(checks.modified(trade))
    return Outcome(mt5.TRADE_RETCODE_DONE, order=trade.request.order)


def _remove(trade: Trade) -> Outcome:
    order, now = trade.order, trade.dealer.time_msc
    trade.dealer.ledger.file(replace(order, state=mt5.ORDER_STATE_CANCELED, time_done_msc=now))
    return Outcome(mt5.TRADE_RETCODE_DONE, order=order.ticket)


def _close_by(trade: Trade) -> Outcome:
    position, other, dealer = trade.position, trade.opposite, trade.dealer
    order = dealer.order(
        position.symbol, mt5.ORDER_TYPE_CLOSE_BY, min(position.volume, other.volume), reason=trade.reason,
        comment=trade.request.comment, magic=trade.request.magic,
    )  # fmt: skip
    deal = filling.close_by(dealer, position, other, order)
    return Outcome(mt5.TRADE_RETCODE_DONE, deal=deal.ticket, order=order.ticket, volume=order.volume_initial)


@dataclass(frozen=True, slots=True)
class _Action:
    check: Callable[[Trade], None]
    act: Callable[[Trade], Outcome]


_ACTIONS = {
    mt5.TRADE_ACTION_DEAL: _Action(checks.check_deal, _deal),
    mt5.TRADE_ACTION_PENDING: _Action(checks.check_pending, _pending),
    mt5.TRADE_ACTION_SLTP: _Action(checks.check_sltp, _sltp),
    mt5.TRADE_ACTION_MODIFY: _Action(checks.check_modify, _modify),
    mt5.TRADE_ACTION_REMOVE: _Action(checks.check_remove, _remove),
    mt5.TRADE_ACTION_CLOSE_BY: _Action(checks.check_close_by, _close_by),
}

"""What the paper server does with a trade request: checks it, then executes it on the account's ledger."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from math import isfinite

from core.mt5 import contract as mt5
from core.paper.market.instruments import INSTRUMENTS
from core.paper.server import checks, money
from core.paper.server.dealing import Dealer
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
    trade = Trade(dealer, request, mt5.ORDER_REASON_EXPERT, ())
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


def _slipped(trade: Trade, order_type: int) -> float:
    """The price that the deal gets: the quote, worse by the points of a scripted slippage."""
    quote, spec = trade.dealer.quote(trade.request.symbol), trade.spec
    price = quote.ask if order_type == mt5.ORDER_TYPE_BUY else quote.bid
    slip = first(trade.faults, Kind.SLIPPAGE)
    points = slip.points if slip else 0
    return spec.rounded(price + points * spec.point * money.side_of(order_type))


def _filled_volume(trade: Trade) -> float:
    part, step = first(trade.faults, Kind.PARTIAL), trade.spec.volume_step
    volume = trade.request.volume
    if part is None:
        return volume
    if trade.request.type_filling == mt5.ORDER_FILLING_FOK:
        raise Refused(mt5.TRADE_RETCODE_REJECT)
    return round(max(step, round(volume * part.share / step) * step), 8)


def _deal(trade: Trade) -> Outcome:
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


def _pending(trade: Trade) -> Outcome:
    request, dealer = trade.request, trade.dealer
    order = Order(
        ticket=dealer.ledger.next_ticket(), login=dealer.ledger.account.login, symbol=request.symbol,
        type=request.type, type_time=request.type_time, type_filling=request.type_filling,
        magic=request.magic, reason=trade.reason, volume_initial=request.volume,
        volume_current=request.volume, price_open=request.price, sl=request.sl, tp=request.tp,
        price_stoplimit=request.stoplimit, comment=request.comment, time_setup_msc=dealer.time_msc,
        time_expiration=checks.expiration(request, dealer.time_msc),
    )  # fmt: skip
    dealer.ledger.file(order)
    return trade.answer(
        mt5.TRADE_RETCODE_DONE, order=order.ticket, volume=request.volume, price=request.price
    )


def _sltp(trade: Trade) -> Outcome:
    request, position = trade.request, trade.position
    moved = replace(position, sl=request.sl, tp=request.tp, time_update_msc=trade.dealer.time_msc)
    trade.dealer.ledger.keep(moved)
    return Outcome(mt5.TRADE_RETCODE_DONE)


def _modify(trade: Trade) -> Outcome:
    trade.dealer.ledger.file(checks.modified(trade.order, trade.request))
    return Outcome(mt5.TRADE_RETCODE_DONE, order=trade.order.ticket)


def _remove(trade: Trade) -> Outcome:
    order = trade.order
    gone = replace(order, state=mt5.ORDER_STATE_CANCELED, time_done_msc=trade.dealer.time_msc)
    trade.dealer.ledger.file(gone)
    return Outcome(mt5.TRADE_RETCODE_DONE, order=order.ticket)


def _close_by(trade: Trade) -> Outcome:
    position, other, dealer = trade.position, trade.opposite, trade.dealer
    order = dealer.order(
        position.symbol, mt5.ORDER_TYPE_CLOSE_BY, min(position.volume, other.volume), reason=trade.reason,
        comment=trade.request.comment, magic=trade.request.magic,
    )  # fmt: skip
    deal = dealer.close_by(position, other, order)
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

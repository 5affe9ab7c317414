"""How a position ended, or became smaller, as its deals tell it: by whom, at what price, with what result."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from core.model.ids import intent_of_magic
from core.model.instruments import Instrument
from core.model.mt5 import DealEntry, MT5Deal
from core.model.trades import CloseReason, Trade
from core.mt5 import contract as mt5
from core.trading.deals import PRICE_DECIMALS, in_order, lots_of, price_of

_OUT = (DealEntry.OUT, DealEntry.OUT_BY, DealEntry.INOUT)
_REASONS = {
    mt5.DEAL_REASON_CLIENT: CloseReason.DESKTOP,
    mt5.DEAL_REASON_MOBILE: CloseReason.MOBILE,
    mt5.DEAL_REASON_WEB: CloseReason.WEB,
    mt5.DEAL_REASON_SL: CloseReason.STOP_LOSS,
    mt5.DEAL_REASON_TP: CloseReason.TAKE_PROFIT,
    mt5.DEAL_REASON_SO: CloseReason.STOP_OUT,
}
_NOTHING = Decimal(0)


@dataclass(frozen=True, slots=True)
class Costs:
    """What the deals of a position sum up to, in the account's currency."""

    profit: Decimal
    commission: Decimal
    swap: Decimal
    fee: Decimal

    @classmethod
    def of(cls, deals: Iterable[MT5Deal]) -> "Costs":
        deals = tuple(deals)
        return cls(
            profit=sum((deal.profit for deal in deals), _NOTHING),
            commission=sum((deal.commission for deal in deals), _NOTHING),
            swap=sum((deal.swap for deal in deals), _NOTHING),
            fee=sum((deal.fee for deal in deals), _NOTHING),
        )

    @property
    def result(self) -> Decimal:
        """What is left of the profit."""
        return self.profit + self.commission + self.swap + self.fee


@dataclass(frozen=True, slots=True)
class Closing:
    """The end of a trade, or of a part: `price` is the volume-weighted one, `last` the deal that came last.

    The costs are of all its deals, the opening ones included when the whole is closed.
    """

    reason: CloseReason
    volume: Decimal
    price: Decimal
    costs: Costs
    last: MT5Deal

    @property
    def profit(self) -> Decimal:
        """The result, with commission, swap and fee."""
        return self.costs.result


def closing_of(trade: Trade, deals: Sequence[MT5Deal], instrument: Instrument | None) -> Closing | None:
    """How the trade's position was closed; None while its deals do not add up to its volume.

    The price is at the symbol's digits if those are known.
    """
    own = [deal for deal in deals if deal.position_id == trade.position]
    out = in_order(deal for deal in own if deal.entry in _OUT)
    opened = lots_of(deal for deal in own if deal.entry is DealEntry.IN) or trade.volume
    if not out or lots_of(out) < opened:
        return None
    return _closing(out, own, instrument)


def change_of(trade: Trade, deals: Sequence[MT5Deal], instrument: Instrument | None) -> Closing | None:
    """What somebody else has closed of the trade's position, or added to it; None when no deal tells.

    The desk's own deals are none of it: it expects what they have done. Nor are older ones than explain the
    difference: a part that a person has accepted is expected too.
    """
    own = in_order(deal for deal in deals if deal.position_id == trade.position)
    foreign = [
        deal
        for deal in own
        if intent_of_magic(deal.magic) is None and (deal.entry in _OUT or deal.at > trade.opened_at)
    ]
    differs = _net_lots(own) - trade.volume
    told = _newest(foreign, differs) if differs else ()
    return _closing(told, told, instrument) if told else None


def _newest(deals: Sequence[MT5Deal], lots: Decimal) -> Sequence[MT5Deal]:
    """Those that came last and add up to so many lots; all of them where none do."""
    tails = (deals[first:] for first in reversed(range(len(deals))))
    return next((tail for tail in tails if _net_lots(tail) == lots), deals)


def _net_lots(deals: Iterable[MT5Deal]) -> Decimal:
    """What they have opened, less what they have closed."""
    signed = (deal.volume if deal.entry is DealEntry.IN else -deal.volume for deal in deals)
    return sum(signed, _NOTHING)


def _closing(told: Sequence[MT5Deal], paid: Iterable[MT5Deal], instrument: Instrument | None) -> Closing:
    price = price_of(told)
    rounded = instrument.round_price(price) if instrument else round(price, PRICE_DECIMALS)
    return Closing(_reason(told[-1]), lots_of(told), rounded, Costs.of(paid), told[-1])


def _reason(deal: MT5Deal) -> CloseReason:
    if deal.reason == mt5.DEAL_REASON_EXPERT:
        ours = intent_of_magic(deal.magic) is not None
        return CloseReason.DESK if ours else CloseReason.OTHER_PROGRAM
    return _REASONS.get(deal.reason, CloseReason.UNEXPLAINED)

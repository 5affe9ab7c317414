"""Several trades that share one net position: compared as one, and told apart again by its deals.

A netting account keeps one position of a symbol, with the average price of what was added to it, and books
each close against that average. Every signal's trade is to have its own result all the same. So what is
closed is taken from the oldest share first, as brokers' FIFO rules and tax law do, and each share is charged
from its own opening price: bought dearer than the average, it has lost more than the broker booked for it and
another less. The sum stays what the broker booked.
"""

from collections import defaultdict, deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from core.model.ids import AccountId, IntentId, TradeId, intent_of
from core.model.instruments import Instrument
from core.model.mt5 import DealEntry, MT5Deal
from core.model.trades import Trade
from core.mt5 import contract as mt5
from core.trading.deals import PRICE_DECIMALS, average_price, in_order

_CENT = Decimal("0.01")
_NOTHING = Decimal(0)
_OPENING = (DealEntry.IN, DealEntry.INOUT)


@dataclass(frozen=True, slots=True)
class Net:
    """What is expected of one position: `whole` to compare it with, its `shares` from the oldest on.

    A trade that shares its position with no other is both. `whole` has id, intent and age of the first share,
    the volume of all, their prices by volume, and the stops of the newest that has any. Its `open_price` is
    the average of what is still open, which is not the position's own once a part was closed.
    """

    whole: Trade
    shares: tuple[Trade, ...]

    @property
    def spent(self) -> tuple[Trade, ...]:
        """Shares of which nothing is expected any more: what has become of them is told by their deals."""
        return tuple(share for share in self.shares if not share.volume)


def folded(trades: Iterable[Trade]) -> tuple[Net, ...]:
    """The trades by the position that they expect, in the order of accounts and positions.

    Of trades that cancel each other out each stays by itself: a position of 0 lots can be compared with none.
    """
    held: defaultdict[tuple[AccountId, int], list[Trade]] = defaultdict(list)
    for trade in trades:
        held[trade.account_id, trade.position].append(trade)
    return tuple(net for key in sorted(held) for net in _nets(held[key]))


def parted(net: Net, lots: Decimal) -> tuple[Trade, ...]:
    """The shares once so many lots are closed: the oldest are taken first, down to 0 lots."""
    left = []
    for share in net.shares:
        taken = min(share.volume, lots)
        lots -= taken
        left.append(replace(share, volume=share.volume - taken) if taken else share)
    return tuple(left)


def told_apart(
    shares: Sequence[Trade], deals: Iterable[MT5Deal], instrument: Instrument | None
) -> dict[TradeId, tuple[MT5Deal, ...]]:
    """The deals of a net position as if each share had a position of its own; by the id of each.

    `deals` are all of the position's. Volumes and money of each are divided among the shares that it opened
    or closed, to cents, and add up to the deals' own; a deal that turns the position closes and opens. What
    no share has opened is nobody's. Without an `instrument` profits are divided by volume alone.

    A position of its own has all of its deals, also where its history lacks the one that opened it.
    """
    ordered = in_order(deals)
    if len(shares) == 1 and not shares[0].shared:
        return {shares[0].id: tuple(ordered)}
    owners = _owners(shares, ordered)
    told: dict[TradeId, list[MT5Deal]] = {share.id: [] for share in shares}
    lots = _Lots(instrument.tick_value / instrument.tick_size if instrument else _NOTHING)
    for deal in ordered:
        for order, piece in lots.pieces(deal):
            if order in owners:
                told[owners[order]].append(piece)
    return {share: tuple(pieces) for share, pieces in told.items()}


def unclaimed(shares: Sequence[Trade], deals: Iterable[MT5Deal]) -> list[list[MT5Deal]]:
    """The opening deals without a mark that none of the shares has made, by their orders."""
    ordered = in_order(deals)
    owners = _owners(shares, ordered)
    orders: defaultdict[int, list[MT5Deal]] = defaultdict(list)
    for deal in ordered:
        if deal.entry in _OPENING and _mark_of(deal) is None and deal.order not in owners:
            orders[deal.order].append(deal)
    return list(orders.values())


# Folding


def _nets(trades: Sequence[Trade]) -> Iterable[Net]:
    shares = sorted(trades, key=_age) if len(trades) > 1 else trades
    signed = sum((share.volume * share.side.sign for share in shares), _NOTHING)
    if len(shares) == 1 or not signed:
        return [Net(share, (share,)) for share in shares]
    return [Net(_whole(shares, signed), tuple(shares))]


def _age(share: Trade) -> tuple[datetime, int, TradeId]:
    """Of two that were filled in one moment, the one that was ordered first is older, as for the broker."""
    return share.opened_at, share.intent_id or 0, share.id


def _whole(shares: Sequence[Trade], signed: Decimal) -> Trade:
    side = next(share.side for share in shares if share.side.sign * signed > 0)
    ours = [share for share in shares if share.side is side]
    levels = next((s for s in reversed(shares) if s.stop_loss or s.take_profit), shares[-1])
    return replace(
        shares[0],
        side=side,
        volume=abs(signed),
        expected_price=_average([(share.expected_price, share.volume) for share in ours]),
        open_price=_average([(share.open_price, share.volume) for share in ours]),
        stop_loss=levels.stop_loss,
        take_profit=levels.take_profit,
        shared=True,
    )


def _average(prices: Sequence[tuple[Decimal, Decimal]]) -> Decimal:
    return round(average_price(prices), PRICE_DECIMALS)


# Telling apart


def _owners(shares: Sequence[Trade], deals: Sequence[MT5Deal]) -> dict[int, TradeId]:
    """The share that each opening order has made: by its mark, else the one whose age is nearest."""
    opened = {deal.order: deal for deal in reversed(deals) if deal.entry in _OPENING}
    marks = {order: _mark_of(deal) for order, deal in opened.items()}
    by_intent = {share.intent_id: share.id for share in shares if share.intent_id is not None}
    owners = {order: by_intent[mark] for order, mark in marks.items() if mark in by_intent}
    bare = [order for order, mark in marks.items() if mark is None]
    for share in (share for share in shares if share.id not in owners.values()):
        if not bare:
            break
        nearest = min(bare, key=lambda order: (abs(opened[order].at - share.opened_at), order))
        bare.remove(nearest)
        owners[nearest] = share.id
    return owners


def _mark_of(deal: MT5Deal) -> IntentId | None:
    return intent_of(deal.magic, deal.comment)


@dataclass(frozen=True, slots=True)
class _Part:
    """So many lots of a deal, which open or close what `order` has opened; 0 for what none has.

    `above` is the average price above the order's own, in the direction of a profit.
    """

    order: int
    volume: Decimal
    entry: DealEntry
    above: Decimal = _NOTHING

    @property
    def closed(self) -> Decimal:
        return _NOTHING if self.entry is DealEntry.IN else self.volume


@dataclass(slots=True)
class _Lot:
    """What is left of an opening deal."""

    order: int
    price: Decimal
    volume: Decimal


class _Lots:
    """The lots of a net position, the oldest first, and the average price that the broker books by.

    `worth` is the money that one lot makes of a price that is higher by one.
    """

    def __init__(self, worth: Decimal) -> None:
        self._worth = worth
        self._lots: deque[_Lot] = deque()
        self._average = self._owed = self._paid = _NOTHING

    def pieces(self, deal: MT5Deal) -> Iterator[tuple[int, MT5Deal]]:
        """The deal by the orders that opened what it opens or closes."""
        parts = tuple(self._parts(deal))
        lots = [part.volume for part in parts]
        closed = [part.closed for part in parts] if any(part.closed for part in parts) else lots
        profits, swaps = _divided(deal.profit, closed), _divided(deal.swap, closed)
        commissions, fees = _divided(deal.commission, lots), _divided(deal.fee, lots)
        for part, profit, swap, commission, fee in zip(parts, profits, swaps, commissions, fees, strict=True):
            piece = replace(deal, entry=part.entry, volume=part.volume, commission=commission, fee=fee)
            yield part.order, replace(piece, profit=profit + self._correction(part), swap=swap)

    def _parts(self, deal: MT5Deal) -> Iterator[_Part]:
        """What it closes, and then what it opens."""
        turns = deal.entry is DealEntry.INOUT
        closes = self._held if turns else _NOTHING if deal.entry is DealEntry.IN else deal.volume
        yield from self._taken(closes, 1 if deal.type == mt5.DEAL_TYPE_SELL else -1)
        if turns or deal.entry is DealEntry.IN:
            yield self._added(deal, deal.volume - closes)

    @property
    def _held(self) -> Decimal:
        return sum((lot.volume for lot in self._lots), _NOTHING)

    def _taken(self, left: Decimal, sign: int) -> Iterator[_Part]:
        while left and self._lots:
            oldest = self._lots[0]
            taken = min(left, oldest.volume)
            left -= taken
            oldest.volume -= taken
            if not oldest.volume:
                self._lots.popleft()
            yield _Part(oldest.order, taken, DealEntry.OUT, (self._average - oldest.price) * sign)
        if left:
            yield _Part(0, left, DealEntry.OUT)

    def _added(self, deal: MT5Deal, volume: Decimal) -> _Part:
        held = self._held
        self._average = (self._average * held + deal.price * volume) / (held + volume)
        self._lots.append(_Lot(deal.order, deal.price, volume))
        return _Part(deal.order, volume, DealEntry.IN)

    def _correction(self, part: _Part) -> Decimal:
        """In cents that add up to nothing once everything is closed."""
        self._owed += part.above * part.volume * self._worth
        before, self._paid = self._paid, self._owed.quantize(_CENT)
        return self._paid - before


def _divided(money: Decimal, weights: Sequence[Decimal]) -> Iterator[Decimal]:
    """In cents by weight; the last that has any takes what is left."""
    whole, passed, given = sum(weights, _NOTHING), _NOTHING, _NOTHING
    for weight in weights:
        passed += weight
        due = money if passed == whole else (money * passed / whole).quantize(_CENT)
        yield due - given
        given = due

"""Shares of a net position: as one trade, closed in parts from the oldest on, and told apart by the deals."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from random import Random
from typing import Any
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from core.model.ids import IntentId, TradeId, magic_of
from core.model.instruments import Side
from core.model.mt5 import DealEntry, MT5Deal
from core.model.trades import Trade
from core.mt5 import contract as mt5
from core.reconciliation.closing import closing_of
from core.reconciliation.matching import Pair, match
from core.trading.shares import Net, folded, parted, told_apart
from tests.core.reconciliation.books import NOW, SECOND, a_deal, a_position, a_trade, an_instrument

D = Decimal
CENT, NOTHING = D("0.01"), D(0)
EURUSD = an_instrument()
WORTH = EURUSD.tick_value / EURUSD.tick_size
TYPES = {Side.BUY: mt5.DEAL_TYPE_BUY, Side.SELL: mt5.DEAL_TYPE_SELL}


def a_share(number: int = 1, volume: str = "0.10", price: str = "1.10000", **changes: Any) -> Trade:
    """The trade of intent `number`, opened as many seconds after noon, on position 1."""
    opened = {"volume": D(volume), "open_price": D(price), "expected_price": D(price)}
    share = a_trade(number, IntentId(number), position=1, shared=True, **opened)
    return replace(share, **{"opened_at": NOW + number * SECOND, **changes})


def the_net(*shares: Trade) -> Net:
    [net] = folded(shares)
    return net


# Folded


def test_shares_of_a_position_are_one_trade_at_their_average_price() -> None:
    first = a_share(1, "0.30", "1.10000", expected_price=D("1.10010"))
    second = a_share(2, "0.10", "1.10400", stop_loss=D("1.09500"), take_profit=None)
    net = the_net(second, first)
    assert net.shares == (first, second)
    assert net.whole == replace(
        first,
        volume=D("0.40"),
        open_price=D("1.10100"),
        expected_price=D("1.101075"),
        stop_loss=D("1.09500"),
        take_profit=None,
    )


def test_the_stops_are_those_of_the_newest_share_that_has_any() -> None:
    bare = a_share(3, stop_loss=None, take_profit=None)
    net = the_net(bare, a_share(2, stop_loss=D("1.08"), take_profit=None), a_share(1))
    assert (net.whole.stop_loss, net.whole.take_profit) == (D("1.08"), None)


def test_of_shares_of_one_moment_the_one_ordered_first_is_the_oldest() -> None:
    """Its deal is the first as well; otherwise one share were spent and the other's deals told an end."""
    first = a_share(1, opened_at=NOW, id=TradeId(UUID(int=9)))
    second = a_share(2, opened_at=NOW, id=TradeId(UUID(int=3)))
    assert the_net(second, first).shares == (first, second)


def test_a_trade_that_shares_with_none_is_its_own_whole() -> None:
    """Also two of one symbol, one of whose positions is gone without the desk having seen it yet."""
    gone, held = a_share(1), a_share(2, position=2)
    assert folded([held, gone]) == (Net(gone, (gone,)), Net(held, (held,)))


def test_a_net_is_matched_like_a_trade() -> None:
    net = the_net(a_share(1), a_share(2))
    position = a_position(1, volume=D("0.20"))
    assert match([net.whole], [position]).pairs == (Pair(net.whole, position),)


def test_opposite_shares_make_the_side_of_the_larger() -> None:
    net = the_net(a_share(1, "0.10"), a_share(2, "0.30", "1.20000", side=Side.SELL))
    whole = net.whole
    assert (whole.side, whole.volume, whole.open_price) == (Side.SELL, D("0.20"), D("1.20000"))


def test_shares_that_cancel_each_other_out_are_no_position_of_nothing() -> None:
    nets = folded([a_share(1), a_share(2, side=Side.SELL)])
    assert [net.whole.volume for net in nets] == [D("0.10"), D("0.10")]


# Parted


def test_the_oldest_share_is_closed_first() -> None:
    net = the_net(a_share(2, "0.20"), a_share(1, "0.10"), a_share(3, "0.30"))
    left = the_net(*parted(net, D("0.15")))
    assert [share.volume for share in left.shares] == [D("0.00"), D("0.15"), D("0.30")]
    assert [share.id for share in left.spent] == [net.shares[0].id]
    assert left.whole.volume == D("0.45")


def test_no_more_than_all_of_it_is_closed() -> None:
    assert [share.volume for share in parted(the_net(a_share(1), a_share(2)), D(5))] == [D(0), D(0)]


lots = st.integers(1, 30).map(lambda n: n * CENT)


several = st.lists(lots, min_size=1, max_size=6)


@given(several, several, st.randoms(use_true_random=False))
def test_parts_add_up_whatever_the_order(
    opened: list[Decimal], closed: list[Decimal], random: Random
) -> None:
    shares = [a_share(number, str(volume)) for number, volume in enumerate(opened, 1)]
    shuffled = random.sample(shares, len(shares))
    assert folded(shuffled) == folded(shares)
    net = the_net(*shuffled)
    assert net.whole.volume == sum(opened)
    at_once = parted(net, sum(closed, NOTHING))
    assert sum(share.volume for share in at_once) == max(sum(opened) - sum(closed), 0)
    before_and_after = list(zip(net.shares, at_once, strict=True))
    touched = [after != before for before, after in before_and_after]
    assert touched == sorted(touched, reverse=True)
    assert sum(0 < after.volume < before.volume for before, after in before_and_after) < 2
    in_steps = net.shares
    for volume in closed:
        in_steps = parted(Net(net.whole, in_steps), volume)
    assert in_steps == at_once


# Told apart, against a broker that nets


@dataclass(frozen=True, slots=True)
class Step:
    """A deal that the broker is asked for: positive lots are on the net's first side."""

    lots: Decimal
    pips: int


@dataclass(slots=True)
class Broker:
    """Books deals of position 1 as a netting account does: closes against the average price, to cents."""

    side: Side = Side.BUY
    held: Decimal = NOTHING
    average: Decimal = NOTHING
    marked: bool = True

    def deals(self, steps: Sequence[Step]) -> list[MT5Deal]:
        return [deal for number, step in enumerate(steps, 1) for deal in self._deal(number, step)]

    def _deal(self, number: int, step: Step) -> list[MT5Deal]:
        price = D("1.1") + step.pips * D("0.0001")
        side = self.side if step.lots > 0 else self.side.opposite
        sign, volume = side.sign, abs(step.lots)
        profit, entry = D(0), DealEntry.IN
        if self.held * sign >= 0:
            self.average = (self.average * abs(self.held) + price * volume) / (abs(self.held) + volume)
        else:
            closed = min(volume, abs(self.held))
            profit = ((self.average - price) * closed * sign * WORTH).quantize(CENT)
            entry = DealEntry.OUT if volume <= abs(self.held) else DealEntry.INOUT
            self.average = price if entry is DealEntry.INOUT else self.average
        self.held += sign * volume
        costs = {"commission": D("-0.07"), "swap": D("-0.11") if profit else D(0), "fee": D("-0.01")}
        deal = a_deal(entry, str(volume), str(price), ticket=number, order=number, profit=profit, **costs)
        magic = magic_of(IntentId(number)) if self.marked else 0
        return [replace(deal, type=TYPES[side], at=NOW + number * SECOND, magic=magic)]


def shares_of(steps: Sequence[Step], side: Side = Side.BUY) -> list[Trade]:
    """A share for each step on the net's own side."""
    opening = [(n, step) for n, step in enumerate(steps, 1) if step.lots > 0]
    prices = {n: str(D("1.1") + step.pips * D("0.0001")) for n, step in opening}
    return [a_share(n, str(step.lots), prices[n], side=side) for n, step in opening]


def money(deals: Sequence[MT5Deal]) -> Decimal:
    return sum((deal.profit + deal.commission + deal.swap + deal.fee for deal in deals), D(0))


def id_of(number: int) -> TradeId:
    return TradeId(UUID(int=number))


def test_a_share_bought_dearer_has_lost_more() -> None:
    steps = [Step(D("0.10"), 0), Step(D("0.10"), 20), Step(D("-0.20"), 15)]
    deals = Broker().deals(steps)
    assert [deal.profit for deal in deals] == [0, 0, D("10.00")]
    told = told_apart(shares_of(steps), deals, EURUSD)
    assert [deal.profit for deal in told[id_of(1)]] == [0, D("15.00")]
    assert [deal.profit for deal in told[id_of(2)]] == [0, D("-5.00")]
    assert money([*told[id_of(1)], *told[id_of(2)]]) == money(deals)


def test_what_is_closed_in_part_is_the_oldest_shares_at_that_price() -> None:
    steps = [Step(D("0.10"), 0), Step(D("0.10"), 20), Step(D("-0.10"), 30), Step(D("-0.10"), -10)]
    shares, deals = shares_of(steps), Broker().deals(steps)
    told = told_apart(shares, deals[:3], EURUSD)
    closing = closing_of(shares[0], told[id_of(1)], EURUSD)
    assert closing is not None
    assert (closing.price, closing.volume, closing.last.ticket) == (D("1.10300"), D("0.10"), 3)
    assert closing.costs.profit == D("30.00")
    assert closing_of(shares[1], told[id_of(2)], EURUSD) is None
    told = told_apart(shares, deals, EURUSD)
    assert told[id_of(1)][-1].profit == D("30.00")
    assert told[id_of(2)][-1].profit == D("-30.00")


def test_without_marks_a_share_is_known_by_its_age() -> None:
    steps = [Step(D("0.10"), 0), Step(D("0.20"), 20), Step(D("-0.30"), 15)]
    marked = told_apart(shares_of(steps), Broker().deals(steps), EURUSD)
    bare = told_apart(shares_of(steps), Broker(marked=False).deals(steps), EURUSD)
    assert [money(bare[id_of(n)]) for n in (1, 2)] == [money(marked[id_of(n)]) for n in (1, 2)]
    [second] = told_apart(shares_of(steps)[1:], Broker(marked=False).deals(steps), EURUSD).values()
    assert money(second) == money(marked[id_of(2)])


def test_what_a_person_added_is_no_shares_result() -> None:
    steps = [Step(D("0.10"), 0), Step(D("0.30"), 20), Step(D("-0.40"), 15)]
    [own] = told_apart(shares_of(steps)[:1], Broker().deals(steps), EURUSD).values()
    assert [(deal.volume, deal.profit) for deal in own] == [(D("0.10"), 0), (D("0.10"), D("15.00"))]


def test_a_deal_that_turns_the_position_ends_the_old_shares_and_begins_another() -> None:
    steps = [Step(D("0.10"), 0), Step(D("0.10"), 20), Step(D("-0.50"), 30)]
    turned = a_share(3, "0.30", "1.10300", side=Side.SELL)
    deals = Broker().deals(steps)
    told = told_apart([*shares_of(steps), turned], deals, EURUSD)
    assert [(d.entry, d.volume) for d in told[id_of(2)]] == [
        (DealEntry.IN, D("0.10")),
        (DealEntry.OUT, D("0.10")),
    ]
    assert [(d.entry, d.volume, d.profit, d.swap) for d in told[turned.id]] == [
        (DealEntry.IN, D("0.30"), NOTHING, NOTHING)
    ]
    assert money([deal for own in told.values() for deal in own]) == money(deals)


def test_without_a_contract_profits_are_divided_by_volume() -> None:
    steps = [Step(D("0.10"), 0), Step(D("0.20"), 20), Step(D("-0.30"), 15)]
    deals = Broker().deals(steps)
    told = told_apart(shares_of(steps), deals, None)
    assert told[id_of(1)][-1].profit == (deals[-1].profit / 3).quantize(CENT)
    assert money([deal for own in told.values() for deal in own]) == money(deals)


@st.composite
def lives(draw: st.DrawFn) -> list[Step]:
    """Additions and closings of a net position, until nothing of it is left."""
    steps, held = [], D(0)
    for _ in range(draw(st.integers(1, 8))):
        volume = draw(lots)
        if held and draw(st.booleans()):
            volume = -min(volume, held)
        steps.append(Step(volume, draw(st.integers(-300, 300))))
        held += volume
    return [*steps, Step(-held, draw(st.integers(-300, 300)))] if held else steps


def results_by_hand(steps: Sequence[Step], side: Side) -> list[Decimal]:
    """What each addition has earned by prices alone, when the oldest lots are closed first."""
    queue: list[list[Decimal]] = []
    for step in steps:
        if step.lots > 0:
            queue.append([step.lots, D(step.pips), D(0)])
            continue
        left = -step.lots
        for share in queue:
            taken = min(left, share[0])
            share[0] -= taken
            left -= taken
            share[2] += (step.pips - share[1]) * D("0.0001") * taken * side.sign * WORTH
    return [earned for _, _, earned in queue]


@settings(max_examples=300)
@given(lives(), st.sampled_from(Side), st.booleans(), st.randoms(use_true_random=False))
def test_every_cent_is_told_once_and_each_share_has_what_its_own_prices_made(
    steps: list[Step], side: Side, marked: bool, random: Random
) -> None:
    shares, deals = shares_of(steps, side), Broker(side, marked=marked).deals(steps)
    told = told_apart(shares, deals, EURUSD)
    assert told == told_apart(random.sample(shares, len(shares)), random.sample(deals, len(deals)), EURUSD)
    assert money([deal for own in told.values() for deal in own]) == money(deals)
    for share, earned in zip(shares, results_by_hand(steps, side), strict=True):
        own = told[share.id]
        assert abs(sum(deal.profit for deal in own) - earned) <= CENT * len(deals)
        closing = closing_of(share, own, EURUSD)
        assert closing is not None
        assert closing.volume == share.volume

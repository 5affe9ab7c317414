"""Swap: each night, thrice on the triple day, in the deposit currency, realised as the position closes."""

from itertools import pairwise

import pytest

import core.paper as mt5
from tests.core.paper.scenes import NOON, account, deals, offer, positions, quote, sign_in
from tests.core.paper.world import World, market_order, opened, sent

BUY, SELL = mt5.ORDER_TYPE_BUY, mt5.ORDER_TYPE_SELL
DAY_S = 86_400
MONDAY = NOON - 2 * DAY_S


@pytest.fixture(autouse=True)
def _offered(monkeypatch: pytest.MonkeyPatch) -> None:
    for day in range(7):
        offer(monkeypatch, f"TRIPLE{day}", triple_swap_day=day, swap_long=-10.0, swap_short=4.0)
    offer(monkeypatch, "YEN", like="USDJPY", swap_long=10.0, triple_swap_day=mt5.DAY_OF_WEEK_FRIDAY)


def _nights(desk: World, symbol: str, side: int) -> list[float]:
    """What each night of a week puts on a position of one lot, from Monday's on."""
    opened(symbol, side, 1.0)
    swaps = [0.0]
    for _ in range(7):
        desk.pass_time(DAY_S)
        swaps.append(positions()[0].swap)
    return [round(after - before, 2) for before, after in pairwise(swaps)]


@pytest.mark.parametrize(
    ("day", "nights"),
    [(1, [3, 1, 1, 1, 1, 0, 0]), (3, [1, 1, 3, 1, 1, 0, 0]), (5, [1, 1, 1, 1, 3, 0, 0])],
)
@pytest.mark.parametrize(("side", "points"), [(BUY, -10.0), (SELL, 4.0)])
def test_each_instrument_has_its_triple_day(
    desk: World, day: int, nights: list[int], side: int, points: float
) -> None:
    desk.start_at(MONDAY)
    assert _nights(desk, f"TRIPLE{day}", side) == [count * points for count in nights]


def test_swap_is_of_the_deposit_currency(desk: World) -> None:
    desk.start_at(MONDAY)
    opened("YEN", BUY, 1.0)
    desk.pass_time(DAY_S)
    (position,) = positions()
    assert position.swap == pytest.approx(1_000 / quote("YEN").bid, rel=0.01)


def test_swap_counts_in_equity_and_is_realised_in_proportion(desk: World) -> None:
    desk.start_at(MONDAY)
    ticket = opened("TRIPLE3", BUY, 1.0)
    desk.pass_time(3 * DAY_S)
    (position,) = positions()
    assert position.swap == -50.0
    now = account()
    assert now.equity == pytest.approx(now.balance + now.profit)
    assert now.profit == pytest.approx(position.profit + position.swap, abs=60)
    for volume, paid, left in ((0.2, -10.0, -40.0), (0.3, -15.0, -25.0)):
        sent(market_order("TRIPLE3", SELL, volume, position=ticket))
        assert (deals()[-1].swap, positions()[0].swap) == (paid, left)
    sent(market_order("TRIPLE3", SELL, 0.5, position=ticket))
    assert deals()[-1].swap == -25.0
    assert account().balance == pytest.approx(
        10_000 + sum(d.profit + d.swap + d.commission for d in deals()), abs=0.005
    )


def test_a_position_closed_before_midnight_pays_nothing(desk: World) -> None:
    desk.start_at(MONDAY)
    stop = round(quote("TRIPLE3").bid - 0.0005, 5)
    opened("TRIPLE3", BUY, 1.0, sl=stop)
    opened("TRIPLE3", BUY, 1.0)
    desk.pass_time(5 * DAY_S)
    (closed,) = [d for d in deals() if d.entry == mt5.DEAL_ENTRY_OUT]
    assert closed.reason == mt5.DEAL_REASON_SL
    nights = (closed.time // DAY_S) - (deals()[0].time // DAY_S)
    assert (nights, closed.swap) == (0, 0.0)


def test_closing_by_an_opposite_realises_the_swaps_of_both(desk: World) -> None:
    desk.start_at(MONDAY)
    sign_in(desk, commission_per_lot=0.0)
    long, short = opened("TRIPLE3", BUY, 0.4), opened("TRIPLE3", SELL, 0.1)
    desk.pass_time(DAY_S)
    sent({"action": mt5.TRADE_ACTION_CLOSE_BY, "position": long, "position_by": short})
    assert [d.swap for d in deals()[-2:]] == [-1.0, 0.4]
    assert [(p.ticket, p.volume, p.swap) for p in positions()] == [(long, 0.3, -3.0)]

"""Stop-outs: in percent or in money, the worst loser first, only what can be traded, and what credit does."""

from datetime import UTC, datetime
from typing import Any

import pytest

import core.paper as mt5
from core.paper.calls.structs import Struct
from core.paper.market.plan import Shock
from tests.core.paper.scenes import SECOND, account, deals, positions, quote, settled_at_noon, sign_in
from tests.core.paper.world import World, market_order, opened, sent

BUY, SELL = mt5.ORDER_TYPE_BUY, mt5.ORDER_TYPE_SELL


def _stop_outs() -> list[Struct]:
    return [deal for deal in deals() if deal.reason == mt5.DEAL_REASON_SO]


@pytest.mark.parametrize(("level", "closed"), [(8_000.0, 0), (9_000.0, 2)])
def test_in_money_the_floor_is_an_equity(desk: World, level: float, closed: int) -> None:
    """Some 1,400 of 10,000 are lost. Closing brings none of it back, so that nothing stays open."""
    settled_at_noon(desk, ("EURUSD", -1.0, 60), ("GBPUSD", -0.2, 60))
    sign_in(desk, margin_so_mode=mt5.ACCOUNT_STOPOUT_MODE_MONEY, margin_so_so=level)
    small, large = opened("GBPUSD", BUY, 1.0), opened("EURUSD", BUY, 1.0)
    desk.pass_time(70)
    assert [deal.position_id for deal in _stop_outs()] == [large, small][:closed]
    assert account().margin_so_mode == mt5.ACCOUNT_STOPOUT_MODE_MONEY


def test_in_percent_the_account_is_above_the_level_again_with_as_few_closed_as_can_be(desk: World) -> None:
    settled_at_noon(desk, ("EURUSD", -0.85, 60))
    sign_in(desk)
    tickets = [opened("EURUSD", BUY, volume) for volume in (1.0, 2.0, 5.0)]
    desk.pass_time(70)
    assert [deal.position_id for deal in _stop_outs()] == [tickets[2]]
    assert account().margin_level > account().margin_so_so
    (deal,) = _stop_outs()
    assert deal.comment.startswith("so ")
    (order,) = mt5.history_orders_get(ticket=deal.order) or ()
    assert (order.reason, order.state, order.position_id) == (mt5.ORDER_REASON_SO, 4, tickets[2])


@pytest.mark.parametrize("side", [BUY, SELL])
def test_one_tick_is_enough(desk: World, side: int) -> None:
    """The floor lies where the worst tick of ten minutes takes the equity, and nowhere else."""
    settled_at_noon(desk)
    sign_in(desk, margin_so_mode=mt5.ACCOUNT_STOPOUT_MODE_MONEY, margin_so_so=0.0, commission_per_lot=0.0)
    opened_at = sent(market_order("EURUSD", side, 1.0))
    now = quote("EURUSD").time_msc
    with desk.hands.broker.change(SECOND) as dealer:
        ticks = list(dealer.market.symbols["EURUSD"].ticks(now, now + 590_000))
        worst = min(ticks, key=lambda tick: tick.bid if side == BUY else -tick.ask)
        lost = (worst.bid - opened_at.price) if side == BUY else (opened_at.price - worst.ask)
        dealer.ledger.change_account(margin_so_so=round(10_000 + lost * 100_000, 2))
    desk.pass_time(595)
    (deal,) = _stop_outs()
    assert (deal.time_msc, deal.price) == (worst.time_msc, worst.bid if side == BUY else worst.ask)


def test_a_gap_can_leave_less_than_nothing(desk: World) -> None:
    settled_at_noon(desk, ("EURUSD", -5.0, 60))
    sign_in(desk)
    opened("EURUSD", BUY, 7.0)
    desk.pass_time(120)
    assert positions() == ()
    assert account().balance < -10_000
    assert account().equity == account().balance
    sent(market_order("EURUSD", BUY, 0.01), mt5.TRADE_RETCODE_NO_MONEY)


@pytest.mark.parametrize(("credit", "survives"), [(0.0, False), (3_000.0, True)])
def test_credit_bears_losses(desk: World, credit: float, survives: bool) -> None:
    settled_at_noon(desk, ("EURUSD", -0.9, 60))
    sign_in(desk, deposit=8_000.0)
    if credit:
        desk.hands.credit(SECOND, credit)
    opened("EURUSD", BUY, 6.0)
    desk.pass_time(120)
    assert bool(positions()) == survives
    now = account()
    assert now.credit == credit
    assert now.equity == pytest.approx(now.balance + now.credit + now.profit, abs=0.005)


def test_credit_is_a_deal_of_its_own_kind_and_no_balance(desk: World) -> None:
    sign_in(desk, deposit=500.0)
    desk.hands.credit(SECOND, 200.0, "Bonus")
    desk.hands.credit(SECOND, -50.0)
    booked = mt5.history_deals_get(1, 2**32 - 1) or ()
    assert [(d.type, d.profit, d.comment) for d in booked] == [
        (mt5.DEAL_TYPE_BALANCE, 500.0, "Deposit"),
        (mt5.DEAL_TYPE_CREDIT, 200.0, "Bonus"),
        (mt5.DEAL_TYPE_CREDIT, -50.0, "Credit"),
    ]
    now = account()
    assert (now.balance, now.credit, now.equity, now.margin_free) == (500.0, 150.0, 650.0, 650.0)


def test_only_what_can_be_traded_is_closed(desk: World) -> None:
    """On a Saturday a loss in bitcoin leaves alone a worse one in a pair whose market is closed."""
    friday = datetime(2026, 11, 20, 12, tzinfo=UTC).timestamp()
    fall = (Shock("EURUSD", friday + 60, -0.7), Shock("BTCUSD", friday + 86_400, -25.0))
    desk.start_at(friday, always_open=False, shocks=fall)
    sign_in(desk, deposit=10_000.0)
    closed_market = opened("EURUSD", BUY, 5.0)
    open_market = opened("BTCUSD", BUY, 0.25)
    desk.pass_time(600)
    assert len(positions()) == 2
    desk.pass_time(86_400 + 600)
    assert [p.ticket for p in positions()] == [closed_market]
    assert [d.position_id for d in _stop_outs()] == [open_market]


def _history() -> list[tuple[Any, ...]]:
    return [(d.time_msc, d.symbol, d.entry, d.reason, d.price, d.profit) for d in deals()]


def test_a_stop_out_found_out_late_happened_when_it_happened(desk: World) -> None:
    settled_at_noon(desk, ("EURUSD", -0.4, 3_600), ("USDJPY", 0.9, 7_200))
    begin = quote("EURUSD").time
    sign_in(desk, deposit=8_000.0)
    opened("EURUSD", BUY, 4.0)
    opened("USDJPY", SELL, 3.0)
    desk.pass_time(3 * 3_600)
    (deal, *_) = _stop_outs()
    assert deal.time - begin in range(7_195, 7_215)
    seen = _history()
    desk.pass_time(60)
    assert _history()[: len(seen)] == seen

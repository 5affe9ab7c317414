"""What the guard is shown that is no reading of the account: no verdict, and people are told in time."""

import contextlib
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from math import nan
from typing import Any

import pytest
from structlog.testing import capture_logs

from core.model.risk import LiquidationState
from core.mt5.calls import Answer, Call
from core.mt5.errors import TerminalError
from core.paper import hands
from core.paper.server.faults import ANY, Fault, Kind
from core.risk.sight import TOLD_AFTER
from tests.core.risk.guarded import Guarded

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

NOTHING = {"balance": 0.0, "credit": 0.0, "profit": 0.0, "equity": 0.0, "margin": 0.0, "margin_free": 0.0}
"""A terminal that is connected and not synchronised yet."""


async def show(guarded: Guarded, monkeypatch: pytest.MonkeyPatch, **fields: object) -> None:
    """Have the terminal show these fields of the account instead of its own."""
    connection = (await guarded.paper.session()).connection
    verified = connection.verified

    async def otherwise(*calls: Call, with_feed: bool = False) -> tuple[Answer, ...]:
        terminal, account, *rest = await verified(*calls, with_feed=with_feed)
        shown: Any = {**account.result, **fields}
        return terminal, replace(account, result=shown), *rest

    monkeypatch.setattr(connection, "verified", otherwise)


async def look(guarded: Guarded, times: int) -> None:
    for _ in range(times):
        guarded.paper.pass_time(1)
        with contextlib.suppress(TerminalError):
            await guarded.guard.once(guarded.account)


def guarded_at(guarded: Guarded) -> datetime | None:
    return guarded.paper.desk.board.of(guarded.account.id).guarded_at


@pytest.mark.parametrize(
    "shown",
    [{"equity": 0.0}, {"equity": nan}, {"balance": nan}, {"currency": "EUR", "equity": 7_000.0}, NOTHING],
    ids=lambda shown: " ".join(shown),
)
async def test_what_no_account_can_be_is_no_ground_for_a_verdict_and_is_told(
    guarded: Guarded, monkeypatch: pytest.MonkeyPatch, shown: dict[str, object]
) -> None:
    guarded.buy()
    await guarded.look()
    before, seen_at = await guarded.state(), guarded_at(guarded)
    await show(guarded, monkeypatch, **shown)
    minutes = int(TOLD_AFTER / timedelta(seconds=1))
    await look(guarded, minutes - 1)
    assert await guarded.told() == {}
    await look(guarded, 5)
    assert await guarded.told() == {"drawdown_blind": 1}
    assert guarded_at(guarded) == seen_at, "who asks whether the desk is ready is told that it is not"
    assert (await guarded.state(), await guarded.liquidation()) == (before, None)
    monkeypatch.undo()
    await look(guarded, 1)
    assert await guarded.told() == {"drawdown_blind": 1, "drawdown_seen": 1}
    assert guarded_at(guarded) == guarded.paper.clock.now()


async def test_an_account_that_was_emptied_is_believed(guarded: Guarded) -> None:
    """Nothing is there, and the history says why."""
    guarded.pay(-10_000.0)
    await guarded.look()
    assert guarded_at(guarded) == guarded.paper.clock.now()
    assert (await guarded.state()).equity == 0


# -- markets at rest


async def over_friday_evening(guarded: Guarded, hours: float) -> None:
    """From Friday 12:00 UTC; the currency market closes at 22:00, in New York's winter."""
    guarded.hands.broker.replan(lambda plan, _: replace(plan, always_open=False))
    guarded.buy(0.1)
    await guarded.look(3)
    guarded.paper.pass_time(9.95 * 3600)
    await guarded.look(3)
    guarded.paper.pass_time((hours - 9.95) * 3600)


async def test_on_a_weekend_the_price_of_the_close_is_the_price(guarded: Guarded) -> None:
    """With a position open; a payment is no drawdown either."""
    await over_friday_evening(guarded, 30)
    guarded.pay(-2_000.0)
    await look(guarded, 130)
    assert guarded_at(guarded) == guarded.paper.clock.now()
    assert await guarded.told() == {}
    assert guarded.paper.desk.board.drawdowns[guarded.account.id].percent < 5


async def test_on_a_weekend_a_price_that_stood_still_before_the_close_is_none(guarded: Guarded) -> None:
    guarded.hands.broker.replan(lambda plan, _: replace(plan, always_open=False))
    guarded.buy(0.1)
    await guarded.look(3)
    seen_at = guarded_at(guarded)
    guarded.hands.misfortune(Fault(Kind.QUOTES_OFF, call=ANY, symbol="EURUSD"))
    guarded.paper.pass_time(30 * 3600)
    await look(guarded, 3)
    assert guarded_at(guarded) == seen_at


async def test_a_coin_is_judged_by_its_own_quotes_while_the_watched_currency_rests(guarded: Guarded) -> None:
    guarded.hands.broker.replan(lambda plan, _: replace(plan, always_open=False))
    guarded.buy(0.5, "BTCUSD")
    await guarded.look(3)
    guarded.paper.pass_time(30 * 3600)
    guarded.paper.move("BTCUSD", -7)
    await look(guarded, 2)
    assert guarded_at(guarded) == guarded.paper.clock.now()
    assert guarded.paper.desk.board.drawdowns[guarded.account.id].drawdown > Decimal(1_000)


async def test_quotes_of_the_held_symbol_that_rest_too_are_no_ground(guarded: Guarded) -> None:
    """In an open market both stand still."""
    guarded.buy()
    guarded.buy(0.1, "BTCUSD")
    await guarded.look(3)
    guarded.hands.misfortune(Fault(Kind.QUOTES_OFF, call=ANY, symbol="EURUSD"))
    await look(guarded, 90)
    assert guarded_at(guarded) == guarded.paper.clock.now(), "the coin still moves"
    guarded.hands.no_misfortunes()
    guarded.hands.misfortune(Fault(Kind.QUOTES_OFF, call=ANY))
    await look(guarded, 90)
    assert guarded_at(guarded) != guarded.paper.clock.now()


# -- midnights


@pytest.mark.parametrize("offset_s", [7_200, 10_800])
async def test_the_days_loss_begins_anew_at_the_brokers_midnight(guarded: Guarded, offset_s: int) -> None:
    """Two hours ahead of UTC in winter, three in summer: the clock is moved before that midnight."""
    account = replace(guarded.account, policy=replace(guarded.account.policy, daily_loss_percent=Decimal(8)))
    guarded.hands.broker.replan(lambda plan, _: replace(plan, utc_offset_s=offset_s))
    guarded.paper.pass_time(12 * 3600 - offset_s - 120)
    await look(guarded, 90)  # until the moved clock is proven
    guarded.buy()
    await look(guarded, 1)
    guarded.lose(0.06)
    days = []
    for _ in range(40):
        guarded.paper.pass_time(1)
        await guarded.guard.once(account)
        shown = guarded.paper.desk.board.drawdowns[account.id]
        days.append((guarded.paper.clock.now() + timedelta(seconds=offset_s), shown.day, shown.daily_percent))
    assert {day == now.date() for now, day, _ in days} == {True}
    assert {lost > 5 for now, _, lost in days if now.day == 20} == {True}
    assert {lost < 1 for now, _, lost in days if now.day == 21} == {True}
    guarded.lose(0.03)
    await guarded.guard.once(account)
    assert await guarded.liquidation() is None, "more than eight of a hundred were lost, in two days"
    guarded.lose(0.05)
    await guarded.guard.once(account)
    assert await guarded.liquidation() is not None


async def test_an_hour_given_back_in_autumn_ends_no_day_twice(guarded: Guarded) -> None:
    """After midnight the broker's clock goes back before it: the new day goes on."""
    guarded.paper.pass_time(10 * 3600 - 10)
    await guarded.look(12)
    begun = guarded.paper.desk.board.drawdowns[guarded.account.id]
    guarded.hands.broker.replan(lambda plan, _: replace(plan, utc_offset_s=3_600))
    await look(guarded, 150)
    after = guarded.paper.desk.board.drawdowns[guarded.account.id]
    assert (after.day, after.day_start) == (begun.day, begun.day_start)
    assert guarded_at(guarded) == guarded.paper.clock.now()


# -- a liquidation in the dark


async def test_a_terminal_that_shows_nothing_is_not_flat(
    guarded: Guarded, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The closing goes on, by what positions there are."""
    await guarded.breach()
    await show(guarded, monkeypatch, **NOTHING)
    for _ in range(60):
        await look(guarded, 1)
        await guarded.work()
    newest = await guarded.liquidation()
    assert newest is not None
    assert newest.state is LiquidationState.LOCKED
    assert not guarded.ledger.positions


@pytest.mark.parametrize("restart_s", [845, 895], ids=["sees what else ticks", "guesses at once"])
async def test_prices_of_a_quarter_of_an_hour_ago_are_not_those_of_now_in_a_new_life(
    guarded: Guarded, restart_s: int
) -> None:
    """By a tick that does not move they could be: of a broker whose clock is a quarter of an hour behind."""
    await guarded.look()
    began_s = guarded.paper.clock.monotonic()
    guarded.hands.misfortune(Fault(Kind.FROZEN, call=ANY))
    guarded.paper.move("EURUSD", 0.5)
    guarded.paper.pass_time(began_s + restart_s - guarded.paper.clock.monotonic())
    guarded.buy()  # by the old prices a loss of a quarter of the equity
    await guarded.restart()
    await look(guarded, 60)
    assert await guarded.liquidation() is None
    guarded.hands.no_misfortunes()
    await look(guarded, 5)
    assert guarded_at(guarded) == guarded.paper.clock.now(), "with the first price that moves"


@pytest.mark.parametrize("beside", [0.004, -3.5])
async def test_an_equity_beside_the_balance_keeps_no_account_from_being_flat(
    guarded: Guarded, monkeypatch: pytest.MonkeyPatch, beside: float
) -> None:
    """A broker that keeps more digits of the equity than of the balance, or holds commissions back."""
    await guarded.breach()
    await guarded.look_until(LiquidationState.CLOSING)
    assert not guarded.ledger.positions
    await show(guarded, monkeypatch, equity=float(guarded.balance) + beside)
    await guarded.look_until(LiquidationState.LOCKED, at_most=5)


# -- who is told of it


async def test_a_guard_that_is_blind_from_the_start_of_a_life_tells(guarded: Guarded) -> None:
    """What was not seen yet is not flat."""
    guarded.buy()
    await guarded.look(3)
    hands.plug(guarded.trader.folder, connected=False)
    await guarded.restart()
    await guarded.look_in_vain(int(TOLD_AFTER.total_seconds()) + 2)
    assert await guarded.told() == {"drawdown_blind": 1}


@pytest.mark.parametrize("state", [LiquidationState.CLOSING, LiquidationState.LOCKED])
async def test_lists_that_cannot_be_read_are_told_though_the_account_can(
    guarded: Guarded, state: LiquidationState
) -> None:
    """What is to be closed, or was opened on a locked account, is known from the lists."""
    await guarded.breach()
    await guarded.look_until(state)
    guarded.buy(0.1)
    guarded.hands.misfortune(Fault(Kind.FAIL, call="positions_get", count=10_000))
    await guarded.look_in_vain(int(TOLD_AFTER.total_seconds()) + 2)
    assert (await guarded.told())["drawdown_blind"] == 1


async def test_a_reason_is_logged_once_though_its_seconds_pass(guarded: Guarded) -> None:
    guarded.buy()
    await guarded.look()
    guarded.hands.misfortune(Fault(Kind.FROZEN, call=ANY))
    with capture_logs() as logs:
        await look(guarded, 90)
    assert len([line for line in logs if line["event"] == "guard_blind"]) == 1

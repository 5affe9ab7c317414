"""The guard by clocks that are wrong, and over days on which nobody looked."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from core.model.accounts import Account
from core.risk.guard import DrawdownGuard
from tests.core.risk.guarded import Guarded

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def set_clock(guarded: Guarded, ahead: timedelta, monkeypatch: pytest.MonkeyPatch) -> None:
    """The machine's wall clock; what counts seconds goes on, and so does the broker's."""
    clock = guarded.paper.clock
    monkeypatch.setattr(clock, "now", lambda: type(clock).now(clock) + ahead)


async def test_the_loss_of_a_day_on_which_the_desk_was_down_is_not_todays(guarded: Guarded) -> None:
    policy = replace(guarded.account.policy, daily_loss_percent=Decimal(5))
    account: Account = replace(guarded.account, policy=policy)
    ticket = guarded.buy()
    guarded.paper.pass_time(1)
    await DrawdownGuard(guarded.paper.desk).once(account)
    guarded.lose(0.06)
    guarded.hands.close_position(account.login, ticket)
    left = guarded.balance
    guarded.paper.pass_time(2 * 86_400)
    guarded.buy(0.01)
    await guarded.paper.restart()
    guarded.paper.pass_time(1)
    await DrawdownGuard(guarded.paper.desk).once(account)
    state = await guarded.state()
    assert state.day_start is not None
    assert abs(state.day_start - left) < 5
    assert await guarded.liquidation() is None


@pytest.mark.parametrize("paid_s", [30, 100], ids=["at once", "later"])
async def test_a_withdrawal_after_a_clock_was_days_ahead_is_no_loss(
    guarded: Guarded, paid_s: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_clock(guarded, timedelta(days=2), monkeypatch)
    await guarded.look(70)
    set_clock(guarded, timedelta(0), monkeypatch)
    await guarded.look(paid_s)
    guarded.pay(-6_000)
    await guarded.look(70)
    assert (await guarded.state()).percent == 0


async def test_a_withdrawal_while_a_clock_is_days_ahead_is_no_loss(
    guarded: Guarded, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is concluded while the broker's time is in doubt."""
    set_clock(guarded, timedelta(days=2), monkeypatch)
    await guarded.look(130)
    guarded.pay(-6_000)
    for _ in range(100):
        await guarded.look_whatever()
    set_clock(guarded, timedelta(0), monkeypatch)
    await guarded.look(2)
    assert guarded.paper.desk.board.drawdowns[guarded.account.id].equity == 4_000
    assert (await guarded.state()).percent == 0


async def test_a_clock_that_is_a_day_ahead_does_not_end_the_day(
    guarded: Guarded, monkeypatch: pytest.MonkeyPatch
) -> None:
    ticket = guarded.buy()
    await guarded.look()
    guarded.lose(0.04)
    guarded.hands.close_position(guarded.account.login, ticket)
    await guarded.look(3)
    before = (await guarded.state()).day
    for ahead in (timedelta(days=1), timedelta(0)):
        set_clock(guarded, ahead, monkeypatch)
        await guarded.look(70)
        state = await guarded.state()
        assert (state.day, state.daily_percent > 3) == (before, True)


async def test_a_day_ends_by_the_prices_when_the_machine_has_slept(
    guarded: Guarded, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its seconds stood still, the broker's went on."""
    before = guarded.paper.desk.board.drawdowns[guarded.account.id].day
    assert before is not None
    counted_s = guarded.paper.clock.monotonic()
    monkeypatch.setattr(guarded.paper.clock, "monotonic", lambda: counted_s)
    guarded.paper.pass_time(86_400)
    await guarded.look(2)
    assert guarded.paper.desk.board.drawdowns[guarded.account.id].day == before + timedelta(days=1)

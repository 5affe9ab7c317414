"""Around a liquidation: holds beside what people want, the countdown's messages, and what is due at once."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from core.alerts import refresh_liquidation
from core.bell import guard_bell
from core.health.monitor import EXPOSED_S, Monitor
from core.model.accounts import Account
from core.model.errors import Refused
from core.model.mt5 import SendResult
from core.model.people import Person
from core.model.risk import Liquidation, LiquidationState
from core.mt5 import contract as mt5
from core.paper.hands import press_algo_trading
from core.paper.server.faults import Fault, Kind
from core.reconciliation.sync import Reconciler
from core.risk.guard import DrawdownGuard
from core.risk.holding import hold, release_hold
from core.trading.changing import close_position
from core.trading.closing import close_account
from tests.core.risk.guarded import Guarded

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

COUNTING, CLOSING = LiquidationState.COUNTING, LiquidationState.CLOSING
HELD, LOCKED = LiquidationState.HELD, LiquidationState.LOCKED
SHORT, WHY = timedelta(minutes=5), "bad price"


async def closing(guarded: Guarded) -> Liquidation:
    """A broker that refuses until `relent`; closes that wait to be sent."""
    guarded.hands.misfortune(Fault(Kind.REJECT, login=guarded.account.login, count=10_000))
    await guarded.breach()
    begun = await guarded.look_until(CLOSING)
    guarded.paper.pass_time(1)
    await guarded.guard.once(guarded.account)
    async with guarded.paper.store.read() as tx:
        assert await tx.intents.waiting(guarded.account.id)
    guarded.hands.no_misfortunes()
    return begun


# -- holds


async def test_a_hold_stops_the_liquidation_and_not_what_a_person_wants_closed(guarded: Guarded) -> None:
    """The trader wants everything closed, too, while closes of the liquidation wait to be sent."""
    begun = await closing(guarded)
    await close_account(guarded.paper.desk, guarded.account, guarded.trader.person)
    await hold(guarded.paper.desk, begun.id, guarded.paper.owner, SHORT, WHY)
    await guarded.look()
    assert not guarded.ledger.positions
    assert (await guarded.liquidation()).state is HELD  # type: ignore[union-attr]


async def test_a_close_that_waits_is_withdrawn_by_a_hold(guarded: Guarded) -> None:
    begun = await closing(guarded)
    await hold(guarded.paper.desk, begun.id, guarded.paper.owner, SHORT, WHY)
    async with guarded.paper.store.read() as tx:
        assert not await tx.intents.waiting(guarded.account.id)
    await guarded.look(5)
    assert len(guarded.ledger.positions) == 1


async def test_a_clean_read_before_a_hold_counts_no_more_after_it(guarded: Guarded) -> None:
    await guarded.breach()
    begun = await guarded.look_until(CLOSING)
    while not begun.clean_reads:
        await guarded.look()
        begun = await guarded.look_until(CLOSING)
    held = await hold(guarded.paper.desk, begun.id, guarded.paper.owner, SHORT, WHY)
    assert (begun.clean_reads, held.clean_reads) == (1, 0)


async def test_a_loss_of_the_day_at_its_limit_is_warned_of_again_after_a_hold(guarded: Guarded) -> None:
    """The drawdown is far from its own limit."""
    account = replace(guarded.account, policy=replace(guarded.account.policy, daily_loss_percent=Decimal(5)))
    guarded.buy()
    await guarded.guard.once(account)
    guarded.lose(0.12)
    await guarded.guard.once(account)
    begun = await guarded.liquidation()
    assert begun is not None
    await hold(guarded.paper.desk, begun.id, guarded.paper.owner, SHORT, WHY)
    guarded.paper.pass_time(SHORT.total_seconds() + 1)
    await guarded.guard.once(account)
    assert (await guarded.liquidation()).state is LiquidationState.WARNED  # type: ignore[union-attr]


async def test_a_hold_has_a_reason_that_can_be_seen(guarded: Guarded) -> None:
    begun, owner = await guarded.breach(), guarded.paper.owner
    with pytest.raises(Refused, match="and a reason"):
        await hold(guarded.paper.desk, begun.id, owner, SHORT, "\u200b\u202e")
    held = await hold(guarded.paper.desk, begun.id, owner, SHORT, "bad\u202e \nprice\x00")
    assert held.hold_reason == "bad price"


async def test_a_close_in_doubt_is_not_sent_again_in_a_hold(guarded: Guarded) -> None:
    """The first one never reached the broker, and nobody knows it."""
    await guarded.breach()
    lost = Fault(Kind.FAIL, login=guarded.account.login, code=mt5.RES_E_INTERNAL_FAIL_RECEIVE)
    guarded.hands.misfortune(lost)
    begun = await guarded.look_until(CLOSING)
    await guarded.look()
    await hold(guarded.paper.desk, begun.id, guarded.paper.owner, timedelta(minutes=30), WHY)
    before = await guarded.told()
    await guarded.look(30)
    assert (await guarded.liquidation()).state is HELD  # type: ignore[union-attr]
    assert len(guarded.ledger.positions) == 1
    assert await guarded.told() == before


async def test_what_is_left_of_a_close_in_part_waits_for_the_end_of_a_hold(guarded: Guarded) -> None:
    """The owner holds while the close is on its way, of which the broker fills a fifth."""
    assert await rest_of_a_part(guarded) == 0.8


async def test_what_is_left_of_a_persons_close_goes_on_in_a_hold(guarded: Guarded) -> None:
    assert await rest_of_a_part(guarded, guarded.trader.person) == 0


async def rest_of_a_part(guarded: Guarded, by: Person | None = None) -> float:
    """Lots of US30 that are open some looks after 1 lot was closed in part, and held; `by` wanted it too."""
    guarded.buy(1.0, "US30")
    await guarded.breach()
    part = Fault(Kind.PARTIAL, symbol="US30", login=guarded.account.login, share=0.2)
    guarded.hands.misfortune(part)
    while (await guarded.liquidation()).state is not CLOSING:  # type: ignore[union-attr]
        guarded.paper.pass_time(1)
        await guarded.guard.once(guarded.account)
    if by is not None:
        await close_account(guarded.paper.desk, guarded.account, by)
    await hold_amid_the_next_close(guarded)
    await guarded.look(20)
    assert (await guarded.liquidation()).state is HELD  # type: ignore[union-attr]
    return sum(p.volume for p in guarded.ledger.positions.values() if p.symbol == "US30")


async def hold_amid_the_next_close(guarded: Guarded) -> None:
    """Of US30: while it is at the broker."""
    desk, session, begun = guarded.paper.desk, await guarded.paper.session(), await guarded.liquidation()
    send = session.send
    assert begun is not None

    async def held_meanwhile(request: Mapping[str, Any]) -> SendResult:
        result = await send(request)
        now = await guarded.liquidation()
        if request["symbol"] == "US30" and now is not None and now.state is CLOSING:
            await hold(desk, begun.id, guarded.paper.owner, timedelta(minutes=30), WHY)
        return result

    session.send = held_meanwhile  # type: ignore[method-assign]


async def test_a_persons_close_that_fails_in_a_hold_is_told(guarded: Guarded) -> None:
    """Nobody tries it again."""
    begun = await guarded.breach()
    await hold(guarded.paper.desk, begun.id, guarded.paper.owner, SHORT, WHY)
    [ticket] = guarded.ledger.positions
    guarded.hands.misfortune(Fault(Kind.REJECT, login=guarded.account.login))
    await close_position(guarded.paper.desk, guarded.account.id, ticket, guarded.trader.person)
    await guarded.look(3)
    assert guarded.ledger.positions
    assert (await guarded.told())["intent_refused"] == 1


async def test_what_was_opened_on_a_locked_account_is_not_released_by_a_hold(guarded: Guarded) -> None:
    """Though the drawdown is over by its gain: that lock is the owner's to release."""
    await guarded.breach()
    await guarded.look_until(LOCKED)
    guarded.buy()
    guarded.hands.misfortune(Fault(Kind.REJECT, login=guarded.account.login, count=10_000))
    await guarded.look_until(CLOSING)
    intruded = await guarded.liquidation()
    assert intruded is not None
    await hold(guarded.paper.desk, intruded.id, guarded.paper.owner, SHORT, WHY)
    guarded.lose(-0.2)
    await guarded.look(5)
    assert (await guarded.state()).level < 1
    guarded.hands.no_misfortunes()
    await release_hold(guarded.paper.desk, intruded.id, guarded.paper.owner)
    await guarded.look_until(LOCKED)
    assert await guarded.is_flat_and_locked()
    assert "liquidation_released" not in await guarded.told()


# -- messages that are kept up to date


@pytest.fixture
def edits(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The liquidations whose messages were asked to show what is so now."""
    asked: list[int] = []

    async def noted(tx: Any, now: Any, account: Account, liquidation: int) -> None:
        asked.append(liquidation)
        await refresh_liquidation(tx, now, account, liquidation)

    monkeypatch.setattr("core.risk.ticking.refresh_liquidation", noted)
    return asked


async def test_the_message_counts_down_without_flooding(guarded: Guarded, edits: list[int]) -> None:
    """Ten seconds, twenty looks a second: three edits beside those of the states."""
    await guarded.breach()
    await guarded.look_until(COUNTING)
    for _ in range(210):
        guarded.paper.pass_time(0.05)
        await guarded.guard.once(guarded.account)
        await deliver(guarded)
    assert (await guarded.liquidation()).state is not COUNTING  # type: ignore[union-attr]
    assert len(edits) == 3


async def test_the_message_of_a_hold_follows_the_equity_twice_a_minute(
    guarded: Guarded, edits: list[int]
) -> None:
    begun = await guarded.breach()
    await hold(guarded.paper.desk, begun.id, guarded.paper.owner, SHORT, WHY)
    for _ in range(100):
        await guarded.look()
        await deliver(guarded)
    assert edits == [begun.id] * 3
    assert (await guarded.liquidation()).state is HELD  # type: ignore[union-attr]


async def deliver(guarded: Guarded) -> None:
    """The outbox keeps up."""
    async with guarded.paper.store.write() as tx:
        for waiting in await tx.outbox.due(guarded.paper.clock.now(), 100):
            await tx.outbox.delivered(waiting.id, guarded.paper.clock.now())


async def test_an_outbox_that_is_behind_gets_no_ticks_on_top(guarded: Guarded, edits: list[int]) -> None:
    await guarded.breach()
    await guarded.look_until(COUNTING)
    await guarded.look(9)
    assert edits == []


# -- at its time


async def test_what_is_due_does_not_wait_for_a_verdict(
    guarded: Guarded, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The guard is rung before its next look: the countdown is over and everything is asked to be closed."""
    await guarded.breach()
    await guarded.look_until(COUNTING)
    guarded.paper.pass_time(10)

    class Judged(Exception):
        """Raised by the first look."""

    async def look(account: Account) -> None:
        raise Judged

    guard = DrawdownGuard(guarded.paper.desk)
    monkeypatch.setattr(guard, "once", look)
    guarded.paper.desk.bell.ring(guard_bell(guarded.account.id))
    with pytest.raises(Judged):
        await guard.watch(guarded.account)
    async with guarded.paper.store.read() as tx:
        assert len(await tx.intents.waiting(guarded.account.id)) == 1


# -- before it


async def test_what_would_forbid_closing_is_found_each_minute_while_something_is_open(
    guarded: Guarded, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By a monitor that looks each five minutes otherwise; trader and owner are told before any breach."""
    guarded.buy(0.1)
    await Reconciler(guarded.paper.desk, guarded.account).sync()
    press_algo_trading(guarded.trader.folder, on=False)
    monitor = Monitor(guarded.paper.desk, interval_s=300)
    began = guarded.paper.clock.monotonic()
    await watched_until_told(guarded, monitor, monkeypatch)
    assert guarded.paper.clock.monotonic() - began <= 2 * EXPOSED_S + 5
    for person in (guarded.trader.person, guarded.paper.owner):
        [told] = [a for a in await guarded.paper.alerts(person) if a.subject == "health_incident"]
        assert any("Algo Trading" in str(each) for each in told.data["troubles"])  # type: ignore[union-attr]


async def watched_until_told(guarded: Guarded, monitor: Monitor, monkeypatch: pytest.MonkeyPatch) -> None:
    class Told(Exception):
        """Raised after the check that tells."""

    check: Callable[[Account], Awaitable[Any]] = monitor.check

    async def checked(account: Account) -> None:
        report = await check(account)
        if report.incidents:
            raise Told

    monkeypatch.setattr(monitor, "check", checked)
    with pytest.raises(Told):
        await monitor.watch(guarded.account)

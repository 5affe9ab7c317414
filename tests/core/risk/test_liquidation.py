"""From the breach to the locked account: countdown, closing, verified flat, released."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from core.model.errors import Conflict, NotAllowed, NotFound, Refused, Stale
from core.model.mt5 import MT5AccountSnapshot
from core.model.risk import Liquidation, LiquidationState, LockKind, Place
from core.model.signals import OrderKind
from core.model.trades import IntentState
from core.mt5 import contract as mt5
from core.paper.server.faults import Fault, Kind
from core.paper.server.requests import Request
from core.risk.countdown import Countdowns, close_now
from core.risk.holding import hold, release_hold
from core.risk.locks import release_all
from tests.core.risk.guarded import ADMIN, LOTS, Guarded

SHORT, WHY = timedelta(minutes=5), "bad price"

only_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
WARNED, COUNTING = LiquidationState.WARNED, LiquidationState.COUNTING
HELD, CLOSING = LiquidationState.HELD, LiquidationState.CLOSING
STUCK, LOCKED = LiquidationState.STUCK, LiquidationState.LOCKED


def pend(guarded: Guarded) -> int:
    """A pending order by hand; its ticket."""
    request = Request(
        action=mt5.TRADE_ACTION_PENDING, symbol="EURUSD", type=mt5.ORDER_TYPE_BUY_LIMIT, volume=0.1,
        price=1.0, type_filling=mt5.ORDER_FILLING_RETURN,
    )  # fmt: skip
    outcome = guarded.hands.trade(guarded.account.login, request)
    assert outcome.retcode in (mt5.TRADE_RETCODE_DONE, mt5.TRADE_RETCODE_PLACED)
    return outcome.order


# -- the breach


async def test_from_breach_to_flat_and_locked(guarded: Guarded) -> None:
    begun = await guarded.breach()
    pend(guarded)
    assert begun.state is WARNED
    assert begun.fires_at - begun.started_at == timedelta(seconds=10)
    assert [lock.kind for lock in await guarded.locks()] == [LockKind.DRAWDOWN]
    await guarded.look(11)
    assert len(guarded.ledger.positions) == 1
    await guarded.look(5)
    assert await guarded.is_flat_and_locked()
    await guarded.look(30)
    assert await guarded.events("liquidation") == [
        "liquidation.started", "liquidation.counting", "liquidation.closing", "liquidation.flat",
        "liquidation.locked",
    ]  # fmt: skip
    for person in (guarded.trader.person, guarded.paper.owner):
        assert (await guarded.told(person))["liquidation_finished"] == 1


@only_sqlite
async def test_owner_and_trader_are_shown_the_countdown_before_anything_is_closed(guarded: Guarded) -> None:
    begun = await guarded.breach()
    assert await guarded.shown(begun) == {guarded.trader.person.id, guarded.paper.owner.id}
    assert guarded.ledger.positions


@only_sqlite
async def test_entries_are_locked_from_the_first_moment(guarded: Guarded) -> None:
    """A tap is refused, and what was approved before and not sent yet is refused at its claim."""
    guarded.buy()
    await guarded.look()
    guarded.lose(0.21)
    early, late = await guarded.paper.card(), await guarded.paper.card()
    await guarded.paper.tap(early)
    await guarded.guard.once(guarded.account)
    with pytest.raises(Refused, match="drawdown"):
        await guarded.paper.tap(late)
    await guarded.work()
    assert (await guarded.paper.intent(early)).state is IntentState.REFUSED
    assert len(guarded.ledger.positions) == 1


@only_sqlite
async def test_a_breach_that_goes_on_is_one_breach(guarded: Guarded) -> None:
    await guarded.breach()
    for _ in range(5):
        guarded.lose(0.02)
        await guarded.look()
    await guarded.restart()
    await guarded.look_until(LOCKED)
    await guarded.look(3)
    assert (await guarded.events("liquidation")).count("liquidation.started") == 1


@only_sqlite
async def test_a_recovery_in_the_countdown_does_not_stop_it(guarded: Guarded) -> None:
    """The limit is a trigger."""
    await guarded.breach()
    guarded.lose(-0.15)
    await guarded.look(2)
    guarded.lose(0.16)
    await guarded.look(2)
    await guarded.look_until(LOCKED)
    assert await guarded.is_flat_and_locked()
    assert (await guarded.events("liquidation")).count("liquidation.started") == 1


@only_sqlite
async def test_flat_is_believed_after_two_looks(guarded: Guarded) -> None:
    begun = await guarded.breach()
    await guarded.look_until(CLOSING)
    assert not guarded.ledger.positions
    await guarded.look()
    async with guarded.paper.store.read() as tx:
        once = await tx.liquidations.get(begun.id)
    assert once is not None
    assert (once.state, once.clean_reads) == (CLOSING, 1)
    await guarded.look()
    assert await guarded.is_flat_and_locked()


@only_sqlite
async def test_a_position_that_turns_up_while_flat_is_verified_starts_it_again(guarded: Guarded) -> None:
    begun = await guarded.breach()
    await guarded.look_until(CLOSING)
    await guarded.look()
    guarded.buy(0.01)
    await guarded.look()
    async with guarded.paper.store.read() as tx:
        again = await tx.liquidations.get(begun.id)
    assert again is not None
    assert (again.state, again.clean_reads) == (CLOSING, 0)
    await guarded.look_until(LOCKED)
    assert await guarded.is_flat_and_locked()


@only_sqlite
async def test_the_worst_is_closed_first_and_pending_orders_before_it(guarded: Guarded) -> None:
    pending = pend(guarded)
    small = guarded.buy(0.1)
    middle = guarded.buy(1)
    worst = guarded.buy()
    await guarded.look()
    guarded.lose(0.21)
    await guarded.look_until(LOCKED)
    book = guarded.hands.broker.book
    login = guarded.account.login
    out = book.deals(login, "entry", mt5.DEAL_ENTRY_OUT, mt5.DEAL_ENTRY_OUT)
    assert [deal.position_id for deal in sorted(out, key=lambda deal: deal.ticket)] == [worst, middle, small]
    [cancelled] = book.history_orders(login, "state", mt5.ORDER_STATE_CANCELED, mt5.ORDER_STATE_CANCELED)
    assert cancelled.ticket == pending
    assert await guarded.is_flat_and_locked()


@only_sqlite
async def test_where_the_oldest_must_be_closed_first_it_is(
    guarded: Guarded, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The terminal says that its account is FIFO; the worst position is the newest."""
    opened = []
    for lots in (0.1, 1, LOTS):
        opened.append(guarded.buy(lots))
        await guarded.look()
    session = await guarded.paper.session()
    read = session.snapshot

    async def of_a_fifo_account() -> MT5AccountSnapshot:
        snapshot = await read()
        return replace(snapshot, account=replace(snapshot.account, fifo_close=True))

    monkeypatch.setattr(session, "snapshot", of_a_fifo_account)
    guarded.lose(0.21)
    await guarded.look_until(LOCKED)
    out = guarded.hands.broker.book.deals(
        guarded.account.login, "entry", mt5.DEAL_ENTRY_OUT, mt5.DEAL_ENTRY_OUT
    )
    assert [deal.position_id for deal in sorted(out, key=lambda deal: deal.ticket)] == opened


@only_sqlite
async def test_a_pending_order_of_the_desk_itself_is_cancelled_too(guarded: Guarded) -> None:
    """Its intent is not settled while it waits in the book: that is no close under way."""
    card = await guarded.paper.card(kind=OrderKind.LIMIT, entry=Decimal("1.20000"))
    await guarded.paper.tap(card)
    await guarded.work()
    assert len(guarded.ledger.orders) == 1
    await guarded.breach()
    await guarded.look_until(LOCKED)
    assert await guarded.is_flat_and_locked()


# -- people in the countdown


@pytest.mark.parametrize("who", ["trader", "owner"])
async def test_trader_and_owner_may_close_now(guarded: Guarded, who: str) -> None:
    begun = await guarded.breach()
    person = guarded.trader.person if who == "trader" else guarded.paper.owner
    await close_now(guarded.paper.desk, begun.id, person)
    await guarded.look()
    assert not guarded.ledger.positions
    with pytest.raises(Stale):
        await close_now(guarded.paper.desk, begun.id, person)


@only_sqlite
async def test_nobody_else_may_touch_the_countdown(guarded: Guarded) -> None:
    begun = await guarded.breach()
    other = guarded.paper.traders[1].person
    async with guarded.paper.store.write() as tx:
        await tx.people.add(ADMIN)
    for person in (other, ADMIN):
        with pytest.raises(NotAllowed):
            await close_now(guarded.paper.desk, begun.id, person)
    for person in (other, ADMIN, guarded.trader.person):
        with pytest.raises(NotAllowed):
            await hold(guarded.paper.desk, begun.id, person, SHORT, WHY)
    with pytest.raises(NotFound):
        await hold(guarded.paper.desk, begun.id + 1, guarded.paper.owner, SHORT, WHY)
    assert await guarded.liquidation() == begun


async def test_a_held_liquidation_closes_nothing_and_keeps_the_lock(guarded: Guarded) -> None:
    begun = await guarded.breach()
    await hold(guarded.paper.desk, begun.id, guarded.paper.owner, SHORT, WHY)
    guarded.lose(0.1)
    await guarded.look(15)
    await guarded.restart()
    await guarded.look(15)
    held = await guarded.liquidation()
    assert held is not None
    assert (held.id, held.state) == (begun.id, HELD)
    assert len(guarded.ledger.positions) == 1
    assert len(await guarded.locks()) == 1
    with pytest.raises(Stale):
        await hold(guarded.paper.desk, begun.id, guarded.paper.owner, SHORT, WHY)
    with pytest.raises(NotAllowed):
        await close_now(guarded.paper.desk, begun.id, guarded.trader.person)
    async with guarded.paper.store.read() as tx:
        [event] = await tx.events.recent(10, "liquidation.held")
    assert (event.person_id, event.data["hold_reason"]) == (guarded.paper.owner.id, WHY)


@only_sqlite
async def test_a_hold_in_the_last_moment_wins_or_loses_but_never_both(
    guarded: Guarded, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The guard has seen the countdown end; before it says so in the database, the owner holds."""
    begun = await guarded.breach()
    await guarded.look_until(COUNTING)
    go = Countdowns._go

    async def hold_first(self: Countdowns, *args: Any, **changes: Any) -> Any:
        await hold(guarded.paper.desk, begun.id, guarded.paper.owner, SHORT, WHY)
        return await go(self, *args, **changes)

    monkeypatch.setattr(Countdowns, "_go", hold_first)
    guarded.paper.pass_time(10)
    await guarded.look()
    monkeypatch.undo()
    await guarded.look(5)
    assert len(guarded.ledger.positions) == 1
    assert await guarded.liquidation() is not None
    assert (await guarded.liquidation()).state is HELD  # type: ignore[union-attr]


@only_sqlite
async def test_a_hold_that_ends_on_a_drawdown_at_its_limit_is_warned_and_counted_again(
    guarded: Guarded,
) -> None:
    begun = await guarded.breach()
    await hold(guarded.paper.desk, begun.id, guarded.paper.owner, SHORT, WHY)
    await guarded.restart()
    guarded.paper.pass_time(290)
    await guarded.look()
    assert (await guarded.liquidation()).state is HELD  # type: ignore[union-attr]
    await guarded.look_until(WARNED, at_most=15)
    again = await guarded.look_until(COUNTING)
    assert again.id == begun.id
    assert again.fires_at - guarded.paper.clock.now() == timedelta(seconds=10)
    assert len(guarded.ledger.positions) == 1
    await guarded.look_until(LOCKED)
    assert await guarded.is_flat_and_locked()


@only_sqlite
async def test_a_hold_that_ends_on_a_recovered_drawdown_releases_the_account(guarded: Guarded) -> None:
    begun = await guarded.breach()
    await hold(guarded.paper.desk, begun.id, guarded.paper.owner, SHORT, WHY)
    guarded.lose(-0.1)
    await guarded.look(3)
    peak = (await guarded.state()).peak
    await release_hold(guarded.paper.desk, begun.id, guarded.paper.owner)
    await guarded.look(20)
    released = await guarded.liquidation()
    assert released is not None
    assert (released.id, released.state) == (begun.id, LiquidationState.RELEASED)
    assert await guarded.locks() == []
    assert len(guarded.ledger.positions) == 1
    assert (await guarded.state()).peak == peak
    assert (await guarded.told())["liquidation_released"] == 1


@only_sqlite
async def test_an_account_that_was_closed_by_hand_in_a_hold_is_verified_and_locked(guarded: Guarded) -> None:
    begun = await guarded.breach()
    await hold(guarded.paper.desk, begun.id, guarded.paper.owner, SHORT, WHY)
    [position] = guarded.ledger.positions.values()
    guarded.hands.close_position(guarded.account.login, position.ticket)
    await release_hold(guarded.paper.desk, begun.id, guarded.paper.owner)
    await guarded.look(4)
    assert await guarded.is_flat_and_locked()


@only_sqlite
@pytest.mark.parametrize("stage", ["closing", "stuck"])
async def test_what_is_being_closed_can_be_held_and_sends_nothing_more(guarded: Guarded, stage: str) -> None:
    """Closes that wait are withdrawn, not sent late; released, it begins again with a warning."""
    begun = await (closing if stage == "closing" else stuck)(guarded)
    await guarded.guard.once(guarded.account)
    await hold(guarded.paper.desk, begun.id, guarded.paper.owner, SHORT, WHY)
    relent(guarded)
    await guarded.look(20)
    assert len(guarded.ledger.positions) == 1
    with pytest.raises(NotAllowed):
        await release_hold(guarded.paper.desk, begun.id, guarded.trader.person)
    await release_hold(guarded.paper.desk, begun.id, guarded.paper.owner)
    with pytest.raises(Stale):
        await hold(guarded.paper.desk, begun.id, guarded.paper.owner, SHORT, WHY)
    await guarded.look_until(LOCKED)
    assert await guarded.is_flat_and_locked()


@only_sqlite
@pytest.mark.parametrize(("minutes", "why"), [(0, WHY), (241, WHY), (5, "  ")])
async def test_a_hold_takes_a_bounded_time_and_a_reason(guarded: Guarded, minutes: int, why: str) -> None:
    begun = await guarded.breach()
    with pytest.raises(Refused):
        await hold(guarded.paper.desk, begun.id, guarded.paper.owner, timedelta(minutes=minutes), why)
    assert await guarded.liquidation() == begun


# -- release


async def test_a_released_account_is_guarded_from_where_it_is(guarded: Guarded) -> None:
    await guarded.breach()
    await guarded.look_until(LOCKED)
    await guarded.look(10)
    await release_all(guarded.paper.desk, guarded.paper.owner, Place(guarded.account.id))
    await guarded.look(3)
    assert await guarded.locks() == []
    state = await guarded.state()
    assert (state.peak, state.level) == (guarded.balance, Decimal(0))
    assert (await guarded.liquidation()).state is LOCKED  # type: ignore[union-attr]
    await guarded.breach()
    assert (await guarded.events("liquidation")).count("liquidation.started") == 2
    await guarded.look_until(LOCKED)
    assert await guarded.is_flat_and_locked()


@only_sqlite
async def test_a_release_at_once_is_not_a_breach_again(guarded: Guarded) -> None:
    """Before the guard has looked again: closing has cost a little more than what it saw last."""
    await guarded.breach()
    await guarded.look_until(LOCKED)
    await release_all(guarded.paper.desk, guarded.paper.owner, Place(guarded.account.id))
    await guarded.restart()
    await guarded.look(3)
    assert await guarded.locks() == []
    assert (await guarded.state()).level == 0


@only_sqlite
async def test_a_held_account_may_be_released_with_its_positions(guarded: Guarded) -> None:
    begun = await guarded.breach()
    await hold(guarded.paper.desk, begun.id, guarded.paper.owner, SHORT, WHY)
    await release_all(guarded.paper.desk, guarded.paper.owner, Place(guarded.account.id))
    released = await guarded.liquidation()
    assert released is not None
    assert released.state is LiquidationState.RELEASED, "nothing was closed, so it does not say flat"
    await guarded.look(5)
    assert len(guarded.ledger.positions) == 1
    assert await guarded.locks() == []
    guarded.lose(0.18)
    await guarded.look()
    second = await guarded.liquidation()
    assert second is not None
    assert (second.state, second.id > begun.id) == (WARNED, True)


async def warned(guarded: Guarded) -> Liquidation:
    return await guarded.breach()


async def counting(guarded: Guarded) -> Liquidation:
    await guarded.breach()
    return await guarded.look_until(COUNTING)


async def closing(guarded: Guarded) -> Liquidation:
    refuse(guarded)
    await guarded.breach()
    return await guarded.look_until(CLOSING)


async def stuck(guarded: Guarded) -> Liquidation:
    refuse(guarded)
    await guarded.breach()
    return await guarded.look_until(STUCK)


def refuse(guarded: Guarded, times: int = 10_000) -> None:
    guarded.hands.misfortune(Fault(Kind.REJECT, login=guarded.account.login, count=times))


def relent(guarded: Guarded) -> None:
    """The broker takes orders again."""
    guarded.hands.broker.book.clear_faults()


STAGES = [warned, counting, closing, stuck]
Stage = Callable[[Guarded], Awaitable[Liquidation]]


@only_sqlite
@pytest.mark.parametrize("stage", STAGES)
async def test_nothing_is_released_while_it_is_being_closed(guarded: Guarded, stage: Stage) -> None:
    begun = await stage(guarded)
    with pytest.raises(Conflict):
        await release_all(guarded.paper.desk, guarded.paper.owner, Place(guarded.account.id))
    assert await guarded.liquidation() == begun
    assert len(await guarded.locks()) == 1


@only_sqlite
async def test_only_an_owner_releases(guarded: Guarded) -> None:
    await guarded.breach()
    await guarded.look_until(LOCKED)
    for person in (guarded.trader.person, ADMIN):
        with pytest.raises(NotAllowed):
            await release_all(guarded.paper.desk, person, Place(guarded.account.id))
    assert len(await guarded.locks()) == 1


@only_sqlite
async def test_what_is_not_locked_cannot_be_released(guarded: Guarded) -> None:
    before = await guarded.state()
    with pytest.raises(Conflict):
        await release_all(guarded.paper.desk, guarded.paper.owner, Place(guarded.account.id))
    assert await guarded.state() == before


# -- crashes


@pytest.mark.parametrize("stage", STAGES)
async def test_a_new_life_of_the_desk_goes_on_where_the_old_one_ended(guarded: Guarded, stage: Stage) -> None:
    begun = await stage(guarded)
    relent(guarded)
    await guarded.restart()
    await guarded.look_until(LOCKED)
    assert await guarded.is_flat_and_locked()
    assert (await guarded.liquidation()).id == begun.id  # type: ignore[union-attr]
    await guarded.restart()
    await guarded.look(5)
    assert await guarded.is_flat_and_locked()
    assert (await guarded.events("liquidation")).count("liquidation.started") == 1


@only_sqlite
async def test_a_countdown_that_ended_while_the_desk_was_down_is_over_and_not_stuck(guarded: Guarded) -> None:
    await counting(guarded)
    guarded.paper.pass_time(3_600)
    await guarded.restart()
    await guarded.look_until(LOCKED, at_most=5)
    assert "liquidation_stuck" not in await guarded.told()


# -- a broker that does not close


async def test_a_refused_close_is_tried_again_told_and_done_in_the_end(guarded: Guarded) -> None:
    refuse(guarded)
    await guarded.breach()
    await guarded.look_until(STUCK)
    await guarded.look(20)
    stuck = await guarded.liquidation()
    assert stuck is not None
    assert stuck.attempts > 10
    for person in (guarded.trader.person, guarded.paper.owner):
        assert (await guarded.told(person))["liquidation_stuck"] == 1
    relent(guarded)
    await guarded.look_until(LOCKED)
    assert await guarded.is_flat_and_locked()


@only_sqlite
async def test_a_short_refusal_is_nobodys_business(guarded: Guarded) -> None:
    refuse(guarded, times=5)
    await guarded.breach()
    await guarded.look_until(LOCKED)
    assert "liquidation_stuck" not in await guarded.told()


@only_sqlite
@pytest.mark.parametrize(
    "fault",
    [
        Fault(Kind.REPLY_LOST),
        Fault(Kind.FAIL, code=mt5.RES_E_INTERNAL_FAIL_CONNECT, count=3),
        Fault(Kind.HANG_EXECUTED),
        Fault(Kind.REJECT, retcode=mt5.TRADE_RETCODE_REQUOTE, count=6),
        Fault(Kind.REJECT, retcode=mt5.TRADE_RETCODE_MARKET_CLOSED, count=6),
    ],
    ids=lambda fault: f"{fault.kind}-{fault.retcode}",
)
async def test_a_misfortune_on_the_way_does_not_keep_it_from_flat(guarded: Guarded, fault: Fault) -> None:
    await guarded.breach()
    guarded.hands.misfortune(fault)
    await guarded.look_until(LOCKED)
    assert await guarded.is_flat_and_locked()


# -- the locked account


async def test_a_position_opened_on_a_locked_account_is_closed_and_told(guarded: Guarded) -> None:
    await guarded.breach()
    await guarded.look_until(LOCKED)
    guarded.buy(0.2)
    await guarded.look(6)
    assert await guarded.is_flat_and_locked()
    for person in (guarded.trader.person, guarded.paper.owner):
        alerts = [a for a in await guarded.paper.alerts(person) if a.subject == "liquidation_finished"]
        assert [a.data["reason"] for a in alerts][1:] == ["opened while the account is locked: EURUSD 0.2"]


@only_sqlite
async def test_a_pending_order_on_a_locked_account_is_cancelled_and_told(guarded: Guarded) -> None:
    await guarded.breach()
    await guarded.look_until(LOCKED)
    pend(guarded)
    await guarded.restart()
    await guarded.look(6)
    assert await guarded.is_flat_and_locked()
    [_, told] = [a for a in await guarded.paper.alerts() if a.subject == "liquidation_finished"]
    assert told.data["reason"] == "opened while the account is locked: EURUSD 0.1 (pending)"


@only_sqlite
async def test_a_position_opened_in_the_countdown_is_closed_with_the_rest(guarded: Guarded) -> None:
    await guarded.breach()
    guarded.buy(0.1)
    await guarded.look_until(LOCKED)
    assert await guarded.is_flat_and_locked()


@only_sqlite
async def test_a_locked_account_that_is_flat_is_left_alone(guarded: Guarded) -> None:
    await guarded.breach()
    await guarded.look_until(LOCKED)
    before = len(await guarded.events(""))
    await guarded.look(20)
    assert len(await guarded.events("")) == before


@only_sqlite
async def test_other_accounts_of_the_desk_are_not_touched(guarded: Guarded) -> None:
    other = guarded.paper.traders[1].account
    guarded.hands.open_position(other.login, "EURUSD", mt5.ORDER_TYPE_BUY, 0.1)
    await guarded.guard.once(other)
    await guarded.breach()
    for _ in range(15):
        await guarded.guard.once(other)
        await guarded.look()
    assert await guarded.is_flat_and_locked()
    assert len(guarded.hands.broker.view(other.login).ledger.positions) == 1
    async with guarded.paper.store.read() as tx:
        assert await tx.locks.active(Place(other.id)) == []


# -- clocks


@only_sqlite
@pytest.mark.parametrize("hours", [-3, 3])
async def test_a_clock_that_jumps_in_the_countdown_does_not_delay_it(
    guarded: Guarded, monkeypatch: pytest.MonkeyPatch, hours: int
) -> None:
    await counting(guarded)
    await guarded.look()
    clock, now = guarded.paper.clock, guarded.paper.clock.now
    monkeypatch.setattr(clock, "now", lambda: now() + timedelta(hours=hours))
    await guarded.look(11)
    assert (await guarded.liquidation()).state is not COUNTING  # type: ignore[union-attr]
    await guarded.look_until(LOCKED)
    assert await guarded.is_flat_and_locked()

"""Drawdowns, liquidations and locks."""

from dataclasses import replace
from decimal import Decimal

import pytest
from sqlalchemy.exc import IntegrityError, StatementError

from core.model.errors import Conflict
from core.model.risk import DESK, DrawdownState, LiquidationState, LockKind, Place
from core.ports import Store
from tests.storage.samples import NOW, SECOND, Desk, an_account


async def test_the_drawdown_state_is_kept_and_alerts_are_noted(store: Store, desk: Desk) -> None:
    state = DrawdownState(desk.account.id, Decimal("10000.00"), Decimal("9500.50"), NOW, Decimal(0), NOW)
    worse = replace(state, equity=Decimal("8999.99"), level=Decimal("0.5"), read_at=NOW + SECOND)
    async with store.write() as tx:
        assert await tx.drawdowns.get(desk.account.id) is None
        for seen in (state, worse):
            await tx.drawdowns.save(seen)
        for kind in ("warned", "recovered", "breached"):
            await tx.drawdowns.alert(worse, kind)
    async with store.read() as tx:
        assert await tx.drawdowns.get(desk.account.id) == worse
        assert await tx.drawdowns.all() == [worse]
    with pytest.raises((StatementError, IntegrityError)):
        async with store.write() as tx:
            await tx.drawdowns.alert(worse, "guessed")


async def test_one_liquidation_of_an_account_at_a_time(store: Store, desk: Desk) -> None:
    second = an_account(desk.person, login=2)
    async with store.write() as tx:
        await tx.accounts.add(second, "")
        started = await tx.liquidations.start(
            desk.account.id, LiquidationState.WARNED, "20 %", NOW, NOW + 10 * SECOND
        )
        assert (started.state, started.fires_at) == (LiquidationState.WARNED, NOW + 10 * SECOND)
        await tx.liquidations.start(second.id, LiquidationState.WARNED, "too", NOW, NOW)
        for state in (LiquidationState.HELD, LiquidationState.CLOSING, LiquidationState.STUCK):
            with pytest.raises(Conflict):
                await tx.liquidations.start(desk.account.id, LiquidationState.WARNED, "again", NOW, NOW)
            before = await tx.liquidations.running_of(desk.account.id)
            assert before is not None
            assert await tx.liquidations.advance(replace(before, state=state), before.state)
        locked = replace(
            started, state=LiquidationState.LOCKED, clean_reads=2, attempts=3, finished_at=NOW + SECOND
        )
        assert await tx.liquidations.advance(locked, LiquidationState.STUCK)
        assert not await tx.liquidations.advance(started, LiquidationState.STUCK)
        assert await tx.liquidations.get(started.id) == locked
        assert await tx.liquidations.get(999) is None
        assert await tx.liquidations.running_of(desk.account.id) is None
        again = await tx.liquidations.start(desk.account.id, LiquidationState.WARNED, "again", NOW, NOW)
        assert again.id > started.id


async def test_locks_of_an_account_and_of_the_desk(store: Store, desk: Desk) -> None:
    account, by = desk.account.id, desk.person.id
    second = an_account(desk.person, login=2)
    async with store.write() as tx:
        await tx.accounts.add(second, "")
        for place in (Place(account), DESK):
            assert await tx.locks.set(LockKind.PAUSE, place, "news", NOW, by)
            assert not await tx.locks.set(LockKind.PAUSE, place, "more news", NOW, None)
        assert await tx.locks.set(LockKind.DRAWDOWN, Place(account), "20 %", NOW, None)
        assert [lock.kind for lock in await tx.locks.active(Place(account))] == ["pause", "pause", "drawdown"]
        assert [lock.account_id for lock in await tx.locks.active(Place(second.id))] == [None]
        assert len(await tx.locks.active()) == 3

        (released,) = await tx.locks.release(LockKind.PAUSE, DESK, NOW + SECOND, by)
        assert (released.account_id, released.reason, released.released_at) == (None, "news", NOW + SECOND)
        assert await tx.locks.release(LockKind.PAUSE, DESK, NOW, by) == []
        assert await tx.locks.active(Place(second.id)) == []
        assert len(await tx.locks.active(Place(account))) == 2
        assert await tx.locks.set(LockKind.PAUSE, DESK, "again", NOW, by)


async def test_an_entry_meets_the_locks_of_its_places_and_no_others(store: Store, desk: Desk) -> None:
    account, by = desk.account.id, desk.person.id
    places = (DESK, Place(account), Place(instrument="EURUSD"))
    until = NOW + SECOND
    async with store.write() as tx:
        for place in (*places, Place(instrument="XAUUSD")):
            assert await tx.locks.set(LockKind.OWNER, place, "NFP", NOW, by, until)
            assert not await tx.locks.set(LockKind.OWNER, place, "again", NOW, by)
            assert await tx.locks.set(LockKind.ADMIN, place, "too", NOW, by)
        met = [lock for lock in await tx.locks.active(Place(account, None, "EURUSD")) if lock.until]
        assert [lock.place for lock in met] == list(places)
        assert [lock.holds_at(NOW) for lock in met] == [True] * 3
        assert [lock.holds_at(until) for lock in met] == [False] * 3
        assert {lock.place for lock in await tx.locks.active(Place(None, None, "XAUUSD"))} == {
            DESK,
            Place(instrument="XAUUSD"),
        }

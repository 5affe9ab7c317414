"""The reconciliation log, drawdowns, liquidations and locks."""

from dataclasses import replace
from decimal import Decimal
from uuid import uuid4

import pytest
from sqlalchemy.exc import IntegrityError, StatementError

from core.model.divergences import DivergenceKind, LogFilter
from core.model.errors import Conflict
from core.model.ids import AccountId
from core.model.risk import DrawdownState, LiquidationState, LockKind
from core.model.trades import TradeState
from core.ports import Store
from tests.storage.samples import BIG, NOW, SECOND, Desk, a_divergence, a_trade, an_account


async def test_a_divergence_is_recorded_once_while_it_lasts(store: Store, desk: Desk) -> None:
    trade = a_trade(desk.account, BIG)
    found = replace(a_divergence(desk.account), trade_id=trade.id)
    async with store.write() as tx:
        await tx.trades.add(trade)
        assert await tx.reconciliation.record([found], NOW)
        assert not await tx.reconciliation.record([found], NOW + SECOND)
        assert not await tx.reconciliation.record([found], NOW + SECOND, ended=True)
        (row,) = await tx.reconciliation.lasting(desk.account.id)
        assert (row.divergence, row.found_at, row.ended_at) == (found, NOW, None)
        await tx.reconciliation.end([row.id], NOW + SECOND)
        await tx.reconciliation.end([row.id], NOW + 2 * SECOND)
        await tx.reconciliation.end([], NOW)
        assert await tx.reconciliation.lasting(desk.account.id) == []
        assert await tx.reconciliation.record([found], NOW + 3 * SECOND)
        newest, oldest = await tx.reconciliation.page(LogFilter(desk.account.id), 9)
        assert oldest == replace(row, ended_at=NOW + SECOND)
        assert newest.found_at == NOW + 3 * SECOND
        assert await tx.reconciliation.page(LogFilter(desk.account.id), 1) == [newest]


async def test_a_position_closes_once_for_ever(store: Store, desk: Desk) -> None:
    closed = a_divergence(desk.account, DivergenceKind.CLOSED)
    async with store.write() as tx:
        assert await tx.reconciliation.record([closed], NOW, ended=True)
        assert not await tx.reconciliation.record([closed], NOW + SECOND, ended=True)
        assert await tx.reconciliation.lasting(desk.account.id) == []
        assert len(await tx.reconciliation.page(LogFilter(desk.account.id), 9)) == 1


async def test_known_positions_are_those_that_are_over(store: Store, desk: Desk) -> None:
    closed = replace(a_trade(desk.account, 1), state=TradeState.CLOSED, closed_at=NOW)
    over = a_divergence(desk.account, DivergenceKind.UNMATCHED, position=BIG)
    lasting = a_divergence(desk.account, DivergenceKind.UNMATCHED, position=4)
    async with store.write() as tx:
        for trade in (closed, a_trade(desk.account, 2)):
            await tx.trades.add(trade)
        await tx.reconciliation.record([over], NOW)
        await tx.reconciliation.end([(await tx.reconciliation.lasting(desk.account.id))[0].id], NOW)
        await tx.reconciliation.record([lasting], NOW)
        await tx.reconciliation.record([a_divergence(desk.account, position=5)], NOW, ended=True)
        assert await tx.reconciliation.known_positions(desk.account.id) == {1, BIG}
        assert await tx.reconciliation.known_positions(AccountId(uuid4())) == frozenset()


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
        started = await tx.liquidations.start(desk.account.id, "20 %", NOW, NOW + 10 * SECOND)
        assert (started.state, started.fires_at) == (LiquidationState.COUNTING, NOW + 10 * SECOND)
        await tx.liquidations.start(second.id, "too", NOW, NOW)
        for state in (LiquidationState.HELD, LiquidationState.CLOSING, LiquidationState.STUCK):
            with pytest.raises(Conflict):
                await tx.liquidations.start(desk.account.id, "again", NOW, NOW)
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
        again = await tx.liquidations.start(desk.account.id, "again", NOW, NOW)
        assert again.id > started.id


async def test_locks_of_an_account_and_of_the_desk(store: Store, desk: Desk) -> None:
    account, by = desk.account.id, desk.person.id
    second = an_account(desk.person, login=2)
    async with store.write() as tx:
        await tx.accounts.add(second, "")
        for place in (account, None):
            assert await tx.locks.set(LockKind.PAUSE, place, "news", NOW, by)
            assert not await tx.locks.set(LockKind.PAUSE, place, "more news", NOW, None)
        assert await tx.locks.set(LockKind.DRAWDOWN, account, "20 %", NOW, None)
        assert [lock.kind for lock in await tx.locks.active(account)] == ["pause", "pause", "drawdown"]
        assert [lock.account_id for lock in await tx.locks.active(second.id)] == [None]
        assert len(await tx.locks.active()) == 3

        (released,) = await tx.locks.release(LockKind.PAUSE, None, NOW + SECOND, by)
        assert (released.account_id, released.reason, released.released_at) == (None, "news", NOW + SECOND)
        assert await tx.locks.release(LockKind.PAUSE, None, NOW, by) == []
        assert await tx.locks.active(second.id) == []
        assert len(await tx.locks.active(account)) == 2
        assert await tx.locks.set(LockKind.PAUSE, None, "again", NOW, by)

"""The desk's state and how its reconciliation stands: right, and as cheap for many accounts as for one."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from decimal import Decimal

from sqlalchemy import event

from core.desk import Desk
from core.model.divergences import Decision, DivergenceKind
from core.model.ids import AccountId
from core.model.risk import DESK, DrawdownState, LockKind, Place
from core.mt5.pool import Pool
from core.mt5.session import Session
from core.reconciliation.overview import overview
from core.status import read_status
from storage.store import SqlStore
from tests.fakes.clock import StoppedClock
from tests.storage.samples import a_desk, a_divergence, keep


async def no_terminal(account: AccountId) -> Session:
    raise LookupError(f"nobody is to ask for {account} here")


def desk_of(store: SqlStore) -> Desk:
    return Desk(store, StoppedClock(), Pool(no_terminal), 0)


@contextmanager
def queries_of(store: SqlStore) -> Iterator[list[str]]:
    """The statements that are read with meanwhile."""
    seen: list[str] = []

    def note(*told: object) -> None:
        seen.append(str(told[2]))

    event.listen(store.database.readers.sync_engine, "before_cursor_execute", note)
    yield seen
    event.remove(store.database.readers.sync_engine, "before_cursor_execute", note)


async def test_what_is_shown_of_each_account_is_its_own(store: SqlStore) -> None:
    desk = desk_of(store)
    first, second = [await keep(store, a_desk(number)) for number in (1, 2)]
    now = desk.clock.now()
    async with store.write() as tx:
        await tx.drawdowns.save(
            DrawdownState(first.account.id, Decimal(200), Decimal(150), now, Decimal(0), now)
        )
        await tx.locks.set(LockKind.DRAWDOWN, Place(second.account.id), "too deep", now, None)
        await tx.locks.set(LockKind.PAUSE, DESK, "news", now, None)
        row, other = await tx.reconciliation.record(
            [a_divergence(second.account), a_divergence(second.account, position=8)], now
        )
        await tx.reconciliation.decide(other.id, Decision.IGNORED, second.person.id, now)
    desk.board.read(second.account.id, now, "DEMO", positions=2, matched=1)
    status = await read_status(desk)
    shown = {each.account.id: each for each in status.accounts}
    one, two = shown[first.account.id], shown[second.account.id]
    assert one.drawdown_percent == 25
    assert (list(one.locks), one.divergences, one.last.read_at) == ([], 0, None)
    assert ([lock.reason for lock in two.locks], two.drawdown) == (["too deep"], None)
    assert (two.divergences, two.last.kind) == (1, "DEMO"), "what was ignored is nobody's concern any more"
    assert status.paused_reason == "news"
    assert status.divergences == {DivergenceKind.SLIPPAGE: 1}
    seen = await overview(desk, [second.account, first.account])
    assert [(each.account.id, each.divergent) for each in seen] == [
        (second.account.id, 1),
        (first.account.id, 0),
    ]
    async with store.write() as tx:
        await tx.reconciliation.end([row.id], now + timedelta(seconds=1))
    assert [each.divergent for each in await overview(desk, [second.account])] == [0]


async def test_a_pause_of_a_source_or_an_account_is_none_of_the_desk(store: SqlStore) -> None:
    desk = desk_of(store)
    kept = await keep(store, a_desk(1))
    now, minute = desk.clock.now(), timedelta(minutes=1)
    source, gold = Place(source_id=kept.source.id), Place(instrument="XAUUSD")
    async with store.write() as tx:
        await tx.locks.set(LockKind.PAUSE, source, "source", now, None)
        await tx.locks.set(LockKind.PAUSE, Place(kept.account.id), "account", now, None)
        await tx.locks.set(LockKind.OWNER, gold, "gold", now, None, now + minute)
        await tx.locks.set(LockKind.ADMIN, DESK, "over", now - minute, None, now)
    status = await read_status(desk)
    assert status.paused_reason is None
    assert [lock.reason for lock in status.locks] == ["source", "gold"], "what is over holds no more"
    assert [lock.reason for lock in status.accounts[0].locks] == ["account"]
    async with store.write() as tx:
        await tx.locks.set(LockKind.OWNER, DESK, "everything", now, None)
    assert (await read_status(desk)).paused_reason == "everything", (
        "a lock of the desk stops it as a pause does"
    )


async def test_many_accounts_take_no_more_queries_than_one(store: SqlStore) -> None:
    desk = desk_of(store)
    await keep(store, a_desk(1))
    with queries_of(store) as for_one:
        await read_status(desk)
        await overview(desk, [])
    for number in range(2, 12):
        await keep(store, a_desk(number))
    with queries_of(store) as for_many:
        status = await read_status(desk)
        await overview(desk, [each.account for each in status.accounts])
    assert len(status.accounts) == 11
    assert len(for_many) == len(for_one)

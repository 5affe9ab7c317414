"""The reconciliation log: each divergence once while it lasts, decided once, found again by filters."""

import asyncio
import itertools
import random
from collections.abc import AsyncIterator, Sequence
from dataclasses import asdict, replace
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest

from core.model.divergences import SETTLED, Decision, Divergence, DivergenceKind, LogFilter, LogRow
from core.model.ids import AccountId
from core.model.trades import TradeState
from core.ports import Store
from storage.engine import connect
from storage.store import SqlStore
from tests.storage.samples import BIG, NOW, SECOND, Desk, a_desk, a_divergence, a_trade, keep

CLOSED, STOPS, UNMATCHED = DivergenceKind.CLOSED, DivergenceKind.STOPS, DivergenceKind.UNMATCHED
AWKWARD = ("EURUSD", "EURUSD.m", "100%_'\"; --", "€\\")


@pytest.fixture
async def other_process(store: SqlStore, database_url: str) -> AsyncIterator[Store]:
    """A second store over the same database."""
    other = SqlStore(connect(database_url), store.vault)
    yield other
    await other.aclose()


async def _recorded(
    store: Store, *divergences: Divergence, at: datetime = NOW, ended: bool = False
) -> Sequence[LogRow]:
    async with store.write() as tx:
        return await tx.reconciliation.record(divergences, at, ended=ended)


async def _one(store: Store, divergence: Divergence) -> LogRow:
    [row] = await _recorded(store, divergence)
    return row


async def _page(store: Store, wanted: LogFilter, limit: int = 999, before: int | None = None) -> list[LogRow]:
    async with store.read() as tx:
        return list(await tx.reconciliation.page(wanted, limit, before))


# Recording


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


async def test_many_are_recorded_at_once_in_their_order(store: Store, desk: Desk) -> None:
    second = await keep(store, a_desk(8))
    divergences = [
        a_divergence(account, STOPS, position)
        for position in range(700)
        for account in (desk.account, second.account)
    ]
    rows = await _recorded(store, *divergences)
    assert [row.divergence for row in rows] == divergences
    assert [row.id for row in rows] == sorted({row.id for row in rows})
    assert len(await _recorded(store, *divergences, a_divergence(desk.account, STOPS, 700))) == 1
    assert len(await _page(store, LogFilter())) == 999
    assert list(reversed(await _page(store, LogFilter(second.account.id)))) == [*rows[1::2]]


async def test_what_record_returns_is_what_is_stored(store: Store, desk: Desk) -> None:
    found = replace(a_divergence(desk.account), grade="12", facts={"held": "none", "expected": "1.10000"})
    rows = [*await _recorded(store, found), *await _recorded(store, found, ended=True)]
    rows += await _recorded(store, a_divergence(desk.account, CLOSED), at=NOW + SECOND, ended=True)
    assert [row.lasts for row in rows] == [True, False]
    assert await _page(store, LogFilter()) == rows[::-1]
    async with store.read() as tx:
        assert [await tx.reconciliation.get(row.id) for row in rows] == rows
        assert await tx.reconciliation.get(BIG) is None


async def test_the_same_twice_in_one_call_is_one_row(store: Store, desk: Desk) -> None:
    second = await keep(store, a_desk(8))
    ours, theirs = a_divergence(desk.account), a_divergence(second.account)
    assert len(await _recorded(store, ours, theirs, ours, replace(ours, size=Decimal(9)))) == 2
    closed = a_divergence(desk.account, CLOSED)
    assert len(await _recorded(store, closed, closed, ended=True)) == 1
    assert await _recorded(store) == []


async def test_another_grade_is_another_difference(store: Store, desk: Desk) -> None:
    found = a_divergence(desk.account, STOPS)
    assert len(await _recorded(store, found, replace(found, grade="20"), replace(found, grade="40"))) == 3
    assert await _recorded(store, replace(found, grade="20", size=Decimal(21))) == []


async def test_two_processes_that_see_the_same_record_it_once(
    store: Store, other_process: Store, desk: Desk
) -> None:
    lasting = [a_divergence(desk.account, STOPS, position) for position in range(5)]
    closed = [a_divergence(desk.account, CLOSED, position) for position in range(5)]

    async def both(one: Store) -> int:
        rows = [*await _recorded(one, *lasting), *await _recorded(one, *closed, ended=True)]
        return len(rows)

    won = await asyncio.gather(*(both(one) for one in (store, other_process) * 6))
    assert sum(won) == 10
    assert len(await _page(store, LogFilter())) == 10


async def test_a_row_that_lasts_shows_its_present_size(store: Store, desk: Desk) -> None:
    row = await _one(store, a_divergence(desk.account, STOPS))
    wider = replace(row.divergence, size=Decimal("40.0"), unit="lots", facts={"stop_held": "none"})
    async with store.write() as tx:
        await tx.reconciliation.refresh(row.id, wider)
        assert await tx.reconciliation.get(row.id) == replace(row, divergence=wider)
        assert await tx.reconciliation.record([wider], NOW) == []
        await tx.reconciliation.end([row.id], NOW)
        await tx.reconciliation.refresh(row.id, row.divergence)
        ended = await tx.reconciliation.get(row.id)
    assert ended is not None
    assert ended.divergence == wider, "one that is over is history"


# Decisions


async def test_of_two_who_decide_the_second_loses(store: Store, other_process: Store, desk: Desk) -> None:
    row = await _one(store, a_divergence(desk.account, UNMATCHED))

    async def decide(one: Store, decision: Decision) -> bool:
        async with one.write() as tx:
            return await tx.reconciliation.decide(row.id, decision, desk.person.id, NOW)

    taps = itertools.product((store, other_process), (Decision.ADOPTED, Decision.IGNORED) * 3)
    won = await asyncio.gather(*(decide(one, decision) for one, decision in taps))
    assert sorted(won) == [False] * 11 + [True]


async def test_a_decision_is_kept_with_who_and_when(store: Store, desk: Desk) -> None:
    row = await _one(store, a_divergence(desk.account, UNMATCHED))
    second = await keep(store, a_desk(8))
    async with store.write() as tx:
        decide = tx.reconciliation.decide
        assert not await decide(row.id, Decision.ADOPTED, desk.person.id, NOW, expected=Decision.IGNORED)
        assert await decide(row.id, Decision.IGNORED, desk.person.id, NOW + SECOND)
        ignored = await tx.reconciliation.get(row.id)
        assert not await decide(row.id, Decision.ADOPTED, second.person.id, NOW + SECOND)
        assert await tx.reconciliation.get(row.id) == ignored
        assert await decide(row.id, Decision.ADOPTED, second.person.id, NOW, expected=Decision.IGNORED)
        [adopted] = await tx.reconciliation.lasting(desk.account.id)
        assert not await decide(BIG, Decision.ADOPTED, second.person.id, NOW)
    assert ignored == replace(
        row, decision=Decision.IGNORED, decided_by=desk.person.id, decided_at=NOW + SECOND
    )
    assert (adopted.decision, adopted.decided_by) == (Decision.ADOPTED, second.person.id)


async def test_what_is_over_cannot_be_decided(store: Store, desk: Desk) -> None:
    row = await _one(store, a_divergence(desk.account))
    async with store.write() as tx:
        await tx.reconciliation.end([row.id], NOW)
        assert not await tx.reconciliation.decide(row.id, Decision.ACCEPTED, desk.person.id, NOW)
        assert await tx.reconciliation.get(row.id) == replace(row, ended_at=NOW)


async def test_what_somebody_still_has_to_look_at_is_counted(store: Store, desk: Desk) -> None:
    second, third = await keep(store, a_desk(8)), await keep(store, a_desk(9))
    rows = await _recorded(
        store, *(a_divergence(desk.account, UNMATCHED, position) for position in range(len(Decision) + 2))
    )
    await _recorded(store, a_divergence(second.account))
    await _recorded(store, a_divergence(third.account, CLOSED), ended=True)
    async with store.write() as tx:
        for row, decision in zip(rows, Decision, strict=False):
            assert await tx.reconciliation.decide(row.id, decision, desk.person.id, NOW)
        await tx.reconciliation.end([rows[-1].id], NOW)
        counts = await tx.reconciliation.open_counts()
        lasting = await tx.reconciliation.lasting(desk.account.id)
    counting = sum(row.counts for row in lasting)
    assert counts == {
        desk.account.id: {UNMATCHED: counting},
        second.account.id: {DivergenceKind.SLIPPAGE: 1},
    }
    assert counting == len(Decision) - len(SETTLED) + 1


# Looking back


async def _a_log(store: Store, *desks: Desk) -> list[LogRow]:
    """Rows of all kinds, each second another; every third is over. Newest first."""
    kinds = itertools.cycle((STOPS, CLOSED, UNMATCHED, DivergenceKind.AMBIGUOUS, STOPS))
    symbols, accounts = itertools.cycle(AWKWARD), itertools.cycle([desk.account for desk in desks])
    async with store.write() as tx:
        for n in range(60):
            found = replace(a_divergence(next(accounts), next(kinds), position=n // 2), symbol=next(symbols))
            await tx.reconciliation.record([found], NOW + n * SECOND, ended=n % 3 == 0)
        return list(await tx.reconciliation.page(LogFilter(), 999))


def _is_wanted(row: LogRow, wanted: LogFilter) -> bool:
    found = row.divergence
    return (
        wanted.account in (None, found.account_id)
        and wanted.status in (None, found.kind.status)
        and wanted.kind in (None, found.kind)
        and wanted.lasting in (None, row.lasts)
        and wanted.symbol in (None, found.symbol)
        and wanted.position in (None, found.position)
        and (wanted.since is None or wanted.since <= row.found_at)
        and (wanted.until is None or row.found_at <= wanted.until)
    )


def _choices(desk: Desk) -> dict[str, tuple[Any, ...]]:
    return {
        "account": (desk.account.id, AccountId(uuid4())),
        "status": (0, 1, 2, 3),
        "kind": (STOPS, UNMATCHED, DivergenceKind.MISSING),
        "lasting": (True, False),
        "symbol": (*AWKWARD, "EUR%", "eurusd", ""),
        "position": (0, 17, BIG),
        "since": (NOW + 20 * SECOND, NOW + 99 * SECOND),
        "until": (NOW - SECOND, NOW + 40 * SECOND),
    }


async def test_each_filter_alone_and_with_others(store: Store, desk: Desk) -> None:
    log, choices = await _a_log(store, desk, await keep(store, a_desk(8))), _choices(desk)
    alone = [LogFilter(**{name: value}) for name, values in choices.items() for value in values]
    picked, some = random.Random(4), []
    for _ in range(150):
        names = picked.sample(list(choices), picked.randint(2, 4))
        some.append(LogFilter(**{name: picked.choice(choices[name]) for name in names}))
    async with store.read() as tx:
        for wanted in (LogFilter(), *alone, *some):
            expected = [row for row in log if _is_wanted(row, wanted)]
            assert await tx.reconciliation.page(wanted, 999) == expected, asdict(wanted)


async def test_pages_follow_each_other_while_the_log_grows(store: Store, desk: Desk) -> None:
    log, wanted = await _a_log(store, desk), LogFilter(status=1)
    seen = await _page(store, wanted, limit=7)
    for _ in log:
        await _recorded(store, a_divergence(desk.account, STOPS, position=1000 + len(seen)))
        seen += await _page(store, wanted, limit=7, before=seen[-1].id)
    assert seen == [row for row in log if _is_wanted(row, wanted)]

"""Requests and panics in the database: each step once, and what may be forgotten of them."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from core.model.events import NoticeKind
from core.model.records import Record
from core.model.requests import RequestState
from core.model.risk import DESK, LiquidationState, LockKind
from core.model.trades import IntentKind, IntentState
from core.ports import SentMessage, Store
from tests.storage.samples import NOW, Desk, a_divergence, a_request, an_intent

S = LiquidationState
LATER = NOW + timedelta(days=99)


async def test_a_request_goes_each_step_once(store: Store, desk: Desk) -> None:
    intent = an_intent(desk.account, IntentKind.MODIFY)
    async with store.write() as tx:
        request = await tx.requests.add(a_request(desk))
        assert request == replace(a_request(desk), id=request.id)
        asked = replace(request, state=RequestState.ASKED, price=Decimal("1.0850"))
        assert await tx.requests.advance(asked, RequestState.TYPING)
        assert not await tx.requests.advance(asked, RequestState.TYPING)
        await tx.intents.add(intent)
        queued = replace(asked, state=RequestState.QUEUED, intent_id=intent.id)
        assert await tx.requests.of_intent(intent.id) is None
        assert await tx.requests.advance(queued, RequestState.ASKED)
        assert not await tx.requests.advance(replace(asked, state=RequestState.DROPPED), RequestState.ASKED)
        assert await tx.requests.get(request.id) == await tx.requests.of_intent(intent.id) == queued
        assert await tx.requests.get(request.id + 1) is None


async def test_a_request_is_forgotten_once_its_order_has_ended(store: Store, desk: Desk) -> None:
    waiting, done = an_intent(desk.account), replace(an_intent(desk.account), state=IntentState.FILLED)
    message = SentMessage(1, 2, has_photo=False)
    async with store.write() as tx:
        for intent in (waiting, done):
            await tx.intents.add(intent)
        held, over, dropped = [
            await tx.requests.add(replace(a_request(desk), intent_id=number))
            for number in (waiting.id, done.id, None)
        ]
        for request in (held, over):
            await tx.outbox.remember_sent(NoticeKind.REQUEST, str(request.id), desk.person.id, message, NOW)
        due = await tx.retention.overdue(Record.REQUESTS, LATER, 9)
        assert sorted(due) == [(over.id,), (dropped.id,)]
        assert await tx.retention.overdue(Record.REQUESTS, NOW, 9) == []
        [[_, subject, _]] = await tx.retention.overdue(Record.MESSAGES, LATER, 9)
        assert subject == str(over.id)
        assert await tx.retention.remove(Record.REQUESTS, LATER, [*due, (held.id,)]) == 2
        assert await tx.requests.get(held.id) == held


async def test_a_panic_runs_while_one_of_its_accounts_does(store: Store, desk: Desk) -> None:
    async with store.write() as tx:
        assert await tx.panics.running() is None
        panic = await tx.panics.start(desk.person.id, NOW)
        assert await tx.panics.running() is None, "it does nothing yet"
        part = await tx.liquidations.start(desk.account.id, S.CLOSING, "panic", NOW, NOW, panic.id)
        assert part.panic == panic.id
        assert await tx.panics.running() == await tx.panics.get(panic.id) == panic
        read_before = replace(part, panic=None, attempts=3)
        assert await tx.liquidations.advance(read_before, S.CLOSING)
        [kept] = await tx.panics.liquidations_of(panic.id)
        assert (kept.panic, kept.attempts) == (panic.id, 3)
        assert await tx.liquidations.advance(replace(kept, state=S.LOCKED, finished_at=NOW), S.CLOSING)
        assert await tx.panics.running() is None
        assert await tx.panics.get(panic.id + 1) is None


async def test_numbers_that_buttons_name_never_come_back(store: Store, desk: Desk) -> None:
    """Else the button of an old message would act on what has its number now."""
    first = await _one_of_each(store, desk)
    async with store.write() as tx:
        assert await tx.locks.release(LockKind.OWNER, DESK, NOW, None)
        await tx.reconciliation.end([first[Record.DIVERGENCES]], NOW)
        for record, number in first.items():
            assert await tx.retention.remove(record, LATER, [(number,)]) == 1
    assert set((await _one_of_each(store, desk)).values()).isdisjoint(first.values())


async def _one_of_each(store: Store, desk: Desk) -> dict[Record, int]:
    async with store.write() as tx:
        request = await tx.requests.add(a_request(desk))
        [row] = await tx.reconciliation.record([a_divergence(desk.account)], NOW)
        assert await tx.locks.set(LockKind.OWNER, DESK, "news", NOW, None)
        [lock] = await tx.locks.active(DESK)
    return {Record.REQUESTS: request.id, Record.DIVERGENCES: row.id, Record.LOCKS: lock.id}

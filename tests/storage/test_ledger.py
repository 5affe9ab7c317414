"""The ledger of intents: who may claim and settle, and in which order."""

import asyncio
from dataclasses import replace
from decimal import Decimal

import pytest
from sqlalchemy import update
from sqlalchemy.exc import IntegrityError

from core.model.errors import Conflict
from core.model.ids import AccountId, IntentId
from core.model.trades import Intent, IntentKind, IntentState
from core.ports import Store
from storage.engine import connect
from storage.store import SqlStore
from storage.tables import intents
from tests.storage.samples import NOW, SECOND, Desk, an_account, an_intent


async def _epoch(store: Store) -> int:
    async with store.write() as tx:
        return await tx.intents.new_epoch(NOW)


async def _added(store: Store, *intents: Intent) -> None:
    async with store.write() as tx:
        for intent in intents:
            await tx.intents.add(intent)


async def _claim(store: Store, account: AccountId, epoch: int) -> Intent | None:
    async with store.write() as tx:
        return await tx.intents.claim(account, epoch, NOW)


async def test_an_intent_comes_back_as_it_was(store: Store, desk: Desk) -> None:
    intent = an_intent(desk.account, approval=desk.approval)
    await _added(store, intent)
    async with store.write() as tx:
        with pytest.raises(Conflict):
            await tx.intents.add(intent)
        assert await tx.intents.get(intent.id) == intent
        assert await tx.intents.get(IntentId(1)) is None
        assert await tx.intents.of_approval(desk.approval.id) == [intent]
        assert await tx.intents.waiting(desk.account.id) == [intent]
        assert await tx.intents.count_unfinished() == {IntentState.NEW: 1}


async def test_what_is_not_finished_is_counted_by_state(store: Store, desk: Desk) -> None:
    for state in IntentState:
        await _added(store, replace(an_intent(desk.account), state=state))
    await _added(store, replace(an_intent(desk.account), state=IntentState.UNKNOWN))
    async with store.read() as tx:
        assert await tx.intents.count_unfinished() == {
            IntentState.NEW: 1,
            IntentState.SENDING: 1,
            IntentState.PLACED: 1,
            IntentState.UNKNOWN: 2,
        }


async def test_what_was_opened_since_is_openings_that_were_filled(store: Store, desk: Desk) -> None:
    epoch, done = await _epoch(store), {}
    kinds = {IntentState.FILLED: IntentKind.OPEN, IntentState.PARTIAL: IntentKind.CLOSE}
    for state, kind in kinds.items():
        await _added(store, an_intent(desk.account, kind))
        claimed = await _claim(store, desk.account.id, epoch)
        assert claimed is not None
        done[kind] = replace(claimed, state=state, settled_at=NOW)
        async with store.write() as tx:
            assert await tx.intents.settle(done[kind], epoch, IntentState.SENDING)
    async with store.read() as tx:
        assert await tx.intents.opened_since(desk.account.id, NOW) == [done[IntentKind.OPEN]]
        assert await tx.intents.opened_since(desk.account.id, NOW + SECOND) == []


async def test_openings_come_last_and_one_at_a_time(store: Store, desk: Desk) -> None:
    opening = an_intent(desk.account)
    late_close = replace(an_intent(desk.account, IntentKind.CLOSE), created_at=NOW + SECOND)
    change = an_intent(desk.account, IntentKind.MODIFY)
    epoch = await _epoch(store)
    await _added(store, opening, late_close, change)
    for expected in (change, late_close, opening):
        claimed = await _claim(store, desk.account.id, epoch)
        assert claimed == replace(expected, state=IntentState.SENDING, sent_at=NOW)
        assert await _claim(store, desk.account.id, epoch) is None
        async with store.write() as tx:
            assert claimed is not None
            filled = replace(claimed, state=IntentState.FILLED)
            assert await tx.intents.settle(filled, epoch, IntentState.SENDING)
    assert await _claim(store, desk.account.id, epoch) is None


async def test_a_symbol_tried_in_vain_goes_behind_the_others_oldest_first(store: Store, desk: Desk) -> None:
    first = an_intent(desk.account, IntentKind.CLOSE)
    second, gold = (replace(an_intent(desk.account, IntentKind.CLOSE), created_at=NOW) for _ in range(2))
    gold = replace(gold, symbol="XAUUSD")
    epoch = await _epoch(store)
    await _added(store, first, second, gold)
    for seconds, expected in enumerate((first, gold, first, gold), 1):
        async with store.write() as tx:
            claimed = await tx.intents.claim(desk.account.id, epoch, NOW + seconds * SECOND)
            assert claimed is not None
            assert claimed.id == expected.id
            put_back = replace(claimed, state=IntentState.NEW)
            assert await tx.intents.settle(put_back, epoch, IntentState.SENDING)


async def test_what_rests_lets_the_others_pass(store: Store, desk: Desk) -> None:
    resting = replace(an_intent(desk.account, IntentKind.CLOSE), not_before=NOW + SECOND)
    opening = an_intent(desk.account)
    epoch = await _epoch(store)
    await _added(store, resting, opening)
    for now, expected in ((NOW, opening), (NOW, None), (NOW + SECOND, resting)):
        async with store.write() as tx:
            claimed = await tx.intents.claim(desk.account.id, epoch, now)
            assert (claimed and claimed.id) == (expected and expected.id)
            if claimed is not None:
                filled = replace(claimed, state=IntentState.FILLED)
                assert await tx.intents.settle(filled, epoch, IntentState.SENDING)


async def test_what_is_put_back_keeps_its_rest_and_its_margin(store: Store, desk: Desk) -> None:
    epoch = await _epoch(store)
    await _added(store, an_intent(desk.account))
    claimed = await _claim(store, desk.account.id, epoch)
    assert claimed is not None
    back = replace(
        claimed,
        state=IntentState.NEW,
        not_before=NOW + SECOND,
        detail="There are no prices now.",
        margin=Decimal("115.80"),
        margin_free=Decimal("9876.00"),
    )
    async with store.write() as tx:
        assert await tx.intents.settle(back, epoch, IntentState.SENDING)
        assert await tx.intents.waiting(desk.account.id) == [back]


async def test_only_a_pending_order_that_is_placed_is_amended_and_by_the_newest_host(
    store: Store, desk: Desk
) -> None:
    old = await _epoch(store)
    await _added(store, an_intent(desk.account))
    claimed = await _claim(store, desk.account.id, old)
    assert claimed is not None
    placed = replace(claimed, state=IntentState.PLACED, position=17)
    moved = replace(
        placed,
        price=Decimal("1.0999"),
        stop_loss=None,
        take_profit=Decimal("1.2"),
        order_expires_at=NOW + 60 * SECOND,
    )
    async with store.write() as tx:
        assert not await tx.intents.amend(moved, old), "it is not placed"
        assert await tx.intents.settle(placed, old, IntentState.SENDING)
    new = await _epoch(store)
    async with store.write() as tx:
        assert not await tx.intents.amend(moved, old), "another host has taken over"
        assert await tx.intents.amend(moved, new)
        assert await tx.intents.get(moved.id) == moved


async def test_accounts_do_not_wait_for_each_other(store: Store, desk: Desk) -> None:
    second = an_account(desk.person, login=2)
    async with store.write() as tx:
        await tx.accounts.add(second, "")
    epoch = await _epoch(store)
    await _added(store, an_intent(desk.account), an_intent(second))
    assert await _claim(store, desk.account.id, epoch) is not None
    assert await _claim(store, second.id, epoch) is not None


async def test_of_many_claims_at_once_one_wins(store: SqlStore, database_url: str, desk: Desk) -> None:
    """Through two stores, as two processes would."""
    epoch = await _epoch(store)
    await _added(store, *(an_intent(desk.account) for _ in range(5)))
    other = SqlStore(connect(database_url), store.vault)
    try:
        claims = [_claim(one, desk.account.id, epoch) for one in (store, other) for _ in range(10)]
        won = [claimed for claimed in await asyncio.gather(*claims) if claimed]
    finally:
        await other.aclose()
    assert len(won) == 1


async def test_a_settlement_is_written_once(store: Store, desk: Desk) -> None:
    epoch = await _epoch(store)
    await _added(store, an_intent(desk.account))
    claimed = await _claim(store, desk.account.id, epoch)
    assert claimed is not None
    filled = replace(
        claimed,
        state=IntentState.FILLED,
        retcode=10009,
        filled_volume=Decimal("0.20"),
        filled_price=Decimal("1.10013"),
        position=17,
        settled_at=NOW + SECOND,
        detail="Done.",
    )
    async with store.write() as tx:
        assert not await tx.intents.settle(filled, epoch, IntentState.UNKNOWN)
        assert await tx.intents.settle(filled, epoch, IntentState.SENDING)
        refused = replace(claimed, state=IntentState.REFUSED)
        assert not await tx.intents.settle(refused, epoch, IntentState.SENDING)
        assert await tx.intents.get(claimed.id) == filled


async def test_an_older_host_is_fenced_and_its_sendings_are_orphans(store: Store, desk: Desk) -> None:
    old = await _epoch(store)
    await _added(store, an_intent(desk.account), an_intent(desk.account))
    claimed = await _claim(store, desk.account.id, old)
    assert claimed is not None
    new = await _epoch(store)
    assert new > old
    filled = replace(claimed, state=IntentState.FILLED)
    unknown = replace(claimed, state=IntentState.UNKNOWN, clean_misses=1)
    async with store.write() as tx:
        assert not await tx.intents.settle(filled, old, IntentState.SENDING)
        assert await tx.intents.orphaned(new) == [claimed]
        assert await tx.intents.orphaned(old) == []
        assert await tx.intents.settle(unknown, new, IntentState.SENDING)
        assert await tx.intents.unresolved(desk.account.id) == [unknown]
        [waiting] = await tx.intents.waiting(desk.account.id)
        assert await tx.intents.unfinished(desk.account.id) == [unknown, waiting]
        assert await tx.intents.orphaned(new) == []
    assert await _claim(store, desk.account.id, old) is None
    assert await _claim(store, desk.account.id, new) is not None


async def test_the_database_itself_forbids_two_sendings_of_an_account(store: SqlStore, desk: Desk) -> None:
    await _added(store, an_intent(desk.account), an_intent(desk.account))
    with pytest.raises(IntegrityError):
        async with store.database.writer.begin() as connection:
            await connection.execute(update(intents).values(state=IntentState.SENDING))

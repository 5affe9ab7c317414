"""Trades and what the terminals reported."""

from dataclasses import replace
from decimal import Decimal
from uuid import uuid4

import pytest

from core.model.errors import Conflict, NotFound
from core.model.ids import AccountId, IntentId, TradeId
from core.model.trades import CloseReason, Trade, TradeState
from core.ports import Store
from tests.storage.samples import BIG, NOW, SECOND, Desk, a_desk, a_snapshot, a_trade, an_intent, keep


def _closed(trade: Trade) -> Trade:
    return replace(
        trade,
        state=TradeState.CLOSED,
        closed_at=NOW + SECOND,
        close_price=Decimal("1.1020"),
        close_reason=CloseReason.TAKE_PROFIT,
        profit=Decimal("-0.10"),
    )


async def test_a_trade_lives_and_closes(store: Store, desk: Desk) -> None:
    intent = an_intent(desk.account)
    trade = a_trade(desk.account, BIG, intent)
    async with store.write() as tx:
        await tx.intents.add(intent)
        await tx.trades.add(trade)
        assert await tx.trades.get(trade.id) == trade
        assert await tx.trades.open_of(desk.account.id) == [trade]
        assert await tx.trades.on_position(desk.account.id, BIG) == [trade]
        assert await tx.trades.of_intent(intent.id) == trade
        await tx.trades.update(_closed(trade))
        assert await tx.trades.get(trade.id) == _closed(trade)
        assert await tx.trades.open_of(desk.account.id) == []
        assert await tx.trades.on_position(desk.account.id, BIG - 1) == []
        assert await tx.trades.of_intent(IntentId(1)) is None
        with pytest.raises(NotFound):
            await tx.trades.update(replace(trade, id=TradeId(uuid4())))


async def test_a_position_and_an_intent_have_one_trade(store: Store, desk: Desk) -> None:
    intent = an_intent(desk.account)
    async with store.write() as tx:
        await tx.intents.add(intent)
        await tx.trades.add(a_trade(desk.account, 1, intent))
        with pytest.raises(Conflict):
            await tx.trades.add(a_trade(desk.account, 1))
        with pytest.raises(Conflict):
            await tx.trades.add(a_trade(desk.account, 2, intent))


async def test_shares_of_a_net_position_are_trades_of_their_own(store: Store, desk: Desk) -> None:
    older, newer = (
        replace(a_trade(desk.account, BIG), shared=True, opened_at=NOW + n * SECOND) for n in range(2)
    )
    async with store.write() as tx:
        for share in (newer, older):
            await tx.trades.add(share)
        assert await tx.trades.on_position(desk.account.id, BIG) == [older, newer]
        await tx.trades.update(_closed(older))
        assert await tx.trades.on_position(desk.account.id, BIG) == [_closed(older), newer]
        assert await tx.trades.open_of(desk.account.id) == [newer]
        assert await tx.trades.on_position(AccountId(uuid4()), BIG) == []


async def test_a_person_sees_their_own_trades_newest_first(store: Store, desk: Desk) -> None:
    other = await keep(store, a_desk(telegram_id=8))
    old, new = a_trade(desk.account, 1), replace(a_trade(desk.account, 2), opened_at=NOW + SECOND)
    async with store.write() as tx:
        for trade in (old, new, a_trade(other.account, 1)):
            await tx.trades.add(trade)
        await tx.trades.update(_closed(old))
        assert await tx.trades.of_person(desk.person.id, 9) == [new, _closed(old)]
        assert await tx.trades.of_person(desk.person.id, 1) == [new]


async def test_the_latest_snapshot_comes_back_as_it_was(store: Store, desk: Desk) -> None:
    async with store.write() as tx:
        await tx.snapshots.save(desk.account.id, a_snapshot("1.00"))
        await tx.snapshots.save(desk.account.id, a_snapshot("2.00"))
    async with store.read() as tx:
        latest = await tx.snapshots.latest(desk.account.id)
        assert latest == a_snapshot("2.00")
        assert str(latest.positions[0].profit) == "2.00"
        assert latest.positions[0].opened_at.utcoffset() == SECOND * 0
        assert await tx.snapshots.latest(AccountId(uuid4())) is None

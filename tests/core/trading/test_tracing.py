"""The trace of an order: of its signal, whatever it does; else of the liquidation that runs."""

from dataclasses import dataclass, replace
from uuid import UUID

import pytest

from core.model.ids import SignalId
from core.model.risk import LiquidationState
from core.model.trades import Intent, IntentKind, IntentState, Trade
from core.trading.tracing import signal_of, trace_of
from storage.store import SqlStore
from tests.storage.samples import BIG, NOW, Desk, a_desk, a_trade, an_intent, keep

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
CLOSE, CANCEL = IntentKind.CLOSE, IntentKind.CANCEL


@dataclass(frozen=True)
class Books:
    """A desk with one signal, and what becomes of it on the account."""

    store: SqlStore
    desk: Desk

    @property
    def signal(self) -> SignalId:
        return self.desk.signal.id

    def wish(self, kind: IntentKind) -> Intent:
        """To be done to the position BIG, by nobody's signal."""
        return an_intent(self.desk.account, kind)

    async def holds(self, *trades: Trade) -> None:
        async with self.store.write() as tx:
            for trade in trades:
                await tx.trades.add(trade)

    async def signal_of(self, intent: Intent) -> SignalId | None:
        async with self.store.read() as tx:
            return await signal_of(tx, intent)

    async def trace_of(self, intent: Intent) -> str:
        async with self.store.read() as tx:
            return await trace_of(tx, intent)


@pytest.fixture
async def books(store: SqlStore) -> Books:
    return Books(store, await keep(store, a_desk()))


async def test_an_order_of_a_signal_has_its_trace(books: Books) -> None:
    opening = an_intent(books.desk.account, IntentKind.OPEN, books.desk.approval)
    assert await books.signal_of(opening) == books.signal
    assert await books.trace_of(opening) == str(books.signal)


@pytest.mark.parametrize("kind", [CLOSE, IntentKind.MODIFY])
async def test_what_is_done_to_a_trade_has_the_trace_of_the_trade(books: Books, kind: IntentKind) -> None:
    await books.holds(replace(a_trade(books.desk.account, BIG), signal_id=books.signal))
    assert await books.trace_of(books.wish(kind)) == str(books.signal)


async def test_of_several_signals_on_a_position_the_newest_that_is_known_counts(books: Books) -> None:
    """As on a netting account."""
    ours = replace(a_trade(books.desk.account, BIG), signal_id=books.signal, shared=True)
    adopted = replace(a_trade(books.desk.account, BIG), opened_at=NOW.replace(hour=4), shared=True)
    await books.holds(ours, adopted)
    assert await books.signal_of(books.wish(CLOSE)) == books.signal


async def test_a_cancel_has_the_trace_of_the_pending_order(books: Books) -> None:
    opening = an_intent(books.desk.account, IntentKind.OPEN, books.desk.approval)
    async with books.store.write() as tx:
        await tx.intents.add(replace(opening, state=IntentState.PLACED))
    assert await books.trace_of(books.wish(CANCEL)) == str(books.signal)
    elsewhere = replace(books.wish(CANCEL), position=5)
    assert await books.trace_of(elsewhere) == ""


async def test_what_no_signal_explains_has_the_trace_of_the_liquidation_while_it_runs(books: Books) -> None:
    await books.holds(a_trade(books.desk.account, BIG))
    assert await books.trace_of(books.wish(CLOSE)) == ""
    async with books.store.write() as tx:
        begun = await tx.liquidations.start(
            books.desk.account.id, LiquidationState.CLOSING, "20 % lost", NOW, NOW
        )
    assert await books.trace_of(books.wish(CLOSE)) == begun.trace
    assert UUID(begun.trace).version == 5
    async with books.store.write() as tx:
        ended = replace(begun, state=LiquidationState.LOCKED, finished_at=NOW)
        assert await tx.liquidations.advance(ended, begun.state)
    assert await books.trace_of(books.wish(CLOSE)) == ""


async def test_each_liquidation_has_a_trace_of_its_own(books: Books) -> None:
    other = await keep(books.store, a_desk(7_000_000_002))
    async with books.store.write() as tx:
        begun = [
            await tx.liquidations.start(account.id, LiquidationState.CLOSING, "20 % lost", NOW, NOW)
            for account in (books.desk.account, other.account)
        ]
    assert begun[0].trace != begun[1].trace != replace(begun[1], id=begun[1].id + 1).trace

"""What reports are made of: closed trades with what is known elsewhere, and the course of equity."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

from core.model.equity import EquityPoint
from core.model.ids import AccountId, SourceId
from core.model.results import ResultFilter
from core.model.trades import Trade, TradeState
from core.ports import Store
from tests.storage.samples import NOW, SECOND, Desk, a_desk, a_snapshot, a_trade, an_intent, keep


def closed(trade: Trade, after_s: int) -> Trade:
    return replace(trade, state=TradeState.CLOSED, closed_at=NOW + after_s * SECOND, profit=Decimal("-0.10"))


async def test_closed_trades_come_newest_first_with_source_risk_and_currency(
    store: Store, desk: Desk
) -> None:
    other = await keep(store, a_desk(telegram_id=8))
    opening = replace(
        an_intent(desk.account, approval=desk.approval), risk=Decimal("30.5"), pip=Decimal("0.0001")
    )
    of_signal = closed(replace(a_trade(desk.account, 1, opening), signal_id=desk.signal.id), 1)
    by_hand, theirs = closed(a_trade(desk.account, 2), 2), closed(a_trade(other.account, 3), 3)
    async with store.write() as tx:
        await tx.intents.add(opening)
        for trade in (of_signal, by_hand, theirs, a_trade(desk.account, 4)):
            await tx.trades.add(trade)
        await tx.snapshots.save(desk.account.id, a_snapshot())
        found = await tx.trades.results(ResultFilter(), 9)
        assert [one.trade for one in found] == [theirs, by_hand, of_signal]
        assert [one.source for one in found] == ["", "", desk.source.name]
        assert [one.currency for one in found] == ["", "USD", "USD"]
        assert (found[2].risk, found[2].pip, found[2].account) == (
            Decimal("30.5"),
            Decimal("0.0001"),
            "Main",
        )
        mine = ResultFilter([desk.account.id])
        assert await tx.trades.count_results(mine) == 2
        assert [one.trade for one in await tx.trades.results(mine, 1, 1)] == [of_signal]
        assert await tx.trades.count_results(ResultFilter(source=desk.signal.source_id)) == 1
        assert await tx.trades.count_results(ResultFilter(source=SourceId(uuid4()))) == 0
        assert await tx.trades.count_results(ResultFilter(since=NOW + 2 * SECOND)) == 2
        assert await tx.trades.count_results(ResultFilter([])) == 0
        assert await tx.trades.sources_of([desk.account.id]) == [(desk.signal.source_id, desk.source.name)]
        assert await tx.trades.sources_of([other.account.id]) == []
        assert await tx.trades.sources_of(None) == [(desk.signal.source_id, desk.source.name)]


async def test_of_each_span_the_last_reading_is_the_equity(store: Store, desk: Desk) -> None:
    async with store.write() as tx:
        for second, equity in enumerate(("1.00", "2.00", "3.00", "4.00", "5.00")):
            shown = a_snapshot(equity)
            at = NOW.replace(microsecond=0) + second * SECOND
            await tx.snapshots.save(
                desk.account.id, replace(shown, account=replace(shown.account, read_at=at))
            )
        start = NOW.replace(microsecond=0)
        found = await tx.snapshots.equity(desk.account.id, start, timedelta(seconds=1))
        assert found[0] == EquityPoint(start, Decimal("1.00"), Decimal("10000.00"))
        assert [str(point.equity) for point in found] == ["1.00", "2.00", "3.00", "4.00", "5.00"]
        late = await tx.snapshots.equity(desk.account.id, start + 3 * SECOND, timedelta(seconds=1))
        assert [str(point.equity) for point in late] == ["4.00", "5.00"]
        day = await tx.snapshots.equity(desk.account.id, start, timedelta(days=1))
        assert [str(point.equity) for point in day] == ["5.00"]
        assert await tx.snapshots.equity(AccountId(uuid4()), start, timedelta(seconds=1)) == []

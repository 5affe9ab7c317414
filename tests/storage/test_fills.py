"""Openings and what became of them."""

from dataclasses import fields, replace
from datetime import datetime, timedelta
from decimal import Decimal

import pytest

from core.model.approvals import ApprovalState
from core.model.events import Event
from core.model.fills import Fill
from core.model.trades import Intent, IntentKind, IntentState, Trade, TradeState
from core.ports import Store
from tests.storage.samples import NOW, SECOND, Desk, a_desk, a_trade, an_intent, keep

MINUTE = timedelta(minutes=1)


def _opening(desk: Desk, at: datetime = NOW) -> Intent:
    return replace(an_intent(desk.account, approval=desk.approval), created_at=at, pip=Decimal("0.0001"))


async def _keep(store: Store, *intents: Intent, trade: Trade | None = None) -> None:
    async with store.write() as tx:
        for intent in intents:
            await tx.intents.add(intent)
        if trade is not None:
            await tx.trades.add(trade)


async def _fills(store: Store, *of: Desk, since: datetime = NOW, limit: int = 99) -> list[Fill]:
    async with store.read() as tx:
        return list(await tx.fills.since(since, [each.account.id for each in of] or None, limit))


async def test_a_fill_says_what_became_of_an_opening(store: Store, desk: Desk) -> None:
    filled = replace(
        _opening(desk, NOW + 5 * SECOND),
        state=IntentState.FILLED,
        sent_at=NOW + 6 * SECOND,
        settled_at=NOW + 7 * SECOND,
        filled_volume=Decimal("0.20"),
        filled_price=Decimal("1.10007"),
    )
    trade = replace(
        a_trade(desk.account, 7, filled),
        opened_at=NOW + 8 * SECOND,
        state=TradeState.CLOSED,
        profit=Decimal("-3.10"),
    )
    decided = replace(desk.approval, state=ApprovalState.APPROVED, version=2, decided_at=NOW + 4 * SECOND)
    async with store.write() as tx:
        assert await tx.approvals.decide(decided, 1)
    await _keep(store, filled, trade=trade)
    assert await _fills(store) == [
        Fill(
            intent_id=filled.id,
            account_id=desk.account.id,
            account="Main",
            person_id=desk.person.id,
            source=desk.source.name,
            instrument="EURUSD",
            symbol=filled.symbol,
            side=filled.side,
            order_kind=filled.order_kind,
            state=IntentState.FILLED,
            was_unknown=False,
            signalled_at=NOW,
            tapped_at=NOW + 4 * SECOND,
            sent_at=NOW + 6 * SECOND,
            settled_at=NOW + 7 * SECOND,
            opened_at=NOW + 8 * SECOND,
            wanted=Decimal("0.30"),
            filled=Decimal("0.20"),
            expected=Decimal("1.10003"),
            price=Decimal("1.10007"),
            pip=Decimal("0.0001"),
            profit=Decimal("-3.10"),
        )
    ]


async def test_what_has_not_come_yet_is_none(store: Store, desk: Desk) -> None:
    await _keep(store, replace(_opening(desk), price=None, pip=None))
    [fill] = await _fills(store)
    empty = {field.name for field in fields(fill) if getattr(fill, field.name) is None}
    assert empty == {*("sent_at", "settled_at", "opened_at", "filled", "expected", "price", "pip", "profit")}
    assert fill.tapped_at == NOW, "not decided by a person: when it was asked for"


async def test_what_the_broker_did_not_tell_is_taken_from_the_order_and_its_trade(
    store: Store, desk: Desk
) -> None:
    filled = replace(_opening(desk), state=IntentState.FILLED)
    await _keep(store, filled, trade=replace(a_trade(desk.account, 7, filled), profit=Decimal("1")))
    [fill] = await _fills(store)
    assert (fill.filled, fill.price) == (Decimal("0.30"), Decimal("1.10010"))
    assert fill.profit is None, "a part's result while the trade is open is not the trade's"


@pytest.mark.off_catalogue
async def test_a_doubt_is_remembered_after_it_ended(store: Store, desk: Desk) -> None:
    doubted, clear = replace(_opening(desk), state=IntentState.REFUSED), _opening(desk, NOW + SECOND)
    other_facts = (Event("order.filled", NOW, str(clear.id)), Event("order.unknown", NOW, f"{clear.id}0"))
    async with store.write() as tx:
        await tx.events.append(Event("order.unknown", NOW, str(doubted.id)), *other_facts)
        await tx.events.append(Event("order.unknown", NOW, str(doubted.id)))
    await _keep(store, doubted, clear)
    assert [(fill.intent_id, fill.was_unknown) for fill in await _fills(store)] == [
        (doubted.id, True),
        (clear.id, False),
    ]


async def test_only_openings_of_signals_since_a_moment(store: Store, desk: Desk) -> None:
    openings = [_opening(desk, NOW + n * MINUTE) for n in (0, 1, 1, 2)]
    close = replace(_opening(desk), kind=IntentKind.CLOSE)
    await _keep(store, *reversed(openings), close, an_intent(desk.account))
    ids = [opening.id for opening in openings]
    assert [fill.intent_id for fill in await _fills(store)] == ids
    assert [fill.intent_id for fill in await _fills(store, since=NOW + MINUTE)] == ids[1:]
    assert [fill.intent_id for fill in await _fills(store, limit=2)] == ids[2:]
    assert await _fills(store, since=NOW + 9 * MINUTE) == []


async def test_only_of_the_accounts_that_are_asked_for(store: Store, desk: Desk) -> None:
    other = await keep(store, a_desk(8))
    await _keep(store, _opening(desk), _opening(other))
    assert [fill.account_id for fill in await _fills(store, other)] == [other.account.id]
    assert len(await _fills(store, desk, other)) == 2
    async with store.read() as tx:
        assert await tx.fills.since(NOW, [], 9) == []


async def test_each_share_of_a_net_position_has_its_own_result(store: Store, desk: Desk) -> None:
    one, two = (replace(_opening(desk, NOW + n * SECOND), state=IntentState.FILLED) for n in range(2))
    for intent, price in ((one, "1.1"), (two, "1.2")):
        share = replace(a_trade(desk.account, 7, intent), shared=True, open_price=Decimal(price))
        await _keep(store, intent, trade=share)
    assert [fill.price for fill in await _fills(store)] == [Decimal("1.1"), Decimal("1.2")]

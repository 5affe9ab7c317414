"""Accepting a signal: stored once with its approvals, cards and events, or not at all."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.bell import EXPIRY, OUTBOX
from core.desk import Desk
from core.intake.accept import accept
from core.intake.draft import LONGEST_LIFE, Draft
from core.model.accounts import Account, Source
from core.model.approvals import Approval, ApprovalState
from core.model.errors import Conflict, DeskError, InvalidField
from core.model.events import NoticeKind, Priority
from core.model.ids import SignalId, SourceId
from core.model.instruments import Side
from core.model.people import CONSENT_VERSION, Role
from core.model.risk import DESK, LockKind, Place
from core.model.signals import OrderKind
from core.ports import Delivery

AddTrader = Callable[..., Awaitable[Account]]
DELIVERY = Delivery("msg_1", "d1")
DRAFT = Draft(
    instrument="EURUSD",
    side=Side.BUY,
    entry=Decimal("1.08650"),
    stop_loss=Decimal("1.08350"),
    take_profits=(Decimal("1.08950"),),
    external_id="x1",
)
sqlite_only = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


async def approvals_of(desk: Desk, signal: SignalId) -> Sequence[Approval]:
    async with desk.store.read() as tx:
        return await tx.approvals.of_signal(signal)


async def test_a_signal_asks_each_account_of_each_trader_once(
    desk: Desk, source: Source, add_trader: AddTrader
) -> None:
    accounts = [await add_trader(), await add_trader()]
    accepted = await accept(desk, source, DELIVERY, DRAFT)
    approvals = await approvals_of(desk, accepted.signal.id)
    assert {approval.account_id for approval in approvals} == {account.id for account in accounts}
    assert {(approval.state, approval.version) for approval in approvals} == {(ApprovalState.PENDING, 1)}
    async with desk.store.read() as tx:
        cards = [item.notice for item in await tx.outbox.due(desk.clock.now(), 10)]
        events = await tx.events.recent(10)
    assert {card.subject for card in cards} == {str(approval.id) for approval in approvals}
    assert {(card.kind, card.priority) for card in cards} == {(NoticeKind.CARD, Priority.CARD)}
    assert Counter(event.name for event in events) == {"signal.received": 1, "approval.requested": 2}
    assert {event.trace for event in events} == {str(accepted.signal.id)}


async def test_whoever_waits_for_cards_and_expiries_is_woken(desk: Desk, source: Source) -> None:
    await accept(desk, source, DELIVERY, DRAFT)
    assert await desk.bell.wait(OUTBOX, 0)
    assert await desk.bell.wait(EXPIRY, 0)


@sqlite_only
@pytest.mark.parametrize(
    "lacking",
    [
        {"roles": frozenset({Role.ADMIN, Role.OWNER})},
        {"chat_id": None},
        {"consent": None},
        {"consent": CONSENT_VERSION - 1},
        {"reachable": False},
    ],
)
async def test_nobody_is_asked_who_may_not_or_cannot_answer(
    desk: Desk, source: Source, add_trader: AddTrader, lacking: dict[str, Any]
) -> None:
    await add_trader(**lacking)
    accepted = await accept(desk, source, DELIVERY, DRAFT)
    assert not await approvals_of(desk, accepted.signal.id)


async def test_a_paused_desk_stores_the_signal_and_asks_nobody(
    desk: Desk, source: Source, add_trader: AddTrader
) -> None:
    account = await add_trader()
    async with desk.store.write() as tx:
        await tx.locks.set(LockKind.PAUSE, DESK, "holiday", desk.clock.now(), account.person_id)
    accepted = await accept(desk, source, DELIVERY, DRAFT)
    assert not await approvals_of(desk, accepted.signal.id)
    async with desk.store.read() as tx:
        [withheld] = await tx.events.recent(5, "signal.withheld")
        assert await tx.signals.get(accepted.signal.id) == accepted.signal
    assert withheld.data == {"reason": "holiday"}


@sqlite_only
async def test_a_pause_of_one_account_leaves_the_question_to_its_trader(
    desk: Desk, source: Source, add_trader: AddTrader
) -> None:
    account = await add_trader()
    async with desk.store.write() as tx:
        await tx.locks.set(LockKind.PAUSE, Place(account.id), "", desk.clock.now(), account.person_id)
    accepted = await accept(desk, source, DELIVERY, DRAFT)
    assert len(await approvals_of(desk, accepted.signal.id)) == 1


@pytest.mark.parametrize("delivery", [DELIVERY, Delivery("msg_2", "d1")], ids=["webhook-id", "external_id"])
async def test_the_same_again_gets_the_first_answer_and_nothing_new(
    desk: Desk, source: Source, add_trader: AddTrader, delivery: Delivery
) -> None:
    await add_trader()
    first = await accept(desk, source, DELIVERY, DRAFT)
    again = await accept(desk, source, delivery, DRAFT)
    assert (first.created, again.created) == (True, False)
    assert again.signal == first.signal
    assert len(await approvals_of(desk, first.signal.id)) == 1


@pytest.mark.parametrize(
    "delivery", [Delivery("msg_1", "other"), Delivery("msg_2", "other")], ids=["webhook-id", "external_id"]
)
async def test_the_same_id_with_other_content_is_a_conflict(
    desk: Desk, source: Source, delivery: Delivery
) -> None:
    await accept(desk, source, DELIVERY, DRAFT)
    with pytest.raises(Conflict):
        await accept(desk, source, delivery, DRAFT)


async def test_of_many_at_once_one_is_created(desk: Desk, source: Source, add_trader: AddTrader) -> None:
    await add_trader()
    answers = await asyncio.gather(*(accept(desk, source, DELIVERY, DRAFT) for _ in range(8)))
    assert Counter(answer.created for answer in answers) == {True: 1, False: 7}
    assert len({answer.signal.id for answer in answers}) == 1
    assert len(await approvals_of(desk, answers[0].signal.id)) == 1


@sqlite_only
async def test_another_source_may_use_the_same_ids(desk: Desk, source: Source) -> None:
    other = replace(source, id=SourceId(UUID(int=5)), name="other")
    async with desk.store.write() as tx:
        await tx.sources.add(other, [])
    await accept(desk, source, DELIVERY, DRAFT)
    assert (await accept(desk, other, Delivery("msg_1", "other"), DRAFT)).created


@sqlite_only
async def test_a_repeat_after_its_own_expiry_is_still_answered(
    desk: Desk, source: Source, clock: Any
) -> None:
    draft = replace(DRAFT, expires_at=clock.now() + timedelta(minutes=1))
    first = await accept(desk, source, DELIVERY, draft)
    clock.time += timedelta(hours=1)
    assert (await accept(desk, source, DELIVERY, draft)).signal == first.signal


BAD: dict[str, list[dict[str, Any]]] = {
    "instrument": [{"instrument": "GBPUSD"}, {"instrument": ""}],
    "entry": [
        {"entry": None},
        *({"entry": Decimal(price)} for price in ("NaN", "sNaN", "Infinity", "0", "-1", "1e7")),
    ],
    "stop_loss": [{"stop_loss": Decimal(price)} for price in ("1.08650", "1.2", "sNaN", "1.000000000001")],
    "take_profits": [{"take_profits": (Decimal("1.08"),)}, {"take_profits": (Decimal(2),) * 6}],
    "entry_zone": [
        {"entry_zone": (Decimal("1.09"), Decimal("1.10"))},
        {"entry_zone": (Decimal("sNaN"), Decimal(2)), "entry": None},
        {"entry_zone": (Decimal("9e999999"), Decimal("9e999999")), "entry": None},
    ],
    "expires_in_s": [{"expires_in": timedelta(seconds=s)} for s in (0, -5, 4)]
    + [{"expires_in": LONGEST_LIFE + timedelta(seconds=1)}],
    "expires_at": [
        {"expires_at": datetime(2026, 11, 21, 4)},  # noqa: DTZ001 - naive is what is refused
        {"expires_at": datetime.fromisoformat("2026-11-21T02:59:59Z")},
        {"expires_at": datetime.fromisoformat("9999-12-31T23:59:59-14:00")},
        {"expires_at": datetime.fromisoformat("0001-01-01T00:00:00+14:00")},
        {"expires_at": datetime.fromisoformat("2026-11-21T04:00Z"), "expires_in": timedelta(minutes=1)},
    ],
    "external_id": [{"external_id": "a\0"}, {"external_id": "x" * 129}, {"external_id": "\ud800"}],
    "note": [{"note": "a\nb"}, {"note": "x" * 501}],
}


@sqlite_only
@pytest.mark.parametrize(
    ("field", "change"), [(field, change) for field, changes in BAD.items() for change in changes]
)
async def test_what_makes_no_sense_names_its_field_and_leaves_no_trace(
    desk: Desk, source: Source, field: str, change: dict[str, Any]
) -> None:
    with pytest.raises(InvalidField) as refused:
        await accept(desk, source, DELIVERY, replace(DRAFT, **change))
    assert refused.value.field == field
    async with desk.store.read() as tx:
        assert not await tx.signals.recent(1)
        assert not await tx.events.recent(1)


@sqlite_only
async def test_a_zone_alone_is_entered_in_its_middle_and_defaults_come_from_the_source(
    desk: Desk, source: Source
) -> None:
    draft = Draft("XAUUSD", Side.SELL, OrderKind.LIMIT, entry_zone=(Decimal("2650.1"), Decimal("2650.4")))
    signal = (await accept(desk, source, DELIVERY, draft)).signal
    assert (signal.entry, signal.kind, signal.external_id) == (Decimal("2650.25"), OrderKind.LIMIT, "msg_1")
    assert signal.expires_at == desk.clock.now() + source.default_expiry


@sqlite_only
@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    entry=st.none() | st.decimals(),
    zone=st.none() | st.tuples(st.decimals(), st.decimals()),
    stop=st.none() | st.decimals(),
    targets=st.lists(st.decimals(), max_size=6).map(tuple),
    life=st.none() | st.timedeltas(),
    text=st.text(max_size=20),
)
async def test_any_draft_is_accepted_or_refused_in_the_domains_words(
    desk: Desk, source: Source, entry: Any, zone: Any, stop: Any, targets: Any, life: Any, text: str
) -> None:
    draft = Draft("EURUSD", Side.BUY, OrderKind.STOP, entry, zone, stop, targets, life, None, text, text)
    try:
        accepted = await accept(desk, source, Delivery(text or "m", "d"), draft)
    except DeskError:
        return
    assert accepted.signal.entry > 0

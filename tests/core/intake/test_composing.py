"""Signals that people compose: by the same way as any other, once, and taken back while undecided."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from decimal import Decimal
from uuid import UUID, uuid4

import pytest

from core.desk import Desk
from core.intake.composing import (
    DESK_SOURCE,
    composable,
    compose,
    preview,
    priced,
    sent_as,
    withdraw,
)
from core.intake.draft import Draft
from core.model.accounts import Account, Source
from core.model.approvals import Approval, ApprovalState
from core.model.errors import Conflict, InvalidField, NotAllowed, NotFound, Refused
from core.model.ids import AccountId, PersonId, SignalId, SourceId
from core.model.instruments import Side
from core.model.people import Person, Role
from core.model.risk import DESK, LockKind
from core.mt5.errors import TerminalGone
from core.mt5.pool import Pool
from core.mt5.session import Session

AddTrader = Callable[..., Awaitable[Account]]
DRAFT = Draft("EURUSD", Side.BUY, entry=Decimal("1.0865"), stop_loss=Decimal("1.0835"))
MINE = UUID(int=77)

pytestmark = pytest.mark.usefixtures("source")


@pytest.fixture
async def admin(desk: Desk) -> Person:
    return await a_person(desk, Role.ADMIN)


async def a_person(desk: Desk, role: Role) -> Person:
    person = Person(PersonId(uuid4()), uuid4().int >> 66, "Adam", frozenset({role}))
    async with desk.store.write() as tx:
        await tx.people.add(person)
    return person


async def cards(desk: Desk, signal: SignalId) -> Sequence[Approval]:
    async with desk.store.read() as tx:
        return await tx.approvals.of_signal(signal)


async def test_the_first_one_makes_its_source_with_the_instruments_of_the_others(
    desk: Desk, admin: Person, add_trader: AddTrader
) -> None:
    await add_trader()
    accepted = await compose(desk, admin, MINE, DRAFT)
    async with desk.store.read() as tx:
        made = await tx.sources.by_name("desk")
        assert list(await composable(tx)) == ["EURUSD", "XAUUSD"]
        assert await tx.sources.secrets(DESK_SOURCE) == []
    assert made is not None
    assert (made.id, made.instruments) == (DESK_SOURCE, frozenset({"EURUSD", "XAUUSD"}))
    assert len(await cards(desk, accepted.signal.id)) == 1


async def test_a_composition_becomes_one_signal_however_often_it_is_sent(
    desk: Desk, admin: Person, add_trader: AddTrader
) -> None:
    await add_trader()
    sent = await asyncio.gather(*(compose(desk, admin, MINE, DRAFT) for _ in range(3)))
    assert sorted(each.created for each in sent) == [False, False, True]
    assert len({each.signal.id for each in sent}) == 1
    assert await sent_as(desk, MINE) == sent[0].signal
    assert await sent_as(desk, UUID(int=78)) is None
    with pytest.raises(Conflict):
        await compose(desk, admin, MINE, replace(DRAFT, entry=Decimal("1.0866")))


async def test_a_preview_stores_nothing_and_counts_whom_it_reaches(
    desk: Desk, admin: Person, add_trader: AddTrader
) -> None:
    await add_trader()
    await add_trader()
    await add_trader(consent=None)
    seen = await preview(desk, admin, MINE, DRAFT)
    assert (seen.traders, seen.accounts, seen.obstacle) == (2, 2, None)
    async with desk.store.write() as tx:
        assert await tx.signals.recent(9) == []
        await tx.locks.set(LockKind.PAUSE, DESK, "The desk is paused", desk.clock.now(), None)
    assert (await preview(desk, admin, MINE, DRAFT)).obstacle == "The desk is paused"


@pytest.mark.parametrize("role", [Role.TRADER, Role.VIEWER])
async def test_who_may_not_compose_does_nothing(desk: Desk, admin: Person, role: Role) -> None:
    person = await a_person(desk, role)
    accepted = await compose(desk, admin, MINE, DRAFT)
    with pytest.raises(NotAllowed):
        await preview(desk, person, MINE, DRAFT)
    with pytest.raises(NotAllowed):
        await compose(desk, person, UUID(int=78), DRAFT)
    with pytest.raises(NotAllowed):
        await withdraw(desk, person, accepted.signal.id)
    async with desk.store.read() as tx:
        assert len(await tx.signals.recent(9)) == 1


async def test_what_the_intake_refuses_is_refused(desk: Desk, admin: Person) -> None:
    for wrong in (replace(DRAFT, instrument="BTCUSD"), replace(DRAFT, stop_loss=Decimal("1.09"))):
        with pytest.raises(InvalidField):
            await preview(desk, admin, MINE, wrong)
        with pytest.raises(InvalidField):
            await compose(desk, admin, MINE, wrong)


async def test_a_source_of_that_name_is_told_of(desk: Desk, admin: Person) -> None:
    async with desk.store.write() as tx:
        await tx.sources.add(Source(SourceId(uuid4()), "desk", frozenset({"EURUSD"})), [])
    with pytest.raises(Conflict, match="give it another name"):
        await compose(desk, admin, MINE, DRAFT)


async def test_without_a_terminal_no_price_is_invented(desk: Desk, add_trader: AddTrader) -> None:
    async def gone(account: AccountId) -> Session:
        raise TerminalGone(f"no terminal of {account}")

    await add_trader()
    with pytest.raises(Refused, match="No terminal tells a price of EURUSD"):
        await priced(replace(desk, terminals=Pool(gone)), replace(DRAFT, entry=None))


async def test_undecided_cards_are_withdrawn_and_a_decided_one_stays(
    desk: Desk, admin: Person, add_trader: AddTrader
) -> None:
    for _ in range(3):
        await add_trader()
    signal = (await compose(desk, admin, MINE, DRAFT)).signal
    first, *_ = await cards(desk, signal.id)
    approved = replace(first, state=ApprovalState.APPROVED, version=2)
    async with desk.store.write() as tx:
        assert await tx.approvals.decide(approved, 1)
    done = await withdraw(desk, admin, signal.id)
    assert (done.cards, done.decided) == (2, 1)
    states = sorted(card.state for card in await cards(desk, signal.id))
    assert states == ["approved", "withdrawn", "withdrawn"]
    with pytest.raises(Conflict):
        await withdraw(desk, admin, signal.id)
    async with desk.store.read() as tx:
        withdrawn = await tx.events.last("signal.withdrawn", str(signal.id))
    assert withdrawn is not None
    assert (withdrawn.person_id, withdrawn.data) == (admin.id, {"by": "Adam", "cards": 2})


async def test_a_card_is_decided_or_withdrawn_never_both(
    desk: Desk, admin: Person, add_trader: AddTrader
) -> None:
    await add_trader()
    signal = (await compose(desk, admin, MINE, DRAFT)).signal
    [card] = await cards(desk, signal.id)
    await withdraw(desk, admin, signal.id)
    async with desk.store.write() as tx:
        assert not await tx.approvals.decide(replace(card, state=ApprovalState.APPROVED, version=2), 1)
    [card] = await cards(desk, signal.id)
    assert card.state is ApprovalState.WITHDRAWN


async def test_only_composed_signals_are_withdrawn(desk: Desk, admin: Person) -> None:
    with pytest.raises(NotFound):
        await withdraw(desk, admin, SignalId(uuid4()))

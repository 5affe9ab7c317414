"""A desk over the test's database, with a source and people to send cards to."""

from collections.abc import Awaitable, Callable
from typing import NoReturn
from uuid import uuid4

import pytest

from core.bell import Bell
from core.desk import Desk
from core.model.accounts import Account, Source, TerminalKind
from core.model.ids import AccountId, PersonId, SourceId
from core.model.people import CONSENT_VERSION, Consent, Person, Role
from core.mt5.pool import Pool
from core.ports import Store
from tests.fakes.clock import StoppedClock

AddTrader = Callable[..., Awaitable[Account]]


async def _no_terminal(account: AccountId) -> NoReturn:
    raise AssertionError(f"intake asked for the terminal of {account}")


@pytest.fixture
def clock() -> StoppedClock:
    return StoppedClock()


@pytest.fixture
def desk(store: Store, clock: StoppedClock) -> Desk:
    return Desk(store=store, clock=clock, terminals=Pool(_no_terminal), bell=Bell(), epoch=1)


@pytest.fixture
async def source(store: Store) -> Source:
    source = Source(SourceId(uuid4()), "momentum", frozenset({"EURUSD", "XAUUSD"}))
    async with store.write() as tx:
        await tx.sources.add(source, [])
    return source


@pytest.fixture
def add_trader(store: Store, clock: StoppedClock) -> AddTrader:
    """Adds a trader with one account; keywords change what makes them eligible."""

    async def add(
        *,
        roles: frozenset[Role] = frozenset({Role.TRADER}),
        chat_id: int | None = 7,
        consent: int | None = CONSENT_VERSION,
        reachable: bool = True,
    ) -> Account:
        person = Person(PersonId(uuid4()), uuid4().int >> 66, "Ann", roles)
        account = Account(
            AccountId(uuid4()), person.id, "Main", TerminalKind.PAPER, "", uuid4().int >> 100, "Paper"
        )
        async with store.write() as tx:
            await tx.people.add(person)
            await tx.accounts.add(account, "secret")
            if chat_id is not None:
                await tx.people.arrived(person.id, chat_id)
            if consent is not None:
                await tx.people.consent(Consent(person.id, consent, clock.now()))
            if not reachable:
                await tx.people.unreachable(person.id)
        return account

    return add

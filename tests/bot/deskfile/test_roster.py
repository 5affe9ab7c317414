"""Bringing the desk file into the database: what it adds, changes, and takes away."""

from dataclasses import replace
from decimal import Decimal
from uuid import uuid4

import pytest
from pydantic import SecretStr, ValidationError

from bot.deskfile.roster import (
    AccountEntry,
    CeilingsEntry,
    PersonEntry,
    Roster,
    SourceEntry,
    account_id,
    account_of,
    enrol,
)
from bot.deskfile.thresholds import AccountRulesEntry, OverridesEntry
from bot.settings import SettingsError
from core.accounts.settings import SETTINGS, Ceilings
from core.accounts.terminals import TerminalPlace
from core.model.accounts import TerminalKind
from core.model.ids import AccountId, PersonId
from core.model.people import CONSENT_VERSION, Consent, Person, Right, Role
from core.model.thresholds import Overrides, Rules
from core.people.door import person_id
from core.ports import Store
from tests.fakes.clock import StoppedClock

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
TOM = PersonEntry(telegram_id=7, name="Tom", roles=frozenset({Role.TRADER}))
ADAM = PersonEntry(telegram_id=8, name="Adam", roles=frozenset({Role.ADMIN}))
ACCOUNT = AccountEntry(
    label="Tom 1",
    trader=7,
    kind=TerminalKind.MT5,
    terminal="C:\\MT5\\tom\\terminal64.exe",
    login=70001,
    server="Broker-Live",
    password=SecretStr("first"),
)
ALPHA = SourceEntry(name="alpha", instruments=frozenset({"EURUSD"}), secrets=(SecretStr(SECRET),))
ROSTER = Roster(people=(TOM, ADAM), accounts=(ACCOUNT,), sources=(ALPHA,))


async def test_reading_it_again_changes_what_changed_and_keeps_what_people_did(store: Store) -> None:
    await enrol(store, ROSTER)
    tom = person_id(7)
    async with store.write() as tx:
        await tx.people.arrived(tom, 7)
        await tx.people.consent(Consent(tom, CONSENT_VERSION, StoppedClock().now()))
    renamed = TOM.model_copy(update={"name": "Thomas"})
    moved = ACCOUNT.model_copy(update={"password": SecretStr("second"), "server": "Broker-2"})
    await enrol(store, Roster(people=(renamed, ADAM), accounts=(moved,), sources=(ALPHA,)))
    async with store.read() as tx:
        person = await tx.people.by_telegram_id(7)
        assert person is not None
        assert (person.id, person.name, person.chat_id, person.consented) == (tom, "Thomas", 7, True)
        account = await tx.accounts.get(account_id("Tom 1"))
        assert account is not None
        assert (account.server, await tx.accounts.password(account.id)) == ("Broker-2", "second")


async def test_names_found_at_a_broker_stay_until_the_file_says_otherwise_or_the_broker_changes(
    store: Store,
) -> None:
    async def symbols(entry: AccountEntry) -> dict[str, str]:
        await enrol(store, Roster(people=(TOM,), accounts=(entry,)))
        async with store.read() as tx:
            account = await tx.accounts.get(account_id("Tom 1"))
        assert account is not None
        return account.symbols

    assert await symbols(ACCOUNT) == {}
    async with store.write() as tx:
        found = await tx.accounts.get(account_id("Tom 1"))
        assert found is not None
        await tx.accounts.put(replace(found, symbols={"XAUUSD": "GOLD", "US30": "DJ30"}), "first")
    assert await symbols(ACCOUNT) == {"XAUUSD": "GOLD", "US30": "DJ30"}
    told = ACCOUNT.model_copy(update={"symbols": {"XAUUSD": "GOLD.x"}})
    assert await symbols(told) == {"XAUUSD": "GOLD.x", "US30": "DJ30"}
    assert await symbols(ACCOUNT.model_copy(update={"server": "Broker-2"})) == {}


async def test_who_came_by_an_invite_is_none_of_its_business_until_it_names_them(store: Store) -> None:
    nina = Person(person_id(9), 9, "Nina", frozenset({Role.VIEWER}))
    async with store.write() as tx:
        await tx.people.add(nina)
        await tx.people.add(Person(PersonId(uuid4()), 10, "Older", frozenset({Role.OWNER})))
    await enrol(store, ROSTER)
    async with store.read() as tx:
        assert await tx.people.by_telegram_id(9) == nina
        assert len(await tx.people.with_role(Role.OWNER)) == 1
    named = PersonEntry(telegram_id=9, name="Nina R.", roles=frozenset({Role.TRADER}))
    await enrol(store, Roster(people=(TOM, ADAM, named)))
    async with store.read() as tx:
        assert await tx.people.get(nina.id) == replace(
            nina, name="Nina R.", roles=frozenset({Role.TRADER}), of_desk_file=True
        )
    await enrol(store, ROSTER)
    async with store.read() as tx:
        retired = await tx.people.get(nina.id)
    assert retired is not None
    assert (retired.roles, retired.of_desk_file) == (frozenset(), False)


async def test_roles_given_in_telegram_last_unless_the_file_names_the_person(store: Store) -> None:
    await enrol(store, ROSTER)
    guest = Person(person_id(9), 9, "Nina", frozenset({Role.VIEWER}))
    async with store.write() as tx:
        await tx.people.add(guest)
        for who in (guest, Person(person_id(8), 8, "Adam", frozenset(), of_desk_file=True)):
            await tx.people.put(replace(who, roles=frozenset({Role.TRADER})))
        await tx.people.block(person_id(7), StoppedClock().now())
    await enrol(store, ROSTER)
    async with store.read() as tx:
        roles = {person.telegram_id: person.roles for person in await tx.people.all()}
        tom = await tx.people.by_telegram_id(7)
    assert roles == {7: TOM.roles, 8: ADAM.roles, 9: frozenset({Role.TRADER})}
    assert tom is not None
    assert tom.is_blocked, "the file lets nobody in again who was blocked"


async def test_who_is_no_longer_in_it_has_no_rights(store: Store) -> None:
    await enrol(store, ROSTER)
    await enrol(store, Roster(people=(TOM,), accounts=(), sources=()))
    async with store.read() as tx:
        adam = await tx.people.by_telegram_id(8)
        assert adam is not None
        assert not any(adam.may(right) for right in Right)
        alpha = await tx.sources.by_name("alpha")
        assert alpha is not None
        assert await tx.sources.secrets(alpha.id) == []
        assert await tx.accounts.get(account_id("Tom 1")) is not None, "what is open there is still guarded"


async def test_without_a_file_nothing_is_taken_from_anybody(store: Store) -> None:
    await enrol(store, ROSTER)
    await enrol(store, Roster())
    async with store.read() as tx:
        adam = await tx.people.by_telegram_id(8)
        alpha = await tx.sources.by_name("alpha")
        assert adam is not None
        assert alpha is not None
        assert adam.may(Right.PAUSE)
        assert await tx.sources.secrets(alpha.id) == [SECRET]


async def test_a_file_of_rules_alone_takes_nothing_from_anybody(store: Store) -> None:
    await enrol(store, ROSTER)
    await enrol(store, Roster(reconciliation=OverridesEntry(slippage_pips=Decimal(3))))
    async with store.read() as tx:
        adam = await tx.people.by_telegram_id(8)
    assert adam is not None
    assert adam.may(Right.PAUSE)


async def test_the_rules_of_an_account_are_kept_with_it_until_the_file_says_otherwise(store: Store) -> None:
    async def rules(**said: Decimal) -> Rules:
        own = AccountRulesEntry(volume_percent=Decimal(3), instruments={"XAUUSD": OverridesEntry(**said)})
        ruled = ACCOUNT.model_copy(update={"reconciliation": own})
        await enrol(store, Roster(people=(TOM,), accounts=(ruled,)))
        async with store.read() as tx:
            account = await tx.accounts.get(account_id("Tom 1"))
        assert account is not None
        return account.rules

    general, gold = Overrides(volume_percent=Decimal(3)), Overrides(stops_pips=Decimal("30.5"))
    assert await rules(stops_pips=Decimal("30.5")) == Rules(general, {"XAUUSD": gold})
    assert await rules() == Rules(general)


async def test_two_accounts_of_one_login_are_told(store: Store) -> None:
    twin = ACCOUNT.model_copy(update={"label": "Tom 2"})
    with pytest.raises(SettingsError, match="desk file: login 70001 at Broker-Live"):
        await enrol(store, Roster(people=(TOM,), accounts=(ACCOUNT, twin), sources=()))
    async with store.read() as tx:
        assert await tx.accounts.all() == []


@pytest.mark.parametrize(
    ("entry", "change"),
    [
        (TOM, {"telegram_id": 2**63}),
        (TOM, {"name": "Tom\x00"}),
        (TOM, {"name": "Tom\u202e"}),
        (ACCOUNT, {"label": "Tom\u200b 1"}),
        (ACCOUNT, {"login": 2**63}),
        (ACCOUNT, {"label": "Tom\n1"}),
        (ACCOUNT, {"terminal": "C:\\MT5\x00"}),
        (ACCOUNT, {"server": "Broker\x1b[2J"}),
        (ACCOUNT, {"symbols": {"EURUSD": ""}}),
    ],
)
def test_what_no_database_keeps_and_no_chat_shows_is_refused(
    entry: PersonEntry | AccountEntry, change: dict[str, object]
) -> None:
    with pytest.raises(ValidationError, match=next(iter(change))):
        type(entry).model_validate(entry.model_dump() | change)


async def test_an_account_that_is_called_otherwise_is_told_how_it_stays(store: Store) -> None:
    await enrol(store, ROSTER)
    renamed = ACCOUNT.model_copy(update={"label": "Tom live"})
    with pytest.raises(SettingsError, match="another label than Tom live; an account keeps its first one"):
        await enrol(store, Roster(people=(TOM, ADAM), accounts=(renamed,), sources=(ALPHA,)))


async def test_an_account_that_leaves_the_file_stays_and_is_its_traders(store: Store) -> None:
    await enrol(store, ROSTER)
    async with store.read() as tx:
        [named] = await tx.accounts.all()
    assert named.of_desk_file
    await enrol(store, Roster(people=(TOM, ADAM), sources=(ALPHA,)))
    async with store.read() as tx:
        assert await tx.accounts.all() == [replace(named, of_desk_file=False)]
        assert await tx.accounts.password(named.id) == "first"


async def test_what_was_linked_in_telegram_is_none_of_the_files_business(store: Store) -> None:
    await enrol(store, ROSTER)
    async with store.write() as tx:
        [named] = await tx.accounts.all()
        linked = replace(named, id=AccountId(uuid4()), login=70002, label="Mine", of_desk_file=False)
        await tx.accounts.add(linked, "typed")
    await enrol(store, ROSTER)
    async with store.read() as tx:
        assert await tx.accounts.get(linked.id) == linked
        assert await tx.accounts.password(linked.id) == "typed"


async def test_an_account_that_was_unlinked_comes_back_with_the_file(store: Store) -> None:
    await enrol(store, ROSTER)
    async with store.write() as tx:
        await tx.accounts.retire(account_id("Tom 1"), StoppedClock().now())
    await enrol(store, ROSTER)
    async with store.read() as tx:
        assert [account.label for account in await tx.accounts.all()] == ["Tom 1"]
        assert await tx.accounts.password(account_id("Tom 1")) == "first"


def test_terminals_to_link_to_and_an_owners_limits() -> None:
    file = {
        "terminals": [{"name": "Second", "path": "C:\\MT5\\second"}],
        "limits": {"accounts": 2, "max_lots": "1.5", "max_per_day": 4},
    }
    roster = Roster.model_validate(file)
    assert roster.places() == (TerminalPlace("Second", "C:\\MT5\\second"),)
    assert roster.limits.ceilings() == Ceilings({"max_lots": Decimal("1.5"), "max_per_day": Decimal(4)}, 2)
    assert set(CeilingsEntry.model_fields) == {"accounts", *SETTINGS}
    with pytest.raises(ValidationError):
        Roster.model_validate({"limits": {"max_lot": 1}})


@pytest.mark.parametrize("twice", ["Tom 1", "Tom  1"])
def test_two_accounts_of_one_name_are_refused(twice: str) -> None:
    second = ACCOUNT.model_copy(update={"label": twice, "login": 70002})
    with pytest.raises(ValidationError, match="accounts: two are called Tom 1"):
        Roster(people=(TOM,), accounts=(ACCOUNT, second))
    other = ACCOUNT.model_copy(update={"label": "TOM 1", "login": 70002})
    assert len(Roster(people=(TOM,), accounts=(ACCOUNT, other)).accounts) == 2, "told apart by their capitals"


async def test_a_name_of_the_desk_file_is_not_to_be_had_before(store: Store) -> None:
    """Who calls an account as the owner will call another one does not get what is meant for that."""
    await enrol(store, Roster(people=(TOM, ADAM)))
    early = replace(account_of(ACCOUNT), id=AccountId(uuid4()), login=9, of_desk_file=False, label="tom 1")
    async with store.write() as tx:
        await tx.accounts.add(early, "secret")
    await enrol(store, ROSTER)
    async with store.read() as tx:
        labels = {each.id: each.label for each in await tx.accounts.all()}
    assert labels == {account_id("Tom 1"): "Tom 1", early.id: "tom 1 2"}

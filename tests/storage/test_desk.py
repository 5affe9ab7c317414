"""People, accounts and sources."""

from dataclasses import replace
from uuid import uuid4

import pytest

from core.model.errors import Conflict, NotFound
from core.model.ids import AccountId, PersonId, SourceId
from core.model.people import Consent, Role
from core.ports import Store
from storage.store import SqlStore
from tests.storage.samples import NOW, Desk, a_person, a_source, an_account


async def test_people_are_found_by_id_telegram_and_role(store: Store) -> None:
    boss = a_person(1, Role.OWNER, Role.TRADER, name="Zoe")
    helper = a_person(2**40, Role.ADMIN, name="Abe")
    nobody = replace(a_person(3, name="Nil"), roles=frozenset())
    async with store.write() as tx:
        for person in (boss, helper, nobody):
            await tx.people.add(person)
    async with store.read() as tx:
        assert await tx.people.all() == [helper, nobody, boss]
        assert await tx.people.get(boss.id) == boss
        assert await tx.people.by_telegram_id(2**40) == helper
        assert await tx.people.with_role(Role.TRADER) == [boss]
        assert await tx.people.get(PersonId(uuid4())) is None
        assert await tx.people.by_telegram_id(4) is None


async def test_a_person_arrives_blocks_and_comes_back(store: Store, desk: Desk) -> None:
    async with store.write() as tx:
        await tx.people.arrived(desk.person.id, 77)
        await tx.people.unreachable(desk.person.id)
        gone = await tx.people.get(desk.person.id)
        await tx.people.arrived(desk.person.id, 78)
        back = await tx.people.get(desk.person.id)
    assert gone == replace(desk.person, chat_id=77, reachable=False)
    assert back == replace(desk.person, chat_id=78, reachable=True)


async def test_a_consent_is_recorded_once_per_version(store: Store, desk: Desk) -> None:
    async with store.write() as tx:
        await tx.people.consent(Consent(desk.person.id, 1, NOW))
        await tx.people.consent(Consent(desk.person.id, 1, NOW))
        await tx.people.consent(Consent(desk.person.id, 2, NOW))
        person = await tx.people.get(desk.person.id)
    assert person is not None
    assert person.consent_version == 2


async def test_an_account_comes_back_as_it_was(store: Store, desk: Desk) -> None:
    async with store.read() as tx:
        assert await tx.accounts.get(desk.account.id) == desk.account
        assert await tx.accounts.all() == [desk.account]
        assert await tx.accounts.of_person(desk.person.id) == [desk.account]
        assert await tx.accounts.of_person(PersonId(uuid4())) == []
        assert await tx.accounts.password(desk.account.id) == "hunter2"
        with pytest.raises(NotFound):
            await tx.accounts.password(AccountId(uuid4()))


async def test_a_source_comes_back_as_it_was(store: Store, desk: Desk) -> None:
    async with store.read() as tx:
        assert await tx.sources.by_name(desk.source.name) == desk.source
        assert await tx.sources.by_name("nobody") is None
        assert await tx.sources.all() == [desk.source]
        assert await tx.sources.secrets(desk.source.id) == ["whsec_new", "whsec_old"]
        with pytest.raises(NotFound):
            await tx.sources.secrets(SourceId(uuid4()))


async def test_what_exists_is_not_added_again_and_the_transaction_goes_on(store: Store, desk: Desk) -> None:
    """PostgreSQL refuses every statement after an error; none may reach it."""
    async with store.write() as tx:
        with pytest.raises(Conflict):
            await tx.people.add(a_person(desk.person.telegram_id))
        with pytest.raises(Conflict):
            await tx.accounts.add(an_account(desk.person, desk.account.login), "other")
        with pytest.raises(Conflict):
            await tx.sources.add(a_source(desk.source.name), [])
        newcomer = a_person(99, name="New")
        await tx.people.add(newcomer)
    async with store.read() as tx:
        assert await tx.people.all() == [desk.person, newcomer]
        assert await tx.accounts.all() == [desk.account]


async def test_a_roster_is_put_over_what_the_desk_has_learned(store: Store, desk: Desk) -> None:
    """A person who was renamed keeps their chat, their consent, and that they blocked the bot."""
    renamed = replace(desk.person, telegram_id=5, name="Anna", roles=frozenset({Role.ADMIN, Role.OWNER}))
    newcomer = a_person(9, name="Ned")
    async with store.write() as tx:
        await tx.people.arrived(desk.person.id, 77)
        await tx.people.unreachable(desk.person.id)
        await tx.people.consent(Consent(desk.person.id, 1, NOW))
        for person in (renamed, newcomer):
            await tx.people.put(person)
        kept = replace(renamed, chat_id=77, reachable=False, consent_version=1)
        assert await tx.people.all() == [kept, newcomer]
        with pytest.raises(Conflict):
            await tx.people.put(replace(newcomer, telegram_id=5))
        assert await tx.people.all() == [kept, newcomer]


async def test_an_account_and_a_source_are_replaced_with_their_secrets(store: Store, desk: Desk) -> None:
    moved = replace(desk.account, label="Second", server="Paper-2")
    second = an_account(desk.person, login=2)
    narrowed = replace(desk.source, instruments=frozenset({"US30"}))
    async with store.write() as tx:
        for account, password in ((moved, "changed"), (second, "")):
            await tx.accounts.put(account, password)
        await tx.sources.put(narrowed, ["whsec_only"])
        with pytest.raises(Conflict):
            await tx.accounts.put(replace(second, login=moved.login, server=moved.server), "")
        with pytest.raises(Conflict):
            await tx.sources.put(a_source(desk.source.name), [])
    async with store.read() as tx:
        assert {account.id: account for account in await tx.accounts.all()} == {
            moved.id: moved,
            second.id: second,
        }
        assert await tx.accounts.password(moved.id) == "changed"
        assert await tx.sources.all() == [narrowed]
        assert await tx.sources.secrets(narrowed.id) == ["whsec_only"]


async def test_a_change_of_an_account_keeps_its_password(store: Store, desk: Desk) -> None:
    changed = replace(desk.account, label="renamed", symbols={"XAUUSD": "GOLD"}, of_desk_file=True)
    async with store.write() as tx:
        await tx.accounts.change(changed)
        assert await tx.accounts.get(desk.account.id) == changed
        assert await tx.accounts.password(desk.account.id) == "hunter2"


async def test_an_unlinked_account_is_kept_without_its_password(store: SqlStore, desk: Desk) -> None:
    account = desk.account
    async with store.write() as tx:
        await tx.accounts.retire(account.id, NOW)
    retired = replace(account, retired_at=NOW)
    async with store.read() as tx:
        assert await tx.accounts.get(account.id) == retired
        assert await tx.accounts.all() == []
        assert await tx.accounts.of_person(account.person_id) == []
        for server in (account.server, account.server.swapcase()):
            assert await tx.accounts.retired(account.person_id, account.login, server) == retired
        assert await tx.accounts.retired(account.person_id, account.login, "Elsewhere") is None
        assert await tx.accounts.retired(PersonId(uuid4()), account.login, account.server) is None
        with pytest.raises(NotFound):
            await tx.accounts.password(account.id)
    assert await store.reseal() == 1, "the source's; there is nothing to seal of the account"


async def test_a_login_is_linked_once_and_free_again_when_it_was_unlinked(store: Store, desk: Desk) -> None:
    other = replace(an_account(desk.person, desk.account.login), id=AccountId(uuid4()))
    async with store.write() as tx:
        with pytest.raises(Conflict):
            await tx.accounts.put(other, "")
        await tx.accounts.retire(desk.account.id, NOW)
        await tx.accounts.put(other, "another")
        with pytest.raises(Conflict):
            await tx.accounts.put(desk.account, "")
        assert await tx.accounts.all() == [other]

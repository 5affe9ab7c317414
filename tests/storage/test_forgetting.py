"""Forgetting a person: every table is searched for what names them, on both databases."""

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import literal_column, select, text
from sqlalchemy import table as sa_table

from core.model.dialogs import Dialog
from core.model.events import Event, Notice, NoticeKind, Priority
from core.model.forgetting import Pseudonym
from core.model.ids import PersonId
from core.model.joining import Invite, Knock, KnockState, digest_of
from core.model.people import Consent, Language, Person, Role
from core.model.risk import LockKind, Place
from core.ports import SentMessage
from storage.store import SqlStore
from tests.storage.samples import NOW, Desk, a_desk, a_person, a_snapshot, a_trade, an_intent, keep

NAME = "Марфа O'Neil"
TELEGRAM_ID = 7_123_456_789
LOGIN = 90_817_263
LABEL = "Marfa's live"
NAMING = (NAME, "Марфа", str(TELEGRAM_ID), str(LOGIN), LABEL, "hunter2")


@pytest.fixture
async def marfa(store: SqlStore) -> Desk:
    """With something of hers in every table that can hold it."""
    made = a_desk(55)
    person = replace(made.person, telegram_id=TELEGRAM_ID, name=NAME)
    account = replace(made.account, login=LOGIN, label=LABEL, terminal_path=f"C:\\{LOGIN}\\terminal64.exe")
    desk = await keep(store, replace(made, person=person, account=account))
    opening = an_intent(account, approval=desk.approval)
    async with store.write() as tx:
        await tx.people.arrived(person.id, TELEGRAM_ID)
        await tx.people.speaks(person.id, Language.RUSSIAN, "Europe/Moscow")
        await tx.people.consent(Consent(person.id, 2, NOW))
        await tx.people.remember_menu(person.id, "digest")
        await tx.intents.add(opening)
        await tx.trades.add(a_trade(account, 7, opening))
        snapshot = a_snapshot()
        told = replace(snapshot.account, login=LOGIN, name=NAME)
        await tx.snapshots.save(account.id, replace(snapshot, account=told))
        await tx.locks.set(LockKind.PAUSE, Place(account.id), f"{NAME} sleeps", NOW, person.id)
        await tx.invites.add(Invite(0, Role.TRADER, 1, 0, NOW, NOW, person.id), digest_of("x"))
        await tx.knocks.add(
            Knock(0, TELEGRAM_ID, TELEGRAM_ID, NAME, Language.RUSSIAN, KnockState.ADMITTED, NOW)
        )
        await tx.dialogs.save(Dialog(TELEGRAM_ID, TELEGRAM_ID, NOW, "step", {"name": NAME}))
        await tx.outbox.put(_notices(person), NOW)
        sent = SentMessage(chat_id=TELEGRAM_ID, message_id=5, has_photo=False)
        await tx.outbox.remember_sent(NoticeKind.CARD, str(desk.approval.id), person.id, sent, NOW)
        await tx.events.append(*_events(desk))
    return desk


def _notices(person: Person) -> list[Notice]:
    said = {"text": f"The desk is paused by {NAME}: news", "account": LABEL}
    return [Notice(person.id, NoticeKind.ALERT, "desk_paused", Priority.NOTICE, dict(said))]


def _events(desk: Desk) -> list[Event]:
    person, account = desk.person, desk.account
    said = {"text": f"The desk is paused by {NAME}: news"}
    return [
        Event("consent.accepted", NOW, str(person.id), {"version": 2}, person_id=person.id),
        Event("desk.paused", NOW, "desk", dict(said), person_id=person.id),
        Event("account.symbol", NOW, account.label, {"instrument": "XAUUSD", "symbol": "GOLD"}, account.id),
        Event("door.stranger", NOW, str(TELEGRAM_ID)),
    ]


async def dump(store: SqlStore) -> str:
    """All rows of all tables, as the database gives them, JSON documents as text."""
    async with store.database.readers.begin() as connection:
        sqlite = connection.dialect.name == "sqlite"
        listed = (
            "SELECT name FROM sqlite_master WHERE type = 'table'"
            if sqlite
            else "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
        )
        rows: list[Any] = []
        for table in list((await connection.scalars(text(listed))).all()):
            rows += (await connection.execute(select(literal_column("*")).select_from(sa_table(table)))).all()
    return "\n".join(_forms(rows))


def _forms(rows: list[Any]) -> Iterator[str]:
    for row in rows:
        for value in row:
            written = str(value)
            yield written
            yield re.sub(r"\\u([0-9a-f]{4})", lambda escape: chr(int(escape[1], 16)), written)


async def forget(store: SqlStore, person: Person) -> Pseudonym:
    async with store.read() as tx:
        pseudonym = await tx.forgetting.named_by(person)
    async with store.write() as tx:
        for account in await tx.accounts.of_person(person.id):
            await tx.accounts.retire(account.id, NOW)
        await tx.forgetting.erase(person, pseudonym)
    async with store.read() as tx:
        traces = await tx.forgetting.traces(pseudonym)
    async with store.write() as tx:
        await tx.forgetting.blot(pseudonym, traces)
    return pseudonym


async def known(store: SqlStore, desk: Desk) -> Person:
    async with store.read() as tx:
        person = await tx.people.get(desk.person.id)
    assert person is not None
    return person


async def test_nothing_in_any_table_names_a_forgotten_person(store: SqlStore, marfa: Desk) -> None:
    person = await known(store, marfa)
    naming = [*NAMING, str(person.id), person.id.hex]
    before = await dump(store)
    assert [word for word in NAMING if word not in before] == ["hunter2"]
    await forget(store, person)
    after = await dump(store)
    assert [word for word in naming if word in after] == []


async def test_trades_decisions_and_the_trail_stay_with_a_pseudonym(store: SqlStore, marfa: Desk) -> None:
    async with store.read() as tx:
        trail = await tx.events.recent(100)
        [trade] = await tx.trades.open_of(marfa.account.id)
    pseudonym = await forget(store, await known(store, marfa))
    async with store.read() as tx:
        assert await tx.trades.open_of(marfa.account.id) == [trade]
        kept = await tx.approvals.get(marfa.approval.id)
        assert kept == replace(marfa.approval, person_id=pseudonym.id)
        events = await tx.events.recent(100)
        assert [event.name for event in events] == [event.name for event in trail]
        assert {event.person_id for event in events} == {None, pseudonym.id}
        [paused] = [event for event in events if event.name == "desk.paused"]
        assert paused.data == {"text": f"The desk is paused by {pseudonym.name}: news"}
        assert [given.version for given in await tx.people.consents(pseudonym.id)] == [2]
        account = await tx.accounts.get(marfa.account.id)
        assert account is not None
        assert account.person_id == pseudonym.id
        assert await tx.accounts.all() == []


async def test_others_keep_every_word(store: SqlStore, marfa: Desk) -> None:
    other = a_person(66, name="Марфаил")
    async with store.write() as tx:
        await tx.people.add(other)
        said = f"The desk is paused by Марфаил, after 1{TELEGRAM_ID} and {LOGIN}.5"
        await tx.events.append(Event("desk.resumed", NOW, "desk", {"text": said}))
    await forget(store, await known(store, marfa))
    async with store.read() as tx:
        assert await tx.people.get(other.id) == other
        last = await tx.events.last("desk.resumed", "desk")
    assert last is not None
    assert last.data == {"text": said}


async def test_who_is_forgotten_can_come_again(store: SqlStore, marfa: Desk) -> None:
    person = await known(store, marfa)
    pseudonym = await forget(store, person)
    async with store.write() as tx:
        await tx.people.add(person)
        assert await tx.people.by_telegram_id(TELEGRAM_ID) == replace(person)
        assert pseudonym.id not in {account.person_id for account in await tx.accounts.of_person(person.id)}
        await tx.accounts.add(replace(marfa.account, id=a_desk(3).account.id), "new")


async def test_what_is_exported_is_all_that_is_theirs_without_secrets(store: SqlStore, marfa: Desk) -> None:
    async with store.read() as tx:
        rows = await tx.forgetting.exported(await known(store, marfa))
    assert rows["people"][0]["name"] == NAME
    assert [account["login"] for account in rows["accounts"]] == [LOGIN]
    assert {"roles", "consents", "approvals", "intents", "trades", "events", "invites"} <= rows.keys()
    assert not [row for table in rows.values() for row in table if {"password", "digest"} & row.keys()]
    async with store.read() as tx:
        assert await tx.forgetting.exported(a_person(3)) == {}


@pytest.mark.parametrize(
    ("said", "left"),
    [
        ("Al, Alan and AL", "X, Alan and AL"),
        ("al 12 112 1.12 12.5 12. 12", "al X 112 1.12 12.5 X. X"),
        (["Al", {"Al": 12}, True, 1.5, None], ["X", {"X": 0}, True, 1.5, None]),
    ],
)
def test_whole_words_and_numbers_only(said: object, left: object) -> None:
    pseudonym = Pseudonym(PersonId(a_person(1).id), frozenset({"Al"}), frozenset({12}))

    def shown(value: Any) -> Any:
        if isinstance(value, str):
            return value.replace("X", pseudonym.name)
        if isinstance(value, list):
            return [shown(each) for each in value]
        return {shown(k): shown(v) for k, v in value.items()} if isinstance(value, dict) else value

    assert pseudonym.over(said) == shown(left)

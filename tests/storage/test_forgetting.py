"""Forgetting a person: every table is searched for what names them, on both databases."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import Column, Select, Text, literal_column, select, text
from sqlalchemy import table as sa_table
from sqlalchemy.types import JSON

from core.model.alerts import Escalation
from core.model.approvals import ApprovalState
from core.model.dialogs import Dialog
from core.model.events import Event, Json, Notice, NoticeKind, Priority
from core.model.forgetting import Pseudonym
from core.model.ids import PersonId
from core.model.joining import Invite, Knock, KnockState, digest_of
from core.model.people import Consent, Language, Person, Role
from core.model.risk import DESK, LockKind, Place
from core.ports import SentMessage
from storage.personal import ACCOUNT, FACTS, GONE, KEPT, SENTENCES, SUBJECTS
from storage.store import SqlStore
from storage.tables import metadata
from tests.storage.samples import (
    NOW,
    Desk,
    a_desk,
    a_person,
    a_snapshot,
    a_trade,
    an_account,
    an_intent,
    keep,
)

NAME = "Марфа O'Neil"
TELEGRAM_ID = 7_123_456_789
LOGIN, TRIED = 90_817_263, 55_667_788
LABEL, EARLIER, IN_FILE, MAIDEN = "Marfa's live", "Иван live", "Old Marfa", "Марья Petrova"
NAMING = (NAME, "Марфа", str(TELEGRAM_ID), str(LOGIN), str(TRIED), LABEL, EARLIER, IN_FILE, MAIDEN, "hunter2")

WORDS = (
    "desk",
    "account_id",
    "approved",
    "order.asked",
    "reason",
    "state",
    "fits",
    "Olivia",
    "EURUSD",
    "pause",
)
"""What a trader may call an own account, or themselves: words by which programs know things, and names."""


@pytest.fixture
async def marfa(store: SqlStore) -> Desk:
    """With something of hers in every table that can hold it."""
    made = a_desk(55)
    person = replace(made.person, telegram_id=TELEGRAM_ID, name=NAME)
    account = replace(made.account, login=LOGIN, label=LABEL, terminal_path=f"C:\\{LOGIN}\\terminal64.exe")
    desk = await keep(store, replace(made, person=person, account=account))
    opening = replace(an_intent(account, approval=desk.approval), detail=f"{LABEL}: not enough money")
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


@pytest.fixture
async def olga(store: SqlStore, marfa: Desk) -> Desk:
    """Another person of the desk, who was told of Marfa."""
    desk = await keep(store, a_desk(66))
    person, account = replace(desk.person, name="Olga"), replace(desk.account, label="Olga's")
    about = _about(marfa)
    async with store.write() as tx:
        await tx.people.put(person)
        await tx.accounts.change(account)
        await tx.approvals.refuse(desk.approval.id, f"No new trades now: {_LOCKED}", NOW)
        await tx.locks.set(LockKind.OWNER, DESK, _LOCKED, NOW, marfa.person.id)
        await tx.preferences.hold(person.id, "position_closed", about, NOW)
        told = (marfa.person.id, person.id, marfa.person.id)
        escalated: Json = {"alert": "x", "about": LABEL, "step": 2}
        lasting = Escalation(0, "liquidation_finished", LABEL, about, NOW, NOW, told)
        number = await tx.escalations.begin(lasting)
        await tx.escalations.begin(Escalation(0, "intent_unknown", "Olga's", _about(desk), NOW, NOW, told))
        waits = Notice(person.id, NoticeKind.ALERT, "position_closed", Priority.NOTICE, about)
        await tx.outbox.put([waits, replace(waits, data={"name": NAME}, subject="account_linked")], NOW)
        *_, linked = await tx.outbox.due(NOW, 9)
        await tx.outbox.delivered(linked.id, NOW)
        await tx.events.append(
            Event("person.roles", NOW, str(marfa.person.id), {"before": [], "after": []}, None, person.id),
            Event("person.joined", NOW, str(person.id), {"role": "trader", "by": str(marfa.person.id)}),
            Event("account.link_failed", NOW, "Olga", _login(TRIED), person_id=person.id),
            Event("alert.escalated", NOW, str(number), escalated, None, person.id),
            Event("approval.not_taken", NOW, "1", {"standing": "1", "reason": _BLOCKED}, desk.account.id),
            Event("lock.ended", NOW, "desk", {"text": f"The time of a lock is over. It was: {_LOCKED}"}),
        )
    return replace(desk, person=person, account=account)


_BLOCKED = f"{NAME} blocked Olga."
_LOCKED = f"The desk is locked by {NAME}: news"


def _about(desk: Desk) -> Json:
    return {"account": desk.account.label, "account_id": str(desk.account.id), "reason": "stop"}


def _login(login: int) -> Json:
    return {"login": str(login), "server": "Broker-Real", "reason": "rejected"}


def _notices(person: Person) -> list[Notice]:
    said = {"text": f"The desk is paused by {NAME}: news", "account": LABEL}
    return [Notice(person.id, NoticeKind.ALERT, "desk_paused", Priority.NOTICE, dict(said))]


def _events(desk: Desk) -> list[Event]:
    person, account = desk.person, desk.account
    said = {"text": f"The desk is paused by {NAME}: news"}
    names: Json = {"before": EARLIER, "after": LABEL}
    return [
        Event("consent.asked", NOW, f"{person.id} 2", {"version": 2}),
        Event("consent.accepted", NOW, str(person.id), {"version": 2}, person_id=person.id),
        Event("desk.paused", NOW, "desk", dict(said), person_id=person.id),
        Event("account.symbol", NOW, IN_FILE, {"instrument": "XAUUSD", "symbol": "GOLD"}, account.id),
        Event("account.renamed", NOW, LABEL, names, account.id, person.id),
        Event("account.link_failed", NOW, str(person.id), _login(TRIED), person_id=person.id),
        Event("door.stranger", NOW, str(TELEGRAM_ID)),
        Event("source.resumed", NOW, "source:1", {"text": f"alpha is resumed by {MAIDEN}."}, None, person.id),
        Event("person.blocked", NOW, "somebody", {}, None, person.id),
    ]


# -- what there is in the database


Rows = Mapping[str, list[dict[str, Any]]]


async def rows_of(store: SqlStore) -> Rows:
    """All rows of all tables, as the database gives them."""
    async with store.database.readers.begin() as connection:
        sqlite = connection.dialect.name == "sqlite"
        listed = (
            "SELECT name FROM sqlite_master WHERE type = 'table'"
            if sqlite
            else "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
        )
        found = {}
        for table in list((await connection.scalars(text(listed))).all()):
            query: Select[Any] = select(literal_column("*")).select_from(sa_table(table))
            found[table] = [dict(row) for row in (await connection.execute(query)).mappings()]
    return found


async def dump(store: SqlStore) -> str:
    """The same as text, JSON documents too."""
    found = await rows_of(store)
    return "\n".join(_forms([value for rows in found.values() for row in rows for value in row.values()]))


def _forms(values: list[Any]) -> Iterator[str]:
    for value in values:
        written = str(value)
        yield written
        yield re.sub(r"\\u([0-9a-f]{4})", lambda escape: chr(int(escape[1], 16)), written)


async def forget(store: SqlStore, person: Person) -> Pseudonym:
    async with store.write() as tx:
        for account in await tx.accounts.of_person(person.id):
            await tx.accounts.retire(account.id, NOW)
        pseudonym = await tx.forgetting.pseudonym(person)
        await tx.forgetting.erase(person, pseudonym)
    return pseudonym


async def known(store: SqlStore, desk: Desk) -> Person:
    async with store.read() as tx:
        person = await tx.people.get(desk.person.id)
    assert person is not None
    return person


# -- what is gone


async def test_nothing_in_any_table_names_a_forgotten_person(
    store: SqlStore, marfa: Desk, olga: Desk
) -> None:
    """Also what they were called before, what they tried, and what others were told of them."""
    person = await known(store, marfa)
    naming = [*NAMING, str(person.id), person.id.hex]
    before = await dump(store)
    assert [word for word in NAMING if word not in before] == ["hunter2"]
    await forget(store, person)
    after = await dump(store)
    assert [word for word in naming if word in after] == []
    assert olga.person.name in after


async def test_what_waits_for_others_names_nobody_once_it_is_told(
    store: SqlStore, marfa: Desk, olga: Desk
) -> None:
    told = Notice(olga.person.id, NoticeKind.ALERT, "account_unlinked", Priority.NOTICE, {"name": NAME})
    async with store.write() as tx:
        await tx.outbox.put([told, told], NOW)
    await forget(store, await known(store, marfa))
    assert NAME in await dump(store)
    async with store.write() as tx:
        *_, last, lost = await tx.outbox.due(NOW, 99)
        assert last.notice == lost.notice == told
        await tx.outbox.delivered(last.id, NOW)
        await tx.outbox.give_up(lost.id, NOW, "the person has no reachable chat")
    assert NAME not in await dump(store)


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


async def test_the_trail_calls_an_account_by_one_name_all_the_time(store: SqlStore, marfa: Desk) -> None:
    pseudonym = await forget(store, await known(store, marfa))
    name = f"{pseudonym.name} 1"
    async with store.read() as tx:
        renamed = await tx.events.last("account.renamed", name)
        assert renamed is not None
        assert renamed.data == {"before": name, "after": name}
        assert await tx.events.happened("account.symbol", name)
        account = await tx.accounts.get(marfa.account.id)
    assert account is not None
    assert account.label == name


async def test_an_alert_waits_for_nobody_who_is_gone(store: SqlStore, marfa: Desk, olga: Desk) -> None:
    pseudonym = await forget(store, await known(store, marfa))
    async with store.read() as tx:
        [lasts] = await tx.escalations.lasting()
        over = await tx.escalations.get(lasts.id - 1)
    assert over is not None
    assert over.told == lasts.told == (olga.person.id,)
    assert (over.about, over.data["account"]) == (f"{pseudonym.name} 1", f"{pseudonym.name} 1")
    assert (lasts.name, lasts.about) == ("intent_unknown", "Olga's")


# -- what stays as it is


async def test_nobody_changes_anything_of_others_by_what_they_are_called(
    store: SqlStore, marfa: Desk
) -> None:
    """Not even in what may be changed there: only ids tell whose something is."""
    await _others(store)
    person = replace(await known(store, marfa), name="Olivia")
    async with store.write() as tx:
        await tx.people.put(person)
        for number, word in enumerate(WORDS):
            await tx.accounts.add(replace(an_account(person, LOGIN + 1 + number), label=word), "hunter2")
    before = await rows_of(store)
    await forget(store, person)
    after = await rows_of(store)
    for table, rows in before.items():
        theirs = [row for row in rows if not _is_of(row, marfa)]
        assert [row for row in theirs if row not in after[table]] == [], table


async def _others(store: SqlStore) -> None:
    """A desk full of the words, in rows of other people."""
    desk = await keep(store, a_desk(77))
    person, account = replace(desk.person, name="Olivia", roles=frozenset({Role.OWNER})), desk.account
    words: Json = {word: word for word in WORDS}
    said: Json = words | {"account": "x", "account_id": str(account.id)}
    decided = {"state": ApprovalState.APPROVED, "lots": "1", "reason": "fits"}
    asked = dict.fromkeys(
        ("kind", "symbol", "volume", "position", "price", "stop_loss", "take_profit"), "reason"
    )
    async with store.write() as tx:
        await tx.people.put(person)
        await tx.locks.set(LockKind.OWNER, DESK, "The desk is locked by Olivia: reason", NOW, person.id)
        await tx.locks.set(LockKind.PAUSE, Place(None, None, "EURUSD"), "EURUSD is paused", NOW, person.id)
        await tx.preferences.hold(person.id, "desk", said, NOW)
        await tx.escalations.begin(Escalation(0, "state", "desk", said, NOW, NOW, (person.id,)))
        await tx.outbox.put([Notice(person.id, NoticeKind.ALERT, "pause", Priority.NOTICE, said)], NOW)
        await tx.approvals.refuse(desk.approval.id, "No new trades now: reason fits Olivia", NOW)
        await tx.dialogs.save(Dialog(77, 77, NOW, "desk", {"approved": "approved"}))
        await tx.events.append(
            Event("order.asked", NOW, "4711", {**asked}, account.id, person.id),
            Event("approval.decided", NOW, "approved", {**decided}, account.id, person.id),
            Event(
                "desk.paused", NOW, "desk", {"text": "The desk is paused by Olivia: EURUSD"}, None, person.id
            ),
        )


def _is_of(row: Mapping[str, Any], desk: Desk) -> bool:
    ids = {desk.person.id.hex, desk.account.id.hex, str(TELEGRAM_ID)}
    return bool(ids & {str(value).replace("-", "") for value in row.values()}) or any(
        one in json.dumps(row, default=str).replace("-", "") for one in ids
    )


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


async def test_what_a_person_did_is_told_of_a_pseudonym_also_where_others_read_it(
    store: SqlStore, marfa: Desk, olga: Desk
) -> None:
    pseudonym = await forget(store, await known(store, marfa))
    said = f"The desk is locked by {pseudonym.name}: news"
    async with store.read() as tx:
        [lock] = await tx.locks.active(DESK)
        refused = await tx.approvals.get(olga.approval.id)
        ended = await tx.events.last("lock.ended", "desk")
    assert refused is not None
    assert ended is not None
    assert (lock.reason, lock.place, lock.set_by) == (said, DESK, pseudonym.id)
    assert refused.refusal == f"No new trades now: {said}"
    assert ended.data["text"].endswith(said) if isinstance(ended.data["text"], str) else False


def test_of_every_column_of_text_it_is_known_what_becomes_of_it() -> None:
    """A new one is put on a list of storage/personal.py, with the reason where it stays as it is."""
    listed = {*SENTENCES, *FACTS, *SUBJECTS, *ACCOUNT, *KEPT}
    assert len(listed) == sum(map(len, (SENTENCES, FACTS, SUBJECTS, ACCOUNT, KEPT)))
    free = {
        column for table in metadata.sorted_tables if table not in GONE for column in _texts(table.columns)
    }
    assert {str(column) for column in free ^ listed} == set()
    assert all(KEPT.values())


def _texts(columns: Any) -> list[Column[Any]]:
    return [one for one in columns if isinstance(getattr(one.type, "impl", one.type), Text | JSON)]


# -- afterwards, and before


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
    assert "account.symbol" in {event["name"] for event in rows["events"]}
    assert not [row for table in rows.values() for row in table if {"password", "digest"} & row.keys()]
    async with store.read() as tx:
        assert await tx.forgetting.exported(a_person(3)) == {}


@pytest.mark.parametrize(
    ("said", "left"),
    [
        ("Al, Alan and AL", "X, Alan and AL"),
        ("al 12 112 1.12 12.5 12. 12", "al X 112 1.12 12.5 X. X"),
        ("Al Ba and Al Bar", "Y and X Bar"),
    ],
)
def test_whole_words_and_numbers_only(said: str, left: str) -> None:
    id_ = PersonId(a_person(1).id)
    pseudonym = Pseudonym(id_, {"Al": "X", "Al Ba": "Y"}, frozenset({12}))
    assert pseudonym.in_own(said).replace(pseudonym.name, "X") == left


def test_facts_keep_their_names_and_those_that_programs_read() -> None:
    pseudonym = Pseudonym(PersonId(a_person(1).id), {"state": "X", "fits": "X"}, frozenset({12}))
    facts = {"state": "state", "reason": "it fits", "fits": 12, "login": 12, "before": "fits"}
    kept = {"state": "state", "reason": "it X", "fits": 12, "login": 0, "before": "fits"}
    assert pseudonym.in_own_facts(facts) == kept
    assert pseudonym.in_own_facts({"before": "fits"}, renamed=True) == {"before": "X"}

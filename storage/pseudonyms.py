"""By what a person who is to be forgotten is known here: every name and number, also former ones."""

import re
from collections.abc import Sequence
from typing import Any
from uuid import uuid4

from sqlalchemy import ColumnElement, Select, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from core.model.forgetting import RENAMED, Pseudonym
from core.model.ids import AccountId, PersonId
from core.model.people import Person
from core.model.risk import LockKind
from storage.personal import LABELLED
from storage.tables import accounts, events, knocks, liquidations, locks, panics, snapshots

_LINKING = ("account.linked", "account.unlinked", "account.link_failed")
_DONE_TO_OTHERS = {
    "person.blocked": "{name} blocked",
    "person.roles": "{name} took the role of a trader",
}
"""What others are told of who did it, by no id (core/people/roles.py)."""
_BY = re.compile(r" is (?:paused|locked|resumed|unlocked) by (.+?)(?:: .*|\.)?")
"""How the sentences of locks name who has set or released them (core/risk/locks.py)."""
_ID = re.compile(r"[\w-]+:.*|\d+|[0-9a-f]{8}-[0-9a-f-]{27}", re.DOTALL)
"""A place, a ticket or an id: no name."""


async def accounts_of(connection: AsyncConnection, person: PersonId) -> Sequence[AccountId]:
    """All that the person has or has had."""
    query = select(accounts.c.id).where(accounts.c.person_id == person).order_by(accounts.c.id)
    return (await connection.scalars(query)).all()


async def pseudonym_of(connection: AsyncConnection, person: Person) -> Pseudonym:
    """A new one for the person, with one name for each of their accounts."""
    made, mine = Pseudonym(PersonId(uuid4())), await accounts_of(connection, person.id)
    names = dict.fromkeys(await _names(connection, person, mine), made.name)
    for number, account in enumerate(mine, start=1):
        names |= dict.fromkeys(await _labels(connection, account), made.account(number))
    names.pop("", None)
    return Pseudonym(
        made.id,
        names,
        frozenset(await _numbers(connection, person)),
        frozenset({str(person.id), person.id.hex}),
        frozenset(await _sentences(connection, person)),
    )


async def _names(connection: AsyncConnection, person: Person, mine: Sequence[AccountId]) -> set[str]:
    """Also as Telegram and the brokers have told them, and as sentences called them before."""
    holders = select(snapshots.c.name).where(snapshots.c.account_id.in_(mine))
    strangers = select(knocks.c.name).where(knocks.c.telegram_id == person.telegram_id)
    locked = select(locks.c.reason).where(locks.c.set_by == person.id)
    said = select(events.c.data["text"].as_string()).where(
        events.c.person_id == person.id, events.c.name.in_(_told_by_name())
    )
    sentences = await _all(connection, locked) | await _all(connection, said)
    by = {found[1] for found in map(_named_in, sentences) if found}
    return {person.name, *by, *await _all(connection, holders), *await _all(connection, strangers)}


def _told_by_name() -> list[str]:
    of_places = [f"{noun}.{verb}" for noun in ("desk", "account", "source") for verb in ("paused", "resumed")]
    return [*of_places, "lock.set", "lock.released", "account.unlocked"]


def _named_in(sentence: str) -> re.Match[str] | None:
    """The shortest name that the sentence can end with."""
    begins = sentence.find(" is ")
    return _BY.fullmatch(sentence, begins) if begins >= 0 else None


async def _labels(connection: AsyncConnection, account: AccountId) -> set[str]:
    """Its name now, before it was renamed, and as its events have called it."""
    its = events.c.account_id == account
    now = select(accounts.c.label).where(accounts.c.id == account)
    called = select(events.c.subject).where(its, labelled())
    renamed = select(events.c.data).where(its, events.c.name == "account.renamed")
    changes = (await connection.scalars(renamed)).all()
    names = {subject.split(" #")[0] for subject in await _all(connection, called)}
    names |= {data[fact] for data in changes for fact in RENAMED} | await _all(connection, now)
    return {name for name in names if not _ID.fullmatch(name)}


async def _numbers(connection: AsyncConnection, person: Person) -> set[int]:
    """Their Telegram ids, and the logins that they have or have tried."""
    known = select(accounts.c.login).where(accounts.c.person_id == person.id)
    tried = select(events.c.data["login"].as_string()).where(
        events.c.person_id == person.id, events.c.name.in_(_LINKING)
    )
    logins = await _all(connection, known) | await _all(connection, tried)
    return {person.telegram_id, person.chat_id or person.telegram_id, *map(int, logins)}


async def _sentences(connection: AsyncConnection, person: Person) -> set[str]:
    """What the desk quotes to others of what the person did: locks, panics, and what they did to people. What
    a trader says of an own account is quoted to nobody else."""
    locked = select(locks.c.reason).where(locks.c.set_by == person.id, locks.c.kind != LockKind.OWN)
    began = liquidations.join(panics, liquidations.c.panic == panics.c.id)
    closed = select(liquidations.c.reason).select_from(began).where(panics.c.person_id == person.id)
    did = select(events.c.name).where(events.c.person_id == person.id, events.c.name.in_(_DONE_TO_OTHERS))
    done = {_DONE_TO_OTHERS[name].format(name=person.name) for name in await _all(connection, did)}
    return await _all(connection, locked) | await _all(connection, closed) | done


async def _all(connection: AsyncConnection, query: Select[Any]) -> set[Any]:
    """The different values; none that is empty."""
    return {value for value in await connection.scalars(query.distinct()) if value}


def labelled() -> ColumnElement[bool]:
    """Events whose subject is the name of their account, or begins with it."""
    return or_(*(events.c.name.startswith(beginning) for beginning in LABELLED))

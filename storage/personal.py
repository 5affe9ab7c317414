"""Which columns hold something of a person, and what becomes of each when the person is forgotten.

A column of text is on one of these lists (tests/storage/test_forgetting.py), so that a new one is thought of.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from sqlalchemy import Column, ColumnElement, Table, false, or_

from core.model.ids import AccountId, PersonId
from storage.tables import (
    accounts,
    approvals,
    dialogs,
    escalations,
    events,
    files,
    group_messages,
    held,
    incidents,
    intents,
    invites,
    knocks,
    liquidations,
    locks,
    marks,
    menus,
    metadata,
    outbox,
    people,
    reconciliation_log,
    requests,
    routes,
    sent_messages,
    signals,
    snapshots,
    sources,
    standing_approvals,
    trades,
    wishes,
)

TEXT = Column[Any]

SENTENCES: Final[Sequence[TEXT]] = (
    approvals.c.reason,
    approvals.c.refusal,
    approvals.c.obstacle,
    approvals.c.standing_note,
    standing_approvals.c.ended_because,
    intents.c.detail,
    liquidations.c.reason,
    liquidations.c.hold_reason,
    locks.c.reason,
    marks.c.reason,
    incidents.c.sentence,
    outbox.c.error,
)
"""What programs and people have written: without the person's names in their own rows, without the sentences
that tell of what they did in everybody's."""

FACTS: Final[Sequence[TEXT]] = (events.c.data, outbox.c.data, held.c.data, escalations.c.data)
"""Facts by name: the same, below those that core/model/forgetting.py lists; never the names themselves."""

SUBJECTS: Final[Sequence[TEXT]] = (events.c.subject, escalations.c.about, escalations.c.told)
"""What something is about: changed where it is the person or one of their accounts."""

LABELLED: Final = ("account.", "drawdown.", "health.", "task.", "reconciliation.", "market.break_even")
"""Events of an account whose subject is the account's name, or begins with it."""

ACCOUNT: Final[Sequence[TEXT]] = (
    accounts.c.label,
    accounts.c.terminal_path,
    accounts.c.server,
    accounts.c.password,
)
"""Replaced in the person's accounts, with the login."""

GONE: Final[Sequence[Table]] = (people, wishes, menus, knocks, dialogs, sent_messages, snapshots, requests)
"""The person's rows of these are removed."""

KEPT: Final[Mapping[TEXT, str]] = {
    accounts.c.policy: "limits, in numbers",
    accounts.c.symbols: "what the broker calls instruments",
    accounts.c.rules: "thresholds, in numbers",
    approvals.c.chart: "a timeframe",
    sources.c.name: "of the desk",
    sources.c.instruments: "of the desk",
    sources.c.secrets: "of the desk, sealed",
    invites.c.digest: "tells nothing without the link",
    events.c.name: "by it programs know what happened",
    events.c.trace: "an id of a signal, a liquidation or a mark",
    outbox.c.subject: "the name of an alert, or the number of what it shows",
    held.c.name: "the name of an alert",
    escalations.c.name: "the name of an alert",
    group_messages.c.subject: "the number of what it shows",
    files.c.key: "a digest of a picture's facts, or the number of what it shows",
    files.c.file_id: "Telegram's",
    routes.c.title: "the name of a group, which stays with another owner",
    routes.c.families: "which alerts go there",
    routes.c.reason: "what Telegram said of the group",
    signals.c.source_name: "of the desk",
    signals.c.external_id: "by it the source knows its signal",
    signals.c.instrument: "of the market",
    signals.c.entry_zone: "prices",
    signals.c.take_profits: "prices",
    signals.c.note: "what the source said of the market, to everybody",
    signals.c.webhook_id: "by it the source knows its message",
    signals.c.digest: "of the source's message",
    intents.c.symbol: "of the market",
    trades.c.symbol: "of the market",
    reconciliation_log.c.symbol: "of the market",
    reconciliation_log.c.unit: "of a number",
    reconciliation_log.c.facts: "prices, volumes and times",
    reconciliation_log.c.key: "by it programs know a divergence: kind and ticket",
    reconciliation_log.c.grade: "how large it is",
    locks.c.instrument: "of the desk",
    locks.c.place: "by it programs know where a lock holds: ids",
    marks.c.symbol: "of the market",
    marks.c.positions: "tickets",
    metadata.tables["drawdowns"].c.books: "sums of money",
}
"""What stays as it is, and why it may."""


def references() -> Iterator[Column[Any]]:
    """Every column that names a person by their id."""
    for table in metadata.sorted_tables:
        yield from _pointing(table, people)


def concerns(table: Table, person: PersonId, mine: Sequence[AccountId]) -> ColumnElement[bool]:
    """Whether a row has to do with the person: it names them or one of their accounts by id."""
    named = [column == person for column in _pointing(table, people)]
    return or_(false(), *named, *_of_accounts(table, mine))


def own(column: TEXT, person: PersonId, mine: Sequence[AccountId]) -> ColumnElement[bool]:
    """Whether what is written there is the person's: they have written it, or it is of one of their accounts.

    Who has released, acknowledged or decided something has not written it.
    """
    table = column.table
    authors = [table.c.held_by] if column is liquidations.c.hold_reason else _authors(table)
    return or_(false(), *(author == person for author in authors), *_of_accounts(table, mine))


def _authors(table: Table) -> list[TEXT]:
    return [column for column in _pointing(table, people) if column.name in ("person_id", "set_by")]


def _of_accounts(table: Table, mine: Sequence[AccountId]) -> Iterator[ColumnElement[bool]]:
    yield from (column.in_(mine) for column in _pointing(table, accounts))
    if table in (outbox, held, escalations):
        yield table.c.data["account_id"].as_string().in_([str(account) for account in mine])


def _pointing(table: Table, parent: Table) -> Iterator[Column[Any]]:
    for column in table.columns:
        if any(key.column is parent.c.id for key in column.foreign_keys):
            yield column

"""Events (facts that happened) and notices (what a person is told of them)."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import IntEnum, StrEnum
from typing import Self

from core.model.ids import AccountId, PersonId

Json = dict[str, "str | int | bool | list[str] | None"]


@dataclass(frozen=True, slots=True)
class Event:
    """A fact of the audit trail, written in the transaction of the change it tells of.

    `subject` names what changed, `trace` is the signal's id from its arrival to the close (a liquidation and
    a mark of the market guard have their own), `version` that of the shape of `data`.
    """

    name: str
    at: datetime
    subject: str
    data: Json = field(default_factory=dict)
    account_id: AccountId | None = None
    person_id: PersonId | None = None
    trace: str = ""
    version: int = 1


@dataclass(frozen=True, slots=True)
class Recorded:
    """An event as the audit trail holds it: a later one has a larger id."""

    id: int
    event: Event


@dataclass(frozen=True, slots=True)
class EventFilter:
    """Which events are wanted; None or nothing for any. `since` is included, `until` is not."""

    since: datetime | None = None
    until: datetime | None = None
    name_prefix: str = ""
    account: AccountId | None = None
    person: PersonId | None = None

    def of(self, account: AccountId) -> Self:
        """The same of one account only."""
        return replace(self, account=account)


class Priority(IntEnum):
    """Which notice goes first when Telegram is slow."""

    CRITICAL = 0
    CARD = 1
    NOTICE = 2
    DIGEST = 3


class NoticeKind(StrEnum):
    """`ALERT` tells a fact once, the others bring a message up to date with its subject: `REQUEST` what
    became of one that was confirmed, `PANIC` how far it is."""

    CARD = "card"
    LIQUIDATION = "liquidation"
    DIVERGENCE = "divergence"
    STATUS = "status"
    REQUEST = "request"
    PANIC = "panic"
    KNOCK = "knock"
    CONSENT = "consent"
    ESCALATION = "escalation"
    DIGEST = "digest"
    ALERT = "alert"


@dataclass(frozen=True, slots=True)
class Notice:
    """What the outbox holds for one person.

    `subject` is the name of an alert, else the id of the approval, liquidation or log row. Such a notice has
    no content of its own: the relay renders the newest state when it delivers, so several of the same
    subject collapse into one edit. One with a `route` goes to its group, in the words of that person.
    """

    person_id: PersonId
    kind: NoticeKind
    subject: str
    priority: Priority
    data: Json = field(default_factory=dict)
    route: int | None = None

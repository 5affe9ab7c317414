"""What a person asks to be done with one position or pending order, from the question to its answer."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from core.model.ids import AccountId, IntentId, PersonId
from core.model.instruments import Side


class RequestKind(StrEnum):
    """The first four of a position, the others of a pending order; `TYPED` are those that need a price."""

    CLOSE = "close"
    BREAK_EVEN = "break_even"
    STOP = "stop"
    TARGET = "target"
    CANCEL = "cancel"
    MOVE = "move"

    @property
    def is_of_order(self) -> bool:
        return self in (RequestKind.CANCEL, RequestKind.MOVE)


TYPED = (RequestKind.STOP, RequestKind.TARGET, RequestKind.MOVE)


class RequestState(StrEnum):
    """`TYPING` until a price was written, `ASKED` until it is confirmed, `QUEUED` with its intent, `DROPPED`
    when it is not wanted any more."""

    TYPING = "typing"
    ASKED = "asked"
    QUEUED = "queued"
    DROPPED = "dropped"


@dataclass(frozen=True, slots=True)
class Request:
    """A wish before it is an intent, with what the person was shown when they were asked.

    `ticket` is the position's identifier or the order's ticket, `volume` and `level` (the entry, the stop or
    the target that is to be changed, None for none) what it had then. `lots` is the part to close, None for
    all; `price` the new level, 0 to remove it, None while it is typed. It may be confirmed until `until`.
    `intent_id` is what carries it out.
    """

    id: int
    person_id: PersonId
    account_id: AccountId
    kind: RequestKind
    state: RequestState
    ticket: int
    symbol: str
    side: Side
    volume: Decimal
    until: datetime
    level: Decimal | None = None
    lots: Decimal | None = None
    price: Decimal | None = None
    intent_id: IntentId | None = None

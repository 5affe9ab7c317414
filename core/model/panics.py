"""A panic: everything on every account closed at one tap."""

from dataclasses import dataclass
from datetime import datetime

from core.model.ids import PersonId


@dataclass(frozen=True, slots=True)
class Panic:
    """Asked for by an owner; the liquidations that name it are what it does."""

    id: int
    person_id: PersonId
    at: datetime

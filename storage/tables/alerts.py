"""How people want to be told, what waits for them, and what goes from one to the next."""

from sqlalchemy import Column, ForeignKey, Index, Table, Text, Time, UniqueConstraint

from core.model.alerts import Family, Wish
from core.model.ids import PersonId
from storage.tables.base import belongs_to, metadata, unique_where
from storage.types import Document, Id64, Typed, UtcTime, one_of

wishes = Table(
    "wishes",
    metadata,
    Column("person_id", ForeignKey("people.id", ondelete="CASCADE"), primary_key=True),
    Column("event", Text, primary_key=True),
    Column("wish", one_of(Wish, "wish"), nullable=False),
)


quiet_hours = Table(
    "quiet_hours",
    metadata,
    Column("person_id", ForeignKey("people.id", ondelete="CASCADE"), primary_key=True),
    Column("begins", Time, nullable=False),
    Column("ends", Time, nullable=False),
)


held = Table(
    "held",
    metadata,
    Column("id", Id64, primary_key=True),
    belongs_to("people", "person_id", ondelete="CASCADE"),
    Column("name", Text, nullable=False),
    Column("data", Document, nullable=False),
    Column("at", UtcTime, nullable=False),
    Index("ix_held_person_id", "person_id", "id"),
    # What a digest has told is removed up to a number; one that came back would never be told.
    sqlite_autoincrement=True,
)


escalations = Table(
    "escalations",
    metadata,
    Column("id", Id64, primary_key=True),
    Column("name", Text, nullable=False),
    Column("about", Text, nullable=False),
    Column("data", Document, nullable=False),
    Column("began_at", UtcTime, nullable=False),
    Column("told_at", UtcTime, nullable=False),
    Column("told", Typed[tuple[PersonId, ...]](tuple[PersonId, ...]), nullable=False),
    belongs_to("people", "acknowledged_by", ondelete="SET NULL", nullable=True),
    Column("acknowledged_at", UtcTime),
    Column("over_at", UtcTime),
    unique_where(
        "uq_escalations_lasting", "name", "about", where="acknowledged_at IS NULL AND over_at IS NULL"
    ),
    # Messages name it; a number that came back would show another one.
    sqlite_autoincrement=True,
)


routes = Table(
    "routes",
    metadata,
    Column("id", Id64, primary_key=True),
    Column("chat_id", Id64, nullable=False),
    Column("topic", Id64, nullable=False),
    Column("title", Text, nullable=False),
    Column("families", Typed[frozenset[Family]](frozenset[Family]), nullable=False),
    belongs_to("people", "person_id", ondelete="CASCADE"),
    Column("added_at", UtcTime, nullable=False),
    Column("paused_at", UtcTime),
    Column("reason", Text, nullable=False),
    UniqueConstraint("chat_id", "topic"),
    sqlite_autoincrement=True,
)

"""Who comes to the desk, and what each person's menu shows."""

from sqlalchemy import Column, ForeignKey, Index, Integer, Table, Text

from core.model.joining import KnockState
from core.model.people import Language, Role
from storage.tables.base import belongs_to, metadata
from storage.types import Id64, UtcTime, one_of

invites = Table(
    "invites",
    metadata,
    Column("id", Id64, primary_key=True),
    Column("digest", Text, nullable=False, unique=True),
    Column("role", one_of(Role, "role"), nullable=False),
    Column("uses", Integer, nullable=False),
    Column("used", Integer, nullable=False),
    Column("created_at", UtcTime, nullable=False),
    Column("expires_at", UtcTime, nullable=False),
    belongs_to("people", "created_by"),
    Column("revoked_at", UtcTime),
    Index("ix_invites_expires_at", "expires_at"),
)


knocks = Table(
    "knocks",
    metadata,
    Column("id", Id64, primary_key=True),
    Column("telegram_id", Id64, nullable=False, unique=True),
    Column("chat_id", Id64, nullable=False),
    Column("name", Text, nullable=False),
    Column("language", one_of(Language, "language"), nullable=False),
    Column("state", one_of(KnockState, "state"), nullable=False),
    Column("knocked_at", UtcTime, nullable=False),
    Column("asks", Integer, nullable=False),
    Column("asked_at", UtcTime),
    Column("decided_at", UtcTime),
    belongs_to("people", "decided_by", nullable=True),
    Column("role", one_of(Role, "role")),
    Index("ix_knocks_knocked_at", "knocked_at"),
    # A number that came back would let an old button decide about somebody else.
    sqlite_autoincrement=True,
)


menus = Table(
    "menus",
    metadata,
    Column("person_id", ForeignKey("people.id", ondelete="CASCADE"), primary_key=True),
    Column("digest", Text, nullable=False),
)

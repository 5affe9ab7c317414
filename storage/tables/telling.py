"""What happened, and who is told of it."""

from enum import StrEnum

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, Table, Text

from core.model.events import NoticeKind, Priority
from storage.tables.base import belongs_to, metadata, unique_where
from storage.types import Document, Id64, Rank, UtcTime, one_of


class OutboxState(StrEnum):
    WAITING = "waiting"
    DELIVERED = "delivered"
    GIVEN_UP = "given_up"


events = Table(
    "events",
    metadata,
    Column("id", Id64, primary_key=True),
    Column("name", Text, nullable=False),
    Column("at", UtcTime, nullable=False),
    Column("subject", Text, nullable=False),
    Column("data", Document, nullable=False),
    belongs_to("accounts", "account_id", nullable=True),
    belongs_to("people", "person_id", nullable=True),
    Column("trace", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Index("ix_events_name_subject", "name", "subject"),
    Index("ix_events_at", "at", "id"),
)


outbox = Table(
    "outbox",
    metadata,
    Column("id", Id64, primary_key=True),
    belongs_to("people", "person_id", ondelete="CASCADE"),
    Column("kind", one_of(NoticeKind, "kind"), nullable=False),
    Column("subject", Text, nullable=False),
    Column("priority", Rank(Priority), nullable=False),
    Column("data", Document, nullable=False),
    Column("state", one_of(OutboxState, "state"), nullable=False),
    Column("created_at", UtcTime, nullable=False),
    Column("due_at", UtcTime, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("done_at", UtcTime),
    Column("error", Text),
    Column("in_doubt", Boolean, nullable=False),
    Column("route", ForeignKey("routes.id", ondelete="CASCADE")),
    unique_where(
        "uq_outbox_one_waiting",
        "person_id",
        "kind",
        "subject",
        where="state = 'waiting' AND kind <> 'alert' AND route IS NULL",
    ),
    unique_where(
        "uq_outbox_one_waiting_there",
        "route",
        "kind",
        "subject",
        where="state = 'waiting' AND kind <> 'alert' AND route IS NOT NULL",
    ),
    Index("ix_outbox_state_priority", "state", "priority", "created_at", "id"),
    Index("ix_outbox_state_created_at", "state", "created_at"),
    # A notice that absorbs another takes a new number; a number that came back would undo that.
    sqlite_autoincrement=True,
)


sent_messages = Table(
    "sent_messages",
    metadata,
    Column("kind", one_of(NoticeKind, "kind"), primary_key=True),
    Column("subject", Text, primary_key=True),
    Column("person_id", ForeignKey("people.id", ondelete="CASCADE"), primary_key=True),
    Column("chat_id", Id64, nullable=False),
    Column("message_id", Id64, nullable=False),
    Column("has_photo", Boolean, nullable=False),
    Column("sent_at", UtcTime, nullable=False),
    Index("ix_sent_messages_sent_at", "sent_at"),
)


group_messages = Table(
    "group_messages",
    metadata,
    Column("kind", one_of(NoticeKind, "kind"), primary_key=True),
    Column("subject", Text, primary_key=True),
    Column("route", ForeignKey("routes.id", ondelete="CASCADE"), primary_key=True),
    Column("chat_id", Id64, nullable=False),
    Column("message_id", Id64, nullable=False),
    Column("has_photo", Boolean, nullable=False),
    Column("sent_at", UtcTime, nullable=False),
    Index("ix_group_messages_sent_at", "sent_at"),
)


files = Table(
    "files",
    metadata,
    Column("key", Text, primary_key=True),
    Column("file_id", Text, nullable=False),
    Column("uploaded_at", UtcTime, nullable=False),
    Index("ix_files_uploaded_at", "uploaded_at"),
)


dialogs = Table(
    "dialogs",
    metadata,
    Column("chat_id", Id64, primary_key=True, autoincrement=False),
    Column("user_id", Id64, primary_key=True, autoincrement=False),
    Column("changed_at", UtcTime, nullable=False),
    Column("step", Text),
    Column("answers", Document, nullable=False),
)

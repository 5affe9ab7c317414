"""Who and what the desk consists of."""

from sqlalchemy import (
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    Interval,
    Table,
    Text,
    Uuid,
)

from core.model.accounts import RiskPolicy, TerminalKind
from core.model.people import Language, Role
from core.model.thresholds import Rules
from storage.tables.base import belongs_to, metadata, unique_where
from storage.types import Id64, Typed, UtcTime, one_of

people = Table(
    "people",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("telegram_id", Id64, nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("chat_id", Id64),
    Column("reachable", Boolean, nullable=False),
    Column("consent_version", Integer),
    Column("language", one_of(Language, "language"), nullable=False),
    Column("zone", Text, nullable=False),
    Column("blocked_at", UtcTime),
    Column("of_desk_file", Boolean, nullable=False),
)


roles = Table(
    "roles",
    metadata,
    Column("person_id", ForeignKey("people.id", ondelete="CASCADE"), primary_key=True),
    Column("role", one_of(Role, "role"), primary_key=True),
    Index("ix_roles_role", "role"),
)


consents = Table(
    "consents",
    metadata,
    Column("person_id", ForeignKey("people.id", ondelete="RESTRICT"), primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("accepted_at", UtcTime, nullable=False),
)


accounts = Table(
    "accounts",
    metadata,
    Column("id", Uuid, primary_key=True),
    belongs_to("people", "person_id"),
    Column("label", Text, nullable=False),
    Column("kind", one_of(TerminalKind, "kind"), nullable=False),
    Column("terminal_path", Text, nullable=False),
    Column("login", Id64, nullable=False),
    Column("server", Text, nullable=False),
    Column("policy", Typed[RiskPolicy](RiskPolicy), nullable=False),
    Column("symbols", Typed[dict[str, str]](dict[str, str]), nullable=False),
    Column("rules", Typed[Rules](Rules), nullable=False),
    Column("password", Text, nullable=False),
    Column("of_desk_file", Boolean, nullable=False),
    Column("retired_at", UtcTime),
    unique_where("uq_accounts_linked", "server", "login", where="retired_at IS NULL"),
    Index("ix_accounts_person_id", "person_id"),
)


sources = Table(
    "sources",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("name", Text, nullable=False, unique=True),
    Column("instruments", Typed[frozenset[str]](frozenset[str]), nullable=False),
    Column("per_minute", Integer, nullable=False),
    Column("default_expiry", Interval, nullable=False),
    Column("secrets", Text, nullable=False),
)

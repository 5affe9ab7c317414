"""The tables. A column is named as the field of the dataclass that it holds.

Nothing that concerns money is deleted with its owner (RESTRICT); what can be made again is (CASCADE).
"""

from decimal import Decimal
from enum import StrEnum

from sqlalchemy import (
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    Interval,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)

from core.model.accounts import RiskPolicy, TerminalKind
from core.model.approvals import ApprovalState
from core.model.divergences import DivergenceKind
from core.model.events import NoticeKind, Priority
from core.model.instruments import Side
from core.model.mt5 import MT5Order, MT5Position
from core.model.people import Role
from core.model.risk import LiquidationState, LockKind
from core.model.signals import OrderKind
from core.model.trades import CloseReason, IntentKind, IntentState, TradeState
from storage.types import Document, ExactDecimal, Id64, Rank, Typed, UtcTime, one_of


class OutboxState(StrEnum):
    WAITING = "waiting"
    DELIVERED = "delivered"
    GIVEN_UP = "given_up"


class DrawdownAlert(StrEnum):
    WARNED = "warned"
    RECOVERED = "recovered"
    BREACHED = "breached"


metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
    }
)


def _of(parent: str, name: str, *, ondelete: str = "RESTRICT", nullable: bool = False) -> Column[object]:
    return Column(name, ForeignKey(f"{parent}.id", ondelete=ondelete), nullable=nullable)


def _unique_where(name: str, *columns: str, where: str) -> Index:
    """A unique index over some rows only; SQLite and PostgreSQL take the same condition."""
    return Index(name, *columns, unique=True, sqlite_where=text(where), postgresql_where=text(where))


people = Table(
    "people",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("telegram_id", Id64, nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("chat_id", Id64),
    Column("reachable", Boolean, nullable=False),
    Column("consent_version", Integer),
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
    _of("people", "person_id"),
    Column("label", Text, nullable=False),
    Column("kind", one_of(TerminalKind, "kind"), nullable=False),
    Column("terminal_path", Text, nullable=False),
    Column("login", Id64, nullable=False),
    Column("server", Text, nullable=False),
    Column("policy", Typed[RiskPolicy](RiskPolicy), nullable=False),
    Column("symbols", Typed[dict[str, str]](dict[str, str]), nullable=False),
    Column("password", Text, nullable=False),
    UniqueConstraint("server", "login"),
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

signals = Table(
    "signals",
    metadata,
    Column("id", Uuid, primary_key=True),
    _of("sources", "source_id"),
    Column("source_name", Text, nullable=False),
    Column("external_id", Text, nullable=False),
    Column("instrument", Text, nullable=False),
    Column("side", one_of(Side, "side"), nullable=False),
    Column("kind", one_of(OrderKind, "kind"), nullable=False),
    Column("entry", ExactDecimal, nullable=False),
    Column("entry_zone", Typed[tuple[Decimal, Decimal]](tuple[Decimal, Decimal])),
    Column("stop_loss", ExactDecimal),
    Column("take_profits", Typed[tuple[Decimal, ...]](tuple[Decimal, ...]), nullable=False),
    Column("received_at", UtcTime, nullable=False),
    Column("expires_at", UtcTime, nullable=False),
    Column("note", Text, nullable=False),
    Column("webhook_id", Text, nullable=False),
    Column("digest", Text, nullable=False),
    UniqueConstraint("source_id", "webhook_id"),
    UniqueConstraint("source_id", "external_id"),
    Index("ix_signals_received_at", "received_at", "id"),
    Index("ix_signals_source_id_received_at", "source_id", "received_at", "id"),
)

approvals = Table(
    "approvals",
    metadata,
    Column("id", Uuid, primary_key=True),
    _of("signals", "signal_id"),
    _of("people", "person_id"),
    _of("accounts", "account_id"),
    Column("state", one_of(ApprovalState, "state"), nullable=False),
    Column("version", Integer, nullable=False),
    Column("expires_at", UtcTime, nullable=False),
    Column("lots", ExactDecimal),
    Column("risk", ExactDecimal),
    Column("reason", Text),
    Column("decided_at", UtcTime),
    Column("consent_version", Integer),
    UniqueConstraint("signal_id", "account_id"),
    Index("ix_approvals_state_expires_at", "state", "expires_at"),
    Index("ix_approvals_person_id_expires_at", "person_id", "expires_at", "id"),
)

hosts = Table(
    "hosts",
    metadata,
    Column("epoch", Id64, primary_key=True),
    Column("started_at", UtcTime, nullable=False),
    # An epoch must never come back, not even when the newest row was deleted by hand.
    sqlite_autoincrement=True,
)

intents = Table(
    "intents",
    metadata,
    Column("id", Id64, primary_key=True, autoincrement=False),
    _of("accounts", "account_id"),
    Column("kind", one_of(IntentKind, "kind"), nullable=False),
    Column("state", one_of(IntentState, "state"), nullable=False),
    Column("symbol", Text, nullable=False),
    Column("side", one_of(Side, "side"), nullable=False),
    Column("order_kind", one_of(OrderKind, "order_kind"), nullable=False),
    Column("volume", ExactDecimal, nullable=False),
    Column("created_at", UtcTime, nullable=False),
    Column("expires_at", UtcTime, nullable=False),
    _of("approvals", "approval_id", nullable=True),
    _of("signals", "signal_id", nullable=True),
    Column("price", ExactDecimal),
    Column("stop_loss", ExactDecimal),
    Column("take_profit", ExactDecimal),
    Column("position", Id64),
    Column("sent_at", UtcTime),
    Column("settled_at", UtcTime),
    Column("retcode", Integer),
    Column("filled_volume", ExactDecimal),
    Column("filled_price", ExactDecimal),
    Column("detail", Text, nullable=False),
    Column("clean_misses", Integer, nullable=False),
    Column("epoch", ForeignKey("hosts.epoch", ondelete="RESTRICT")),
    _unique_where("uq_intents_one_sending", "account_id", where="state = 'sending'"),
    Index("ix_intents_account_id_state", "account_id", "state", "created_at", "id"),
    Index("ix_intents_state_epoch", "state", "epoch"),
    Index("ix_intents_approval_id", "approval_id"),
)

trades = Table(
    "trades",
    metadata,
    Column("id", Uuid, primary_key=True),
    _of("accounts", "account_id"),
    Column("intent_id", ForeignKey("intents.id", ondelete="RESTRICT"), unique=True),
    _of("signals", "signal_id", nullable=True),
    Column("position", Id64, nullable=False),
    Column("symbol", Text, nullable=False),
    Column("side", one_of(Side, "side"), nullable=False),
    Column("volume", ExactDecimal, nullable=False),
    Column("expected_price", ExactDecimal, nullable=False),
    Column("open_price", ExactDecimal, nullable=False),
    Column("stop_loss", ExactDecimal),
    Column("take_profit", ExactDecimal),
    Column("opened_at", UtcTime, nullable=False),
    Column("state", one_of(TradeState, "state"), nullable=False),
    Column("closed_at", UtcTime),
    Column("close_price", ExactDecimal),
    Column("close_reason", one_of(CloseReason, "close_reason")),
    Column("profit", ExactDecimal),
    Column("missing_reads", Integer, nullable=False),
    UniqueConstraint("account_id", "position"),
    Index("ix_trades_account_id_state", "account_id", "state", "closed_at"),
    Index("ix_trades_account_id_opened_at", "account_id", "opened_at"),
)

snapshots = Table(
    "snapshots",
    metadata,
    Column("account_id", ForeignKey("accounts.id", ondelete="CASCADE"), primary_key=True),
    Column("login", Id64, nullable=False),
    Column("server", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("currency", Text, nullable=False),
    Column("leverage", Integer, nullable=False),
    Column("trade_mode", Integer, nullable=False),
    Column("margin_mode", Integer, nullable=False),
    Column("fifo_close", Boolean, nullable=False),
    Column("balance", ExactDecimal, nullable=False),
    Column("credit", ExactDecimal, nullable=False),
    Column("equity", ExactDecimal, nullable=False),
    Column("profit", ExactDecimal, nullable=False),
    Column("margin", ExactDecimal, nullable=False),
    Column("margin_free", ExactDecimal, nullable=False),
    Column("trade_allowed", Boolean, nullable=False),
    Column("trade_expert", Boolean, nullable=False),
    Column("terminal_trade_allowed", Boolean, nullable=False),
    Column("tradeapi_disabled", Boolean, nullable=False),
    Column("ping_us", Id64, nullable=False),
    Column("build", Integer, nullable=False),
    Column("read_at", UtcTime, nullable=False),
    Column("positions", Typed[tuple[MT5Position, ...]](tuple[MT5Position, ...]), nullable=False),
    Column("orders", Typed[tuple[MT5Order, ...]](tuple[MT5Order, ...]), nullable=False),
)

reconciliation_log = Table(
    "reconciliation_log",
    metadata,
    Column("id", Id64, primary_key=True),
    _of("accounts", "account_id"),
    Column("kind", one_of(DivergenceKind, "kind"), nullable=False),
    Column("status", Integer, nullable=False),
    Column("position", Id64, nullable=False),
    Column("symbol", Text, nullable=False),
    Column("size", ExactDecimal, nullable=False),
    Column("unit", Text, nullable=False),
    Column("facts", Typed[dict[str, str]](dict[str, str]), nullable=False),
    _of("trades", "trade_id", nullable=True),
    Column("key", Text, nullable=False),
    Column("found_at", UtcTime, nullable=False),
    Column("ended_at", UtcTime),
    _unique_where("uq_reconciliation_log_lasting", "account_id", "key", where="ended_at IS NULL"),
    _unique_where("uq_reconciliation_log_closed", "account_id", "key", where="kind = 'closed'"),
    Index("ix_reconciliation_log_account_id", "account_id", "id"),
    Index("ix_reconciliation_log_account_id_kind", "account_id", "kind", "ended_at"),
)

drawdowns = Table(
    "drawdowns",
    metadata,
    Column("account_id", ForeignKey("accounts.id", ondelete="CASCADE"), primary_key=True),
    Column("peak", ExactDecimal, nullable=False),
    Column("equity", ExactDecimal, nullable=False),
    Column("flows_until", UtcTime, nullable=False),
    Column("level", ExactDecimal, nullable=False),
    Column("read_at", UtcTime, nullable=False),
)

drawdown_alerts = Table(
    "drawdown_alerts",
    metadata,
    Column("id", Id64, primary_key=True),
    _of("accounts", "account_id"),
    Column("kind", one_of(DrawdownAlert, "kind"), nullable=False),
    Column("peak", ExactDecimal, nullable=False),
    Column("equity", ExactDecimal, nullable=False),
    Column("level", ExactDecimal, nullable=False),
    Column("at", UtcTime, nullable=False),
    Index("ix_drawdown_alerts_account_id", "account_id", "id"),
)

liquidations = Table(
    "liquidations",
    metadata,
    Column("id", Id64, primary_key=True),
    _of("accounts", "account_id"),
    Column("state", one_of(LiquidationState, "state"), nullable=False),
    Column("reason", Text, nullable=False),
    Column("started_at", UtcTime, nullable=False),
    Column("fires_at", UtcTime, nullable=False),
    Column("clean_reads", Integer, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("finished_at", UtcTime),
    _unique_where("uq_liquidations_one_running", "account_id", where="state <> 'locked'"),
    Index("ix_liquidations_account_id_state", "account_id", "state"),
)

locks = Table(
    "locks",
    metadata,
    Column("id", Id64, primary_key=True),
    Column("kind", one_of(LockKind, "kind"), nullable=False),
    _of("accounts", "account_id", nullable=True),
    Column("reason", Text, nullable=False),
    Column("set_at", UtcTime, nullable=False),
    _of("people", "set_by", nullable=True),
    Column("released_at", UtcTime),
    _of("people", "released_by", nullable=True),
    _unique_where("uq_locks_account", "account_id", "kind", where="released_at IS NULL"),
    # NULLs differ from each other in a unique index, so the whole desk needs one of its own.
    _unique_where("uq_locks_desk", "kind", where="released_at IS NULL AND account_id IS NULL"),
)

events = Table(
    "events",
    metadata,
    Column("id", Id64, primary_key=True),
    Column("name", Text, nullable=False),
    Column("at", UtcTime, nullable=False),
    Column("subject", Text, nullable=False),
    Column("data", Document, nullable=False),
    _of("accounts", "account_id", nullable=True),
    _of("people", "person_id", nullable=True),
    Column("trace", Text, nullable=False),
    Index("ix_events_subject_name", "subject", "name"),
)

outbox = Table(
    "outbox",
    metadata,
    Column("id", Id64, primary_key=True),
    _of("people", "person_id", ondelete="CASCADE"),
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
    _unique_where(
        "uq_outbox_one_waiting",
        "person_id",
        "kind",
        "subject",
        where="state = 'waiting' AND kind IN ('card', 'liquidation')",
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
)

files = Table(
    "files",
    metadata,
    Column("key", Text, primary_key=True),
    Column("file_id", Text, nullable=False),
)

"""From a signal to a trade."""

from decimal import Decimal

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, Table, Text, UniqueConstraint, Uuid

from core.model.approvals import ApprovalState, SizedBy
from core.model.instruments import Side
from core.model.requests import RequestKind, RequestState
from core.model.signals import OrderKind
from core.model.trades import CloseReason, IntentKind, IntentState, TradeState
from storage.tables.base import belongs_to, metadata, unique_where
from storage.types import ExactDecimal, Id64, Typed, UtcTime, one_of

signals = Table(
    "signals",
    metadata,
    Column("id", Uuid, primary_key=True),
    belongs_to("sources", "source_id"),
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
    belongs_to("signals", "signal_id"),
    belongs_to("people", "person_id"),
    belongs_to("accounts", "account_id"),
    Column("state", one_of(ApprovalState, "state"), nullable=False),
    Column("version", Integer, nullable=False),
    Column("expires_at", UtcTime, nullable=False),
    Column("lots", ExactDecimal),
    Column("risk", ExactDecimal),
    Column("margin", ExactDecimal),
    Column("reason", Text),
    Column("decided_at", UtcTime),
    Column("consent_version", Integer),
    Column("refusal", Text),
    Column("refused_at", UtcTime),
    Column("sized_by", one_of(SizedBy, "sized_by")),
    Column("factor", ExactDecimal, nullable=False),
    Column("obstacle", Text),
    Column("undo_until", UtcTime),
    Column("standing_id", Id64),
    Column("standing_note", Text),
    Column("chart", Text),
    UniqueConstraint("signal_id", "account_id"),
    Index("ix_approvals_state_expires_at", "state", "expires_at"),
    Index("ix_approvals_person_id_expires_at", "person_id", "expires_at", "id"),
    Index("ix_approvals_standing_id_decided_at", "standing_id", "decided_at"),
)


standing_approvals = Table(
    "standing_approvals",
    metadata,
    Column("id", Id64, primary_key=True),
    belongs_to("people", "person_id", ondelete="CASCADE"),
    belongs_to("accounts", "account_id", ondelete="CASCADE"),
    belongs_to("sources", "source_id", ondelete="CASCADE"),
    Column("version", Integer, nullable=False),
    Column("max_lots", ExactDecimal, nullable=False),
    Column("max_per_day", Integer, nullable=False),
    Column("max_open_risk_percent", ExactDecimal, nullable=False),
    Column("days", Integer, nullable=False),
    Column("created_at", UtcTime, nullable=False),
    Column("consent_version", Integer),
    Column("risk_version", Integer),
    Column("accepted_at", UtcTime),
    Column("expires_at", UtcTime),
    Column("ended_at", UtcTime),
    Column("ended_because", Text),
    unique_where(
        "uq_standing_approvals_holding",
        "account_id",
        "source_id",
        where="accepted_at IS NOT NULL AND ended_at IS NULL",
    ),
    Index("ix_standing_approvals_person_id", "person_id", "id"),
    # A button names the number: it must never come back for another one.
    sqlite_autoincrement=True,
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
    belongs_to("accounts", "account_id"),
    Column("kind", one_of(IntentKind, "kind"), nullable=False),
    Column("state", one_of(IntentState, "state"), nullable=False),
    Column("symbol", Text, nullable=False),
    Column("side", one_of(Side, "side"), nullable=False),
    Column("order_kind", one_of(OrderKind, "order_kind"), nullable=False),
    Column("volume", ExactDecimal, nullable=False),
    Column("created_at", UtcTime, nullable=False),
    Column("expires_at", UtcTime, nullable=False),
    belongs_to("approvals", "approval_id", nullable=True),
    belongs_to("signals", "signal_id", nullable=True),
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
    Column("opposite", Id64),
    Column("order_expires_at", UtcTime),
    Column("not_before", UtcTime),
    Column("risk", ExactDecimal),
    Column("margin", ExactDecimal),
    Column("margin_free", ExactDecimal),
    Column("pip", ExactDecimal),
    Column("leg", Integer),
    Column("epoch", ForeignKey("hosts.epoch", ondelete="RESTRICT")),
    unique_where("uq_intents_one_sending", "account_id", where="state = 'sending'"),
    Index("ix_intents_account_id_state", "account_id", "state", "created_at", "id"),
    Index("ix_intents_state_epoch", "state", "epoch"),
    Index("ix_intents_approval_id", "approval_id"),
    Index("ix_intents_kind_created_at", "kind", "created_at", "id"),
    Index("ix_intents_signal_id", "signal_id"),
)


trades = Table(
    "trades",
    metadata,
    Column("id", Uuid, primary_key=True),
    belongs_to("accounts", "account_id"),
    Column("intent_id", ForeignKey("intents.id", ondelete="RESTRICT"), unique=True),
    belongs_to("signals", "signal_id", nullable=True),
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
    Column("shared", Boolean, nullable=False),
    unique_where("uq_trades_position", "account_id", "position", where="NOT shared"),
    Index("ix_trades_account_id_position", "account_id", "position"),
    Index("ix_trades_account_id_state", "account_id", "state", "closed_at"),
    Index("ix_trades_account_id_opened_at", "account_id", "opened_at"),
    Index("ix_trades_signal_id", "signal_id"),
    Index("ix_trades_state", "state"),
)


requests = Table(
    "requests",
    metadata,
    Column("id", Id64, primary_key=True),
    belongs_to("people", "person_id", ondelete="CASCADE"),
    belongs_to("accounts", "account_id", ondelete="CASCADE"),
    Column("kind", one_of(RequestKind, "kind"), nullable=False),
    Column("state", one_of(RequestState, "state"), nullable=False),
    Column("ticket", Id64, nullable=False),
    Column("symbol", Text, nullable=False),
    Column("side", one_of(Side, "side"), nullable=False),
    Column("volume", ExactDecimal, nullable=False),
    Column("until", UtcTime, nullable=False),
    Column("level", ExactDecimal),
    Column("lots", ExactDecimal),
    Column("price", ExactDecimal),
    belongs_to("intents", "intent_id", ondelete="CASCADE", nullable=True),
    Index("ix_requests_intent_id", "intent_id"),
    Index("ix_requests_until", "until"),
    sqlite_autoincrement=True,  # a button names the number: it must never come back for another one
)

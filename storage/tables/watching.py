"""What is read from the terminals and concluded from it."""

from enum import StrEnum

from sqlalchemy import Boolean, Column, Date, ForeignKey, Index, Integer, Interval, Table, Text

from core.model.books import Books
from core.model.divergences import Decision, DivergenceKind
from core.model.incidents import Trouble
from core.model.mt5 import MT5Order, MT5Position
from core.model.policies import Basis, Danger, MarketAction
from core.model.risk import LiquidationState, LockKind
from storage.tables.base import belongs_to, metadata, unique_where
from storage.types import ExactDecimal, Id64, Typed, UtcTime, one_of


class DrawdownAlert(StrEnum):
    WARNED = "warned"
    RECOVERED = "recovered"
    BREACHED = "breached"


snapshots = Table(
    "snapshots",
    metadata,
    Column("id", Id64, primary_key=True),
    belongs_to("accounts", "account_id", ondelete="CASCADE"),
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
    # With the time, so that old ones are found without reading what they hold.
    Index("ix_snapshots_account_id", "account_id", "id", "read_at"),
)


reconciliation_log = Table(
    "reconciliation_log",
    metadata,
    Column("id", Id64, primary_key=True),
    belongs_to("accounts", "account_id"),
    Column("kind", one_of(DivergenceKind, "kind"), nullable=False),
    Column("status", Integer, nullable=False),
    Column("position", Id64, nullable=False),
    Column("symbol", Text, nullable=False),
    Column("size", ExactDecimal, nullable=False),
    Column("unit", Text, nullable=False),
    Column("facts", Typed[dict[str, str]](dict[str, str]), nullable=False),
    belongs_to("trades", "trade_id", nullable=True),
    Column("key", Text, nullable=False),
    Column("grade", Text, nullable=False),
    Column("found_at", UtcTime, nullable=False),
    Column("ended_at", UtcTime),
    Column("decision", one_of(Decision, "decision")),
    Column("decided_at", UtcTime),
    belongs_to("people", "decided_by", nullable=True),
    unique_where("uq_reconciliation_log_lasting", "account_id", "key", where="ended_at IS NULL"),
    unique_where("uq_reconciliation_log_closed", "account_id", "key", where="kind = 'closed'"),
    Index("ix_reconciliation_log_account_id", "account_id", "id"),
    Index("ix_reconciliation_log_account_id_kind", "account_id", "kind", "ended_at"),
    Index("ix_reconciliation_log_found_at", "found_at"),
    Index("ix_reconciliation_log_ended_at", "ended_at"),
    sqlite_autoincrement=True,  # a button names the number: it must never come back for another one
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
    Column("basis", one_of(Basis, "basis"), nullable=False),
    Column("since", UtcTime),
    Column("initial", ExactDecimal),
    Column("day", Date),
    Column("day_start", ExactDecimal),
    Column("day_peak", ExactDecimal),
    Column("daily_level", ExactDecimal, nullable=False),
    Column("books", Typed[Books](Books)),
    Column("recovered_in", Interval),
    Column("credit", ExactDecimal, nullable=False),
)


drawdown_alerts = Table(
    "drawdown_alerts",
    metadata,
    Column("id", Id64, primary_key=True),
    belongs_to("accounts", "account_id"),
    Column("kind", one_of(DrawdownAlert, "kind"), nullable=False),
    Column("peak", ExactDecimal, nullable=False),
    Column("equity", ExactDecimal, nullable=False),
    Column("level", ExactDecimal, nullable=False),
    Column("at", UtcTime, nullable=False),
    Index("ix_drawdown_alerts_account_id", "account_id", "id"),
    Index("ix_drawdown_alerts_at", "at"),
)


panics = Table(
    "panics",
    metadata,
    Column("id", Id64, primary_key=True),
    belongs_to("people", "person_id"),
    Column("at", UtcTime, nullable=False),
)


liquidations = Table(
    "liquidations",
    metadata,
    Column("id", Id64, primary_key=True),
    belongs_to("accounts", "account_id"),
    Column("state", one_of(LiquidationState, "state"), nullable=False),
    Column("reason", Text, nullable=False),
    Column("started_at", UtcTime, nullable=False),
    Column("fires_at", UtcTime, nullable=False),
    Column("clean_reads", Integer, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("finished_at", UtcTime),
    Column("held_until", UtcTime),
    belongs_to("people", "held_by", nullable=True),
    Column("hold_reason", Text),
    belongs_to("panics", "panic", nullable=True),
    unique_where("uq_liquidations_one_running", "account_id", where="finished_at IS NULL"),
    Index("ix_liquidations_account_id_state", "account_id", "state"),
    Index("ix_liquidations_panic", "panic"),
)


locks = Table(
    "locks",
    metadata,
    Column("id", Id64, primary_key=True),
    Column("kind", one_of(LockKind, "kind"), nullable=False),
    # What a place is made of, and as one text, because NULLs differ from each other in a unique index.
    belongs_to("accounts", "account_id", nullable=True),
    belongs_to("sources", "source_id", nullable=True),
    Column("instrument", Text),
    Column("place", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("set_at", UtcTime, nullable=False),
    belongs_to("people", "set_by", nullable=True),
    Column("until", UtcTime),
    Column("released_at", UtcTime),
    belongs_to("people", "released_by", nullable=True),
    unique_where("uq_locks_place", "place", "kind", where="released_at IS NULL"),
    Index("ix_locks_released_at", "released_at", "account_id"),
    sqlite_autoincrement=True,  # a button names the number: it must never come back for another one
)


marks = Table(
    "marks",
    metadata,
    Column("id", Id64, primary_key=True),
    belongs_to("accounts", "account_id"),
    Column("symbol", Text, nullable=False),
    Column("danger", one_of(Danger, "danger"), nullable=False),
    Column("action", one_of(MarketAction, "action"), nullable=False),
    Column("reason", Text, nullable=False),
    Column("positions", Typed[tuple[int, ...]](tuple[int, ...]), nullable=False),
    Column("began_at", UtcTime, nullable=False),
    Column("ended_at", UtcTime),
    unique_where("uq_marks_lasting", "account_id", "symbol", "danger", where="ended_at IS NULL"),
    Index("ix_marks_ended_at", "ended_at"),
)


incidents = Table(
    "incidents",
    metadata,
    Column("id", Id64, primary_key=True),
    belongs_to("accounts", "account_id"),
    Column("trouble", one_of(Trouble, "trouble"), nullable=False),
    Column("sentence", Text, nullable=False),
    Column("began_at", UtcTime, nullable=False),
    Column("ended_at", UtcTime),
    unique_where("uq_incidents_lasting", "account_id", "trouble", where="ended_at IS NULL"),
    Index("ix_incidents_account_id", "account_id", "ended_at"),
    Index("ix_incidents_ended_at", "ended_at"),
)

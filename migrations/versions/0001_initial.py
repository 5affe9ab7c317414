"""The desk's tables.

Going down drops them with everything that is in them.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

ID64 = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TIME = sa.DateTime(timezone=True)
MONEY = sa.Numeric().with_variant(sa.Text(), "sqlite")
DOCUMENT = sa.JSON().with_variant(JSONB(), "postgresql")

TABLES = (
    "files",
    "hosts",
    "people",
    "sources",
    "accounts",
    "consents",
    "outbox",
    "roles",
    "sent_messages",
    "signals",
    "approvals",
    "drawdown_alerts",
    "drawdowns",
    "events",
    "liquidations",
    "locks",
    "snapshots",
    "intents",
    "trades",
    "reconciliation_log",
)
"""Parents before children."""


def upgrade() -> None:
    _create_files()
    _create_hosts()
    _create_people()
    _create_sources()
    _create_accounts()
    _create_consents()
    _create_outbox()
    _create_roles()
    _create_sent_messages()
    _create_signals()
    _create_approvals()
    _create_drawdown_alerts()
    _create_drawdowns()
    _create_events()
    _create_liquidations()
    _create_locks()
    _create_snapshots()
    _create_intents()
    _create_trades()
    _create_reconciliation_log()


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)


def _one_of(constraint: str, *choices: str) -> sa.Enum:
    return sa.Enum(*choices, name=op.f(constraint), native_enum=False, create_constraint=True, length=20)


def _unique_where(name: str, table: str, columns: list[str], where: str) -> None:
    condition = sa.text(where)
    op.create_index(name, table, columns, unique=True, sqlite_where=condition, postgresql_where=condition)


def _create_files() -> None:
    op.create_table(
        "files",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("file_id", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_files")),
    )


def _create_hosts() -> None:
    op.create_table(
        "hosts",
        sa.Column("epoch", ID64, nullable=False),
        sa.Column("started_at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("epoch", name=op.f("pk_hosts")),
        sqlite_autoincrement=True,
    )


def _create_people() -> None:
    op.create_table(
        "people",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("telegram_id", ID64, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("chat_id", ID64),
        sa.Column("reachable", sa.Boolean(), nullable=False),
        sa.Column("consent_version", sa.Integer()),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_people")),
        sa.UniqueConstraint("telegram_id", name=op.f("uq_people_telegram_id")),
    )


def _create_sources() -> None:
    op.create_table(
        "sources",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("instruments", DOCUMENT, nullable=False),
        sa.Column("per_minute", sa.Integer(), nullable=False),
        sa.Column("default_expiry", sa.Interval(), nullable=False),
        sa.Column("secrets", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sources")),
        sa.UniqueConstraint("name", name=op.f("uq_sources_name")),
    )


def _create_accounts() -> None:
    op.create_table(
        "accounts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("kind", _one_of("ck_accounts_kind", "paper", "mt5"), nullable=False),
        sa.Column("terminal_path", sa.Text(), nullable=False),
        sa.Column("login", ID64, nullable=False),
        sa.Column("server", sa.Text(), nullable=False),
        sa.Column("policy", DOCUMENT, nullable=False),
        sa.Column("symbols", DOCUMENT, nullable=False),
        sa.Column("password", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_accounts_person_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_accounts")),
        sa.UniqueConstraint("server", "login", name=op.f("uq_accounts_server_login")),
    )
    op.create_index("ix_accounts_person_id", "accounts", ["person_id"])


def _create_consents() -> None:
    op.create_table(
        "consents",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("accepted_at", TIME, nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_consents_person_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("person_id", "version", name=op.f("pk_consents")),
    )


def _create_outbox() -> None:
    op.create_table(
        "outbox",
        sa.Column("id", ID64, nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("kind", _one_of("ck_outbox_kind", "card", "liquidation", "alert"), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("data", DOCUMENT, nullable=False),
        sa.Column("state", _one_of("ck_outbox_state", "waiting", "delivered", "given_up"), nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("due_at", TIME, nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("done_at", TIME),
        sa.Column("error", sa.Text()),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_outbox_person_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_outbox_state_created_at", "outbox", ["state", "created_at"])
    op.create_index("ix_outbox_state_priority", "outbox", ["state", "priority", "created_at", "id"])
    _unique_where(
        "uq_outbox_one_waiting",
        "outbox",
        ["person_id", "kind", "subject"],
        "state = 'waiting' AND kind IN ('card', 'liquidation')",
    )


def _create_roles() -> None:
    op.create_table(
        "roles",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("role", _one_of("ck_roles_role", "owner", "admin", "trader"), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_roles_person_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("person_id", "role", name=op.f("pk_roles")),
    )
    op.create_index("ix_roles_role", "roles", ["role"])


def _create_sent_messages() -> None:
    op.create_table(
        "sent_messages",
        sa.Column("kind", _one_of("ck_sent_messages_kind", "card", "liquidation", "alert"), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("chat_id", ID64, nullable=False),
        sa.Column("message_id", ID64, nullable=False),
        sa.Column("has_photo", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_sent_messages_person_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("kind", "subject", "person_id", name=op.f("pk_sent_messages")),
    )


def _create_signals() -> None:
    op.create_table(
        "signals",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("source_id", sa.Uuid(), nullable=False),
        sa.Column("source_name", sa.Text(), nullable=False),
        sa.Column("external_id", sa.Text(), nullable=False),
        sa.Column("instrument", sa.Text(), nullable=False),
        sa.Column("side", _one_of("ck_signals_side", "buy", "sell"), nullable=False),
        sa.Column("kind", _one_of("ck_signals_kind", "market", "limit", "stop"), nullable=False),
        sa.Column("entry", MONEY, nullable=False),
        sa.Column("entry_zone", DOCUMENT),
        sa.Column("stop_loss", MONEY),
        sa.Column("take_profits", DOCUMENT, nullable=False),
        sa.Column("received_at", TIME, nullable=False),
        sa.Column("expires_at", TIME, nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("webhook_id", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["source_id"], ["sources.id"], name=op.f("fk_signals_source_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signals")),
        sa.UniqueConstraint("source_id", "external_id", name=op.f("uq_signals_source_id_external_id")),
        sa.UniqueConstraint("source_id", "webhook_id", name=op.f("uq_signals_source_id_webhook_id")),
    )
    op.create_index("ix_signals_received_at", "signals", ["received_at", "id"])
    op.create_index("ix_signals_source_id_received_at", "signals", ["source_id", "received_at", "id"])


def _create_approvals() -> None:
    op.create_table(
        "approvals",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("signal_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column(
            "state",
            _one_of("ck_approvals_state", "pending", "approved", "rejected", "expired", "withdrawn"),
            nullable=False,
        ),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("expires_at", TIME, nullable=False),
        sa.Column("lots", MONEY),
        sa.Column("risk", MONEY),
        sa.Column("reason", sa.Text()),
        sa.Column("decided_at", TIME),
        sa.Column("consent_version", sa.Integer()),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_approvals_account_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_approvals_person_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["signal_id"], ["signals.id"], name=op.f("fk_approvals_signal_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_approvals")),
        sa.UniqueConstraint("signal_id", "account_id", name=op.f("uq_approvals_signal_id_account_id")),
    )
    op.create_index("ix_approvals_person_id_expires_at", "approvals", ["person_id", "expires_at", "id"])
    op.create_index("ix_approvals_state_expires_at", "approvals", ["state", "expires_at"])


def _create_drawdown_alerts() -> None:
    op.create_table(
        "drawdown_alerts",
        sa.Column("id", ID64, nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind", _one_of("ck_drawdown_alerts_kind", "warned", "recovered", "breached"), nullable=False
        ),
        sa.Column("peak", MONEY, nullable=False),
        sa.Column("equity", MONEY, nullable=False),
        sa.Column("level", MONEY, nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_drawdown_alerts_account_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_drawdown_alerts")),
    )
    op.create_index("ix_drawdown_alerts_account_id", "drawdown_alerts", ["account_id", "id"])


def _create_drawdowns() -> None:
    op.create_table(
        "drawdowns",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("peak", MONEY, nullable=False),
        sa.Column("equity", MONEY, nullable=False),
        sa.Column("flows_until", TIME, nullable=False),
        sa.Column("level", MONEY, nullable=False),
        sa.Column("read_at", TIME, nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_drawdowns_account_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_drawdowns")),
    )


def _create_events() -> None:
    op.create_table(
        "events",
        sa.Column("id", ID64, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("data", DOCUMENT, nullable=False),
        sa.Column("account_id", sa.Uuid()),
        sa.Column("person_id", sa.Uuid()),
        sa.Column("trace", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_events_account_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_events_person_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_events")),
    )
    op.create_index("ix_events_subject_name", "events", ["subject", "name"])


def _create_liquidations() -> None:
    op.create_table(
        "liquidations",
        sa.Column("id", ID64, nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column(
            "state",
            _one_of("ck_liquidations_state", "counting", "held", "closing", "stuck", "locked", "released"),
            nullable=False,
        ),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("started_at", TIME, nullable=False),
        sa.Column("fires_at", TIME, nullable=False),
        sa.Column("clean_reads", sa.Integer(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("finished_at", TIME),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_liquidations_account_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_liquidations")),
    )
    op.create_index("ix_liquidations_account_id_state", "liquidations", ["account_id", "state"])
    _unique_where("uq_liquidations_one_running", "liquidations", ["account_id"], "finished_at IS NULL")


def _create_locks() -> None:
    op.create_table(
        "locks",
        sa.Column("id", ID64, nullable=False),
        sa.Column("kind", _one_of("ck_locks_kind", "pause", "drawdown"), nullable=False),
        sa.Column("account_id", sa.Uuid()),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("set_at", TIME, nullable=False),
        sa.Column("set_by", sa.Uuid()),
        sa.Column("released_at", TIME),
        sa.Column("released_by", sa.Uuid()),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_locks_account_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["released_by"], ["people.id"], name=op.f("fk_locks_released_by"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(["set_by"], ["people.id"], name=op.f("fk_locks_set_by"), ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_locks")),
    )
    op.create_index("ix_locks_released_at", "locks", ["released_at", "account_id"])
    _unique_where("uq_locks_account", "locks", ["account_id", "kind"], "released_at IS NULL")
    _unique_where("uq_locks_desk", "locks", ["kind"], "released_at IS NULL AND account_id IS NULL")


def _create_snapshots() -> None:
    op.create_table(
        "snapshots",
        sa.Column("id", ID64, nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("login", ID64, nullable=False),
        sa.Column("server", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("leverage", sa.Integer(), nullable=False),
        sa.Column("trade_mode", sa.Integer(), nullable=False),
        sa.Column("margin_mode", sa.Integer(), nullable=False),
        sa.Column("fifo_close", sa.Boolean(), nullable=False),
        sa.Column("balance", MONEY, nullable=False),
        sa.Column("credit", MONEY, nullable=False),
        sa.Column("equity", MONEY, nullable=False),
        sa.Column("profit", MONEY, nullable=False),
        sa.Column("margin", MONEY, nullable=False),
        sa.Column("margin_free", MONEY, nullable=False),
        sa.Column("trade_allowed", sa.Boolean(), nullable=False),
        sa.Column("trade_expert", sa.Boolean(), nullable=False),
        sa.Column("terminal_trade_allowed", sa.Boolean(), nullable=False),
        sa.Column("tradeapi_disabled", sa.Boolean(), nullable=False),
        sa.Column("ping_us", ID64, nullable=False),
        sa.Column("build", sa.Integer(), nullable=False),
        sa.Column("read_at", TIME, nullable=False),
        sa.Column("positions", DOCUMENT, nullable=False),
        sa.Column("orders", DOCUMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_snapshots_account_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_snapshots")),
    )
    op.create_index("ix_snapshots_account_id", "snapshots", ["account_id", "id"])


def _create_intents() -> None:
    op.create_table(
        "intents",
        sa.Column("id", ID64, autoincrement=False, nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("kind", _one_of("ck_intents_kind", "open", "modify", "close", "cancel"), nullable=False),
        sa.Column(
            "state",
            _one_of(
                "ck_intents_state",
                "new",
                "sending",
                "placed",
                "filled",
                "partial",
                "refused",
                "unknown",
                "expired",
            ),
            nullable=False,
        ),
        sa.Column("symbol", sa.Text(), nullable=False),
        sa.Column("side", _one_of("ck_intents_side", "buy", "sell"), nullable=False),
        sa.Column("order_kind", _one_of("ck_intents_order_kind", "market", "limit", "stop"), nullable=False),
        sa.Column("volume", MONEY, nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("expires_at", TIME, nullable=False),
        sa.Column("approval_id", sa.Uuid()),
        sa.Column("signal_id", sa.Uuid()),
        sa.Column("price", MONEY),
        sa.Column("stop_loss", MONEY),
        sa.Column("take_profit", MONEY),
        sa.Column("position", ID64),
        sa.Column("sent_at", TIME),
        sa.Column("settled_at", TIME),
        sa.Column("retcode", sa.Integer()),
        sa.Column("filled_volume", MONEY),
        sa.Column("filled_price", MONEY),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("clean_misses", sa.Integer(), nullable=False),
        sa.Column("epoch", ID64),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_intents_account_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["approval_id"], ["approvals.id"], name=op.f("fk_intents_approval_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["epoch"], ["hosts.epoch"], name=op.f("fk_intents_epoch"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["signal_id"], ["signals.id"], name=op.f("fk_intents_signal_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_intents")),
    )
    op.create_index("ix_intents_account_id_state", "intents", ["account_id", "state", "created_at", "id"])
    op.create_index("ix_intents_approval_id", "intents", ["approval_id"])
    op.create_index("ix_intents_state_epoch", "intents", ["state", "epoch"])
    _unique_where("uq_intents_one_sending", "intents", ["account_id"], "state = 'sending'")


def _create_trades() -> None:
    op.create_table(
        "trades",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("intent_id", ID64),
        sa.Column("signal_id", sa.Uuid()),
        sa.Column("position", ID64, nullable=False),
        sa.Column("symbol", sa.Text(), nullable=False),
        sa.Column("side", _one_of("ck_trades_side", "buy", "sell"), nullable=False),
        sa.Column("volume", MONEY, nullable=False),
        sa.Column("expected_price", MONEY, nullable=False),
        sa.Column("open_price", MONEY, nullable=False),
        sa.Column("stop_loss", MONEY),
        sa.Column("take_profit", MONEY),
        sa.Column("opened_at", TIME, nullable=False),
        sa.Column("state", _one_of("ck_trades_state", "open", "closed"), nullable=False),
        sa.Column("closed_at", TIME),
        sa.Column("close_price", MONEY),
        sa.Column(
            "close_reason",
            _one_of(
                "ck_trades_close_reason",
                "stop_loss",
                "take_profit",
                "stop_out",
                "desktop",
                "mobile",
                "web",
                "desk",
                "other_program",
                "unexplained",
            ),
        ),
        sa.Column("profit", MONEY),
        sa.Column("missing_reads", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_trades_account_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["intent_id"], ["intents.id"], name=op.f("fk_trades_intent_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["signal_id"], ["signals.id"], name=op.f("fk_trades_signal_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trades")),
        sa.UniqueConstraint("account_id", "position", name=op.f("uq_trades_account_id_position")),
        sa.UniqueConstraint("intent_id", name=op.f("uq_trades_intent_id")),
    )
    op.create_index("ix_trades_account_id_opened_at", "trades", ["account_id", "opened_at"])
    op.create_index("ix_trades_account_id_state", "trades", ["account_id", "state", "closed_at"])


def _create_reconciliation_log() -> None:
    op.create_table(
        "reconciliation_log",
        sa.Column("id", ID64, nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            _one_of(
                "ck_reconciliation_log_kind",
                "slippage",
                "volume",
                "stops",
                "unmatched",
                "closed",
                "missing",
                "ambiguous",
            ),
            nullable=False,
        ),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("position", ID64, nullable=False),
        sa.Column("symbol", sa.Text(), nullable=False),
        sa.Column("size", MONEY, nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("facts", DOCUMENT, nullable=False),
        sa.Column("trade_id", sa.Uuid()),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("found_at", TIME, nullable=False),
        sa.Column("ended_at", TIME),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["accounts.id"],
            name=op.f("fk_reconciliation_log_account_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["trade_id"], ["trades.id"], name=op.f("fk_reconciliation_log_trade_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reconciliation_log")),
    )
    op.create_index("ix_reconciliation_log_account_id", "reconciliation_log", ["account_id", "id"])
    op.create_index(
        "ix_reconciliation_log_account_id_kind", "reconciliation_log", ["account_id", "kind", "ended_at"]
    )
    _unique_where(
        "uq_reconciliation_log_closed", "reconciliation_log", ["account_id", "key"], "kind = 'closed'"
    )
    _unique_where(
        "uq_reconciliation_log_lasting", "reconciliation_log", ["account_id", "key"], "ended_at IS NULL"
    )

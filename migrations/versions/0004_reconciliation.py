"""Reconciliation, whole: decisions, shares of net positions, thresholds of accounts, pips of fills.

SQLite cannot alter a constraint, so tables are copied there. Going down drops what is in the new columns,
messages about divergences, and all shares of a net position but its first.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

TIME = sa.DateTime(timezone=True)
MONEY = sa.Numeric().with_variant(sa.Text(), "sqlite")
DOCUMENT = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")

OLD_KINDS = ("card", "liquidation", "alert")
NEW_KINDS = ("card", "liquidation", "divergence", "alert")
DECISIONS = ("adopted", "ignored", "accepted", "restored", "chosen", "written_off")
NO_RULES = '{"general": {}, "instruments": {}}'
OF_ACCOUNT = "ix_snapshots_account_id"
BY_SUBJECT, BY_NAME = "ix_events_subject_name", "ix_events_name_subject"
ONE_WAITING = "uq_outbox_one_waiting"
OLD_WAITING = "state = 'waiting' AND kind IN ('card', 'liquidation')"
NEW_WAITING = "state = 'waiting' AND kind <> 'alert'"
LATER_SHARES = """
    SELECT id FROM (
        SELECT id, ROW_NUMBER() OVER (PARTITION BY account_id, position ORDER BY opened_at, id) AS place
        FROM trades
    ) AS numbered WHERE place > 1
"""


def upgrade() -> None:
    with op.batch_alter_table("accounts") as accounts:
        accounts.add_column(sa.Column("rules", DOCUMENT, nullable=False, server_default=NO_RULES))
    with op.batch_alter_table("accounts") as accounts:
        accounts.alter_column("rules", server_default=None)
    op.add_column("intents", sa.Column("pip", MONEY))
    op.create_index("ix_intents_kind_created_at", "intents", ["kind", "created_at", "id"])
    _replace_index("snapshots", OF_ACCOUNT, OF_ACCOUNT, ["account_id", "id", "read_at"])
    _replace_index("events", BY_SUBJECT, BY_NAME, ["name", "subject"])
    _upgrade_trades()
    _upgrade_log()
    _message_kinds(NEW_KINDS, NEW_WAITING)


def _upgrade_trades() -> None:
    with op.batch_alter_table("trades") as trades:
        trades.add_column(sa.Column("shared", sa.Boolean(), nullable=False, server_default=sa.false()))
        trades.drop_constraint(op.f("uq_trades_account_id_position"), type_="unique")
    with op.batch_alter_table("trades") as trades:
        trades.alter_column("shared", server_default=None)
    op.create_index("ix_trades_account_id_position", "trades", ["account_id", "position"])
    _unique_where("uq_trades_position", "trades", ["account_id", "position"], "NOT shared")


def _upgrade_log() -> None:
    with op.batch_alter_table("reconciliation_log") as log:
        log.add_column(sa.Column("grade", sa.Text(), nullable=False, server_default=""))
        log.add_column(sa.Column("decision", sa.String(20)))
        log.add_column(sa.Column("decided_at", TIME))
        log.add_column(sa.Column("decided_by", sa.Uuid()))
        log.create_foreign_key(
            op.f("fk_reconciliation_log_decided_by"), "people", ["decided_by"], ["id"], ondelete="RESTRICT"
        )
        log.create_check_constraint(op.f("ck_reconciliation_log_decision"), _is_one_of("decision", DECISIONS))
    with op.batch_alter_table("reconciliation_log") as log:
        log.alter_column("grade", server_default=None)
    op.create_index("ix_reconciliation_log_found_at", "reconciliation_log", ["found_at"])


def downgrade() -> None:
    _message_kinds(OLD_KINDS, OLD_WAITING)
    op.drop_index("ix_reconciliation_log_found_at", "reconciliation_log")
    with op.batch_alter_table("reconciliation_log") as log:
        log.drop_constraint(op.f("ck_reconciliation_log_decision"), type_="check")
        log.drop_constraint(op.f("fk_reconciliation_log_decided_by"), type_="foreignkey")
        for name in ("decided_by", "decided_at", "decision", "grade"):
            log.drop_column(name)
    _downgrade_trades()
    _replace_index("events", BY_NAME, BY_SUBJECT, ["subject", "name"])
    _replace_index("snapshots", OF_ACCOUNT, OF_ACCOUNT, ["account_id", "id"])
    op.drop_index("ix_intents_kind_created_at", "intents")
    with op.batch_alter_table("intents") as intents:
        intents.drop_column("pip")
    with op.batch_alter_table("accounts") as accounts:
        accounts.drop_column("rules")


def _downgrade_trades() -> None:
    op.execute(f"UPDATE reconciliation_log SET trade_id = NULL WHERE trade_id IN ({LATER_SHARES})")  # noqa: S608
    op.execute(f"DELETE FROM trades WHERE id IN ({LATER_SHARES})")  # noqa: S608
    op.drop_index("uq_trades_position", "trades")
    op.drop_index("ix_trades_account_id_position", "trades")
    with op.batch_alter_table("trades") as trades:
        trades.drop_column("shared")
        trades.create_unique_constraint(op.f("uq_trades_account_id_position"), ["account_id", "position"])


def _message_kinds(kinds: tuple[str, ...], waiting: str) -> None:
    """Which kinds of notices there are, and that all but alerts wait once."""
    for table in ("outbox", "sent_messages"):
        if "divergence" not in kinds:
            op.execute(f"DELETE FROM {table} WHERE kind = 'divergence'")  # noqa: S608
    op.drop_index(ONE_WAITING, "outbox")
    with op.batch_alter_table("outbox", table_kwargs={"sqlite_autoincrement": True}) as outbox:
        outbox.drop_constraint(op.f("ck_outbox_kind"), type_="check")
        outbox.create_check_constraint(op.f("ck_outbox_kind"), _is_one_of("kind", kinds))
    with op.batch_alter_table("sent_messages") as sent:
        sent.drop_constraint(op.f("ck_sent_messages_kind"), type_="check")
        sent.create_check_constraint(op.f("ck_sent_messages_kind"), _is_one_of("kind", kinds))
    _unique_where(ONE_WAITING, "outbox", ["person_id", "kind", "subject"], waiting)


def _replace_index(table: str, old: str, new: str, columns: list[str]) -> None:
    op.drop_index(old, table)
    op.create_index(new, table, columns)


def _unique_where(name: str, table: str, columns: list[str], where: str) -> None:
    condition = sa.text(where)
    op.create_index(name, table, columns, unique=True, sqlite_where=condition, postgresql_where=condition)


def _is_one_of(column: str, values: tuple[str, ...]) -> str:
    return f"{column} IN ({', '.join(repr(value) for value in values)})"

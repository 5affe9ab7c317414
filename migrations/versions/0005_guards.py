"""Guards, whole: the drawdown's bases and books, holds, locks of any place, marks, legs, refusals, versions;
and what finds old rows: the times of messages and pictures, indexes.

SQLite cannot alter a constraint, so tables are copied there. Going down drops what is in the new columns,
the marks, the live status messages, the locks of sources, instruments and of the new kinds; a liquidation in
a new state goes back to the one that leads there.
"""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from alembic import op
from alembic.operations import BatchOperations
from sqlalchemy.dialects import postgresql

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

ID64 = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TIME = sa.DateTime(timezone=True)
MONEY = sa.Numeric().with_variant(sa.Text(), "sqlite")
DOCUMENT = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")

OLD_NOTICES = ("card", "liquidation", "divergence", "alert")
NEW_NOTICES = ("card", "liquidation", "divergence", "status", "alert")
OLD_LOCKS = ("pause", "drawdown")
NEW_LOCKS = ("pause", "drawdown", "owner", "admin")
OLD_STATES = ("counting", "held", "closing", "stuck", "locked", "released")
NEW_STATES = ("warned", "counting", "held", "closing", "stuck", "flat", "locked", "released")
BASES = ("peak", "day", "initial")
DANGERS = ("gap", "spread", "stale", "closing", "news")
ACTIONS = ("alert", "break_even", "close")

DRAWDOWN: dict[str, Any] = {
    "since": TIME,
    "initial": MONEY,
    "day": sa.Date(),
    "day_start": MONEY,
    "day_peak": MONEY,
    "books": DOCUMENT,
    "recovered_in": sa.Interval(),
}
OLD_ROWS: dict[str, tuple[str, str]] = {
    "ix_intents_signal_id": ("intents", "signal_id"),
    "ix_trades_signal_id": ("trades", "signal_id"),
    "ix_trades_state": ("trades", "state"),
    "ix_reconciliation_log_ended_at": ("reconciliation_log", "ended_at"),
    "ix_drawdown_alerts_at": ("drawdown_alerts", "at"),
    "ix_incidents_ended_at": ("incidents", "ended_at"),
}
TOLD = (("sent_messages", "sent_at"), ("files", "uploaded_at"))
UNRELEASED = sa.text("released_at IS NULL")
OF_DESK = sa.text("released_at IS NULL AND account_id IS NULL")
LASTING = sa.text("ended_at IS NULL")
LOCKS = sa.table(
    "locks", sa.column("id", ID64), sa.column("account_id", sa.Uuid()), sa.column("place", sa.Text())
)


def upgrade() -> None:
    for column in (sa.Column("refusal", sa.Text()), sa.Column("refused_at", TIME)):
        op.add_column("approvals", column)
    op.add_column("intents", sa.Column("leg", sa.Integer()))
    _with_default("events", sa.Column("version", sa.Integer(), nullable=False, server_default="1"))
    op.create_index("ix_events_at", "events", ["at", "id"])
    _upgrade_drawdowns()
    _upgrade_liquidations()
    _upgrade_locks()
    _create_marks()
    _notices(NEW_NOTICES)
    _upgrade_old_rows()


def _with_default(table: str, column: sa.Column[object]) -> None:
    """Add a column whose default is only for the rows that are there."""
    with op.batch_alter_table(table) as altered:
        altered.add_column(column)
    with op.batch_alter_table(table) as altered:
        altered.alter_column(column.name, server_default=None)


def _upgrade_drawdowns() -> None:
    with op.batch_alter_table("drawdowns") as drawdowns:
        drawdowns.add_column(sa.Column("basis", sa.String(20), nullable=False, server_default="peak"))
        for name in ("daily_level", "credit"):
            drawdowns.add_column(sa.Column(name, MONEY, nullable=False, server_default="0"))
        for name, kind in DRAWDOWN.items():
            drawdowns.add_column(sa.Column(name, kind))
        drawdowns.create_check_constraint(op.f("ck_drawdowns_basis"), _is_one_of("basis", BASES))
    with op.batch_alter_table("drawdowns") as drawdowns:
        drawdowns.alter_column("basis", server_default=None)
        drawdowns.alter_column("daily_level", server_default=None)
        drawdowns.alter_column("credit", server_default=None)


def _upgrade_liquidations() -> None:
    with op.batch_alter_table("liquidations") as liquidations:
        liquidations.add_column(sa.Column("held_until", TIME))
        liquidations.add_column(sa.Column("held_by", sa.Uuid()))
        liquidations.add_column(sa.Column("hold_reason", sa.Text()))
        liquidations.create_foreign_key(
            op.f("fk_liquidations_held_by"), "people", ["held_by"], ["id"], ondelete="RESTRICT"
        )
        _replace_check(liquidations, "liquidations", "state", NEW_STATES)


def _upgrade_locks() -> None:
    op.drop_index("uq_locks_account", "locks")
    op.drop_index("uq_locks_desk", "locks")
    with op.batch_alter_table("locks") as locks:
        locks.add_column(sa.Column("source_id", sa.Uuid()))
        locks.add_column(sa.Column("instrument", sa.Text()))
        locks.add_column(sa.Column("place", sa.Text(), nullable=False, server_default="desk"))
        locks.add_column(sa.Column("until", TIME))
        locks.create_foreign_key(
            op.f("fk_locks_source_id"), "sources", ["source_id"], ["id"], ondelete="RESTRICT"
        )
        _replace_check(locks, "locks", "kind", NEW_LOCKS)
    with op.batch_alter_table("locks") as locks:
        locks.alter_column("place", server_default=None)
    connection = op.get_bind()
    for number, account in connection.execute(sa.select(LOCKS.c.id, LOCKS.c.account_id)).all():
        if account is not None:
            place = f"account:{UUID(str(account))}"
            connection.execute(sa.update(LOCKS).where(LOCKS.c.id == number).values(place=place))
    _unique_where("uq_locks_place", "locks", ["place", "kind"], UNRELEASED)


def _create_marks() -> None:
    op.create_table(
        "marks",
        sa.Column("id", ID64, nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("symbol", sa.Text(), nullable=False),
        sa.Column("danger", sa.String(20), nullable=False),
        sa.Column("action", sa.String(20), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("positions", DOCUMENT, nullable=False),
        sa.Column("began_at", TIME, nullable=False),
        sa.Column("ended_at", TIME),
        sa.CheckConstraint(_is_one_of("danger", DANGERS), name=op.f("ck_marks_danger")),
        sa.CheckConstraint(_is_one_of("action", ACTIONS), name=op.f("ck_marks_action")),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_marks_account_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_marks")),
    )
    _unique_where("uq_marks_lasting", "marks", ["account_id", "symbol", "danger"], LASTING)
    op.create_index("ix_marks_ended_at", "marks", ["ended_at"])


def _upgrade_old_rows() -> None:
    """What was sent before counts as sent now."""
    zone = "+00" if op.get_bind().dialect.name == "postgresql" else ""
    now = f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S.%f}{zone}"
    for table, column in TOLD:
        _with_default(table, sa.Column(column, TIME, nullable=False, server_default=now))
        op.create_index(f"ix_{table}_{column}", table, [column])
    for name, (table, column) in OLD_ROWS.items():
        op.create_index(name, table, [column])


def downgrade() -> None:
    _downgrade_old_rows()
    _notices(OLD_NOTICES)
    op.drop_table("marks")
    _downgrade_locks()
    _downgrade_liquidations()
    with op.batch_alter_table("drawdowns") as drawdowns:
        drawdowns.drop_constraint(op.f("ck_drawdowns_basis"), type_="check")
        for name in ("basis", "daily_level", "credit", *DRAWDOWN):
            drawdowns.drop_column(name)
    op.drop_index("ix_events_at", "events")
    with op.batch_alter_table("events") as events:
        events.drop_column("version")
    with op.batch_alter_table("intents") as intents:
        intents.drop_column("leg")
    with op.batch_alter_table("approvals") as approvals:
        approvals.drop_column("refused_at")
        approvals.drop_column("refusal")


def _downgrade_old_rows() -> None:
    for name, (table, _) in OLD_ROWS.items():
        op.drop_index(name, table)
    for table, column in TOLD:
        op.drop_index(f"ix_{table}_{column}", table)
        with op.batch_alter_table(table) as altered:
            altered.drop_column(column)


def _downgrade_liquidations() -> None:
    op.execute("UPDATE liquidations SET state = 'counting' WHERE state = 'warned'")
    op.execute("UPDATE liquidations SET state = 'closing' WHERE state = 'flat'")
    with op.batch_alter_table("liquidations") as liquidations:
        liquidations.drop_constraint(op.f("fk_liquidations_held_by"), type_="foreignkey")
        for name in ("held_until", "held_by", "hold_reason"):
            liquidations.drop_column(name)
        _replace_check(liquidations, "liquidations", "state", OLD_STATES)


def _downgrade_locks() -> None:
    op.execute(
        "DELETE FROM locks WHERE kind IN ('owner', 'admin')"
        " OR source_id IS NOT NULL OR instrument IS NOT NULL"
    )
    op.drop_index("uq_locks_place", "locks")
    with op.batch_alter_table("locks") as locks:
        locks.drop_constraint(op.f("fk_locks_source_id"), type_="foreignkey")
        for name in ("source_id", "instrument", "place", "until"):
            locks.drop_column(name)
        _replace_check(locks, "locks", "kind", OLD_LOCKS)
    _unique_where("uq_locks_account", "locks", ["account_id", "kind"], UNRELEASED)
    _unique_where("uq_locks_desk", "locks", ["kind"], OF_DESK)


def _notices(kinds: tuple[str, ...]) -> None:
    for table in ("outbox", "sent_messages"):
        if "status" not in kinds:
            op.execute(f"DELETE FROM {table} WHERE kind = 'status'")  # noqa: S608
    with op.batch_alter_table("outbox", table_kwargs={"sqlite_autoincrement": True}) as outbox:
        _replace_check(outbox, "outbox", "kind", kinds)
    with op.batch_alter_table("sent_messages") as sent:
        _replace_check(sent, "sent_messages", "kind", kinds)


def _replace_check(altered: BatchOperations, table: str, column: str, values: tuple[str, ...]) -> None:
    name = op.f(f"ck_{table}_{column}")
    altered.drop_constraint(name, type_="check")
    altered.create_check_constraint(name, _is_one_of(column, values))


def _unique_where(name: str, table: str, columns: list[str], where: sa.TextClause) -> None:
    op.create_index(name, table, columns, unique=True, sqlite_where=where, postgresql_where=where)


def _is_one_of(column: str, values: tuple[str, ...]) -> str:
    return f"{column} IN ({', '.join(repr(value) for value in values)})"

"""Messages that live in groups, the timeframe of a card's chart, and numbers that never come back.

Buttons name divergences, locks and requests by number; on SQLite the number of a removed row would be given
again. SQLite cannot alter that, so the tables are copied there. PostgreSQL counts on in any case.
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

NOTICES = (
    *("card", "liquidation", "divergence", "status", "request", "panic", "knock", "consent"),
    *("escalation", "digest", "alert"),
)
ONE_WAITING, ONE_WAITING_THERE = "uq_outbox_one_waiting", "uq_outbox_one_waiting_there"
WAITING = "state = 'waiting' AND kind <> 'alert'"
NAMED_BY_BUTTONS = ("requests", "reconciliation_log", "locks")

ID64 = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    _create_group_messages()
    op.drop_index(ONE_WAITING, "outbox")
    _one_waiting(ONE_WAITING, "person_id", f"{WAITING} AND route IS NULL")
    _one_waiting(ONE_WAITING_THERE, "route", f"{WAITING} AND route IS NOT NULL")
    with op.batch_alter_table("approvals") as approvals:
        approvals.add_column(sa.Column("chart", sa.Text()))
    _copy_numbered(sqlite_autoincrement=True)


def downgrade() -> None:
    """What waits for groups is forgotten: an older desk would keep one notice for all of them."""
    _copy_numbered(sqlite_autoincrement=False)
    with op.batch_alter_table("approvals") as approvals:
        approvals.drop_column("chart")
    op.execute("DELETE FROM outbox WHERE route IS NOT NULL AND state = 'waiting' AND kind <> 'alert'")
    for name in (ONE_WAITING, ONE_WAITING_THERE):
        op.drop_index(name, "outbox")
    _one_waiting(ONE_WAITING, "person_id", WAITING)
    op.drop_table("group_messages")


def _create_group_messages() -> None:
    kinds = ", ".join(f"'{kind}'" for kind in NOTICES)
    op.create_table(
        "group_messages",
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        *(sa.Column(name, ID64, nullable=False) for name in ("route", "chat_id", "message_id")),
        sa.Column("has_photo", sa.Boolean(), nullable=False),
        sa.Column("sent_at", TIME, nullable=False),
        sa.CheckConstraint(f"kind IN ({kinds})", name=op.f("ck_group_messages_kind")),
        sa.ForeignKeyConstraint(
            ["route"], ["routes.id"], name=op.f("fk_group_messages_route"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("kind", "subject", "route", name=op.f("pk_group_messages")),
    )
    op.create_index("ix_group_messages_sent_at", "group_messages", ["sent_at"])


def _one_waiting(name: str, whose: str, where: str) -> None:
    """Of what is brought up to date one notice waits for each reader."""
    some, columns = sa.text(where), [whose, "kind", "subject"]
    op.create_index(name, "outbox", columns, unique=True, sqlite_where=some, postgresql_where=some)


def _copy_numbered(*, sqlite_autoincrement: bool) -> None:
    if op.get_bind().dialect.name != "sqlite":
        return
    kept = {"sqlite_autoincrement": sqlite_autoincrement}
    for table in NAMED_BY_BUTTONS:
        with op.batch_alter_table(table, recreate="always", table_kwargs=kept):
            pass

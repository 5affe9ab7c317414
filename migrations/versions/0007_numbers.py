"""Numbers that buttons name never come back: on SQLite they would, once the newest rows were removed.

SQLite cannot alter that either, so the tables are copied there. PostgreSQL counts on in any case.
"""

from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

NAMED_BY_BUTTONS = ("requests", "reconciliation_log", "locks")


def upgrade() -> None:
    _copy_numbered(sqlite_autoincrement=True)


def downgrade() -> None:
    _copy_numbered(sqlite_autoincrement=False)


def _copy_numbered(*, sqlite_autoincrement: bool) -> None:
    if op.get_bind().dialect.name != "sqlite":
        return
    kept = {"sqlite_autoincrement": sqlite_autoincrement}
    for table in NAMED_BY_BUTTONS:
        with op.batch_alter_table(table, recreate="always", table_kwargs=kept):
            pass

"""Orders, whole: changes of pending orders, close-by, rests, margin.

SQLite cannot alter a check constraint, so the intents are copied there into a new table. Going down drops
the intents of the new kinds, which nothing refers to, and what is in the new columns.
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

ID64 = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TIME = sa.DateTime(timezone=True)
MONEY = sa.Numeric().with_variant(sa.Text(), "sqlite")

OLD_KINDS = ("open", "modify", "close", "cancel")
NEW_KINDS = ("open", "modify", "change", "close", "close_by", "cancel")
COLUMNS: dict[str, Any] = {
    "opposite": ID64,
    "order_expires_at": TIME,
    "not_before": TIME,
    "risk": MONEY,
    "margin": MONEY,
    "margin_free": MONEY,
}


def upgrade() -> None:
    op.add_column("approvals", sa.Column("margin", MONEY))
    with op.batch_alter_table("intents") as intents:
        for name, kind in COLUMNS.items():
            intents.add_column(sa.Column(name, kind))
        intents.drop_constraint(op.f("ck_intents_kind"), type_="check")
        intents.create_check_constraint(op.f("ck_intents_kind"), _is_one_of(NEW_KINDS))


def downgrade() -> None:
    op.execute("DELETE FROM intents WHERE kind IN ('change', 'close_by')")
    with op.batch_alter_table("intents") as intents:
        intents.drop_constraint(op.f("ck_intents_kind"), type_="check")
        intents.create_check_constraint(op.f("ck_intents_kind"), _is_one_of(OLD_KINDS))
        for name in reversed(COLUMNS):
            intents.drop_column(name)
    op.drop_column("approvals", "margin")


def _is_one_of(kinds: tuple[str, ...]) -> str:
    return f"kind IN ({', '.join(repr(kind) for kind in kinds)})"

"""Incidents: troubles of an account's terminal, each once while it lasts.

Going down drops them; what was told of them stays in the events.
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

ID64 = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TIME = sa.DateTime(timezone=True)
TROUBLES = (
    "silent",
    "disconnected",
    "rejected",
    "other_account",
    "button_off",
    "api_off",
    "account_barred",
    "programs_barred",
    "unread",
    "stale",
    "slow",
)
LASTING = sa.text("ended_at IS NULL")


def upgrade() -> None:
    trouble = sa.Enum(
        *TROUBLES, name=op.f("ck_incidents_trouble"), native_enum=False, create_constraint=True, length=20
    )
    op.create_table(
        "incidents",
        sa.Column("id", ID64, nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("trouble", trouble, nullable=False),
        sa.Column("sentence", sa.Text(), nullable=False),
        sa.Column("began_at", TIME, nullable=False),
        sa.Column("ended_at", TIME),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_incidents_account_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incidents")),
    )
    op.create_index("ix_incidents_account_id", "incidents", ["account_id", "ended_at"])
    op.create_index(
        "uq_incidents_lasting",
        "incidents",
        ["account_id", "trouble"],
        unique=True,
        sqlite_where=LASTING,
        postgresql_where=LASTING,
    )


def downgrade() -> None:
    op.drop_table("incidents")

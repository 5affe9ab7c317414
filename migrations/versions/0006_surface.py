"""The Telegram surface: people's languages and zones, viewers.

SQLite cannot alter a constraint, so tables are copied there. Going down takes the viewers' role.
"""

import sqlalchemy as sa
from alembic import op
from alembic.operations import BatchOperations
from sqlalchemy.dialects.postgresql import JSONB

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

LANGUAGES = ("en", "ru", "es")
OLD_ROLES = ("owner", "admin", "trader")
NEW_ROLES = (*OLD_ROLES, "viewer")
OLD_LOCKS = ("pause", "drawdown", "owner", "admin")
NEW_LOCKS = (*OLD_LOCKS, "own")

OLD_NOTICES = ("card", "liquidation", "divergence", "status", "alert")
NEW_NOTICES = ("card", "liquidation", "divergence", "status", "request", "panic", "alert")
REQUESTS = ("close", "break_even", "stop", "target", "cancel", "move")
REQUEST_STATES = ("typing", "asked", "queued", "dropped")
SIDES = ("buy", "sell")

ID64 = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TIME = sa.DateTime(timezone=True)
MONEY = sa.Numeric().with_variant(sa.Text(), "sqlite")
DOCUMENT = sa.JSON().with_variant(JSONB(), "postgresql")


def upgrade() -> None:
    _upgrade_people()
    with op.batch_alter_table("roles") as roles:
        _replace_check(roles, "roles", "role", NEW_ROLES)
    _create_dialogs()
    _upgrade_accounts()
    _notices(NEW_NOTICES)
    _create_requests()
    _create_panics()


def _upgrade_people() -> None:
    with op.batch_alter_table("people") as people:
        people.add_column(sa.Column("language", sa.String(20), nullable=False, server_default="en"))
        people.add_column(sa.Column("zone", sa.Text(), nullable=False, server_default="UTC"))
        people.create_check_constraint(op.f("ck_people_language"), _is_one_of("language", LANGUAGES))
    with op.batch_alter_table("people") as people:
        for name in ("language", "zone"):
            people.alter_column(name, server_default=None)


def _create_dialogs() -> None:
    op.create_table(
        "dialogs",
        sa.Column("chat_id", ID64, autoincrement=False, nullable=False),
        sa.Column("user_id", ID64, autoincrement=False, nullable=False),
        sa.Column("changed_at", TIME, nullable=False),
        sa.Column("step", sa.Text()),
        sa.Column("answers", DOCUMENT, nullable=False),
        sa.PrimaryKeyConstraint("chat_id", "user_id", name=op.f("pk_dialogs")),
    )


def _upgrade_accounts() -> None:
    """Those that are there came from the desk file; a login may be linked again once it was unlinked."""
    with op.batch_alter_table("accounts") as accounts:
        accounts.add_column(sa.Column("of_desk_file", sa.Boolean(), nullable=False, server_default=sa.true()))
        accounts.add_column(sa.Column("retired_at", TIME))
        accounts.drop_constraint(op.f("uq_accounts_server_login"), type_="unique")
    with op.batch_alter_table("accounts") as accounts:
        accounts.alter_column("of_desk_file", server_default=None)
    linked = sa.text("retired_at IS NULL")
    op.create_index(
        "uq_accounts_linked",
        "accounts",
        ["server", "login"],
        unique=True,
        sqlite_where=linked,
        postgresql_where=linked,
    )
    with op.batch_alter_table("locks") as locks:
        _replace_check(locks, "locks", "kind", NEW_LOCKS)


def _downgrade_accounts() -> None:
    """A trader's own pause becomes one like any other; the login of an unlinked account stays apart."""
    op.execute(
        "DELETE FROM locks WHERE kind = 'own' AND released_at IS NULL AND EXISTS"
        " (SELECT 1 FROM locks AS other WHERE other.kind = 'pause'"
        " AND other.released_at IS NULL AND other.place = locks.place)"
    )
    op.execute("UPDATE locks SET kind = 'pause' WHERE kind = 'own'")
    with op.batch_alter_table("locks") as locks:
        _replace_check(locks, "locks", "kind", OLD_LOCKS)
    op.execute(
        "UPDATE accounts SET server = server || ' unlinked ' || CAST(id AS TEXT) WHERE retired_at IS NOT NULL"
    )
    op.drop_index("uq_accounts_linked", "accounts")
    with op.batch_alter_table("accounts") as accounts:
        accounts.drop_column("of_desk_file")
        accounts.drop_column("retired_at")
        accounts.create_unique_constraint(op.f("uq_accounts_server_login"), ["server", "login"])


def downgrade() -> None:
    _drop_panics()
    op.drop_table("requests")
    _notices(OLD_NOTICES)
    _downgrade_accounts()
    op.drop_table("dialogs")
    op.execute("DELETE FROM roles WHERE role = 'viewer'")
    with op.batch_alter_table("roles") as roles:
        _replace_check(roles, "roles", "role", OLD_ROLES)
    with op.batch_alter_table("people") as people:
        people.drop_constraint(op.f("ck_people_language"), type_="check")
        for name in ("language", "zone"):
            people.drop_column(name)


def _notices(kinds: tuple[str, ...]) -> None:
    """What of other kinds waits or was sent is forgotten. Numbers of the outbox never come back."""
    for table in ("outbox", "sent_messages"):
        op.execute(f"DELETE FROM {table} WHERE NOT ({_is_one_of('kind', kinds)})")
    with op.batch_alter_table("outbox", table_kwargs={"sqlite_autoincrement": True}) as outbox:
        _replace_check(outbox, "outbox", "kind", kinds)
    with op.batch_alter_table("sent_messages") as sent:
        _replace_check(sent, "sent_messages", "kind", kinds)


def _create_requests() -> None:
    choices = {"kind": REQUESTS, "state": REQUEST_STATES, "side": SIDES}
    op.create_table(
        "requests",
        sa.Column("id", ID64, nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("ticket", ID64, nullable=False),
        sa.Column("symbol", sa.Text(), nullable=False),
        sa.Column("side", sa.String(20), nullable=False),
        sa.Column("volume", MONEY, nullable=False),
        sa.Column("until", TIME, nullable=False),
        *(sa.Column(name, MONEY) for name in ("level", "lots", "price")),
        *(sa.Column(name, ID64) for name in ("prompt", "intent_id")),
        *(
            sa.CheckConstraint(_is_one_of(name, values), name=op.f(f"ck_requests_{name}"))
            for name, values in choices.items()
        ),
        *(
            sa.ForeignKeyConstraint(
                [column], [f"{parent}.id"], name=op.f(f"fk_requests_{column}"), ondelete="CASCADE"
            )
            for column, parent in (
                ("person_id", "people"),
                ("account_id", "accounts"),
                ("intent_id", "intents"),
            )
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_requests")),
    )
    op.create_index("ix_requests_person_id_state", "requests", ["person_id", "state", "id"])
    op.create_index("ix_requests_intent_id", "requests", ["intent_id"])
    op.create_index("ix_requests_until", "requests", ["until"])


def _create_panics() -> None:
    op.create_table(
        "panics",
        sa.Column("id", ID64, nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_panics_person_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_panics")),
    )
    with op.batch_alter_table("liquidations") as liquidations:
        liquidations.add_column(sa.Column("panic", ID64))
        liquidations.create_foreign_key(
            op.f("fk_liquidations_panic"), "panics", ["panic"], ["id"], ondelete="RESTRICT"
        )
    op.create_index("ix_liquidations_panic", "liquidations", ["panic"])


def _drop_panics() -> None:
    op.drop_index("ix_liquidations_panic", "liquidations")
    with op.batch_alter_table("liquidations") as liquidations:
        liquidations.drop_constraint(op.f("fk_liquidations_panic"), type_="foreignkey")
        liquidations.drop_column("panic")
    op.drop_table("panics")


def _replace_check(altered: BatchOperations, table: str, column: str, values: tuple[str, ...]) -> None:
    name = op.f(f"ck_{table}_{column}")
    altered.drop_constraint(name, type_="check")
    altered.create_check_constraint(name, _is_one_of(column, values))


def _is_one_of(column: str, values: tuple[str, ...]) -> str:
    return f"{column} IN ({', '.join(repr(value) for value in values)})"

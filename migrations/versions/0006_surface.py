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
NEW_NOTICES = (
    *("card", "liquidation", "divergence", "status", "request", "panic", "knock", "consent"),
    *("escalation", "digest", "alert"),
)
WISHES = ("always", "on", "silent", "off")
KNOCKS = ("at_door", "asked", "admitted", "declined", "ignored")
REQUESTS = ("close", "break_even", "stop", "target", "cancel", "move")
REQUEST_STATES = ("typing", "asked", "queued", "dropped")
SIDES = ("buy", "sell")
SIZED_BY = ("percent", "fixed", "max_lots")

ID64 = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TIME = sa.DateTime(timezone=True)
MONEY = sa.Numeric().with_variant(sa.Text(), "sqlite")
DOCUMENT = sa.JSON().with_variant(JSONB(), "postgresql")


def upgrade() -> None:
    _upgrade_people()
    with op.batch_alter_table("roles") as roles:
        _replace_check(roles, "roles", "role", NEW_ROLES)
    _create_invites()
    _create_knocks()
    _create_menus()
    _create_dialogs()
    _upgrade_accounts()
    _notices(NEW_NOTICES)
    _create_alerts()
    _upgrade_outbox()
    _create_requests()
    _create_panics()
    _upgrade_approvals()
    _create_standing_approvals()


def _upgrade_people() -> None:
    with op.batch_alter_table("people") as people:
        people.add_column(sa.Column("language", sa.String(20), nullable=False, server_default="en"))
        people.add_column(sa.Column("zone", sa.Text(), nullable=False, server_default="UTC"))
        people.create_check_constraint(op.f("ck_people_language"), _is_one_of("language", LANGUAGES))
        people.add_column(sa.Column("blocked_at", TIME))
        people.add_column(sa.Column("of_desk_file", sa.Boolean(), nullable=False, server_default=sa.true()))
    with op.batch_alter_table("people") as people:
        for name in ("language", "zone", "of_desk_file"):
            people.alter_column(name, server_default=None)


def _create_invites() -> None:
    op.create_table(
        "invites",
        sa.Column("id", ID64, nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("role", sa.String(20), nullable=False),
        sa.Column("uses", sa.Integer(), nullable=False),
        sa.Column("used", sa.Integer(), nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("expires_at", TIME, nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.Column("revoked_at", TIME),
        sa.CheckConstraint(_is_one_of("role", NEW_ROLES), name=op.f("ck_invites_role")),
        sa.ForeignKeyConstraint(
            ["created_by"], ["people.id"], name=op.f("fk_invites_created_by"), ondelete="RESTRICT"
        ),
        sa.UniqueConstraint("digest", name=op.f("uq_invites_digest")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invites")),
    )
    op.create_index("ix_invites_expires_at", "invites", ["expires_at"])


def _create_knocks() -> None:
    choices = {"language": LANGUAGES, "state": KNOCKS, "role": NEW_ROLES}
    op.create_table(
        "knocks",
        sa.Column("id", ID64, nullable=False),
        sa.Column("telegram_id", ID64, nullable=False),
        sa.Column("chat_id", ID64, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("language", sa.String(20), nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("knocked_at", TIME, nullable=False),
        sa.Column("asks", sa.Integer(), nullable=False),
        *(sa.Column(name, TIME) for name in ("asked_at", "decided_at")),
        sa.Column("decided_by", sa.Uuid()),
        sa.Column("role", sa.String(20)),
        *(
            sa.CheckConstraint(_is_one_of(name, values), name=op.f(f"ck_knocks_{name}"))
            for name, values in choices.items()
        ),
        sa.ForeignKeyConstraint(
            ["decided_by"], ["people.id"], name=op.f("fk_knocks_decided_by"), ondelete="RESTRICT"
        ),
        sa.UniqueConstraint("telegram_id", name=op.f("uq_knocks_telegram_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_knocks")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_knocks_knocked_at", "knocks", ["knocked_at"])


def _create_menus() -> None:
    op.create_table(
        "menus",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_menus_person_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_menus")),
    )


def _upgrade_approvals() -> None:
    with op.batch_alter_table("approvals") as approvals:
        approvals.add_column(sa.Column("sized_by", sa.String(20)))
        approvals.add_column(sa.Column("factor", MONEY, nullable=False, server_default="1"))
        approvals.add_column(sa.Column("obstacle", sa.Text()))
        approvals.add_column(sa.Column("undo_until", TIME))
        approvals.add_column(sa.Column("standing_id", ID64))
        approvals.add_column(sa.Column("standing_note", sa.Text()))
        approvals.create_check_constraint(op.f("ck_approvals_sized_by"), _is_one_of("sized_by", SIZED_BY))
    with op.batch_alter_table("approvals") as approvals:
        approvals.alter_column("factor", server_default=None)
    op.create_index("ix_approvals_standing_id_decided_at", "approvals", ["standing_id", "decided_at"])


def _downgrade_approvals() -> None:
    op.drop_index("ix_approvals_standing_id_decided_at", "approvals")
    with op.batch_alter_table("approvals") as approvals:
        approvals.drop_constraint(op.f("ck_approvals_sized_by"), type_="check")
        for name in ("sized_by", "factor", "obstacle", "undo_until", "standing_id", "standing_note"):
            approvals.drop_column(name)


def _create_standing_approvals() -> None:
    parents = (("person_id", "people"), ("account_id", "accounts"), ("source_id", "sources"))
    op.create_table(
        "standing_approvals",
        sa.Column("id", ID64, nullable=False),
        *(sa.Column(column, sa.Uuid(), nullable=False) for column, _ in parents),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("max_lots", MONEY, nullable=False),
        sa.Column("max_per_day", sa.Integer(), nullable=False),
        sa.Column("max_open_risk_percent", MONEY, nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        *(sa.Column(name, sa.Integer()) for name in ("consent_version", "risk_version")),
        *(sa.Column(name, TIME) for name in ("accepted_at", "expires_at", "ended_at")),
        sa.Column("ended_because", sa.Text()),
        *(
            sa.ForeignKeyConstraint(
                [column], [f"{parent}.id"], name=op.f(f"fk_standing_approvals_{column}"), ondelete="CASCADE"
            )
            for column, parent in parents
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_standing_approvals")),
        sqlite_autoincrement=True,
    )
    holding = sa.text("accepted_at IS NOT NULL AND ended_at IS NULL")
    op.create_index(
        "uq_standing_approvals_holding",
        "standing_approvals",
        ["account_id", "source_id"],
        unique=True,
        sqlite_where=holding,
        postgresql_where=holding,
    )
    op.create_index("ix_standing_approvals_person_id", "standing_approvals", ["person_id", "id"])


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
    op.drop_table("standing_approvals")
    _downgrade_approvals()
    _drop_panics()
    op.drop_table("requests")
    _downgrade_outbox()
    for table in ("routes", "escalations", "held", "quiet_hours", "wishes"):
        op.drop_table(table)
    _notices(OLD_NOTICES)
    _downgrade_accounts()
    for table in ("dialogs", "menus", "knocks", "invites"):
        op.drop_table(table)
    op.execute("DELETE FROM roles WHERE role = 'viewer'")
    with op.batch_alter_table("roles") as roles:
        _replace_check(roles, "roles", "role", OLD_ROLES)
    with op.batch_alter_table("people") as people:
        people.drop_constraint(op.f("ck_people_language"), type_="check")
        for name in ("language", "zone", "blocked_at", "of_desk_file"):
            people.drop_column(name)


def _notices(kinds: tuple[str, ...]) -> None:
    """What of other kinds waits or was sent is forgotten. Numbers of the outbox never come back."""
    for table in ("outbox", "sent_messages"):
        op.execute(f"DELETE FROM {table} WHERE NOT ({_is_one_of('kind', kinds)})")  # noqa: S608 - our own words
    with op.batch_alter_table("outbox", table_kwargs={"sqlite_autoincrement": True}) as outbox:
        _replace_check(outbox, "outbox", "kind", kinds)
    with op.batch_alter_table("sent_messages") as sent:
        _replace_check(sent, "sent_messages", "kind", kinds)


def _create_alerts() -> None:
    op.create_table(
        "wishes",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("event", sa.Text(), nullable=False),
        sa.Column("wish", sa.String(20), nullable=False),
        sa.CheckConstraint(_is_one_of("wish", WISHES), name=op.f("ck_wishes_wish")),
        _of_person("wishes"),
        sa.PrimaryKeyConstraint("person_id", "event", name=op.f("pk_wishes")),
    )
    op.create_table(
        "quiet_hours",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        *(sa.Column(name, sa.Time(), nullable=False) for name in ("begins", "ends")),
        _of_person("quiet_hours"),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_quiet_hours")),
    )
    op.create_table(
        "held",
        sa.Column("id", ID64, nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("data", DOCUMENT, nullable=False),
        sa.Column("at", TIME, nullable=False),
        _of_person("held"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_held")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_held_person_id", "held", ["person_id", "id"])
    _create_escalations()
    _create_routes()


def _create_escalations() -> None:
    op.create_table(
        "escalations",
        sa.Column("id", ID64, nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("name", "about")),
        sa.Column("data", DOCUMENT, nullable=False),
        *(sa.Column(name, TIME, nullable=False) for name in ("began_at", "told_at")),
        sa.Column("told", DOCUMENT, nullable=False),
        sa.Column("acknowledged_by", sa.Uuid()),
        *(sa.Column(name, TIME) for name in ("acknowledged_at", "over_at")),
        sa.ForeignKeyConstraint(
            ["acknowledged_by"],
            ["people.id"],
            name=op.f("fk_escalations_acknowledged_by"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_escalations")),
        sqlite_autoincrement=True,
    )
    lasting = sa.text("acknowledged_at IS NULL AND over_at IS NULL")
    op.create_index(
        "uq_escalations_lasting",
        "escalations",
        ["name", "about"],
        unique=True,
        sqlite_where=lasting,
        postgresql_where=lasting,
    )


def _create_routes() -> None:
    op.create_table(
        "routes",
        sa.Column("id", ID64, nullable=False),
        *(sa.Column(name, ID64, nullable=False) for name in ("chat_id", "topic")),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("families", DOCUMENT, nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("added_at", TIME, nullable=False),
        sa.Column("paused_at", TIME),
        sa.Column("reason", sa.Text(), nullable=False),
        _of_person("routes"),
        sa.UniqueConstraint("chat_id", "topic", name=op.f("uq_routes_chat_id_topic")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_routes")),
        sqlite_autoincrement=True,
    )


def _of_person(table: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_person_id")
    return sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=name, ondelete="CASCADE")


def _upgrade_outbox() -> None:
    with op.batch_alter_table("outbox", table_kwargs={"sqlite_autoincrement": True}) as outbox:
        outbox.add_column(sa.Column("in_doubt", sa.Boolean(), nullable=False, server_default=sa.false()))
        outbox.add_column(sa.Column("route", ID64))
        outbox.create_foreign_key(op.f("fk_outbox_route"), "routes", ["route"], ["id"], ondelete="CASCADE")
    with op.batch_alter_table("outbox", table_kwargs={"sqlite_autoincrement": True}) as outbox:
        outbox.alter_column("in_doubt", server_default=None)


def _downgrade_outbox() -> None:
    """What was on its way to groups is forgotten: it would go to a person."""
    op.execute("DELETE FROM outbox WHERE route IS NOT NULL")
    with op.batch_alter_table("outbox", table_kwargs={"sqlite_autoincrement": True}) as outbox:
        outbox.drop_constraint(op.f("fk_outbox_route"), type_="foreignkey")
        outbox.drop_column("route")
        outbox.drop_column("in_doubt")


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
        sa.Column("intent_id", ID64),
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

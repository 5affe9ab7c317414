"""The Telegram surface: people's languages and zones, viewers.

SQLite cannot alter a constraint, so tables are copied there. Going down takes the viewers' role.
"""

import sqlalchemy as sa
from alembic import op
from alembic.operations import BatchOperations

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

LANGUAGES = ("en", "ru", "es")
OLD_ROLES = ("owner", "admin", "trader")
NEW_ROLES = (*OLD_ROLES, "viewer")


def upgrade() -> None:
    _upgrade_people()
    with op.batch_alter_table("roles") as roles:
        _replace_check(roles, "roles", "role", NEW_ROLES)


def _upgrade_people() -> None:
    with op.batch_alter_table("people") as people:
        people.add_column(sa.Column("language", sa.String(20), nullable=False, server_default="en"))
        people.add_column(sa.Column("zone", sa.Text(), nullable=False, server_default="UTC"))
        people.create_check_constraint(op.f("ck_people_language"), _is_one_of("language", LANGUAGES))
    with op.batch_alter_table("people") as people:
        for name in ("language", "zone"):
            people.alter_column(name, server_default=None)


def downgrade() -> None:
    op.execute("DELETE FROM roles WHERE role = 'viewer'")
    with op.batch_alter_table("roles") as roles:
        _replace_check(roles, "roles", "role", OLD_ROLES)
    with op.batch_alter_table("people") as people:
        people.drop_constraint(op.f("ck_people_language"), type_="check")
        for name in ("language", "zone"):
            people.drop_column(name)


def _replace_check(altered: BatchOperations, table: str, column: str, values: tuple[str, ...]) -> None:
    name = op.f(f"ck_{table}_{column}")
    altered.drop_constraint(name, type_="check")
    altered.create_check_constraint(name, _is_one_of(column, values))


def _is_one_of(column: str, values: tuple[str, ...]) -> str:
    return f"{column} IN ({', '.join(repr(value) for value in values)})"

"""What the tables have in common."""

from typing import Any

from sqlalchemy import Column, ForeignKey, Index, MetaData, text

metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
    }
)


def belongs_to(parent: str, name: str, *, ondelete: str = "RESTRICT", nullable: bool = False) -> Column[Any]:
    """A column that holds the `id` of a row of `parent`."""
    return Column(name, ForeignKey(f"{parent}.id", ondelete=ondelete), nullable=nullable)


def unique_where(name: str, *columns: str, where: str) -> Index:
    """A unique index over some rows only; SQLite and PostgreSQL take the same condition."""
    return Index(name, *columns, unique=True, sqlite_where=text(where), postgresql_where=text(where))

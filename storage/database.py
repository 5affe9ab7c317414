"""What the desk knows of the database itself."""

from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncConnection

_NAMES = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}


@dataclass(frozen=True, slots=True)
class SqlDatabase:
    connection: AsyncConnection

    async def version(self) -> str:
        dialect = self.connection.dialect
        numbers = ".".join(map(str, dialect.server_version_info or ()))
        return f"{_NAMES.get(dialect.name, dialect.name)} {numbers}".rstrip()

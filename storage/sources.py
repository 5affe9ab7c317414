"""Sources and their secrets."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from core.model.accounts import Source
from core.model.errors import NotFound
from core.model.ids import SourceId
from storage.rows import columns_of, fetch, fetch_one, insert_all, put, values_of
from storage.secrets import Vault
from storage.tables import sources

_SELECT = select(*columns_of(sources, Source))


@dataclass(frozen=True, slots=True)
class SqlSources:
    connection: AsyncConnection
    vault: Vault

    async def add(self, source: Source, secrets: Sequence[str]) -> None:
        """`secrets` newest first. Raises Conflict when the id or the name is taken."""
        await insert_all(self.connection, sources, _conflict(source), self._row(source, secrets))

    async def put(self, source: Source, secrets: Sequence[str]) -> None:
        await put(self.connection, sources, _conflict(source), self._row(source, secrets))

    def _row(self, source: Source, secrets: Sequence[str]) -> dict[str, Any]:
        return values_of(source) | {"secrets": self.vault.seal(source.id, json.dumps(list(secrets)))}

    async def by_name(self, name: str) -> Source | None:
        return await fetch_one(self.connection, Source, _SELECT.where(sources.c.name == name))

    async def all(self) -> Sequence[Source]:
        """By name."""
        return await fetch(self.connection, Source, _SELECT.order_by(sources.c.name))

    async def secrets(self, source: SourceId) -> Sequence[str]:
        """Raises NotFound, and Unreadable when no key fits or the row was swapped."""
        query = select(sources.c.secrets).where(sources.c.id == source)
        token = await self.connection.scalar(query)
        if token is None:
            raise NotFound(f"there is no source {source}")
        return [str(secret) for secret in json.loads(self.vault.open(source, token))]


def _conflict(source: Source) -> str:
    return f"there is a source named {source.name} already"

"""Accounts and their passwords."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from core.model.accounts import Account
from core.model.errors import NotFound
from core.model.ids import AccountId, PersonId
from storage.rows import columns_of, fetch, fetch_one, insert_all, put, values_of
from storage.secrets import Vault
from storage.tables import accounts

_SELECT = select(*columns_of(accounts, Account)).order_by(accounts.c.label, accounts.c.id)
_LINKED = accounts.c.retired_at.is_(None)
ERASED = ""
"""In place of a password that is not kept any more."""


@dataclass(frozen=True, slots=True)
class SqlAccounts:
    connection: AsyncConnection
    vault: Vault

    async def add(self, account: Account, password: str) -> None:
        """Raises Conflict when the id, or the login at that server, is known."""
        await insert_all(self.connection, accounts, _conflict(account), self._row(account, password))

    async def put(self, account: Account, password: str) -> None:
        await put(self.connection, accounts, _conflict(account), self._row(account, password))

    def _row(self, account: Account, password: str) -> dict[str, Any]:
        return values_of(account) | {"password": self.vault.seal(account.id, password)}

    async def change(self, account: Account) -> None:
        kept = values_of(account)
        del kept["id"]
        await self.connection.execute(update(accounts).where(accounts.c.id == account.id).values(kept))

    async def retire(self, account: AccountId, at: datetime) -> None:
        erased = {"retired_at": at, "password": ERASED}
        await self.connection.execute(update(accounts).where(accounts.c.id == account).values(erased))

    async def get(self, account: AccountId) -> Account | None:
        return await fetch_one(self.connection, Account, _SELECT.where(accounts.c.id == account))

    async def retired(self, person: PersonId, login: int, server: str) -> Account | None:
        there = and_(accounts.c.login == login, func.lower(accounts.c.server) == server.lower())
        known = and_(accounts.c.person_id == person, there)
        query = select(*columns_of(accounts, Account)).where(known, accounts.c.retired_at.is_not(None))
        newest = query.order_by(accounts.c.retired_at.desc(), accounts.c.id).limit(1)
        return await fetch_one(self.connection, Account, newest)

    async def all(self) -> Sequence[Account]:
        """By label."""
        return await fetch(self.connection, Account, _SELECT.where(_LINKED))

    async def of_person(self, person: PersonId) -> Sequence[Account]:
        """By label."""
        return await fetch(self.connection, Account, _SELECT.where(_LINKED, accounts.c.person_id == person))

    async def password(self, account: AccountId) -> str:
        """Raises NotFound (of one that was unlinked, too), and Unreadable when no key fits or the row was
        swapped."""
        query = select(accounts.c.password).where(_LINKED, accounts.c.id == account)
        token = await self.connection.scalar(query)
        if token is None:
            raise NotFound(f"there is no account {account}")
        return self.vault.open(account, token)


def _conflict(account: Account) -> str:
    known = f"login {account.login} at {account.server} is on the desk already"
    return f"{known} by another label than {account.label}; an account keeps its first one"

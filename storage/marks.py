"""The market guard's marks: each danger of an account's symbol once while it lasts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from core.model.ids import AccountId
from core.model.policies import MarketAction
from core.model.risk import Mark
from storage.rows import columns_of, fetch, fetch_one, insert_new, values_of
from storage.tables import marks

_SELECT = select(*columns_of(marks, Mark))
_LASTING = marks.c.ended_at.is_(None)


@dataclass(frozen=True, slots=True)
class SqlMarks:
    connection: AsyncConnection

    async def begin(self, mark: Mark) -> Mark | None:
        row = {name: value for name, value in values_of(mark).items() if name != "id"}
        if not await insert_new(self.connection, marks, row):
            return None
        same = (marks.c.account_id == mark.account_id, marks.c.symbol == mark.symbol)
        query = _SELECT.where(_LASTING, *same, marks.c.danger == mark.danger)
        return await fetch_one(self.connection, Mark, query)

    async def acted(self, mark: int, action: MarketAction, positions: tuple[int, ...]) -> None:
        changes = {"action": action, "positions": positions}
        await self.connection.execute(update(marks).where(marks.c.id == mark, _LASTING).values(changes))

    async def end(self, mark: int, at: datetime) -> None:
        statement = update(marks).where(marks.c.id == mark, _LASTING)
        await self.connection.execute(statement.values(ended_at=at))

    async def lasting(self, account: AccountId | None = None) -> Sequence[Mark]:
        query = _SELECT.where(_LASTING).order_by(marks.c.id)
        if account is not None:
            query = query.where(marks.c.account_id == account)
        return await fetch(self.connection, Mark, query)

"""Dialogs: the steps of wizards, so that they survive a restart."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from core.model.dialogs import Dialog
from storage.rows import columns_of, fetch_one, upsert, values_of
from storage.tables import dialogs

_SELECT = select(*columns_of(dialogs, Dialog))


@dataclass(frozen=True, slots=True)
class SqlDialogs:
    connection: AsyncConnection

    async def get(self, chat_id: int, user_id: int) -> Dialog | None:
        return await fetch_one(self.connection, Dialog, _SELECT.where(_of(chat_id, user_id)))

    async def save(self, dialog: Dialog) -> None:
        await upsert(self.connection, dialogs, values_of(dialog))

    async def end(self, chat_id: int, user_id: int) -> None:
        await self.connection.execute(delete(dialogs).where(_of(chat_id, user_id)))


def _of(chat_id: int, user_id: int) -> ColumnElement[bool]:
    return and_(dialogs.c.chat_id == chat_id, dialogs.c.user_id == user_id)

"""Telling people: one notice in the outbox per recipient, in the transaction of the change."""

from collections.abc import Iterable
from datetime import datetime

from core.model.accounts import Account
from core.model.events import Json, Notice, NoticeKind, Priority
from core.model.ids import PersonId
from core.model.people import Role
from core.ports import Tx


async def alert_owners(tx: Tx, at: datetime, name: str, data: Json, priority: Priority) -> None:
    """Tell every owner."""
    await alert_people(tx, at, await owners(tx), name, data, priority)


async def alert_desk_and_trader(
    tx: Tx, at: datetime, account: Account, name: str, data: Json, priority: Priority
) -> None:
    """Tell every owner and the trader of the account, each once."""
    people = await desk_and_trader(tx, account)
    await alert_people(tx, at, people, name, {**_of(account), **data}, priority)


async def alert_people(
    tx: Tx, at: datetime, people: Iterable[PersonId], name: str, data: Json, priority: Priority
) -> None:
    await tx.outbox.put([Notice(p, NoticeKind.ALERT, name, priority, data) for p in people], at)


async def owners(tx: Tx) -> set[PersonId]:
    return {owner.id for owner in await tx.people.with_role(Role.OWNER)}


async def desk_and_trader(tx: Tx, account: Account) -> set[PersonId]:
    """Whom everything about an account concerns: the owners and its trader."""
    return await owners(tx) | {account.person_id}


def _of(account: Account) -> Json:
    return {"account": account.label, "account_id": str(account.id)}

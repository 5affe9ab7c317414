"""Telling people of a fact as each wishes, in the transaction of the change."""

from collections.abc import Collection, Iterable
from datetime import datetime

from core.alerts.audience import desk_and_trader, owners, routes_of
from core.alerts.escalating import begin
from core.model.accounts import Account
from core.model.alerts import Manner, kind_of
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
    about: Json = {"account": account.label, "account_id": str(account.id)}
    await alert_people(tx, at, people, name, about | data, priority)


async def alert_people(
    tx: Tx, at: datetime, people: Iterable[PersonId], name: str, data: Json, priority: Priority
) -> None:
    """Tell each as they wish: now, when their quiet hours are over, or not at all. Groups get what is routed
    there; what escalates goes on to others until somebody has it in hand."""
    told = sorted(set(people))
    if priority is Priority.CRITICAL and kind_of(name).escalates:
        data = data | {"escalation": await begin(tx, at, told, name, data)}
    now = await _now(tx, at, told, name, data, priority)
    notices = [Notice(person, NoticeKind.ALERT, name, priority, data) for person in now]
    await tx.outbox.put([*notices, *await _routed(tx, name, data, priority)], at)


async def _now(
    tx: Tx, at: datetime, people: Collection[PersonId], name: str, data: Json, priority: Priority
) -> list[PersonId]:
    """Who is told now; for others it is held, or they have switched it off."""
    now: list[PersonId] = []
    for person, wishes in (await tx.preferences.of(people)).items():
        manner = wishes.manner(name, priority, at)
        if manner is Manner.HELD:
            await tx.preferences.hold(person, name, data, at)
        elif manner is not Manner.OFF:
            now.append(person)
    return now


async def _routed(tx: Tx, name: str, data: Json, priority: Priority) -> list[Notice]:
    """One for each group that gets the family; what is a trader's alone goes to nobody else."""
    kind = kind_of(name)
    if Role.OWNER not in kind.tells:
        return []
    going = await routes_of(tx, kind.family)
    return [Notice(each.person_id, NoticeKind.ALERT, name, priority, data, each.id) for each in going]

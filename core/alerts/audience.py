"""Whom something concerns, when it happens and when it is told: a role may have been taken in between."""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from core.model.accounts import Account
from core.model.alerts import ROUTABLE, Family, Route, kind_of
from core.model.events import Json, Notice, NoticeKind
from core.model.ids import AccountId, PersonId
from core.model.people import Person, Right, Role
from core.ports import Tx

OF_THEMSELVES = "person_roles"
"""An alert that tells people what became of their own roles."""

_NEEDED: Final = {NoticeKind.PANIC: Right.READ_DESK, NoticeKind.KNOCK: Right.INVITE}


async def owners(tx: Tx) -> set[PersonId]:
    return {owner.id for owner in await tx.people.with_role(Role.OWNER)}


async def routes_of(tx: Tx, family: Family) -> Sequence[Route]:
    """Where what belongs to the family goes beside people; never what is a trader's alone."""
    if family not in ROUTABLE:
        return []
    return [each for each in await tx.routes.all() if each.paused_at is None and family in each.families]


async def desk_and_trader(tx: Tx, account: Account) -> set[PersonId]:
    """Whom everything about an account concerns: the owners and its trader."""
    return await owners(tx) | {account.person_id}


async def may_be_told(tx: Tx, person: Person, notice: Notice) -> bool:
    """Whether the person may still read what was put for them. Who is blocked, or has no role any more, is
    told of their own accounts only, whose money stays theirs; of a card what became of one they have seen."""
    match notice.kind:
        case NoticeKind.ALERT:
            return await may_read(tx, person, notice.subject, notice.data)
        case NoticeKind.ESCALATION:
            found = await tx.escalations.get(int(notice.subject))
            return found is None or await may_read(tx, person, found.name, found.data)
        case NoticeKind.LIQUIDATION | NoticeKind.DIVERGENCE:
            return await _reads(tx, person, await _account_of(tx, notice))
        case NoticeKind.CARD:
            return person.may(Right.DECIDE) or await _was_shown(tx, person, notice)
        case NoticeKind.STATUS | NoticeKind.CONSENT:
            return _belongs(person)
    needed = _NEEDED.get(notice.kind)
    return needed is None or person.may(needed)


async def _was_shown(tx: Tx, person: Person, notice: Notice) -> bool:
    return await tx.outbox.sent(notice.kind, notice.subject, person.id) is not None


async def _account_of(tx: Tx, notice: Notice) -> AccountId | None:
    if notice.kind is NoticeKind.LIQUIDATION:
        running = await tx.liquidations.get(int(notice.subject))
        return running.account_id if running else None
    row = await tx.reconciliation.get(int(notice.subject))
    return row.divergence.account_id if row else None


async def may_read(tx: Tx, person: Person, name: str, data: Json) -> bool:
    """Whether an alert of that name, with those facts, is one for them now."""
    account = data.get("account_id")
    if account is not None:
        return await _reads(tx, person, AccountId(UUID(str(account))))
    tells_traders = Role.TRADER in kind_of(name).tells or name == OF_THEMSELVES
    return person.may(Right.READ_DESK) or (_belongs(person) and tells_traders)


async def _reads(tx: Tx, person: Person, account: AccountId | None) -> bool:
    """What is about nothing that is known here any more tells nobody anything."""
    if account is None or person.may(Right.READ_DESK):
        return True
    found = await tx.accounts.get(account)
    return found is not None and found.person_id == person.id


def _belongs(person: Person) -> bool:
    return bool(person.roles) and not person.is_blocked

"""Whom something concerns."""

from collections.abc import Sequence

from core.model.accounts import Account
from core.model.alerts import ROUTABLE, Family, Route
from core.model.ids import PersonId
from core.model.people import Role
from core.ports import Tx


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

"""Whom something concerns."""

from core.model.accounts import Account
from core.model.ids import PersonId
from core.model.people import Role
from core.ports import Tx


async def owners(tx: Tx) -> set[PersonId]:
    return {owner.id for owner in await tx.people.with_role(Role.OWNER)}


async def desk_and_trader(tx: Tx, account: Account) -> set[PersonId]:
    """Whom everything about an account concerns: the owners and its trader."""
    return await owners(tx) | {account.person_id}

"""Whose accounts a person may see."""

from collections.abc import Sequence
from uuid import UUID

from core.accounts.owned import account_for
from core.model.accounts import Account
from core.model.ids import AccountId
from core.model.people import Person, Right
from core.ports import Tx

READS = Right.READ_OWN, Right.READ_DESK


async def readable_accounts(tx: Tx, person: Person) -> Sequence[Account]:
    """The accounts that the person may see, by label: their own, or the whole desk's."""
    return await (tx.accounts.all() if person.may(Right.READ_DESK) else tx.accounts.of_person(person.id))


async def readable_account(tx: Tx, person: Person, account_id: UUID) -> Account:
    """The one of these that a button names. Raises NotFound."""
    return await account_for(tx, person, AccountId(account_id), *READS)

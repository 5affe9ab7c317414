"""Whose accounts a person may see."""

from collections.abc import Sequence

from core.model.accounts import Account
from core.model.people import Person, Right
from core.ports import Tx


async def readable_accounts(tx: Tx, person: Person) -> Sequence[Account]:
    """The accounts that the person may see, by label: their own, or the whole desk's."""
    return await (tx.accounts.all() if person.may(Right.READ_DESK) else tx.accounts.of_person(person.id))

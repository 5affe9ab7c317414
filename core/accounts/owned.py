"""Whose account it is: checked in the transaction of each change."""

from core.accounts.refusals import AccountRefused, Reason
from core.model.accounts import Account
from core.model.errors import NotAllowed, NotFound
from core.model.ids import AccountId
from core.model.incidents import Trouble
from core.model.people import Person, Right
from core.ports import Tx

_OF_THE_DESK = {Right.READ_DESK, Right.HOLD}
"""Rights that reach every account; the others reach a person's own."""


def reaches(person: Person, account: Account, *rights: Right) -> bool:
    """Whether one of these rights of the person reaches the account."""
    own = account.person_id == person.id
    return any(person.may(right) and (own or right in _OF_THE_DESK) for right in rights)


async def account_for(tx: Tx, person: Person, account_id: AccountId, *rights: Right) -> Account:
    """The linked account as it is now. Raises NotFound where none of these rights reaches it."""
    account = await tx.accounts.get(account_id)
    if account is None or account.retired_at is not None or not reaches(person, account, *rights):
        raise NotFound("This account is not yours.")
    return account


async def own_account(tx: Tx, person: Person, account_id: AccountId) -> Account:
    """The person's linked account as it is now. Raises NotAllowed, or NotFound for anybody else's."""
    if not person.may(Right.LINK):
        raise NotAllowed("Your role does not permit this.")
    account = await tx.accounts.get(account_id)
    if account is None or account.person_id != person.id or account.retired_at is not None:
        raise NotFound("This account is not linked for you any more. /accounts shows those that are.")
    return account


async def changeable(tx: Tx, person: Person, account_id: AccountId) -> Account:
    """The same of one that is not the desk file's. Raises AccountRefused too."""
    account = await own_account(tx, person, account_id)
    if account.of_desk_file:
        raise AccountRefused(Reason.DESK_FILE)
    return account


async def login_refused(tx: Tx, account_id: AccountId) -> bool:
    """Whether the broker refuses the login that is kept; people have been told of that."""
    lasting = await tx.incidents.lasting()
    return any(one.account_id == account_id and one.trouble is Trouble.REJECTED for one in lasting)

"""Another password for a linked account, which its broker has changed: in place of the old one once it is
proven at the terminal, and never one that may only look."""

from core.accounts.linking import Candidate, check_may_link
from core.accounts.owned import changeable, login_refused
from core.accounts.refusals import AccountRefused, Reason
from core.bell import ACCOUNTS
from core.desk import Desk
from core.health.findings import may_renew
from core.model.accounts import Account
from core.model.errors import Stale
from core.model.events import Event, Json
from core.model.ids import AccountId
from core.model.people import Person
from core.ports import Tx


async def renewable(tx: Tx, person: Person, account_id: AccountId) -> Account:
    """The person's own, if its terminal may be logged in anew now: nothing is lost with a login that is
    refused anyway, else no order and no closing is interrupted.

    Raises NotAllowed, NotFound, or AccountRefused.
    """
    account = await changeable(tx, person, account_id)
    if not may_renew(account):
        raise AccountRefused(Reason.PAPER)
    if await login_refused(tx, account_id):
        return account
    if await tx.liquidations.running_of(account_id) is not None:
        raise AccountRefused(Reason.CLOSING)
    unfinished = len(await tx.intents.unfinished(account_id))
    if unfinished:
        raise AccountRefused(Reason.UNDER_WAY, orders=unfinished)
    return account


async def renew(desk: Desk, person: Person, proven: Candidate) -> Account:
    """Keep the password that was proven; its terminal is logged in with it at the next call.

    Raises as `renewable` does, and Stale when the account is at another broker or terminal by now.
    """
    check_may_link(person)
    async with desk.store.write() as tx:
        account = await renewable(tx, person, proven.account.id)
        if _place(account) != _place(proven.account):
            raise Stale("This was changed meanwhile. /accounts shows what holds now.")
        await tx.accounts.put(account, proven.password)
        data: Json = {"login": str(account.login), "server": account.server}
        event = Event("account.password", desk.clock.now(), account.label, data, account.id, person.id)
        await tx.events.append(event)
    await desk.terminals.close(account.id)
    desk.bell.ring(ACCOUNTS)
    return account


def _place(account: Account) -> tuple[int, str, str]:
    return account.login, account.server, account.terminal_path

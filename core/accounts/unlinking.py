"""Unlinking an account: only when nothing is open there or on its way, and never to escape a lock."""

from dataclasses import dataclass
from decimal import Decimal

from core.accounts.owned import changeable
from core.accounts.refusals import AccountRefused, Reason
from core.accounts.staying import what_keeps
from core.alerts import alert_owners
from core.bell import ACCOUNTS, OUTBOX
from core.desk import Desk
from core.model.accounts import Account
from core.model.events import Event, Json, Priority
from core.model.ids import AccountId
from core.model.people import Person
from core.model.risk import LockKind, Place
from core.mt5.errors import AuthenticationFailed, TerminalError
from core.ports import Tx
from core.risk.sight import whole_snapshot
from core.trading.withdrawing import withdraw_cards


@dataclass(frozen=True, slots=True)
class Leaving:
    """What would be unlinked: its money as it was last read, and the cards that would be withdrawn."""

    account: Account
    balance: Decimal | None
    currency: str
    cards: int


async def before_unlinking(desk: Desk, person: Person, account_id: AccountId) -> Leaving:
    """Raises NotAllowed, NotFound, or AccountRefused with what is open, on its way or locked."""
    await _check_terminal(desk, person, account_id)
    async with desk.store.read() as tx:
        account = await _check_books(desk, tx, person, account_id)
        last = await tx.snapshots.latest(account_id)
        cards = [each for each in await tx.approvals.pending_of(person.id) if each.account_id == account_id]
    balance, currency = (last.account.balance, last.account.currency) if last else (None, "")
    return Leaving(account, balance, currency, len(cards))


async def unlink(desk: Desk, person: Person, account_id: AccountId) -> Account:
    """End the desk's access: the password is erased, the row stays for its history, its cards are withdrawn.

    What is filled between the look at the terminal and the books is a trade in the books. Raises as
    `before_unlinking` does.
    """
    await _check_terminal(desk, person, account_id)
    now = desk.clock.now()
    async with desk.store.write() as tx:
        account = await _check_books(desk, tx, person, account_id)
        await _withdraw_cards(desk, tx, person, account)
        await tx.locks.release(LockKind.OWN, Place(account_id), now, person.id)
        await tx.accounts.retire(account_id, now)
        data: Json = {"login": str(account.login), "server": account.server}
        await tx.events.append(Event("account.unlinked", now, account.label, data, account.id, person.id))
        told: Json = {"account": account.label, "name": person.name}
        await alert_owners(tx, now, "account_unlinked", told, Priority.NOTICE)
    desk.bell.ring(ACCOUNTS)
    desk.bell.ring(OUTBOX)
    return account


async def _check_terminal(desk: Desk, person: Person, account_id: AccountId) -> None:
    """Nothing is open there now. Where the broker takes the login no more, the books alone tell."""
    async with desk.store.read() as tx:
        await changeable(tx, person, account_id)
    try:
        snapshot = await whole_snapshot(await desk.terminals.session(account_id))
    except AuthenticationFailed:
        return
    except TerminalError as error:
        raise AccountRefused(Reason.UNREADABLE) from error
    if snapshot.positions or snapshot.orders:
        raise _not_flat(len(snapshot.positions), len(snapshot.orders))


async def _check_books(desk: Desk, tx: Tx, person: Person, account_id: AccountId) -> Account:
    account = await changeable(tx, person, account_id)
    keeps = await what_keeps(tx, account_id, desk.clock.now())
    if keeps.under_way:
        raise AccountRefused(Reason.UNDER_WAY, orders=keeps.under_way)
    if keeps.positions or keeps.pending:
        raise _not_flat(keeps.positions, keeps.pending)
    if keeps.liquidating or keeps.locked:
        raise AccountRefused(Reason.LOCKED)
    return account


def _not_flat(positions: int, orders: int) -> AccountRefused:
    return AccountRefused(Reason.NOT_FLAT, positions=positions, orders=orders)


async def _withdraw_cards(desk: Desk, tx: Tx, person: Person, account: Account) -> None:
    cards = await tx.approvals.pending_of(person.id)
    theirs = [card for card in cards if card.account_id == account.id]
    await withdraw_cards(tx, theirs, desk.clock.now(), "The account is not linked any more.")

"""Panic: an owner closes everything on every account and locks the whole desk, at once.

It asks nothing of any terminal: each account gets a liquidation without a countdown, which its own guard
carries out, verifies and goes on with through hung terminals and restarts, none waiting for another.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal

from core.alerts import refresh_panic
from core.bell import LOCKS, OUTBOX, guard_bell
from core.desk import Desk
from core.model.accounts import Account
from core.model.errors import NotAllowed, NotFound
from core.model.events import Event, Notice, NoticeKind, Priority
from core.model.ids import PersonId
from core.model.mt5 import MT5AccountSnapshot
from core.model.panics import Panic
from core.model.people import Person, Right
from core.model.risk import DESK, Liquidation, LiquidationState, LockKind
from core.ports import SentMessage, Tx
from core.readings import last_reading
from core.risk.moves import begin, move, note

_WAITS = (LiquidationState.WARNED, LiquidationState.COUNTING, LiquidationState.HELD)


@dataclass(frozen=True, slots=True)
class Stake:
    """An account as it was last read; None before the first reading. `error` is why it cannot be read now."""

    account: Account
    snapshot: MT5AccountSnapshot | None
    error: str | None = None

    @property
    def positions(self) -> int:
        return len(self.snapshot.positions) if self.snapshot else 0

    @property
    def orders(self) -> int:
        return len(self.snapshot.orders) if self.snapshot else 0

    @property
    def lots(self) -> Decimal:
        held = self.snapshot.positions if self.snapshot else ()
        return sum((position.volume for position in held), Decimal(0))


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a panic is: `by` is who asked for it; each account with its liquidation."""

    panic: Panic
    by: str
    parts: Sequence[tuple[Stake, Liquidation]]


async def at_stake(desk: Desk, person: Person) -> Sequence[Stake]:
    """What would be closed, as it was last read: no terminal is waited for. Raises NotAllowed."""
    _check(person)
    async with desk.store.read() as tx:
        return [await _stake(desk, tx, account) for account in await tx.accounts.all()]


def equities(stakes: Sequence[Stake]) -> Mapping[str, Decimal]:
    """The equity of all by currency: money of two currencies is never added."""
    found: defaultdict[str, Decimal] = defaultdict(Decimal)
    for stake in stakes:
        if stake.snapshot is not None:
            found[stake.snapshot.account.currency] += stake.snapshot.account.equity
    return found


async def panic(desk: Desk, person: Person, shown: SentMessage | None = None) -> Panic:
    """Lock the desk and close everything on every account, in one transaction; the message `shown` tells from
    now on how far it is.

    Asked for again while one runs it is the same one, and takes in what is held or new. Raises NotAllowed.
    """
    _check(person)
    now = desk.clock.now()
    async with desk.store.write() as tx:
        asked = await tx.panics.running() or await tx.panics.start(person.id, now)
        reason = f"The desk is locked by {person.name}: panic"
        await tx.locks.release(LockKind.OWNER, DESK, now, person.id)  # an earlier one may end by its time
        await tx.locks.set(LockKind.OWNER, DESK, reason, now, person.id)
        accounts = await tx.accounts.all()
        running = {found.account_id: found for found in await tx.liquidations.running()}
        for account in accounts:
            await _close(desk, tx, account, asked, person, running.get(account.id))
        traders = {account.id: account.person_id for account in accounts}
        parts = await tx.panics.liquidations_of(asked.id)
        notices = [_notice(traders[part.account_id], part) for part in parts if part.account_id in traders]
        await tx.outbox.put(notices, now)
        facts = {"accounts": len(accounts), "panic": asked.id}
        await tx.events.append(Event("desk.panic", now, DESK.key, {**facts}, None, person.id))
        if shown is not None:
            await tx.outbox.remember_sent(NoticeKind.PANIC, str(asked.id), person.id, shown, now)
        await refresh_panic(tx, now, asked.id)
    for name in (LOCKS, OUTBOX, *(guard_bell(account.id) for account in accounts)):
        desk.bell.ring(name)
    return asked


async def progress(desk: Desk, tx: Tx, number: int) -> Progress:
    """As it is now. Raises NotFound."""
    found = await tx.panics.get(number)
    if found is None:
        raise NotFound("This is not known here.")
    by = await tx.people.get(found.person_id)
    linked = {account.id: account for account in await tx.accounts.all()}
    parts = []
    for part in await tx.panics.liquidations_of(number):
        account = linked.get(part.account_id) or await tx.accounts.get(part.account_id)
        if account is not None:
            parts.append((await _stake(desk, tx, account), part))
    return Progress(found, by.name if by else "", parts)


def _check(person: Person) -> None:
    if not person.may(Right.PANIC):
        raise NotAllowed("Only an owner can do this.")


async def _stake(desk: Desk, tx: Tx, account: Account) -> Stake:
    snapshot = await last_reading(desk, tx, account.id)
    return Stake(account, snapshot, desk.board.of(account.id).error)


def _notice(trader: PersonId, part: Liquidation) -> Notice:
    return Notice(trader, NoticeKind.LIQUIDATION, str(part.id), Priority.CRITICAL)


async def _close(
    desk: Desk, tx: Tx, account: Account, asked: Panic, person: Person, running: Liquidation | None
) -> None:
    """Begin, or hurry what waits; what is being closed already becomes a part of the panic."""
    if running is None:
        await begin(desk, tx, account, f"panic of {person.name}", timedelta(), asked.id)
    elif running.state in _WAITS:
        closing = replace(running, state=LiquidationState.CLOSING, fires_at=desk.clock.now(), panic=asked.id)
        await note(tx, account, closing, "hurried", desk.clock.now(), person)
        await move(desk, tx, account, running, closing, person)
    else:
        await tx.liquidations.advance(replace(running, panic=asked.id), running.state)

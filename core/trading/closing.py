"""Closing what is open: intents for every position and pending order of an account, worst first."""

import asyncio
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from core.accounts.owned import account_for
from core.bell import account_bell
from core.desk import Desk
from core.model.accounts import Account
from core.model.events import Event
from core.model.ids import AccountId
from core.model.mt5 import MT5AccountSnapshot, MT5Position
from core.model.people import Person, Right
from core.model.trades import Intent, IntentKind, IntentState
from core.mt5.errors import TerminalError, Unavailable
from core.mt5.patience import within
from core.ports import Tx
from core.trading.asked import ENDS, note_asked
from core.trading.intents import Intentions
from core.trading.plans import yields
from core.trading.tracing import trace_of

CLOSE_WITHIN = timedelta(seconds=60)
LOST_AFTER_S = 10.0
"""Where the books can be read a close in doubt is long concluded, or sent again, by then."""


@dataclass(frozen=True, slots=True)
class Exposure:
    """What a person has open. `profits` are the results by currency, `held` the accounts with something open,
    `silent` those that could not be read now."""

    positions: tuple[tuple[Account, MT5Position], ...]
    profits: Mapping[str, Decimal]
    orders: int = 0
    silent: tuple[Account, ...] = ()
    held: tuple[Account, ...] = ()

    @property
    def is_flat(self) -> bool:
        """Nothing to close, as far as every account could be read."""
        return not (self.positions or self.orders or self.silent)


async def exposure(desk: Desk, person: Person, only: AccountId | None = None) -> Exposure:
    """What is open on all accounts of the person, or on that one, read now."""
    accounts = await _accounts(desk, person, only)
    snapshots = await asyncio.gather(*(_read_soon(desk, account) for account in accounts))
    pairs = list(zip(accounts, snapshots, strict=True))
    read = [(account, snapshot) for account, snapshot in pairs if snapshot is not None]
    silent = [account for account, snapshot in pairs if snapshot is None]
    profits: defaultdict[str, Decimal] = defaultdict(Decimal)
    for _, snapshot in read:
        if snapshot.positions:
            profits[snapshot.account.currency] += snapshot.unrealised_profit
    return Exposure(
        tuple((account, position) for account, snapshot in read for position in snapshot.positions),
        profits,
        sum(len(snapshot.orders) for _, snapshot in read),
        tuple(silent),
        tuple(account for account, snapshot in read if snapshot.positions or snapshot.orders),
    )


async def _read_soon(desk: Desk, account: Account) -> MT5AccountSnapshot | None:
    try:
        async with within():
            return await (await desk.terminals.session(account.id)).snapshot()
    except TerminalError:
        return None


async def close_all(desk: Desk, person: Person, only: AccountId | None = None) -> int:
    """Queue closing of everything on the person's accounts, or on that one; returns how many closes.

    Raises Unavailable naming the accounts that could not be read; on the others everything is queued.
    """
    accounts = await _accounts(desk, person, only)
    closing = await asyncio.gather(*(_closing(desk, account, person) for account in accounts))
    queued = sum(each for each in closing if isinstance(each, int))
    silent = [each for each in closing if isinstance(each, str)]
    if silent:
        sentence = f"Not everything could be closed. {' '.join(silent)} Being closed elsewhere: {queued}."
        raise Unavailable("close all", for_trader=sentence)
    return queued


async def _closing(desk: Desk, account: Account, person: Person) -> int | str:
    """How many closes are queued, or why none is: no account waits for another's terminal."""
    try:
        return await close_account(desk, account, person)
    except TerminalError as error:
        return f"{account.label}: {error.for_trader}"


async def close_account(desk: Desk, account: Account, person: Person) -> int:
    """Queue closing of everything on one account, whoever may; returns how many. Raises TerminalError."""
    async with within():
        snapshot = await (await desk.terminals.session(account.id)).snapshot()
    async with desk.store.write() as tx:
        queued = len(await queue_closing_everything(desk, tx, account, snapshot, CLOSE_WITHIN))
        for coming in await tx.intents.waiting(account.id):  # a liquidation may have asked for them before
            if coming.kind in ENDS:
                await note_asked(tx, coming, person, await trace_of(tx, coming))
        await tx.events.append(
            Event("account.close_all", desk.clock.now(), account.label, {}, account.id, person.id)
        )
    desk.bell.ring(account_bell(account.id))
    return queued


async def _accounts(desk: Desk, person: Person, only: AccountId | None) -> Sequence[Account]:
    """Raises NotFound when that one is not theirs."""
    async with desk.store.read() as tx:
        if only is not None:
            return [await account_for(tx, person, only, Right.CLOSE_OWN)]
        return await tx.accounts.of_person(person.id)


async def queue_closing_everything(
    desk: Desk,
    tx: Tx,
    account: Account,
    snapshot: MT5AccountSnapshot,
    within: timedelta,
    coming: Sequence[Intent] = (),
) -> Sequence[Intent]:
    """Add an intent for each pending order and position that none is on its way for; returns those added.

    Pending orders first, then positions: the oldest first where the account is FIFO, else the worst first.
    `coming` were on their way before the snapshot was read: they may be done by now, which it does not show.
    """
    known = [*coming, *await tx.intents.unfinished(account.id)]
    under_way = [intent for intent in known if not yields(intent) and not _is_lost(desk, intent)]
    # An opening that waits as a pending order names that order: it is what is to be cancelled.
    cancelled = {intent.position for intent in under_way if intent.kind is IntentKind.CANCEL}
    closes = [intent for intent in under_way if intent.kind is IntentKind.CLOSE]
    closed = {(intent.position, intent.side.opposite, intent.volume) for intent in closes}
    intentions = Intentions(account.id, desk.clock.now(), within)
    wanted = [intentions.cancel(order) for order in snapshot.orders if order.ticket not in cancelled]
    wanted += [
        intentions.close(position)
        for position in in_order(snapshot)
        # A part on its way is not enough, and one of before a reversal closes nothing.
        if (position.identifier, position.side, position.volume) not in closed
    ]
    for intent in wanted:
        await tx.intents.add(intent)
    return wanted


def _is_lost(desk: Desk, intent: Intent) -> bool:
    """Whether a close is in doubt for so long that the history, which would tell, cannot be read.

    A close names its position: done late after all, it finds that closed, and does nothing.
    """
    in_doubt = intent.kind is IntentKind.CLOSE and intent.state is IntentState.UNKNOWN
    return in_doubt and desk.doubts.age_s(intent, desk.clock.monotonic()) >= LOST_AFTER_S


def in_order(snapshot: MT5AccountSnapshot) -> list[MT5Position]:
    """The positions as they are to be closed: where the account is FIFO the oldest first, else the worst."""
    if snapshot.account.fifo_close:
        return by_age(snapshot.positions)
    return sorted(snapshot.positions, key=lambda p: p.profit + p.swap)


def by_age(positions: Sequence[MT5Position]) -> list[MT5Position]:
    """The oldest first."""
    return sorted(positions, key=lambda p: (p.opened_at, p.identifier))

"""Signals that a person of the desk composes: checked, stored and offered like those of any other source."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from uuid import UUID, uuid5

from core.bell import OUTBOX
from core.desk import Desk
from core.intake.accept import Accepted, accept, eligible_accounts
from core.intake.draft import Draft, signal_of
from core.model.accounts import Source
from core.model.approvals import Approval
from core.model.errors import Conflict, NotAllowed, NotFound, Refused
from core.model.events import Event, Json
from core.model.ids import SignalId, SourceId
from core.model.people import Person, Right
from core.model.signals import Signal
from core.model.trades import IntentState
from core.mt5.errors import TerminalError
from core.mt5.patience import within
from core.naming import broker_symbol
from core.ports import Delivery, Tx
from core.risk.entries import withholding
from core.trading.withdrawing import withdraw_cards

NAME = "desk"
PRICE_WITHIN_S = 3.0
DESK_SOURCE = SourceId(uuid5(UUID(int=0), "tapdesk composed signals"))
"""The source of composed signals, the same on every desk; no secret signs for it."""


@dataclass(frozen=True, slots=True)
class Preview:
    """The signal as it would be sent now: to so many traders on so many accounts, none while an `obstacle`
    (a lock, the desk's hours) keeps it from them."""

    signal: Signal
    traders: int
    accounts: int
    obstacle: str | None


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """So many cards were taken back; of so many accounts it was decided before."""

    signal: Signal
    cards: int
    decided: int


async def composable(tx: Tx) -> Sequence[str]:
    """The instruments that some source may send, by name."""
    others = [source for source in await tx.sources.all() if source.id != DESK_SOURCE]
    return sorted({name for source in others for name in source.instruments})


async def preview(desk: Desk, person: Person, composition: UUID, draft: Draft) -> Preview:
    """What `compose` would do now. Raises NotAllowed, and InvalidField naming what is wrong."""
    _require(person)
    async with desk.store.read() as tx:
        source = await _source(tx)
        signal = signal_of(source, _delivery(composition, draft), draft, desk.clock.now())
        accounts = await eligible_accounts(tx)
        obstacle = await withholding(desk, tx, signal)
    return Preview(signal, len({account.person_id for account in accounts}), len(accounts), obstacle)


async def compose(desk: Desk, person: Person, composition: UUID, draft: Draft) -> Accepted:
    """Send it, once: the same composition again gives the first answer again.

    Raises as `accept` does, and NotAllowed.
    """
    _require(person)
    async with desk.store.write() as tx:
        source = await _source(tx)
        await tx.sources.put(source, [])
    return await accept(desk, source, _delivery(composition, draft), draft, by=person)


async def sent_as(desk: Desk, composition: UUID) -> Signal | None:
    """The signal that a composition has become, None while it was not sent."""
    async with desk.store.read() as tx:
        known = await tx.signals.by_webhook_id(DESK_SOURCE, composition.hex)
    return known[0] if known else None


async def priced(desk: Desk, draft: Draft) -> Draft:
    """With the price of the moment as its entry, from the first terminal that tells one.

    Raises Refused when none does.
    """
    async with desk.store.read() as tx:
        accounts = await tx.accounts.all()
    for account in accounts:
        try:
            async with within(PRICE_WITHIN_S):
                symbol = await broker_symbol(desk, account, draft.instrument)
                session = await desk.terminals.session(account.id)
                quote = await session.quote(symbol)
        except TerminalError:
            continue
        return replace(draft, entry=quote.entry(draft.side))
    raise Refused(f"No terminal tells a price of {draft.instrument} now; write one, as @1.0850.")


async def withdraw(desk: Desk, person: Person, signal_id: SignalId) -> Withdrawn:
    """Take back the cards of a composed signal that nobody has decided yet, or whose order was not on its way
    to the broker yet; they say so. What was tried in vain is not sent any more.

    Raises NotAllowed, NotFound for another source's, Conflict when there is nothing left to take back.
    """
    _require(person)
    now = desk.clock.now()
    async with desk.store.write() as tx:
        signal = await tx.signals.get(signal_id)
        if signal is None or signal.source_id != DESK_SOURCE:
            raise NotFound("Only signals that were composed here can be withdrawn.")
        approvals = await tx.approvals.of_signal(signal_id)
        cards = await withdraw_cards(tx, approvals, now)
        waiting = [one for one in approvals if await _waits(tx, one)]
        if not cards and not waiting:
            raise Conflict("Nobody has this signal to decide any more.")
        data: Json = {"by": person.name, "cards": cards}
        subject = str(signal_id)
        await tx.events.append(
            Event("signal.withdrawn", now, subject, data, person_id=person.id, trace=subject)
        )
    desk.bell.ring(OUTBOX)
    return Withdrawn(signal, cards, len(approvals) - cards - len(waiting))


async def _waits(tx: Tx, approval: Approval) -> bool:
    """Whether an order of it is to be sent another time."""
    return any(intent.state is IntentState.NEW for intent in await tx.intents.of_approval(approval.id))


async def _source(tx: Tx) -> Source:
    """The desk's own, with all instruments of the others. Raises Conflict when its name is taken."""
    instruments = frozenset(await composable(tx))
    known = await tx.sources.by_name(NAME)
    if known is not None and known.id != DESK_SOURCE:
        raise Conflict(f"A source of yours is called {NAME}, as composed signals are; give it another name.")
    return Source(DESK_SOURCE, NAME, instruments)


def _delivery(composition: UUID, draft: Draft) -> Delivery:
    return Delivery(composition.hex, hashlib.sha256(repr(draft).encode()).hexdigest())


def _require(person: Person) -> None:
    if not person.may(Right.COMPOSE):
        raise NotAllowed("Your role does not permit this.")

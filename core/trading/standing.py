"""Standing approvals: set up, accepted, revoked by their trader, and ended by what makes them void."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Final, TypeVar

from core.alerts import alert_people, refresh_card
from core.bell import EXPIRY, OUTBOX
from core.desk import Desk
from core.model.accounts import Account
from core.model.errors import NotAllowed, NotFound, Refused, Stale
from core.model.events import Event, Json, Priority
from core.model.ids import AccountId, SourceId
from core.model.people import CONSENT_VERSION, Person, Right
from core.model.risk import LockKind, Place
from core.model.signals import Signal
from core.model.standing import LONGEST_DAYS, STANDING_CONSENT_VERSION, StandingApproval
from core.ports import Tx
from core.trading.cases import event_of
from core.trading.withdrawing import reopened, waiting_on

LOTS: Final = tuple(map(Decimal, ("0.01", "0.02", "0.05", "0.10", "0.20", "0.50", "1", "2", "5", "10")))
PER_DAY: Final = (1, 2, 3, 5, 10, 20)
OPEN_RISK: Final = tuple(map(Decimal, ("1", "2", "3", "5", "10")))
DAYS: Final = (1, 3, 7, 14, LONGEST_DAYS)
"""What is offered for each cap, from the least; a draft begins with the least lots and modest numbers."""

Value = TypeVar("Value")

STALE: Final = "This button is stale; /standing shows what holds now."


async def draft(
    desk: Desk, person: Person, source: SourceId, account: AccountId | None = None
) -> StandingApproval:
    """Begin one for a source, with small caps: on that account, or the person's first. It is not in force.

    Raises NotAllowed, NotFound without such an account, Refused before the risk text is accepted.
    """
    _require(person)
    async with desk.store.write() as tx:
        mine = await tx.accounts.of_person(person.id)
        chosen = next((one for one in mine if account in (None, one.id)), None)
        if chosen is None:
            raise NotFound("No account of yours is linked for this.")
        await tx.standing.drop_drafts(person.id)
        return await tx.standing.add(
            StandingApproval(
                id=0,
                person_id=person.id,
                account_id=chosen.id,
                source_id=source,
                version=1,
                max_lots=LOTS[0],
                max_per_day=PER_DAY[2],
                max_open_risk_percent=OPEN_RISK[1],
                days=DAYS[2],
                created_at=desk.clock.now(),
            )
        )


async def turn(desk: Desk, person: Person, number: int, version: int, cap: str) -> StandingApproval:
    """The draft with the next value of a cap (a field's name), the least after the greatest; of the account,
    the person's next one. Raises NotFound for another person's, Stale for another version or no draft."""
    async with desk.store.write() as tx:
        found = await find_mine(tx, person, number, version)
        if not found.is_draft:
            raise Stale(STALE)
        changed = replace(await _turned(tx, found, cap), version=version + 1)
        await tx.standing.update(changed, version)
    return changed


async def _turned(tx: Tx, found: StandingApproval, cap: str) -> StandingApproval:
    match cap:
        case "account_id":
            mine = [account.id for account in await tx.accounts.of_person(found.person_id)]
            return replace(found, account_id=_after(mine, found.account_id))
        case "max_lots":
            return replace(found, max_lots=_after(LOTS, found.max_lots))
        case "max_per_day":
            return replace(found, max_per_day=_after(PER_DAY, found.max_per_day))
        case "max_open_risk_percent":
            return replace(found, max_open_risk_percent=_after(OPEN_RISK, found.max_open_risk_percent))
    return replace(found, days=_after(DAYS, found.days))


def _after(values: Sequence[Value], value: Value) -> Value:
    return values[(values.index(value) + 1) % len(values)] if value in values else values[0]


async def accept(desk: Desk, person: Person, number: int, version: int, consent: int) -> StandingApproval:
    """Put a draft in force, with the version of the text that was accepted; an earlier one of the account and
    the source ends.

    Raises NotAllowed, NotFound and Stale as `turn` does, and Stale for a text that is not in force any more.
    """
    _require(person)
    if consent != STANDING_CONSENT_VERSION:
        raise Stale("The text of standing approvals has changed since; please begin again: /standing")
    now = desk.clock.now()
    async with desk.store.write() as tx:
        found = await find_mine(tx, person, number, version)
        if not found.is_draft:
            raise Stale(STALE)
        for other in await tx.standing.holding(found.source_id):
            if other.account_id == found.account_id:
                await end(desk, tx, other, f"Standing approval no. {number} takes its place.", told=False)
        accepted = replace(
            found,
            version=version + 1,
            consent_version=consent,
            risk_version=person.consent_version,
            accepted_at=now,
            expires_at=now + timedelta(days=min(found.days, LONGEST_DAYS)),
        )
        await tx.standing.update(accepted, version)
        await tx.events.append(await _event(desk, tx, accepted, "standing.accepted"))
    _ring(desk)
    return accepted


async def revoke(desk: Desk, person: Person, number: int, version: int) -> StandingApproval:
    """End it at once, or forget the draft. Raises NotFound for another person's, Stale for one that ended."""
    async with desk.store.write() as tx:
        found = await find_mine(tx, person, number, version)
        ended = await end(desk, tx, found, f"Revoked by {person.name}.", told=False)
    _ring(desk)
    return ended


async def find_mine(tx: Tx, person: Person, number: int, version: int) -> StandingApproval:
    """One that has not ended. Raises NotFound for another person's, Stale for another version or an end."""
    found = await tx.standing.get(number)
    if found is None or found.person_id != person.id:
        raise NotFound("This standing approval is not yours.")
    if found.version != version or found.ended_at is not None:
        raise Stale(STALE)
    return found


async def end(
    desk: Desk, tx: Tx, found: StandingApproval, because: str, *, told: bool = True
) -> StandingApproval:
    """End it, and with it what it has approved and was never sent; `told` has its trader read why. A draft
    leaves no trace."""
    now = desk.clock.now()
    ended = replace(found, version=found.version + 1, ended_at=now, ended_because=because)
    if not await tx.standing.update(ended, found.version):
        raise Stale(STALE)
    if found.is_draft:
        return ended
    event = await _event(desk, tx, ended, "standing.ended")
    await tx.events.append(event)
    await _leave(desk, tx, ended, because)
    if told:
        account = await tx.accounts.get(found.account_id)
        facts: Json = {"number": str(found.id), "reason": because, "source": event.data["source"]}
        labelled: Json = {"account": account.label, **facts} if account else facts
        people = (found.person_id,)
        await alert_people(tx, now, people, "standing_ended", labelled, Priority.NOTICE)
    return ended


async def _leave(desk: Desk, tx: Tx, ended: StandingApproval, because: str) -> None:
    """What it has approved and was never on its way to the broker waits for its trader's tap."""
    now = desk.clock.now()
    for card in await waiting_on(tx, ended.account_id):
        left = await reopened(tx, card, because) if card.standing_id == ended.id else None
        if left is not None:
            await tx.events.append(await event_of(desk, tx, left, "approval.undone"))
            await refresh_card(tx, now, card.id, card.person_id)


async def why_over(desk: Desk, tx: Tx, found: StandingApproval) -> str | None:
    """What makes it void now: its time, a new text, the trader's role, the account, a lock by its guard."""
    person, account = await tx.people.get(found.person_id), await tx.accounts.get(found.account_id)
    if person is None or not person.may(Right.DECIDE):
        return "Your role does not permit decisions any more."
    if account is None or account.retired_at is not None or account.person_id != person.id:
        return "The account is not linked any more."
    if found.consent_version != STANDING_CONSENT_VERSION or found.risk_version != CONSENT_VERSION:
        return "The text that you accepted has changed."
    if person.consent_version != found.risk_version:
        return "You have not accepted the risk text that is in force."
    if found.expires_at is None or desk.clock.now() >= found.expires_at:
        return f"Its {found.days} days are over."
    return await _guard_lock(tx, account)


async def _guard_lock(tx: Tx, account: Account) -> str | None:
    locks = await tx.locks.active(Place(account.id))
    return next(
        (f"The guard has locked it: {one.reason}" for one in locks if one.kind is LockKind.DRAWDOWN), None
    )


async def entitled(tx: Tx, signal: Signal) -> dict[AccountId, int]:
    """By account the standing approval that is to be tried on the signal."""
    return {one.account_id: one.id for one in await tx.standing.holding(signal.source_id)}


async def end_void(desk: Desk) -> int:
    """End all that are void, and tell their traders why; how many there were."""
    async with desk.store.read() as tx:
        holding = await tx.standing.holding()
        void = [one.id for one in holding if await why_over(desk, tx, one)]
    if not void:
        return 0
    async with desk.store.write() as tx:
        for number in void:
            found = await tx.standing.get(number)
            because = await why_over(desk, tx, found) if found and found.holds else None
            if found is not None and because is not None:
                await end(desk, tx, found, because)
    _ring(desk)
    return len(void)


def _ring(desk: Desk) -> None:
    """Cards may be open again, and have to be shown so."""
    desk.bell.ring(EXPIRY)
    desk.bell.ring(OUTBOX)


async def _event(desk: Desk, tx: Tx, found: StandingApproval, name: str) -> Event:
    source = next((one.name for one in await tx.sources.all() if one.id == found.source_id), "")
    data: Json = {
        "source": source,
        "max_lots": f"{found.max_lots:f}",
        "max_per_day": str(found.max_per_day),
        "max_open_risk_percent": f"{found.max_open_risk_percent:f}",
        "expires_at": found.expires_at.isoformat() if found.expires_at else "",
        "consent": str(found.consent_version or ""),
        "reason": found.ended_because or "",
    }
    subject = str(found.id)
    return Event(name, desk.clock.now(), subject, data, found.account_id, found.person_id)


def _require(person: Person) -> None:
    if not person.may(Right.DECIDE):
        raise NotAllowed("Your role does not permit this.")
    if not person.consented:
        raise Refused("Please accept the risk text first: /start")

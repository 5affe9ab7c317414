"""An approval with what it is about, what its person may do with it, and its facts for the trail."""

from dataclasses import dataclass

from core.desk import Desk
from core.model.accounts import Account
from core.model.approvals import Approval
from core.model.errors import NotFound, Refused, Stale
from core.model.events import Event, Json
from core.model.ids import ApprovalId
from core.model.people import Person, Right
from core.model.risk import Place
from core.model.signals import Signal
from core.ports import Tx

CHANGED = "This button is stale; the card has changed."


@dataclass(frozen=True, slots=True)
class Case:
    """An approval with what it is about."""

    approval: Approval
    signal: Signal
    account: Account

    @property
    def place(self) -> Place:
        return Place(self.account.id, self.signal.source_id, self.signal.instrument)


async def find_case(tx: Tx, approval: ApprovalId) -> Case:
    """The approval, its signal and account. Raises NotFound."""
    found = known(await tx.approvals.get(approval))
    signal = await tx.signals.get(found.signal_id)
    account = await tx.accounts.get(found.account_id)
    if signal is None or account is None:
        raise NotFound("The signal or the account of this card is gone.")
    return Case(found, signal, account)


async def open_case(desk: Desk, tx: Tx, approval: ApprovalId, version: int, person: Person) -> Case:
    """The same while its person can decide it by a button of that version.

    Raises NotFound for another person's card, Stale for an older or decided one, Refused without consent.
    """
    case = await find_case(tx, approval)
    check_decidable(desk, case.approval, version, person)
    return case


def known(found: Approval | None) -> Approval:
    """Raises NotFound for none."""
    if found is None:
        raise NotFound("This signal card is not known here.")
    return found


def check_decidable(desk: Desk, approval: Approval, version: int, person: Person) -> None:
    """Raises as `open_case` does."""
    check_mine(approval, person)
    if not person.consented:
        raise Refused("Please accept the risk text first: /start")
    if not approval.is_open:
        raise Stale(f"This signal is already {approval.state}.")
    if approval.version != version:
        raise Stale(CHANGED)
    if desk.clock.now() >= approval.expires_at:
        raise Stale("This signal has expired.")


def check_mine(approval: Approval, person: Person) -> None:
    """Raises NotFound for who is not the trader of the card, or is a trader no more."""
    if approval.person_id != person.id or not person.may(Right.DECIDE):
        raise NotFound("This card belongs to another trader.")


async def event_of(desk: Desk, tx: Tx, approval: Approval, name: str) -> Event:
    """What became of an approval, with the time of its signal."""
    signal = await tx.signals.get(approval.signal_id)
    data: Json = {"state": approval.state, "lots": str(approval.lots), "reason": approval.reason}
    if signal is not None:
        data["requested_at"] = signal.received_at.isoformat()
    if approval.standing_id is not None and approval.standing_note is None:
        data["standing"] = str(approval.standing_id)
    return about(desk, approval, name, data)


def about(desk: Desk, approval: Approval, name: str, data: Json) -> Event:
    """An event of an approval's trail."""
    return Event(
        name,
        desk.clock.now(),
        str(approval.id),
        data,
        approval.account_id,
        approval.person_id,
        trace=str(approval.signal_id),
    )

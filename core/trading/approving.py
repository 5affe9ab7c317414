"""Decisions: a tap becomes an intent once, after the price, the size and the locks were looked at again."""

from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal

from core.alerts import refresh_card
from core.bell import OUTBOX, account_bell
from core.desk import Desk
from core.following import following
from core.model.accounts import Account
from core.model.approvals import Approval, ApprovalState
from core.model.errors import NotFound, Refused, Stale
from core.model.events import Event, Json
from core.model.ids import ApprovalId, new_intent_id
from core.model.people import Person
from core.model.policies import Plan
from core.model.risk import Place
from core.model.signals import OrderKind, Signal
from core.model.trades import Intent, IntentKind, IntentState
from core.mt5.errors import TerminalError
from core.ports import Tx
from core.risk.entries import JUST_NOW, Entry, check_entry, check_open, under_way
from core.risk.limits import Wanted
from core.trading.market import (
    Market,
    check_market,
    check_side,
    entry_of,
    look,
    margin_for,
    size_now,
    stops_of,
)
from core.trading.netting import nets
from core.trading.openrisk import check_open_risk, with_openings
from core.trading.sizing import Size
from core.trading.splitting import NO_SPLIT, Split, openings_of, split_of

SEND_WITHIN = timedelta(seconds=30)
"""How long after the tap an order may still be sent; later it expires instead."""


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
    found = await tx.approvals.get(approval)
    if found is None:
        raise NotFound("This signal card is not known here.")
    signal = await tx.signals.get(found.signal_id)
    account = await tx.accounts.get(found.account_id)
    if signal is None or account is None:
        raise NotFound("The signal or the account of this card is gone.")
    return Case(found, signal, account)


async def sized(desk: Desk, approval: Approval) -> Approval:
    """Fix the lots, the money at risk and the margin that the card shows, once.

    Unchanged when it is decided or sized already, or when the terminal cannot be asked now (then the size
    is worked out at the tap).
    """
    if approval.lots is not None or not approval.is_open:
        return approval
    async with desk.store.read() as tx:
        case = await find_case(tx, approval.id)
    try:
        market = await look(desk, case.account, case.signal)
        fixed = size_now(case.account, case.signal, market)
    except (TerminalError, Refused):
        return approval
    margin = await margin_for(desk, case.account, case.signal, market, fixed.lots)
    async with desk.store.write() as tx:
        await tx.approvals.set_size(approval.id, fixed.lots, fixed.risk or Decimal(0), margin)
    return replace(approval, lots=fixed.lots, risk=fixed.risk, margin=margin)


async def split_now(desk: Desk, account: Account, signal: Signal, lots: Decimal) -> Split:
    """The plan that a tap would make of so many lots now. Raises TerminalError."""
    if account.policy.plan is not Plan.SPLIT or len(signal.take_profits) < 2:
        return NO_SPLIT
    market = await look(desk, account, signal)
    return split_of(account, signal, market.instrument, lots, netting=nets(market.snapshot.account))


async def approve(desk: Desk, approval: ApprovalId, version: int, person: Person) -> Approval:
    """Decide "yes" and hand an intent to the account's trading loop.

    Raises NotFound for another person's card, Stale for an older or decided one, Refused with the reason
    when a rule forbids the trade now (the card stays open and shows why), TerminalError when the price
    cannot be read.
    """
    try:
        return await _approve(desk, approval, version, person)
    except Refused as refusal:
        await _show_refusal(desk, approval, person, str(refusal))
        raise


async def _approve(desk: Desk, approval: ApprovalId, version: int, person: Person) -> Approval:
    async with desk.store.read() as tx:
        case = await _approvable(desk, tx, approval, version, person)
    with following(str(case.signal.id)):
        return await _enter(desk, case, version, person)


async def _enter(desk: Desk, case: Case, version: int, person: Person) -> Approval:
    """At the price of now, within all limits of now."""
    market = await look(desk, case.account, case.signal)
    check_market(case.account, case.signal, market)
    fresh = size_now(case.account, case.signal, market)
    async with desk.store.write() as tx:  # looking may have taken a while
        case = await _approvable(desk, tx, case.approval.id, version, person)
        final = _at_most_shown(case.approval, fresh)
        openings = _openings(desk, case, market, final)
        await _check_limits(desk, tx, case, market, final, len(openings))
        decided = _decided(desk, case.approval, ApprovalState.APPROVED, person, final)
        await _decide(desk, tx, decided, version)
        for opening in openings:
            await tx.intents.add(opening)
    desk.bell.ring(account_bell(case.account.id))
    desk.bell.ring(OUTBOX)
    return decided


async def _approvable(desk: Desk, tx: Tx, approval: ApprovalId, version: int, person: Person) -> Case:
    case = await find_case(tx, approval)
    _check_decidable(desk, case, version, person)
    await check_open(desk, tx, case.account, case.place)
    return case


async def _show_refusal(desk: Desk, approval: ApprovalId, person: Person, refusal: str) -> None:
    """Have the card tell why the tap was refused, while it is open."""
    now = desk.clock.now()
    async with desk.store.write() as tx:
        if not await tx.approvals.refuse(approval, refusal, now):
            return
        case = await find_case(tx, approval)
        refused = replace(case.approval, reason=refusal)
        await tx.events.append(await _event(desk, tx, refused, "approval.refused"))
        await refresh_card(tx, now, approval, person.id)
    desk.bell.ring(OUTBOX)


async def _check_limits(desk: Desk, tx: Tx, case: Case, market: Market, final: Size, trades: int) -> None:
    """The broker's limits and the trader's own, with what was approved meanwhile. Raises Refused.

    Each leg of a plan is one of the `trades`: a plan of which only a part has room is refused as a whole.
    """
    account, state = case.account, market.snapshot.account
    coming = await under_way(tx, account.id, state.read_at - JUST_NOW)
    wanted = Wanted(final.lots, trades)
    await check_entry(desk, tx, Entry(account, case.place, wanted, market.snapshot, coming))
    whole = replace(market, stakes=with_openings(market.stakes, coming))
    check_side(case.signal, whole, final.lots)
    check_open_risk(account.policy, state, whole.stakes, final)


async def reject(desk: Desk, approval: ApprovalId, version: int, person: Person, reason: str) -> Approval:
    """Decide "no", with a reason. Raises NotFound or Stale as `approve` does."""
    async with desk.store.write() as tx:
        case = await find_case(tx, approval)
        with following(str(case.signal.id)):
            _check_decidable(desk, case, version, person)
            decided = replace(_decided(desk, case.approval, ApprovalState.REJECTED, person), reason=reason)
            await _decide(desk, tx, decided, version)
    desk.bell.ring(OUTBOX)
    return decided


async def expire_overdue(desk: Desk) -> int:
    """Close every card whose time has passed; returns how many. A time-out is never an approval."""
    now = desk.clock.now()
    async with desk.store.write() as tx:
        overdue = await tx.approvals.overdue(now)
        for approval in overdue:
            expired = replace(
                approval, state=ApprovalState.EXPIRED, version=approval.version + 1, decided_at=now
            )
            if await tx.approvals.decide(expired, approval.version):
                await refresh_card(tx, now, approval.id, approval.person_id)
                await tx.events.append(await _event(desk, tx, expired, "approval.expired"))
    if overdue:
        desk.bell.ring(OUTBOX)
    return len(overdue)


def _check_decidable(desk: Desk, case: Case, version: int, person: Person) -> None:
    approval = case.approval
    if approval.person_id != person.id:
        raise NotFound("This card belongs to another trader.")
    if not person.consented:
        raise Refused("Please accept the risk text first: /start")
    if not approval.is_open:
        raise Stale(f"This signal is already {approval.state}.")
    if approval.version != version:
        raise Stale("This button is stale; the card has changed.")
    if desk.clock.now() >= approval.expires_at:
        raise Stale("This signal has expired.")


def _at_most_shown(approval: Approval, fresh: Size) -> Size:
    """Never more than the card showed: prices and equity may have moved since."""
    if approval.lots is None or fresh.lots <= approval.lots:
        return fresh
    risk = fresh.risk and (fresh.risk * approval.lots / fresh.lots).quantize(Decimal("0.01"))
    return Size(approval.lots, risk)


def _openings(desk: Desk, case: Case, market: Market, final: Size) -> list[Intent]:
    """One, or one for each leg of the plan that the trader chose."""
    netting = nets(market.snapshot.account)
    split = split_of(case.account, case.signal, market.instrument, final.lots, netting=netting)
    return openings_of(_opening(desk, case, market, final), split.legs)


def _opening(desk: Desk, case: Case, market: Market, final: Size) -> Intent:
    """The intent of the trade: the first target, levels at the symbol's digits, the price now seen.

    A pending order waits no longer than its signal is good for.
    """
    now = desk.clock.now()
    signal, instrument = case.signal, market.instrument
    stops = stops_of(signal, instrument)
    return Intent(
        id=new_intent_id(now),
        account_id=case.account.id,
        kind=IntentKind.OPEN,
        state=IntentState.NEW,
        symbol=instrument.symbol,
        side=signal.side,
        order_kind=signal.kind,
        volume=final.lots,
        created_at=now,
        expires_at=now + SEND_WITHIN,
        approval_id=case.approval.id,
        signal_id=signal.id,
        price=entry_of(signal, market),
        stop_loss=stops.loss,
        take_profit=stops.profit,
        order_expires_at=None if signal.kind is OrderKind.MARKET else signal.expires_at,
        risk=final.risk,
        pip=instrument.pip,
    )


def _decided(
    desk: Desk, approval: Approval, state: ApprovalState, person: Person, final: Size | None = None
) -> Approval:
    return replace(
        approval,
        state=state,
        version=approval.version + 1,
        decided_at=desk.clock.now(),
        consent_version=person.consent_version,
        lots=final.lots if final else approval.lots,
        risk=final.risk if final else approval.risk,
    )


async def _decide(desk: Desk, tx: Tx, decided: Approval, version: int) -> None:
    if not await tx.approvals.decide(decided, version):
        raise Stale("This card was decided a moment ago.")
    await tx.events.append(await _event(desk, tx, decided, "approval.decided"))
    await refresh_card(tx, desk.clock.now(), decided.id, decided.person_id)


async def _event(desk: Desk, tx: Tx, approval: Approval, name: str) -> Event:
    signal = await tx.signals.get(approval.signal_id)
    data: Json = {"state": approval.state, "lots": str(approval.lots), "reason": approval.reason}
    if signal is not None:
        data["requested_at"] = signal.received_at.isoformat()
    return Event(
        name,
        desk.clock.now(),
        str(approval.id),
        data,
        approval.account_id,
        approval.person_id,
        trace=str(approval.signal_id),
    )

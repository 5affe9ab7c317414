"""The size on a card: fixed once when it is shown, scaled by its trader within the limits."""

from dataclasses import replace
from decimal import Decimal

from core.alerts import refresh_card
from core.bell import OUTBOX
from core.desk import Desk
from core.model.accounts import Account
from core.model.approvals import Approval
from core.model.errors import Refused, Stale
from core.model.ids import ApprovalId
from core.model.people import Person
from core.model.policies import Plan
from core.model.signals import Signal
from core.mt5.errors import TerminalError
from core.trading.approving import check_limits, show_refusal
from core.trading.cases import CHANGED, about, find_case, open_case
from core.trading.market import look, margin_for, size_now
from core.trading.netting import nets
from core.trading.sizing import Size, check_scaled
from core.trading.splitting import NO_SPLIT, Split, split_of


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
        fixed = size_now(case.account, case.signal, market, approval.factor)
    except (TerminalError, Refused):
        return approval
    margin = await margin_for(desk, case.account, case.signal, market, fixed.lots)
    risk = fixed.risk or Decimal(0)
    async with desk.store.write() as tx:
        await tx.approvals.set_size(approval.id, fixed.lots, risk, margin, fixed.by)
    return replace(approval, lots=fixed.lots, risk=fixed.risk, margin=margin, sized_by=fixed.by)


async def split_now(desk: Desk, account: Account, signal: Signal, lots: Decimal) -> Split:
    """The plan that a tap would make of so many lots now. Raises TerminalError."""
    if account.policy.plan is not Plan.SPLIT or len(signal.take_profits) < 2:
        return NO_SPLIT
    market = await look(desk, account, signal)
    return split_of(account, signal, market.instrument, lots, netting=nets(market.snapshot.account))


async def resize(desk: Desk, approval: ApprovalId, version: int, person: Person, factor: Decimal) -> Approval:
    """Have the card show, and its approval trade, `factor` times what the settings say.

    Raises NotFound or Stale as `approve` does, Refused with the numbers of the limit that forbids it (the
    card shows them), TerminalError when the price cannot be read.
    """
    try:
        return await _resize(desk, approval, version, person, factor)
    except Refused as refusal:
        await show_refusal(desk, approval, person, str(refusal))
        raise


async def _resize(
    desk: Desk, approval: ApprovalId, version: int, person: Person, factor: Decimal
) -> Approval:
    async with desk.store.read() as tx:
        case = await open_case(desk, tx, approval, version, person)
    market = await look(desk, case.account, case.signal)
    wanted = size_now(case.account, case.signal, market, factor)
    check_scaled(case.account.policy, desk.ceilings, wanted, factor)
    margin = await margin_for(desk, case.account, case.signal, market, wanted.lots)
    netting = nets(market.snapshot.account)
    split = split_of(case.account, case.signal, market.instrument, wanted.lots, netting=netting)
    async with desk.store.write() as tx:
        case = await open_case(desk, tx, approval, version, person)
        await check_limits(desk, tx, case, market, wanted, max(len(split.legs), 1))
        resized = replace(_of_size(case.approval, wanted), version=version + 1, margin=margin, factor=factor)
        if not await tx.approvals.resize(resized, version):
            raise Stale(CHANGED)
        data = {"lots": str(wanted.lots), "factor": f"{factor:f}"}
        await tx.events.append(about(desk, resized, "approval.resized", {**data}))
        await refresh_card(tx, desk.clock.now(), approval, person.id)
    desk.bell.ring(OUTBOX)
    return resized


def _of_size(approval: Approval, wanted: Size) -> Approval:
    """An earlier refusal was of another size."""
    fixed = replace(approval, lots=wanted.lots, risk=wanted.risk or Decimal(0), sized_by=wanted.by)
    return replace(fixed, refusal=None, refused_at=None)

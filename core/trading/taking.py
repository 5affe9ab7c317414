"""Signals that a standing approval decides: at their arrival, through the same checks as a tap.

A signal of a source for which an account has one gets its card only when that was tried: taken, or with the
reason why it was left to the trader. What waits when the desk stops is tried at the next start, with the same
checks at the price of then, unless the signal has expired.
"""

import asyncio
from collections import defaultdict

import structlog

from core.alerts import refresh_card
from core.bell import OUTBOX, STANDING
from core.desk import Desk
from core.model.accounts import RiskPolicy
from core.model.approvals import Approval
from core.model.errors import DeskError, Refused
from core.model.ids import AccountId
from core.model.standing import StandingApproval
from core.mt5.errors import TerminalError
from core.ports import Tx
from core.risk.entries import JUST_NOW, under_way
from core.risk.limits import day_of
from core.trading.approving import Beforehand, decide_yes
from core.trading.cases import about
from core.trading.market import Market
from core.trading.openrisk import check_open_risk, with_openings
from core.trading.sizing import Size
from core.trading.standing import end_void, why_over

log = structlog.get_logger(__name__)

LOOK_S = 10.0


async def keep_standing(desk: Desk) -> None:
    """Try standing approvals until cancelled; a ring tells of a new signal.

    No account waits for the terminal of another one.
    """
    at_work: dict[AccountId, asyncio.Task[None]] = {}
    async with asyncio.TaskGroup() as accounts:
        while True:
            for account, approvals in (await _waiting(desk)).items():
                if account not in at_work or at_work[account].done():
                    at_work[account] = accounts.create_task(_take_and_ring(desk, approvals))
            await desk.bell.wait(STANDING, LOOK_S)


async def keep_ending(desk: Desk) -> None:
    """End those that became void, whatever hangs, until cancelled."""
    while True:
        await end_void(desk)
        await desk.clock.sleep(LOOK_S)


async def take_all(desk: Desk) -> None:
    """Try every signal that waits for it: accounts beside each other, of each one after the other."""
    async with asyncio.TaskGroup() as accounts:
        for approvals in (await _waiting(desk)).values():
            accounts.create_task(_take_each(desk, approvals))


async def _waiting(desk: Desk) -> dict[AccountId, list[Approval]]:
    async with desk.store.read() as tx:
        waiting = await tx.approvals.to_be_taken()
    of_account: defaultdict[AccountId, list[Approval]] = defaultdict(list)
    for approval in waiting:
        of_account[approval.account_id].append(approval)
    return of_account


async def _take_and_ring(desk: Desk, approvals: list[Approval]) -> None:
    """For the account's next ones, which may have come meanwhile."""
    await _take_each(desk, approvals)
    desk.bell.ring(STANDING)


async def _take_each(desk: Desk, approvals: list[Approval]) -> None:
    for approval in approvals:
        await take(desk, approval)


async def take(desk: Desk, approval: Approval) -> None:
    """Approve it by its standing approval, or send the card with the reason why not."""
    try:
        await _take(desk, approval)
    except DeskError as obstacle:
        await _leave(desk, approval, str(obstacle))
    except TerminalError as error:
        await _leave(desk, approval, error.for_trader)
    except Exception:  # a fault of ours must keep neither this card nor the others from their traders
        log.exception("standing_failed", approval=str(approval.id))
        await _leave(desk, approval, "Something went wrong on our side.")


async def _take(desk: Desk, approval: Approval) -> None:
    """Raises DeskError with what forbids it, TerminalError."""
    async with desk.store.read() as tx:
        found = await _holding(desk, tx, approval)
        person = await tx.people.get(approval.person_id)
    if person is None:
        raise Refused("Nobody is there to trade for.")

    async def caps(tx: Tx, market: Market, final: Size, trades: int) -> None:
        found = await _holding(desk, tx, approval)
        await _check_day(desk, tx, found, trades)
        await _check_size(tx, found, market, final)

    await decide_yes(desk, approval.id, approval.version, person, Beforehand(found.id, caps))


async def _holding(desk: Desk, tx: Tx, approval: Approval) -> StandingApproval:
    """The standing approval that is to decide it. Raises Refused once it holds no more."""
    found = await tx.standing.get(approval.standing_id or 0)
    if found is None or not found.holds:
        raise Refused("The standing approval has ended.")
    because = await why_over(desk, tx, found)
    if because is not None:
        raise Refused(because)
    return found


async def _check_day(desk: Desk, tx: Tx, found: StandingApproval, trades: int) -> None:
    """Trades are counted as for the account's own limit of a day, and those of an earlier one count too.

    Raises Refused with the numbers.
    """
    midnight = day_of(desk.clock.now())
    taken = await tx.intents.count_taken(found.account_id, found.source_id, midnight)
    most = found.max_per_day
    if taken >= most:
        raise Refused(f"{taken} of its {most} trades of today were taken.")
    if taken + trades > most:
        raise Refused(
            f"{taken} of its {most} trades of today were taken, and this signal wants {trades} more."
        )


async def _check_size(tx: Tx, found: StandingApproval, market: Market, final: Size) -> None:
    """Raises Refused with the numbers of the cap that would be passed."""
    if final.lots > found.max_lots:
        raise Refused(f"{final.lots} lots are more than the {found.max_lots} that it may trade.")
    state = market.snapshot.account
    coming = await under_way(tx, found.account_id, state.read_at - JUST_NOW)
    if final.risk is None:
        raise Refused("The signal has no stop loss, and without one nobody knows what is at risk.")
    capped = RiskPolicy(max_open_risk_percent=found.max_open_risk_percent)
    check_open_risk(capped, state, with_openings(market.stakes, coming), final)


async def _leave(desk: Desk, approval: Approval, why: str) -> None:
    """To its trader, by a card that says why it was not taken."""
    now = desk.clock.now()
    async with desk.store.write() as tx:
        if await tx.approvals.not_taken(approval.id, why):
            data = {"standing": str(approval.standing_id), "reason": why}
            await tx.events.append(about(desk, approval, "approval.not_taken", {**data}))
        await refresh_card(tx, now, approval.id, approval.person_id)
    desk.bell.ring(OUTBOX)

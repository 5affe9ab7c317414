"""Whether what was approved is still wanted when it is about to be sent: much may have ended since."""

from core.desk import Desk
from core.model.approvals import Approval
from core.model.errors import Refused
from core.model.people import Right
from core.model.trades import Intent, IntentKind
from core.ports import Tx
from core.trading.sizing import check_most
from core.trading.standing import why_over
from core.trading.withdrawing import NO_TRADER


async def check_wanted(desk: Desk, tx: Tx, intent: Intent) -> None:
    """Raises Refused for an opening whose trader lost the right to it or allows less by now, whose signal was
    withdrawn, or whose standing approval holds no more."""
    if intent.kind is not IntentKind.OPEN or intent.approval_id is None:
        return
    approval = await tx.approvals.get(intent.approval_id)
    if approval is None:
        raise Refused("Nothing is known of its approval any more.")
    person = await tx.people.get(approval.person_id)
    if person is None or not person.may(Right.DECIDE):
        raise Refused(NO_TRADER)
    if await tx.events.happened("signal.withdrawn", str(approval.signal_id)):
        raise Refused("Its signal was withdrawn.")
    await _check_standing(desk, tx, approval)
    await _check_lots(tx, approval)


async def _check_lots(tx: Tx, approval: Approval) -> None:
    """The most that a trade may have can have been lowered since."""
    account = await tx.accounts.get(approval.account_id)
    if account is not None and approval.lots is not None:
        check_most(account.policy, approval.lots)


async def _check_standing(desk: Desk, tx: Tx, approval: Approval) -> None:
    if approval.standing_id is None:
        return
    found = await tx.standing.get(approval.standing_id)
    because = "" if found is None else found.ended_because or await why_over(desk, tx, found)
    if because is not None:
        raise Refused(f"Its standing approval holds no more. {because}".rstrip())

"""Divergences as cases for a decision: who may decide one, and how a decision is written down."""

from dataclasses import dataclass
from typing import Final

from core.accounts.owned import reaches
from core.alerts import refresh_divergences
from core.desk import Desk
from core.model.accounts import Account
from core.model.divergences import Decision, Divergence, LogRow
from core.model.errors import NotAllowed, NotFound, Stale
from core.model.events import Event, Json, Priority
from core.model.people import Person, Right
from core.ports import Tx

_DONE: Final = {
    Decision.ADOPTED: "adopted",
    Decision.IGNORED: "ignored",
    Decision.ACCEPTED: "accepted",
    Decision.CHOSEN: "decided",
    Decision.WRITTEN_OFF: "written off",
}


@dataclass(frozen=True, slots=True)
class Case:
    """A divergence that somebody may still decide, and its account."""

    row: LogRow
    account: Account

    @property
    def divergence(self) -> Divergence:
        return self.row.divergence


def may_decide(person: Person, account: Account) -> bool:
    """The account's trader, and an owner, who may stop a liquidation too."""
    return reaches(person, account, Right.CLOSE_OWN, Right.HOLD)


async def undecided(desk: Desk, row: int, person: Person) -> Case:
    """What the row is about, if this person can decide it now.

    Raises NotFound for what is not in the log, NotAllowed to whoever may not trade on the account, Stale when
    it is decided or over. What was only asked to be restored can be decided still.
    """
    async with desk.store.read() as tx:
        found = await tx.reconciliation.get(row)
        account = await tx.accounts.get(found.divergence.account_id) if found else None
        if found is None or account is None:
            raise NotFound("This difference is not known here.")
        if not may_decide(person, account):
            raise NotAllowed("Only the account's trader or an owner may decide this.")
        if not found.lasts or found.decision in _DONE:
            raise await _too_late(tx, found, person)
    return Case(found, account)


async def decide(
    desk: Desk, tx: Tx, case: Case, person: Person, decision: Decision, facts: Json, *, ends: bool = False
) -> None:
    """Note the decision with its event, and have every copy of the message show it; `ends` the row as well.

    Raises Stale when somebody was first: the transaction must not go on.
    """
    now, row = desk.clock.now(), case.row
    if not await tx.reconciliation.decide(row.id, decision, person.id, now, row.decision):
        raise await _too_late(tx, await tx.reconciliation.get(row.id) or row, person)
    if ends:
        await tx.reconciliation.end([row.id], now)
    told: Json = {"row": row.id, "kind": str(case.divergence.kind), "symbol": case.divergence.symbol, **facts}
    position, trace = str(case.divergence.position), await _trace(tx, case.divergence)
    await tx.events.append(
        Event(f"reconciliation.{decision}", now, position, told, case.account.id, person.id, trace)
    )
    await refresh_divergences(tx, now, case.account, [row.id], Priority.NOTICE)


async def _too_late(tx: Tx, row: LogRow, person: Person) -> Stale:
    if row.decision not in _DONE or row.decided_by is None:
        return Stale("This is over.")
    decider = await tx.people.get(row.decided_by)
    who = "you" if row.decided_by == person.id else decider.name if decider else "somebody else"
    return Stale(f"This was already {_DONE[row.decision]} by {who}.")


async def _trace(tx: Tx, divergence: Divergence) -> str:
    trade = await tx.trades.get(divergence.trade_id) if divergence.trade_id else None
    return str(trade.signal_id or "") if trade else ""

"""What became of an intent whose outcome is not known: only the account's own books prove it.

Looked up on the connected, right account; found is proof at once, not found is believed
after a quarantine longer than any send deadline and two consecutive reads. An opening is never sent again;
what sets a level, cancels, or closes a whole position may be, once the books show it undone.
"""

from dataclasses import dataclass, replace
from datetime import datetime

from core.bell import OUTBOX
from core.desk import Desk
from core.following import following
from core.model.accounts import Account
from core.model.trades import Intent, IntentState
from core.trading.ledger import Ledger, read_ledger
from core.trading.netting import Opened, nets
from core.trading.proof import LOOK_BACK, Finding, look_up
from core.trading.settlement import settle
from core.trading.tracing import trace_of


@dataclass(frozen=True, slots=True)
class Quarantine:
    """How long "not found" means nothing yet: longer than any send deadline, in seconds of this life.

    What can be asked for twice without happening twice is given up, or sent again, sooner. An order that
    waited at the broker was sent long ago: its filling, and perhaps its end, may be listed only after so
    many reads, a second or more apart.
    """

    opening_s: float = 120.0
    other_s: float = 5.0
    clean_reads: int = 2
    placed_reads: int = 30

    def is_over(self, age_s: float, *, repeatable: bool) -> bool:
        return age_s >= (self.other_s if repeatable else self.opening_s)

    def reads(self, intent: Intent) -> int:
        """How often in a row the books must show nothing of it."""
        return self.placed_reads if intent.state is IntentState.PLACED else self.clean_reads


async def resolve(desk: Desk, account: Account, quarantine: Quarantine, ledger: Ledger | None = None) -> int:
    """Look up every unresolved intent of the account (of `ledger`, if it was just read); returns how many
    are left.

    Raises TerminalError when the account cannot be read; then nothing is concluded.
    """
    ledger = ledger or await read_ledger(desk, account)
    if not ledger.unresolved:
        return 0
    desk.doubts.look(account.id, ledger.unresolved, desk.clock.monotonic())
    session = await desk.terminals.session(account.id)
    since = min(intent.sent_at or intent.created_at for intent in ledger.unresolved) - LOOK_BACK
    evidence = await session.evidence(since)
    left = 0
    for intent_id in [intent.id for intent in ledger.unresolved]:
        intent = ledger.intent(intent_id)
        if intent is None:
            continue
        if ledger.is_being_changed(intent):
            left += 1
            continue
        finding = look_up(intent, evidence, ledger.trades)
        age_s = desk.doubts.age_s(intent, desk.clock.monotonic())
        changed = _conclude(intent, finding, quarantine, desk.clock.now(), age_s)
        left += not changed.state.is_final
        if changed != intent:
            opened = Opened(finding.position, nets(evidence.account), finding.at)
            await _write(desk, account, changed, intent.state, opened)
            ledger = await read_ledger(desk, account)
    desk.bell.ring(OUTBOX)
    return left


async def _write(
    desk: Desk, account: Account, changed: Intent, expected: IntentState, opened: Opened
) -> None:
    async with desk.store.write() as tx:
        with following(await trace_of(tx, changed)):
            if changed.state in (expected, IntentState.NEW):
                await tx.intents.settle(changed, desk.epoch, expected)
            else:
                await settle(desk, tx, account, changed, expected, opened)
    if changed.state is not expected:
        desk.doubts.end(changed)


def _conclude(
    intent: Intent, finding: Finding, quarantine: Quarantine, now: datetime, age_s: float
) -> Intent:
    """The intent after one look: settled, or one clean miss older, or given up."""
    if finding.outcome is not None:
        final = finding.outcome.state.is_final
        return replace(finding.outcome, settled_at=now if final else None, clean_misses=0)
    if not quarantine.is_over(age_s, repeatable=finding.undone):
        return intent
    misses = intent.clean_misses + 1
    if misses < quarantine.reads(intent):
        return replace(intent, clean_misses=misses)
    if finding.undone and now < intent.expires_at:
        return replace(intent, state=IntentState.NEW, clean_misses=0, detail="")
    detail = "The broker's books show nothing of it: it was not executed."
    return replace(intent, state=IntentState.EXPIRED, clean_misses=misses, settled_at=now, detail=detail)

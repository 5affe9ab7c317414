"""What an account has on its way, and what its outcomes are told from, read at one moment."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from core.desk import Desk
from core.model.accounts import Account
from core.model.ids import IntentId
from core.model.trades import Intent, IntentKind, IntentState, Trade

_WAITING = (IntentState.NEW, IntentState.SENDING)


@dataclass(frozen=True, slots=True)
class Ledger:
    """Every intent of an account that has not ended, oldest first; its open trades if any is unresolved."""

    coming: Sequence[Intent]
    trades: Sequence[Trade]

    @property
    def waiting(self) -> list[Intent]:
        """Those that are to be sent, or are being sent."""
        return [intent for intent in self.coming if intent.state in _WAITING]

    @property
    def unresolved(self) -> list[Intent]:
        """Those whose outcome the broker's books will tell."""
        return [intent for intent in self.coming if intent.state not in _WAITING]

    def is_due(self, now: datetime) -> bool:
        """Whether there is anything to claim: a claim is a write, and an order may wait for weeks."""
        return any(i.state is IntentState.NEW and not i.rests(now) for i in self.coming)

    def intent(self, wanted: IntentId) -> Intent | None:
        """None when another host has settled it meanwhile."""
        return next((intent for intent in self.unresolved if intent.id == wanted), None)

    def is_being_changed(self, opening: Intent) -> bool:
        """What an order has become is expected as changes have left it: until these are known, it waits."""
        return opening.state is IntentState.PLACED and any(
            intent.kind is IntentKind.CHANGE and intent.position == opening.position
            for intent in self.unresolved
        )


async def read_ledger(desk: Desk, account: Account) -> Ledger:
    """All of it as it is now."""
    async with desk.store.read() as tx:
        ledger = Ledger(await tx.intents.unfinished(account.id), ())
        return replace(ledger, trades=await tx.trades.open_of(account.id)) if ledger.unresolved else ledger

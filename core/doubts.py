"""How long this life of the desk has not known what became of an order, by seconds that no clock's setting
touches.

A terminal that slept with its machine sends what it has to send when both wake, and one whose clock is set
does not send sooner: the wall clock tells nothing of how long that may still take.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from core.model.ids import AccountId, IntentId
from core.model.trades import Intent


@dataclass(slots=True)
class Doubts:
    """Counted from the first look at an unresolved intent; what an earlier life was sending begins anew."""

    _since_s: dict[AccountId, dict[IntentId, float]] = field(default_factory=dict)

    def look(self, account: AccountId, unresolved: Iterable[Intent], now_s: float) -> None:
        """These are all of the account that are unresolved now."""
        known = self._since_s.get(account, {})
        self._since_s[account] = {intent.id: known.get(intent.id, now_s) for intent in unresolved}

    def age_s(self, intent: Intent, now_s: float) -> float:
        """0 for one that was not looked at yet."""
        return now_s - self._since_s.get(intent.account_id, {}).get(intent.id, now_s)

    def end(self, intent: Intent) -> None:
        """It is known how it stands, or it is sent again."""
        self._since_s.get(intent.account_id, {}).pop(intent.id, None)

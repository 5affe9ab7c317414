"""Results: trades that were closed, with what is known of each elsewhere."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal

from core.model.ids import AccountId, SourceId
from core.model.trades import Trade

_HUNDREDTH = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Result:
    """A closed trade, its account by label, its source (empty for what a person has opened) and the account's
    currency, empty while the account was never read.

    `risk` is the money at its stop when it was sent, `pip` the size of one; None where they are not known.
    """

    trade: Trade
    account: str
    source: str
    currency: str
    risk: Decimal | None = None
    pip: Decimal | None = None

    @property
    def profit(self) -> Decimal | None:
        """Costs included; None when the broker never told it."""
        return self.trade.profit

    @property
    def r(self) -> Decimal | None:
        """The result in multiples of the risk, to a hundredth."""
        if self.profit is None or not self.risk:
            return None
        return (self.profit / self.risk).quantize(_HUNDREDTH, ROUND_HALF_UP)

    @property
    def slippage_pips(self) -> Decimal | None:
        """How much worse than expected it was opened; below 0 it was better."""
        if not self.pip:
            return None
        worse = (self.trade.open_price - self.trade.expected_price) * self.trade.side.sign
        return (worse / self.pip).quantize(_HUNDREDTH, ROUND_HALF_UP)

    @property
    def lasted(self) -> timedelta | None:
        closed = self.trade.closed_at
        return closed - self.trade.opened_at if closed is not None else None


@dataclass(frozen=True, slots=True)
class ResultFilter:
    """Which results are wanted: of these accounts (None: all), of one source, closed at `since` or later."""

    accounts: Collection[AccountId] | None = None
    source: SourceId | None = None
    since: datetime | None = None

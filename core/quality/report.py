"""Reading the orders of some days and putting them into figures."""

import asyncio
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from core.desk import Desk
from core.model.fills import Fill
from core.model.ids import AccountId
from core.quality.figures import Figures, figures_of, known
from core.quality.grouping import Dimension, Row, by
from core.quality.measures import slippage_pips

DEFAULT_DAYS, MAX_DAYS = 30, 365
MOST_ORDERS = 5_000


@dataclass(frozen=True, slots=True)
class Report:
    """The orders asked for in the last `days` (the newest 5,000 of them: then it `is_cut`), grouped."""

    by: Dimension
    days: int
    fills: Sequence[Fill]
    rows: Sequence[Row]
    total: Figures

    @property
    def is_cut(self) -> bool:
        return len(self.fills) >= MOST_ORDERS

    @property
    def slippages(self) -> Sequence[Decimal]:
        """In pips, of the fills for which it is known."""
        return known(slippage_pips, self.fills)


async def read_fills(desk: Desk, accounts: Collection[AccountId] | None, days: int) -> Sequence[Fill]:
    """Oldest first; None as accounts for all of the desk."""
    since = desk.clock.now() - timedelta(days=days)
    async with desk.store.read() as tx:
        return await tx.fills.since(since, accounts, MOST_ORDERS)


async def read_report(
    desk: Desk, accounts: Collection[AccountId] | None, dimension: Dimension, days: int
) -> Report:
    """The report on these accounts; None for all of the desk."""
    fills = await read_fills(desk, accounts, days)
    return await asyncio.to_thread(report_of, fills, dimension, days)


def report_of(fills: Sequence[Fill], dimension: Dimension, days: int) -> Report:
    """Takes a tenth of a second for thousands: not for the event loop."""
    return Report(dimension, days, fills, by(fills, dimension), figures_of(fills))

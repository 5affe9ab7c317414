"""The messages of liquidations, brought up to date while they run."""

from datetime import timedelta

from core.alerts import refresh_liquidation
from core.bell import OUTBOX
from core.desk import Desk
from core.model.accounts import Account

AT_MOST = 10
"""With more at one time the messages are left to the readers' own clocks: their first sending must not wait
behind edits."""
BEHIND = timedelta(seconds=1)


class Ticking:
    """Has messages show what is so now, once in `every_s`.

    Not while the outbox is behind: what is delivered shows what is so at that moment, in any case.
    """

    def __init__(self, desk: Desk, every_s: float) -> None:
        self._desk = desk
        self._every_s = every_s
        self._ticked_s: dict[int, float] = {}

    async def tick(self, account: Account, liquidation: int) -> float:
        """Seconds until the next time. The first is `every_s` after it is asked first."""
        now_s = self._desk.clock.monotonic()
        next_s = self._ticked_s.setdefault(liquidation, now_s) + self._every_s
        if now_s < next_s:
            return next_s - now_s
        self._ticked_s[liquidation] = now_s
        if self._are_few(now_s) and not await self._is_behind():
            async with self._desk.store.write() as tx:
                await refresh_liquidation(tx, self._desk.clock.now(), account, liquidation)
            self._desk.bell.ring(OUTBOX)
        return self._every_s

    def forget(self, liquidation: int) -> None:
        """It ticks no more."""
        self._ticked_s.pop(liquidation, None)

    def _are_few(self, now_s: float) -> bool:
        """Of those that tick still: some end without a word."""
        return sum(now_s - ticked_s <= 2 * self._every_s for ticked_s in self._ticked_s.values()) <= AT_MOST

    async def _is_behind(self) -> bool:
        async with self._desk.store.read() as tx:
            oldest = await tx.outbox.oldest_waiting()
        return oldest is not None and self._desk.clock.now() - oldest > BEHIND

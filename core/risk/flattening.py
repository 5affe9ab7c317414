"""Closing everything until it is verified flat: rounds of closes with growing rests, then two clean reads."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from core.alerts import alert_desk_and_trader
from core.bell import OUTBOX, account_bell
from core.desk import Desk
from core.model.accounts import Account
from core.model.events import Json, Priority
from core.model.ids import IntentId
from core.model.mt5 import MT5AccountSnapshot
from core.model.risk import Liquidation, LiquidationState, LockKind, Place
from core.model.trades import Intent
from core.mt5 import contract as mt5
from core.mt5.errors import TerminalError
from core.mt5.session import Session
from core.ports import Tx
from core.risk.moves import SOON_S, Next, move, note
from core.risk.sight import whole_snapshot
from core.trading.closing import queue_closing_everything

CLEAN_READS = 2
READS_APART_S = 0.5
CLOSE_WITHIN = timedelta(seconds=10)
ROUNDS_WITHOUT_REST = 10
FIRST_REST_S, REST_STEP_S, LONGEST_REST_S = 1.0, 2.0, 30.0
LOOK_S = 1.0
CLOSED_REST_S = 300.0
"""While the market is closed and shows no price of now."""
STUCK_AFTER_S = 30.0


@dataclass(frozen=True, slots=True)
class _Round:
    """Closes that were asked for together, at `at_s`; the `attempt`-th time."""

    asked: Sequence[IntentId]
    at_s: float
    attempt: int

    @property
    def rest_s(self) -> float:
        """A second at first, longer after ten rounds."""
        tired_s = max(self.attempt - ROUNDS_WITHOUT_REST, 0) * REST_STEP_S
        return min(FIRST_REST_S + tired_s, LONGEST_REST_S)


@dataclass(frozen=True, slots=True)
class _Exposure:
    """What is open; `coming` waited to be sent before that was read: it may be done by now."""

    snapshot: MT5AccountSnapshot
    coming: Sequence[Intent]

    @property
    def count(self) -> int:
        return len(self.snapshot.positions) + len(self.snapshot.orders)

    @property
    def symbols(self) -> set[str]:
        return {position.symbol for position in self.snapshot.positions}


@dataclass(slots=True)
class _Memory:
    """Of one liquidation in this life of the desk."""

    since_s: float
    last: _Round | None = None
    clean_at_s: float | None = None


class Flattening:
    """Steps what is being closed, stuck or flat."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._memories: dict[int, _Memory] = {}

    async def close(self, account: Account, session: Session, current: Liquidation) -> Next:
        """Read, and ask for the closing of what is open, or believe in time that nothing is.

        Raises TerminalError when the account cannot be read; that is told once it has lasted.
        """
        memory = self._memories.setdefault(current.id, _Memory(self._now_s))
        async with self._desk.store.read() as tx:
            coming = await tx.intents.waiting(account.id)
        try:
            snapshot = await whole_snapshot(session)
        except TerminalError as error:
            await self._unread(account, current, memory, error)
            raise
        exposure = _Exposure(snapshot, coming)
        if exposure.count:
            memory.clean_at_s = None
            return await self._close_open(account, session, current, exposure, memory)
        return await self._verify(account, current, snapshot, memory)

    async def lock(self, account: Account, current: Liquidation) -> Next:
        """The end: entries are locked until an owner releases them, whatever has become of the lock."""
        now = self._desk.clock.now()
        over = replace(current, state=LiquidationState.LOCKED, finished_at=now)
        async with self._desk.store.write() as tx:
            if not await tx.liquidations.advance(over, current.state):
                return SOON_S
            await tx.locks.set(LockKind.DRAWDOWN, Place(account.id), current.reason, now, None)
            await note(tx, account, over, "locked", now)
        return over

    def forget(self, liquidation: int) -> None:
        """It is closed no more: held, or over."""
        self._memories.pop(liquidation, None)

    @property
    def _now_s(self) -> float:
        return self._desk.clock.monotonic()

    # -- what is open

    async def _close_open(
        self, account: Account, session: Session, current: Liquidation, exposure: _Exposure, memory: _Memory
    ) -> Next:
        rested = await self._is_rested(session, exposure, memory.last)
        becomes_stuck = self._becomes_stuck(current, memory)
        if not (rested or becomes_stuck or current.clean_reads):
            return self._rest_left_s(memory.last)
        trouble = _trouble(await self._of(memory.last)) if becomes_stuck else ""
        async with self._desk.store.write() as tx:
            fresh = await tx.liquidations.get(current.id)
            if fresh is None or fresh.state is not current.state:
                return SOON_S
            asked = await self._ask(tx, account, exposure) if rested else ()
            changed = replace(fresh, clean_reads=0, attempts=fresh.attempts + bool(asked))
            if becomes_stuck:
                await self._get_stuck(tx, account, changed, str(exposure.count), trouble)
            elif changed != fresh:
                await tx.liquidations.advance(changed, current.state)
        if asked:
            memory.last = _Round([intent.id for intent in asked], self._now_s, changed.attempts)
            self._desk.bell.ring(account_bell(account.id))
        if becomes_stuck:
            self._desk.bell.ring(OUTBOX)
        return FIRST_REST_S if rested and not asked else self._rest_left_s(memory.last)

    async def _ask(self, tx: Tx, account: Account, exposure: _Exposure) -> Sequence[Intent]:
        return await queue_closing_everything(
            self._desk, tx, account, exposure.snapshot, CLOSE_WITHIN, exposure.coming
        )

    async def _of(self, last: _Round | None) -> list[Intent]:
        """What became of the last round so far."""
        async with self._desk.store.read() as tx:
            found = [await tx.intents.get(number) for number in (last.asked if last else ())]
        return [intent for intent in found if intent is not None]

    async def _is_rested(self, session: Session, exposure: _Exposure, last: _Round | None) -> bool:
        """Whether to ask again. A closed market is asked once more when it shows a price of now."""
        if last is None or self._now_s >= last.at_s + CLOSED_REST_S:
            return True
        if self._now_s < last.at_s + last.rest_s:
            return False
        if not any(intent.retcode == mt5.TRADE_RETCODE_MARKET_CLOSED for intent in await self._of(last)):
            return True
        return bool(await session.quotes(exposure.symbols))

    def _rest_left_s(self, last: _Round | None) -> float:
        """Until it may be asked again; whether a closed market has opened is looked at each second."""
        left_s = last.at_s + last.rest_s - self._now_s if last else 0.0
        return max(left_s, SOON_S) if left_s > 0 else LOOK_S

    # -- what does not succeed

    def _becomes_stuck(self, current: Liquidation, memory: _Memory) -> bool:
        late = self._now_s - memory.since_s >= STUCK_AFTER_S
        return late and current.state is LiquidationState.CLOSING

    async def _unread(
        self, account: Account, current: Liquidation, memory: _Memory, error: TerminalError
    ) -> None:
        """A clean read before it counts no more: two are to follow each other."""
        memory.clean_at_s = None
        doubted = replace(current, clean_reads=0)
        becomes_stuck = self._becomes_stuck(current, memory)
        if doubted == current and not becomes_stuck:
            return
        async with self._desk.store.write() as tx:
            if becomes_stuck:
                await self._get_stuck(tx, account, doubted, "?", error.for_trader)
            else:
                await tx.liquidations.advance(doubted, current.state)
        self._desk.bell.ring(OUTBOX)

    async def _get_stuck(
        self, tx: Tx, account: Account, current: Liquidation, left: str, trouble: str
    ) -> None:
        """With what people are told of it in one transaction: a crash loses neither."""
        stuck = replace(current, state=LiquidationState.STUCK)
        if not await move(self._desk, tx, account, current, stuck):
            return
        data: Json = {"positions": left, "attempts": str(stuck.attempts), "detail": trouble}
        now = self._desk.clock.now()
        await alert_desk_and_trader(tx, now, account, "liquidation_stuck", data, Priority.CRITICAL)

    # -- nothing is open

    async def _verify(
        self, account: Account, current: Liquidation, snapshot: MT5AccountSnapshot, memory: _Memory
    ) -> Next:
        """Flat is believed after two clean reads of two moments."""
        since_s = self._now_s - memory.clean_at_s if memory.clean_at_s is not None else READS_APART_S
        if since_s < READS_APART_S:
            return READS_APART_S - since_s
        memory.clean_at_s = self._now_s
        clean = replace(current, clean_reads=current.clean_reads + 1)
        if clean.clean_reads >= CLEAN_READS:
            return await self._flat(account, current, clean, snapshot)
        async with self._desk.store.write() as tx:
            await tx.liquidations.advance(clean, current.state)
        return READS_APART_S

    async def _flat(
        self, account: Account, current: Liquidation, clean: Liquidation, snapshot: MT5AccountSnapshot
    ) -> Next:
        """People are told once, here."""
        now = self._desk.clock.now()
        flat = replace(clean, state=LiquidationState.FLAT)
        data: Json = {"equity": f"{snapshot.account.equity:.2f}", "reason": current.reason}
        async with self._desk.store.write() as tx:
            if not await move(self._desk, tx, account, current, flat):
                return SOON_S
            if current.panic is None:  # else the messages of the panic and of the account tell it
                await alert_desk_and_trader(tx, now, account, "liquidation_finished", data, Priority.CRITICAL)
        self._desk.bell.ring(OUTBOX)
        return flat


def _trouble(settled: Sequence[Intent]) -> str:
    """The newest sentence about a close that did not succeed."""
    return next((intent.detail for intent in reversed(settled) if intent.detail), "")

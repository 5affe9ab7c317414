"""What the policy has done about a mark: stops to break-even, or closes. By durable intents, as of a person.

Nothing is done on the word of the reading that raised the mark: the account is read anew first. What is done
is proven by reconciliation, which tells the guard what is still open.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import structlog

from core.alerts import alert_desk_and_trader
from core.bell import OUTBOX, account_bell
from core.desk import Desk
from core.market.breakeven import break_even
from core.market.marking import event_of, planned
from core.model.accounts import Account
from core.model.events import Event, Json, Priority
from core.model.instruments import Instrument
from core.model.mt5 import MT5Position, Quote
from core.model.policies import Danger, MarketAction
from core.model.risk import Mark
from core.model.trades import Intent
from core.mt5.orders import Stops
from core.mt5.session import Session
from core.ports import Tx
from core.trading.closing import in_order
from core.trading.tracing import trace_of
from core.trading.wishes import Wishes

log = structlog.get_logger(__name__)

WITHIN = timedelta(seconds=30)
FIRST_REST, LONGEST_REST = timedelta(seconds=5), timedelta(minutes=5)
TOLD_AFTER = 3
_FORESEEN = frozenset({Danger.CLOSING, Danger.NEWS})
MOVED = "market.break_even"


@dataclass(frozen=True, slots=True)
class Scene:
    """A symbol as the look found it, with the positions that reconciliation knows in it."""

    quote: Quote
    instrument: Instrument
    positions: Sequence[MT5Position]
    is_open: bool


@dataclass(slots=True)
class _Patience:
    """How often a mark's positions were tried to be closed, and when again at the soonest."""

    rounds: int = 0
    until: datetime | None = None

    def rested(self, now: datetime) -> bool:
        return self.until is None or now >= self.until

    def spend(self, now: datetime) -> None:
        self.until = now + min(FIRST_REST * 2**self.rounds, LONGEST_REST)
        self.rounds += 1


@dataclass(slots=True)
class Actor:
    """Acts for all accounts; remembers its patience by mark, and whose stop it has moved or may not."""

    desk: Desk
    _patience: dict[int, _Patience] = field(default_factory=dict)
    _moved: set[tuple[str, int]] = field(default_factory=set)

    async def act(self, account: Account, session: Session, mark: Mark, scene: Scene) -> Mark:
        """Do what is due about a mark that lasts; the mark with what was done. Raises TerminalError.

        Nothing while the market is closed: no broker would take it.
        """
        if not scene.is_open:
            return mark
        match planned(account, mark):
            case MarketAction.CLOSE:
                return await self._close(account, session, mark, scene)
            case MarketAction.BREAK_EVEN:
                return await self._tighten(account, session, mark, scene)
            case MarketAction.ALERT:
                return mark

    def forget(self, mark: Mark) -> None:
        self._patience.pop(mark.id, None)

    # -- closing

    async def _close(self, account: Account, session: Session, mark: Mark, scene: Scene) -> Mark:
        """Close what it concerns, if it is still there and nothing is on its way; with growing patience."""
        now = self.desk.clock.now()
        patience = self._patience.setdefault(mark.id, _Patience())
        if not _concerned(mark, scene.positions) or not patience.rested(now):
            return mark
        snapshot = await session.snapshot()
        wanted = _concerned(mark, in_order(snapshot))
        if not wanted:
            return mark
        patience.spend(now)
        wishes = Wishes(account.id, now, WITHIN)
        async with self.desk.store.write() as tx:
            idle = await _idle(tx, account, wanted)
            obstacle = snapshot.account.trading_obstacle()
            if idle and obstacle is None:
                mark = await self._queue(tx, account, mark, [wishes.close(p) for p in idle], now)
            if patience.rounds == TOLD_AFTER or (obstacle and patience.rounds == 1):
                facts = _failing(mark, wanted, patience.rounds, obstacle)
                await alert_desk_and_trader(tx, now, account, "market_close_fails", facts, Priority.CRITICAL)
        self._ring(account)
        return mark

    # -- break-even

    async def _tighten(self, account: Account, session: Session, mark: Mark, scene: Scene) -> Mark:
        """Move the stops that can be moved now, each position's once in its life: a person who moves one back
        has decided."""
        hopeful = self._movable(account, mark, scene, scene.positions)
        if not hopeful:
            return mark
        snapshot = await session.snapshot()
        if snapshot.account.trading_obstacle() is not None:
            return mark
        quote = await session.quote(scene.instrument.symbol)
        fresh = replace(scene, quote=quote)
        movable = self._movable(account, mark, fresh, snapshot.positions)
        now = self.desk.clock.now()
        async with self.desk.store.write() as tx:
            idle = {p.identifier for p in await _idle(tx, account, [p for p, _ in movable])}
            moves = [
                (position, stops)
                for position, stops in movable
                if position.identifier in idle and not await self._was_moved(tx, account, position)
            ]
            wishes = Wishes(account.id, now, WITHIN)
            if moves:
                intents = [wishes.modify(position, stops) for position, stops in moves]
                mark = await self._queue(tx, account, mark, intents, now)
                for (position, _), intent in zip(moves, intents, strict=True):
                    trace = await trace_of(tx, intent)
                    await tx.events.append(_moved(account, position, mark, now, trace))
        self._moved |= {(account.label, position.identifier) for position, _ in moves}
        self._ring(account)
        return mark

    def _movable(
        self, account: Account, mark: Mark, scene: Scene, held: Sequence[MT5Position]
    ) -> list[tuple[MT5Position, Stops]]:
        candidates = [
            (position, break_even(position, scene.instrument, scene.quote))
            for position in _concerned(mark, held)
            if (account.label, position.identifier) not in self._moved
        ]
        return [(position, stops) for position, stops in candidates if stops is not None]

    async def _was_moved(self, tx: Tx, account: Account, position: MT5Position) -> bool:
        """In an earlier life of the desk, too; then it is not asked again."""
        moved = await tx.events.happened(MOVED, _name(account, position))
        if moved:
            self._moved.add((account.label, position.identifier))
        return moved

    # -- both

    async def _queue(
        self, tx: Tx, account: Account, mark: Mark, intents: Sequence[Intent], now: datetime
    ) -> Mark:
        for intent in intents:
            await tx.intents.add(intent)
        touched = tuple(intent.position for intent in intents if intent.position is not None)
        positions = tuple(dict.fromkeys((*mark.positions, *touched)))
        done = replace(mark, action=planned(account, mark), positions=positions)
        await tx.marks.acted(mark.id, done.action, positions)
        acted = replace(done, positions=touched)
        await tx.events.append(event_of("market.acted", account, acted, now, mark.reason))
        return done

    def _ring(self, account: Account) -> None:
        self.desk.bell.ring(account_bell(account.id))
        self.desk.bell.ring(OUTBOX)


def _concerned(mark: Mark, held: Sequence[MT5Position]) -> list[MT5Position]:
    """What a mark is about: all of its symbol for what was foreseen, else those open when it began. Who opens
    one in a danger that is told wants it."""
    everything = mark.danger in _FORESEEN
    return [p for p in held if p.symbol == mark.symbol and (everything or p.identifier in mark.positions)]


async def _idle(tx: Tx, account: Account, wanted: Collection[MT5Position]) -> list[MT5Position]:
    """Those that no order is on its way for."""
    coming = await tx.intents.unfinished(account.id)
    busy = {number for intent in coming for number in (intent.position, intent.opposite)}
    return [position for position in wanted if position.identifier not in busy]


def _failing(mark: Mark, left: Sequence[MT5Position], rounds: int, obstacle: str | None) -> Json:
    return {
        "reason": mark.reason,
        "positions": [f"{p.symbol} {p.volume:f} #{p.ticket}" for p in left],
        "rounds": rounds,
        "obstacle": obstacle,
    }


def _name(account: Account, position: MT5Position) -> str:
    return f"{account.label} #{position.identifier}"


def _moved(account: Account, position: MT5Position, mark: Mark, now: datetime, trace: str) -> Event:
    facts: Json = {
        "mark": str(mark.id),
        "before": str(position.stop_loss or ""),
        "after": str(position.price_open),
    }
    return Event(MOVED, now, _name(account, position), facts, account.id, account.person_id, trace)

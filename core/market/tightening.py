"""Stops moved to break-even, each position's once in its life: a person who moves one back has decided.

A move that the broker refuses, or that comes too late, is none: it is asked for again with growing patience.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from core.desk import Desk
from core.market.asking import WITHIN, Patience, Scene, ask, concerned, idle, ring
from core.market.breakeven import break_even
from core.model.accounts import Account
from core.model.events import Event, Json
from core.model.ids import AccountId, IntentId
from core.model.mt5 import MT5Position
from core.model.risk import Mark
from core.model.trades import IntentState
from core.mt5.orders import Stops
from core.mt5.session import Session
from core.ports import Tx
from core.trading.intents import Intentions

MOVED = "market.break_even"

_Move = tuple[MT5Position, Stops]


@dataclass(slots=True)
class _Stop:
    """One position's: whether it was moved, or the order to move it with the event that is true if it is."""

    moved: bool = False
    asked: tuple[IntentId, Event] | None = None
    patience: Patience = field(default_factory=Patience)

    def may_move(self, now: datetime) -> bool:
        return not (self.moved or self.asked) and self.patience.rested(now)


@dataclass(slots=True)
class Tightening:
    """For all accounts."""

    desk: Desk
    _stops: dict[tuple[AccountId, int], _Stop] = field(default_factory=dict)

    async def tighten(self, account: Account, session: Session, mark: Mark, scene: Scene) -> Mark:
        """Move the stops that can be moved now; the mark with what was done. Raises TerminalError."""
        await self._learn(account)
        if not self._movable(account, mark, scene, scene.positions):
            return mark
        snapshot = await session.snapshot()
        if snapshot.account.trading_obstacle() is not None:
            return mark
        fresh = replace(scene, quote=await session.quote(scene.instrument.symbol))
        movable = self._movable(account, mark, fresh, snapshot.positions)
        async with self.desk.store.write() as tx:
            mark = await self._ask(tx, account, mark, movable)
        ring(self.desk, account)
        return mark

    def _movable(
        self, account: Account, mark: Mark, scene: Scene, held: Sequence[MT5Position]
    ) -> list[_Move]:
        now = self.desk.clock.now()
        candidates = [
            (position, break_even(position, scene.instrument, scene.quote))
            for position in concerned(mark, held)
            if self._stop(account, position).may_move(now)
        ]
        return [(position, stops) for position, stops in candidates if stops is not None]

    async def _ask(self, tx: Tx, account: Account, mark: Mark, movable: Sequence[_Move]) -> Mark:
        free = {p.identifier for p in await idle(tx, account, [p for p, _ in movable])}
        moves = [
            (position, stops)
            for position, stops in movable
            if position.identifier in free and not await self._was_moved(tx, account, position)
        ]
        if not moves:
            return mark
        now = self.desk.clock.now()
        intentions = Intentions(account.id, now, WITHIN)
        intents = [intentions.modify(position, stops) for position, stops in moves]
        for (position, _), intent in zip(moves, intents, strict=True):
            moved = _moved(account, position, mark, now)
            self._stop(account, position).asked = intent.id, moved
        return await ask(tx, account, mark, intents, now)

    async def _was_moved(self, tx: Tx, account: Account, position: MT5Position) -> bool:
        """In an earlier life of the desk, which may have known it by the account's name; then it is not asked
        again."""
        stop = self._stop(account, position)
        stop.moved = await tx.events.happened(MOVED, _subject(account, position)) or await tx.events.happened(
            MOVED, f"{account.label} #{position.identifier}"
        )
        return stop.moved

    async def _learn(self, account: Account) -> None:
        """What became of the moves that were asked for."""
        asked = [(s, *s.asked) for (its, _), s in self._stops.items() if its == account.id and s.asked]
        if not asked:
            return
        async with self.desk.store.read() as tx:
            intents = [await tx.intents.get(number) for _, number, _ in asked]
        now = self.desk.clock.now()
        for (stop, _, moved), intent in zip(asked, intents, strict=True):
            state = intent.state if intent else IntentState.EXPIRED
            if state is IntentState.FILLED:
                async with self.desk.store.write() as tx:
                    await tx.events.append(replace(moved, at=now))
                stop.moved = True
            if state.is_final:
                stop.asked = None
                stop.patience.spend(now)

    def _stop(self, account: Account, position: MT5Position) -> _Stop:
        return self._stops.setdefault((account.id, position.identifier), _Stop())


def _subject(account: Account, position: MT5Position) -> str:
    """By the account's id: its name may change."""
    return f"{account.id} #{position.identifier}"


def _moved(account: Account, position: MT5Position, mark: Mark, now: datetime) -> Event:
    facts: Json = {
        "mark": str(mark.id),
        "before": str(position.stop_loss or ""),
        "after": str(position.price_open),
    }
    return Event(MOVED, now, _subject(account, position), facts, account.id, account.person_id)

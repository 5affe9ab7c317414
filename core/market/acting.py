"""What the policy has done about a mark: stops to break-even, or closes. By durable intents, as of a person.

Nothing is done on the word of the reading that raised the mark: the account is read anew first. What is done
is proven by reconciliation, which tells the guard what is still open.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from core.alerts import alert_desk_and_trader
from core.desk import Desk
from core.market.asking import WITHIN, Patience, Scene, ask, concerned, idle, ring
from core.market.marking import planned
from core.market.tightening import Tightening
from core.model.accounts import Account
from core.model.events import Json, Priority
from core.model.mt5 import MT5Position
from core.model.policies import MarketAction
from core.model.risk import Mark
from core.mt5.session import Session
from core.trading.closing import in_order
from core.trading.intents import Intentions

TOLD_AFTER = 3


@dataclass(slots=True)
class Actor:
    """Acts for all accounts; remembers its patience by mark."""

    desk: Desk
    tightening: Tightening = field(init=False)
    _patience: dict[int, Patience] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.tightening = Tightening(self.desk)

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
                return await self.tightening.tighten(account, session, mark, scene)
            case MarketAction.ALERT:
                return mark

    def forget(self, mark: Mark) -> None:
        self._patience.pop(mark.id, None)

    async def _close(self, account: Account, session: Session, mark: Mark, scene: Scene) -> Mark:
        """Close what it concerns, if it is still there and nothing is on its way; with growing patience."""
        now = self.desk.clock.now()
        patience = self._patience.setdefault(mark.id, Patience())
        if not concerned(mark, scene.positions) or not patience.rested(now):
            return mark
        snapshot = await session.snapshot()
        wanted = concerned(mark, in_order(snapshot))
        if not wanted:
            return mark
        patience.spend(now)
        intentions = Intentions(account.id, now, WITHIN)
        async with self.desk.store.write() as tx:
            free = await idle(tx, account, wanted)
            obstacle = snapshot.account.trading_obstacle()
            if free and obstacle is None:
                mark = await ask(tx, account, mark, [intentions.close(p) for p in free], now)
            if patience.rounds == TOLD_AFTER or (obstacle and patience.rounds == 1):
                facts = _failing(mark, wanted, patience.rounds, obstacle)
                await alert_desk_and_trader(tx, now, account, "market_close_fails", facts, Priority.CRITICAL)
        ring(self.desk, account)
        return mark


def _failing(mark: Mark, left: Sequence[MT5Position], rounds: int, obstacle: str | None) -> Json:
    return {
        "reason": mark.reason,
        "positions": [f"{p.symbol} {p.volume:f} #{p.ticket}" for p in left],
        "rounds": rounds,
        "obstacle": obstacle,
        "mark": str(mark.id),
    }

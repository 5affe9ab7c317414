"""What closes and moves of stops have in common: which positions, when again, and the order itself."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from core.bell import OUTBOX, account_bell
from core.desk import Desk
from core.market.marking import event_of, planned
from core.model.accounts import Account
from core.model.instruments import Instrument
from core.model.mt5 import MT5Position, Quote
from core.model.policies import Danger
from core.model.risk import Mark
from core.model.trades import Intent
from core.ports import Tx
from core.trading.plans import yields

WITHIN = timedelta(seconds=30)
FIRST_REST, LONGEST_REST = timedelta(seconds=5), timedelta(minutes=5)
_FORESEEN = frozenset({Danger.CLOSING, Danger.NEWS})


@dataclass(frozen=True, slots=True)
class Scene:
    """A symbol as the look found it, with the positions that reconciliation knows in it."""

    quote: Quote
    instrument: Instrument
    positions: Sequence[MT5Position]
    is_open: bool


@dataclass(slots=True)
class Patience:
    """How often something was tried, and when again at the soonest."""

    rounds: int = 0
    until: datetime | None = None

    def rested(self, now: datetime) -> bool:
        return self.until is None or now >= self.until

    def spend(self, now: datetime) -> None:
        self.until = now + min(FIRST_REST * 2**self.rounds, LONGEST_REST)
        self.rounds += 1


def concerned(mark: Mark, held: Sequence[MT5Position]) -> list[MT5Position]:
    """What a mark is about: all of its symbol for what was foreseen, else those open when it began. Who opens
    one in a danger that is told wants it."""
    everything = mark.danger in _FORESEEN
    return [p for p in held if p.symbol == mark.symbol and (everything or p.identifier in mark.positions)]


async def idle(tx: Tx, account: Account, wanted: Collection[MT5Position]) -> list[MT5Position]:
    """Those that no order is on its way for."""
    coming = [i for i in await tx.intents.unfinished(account.id) if not yields(i)]
    busy = {number for intent in coming for number in (intent.position, intent.opposite)}
    return [position for position in wanted if position.identifier not in busy]


async def ask(tx: Tx, account: Account, mark: Mark, intents: Sequence[Intent], now: datetime) -> Mark:
    """Queue the orders, and write down that they were; the mark with what was done."""
    for intent in intents:
        await tx.intents.add(intent)
    touched = tuple(intent.position for intent in intents if intent.position is not None)
    positions = tuple(dict.fromkeys((*mark.positions, *touched)))
    done = replace(mark, action=planned(account, mark), positions=positions)
    await tx.marks.acted(mark.id, done.action, positions)
    acted = replace(done, positions=touched)
    await tx.events.append(event_of("market.acted", account, acted, now, mark.reason))
    return done


def ring(desk: Desk, account: Account) -> None:
    """After the commit: for the loop that sends, and for what is told."""
    desk.bell.ring(account_bell(account.id))
    desk.bell.ring(OUTBOX)

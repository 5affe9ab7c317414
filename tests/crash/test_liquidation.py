"""SIGKILL of a real process at each state of a liquidation: it ends flat and locked, and is told once.

The paper terminal and its broker survive. What is told is what the outbox holds: how often a message that
was on its way when the process died reaches a phone is the matter of its relay.
"""

import asyncio
import signal
import sys
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

from core.model.accounts import RiskPolicy
from core.model.risk import LiquidationState
from core.mt5 import contract as mt5
from core.paper.server.faults import Fault, Kind
from core.paper.server.records import Deal
from core.ports import Store
from core.risk.holding import hold
from tests.core.risk.guarded import Guarded
from tests.fakes.desk import open_paper_desk, password_of

ROOT = Path(__file__).parents[2]
STATES = ("started", "counting", "closing", "flat", "locked")
A_LIFE_S = 60

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@dataclass
class Doomed:
    """An account that has lost too much, unseen so far, and the processes that guard it one after another."""

    guarded: Guarded
    url: str
    book: Path

    async def live(self, death: str = "") -> int:
        """One life, to its end; how the process ended."""
        account = self.guarded.account
        program = ("-m", "tests.crash.guarding", self.url, password_of(account), str(self.book))
        process = await asyncio.create_subprocess_exec(
            sys.executable, *program, *([death] if death else []), cwd=ROOT, stdout=asyncio.subprocess.DEVNULL
        )
        async with asyncio.timeout(A_LIFE_S):
            return await process.wait()

    async def die(self, *deaths: str) -> None:
        """A life to each of these moments."""
        for death in deaths:
            assert await self.live(death) == -signal.SIGKILL, f"{death} was not reached"

    async def end(self) -> None:
        """The last life, and what must hold after it, however many there were."""
        assert await self.live() == 0
        assert await self.guarded.is_flat_and_locked()
        async with self.guarded.paper.store.read() as tx:
            assert await tx.intents.unfinished(self.guarded.account.id) == []

    async def check_closed_once(self, positions: Sequence[int]) -> None:
        """By the broker's books, and each of it in the audit: sent, and what came of it."""
        closed = [deal for deal in self._deals() if deal.entry == mt5.DEAL_ENTRY_OUT]
        assert Counter(deal.position_id for deal in closed) == Counter(positions)
        names = Counter(await self.guarded.events("order."))
        ended = sum(names[f"order.{state}"] for state in ("filled", "refused", "expired"))
        assert ended == names["order.sent"] >= len(positions)

    def _deals(self) -> Sequence[Deal]:
        return self.guarded.hands.broker.book.deals(self.guarded.account.login, "type", 0, 1)

    async def check_told(self, **times: int) -> None:
        """So often trader and owner have each alert about the liquidation, and no other."""
        for person in (self.guarded.trader.person, self.guarded.paper.owner):
            told = await self.guarded.told(person)
            about = {subject: n for subject, n in told.items() if subject.startswith("liquidation_")}
            assert about == {f"liquidation_{what}": n for what, n in times.items()}

    async def check_audit(self, *states: str) -> None:
        """The trail has each step once, in their order."""
        assert await self.guarded.events("liquidation.") == [f"liquidation.{state}" for state in states]


@pytest.fixture
async def doomed(store: Store, database_url: str, tmp_path: Path) -> AsyncIterator[Doomed]:
    bare = RiskPolicy(allow_no_stop=True)
    async with open_paper_desk(store, tmp_path, policy=bare) as paper:
        guarded = Guarded(paper)
        await guarded.look()
        yield Doomed(guarded, database_url, tmp_path / "broker.book")


def opened(doomed: Doomed) -> list[int]:
    """Four positions, the last of which loses a fifth of the account."""
    positions = [doomed.guarded.buy(lots) for lots in (0.1, 0.2, 0.3, 5.0)]
    doomed.guarded.lose(0.21)
    return positions


async def test_killed_in_the_countdown(doomed: Doomed) -> None:
    positions = opened(doomed)
    await doomed.die(
        "liquidation.started: written",
        "liquidation.started: committed",
        "liquidation.counting: written",
        "liquidation.counting: committed",
        "liquidation.closing: committed",
    )
    assert len(doomed.guarded.ledger.positions) == 4
    await doomed.end()
    await doomed.check_closed_once(positions)
    await doomed.check_told(finished=1)
    await doomed.check_audit(*STATES)


async def test_killed_while_it_is_being_closed(doomed: Doomed) -> None:
    """Asked for and not claimed, claimed and not sent, sent and not recorded, and amid several."""
    positions = opened(doomed)
    await doomed.die("order.sent: written", "order.sent: committed")
    assert len(doomed.guarded.ledger.positions) == 4, "nothing has been sent yet"
    await doomed.die("order.filled: written")
    assert len(doomed.guarded.ledger.positions) == 3, "the broker has closed what the desk has not recorded"
    await doomed.die("order.filled: committed x2")
    await doomed.end()
    await doomed.check_closed_once(positions)
    await doomed.check_told(finished=1)
    await doomed.check_audit(*STATES)


async def test_killed_between_flat_and_locked_and_after(doomed: Doomed) -> None:
    """Once with the first of two clean readings, and with a position that is opened while nobody looks."""
    positions = opened(doomed)
    await doomed.die(
        "liquidation.flat: written",
        "liquidation.flat: committed",
        "liquidation.locked: written",
        "liquidation.locked: committed",
    )
    assert await doomed.guarded.is_flat_and_locked()
    positions.append(doomed.guarded.buy(0.2))
    await doomed.die("liquidation.started: committed", "order.filled: written")
    await doomed.end()
    await doomed.check_closed_once(positions)
    await doomed.check_told(finished=2)
    await doomed.check_audit(*STATES, "started", "flat", "locked")


async def test_killed_while_it_is_held(doomed: Doomed) -> None:
    """The hold outlives the desk; after its end people are warned once more."""
    positions, guarded = opened(doomed), doomed.guarded
    await doomed.die("liquidation.counting: committed")
    held = await guarded.liquidation()
    assert held is not None
    await hold(guarded.paper.desk, held.id, guarded.paper.owner, timedelta(minutes=2), "bad price")
    await doomed.die("liquidation.warned: written", "liquidation.warned: committed")
    assert len(guarded.ledger.positions) == 4
    await doomed.end()
    await doomed.check_closed_once(positions)
    await doomed.check_told(finished=1)
    await doomed.check_audit("started", "counting", "held", "warned", *STATES[1:])


async def test_killed_while_it_is_stuck(doomed: Doomed) -> None:
    """Stuck is told once, whether the process dies before that is written or after."""
    positions, guarded = opened(doomed), doomed.guarded
    guarded.hands.misfortune(Fault(Kind.REJECT, login=guarded.account.login, count=10_000))
    await doomed.die("liquidation.stuck: written", "liquidation.stuck: committed")
    stuck = await guarded.liquidation()
    assert stuck is not None
    assert stuck.state is LiquidationState.STUCK
    await doomed.die("order.refused: committed x3")
    guarded.hands.no_misfortunes()
    await doomed.end()
    await doomed.check_closed_once(positions)
    await doomed.check_told(stuck=1, finished=1)
    await doomed.check_audit(*STATES[:3], "stuck", *STATES[3:])

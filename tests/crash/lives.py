"""One order through several lives of a desk: where it dies, what its broker does, and what must hold after.

The store, the ledger, the trading code, the terminal's proxy and the paper broker are the real ones; the
worker's code runs in this process. A crash stops the desk at a step and nothing of it runs any more: what
was committed and what the broker did stays.
"""

import asyncio
import shutil
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from random import Random
from typing import Any

from cryptography.fernet import Fernet

from core.model.accounts import RiskPolicy
from core.model.approvals import Approval, ApprovalState
from core.model.errors import Refused, Stale
from core.model.trades import Intent, IntentState
from core.mt5 import contract as mt5
from core.mt5.errors import TerminalError
from core.paper.server.faults import Fault, Kind
from core.paper.server.records import Deal
from core.reconciliation.sync import Reconciler
from core.trading.account_loop import drain
from core.trading.closing import close_all
from core.trading.resolution import Quarantine
from core.workers import LinkLost
from storage.engine import connect
from storage.secrets import Vault
from storage.store import SqlStore
from tests.fakes.desk import PaperDesk, late, open_paper_desk
from tests.fakes.links import InProcess, for_ever
from tests.fakes.watched import WatchedStore

KEY = Fernet.generate_key().decode()
NEVER = -1
LOOKS = 60
_MARKED = ("positions_get", "orders_get", "history_orders_get", "history_deals_get")


@dataclass(frozen=True, slots=True)
class Scenario:
    """What the broker does to the order of a run.

    `lost_after` cuts the worker off once, with the order executed or not; `hidden_s` is how long after the
    beginning the books show nothing of it; `stripped` takes magic and comment from all that is shown.
    """

    faults: tuple[Fault, ...] = ()
    instrument: str = "EURUSD"
    lost_before: bool = False
    lost_after: bool = False
    hidden_s: float = 0.0
    stripped: bool = False
    closing: bool = False


def _rejected(retcode: int, count: int = 1) -> tuple[Fault, ...]:
    return (Fault(Kind.REJECT, retcode=retcode, count=count),)


def _failed(call: str, code: int, count: int = 1, skip: int = 0) -> Fault:
    return Fault(Kind.FAIL, call=call, code=code, count=count, skip=skip)


SCENARIOS: Mapping[str, Scenario] = {
    "all is well": Scenario(),
    "rejected": Scenario(_rejected(mt5.TRADE_RETCODE_REJECT)),
    "requoted": Scenario(_rejected(mt5.TRADE_RETCODE_REQUOTE, 2)),
    "request lost": Scenario(lost_before=True),
    "reply lost": Scenario((Fault(Kind.REPLY_LOST),)),
    "worker lost": Scenario(lost_after=True),
    "late by 3 s": Scenario((late(3),)),
    "late by 90 s": Scenario((late(90),)),
    "late by 400 s": Scenario((late(400),)),
    "time-out": Scenario(_rejected(mt5.TRADE_RETCODE_TIMEOUT)),
    "in part": Scenario((Fault(Kind.PARTIAL),), "BTCUSD"),
    "slipped": Scenario((Fault(Kind.SLIPPAGE, points=30),)),
    "no terminal": Scenario((_failed("terminal_info", mt5.RES_E_INTERNAL_FAIL, 2, skip=8),)),
    "not readable": Scenario((Fault(Kind.REPLY_LOST), _failed("positions_get", mt5.RES_E_FAIL, 3))),
    "books lag": Scenario((Fault(Kind.REPLY_LOST),), hidden_s=100),
    "marks stripped": Scenario((Fault(Kind.REPLY_LOST),), stripped=True),
    "close: all is well": Scenario(closing=True),
    "close: rejected": Scenario(_rejected(mt5.TRADE_RETCODE_REJECT), closing=True),
    "close: reply lost": Scenario((Fault(Kind.REPLY_LOST),), closing=True),
    "close: request lost": Scenario(lost_before=True, closing=True),
    "close: late": Scenario((late(9),), closing=True),
    "close: in part": Scenario((Fault(Kind.PARTIAL, count=2),), "BTCUSD", closing=True),
}


@dataclass(frozen=True, slots=True)
class Plan:
    """One run, as data: the steps at which its lives end, and the seconds between looks by seed."""

    scenario: Scenario
    deaths: tuple[int, ...] = ()
    seed: int = 0


@dataclass(slots=True)
class Fate:
    """Counts the steps of a life and ends it at the one that is doomed."""

    steps: list[str] = field(default_factory=list)
    doomed: int = NEVER
    died: asyncio.Event = field(default_factory=asyncio.Event)

    async def reach(self, step: str) -> None:
        self.steps.append(step)
        if len(self.steps) - 1 == self.doomed:
            self.died.set()
            await for_ever()

    async def of_terminal(self, function: str, when: str) -> None:
        """As `reach`; the link of a desk that died is lost."""
        if self.died.is_set():
            raise LinkLost("the desk is dead")
        self.steps.append(f"{function}: {when}")
        if len(self.steps) - 1 == self.doomed:
            self.died.set()
            while True:
                await asyncio.sleep(0)
                if self._buried:
                    raise LinkLost("the desk is dead")

    _buried: bool = False

    def bury(self) -> None:
        self._buried = True


Live = Callable[[], Any]


class Story:
    """A desk, its order, and the lives it takes."""

    def __init__(self, paper: PaperDesk, plan: Plan, door: InProcess, quarantine: Quarantine) -> None:
        self.paper = paper
        self.plan = plan
        self.quarantine = quarantine
        self.fate = Fate()
        self.all_steps: list[str] = []
        self._random = Random(plan.seed)
        self._lost = False
        self._stripped = plan.scenario.stripped
        door.before, door.after, door.change = self._before, self._after, self._change

    # -- what the terminal does

    async def _before(self, function: str) -> None:
        if function == "order_send" and self._armed and self.plan.scenario.lost_before and not self._lost:
            self._lost = True
            raise LinkLost("the worker was killed")
        if function in ("order_send", *_MARKED):
            await self.fate.of_terminal(function, "asked")

    async def _after(self, function: str) -> None:
        if function in ("order_send", *_MARKED):
            await self.fate.of_terminal(function, "done")
        if function == "order_send" and self._armed and self.plan.scenario.lost_after and not self._lost:
            self._lost = True
            raise LinkLost("the worker was killed")

    def _change(self, function: str, result: Any) -> Any:
        if function not in _MARKED or not isinstance(result, list):
            return result
        if self.paper.clock.monotonic() < self.plan.scenario.hidden_s:
            return []
        return [{**row, "magic": 0, "comment": ""} for row in result] if self._stripped else result

    _armed = False

    def arm(self) -> None:
        """From now on the broker misbehaves."""
        self._armed = True
        for fault in self.plan.scenario.faults:
            self.paper.broker.misfortune(fault)

    # -- lives

    async def run(self, life: "Callable[[], Any]") -> None:
        """Live, die as planned, live again; the last life is spared."""
        for doomed in (*self.plan.deaths, NEVER):
            fate = self.fate = Fate(doomed=doomed)
            await self._live(life)
            self.all_steps += fate.steps
            self.fate = Fate()
            if not fate.died.is_set():
                return
            await self.paper.restart()

    async def _live(self, life: "Callable[[], Any]") -> None:
        living = asyncio.ensure_future(life())
        dying = asyncio.ensure_future(self.fate.died.wait())
        await asyncio.wait({living, dying}, return_when=asyncio.FIRST_COMPLETED)
        if not living.done():
            living.cancel()
            await asyncio.wait({living})
        self.fate.bury()
        dying.cancel()
        if not living.cancelled():
            living.result()

    async def look(self) -> bool:
        """One look of the account's loop, and some seconds."""
        busy = await drain(self.paper.desk, self.paper.trader.account, self.quarantine)
        self.paper.pass_time(self._random.choice((1, 10, 30, 50)))
        return busy

    async def settle(self) -> None:
        """Look until nothing is left to do."""
        for _ in range(LOOKS):
            if not await self.look():
                return

    async def tap(self, card: Approval) -> None:
        """The person taps again as long as the card is open."""
        async with self.paper.store.read() as tx:
            shown = await tx.approvals.get(card.id)
        if shown is None or not shown.is_open:
            return
        try:
            await self.paper.tap(shown)
        except (Stale, Refused, TerminalError):
            return


class Ground:
    """Where runs take place one after another: each with a fresh database, broker and desk.

    The engines are the same for all, because compiling their statements takes longer than a run.
    """

    def __init__(self, folder: Path, template: Path, *, fenced: bool = True) -> None:
        self._fenced = fenced
        self._folder = folder
        self._template = template
        self._store = SqlStore(connect(f"sqlite:///{folder / 'run' / 'desk.db'}"), Vault([KEY]))
        self.runs = 0

    async def play(self, plan: Plan, quarantine: Quarantine | None = None) -> "Ending":
        """The whole run: the order approved and sent, or closed, through all deaths; then time to settle."""
        async with self.story(plan, quarantine) as story:
            card = await story.paper.card(instrument=plan.scenario.instrument)
            if plan.scenario.closing:
                await story.tap(card)
                await story.settle()
            story.arm()
            await story.run(partial(_life, story, card))
            return await _end(story, card)

    @asynccontextmanager
    async def story(
        self, plan: Plan, quarantine: Quarantine | None = None, policy: RiskPolicy | None = None
    ) -> AsyncIterator[Story]:
        """A desk that has not begun its order, at a broker whose day is young: the paper terminal works out
        the day's extremes minute by minute."""
        self.runs += 1
        folder = self._folder / "run"
        folder.mkdir()
        shutil.copy(self._template, folder / "desk.db")
        door = InProcess()
        told: list[Story] = []

        async def reach(step: str) -> None:
            if told:
                await told[0].fate.reach(step)

        watched = WatchedStore(self._store, reach, self._fenced)
        try:
            async with open_paper_desk(
                watched, folder, policy=policy, open_terminal=lambda _: door, utc_offset_s=-41_400
            ) as paper:
                told.append(Story(paper, plan, door, quarantine or Quarantine()))
                yield told[0]
        finally:
            await self._store.aclose()
            shutil.rmtree(folder)


async def _life(story: Story, card: Approval) -> None:
    if story.plan.scenario.closing:
        await close_all(story.paper.desk, story.paper.trader.person)
    else:
        await story.tap(card)
    await story.settle()


async def _end(story: Story, card: Approval) -> "Ending":
    """Long after: what is left of it on the books of the desk and of the broker."""
    paper = story.paper
    for _ in range(2):
        paper.pass_time(300)
        await story.settle()
        with suppress(TerminalError):  # a fault of reading that no life met
            await Reconciler(paper.desk, paper.trader.account).sync()
    for _ in range(3 if story.plan.scenario.closing else 0):  # the fault may not have been met yet
        await close_all(paper.desk, paper.trader.person)
        await story.settle()
        await Reconciler(paper.desk, paper.trader.account).sync()
    login = paper.trader.account.login
    async with paper.store.read() as tx:
        waiting = [*await tx.intents.waiting(paper.trader.account.id)]
        waiting += await tx.intents.unresolved(paper.trader.account.id)
        approval = await tx.approvals.get(card.id)
        trades = await tx.trades.open_of(paper.trader.account.id)
        intents = await tx.intents.of_approval(card.id)
    assert approval is not None
    return Ending(
        approval=approval.state,
        intents=tuple(intents),
        waiting=tuple(waiting),
        deals=tuple(paper.broker.broker.book.deals(login, "type", 0, 1)),
        held=frozenset(paper.broker.broker.view(login).ledger.positions),
        expected=frozenset(trade.position for trade in trades),
        told=tuple(notice.subject for notice in await paper.alerts()),
        steps=tuple(story.all_steps),
    )


@dataclass(frozen=True, slots=True)
class Ending:
    """The end of a run: the desk's books, the broker's, and what people were told."""

    approval: ApprovalState
    intents: tuple[Intent, ...]
    waiting: tuple[Intent, ...]
    deals: tuple[Deal, ...]
    held: frozenset[int]
    expected: frozenset[int]
    told: tuple[str, ...]
    steps: tuple[str, ...]

    def faults(self, *, closing: bool) -> list[str]:
        """What must not be, in words; empty when all is right."""
        found = [
            ("duplicate: the broker opened twice", len(self._opened) > 1),
            ("duplicate: two intents for one card", len(self.intents) > 1),
            ("stuck", bool(self.waiting)),
            ("lost: the desk expects other positions than are held", self.held != self.expected),
            ("lost: approved without an intent", self._approved and not self.intents),
            ("wrong: an order without an approval", bool(self._opened) and not self._approved),
            ("wrong verdict", self._approved and bool(self._opened) is not self._says_opened),
            ("nobody was told", self._approved and not self._says_opened and not self._told_of_failure),
        ]
        if closing:
            found += [("not closed", bool(self.held)), ("closed too much", self._volume != 0)]
        return [what for what, is_so in found if is_so]

    @property
    def _approved(self) -> bool:
        return self.approval is ApprovalState.APPROVED

    @property
    def _opened(self) -> list[Deal]:
        return [deal for deal in self.deals if deal.entry == mt5.DEAL_ENTRY_IN]

    @property
    def _volume(self) -> float:
        """Lots opened less lots closed."""
        return round(sum(d.volume if d.entry == mt5.DEAL_ENTRY_IN else -d.volume for d in self.deals), 8)

    @property
    def _says_opened(self) -> bool:
        """An order that was given up and executed after all is told of, critically."""
        done = (IntentState.FILLED, IntentState.PARTIAL)
        return any(intent.state in done for intent in self.intents) or "order_late" in self.told

    @property
    def _told_of_failure(self) -> bool:
        return bool({"intent_refused", "intent_expired"} & set(self.told))

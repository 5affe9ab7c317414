"""Plays a script against the desk, moment by moment, and has the witness look on.

Time goes by hours while all is calm, and by seconds around whatever happens to an account.
"""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from core.bell import OUTBOX
from core.model.events import NoticeKind
from core.model.risk import Liquidation
from core.mt5.errors import TerminalError
from core.ports import SentMessage, Store
from core.reconciliation.sync import Reconciler
from core.trading.account_loop import drain
from core.trading.resolution import Quarantine
from tests.sim.happening import Happening
from tests.sim.house import House, open_house
from tests.sim.people import People
from tests.sim.rule import Watch
from tests.sim.script import END, MIDNIGHTS, Act, Kind, Script
from tests.sim.seat import Seat
from tests.sim.terminals import Trouble
from tests.sim.witness import Sight, Witness

CALM_S = 3_600.0
IDLE_S = 6 * 3_600.0
"""The same while nothing can happen to an account: the market is closed, or it holds nothing."""

TROUBLED_S = 20.0
WORKS_S, LONGEST_WORKS_S = 5.0, 600.0
"""While something is on its way: a moment at first, and ever longer for an order that waits."""

PATIENCE_LOOKS = 700
"""After so many quick looks in a row what lasts is looked at as if all were calm."""

KILLED_S = 20.0
"""For how long a desk that was killed is down."""

_OF_GUARDS = ("drawdown", "liquidation", "locked")


@dataclass(slots=True)
class Week:
    """One desk's week; `objections` are what the witnesses have found wrong."""

    house: House
    script: Script
    seats: list[Seat] = field(default_factory=list)
    objections: list[str] = field(default_factory=list)
    looks: int = 0
    liquidations: int = 0
    _later: list[tuple[float, Callable[[], object]]] = field(default_factory=list)
    _acts: list[Act] = field(default_factory=list)
    _up_at_s: float | None = None
    _told: set[tuple[str, ...]] = field(default_factory=set)
    _happening: Happening = field(init=False)
    _people: People = field(init=False)
    _watch: Watch = field(init=False)
    _reconcilers: dict[int, Reconciler] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._acts = list(self.script.acts)
        for number, temper in enumerate(self.script.tempers):
            account = self.house.traders[number].account
            witness = Witness(number, account, self.house, self._object)
            self.seats.append(Seat(number, account, temper, self.house.lines[account.id], witness))
        self._happening = Happening(self.house, self.seats, self.do_later)
        self._people = People(self.house, self.do_later, self._happening)
        self._mark_the_calendar()
        self._new_life()

    def _mark_the_calendar(self) -> None:
        """Moments at which whoever is concerned is looked at: days begin, prices jump."""
        for at_s in MIDNIGHTS:
            self._later.append((at_s - 1, self._all_look))
            self._later.append((at_s, self._midnight))
        for jolt in self.script.jolts:
            for share in (0.0, 0.5, 1.0):
                at_s = jolt.at_s + jolt.over_s * share
                self._later.append((at_s, partial(self._all_look, jolt.symbol)))

    @property
    def now_s(self) -> float:
        return self.house.clock.monotonic()

    def _object(self, number: int, what: str) -> None:
        self.objections.append(f"seed {self.script.seed}, account {number}, {self.now_s:.0f} s: {what}")

    # -- time

    async def play(self, until_s: float = END) -> None:
        """To the end, or to the first objection."""
        while self.now_s < until_s and not self.objections:
            self.house.pass_time(max(self._next_s() - self.now_s, 0.0))
            await self._happen()
            for seat in self.seats:
                if self._up_at_s is None and seat.due_s <= self.now_s:
                    await self._attend(seat)
            if self._up_at_s is None:
                await self._deliver()

    def do_later(self, after_s: float, what: Callable[[], object] | Act) -> None:
        if isinstance(what, Act):
            self._acts = sorted([*self._acts, what], key=lambda act: act.at_s)
        else:
            self._later.append((self.now_s + after_s, what))

    def _next_s(self) -> float:
        moments = [at_s for at_s, _ in self._later]
        moments += [act.at_s for act in self._acts[:1]]
        moments += [seat.due_s for seat in self.seats] if self._up_at_s is None else [self._up_at_s]
        return min(moments)

    async def _happen(self) -> None:
        """What is due now: ends of troubles, acts, and the desk's return."""
        due = [what for at_s, what in self._later if at_s <= self.now_s]
        self._later = [(at_s, what) for at_s, what in self._later if at_s > self.now_s]
        for what in due:
            what()
        while self._acts and self._acts[0].at_s <= self.now_s:
            await self._do(self._acts.pop(0))
        if self._up_at_s is not None and self._up_at_s <= self.now_s:
            self._up_at_s = None
            await self.house.begin()
            self._new_life()

    async def _do(self, act: Act) -> None:
        if act.kind is Kind.RESTART:
            await self._go_down(act.size)
        else:
            await self._happening.befall(self.seats[act.account], act, is_up=self._up_at_s is None)

    def _new_life(self) -> None:
        self._watch = Watch(self.house.desk)
        self._reconcilers = {s.number: Reconciler(self.house.desk, s.account) for s in self.seats}
        for seat in self.seats:
            seat.stir(self.now_s)

    def _all_look(self, symbol: str | None = None) -> None:
        for seat in self.seats:
            if symbol in (None, seat.temper.terms.symbol):
                seat.due_s = self.now_s

    def _midnight(self) -> None:
        for seat in self.seats:
            seat.witness.midnight()
        self._all_look()

    async def _go_down(self, seconds: float) -> None:
        """The desk ends: nothing of it is left but the database."""
        if self._up_at_s is None:
            await self.house.desk.terminals.aclose()
            self._up_at_s = self.now_s + seconds

    # -- a look

    async def _attend(self, seat: Seat) -> None:
        """All that the desk does about an account now, unless it is killed meanwhile."""
        self.looks += 1
        if not seat.line.kills_in:
            await self._look(seat)
            return
        looking = asyncio.create_task(self._look(seat))
        dying = asyncio.create_task(seat.line.dead.wait())
        await asyncio.wait((looking, dying), return_when=asyncio.FIRST_COMPLETED)
        dying.cancel()
        if not seat.line.dead.is_set():
            await looking
            return
        looking.cancel()
        with suppress(asyncio.CancelledError):
            await looking
        seat.line.dead.clear()
        seat.line.kills_in, seat.works = 0, True
        await self._go_down(KILLED_S)

    async def _look(self, seat: Seat) -> None:
        if seat.eager and seat.witness.breaks():
            seat.eager = False  # the trader taps in the very second in which the guard will see it
            await self._happening.signal(seat, 1.0)
        equity = self.house.equity(seat.number)
        seat.line.flickers, seat.flickers = int(seat.flickers), False
        looked = await self._watch.look(seat.account) and seat.line.trouble is not Trouble.STALE
        seat.line.flickers = 0
        if looked and self._reconciles(seat):
            await self._reconcile(seat)
        troubled = seat.line.trouble is not None or not self._is_own(seat)
        seen = Sight(self.now_s, equity, looked, troubled, seat.line.lag_ms > 0)
        before = seat.witness.running
        await seat.witness.judge(seen, await self._latest(seat))
        self.liquidations += before is None and seat.witness.running is not None
        await self._people.react(seat, looked)
        if seat.works or seat.witness.running is not None:
            seat.works = await drain(self.house.desk, seat.account, Quarantine())
        self._plan_next(seat, troubled)

    def _is_own(self, seat: Seat) -> bool:
        folder = seat.line.terminal._folder
        return folder is None or folder.setup.login == seat.account.login

    def _reconciles(self, seat: Seat) -> bool:
        return seat.works or self.now_s % (4 * CALM_S) < 1

    async def _reconcile(self, seat: Seat) -> None:
        try:
            await self._reconcilers[seat.number].sync()
        except TerminalError:
            return

    async def _latest(self, seat: Seat) -> Liquidation | None:
        """Read only after something was noted: no liquidation moves without its event."""
        noted = self.house.committed()
        if seat.noted != noted:
            seat.noted = noted
            async with self.house.store.read() as tx:
                seat.latest = await tx.liquidations.latest_of(seat.account.id)
        return seat.latest

    def _plan_next(self, seat: Seat, troubled: bool) -> None:
        is_open = self.house.market_is_open(seat.number)
        if seat.witness.is_restless() and is_open and not troubled:
            seat.quick_until_s = max(seat.quick_until_s, self.now_s + 1)
        quick = self.now_s < seat.quick_until_s and seat.quick_looks < PATIENCE_LOOKS
        seat.quick_looks = seat.quick_looks + 1 if quick else 0
        lively = is_open and self.house.exposed(seat.number)
        step_s = (CALM_S if lively else IDLE_S) - self.now_s % CALM_S
        works_s = min(WORKS_S * 2**seat.waits, LONGEST_WORKS_S)
        seat.waits = seat.waits + 1 if seat.works else 0
        unhurried_s = works_s if seat.works else TROUBLED_S if troubled else step_s
        seat.due_s = self.now_s + (1.0 if quick else unhurried_s)

    async def _deliver(self) -> None:
        """Telegram takes everything at once; nothing may come twice."""
        if not await self.house.desk.bell.wait(OUTBOX, 0):
            return
        async with self.house.store.write() as tx:
            for item in await tx.outbox.due(self.house.clock.now(), 1_000):
                notice = item.notice
                if notice.kind is NoticeKind.ALERT and notice.subject.startswith(_OF_GUARDS):
                    self._hear(str(notice.person_id), notice.subject, str(item.created_at), str(notice.data))
                elif notice.kind is NoticeKind.LIQUIDATION:
                    message = SentMessage(1, item.id, has_photo=False)
                    await tx.outbox.remember_sent(
                        notice.kind, notice.subject, notice.person_id, message, self.house.clock.now()
                    )
                await tx.outbox.delivered(item.id, self.house.clock.now())

    def _hear(self, *told: str) -> None:
        if told in self._told:
            self._object(-1, f"told twice: {told}")
        self._told.add(told)


async def play(store: Store, folder: Path, script: Script) -> Week:
    """The week of a script, to its end or its first objection."""
    async with open_house(store, folder, script) as house:
        week = Week(house, script)
        await week.play()
        return week

"""Plays a script against the desk, moment by moment, and has the witness look on.

Time goes by hours while all is calm, and by seconds around whatever happens to an account.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from core.bell import OUTBOX
from core.model.accounts import Account
from core.model.errors import Conflict, DeskError
from core.model.events import NoticeKind
from core.model.instruments import Side
from core.model.risk import Liquidation, LiquidationState
from core.mt5 import contract as mt5
from core.mt5.errors import TerminalError
from core.paper.hands import switch_account
from core.paper.server import faults
from core.paper.server.faults import Fault
from core.ports import SentMessage, Store
from core.reconciliation.sync import Reconciler
from core.trading.loop import drain
from core.trading.resolution import Quarantine
from tests.sim import rule
from tests.sim.house import House, open_house
from tests.sim.rule import Watch
from tests.sim.script import END, LASTING, Act, Kind, Script, Temper
from tests.sim.terminals import Line, Trouble
from tests.sim.witness import Sight, Witness

CALM_S = 3_600.0
IDLE_S = 6 * 3_600.0
"""The same while nothing can happen to an account: the market is closed, or it holds nothing."""

TROUBLED_S = 20.0
WORKS_S = 5.0
QUICK_S = 4.0
"""For how long after something has happened an account is looked at each second."""

PATIENCE_LOOKS = 700
"""After so many quick looks in a row what lasts is looked at as if all were calm."""

_OF_GUARDS = ("drawdown", "liquidation", "locked")
_UNTIL_RELEASE_S = 1_800.0
_MEDDLES_AFTER_S = 90.0
_FAULTS = {
    Kind.REFUSED: (faults.Kind.REJECT, mt5.TRADE_RETCODE_REQUOTE),
    Kind.CLOSED: (faults.Kind.REJECT, mt5.TRADE_RETCODE_MARKET_CLOSED),
    Kind.PARTIAL: (faults.Kind.PARTIAL, 0),
    Kind.REPLY_LOST: (faults.Kind.REPLY_LOST, 0),
}


@dataclass(slots=True)
class Seat:
    """One account in the week: when it is looked at next, and what its people are about to do."""

    number: int
    account: Account
    temper: Temper
    line: Line
    witness: Witness
    due_s: float = 0.0
    quick_until_s: float = QUICK_S
    quick_looks: int = 0
    works: bool = False
    reacted_to: int = 0
    release_at_s: float | None = None
    eager: bool = True
    flickers: bool = False


@dataclass(slots=True)
class Week:
    """One desk's week; `objections` are what the witnesses have found wrong."""

    house: House
    script: Script
    seats: list[Seat] = field(default_factory=list)
    objections: list[str] = field(default_factory=list)
    looks: int = 0
    liquidations: int = 0
    _later: list[tuple[float, Callable[[], None]]] = field(default_factory=list)
    _acts: list[Act] = field(default_factory=list)
    _up_at_s: float | None = None
    _told: set[tuple[str, ...]] = field(default_factory=set)
    _watch: Watch = field(init=False)
    _reconcilers: dict[int, Reconciler] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._acts = list(self.script.acts)
        for number, temper in enumerate(self.script.tempers):
            account = self.house.traders[number].account
            witness = Witness(number, account, self.house, self._object)
            self.seats.append(Seat(number, account, temper, self.house.lines[account.id], witness))
        for jolt in self.script.jolts:
            for share in (0.0, 0.5, 1.0):
                self._later.append((jolt.at_s + jolt.over_s * share, self._all_look))
        self._new_life()

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
            if self._up_at_s is None:
                for seat in self.seats:
                    if seat.due_s <= self.now_s:
                        await self._attend(seat)
                await self._deliver()

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

    def _new_life(self) -> None:
        self._watch = Watch(self.house.desk)
        self._reconcilers = {s.number: Reconciler(self.house.desk, s.account) for s in self.seats}
        self._all_look()

    def _all_look(self) -> None:
        for seat in self.seats:
            seat.due_s = self.now_s

    def _stir(self, seat: Seat) -> None:
        """Something has happened to it: it is looked at each second for a while."""
        seat.due_s, seat.quick_until_s, seat.quick_looks = self.now_s, self.now_s + QUICK_S, 0

    # -- what happens

    async def _do(self, act: Act) -> None:
        seat = self.seats[act.account]
        self._stir(seat)
        if act.kind is Kind.RESTART:
            await self._go_down(act.size)
        elif act.kind is Kind.SIGNAL:
            await self._signal(seat, act.size)
        elif act.kind in LASTING:
            self._trouble(seat, act)
        elif act.kind in _FAULTS:
            kind, retcode = _FAULTS[act.kind]
            login = seat.account.login
            self.house.broker.misfortune(Fault(kind, login=login, count=int(act.size), retcode=retcode))
        else:
            self._by_hand(seat, act)

    def _by_hand(self, seat: Seat, act: Act) -> None:
        match act.kind:
            case Kind.PAY:
                seat.witness.paid(self.house.pay(seat.number, act.size))
            case Kind.CREDIT:
                self.house.credit(seat.number, act.size)
            case Kind.BY_HAND:
                self.house.trade_by_hand(seat.number, act.size)
            case _:
                self.house.close_oldest(seat.number)

    def _trouble(self, seat: Seat, act: Act) -> None:
        if act.kind is Kind.LAG:
            seat.line.lag_ms = int(act.size * 1000)
        elif act.kind is Kind.SWITCHED:
            other = self.house.login((seat.number + 1) % len(self.seats))
            switch_account(self.house.traders[seat.number].folder, other)
        else:
            seat.line.trouble = Trouble(act.kind)
        self._later.append((self.now_s + act.size, lambda: self._end_trouble(seat)))

    def _end_trouble(self, seat: Seat) -> None:
        seat.line.trouble, seat.line.lag_ms = None, 0
        switch_account(self.house.traders[seat.number].folder, seat.account.login)
        self._stir(seat)

    async def _go_down(self, seconds: float) -> None:
        """The desk dies: nothing of it is left but the database."""
        if self._up_at_s is None:
            await self.house.desk.terminals.aclose()
            self._up_at_s = self.now_s + seconds

    async def _signal(self, seat: Seat, sign: float) -> None:
        """A signal comes in and is approved, if anything lets it."""
        if self._up_at_s is not None:
            return
        trader = self.house.traders[seat.number]
        card = await self.house.card(trader, side=Side.BUY if sign > 0 else Side.SELL, no_stop=True)
        try:
            await self.house.tap(card, trader)
        except (DeskError, TerminalError):
            return
        seat.works = True

    # -- a look

    async def _attend(self, seat: Seat) -> None:
        self.looks += 1
        if seat.eager and seat.witness.breaks():
            seat.eager = False  # the trader taps in the very second in which the guard will see it
            await self._signal(seat, 1.0)
        equity = self.house.equity(seat.number)
        seat.line.flickers, seat.flickers = int(seat.flickers), False
        looked = await self._watch.look(seat.account)
        seat.line.flickers = 0
        if looked and self._reconciles(seat):
            await self._reconcile(seat)
        latest = await self._latest(seat)
        troubled = seat.line.trouble is not None or not self._is_own(seat)
        seen = Sight(self.now_s, equity, looked, troubled, seat.line.lag_ms > 0)
        before = seat.witness.running
        await seat.witness.judge(seen, latest)
        self.liquidations += before is None and seat.witness.running is not None
        await self._react(seat, looked)
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
        async with self.house.store.read() as tx:
            return await tx.liquidations.latest_of(seat.account.id)

    def _plan_next(self, seat: Seat, troubled: bool) -> None:
        witness = seat.witness
        if witness.is_restless() and self.house.market_is_open():
            seat.quick_until_s = max(seat.quick_until_s, self.now_s + 1)
        quick = self.now_s < seat.quick_until_s and seat.quick_looks < PATIENCE_LOOKS
        seat.quick_looks = seat.quick_looks + 1 if quick else 0
        lively = self.house.market_is_open() and self.house.exposed(seat.number)
        step_s = (CALM_S if lively else IDLE_S) - self.now_s % CALM_S
        unhurried_s = WORKS_S if seat.works else TROUBLED_S if troubled else step_s
        seat.due_s = self.now_s + (1.0 if quick else unhurried_s)

    # -- what people do about it

    async def _react(self, seat: Seat, looked: bool) -> None:
        current = seat.witness.running
        state = current.state if current is not None else None
        if current is not None and state in (LiquidationState.WARNED, LiquidationState.COUNTING):
            await self._in_countdown(seat, current)
        if current is not None and state is LiquidationState.CLOSING and current.id != -seat.reacted_to:
            seat.reacted_to = -current.id
            self._let_closing_fail(seat)
        await self._release(seat, looked)

    def _let_closing_fail(self, seat: Seat) -> None:
        """The closes are refused once, and then a reading lists nothing of what is still open."""
        if seat.temper.flickers:
            count, login = len(self.house.books(seat.number).ledger.positions), seat.account.login
            requote = mt5.TRADE_RETCODE_REQUOTE
            self.house.broker.misfortune(Fault(faults.Kind.REJECT, login=login, count=count, retcode=requote))
            seat.flickers = True

    async def _in_countdown(self, seat: Seat, current: Liquidation) -> None:
        if current.id == seat.reacted_to:
            return
        seat.reacted_to = current.id
        if seat.temper.pays:
            seat.witness.paid(self.house.pay(seat.number, seat.temper.pays))
        try:
            if seat.temper.holds:
                await rule.hold(self.house.desk, current.id, self.house.owner)
                seat.release_at_s = self.now_s + _UNTIL_RELEASE_S
            elif seat.temper.hurries:
                await rule.hurry(self.house.desk, current.id, self.house.traders[seat.number].person)
        except DeskError:
            seat.reacted_to = 0  # not yet, or not any more

    async def _release(self, seat: Seat, looked: bool) -> None:
        """The owner unlocks after a while, if he can; before, somebody may meddle."""
        witness = seat.witness
        if not witness.locked:
            return
        if seat.release_at_s is None and witness.running is None:
            seat.release_at_s = self.now_s + seat.temper.unlocked_after_s
            if seat.temper.meddles:
                self._later.append((self.now_s + _MEDDLES_AFTER_S, lambda: self._meddle(seat)))
        if seat.release_at_s is None or self.now_s < seat.release_at_s or not looked:
            return
        try:
            await rule.release(self.house.desk, seat.account, self.house.owner)
        except Conflict:
            return
        witness.released(self.house.equity(seat.number))
        seat.release_at_s, seat.eager = None, True
        self._stir(seat)  # the guard begins anew with its next look, which comes within a second

    def _meddle(self, seat: Seat) -> None:
        self.house.trade_by_hand(seat.number, 1.0)
        self._stir(seat)

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

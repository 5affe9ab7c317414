"""The drawdown guard: each second a fresh reading of each account, a verdict, and what follows from it."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta

from core.alerts import alert_desk_and_trader
from core.bell import OUTBOX, guard_bell
from core.desk import Desk
from core.model.accounts import Account
from core.model.events import Event, Json, Priority
from core.model.ids import AccountId
from core.model.risk import DrawdownState, Measure
from core.mt5.errors import TerminalError
from core.mt5.session import Session
from core.ports import Tx
from core.risk.drawdown import Assessment, Finding, assess, begin, exceeded, rearm
from core.risk.flows import Cashier, Reading
from core.risk.levels import Verdict
from core.risk.liquidation import Liquidator, breach
from core.risk.sight import Sight, has_exposure, stale_prices
from core.risk.watching import Standings, Watched

_UNEXPLAINED = "its history does not explain its balance yet"


def guard_task(account: Account) -> str:
    """The name of the task that guards an account, by which its looks are noted."""
    return f"guard {account.label}"


class DrawdownGuard:
    """Watches accounts. It acts only on a fresh reading of the connected, right account.

    A calm look reads the terminal only; what is closed or locked is read once a second for all accounts.
    """

    def __init__(self, desk: Desk, interval_s: float = 1.0) -> None:
        self._desk = desk
        self._interval_s = interval_s
        self._standings = Standings(desk, interval_s)
        self._watched: dict[AccountId, Watched] = {}
        self._liquidator = Liquidator(desk)

    async def watch(self, account: Account) -> None:
        """Guard the account until cancelled. A failed reading is no reading: nothing is concluded.

        Accounts begin at different parts of the interval and keep to them; a bell, or a liquidation that has
        something due, comes earlier.
        """
        clock = self._desk.clock
        next_s = clock.monotonic() + self._interval_s * (account.id.int * 618 % 1000) / 1000
        while True:
            wait_s = min(next_s - clock.monotonic(), self._liquidator.due_in_s(account.id))
            early = await self._desk.bell.wait(guard_bell(account.id), max(wait_s, 0.0))
            early |= self._liquidator.due_in_s(account.id) <= 0
            if early:
                self._standings.forget()
                await self._guarded(account, self._go_on)
            now_s = clock.monotonic()
            if now_s >= next_s:
                next_s += self._interval_s * ((now_s - next_s) // self._interval_s + 1)
            elif early:
                continue
            await self._guarded(account, self.once)

    async def _guarded(self, account: Account, act: Callable[[Account], Awaitable[None]]) -> None:
        """Where the account cannot be read there is another time; `once` notes what kept it from seeing."""
        try:
            account = self._desk.board.newest(account)
            with self._desk.board.movement.looking(guard_task(account), self._desk.clock.monotonic):
                await act(account)
        except TerminalError:
            return

    async def _go_on(self, account: Account) -> None:
        """What a liquidation has to do by now does not wait for another verdict. Raises TerminalError."""
        await self._step(account, await self._desk.terminals.session(account.id))

    async def once(self, account: Account) -> None:
        """One look. Raises TerminalError without a reading; closing goes on without a verdict."""
        session = await self._desk.terminals.session(account.id)
        watched = self._of(account)
        failure: TerminalError | None = None
        try:
            why = await self._look(account, session, watched)
        except TerminalError as error:
            why, failure = str(error), error
        try:
            await self._step(account, session)
        except TerminalError as error:
            why, failure = why or str(error), failure or error
        await watched.sight.note(why)
        if failure is not None:
            raise failure

    async def _step(self, account: Account, session: Session) -> None:
        standing = await self._standings.of(account.id)
        await self._liquidator.step(account, session, standing)
        if not standing.calm:
            self._standings.forget()  # it may have moved

    def _of(self, account: Account) -> Watched:
        if account.id not in self._watched:
            self._watched[account.id] = Watched(Cashier(self._desk.clock), Sight(self._desk, account))
        self._watched[account.id].sight.account = account
        return self._watched[account.id]

    async def _look(self, account: Account, session: Session, watched: Watched) -> str:
        """Read and judge; why nothing could be concluded, empty when it could."""
        known = await self._known(account, watched)
        reading = await watched.cashier.read(session, known)
        if reading is None:
            return _UNEXPLAINED
        watched.sight.exposed = has_exposure(reading.account)
        if why := await stale_prices(session, reading.account):
            return why
        if known is None:
            await self._begin(account, session, watched, reading)
        elif not await self._judge(account, session, watched, known, reading):
            return ""
        self._desk.board.guarded(account.id, reading.account.read_at, reading.account.equity)
        return ""

    async def _known(self, account: Account, watched: Watched) -> DrawdownState | None:
        """What is remembered; from the database at first, and after somebody has changed it there."""
        watched.stands(await self._standings.of(account.id))
        if watched.state is None:
            async with self._desk.store.read() as tx:
                state = await tx.drawdowns.get(account.id)
            if state is not None:
                watched.remember(state)
        return watched.state

    async def _begin(self, account: Account, session: Session, watched: Watched, reading: Reading) -> None:
        state = begin(account, reading.account, reading.account.read_at, session.broker_day())
        state = replace(state, books=reading.books)
        async with self._desk.store.write() as tx:
            await tx.drawdowns.save(state)
        self._remember(watched, state)

    async def _judge(
        self, account: Account, session: Session, watched: Watched, known: DrawdownState, reading: Reading
    ) -> bool:
        """Take the reading into account; False when somebody has changed the row meanwhile."""
        if (await self._standings.of(account.id)).calm:
            known = rearm(known)
        day, midnight = session.broker_day(), session.broker_midnight()
        found = assess(known, reading.account, reading.flows, account.policy, day, midnight)
        found = replace(found, state=replace(found.state, books=reading.books))
        if watched.is_worth_keeping(found, account.policy):
            return await self._keep(account, watched, found)
        watched.state = found.state
        self._desk.board.drawdowns[account.id] = found.state
        return True

    async def _keep(self, account: Account, watched: Watched, found: Assessment) -> bool:
        """Write it with what follows from it, unless the row is another than the one that was read."""
        async with self._desk.store.write() as tx:
            if await tx.drawdowns.get(account.id) != watched.kept:
                watched.forget()
                return False
            await tx.drawdowns.save(found.state)
            for finding in found.findings:
                await self._conclude(tx, account, found, finding)
        self._remember(watched, found.state)
        if found.findings:
            self._desk.bell.ring(OUTBOX)
        return True

    def _remember(self, watched: Watched, state: DrawdownState) -> None:
        watched.remember(state)
        self._desk.board.drawdowns[state.account_id] = state

    async def _conclude(self, tx: Tx, account: Account, found: Assessment, finding: Finding) -> None:
        """Note it, and tell people; of a breach its liquidation tells."""
        state, verdict = found.state, finding.verdict
        data = facts(account, state, finding.measure)
        await tx.events.append(
            Event(f"drawdown.{verdict}", state.read_at, account.label, data, account.id, account.person_id)
        )
        if verdict is not Verdict.BREACHED:
            await tx.drawdowns.alert(state, verdict)
            priority = Priority.CRITICAL if verdict is Verdict.WARNED else Priority.NOTICE
            await alert_desk_and_trader(tx, state.read_at, account, f"drawdown_{verdict}", data, priority)
        elif found.exceeded is not None and finding.measure is found.exceeded.measure:
            await breach(self._desk, tx, account, found.exceeded)
            await tx.drawdowns.alert(state, verdict)
            self._standings.forget()


def facts(account: Account, state: DrawdownState, measure: Measure = Measure.DRAWDOWN) -> Json:
    """The numbers of a drawdown, or of the day's loss, for events and alerts."""
    cap = exceeded(state, account.policy, measure)
    level = state.level if measure is Measure.DRAWDOWN else state.daily_level
    data: Json = {
        "measure": measure,
        "basis": cap.basis,
        "percent": str(cap.percent),
        "limit": str(cap.limit),
        "equity": f"{cap.equity:.2f}",
        "peak": f"{cap.reference:.2f}",
        "level": f"{level * 100:.0f}",
    }
    if measure is Measure.DRAWDOWN and level == 0 and state.recovered_in is not None:
        data["recovered_in"] = _spoken(state.recovered_in)
    return data


def _spoken(span: timedelta) -> str:
    minutes = round(span.total_seconds() / 60)
    return f"{minutes // 60} h {minutes % 60} min" if minutes >= 60 else f"{minutes} min"

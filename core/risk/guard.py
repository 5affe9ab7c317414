"""The drawdown guard: each second a fresh reading of each account, a verdict, and what follows from it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import structlog

from core.alerts import alert_desk_and_trader
from core.bell import OUTBOX
from core.desk import Desk
from core.model.accounts import Account
from core.model.books import Books
from core.model.events import Event, Json, Priority
from core.model.ids import AccountId
from core.model.mt5 import MT5AccountState, MT5Deal
from core.model.risk import DrawdownState
from core.mt5.errors import TerminalError
from core.mt5.session import Session
from core.ports import Tx
from core.risk.drawdown import Assessment, Verdict, assess, begin
from core.risk.flows import Statement, balance_operations, history_start, read_statement
from core.risk.liquidation import Liquidator, breach

log = structlog.get_logger(__name__)

_LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)
_KEEP_EVERY = timedelta(seconds=10)
_PATIENCE_S = 10.0
"""How long a balance that the history does not explain is not judged by."""


@dataclass(frozen=True, slots=True)
class _Reading:
    """An account, the balance operations that are new with it, and the books as they stand after it."""

    account: MT5AccountState
    flows: Sequence[MT5Deal]
    books: Books


def guard_task(account: Account) -> str:
    """The name of the task that guards an account, by which its looks are noted."""
    return f"guard {account.label}"


class DrawdownGuard:
    """Watches accounts. It acts only on a fresh reading of the connected, right account."""

    def __init__(self, desk: Desk, interval_s: float = 1.0) -> None:
        self._desk = desk
        self._interval_s = interval_s
        self._books: dict[AccountId, Books] = {}
        self._doubtful_since: dict[AccountId, float] = {}
        self._liquidator = Liquidator(desk)

    async def watch(self, account: Account) -> None:
        """Guard the account until cancelled. A failed reading is no reading: nothing is concluded.

        The log has why it is blind, once for each reason in a row: an outage lasts hours, looks a second.
        """
        blind = ""
        while True:
            why = await self._blindness(account)
            if why and why != blind:
                log.warning("guard_blind", account=account.label, error=why)
            elif blind and not why:
                log.info("guard_sees_again", account=account.label)
            blind = why
            await self._desk.clock.sleep(self._interval_s)

    async def _blindness(self, account: Account) -> str:
        """Look once; why that failed, empty when it did not."""
        try:
            with self._desk.board.movement.looking(guard_task(account), self._desk.clock.monotonic):
                await self.once(account)
        except TerminalError as error:
            return str(error)
        return ""

    async def once(self, account: Account) -> None:
        """One look. Raises TerminalError when the account cannot be read."""
        session = await self._desk.terminals.session(account.id)
        try:
            await self._look(account, session)
        except TerminalError:
            await self._liquidator.step(account, session)  # closing goes on without a verdict
            raise
        await self._liquidator.step(account, session)

    async def _look(self, account: Account, session: Session) -> None:
        """Read and judge; nothing is concluded while the balance is not explained."""
        async with self._desk.store.read() as tx:
            before = await tx.drawdowns.get(account.id)
        reading = await self._read(session, account, before)
        if reading is None:
            return
        await self._take(account, before, reading)
        self._books[account.id] = reading.books
        self._doubtful_since.pop(account.id, None)
        self._desk.board.guarded(account.id, reading.account.read_at, reading.account.equity)

    async def _read(
        self, session: Session, account: Account, before: DrawdownState | None
    ) -> _Reading | None:
        """The account with what was paid in and out; None while its balance is not explained."""
        state = await session.account()
        books = self._books.get(account.id)
        if books is not None and books.balance == state.balance:
            return _Reading(state, (), books)
        since = history_start(books, before.read_at) if before else _LONG_AGO
        statement = await read_statement(session, state, since)
        flows = None if statement is None else self._new_flows(account, before, statement)
        if statement is None or flows is None:
            return None
        return _Reading(statement.account, flows, statement.books)

    def _new_flows(
        self, account: Account, before: DrawdownState | None, statement: Statement
    ) -> Sequence[MT5Deal] | None:
        """By their tickets when they explain the balance. None for a while when they do not.

        After that, and after a restart, by their time.
        """
        books = self._books.get(account.id)
        if books is not None and books.explain(statement.account.balance, statement.deals):
            return balance_operations(books.unseen(statement.deals))
        if books is not None and self._is_patient(account):
            return None
        return [deal for deal in statement.flows if before is None or deal.at > before.flows_until]

    def _is_patient(self, account: Account) -> bool:
        now = self._desk.clock.monotonic()
        if now - self._doubtful_since.setdefault(account.id, now) < _PATIENCE_S:
            return True
        log.warning("balance_unexplained", account=account.label)
        return False

    async def _take(self, account: Account, before: DrawdownState | None, reading: _Reading) -> None:
        """Remember what is worth it and act on the verdict.

        Judged again inside the transaction: an owner may have released the account since `before` was read.
        """
        if before is not None and not _worth_keeping(before, _assess(account, before, reading)):
            return
        async with self._desk.store.write() as tx:
            before = await tx.drawdowns.get(account.id)
            if before is None:
                await tx.drawdowns.save(begin(account, reading.account, reading.flows))
                return
            found = _assess(account, before, reading)
            await tx.drawdowns.save(found.state)
            if found.verdict is Verdict.BREACHED:
                await breach(self._desk, tx, account, found.state)
            elif found.verdict is not Verdict.CALM:
                await _tell(tx, account, found.state, found.verdict)
        if found.verdict is not Verdict.CALM:
            self._desk.bell.ring(OUTBOX)


def _assess(account: Account, before: DrawdownState, reading: _Reading) -> Assessment:
    return assess(before, reading.account, reading.flows, account.policy)


def _worth_keeping(before: DrawdownState, found: Assessment) -> bool:
    """A verdict, a peak that rose or a flow must survive a crash; the rest is refreshed now and then."""
    after = found.state
    changed = after.peak != before.peak or after.flows_until != before.flows_until
    return changed or found.verdict is not Verdict.CALM or after.read_at - before.read_at >= _KEEP_EVERY


async def _tell(tx: Tx, account: Account, state: DrawdownState, verdict: Verdict) -> None:
    data = facts(account, state)
    await tx.drawdowns.alert(state, verdict)
    await tx.events.append(
        Event(f"drawdown.{verdict}", state.read_at, account.label, data, account.id, account.person_id)
    )
    priority = Priority.CRITICAL if verdict is Verdict.WARNED else Priority.NOTICE
    await alert_desk_and_trader(tx, state.read_at, account, f"drawdown_{verdict}", data, priority)


def facts(account: Account, state: DrawdownState) -> Json:
    """The numbers of a drawdown for events and alerts."""
    return {
        "percent": str(state.percent),
        "limit": str(account.policy.drawdown_limit_percent),
        "equity": f"{state.equity:.2f}",
        "peak": f"{state.peak:.2f}",
        "level": f"{state.level * 100:.0f}",
    }

"""The drawdown guard: each second a fresh reading of each account, a verdict, and what follows from it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import structlog

from core.alerts import alert_desk_and_trader
from core.bell import OUTBOX
from core.desk import Desk
from core.model.accounts import Account
from core.model.events import Event, Json, Priority
from core.model.ids import AccountId
from core.model.mt5 import MT5AccountState, MT5Deal
from core.model.risk import DrawdownState
from core.mt5.errors import TerminalError
from core.mt5.session import Session
from core.ports import Tx
from core.risk.drawdown import DEAL_BALANCE, Verdict, assess, begin
from core.risk.liquidation import Liquidator, breach

log = structlog.get_logger(__name__)

_LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)
_KEEP_EVERY = timedelta(seconds=10)


@dataclass(frozen=True, slots=True)
class _Reading:
    """Account and flows that belong together: the balance was the same before and after."""

    account: MT5AccountState
    flows: Sequence[MT5Deal]


class DrawdownGuard:
    """Watches accounts. It acts only on a fresh reading of the connected, right account."""

    def __init__(self, desk: Desk, interval_s: float = 1.0) -> None:
        self._desk = desk
        self._interval_s = interval_s
        self._balances: dict[AccountId, Decimal] = {}
        self._liquidator = Liquidator(desk)

    async def watch(self, account: Account) -> None:
        """Guard the account until cancelled. A failed reading is no reading: nothing is concluded."""
        while True:
            try:
                await self.once(account)
            except TerminalError as error:
                log.warning("guard_blind", account=account.label, error=str(error))
            await self._desk.clock.sleep(self._interval_s)

    async def once(self, account: Account) -> None:
        """One look. Raises TerminalError when the account cannot be read."""
        session = await self._desk.terminals.session(account.id)
        async with self._desk.store.read() as tx:
            before = await tx.drawdowns.get(account.id)
        reading = await self._read(session, account, before)
        if before is None:
            async with self._desk.store.write() as tx:
                await tx.drawdowns.save(begin(account, reading.account, reading.flows))
        else:
            await self._assess(account, before, reading)
        self._balances[account.id] = reading.account.balance
        self._desk.board.guarded(account.id, reading.account.read_at, reading.account.equity)
        await self._liquidator.step(account, session)

    async def _read(self, session: Session, account: Account, before: DrawdownState | None) -> _Reading:
        """The account, and the balance operations since the last known one if the balance has changed."""
        state = await session.account()
        while self._balances.get(account.id) != state.balance:
            since = before.flows_until if before else _LONG_AGO
            deals = await session.deals_since(since)
            again = await session.account()
            if again.balance == state.balance:
                return _Reading(again, [deal for deal in deals if deal.type == DEAL_BALANCE])
            state = again
        return _Reading(state, ())

    async def _assess(self, account: Account, before: DrawdownState, reading: _Reading) -> None:
        found = assess(before, reading.account, reading.flows, account.policy)
        if found.verdict is Verdict.CALM and not _worth_keeping(before, found.state):
            return
        async with self._desk.store.write() as tx:
            await tx.drawdowns.save(found.state)
            if found.verdict is Verdict.BREACHED:
                await breach(self._desk, tx, account, found.state, already=before.level >= 1)
            elif found.verdict is not Verdict.CALM:
                await _tell(tx, account, found.state, found.verdict)
        if found.verdict is not Verdict.CALM:
            self._desk.bell.ring(OUTBOX)


def _worth_keeping(before: DrawdownState, after: DrawdownState) -> bool:
    """A peak that rose or a flow must survive a crash; the rest is refreshed now and then."""
    changed = after.peak != before.peak or after.flows_until != before.flows_until
    return changed or after.read_at - before.read_at >= _KEEP_EVERY


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

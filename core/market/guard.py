"""The market guard: every few seconds one reading of the prices in which an account holds something."""

from collections.abc import Mapping, Sequence
from datetime import datetime

import structlog

from core.bell import OUTBOX
from core.desk import Desk
from core.market import marking
from core.market.acting import Actor
from core.market.asking import Scene
from core.market.figures import Figures
from core.market.gap import is_sane
from core.market.news import Calendar
from core.market.watching import Look, Seen, SymbolWatch
from core.model.accounts import Account
from core.model.ids import AccountId
from core.model.instruments import Instrument
from core.model.mt5 import MT5Position, Quote
from core.model.policies import Danger, MarketAction
from core.model.risk import Mark
from core.mt5.errors import TerminalError
from core.mt5.session import Session

log = structlog.get_logger(__name__)

_Marks = dict[tuple[str, Danger], Mark]
_Held = dict[str, list[MT5Position]]


def market_task(account: Account) -> str:
    """The name of the task that guards the account's markets."""
    return f"market {account.label}"


class MarketGuard:
    """Watches the accounts that hold something, as reconciliation last read it.

    One round trip per look, and no work of the database while nothing changes. What is usual of a symbol is
    shared by all accounts of a broker's server.
    """

    def __init__(self, desk: Desk, calendar: Calendar, interval_s: float = 2.0) -> None:
        self._desk = desk
        self._calendar = calendar
        self._interval_s = interval_s
        self._actor = Actor(desk)
        self._figures: dict[tuple[str, str], Figures] = {}
        self._watches: dict[AccountId, dict[str, SymbolWatch]] = {}
        self._marks: dict[AccountId, _Marks] = {}

    async def watch(self, account: Account) -> None:
        """Guard the account until cancelled. A failed reading is no reading: nothing is concluded.

        The log has why it is blind, once for each reason in a row.
        """
        blind = ""
        while True:
            why = await self._blindness(account)
            if why and why != blind:
                log.warning("market_guard_blind", account=account.label, error=why)
            elif blind and not why:
                log.info("market_guard_sees_again", account=account.label)
            blind = why
            await self._desk.clock.sleep(self._interval_s)

    async def _blindness(self, account: Account) -> str:
        """Look once; why that failed, empty when it did not."""
        try:
            account = self._desk.board.newest(account)
            with self._desk.board.movement.looking(market_task(account), self._desk.clock.monotonic):
                await self.once(account)
        except TerminalError as error:
            return str(error)
        return ""

    async def once(self, account: Account) -> None:
        """One look. Raises TerminalError when prices or account cannot be read."""
        marks = await self._lasting(account)
        held = self._held(account)
        if held is None:
            return
        await self._guard(account, held, marks)
        self._desk.board.market_guarded(account.id, self._desk.clock.now())

    async def _guard(self, account: Account, held: _Held, marks: _Marks) -> None:
        if not (held or marks):
            return
        seen, scenes = await self._look(account, held, marks) if held else ({}, {})
        await self._mark(account, held, marks, seen)
        for key, mark in tuple(marks.items()):
            if mark.symbol in scenes and marking.planned(account, mark) is not MarketAction.ALERT:
                session = await self._desk.terminals.session(account.id)
                marks[key] = await self._actor.act(account, session, mark, scenes[mark.symbol])

    def _held(self, account: Account) -> _Held | None:
        """Positions by symbol; None before the first reading of this life."""
        snapshot = self._desk.board.snapshots.get(account.id)
        if snapshot is None:
            return None
        held: _Held = {}
        for position in snapshot.positions:
            held.setdefault(position.symbol, []).append(position)
        return held

    async def _lasting(self, account: Account) -> _Marks:
        """Read once in a life: nobody else writes marks."""
        if account.id not in self._marks:
            async with self._desk.store.read() as tx:
                lasting = await tx.marks.lasting(account.id)
            self._marks[account.id] = {(mark.symbol, mark.danger): mark for mark in lasting}
        return self._marks[account.id]

    # -- looking

    async def _look(
        self, account: Account, held: _Held, marks: _Marks
    ) -> tuple[dict[str, Seen], dict[str, Scene]]:
        session = await self._desk.terminals.session(account.id)
        quotes = await session.last_quotes(held)
        instruments = await session.contracts(held)
        watches = self._watched(account, held)
        seen, scenes = {}, {}
        for symbol, instrument in instruments.items():
            look = await self._sight(account, session, quotes.get(symbol), instrument, held[symbol], marks)
            seen[symbol] = watches[symbol].take(look)
            if look.quote is not None and is_sane(look.quote):
                is_open = look.figures.sessions.open_at(look.now)
                scenes[symbol] = Scene(look.quote, instrument, held[symbol], is_open)
        return seen, scenes

    def _watched(self, account: Account, held: _Held) -> Mapping[str, SymbolWatch]:
        """A watch for each symbol held; what is not held any more is forgotten."""
        before, policy = self._watches.get(account.id, {}), account.policy.market
        watches = {symbol: before.get(symbol) or SymbolWatch(policy) for symbol in held}
        for each in watches.values():
            each.policy = policy
        self._watches[account.id] = watches
        return watches

    async def _sight(
        self,
        account: Account,
        session: Session,
        quote: Quote | None,
        instrument: Instrument,
        held: Sequence[MT5Position],
        marks: _Marks,
    ) -> Look:
        now, symbol = self._desk.clock.now(), instrument.symbol
        key = account.server, symbol
        figures = self._figures.get(key) or self._figures.setdefault(key, Figures(symbol, now))
        await figures.refresh(session, now)
        return Look(
            now=now,
            quote=quote,
            instrument=instrument,
            figures=figures,
            held=len(held),
            lasting={danger for name, danger in marks if name == symbol},
            windows=self._calendar.windows,
            broker_offset=session.connection.time.offset,
        )

    # -- marking

    async def _mark(self, account: Account, held: _Held, marks: _Marks, seen: Mapping[str, Seen]) -> None:
        """Begin what was found and does not last, end what is not found any more or has nothing left."""
        now = self._desk.clock.now()
        wanted = [
            _new(account, symbol, danger, reason, held[symbol], now)
            for symbol, each in seen.items()
            for danger, reason in each.found.items()
            if (symbol, danger) not in marks
        ]
        over = [mark for mark in marks.values() if _is_over(mark, held, seen)]
        if not (wanted or over):
            return
        async with self._desk.store.write() as tx:
            begun = await marking.begin(tx, account, wanted) if wanted else []
            if over:
                await marking.end(tx, account, over, now)
        for mark in over:
            del marks[mark.symbol, mark.danger]
            self._actor.forget(mark)
        marks |= {(mark.symbol, mark.danger): mark for mark in begun}
        self._desk.bell.ring(OUTBOX)


def _new(
    account: Account,
    symbol: str,
    danger: Danger,
    reason: str,
    held: Sequence[MT5Position],
    now: datetime,
) -> Mark:
    positions = tuple(position.identifier for position in held)
    return Mark(0, account.id, symbol, danger, MarketAction.ALERT, reason, positions, now)


def _is_over(mark: Mark, held: _Held, seen: Mapping[str, Seen]) -> bool:
    if mark.symbol not in held:
        return True
    each = seen.get(mark.symbol, Seen())
    return mark.danger in each.judged and mark.danger not in each.found

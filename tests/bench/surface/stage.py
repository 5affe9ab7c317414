"""A desk of many people before a crowd's Telegram: database, relay and bot are the real ones.

All accounts share one paper terminal, since a thousand would be measured instead of the desk.
"""

import asyncio
import gc
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from uuid import UUID, uuid4

from aiogram import Bot

from bot.context import App
from bot.delivery import Relay
from bot.demo.cast import PASSWORD, SERVER, TOM, open_broker, terminal_of
from bot.demo.stage import settings_for
from bot.opening import open_store
from bot.telegram.connection import open_bot
from bot.telegram.pace import Pace
from bot.telegram.polling import Polling
from bot.words.fluent import read_all
from core.bell import OUTBOX
from core.charts.renderer import Charts
from core.collector import calm_collector
from core.desk import Desk
from core.health.monitor import Monitor
from core.model.accounts import Account, Source, TerminalKind
from core.model.approvals import Approval, ApprovalState
from core.model.clock import Clock, SystemClock
from core.model.events import Notice, NoticeKind, Priority
from core.model.ids import AccountId, ApprovalId, PersonId, SignalId, SourceId
from core.model.instruments import Side
from core.model.people import CONSENT_VERSION, Consent, Person, Role
from core.model.signals import OrderKind, Signal
from core.mt5.pool import Pool, make_session
from core.mt5.session import Session
from core.ports import Delivery, Store
from core.reconciliation.scheduler import Schedule, Scheduler
from tests.bench.surface.crowd import FIRST

PATIENCE_S, LOOK_S = 180.0, 0.05


@dataclass(frozen=True, slots=True)
class Stage:
    """A desk with a relay at work; `send_cards` puts one card for each into the outbox."""

    app: App
    bot: Bot
    relay: Relay
    approvals: list[Approval]

    async def send_cards(self) -> None:
        desk = self.app.desk
        cards = [Notice(a.person_id, NoticeKind.CARD, str(a.id), Priority.CARD) for a in self.approvals]
        async with desk.store.write() as tx:
            await tx.outbox.put(cards, desk.clock.now())
        desk.bell.ring(OUTBOX)

    async def all_delivered(self) -> None:
        """The relay is asked: reading a log of a thousand calls again and again would be measured too."""
        async with asyncio.timeout(PATIENCE_S):
            while self.relay.counts["delivered"] < len(self.approvals):  # noqa: ASYNC110 - it rings no bell
                await asyncio.sleep(LOOK_S)


@asynccontextmanager
async def open_stage(folder: Path, url: str, people: int, pace: Pace | None = None) -> AsyncIterator[Stage]:
    """A desk that speaks with the Telegram at `url`, as production does unless a pace is given."""
    folder.mkdir()
    clock, broker = SystemClock(), open_broker(folder)
    settings = settings_for(folder, url)
    try:
        async with (
            open_store(settings) as store,
            open_bot(settings, pace or Pace(clock)) as bot,
            Charts() as charts,
            _terminal(folder, clock) as pool,
        ):
            async with store.write() as tx:
                desk = Desk(store, clock, pool, await tx.intents.new_epoch(clock.now()))
            app = App(desk, charts, Monitor(desk), Scheduler(desk, Schedule()))
            approvals = await _put_signal(store, clock, await _enrol(store, clock, people))
            relay = Relay(app, bot)
            await pool.session(approvals[0].account_id)
            with as_in_production():
                async with at_work(relay):
                    yield Stage(app, bot, relay, approvals)
    finally:
        broker.close_book()


@asynccontextmanager
async def at_work(part: Relay | Polling) -> AsyncIterator[None]:
    task = asyncio.create_task(part.run())
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


@contextmanager
def as_in_production() -> Iterator[None]:
    """Texts read and the collector calm; what is measured after this has its own again."""
    thresholds = gc.get_threshold()
    read_all()
    calm_collector()
    try:
        yield
    finally:
        gc.set_threshold(*thresholds)
        gc.unfreeze()


def _terminal(folder: Path, clock: Clock) -> Pool:
    account = _account(folder, PersonId(uuid4()), TOM.login)

    async def open_session(_: AccountId) -> Session:
        return make_session(account, PASSWORD, clock)

    return _Shared(open_session)


class _Shared(Pool):
    """One session for all accounts."""

    async def session(self, account: AccountId) -> Session:  # noqa: ARG002 - whichever it is
        return await super().session(AccountId(UUID(int=0)))


def _account(folder: Path, person: PersonId, login: int) -> Account:
    path = str(terminal_of(folder, TOM))
    return Account(AccountId(uuid4()), person, f"Account {login}", TerminalKind.PAPER, path, login, SERVER)


async def _enrol(store: Store, clock: Clock, people: int) -> list[Account]:
    """People who have consented, each with an account."""
    accounts: list[Account] = []
    async with store.write() as tx:
        for number in range(people):
            person = Person(PersonId(uuid4()), FIRST + number, f"Person {number}", frozenset({Role.TRADER}))
            await tx.people.add(person)
            await tx.people.arrived(person.id, person.telegram_id)
            await tx.people.consent(Consent(person.id, CONSENT_VERSION, clock.now()))
            accounts.append(_account(Path(), person.id, 1 + number))
            await tx.accounts.add(accounts[-1], PASSWORD)
    return accounts


async def _put_signal(store: Store, clock: Clock, accounts: list[Account]) -> list[Approval]:
    """A signal with an approval for each account, sized already."""
    now, source = clock.now(), Source(SourceId(uuid4()), "bench", frozenset({"EURUSD"}))
    signal = Signal(
        SignalId(uuid4()), source.id, source.name, uuid4().hex, "EURUSD", Side.BUY, OrderKind.MARKET,
        Decimal("1.08500"), None, Decimal("1.08000"), (Decimal("1.09500"),), now, now + timedelta(hours=1),
    )  # fmt: skip
    approvals = [
        Approval(
            ApprovalId(uuid4()), signal.id, account.person_id, account.id, ApprovalState.PENDING, 1,
            signal.expires_at, lots=Decimal("0.10"), risk=Decimal(50),
        )
        for account in accounts
    ]  # fmt: skip
    async with store.write() as tx:
        await tx.sources.add(source, [])
        await tx.signals.add(signal, Delivery(signal.external_id, "0" * 64))
        await tx.approvals.add_all(approvals)
    return approvals

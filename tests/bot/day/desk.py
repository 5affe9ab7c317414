"""A desk that lives through a day of market time: real watching, delivery and taps, minute by minute."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from aiogram import Bot

from bot.context import App
from bot.delivery import Relay
from bot.sandbox import SandboxClient, World
from bot.sandbox.model import Json, User
from bot.telegram.dispatcher import DeskDispatcher, make_dispatcher
from bot.telegram.polling import Polling
from core.health.monitor import Monitor
from core.model.accounts import RiskPolicy
from core.model.divergences import DivergenceKind, LogFilter, LogRow
from core.model.people import CONSENT_VERSION, Consent, Person
from core.model.trades import Trade
from core.mt5 import contract as mt5
from core.paper.hands import Hands
from core.paper.server.records import Position
from core.ports import Store
from core.reconciliation.scheduler import Schedule, Scheduler
from core.trading.account_loop import drain
from core.trading.resolution import Quarantine
from tests.bot.day.telling import Expected
from tests.bot.stage import OnePixel, eventually
from tests.bot.wording import ENGLISH
from tests.fakes.desk import PaperDesk, Trader, open_paper_desk

MONDAY = datetime(2026, 11, 23, 6, tzinfo=UTC)
MINUTE_S = 60.0
PATIENCE_S = 20.0
NEVER_S = 1e9  # whoever watches an account waits for the minute hand alone
TRADERS = 3  # hedges; nets; does nothing all day
LOTS = Decimal("0.4")
DEPOSIT = 100_000.0


@dataclass(frozen=True, slots=True)
class Life:
    """What ends with a process: whoever watches accounts, delivers messages and listens to taps."""

    app: App
    dispatcher: DeskDispatcher
    tasks: Sequence[asyncio.Task[None]]

    @classmethod
    def begin(cls, paper: PaperDesk, bot: Bot) -> "Life":
        scheduler = Scheduler(paper.desk, Schedule(interval_s=NEVER_S))
        app = App(paper.desk, OnePixel(), Monitor(paper.desk), scheduler)
        dispatcher = make_dispatcher(app)
        parts = [Polling(dispatcher, bot, paper.desk).run(), Relay(app, bot).run()]
        parts += [scheduler.watch(trader.account) for trader in paper.traders]
        return cls(app, dispatcher, [asyncio.create_task(part) for part in parts])

    async def end(self) -> None:
        for task in self.tasks:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task


@dataclass(slots=True)
class Day:
    """The desk of one day.

    `expected` notes what is to be told, as it is brought about; `trades` and `numbers` (of positions) are
    named by the story.
    """

    paper: PaperDesk
    people: SandboxClient
    bot: Bot
    life: Life
    every_s: float
    expected: list[Expected] = field(default_factory=list)
    trades: dict[str, Trade] = field(default_factory=dict)
    numbers: dict[str, int] = field(default_factory=dict)

    # -- time

    async def until(self, clock: str) -> None:
        """Live until that time of the day, each account reconciled again and again."""
        hours, minutes = map(int, clock.split(":"))
        wanted = MONDAY.replace(hour=hours, minute=minutes)
        assert wanted > self.now, f"it is past {clock} already"
        while self.now < wanted:
            await self.cycle(min(self.every_s, (wanted - self.now).total_seconds()))

    @property
    def now(self) -> datetime:
        return self.paper.clock.now()

    async def cycle(self, seconds: float = MINUTE_S) -> None:
        """Let so much time pass, reconcile all accounts, and have everyone read what they are told."""
        self.paper.pass_time(seconds)
        accounts = [trader.account for trader in self.paper.traders]
        async with asyncio.timeout(PATIENCE_S):  # who watches an account may have died of a fault
            await asyncio.gather(*(self.life.app.scheduler.now(account) for account in accounts))
        await eventually(self._undelivered, 0)

    async def _undelivered(self) -> int:
        async with self.paper.store.read() as tx:
            return len(await tx.outbox.due(self.now, 100))

    async def restart(self) -> None:
        """A new process over the same database, broker and chats."""
        await self.life.end()
        await self.paper.restart()
        self.life = Life.begin(self.paper, self.bot)

    async def kill_workers(self) -> None:
        """The process of every terminal dies at once."""
        for trader in self.paper.traders:
            hello = (await self.paper.session(trader)).connection.terminal.hello
            assert hello is not None
            os.kill(hello.pid, signal.SIGKILL)

    # -- who is there

    @property
    def tara(self) -> Trader:
        """Her account hedges."""
        return self.paper.traders[0]

    @property
    def nora(self) -> Trader:
        """Her account nets."""
        return self.paper.traders[1]

    @property
    def tom(self) -> Trader:
        """Nothing ever happens on his."""
        return self.paper.traders[2]

    # -- what the desk does

    async def opened(self, trader: Trader, **signal: Any) -> Trade:
        """The trade that a tap on a card has made."""
        card = await self.paper.card(trader, **signal)
        await self.paper.tap(card, trader)
        await self.work(trader)
        intent = await self.paper.intent(card)
        async with self.paper.store.read() as tx:
            trade = await tx.trades.of_intent(intent.id)
        assert trade is not None, intent
        return trade

    async def work(self, trader: Trader) -> None:
        """The trading loop of the account, once."""
        await drain(self.paper.desk, trader.account, Quarantine())

    # -- what people do

    @property
    def hands(self) -> Hands:
        """At the broker."""
        return self.paper.broker

    async def tap(self, person: Person, kind: DivergenceKind, label: str) -> None:
        """Tap a button of the newest message of the kind, and let that be handled to its end."""
        message = (await self.told(person, kind))[-1]
        await self.people.tap(person.telegram_id, label, message_id=message["message_id"])
        await eventually(self._unhandled, 0)
        assert await self.life.dispatcher.in_flight.drain(5)
        await eventually(self._undelivered, 0)

    async def _unhandled(self) -> int:
        return (await self.bot.get_webhook_info()).pending_update_count

    # -- what is seen from outside

    def expect(self, told: Expected) -> None:
        self.expected.append(told)

    async def told(self, person: Person, kind: DivergenceKind | None = None) -> list[Json]:
        """What the bot has written to a person, but for cards; of one kind of difference, if it is named."""
        title = ENGLISH.label(f"divergence-title-{kind}") if kind else ""
        return [
            message
            for message in await self.people.messages(person.telegram_id)
            if message["from_bot"] and not message["photo_url"] and title in message["text"]
        ]

    async def log(self) -> list[LogRow]:
        """The reconciliation log of all accounts, oldest first."""
        async with self.paper.store.read() as tx:
            return list(reversed(await tx.reconciliation.page(LogFilter(), 1_000)))

    async def trade(self, name: str) -> Trade:
        """As it stands now."""
        async with self.paper.store.read() as tx:
            found = await tx.trades.get(self.trades[name].id)
        assert found is not None
        return found

    def trader_of(self, trade: Trade) -> Trader:
        return next(one for one in self.paper.traders if one.account.id == trade.account_id)

    def positions(self, trader: Trader) -> dict[int, Position]:
        """As the broker has them, by their identifiers."""
        ledger = self.hands.broker.view(trader.account.login).ledger
        return {position.identifier: position for position in ledger.positions.values()}


POLICY = RiskPolicy(fixed_lots=LOTS, allow_no_stop=True)


@asynccontextmanager
async def a_monday(
    store: Store, folder: Path, bot: Bot, people: SandboxClient, world: World, every_s: float
) -> AsyncIterator[Day]:
    """From six in the morning on, with a cycle every so often; everyone has pressed Start."""
    async with open_paper_desk(store, folder, accounts=TRADERS, policy=POLICY, deposit=DEPOSIT) as paper:
        netting = mt5.ACCOUNT_MARGIN_MODE_RETAIL_NETTING
        paper.broker.change_account(paper.traders[1].account.login, margin_mode=netting)
        paper.pass_time((MONDAY - paper.clock.now()).total_seconds())
        await _consent(paper)
        for person in (paper.owner, *(trader.person for trader in paper.traders)):
            world.open_private_chat(world.add_user(User(person.telegram_id, person.name)))
        day = Day(paper, people, bot, Life.begin(paper, bot), every_s)
        try:
            yield day
        finally:
            await day.life.end()


async def _consent(paper: PaperDesk) -> None:
    """The owner's; traders have given theirs."""
    async with paper.store.write() as tx:
        await tx.people.consent(Consent(paper.owner.id, CONSENT_VERSION, paper.clock.now()))

"""The whole story by itself, tapping through the control API; each line is sought in database and chat."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from rich.console import Console
from rich.table import Table

from bot.demo import facts
from bot.demo.cast import OLIVIA, TARA, TIM, TOM, TRADERS, Member
from bot.demo.source import DemoSource, Idea
from bot.sandbox import SandboxClient
from core.desk import Desk
from core.model.ids import SignalId
from core.model.instruments import Side
from core.model.risk import LiquidationState
from core.paper.hands import Hands
from core.paper.server.faults import Fault, Kind
from core.ports import Tx

AT_MOST_S = 80.0
LOOK_EVERY_S = 0.05
APPROVE = "✅ Approve"
CALM = Idea("EURUSD", Side.BUY, Decimal("0.3"), Decimal("0.4"), note="Breakout of the London range")
BOLD = Idea("XAUUSD", Side.BUY, Decimal(4), Decimal(4), note="A wide stop, a large position")
SLIPPAGE_POINTS = 90
FALL_PERCENT = -1.9
FALL_OVER_S = 12.0

InDatabase = Callable[[Tx], Awaitable[bool]]


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the story and when it was seen, in seconds since the beginning; None if it never was."""

    text: str
    database_s: float | None
    chat_s: float | None

    @property
    def seen(self) -> bool:
        return self.database_s is not None and self.chat_s is not None


class Story:
    """Plays once, in at most 80 s."""

    def __init__(self, desk: Desk, telegram: SandboxClient, broker: Hands, source: DemoSource) -> None:
        self._desk = desk
        self._telegram = telegram
        self._broker = broker
        self._source = source
        self._began = time.monotonic()
        self._lines: list[Line] = []

    async def play(self) -> int:
        """Play and print the table; 0 if every line was seen in the database and in the chat, else 1."""
        self._began = time.monotonic()
        for scene in (self._signal_to_fill, self._by_hand, self._drawdown):
            await scene()
            if not self._lines[-1].seen:
                break
        Console().print(_table(self._lines))
        if all(line.seen for line in self._lines):
            return 0
        await self._tell_last_words()
        return 1

    async def _signal_to_fill(self) -> None:
        """Tara's fill is made to slip, so there is a divergence to find."""
        self._broker.misfortune(
            Fault(Kind.SLIPPAGE, login=TARA.login, symbol=CALM.instrument, points=SLIPPAGE_POINTS)
        )
        signal = await self._post(CALM)
        await self._see("signal accepted", facts.accepted(signal), (TOM, CALM.instrument))
        cards = [(trader, CALM.note) for trader in TRADERS]
        await self._see("three cards delivered, with charts", facts.delivered(signal, TRADERS), *cards)
        for trader in (TOM, TARA):
            await self._telegram.tap(trader.telegram_id, APPROVE)
        await self._see(
            "approved by two traders", facts.approved(signal, 2), (TOM, "Filled"), (TARA, "Filled")
        )
        await self._see("filled on both accounts", facts.filled(signal, 2), (TOM, "Filled"), (TARA, "Filled"))
        await self._see("slippage found, owner alerted", facts.slipped(TARA), (OLIVIA, "Slippage"))

    async def _by_hand(self) -> None:
        """Tom closes his position in the terminal itself."""
        for ticket in list(self._broker.broker.view(TOM.login).ledger.positions):
            self._broker.close_position(TOM.login, ticket)
        await self._see("closed by hand, found and alerted", facts.closed_by_hand(TOM), (OLIVIA, "by hand"))

    async def _drawdown(self) -> None:
        """Tim takes a large position, and the market falls."""
        signal = await self._post(BOLD)
        await self._see("second card delivered", facts.delivered(signal, (TIM,)), (TIM, BOLD.note))
        await self._telegram.tap(TIM.telegram_id, APPROVE)
        await self._see("large position filled", facts.filled(signal, 1), (TIM, "Filled"))
        self._broker.shock(BOLD.instrument, FALL_PERCENT, over_s=FALL_OVER_S)
        await self._see("drawdown warning", facts.warned(TIM), (TIM, "Drawdown warning"))
        counting = (LiquidationState.COUNTING, LiquidationState.CLOSING, LiquidationState.LOCKED)
        await self._see("ten-second countdown begun", facts.liquidation(TIM, *counting), (TIM, "it begins"))
        await self._see("everything closed", facts.all_closed(TIM), (TIM, "Everything is closed"))
        await self._see(
            "verified flat and locked",
            facts.flat_and_locked(TIM, self._desk),
            (TIM, "verified flat"),
            (OLIVIA, "verified flat"),
        )

    async def _tell_last_words(self) -> None:
        """What people read last, so that one sees why the story broke."""
        for member in (OLIVIA, *TRADERS):
            messages = await self._telegram.messages(member.telegram_id)
            answers = await self._telegram.answers(member.telegram_id)
            Console().print(
                f"{member.name} read last: {messages[-1]['text']!r}, was answered: {answers[-1:]}"
            )

    async def _post(self, idea: Idea) -> SignalId:
        return SignalId(UUID(await self._source.post(idea)))

    async def _see(self, text: str, in_database: InDatabase, *in_chat: tuple[Member, str]) -> None:
        """Wait until the line is true in both places, or until the story's time is over."""
        database_s, chat_s = await asyncio.gather(
            self._when(lambda: self._in_database(in_database)), self._when(lambda: self._in_chat(in_chat))
        )
        self._lines.append(Line(text, database_s, chat_s))

    async def _when(self, condition: Callable[[], Awaitable[bool]]) -> float | None:
        """Seconds since the beginning when the condition became true; None if it did not in time."""
        while not await condition():
            if time.monotonic() - self._began > AT_MOST_S:
                return None
            await asyncio.sleep(LOOK_EVERY_S)
        return time.monotonic() - self._began

    async def _in_database(self, fact: InDatabase) -> bool:
        async with self._desk.store.read() as tx:
            return await fact(tx)

    async def _in_chat(self, wanted: tuple[tuple[Member, str], ...]) -> bool:
        for member, text in wanted:
            messages = await self._telegram.messages(member.telegram_id)
            if not any(text in message["text"] for message in messages if message["from_bot"]):
                return False
        return True


def _table(lines: list[Line]) -> Table:
    table = Table(title="Tapdesk: what happened, in seconds since the first signal", title_justify="left")
    table.add_column("")
    table.add_column("line")
    table.add_column("database", justify="right")
    table.add_column("chat", justify="right")
    for line in lines:
        mark = "[green]ok[/]" if line.seen else "[red]not seen[/]"
        table.add_row(mark, line.text, _seconds(line.database_s), _seconds(line.chat_s))
    return table


def _seconds(at: float | None) -> str:
    return "-" if at is None else f"{at:.2f}"

"""The demo's broker with its three traders, and a sandbox that has their terminals within reach."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp

from bot.demo.cast import TRADERS, Member, book_of, open_broker, terminal_of
from bot.demo.desktop import PaperDesktop
from bot.sandbox import serve
from core.paper.hands import Hands
from core.paper.server.records import Order, Position


@dataclass(frozen=True, slots=True)
class Floor:
    """`hands` are the test's own at the broker; `visitor` are those that the page has."""

    url: str
    folder: Path
    hands: Hands
    visitor: Hands
    http: aiohttp.ClientSession

    async def ask(self, verb: str, path: str, body: Any = None) -> tuple[int, Any]:
        """Status and JSON of the answer to a request to the control API."""
        async with self.http.request(verb, f"{self.url}/control/{path}", json=body) as answer:
            return answer.status, await answer.json()

    async def done(self, verb: str, path: str, body: Any = None) -> Any:
        """The JSON of an answer that must be a success."""
        status, told = await self.ask(verb, path, body)
        assert status in (200, 201), told
        return told

    def positions(self, member: Member) -> dict[int, Position]:
        """What is open at the broker, by ticket."""
        return dict(self.hands.broker.view(member.login).ledger.positions)

    def orders(self, member: Member) -> dict[int, Order]:
        """What is pending at the broker, by ticket."""
        return dict(self.hands.broker.view(member.login).ledger.orders)

    def opened(self, member: Member, symbol: str = "EURUSD", lots: float = 0.1) -> int:
        """The ticket of a position that somebody has bought."""
        return self.hands.open_position(member.login, symbol, 0, lots).order


@asynccontextmanager
async def floor_in(folder: Path) -> AsyncIterator[Floor]:
    hands = open_broker(folder)
    visitor = Hands.on(book_of(folder))
    desktop = PaperDesktop(visitor, {one.name: terminal_of(folder, one) for one in TRADERS})
    try:
        async with serve(desktop=desktop) as sandbox, aiohttp.ClientSession() as http:
            yield Floor(sandbox.url, folder, hands, visitor, http)
    finally:
        visitor.close_book()
        hands.close_book()

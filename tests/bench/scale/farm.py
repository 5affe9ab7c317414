"""The farm: one program that answers for the terminals of all accounts, each over a connection of its own.

`python -m tests.bench.scale.farm --accounts 1000 --positions 20 --delay 0.15`

It speaks the frames of `core.mt5.worker` and answers a request so long after it has come. It prints its port
and ends with its input; a line `fail N` has the last N accounts fail from then on: of two one hangs (takes
requests and never answers), and one is dead (ends every connection at once). A line `lose LOGIN` has that
account lose a third of its balance from then on.

What it answers is encoded beforehand, but for what moves: prices, profits, times of ticks.
"""

import argparse
import asyncio
import json
import os
import platform
import sys
import time
from dataclasses import dataclass, field
from typing import Any

from core.mt5.worker import FUNCTIONS, PROTOCOL, SIZES
from core.workers import Frames
from tests.bench.scale.books import (
    BALANCE,
    SYMBOLS,
    UTC_OFFSET_S,
    Holding,
    account_struct,
    holdings,
    position_struct,
    symbol_struct,
    terminal_struct,
    tick_struct,
)

_MOVING = "@"
_OK = '"last_error":[1,"Success"]'
_UNKNOWN = '{"result":null,"last_error":[-4,"Terminal: Not found"]}'
_HELLO = {
    "protocol": PROTOCOL,
    "module": "farm",
    "version": "1",
    "author": "",
    "python": platform.python_version(),
    "pid": os.getpid(),
    "functions": FUNCTIONS,
}
BACKLOG = 1_024


def _answer(result: Any) -> str:
    """An answer's text, with `%s` in place of each value that moves."""
    text = json.dumps(result, separators=(",", ":")).replace("%", "%%")
    return f'{{"result":{text},{_OK}}}'.replace(f'"{_MOVING}"', "%s")


_PLAIN = {name: _answer(True) for name in ("initialize", "login", "shutdown", "symbol_select")} | {
    name: _answer([]) for name in ("orders_get", "history_orders_get", "history_deals_get")
}
_CONTRACTS = {symbol: _answer(symbol_struct(symbol)) for symbol in SYMBOLS}
_TICKS = {symbol: _answer(tick_struct(symbol, time=_MOVING, time_msc=_MOVING)) for symbol in SYMBOLS}


class Books:
    """One account's answers."""

    def __init__(self, login: int, positions: int) -> None:
        self._held: list[Holding] = holdings(login, positions)
        self._terminal = _answer(terminal_struct(login))
        moving = {"profit": _MOVING, "equity": _MOVING, "margin_free": _MOVING}
        self._account = _answer(account_struct(login, **moving))
        structs = [position_struct(held, price_current=_MOVING, profit=_MOVING) for held in self._held]
        self._positions = _answer(structs)
        self.lost = 0.0

    def answer(self, call: dict[str, Any], now_s: float) -> str:
        """The text of one call's answer."""
        function = call["call"]
        if function == "terminal_info":
            return self._terminal
        if function == "account_info":
            return self._account_now(now_s)
        if function == "positions_get":
            return self._positions % tuple(n for held in self._held for n in held.prices_now(now_s))
        if function == "symbol_info":
            return _CONTRACTS.get(call["args"][0], _UNKNOWN)
        if function == "symbol_info_tick":
            return _tick(call["args"][0], now_s)
        return _PLAIN.get(function, _UNKNOWN)

    def _account_now(self, now_s: float) -> str:
        profit = round(sum(held.prices_now(now_s)[1] for held in self._held) - self.lost, 2)
        equity = round(BALANCE + profit, 2)
        # In the order of the struct's fields.
        return self._account % (profit, equity, round(equity - 2_300.0, 2))


def _tick(symbol: str, now_s: float) -> str:
    broker_s = int(now_s) + UTC_OFFSET_S
    text = _TICKS.get(symbol, _UNKNOWN)
    return text % (broker_s, broker_s * 1000 + int(now_s * 1000) % 1000) if symbol in _TICKS else text


@dataclass(slots=True)
class Farm:
    """All accounts; those from `failing_from` on fail."""

    accounts: int
    positions: int
    delay_s: float
    failing_from: int = 2**31
    _books: dict[int, Books] = field(default_factory=dict)

    def books(self, login: int) -> Books:
        if login not in self._books:
            self._books[login] = Books(login, self.positions)
        return self._books[login]

    def fail(self, count: int) -> None:
        """Have the last so many accounts fail from now on."""
        self.failing_from = self.accounts + 1 - count

    def lose(self, login: int) -> None:
        """Have an account lose a third of its balance."""
        self.books(login).lost = BALANCE / 3

    def hangs(self, login: int) -> bool:
        return login >= self.failing_from and login % 2 == 0

    def is_dead(self, login: int) -> bool:
        return login >= self.failing_from and login % 2 == 1


class Served(asyncio.Protocol):
    """One connection; whose it is shows the path that it initializes with."""

    def __init__(self, farm: Farm) -> None:
        self._farm = farm
        self._frames = Frames()
        self._login = 0
        self._transport: asyncio.Transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._write(json.dumps({"hello": _HELLO}))

    def data_received(self, data: bytes) -> None:
        self._frames.feed(data)
        while (frame := self._frames.take()) is not None:
            self._take(frame.message)

    def _take(self, request: dict[str, Any]) -> None:
        for call in request["calls"]:
            if call["call"] == "initialize":
                self._login = int(call["args"][0].split("\\")[-2])
        if self._farm.is_dead(self._login):
            self._transport.abort()
        elif not self._farm.hangs(self._login):
            asyncio.get_running_loop().call_later(self._farm.delay_s, self._reply, request)

    def _reply(self, request: dict[str, Any]) -> None:
        """What is true when it is said, which is after the delay."""
        books, now_s = self._farm.books(self._login), time.time()
        answers = ",".join([books.answer(call, now_s) for call in request["calls"]])
        self._write(f'{{"id":{request["id"]},"answers":[{answers}]}}')

    def _write(self, text: str) -> None:
        if not self._transport.is_closing():
            self._transport.write(SIZES.pack(len(text), 0) + text.encode("ascii"))


async def serve(farm: Farm) -> None:
    """Until the end of the input."""
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Served(farm), "127.0.0.1", 0, backlog=BACKLOG)
    print(server.sockets[0].getsockname()[1], flush=True)
    while line := await asyncio.to_thread(sys.stdin.readline):
        order, number = line.split()
        {"fail": farm.fail, "lose": farm.lose}[order](int(number))


def main() -> None:
    parser = argparse.ArgumentParser(description="Answer for the terminals of many accounts.")
    parser.add_argument("--accounts", type=int, required=True)
    parser.add_argument("--positions", type=int, required=True)
    parser.add_argument("--delay", type=float, required=True)
    given = parser.parse_args()
    asyncio.run(serve(Farm(given.accounts, given.positions, given.delay)))


if __name__ == "__main__":
    main()

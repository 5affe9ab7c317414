"""Many paper terminals inside this process, over one broker in virtual time, and what can befall each.

The paper module is one connection per process; so each request is made with the state of its own terminal in
place, and nothing is awaited meanwhile.
"""

import asyncio
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any
from unittest.mock import patch

import core.paper
from core.mt5 import contract as mt5
from core.mt5.link import Link
from core.mt5.worker import Owner
from core.paper.server.broker import Broker
from core.paper.terminal import TERMINAL, Terminal
from core.workers import Frame, LinkLost

_LISTS = frozenset({"positions_get", "orders_get"})


class Trouble(StrEnum):
    """What is wrong with a terminal while it lasts."""

    DOWN = "down"  # not connected: it answers, with what it knew before
    HUNG = "hung"  # takes requests and never answers
    GONE = "gone"  # its worker dies of each request
    NONE = "none"  # account_info is None
    STALE = "stale"  # its prices stand still; this is the broker's doing (`House.freeze`)


@dataclass(slots=True)
class Line:
    """The way to one account's terminal; opens links as `core.mt5.link` promises.

    `lag_ms` hides deals that are younger; `flickers` is how many of the next readings list nothing. With the
    request that counts `kills_in` down to 0 the whole desk dies: `dead` is set, and nobody is answered.
    """

    broker: Broker
    trouble: Trouble | None = None
    lag_ms: int = 0
    flickers: int = 0
    kills_in: int = 0
    dead: asyncio.Event = field(default_factory=asyncio.Event)
    terminal: Terminal = field(default_factory=Terminal)
    _known: dict[str, Any] = field(default_factory=dict)

    async def __call__(self) -> Link:
        if self.trouble is Trouble.GONE:
            raise LinkLost("nothing starts here")
        return _Served(self)

    @contextmanager
    def in_place(self) -> Iterator[None]:
        """The module is this account's."""
        process = TERMINAL.__dict__
        TERMINAL.__dict__ = self.terminal.__dict__
        try:
            with patch.object(Broker, "open", lambda _: self.broker):
                yield
        finally:
            TERMINAL.__dict__ = process

    def bent(self, call: dict[str, Any], answer: dict[str, Any], *, flickers: bool = False) -> dict[str, Any]:
        """An answer as it arrives; one that `flickers` tells of nothing open."""
        function, key = call["call"], json.dumps([call["call"], call.get("args")])
        if self.trouble is Trouble.DOWN:
            return self._remembered(function, key, answer)
        if self.trouble is Trouble.NONE and function == "account_info":
            return {"result": None, "last_error": [mt5.RES_E_FAIL, "Terminal: Call failed"]}
        if self.lag_ms and function == "history_deals_get" and answer.get("result"):
            youngest = self.broker.now_msc() - self.lag_ms
            answer["result"] = [deal for deal in answer["result"] if deal["time_msc"] <= youngest]
        if flickers and function in _LISTS:
            return {**answer, "result": []}
        if flickers and function == "account_info":
            return {**answer, "result": _of_nothing_open(answer["result"])}
        self._known[key] = answer
        return answer

    def _remembered(self, function: str, key: str, answer: dict[str, Any]) -> dict[str, Any]:
        """What a terminal without its broker says: what it knew, and that it is not connected."""
        if function == "terminal_info":
            return {**answer, "result": {**answer["result"], "connected": False}}
        if function in ("initialize", "order_send"):
            return {"result": None, "last_error": [mt5.RES_E_INTERNAL_FAIL_TIMEOUT, "IPC timeout"]}
        return dict(self._known.get(key, answer))


class _Served:
    """A worker's own code, answering in place."""

    def __init__(self, line: Line) -> None:
        self._line = line
        self._owner = Owner(core.paper)
        self._request: dict[str, Any] | None = None

    def send(self, text: bytes) -> None:
        self._request = json.loads(text)

    async def receive(self) -> Frame:
        if self._line.trouble is Trouble.HUNG:
            raise TimeoutError  # what the deadline becomes for the caller, whose seconds are virtual
        if self._line.trouble is Trouble.GONE:
            raise LinkLost("the worker died")
        if self._request is None:
            return Frame({"hello": self._owner.hello()})
        with self._line.in_place():
            frame = self._answered(self._request)
        if self._line.kills_in == 1:
            self._line.dead.set()
            await asyncio.Future()  # it was carried out, and nobody is there any more who could know
        self._line.kills_in -= self._line.kills_in > 0
        return frame

    def _answered(self, request: dict[str, Any]) -> Frame:
        answers: list[dict[str, Any]] = []
        raws: list[bytes] = []
        flickers = self._line.flickers > 0 and any(call["call"] in _LISTS for call in request["calls"])
        for call in request["calls"]:
            if self._line.trouble is Trouble.DOWN and call["call"] == "order_send":
                answer: dict[str, Any] = self._line.bent(call, {})
            else:
                answer = self._line.bent(call, self._owner.answer(call, raws), flickers=flickers)
            answers.append(answer)
            if "error" in answer or not _meets(call.get("expect"), answer.get("result")):
                break
        self._line.flickers -= flickers
        message = {"id": request["id"], "answers": answers}
        return Frame(json.loads(json.dumps(message)), b"".join(raws))

    async def aclose(self, *, kill: bool) -> None:  # noqa: ARG002 - a link's own signature
        with self._line.in_place():
            core.paper.shutdown()


def _of_nothing_open(account: dict[str, Any]) -> dict[str, Any]:
    """What an account is like of which a terminal knows no position."""
    equity = account["balance"] + account["credit"]
    return {**account, "profit": 0.0, "margin": 0.0, "equity": equity, "margin_free": equity}


def _meets(expected: dict[str, Any] | None, result: Any) -> bool:
    found = result if isinstance(result, dict) else {"": result}
    return expected is None or all(found.get(name) == value for name, value in expected.items())

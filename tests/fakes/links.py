"""A terminal's worker inside the test's own process: quick, and open to whatever a test does to a request.

The paper module has one connection per process, so one account at a time.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import core.paper
from core.mt5.link import Link
from core.mt5.worker import Owner
from core.workers import Frame, LinkLost

Watch = Callable[[str], Awaitable[None]]
Change = Callable[[str, Any], Any]


async def _look_on(function: str) -> None:
    """Nothing happens."""


def _unchanged(function: str, result: Any) -> Any:
    return result


@dataclass(slots=True)
class InProcess:
    """Opens links to the worker's own code over the paper module.

    `before` and `after` are awaited around each request with the name of its last call, and may raise
    LinkLost or never return; `change` rewrites results of calls by name.
    """

    before: Watch = _look_on
    after: Watch = _look_on
    change: Change = _unchanged

    async def __call__(self) -> Link:
        return _Served(self, Owner(core.paper))


class _Served:
    def __init__(self, door: InProcess, owner: Owner) -> None:
        self._door = door
        self._owner = owner
        self._request: dict[str, Any] | None = None

    def send(self, text: bytes) -> None:
        self._request = json.loads(text)

    async def receive(self) -> Frame:
        if self._request is None:
            return Frame({"hello": self._owner.hello()})
        function = self._request["calls"][-1]["call"]
        await self._door.before(function)
        message, raws = self._owner.reply(self._request)
        await self._door.after(function)
        for call, answer in zip(self._request["calls"], message["answers"], strict=False):
            if "result" in answer:
                answer["result"] = self._door.change(call["call"], answer["result"])
        return Frame(json.loads(json.dumps(message)), b"".join(raws))

    async def aclose(self, *, kill: bool) -> None:  # noqa: ARG002 - a link's own signature
        core.paper.shutdown()


async def severed(function: str) -> None:
    """A watch under which every order loses its worker."""
    if function == "order_send":
        raise LinkLost("the worker was killed")


async def for_ever() -> None:
    """Never returns; whoever waits for this is cancelled."""
    await asyncio.get_running_loop().create_future()

"""`/readyz` as who watches the machine sees it: over real HTTP, while a real guard hangs in its look."""

import asyncio
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest

from bot.watch.readiness import Intervals
from bot.watch.telemetry import Telemetry
from bot.web.app import create_web
from core.ports import Store
from core.risk.guard import DrawdownGuard
from core.supervision import Supervisor
from tests.bot.stage import eventually
from tests.bot.web.served import serving
from tests.fakes.desk import open_paper_desk
from tests.fakes.links import InProcess

RARELY_S = 1e6


@dataclass
class Gate:
    """A terminal behind a gate answers while it is open."""

    opened: asyncio.Event = field(default_factory=asyncio.Event)

    async def wait(self, _: str) -> None:
        await self.opened.wait()


async def test_it_is_red_while_a_guard_hangs_for_three_intervals(store: Store, tmp_path: Path) -> None:
    gate = Gate()
    gate.opened.set()
    async with open_paper_desk(store, tmp_path, open_terminal=lambda _: InProcess(before=gate.wait)) as paper:
        intervals = Intervals(guard_s=1, sync_s=RARELY_S, market_s=RARELY_S)
        web = create_web(paper.desk, Telemetry(paper.desk, Supervisor(), intervals))
        guard = DrawdownGuard(paper.desk, interval_s=0.02)
        account = paper.trader.account

        async def is_guarded_now() -> bool:
            return paper.desk.board.of(account.id).guarded_at == paper.clock.now()

        async with serving(web) as port, httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as http:

            async def answer_later() -> tuple[int, str]:
                """Four intervals on: a look that had its answer when the gate was closed may still end."""
                paper.pass_time(4)
                answer = await http.get("/readyz")
                return answer.status_code, answer.json()["problems"].get("guard", "")

            watching = asyncio.create_task(guard.watch(account))
            await eventually(is_guarded_now, True)
            paper.pass_time(2)
            assert (await http.get("/readyz")).status_code == 200
            gate.opened.clear()
            await eventually(answer_later, (503, "1 of 1 accounts are not guarded now"))
            gate.opened.set()
            await eventually(is_guarded_now, True)
            assert (await http.get("/readyz")).json() == {"ready": True, "problems": {}}
            watching.cancel()
            with pytest.raises(asyncio.CancelledError):
                await watching

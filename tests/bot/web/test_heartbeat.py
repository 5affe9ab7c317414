"""The desk's pulse over HTTP."""

from dataclasses import asdict

import httpx
import pytest

from core.desk import Desk
from core.model.divergences import DivergenceKind
from core.model.events import Priority
from core.model.heartbeat import Ages, HeartbeatMetrics, Lag, Queues, Tally
from core.model.trades import IntentState
from tests.bot.web.conftest import Reader

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

URL = "/api/v1/heartbeat"


async def test_who_has_a_key_reads_the_last_beat(http: httpx.AsyncClient, reader: Reader, desk: Desk) -> None:
    assert (await http.get(URL, headers=reader.headers)).status_code == 503
    desk.board.heartbeat = HeartbeatMetrics(
        at=desk.clock.now(),
        lag=Lag(1.0, 2.0, 3.0),
        accounts=(Ages("Ann's", 1.5, None, 2.5),),
        queues=Queues({IntentState.UNKNOWN: 1}, {Priority.CARD: 2}, 3),
        outbox_lag_s=0.5,
        divergences={DivergenceKind.SLIPPAGE: 2},
        total=Tally(signals=9),
        interval=Tally(signals=1),
        memory_bytes=1024,
    )
    told = (await http.get(URL, headers=reader.headers)).json()
    assert told["accounts"] == [{"account": "Ann's", "read_s": 1.5, "guard_s": None, "market_s": 2.5}]
    assert told["queues"] == {"intents": {"unknown": 1}, "outbox": {"card": 2}, "approvals": 3}
    assert told["divergences"] == {"slippage": 2}
    assert told["total"] == asdict(Tally(signals=9))
    assert told["loop_lag"] == {"p50_ms": 1.0, "p99_ms": 2.0, "max_ms": 3.0}


async def test_nobody_else_does(http: httpx.AsyncClient, reader: Reader) -> None:
    assert (await http.get(URL)).status_code == 401
    assert (await http.get(URL, params={"x": "1"}, headers=reader.headers)).status_code == 400

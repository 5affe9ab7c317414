"""The paper terminal inside the real worker process: whatever is asked of it, it answers the next call."""

import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from math import inf, nan
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.mt5 import contract
from core.mt5.worker import SIZES, read_frame
from core.paper import hands
from core.paper.hands import Hands
from core.paper.market.plan import MarketPlan
from core.paper.server.faults import Fault, Kind
from core.paper.server.records import Account
from tests.core.paper.world import LOGIN, PASSWORD, market_order

PATIENCE_S = 60.0


class Worker:
    """A worker process, asked one call at a time; killed if it does not answer."""

    def __init__(self, folder: Path) -> None:
        command = [sys.executable, "-m", "core.mt5.worker", "--module", "core.paper"]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.sign_in = ("initialize", [str(folder)], {"login": LOGIN, "password": PASSWORD})
        assert self._read()["hello"]["module"] == "core.paper"

    def ask(self, call: str, args: list[Any], kwargs: dict[str, Any]) -> dict[str, Any]:
        text = json.dumps({"id": 1, "calls": [{"call": call, "args": args, "kwargs": kwargs}]}).encode()
        assert self.process.stdin is not None
        self.process.stdin.write(SIZES.pack(len(text), 0) + text)
        self.process.stdin.flush()
        (answer,) = self._read()["answers"]
        return dict(answer)

    def _read(self) -> dict[str, Any]:
        watchdog = threading.Timer(PATIENCE_S, self.process.kill)
        watchdog.start()
        assert self.process.stdout is not None
        frame = read_frame(self.process.stdout)  # type: ignore[arg-type]
        watchdog.cancel()
        assert frame is not None, "the worker has ended"
        return dict(json.loads(frame[0]))

    def end(self) -> None:
        self.process.kill()
        self.process.communicate()


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("paper")


@pytest.fixture(scope="module")
def person(place: Path) -> Iterator[Hands]:
    made = Hands.on(place / "broker.sqlite3", MarketPlan(seed=7))
    made.open_account(Account(login=LOGIN, name="Ann"), PASSWORD, 10_000.0)
    yield made
    made.close_book()


@pytest.fixture(scope="module")
def worker(place: Path, person: Hands) -> Iterator[Worker]:
    hands.install_terminal(place / "terminal", place / "broker.sqlite3")
    made = Worker(place / "terminal")
    yield made
    made.end()


values = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**70), 2**70),
    st.sampled_from(
        [0, 1, 2, 5, 10**400, -1, 2**31, 2**63, 2**64, nan, inf, -inf, "EURUSD", "\ud800", "a\0b"]
    ),
    st.floats(),
    st.text(max_size=20),
    st.lists(st.integers(), max_size=2),
    st.dictionaries(st.sampled_from([n for n, _ in contract.TRADE_REQUEST]), st.integers(-5, 10), max_size=4),
)
FUNCTIONS = [name for name in contract.FUNCTIONS if name != "initialize"]


@settings(max_examples=250, deadline=None)
@given(
    call=st.sampled_from(FUNCTIONS),
    args=st.lists(values, max_size=5),
    kwargs=st.dictionaries(st.sampled_from(["ticket", "symbol", "group", "login", "x"]), values, max_size=2),
)
def test_the_worker_lives_through_any_call(
    worker: Worker, call: str, args: list[Any], kwargs: dict[str, Any]
) -> None:
    answer = worker.ask(call, args, kwargs)
    assert {"result", "array", "error"} & answer.keys()
    assert "error" not in answer or answer["error"]["kind"] in ("TypeError", "SystemError")
    if call == "shutdown" or answer["last_error"][0] == -10004:
        assert worker.ask(*worker.sign_in)["result"] is True
    assert worker.ask("account_info", [], {})["result"]["login"] == LOGIN


def test_a_terminal_that_died_is_there_again_after_initialize(worker: Worker, person: Hands) -> None:
    assert worker.ask(*worker.sign_in)["result"] is True
    person.misfortune(Fault(Kind.GONE))
    request = market_order("EURUSD", 0, 0.1)
    assert worker.ask("order_send", [request], {})["last_error"][0] == -10002
    assert worker.ask("order_send", [request], {})["last_error"][0] == -10004
    assert worker.ask(*worker.sign_in)["result"] is True
    assert worker.ask("order_send", [request], {})["result"]["retcode"] == 10009

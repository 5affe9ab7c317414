"""The connection's rules, over a worker inside this process and a terminal that each test bends."""

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from core.mt5.breaker import Breaker, Patience
from core.mt5.calls import Call
from core.mt5.connection import Connection, Login
from core.mt5.errors import (
    AuthenticationFailed,
    CircuitOpen,
    ConnectionLost,
    InvalidRequest,
    NoData,
    TerminalGone,
    TradingDisabled,
    Unknown,
    WrongAccount,
)
from core.mt5.link import Frame
from core.mt5.session import Session
from core.mt5.terminal import Terminal
from core.mt5.worker import Owner

FOLDER = "C:\\Terminals\\One"
LOGIN = Login(FOLDER + "\\terminal64.exe", 7, "Broker-Demo", "secret", timeout_ms=10)


class Struct(tuple[Any, ...]):
    names: tuple[str, ...]

    def _asdict(self) -> dict[str, Any]:
        return dict(zip(self.names, self, strict=True))


def struct(fields: dict[str, Any]) -> Struct:
    made = Struct(fields.values())
    made.names = tuple(fields)
    return made


class SteppedClock:
    def __init__(self) -> None:
        self.moment = datetime(2026, 11, 20, 12, tzinfo=UTC)

    def now(self) -> datetime:
        return self.moment

    def monotonic(self) -> float:
        return self.moment.timestamp()

    async def sleep(self, seconds: float) -> None:
        self.moment += timedelta(seconds=seconds)


class BentTerminal:
    """The module as this file needs it. `error` fails every call but the ones named in `spared`."""

    __name__ = "bent"

    def __init__(self, clock: SteppedClock) -> None:
        self.clock = clock
        self.calls: list[str] = []
        self.terminal = {"connected": True, "path": FOLDER}
        self.account = {"login": 7, "server": "Broker-Demo"}
        self.password = "secret"
        self.initialized = False
        self.failing: dict[str, tuple[int, str]] = {}
        self.tick_age = timedelta(seconds=1)
        self.offset = timedelta(hours=3)
        self.history: tuple[int, int] = (0, 0)
        self._error = (1, "Success")

    def _do(self, name: str, result: Any, failure: Any = None) -> Any:
        self.calls.append(name)
        self._error = (1, "Success") if self.initialized else (-10004, "No IPC connection")
        self._error = self.failing.get(name, self._error)
        return result if self._error[0] == 1 else failure

    def initialize(self, *_: Any, password: str, **__: Any) -> bool:
        self.initialized = True
        if password != self.password:
            self.failing["initialize"] = (-6, "Terminal: Authorization failed")
        done = bool(self._do("initialize", True, failure=False))
        self.initialized = done
        return done

    def shutdown(self) -> bool:
        return bool(self._do("shutdown", True))

    def last_error(self) -> tuple[int, str]:
        return self._error

    def terminal_info(self) -> Any:
        return self._do("terminal_info", struct(self.terminal))

    def account_info(self) -> Any:
        return self._do("account_info", struct(self.account))

    def symbol_select(self, symbol: str, *_: Any) -> Any:
        done = self._do("symbol_select", True, failure=False)
        if symbol != "EURUSD":
            self._error = (-1, "Terminal: Call failed")
        return done and symbol == "EURUSD"

    def symbols_get(self, **_: Any) -> Any:
        return self._do("symbols_get", (struct({"name": "EURUSD", "time": 1}),))

    def symbol_info_tick(self, symbol: str) -> Any:
        at = self.clock.moment + self.offset - self.tick_age
        tick = {"time_msc": int(at.timestamp() * 1000), "bid": 1.1, "ask": 1.1002}
        return self._do("symbol_info_tick", struct(tick) if symbol == "EURUSD" else None)

    def positions_get(self) -> Any:
        return self._do("positions_get", ())

    def orders_get(self) -> Any:
        return self._do("orders_get", ())

    def history_deals_get(self, since: int, until: int) -> Any:
        self.history = (since, until)
        return self._do("history_deals_get", ())

    def order_send(self, _: dict[str, Any]) -> Any:
        result = {"retcode": 10009, "order": 1, "deal": 2, "volume": 0.1, "price": 1.1, "comment": "done"}
        return self._do("order_send", struct(result))


class InProcess:
    """A link whose other end is the worker's own code in this process."""

    def __init__(self, module: BentTerminal) -> None:
        self._owner = Owner(module)
        self._frames = [Frame({"hello": self._owner.hello()})]

    def send(self, text: bytes) -> None:
        message, raws = self._owner.reply(json.loads(text))
        self._frames.append(Frame(json.loads(json.dumps(message)), b"".join(raws)))

    async def receive(self) -> Frame:
        await asyncio.sleep(0)
        return self._frames.pop(0)

    async def aclose(self, *, kill: bool) -> None:  # noqa: ARG002
        self._frames.clear()


@pytest.fixture
def clock() -> SteppedClock:
    return SteppedClock()


@pytest.fixture
def module(clock: SteppedClock) -> BentTerminal:
    return BentTerminal(clock)


@pytest.fixture
async def session(module: BentTerminal, clock: SteppedClock) -> AsyncIterator[Session]:
    async def open_link() -> InProcess:
        return InProcess(module)

    breaker = Breaker(clock.monotonic, Patience(failures=3, rest_s=1.0), jitter=lambda: 0.0)
    connection = Connection(Terminal(open_link, name="acc"), LOGIN, clock, breaker=breaker, watch=["EURUSD"])
    async with Session(connection) as session:
        yield session


async def read(session: Session) -> None:
    await session.connection.verified(Call("positions_get"))


async def test_login_happens_once_with_the_first_call(session: Session, module: BentTerminal) -> None:
    await asyncio.gather(read(session), read(session))
    await read(session)
    assert module.calls.count("initialize") == 1


async def test_identity_is_read_right_before_every_order(session: Session, module: BentTerminal) -> None:
    await session.connect()
    module.calls.clear()
    assert (await session.send({"action": 1})).retcode == 10009
    assert module.calls == ["terminal_info", "account_info", "order_send"]


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"terminal": {"connected": False, "path": FOLDER}}, ConnectionLost),
        ({"terminal": {"connected": True, "path": "C:\\Terminals\\Two"}}, WrongAccount),
        ({"account": {"login": 8, "server": "Broker-Demo"}}, WrongAccount),
        ({"account": {"login": 7, "server": "Broker-Live"}}, WrongAccount),
    ],
)
async def test_nothing_is_done_at_a_terminal_that_is_not_ours(
    session: Session, module: BentTerminal, change: dict[str, Any], error: type[Exception]
) -> None:
    await session.connect()
    before = {name: getattr(module, name) for name in change}
    for name, value in change.items():
        setattr(module, name, value)
    module.calls.clear()
    with pytest.raises(error):
        await session.send({"action": 1})
    with pytest.raises(error):
        await read(session)
    assert {"order_send", "positions_get", "initialize"}.isdisjoint(module.calls)
    for name, value in before.items():
        setattr(module, name, value)
    await read(session)
    assert "initialize" not in module.calls


async def test_a_login_that_lands_in_another_folder_is_not_used(
    session: Session, module: BentTerminal
) -> None:
    module.terminal["path"] = "D:\\Elsewhere"
    with pytest.raises(WrongAccount):
        await read(session)
    assert "positions_get" not in module.calls


async def test_folders_are_compared_as_windows_does(session: Session, module: BentTerminal) -> None:
    module.terminal["path"] = "c:/terminals/ONE"
    await read(session)


async def test_a_rejected_login_rests_for_a_quarter_of_an_hour(
    session: Session, module: BentTerminal, clock: SteppedClock
) -> None:
    module.password = "changed"
    for _ in range(5):
        with pytest.raises(AuthenticationFailed):
            await read(session)
        await clock.sleep(170)
    assert module.calls.count("initialize") == 1
    await clock.sleep(60)
    with pytest.raises(AuthenticationFailed):
        await read(session)
    assert module.calls.count("initialize") == 2
    module.failing.clear()
    module.password = "secret"
    await clock.sleep(901)
    await read(session)


async def test_a_rejected_login_is_tried_again_when_a_person_asks(
    session: Session, module: BentTerminal, clock: SteppedClock
) -> None:
    module.password = "changed"
    with pytest.raises(AuthenticationFailed):
        await read(session)
    module.failing.clear()
    module.password = "secret"
    await session.connect()
    await read(session)


async def test_failing_logins_are_spaced_out(
    session: Session, module: BentTerminal, clock: SteppedClock
) -> None:
    module.failing["initialize"] = (-10005, "IPC timeout")
    for _ in range(3):
        with pytest.raises(ConnectionLost):
            await read(session)
    with pytest.raises(CircuitOpen):
        await read(session)
    await clock.sleep(1)
    module.failing.clear()
    await read(session)


async def test_a_terminal_that_died_is_connected_again(session: Session, module: BentTerminal) -> None:
    await session.connect()
    module.initialized = False
    with pytest.raises(TerminalGone):
        await read(session)
    await read(session)
    assert module.calls.count("initialize") == 2


async def test_a_broker_that_is_out_of_reach_does_not_open_the_circuit(
    session: Session, module: BentTerminal
) -> None:
    await session.connect()
    module.terminal["connected"] = False
    for _ in range(10):
        with pytest.raises(ConnectionLost):
            await read(session)
    module.terminal["connected"] = True
    await read(session)


@pytest.mark.parametrize(
    ("last_error", "error"),
    [
        ((-10001, "IPC send failed"), Unknown),
        ((-10002, "IPC recv failed"), Unknown),
        ((-1, "Terminal: Call failed"), Unknown),
        ((-2, 'Invalid "volume" argument'), InvalidRequest),
        ((-8, "Auto-Trading using Python API disabled"), TradingDisabled),
        ((-10004, "No IPC connection"), TerminalGone),
    ],
)
async def test_an_order_without_an_answer_is_unknown_unless_it_surely_never_left(
    session: Session, module: BentTerminal, last_error: tuple[int, str], error: type[Exception]
) -> None:
    module.failing["order_send"] = last_error
    with pytest.raises(error) as raised:
        await session.send({"action": 1})
    assert module.calls.count("order_send") == 1
    assert "secret" not in str(raised.value)


async def test_a_price_is_of_now_or_it_is_not_given(
    session: Session, module: BentTerminal, clock: SteppedClock
) -> None:
    quote = await session.quote("EURUSD")
    assert quote.at == clock.moment - timedelta(seconds=1)
    module.tick_age = timedelta(seconds=61)
    with pytest.raises(NoData):
        await session.quote("EURUSD")
    with pytest.raises(NoData):
        await session.quote("NOSUCH")


@pytest.mark.parametrize("tick_age", [timedelta(hours=30, minutes=5), timedelta(hours=2, minutes=55)])
async def test_a_price_is_not_given_while_the_brokers_time_is_unknown(
    session: Session, module: BentTerminal, tick_age: timedelta
) -> None:
    module.tick_age = tick_age
    with pytest.raises(NoData):
        await session.quote("EURUSD")


async def test_history_is_asked_in_broker_time_and_past_now(
    session: Session, module: BentTerminal, clock: SteppedClock
) -> None:
    await session.deals_since(clock.moment - timedelta(hours=1))
    since, until = (datetime.fromtimestamp(stamp, UTC) for stamp in module.history)
    assert since == clock.moment + timedelta(hours=2)
    assert until > clock.moment + timedelta(hours=20)


async def test_deals_are_not_given_while_the_brokers_time_is_unknown_and_are_once_it_ticks(
    session: Session, module: BentTerminal, clock: SteppedClock
) -> None:
    module.tick_age = timedelta(hours=30, minutes=5)
    with pytest.raises(NoData):
        await session.deals_since(clock.moment)
    module.tick_age = timedelta(seconds=1)
    assert await session.deals_since(clock.moment) == ()


async def test_a_terminal_that_cannot_list_orders_does_not_pass_for_flat(
    session: Session, module: BentTerminal
) -> None:
    module.failing["positions_get"] = (-1, "Terminal: Call failed")
    with pytest.raises(NoData):
        await session.snapshot()


async def test_leaving_says_goodbye(session: Session, module: BentTerminal) -> None:
    await session.connect()
    await session.aclose()
    assert module.calls[-1] == "shutdown"


def test_a_login_does_not_show_its_password() -> None:
    assert "secret" not in repr(LOGIN)

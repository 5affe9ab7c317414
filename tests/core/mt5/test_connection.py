"""The connection's rules, over a worker inside this process and a terminal that each test bends."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from core.mt5.calls import Call
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
from core.mt5.session import Session
from tests.fakes.bent_terminal import FOLDER, LOGIN, BentTerminal, SteppedClock


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


async def test_leaving_says_goodbye(session: Session, module: BentTerminal) -> None:
    await session.connect()
    await session.aclose()
    assert module.calls[-1] == "shutdown"


def test_a_login_does_not_show_its_password() -> None:
    assert "secret" not in repr(LOGIN)


async def test_a_terminal_that_dies_of_every_reading_is_given_rests(
    session: Session, module: BentTerminal, clock: SteppedClock
) -> None:
    module.failing["positions_get"] = (-10002, "IPC recv failed")
    for _ in range(3):
        with pytest.raises(TerminalGone):
            await read(session)
    for _ in range(5):
        with pytest.raises(CircuitOpen):
            await read(session)
    assert module.calls.count("initialize") == 3
    await clock.sleep(1)
    module.failing.clear()
    await read(session)
    assert session.connection.breaker.counts.rejected == 5

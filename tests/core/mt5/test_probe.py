"""A probe tells what is wrong with a terminal, and is never stopped by it."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from core.model.mt5 import Permissions
from core.mt5.breaker import State
from core.mt5.errors import TerminalGone
from core.mt5.session import Session
from tests.fakes.bent_terminal import ANOTHER, NO_IPC, NOBODY, OURS, BentTerminal, SteppedClock, bent_session

ALL = Permissions(option=True, button=True, account=True, broker=True)


async def test_a_good_terminal(session: Session, module: BentTerminal, clock: SteppedClock) -> None:
    probe = await session.probe()
    assert (probe.connected, probe.authenticated, probe.trading_allowed) == (True, True, True)
    assert (probe.permissions, probe.build, probe.breaker) == (ALL, 5430, State.CLOSED)
    assert (probe.at, probe.feed_age, probe.round_trip_s) == (clock.now(), timedelta(seconds=1), 0.0)
    assert (probe.error, probe.detail) == ("", "")


async def test_it_takes_one_round_trip(session: Session, module: BentTerminal) -> None:
    await session.connect()
    module.calls.clear()
    await session.probe()
    assert module.calls == ["terminal_info", "account_info", "symbol_info_tick"]


@pytest.mark.parametrize(
    ("layer", "bend"),
    [
        ("option", lambda module: module.terminal.update(tradeapi_disabled=True)),
        ("button", lambda module: module.terminal.update(trade_allowed=False)),
        ("account", lambda module: module.permissions.update(trade_allowed=False)),
        ("broker", lambda module: module.permissions.update(trade_expert=False)),
    ],
)
async def test_each_layer_is_told_apart(
    session: Session, module: BentTerminal, layer: str, bend: Callable[[BentTerminal], None]
) -> None:
    bend(module)
    probe = await session.probe()
    assert probe.permissions is not None
    assert [name for name in Permissions.__slots__ if not getattr(probe.permissions, name)] == [layer]
    assert probe.permissions.obstacle()
    assert not probe.trading_allowed
    assert probe.connected
    assert probe.authenticated
    assert not probe.error


async def test_a_disconnected_terminal_is_still_ours(session: Session, module: BentTerminal) -> None:
    await session.connect()
    module.terminal["connected"] = False
    probe = await session.probe()
    assert (probe.connected, probe.authenticated, probe.trading_allowed) == (False, True, False)
    assert "lost its connection" in probe.error
    assert probe.build == 5430


@pytest.mark.parametrize("account", [ANOTHER, {**OURS, "server": "Broker-Live"}, NOBODY])
async def test_another_account_is_told_and_its_ticks_teach_nothing(
    session: Session, module: BentTerminal, clock: SteppedClock, account: dict[str, object]
) -> None:
    await session.connect()
    module.account = dict(account)
    await clock.sleep(30)
    module.offset = timedelta(hours=-5)
    probe = await session.probe()
    assert (probe.connected, probe.authenticated, probe.trading_allowed) == (True, False, False)
    assert "another account" in probe.error
    assert probe.feed_age == timedelta(seconds=31)
    assert session.connection.time.offset == timedelta(hours=3)


async def test_another_installation_with_our_account_is_not_ours(
    session: Session, module: BentTerminal
) -> None:
    await session.connect()
    module.terminal["path"] = "C:\\Terminals\\Two"
    probe = await session.probe()
    assert (probe.connected, probe.authenticated, probe.trading_allowed) == (True, False, False)
    assert "Another terminal" in probe.error


async def test_a_clock_that_was_set_back_makes_no_price_younger_than_now(
    session: Session, clock: SteppedClock
) -> None:
    await session.probe()
    await clock.sleep(-30)
    assert session.feed_age() == timedelta(0)


async def test_a_terminal_that_cannot_be_reached(
    session: Session, module: BentTerminal, clock: SteppedClock
) -> None:
    module.failing["initialize"] = (-10003, "IPC initialize failed")
    for _ in range(3):
        probe = await session.probe()
        assert (probe.connected, probe.authenticated, probe.trading_allowed) == (False, False, False)
        assert (probe.permissions, probe.build, probe.round_trip_s, probe.feed_age) == (None,) * 4
        assert "could not be started" in probe.error
    probe = await session.probe()
    assert probe.breaker is State.OPEN
    assert "given a rest" in probe.error
    module.failing.clear()
    await clock.sleep(1)
    assert (await session.probe()).breaker is State.CLOSED


async def test_a_terminal_that_died_is_told_and_reached_again(session: Session, module: BentTerminal) -> None:
    await session.connect()
    module.initialized = False
    dead = await session.probe()
    assert (dead.connected, dead.authenticated, dead.build) == (False, False, None)
    assert str(NO_IPC) in dead.detail
    assert (await session.probe()).connected


async def test_a_rejected_login_is_told_without_its_password(session: Session, module: BentTerminal) -> None:
    module.password = "changed"
    for _ in range(2):
        probe = await session.probe()
        assert "does not accept this login" in probe.error
        assert "secret" not in repr(probe)
    assert module.calls.count("login") == 1


async def test_a_feed_that_stopped_grows_old(
    session: Session, module: BentTerminal, clock: SteppedClock
) -> None:
    await session.probe()
    for _ in range(2):
        await clock.sleep(60)
        module.tick_age += timedelta(seconds=60)
    assert (await session.probe()).feed_age == timedelta(seconds=121)


async def test_a_closed_session_says_so(module: BentTerminal) -> None:
    session = bent_session(module)
    probe = await session.probe()
    assert not probe.connected
    assert probe.error == TerminalGone.sentence

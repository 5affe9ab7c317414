"""Typed reads: many prices in one round trip, and how fresh what was read is."""

from datetime import timedelta

import pytest

from core.mt5.errors import ConnectionLost, NoData, TerminalGone, WrongAccount
from core.mt5.session import Session
from tests.fakes.bent_terminal import ANOTHER, BentTerminal, SteppedClock, bent_session


@pytest.fixture
def module(clock: SteppedClock) -> BentTerminal:
    module = BentTerminal(clock)
    module.symbols = {"EURUSD": {}, "GBPUSD": {}, "XAUUSD": {}}
    module.ticking = {"EURUSD", "GBPUSD"}
    return module


async def test_prices_of_many_symbols_come_in_one_round_trip(session: Session, module: BentTerminal) -> None:
    await session.connect()
    module.calls.clear()
    quotes = await session.quotes(["EURUSD", "GBPUSD", "XAUUSD", "NOSUCH"])
    assert list(quotes) == ["EURUSD", "GBPUSD"], "without a tick, and without a symbol, there is no price"
    assert quotes["GBPUSD"] == await session.quote("GBPUSD")
    assert module.calls[:2] == ["terminal_info", "account_info"]
    assert module.calls.count("terminal_info") == 2


async def test_symbols_are_put_into_market_watch_once(session: Session, module: BentTerminal) -> None:
    for _ in range(3):
        await session.quotes(["EURUSD", "GBPUSD"])
    assert module.selected == {"EURUSD", "GBPUSD"}
    module.calls.clear()
    await session.quotes(["GBPUSD", "EURUSD"])
    assert "symbol_select" not in module.calls
    module.selected.clear()
    assert await session.quotes(["EURUSD"]) == {}
    assert list(await session.quotes(["EURUSD"])) == ["EURUSD"], "a person had hidden it"


async def test_old_prices_are_left_out(session: Session, module: BentTerminal) -> None:
    await session.quotes(["EURUSD"])
    module.tick_age = timedelta(seconds=61)
    assert await session.quotes(["EURUSD"]) == {}


async def test_no_symbols_cost_an_identity_check_only(session: Session, module: BentTerminal) -> None:
    await session.connect()
    module.calls.clear()
    assert await session.quotes([]) == {}
    assert module.calls == ["terminal_info", "account_info"]


async def test_a_terminal_that_dies_is_no_symbol_without_a_price(
    session: Session, module: BentTerminal
) -> None:
    await session.quotes(["EURUSD"])
    module.failing["symbol_info_tick"] = (-10002, "IPC recv failed")
    with pytest.raises(TerminalGone):
        await session.quotes(["EURUSD"])


async def test_prices_are_not_read_at_a_foreign_or_disconnected_terminal(
    session: Session, module: BentTerminal
) -> None:
    await session.connect()
    module.terminal["connected"] = False
    with pytest.raises(ConnectionLost):
        await session.quotes(["EURUSD"])
    module.terminal["connected"] = True
    module.account = dict(ANOTHER)
    with pytest.raises(WrongAccount):
        await session.quotes(["EURUSD"])


async def test_reading_the_books_tells_the_feeds_age_in_passing(
    session: Session, module: BentTerminal, clock: SteppedClock
) -> None:
    assert session.feed_age() is None
    await session.snapshot()
    assert session.feed_age() == timedelta(seconds=1)
    await clock.sleep(30)
    module.tick_age += timedelta(seconds=30)
    await session.snapshot()
    assert session.feed_age() == timedelta(seconds=31), "the terminal answers, its prices do not move"
    module.tick_age = timedelta(seconds=2)
    await session.snapshot()
    assert session.feed_age() == timedelta(seconds=2)


async def test_a_feed_without_ticks_stops_no_reading(session: Session, module: BentTerminal) -> None:
    module.ticking.clear()
    snapshot = await session.snapshot()
    assert (snapshot.positions, snapshot.orders, session.feed_age()) == ((), (), None)
    assert (await session.positions(), await session.orders()) == ((), ())


async def test_without_a_watched_symbol_that_ticks_others_are_watched(module: BentTerminal) -> None:
    module.ticking = {"GBPUSD"}
    module.symbols["GBPUSD"] = {"time": 2}
    async with bent_session(module, watch=["NOSUCH", "EURUSD"]) as session:
        await session.account()
        assert session.feed_age() == timedelta(seconds=1)


@pytest.mark.parametrize("failing", ["positions_get", "orders_get"])
async def test_what_cannot_be_listed_does_not_pass_for_nothing(
    session: Session, module: BentTerminal, failing: str
) -> None:
    module.failing[failing] = (-1, "Terminal: Call failed")
    read = session.positions if failing == "positions_get" else session.orders
    with pytest.raises(NoData):
        await read()
    with pytest.raises(NoData):
        await session.snapshot()


@pytest.mark.parametrize(
    ("failing", "sentence"),
    [
        ("symbol_select", "The broker has no symbol EURUSD; the desk file has to name the right one."),
        ("symbol_info_tick", "The terminal has no data on EURUSD just now."),
    ],
)
async def test_what_is_wrong_with_a_symbol_is_told_by_its_name(
    session: Session, module: BentTerminal, failing: str, sentence: str
) -> None:
    module.failing[failing] = (-4, "Terminal: Not found")
    with pytest.raises(NoData) as caught:
        await session.quote("EURUSD")
    assert caught.value.for_trader == sentence

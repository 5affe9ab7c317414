"""The bench of a thousand accounts measures what it says, shown on a few; and its farm is like terminals."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from core.board import Board
from core.mt5 import contract as mt5
from core.mt5.calls import Deadlines
from core.mt5.errors import DeadlineExceeded, TerminalGone
from core.mt5.terminal import Terminal
from storage.store import SqlStore
from tests.bench import scale
from tests.bench.scale import gauges, trial
from tests.bench.scale.books import account_of, folder_of, holdings, intent_of, trade_of
from tests.bench.scale.desk import TRADER, session_of
from tests.bench.scale.gauges import Ages, Histogram, rows_written, slope
from tests.bench.scale.links import OpenFarm, open_farm

PATIENCE_S = 30.0
STRUCTS = {
    "terminal_info": (mt5.TERMINAL_INFO, ()),
    "account_info": (mt5.ACCOUNT_INFO, ()),
    "symbol_info": (mt5.SYMBOL_INFO, ("EURUSD",)),
    "symbol_info_tick": (mt5.TICK, ("EURUSD",)),
}


@pytest.fixture
async def farm() -> AsyncIterator[OpenFarm]:
    """Four accounts with four positions each."""
    async with open_farm(4, 4, 0.01) as farm:
        yield farm


async def test_it_measures_every_goal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    few = {"ACCOUNTS": 6, "POSITIONS": 3, "DELAY_S": 0.01, "CYCLE_S": 0.3, "CYCLES": 2, "FAILING": 0.34}
    for name, value in few.items():
        monkeypatch.setattr(scale, name, value)
    monkeypatch.setattr(scale, "DATABASES", ["sqlite"])
    monkeypatch.setattr(scale, "TROUBLED_CYCLES", 1)
    monkeypatch.setattr(trial, "WARM_UP_CYCLES", 0)
    monkeypatch.setattr(gauges, "LOOK_S", 0.05)
    rows = await scale.scale_rows(tmp_path / "scale")
    calm = {what: row for row in rows for name, _, what in [row.what.partition(": ")] if "SQLite" in name}
    assert calm["positions matched"].measured == 18
    assert calm["rows written per account and cycle"].reached
    assert calm["age of the last good read, p99"].measured > 0
    assert calm["the desk's share of a core"].measured > 0
    assert len([row for row in rows if row.goal]) == 8


async def test_structs_of_the_farm_have_the_fields_of_the_module(farm: OpenFarm) -> None:
    async with _terminal(farm, 2) as terminal:
        for function, (shape, arguments) in STRUCTS.items():
            struct = (await terminal.call(function, *arguments)).result
            assert [(name, type(value)) for name, value in struct.items()] == list(shape)
        for position in (await terminal.call("positions_get")).result:
            assert [(name, type(value)) for name, value in position.items()] == list(mt5.TRADE_POSITION)


async def test_prices_move_and_positions_stay(farm: OpenFarm) -> None:
    async with session_of(account_of(1, TRADER.id), farm) as session:
        first, second = await session.snapshot(), await session.snapshot()
    assert [p.identifier for p in first.positions] == [p.identifier for p in second.positions]
    assert [p.profit for p in first.positions] != [p.profit for p in second.positions]
    assert first.account.equity == first.account.balance + sum(p.profit for p in first.positions)


async def test_the_desk_expects_what_the_farm_holds(farm: OpenFarm) -> None:
    async with session_of(account_of(3, TRADER.id), farm) as session:
        held = (await session.snapshot()).positions
    expected = [trade_of(holding) for holding in holdings(3, 4)]
    assert [(t.position, t.symbol, t.side, t.volume, t.open_price, t.stop_loss, t.take_profit, t.opened_at)
            for t in expected] == [
        (p.identifier, p.symbol, p.side, p.volume, p.price_open, p.stop_loss, p.take_profit,
         p.opened_at) for p in held
    ]  # fmt: skip
    sent = [intent_of(holding) for holding in holdings(3, 4)]
    assert [(i.position, i.magic, i.comment, i.filled_volume, i.filled_price) for i in sent] == [
        (p.identifier, p.magic, p.comment, p.volume, p.price_open) for p in held
    ]
    assert [i.volume for i in sent] == [i.filled_volume for i in sent]


async def test_of_the_last_accounts_one_hangs_and_one_is_dead(farm: OpenFarm) -> None:
    async with _terminal(farm, 4) as hung, _terminal(farm, 3) as dead, _terminal(farm, 2) as well:
        farm.fail(2)
        with pytest.raises(TerminalGone):
            await _asked_until_it_fails(dead)
        with pytest.raises(DeadlineExceeded):
            await hung.call("positions_get")
        assert len((await well.call("positions_get")).result) == 4


def test_accounts_are_counted_that_were_read_in_each_cycle() -> None:
    accounts = [account_of(number, TRADER.id) for number in (1, 2)]
    ages = Ages(Board(), accounts, cycle_s=10)
    for reads in ((0, 1), (9, 11), (9, 11), (21, 11), (30, 30)):
        for account, second in zip(accounts, reads, strict=True):
            ages.board.read(account.id, _at(second), "DEMO", positions=0, matched=0)
        ages.look(_at(max(reads)))
    assert [ages.in_each(cycles) for cycles in (2, 3, 4)] == [2, 1, 1]
    assert ages.syncs() == 5
    assert ages.longest_gap_s() == 19


def test_ages_are_of_the_last_good_reading() -> None:
    account = account_of(1, TRADER.id)
    ages = Ages(Board(), [account], cycle_s=10)
    ages.board.read(account.id, _at(0), "DEMO", positions=0, matched=0)
    for second in range(1, 101):
        ages.look(_at(second))
    assert [ages.seconds.percentile(share) for share in (0.5, 0.99, 1)] == [50, 99, 100]
    assert Histogram(0.01).percentile(0.99) == 0


def test_the_slope_of_a_line() -> None:
    assert slope([5.0, 7.0, 9.0, 11.0]) == 2
    assert slope([3.0]) == slope([]) == 0


async def test_rows_that_are_written_are_counted(store: SqlStore) -> None:
    before = await rows_written(store)
    async with store.write() as tx:
        await tx.people.add(TRADER)
        await tx.people.arrived(TRADER.id, 5)
    assert await rows_written(store) - before >= 2
    after = await rows_written(store)
    async with store.read() as tx:
        await tx.people.all()
    assert await rows_written(store) == after


@asynccontextmanager
async def _terminal(farm: OpenFarm, login: int) -> AsyncIterator[Terminal]:
    """An account's, initialized."""
    async with Terminal(farm, deadlines=Deadlines(read_s=0.5)) as terminal:
        await terminal.call("initialize", folder_of(login) + "\\terminal64.exe")
        yield terminal


async def _asked_until_it_fails(terminal: Terminal) -> None:
    async with asyncio.timeout(PATIENCE_S):
        while True:
            await terminal.call("positions_get")


def _at(seconds: float) -> datetime:
    return datetime(2026, 11, 21, 10, tzinfo=UTC) + timedelta(seconds=seconds)

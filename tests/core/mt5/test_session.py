"""A session over the real worker and the paper terminal: what a trader's account goes through in a day."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from uuid import uuid4

import psutil
import pytest

from core.model.accounts import Account, TerminalKind
from core.model.clock import SystemClock
from core.model.ids import AccountId, PersonId, comment_of, magic_of, new_intent_id
from core.model.instruments import Side
from core.model.mt5 import DealEntry
from core.model.signals import OrderKind
from core.mt5 import contract as mt5
from core.mt5 import orders
from core.mt5.calls import Deadlines
from core.mt5.errors import (
    AuthenticationFailed,
    ConnectionLost,
    NoData,
    TerminalGone,
    Unavailable,
    Unknown,
    WrongAccount,
)
from core.mt5.orders import Stops, Tag
from core.mt5.pool import Pool, make_session
from core.mt5.retcodes import Outcome, verdict_of
from core.mt5.session import Evidence, Session
from core.paper import hands
from core.paper.hands import Hands
from core.paper.market.plan import MarketPlan
from core.paper.server.faults import Fault, Kind
from core.paper.server.records import Account as PaperAccount

QUICK = Deadlines(trade_s=1.0, read_s=1.0, history_s=1.0)
PLAN = MarketPlan(utc_offset_s=3 * 3600)
SYMBOL = "EURUSD"


@dataclass
class Desk:
    """A paper broker with two accounts, a terminal for each."""

    root: Path
    broker: Hands

    def folder(self, login: int) -> Path:
        return self.root / f"terminal-{login}"

    def account(self, login: int) -> Account:
        return Account(
            id=AccountId(uuid4()),
            person_id=PersonId(uuid4()),
            label=f"paper-{login}",
            kind=TerminalKind.PAPER,
            terminal_path=str(self.folder(login) / "terminal64.exe"),
            login=login,
            server="Paper-Demo",
        )

    def session(self, login: int = 1001, password: str = "", deadlines: Deadlines | None = None) -> Session:
        secret = password or f"pass-{login}"
        return make_session(self.account(login), secret, SystemClock(), deadlines=deadlines)


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    broker = Hands.on(tmp_path / "broker.sqlite", PLAN)
    for login in (1001, 1002):
        broker.open_account(
            PaperAccount(login=login, name=f"Trader {login}"), f"pass-{login}", deposit=10_000.0
        )
        hands.install_terminal(tmp_path / f"terminal-{login}", tmp_path / "broker.sqlite", login)
    yield Desk(tmp_path, broker)
    broker.close_book()


@pytest.fixture
async def session(desk: Desk) -> AsyncIterator[Session]:
    async with desk.session() as session:
        yield session


def tag() -> Tag:
    intent = new_intent_id(datetime.now(UTC))
    return Tag(magic_of(intent), comment_of(intent))


async def market_request(session: Session, mark: Tag, lots: str = "0.1") -> orders.Request:
    instrument = await session.instrument(SYMBOL)
    quote = await session.quote(SYMBOL)
    distance = instrument.pip * 50
    stops = Stops(quote.bid - distance, quote.ask + distance)
    return orders.market(instrument, Side.BUY, Decimal(lots), quote, stops, mark, deviation_points=50)


async def carrying(session: Session, mark: Tag, since: datetime) -> Evidence:
    """What of the account's books carries the magic number of `mark`."""
    found = await session.evidence(since)
    return Evidence(
        found.account,
        tuple(p for p in found.positions if p.magic == mark.magic),
        tuple(o for o in found.orders if o.magic == mark.magic),
        tuple(o for o in found.history if o.magic == mark.magic),
        tuple(d for d in found.deals if d.magic == mark.magic),
    )


async def buy(session: Session, mark: Tag) -> int:
    """The position's identifier."""
    result = await session.send(await market_request(session, mark))
    assert verdict_of(result.retcode).outcome is Outcome.DONE
    [position] = (await carrying(session, mark, datetime.now(UTC))).positions
    return position.identifier


def worker_pid(session: Session) -> int:
    hello = session.connection.terminal.hello
    assert hello is not None
    return hello.pid


async def test_a_fresh_account_is_flat_and_complete(session: Session) -> None:
    snapshot = await session.snapshot()
    assert (snapshot.account.login, snapshot.account.server) == (1001, "Paper-Demo")
    assert (snapshot.account.equity, snapshot.account.balance) == (Decimal(10_000), Decimal(10_000))
    assert (snapshot.positions, snapshot.orders) == ((), ())
    assert snapshot.account.trading_obstacle() is None
    [deposit] = await session.deals_since(datetime.now(UTC) - timedelta(minutes=5))
    assert (deposit.type, deposit.profit) == (mt5.DEAL_TYPE_BALANCE, Decimal(10_000))


async def test_a_paper_terminals_path_may_be_relative_or_a_link(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(desk.root)
    os.symlink(desk.folder(1001), "link")  # noqa: PTH211
    for path in ("terminal-1001", "link/terminal64.exe"):
        account = replace(desk.account(1001), terminal_path=path)
        async with make_session(account, "pass-1001", SystemClock()) as session:
            assert (await session.account()).login == 1001


async def test_a_real_terminal_is_served_by_the_python_that_has_its_package(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "MetaTrader5.py").write_text("from core.paper import *\n")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    account = replace(desk.account(1001), kind=TerminalKind.MT5)
    other_python = (sys.executable, "-X", "utf8")
    async with make_session(account, "pass-1001", SystemClock(), python=other_python) as session:
        assert (await session.account()).login == 1001
        hello = session.connection.terminal.hello
        assert hello is not None
        assert hello.module == "MetaTrader5"
        assert "core.mt5.worker" not in psutil.Process(hello.pid).cmdline(), "it runs the file by its path"


async def test_times_are_utc_whatever_the_brokers_clock_says(session: Session) -> None:
    quote = await session.quote(SYMBOL)
    assert session.connection.time.offset == timedelta(hours=3)
    assert abs(quote.at - datetime.now(UTC)) < timedelta(minutes=1)
    assert quote.bid < quote.ask
    bars = await session.bars(SYMBOL, mt5.TIMEFRAME_M5, 200)
    assert len(bars) == 200
    assert all(earlier.at < later.at for earlier, later in pairwise(bars))
    assert bars[-1].at <= datetime.now(UTC)


async def test_a_trade_from_order_to_deal(session: Session) -> None:
    mark = tag()
    before = datetime.now(UTC)
    request = await market_request(session, mark)
    checked = await session.check(request)
    assert (checked.retcode, checked.margin > 0) == (0, True)
    result = await session.send(request)
    assert verdict_of(result.retcode).outcome is Outcome.DONE

    evidence = await carrying(session, mark, before)
    [position], [order], [opening] = evidence.positions, evidence.history, evidence.deals
    assert position.identifier == order.position_id == opening.position_id
    assert (position.comment, position.volume, position.side) == (mark.comment, Decimal("0.1"), Side.BUY)
    assert position.price_open == opening.price == result.price
    assert abs(position.opened_at - datetime.now(UTC)) < timedelta(minutes=1)

    instrument, quote = await session.instrument(SYMBOL), await session.quote(SYMBOL)
    part = orders.close(instrument, position, quote, mark, 50, volume=Decimal("0.04"))
    assert verdict_of((await session.send(part)).retcode).outcome is Outcome.DONE
    [rest] = await session.positions()
    assert (rest.identifier, rest.volume) == (position.identifier, Decimal("0.06"))
    await session.send(orders.modify_stops(instrument, rest, Stops(None, rest.take_profit)))
    [rest] = (await session.snapshot()).positions
    assert rest.stop_loss is None
    await session.send(orders.close(instrument, rest, quote, mark, 50))
    assert (await session.snapshot()).positions == ()
    deals = [d for d in await session.deals_since(before) if d.position_id == position.identifier]
    assert [d.entry for d in deals] == [DealEntry.IN, DealEntry.OUT, DealEntry.OUT]


async def test_a_magic_number_finds_its_own_trade_only(session: Session) -> None:
    before, mark = datetime.now(UTC), tag()
    await buy(session, tag())
    identifier = await buy(session, mark)
    found = await carrying(session, mark, before)
    assert [position.identifier for position in found.positions] == [identifier]
    assert [order.position_id for order in found.history] == [identifier]
    assert [deal.position_id for deal in found.deals] == [identifier]
    nothing = await carrying(session, tag(), before)
    assert (nothing.positions, nothing.orders, nothing.history, nothing.deals) == ((), (), (), ())


async def test_a_pending_order_is_placed_moved_and_cancelled(session: Session) -> None:
    instrument, quote = await session.instrument(SYMBOL), await session.quote(SYMBOL)
    price = quote.bid - instrument.pip * 100
    request = orders.pending(instrument, OrderKind.LIMIT, Side.BUY, Decimal("0.1"), price, Stops(), tag())
    assert verdict_of((await session.send(request)).retcode, request["action"]).outcome is Outcome.DONE
    [order] = await session.orders()
    assert order.price_open == instrument.round_price(price)
    moved = orders.modify_pending(instrument, order, price - instrument.pip, Stops())
    assert verdict_of((await session.send(moved)).retcode, moved["action"]).outcome is Outcome.DONE
    [order] = (await session.snapshot()).orders
    assert order.price_open == instrument.round_price(price - instrument.pip)
    await session.send(orders.cancel(order))
    assert (await session.snapshot()).orders == ()


async def test_a_wrong_password_is_told_and_not_tried_again(desk: Desk) -> None:
    async with desk.session(password="guess") as session:
        for _ in range(4):
            with pytest.raises(AuthenticationFailed) as raised:
                await session.snapshot()
        assert "guess" not in f"{raised.value!r} {raised.value}"
        assert session.connection.terminal.starts == 1


async def test_an_account_switched_by_hand_is_noticed_and_left_alone(desk: Desk, session: Session) -> None:
    request = await market_request(session, tag())
    hands.switch_account(desk.folder(1001), 1002)
    for call in (session.snapshot, session.account, lambda: session.send(request)):
        with pytest.raises(WrongAccount):
            await call()
    async with desk.session(1002) as other:
        assert (await other.snapshot()).positions == ()
    os.kill(worker_pid(session), signal.SIGKILL)
    for error in (TerminalGone, WrongAccount, WrongAccount):
        with pytest.raises(error):
            await session.snapshot()
    hands.switch_account(desk.folder(1001), 1001)
    assert (await session.snapshot()).positions == ()


async def test_without_a_network_nothing_passes_for_fresh(desk: Desk, session: Session) -> None:
    request = await market_request(session, tag())
    hands.plug(desk.folder(1001), connected=False)
    for call in (
        session.snapshot,
        session.account,
        lambda: session.quote(SYMBOL),
        lambda: session.send(request),
    ):
        with pytest.raises(ConnectionLost):
            await call()
    hands.plug(desk.folder(1001), connected=True)
    assert (await session.snapshot()).positions == ()


async def test_an_unknown_symbol_has_no_data(session: Session) -> None:
    for call in (session.quote, session.instrument, lambda symbol: session.bars(symbol, 1, 10)):
        with pytest.raises(NoData):
            await call("NOSUCH")


async def test_a_killed_worker_costs_one_read_and_finds_its_positions_again(session: Session) -> None:
    identifier = await buy(session, tag())
    os.kill(worker_pid(session), signal.SIGKILL)
    with pytest.raises(TerminalGone):
        await session.snapshot()
    [position] = (await session.snapshot()).positions
    assert position.identifier == identifier


@pytest.mark.parametrize(
    ("kind", "positions"), [(Kind.HANG_BEFORE, 0), (Kind.HANG_EXECUTED, 1), (Kind.REPLY_LOST, 1)]
)
async def test_an_order_that_hangs_is_unknown_and_the_books_tell(
    desk: Desk, kind: Kind, positions: int
) -> None:
    async with desk.session(deadlines=QUICK) as session:
        mark = tag()
        request = await market_request(session, mark)
        desk.broker.misfortune(Fault(kind))
        with pytest.raises(Unknown):
            await session.send(request)
        evidence = await carrying(session, mark, datetime.now(UTC) - timedelta(minutes=1))
        assert len(evidence.positions) == positions


async def test_a_hang_after_the_reply_costs_the_next_read_only(desk: Desk) -> None:
    async with desk.session(deadlines=QUICK) as session:
        desk.broker.misfortune(Fault(Kind.HANG_REPLIED))
        result = await session.send(await market_request(session, tag()))
        assert result.retcode == mt5.TRADE_RETCODE_DONE
        with pytest.raises(Unavailable):
            await session.snapshot()
        assert len((await session.snapshot()).positions) == 1


async def test_two_accounts_of_a_pool_do_not_wait_for_each_other(desk: Desk) -> None:
    accounts = {account.id: account for account in (desk.account(1001), desk.account(1002))}

    async def open_session(account: AccountId) -> Session:
        login = accounts[account].login
        return make_session(accounts[account], f"pass-{login}", SystemClock())

    async with Pool(open_session) as pool:
        one, two = [await pool.session(account) for account in accounts]
        await asyncio.gather(one.connect(), two.connect())
        desk.broker.misfortune(Fault(Kind.HANG_BEFORE, call="positions_get", login=1001))
        stuck = asyncio.create_task(one.snapshot())
        for _ in range(5):
            assert (await two.snapshot()).account.login == 1002
        assert not stuck.done()
    with pytest.raises(Unavailable):
        await stuck


async def test_everything_closed_leaves_no_worker(desk: Desk) -> None:
    async with desk.session() as session:
        await session.snapshot()
        pid = worker_pid(session)
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)

"""What a broker, a terminal and a network can do to one order, and what the desk makes of it."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field, replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from core.model.approvals import Approval
from core.model.instruments import Side
from core.model.mt5 import MT5Position
from core.model.signals import OrderKind
from core.model.trades import IntentState, TradeState
from core.mt5 import contract as mt5
from core.mt5.calls import Deadlines
from core.mt5.errors import NoData, Unavailable
from core.paper import hands
from core.paper.server.faults import ANY, Fault, Kind
from core.paper.server.requests import Request
from core.ports import Store
from core.reconciliation.sync import Reconciler
from core.trading.account_loop import drain
from core.trading.closing import close_all
from core.trading.execution import execute_next
from core.trading.resolution import Quarantine
from tests.fakes.desk import PaperDesk, late, open_paper_desk
from tests.fakes.links import InProcess

SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
QUARANTINE = Quarantine()
IMPATIENT = Deadlines(trade_s=0.5, read_s=5.0, history_s=5.0)
FILLED, REFUSED, UNKNOWN, EXPIRED = (
    IntentState.FILLED, IntentState.REFUSED, IntentState.UNKNOWN, IntentState.EXPIRED,
)  # fmt: skip
PARTIAL, NEW = IntentState.PARTIAL, IntentState.NEW


async def look(paper: PaperDesk) -> bool:
    """What the account's loop does each time it wakes."""
    return await drain(paper.desk, paper.trader.account, QUARANTINE)


async def outlive(paper: PaperDesk) -> None:
    """Let the quarantine pass, with a look each ten seconds."""
    for _ in range(15):
        paper.pass_time(10)
        await look(paper)


async def positions(paper: PaperDesk) -> Sequence[MT5Position]:
    return (await (await paper.session()).snapshot()).positions


async def told(paper: PaperDesk) -> list[str]:
    return [notice.subject for notice in await paper.alerts()]


async def order(paper: PaperDesk, fault: Fault | None = None, instrument: str = "EURUSD") -> Approval:
    """Approve a signal, and meet the fault while it is sent."""
    card = await paper.card(instrument=instrument)
    await paper.tap(card)
    if fault is not None:
        paper.broker.misfortune(fault)
    await look(paper)
    return card


@dataclass(frozen=True, slots=True)
class Case:
    """A fault of an opening: how it stands at once and in the end, how many positions there are."""

    fault: Fault
    at_once: IntentState
    in_the_end: IntentState
    positions: int
    alerts: tuple[str, ...] = ()


LOST = ("intent_unknown", "intent_confirmed")
GIVEN_UP = ("intent_unknown", "intent_expired")
NO = ("intent_refused",)
OPENINGS = {
    "reject": Case(Fault(Kind.REJECT), REFUSED, REFUSED, 0, NO),
    "no money": Case(Fault(Kind.REJECT, retcode=mt5.TRADE_RETCODE_NO_MONEY), REFUSED, REFUSED, 0, NO),
    "market closed": Case(
        Fault(Kind.REJECT, retcode=mt5.TRADE_RETCODE_MARKET_CLOSED), REFUSED, REFUSED, 0, NO
    ),
    "invalid stops": Case(
        Fault(Kind.REJECT, retcode=mt5.TRADE_RETCODE_INVALID_STOPS), REFUSED, REFUSED, 0, NO
    ),
    "requote": Case(Fault(Kind.REJECT, retcode=mt5.TRADE_RETCODE_REQUOTE), FILLED, FILLED, 1),
    "price changed 3 times": Case(
        Fault(Kind.REJECT, retcode=mt5.TRADE_RETCODE_PRICE_CHANGED, count=3), FILLED, FILLED, 1
    ),
    "requotes without end": Case(
        Fault(Kind.REJECT, retcode=mt5.TRADE_RETCODE_REQUOTE, count=4), REFUSED, REFUSED, 0, NO
    ),
    "other filling": Case(Fault(Kind.REJECT, retcode=mt5.TRADE_RETCODE_INVALID_FILL), FILLED, FILLED, 1),
    "no prices at the broker": Case(
        Fault(Kind.REJECT, retcode=mt5.TRADE_RETCODE_PRICE_OFF, count=4), NEW, FILLED, 1
    ),
    "too many requests": Case(
        Fault(Kind.REJECT, retcode=mt5.TRADE_RETCODE_TOO_MANY_REQUESTS, count=2), NEW, FILLED, 1
    ),
    "the button is off": Case(
        Fault(Kind.REJECT, retcode=mt5.TRADE_RETCODE_CLIENT_DISABLES_AT), NEW, FILLED, 1
    ),
    "the check fails": Case(Fault(Kind.FAIL, call="order_check", code=mt5.RES_E_FAIL), NEW, FILLED, 1),
    "the link fails at the check": Case(
        Fault(Kind.FAIL, call="order_check", code=mt5.RES_E_INTERNAL_FAIL_SEND), NEW, FILLED, 1
    ),
    "order changed": Case(Fault(Kind.REJECT, retcode=mt5.TRADE_RETCODE_ORDER_CHANGED), FILLED, FILLED, 1),
    "frozen without end": Case(
        Fault(Kind.REJECT, retcode=mt5.TRADE_RETCODE_FROZEN, count=4), REFUSED, REFUSED, 0, NO
    ),
    "no such filling": Case(
        Fault(Kind.REJECT, retcode=mt5.TRADE_RETCODE_INVALID_FILL, count=2), REFUSED, REFUSED, 0, NO
    ),
    "processing error": Case(
        Fault(Kind.REJECT, retcode=mt5.TRADE_RETCODE_ERROR), UNKNOWN, EXPIRED, 0, GIVEN_UP
    ),
    "time-out, not executed": Case(
        Fault(Kind.REJECT, retcode=mt5.TRADE_RETCODE_TIMEOUT), UNKNOWN, EXPIRED, 0, GIVEN_UP
    ),
    "accepted, never filled": Case(
        Fault(Kind.REJECT, retcode=mt5.TRADE_RETCODE_PLACED), UNKNOWN, EXPIRED, 0, GIVEN_UP
    ),
    "an answer nobody knows": Case(Fault(Kind.REJECT, retcode=19_999), UNKNOWN, EXPIRED, 0, GIVEN_UP),
    "slippage": Case(Fault(Kind.SLIPPAGE, points=80), FILLED, FILLED, 1),
    "reply lost": Case(Fault(Kind.REPLY_LOST), FILLED, FILLED, 1, LOST),
    "never left": Case(Fault(Kind.FAIL, code=mt5.RES_E_INTERNAL_FAIL_SEND), UNKNOWN, EXPIRED, 0, GIVEN_UP),
    "late by 3 s": Case(late(3), UNKNOWN, FILLED, 1, LOST),
    "late by 100 s": Case(late(100), UNKNOWN, FILLED, 1, LOST),
    "no terminal": Case(Fault(Kind.FAIL, code=mt5.RES_E_INTERNAL_FAIL_CONNECT), NEW, FILLED, 1),
    "programs forbidden": Case(
        Fault(Kind.FAIL, code=mt5.RES_E_AUTO_TRADING_DISABLED), REFUSED, REFUSED, 0, NO
    ),
    "hangs before": Case(Fault(Kind.HANG_BEFORE), UNKNOWN, EXPIRED, 0, GIVEN_UP),
    "hangs after execution": Case(Fault(Kind.HANG_EXECUTED), FILLED, FILLED, 1, LOST),
    "hangs after the reply": Case(Fault(Kind.HANG_REPLIED), FILLED, FILLED, 1),
}


def meeting(fault: Fault, store: Store, folder: Path) -> AbstractAsyncContextManager[PaperDesk]:
    """A desk for the fault: what hangs needs a worker that can be killed, the rest is quicker without."""
    if "HANG" in fault.kind.name:
        return open_paper_desk(store, folder, deadlines=Deadlines(trade_s=0.3, read_s=0.5, history_s=0.5))
    terminal = InProcess()
    return open_paper_desk(store, folder, open_terminal=lambda _: terminal)


@SQLITE
@pytest.mark.parametrize("case", OPENINGS.values(), ids=OPENINGS.keys())
async def test_an_opening_that_meets_a_fault(store: Store, tmp_path: Path, case: Case) -> None:
    async with meeting(case.fault, store, tmp_path) as paper:
        card = await order(paper, case.fault)
        if case.at_once is FILLED:
            await look(paper)
        assert (await paper.intent(card)).state is case.at_once
        for _ in range(2 if case.in_the_end is FILLED else 0):
            paper.pass_time(5)
            await look(paper)
        await outlive(paper)

        intent = await paper.intent(card)
        held = await positions(paper)
        assert intent.state is case.in_the_end
        assert len(held) == case.positions
        assert [trade.position for trade in await paper.trades()] == [p.identifier for p in held]
        assert sorted(await told(paper)) == sorted(case.alerts)
        assert not await look(paper), "nothing is left to do"
        await order(paper)
        assert len(await positions(paper)) == case.positions + 1, "the next order goes its way"


@SQLITE
async def test_a_part_that_was_filled_is_the_trade(paper_desk: PaperDesk) -> None:
    card = await order(paper_desk, Fault(Kind.PARTIAL, share=0.5), "BTCUSD")
    intent = await paper_desk.intent(card)
    [position] = await positions(paper_desk)
    [trade] = await paper_desk.trades()
    assert intent.state is PARTIAL
    assert Decimal(0) < position.volume < intent.volume
    assert trade.volume == position.volume == intent.filled_volume


@SQLITE
async def test_an_order_without_a_link_waits_and_expires(paper_desk: PaperDesk) -> None:
    card = await paper_desk.card()
    await paper_desk.tap(card)
    hands.plug(paper_desk.trader.folder, connected=False)
    assert await look(paper_desk)
    assert (await paper_desk.intent(card)).state is NEW
    paper_desk.pass_time(31)
    await look(paper_desk)
    expired = await paper_desk.intent(card)
    assert expired.state is EXPIRED
    assert "lost its connection to the broker" in expired.detail
    assert await told(paper_desk) == ["intent_expired"]
    hands.plug(paper_desk.trader.folder, connected=True)
    paper_desk.pass_time(5)
    await look(paper_desk)
    assert not await positions(paper_desk)


@SQLITE
async def test_an_order_goes_to_its_own_account_or_nowhere(store: Store, tmp_path: Path) -> None:
    async with open_paper_desk(store, tmp_path, accounts=2) as paper:
        card = await paper.card()
        await paper.tap(card)
        hands.switch_account(paper.trader.folder, paper.traders[1].account.login)
        assert await look(paper)
        assert (await paper.intent(card)).state is NEW
        paper.pass_time(31)
        await look(paper)
        assert (await paper.intent(card)).state is EXPIRED
        for trader in paper.traders:
            assert not paper.broker.broker.view(trader.account.login).ledger.positions


@SQLITE
async def test_an_unknown_outcome_is_not_concluded_from_another_account(store: Store, tmp_path: Path) -> None:
    async with open_paper_desk(store, tmp_path, accounts=2) as paper:
        card = await paper.card()
        await paper.tap(card)
        paper.broker.misfortune(Fault(Kind.REJECT, retcode=mt5.TRADE_RETCODE_TIMEOUT))
        assert await execute_next(paper.desk, paper.trader.account)
        hands.switch_account(paper.trader.folder, paper.traders[1].account.login)
        await outlive(paper)
        assert (await paper.intent(card)).state is UNKNOWN
        hands.switch_account(paper.trader.folder, paper.trader.account.login)
        for _ in range(2):
            paper.pass_time(60)
            await look(paper)
        assert (await paper.intent(card)).state is EXPIRED


@SQLITE
async def test_a_worker_killed_while_it_sends(store: Store, tmp_path: Path) -> None:
    async with open_paper_desk(store, tmp_path) as paper:
        card = await paper.card()
        await paper.tap(card)
        paper.broker.misfortune(Fault(Kind.HANG_EXECUTED))
        sending = asyncio.create_task(look(paper))
        held = paper.broker.broker
        async with asyncio.timeout(10):
            while not held.view(paper.trader.account.login).ledger.positions:  # noqa: ASYNC110
                await asyncio.sleep(0.01)
        hello = (await paper.session()).connection.terminal.hello
        assert hello is not None
        os.kill(hello.pid, signal.SIGKILL)
        await sending
        await outlive(paper)
        assert (await paper.intent(card)).state is FILLED
        assert len(await positions(paper)) == 1


@SQLITE
async def test_filled_is_filled_though_it_cannot_be_read_back(paper_desk: PaperDesk) -> None:
    """The broker's "done" stands, whatever the reading after it runs into."""
    await paper_desk.session()
    for code in (mt5.RES_E_FAIL, mt5.RES_E_AUTH_FAILED, mt5.RES_E_INVALID_PARAMS, mt5.RES_E_INTERNAL_FAIL):
        fault = Fault(Kind.FAIL, call="positions_get", code=code)
        card = await paper_desk.card()
        await paper_desk.tap(card)
        paper_desk.broker.misfortune(fault)
        await execute_next(paper_desk.desk, paper_desk.trader.account)
        intent = await paper_desk.intent(card)
        assert intent.state is FILLED
        assert intent.position in {p.identifier for p in await positions(paper_desk)}
    assert len(await paper_desk.trades()) == 4


@SQLITE
async def test_not_found_needs_the_quarantine_and_two_reads(paper_desk: PaperDesk) -> None:
    card = await order(paper_desk, Fault(Kind.FAIL, code=mt5.RES_E_INTERNAL_FAIL_SEND))
    paper_desk.pass_time(119)
    for _ in range(5):
        await look(paper_desk)
    assert (await paper_desk.intent(card)).clean_misses == 0
    paper_desk.pass_time(1)
    await look(paper_desk)
    intent = await paper_desk.intent(card)
    assert (intent.state, intent.clean_misses) == (UNKNOWN, 1)
    paper_desk.broker.misfortune(Fault(Kind.FAIL, call="history_deals_get", code=mt5.RES_E_FAIL))
    await look(paper_desk)
    assert (await paper_desk.intent(card)).state is UNKNOWN, "a failed reading is no reading"
    await look(paper_desk)
    assert (await paper_desk.intent(card)).state is EXPIRED


@SQLITE
async def test_executed_after_it_was_given_up_is_adopted_and_told(paper_desk: PaperDesk) -> None:
    card = await order(paper_desk, late(400))
    await outlive(paper_desk)
    assert (await paper_desk.intent(card)).state is EXPIRED
    paper_desk.pass_time(300)
    for _ in range(3):
        await Reconciler(paper_desk.desk, paper_desk.trader.account).sync()
    [position] = await positions(paper_desk)
    [trade] = await paper_desk.trades()
    assert trade.position == position.identifier
    assert trade.intent_id == (await paper_desk.intent(card)).id
    assert (await told(paper_desk)).count("order_late") == 1


@SQLITE
async def test_an_order_that_the_terminal_could_not_take_in_time_is_never_sent(
    store: Store, tmp_path: Path
) -> None:
    """Connecting may take minutes; then the claim was in time and the order would not be."""

    async def slow_start(function: str) -> None:
        if function == "symbol_info" and paper.clock.monotonic() < 40:
            paper.pass_time(40)

    terminal = InProcess()
    async with open_paper_desk(store, tmp_path, open_terminal=lambda _: terminal) as paper:
        card = await paper.card()
        await paper.tap(card)
        terminal.after = slow_start
        await look(paper)
        await look(paper)
        assert (await paper.intent(card)).state is EXPIRED
        assert not await positions(paper)


@SQLITE
async def test_a_price_that_ran_away_between_tap_and_order_is_refused(paper_desk: PaperDesk) -> None:
    card = await paper_desk.card()
    await paper_desk.tap(card)
    paper_desk.move("EURUSD", 0.2)
    await look(paper_desk)
    intent = await paper_desk.intent(card)
    assert intent.state is REFUSED
    assert "moved since you approved" in intent.detail
    assert not await positions(paper_desk)


# Closing


CLOSINGS = {
    "reject": (Fault(Kind.REJECT), REFUSED, 1),
    "requote": (Fault(Kind.REJECT, retcode=mt5.TRADE_RETCODE_REQUOTE), FILLED, 0),
    "requotes without end": (Fault(Kind.REJECT, retcode=mt5.TRADE_RETCODE_REQUOTE, count=4), REFUSED, 1),
    "slippage": (Fault(Kind.SLIPPAGE, points=80), FILLED, 0),
    "reply lost": (Fault(Kind.REPLY_LOST), FILLED, 0),
    "never left": (Fault(Kind.FAIL, code=mt5.RES_E_INTERNAL_FAIL_SEND), FILLED, 0),
    "late by 3 s": (late(3), FILLED, 0),
    "no terminal": (Fault(Kind.FAIL, code=mt5.RES_E_INTERNAL_FAIL_CONNECT), FILLED, 0),
    "hangs before": (Fault(Kind.HANG_BEFORE), FILLED, 0),
    "hangs after execution": (Fault(Kind.HANG_EXECUTED), FILLED, 0),
    "hangs after the reply": (Fault(Kind.HANG_REPLIED), FILLED, 0),
    "other filling": (Fault(Kind.REJECT, retcode=mt5.TRADE_RETCODE_INVALID_FILL), FILLED, 0),
    "changed meanwhile": (Fault(Kind.REJECT, retcode=mt5.TRADE_RETCODE_INVALID_CLOSE_VOLUME), FILLED, 0),
    "changes without end": (Fault(Kind.REJECT, retcode=mt5.TRADE_RETCODE_ORDER_CHANGED, count=2), REFUSED, 1),
    "too many requests": (Fault(Kind.REJECT, retcode=mt5.TRADE_RETCODE_TOO_MANY_REQUESTS), FILLED, 0),
    "frozen": (Fault(Kind.REJECT, retcode=mt5.TRADE_RETCODE_FROZEN, count=4), REFUSED, 1),
    "market closed": (Fault(Kind.REJECT, retcode=mt5.TRADE_RETCODE_MARKET_CLOSED), REFUSED, 1),
}


@SQLITE
@pytest.mark.parametrize(("fault", "state", "left"), CLOSINGS.values(), ids=CLOSINGS.keys())
async def test_a_close_that_meets_a_fault(
    store: Store, tmp_path: Path, fault: Fault, state: IntentState, left: int
) -> None:
    async with meeting(fault, store, tmp_path) as paper:
        await order(paper)
        assert await close_all(paper.desk, paper.trader.person) == 1
        async with paper.store.read() as tx:
            [close] = await tx.intents.waiting(paper.trader.account.id)
        paper.broker.misfortune(fault)
        for _ in range(12):
            await look(paper)
            paper.pass_time(1)

        if fault.kind is Kind.HANG_REPLIED:
            with pytest.raises(Unavailable):
                await positions(paper)
        async with paper.store.read() as tx:
            settled = await tx.intents.get(close.id)
            assert not await tx.intents.waiting(paper.trader.account.id)
        assert settled is not None
        assert settled.state is state
        assert len(await positions(paper)) == left
        assert bool(left) == bool({"intent_refused", "intent_expired"} & set(await told(paper)))
        await close_all(paper.desk, paper.trader.person)
        await look(paper)
        assert not await positions(paper), "asked again, it is closed"
        await Reconciler(paper.desk, paper.trader.account).sync()
        assert [trade.state for trade in await paper.trades()] == [TradeState.CLOSED]


@SQLITE
async def test_a_close_in_part_goes_on_until_all_is_closed(paper_desk: PaperDesk) -> None:
    await order(paper_desk, instrument="BTCUSD")
    await close_all(paper_desk.desk, paper_desk.trader.person)
    paper_desk.broker.misfortune(Fault(Kind.PARTIAL, share=0.5, count=2))
    await look(paper_desk)
    assert not await positions(paper_desk)


@SQLITE
async def test_everything_is_closed_the_pending_orders_too(paper_desk: PaperDesk) -> None:
    await order(paper_desk)
    await order(paper_desk, instrument="XAUUSD")
    ask = Decimal(str(paper_desk.quote().ask))
    pending = await paper_desk.card(kind=OrderKind.LIMIT, entry=ask - Decimal("0.01"))
    await paper_desk.tap(pending)
    await look(paper_desk)
    assert await close_all(paper_desk.desk, paper_desk.trader.person) == 3
    assert await close_all(paper_desk.desk, paper_desk.trader.person) == 0, "it is on its way already"
    await look(paper_desk)
    snapshot = await (await paper_desk.session()).snapshot()
    assert (snapshot.positions, snapshot.orders) == ((), ())
    assert (await paper_desk.intent(pending)).state is EXPIRED


@SQLITE
async def test_a_close_in_doubt_is_asked_for_again_while_the_history_cannot_be_read(
    paper_desk: PaperDesk,
) -> None:
    await order(paper_desk)
    paper_desk.broker.misfortune(Fault(Kind.FAIL))
    unread = Fault(Kind.FAIL, call="history_orders_get", count=1_000, code=mt5.RES_E_FAIL)
    paper_desk.broker.misfortune(unread)
    asked = []
    for _ in range(12):
        asked.append(await close_all(paper_desk.desk, paper_desk.trader.person))
        await look(paper_desk)
        paper_desk.pass_time(1)
    assert asked == [1] + [0] * 9 + [1, 0], "as long as the books may tell of the first one, it is waited for"
    assert not await positions(paper_desk)


@dataclass(slots=True)
class PriceFeed:
    """A terminal in this process that shows no price of EURUSD while `silent`."""

    silent: bool = False
    terminal: InProcess = field(default_factory=InProcess)

    def __post_init__(self) -> None:
        self.terminal.change = self._tick

    def _tick(self, function: str, result: Any) -> Any:
        is_euro = function == "symbol_info_tick" and result is not None and result["bid"] < 10
        return {**result, "bid": 0.0, "ask": 0.0} if is_euro and self.silent else result


@pytest.fixture
async def feed() -> PriceFeed:
    return PriceFeed()


@pytest.fixture
async def fed(store: Store, tmp_path: Path, feed: PriceFeed) -> AsyncIterator[PaperDesk]:
    async with open_paper_desk(store, tmp_path, open_terminal=lambda _: feed.terminal) as paper:
        yield paper


@SQLITE
async def test_a_symbol_without_prices_does_not_keep_the_others_open(fed: PaperDesk, feed: PriceFeed) -> None:
    await order(fed)
    await order(fed, instrument="BTCUSD")
    fed.move("EURUSD", -0.3)  # the worst goes first
    await close_all(fed.desk, fed.trader.person)
    feed.silent = True
    assert await look(fed), "it is looked at again soon"
    assert [position.symbol for position in await positions(fed)] == ["EURUSD"]
    feed.silent = False
    fed.pass_time(1)
    await look(fed)
    assert not await positions(fed), "it has rested, and is tried again"
    assert not await told(fed)


@SQLITE
@pytest.mark.parametrize("code", [-77, mt5.RES_E_INTERNAL_FAIL_TIMEOUT])
async def test_a_symbol_that_cannot_be_read_does_not_keep_the_others_open(
    paper_desk: PaperDesk, code: int
) -> None:
    for instrument in ("EURUSD", "EURUSD", "BTCUSD"):
        await order(paper_desk, instrument=instrument)
    paper_desk.move("EURUSD", -0.3)  # the worst goes first
    paper_desk.broker.misfortune(
        Fault(Kind.FAIL, call="symbol_info", symbol="EURUSD", count=1_000, code=code)
    )
    await close_all(paper_desk.desk, paper_desk.trader.person)
    for _ in range(30):
        await look(paper_desk)
        paper_desk.pass_time(1)
    assert [position.symbol for position in await positions(paper_desk)] == ["EURUSD"] * 2


@SQLITE
async def test_a_close_without_prices_is_given_up_when_its_time_is_over(
    fed: PaperDesk, feed: PriceFeed
) -> None:
    await order(fed)
    await close_all(fed.desk, fed.trader.person)
    feed.silent = True
    for _ in range(62):
        await look(fed)
        fed.pass_time(1)
    assert await told(fed) == ["intent_expired"]
    assert len(await positions(fed)) == 1


@SQLITE
async def test_a_position_is_closed_though_its_prices_stand_still(paper_desk: PaperDesk) -> None:
    await order(paper_desk)
    paper_desk.broker.misfortune(Fault(Kind.FROZEN, call=ANY, symbol="EURUSD"))
    paper_desk.pass_time(90)
    with pytest.raises(NoData):
        await (await paper_desk.session()).quote("EURUSD")
    await close_all(paper_desk.desk, paper_desk.trader.person)
    await look(paper_desk)
    assert not await positions(paper_desk)


@SQLITE
async def test_an_opening_that_waits_for_a_price_lets_the_others_pass(
    fed: PaperDesk, feed: PriceFeed
) -> None:
    waits, goes = await fed.card(), await fed.card(instrument="BTCUSD")
    for card in (waits, goes):
        await fed.tap(card)
    feed.silent = True
    assert await look(fed), "it is looked at again soon"
    assert (await fed.intent(waits)).state is NEW
    assert (await fed.intent(goes)).state is FILLED
    for _ in range(31):
        fed.pass_time(1)
        await look(fed)
    intent = await fed.intent(waits)
    assert intent.state is EXPIRED
    assert intent.detail.endswith("There is no current price of EURUSD; its market may be closed.")


@SQLITE
async def test_an_opening_goes_when_there_is_a_price_again(fed: PaperDesk, feed: PriceFeed) -> None:
    card = await fed.card()
    await fed.tap(card)
    feed.silent = True
    await look(fed)
    feed.silent = False
    assert await look(fed), "not before it has rested"
    assert (await fed.intent(card)).state is NEW
    fed.pass_time(1)
    await look(fed)
    assert (await fed.intent(card)).state is FILLED


@SQLITE
async def test_an_account_that_cannot_be_read_does_not_keep_the_others_open(
    store: Store, tmp_path: Path
) -> None:
    async with open_paper_desk(store, tmp_path, accounts=2) as paper:
        first, second = paper.traders
        both = replace(second.account, person_id=first.person.id)
        async with store.write() as tx:
            await tx.accounts.put(both, f"pass-{both.login}")
        await order(paper)
        hands.plug(second.folder, connected=False)
        with pytest.raises(Unavailable) as caught:
            await close_all(paper.desk, first.person)
        assert both.label in caught.value.for_trader
        await look(paper)
        assert not await positions(paper)


@SQLITE
async def test_a_pending_order_cancelled_by_hand_ends_its_intent(paper_desk: PaperDesk) -> None:
    bid = Decimal(str(paper_desk.quote().bid))
    card = await paper_desk.card(kind=OrderKind.LIMIT, side=Side.SELL, entry=bid + Decimal("0.01"))
    await paper_desk.tap(card)
    await look(paper_desk)
    ticket = (await paper_desk.intent(card)).position
    assert ticket is not None
    request = Request(action=mt5.TRADE_ACTION_REMOVE, order=ticket)
    paper_desk.broker.trade(paper_desk.trader.account.login, request)
    paper_desk.pass_time(5)
    await look(paper_desk)
    intent = await paper_desk.intent(card)
    assert intent.state is EXPIRED
    assert "cancelled" in intent.detail

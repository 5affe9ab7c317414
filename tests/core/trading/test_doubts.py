"""Answers and books not to be believed too much: nothing is done twice, nothing told that is not so."""

from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any

import pytest

import core.paper
from core.model.accounts import RiskPolicy
from core.model.errors import Refused
from core.model.instruments import Side
from core.model.risk import LockKind, Place
from core.model.trades import CloseReason, Intent, IntentKind, IntentState, TradeState
from core.mt5 import contract as mt5
from core.mt5.errors import NoData
from core.mt5.orders import Stops
from core.paper.server.faults import Fault, Kind
from core.ports import Store
from core.reconciliation.sync import Reconciler
from core.risk.locks import pause
from core.trading.changing import PendingChange, change_pending, close_by, close_position, modify_stops
from core.trading.execution import execute_next
from tests.core.trading.acting import (
    PIP,
    account,
    look,
    opened,
    orders,
    part_closed,
    placed,
    positions,
    settled,
    stored,
)
from tests.core.trading.lying import Liar
from tests.fakes.desk import PaperDesk, late, open_paper_desk
from tests.fakes.interrupted import Interrupted
from tests.fakes.links import InProcess

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

D = Decimal
FILLED, EXPIRED, UNKNOWN, REFUSED = (
    IntentState.FILLED,
    IntentState.EXPIRED,
    IntentState.UNKNOWN,
    IntentState.REFUSED,
)
LARGE = RiskPolicy(fixed_lots=D(40), max_lots=D(500), max_open_risk_percent=D(1000), allow_no_stop=True)


@pytest.fixture
def liar() -> Liar:
    return Liar()


@pytest.fixture
def policy() -> RiskPolicy:
    return RiskPolicy()


@pytest.fixture
async def paper(store: Store, tmp_path: Path, liar: Liar, policy: RiskPolicy) -> AsyncIterator[PaperDesk]:
    terminal = InProcess(change=liar)
    async with open_paper_desk(store, tmp_path, policy=policy, open_terminal=lambda _: terminal) as made:
        yield made


def net(paper: PaperDesk) -> None:
    paper.broker.change_account(
        paper.trader.account.login, margin_mode=mt5.ACCOUNT_MARGIN_MODE_RETAIL_NETTING
    )


# A part is closed once


async def test_half_a_position_is_closed_once_though_its_deal_bears_no_mark(
    paper: PaperDesk, liar: Liar
) -> None:
    """What is left is as much as was asked for: to the desk that could be a close that never happened."""
    position = await opened(paper)
    liar.strips = True
    wish = await part_closed(paper, position, "0.08")
    done = await settled(paper, wish, Fault(Kind.REPLY_LOST))
    assert (done.state, done.filled_volume) == (FILLED, D("0.08"))
    [rest] = await positions(paper)
    assert rest.volume == D("0.08")


@pytest.mark.parametrize("after_s", [8, 40])
async def test_a_part_that_is_closed_late_is_closed_once(paper: PaperDesk, after_s: int) -> None:
    """Until then the books show it undone, and asked for again it would be closed twice."""
    position = await opened(paper)
    wish = await part_closed(paper, position, "0.04")
    done = await settled(paper, wish, late(after_s), looks=60)
    [rest] = await positions(paper)
    assert (done.state, rest.volume) == (FILLED, position.volume - D("0.04"))


async def test_half_a_position_is_not_closed_again_when_somebody_closed_the_other_half(
    paper: PaperDesk,
) -> None:
    position = await opened(paper)
    wish = await part_closed(paper, position, "0.08")
    paper.broker.misfortune(Fault(Kind.FAIL, code=mt5.RES_E_INTERNAL_FAIL_SEND))
    await look(paper)
    paper.broker.close_position(paper.trader.account.login, position.ticket, 0.08)
    assert (await settled(paper, wish)).state is UNKNOWN
    [rest] = await positions(paper)
    assert rest.volume == D("0.08")


@pytest.mark.parametrize("policy", [LARGE])
async def test_the_rest_of_a_part_that_an_exchange_works_on_is_not_asked_for_again(paper: PaperDesk) -> None:
    paper.broker.deposit(paper.trader.account.login, 10_000_000)
    card = await paper.card(instrument="USOIL", no_stop=True)
    await paper.tap(card)
    for _ in range(8):
        await look(paper)
        paper.pass_time(1)
    opening = await paper.intent(card)
    assert (opening.state, opening.filled_volume) == (FILLED, D(40))
    [trade] = await paper.trades()
    [position] = await positions(paper)
    assert trade.volume == position.volume == D(40)

    wish = await part_closed(paper, position, "20")
    await execute_next(paper.desk, paper.trader.account)
    paper.pass_time(5)
    done = await settled(paper, wish)
    assert (done.state, done.filled_volume) == (FILLED, D(20))
    [rest] = await positions(paper)
    [trade] = await paper.trades()
    assert rest.volume == trade.volume == D(20)


@pytest.mark.parametrize("policy", [replace(LARGE, fixed_lots=D(90))])
async def test_more_than_the_largest_order_takes_is_closed_in_several(paper: PaperDesk) -> None:
    """A netting account adds up what no single order may be."""
    net(paper)
    paper.broker.deposit(paper.trader.account.login, 100_000_000)
    for _ in range(2):
        paper.broker.open_position(paper.trader.account.login, "USOIL", mt5.ORDER_TYPE_BUY, 90.0)
        paper.pass_time(20)
    [position] = await positions(paper)
    assert position.volume == D(180)
    await close_position(paper.desk, account(paper), position.identifier, paper.trader.person)
    for _ in range(40):
        await look(paper)
        paper.pass_time(1)
    assert await positions(paper) == []


async def test_a_part_of_which_the_broker_tells_no_price_is_a_part(paper: PaperDesk, liar: Liar) -> None:
    """Under Market execution many answer with a price of 0."""
    position = await opened(paper, "BTCUSD")
    liar.answers = {"price": 0.0}
    paper.broker.misfortune(Fault(Kind.PARTIAL))
    await close_position(paper.desk, account(paper), position.identifier, paper.trader.person)
    await look(paper)
    assert await positions(paper) == []


async def test_a_part_of_unknown_size_is_looked_up(paper: PaperDesk, liar: Liar) -> None:
    position = await opened(paper, "BTCUSD")
    liar.answers = {"price": 0.0, "volume": 0.0}
    paper.broker.misfortune(Fault(Kind.PARTIAL))
    await close_position(paper.desk, account(paper), position.identifier, paper.trader.person)
    await look(paper)
    await look(paper)
    assert await positions(paper) == []


async def test_the_rest_of_a_close_that_was_lost_is_soon_asked_for_again(paper: PaperDesk) -> None:
    """What the desk itself has closed of the position just before raises no doubt."""
    position = await opened(paper, "BTCUSD")
    await close_position(paper.desk, account(paper), position.identifier, paper.trader.person)
    paper.broker.misfortune(Fault(Kind.PARTIAL), Fault(Kind.FAIL, code=mt5.RES_E_INTERNAL_FAIL_SEND, skip=1))
    for _ in range(10):
        await look(paper)
        paper.pass_time(1)
    assert await positions(paper) == []


# Two positions set off


async def test_an_earlier_setting_off_proves_nothing_of_a_later_one(paper: PaperDesk) -> None:
    long = await opened(paper)
    shorts = [await opened(paper, side=Side.SELL, stop_loss=long.price_open + 200 * PIP) for _ in range(2)]
    person = paper.trader.person
    for short in shorts[:1]:
        await close_by(paper.desk, account(paper), long.identifier, short.identifier, person)
        await look(paper)
    wish = await close_by(paper.desk, account(paper), long.identifier, shorts[1].identifier, person)
    done = await settled(paper, wish, Fault(Kind.FAIL, code=mt5.RES_E_INTERNAL_FAIL_SEND))
    assert done.state is FILLED
    [rest] = await positions(paper)
    assert rest.volume == long.volume - shorts[0].volume - shorts[1].volume


async def test_a_leg_that_is_gone_before_its_deal_is_listed_was_not_closed_otherwise(
    paper: PaperDesk, liar: Liar
) -> None:
    long = await opened(paper)
    short = await opened(paper, side=Side.SELL, stop_loss=long.price_open + 100 * PIP)
    wish = await close_by(paper.desk, account(paper), long.identifier, short.identifier, paper.trader.person)
    liar.hidden = {"history_deals_get"}
    assert (await settled(paper, wish, Fault(Kind.REPLY_LOST))).state is UNKNOWN
    liar.hidden.clear()
    assert (await settled(paper, wish)).state is FILLED


async def test_a_leg_that_was_closed_otherwise_ends_the_setting_off(paper: PaperDesk) -> None:
    long = await opened(paper)
    short = await opened(paper, side=Side.SELL, stop_loss=long.price_open + 100 * PIP)
    wish = await close_by(paper.desk, account(paper), long.identifier, short.identifier, paper.trader.person)
    paper.broker.misfortune(Fault(Kind.FAIL, code=mt5.RES_E_INTERNAL_FAIL_SEND))
    await look(paper)
    paper.broker.close_position(paper.trader.account.login, short.ticket)
    ended = await settled(paper, wish)
    assert (ended.state, ended.detail) == (EXPIRED, "One of the two positions was closed otherwise.")
    assert [p.volume for p in await positions(paper)] == [long.volume]


# What was filled


async def test_what_was_filled_is_told_and_not_what_is_left_of_it(paper: PaperDesk) -> None:
    card = await paper.card()
    await paper.tap(card)
    paper.broker.misfortune(Fault(Kind.REPLY_LOST))
    await execute_next(paper.desk, paper.trader.account)
    [position] = await positions(paper)
    paper.broker.close_position(paper.trader.account.login, position.ticket, 0.06)
    await look(paper)
    intent = await paper.intent(card)
    assert (intent.state, intent.filled_volume) == (FILLED, D("0.16"))
    [trade] = await paper.trades()
    assert trade.volume == D("0.10")


async def test_an_order_that_was_filled_and_stopped_out_before_its_deals_are_listed_is_not_unexecuted(
    paper: PaperDesk, liar: Liar
) -> None:
    """It waited for so long that any quarantine from its sending is over; its loss must be told."""
    await placed(paper, expires_in_s=7_200)
    paper.pass_time(600)
    await look(paper)
    paper.move("EURUSD", -2)
    liar.hidden = {"history_deals_get", "history_orders_get"}
    for _ in range(10):
        await look(paper)
        paper.pass_time(1)
    liar.hidden.clear()
    await look(paper)
    await Reconciler(paper.desk, paper.trader.account).sync()
    [trade] = await paper.trades()
    assert trade.close_reason is CloseReason.STOP_LOSS


async def test_on_a_netting_account_an_addition_that_was_looked_up_is_expected(paper: PaperDesk) -> None:
    net(paper)
    await opened(paper)
    card = await paper.card()
    await paper.tap(card)
    paper.broker.misfortune(Fault(Kind.REPLY_LOST))
    await look(paper)
    intent = await paper.intent(card)
    [position], shares = await positions(paper), await paper.trades()
    assert intent.filled_volume == intent.volume
    assert [share.volume for share in shares] == [intent.volume, position.volume - intent.volume]


async def test_on_a_netting_account_an_addition_elsewhere_is_no_slippage(paper: PaperDesk) -> None:
    """Expected is the average of what was expected, and the stop that an order without one leaves."""
    net(paper)
    first = await opened(paper)
    paper.move("EURUSD", 0.2)
    await opened(paper, take_profits=[first.price_open + 300 * PIP])
    [position] = await positions(paper)
    assert position.price_open > first.price_open + 5 * PIP
    await Reconciler(paper.desk, paper.trader.account).sync()
    async with paper.store.read() as tx:
        assert not await tx.reconciliation.lasting(account(paper))


async def test_on_a_netting_account_an_addition_on_its_way_is_no_divergence(paper: PaperDesk) -> None:
    net(paper)
    await opened(paper)
    await paper.tap(await paper.card())
    paper.broker.misfortune(Fault(Kind.REPLY_LOST))
    await execute_next(paper.desk, paper.trader.account)
    for _ in range(2):
        await Reconciler(paper.desk, paper.trader.account).sync()
        async with paper.store.read() as tx:
            assert not await tx.reconciliation.lasting(account(paper))
        await look(paper)


async def test_a_trade_whose_symbol_the_broker_took_away_ends_all_the_same(paper: PaperDesk) -> None:
    """A contract that expired while the desk was down must not keep it from seeing the account."""
    position, other = await opened(paper), await opened(paper, "BTCUSD")
    paper.broker.close_position(paper.trader.account.login, position.ticket)
    gone = Fault(Kind.FAIL, call="symbol_info", symbol="EURUSD", code=mt5.RES_E_FAIL, count=100)
    paper.broker.misfortune(gone)
    await Reconciler(paper.desk, paper.trader.account).sync()
    assert [t.position for t in await paper.trades() if t.state is TradeState.OPEN] == [other.identifier]


async def test_what_was_looked_up_says_no_more_that_it_is_being_checked(paper: PaperDesk) -> None:
    position = await opened(paper)
    stops = Stops(position.price_open - 30 * PIP)
    wish = await modify_stops(paper.desk, account(paper), position.identifier, stops, paper.trader.person)
    done = await settled(paper, wish, Fault(Kind.REPLY_LOST))
    assert (done.state, done.detail) == (FILLED, "")


async def test_the_end_of_an_order_is_moved_though_its_request_was_lost(paper: PaperDesk) -> None:
    """Nothing but its end is another: price and stops alone would look like success."""
    order = await placed(paper)
    until = paper.clock.now() + timedelta(hours=5)
    change = PendingChange(order.price_open, Stops(order.stop_loss, order.take_profit), until)
    wish = await change_pending(paper.desk, account(paper), order.ticket, change, paper.trader.person)
    assert (await settled(paper, wish, Fault(Kind.FAIL, code=mt5.RES_E_INTERNAL_FAIL_SEND))).state is FILLED
    paper.pass_time(3_600)
    assert len(await orders(paper)) == 1


# Answers that make no sense


@pytest.mark.parametrize("retcode", [mt5.TRADE_RETCODE_INVALID_FILL, mt5.TRADE_RETCODE_ORDER_CHANGED])
async def test_a_filling_that_was_not_asked_for_cannot_be_wrong(paper: PaperDesk, retcode: int) -> None:
    position = await opened(paper)
    stops = Stops(position.price_open - 30 * PIP)
    wish = await modify_stops(paper.desk, account(paper), position.identifier, stops, paper.trader.person)
    done = await settled(paper, wish, Fault(Kind.REJECT, retcode=retcode, count=9), looks=2)
    assert (done.state, done.retcode) == (REFUSED, retcode)


async def test_a_check_that_is_no_answer_does_not_keep_other_orders_waiting(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    checked: Callable[[dict[str, Any]], Any] = core.paper.order_check

    def mute(request: dict[str, Any]) -> Any:
        answer = checked(request)
        silent = request["symbol"] == "BTCUSD"
        return type(answer)((mt5.TRADE_RETCODE_TIMEOUT, *answer[1:])) if silent else answer

    monkeypatch.setattr(core.paper, "order_check", mute)
    terminal = InProcess()
    async with open_paper_desk(store, tmp_path, open_terminal=lambda _: terminal) as paper:
        unsure, sure = await paper.card(instrument="BTCUSD"), await paper.card()
        for card in (unsure, sure):
            await paper.tap(card)
        await look(paper)
        assert (await paper.intent(sure)).state is FILLED
        assert (await paper.intent(unsure)).state is IntentState.NEW
        paper.pass_time(60)
        await look(paper)
        assert "nothing was sent" in (await paper.intent(unsure)).detail
        assert [p.symbol for p in await positions(paper)] == ["EURUSD"]


@pytest.mark.parametrize("field", ["volume_step", "volume_min", "point"])
async def test_a_contract_that_makes_no_sense_is_no_data(paper: PaperDesk, liar: Liar, field: str) -> None:
    """Terminals tell zeros of a symbol that they do not know yet."""
    card = await paper.card()
    liar.contract = {field: 0.0}
    with pytest.raises(NoData):
        await paper.tap(card)
    liar.contract = {}
    await paper.tap(card)
    liar.contract = {field: 0.0}
    await look(paper)
    assert (await paper.intent(card)).state is IntentState.NEW


async def test_too_little_money_is_told_without_numbers_that_say_otherwise(paper: PaperDesk) -> None:
    """The check has passed, so what it said of the margin explains nothing."""
    paper.broker.misfortune(Fault(Kind.REJECT, retcode=mt5.TRADE_RETCODE_NO_MONEY))
    card = await paper.card()
    await paper.tap(card)
    await look(paper)
    intent = await paper.intent(card)
    assert (intent.state, intent.retcode) == (REFUSED, mt5.TRADE_RETCODE_NO_MONEY)
    assert intent.detail == "Not enough free margin. The broker says: No money"


async def test_a_close_of_what_is_gone_tells_no_fill(paper: PaperDesk, liar: Liar) -> None:
    position = await opened(paper)
    liar.answers = {"volume": 0.16, "price": 1.1}
    wish = await part_closed(paper, position, "0.08")
    paper.broker.misfortune(Fault(Kind.REJECT, retcode=mt5.TRADE_RETCODE_POSITION_CLOSED))
    await look(paper)
    done = await stored(paper, wish)
    assert (done.state, done.filled_volume, done.filled_price) == (FILLED, D(0), None)


# Too late, or forbidden meanwhile


async def test_nothing_is_sent_any_more_once_its_time_is_over(store: Store, tmp_path: Path) -> None:
    """Reaching the terminal has taken so long that the person has done something else since."""
    terminal = InProcess()
    async with open_paper_desk(store, tmp_path, open_terminal=lambda _: terminal) as paper:
        position = await opened(paper)
        wish = await part_closed(paper, position, "0.08")

        async def slow(function: str) -> None:
            if function == "symbol_info":
                paper.pass_time(90)

        terminal.before = slow
        await look(paper)
        await look(paper)
        assert (await stored(paper, wish)).state is EXPIRED
        assert [p.volume for p in await positions(paper)] == [position.volume]


async def test_a_lock_keeps_an_order_where_it_is(paper: PaperDesk) -> None:
    order = await placed(paper)
    change = PendingChange(order.price_open + 10 * PIP, Stops(order.stop_loss))
    wish = await change_pending(paper.desk, account(paper), order.ticket, change, paper.trader.person)
    async with paper.store.write() as tx:
        await tx.locks.set(LockKind.DRAWDOWN, Place(account(paper)), "drawdown", paper.clock.now(), None)
    await look(paper)
    assert (await stored(paper, wish)).state is REFUSED
    assert [o.price_open for o in await orders(paper)] == [order.price_open]


async def test_nothing_is_opened_before_the_first_reconciliation_of_a_life(paper: PaperDesk) -> None:
    """What was opened while the desk was away is to be known first."""
    paper.desk.board.accounts.clear()
    card = await paper.card()
    await paper.tap(card)
    await look(paper)
    assert ((await paper.intent(card)).state, await positions(paper)) == (IntentState.NEW, [])
    await Reconciler(paper.desk, paper.trader.account).sync()
    paper.pass_time(2)
    await look(paper)
    assert len(await positions(paper)) == 1


@pytest.mark.parametrize("kind", [IntentKind.OPEN, IntentKind.CHANGE])
async def test_a_pause_while_the_terminal_looks_for_a_price_keeps_the_order_back(
    store: Store, tmp_path: Path, kind: IntentKind
) -> None:
    terminal = InProcess()
    met: list[Intent] = []
    async with open_paper_desk(store, tmp_path, open_terminal=lambda _: terminal) as paper:
        waits = await placed(paper)
        change = PendingChange(waits.price_open + 10 * PIP, Stops(waits.stop_loss))
        await change_pending(paper.desk, account(paper), waits.ticket, change, paper.trader.person)
        await paper.tap(await paper.card())

        async def pausing(function: str) -> None:
            async with paper.store.read() as tx:
                coming = await tx.intents.waiting(account(paper))
            sending = [i for i in coming if i.state is IntentState.SENDING and i.kind is kind]
            if function == "symbol_info_tick" and sending and not met:
                met.extend(sending)
                await pause(paper.desk, paper.owner, "news")

        terminal.before = pausing
        await look(paper)
        assert [(await stored(paper, claimed)).state for claimed in met] == [REFUSED]
        assert not await positions(paper)
        [order] = await orders(paper)
        assert (order.price_open == waits.price_open) is (kind is IntentKind.CHANGE)


async def test_on_a_netting_account_opposite_taps_at_once_do_not_both_pass(
    store: Store, tmp_path: Path
) -> None:
    between, terminal = Interrupted(store), InProcess()
    async with open_paper_desk(between, tmp_path, open_terminal=lambda _: terminal) as paper:
        net(paper)
        buy, sell = await paper.card(), await paper.card(side=Side.SELL)
        between.happening = partial(paper.tap, buy)
        with pytest.raises(Refused, match="This account nets"):
            await paper.tap(sell)

"""What a person does with what is open: queued durably, carried out at the broker, and expected after."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from functools import partial
from pathlib import Path
from uuid import uuid4

import pytest

from core.model.divergences import DivergenceKind
from core.model.errors import NotFound, Refused
from core.model.ids import AccountId, PersonId
from core.model.instruments import Side
from core.model.mt5 import MT5Position
from core.model.people import Role
from core.model.risk import DESK, LockKind
from core.model.thresholds import Overrides, Rules
from core.model.trades import Intent, IntentState, TradeState
from core.mt5 import contract as mt5
from core.mt5.orders import Stops
from core.paper.hands import press_algo_trading
from core.paper.server.faults import Fault, Kind
from core.ports import Store
from core.reconciliation.sync import Reconciler
from core.trading.changing import (
    PendingChange,
    cancel_pending,
    change_pending,
    close_by,
    close_position,
    modify_stops,
)
from core.trading.closing import close_all
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
from tests.fakes.desk import PaperDesk, late, open_paper_desk
from tests.fakes.interrupted import Interrupted
from tests.fakes.links import InProcess

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

D = Decimal
EXACT = Rules(Overrides(slippage_pips=D(0), volume_percent=D(0), stops_pips=D(0)))
FILLED, REFUSED, NEW = IntentState.FILLED, IntentState.REFUSED, IntentState.NEW


@pytest.fixture
async def paper(store: Store, tmp_path: Path) -> AsyncIterator[PaperDesk]:
    """A desk whose terminal is in this process."""
    terminal = InProcess()
    async with open_paper_desk(store, tmp_path, open_terminal=lambda _: terminal) as made:
        yield made


async def differences(paper: PaperDesk) -> list[DivergenceKind]:
    """What reconciliation finds when it lets nothing pass."""
    await Reconciler(paper.desk, paper.trader.account, EXACT).sync()
    async with paper.store.read() as tx:
        return [row.divergence.kind for row in await tx.reconciliation.lasting(paper.trader.account.id)]


async def test_stops_are_moved_at_the_broker_and_expected_there(paper_desk: PaperDesk) -> None:
    paper, person = paper_desk, paper_desk.trader.person
    position = await opened(paper)
    stops = Stops(position.price_open - 30 * PIP, position.price_open + 90 * PIP)
    wish = await modify_stops(paper.desk, account(paper), position.identifier, stops, person)
    assert (await stored(paper, wish)).state is NEW
    await look(paper)
    assert (await stored(paper, wish)).state is FILLED
    [moved] = await positions(paper)
    assert (moved.stop_loss, moved.take_profit) == (stops.loss, stops.profit)
    assert await differences(paper) == []
    async with paper.store.read() as tx:
        asked, sent, filled = [e for e in await tx.events.recent(5) if e.subject == str(wish.id)][::-1]
    assert (asked.name, asked.person_id) == ("order.asked", person.id)
    assert [sent.name, filled.name] == ["order.sent", "order.filled"]

    only_stop = Stops(stops.loss)
    removal = await modify_stops(paper.desk, account(paper), position.identifier, only_stop, person)
    await look(paper)
    assert (await stored(paper, removal)).state is FILLED
    [bare] = await positions(paper)
    assert (bare.stop_loss, bare.take_profit) == (stops.loss, None)


async def test_a_part_is_closed_down_to_the_step_and_the_rest_expected(paper_desk: PaperDesk) -> None:
    paper, person = paper_desk, paper_desk.trader.person
    position = await opened(paper)
    assert position.volume == D("0.16")
    wish = await close_position(paper.desk, account(paper), position.identifier, person, D("0.069"))
    assert wish.volume == D("0.06")
    await look(paper)
    [rest] = await positions(paper)
    [trade] = await paper.trades()
    assert rest.volume == trade.volume == D("0.10")
    assert await differences(paper) == []

    await close_position(paper.desk, account(paper), position.identifier, person)
    await look(paper)
    assert await positions(paper) == []
    await differences(paper)
    [trade] = await paper.trades()
    assert trade.state is TradeState.CLOSED


async def test_two_positions_are_set_off(paper: PaperDesk) -> None:
    long = await opened(paper)
    short = await opened(paper, side=Side.SELL, stop_loss=long.price_open + 100 * PIP)
    assert long.volume > short.volume
    wish = await close_by(paper.desk, account(paper), long.identifier, short.identifier, paper.trader.person)
    await look(paper)
    assert (await stored(paper, wish)).state is FILLED
    [rest] = await positions(paper)
    assert (rest.identifier, rest.volume) == (long.identifier, long.volume - short.volume)
    assert await differences(paper) == []
    states = {trade.position: trade.state for trade in await paper.trades()}
    assert states == {long.identifier: TradeState.OPEN, short.identifier: TradeState.CLOSED}


async def test_a_pending_order_is_moved_and_becomes_the_trade_that_is_expected(paper: PaperDesk) -> None:
    order = await placed(paper, below=60)
    price = order.price_open + 30 * PIP
    stops, until = Stops(price - 20 * PIP, price + 50 * PIP), paper.clock.now() + timedelta(hours=3)
    change = PendingChange(price, stops, until)
    wish = await change_pending(paper.desk, account(paper), order.ticket, change, paper.trader.person)
    await look(paper)
    assert (await stored(paper, wish)).state is FILLED
    [moved] = await orders(paper)
    assert (moved.price_open, moved.stop_loss, moved.take_profit) == (price, stops.loss, stops.profit)
    paper.pass_time(3_600)
    await look(paper)
    assert len(await orders(paper)) == 1, "it waits longer than its signal now"

    paper.move("EURUSD", -0.35)
    await look(paper)
    [trade] = await paper.trades()
    assert (trade.expected_price, trade.stop_loss, trade.take_profit) == (price, stops.loss, stops.profit)


async def test_a_pending_order_is_cancelled(paper: PaperDesk) -> None:
    order = await placed(paper)
    wish = await cancel_pending(paper.desk, account(paper), order.ticket, paper.trader.person)
    await look(paper)
    assert (await stored(paper, wish)).state is FILLED
    assert await orders(paper) == []
    async with paper.store.read() as tx:
        assert not await tx.intents.unresolved(account(paper)), "its opening has ended too"


async def test_what_the_desk_itself_changes_is_no_divergence(store: Store, tmp_path: Path) -> None:
    """A part is closed between the reading of the account and its comparison, or its close is unresolved."""
    between, terminal = Interrupted(store), InProcess()
    async with open_paper_desk(between, tmp_path, open_terminal=lambda _: terminal) as paper:
        position = await opened(paper)
        await closing("0.05")(paper, position)
        between.happening = partial(look, paper)
        assert await differences(paper) == []
        assert await differences(paper) == [], "nor when it is read again"

        await closing("0.05")(paper, position)
        paper.broker.misfortune(Fault(Kind.REPLY_LOST))
        assert await execute_next(paper.desk, paper.trader.account)
        assert await differences(paper) == []
        await look(paper)
        assert await differences(paper) == []
        paper.broker.close_position(paper.trader.account.login, position.ticket, 0.05)
        assert await differences(paper) == [DivergenceKind.VOLUME], "what somebody else does is one"


# Who may


async def test_only_the_trader_may_and_an_owner_sets_the_stops(store: Store, tmp_path: Path) -> None:
    terminal = InProcess()
    async with open_paper_desk(store, tmp_path, accounts=2, open_terminal=lambda _: terminal) as paper:
        position = await opened(paper)
        stranger = paper.traders[1].person
        admin = replace(stranger, roles=frozenset({Role.ADMIN}))
        former = replace(paper.trader.person, roles=frozenset())
        for person in (stranger, admin, former, paper.owner):
            with pytest.raises(NotFound, match="not yours"):
                await close_position(paper.desk, account(paper), position.identifier, person)
        with pytest.raises(NotFound):
            await close_position(paper.desk, AccountId(uuid4()), position.identifier, paper.trader.person)
        stops = Stops(position.price_open - 50 * PIP)
        with pytest.raises(NotFound, match="not yours"):
            await modify_stops(paper.desk, account(paper), position.identifier, stops, admin)
        await modify_stops(paper.desk, account(paper), position.identifier, stops, paper.owner)
        await look(paper)
        await close_position(paper.desk, account(paper), position.identifier, paper.trader.person)
        await look(paper)
        assert await positions(paper) == []


async def test_an_account_is_closed_by_its_trader_the_pending_orders_first(
    paper: PaperDesk,
) -> None:
    winner, loser, order = await opened(paper, "BTCUSD"), await opened(paper), await placed(paper)
    paper.move("EURUSD", -0.1)
    stranger = replace(paper.trader.person, id=PersonId(uuid4()))
    for person in (stranger, paper.owner):
        with pytest.raises(NotFound, match="not yours"):
            await close_all(paper.desk, person, account(paper))
    assert await close_all(paper.desk, paper.trader.person, account(paper)) == 3
    async with paper.store.read() as tx:
        asked = [intent.position for intent in await tx.intents.waiting(account(paper))]
    assert asked == [order.ticket, loser.identifier, winner.identifier]
    await look(paper)
    assert (await positions(paper), await orders(paper)) == ([], [])


# What forbids it is named before anything is queued


Act = Callable[[PaperDesk, MT5Position], Awaitable[Intent]]


def moving(loss: str | None = None, profit: str | None = None) -> Act:
    """Move the stops to so many pips from the opening price."""

    async def act(paper: PaperDesk, position: MT5Position) -> Intent:
        def at(pips: str | None) -> Decimal | None:
            return None if pips is None else position.price_open + D(pips) * PIP

        stops = Stops(at(loss), at(profit))
        return await modify_stops(paper.desk, account(paper), position.identifier, stops, paper.trader.person)

    return act


def closing(lots: str) -> Act:
    return partial(part_closed, lots=lots)


async def setting_off_itself(paper: PaperDesk, position: MT5Position) -> Intent:
    number = position.identifier
    return await close_by(paper.desk, account(paper), number, number, paper.trader.person)


@pytest.mark.parametrize(
    ("act", "words"),
    [
        (moving(loss="5"), "Stop loss .* nearest valid level"),
        (moving(profit="-20"), "Take profit .* nearest valid level"),
        (closing("0.009"), "At least 0.01 lots of EURUSD can be closed, in steps of 0.01; 0.16 are open"),
        (setting_off_itself, "Only two opposite positions"),
    ],
)
async def test_an_obstacle_is_named(paper: PaperDesk, act: Act, words: str) -> None:
    position = await opened(paper)
    with pytest.raises(Refused, match=words):
        await act(paper, position)
    async with paper.store.read() as tx:
        assert not await tx.intents.waiting(account(paper))


async def test_what_is_not_there_is_not_found(paper: PaperDesk) -> None:
    person = paper.trader.person
    change = PendingChange(D("1.1"), Stops())
    for asked in (
        close_position(paper.desk, account(paper), 1, person),
        modify_stops(paper.desk, account(paper), 1, Stops(), person),
        close_by(paper.desk, account(paper), 1, 2, person),
        change_pending(paper.desk, account(paper), 1, change, person),
        cancel_pending(paper.desk, account(paper), 1, person),
    ):
        with pytest.raises(NotFound, match="any more"):
            await asked


async def test_within_the_freeze_level_nothing_is_queued(paper: PaperDesk) -> None:
    """USDCAD freezes within 10 points; its stops level of 20 lets a stop come that near by itself."""
    position = await opened(paper, "USDCAD")
    near = D(str(paper.quote("USDCAD").bid)) - D("0.00025")
    await modify_stops(paper.desk, account(paper), position.identifier, Stops(near), paper.trader.person)
    await look(paper)
    [position] = await positions(paper)
    assert position.stop_loss == near
    while D(str(paper.quote("USDCAD").bid)) - near > D("0.0001"):
        paper.move("USDCAD", -0.003)
        if not await positions(paper):
            pytest.skip("the market jumped over the stop")
    with pytest.raises(Refused, match=r"stop loss .* points from the market .* within 10 points"):
        await modify_stops(paper.desk, account(paper), position.identifier, Stops(), paper.trader.person)


async def test_a_wish_that_meets_a_frozen_market_at_the_broker_ends(paper: PaperDesk) -> None:
    position = await opened(paper)
    wish = await moving(loss="-80")(paper, position)
    paper.broker.misfortune(Fault(Kind.REJECT, retcode=mt5.TRADE_RETCODE_FROZEN, count=4))
    await look(paper)
    refused = await stored(paper, wish)
    assert (refused.state, refused.retcode) == (REFUSED, mt5.TRADE_RETCODE_FROZEN)


async def test_one_thing_at_a_time_for_a_position(paper: PaperDesk) -> None:
    position = await opened(paper)
    await moving(loss="-80")(paper, position)
    with pytest.raises(Refused, match="still on its way"):
        await closing("0.05")(paper, position)
    await look(paper)
    await closing("0.05")(paper, position)
    assert await close_all(paper.desk, paper.trader.person) == 1, "a part on its way is not all"
    await look(paper)
    assert await positions(paper) == []


async def test_a_locked_account_may_close_but_not_move_an_entry(paper: PaperDesk) -> None:
    order = await placed(paper)
    async with paper.store.write() as tx:
        await tx.locks.set(LockKind.PAUSE, DESK, "enough for today", paper.clock.now(), paper.owner.id)
    change = PendingChange(order.price_open - PIP, Stops())
    with pytest.raises(Refused, match="enough for today"):
        await change_pending(paper.desk, account(paper), order.ticket, change, paper.trader.person)
    await cancel_pending(paper.desk, account(paper), order.ticket, paper.trader.person)
    await look(paper)
    assert await orders(paper) == []


async def test_the_end_of_a_pending_order_must_lie_ahead(paper: PaperDesk) -> None:
    order = await placed(paper)
    change = PendingChange(order.price_open, Stops(), paper.clock.now())
    with pytest.raises(Refused, match="lie ahead"):
        await change_pending(paper.desk, account(paper), order.ticket, change, paper.trader.person)
    wrong = PendingChange(order.price_open + 100 * PIP, Stops())
    with pytest.raises(Refused, match="nearest valid price"):
        await change_pending(paper.desk, account(paper), order.ticket, wrong, paper.trader.person)


async def test_without_permission_to_trade_nothing_is_queued(paper: PaperDesk) -> None:
    position = await opened(paper)
    press_algo_trading(paper.trader.folder, on=False)
    with pytest.raises(Refused, match="Algo Trading"):
        await moving()(paper, position)


async def test_a_fifo_account_closes_its_oldest_first(paper: PaperDesk) -> None:
    paper.broker.change_account(paper.trader.account.login, fifo_close=True)
    first = await opened(paper)
    paper.pass_time(2)
    second = await opened(paper)
    with pytest.raises(Refused, match=f"oldest position first: .*#{first.ticket}"):
        await close_position(paper.desk, account(paper), second.identifier, paper.trader.person)
    await close_position(paper.desk, account(paper), first.identifier, paper.trader.person)
    await look(paper)
    await close_position(paper.desk, account(paper), second.identifier, paper.trader.person)
    await look(paper)
    assert await positions(paper) == []


async def test_everything_on_a_fifo_account_is_closed(paper: PaperDesk) -> None:
    paper.broker.change_account(paper.trader.account.login, fifo_close=True)
    for _ in range(3):
        await opened(paper)
        paper.pass_time(2)
    paper.move("EURUSD", 0.1)
    assert await close_all(paper.desk, paper.trader.person) == 3
    await look(paper)
    assert await positions(paper) == []


# What has an unknown outcome is looked up, and repeated when it is undone


UNSURE = {
    "never left": Fault(Kind.FAIL, code=mt5.RES_E_INTERNAL_FAIL_SEND),
    "reply lost": Fault(Kind.REPLY_LOST),
    "late": late(3),
    "timed out": Fault(Kind.REJECT, retcode=mt5.TRADE_RETCODE_TIMEOUT),
}


@pytest.mark.parametrize("fault", UNSURE.values(), ids=UNSURE.keys())
async def test_a_change_of_stops_happens_in_the_end(paper: PaperDesk, fault: Fault) -> None:
    position = await opened(paper)
    wish = await moving(loss="-80", profit="80")(paper, position)
    assert (await settled(paper, wish, fault)).state is FILLED
    [moved] = await positions(paper)
    assert (moved.stop_loss, moved.take_profit) == (wish.stop_loss, wish.take_profit)
    assert await differences(paper) == []


@pytest.mark.parametrize("fault", UNSURE.values(), ids=UNSURE.keys())
async def test_a_move_of_a_pending_order_happens_in_the_end(paper: PaperDesk, fault: Fault) -> None:
    order = await placed(paper)
    change = PendingChange(order.price_open - 10 * PIP, Stops(order.price_open - 50 * PIP))
    wish = await change_pending(paper.desk, account(paper), order.ticket, change, paper.trader.person)
    assert (await settled(paper, wish, fault)).state is FILLED
    [moved] = await orders(paper)
    assert (moved.price_open, moved.stop_loss) == (wish.price, wish.stop_loss)


@pytest.mark.parametrize("fault", UNSURE.values(), ids=UNSURE.keys())
async def test_a_cancel_happens_in_the_end(paper: PaperDesk, fault: Fault) -> None:
    order = await placed(paper)
    wish = await cancel_pending(paper.desk, account(paper), order.ticket, paper.trader.person)
    assert (await settled(paper, wish, fault)).state is FILLED
    assert await orders(paper) == []


@pytest.mark.parametrize("fault", UNSURE.values(), ids=UNSURE.keys())
async def test_two_positions_are_set_off_in_the_end_and_once(paper: PaperDesk, fault: Fault) -> None:
    long = await opened(paper)
    short = await opened(paper, side=Side.SELL, stop_loss=long.price_open + 100 * PIP)
    wish = await close_by(paper.desk, account(paper), long.identifier, short.identifier, paper.trader.person)
    assert (await settled(paper, wish, fault)).state is FILLED
    [rest] = await positions(paper)
    assert rest.volume == long.volume - short.volume
    assert await differences(paper) == []


@pytest.mark.parametrize(("name", "left"), [("never left", "0.16"), ("reply lost", "0.11"), ("late", "0.11")])
async def test_a_part_is_never_closed_twice(paper: PaperDesk, name: str, left: str) -> None:
    """What did not happen is told and may be asked for again: repeated by itself, it could happen twice."""
    position = await opened(paper)
    wish = await closing("0.05")(paper, position)
    unknown = await settled(paper, wish, UNSURE[name])
    assert unknown.state is (IntentState.UNKNOWN if name == "never left" else FILLED)
    paper.pass_time(120)
    for _ in range(3):
        await look(paper)
    [rest] = await positions(paper)
    assert rest.volume == D(left)
    assert await differences(paper) == []
    assert (await stored(paper, wish)).state is (IntentState.EXPIRED if name == "never left" else FILLED)

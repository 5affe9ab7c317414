"""A netting account: each signal's trade is a share of the symbol's one position."""

from collections.abc import AsyncIterator, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from core.model.accounts import RiskPolicy
from core.model.divergences import DivergenceKind
from core.model.instruments import Side
from core.model.signals import OrderKind
from core.model.trades import CloseReason, Intent, IntentState, Trade, TradeState
from core.mt5 import contract as mt5
from core.mt5.orders import Stops
from core.paper.server.faults import Fault, Kind
from core.ports import Store
from core.reconciliation.decisions import adopt
from core.reconciliation.sync import Reconciler
from core.trading.changing import PendingChange, change_pending, close_position, modify_stops
from core.trading.execution import execute_next
from tests.core.trading.acting import PIP, account, look, orders, part_closed, placed, positions, settled
from tests.core.trading.lying import Liar
from tests.fakes.desk import PaperDesk, late, open_paper_desk
from tests.fakes.links import InProcess

SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

D = Decimal
LOTS = D("0.16")
FILLED, EXPIRED, UNKNOWN = IntentState.FILLED, IntentState.EXPIRED, IntentState.UNKNOWN
BUY = mt5.ORDER_TYPE_BUY


@pytest.fixture
def liar() -> Liar:
    return Liar()


@pytest.fixture
async def paper(store: Store, tmp_path: Path, liar: Liar) -> AsyncIterator[PaperDesk]:
    terminal, policy = InProcess(change=liar), RiskPolicy(fixed_lots=LOTS, allow_no_stop=True)
    async with open_paper_desk(store, tmp_path, policy=policy, open_terminal=lambda _: terminal) as made:
        netting = mt5.ACCOUNT_MARGIN_MODE_RETAIL_NETTING
        made.broker.change_account(made.trader.account.login, margin_mode=netting)
        yield made


async def added(paper: PaperDesk, fault: Fault | None = None, **signal: Any) -> Intent:
    """What becomes of a signal at the market that is approved, in a few seconds."""
    card = await paper.card(**signal)
    await paper.tap(card)
    if fault is not None:
        paper.broker.misfortune(fault)
    for _ in range(3):
        await look(paper)
        paper.pass_time(1)
    return await paper.intent(card)


async def shares(paper: PaperDesk) -> list[Trade]:
    """The oldest first."""
    return list(reversed(await paper.trades()))


async def differences(paper: PaperDesk) -> list[DivergenceKind]:
    """What two reconciliations find."""
    reconciler = Reconciler(paper.desk, paper.trader.account)
    for _ in range(2):
        await reconciler.sync()
    async with paper.store.read() as tx:
        return [row.divergence.kind for row in await tx.reconciliation.lasting(account(paper))]


def by_hand(paper: PaperDesk, side: int = BUY, lots: float = 0.1) -> None:
    assert paper.broker.open_position(paper.trader.account.login, "EURUSD", side, lots).order
    paper.pass_time(1)


async def paid(paper: PaperDesk) -> Decimal:
    """What the account has made, by its balance."""
    return (await (await paper.session()).account()).balance - 10_000


def profits(trades: Sequence[Trade]) -> list[Decimal]:
    assert all(trade.state is TradeState.CLOSED for trade in trades), trades
    return [trade.profit for trade in trades if trade.profit is not None]


# Scale-in


async def test_two_signals_have_a_trade_each_with_its_own_price_and_result(paper: PaperDesk) -> None:
    first = await added(paper)
    paper.move("EURUSD", 0.2)
    second = await added(paper)
    [position], [one, two] = await positions(paper), await shares(paper)
    assert position.volume == 2 * LOTS
    assert first.position == second.position == position.identifier
    assert [t.position for t in (one, two)] == [position.identifier] * 2
    assert (one.shared, one.volume, one.intent_id) == (True, LOTS, first.id)
    assert (two.shared, two.volume, two.intent_id) == (True, LOTS, second.id)
    assert (one.open_price, two.open_price) == (first.filled_price, second.filled_price)
    assert (one.expected_price, two.expected_price) == (first.price, second.price)
    assert two.open_price > position.price_open > one.open_price
    assert one.opened_at < two.opened_at
    assert await differences(paper) == []

    paper.broker.close_position(paper.trader.account.login, position.ticket)
    assert await differences(paper) == []
    dear = two.open_price - one.open_price
    earlier, later = profits(await shares(paper))
    assert earlier - later == pytest.approx(dear * LOTS * 100_000, abs=D("0.05"))
    assert earlier + later == await paid(paper)


@SQLITE
async def test_slippage_of_one_is_not_the_others(paper: PaperDesk) -> None:
    await added(paper)
    slipped = await added(paper, Fault(Kind.SLIPPAGE, points=30))
    assert slipped.price is not None
    [one, two] = await shares(paper)
    assert one.open_price == one.expected_price
    assert two.open_price - two.expected_price == 3 * PIP


# Closed in part


async def test_the_desk_closes_the_oldest_share_first(paper: PaperDesk) -> None:
    await added(paper)
    paper.move("EURUSD", 0.2)
    await added(paper)
    paper.move("EURUSD", 0.2)
    [position] = await positions(paper)
    wish = await part_closed(paper, position, str(LOTS))
    assert (await settled(paper, wish, looks=2)).state is FILLED
    [one, two] = await shares(paper)
    assert (one.state, one.volume, two.volume) == (TradeState.OPEN, D(0), LOTS)
    assert await differences(paper) == []
    [one, two] = await shares(paper)
    assert (one.state, one.close_reason, two.state) == (TradeState.CLOSED, CloseReason.DESK, TradeState.OPEN)
    assert one.close_price is not None
    assert one.profit == pytest.approx(
        (one.close_price - one.open_price) * LOTS * 100_000, abs=2 * D("3.50") * LOTS + D("0.02")
    )

    await part_closed(paper, position, str(LOTS))
    await look(paper)
    assert await positions(paper) == []
    assert await differences(paper) == []
    assert sum(profits(await shares(paper))) == await paid(paper)


@SQLITE
async def test_a_part_of_a_share_is_closed_and_the_rest_with_the_next(paper: PaperDesk) -> None:
    for _ in range(2):
        await added(paper)
    [position] = await positions(paper)
    await part_closed(paper, position, "0.10")
    await look(paper)
    assert [t.volume for t in await shares(paper)] == [D("0.06"), LOTS]
    paper.pass_time(1)
    await part_closed(paper, position, "0.10")
    await look(paper)
    assert [t.volume for t in await shares(paper)] == [D(0), D("0.12")]
    assert await differences(paper) == []
    [position] = await positions(paper)
    await close_position(paper.desk, account(paper), position.identifier, paper.trader.person)
    await look(paper)
    assert await differences(paper) == []
    assert sum(profits(await shares(paper))) == await paid(paper)


# Stops


async def test_the_newest_stops_are_those_of_all_shares(paper: PaperDesk) -> None:
    first = await added(paper)
    assert first.price is not None
    stop, target = first.price - 80 * PIP, first.price + 90 * PIP
    await added(paper, stop_loss=stop, take_profits=[target])
    assert [(t.stop_loss, t.take_profit) for t in await shares(paper)] == [(stop, target)] * 2
    assert await differences(paper) == []

    [position] = await positions(paper)
    moved = Stops(first.price - 30 * PIP)
    await modify_stops(paper.desk, account(paper), position.identifier, moved, paper.trader.person)
    await look(paper)
    assert [(t.stop_loss, t.take_profit) for t in await shares(paper)] == [(moved.loss, None)] * 2
    assert await differences(paper) == []


@SQLITE
async def test_an_order_without_a_target_leaves_the_positions(paper: PaperDesk) -> None:
    first = await added(paper, take_profits=[D("1.3")])
    await added(paper)
    assert first.take_profit == D("1.3")
    assert [t.take_profit for t in await shares(paper)] == [D("1.3")] * 2
    assert await differences(paper) == []


# What could not be read


async def test_a_fill_beside_a_manual_position_that_is_not_read_back_is_no_missing_trade(
    paper: PaperDesk,
) -> None:
    """Its order has no position of its own: which one it added to is told by its deal."""
    by_hand(paper)
    await differences(paper)
    card = await paper.card()
    await paper.tap(card)
    paper.broker.misfortune(Fault(Kind.FAIL, call="positions_get", code=mt5.RES_E_FAIL))
    await execute_next(paper.desk, paper.trader.account)
    assert (await paper.intent(card)).state is UNKNOWN
    await look(paper)
    [position], [trade] = await positions(paper), await shares(paper)
    assert (await paper.intent(card)).state is FILLED
    assert (trade.position, trade.volume, trade.shared) == (position.identifier, LOTS, True)
    assert DivergenceKind.MISSING not in await differences(paper)


@SQLITE
@pytest.mark.parametrize("hidden", [set(), {"history_deals_get"}])
async def test_a_price_that_the_answer_does_not_tell_is_that_of_the_deal(
    paper: PaperDesk, liar: Liar, hidden: set[str]
) -> None:
    """Also when the deal is listed late."""
    await added(paper)
    paper.move("EURUSD", 0.2)
    liar.answers, liar.hidden = {"price": 0.0}, hidden
    second = await paper.card()
    await paper.tap(second)
    await look(paper)
    assert (await paper.intent(second)).state is (UNKNOWN if hidden else FILLED)
    liar.hidden = set()
    await look(paper)
    [deal] = (await (await paper.session()).deals_since(paper.clock.now()))[-1:]
    [_, trade] = await shares(paper)
    assert trade.open_price == deal.price


@SQLITE
async def test_while_its_deal_is_not_listed_the_answer_tells_the_fill(paper: PaperDesk, liar: Liar) -> None:
    first = await added(paper)
    liar.hidden = {"history_deals_get"}
    second = await added(paper)
    assert second.state is FILLED
    assert [t.position for t in await shares(paper)] == [first.position] * 2
    liar.hidden = set()
    assert await differences(paper) == []


@pytest.mark.parametrize("strips", [False, True])
async def test_an_addition_whose_reply_was_lost_is_proven(paper: PaperDesk, liar: Liar, strips: bool) -> None:
    """The position is another trade's already; and a broker may strip the marks of what proves it."""
    liar.strips = strips
    first = await added(paper)
    second = await added(paper, Fault(Kind.REPLY_LOST))
    assert (second.state, second.filled_volume) == (FILLED, LOTS)
    assert second.position == first.position
    assert [t.volume for t in await shares(paper)] == [LOTS, LOTS]
    assert await differences(paper) == []


@SQLITE
async def test_the_first_trade_proves_no_second(paper: PaperDesk, liar: Liar) -> None:
    """Without marks its deal is like the one that never was."""
    liar.strips = True
    await added(paper)
    lost = await paper.card()
    await paper.tap(lost)
    paper.broker.misfortune(Fault(Kind.FAIL, code=mt5.RES_E_INTERNAL_FAIL_SEND))
    for _ in range(14):
        await look(paper)
        paper.pass_time(10)
    assert (await paper.intent(lost)).state is EXPIRED
    assert len(await shares(paper)) == 1


@SQLITE
async def test_what_was_executed_after_it_was_given_up_is_a_share(paper: PaperDesk) -> None:
    card = await paper.card()
    await paper.tap(card)
    paper.broker.misfortune(late(400))
    for _ in range(14):
        await look(paper)
        paper.pass_time(10)
    assert (await paper.intent(card)).state is EXPIRED
    paper.pass_time(300)
    assert set(await differences(paper)) <= {DivergenceKind.SLIPPAGE}, "the price of seven minutes later"
    [trade] = await shares(paper)
    assert (trade.shared, trade.volume) == (True, LOTS)


# Against what a person holds


async def waiting_to_sell(paper: PaperDesk) -> Intent:
    """A stop order to sell that was placed while nothing was held."""
    bid = D(str(paper.quote().bid))
    card = await paper.card(
        side=Side.SELL, kind=OrderKind.STOP, entry=bid - 10 * PIP, stop_loss=bid + 90 * PIP
    )
    await paper.tap(card)
    await look(paper)
    return await paper.intent(card)


@SQLITE
@pytest.mark.parametrize("lots", ["0.16", "0.30", "0.05"])
async def test_an_order_that_closes_or_turns_a_manual_position_is_no_open_question(
    paper: PaperDesk, lots: str
) -> None:
    waiting = await waiting_to_sell(paper)
    assert waiting.state is IntentState.PLACED
    by_hand(paper, lots=float(lots))
    paper.move("EURUSD", -0.2)
    await look(paper)
    async with paper.store.read() as tx:
        done = await tx.intents.get(waiting.id)
        assert await tx.intents.unresolved(account(paper)) == []
    assert done is not None
    assert (done.state, done.filled_volume) == (FILLED, LOTS)
    await differences(paper)


@SQLITE
async def test_an_order_that_turns_the_position_takes_its_shares(paper: PaperDesk) -> None:
    """A person may have made the account's orders stand on both sides; the older shares end."""
    waiting = await waiting_to_sell(paper)
    await adopted(paper)
    paper.move("EURUSD", -0.2)
    await look(paper)
    [position] = await positions(paper)
    assert (position.side, position.volume) == (Side.SELL, D("0.06"))
    [old, new] = await shares(paper)
    assert [t.volume for t in (old, new)] == [D(0), D("0.06")]
    assert (new.side, new.intent_id) == (Side.SELL, waiting.id)
    assert await differences(paper) == [DivergenceKind.SLIPPAGE], "the market jumped over the order"
    [old, new] = await shares(paper)
    assert (old.state, new.state) == (TradeState.CLOSED, TradeState.OPEN)


async def adopted(paper: PaperDesk) -> None:
    """A person has opened 0.10, and makes it a trade."""
    by_hand(paper)
    await Reconciler(paper.desk, paper.trader.account).sync()
    async with paper.store.read() as tx:
        [row] = await tx.reconciliation.lasting(account(paper))
    await adopt(paper.desk, row.id, paper.trader.person)


# A change that met a filling


@SQLITE
@pytest.mark.parametrize("netting", [False, True])
@pytest.mark.parametrize("reached", [True, False])
async def test_a_lost_change_of_an_order_that_was_filled_is_known_from_history(
    paper: PaperDesk, liar: Liar, netting: bool, reached: bool
) -> None:
    if not netting:
        hedging = mt5.ACCOUNT_MARGIN_MODE_RETAIL_HEDGING
        paper.broker.change_account(paper.trader.account.login, margin_mode=hedging)
    order = await placed(paper, below=10)
    assert order.stop_loss is not None
    change = PendingChange(order.price_open, Stops(order.stop_loss + 50 * PIP), order.expires_at)
    wish = await change_pending(paper.desk, account(paper), order.ticket, change, paper.trader.person)
    lost = Fault(Kind.REPLY_LOST) if reached else Fault(Kind.FAIL, code=mt5.RES_E_INTERNAL_FAIL_SEND)
    paper.broker.misfortune(lost)
    await execute_next(paper.desk, paper.trader.account)
    paper.move("EURUSD", -0.12)
    assert await orders(paper) == []
    liar.hidden = {"history_orders_get"}  # the filling's deal is listed before its order
    await look(paper)
    assert await shares(paper) == []
    liar.hidden = set()
    done = await settled(paper, wish, looks=2)
    assert done.state is (FILLED if reached else EXPIRED)
    [position], [trade] = await positions(paper), await shares(paper)
    assert trade.stop_loss == position.stop_loss == order.stop_loss + (50 * PIP if reached else 0)
    assert await differences(paper) == []


@SQLITE
async def test_a_waiting_order_that_was_just_filled_is_no_divergence(paper: PaperDesk) -> None:
    """Reconciliation may look before the trading loop does."""
    await added(paper)
    bid = D(str(paper.quote().bid))
    card = await paper.card(kind=OrderKind.LIMIT, entry=bid - 10 * PIP, stop_loss=bid - 110 * PIP)
    await paper.tap(card)
    await look(paper)
    assert await differences(paper) == []
    paper.move("EURUSD", -0.12)
    [position] = await positions(paper)
    assert position.volume == 2 * LOTS
    assert await differences(paper) == []
    await look(paper)
    assert await differences(paper) in ([], [DivergenceKind.SLIPPAGE])
    assert [t.volume for t in await shares(paper)] == [LOTS, LOTS]

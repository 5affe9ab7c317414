"""Plans in trouble: no room for all legs, refusals, late orders, people who step in, accounts that net."""

from collections.abc import AsyncIterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from core.model.accounts import RiskPolicy
from core.model.errors import Refused
from core.model.policies import RollBack
from core.model.requests import RequestKind
from core.model.signals import OrderKind
from core.model.trades import CloseReason, IntentKind, IntentState
from core.mt5 import contract as mt5
from core.mt5.orders import Stops
from core.paper.server.faults import Fault, Kind
from core.ports import SentMessage, Store
from core.reconciliation.sync import Reconciler
from core.trading.changing import PendingChange, change_pending, close_position, modify_stops
from core.trading.closing import close_all
from core.trading.execution import execute_next
from core.trading.requests import Wanted, ask, confirm, typed
from core.trading.resizing import split_now
from tests.core.trading.acting import PIP, account, look, orders, positions
from tests.core.trading.planned import (
    SPLIT,
    TARGETS,
    entries,
    legs,
    reach_the_first_target,
    stops,
    synced,
    tapped,
    told,
)
from tests.fakes.desk import PaperDesk, late, open_paper_desk
from tests.fakes.links import InProcess

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

D = Decimal
UNDO = replace(SPLIT, roll_back=RollBack.UNDO)
NO_MONEY = mt5.TRADE_RETCODE_NO_MONEY


@pytest.fixture
def policy() -> RiskPolicy:
    return SPLIT


@pytest.fixture
def terminal() -> InProcess:
    return InProcess()


@pytest.fixture
async def paper(
    store: Store, tmp_path: Path, policy: RiskPolicy, terminal: InProcess
) -> AsyncIterator[PaperDesk]:
    async with open_paper_desk(store, tmp_path, policy=policy, open_terminal=lambda _: terminal) as made:
        yield made


async def later(paper: PaperDesk, seconds: int) -> None:
    """Looks of so many seconds."""
    for _ in range(seconds):
        paper.pass_time(1)
        await look(paper)


class TestNoRoom:
    @pytest.mark.parametrize("policy", [replace(SPLIT, max_open_trades=2), replace(SPLIT, max_per_day=2)])
    async def test_for_all_legs_is_told_at_the_tap(self, paper: PaperDesk) -> None:
        ask = D(str(paper.quote().ask))
        card = await paper.card(take_profits=[ask + pips * PIP for pips in TARGETS])
        with pytest.raises(Refused, match="this signal wants 3 more"):
            await paper.tap(card)
        assert await paper.intents(card) == []

    @pytest.mark.parametrize("policy", [replace(SPLIT, max_open_trades=3)])
    async def test_is_needed_once(self, paper: PaperDesk) -> None:
        card = await tapped(paper)
        await look(paper)
        assert {leg.state for leg in await legs(paper, card)} == {IntentState.FILLED}


class TestUndoing:
    @pytest.fixture
    def policy(self) -> RiskPolicy:
        return UNDO

    async def test_sends_no_leg_after_the_one_that_failed(self, paper: PaperDesk) -> None:
        card = await tapped(paper)
        paper.broker.misfortune(Fault(Kind.REJECT, retcode=NO_MONEY, skip=1))
        await look(paper)
        first, second, third = await legs(paper, card)
        assert (first.state, second.state, third.state) == ("filled", "refused", "refused")
        assert "TP2 of this plan did not come about" in third.detail
        await look(paper)
        assert await positions(paper) == []
        assert (await told(paper)).count("plan_undone") == 1

    @pytest.mark.parametrize("retcode", [mt5.TRADE_RETCODE_REJECT, mt5.TRADE_RETCODE_MARKET_CLOSED])
    async def test_goes_on_while_it_is_refused_and_is_told_once(self, paper: PaperDesk, retcode: int) -> None:
        await tapped(paper)
        paper.broker.misfortune(Fault(Kind.REJECT, retcode=NO_MONEY, skip=1))
        paper.broker.misfortune(Fault(Kind.REJECT, retcode=retcode, skip=1, count=6))
        await look(paper)
        await later(paper, 3)
        assert len(await positions(paper)) == 1
        [waits] = [a for a in await paper.alerts() if a.subject == "plan_undo_waits"]
        assert waits.data["leg"] == "1"
        assert waits.data["detail"]
        await later(paper, 20)
        assert await positions(paper) == []
        assert (await told(paper)).count("plan_undo_waits") == 1

    async def test_asks_once_for_each_leg_however_they_end(self, paper: PaperDesk) -> None:
        card = await tapped(paper)
        paper.broker.misfortune(Fault(Kind.REJECT, retcode=NO_MONEY, skip=2))
        paper.broker.misfortune(Fault(Kind.REJECT, retcode=mt5.TRADE_RETCODE_REJECT, skip=4, count=3))
        await look(paper)
        assert len(await positions(paper)) == 1, "the other close was refused"
        await synced(paper)
        await later(paper, 20)
        assert await positions(paper) == []
        assert [close.leg for close in await legs(paper, card, IntentKind.CLOSE)] == [1, 2]

    async def test_keeps_nobody_from_closing_at_once(self, paper: PaperDesk) -> None:
        await tapped(paper)
        paper.broker.misfortune(Fault(Kind.REJECT, retcode=NO_MONEY, skip=1))
        paper.broker.misfortune(Fault(Kind.REJECT, retcode=mt5.TRADE_RETCODE_REJECT, skip=1, count=1_000))
        await look(paper)
        await later(paper, 60)
        paper.broker.no_misfortunes()
        await look(paper)
        assert len(await positions(paper)) == 1, "it rests"
        await close_all(paper.desk, paper.trader.person)
        await look(paper)
        assert await positions(paper) == []

    async def test_takes_in_a_leg_that_was_given_up_and_comes_late(self, paper: PaperDesk) -> None:
        card = await tapped(paper)
        paper.broker.misfortune(late(400))
        for _ in range(10):
            await look(paper)
            paper.pass_time(30)
        assert "plan_undone" in await told(paper)
        assert await positions(paper) == []
        paper.pass_time(120)
        assert len(await positions(paper)) == 1
        await synced(paper)
        assert await positions(paper) == []
        assert IntentState.EXPIRED in {leg.state for leg in await legs(paper, card)}


async def test_a_price_that_runs_away_between_legs_refuses_the_later_ones(
    paper: PaperDesk, terminal: InProcess
) -> None:
    card = await tapped(paper)
    assert await execute_next(paper.desk, paper.trader.account)
    paper.move("EURUSD", 0.1)
    await look(paper)
    first, *others = await legs(paper, card)
    assert first.state is IntentState.FILLED
    assert {leg.state for leg in others} == {IntentState.REFUSED}
    assert all("The price moved since you approved" in leg.detail for leg in others)
    [kept] = [a for a in await paper.alerts() if a.subject == "plan_kept"]
    assert (kept.data["stands"], kept.data["failed"]) == ("0.04", "0.06")


async def test_what_stands_is_told_once_no_leg_is_in_doubt(paper: PaperDesk) -> None:
    card = await tapped(paper)
    paper.broker.misfortune(Fault(Kind.REPLY_LOST, skip=1), Fault(Kind.REJECT, retcode=NO_MONEY, skip=2))
    for _ in range(3):
        assert await execute_next(paper.desk, paper.trader.account)
    assert [leg.state for leg in await legs(paper, card)] == ["filled", "unknown", "refused"]
    assert "plan_kept" not in await told(paper)
    await look(paper)
    [kept] = [a for a in await paper.alerts() if a.subject == "plan_kept"]
    assert (kept.data["stands"], kept.data["failed"]) == ("0.07", "0.03")


async def test_a_later_target_moves_no_stop_again(paper: PaperDesk) -> None:
    card = await tapped(paper)
    await look(paper)
    await reach_the_first_target(paper)
    third = (await positions(paper))[-1]
    back, target = third.price_open - 20 * PIP, third.take_profit or 0
    paper.broker.move_stops(paper.trader.account.login, third.ticket, float(back), float(target))
    paper.move("EURUSD", 0.2)
    await synced(paper)
    assert [(p.identifier, p.stop_loss) for p in await positions(paper)] == [(third.identifier, back)]
    assert [move.leg for move in await legs(paper, card, IntentKind.MODIFY)] == [2, 3]


async def test_on_an_account_that_nets_all_lots_have_the_first_target(paper: PaperDesk) -> None:
    login = paper.trader.account.login
    paper.broker.change_account(login, margin_mode=mt5.ACCOUNT_MARGIN_MODE_RETAIL_NETTING)
    card = await tapped(paper)
    async with paper.store.read() as tx:
        signal = await tx.signals.get(card.signal_id)
    assert signal is not None
    split = await split_now(paper.desk, paper.trader.account, signal, D("0.10"))
    assert "This account nets" in split.why_not
    await look(paper)
    [only] = await legs(paper, card)
    assert (only.leg, only.volume, only.take_profit) == (None, D("0.10"), signal.take_profits[0])
    [held] = await positions(paper)
    assert (held.volume, held.take_profit) == (D("0.10"), signal.take_profits[0])


async def test_a_leg_that_is_filled_in_part_is_the_part(paper: PaperDesk) -> None:
    ask = D(str(paper.quote("BTCUSD").ask))
    card = await paper.card(instrument="BTCUSD", take_profits=[ask + 500, ask + 5_000])
    await paper.tap(card)
    paper.broker.misfortune(Fault(Kind.PARTIAL, skip=1))
    await look(paper)
    first, second = await legs(paper, card)
    assert (first.state, second.state) == ("filled", "partial")
    assert not {"plan_kept", "plan_undone"} & set(await told(paper))
    paper.move("BTCUSD", 1.5)
    await synced(paper)
    [held] = await positions(paper)
    assert (held.volume, held.stop_loss) == (second.filled_volume, held.price_open)


async def test_a_pending_leg_that_fills_after_the_first_target_follows(paper: PaperDesk) -> None:
    """A person has moved one leg's order further away; the others' target is reached before it fills."""
    ask = D(str(paper.quote().ask))
    entry = ask - 20 * PIP
    targets = [entry + pips * PIP for pips in (10, 150)]
    card = await paper.card(
        kind=OrderKind.LIMIT, entry=entry, stop_loss=ask - 150 * PIP, take_profits=targets
    )
    await paper.tap(card)
    await look(paper)
    [second] = [order for order in await orders(paper) if order.take_profit == targets[1]]
    further = PendingChange(entry - 40 * PIP, Stops(second.stop_loss, second.take_profit))
    await change_pending(paper.desk, account(paper), second.ticket, further, paper.trader.person)
    await look(paper)
    for percent in (-0.2, 0.25, -0.6, 0.6):
        paper.move("EURUSD", percent)
        await synced(paper)
    reasons = {trade.close_reason for trade in await paper.trades()}
    assert reasons == {CloseReason.TAKE_PROFIT, None}
    await later(paper, 60)
    [held] = await positions(paper)
    assert held.stop_loss == held.price_open


class TestWhileAStopWaits:
    """The move to the entry is refused for now: that keeps nobody from acting."""

    @pytest.fixture
    async def waiting(self, paper: PaperDesk) -> PaperDesk:
        await tapped(paper)
        await look(paper)
        paper.broker.misfortune(Fault(Kind.REJECT, retcode=mt5.TRADE_RETCODE_INVALID_STOPS, count=1_000))
        await reach_the_first_target(paper)
        assert not await stops(paper) & await entries(paper)
        assert (await told(paper)).count("plan_stop_waits") == 2
        return paper

    async def test_a_person_closes_the_position(self, waiting: PaperDesk) -> None:
        [first, second] = await positions(waiting)
        waiting.broker.no_misfortunes()
        person = waiting.trader.person
        await close_position(waiting.desk, account(waiting), first.identifier, person)
        await look(waiting)
        assert [p.identifier for p in await positions(waiting)] == [second.identifier]

    async def test_a_persons_own_stops_take_its_place(self, waiting: PaperDesk) -> None:
        [first, second] = await positions(waiting)
        waiting.broker.no_misfortunes()
        mine = Stops(first.price_open - 20 * PIP, first.take_profit)
        await modify_stops(waiting.desk, account(waiting), first.identifier, mine, waiting.trader.person)
        await later(waiting, 60)
        levels = {p.identifier: p.stop_loss for p in await positions(waiting)}
        assert levels == {first.identifier: mine.loss, second.identifier: second.price_open}

    async def test_another_target_leaves_it_waiting(self, waiting: PaperDesk) -> None:
        [first, second] = await positions(waiting)
        assert first.take_profit is not None
        waiting.broker.no_misfortunes()
        further, person = first.take_profit + 5 * PIP, waiting.trader.person
        asked = await ask(
            waiting.desk, Wanted(account(waiting), first.identifier, RequestKind.TARGET), person
        )
        await typed(waiting.desk, asked.request.id, person, str(further))
        await confirm(waiting.desk, asked.request.id, person, SentMessage(1, 1, has_photo=False))
        await later(waiting, 60)
        held = {p.identifier: (p.stop_loss, p.take_profit) for p in await positions(waiting)}
        assert held == {
            first.identifier: (first.price_open, further),
            second.identifier: (second.price_open, second.take_profit),
        }


async def test_a_desk_that_dies_between_legs_sends_what_is_left_in_time(paper: PaperDesk) -> None:
    card = await tapped(paper)
    assert await execute_next(paper.desk, paper.trader.account)
    await paper.restart()
    await look(paper)
    assert {leg.state for leg in await legs(paper, card)} == {IntentState.FILLED}
    assert len(await positions(paper)) == 3


async def test_a_desk_that_dies_between_legs_for_too_long_tells_what_stands(paper: PaperDesk) -> None:
    card = await tapped(paper)
    assert await execute_next(paper.desk, paper.trader.account)
    paper.pass_time(60)
    await paper.restart()
    await look(paper)
    assert [leg.state for leg in await legs(paper, card)] == ["filled", "expired", "expired"]
    assert (await told(paper)).count("plan_kept") == 1
    await Reconciler(paper.desk, paper.trader.account).sync()
    assert await legs(paper, card, IntentKind.CLOSE) == []

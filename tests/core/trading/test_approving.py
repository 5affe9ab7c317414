"""A tap: what makes it an order, and everything that forbids it."""

import asyncio
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from uuid import uuid4

import pytest

from core.model.accounts import RiskPolicy
from core.model.approvals import Approval, ApprovalState
from core.model.errors import NotFound, Refused, Stale
from core.model.ids import ApprovalId
from core.model.instruments import Side
from core.model.people import Person
from core.model.risk import LockKind, Place
from core.model.signals import OrderKind
from core.model.trades import IntentKind, IntentState
from core.paper.hands import press_algo_trading
from core.ports import Store
from core.trading.account_loop import drain
from core.trading.approving import approve, expire_overdue, reject
from core.trading.resizing import sized
from core.trading.resolution import Quarantine
from tests.fakes.desk import PaperDesk, open_paper_desk
from tests.fakes.links import InProcess

SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
PIP = Decimal("0.0001")


async def stored(paper: PaperDesk, card: Approval) -> Approval:
    async with paper.store.read() as tx:
        found = await tx.approvals.get(card.id)
    assert found is not None
    return found


async def refusal(paper: PaperDesk, card: Approval) -> str:
    """What a tap on the card is answered; it stays open and nothing is queued."""
    with pytest.raises(Refused) as caught:
        await paper.tap(card)
    assert (await stored(paper, card)).is_open
    assert not await paper.intents(card)
    return str(caught.value)


async def test_a_tap_becomes_one_order_and_the_trade_that_is_expected(paper_desk: PaperDesk) -> None:
    card = await paper_desk.card(take_profits=(Decimal("1.25"), Decimal("1.27")))
    decided = await paper_desk.tap(card)
    assert decided.state is ApprovalState.APPROVED
    assert decided.version == 2
    assert (await paper_desk.intent(card)).state is IntentState.NEW

    await drain(paper_desk.desk, paper_desk.trader.account, Quarantine())

    intent = await paper_desk.intent(card)
    [position] = (await (await paper_desk.session()).snapshot()).positions
    [trade] = await paper_desk.trades()
    assert intent.state is IntentState.FILLED
    assert (position.magic, position.comment) == (intent.magic, intent.comment)
    assert (position.stop_loss, position.take_profit) == (intent.stop_loss, Decimal("1.25"))
    assert (trade.position, trade.intent_id) == (position.identifier, intent.id)
    assert trade.volume == position.volume == decided.lots
    async with paper_desk.store.read() as tx:
        told = await tx.events.recent(10)
    assert [event.name for event in told] == ["order.filled", "order.sent", "approval.decided"]
    assert {event.trace for event in told} == {str(decided.signal_id)}


async def test_twenty_taps_at_once_make_one_order(paper_desk: PaperDesk) -> None:
    card = await paper_desk.card()
    answers = await asyncio.gather(*(paper_desk.tap(card) for _ in range(20)), return_exceptions=True)
    await drain(paper_desk.desk, paper_desk.trader.account, Quarantine())
    assert sum(isinstance(answer, Approval) for answer in answers) == 1
    assert sum(isinstance(answer, Stale) for answer in answers) == 19
    assert (await paper_desk.intent(card)).state is IntentState.FILLED
    assert len((await (await paper_desk.session()).snapshot()).positions) == 1


@SQLITE
async def test_an_old_button_is_stale_and_a_strangers_is_not_theirs(store: Store, tmp_path: Path) -> None:
    async with open_paper_desk(store, tmp_path, accounts=2) as paper:
        card = await paper.card()
        person: Person = paper.trader.person
        with pytest.raises(Stale):
            await approve(paper.desk, card.id, card.version + 1, person)
        with pytest.raises(NotFound):
            await approve(paper.desk, card.id, card.version, paper.traders[1].person)
        with pytest.raises(NotFound):
            await reject(paper.desk, card.id, card.version, paper.owner, "not mine")
        with pytest.raises(NotFound):
            await approve(paper.desk, ApprovalId(uuid4()), 1, person)
        with pytest.raises(Refused, match="/start"):
            await approve(paper.desk, card.id, card.version, replace(person, consent_version=None))
        assert (await stored(paper, card)).is_open
        assert not await paper.intents(card)


@SQLITE
async def test_a_rejection_keeps_its_reason_and_ends_the_card(paper_desk: PaperDesk) -> None:
    card = await paper_desk.card()
    await reject(paper_desk.desk, card.id, card.version, paper_desk.trader.person, "news at two")
    kept = await stored(paper_desk, card)
    assert (kept.state, kept.reason, kept.version) == (ApprovalState.REJECTED, "news at two", 2)
    with pytest.raises(Stale, match="rejected"):
        await approve(paper_desk.desk, card.id, kept.version, paper_desk.trader.person)
    assert not await paper_desk.intents(card)


@SQLITE
async def test_time_passing_is_no_approval(paper_desk: PaperDesk) -> None:
    card = await paper_desk.card(expires_in_s=60)
    paper_desk.pass_time(59)
    assert await expire_overdue(paper_desk.desk) == 0
    paper_desk.pass_time(1)
    with pytest.raises(Stale, match="expired"):
        await paper_desk.tap(card)
    assert await expire_overdue(paper_desk.desk) == 1
    assert (await stored(paper_desk, card)).state is ApprovalState.EXPIRED
    assert not await paper_desk.intents(card)


@SQLITE
async def test_a_card_that_expires_while_the_account_is_read_is_not_approved(
    store: Store, tmp_path: Path
) -> None:
    async def dawdle(function: str) -> None:
        if function == "orders_get":
            paper.pass_time(6)

    terminal = InProcess(after=dawdle)
    async with open_paper_desk(store, tmp_path, open_terminal=lambda _: terminal) as paper:
        card = await paper.card(expires_in_s=5)
        with pytest.raises(Stale, match="expired"):
            await paper.tap(card)
        assert not await paper.intents(card)


@SQLITE
async def test_a_price_that_ran_away_is_refused_and_the_card_stays_open(paper_desk: PaperDesk) -> None:
    card = await paper_desk.card()
    paper_desk.move("EURUSD", 0.2)
    assert "you allow 5" in await refusal(paper_desk, card)
    paper_desk.move("EURUSD", -0.2)
    await paper_desk.tap(card)


@SQLITE
async def test_inside_the_entry_zone_there_is_no_drift(paper_desk: PaperDesk) -> None:
    low = Decimal(str(paper_desk.quote().ask))
    card = await paper_desk.card(entry=low, entry_zone=(low, low + 40 * PIP))
    paper_desk.move("EURUSD", 0.2)
    assert (await paper_desk.tap(card)).state is ApprovalState.APPROVED


@SQLITE
@pytest.mark.parametrize(("side", "percent"), [(Side.BUY, -0.1), (Side.SELL, 0.1)])
async def test_a_price_beyond_the_stop_is_refused(
    store: Store, tmp_path: Path, side: Side, percent: float
) -> None:
    async with open_paper_desk(store, tmp_path, policy=RiskPolicy(max_drift_pips=Decimal(500))) as paper:
        entry = Decimal(str(paper.quote().ask))
        card = await paper.card(side=side, entry=entry, stop_loss=entry - side.sign * 10 * PIP)
        paper.move("EURUSD", percent)
        assert "beyond the stop" in await refusal(paper, card)
        assert (await sized(paper.desk, card)).lots is None, "no size is shown for a trade that cannot be"


@SQLITE
@pytest.mark.parametrize("whole_desk", [True, False])
async def test_a_lock_refuses_at_the_tap_and_again_at_the_claim(
    paper_desk: PaperDesk, *, whole_desk: bool
) -> None:
    kind = LockKind.PAUSE if whole_desk else LockKind.DRAWDOWN
    account = None if whole_desk else paper_desk.trader.account.id
    before, after = await paper_desk.card(), await paper_desk.card()
    await paper_desk.tap(before)
    async with paper_desk.store.write() as tx:
        now, by = paper_desk.clock.now(), paper_desk.owner.id
        await tx.locks.set(kind, Place(account), "enough for today", now, by)

    assert "enough for today" in await refusal(paper_desk, after)
    await drain(paper_desk.desk, paper_desk.trader.account, Quarantine())
    intent = await paper_desk.intent(before)
    assert intent.state is IntentState.REFUSED
    assert "enough for today" in intent.detail
    assert not (await (await paper_desk.session()).snapshot()).positions


@SQLITE
async def test_the_algo_trading_button_is_asked_before_anything_is_decided(paper_desk: PaperDesk) -> None:
    card = await paper_desk.card()
    press_algo_trading(paper_desk.trader.folder, on=False)
    assert "Algo Trading" in await refusal(paper_desk, card)
    press_algo_trading(paper_desk.trader.folder, on=True)
    assert (await paper_desk.tap(card)).state is ApprovalState.APPROVED


@SQLITE
async def test_never_more_than_the_card_showed(paper_desk: PaperDesk) -> None:
    card = await sized(paper_desk.desk, await paper_desk.card())
    assert card.lots == Decimal("0.16")
    paper_desk.broker.deposit(paper_desk.trader.account.login, 90_000)
    decided = await paper_desk.tap(card)
    assert decided.lots == card.lots

    paper_desk.broker.deposit(paper_desk.trader.account.login, -95_000)
    smaller = await paper_desk.tap(replace(await paper_desk.card(), lots=card.lots))
    assert smaller.lots is not None
    assert smaller.lots < card.lots


@SQLITE
@pytest.mark.parametrize(
    ("policy", "stop_pips", "expected"),
    [
        (RiskPolicy(risk_percent=Decimal(1)), 50, "0.20"),
        (RiskPolicy(risk_percent=Decimal(2)), 50, "0.40"),
        (RiskPolicy(risk_percent=Decimal(100), max_lots=Decimal("1.5")), 50, "1.5"),
        (RiskPolicy(fixed_lots=Decimal("0.07")), 50, "0.07"),
        (RiskPolicy(fixed_lots=Decimal("0.07"), allow_no_stop=True), None, "0.07"),
        (RiskPolicy(risk_percent=Decimal("0.001")), 50, "smallest lot"),
        (RiskPolicy(fixed_lots=Decimal("0.001"), allow_no_stop=True), None, "smallest lot"),
        (RiskPolicy(allow_no_stop=True), None, "no stop loss"),
        (RiskPolicy(fixed_lots=Decimal("0.07")), None, "no stop loss"),
    ],
)
async def test_sizes(
    store: Store, tmp_path: Path, policy: RiskPolicy, stop_pips: int | None, expected: str
) -> None:
    async with open_paper_desk(store, tmp_path, policy=policy) as paper:
        entry = Decimal(str(paper.quote().ask))
        stop = None if stop_pips is None else entry - stop_pips * PIP
        card = await paper.card(entry=entry, stop_loss=stop, no_stop=stop is None)
        if expected[0].isdigit():
            assert (await paper.tap(card)).lots == Decimal(expected)
        else:
            assert expected in await refusal(paper, card)


@SQLITE
async def test_a_limit_order_is_placed_and_becomes_a_trade_when_it_is_reached(paper_desk: PaperDesk) -> None:
    ask = Decimal(str(paper_desk.quote().ask))
    card = await paper_desk.card(kind=OrderKind.LIMIT, entry=ask - 40 * PIP, stop_loss=ask - 400 * PIP)
    await paper_desk.tap(card)
    account = paper_desk.trader.account
    await drain(paper_desk.desk, account, Quarantine())
    placed = await paper_desk.intent(card)
    assert placed.state is IntentState.PLACED
    assert not await paper_desk.trades()
    paper_desk.pass_time(600)
    await drain(paper_desk.desk, account, Quarantine())
    assert (await paper_desk.intent(card)) == placed, "it waits as long as the broker keeps it"

    paper_desk.move("EURUSD", -1)
    paper_desk.pass_time(30)
    await drain(paper_desk.desk, account, Quarantine())
    filled = await paper_desk.intent(card)
    [trade] = await paper_desk.trades()
    assert filled.state is IntentState.FILLED
    assert trade.position == filled.position
    assert trade.open_price <= ask - 40 * PIP


@SQLITE
async def test_a_stop_order_is_placed_and_triggered(paper_desk: PaperDesk) -> None:
    bid = Decimal(str(paper_desk.quote().bid))
    card = await paper_desk.card(
        kind=OrderKind.STOP, side=Side.SELL, entry=bid - 10 * PIP, stop_loss=bid + 40 * PIP
    )
    await paper_desk.tap(card)
    await drain(paper_desk.desk, paper_desk.trader.account, Quarantine())
    assert (await paper_desk.intent(card)).state is IntentState.PLACED
    paper_desk.move("EURUSD", -0.15)
    await drain(paper_desk.desk, paper_desk.trader.account, Quarantine())
    intent = await paper_desk.intent(card)
    assert (intent.state, intent.kind) == (IntentState.FILLED, IntentKind.OPEN)
    assert [trade.side for trade in await paper_desk.trades()] == [Side.SELL]


@SQLITE
async def test_a_limit_on_the_wrong_side_is_refused_with_the_nearest_price(paper_desk: PaperDesk) -> None:
    ask = Decimal(str(paper_desk.quote().ask))
    card = await paper_desk.card(kind=OrderKind.LIMIT, entry=ask + 10 * PIP, stop_loss=ask - 60 * PIP)
    await paper_desk.tap(card)
    await drain(paper_desk.desk, paper_desk.trader.account, Quarantine())
    intent = await paper_desk.intent(card)
    assert intent.state is IntentState.REFUSED
    assert "nearest valid price" in intent.detail

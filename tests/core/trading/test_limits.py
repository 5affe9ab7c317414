"""What the broker and the trader allow of a trade, looked at before it is sent."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from decimal import Decimal
from functools import partial
from pathlib import Path

import pytest

from core.model.accounts import RiskPolicy
from core.model.approvals import Approval
from core.model.errors import Refused
from core.model.instruments import Side
from core.model.signals import OrderKind
from core.model.trades import Intent, IntentState
from core.mt5 import contract as mt5
from core.mt5.calls import Call
from core.paper.server.faults import Fault, Kind
from core.ports import Store
from core.trading.account_loop import drain
from core.trading.resizing import sized
from core.trading.resolution import Quarantine
from tests.fakes.desk import START, PaperDesk, open_paper_desk
from tests.fakes.interrupted import Interrupted
from tests.fakes.links import InProcess

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

D = Decimal
PIP = D("0.0001")
BARE = RiskPolicy(fixed_lots=D("0.10"), allow_no_stop=True)


@pytest.fixture
def policy() -> RiskPolicy:
    return RiskPolicy()


@pytest.fixture
async def paper(store: Store, tmp_path: Path, policy: RiskPolicy) -> AsyncIterator[PaperDesk]:
    """A desk whose terminal is in this process; `policy` may be given by a parameter."""
    terminal = InProcess()
    async with open_paper_desk(store, tmp_path, policy=policy, open_terminal=lambda _: terminal) as made:
        yield made


def with_policy(policy: RiskPolicy) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("policy", [policy])


async def done(paper: PaperDesk, card: Approval) -> Intent:
    await paper.tap(card)
    await drain(paper.desk, paper.trader.account, Quarantine())
    return await paper.intent(card)


def set_account(paper: PaperDesk, **terms: object) -> None:
    paper.broker.change_account(paper.trader.account.login, **terms)


# Margin


async def test_the_margin_is_shown_before_and_after(paper_desk: PaperDesk) -> None:
    """Through a real worker: 0.16 lots of EURUSD at 1:100 hold back a hundredth of their price."""
    shown = await sized(paper_desk.desk, await paper_desk.card())
    assert shown.lots == D("0.16")
    expected = D(str(paper_desk.quote().ask)) * 16_000 / 100
    assert shown.margin is not None
    assert abs(shown.margin - expected) < D("0.02")
    intent = await done(paper_desk, await paper_desk.card())
    assert (intent.state, intent.margin_free) == (IntentState.FILLED, D(10_000))
    assert intent.margin is not None
    assert abs(intent.margin - expected) < D("0.02")


@with_policy(RiskPolicy(fixed_lots=D(1), max_open_risk_percent=D(1_000)))
async def test_short_of_money_is_told_with_what_is_needed_and_free(paper: PaperDesk) -> None:
    paper.broker.deposit(paper.trader.account.login, -9_000)
    intent = await done(paper, await paper.card())
    assert (intent.state, intent.retcode) == (IntentState.REFUSED, mt5.TRADE_RETCODE_NO_MONEY)
    needed = D(str(paper.quote().ask)) * 1_000
    assert intent.detail == (f"Not enough free margin: {needed:,.2f} USD are needed and 1,000.00 are free.")
    evidence = await (await paper.session()).evidence(START)
    assert not evidence.history, "nothing was sent"


# What the broker offers


@with_policy(BARE)
@pytest.mark.parametrize(
    ("symbol", "side", "words"),
    [
        ("USDRUB", Side.BUY, "USDRUB can only be closed now, not opened"),
        ("GME", Side.SELL, "GME can only be bought"),
    ],
)
async def test_what_the_broker_does_not_offer_is_refused_at_the_tap(
    paper: PaperDesk, symbol: str, side: Side, words: str
) -> None:
    paper.pass_time(4 * 3_600)
    card = await paper.card(instrument=symbol, side=side, no_stop=True)
    with pytest.raises(Refused, match=words):
        await paper.tap(card)


@with_policy(RiskPolicy(fixed_lots=D(90), max_lots=D(500), allow_no_stop=True))
async def test_the_brokers_limit_of_one_side_is_named_at_the_tap(paper: PaperDesk) -> None:
    paper.broker.deposit(paper.trader.account.login, 10_000_000)
    for _ in range(8):
        paper.broker.open_position(paper.trader.account.login, "USOIL", mt5.ORDER_TYPE_BUY, 15.0)
    card = await paper.card(instrument="USOIL", no_stop=True)
    with pytest.raises(Refused, match="allows 200 lots of USOIL on one side; with 120 there and 90 more"):
        await paper.tap(card)


async def test_the_brokers_limit_of_pending_orders_is_named_before_one_is_sent(paper: PaperDesk) -> None:
    set_account(paper, limit_orders=1)
    ask = D(str(paper.quote().ask))
    for number, state in enumerate((IntentState.PLACED, IntentState.REFUSED)):
        pips = 40 + number
        card = await paper.card(kind=OrderKind.LIMIT, entry=ask - pips * PIP, stop_loss=ask - 100 * PIP)
        intent = await done(paper, card)
        assert intent.state is state
    assert intent.retcode == mt5.TRADE_RETCODE_LIMIT_ORDERS
    assert "limit of pending orders" in intent.detail


async def test_on_a_netting_account_the_opposite_of_what_is_held_is_refused(paper: PaperDesk) -> None:
    set_account(paper, margin_mode=mt5.ACCOUNT_MARGIN_MODE_RETAIL_NETTING)
    assert (await done(paper, await paper.card())).state is IntentState.FILLED
    card = await paper.card(side=Side.SELL)
    with pytest.raises(Refused, match=r"This account nets: to sell EURUSD would reduce the 0.16 lots"):
        await paper.tap(card)


async def test_on_a_netting_account_a_second_signal_adds_to_the_position(paper: PaperDesk) -> None:
    set_account(paper, margin_mode=mt5.ACCOUNT_MARGIN_MODE_RETAIL_NETTING)
    for _ in range(2):
        intent = await done(paper, await paper.card())
        assert intent.state is IntentState.FILLED
    [position] = (await (await paper.session()).snapshot()).positions
    assert intent.position == position.identifier
    assert [share.position for share in await paper.trades()] == [position.identifier] * 2
    assert position.volume == 2 * intent.volume > D("0.30")


# Filling


async def test_a_pending_order_is_tried_with_the_other_filling_once(paper: PaperDesk) -> None:
    refusal = Fault(Kind.REJECT, retcode=mt5.TRADE_RETCODE_INVALID_FILL)
    ask = D(str(paper.quote().ask))
    for count, state in ((1, IntentState.PLACED), (2, IntentState.REFUSED)):
        card = await paper.card(kind=OrderKind.LIMIT, entry=ask - 40 * PIP, stop_loss=ask - 100 * PIP)
        paper.broker.misfortune(replace(refusal, count=count))
        assert (await done(paper, card)).state is state
    [order] = paper.broker.broker.view(paper.trader.account.login).ledger.orders.values()
    assert order.type_filling == mt5.ORDER_FILLING_FOK, "RETURN was refused"


@with_policy(RiskPolicy(fixed_lots=D(1), allow_no_stop=True))
@pytest.mark.parametrize(
    ("symbol", "filling"),
    [
        ("EURUSD", mt5.ORDER_FILLING_FOK),
        ("US30", mt5.ORDER_FILLING_IOC),
        ("USDCAD", mt5.ORDER_FILLING_FOK),
        ("USOIL", mt5.ORDER_FILLING_RETURN),
    ],
)
async def test_every_kind_of_execution_fills_by_the_policy_of_its_symbol(
    paper: PaperDesk, symbol: str, filling: int
) -> None:
    paper.pass_time(4 * 3_600)
    intent = await done(paper, await paper.card(instrument=symbol, no_stop=True))
    assert intent.state is IntentState.FILLED, intent.detail
    everything = Call("history_orders_get", (1, 2**31 - 1))
    [order] = (await (await paper.session()).connection.verified(everything))[-1].result
    assert order["type_filling"] == filling


# Open risk


@with_policy(RiskPolicy(risk_percent=D(2), max_open_risk_percent=D(5)))
async def test_the_stops_together_cost_no_more_than_is_allowed(paper: PaperDesk) -> None:
    for _ in range(2):
        assert (await done(paper, await paper.card())).state is IntentState.FILLED
    card = await paper.card()
    with pytest.raises(Refused, match=r"With this trade 5\d\d\.\d\d USD would be at risk, and you allow 5 %"):
        await paper.tap(card)
    await drain(paper.desk, paper.trader.account, Quarantine())
    assert len(await paper.trades()) == 2


@with_policy(RiskPolicy(risk_percent=D(2), max_open_risk_percent=D(5)))
async def test_pending_orders_and_what_is_on_its_way_count_too(paper: PaperDesk) -> None:
    ask = D(str(paper.quote().ask))
    pending = await paper.card(kind=OrderKind.LIMIT, entry=ask - 40 * PIP, stop_loss=ask - 100 * PIP)
    assert (await done(paper, pending)).state is IntentState.PLACED
    await paper.tap(await paper.card())
    with pytest.raises(Refused, match="at risk"):
        await paper.tap(await paper.card())


@with_policy(RiskPolicy(risk_percent=D(3), max_open_risk_percent=D(5)))
async def test_of_taps_at_once_no_more_pass_than_the_limit_holds(paper: PaperDesk) -> None:
    cards = [await paper.card() for _ in range(4)]
    answers = await asyncio.gather(*map(paper.tap, cards), return_exceptions=True)
    assert sum(isinstance(answer, Approval) for answer in answers) == 1
    assert sum(isinstance(answer, Refused) for answer in answers) == 3


async def test_what_is_filled_while_the_account_is_read_counts(store: Store, tmp_path: Path) -> None:
    between, terminal = Interrupted(store), InProcess()
    policy = RiskPolicy(risk_percent=D(3), max_open_risk_percent=D(5))
    async with open_paper_desk(between, tmp_path, policy=policy, open_terminal=lambda _: terminal) as paper:
        first, second = await paper.card(), await paper.card()
        await paper.tap(first)
        between.happening = partial(drain, paper.desk, paper.trader.account, Quarantine())
        with pytest.raises(Refused, match="at risk"):
            await paper.tap(second)
        assert (await paper.intent(first)).state is IntentState.FILLED


async def test_on_a_netting_account_what_is_added_while_the_account_is_read_counts(
    store: Store, tmp_path: Path
) -> None:
    """The position is an older order's, and bears its mark."""
    between, terminal = Interrupted(store), InProcess()
    policy = RiskPolicy(risk_percent=D(2), max_open_risk_percent=D(5))
    async with open_paper_desk(between, tmp_path, policy=policy, open_terminal=lambda _: terminal) as paper:
        set_account(paper, margin_mode=mt5.ACCOUNT_MARGIN_MODE_RETAIL_NETTING)
        assert (await done(paper, await paper.card())).state is IntentState.FILLED
        paper.pass_time(10)
        second, third = await paper.card(), await paper.card()
        await paper.tap(second)
        between.happening = partial(drain, paper.desk, paper.trader.account, Quarantine())
        with pytest.raises(Refused, match="at risk"):
            await paper.tap(third)
        assert (await paper.intent(second)).state is IntentState.FILLED


@pytest.mark.parametrize(("policy", "passes"), [(RiskPolicy(), False), (BARE, True)])
async def test_beside_what_has_no_stop_nothing_is_opened_unless_the_trader_allows_it(
    paper: PaperDesk, passes: bool
) -> None:
    paper.broker.open_position(paper.trader.account.login, "EURUSD", mt5.ORDER_TYPE_BUY, 0.1)
    card = await paper.card()
    if passes:
        assert (await done(paper, card)).state is IntentState.FILLED
        return
    with pytest.raises(Refused, match=r"open risk is not known: 0.1 lots of EURUSD have no stop loss"):
        await paper.tap(card)


# Sizes in the account's own currency


def in_dollars(paper: PaperDesk, symbol: str, amount: Decimal) -> Decimal:
    """So much of the symbol's profit currency, by the rates quoted now."""
    if symbol.endswith("JPY"):
        return amount / D(str(paper.quote("USDJPY").ask))
    return amount


@pytest.mark.parametrize("symbol", ["EURUSD", "USDJPY", "EURJPY", "XAUUSD", "US30", "BTCUSD", "GBPJPY"])
@pytest.mark.parametrize("currency", ["USD", "EUR"])
async def test_a_stop_costs_the_share_of_equity_in_every_currency(
    paper: PaperDesk, symbol: str, currency: str
) -> None:
    """Against an oracle of its own: distance, contract and the rates of the market, no tick value."""
    set_account(paper, currency=currency)
    contract = {"XAUUSD": 100, "US30": 1, "BTCUSD": 1}.get(symbol, 100_000)
    entry = D(str(paper.quote(symbol).ask))
    stop = round(entry * D("0.99"), 2 if contract < 100_000 else 3)
    shown = await sized(paper.desk, await paper.card(instrument=symbol, entry=entry, stop_loss=stop))
    assert shown.lots is not None
    assert shown.risk is not None
    dollars = in_dollars(paper, symbol, (entry - stop) * contract * shown.lots)
    loss = dollars / D(str(paper.quote("EURUSD").bid)) if currency == "EUR" else dollars
    assert abs(shown.risk / loss - 1) < D("0.001")
    step = D("0.1") if symbol == "US30" else D("0.01")
    assert shown.risk <= 100 < shown.risk * (shown.lots + step) / shown.lots


# Instant execution


@pytest.mark.parametrize(("allowed", "state"), [("5", IntentState.FILLED), ("2", IntentState.REFUSED)])
async def test_instant_execution_fills_within_the_traders_drift(
    store: Store, tmp_path: Path, allowed: str, state: IntentState
) -> None:
    """The price of USDCAD moves by 3 pips between what was read and what arrives: the broker asks again."""
    moved: list[str] = []

    async def moves(function: str) -> None:
        if function == "order_send" and not moved:
            moved.append(function)
            made.move("USDCAD", 0.021)

    terminal, policy = InProcess(), RiskPolicy(max_drift_pips=D(allowed))
    async with open_paper_desk(store, tmp_path, policy=policy, open_terminal=lambda _: terminal) as made:
        card = await made.card(instrument="USDCAD")
        await made.tap(card)
        terminal.before = moves
        await drain(made.desk, made.trader.account, Quarantine())
        intent = await made.intent(card)
        assert moved
        assert intent.state is state, intent.detail
        if state is IntentState.REFUSED:
            assert "moved since you approved" in intent.detail
            return
        assert intent.price is not None
        assert intent.filled_price is not None
        assert D("0.0002") < intent.filled_price - intent.price <= D("0.0005")

"""A pending order waits no longer than its signal is good for, whatever ends the broker offers."""

from collections.abc import AsyncIterator
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from core.model.accounts import RiskPolicy
from core.model.approvals import Approval
from core.model.events import Priority
from core.model.signals import OrderKind
from core.model.trades import IntentKind, IntentState
from core.mt5 import contract as mt5
from core.paper.server.faults import Fault, Kind
from core.paper.server.records import Order
from core.ports import Store
from core.trading.account_loop import drain
from core.trading.resolution import Quarantine
from tests.fakes.desk import PaperDesk, open_paper_desk
from tests.fakes.links import InProcess

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

HOUR_S, OFFSET_S = 3_600.0, 7_200
POLICY = RiskPolicy(fixed_lots=Decimal(1), max_open_risk_percent=Decimal(1_000))


@pytest.fixture
async def paper(store: Store, tmp_path: Path) -> AsyncIterator[PaperDesk]:
    terminal = InProcess()
    async with open_paper_desk(
        store, tmp_path, policy=POLICY, open_terminal=lambda _: terminal, utc_offset_s=OFFSET_S
    ) as made:
        made.broker.deposit(made.trader.account.login, 1_000_000)
        made.pass_time(4 * HOUR_S)  # every market is open at four in the afternoon
        yield made


async def look(paper: PaperDesk) -> None:
    """What the loop does when it wakes, and again at once when it was rung."""
    for _ in range(2):
        await drain(paper.desk, paper.trader.account, Quarantine())


async def placed(paper: PaperDesk, symbol: str, expires_in_s: float) -> tuple[Approval, Order]:
    """A buy limit two percent below the market, and the order as the broker has it."""
    entry = round(Decimal(str(paper.quote(symbol).ask)) * Decimal("0.98"), 2)
    card = await paper.card(
        instrument=symbol, kind=OrderKind.LIMIT, entry=entry, stop_loss=entry - 1, expires_in_s=expires_in_s
    )
    await paper.tap(card)
    await look(paper)
    intent = await paper.intent(card)
    assert intent.state is IntentState.PLACED, intent.detail
    [order] = at_broker(paper)
    return card, order


def at_broker(paper: PaperDesk) -> list[Order]:
    return list(paper.broker.broker.view(paper.trader.account.login).ledger.orders.values())


async def cancels(paper: PaperDesk) -> list[IntentState]:
    async with paper.store.read() as tx:
        events = await tx.events.recent(100, "order.")
    ends = [event for event in events if event.name != "order.sent"]
    kind = IntentKind.CANCEL
    return [IntentState(event.name.removeprefix("order.")) for event in ends if event.data["kind"] == kind]


@pytest.mark.parametrize(
    ("symbol", "hours", "kind", "day_end"),
    [
        ("EURUSD", 2, mt5.ORDER_TIME_SPECIFIED, False),
        ("EURUSD", 60, mt5.ORDER_TIME_SPECIFIED, False),
        ("USOIL", 2, mt5.ORDER_TIME_SPECIFIED_DAY, True),
        ("AAPL", 2, mt5.ORDER_TIME_DAY, True),
        ("AAPL", 60, mt5.ORDER_TIME_GTC, False),
    ],
)
async def test_the_broker_is_told_the_nearest_end_that_it_takes(
    paper: PaperDesk, symbol: str, hours: int, kind: int, day_end: bool
) -> None:
    card, order = await placed(paper, symbol, hours * HOUR_S)
    assert order.type_time == kind
    ends = int((card.expires_at + timedelta(seconds=OFFSET_S)).timestamp())
    if day_end:
        assert ends <= order.time_expiration <= ends + 86_400
    elif kind == mt5.ORDER_TIME_SPECIFIED:
        assert order.time_expiration == ends
    assert (await paper.intent(card)).order_expires_at == card.expires_at


async def test_what_the_broker_ends_is_told_as_expired_there(paper: PaperDesk) -> None:
    card, _ = await placed(paper, "EURUSD", 2 * HOUR_S)
    paper.pass_time(2 * HOUR_S - 60)
    await look(paper)
    assert (await paper.intent(card)).state is IntentState.PLACED
    paper.pass_time(61)
    await look(paper)
    intent = await paper.intent(card)
    assert intent.state is IntentState.EXPIRED
    assert "expired at the broker" in intent.detail
    assert await cancels(paper) == []
    told = {notice.subject: notice.priority for notice in await paper.alerts()}
    assert told == {"intent_expired": Priority.NOTICE}, "no alarm: it had no other end"


@pytest.mark.parametrize("symbol", ["AAPL", "USOIL"])
async def test_what_the_broker_would_keep_the_desk_cancels(paper: PaperDesk, symbol: str) -> None:
    card, _ = await placed(paper, symbol, HOUR_S)
    paper.pass_time(HOUR_S - 60)
    await look(paper)
    assert at_broker(paper)
    paper.pass_time(61)
    await look(paper)
    assert at_broker(paper) == []
    assert await cancels(paper) == [IntentState.FILLED]
    intent = await paper.intent(card)
    assert intent.state is IntentState.EXPIRED
    assert "cancelled" in intent.detail


async def test_while_it_cannot_be_cancelled_it_is_tried_with_growing_patience(paper: PaperDesk) -> None:
    await placed(paper, "AAPL", HOUR_S)
    paper.pass_time(HOUR_S + 1)
    refusal = Fault(Kind.REJECT, retcode=mt5.TRADE_RETCODE_MARKET_CLOSED, count=4)
    paper.broker.misfortune(refusal)
    minutes: list[int] = []
    for minute in range(60):
        await look(paper)
        minutes += [minute] * (len(await cancels(paper)) - len(minutes))
        paper.pass_time(60)
    assert minutes == [0, 5, 11, 23, 47]
    assert at_broker(paper) == [], "in the end it is cancelled"


async def test_an_order_that_is_past_its_end_is_not_sent(paper: PaperDesk) -> None:
    entry = round(Decimal(str(paper.quote("EURUSD").ask)) * Decimal("0.98"), 2)
    card = await paper.card(
        kind=OrderKind.LIMIT, entry=entry, stop_loss=entry - Decimal("0.05"), expires_in_s=5
    )
    await paper.tap(card)
    paper.pass_time(6)
    await look(paper)
    assert (await paper.intent(card)).state is IntentState.EXPIRED
    assert at_broker(paper) == []

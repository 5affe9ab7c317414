"""SIGKILL of a real process that trades, at random moments, while its broker is late or loses replies."""

import asyncio
import os
import signal
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from random import Random
from uuid import uuid4

import pytest

from core.model.accounts import Account, RiskPolicy, Source
from core.model.approvals import Approval, ApprovalState
from core.model.ids import ApprovalId, SignalId
from core.model.instruments import Side
from core.model.people import Person
from core.model.policies import Plan
from core.model.signals import OrderKind, Signal
from core.model.trades import IntentState
from core.mt5 import contract as mt5
from core.paper.hands import Hands
from core.paper.market.plan import MarketPlan
from core.paper.server.faults import Fault, Kind
from core.ports import Delivery, Store
from tests.fakes.desk import open_paper_desk, password_of

ROOT = Path(__file__).parents[2]
KILLS = {"sqlite": 76, "postgres": 24}
CARDS_PER_LIFE = 3
"""With no target, one, and two: the last one is a plan of two legs."""
MISFORTUNES = (
    Fault(Kind.LATE, seconds=0.3),
    Fault(Kind.LATE, seconds=1.0),
    Fault(Kind.REPLY_LOST),
    Fault(Kind.REJECT, retcode=mt5.TRADE_RETCODE_REQUOTE),
    Fault(Kind.HANG_EXECUTED, seconds=0.2),
)
DONE = (IntentState.FILLED, IntentState.EXPIRED, IntentState.REFUSED)


async def put_card(
    store: Store, broker: Hands, source: Source, person: Person, account: Account, targets: int
) -> Approval:
    """A signal at the market of this moment, so many far targets, with its card."""
    now = datetime.now(UTC)
    entry = Decimal(str(broker.broker.view(account.login).quote("EURUSD").ask))
    profits = tuple(entry + Decimal("0.2") * number for number in range(1, targets + 1))
    signal = Signal(
        SignalId(uuid4()), source.id, source.name, uuid4().hex, "EURUSD", Side.BUY, OrderKind.MARKET,
        entry, None, entry - Decimal("0.02"), profits, now, now + timedelta(minutes=10),
    )  # fmt: skip
    card = Approval(
        ApprovalId(uuid4()), signal.id, person.id, account.id, ApprovalState.PENDING, 1, signal.expires_at
    )
    async with store.write() as tx:
        await tx.signals.add(signal, Delivery(signal.external_id, "0" * 64))
        await tx.approvals.add_all([card])
    return card


async def start(url: str, password: str, *options: str) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.crash.driver", url, password, *options, cwd=ROOT,
        stdout=asyncio.subprocess.DEVNULL,
    )  # fmt: skip


async def until_all_are_decided(store: Store, cards: list[Approval]) -> None:
    """The process has got as far as the orders of these cards."""
    async with asyncio.timeout(30):
        while True:
            async with store.read() as tx:
                if all([await tx.intents.of_approval(card.id) for card in cards]):
                    return
            await asyncio.sleep(0.005)


async def test_killed_again_and_again(
    store: Store, database_url: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    random = Random(20_261_121)
    kind = "sqlite" if database_url.startswith("sqlite") else "postgres"
    many = RiskPolicy(max_open_risk_percent=Decimal(100_000), plan=Plan.SPLIT)
    async with open_paper_desk(store, tmp_path, policy=many) as paper:
        broker, trader = paper.broker, paper.trader
        with broker.broker.book.transaction():
            broker.broker.book.write_plan(MarketPlan())
        password = password_of(trader.account)
        cards: list[Approval] = []
        for _ in range(KILLS[kind]):
            fresh = [
                await put_card(store, broker, paper.source, trader.person, trader.account, targets)
                for targets in range(CARDS_PER_LIFE)
            ]
            broker.misfortune(replace(random.choice(MISFORTUNES), skip=random.randrange(2)))
            cards += fresh
            process = await start(database_url, password)
            try:
                await until_all_are_decided(store, fresh[:1])
                await asyncio.sleep(random.uniform(0, 0.15))
            finally:
                os.kill(process.pid, signal.SIGKILL)
                await process.wait()

        last = await start(database_url, password, "--once")
        async with asyncio.timeout(60):
            assert await last.wait() == 0

        async with store.read() as tx:
            intents = [await tx.intents.of_approval(card.id) for card in cards]
            trades = await tx.trades.open_of(trader.account.id)
            assert not await tx.intents.waiting(trader.account.id)
            assert not await tx.intents.unresolved(trader.account.id)
        held = broker.broker.view(trader.account.login).ledger.positions.values()
        magics = [position.magic for position in held]
        orders = [order for of_card in intents for order in of_card]
        assert len(orders) == len({(order.approval_id, order.leg) for order in orders}), "one for a leg"
        plans = intents[CARDS_PER_LIFE - 1 :: CARDS_PER_LIFE]
        assert {len(legs) for legs in plans} <= {0, 2}, "a plan has all its legs or none"
        assert len(magics) == len(set(magics)), "no order was carried out twice"
        assert {trade.position for trade in trades} == {position.identifier for position in held}
        filled = {order.magic for order in orders if order.state is IntentState.FILLED}
        assert filled == set(magics), "nothing was lost, and nothing is believed that is not"
        assert len(filled) > len(cards) / 2
        assert all(order.state in DONE for order in orders)

"""A day of orders on a paper terminal, with misfortunes of known size: the figures say exactly that."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from core.model.accounts import RiskPolicy
from core.model.trades import IntentState
from core.paper.server.faults import Fault, Kind
from core.ports import Store
from core.quality.figures import Delay, Slippage
from core.quality.grouping import Dimension
from core.quality.measures import filled_lots, slippage_pips
from core.quality.report import Report, read_report
from core.trading.account_loop import drain
from core.trading.resolution import Quarantine
from tests.core.quality.samples import PIP
from tests.fakes.desk import PaperDesk, late, open_paper_desk

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

HESITATION_S, LATE_S = 30, 3
FILLED, PARTIAL, REFUSED = IntentState.FILLED, IntentState.PARTIAL, IntentState.REFUSED


@dataclass(frozen=True, slots=True)
class Deed:
    """An order, what it meets on its way, and what is to become of it."""

    fault: Fault | None
    state: IntentState
    instrument: str = "EURUSD"


DAY = (
    Deed(None, FILLED),
    Deed(Fault(Kind.SLIPPAGE, points=12), FILLED),
    Deed(Fault(Kind.SLIPPAGE, points=40), FILLED),
    Deed(Fault(Kind.PARTIAL, share=0.5), PARTIAL, "BTCUSD"),  # EURUSD is filled whole or not at all
    Deed(Fault(Kind.REJECT), REFUSED),
    Deed(late(LATE_S), FILLED),
)


@pytest.fixture
async def paper_desk(store: Store, tmp_path: Path) -> AsyncIterator[PaperDesk]:
    """Its trader takes the price as it comes: bitcoin runs many pips in half a minute."""
    async with open_paper_desk(store, tmp_path, policy=RiskPolicy(max_drift_pips=Decimal(1000))) as made:
        yield made


async def order(paper: PaperDesk, deed: Deed) -> Decimal:
    """A signal that its trader thinks about, and its order; how many pips the price rises until `LATE_S`."""
    card = await paper.card(instrument=deed.instrument)
    paper.pass_time(HESITATION_S)
    await paper.tap(card)
    if deed.fault is not None:
        paper.broker.misfortune(deed.fault)
    prices = []
    for _ in range(LATE_S + 2):
        prices.append(Decimal(str(paper.quote().ask)))
        await drain(paper.desk, paper.trader.account, Quarantine())
        paper.pass_time(1)
    return (prices[LATE_S] - prices[0]) / PIP


async def read(paper: PaperDesk, dimension: Dimension) -> Report:
    return await read_report(paper.desk, [paper.trader.account.id], dimension, 1)


async def test_a_day_of_misfortunes_is_measured_exactly(paper_desk: PaperDesk) -> None:
    *_, rose = [await order(paper_desk, deed) for deed in DAY]
    report = await read(paper_desk, Dimension.INSTRUMENT)
    pips = [Decimal(0), Decimal("1.2"), Decimal("4.0"), Decimal(0), None, rose]
    assert [slippage_pips(fill) for fill in report.fills] == pips
    assert [fill.state for fill in report.fills] == [deed.state for deed in DAY]
    assert [fill.was_unknown for fill in report.fills] == [False] * 5 + [True]

    total, halved = report.total, report.fills[3]
    assert (total.orders, total.whole, total.partial, total.refused, total.doubted) == (6, 4, 1, 1, 1)
    assert filled_lots(halved) == halved.wanted / 2
    assert total.wanted - total.filled == halved.wanted / 2 + report.fills[4].wanted
    measured = sorted(each for each in pips if each is not None)
    mean = (sum(measured, Decimal(0)) / 5).quantize(Decimal("0.01"))
    assert total.slippage == Slippage(5, int(rose < 0), measured[2], Decimal(4), mean, Decimal(4))
    assert total.from_tap == Delay(5, timedelta(0), timedelta(seconds=LATE_S))
    waited = timedelta(seconds=HESITATION_S)
    assert total.from_signal == Delay(5, waited, waited + timedelta(seconds=LATE_S))
    assert [(row.name, row.figures.orders) for row in report.rows] == [("EURUSD", 5), ("BTCUSD", 1)]


async def test_the_day_stands_in_its_hour_and_under_its_source(paper_desk: PaperDesk) -> None:
    await order(paper_desk, DAY[0])
    paper_desk.pass_time(3600)
    await order(paper_desk, DAY[1])
    hours = [(row.name, row.figures.orders) for row in (await read(paper_desk, Dimension.HOUR)).rows]
    assert hours == [("12:00", 1), ("13:00", 1)]
    [source] = (await read(paper_desk, Dimension.SOURCE)).rows
    assert source.name == paper_desk.source.name
    paper_desk.pass_time(24 * 3600)
    assert (await read(paper_desk, Dimension.SOURCE)).fills == []

"""Stops and entries moved by a person: what is at risk stays within what the trader allows."""

from collections.abc import AsyncIterator
from decimal import Decimal
from pathlib import Path

import pytest

from core.model.accounts import RiskPolicy
from core.model.errors import Refused
from core.model.trades import Intent, IntentState
from core.mt5.orders import Stops
from core.paper.server.faults import Fault, Kind
from core.ports import Store
from core.trading.changing import PendingChange, change_pending, modify_stops
from tests.core.trading.acting import PIP, account, look, opened, placed, positions, stored
from tests.fakes.desk import PaperDesk, open_paper_desk
from tests.fakes.links import InProcess

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

D = Decimal
TIGHT = RiskPolicy(max_open_risk_percent=D("2.5"))
"""A trade risks one percent of 10,000, and 250 are allowed in all: 156 pips for 0.16 lots."""


@pytest.fixture
def policy() -> RiskPolicy:
    return TIGHT


@pytest.fixture
async def paper(store: Store, tmp_path: Path, policy: RiskPolicy) -> AsyncIterator[PaperDesk]:
    terminal = InProcess()
    async with open_paper_desk(store, tmp_path, policy=policy, open_terminal=lambda _: terminal) as made:
        yield made


async def moved(paper: PaperDesk, position: int, loss: Decimal | None) -> Intent:
    return await modify_stops(paper.desk, account(paper), position, Stops(loss), paper.trader.person)


async def test_a_stop_is_moved_away_as_far_as_the_limit_of_risk(paper: PaperDesk) -> None:
    position = await opened(paper)
    price = position.price_current
    with pytest.raises(Refused, match=r"With this stop 25[67]\.\d\d USD would be at risk, .* 2.5 % of"):
        await moved(paper, position.identifier, price - 160 * PIP)
    wish = await moved(paper, position.identifier, price - 150 * PIP)
    await look(paper)
    assert (await stored(paper, wish)).state is IntentState.FILLED


async def test_what_the_others_risk_counts(paper: PaperDesk) -> None:
    first, second = await opened(paper), await opened(paper)
    price = first.price_current
    with pytest.raises(Refused, match="would be at risk"):
        await moved(paper, second.identifier, price - 110 * PIP)
    await moved(paper, second.identifier, price - 85 * PIP)


async def test_two_stops_moved_at_once_do_not_both_pass(paper: PaperDesk) -> None:
    first, second = await opened(paper), await opened(paper)
    await moved(paper, first.identifier, first.price_current - 85 * PIP)
    with pytest.raises(Refused, match="would be at risk"):
        await moved(paper, second.identifier, second.price_current - 85 * PIP)


async def test_a_stop_on_its_way_nearer_is_not_relied_on(paper: PaperDesk) -> None:
    first, second = await opened(paper), await opened(paper)
    await moved(paper, first.identifier, first.price_current - 10 * PIP)
    with pytest.raises(Refused, match="would be at risk"):
        await moved(paper, second.identifier, second.price_current - 110 * PIP)


async def test_an_order_on_its_way_counts(paper: PaperDesk) -> None:
    position = await opened(paper)
    await paper.tap(await paper.card())
    with pytest.raises(Refused, match="would be at risk"):
        await moved(paper, position.identifier, position.price_current - 110 * PIP)


async def test_what_makes_the_risk_smaller_is_never_refused(paper: PaperDesk) -> None:
    """Though it stays above the limit, which a person passed in the terminal."""
    position = await opened(paper)
    login, price = paper.trader.account.login, position.price_current
    paper.broker.move_stops(login, position.ticket, float(price - 400 * PIP), 0.0)
    paper.pass_time(1)
    await moved(paper, position.identifier, price - 300 * PIP)
    await look(paper)
    [held] = await positions(paper)
    assert held.stop_loss == price - 300 * PIP
    target = Stops(held.stop_loss, price + 300 * PIP)
    await modify_stops(paper.desk, account(paper), position.identifier, target, paper.trader.person)


async def test_a_stop_is_not_taken_away_from_who_trades_with_stops(paper: PaperDesk) -> None:
    position = await opened(paper)
    with pytest.raises(Refused, match="Without a stop loss nobody knows what is at risk"):
        await moved(paper, position.identifier, None)


@pytest.mark.parametrize("policy", [RiskPolicy(allow_no_stop=True, fixed_lots=D("0.10"))])
async def test_who_trades_without_stops_may_take_one_away(paper: PaperDesk) -> None:
    position = await opened(paper)
    wish = await moved(paper, position.identifier, None)
    await look(paper)
    assert (await stored(paper, wish)).state is IntentState.FILLED
    [bare] = await positions(paper)
    assert bare.stop_loss is None


async def test_beside_a_position_without_a_stop_no_other_is_widened(paper: PaperDesk) -> None:
    position = await opened(paper)
    paper.broker.open_position(paper.trader.account.login, "EURUSD", 0, 0.01)
    paper.pass_time(1)
    with pytest.raises(Refused, match=r"open risk is not known: 0.01 lots of EURUSD have no stop loss"):
        await moved(paper, position.identifier, position.price_current - 70 * PIP)
    await moved(paper, position.identifier, position.price_current - 40 * PIP)


async def test_a_pending_order_is_moved_as_far_as_the_limit_of_risk(paper: PaperDesk) -> None:
    order = await placed(paper)
    assert order.stop_loss is not None
    far = PendingChange(order.price_open, Stops(order.stop_loss - 200 * PIP))
    with pytest.raises(Refused, match="With this stop"):
        await change_pending(paper.desk, account(paper), order.ticket, far, paper.trader.person)
    both = PendingChange(order.price_open - 200 * PIP, Stops(order.stop_loss - 200 * PIP))
    paper.broker.misfortune(Fault(Kind.REPLY_LOST))
    wish = await change_pending(paper.desk, account(paper), order.ticket, both, paper.trader.person)
    await look(paper)
    assert (await stored(paper, wish)).state is IntentState.FILLED

"""Who is like whom, and what is back: nobody becomes another's position, and nothing held stays untold."""

from dataclasses import replace

import pytest

from core.model.divergences import DivergenceKind as K
from core.model.trades import CloseReason, Trade
from core.mt5 import contract as mt5
from core.paper.server.faults import Fault, Kind
from core.reconciliation.decisions import adopt, choose, write_off
from tests.core.reconciliation.watched import Watched
from tests.fakes.desk import ALMOST_STILL

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
AN_HOUR_S = 3_600 / ALMOST_STILL


def open_a_twin(watched: Watched, trade: Trade) -> None:
    watched.hands.open_position(watched.login, "EURUSD", mt5.ORDER_TYPE_BUY, float(trade.volume))


def renumber(watched: Watched, trade: Trade) -> int:
    """As a broker that moves an account: the position has another number, and no mark of ours."""
    with watched.hands.broker.change(watched.login) as dealer:
        held, number = dealer.ledger.positions[trade.position], dealer.ledger.next_ticket()
        dealer.ledger.drop(trade.position)
        dealer.ledger.keep(replace(held, ticket=number, identifier=number, magic=0, comment=""))
    return number


async def lasting(watched: Watched) -> list[K]:
    return [divergence.kind for divergence in await watched.lasting()]


@pytest.mark.parametrize("is_told", [False, True])
async def test_a_close_whose_deal_comes_late_hands_no_trade_to_a_stranger(
    watched: Watched, is_told: bool
) -> None:
    trade = await watched.opened()
    if is_told:
        open_a_twin(watched, trade)
    await watched.cycle(2)
    lag = Fault(Kind.LAG, call="history_deals_get", count=1_000, seconds=AN_HOUR_S)
    watched.hands.misfortune(lag)
    if not is_told:
        open_a_twin(watched, trade)
    watched.hands.close_position(watched.login, trade.position)
    await watched.cycle()
    watched.hands.no_misfortunes()
    await watched.cycle(3)
    closed = await watched.trade(trade)
    assert (closed.position, closed.close_reason) == (trade.position, CloseReason.DESKTOP)
    assert await lasting(watched) == [K.UNMATCHED]


async def test_a_stranger_stays_one_when_a_trade_beside_it_loses_its_number(watched: Watched) -> None:
    trade = await watched.opened()
    open_a_twin(watched, trade)
    await watched.cycle(2)
    number = renumber(watched, trade)
    await watched.cycle(3)
    assert await lasting(watched) == [K.UNMATCHED]
    assert (await watched.trade(trade)).position == number


async def test_who_of_two_is_not_chosen_is_a_stranger(watched: Watched) -> None:
    trade = await watched.opened()
    await watched.cycle()
    open_a_twin(watched, trade)
    number = renumber(watched, trade)
    await watched.cycle(2)
    [doubt] = await watched.log()
    await choose(watched.paper.desk, doubt.id, number, watched.trader.person)
    await watched.cycle(2)
    assert await lasting(watched) == [K.UNMATCHED]
    assert (await watched.trade(trade)).position == number


async def test_what_was_written_off_and_is_there_after_all_is_told_and_can_be_adopted(
    watched: Watched,
) -> None:
    trade = await watched.opened()
    await watched.cycle()
    with watched.hands.broker.change(watched.login) as dealer:
        held = dealer.ledger.positions[trade.position]
        dealer.ledger.drop(trade.position)
    await watched.cycle(2)
    [gone] = await watched.log()
    await write_off(watched.paper.desk, gone.id, watched.trader.person)
    await watched.cycle()
    with watched.hands.broker.change(watched.login) as dealer:
        dealer.ledger.keep(held)
    await watched.cycle()
    assert await lasting(watched) == []  # a list may be old once
    await watched.cycle()
    [back] = [row for row in await watched.log() if row.lasts]
    assert back.divergence.kind is K.UNMATCHED
    await adopt(watched.paper.desk, back.id, watched.trader.person)
    await watched.cycle(2)
    assert await lasting(watched) == []
    [again] = await watched.open_trades()
    assert (again.id, again.signal_id, again.position) == (trade.id, trade.signal_id, trade.position)

"""aiomql: an asynchronous framework that makes the module's functions methods and calls them in threads."""

import asyncio
import datetime as dt
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from core.paper import hands
from tests.strangers.conftest import Load
from tests.strangers.desk import LOGIN, PASSWORD, SERVER, Desk, mt5

DAY = dt.timedelta(days=1)


@pytest.fixture
def aiomql(load: Load, desk: Desk, tmp_path: Path) -> Any:
    package = load("aiomql")
    config = package.Config(root=str(tmp_path))
    config.set_attributes(login=LOGIN, password=PASSWORD, server=SERVER, path=desk.program)
    return package


@pytest.fixture
async def account(aiomql: Any) -> AsyncIterator[Any]:
    async with aiomql.Account() as account:
        yield account


@pytest.fixture
async def euro(aiomql: Any, account: Any) -> Any:
    symbol = aiomql.Symbol(name="EURUSD")
    assert await symbol.initialize()
    return symbol


def order(aiomql: Any, euro: Any, **fields: Any) -> Any:
    return aiomql.Order(
        **{"symbol": "EURUSD", "type": aiomql.OrderType.BUY, "volume": 0.1, "price": euro.ask} | fields
    )


async def test_account_terminal_and_symbol_fill_themselves(aiomql: Any, account: Any, euro: Any) -> None:
    assert (account.login, account.balance, account.connected) == (LOGIN, 10_000.0, True)
    assert account.margin_mode == aiomql.AccountMarginMode.RETAIL_HEDGING
    terminal = aiomql.Terminal()
    assert await terminal.initialize()
    assert (terminal.build, terminal.path) == (mt5.terminal_info().build, mt5.terminal_info().path)
    assert (euro.digits, euro.trade_contract_size, euro.currency_profit) == (5, 100_000, "USD")
    assert euro.tick.ask > euro.tick.bid


async def test_candles_and_ticks(aiomql: Any, euro: Any) -> None:
    candles = await euro.copy_rates_from_pos(timeframe=aiomql.TimeFrame.M15, count=12)
    assert len(candles) == 12
    assert all(candle.low <= candle.open <= candle.high for candle in candles)
    ticks = await euro.copy_ticks_from(date_from=euro.tick.time - 60, count=9)
    assert len(ticks) == 9


async def test_an_order_is_checked_sent_and_closed(aiomql: Any, euro: Any) -> None:
    protected = order(aiomql, euro, sl=euro.ask - 0.01, tp=euro.ask + 0.02)
    assert (await protected.check()).retcode == 0
    assert await protected.calc_profit() == pytest.approx(200.0)
    assert await protected.calc_loss() == pytest.approx(-100.0)
    assert await protected.calc_margin() == pytest.approx(euro.ask * 100, rel=1e-3)
    sent = await protected.send()
    assert sent.retcode == mt5.TRADE_RETCODE_DONE
    positions = aiomql.Positions()
    [position] = await positions.get_positions(symbol="EURUSD")
    assert (position.ticket, position.type) == (sent.order, aiomql.PositionType.BUY)
    assert (await positions.close_position_by_ticket(ticket=sent.order)).retcode == mt5.TRADE_RETCODE_DONE
    history = aiomql.History(date_from=dt.datetime.now(dt.UTC) - DAY, date_to=dt.datetime.now(dt.UTC) + DAY)
    await history.initialize()  # deals and orders at once, in two threads
    assert [deal.entry for deal in history.get_deals_by_position(position=sent.order)] == [0, 1]
    assert (history.total_deals, history.total_orders) == (3, 2)


async def test_a_pending_order(aiomql: Any, euro: Any) -> None:
    pending = order(
        aiomql, euro, action=aiomql.TradeAction.PENDING, type=aiomql.OrderType.BUY_LIMIT, price=0.9,
        type_filling=aiomql.OrderFilling.RETURN, type_time=aiomql.OrderTime.GTC,
    )  # fmt: skip
    sent = await pending.send()
    assert (await pending.get_pending_order(ticket=sent.order)).price_open == 0.9
    assert len(await pending.get_pending_orders(symbol="EURUSD")) == 1


async def test_many_orders_at_once_from_many_threads(aiomql: Any, euro: Any) -> None:
    sent = await asyncio.gather(*(order(aiomql, euro, volume=0.01).send() for _ in range(40)))
    assert {result.retcode for result in sent} == {mt5.TRADE_RETCODE_DONE}
    assert len({result.order for result in sent}) == 40
    positions = aiomql.Positions()
    assert len(await positions.get_positions()) == 40
    assert await positions.close_all() == 40
    assert mt5.positions_total() == 0


async def test_a_lost_connection_is_made_again_by_itself(aiomql: Any, account: Any) -> None:
    mt5.shutdown()
    assert (await account.mt5.account_info()).login == LOGIN


async def test_refusals_and_failures(aiomql: Any, euro: Any, desk: Desk) -> None:
    assert (await order(aiomql, euro, volume=90.0).send()).retcode == mt5.TRADE_RETCODE_NO_MONEY
    assert await aiomql.Symbol(name="NOPE").initialize() is False
    hands.disable_api(desk.folder)
    with pytest.raises(aiomql.OrderError):
        await order(aiomql, euro).send()
    assert mt5.positions_total() == 0


async def test_a_wrong_password_is_a_login_error(aiomql: Any) -> None:
    aiomql.Config().set_attributes(password="wrong")
    with pytest.raises(aiomql.LoginError, match="-6: Terminal: Authorization failed"):
        async with aiomql.Account():
            pass

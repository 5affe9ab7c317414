"""A person's hands over HTTP: each act is seen in the broker's book, and by programs through the module."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest

import core.paper as mt5
from bot.demo.cast import PASSWORD, SERVER, TARA, TIM, TOM, terminal_of
from bot.sandbox import serve
from core.paper.folder import Folder
from core.paper.market.instruments import INSTRUMENTS
from core.paper.market.specification import Instrument
from core.paper.server.faults import Kind
from tests.sandbox.floor import Floor, floor_in


@pytest.fixture
async def floor(tmp_path: Path) -> AsyncIterator[Floor]:
    async with floor_in(tmp_path) as floor:
        yield floor


@pytest.fixture
def toms_program(floor: Floor) -> Iterator[None]:
    """A program signed in to Tom's terminal, which has seen an account without positions."""
    folder = str(terminal_of(floor.folder, TOM))
    assert mt5.initialize(folder, login=TOM.login, password=PASSWORD, server=SERVER)
    assert mt5.positions_get() == ()
    yield
    mt5.shutdown()


def buying(**fields: Any) -> dict[str, Any]:
    return {"symbol": "EURUSD", "side": "buy", "lots": 0.1} | fields


def program_buys() -> Any:
    """What a program is answered that buys 0.1 lots of EURUSD."""
    return mt5.order_send({"action": mt5.TRADE_ACTION_DEAL, "symbol": "EURUSD", "volume": 0.1})


def told_by(answer: object) -> Any:
    """The module's answer, which must be one."""
    assert answer is not None, mt5.last_error()
    return answer


# -- what can be seen


async def test_each_terminal_shows_its_account(floor: Floor) -> None:
    ticket = floor.opened(TOM)
    tom, tara, tim = await floor.done("GET", "terminals")
    assert [one["name"] for one in (tom, tara, tim)] == ["Tom", "Tara", "Tim"]
    assert (tom["network"], tom["algo_trading"], tom["api"], tom["investor"]) == (True, True, True, False)
    account = tom["account"]
    assert (account["login"], account["currency"]) == (TOM.login, "USD")
    (position,) = account["positions"]
    assert (position["ticket"], position["symbol"], position["side"]) == (str(ticket), "EURUSD", "buy")
    assert position["lots"] == 0.1
    assert account["equity"] == pytest.approx(account["balance"] + position["profit"])
    assert tara["account"]["positions"] == []
    assert (await floor.done("GET", "terminals/Tom"))["account"]["login"] == TOM.login


async def test_the_market_has_prices_and_the_broker_its_accounts(floor: Floor) -> None:
    symbols = {one["name"]: one for one in await floor.done("GET", "market")}
    assert symbols["EURUSD"]["bid"] < symbols["EURUSD"]["ask"]
    assert symbols["US30"]["lot_step"] == 0.1
    logins = [one["login"] for one in await floor.done("GET", "accounts")]
    assert logins == [TOM.login, TARA.login, TIM.login]
    assert set(await floor.done("GET", "misfortunes")) == set(Kind)


async def test_without_a_desktop_there_are_no_terminals() -> None:
    async with serve() as sandbox, aiohttp.ClientSession() as http:
        async with http.get(f"{sandbox.url}/control/terminals") as answer:
            assert answer.status == 404
        async with http.get(f"{sandbox.url}/control/openapi.json") as answer:
            assert not any("terminals" in path for path in (await answer.json())["paths"])


# -- trading


@pytest.mark.usefixtures("toms_program")
async def test_an_order_at_the_market_opens_a_position_of_a_person(floor: Floor) -> None:
    bid = next(one["bid"] for one in await floor.done("GET", "market"))
    sl, tp = round(bid * 0.9, 5), round(bid * 1.1, 5)
    told = await floor.done("POST", "terminals/Tom/orders", buying(sl=sl, tp=tp))
    assert told["text"].startswith("Filled: buy 0.1 EURUSD at ")
    held = floor.positions(TOM)[int(told["ticket"])]
    assert (held.symbol, held.side, held.volume, held.sl, held.tp) == ("EURUSD", 1, 0.1, sl, tp)
    (seen,) = told_by(mt5.positions_get())
    assert (seen.ticket, seen.reason) == (int(told["ticket"]), mt5.POSITION_REASON_CLIENT)


@pytest.mark.parametrize(
    ("side", "share", "kind", "order_type"),
    [
        ("buy", 0.9, "buy limit", mt5.ORDER_TYPE_BUY_LIMIT),
        ("buy", 1.1, "buy stop", mt5.ORDER_TYPE_BUY_STOP),
        ("sell", 1.1, "sell limit", mt5.ORDER_TYPE_SELL_LIMIT),
        ("sell", 0.9, "sell stop", mt5.ORDER_TYPE_SELL_STOP),
    ],
)
async def test_an_order_at_a_price_waits_there_until_it_is_cancelled(
    floor: Floor, side: str, share: float, kind: str, order_type: int
) -> None:
    bid = next(one["bid"] for one in await floor.done("GET", "market"))
    price = round(bid * share, 5)
    told = await floor.done("POST", "terminals/Tom/orders", buying(side=side, price=price))
    waiting = floor.orders(TOM)[int(told["ticket"])]
    assert (waiting.type, waiting.price_open) == (order_type, price)
    (shown,) = (await floor.done("GET", "terminals/Tom"))["account"]["orders"]
    assert (shown["ticket"], shown["kind"], shown["price"]) == (told["ticket"], kind, price)
    await floor.done("DELETE", f"terminals/Tom/orders/{told['ticket']}")
    assert floor.orders(TOM) == {}


async def test_a_pending_order_is_changed(floor: Floor) -> None:
    bid = next(one["bid"] for one in await floor.done("GET", "market"))
    price, other, sl = (round(bid * share, 5) for share in (0.9, 0.8, 0.7))
    ticket = (await floor.done("POST", "terminals/Tom/orders", buying(price=price)))["ticket"]
    told = await floor.done("PUT", f"terminals/Tom/orders/{ticket}", {"price": other, "sl": sl, "tp": 0})
    assert told["text"] == f"EURUSD {ticket}: at {other:.5f}."
    changed = floor.orders(TOM)[int(ticket)]
    assert (changed.type, changed.price_open, changed.sl) == (mt5.ORDER_TYPE_BUY_LIMIT, other, sl)


@pytest.mark.usefixtures("toms_program")
async def test_a_position_is_closed_in_part_and_then_all(floor: Floor) -> None:
    ticket = floor.opened(TOM, lots=0.3)
    await floor.done("POST", f"terminals/Tom/positions/{ticket}/close", {"lots": 0.1})
    assert floor.positions(TOM)[ticket].volume == pytest.approx(0.2)
    told = await floor.done("POST", f"terminals/Tom/positions/{ticket}/close", {})
    assert told["text"].startswith("Closed: 0.2 EURUSD at ")
    assert floor.positions(TOM) == {}
    _, *closings = told_by(mt5.history_deals_get(position=ticket))
    assert [deal.volume for deal in closings] == [pytest.approx(0.1), pytest.approx(0.2)]
    assert {deal.reason for deal in closings} == {mt5.DEAL_REASON_CLIENT}


async def test_whatever_the_broker_offers_is_opened_and_closed(floor: Floor) -> None:
    floor.hands.deposit(TOM.login, 1e6)
    offered = {name for name, spec in INSTRUMENTS.items() if _offered(spec)}
    assert len(offered) > 3
    for name in offered:
        lots = INSTRUMENTS[name].volume_min
        told = await floor.done("POST", "terminals/Tom/orders", buying(symbol=name, lots=lots))
        await floor.done("POST", f"terminals/Tom/positions/{told['ticket']}/close", {})
    assert floor.positions(TOM) == {}


def _offered(spec: Instrument) -> bool:
    return spec.trade_mode == mt5.SYMBOL_TRADE_MODE_FULL and not spec.real_only


async def test_of_two_who_close_at_once_one_is_told_that_it_is_gone(floor: Floor) -> None:
    ticket = floor.opened(TOM)
    path = f"terminals/Tom/positions/{ticket}/close"
    answers = await asyncio.gather(*(floor.ask("POST", path, {}) for _ in range(2)))
    assert sorted(status for status, _ in answers) == [200, 409]
    assert f"no open position {ticket}" in next(told["detail"] for status, told in answers if status == 409)


async def test_stops_are_moved_and_taken_away(floor: Floor) -> None:
    ticket = floor.opened(TOM)
    path, price = f"terminals/Tom/positions/{ticket}/stops", floor.positions(TOM)[ticket].price_open
    sl, tp = round(price * 0.9, 5), round(price * 1.1, 5)
    await floor.done("PUT", path, {"sl": sl, "tp": tp})
    assert (floor.positions(TOM)[ticket].sl, floor.positions(TOM)[ticket].tp) == (sl, tp)
    told = await floor.done("PUT", path, {"sl": 0, "tp": tp})
    assert (floor.positions(TOM)[ticket].sl, floor.positions(TOM)[ticket].tp) == (0.0, tp)
    assert told["text"] == f"EURUSD {ticket}: stop loss none, take profit {tp:.5f}."


# -- circumstances


@pytest.mark.usefixtures("toms_program")
async def test_money_comes_and_goes_as_balance_operations(floor: Floor) -> None:
    await floor.done("POST", "terminals/Tom/payments", {"amount": 500.5})
    await floor.done("POST", "terminals/Tom/payments", {"amount": -100})
    assert told_by(mt5.account_info()).balance == 10_400.5
    opening, deposit, withdrawal = told_by(mt5.history_deals_get(1, 2_000_000_000))
    assert {deal.type for deal in (opening, deposit, withdrawal)} == {mt5.DEAL_TYPE_BALANCE}
    assert (deposit.profit, withdrawal.profit) == (500.5, -100.0)


@pytest.mark.usefixtures("toms_program")
async def test_a_credit_counts_in_equity_alone(floor: Floor) -> None:
    await floor.done("POST", "terminals/Tom/payments", {"amount": 250, "credit": True})
    account = told_by(mt5.account_info())
    assert (account.balance, account.credit, account.equity) == (10_000.0, 250.0, 10_250.0)
    await floor.done("POST", "terminals/Tom/payments", {"amount": -250, "credit": True})
    assert told_by(mt5.account_info()).credit == 0.0


@pytest.mark.usefixtures("toms_program")
async def test_a_pulled_cable_is_seen_by_programs_and_plugged_in_again(floor: Floor) -> None:
    assert (await floor.done("PATCH", "terminals/Tom", {"network": False}))["network"] is False
    assert not told_by(mt5.terminal_info()).connected
    ticket = floor.opened(TOM)
    assert mt5.positions_get() == ()
    shown = (await floor.done("GET", "terminals/Tom"))["account"]
    assert [one["ticket"] for one in shown["positions"]] == [str(ticket)]
    await floor.done("PATCH", "terminals/Tom", {"network": True})
    assert told_by(mt5.terminal_info()).connected
    assert [one.ticket for one in told_by(mt5.positions_get())] == [ticket]


async def test_a_cable_that_is_pulled_twice_was_pulled_the_first_time(floor: Floor) -> None:
    await floor.done("PATCH", "terminals/Tom", {"network": False})
    pulled = Folder(terminal_of(floor.folder, TOM)).setup.unplugged
    await floor.done("PATCH", "terminals/Tom", {"network": False})
    assert Folder(terminal_of(floor.folder, TOM)).setup.unplugged == pulled


@pytest.mark.usefixtures("toms_program")
async def test_the_algo_trading_button_stops_programs_and_not_the_person(floor: Floor) -> None:
    await floor.done("PATCH", "terminals/Tom", {"algo_trading": False})
    assert program_buys().retcode == mt5.TRADE_RETCODE_CLIENT_DISABLES_AT
    await floor.done("POST", "terminals/Tom/orders", buying())
    await floor.done("PATCH", "terminals/Tom", {"algo_trading": True})
    assert program_buys().retcode == mt5.TRADE_RETCODE_DONE
    assert len(floor.positions(TOM)) == 2


@pytest.mark.usefixtures("toms_program")
async def test_the_option_for_the_api_and_the_brokers_own_permissions(floor: Floor) -> None:
    assert (await floor.done("PATCH", "terminals/Tom", {"api": False}))["api"] is False
    assert told_by(mt5.terminal_info()).tradeapi_disabled
    await floor.done("PATCH", "terminals/Tom", {"api": True, "programs": False})
    assert program_buys().retcode == mt5.TRADE_RETCODE_SERVER_DISABLES_AT
    told = await floor.done("PATCH", "terminals/Tom", {"trading": False})
    assert (told["account"]["trading"], told["account"]["programs"]) == (False, False)
    status, refused = await floor.ask("POST", "terminals/Tom/orders", buying())
    assert (status, refused["detail"].partition(" (")[0]) == (
        409,
        "Trading is not permitted for this account or symbol.",
    )


@pytest.mark.usefixtures("toms_program")
async def test_the_account_is_switched_under_a_program(floor: Floor) -> None:
    told = await floor.done("PATCH", "terminals/Tom", {"login": TARA.login})
    assert told["account"]["login"] == told_by(mt5.account_info()).login == TARA.login
    await floor.done("POST", "terminals/Tom/orders", buying())
    assert len(floor.positions(TARA)) == 1
    assert floor.positions(TOM) == {}


@pytest.mark.usefixtures("toms_program")
async def test_with_the_investor_password_a_program_only_looks(floor: Floor) -> None:
    told = await floor.done("PATCH", "terminals/Tom", {"login": TOM.login, "investor": True})
    assert told["investor"] is True
    assert program_buys().retcode == mt5.TRADE_RETCODE_TRADE_DISABLED


async def test_who_is_logged_out_can_do_nothing(floor: Floor) -> None:
    assert (await floor.done("PATCH", "terminals/Tom", {"login": 0}))["account"] is None
    status, told = await floor.ask("POST", "terminals/Tom/orders", buying())
    assert (status, told["detail"]) == (409, "Tom's terminal is logged in to no account.")


async def test_a_shock_moves_the_price(floor: Floor) -> None:
    before = next(one["bid"] for one in await floor.done("GET", "market"))
    told = await floor.done("POST", "market/shocks", {"symbol": "EURUSD", "percent": -10})
    assert told["text"] == "EURUSD moves by -10 %."
    floor.hands.advance(60)
    after = next(one["bid"] for one in await floor.done("GET", "market"))
    assert after == pytest.approx(before * 0.9, rel=0.02)


@pytest.mark.usefixtures("toms_program")
async def test_a_misfortune_meets_the_next_call_on_that_account_only(floor: Floor) -> None:
    script = {"kind": "reject", "retcode": mt5.TRADE_RETCODE_REQUOTE, "skip": 1}
    told = await floor.done("POST", "terminals/Tom/misfortunes", script)
    assert told["text"] == "Tom: reject awaits the next call of order_send."
    codes = [program_buys().retcode for _ in range(3)]
    assert codes == [mt5.TRADE_RETCODE_DONE, mt5.TRADE_RETCODE_REQUOTE, mt5.TRADE_RETCODE_DONE]


@pytest.mark.usefixtures("toms_program")
async def test_misfortunes_are_ended(floor: Floor) -> None:
    await floor.done("POST", "terminals/Tom/misfortunes", {"kind": "reject", "call": "*", "count": 9})
    await floor.done("DELETE", "misfortunes")
    assert program_buys().retcode == mt5.TRADE_RETCODE_DONE


@pytest.mark.usefixtures("toms_program")
async def test_the_markets_clock_stands_and_is_moved_by_hand(floor: Floor) -> None:
    await floor.done("POST", "market/clock", {"speed": 0})
    before = told_by(mt5.symbol_info_tick("BTCUSD")).time
    told = await floor.done("POST", "market/clock", {"advance_s": 3600})
    assert told["text"] == "The market runs 0 times as fast as our time."
    assert told_by(mt5.symbol_info_tick("BTCUSD")).time - before == pytest.approx(3600, abs=60)


async def test_a_book_that_is_held_holds_up_no_chat(floor: Floor) -> None:
    with floor.hands.broker.book.transaction():
        order = asyncio.create_task(floor.done("POST", "terminals/Tom/orders", buying()))
        for _ in range(20):
            assert await floor.done("GET", "users") == []
        assert not order.done()
    await order
    assert len(floor.positions(TOM)) == 1


async def test_a_book_or_a_folder_that_is_gone_is_told_so(floor: Floor) -> None:
    (terminal_of(floor.folder, TOM) / "terminal.json").unlink()
    status, told = await floor.ask("PATCH", "terminals/Tom", {"network": False})
    assert (status, told["detail"]) == (
        409,
        "The terminal's folder cannot be used: No such file or directory.",
    )
    floor.visitor.close_book()
    status, told = await floor.ask("GET", "terminals/Tara")
    assert (status, told["detail"]) == (
        409,
        "The broker's book cannot be used: Cannot operate on a closed database.",
    )

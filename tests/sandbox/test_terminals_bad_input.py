"""Bad input to a person's hands: a sentence, never a trace, and nothing has changed."""

import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from typing import Any

import pytest
import pytest_asyncio

from bot.demo.cast import TOM, book_of
from tests.sandbox.floor import Floor, floor_in

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def floor(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Floor]:
    """One for all, since nothing here may change it. Tom has a position, which TICKET stands for."""
    async with floor_in(tmp_path_factory.mktemp("floor")) as floor:
        floor.opened(TOM)
        yield floor


def buying(**fields: Any) -> dict[str, Any]:
    return {"symbol": "EURUSD", "side": "buy", "lots": 0.1} | fields


NOT_A_NUMBER = float("nan")


@pytest.mark.parametrize(
    ("verb", "path", "body", "words"),
    [
        ("POST", "Tom/orders", buying(lots=0), "lots: Input should be greater than 0"),
        ("POST", "Tom/orders", buying(lots=-1), "lots: Input should be greater than 0"),
        ("POST", "Tom/orders", buying(lots=NOT_A_NUMBER), "lots: Input should be a finite number"),
        ("POST", "Tom/orders", buying(lots=float("inf")), "lots: Input should be a finite number"),
        ("POST", "Tom/orders", buying(lots="0.1"), "lots: Input should be a valid number"),
        ("POST", "Tom/orders", buying(lots=0.015), "EURUSD: 0.01 to 100 in steps of 0.01."),
        ("POST", "Tom/orders", buying(lots=1e300), "EURUSD: 0.01 to 100 in steps of 0.01."),
        ("POST", "Tom/orders", buying(lots=100), "Not enough free margin."),
        ("POST", "Tom/orders", buying(side="up"), "side: Input should be 'buy' or 'sell'"),
        ("POST", "Tom/orders", buying(sl=1e9), "A stop is on the wrong side or too close."),
        ("POST", "Tom/orders", buying(sl=-1), "sl: Input should be greater than or equal to 0"),
        ("POST", "Tom/orders", buying(price=0), "price: Input should be greater than 0"),
        ("POST", "Tom/orders", buying(stop=1), "stop: Extra inputs are not permitted"),
        ("POST", "Tom/orders", buying(symbol="GOLD"), "The broker has no symbol 'GOLD'; it has EURUSD, "),
        ("POST", "Tom/orders", buying(symbol="\ud800"), "The broker has no symbol '\\ud800'"),
        ("POST", "Tom/orders", [], "body: Input should be a valid dictionary"),
        ("POST", "Tom/orders", {}, "symbol: Field required; side: Field required; lots: Field required."),
        ("POST", "Ted/orders", buying(), "There is no terminal 'Ted'; there are Tom, Tara, Tim."),
        ("PUT", "Tom/orders/5", {"price": 1, "sl": 0, "tp": 0}, "The account has no pending order 5;"),
        ("DELETE", "Tom/orders/5", None, "The account has no pending order 5; it has none."),
        ("POST", "Tom/positions/5/close", {}, "The account has no open position 5; it has "),
        ("POST", "Tom/positions/TICKET/close", {"lots": 0.2}, "The position is smaller than that."),
        ("POST", "Tom/positions/TICKET/close", {"lots": 0}, "lots: Input should be greater than 0"),
        ("POST", "Tom/positions/x/close", {}, "ticket: Input should be a valid integer"),
        ("POST", f"Tom/positions/{10**40}/close", {}, "The account has no open position 1000"),
        ("POST", "Tara/positions/TICKET/close", {}, "The account has no open position"),
        ("PUT", "Tom/positions/TICKET/stops", {"sl": 9, "tp": 0}, "A stop is on the wrong side"),
        ("PUT", "Tom/positions/TICKET/stops", {"sl": 0, "tp": 0}, "It was set like this already."),
        ("PUT", "Tom/positions/TICKET/stops", {"sl": 0}, "tp: Field required"),
        ("POST", "Tom/payments", {"amount": 0}, "An amount of money is at least a cent."),
        ("POST", "Tom/payments", {"amount": -20_000}, " USD can be taken away."),
        ("POST", "Tom/payments", {"amount": -1, "credit": True}, "Only 0.00 USD can be taken away."),
        ("POST", "Tom/payments", {"amount": 1e300}, "amount: Input should be less than or equal to"),
        ("POST", "Tom/payments", {"amount": NOT_A_NUMBER}, "amount: Input should be a finite number"),
        ("PATCH", "Tom", {"login": 9}, "The broker has no account 9; it has 70001, 70002, 70003."),
        ("PATCH", "Tom", {"login": 10**30, "network": False}, "The broker has no account 1000"),
        ("PATCH", "Tom", {"network": "no"}, "network: Input should be a valid boolean"),
        ("PATCH", "Tom", {"netwrk": False}, "netwrk: Extra inputs are not permitted"),
        ("POST", "Tom/misfortunes", {"kind": "flood"}, "There is no misfortune 'flood'; there are fail, "),
        ("POST", "Tom/misfortunes", {"kind": "fail", "call": "fly"}, "The module has no function 'fly'."),
        ("POST", "Tom/misfortunes", {"kind": "fail", "symbol": "X"}, "The broker has no symbol 'X'"),
        ("POST", "Tom/misfortunes", {"kind": "fail", "count": 0}, "count: Input should be greater"),
        ("POST", "Tom/misfortunes", {"kind": "switched", "to": 9}, "The broker has no account 9"),
        ("POST", "../market/clock", {"speed": -1}, "speed: Input should be greater than or equal to 0"),
        ("POST", "../market/clock", {"advance_s": NOT_A_NUMBER}, "advance_s: Input should be a finite"),
        ("POST", "../market/shocks", {"symbol": "X", "percent": 1}, "The broker has no symbol 'X'"),
        ("POST", "../market/shocks", {"symbol": "EURUSD", "percent": -100}, "percent: Input should be"),
        ("POST", "../market/shocks", {"symbol": "EURUSD", "percent": 1, "in_s": -1}, "in_s: Input should"),
    ],
)  # fmt: skip
async def test_what_cannot_be_is_refused_in_a_sentence_and_changes_nothing(
    floor: Floor, verb: str, path: str, body: Any, words: str
) -> None:
    (ticket,) = floor.positions(TOM)
    before = _all_that_is_kept(floor)
    status, told = await floor.ask(verb, f"terminals/{path.replace('TICKET', str(ticket))}", body)
    assert status in (409, 422), told
    assert words in told["detail"]
    assert _all_that_is_kept(floor) == before


def _all_that_is_kept(floor: Floor) -> object:
    """The broker's book and the terminals' files."""
    with closing(sqlite3.connect(book_of(floor.folder))) as book:
        rows = list(book.iterdump())
    return rows, [file.read_text() for file in sorted(floor.folder.glob("terminals/*/terminal.json"))]


async def test_a_body_that_is_no_json_is_told_so(floor: Floor) -> None:
    url, headers = f"{floor.url}/control/terminals/Tom/orders", {"content-type": "application/json"}
    async with floor.http.post(url, data="{lots", headers=headers) as answer:
        assert (answer.status, (await answer.json())["detail"]) == (422, "body: JSON decode error.")

"""Quality over HTTP: the figures of all orders, the same as CSV, and why a question is a wrong one."""

import csv
import io
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import httpx
import pytest

from core.desk import Desk
from core.model.accounts import Account, Source
from core.model.trades import IntentState
from core.quality.grouping import Dimension, by
from core.quality.report import read_fills
from core.quality.sheet import as_csv, as_table_csv
from tests.bot.web.conftest import Reader, Sender
from tests.bot.web.test_signals import problem
from tests.fakes.orders import Order, put_orders

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

QUALITY, SHEET = "/api/v1/quality", "/api/v1/quality.csv"


@pytest.fixture
async def source(desk: Desk, sender: Sender) -> Source:
    async with desk.store.read() as tx:
        found = await tx.sources.by_name(sender.name)
    assert found is not None
    return found


@pytest.fixture
async def orders(desk: Desk, trader: Account, source: Source) -> None:
    """A fill 1.2 pips worse, a part 0.4 pips better that was in doubt, a refusal; a fill of last year."""
    now = desk.clock.now()
    await put_orders(
        desk.store,
        Order(trader, source, now, "1.2"),
        replace(
            Order(trader, source, now - timedelta(hours=2), "-0.4", was_unknown=True),
            filled=Decimal("0.25"),
            state=IntentState.PARTIAL,
        ),
        Order(trader, source, now, state=IntentState.REFUSED),
        Order(trader, source, now - timedelta(days=300), "99"),
    )


async def read(reader: Reader, path: str, **query: str | int) -> httpx.Response:
    return await reader.http.get(path, params=query, headers=reader.headers)


@pytest.mark.usefixtures("orders")
async def test_the_figures_of_the_last_days(reader: Reader) -> None:
    answer = (await read(reader, QUALITY)).json()
    delay = {"measured": 2, "median_s": 0.4, "p95_s": 0.4}
    figures = {
        "orders": 3,
        "waiting": 0,
        "lapsed": 0,
        "wanted_lots": "1.50",
        "filled_lots": "0.75",
        "fill_ratio": 0.5,
        "whole_share": 0.3333,
        "partial_share": 0.3333,
        "refused_share": 0.3333,
        "unknown_share": 0.3333,
        "slippage": {
            "measured": 2,
            "median": "-0.40",
            "p95": "1.20",
            "mean": "0.40",
            "worst": "1.20",
            "better_share": 0.5,
        },
        "signal_to_fill": {"measured": 2, "median_s": 20.4, "p95_s": 20.4},
        "tap_to_fill": delay,
    }
    groups = [{"name": "momentum", "figures": figures}]
    assert answer == {"by": "source", "days": 30, "is_cut": False, "total": figures, "groups": groups}


@pytest.mark.usefixtures("orders")
async def test_groups_and_days_are_as_asked(reader: Reader) -> None:
    hours = (await read(reader, QUALITY, by="hour", days=365)).json()
    counted = {group["name"]: group["figures"]["orders"] for group in hours["groups"]}
    assert list(counted.items()) == [("01:00", 1), ("03:00", 3)]
    assert hours["total"]["slippage"]["worst"] == "99.00"
    accounts = (await read(reader, QUALITY, by="account", days=1)).json()
    assert [group["name"] for group in accounts["groups"]] == ["Ann's"]


@pytest.mark.usefixtures("orders")
async def test_csv_is_the_orders_or_the_groups(reader: Reader, desk: Desk) -> None:
    answer = await read(reader, SHEET, days=365)
    assert answer.headers["content-type"] == "text/csv; charset=utf-8; header=present"
    assert answer.headers["content-disposition"] == 'attachment; filename="orders.csv"'
    fills = await read_fills(desk, None, 365)
    assert answer.text == as_csv(fills)
    assert len(list(csv.DictReader(io.StringIO(answer.text, newline="")))) == 4
    table = await read(reader, SHEET, by="hour", days=365)
    assert table.headers["content-disposition"] == 'attachment; filename="quality-by-hour.csv"'
    assert table.text == as_table_csv(by(fills, Dimension.HOUR))


async def test_no_orders_are_no_groups(reader: Reader) -> None:
    answer = (await read(reader, QUALITY)).json()
    assert (answer["groups"], answer["total"]["orders"], answer["total"]["slippage"]) == ([], 0, None)
    assert (await read(reader, SHEET)).text == as_csv([])


WRONG = {
    "by=planet": "by",
    "by=": "by",
    "days=0": "days",
    "days=366": "days",
    "days=-1": "days",
    "days=1.5": "days",
    "days=many": "days",
    "days=99999999999999999999999": "days",
    "days=7&days=8": "days",
    "since=yesterday": "since",
}


@pytest.mark.parametrize("path", [QUALITY, SHEET])
@pytest.mark.parametrize(("query", "field"), WRONG.items())
async def test_a_wrong_parameter_is_named(reader: Reader, path: str, query: str, field: str) -> None:
    answer = await reader.http.get(f"{path}?{query}", headers=reader.headers)
    error = problem(answer, 400)
    assert error["field"] == field
    assert error["message"]


@pytest.mark.parametrize("path", [QUALITY, SHEET])
async def test_only_with_a_key_of_the_desk(reader: Reader, path: str) -> None:
    assert problem(await reader.http.get(path), 401)["code"] == "unauthorized"
    wrong = {"Authorization": "Bearer not-a-key"}
    assert problem(await reader.http.get(path, headers=wrong), 401)["code"] == "unauthorized"

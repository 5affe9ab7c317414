"""The chart of equity: a picture of that size whatever it is given, and what its axes say."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from core.charts.equity import EquityPainter, _falls, _money_rows, _plane, _written
from core.charts.renderer import Charts
from core.model.equity import EquityPoint, Payment
from core.results.equity import course_of
from tests.core.results import NOON, D

NAMES = {"equity": "Средства", "balance": "Баланс", "drawdown": "Просадка", "paid": "Ввод и вывод"}


def size(png: bytes) -> tuple[int, int]:
    assert png.startswith(b"\x89PNG")
    return int.from_bytes(png[16:20]), int.from_bytes(png[20:24])


def points(*equities: str) -> list[EquityPoint]:
    return [EquityPoint(NOON + timedelta(hours=n), D(money), D(money)) for n, money in enumerate(equities)]


@pytest.fixture
async def charts() -> AsyncIterator[Charts]:
    async with Charts() as charts:
        yield charts


async def test_the_worker_draws_a_course_with_payments(charts: Charts) -> None:
    paid = [Payment(NOON + timedelta(minutes=90), D("2500"))]
    drawn = await charts.equity("Tara · 7 d", course_of(points("10000", "9500", "12600"), paid), NAMES)
    without = await charts.equity("Tara · 7 d", course_of(points("10000", "9500", "12600"), None), NAMES)
    assert size(drawn) == size(without) == (1200, 675)
    assert drawn != without


@pytest.mark.parametrize(
    "course",
    [("10000",), ("0", "0"), ("0.01", "99999999999.99"), ("-500", "20"), ("1e3",) * 300],
    ids=["one", "nothing", "far", "negative", "flat"],
)
def test_odd_courses_are_drawn_too(course: tuple[str, ...]) -> None:
    found = course_of(points(*course), [])
    rows = [
        (int(point.at.timestamp()), float(point.equity), float(point.balance), float(fall))
        for point, fall in zip(found.points, found.drawdowns, strict=True)
    ]
    title = "A title that is much too long for one line " * 5
    assert size(EquityPainter().draw(title, rows, [(rows[0][0], 1.0)] * 40, NAMES)) == (1200, 675)


def test_everything_is_within_its_panel() -> None:
    rows = [(hour * 3600, 9_000.0 + hour * 37 % 500, 9_200.0, hour % 23 * 1.0) for hour in range(200)]
    plane = _plane(rows, _money_rows(rows), 1000)
    for at, equity, balance, fall in rows:
        assert 24 <= plane.x(at) <= 1000
        assert min(plane.money(equity), plane.money(balance)) >= 244
        assert max(plane.money(equity), plane.money(balance)) <= 536
        assert 66 <= plane.drawdown(fall) <= 196
    assert _falls(rows) == [0, 15, 30]


@pytest.mark.parametrize(
    ("money", "written"),
    [(85.2, "85.20"), (9_950, "9,950"), (1_250_000, "1,250,000"), (123_456_789, "123.5M")],
)
def test_labels_stay_narrow(money: float, written: str) -> None:
    assert _written(money) == written


def test_the_worker_is_the_only_one_to_load_matplotlib() -> None:
    for name in ("renderer", "layout", "distribution"):
        assert "matplotlib" not in Path(f"core/charts/{name}.py").read_text(encoding="utf-8")

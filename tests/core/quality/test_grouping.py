"""Orders by source, account, instrument and hour."""

import random
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from uuid import UUID

from core.model.ids import AccountId
from core.quality.figures import figures_of
from core.quality.grouping import Dimension, Row, busiest, by
from tests.core.quality.samples import NOW, a_fill

FILLS = [
    *(a_fill("1", source="zeta", tapped_at=NOW + timedelta(hours=hour)) for hour in (0, 0, 9)),
    *(a_fill("2", source="alpha", instrument="XAUUSD") for _ in range(2)),
    *(a_fill("3", source="beta", account="Other", account_id=AccountId(UUID(int=9))) for _ in range(2)),
]


def names(dimension: Dimension) -> list[tuple[str, int]]:
    return [(row.name, row.figures.orders) for row in by(FILLS, dimension)]


def test_groups_stand_by_their_orders_and_then_by_name() -> None:
    assert names(Dimension.SOURCE) == [("zeta", 3), ("alpha", 2), ("beta", 2)]
    assert names(Dimension.ACCOUNT) == [("Tara's paper", 5), ("Other", 2)]
    assert names(Dimension.INSTRUMENT) == [("EURUSD", 5), ("XAUUSD", 2)]


def test_hours_stand_in_their_order() -> None:
    assert names(Dimension.HOUR) == [("12:00", 6), ("21:00", 1)]


def test_an_hour_is_that_of_utc() -> None:
    there = datetime(2026, 11, 20, 1, 30, tzinfo=timezone(timedelta(hours=2)))
    [row] = by([a_fill(tapped_at=there)], Dimension.HOUR)
    assert row.name == "23:00"


def test_accounts_of_one_name_are_two() -> None:
    twin = a_fill(account_id=AccountId(UUID(int=77)))
    assert [row.name for row in by([a_fill(), twin], Dimension.ACCOUNT)] == ["Tara's paper"] * 2


def test_the_order_of_what_comes_in_does_not_matter() -> None:
    mixed = FILLS.copy()
    random.Random(4).shuffle(mixed)
    for dimension in Dimension:
        assert by(mixed, dimension) == by(FILLS, dimension)


def test_the_busiest_keep_their_places() -> None:
    nothing = figures_of([])
    rows = [Row(str(number), replace(nothing, orders=number % 4)) for number in range(12)]
    assert [row.name for row in busiest(rows, 5)] == ["2", "3", "6", "7", "11"]
    assert busiest(rows, 50) == rows

"""The bench's own arithmetic."""

import math

import pytest

from tests.bench.rows import Row, percentile


@pytest.mark.parametrize(
    ("measured", "goal", "reached"),
    [(4.0, {"at_most": 4.0}, True), (4.1, {"at_most": 4.0}, False), (4.0, {"at_least": 4.0}, True),
     (3.9, {"at_least": 4.0}, False), (math.nan, {"at_most": 4.0}, False),
     (math.nan, {"at_least": 4.0}, False)],
)  # fmt: skip
def test_a_goal_is_reached_on_its_side_and_at_its_limit(
    measured: float, goal: dict[str, float], reached: bool
) -> None:
    row = Row("x", measured, "ms", **goal)  # type: ignore[arg-type]
    assert row.reached is reached
    assert ("not reached" in row.verdict) is not reached


def test_a_goal_in_words() -> None:
    assert Row("x", 1.0, "ms", at_most=300).goal == "<= 300 ms"
    assert Row("x", 1.0, "/s", at_least=10_000).goal == ">= 10,000 /s"
    assert (Row("x", 1.0, "ms").goal, Row("x", 1.0, "ms").verdict) == ("", "")


@pytest.mark.parametrize(("share", "value"), [(0.0, 1), (0.5, 5), (0.51, 6), (0.95, 10), (0.9, 9), (1.0, 10)])
def test_percentiles_are_values_that_were_measured(share: float, value: float) -> None:
    assert percentile([10, 9, 8, 7, 6, 5, 4, 3, 2, 1], share) == value
    assert percentile([3], share) == 3

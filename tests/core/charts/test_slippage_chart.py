"""The picture of slippage through the real worker process."""

import io
from collections.abc import AsyncIterator, Sequence
from decimal import Decimal

import pytest
import pytest_asyncio
from PIL import Image

from core.charts.renderer import ChartFailed, Charts
from core.model.mt5 import Bar
from core.quality.grouping import Dimension, Row, by
from tests.core.quality.samples import NOW, a_fill, refused

GREEN, RED, AMBER = (43, 179, 154), (239, 90, 90), (242, 184, 75)
BACKGROUND = (13, 19, 32)
NAMES = {name: name for name in ("better", "exact", "worse", "median", "p95", "pips", "groups")}

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def charts() -> AsyncIterator[Charts]:
    async with Charts() as charts:
        yield charts


def decimals(*pips: str) -> list[Decimal]:
    return [Decimal(each) for each in pips]


def groups(*names: str) -> Sequence[Row]:
    fills = [a_fill(pips, source=name) for name in names for pips in ("0.5", "2.5")]
    return by(fills, Dimension.SOURCE)


async def picture(
    charts: Charts, pips: Sequence[Decimal], rows: Sequence[Row], title: str = ""
) -> Image.Image:
    png = await charts.slippage(title, pips, NAMES, rows)
    assert png.startswith(b"\x89PNG\r\n\x1a\n")
    image = Image.open(io.BytesIO(png)).convert("RGB")
    assert image.size == (1200, 600)
    return image


def height(image: Image.Image, colour: tuple[int, int, int], right: int = 700) -> int:
    """The most pixels of a colour below the legend in one column of the bars."""
    return max(
        sum(image.getpixel((x, y)) == colour for y in range(150, image.height)) for x in range(60, right)
    )


async def test_better_and_worse_fills_are_in_their_colours_and_as_high_as_many(charts: Charts) -> None:
    image = await picture(charts, decimals("-0.5", *["0.7"] * 3), groups("momentum"))
    assert 2.8 < height(image, RED) / height(image, GREEN) < 3.2
    worse_only = await picture(charts, decimals("0.5", "0.7"), groups("momentum"))
    assert height(worse_only, GREEN) == 0


async def test_each_group_has_its_dot_at_the_high_end(charts: Charts) -> None:
    rows = groups("a", "b", "c")
    image = await picture(charts, decimals("1.5", "0", "3"), [*rows, *by([refused()], Dimension.SOURCE)])
    places = [y for y in range(125, 600) if any(image.getpixel((x, y)) == AMBER for x in range(760, 1190))]
    starts = [y for y in places if y - 1 not in places]
    assert len(starts) == 3


@pytest.mark.parametrize(
    "pips",
    [
        ("0",),
        ("0.1",),
        ("-300",),
        ("1200", "5", "6"),
        ("-99999.99", "99999.99"),
        ("0.01", "-0.01"),
        ("0",) * 500,
    ],
)
async def test_nothing_touches_the_rim_whatever_the_values_and_names(
    charts: Charts, pips: tuple[str, ...]
) -> None:
    names = [
        "W" * 64,
        "$x_1$ \\frac{$",
        "two\nlines\0",
        "漢字 😀",
        *(f"source {number}" for number in range(9)),
    ]
    rows = by([a_fill(each, source=name) for each in pips[:5] for name in names], Dimension.SOURCE)
    image = await picture(charts, decimals(*pips), rows, title="W" * 4000)
    rim = {image.getpixel((x, y)) for x in range(1200) for y in (*range(6), *range(594, 600))}
    rim |= {image.getpixel((x, y)) for y in range(600) for x in (*range(6), *range(1194, 1200))}
    assert rim == {BACKGROUND}


async def test_no_fills_are_refused_in_words_and_candles_still_drawn(charts: Charts) -> None:
    with pytest.raises(ChartFailed, match="no fills"):
        await charts.slippage("", [], NAMES, [])
    assert await charts.slippage("", decimals("1"), NAMES, [])
    assert await charts.candles([Bar(NOW, 1.1, 1.3, 1.0, 1.2, 5)], "EURUSD", {}, 5)

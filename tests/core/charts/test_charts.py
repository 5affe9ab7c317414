"""Charts through the real worker process: what is on the picture."""

import asyncio
import io
import math
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
import pytest_asyncio
from PIL import Image

from core.charts.renderer import MAX_BARS, ChartFailed, Charts
from core.model.mt5 import Bar

BLUE, RED, GREEN = (47, 111, 237), (212, 61, 69), (22, 147, 90)
START = datetime(2026, 11, 19, 14, tzinfo=UTC)
LEVELS = {"Entry": Decimal("1.0860"), "Stop": Decimal("1.0820"), "Target 1": Decimal("1.0900")}


def a_bar(number: int) -> Bar:
    close = 1.0865 + 0.002 * math.sin(number / 9)
    opened = 1.0865 + 0.002 * math.sin((number - 1) / 9)
    at = START + timedelta(minutes=15 * number)
    return Bar(at, opened, max(opened, close) + 2e-4, min(opened, close) - 2e-4, close, 100)


BARS = [a_bar(number) for number in range(96)]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def charts() -> AsyncIterator[Charts]:
    async with Charts() as charts:
        yield charts


def picture(png: bytes) -> Image.Image:
    assert png.startswith(b"\x89PNG\r\n\x1a\n")
    image = Image.open(io.BytesIO(png)).convert("RGB")
    assert image.size == (1200, 675)
    return image


def rows_of(image: Image.Image, colour: tuple[int, int, int], x: int = 1187) -> list[int]:
    """The rows, from the top, at which the column of tags has exactly this colour."""
    return [y for y in range(image.height) if image.getpixel((x, y)) == colour]


@pytest.mark.asyncio(loop_scope="module")
async def test_levels_are_tagged_in_their_colours_in_the_order_of_prices(charts: Charts) -> None:
    image = picture(await charts.candles(BARS, "EURUSD · M15", LEVELS, 5))
    target, entry, stop = (rows_of(image, colour) for colour in (GREEN, BLUE, RED))
    assert max(target) < min(entry) < max(entry) < min(stop)


@pytest.mark.asyncio(loop_scope="module")
async def test_tags_of_equal_prices_do_not_cover_each_other(charts: Charts) -> None:
    close = Decimal(str(BARS[-1].close))
    levels = {"Entry": close, "Stop": close, "TP1": close}
    image = picture(await charts.candles(BARS, "EURUSD", levels, 5))
    heights = {len(rows_of(image, colour)) for colour in (GREEN, BLUE, RED)}
    assert heights == {max(heights)}
    assert max(heights) >= 25


@pytest.mark.asyncio(loop_scope="module")
async def test_a_level_far_from_the_bars_is_still_on_the_picture(charts: Charts) -> None:
    image = picture(await charts.candles(BARS, "EURUSD", {"Stop": Decimal("0.9")}, 5))
    beside_the_candles = image.crop((0, 80, 20, 620))
    colours = beside_the_candles.getcolors()
    assert colours is not None
    line = [colour for _, colour in colours if isinstance(colour, tuple) and colour[0] > 3 * colour[1]]
    assert line


@pytest.mark.asyncio(loop_scope="module")
async def test_risk_and_reward_are_shaded_on_their_sides_of_the_entry(charts: Charts) -> None:
    image = picture(await charts.candles(BARS, "EURUSD", LEVELS, 5))
    target, entry, stop = (rows_of(image, colour) for colour in (GREEN, BLUE, RED))
    reward = image.getpixel((1195, (max(target) + min(entry)) // 2))
    risk = image.getpixel((1195, (max(entry) + min(stop)) // 2))
    assert isinstance(reward, tuple)
    assert isinstance(risk, tuple)
    assert reward[1] > reward[0]
    assert risk[0] > risk[1]


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize(
    "title", ["", "$", "$x_1$", "$\\frac{$", "EURUSD\nM15\0", "漢字 😀 \ud800", "long " * 400, "<b>{0}%s"]
)
async def test_any_title_is_only_text(charts: Charts, title: str) -> None:
    picture(await charts.candles(BARS, title, {title: Decimal("1.0860")}, 5))


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize("count", [1, 2, 7, MAX_BARS, 1000])
@pytest.mark.parametrize("minutes", [1, 60, 1440, 43200])
async def test_any_number_of_bars_of_any_timeframe(charts: Charts, count: int, minutes: int) -> None:
    bars = [
        Bar(START + number * timedelta(minutes=minutes), 2.0, 2.0, 2.0, 2.0, 0) for number in range(count)
    ]
    picture(await charts.candles(bars, "flat", {}, 2))


@pytest.mark.asyncio(loop_scope="module")
async def test_only_the_newest_bars_are_drawn(charts: Charts) -> None:
    bars = [a_bar(number) for number in range(MAX_BARS + 50)]
    assert await charts.candles(bars, "", {}, 5) == await charts.candles(bars[50:], "", {}, 5)


@pytest.mark.asyncio(loop_scope="module")
async def test_no_bars_and_prices_that_are_not_finite_are_refused_in_words(charts: Charts) -> None:
    with pytest.raises(ChartFailed, match="no bars"):
        await charts.candles([], "EURUSD", LEVELS, 5)
    with pytest.raises(ChartFailed, match="not finite"):
        await charts.candles(BARS, "EURUSD", {"Stop": Decimal("NaN")}, 5)


@pytest.mark.asyncio(loop_scope="module")
async def test_the_loop_goes_on_while_a_chart_is_drawn(charts: Charts) -> None:
    steps = 0
    drawing = asyncio.create_task(charts.candles(BARS, "EURUSD", LEVELS, 5))
    while not drawing.done():
        await asyncio.sleep(0)
        steps += 1
    picture(await drawing)
    assert steps > 20

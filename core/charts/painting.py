"""Painting a candle chart. Imported by the worker only: this loads matplotlib."""

from dataclasses import dataclass
from typing import Any

from matplotlib.collections import LineCollection, PolyCollection
from matplotlib.patches import FancyBboxPatch, Rectangle

from core.charts import layout
from core.charts.canvas import FAINT, GRID, TITLE_PT, Canvas, one_line

_UP, _DOWN = "#2bb39a", "#ef5a5a"
_ENTRY, _STOP, _TARGET, _PRICE = "#2f6fed", "#d43d45", "#16935a", "#4b5a73"
_HELD, _WAITING = "#7c5cd6", "#a8710f"
"""Of positions and of pending orders, where there are several: no zone is shaded between them."""
_COLOURS = {
    "entry": _ENTRY,
    **dict.fromkeys(("buy", "sell"), _HELD),
    "order": _WAITING,
    **dict.fromkeys(("stop", "sl"), _STOP),
    **dict.fromkeys(("target", "tp", "tp1", "tp2", "tp3", "tp4", "tp5", "take"), _TARGET),
}
_TAG_MARGINS = 42
_TIME_NAME_WIDTH = 116
_BODY_SHARE = 0.68
_MOST_TITLE = 52
_MOST_NAME = 12


@dataclass(frozen=True, slots=True)
class Tag:
    """A level with its name and price as they are written, and its colour."""

    name: str
    price: float
    written: str
    colour: str


class Painter:
    """Draws candle charts, one after the other."""

    def __init__(self) -> None:
        self._canvas = Canvas(layout.WIDTH, layout.HEIGHT)

    def candles(self, title: str, bars: list[list[float]], levels: list[list[Any]], digits: int) -> bytes:
        """A PNG of `bars` (epoch seconds, open, high, low, close) and `levels` (name, price)."""
        self._canvas.clear()
        tags = _tags(levels, bars[-1][4], digits)
        widest = max(layout.text_width(tag.name + tag.written) for tag in tags)
        tag_left = layout.PRICES_RIGHT - _TAG_MARGINS - widest
        prices = [price for bar in bars for price in bar[2:4]] + [tag.price for tag in tags]
        plane = layout.plane_of(len(bars), prices, tag_left - layout.ROOM_AFTER_LAST_BAR)
        places = _places(tags, plane)
        self._grid(plane, [int(bar[0]) for bar in bars], digits, places)
        self._zones(plane, tags)
        self._candles(plane, bars)
        for tag, place in zip(tags, places, strict=True):
            self._tag(plane, tag, place, tag_left)
        headline = _fitted(title, _MOST_TITLE)
        self._canvas.text(layout.LEFT, layout.HEIGHT - 40, headline, size=TITLE_PT, weight="bold")
        return self._canvas.png()

    def _grid(self, plane: layout.Plane, times: list[int], digits: int, taken: list[float]) -> None:
        rows = layout.price_grid(plane.low, plane.high)
        columns = layout.time_grid(times, _TIME_NAME_WIDTH / plane.step)
        end = layout.PRICES_RIGHT - layout.text_width(f"{plane.high:.{digits}f}") - 8
        across = [[(0, plane.y(price)), (end, plane.y(price))] for price in rows]
        upright = [[(plane.x(bar), layout.BOTTOM), (plane.x(bar), layout.TOP)] for bar, _ in columns]
        self._canvas.add(LineCollection([*across, *upright], colors=GRID, linewidths=1))
        for price in rows:
            if all(abs(plane.y(price) - place) > layout.TAG_HEIGHT * 0.8 for place in taken):
                self._canvas.text(
                    layout.PRICES_RIGHT, plane.y(price), f"{price:.{digits}f}", FAINT, ha="right"
                )
        for bar, name in columns:
            self._canvas.text(plane.x(bar), layout.BOTTOM / 2, name, FAINT, ha="center")
        self._canvas.text(layout.PRICES_RIGHT, layout.BOTTOM / 2, "UTC", FAINT, ha="right")

    def _zones(self, plane: layout.Plane, tags: list[Tag]) -> None:
        """Risk and reward: from the entry to the stop, and to the furthest target."""
        entry = next((tag.price for tag in tags if tag.colour == _ENTRY), None)
        if entry is None:
            return
        left = plane.x(plane.bars - 1) - plane.step * plane.bars * 0.12
        for colour in (_STOP, _TARGET):
            ends = [tag.price for tag in tags if tag.colour == colour]
            if ends:
                end = max(ends, key=lambda price: abs(price - entry))
                bottom, top = sorted((plane.y(entry), plane.y(end)))
                box = Rectangle(
                    (left, bottom), layout.WIDTH - left, top - bottom, facecolor=colour, alpha=0.17
                )
                self._canvas.add(box)

    def _candles(self, plane: layout.Plane, bars: list[list[float]]) -> None:
        colours = [_UP if close >= opened else _DOWN for _, opened, _, _, close in bars]
        half = max(plane.step * _BODY_SHARE / 2, 0.5)
        wicks, bodies = [], []
        for number, (_, opened, high, low, close) in enumerate(bars):
            x = plane.x(number)
            bottom, top = sorted((plane.y(opened), plane.y(close)))
            top = max(top, bottom + 1.5)
            wicks.append([(x, plane.y(low)), (x, plane.y(high))])
            bodies.append([(x - half, bottom), (x - half, top), (x + half, top), (x + half, bottom)])
        self._canvas.add(LineCollection(wicks, colors=colours, linewidths=max(1.0, min(plane.step / 7, 2.0))))
        self._canvas.add(PolyCollection(bodies, facecolors=colours, edgecolors="none"))

    def _tag(self, plane: layout.Plane, tag: Tag, place: float, left: float) -> None:
        """A line at the price, bent at its end to where the tag found room."""
        level = plane.y(tag.price)
        bend = left - 26
        line = [(0.0, level), (bend, level), (left, place)]
        dashes = (0, (2, 4)) if tag.colour == _PRICE else (0, (7, 4))
        self._canvas.add(
            LineCollection([line], colors=_line_colour(tag), linewidths=1.6, linestyles=[dashes])
        )
        bottom = place - layout.TAG_HEIGHT / 2 + 2
        box = FancyBboxPatch(
            (left + 4, bottom + 4),
            layout.WIDTH - 8 - left - 8,
            layout.TAG_HEIGHT - 12,
            boxstyle="round,pad=4,rounding_size=6",
            facecolor=tag.colour,
            edgecolor="none",
        )
        self._canvas.add(box)
        self._canvas.text(left + 12, place, tag.name, "white")
        self._canvas.text(layout.PRICES_RIGHT, place, tag.written, "white", ha="right", weight="bold")


def _tags(levels: list[list[Any]], last: float, digits: int) -> list[Tag]:
    """The levels and the last price, from the lowest to the highest."""
    named = [(_fitted(name, _MOST_NAME), price, _colour(name)) for name, price in levels]
    tags = [Tag(name, price, f"{price:.{digits}f}", colour) for name, price, colour in named]
    tags.append(Tag("Price", last, f"{last:.{digits}f}", _PRICE))
    return sorted(tags, key=lambda tag: tag.price)


def _places(tags: list[Tag], plane: layout.Plane) -> list[float]:
    half = layout.TAG_HEIGHT / 2
    wanted = [plane.y(tag.price) for tag in tags]
    return layout.spread(wanted, layout.TAG_HEIGHT, layout.BOTTOM + half, layout.TOP - half)


def _colour(name: str) -> str:
    first, *_ = [*name.casefold().split(), ""]
    return _COLOURS.get(first, _PRICE)


def _line_colour(tag: Tag) -> str:
    return FAINT if tag.colour == _PRICE else tag.colour


def _fitted(text: str, most: int) -> str:
    """Text as one printable line of at most `most` characters."""
    line = one_line(text)
    return line if len(line) <= most else line[: most - 1] + "…"

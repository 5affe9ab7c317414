"""Painting the course of equity, drawdown below. Imported by the worker only: this loads matplotlib."""

from collections.abc import Sequence
from dataclasses import dataclass

from matplotlib.collections import PolyCollection

from core.charts import layout
from core.charts.canvas import BRIGHT, FAINT, GRID, TITLE_PT, Canvas

WIDTH, HEIGHT = 1200, 675
_EQUITY, _BALANCE, _DRAWDOWN, _PAID = "#2bb39a", "#f2b84b", "#ef5a5a", "#5b8def"
_LEFT, _RIGHT = 24.0, 1176.0
_TITLE_Y, _LEGEND_Y = 636.0, 590.0
_TOP, _MIDDLE = 536.0, 244.0
"""Of the panel of money."""
_ZERO, _BOTTOM = 196.0, 66.0
"""Of the panel of drawdown, which hangs from 0."""
_AXIS_Y = 34.0
_LABEL_PT = 19
"""Telegram shows the picture a third as wide on a phone."""
_MONEY_LINES, _DRAWDOWN_LINES = 5, 2
_LEAST_DRAWDOWN = 1.0
_MOST_MARKS = 12

Point = tuple[int, float, float, float]
"""Epoch seconds, equity, balance, drawdown in percent."""


@dataclass(frozen=True, slots=True)
class Plane:
    """Where times and values stand: two panels over one axis of time."""

    begin: int
    end: int
    low: float
    high: float
    deepest: float
    right: float

    def x(self, at: float) -> float:
        return _LEFT + (at - self.begin) / max(self.end - self.begin, 1) * (self.right - _LEFT)

    def money(self, value: float) -> float:
        return _MIDDLE + (value - self.low) / (self.high - self.low) * (_TOP - _MIDDLE)

    def drawdown(self, percent: float) -> float:
        return _ZERO - percent / self.deepest * (_ZERO - _BOTTOM)


class EquityPainter:
    """Draws the course of equity, one picture after the other."""

    def __init__(self) -> None:
        self._canvas = Canvas(WIDTH, HEIGHT, _LABEL_PT)

    def draw(
        self, title: str, points: list[Point], paid: list[tuple[int, float]], names: dict[str, str]
    ) -> bytes:
        """A PNG of at least one point. `paid` are moments and money paid in or out; `names` what the legend
        calls equity, balance, drawdown and paid."""
        canvas = self._canvas
        canvas.clear()
        rows = _money_rows(points)
        falls = _falls(points)
        labels = [*map(_written, rows), *map(_percent, falls)]
        widest = max(map(canvas.width_of, labels))
        plane = _plane(points, rows, _RIGHT - widest - 14)
        headline = canvas.fitted(title, _RIGHT - _LEFT, size=TITLE_PT, weight="bold")
        canvas.text(_LEFT, _TITLE_Y, headline, size=TITLE_PT, weight="bold")
        self._legend(names, shows_paid=bool(paid))
        self._grid(plane, rows, falls)
        self._times(plane, [point[0] for point in points])
        self._money(plane, points)
        self._fall(plane, points)
        self._paid(plane, paid)
        return canvas.png()

    def _legend(self, names: dict[str, str], *, shows_paid: bool) -> None:
        colours = {"equity": _EQUITY, "balance": _BALANCE, "drawdown": _DRAWDOWN}
        if shows_paid:
            colours["paid"] = _PAID
        x = _LEFT
        for name, colour in colours.items():
            self._canvas.lines([[(x, _LEGEND_Y), (x + 26, _LEGEND_Y)]], colour, linewidths=6)
            text = self._canvas.fitted(names[name], 250)
            self._canvas.text(x + 36, _LEGEND_Y, text)
            x += 36 + self._canvas.width_of(text) + 30

    def _grid(self, plane: Plane, rows: Sequence[float], falls: Sequence[float]) -> None:
        named = [(plane.money(row), _written(row)) for row in rows]
        named += [(plane.drawdown(fall), _percent(fall)) for fall in falls]
        for y, name in named:
            self._canvas.lines([[(_LEFT, y), (plane.right, y)]], GRID, linewidths=1)
            self._canvas.text(_RIGHT, y, name, FAINT, ha="right")

    def _times(self, plane: Plane, times: Sequence[int]) -> None:
        apart = len(times) * 170 / max(plane.right - _LEFT, 1)
        for place, name in layout.time_grid(times, apart):
            x = plane.x(times[place])
            self._canvas.lines([[(x, _BOTTOM), (x, _ZERO)], [(x, _MIDDLE), (x, _TOP)]], GRID, linewidths=1)
            half = self._canvas.width_of(name) / 2
            if x - half >= _LEFT and x + half <= plane.right:
                self._canvas.text(x, _AXIS_Y, name, FAINT, ha="center")
        self._canvas.text(_RIGHT, _AXIS_Y, "UTC", FAINT, ha="right")

    def _money(self, plane: Plane, points: Sequence[Point]) -> None:
        equity = _widened([(plane.x(at), plane.money(money)) for at, money, _, _ in points], plane)
        balance = _widened([(plane.x(at), plane.money(money)) for at, _, money, _ in points], plane)
        ground = [(equity[0][0], _MIDDLE), *equity, (equity[-1][0], _MIDDLE)]
        self._canvas.add(PolyCollection([ground], facecolors=_EQUITY, edgecolors="none", alpha=0.14))
        self._canvas.lines([balance], _BALANCE, linewidths=2)
        self._canvas.lines([equity], _EQUITY, linewidths=3.2)

    def _fall(self, plane: Plane, points: Sequence[Point]) -> None:
        fall = _widened([(plane.x(at), plane.drawdown(percent)) for at, _, _, percent in points], plane)
        area = [(fall[0][0], _ZERO), *fall, (fall[-1][0], _ZERO)]
        self._canvas.add(PolyCollection([area], facecolors=_DRAWDOWN, edgecolors="none", alpha=0.45))
        self._canvas.lines([fall], _DRAWDOWN, linewidths=2)

    def _paid(self, plane: Plane, paid: Sequence[tuple[int, float]]) -> None:
        """A line through the panel of money at each payment, with its amount where there is room."""
        taken = _LEFT
        for at, amount in paid[:_MOST_MARKS]:
            x = plane.x(at)
            self._canvas.lines([[(x, _MIDDLE), (x, _TOP)]], _PAID, linewidths=2, linestyles=[(0, (5, 3))])
            name = f"{'+' if amount > 0 else '−'}{_written(abs(amount))}"
            wide = self._canvas.width_of(name)
            left = min(max(x - wide / 2, _LEFT), plane.right - wide)
            if left >= taken:
                self._canvas.text(left, _TOP + 14, name, BRIGHT)
                taken = left + wide + 16


def _plane(points: Sequence[Point], rows: Sequence[float], right: float) -> Plane:
    low, high = _reach(points)
    begin, end = points[0][0], points[-1][0]
    return Plane(begin, end, min(low, *rows), max(high, *rows), _falls(points)[-1], right)


def _falls(points: Sequence[Point]) -> list[float]:
    """The drawdowns that have a line, from 0 to the one that none is beyond."""
    deepest = _rounded_up(max(max(point[3] for point in points), _LEAST_DRAWDOWN))
    return [deepest * part / _DRAWDOWN_LINES for part in range(_DRAWDOWN_LINES + 1)]


def _reach(points: Sequence[Point]) -> tuple[float, float]:
    """The money that is shown, with a margin."""
    values = [value for point in points for value in point[1:3]]
    low, high = min(values), max(values)
    margin = (high - low) * 0.05 or abs(high) * 0.01 or 1.0
    return low - margin, high + margin


def _money_rows(points: Sequence[Point]) -> list[float]:
    low, high = _reach(points)
    return layout.price_grid(low, high)[:: max(len(layout.price_grid(low, high)) // _MONEY_LINES, 1)]


def _rounded_up(percent: float) -> float:
    """To a round number that two lines divide well."""
    return next((each for each in (1, 2, 4, 6, 10, 20, 30, 40, 60, 100) if each >= percent), 100.0)


def _widened(line: list[tuple[float, float]], plane: Plane) -> list[tuple[float, float]]:
    """A single reading is shown as a level line."""
    if len(line) > 1:
        return line
    [(_, y)] = line
    return [(_LEFT, y), (plane.right, y)]


def _written(money: float) -> str:
    """Whole from a thousand on, millions short: labels stay narrow."""
    if abs(money) >= 10_000_000:
        return f"{money / 1_000_000:,.1f}M"
    return f"{money:,.0f}" if abs(money) >= 1000 else f"{money:,.2f}"


def _percent(fall: float) -> str:
    return f"−{fall:g} %" if fall else "0 %"

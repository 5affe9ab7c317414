"""Painting how fills slipped. Imported by the worker only: this loads matplotlib."""

from dataclasses import dataclass

from matplotlib.collections import PatchCollection, PolyCollection
from matplotlib.patches import Circle

from core.charts.canvas import BACKGROUND, BRIGHT, FAINT, GRID, TITLE_PT, Canvas
from core.charts.distribution import Distribution, axis_of, count_axis, distribution_of

WIDTH, HEIGHT = 1200, 600
MOST_GROUPS = 8

_BETTER, _EXACT, _WORSE = "#2bb39a", "#5b6b85", "#ef5a5a"
_MEDIAN, _HIGH = BRIGHT, "#f2b84b"
_LEFT, _RIGHT = 24.0, 1176.0
_TITLE_Y, _LEGEND_Y = 562.0, 512.0
_BARS_LEFT, _BARS_RIGHT, _BARS_BOTTOM, _BARS_TOP = 84.0, 696.0, 66.0, 392.0
_MEDIAN_Y, _HIGH_Y = 464.0, 424.0
_AXIS_Y = 34.0
_GROUPS_LEFT, _GROUPS_TOP, _GROUPS_BOTTOM = 756.0, 488.0, 16.0
_HEADING_WIDTH = 196.0
_DOTS_LEFT, _DOTS_RIGHT = 932.0, 1082.0
_TALLEST_ROW = 64.0
_WIDEST_BAR = 56.0
_DOT = 8.0
_LABEL_PT = 19
"""Telegram shows the picture a third as wide on a phone."""

Group = tuple[str, float | None, float | None]
"""Name, median and p95, in pips; None for both where nothing was measured."""


@dataclass(frozen=True, slots=True)
class Plane:
    """Where values stand between two pixels of the picture's width."""

    spread: Distribution
    left: float
    right: float

    @property
    def bar(self) -> float:
        return min((self.right - self.left) / len(self.spread.bins), _WIDEST_BAR)

    def x(self, number: float) -> float:
        """The middle of a bar, counted in steps from zero."""
        middle = (self.spread.first + self.spread.last) / 2
        return (self.left + self.right) / 2 + (number - middle) * self.bar

    def x_of(self, pips: float) -> float:
        return self.x(self.spread.place(pips))


class SlippagePainter:
    """Draws slippage, one picture after the other: bars of all fills on the left, groups on the right."""

    def __init__(self) -> None:
        self._canvas = Canvas(WIDTH, HEIGHT, _LABEL_PT)
        self._names: dict[str, str] = {}

    def draw(
        self,
        title: str,
        pips: list[float],
        median: float,
        p95: float,
        groups: list[Group],
        names: dict[str, str],
    ) -> bytes:
        """A PNG. `pips` has at least one value, above 0 is worse; the first 8 groups are shown.

        `names` are those of better, exact, worse, median, p95, pips and the groups.
        """
        self._names = names
        spread = distribution_of(pips)
        canvas = self._canvas
        canvas.clear()
        headline = canvas.fitted(title, _RIGHT - _LEFT, size=TITLE_PT, weight="bold")
        canvas.text(_LEFT, _TITLE_Y, headline, size=TITLE_PT, weight="bold")
        self._shares(pips)
        self._bars(Plane(spread, _BARS_LEFT, _BARS_RIGHT), median, p95)
        self._groups(Plane(spread, _DOTS_LEFT, _DOTS_RIGHT), groups[:MOST_GROUPS])
        return canvas.png()

    def _shares(self, pips: list[float]) -> None:
        """The legend of the bars: how many are better, as expected, worse."""
        better, worse = sum(each < 0 for each in pips), sum(each > 0 for each in pips)
        counts = (better, len(pips) - better - worse, worse)
        x = _LEFT
        for name, colour, count in zip(
            ("better", "exact", "worse"), (_BETTER, _EXACT, _WORSE), counts, strict=True
        ):
            text = f"{self._names[name]} {100 * count / len(pips):.0f} %"
            self._dot(x + _DOT, _LEGEND_Y, colour)
            self._canvas.text(x + 22, _LEGEND_Y, text)
            x += 22 + self._canvas.width_of(text) + 24

    def _bars(self, plane: Plane, median: float, p95: float) -> None:
        spread, rise = plane.spread, (_BARS_TOP - _BARS_BOTTOM) / plane.spread.highest
        for count in count_axis(spread.highest):
            y = _BARS_BOTTOM + count * rise
            self._canvas.lines([[(_BARS_LEFT, y), (_BARS_RIGHT, y)]], GRID, linewidths=1)
            self._canvas.text(_BARS_LEFT - 10, y, f"{count:,}", FAINT, ha="right")
        for sign, colour in ((-1, _BETTER), (0, _EXACT), (1, _WORSE)):
            self._canvas.add(PolyCollection(_stack(plane, sign, rise), facecolors=colour, edgecolors="none"))
        self._canvas.lines([[(_BARS_LEFT, _BARS_BOTTOM), (_BARS_RIGHT, _BARS_BOTTOM)]], FAINT, linewidths=1)
        self._axis(plane)
        self._mark(plane, median, self._marked("median", median), _MEDIAN_Y, _MEDIAN)
        self._mark(plane, p95, self._marked("p95", p95), _HIGH_Y, _HIGH)

    def _marked(self, name: str, pips: float) -> str:
        return f"{self._names[name]} {pips:.1f} {self._names['pips']}"

    def _axis(self, plane: Plane) -> None:
        widest = max(self._canvas.width_of(name) for _, name in axis_of(plane.spread, 1))
        for number, name in axis_of(plane.spread, (widest + 16) / plane.bar):
            self._canvas.text(plane.x(number), _AXIS_Y, name, FAINT, ha="center")

    def _mark(self, plane: Plane, pips: float, text: str, y: float, colour: str) -> None:
        """A line through the bars with its name above, which is kept within the panel."""
        x = plane.x_of(pips)
        line = [[(x, _BARS_BOTTOM), (x, y - 18)]]
        self._canvas.lines(line, colour, linewidths=2, linestyles=[(0, (5, 3))])
        half = self._canvas.width_of(text, weight="bold") / 2
        at = min(max(x, _LEFT + half), _BARS_RIGHT - half)
        self._ground(at - half - 4, y, 2 * half + 8)
        self._canvas.text(at, y, text, colour, ha="center", weight="bold")

    def _groups(self, plane: Plane, groups: list[Group]) -> None:
        heading = self._canvas.fitted(self._names["groups"], _HEADING_WIDTH)
        self._canvas.text(_GROUPS_LEFT, _LEGEND_Y, heading, FAINT)
        self._key(_RIGHT)
        pitch = min((_GROUPS_TOP - _GROUPS_BOTTOM) / max(len(groups), 1), _TALLEST_ROW)
        zero = plane.x(0)
        bottom = _GROUPS_TOP - pitch * len(groups)
        self._canvas.lines([[(zero, bottom), (zero, _GROUPS_TOP)]], GRID, linewidths=2)
        for place, group in enumerate(groups):
            self._group(plane, group, _GROUPS_TOP - pitch * (place + 0.5))

    def _key(self, right: float) -> None:
        """The legend of the groups."""
        for name, colour in (("p95", _HIGH), ("median", _MEDIAN)):
            called = self._names[name]
            self._canvas.text(right, _LEGEND_Y, called, ha="right")
            right -= self._canvas.width_of(called) + 15
            self._dot(right, _LEGEND_Y, colour)
            right -= 20

    def _group(self, plane: Plane, group: Group, y: float) -> None:
        """On one line: the name, what lies between median and p95, and the p95 in its colour."""
        name, median, p95 = group
        self._canvas.text(_GROUPS_LEFT, y, self._canvas.fitted(name, _DOTS_LEFT - 18 - _GROUPS_LEFT))
        if median is None or p95 is None:
            self._canvas.text(_RIGHT, y, "–", FAINT, ha="right")
            return
        self._canvas.text(_RIGHT, y, f"{p95:.1f}", _HIGH, ha="right")
        ends = plane.x_of(median), plane.x_of(p95)
        self._canvas.lines([[(end, y) for end in ends]], _EXACT, linewidths=5)
        self._dot(ends[1], y, _HIGH)
        self._dot(ends[0], y, _MEDIAN)

    def _ground(self, x: float, y: float, width: float) -> None:
        """Cover what is behind a text."""
        corners = [(x, y - 14), (x, y + 14), (x + width, y + 14), (x + width, y - 14)]
        self._canvas.add(PolyCollection([corners], facecolors=BACKGROUND, edgecolors="none"))

    def _dot(self, x: float, y: float, colour: str) -> None:
        self._canvas.add(PatchCollection([Circle((x, y), _DOT)], facecolors=colour, edgecolors="none"))


def _stack(plane: Plane, sign: int, rise: float) -> list[list[tuple[float, float]]]:
    """The parts of the bars that one sign has: better ones lowest, worse ones on top."""
    half = plane.bar * 0.42
    boxes = []
    for each in plane.spread.bins:
        below = {-1: 0, 0: each.below, 1: each.below + each.zero}[sign]
        own = {-1: each.below, 0: each.zero, 1: each.above}[sign]
        x, low, high = plane.x(each.number), _BARS_BOTTOM + below * rise, _BARS_BOTTOM + (below + own) * rise
        boxes.append([(x - half, low), (x - half, high), (x + half, high), (x + half, low)])
    return boxes

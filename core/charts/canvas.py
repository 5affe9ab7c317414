"""The ground that pictures are painted on. Imported by the worker only: this loads matplotlib."""

import io
from collections.abc import Sequence
from typing import Any

from matplotlib.artist import Artist
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure
from matplotlib.text import Text
from matplotlib.transforms import IdentityTransform

BACKGROUND, GRID, BRIGHT, FAINT = "#0d1320", "#1b2536", "#e8edf5", "#8896ac"
TITLE_PT, LABEL_PT = 23, 16

_DPI = 100
_LONGEST = 120


class Canvas:
    """A figure that is used again for each picture. All is placed in pixels from its bottom left corner."""

    def __init__(self, width: int, height: int, label_pt: float = LABEL_PT) -> None:
        self._label_pt = label_pt
        self._figure = Figure(figsize=(width / _DPI, height / _DPI), dpi=_DPI, facecolor=BACKGROUND)
        FigureCanvasAgg(self._figure)

    def clear(self) -> None:
        self._figure.clear()

    def add(self, artist: Artist) -> None:
        """Put an artist, in pixels, over those before it."""
        artist.set_transform(IdentityTransform())
        artist.set_zorder(len(self._figure.get_children()))
        self._figure.add_artist(artist)

    def text(self, x: float, y: float, text: str, colour: str = BRIGHT, **style: Any) -> None:
        self.add(self._label(x, y, text, colour, **style))

    def lines(self, lines: Sequence[Sequence[tuple[float, float]]], colour: str, **style: Any) -> None:
        self.add(LineCollection(lines, colors=colour, **style))

    def width_of(self, text: str, **style: Any) -> float:
        """How many pixels wide a text becomes."""
        label = self._label(0, 0, text, BRIGHT, **style)
        label.set_transform(IdentityTransform())
        label.set_figure(self._figure)
        return float(label.get_window_extent().width)

    def fitted(self, text: str, width: float, **style: Any) -> str:
        """The text as one line, cut with an ellipsis to so many pixels."""
        line = one_line(text)[:_LONGEST]
        if self.width_of(line, **style) <= width:
            return line
        while line and self.width_of(line + "…", **style) > width:
            line = line[:-1].rstrip()
        return line + "…"

    def _label(self, x: float, y: float, text: str, colour: str, **style: Any) -> Text:
        size = style.pop("size", self._label_pt)
        return Text(x, y, text, color=colour, va="center", fontsize=size, parse_math=False, **style)

    def png(self) -> bytes:
        picture = io.BytesIO()
        self._figure.savefig(picture, format="png")
        return picture.getvalue()


def one_line(text: str) -> str:
    """Text as one line of printable characters."""
    return " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())

"""Bars in the file that MetaTrader's terminal exports.

A header line (`<DATE> <TIME> <OPEN> <HIGH> <LOW> <CLOSE> <TICKVOL> <VOL> <SPREAD>`; daily bars have no
`<TIME>`), fields between tabs or commas, UTF-8 or UTF-16. Times are broker time.
"""

from array import array
from codecs import BOM_UTF16_BE, BOM_UTF16_LE
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from functools import lru_cache
from itertools import pairwise
from typing import Final

from core.paper.market.calendar import DAY_MINUTES, WEEK_MINUTES
from core.paper.market.replay import Replay

_PERIODS: Final = (1, 2, 3, 4, 5, 6, 10, 12, 15, 20, 30, 60, 120, 180, 240, 360, 480, 720, DAY_MINUTES)
_NEEDED: Final = ("DATE", "OPEN", "HIGH", "LOW", "CLOSE")
_MOST = 2**31
_EPOCH = date(1970, 1, 1).toordinal()

_Bar = tuple[int, int, int, int, int, int, int]


def read(raw: bytes, digits: int) -> Replay:
    """The bars of an exported file whose prices have so many digits at most.

    Their length, M1 to D1, is what lies between the nearest two. Raises ValueError, which names the line.
    """
    lines = [(number, line) for number, line in enumerate(_text(raw).splitlines(), 1) if line.strip()]
    if len(lines) < 2:
        raise ValueError("line 1: a header and at least one bar are needed")
    columns = _columns(*lines[0])
    bars = {number: _bar(number, line, columns, digits) for number, line in lines[1:]}
    period = _period({number: bar[0] for number, bar in bars.items()}, daily="TIME" not in columns)
    return Replay(period, tuple(array("i", column) for column in zip(*bars.values(), strict=True)))


def _text(raw: bytes) -> str:
    wide = raw.startswith((BOM_UTF16_LE, BOM_UTF16_BE))
    try:
        return raw.decode("utf-16" if wide else "utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise ValueError(f"line {line}: neither UTF-8 nor UTF-16") from error


def _columns(number: int, header: str) -> Mapping[str, int]:
    names = [name.strip().strip("<>").upper() for name in _fields(header)]
    for name in _NEEDED:
        if name not in names:
            raise ValueError(f"line {number}: no column <{name}>")
    return {name: place for place, name in enumerate(names)}


def _fields(line: str) -> list[str]:
    return line.split("\t" if "\t" in line else ",")


def _bar(number: int, line: str, columns: Mapping[str, int], digits: int) -> _Bar:
    fields = _fields(line)
    if len(fields) != len(columns):
        raise ValueError(f"line {number}: {len(fields)} fields under {len(columns)} columns")
    try:
        return _parsed({name: fields[place].strip() for name, place in columns.items()}, digits)
    except ValueError as error:
        raise ValueError(f"line {number}: {error}") from error


def _parsed(row: Mapping[str, str], digits: int) -> _Bar:
    opened, high, low, close = (_points(row[name], digits) for name in _NEEDED[1:])
    if not low <= min(opened, close) <= max(opened, close) <= high:
        raise ValueError("open and close lie outside of low and high")
    minute = _day(row["DATE"]) * DAY_MINUTES + _clock(row.get("TIME", "00:00"))
    ticks, spread = _count(row.get("TICKVOL", "0")), _count(row.get("SPREAD", "0"))
    return minute, opened, high, low, close, ticks, spread


def _points(text: str, digits: int) -> int:
    try:
        points = Decimal(text).scaleb(digits)
    except ArithmeticError:
        raise ValueError(f"{text!r} is no price") from None
    if not points.is_finite() or not 0 < points < _MOST:
        raise ValueError(f"{text!r} is no price")
    if points != int(points):
        raise ValueError(f"{text!r} has more than {digits} digits")
    return int(points)


def _count(text: str) -> int:
    if not text.isascii() or not text.isdigit() or int(text) >= _MOST:
        raise ValueError(f"{text!r} is no number of ticks or points")
    return int(text)


@lru_cache(maxsize=64)
def _day(text: str) -> int:
    """Days since 1970 of `2026.11.18`, as far as its minutes can be counted: to the year 6053."""
    try:
        year, month, day = (int(part) for part in text.split("."))
        days = date(year, month, day).toordinal() - _EPOCH
    except ValueError:
        raise ValueError(f"{text!r} is no date") from None
    if days >= _MOST // DAY_MINUTES:
        raise ValueError(f"{text!r} lies too far ahead")
    return days


@lru_cache(maxsize=DAY_MINUTES)
def _clock(text: str) -> int:
    """Minutes since midnight of `12:30` or `12:30:00`."""
    parts = text.split(":")
    if len(parts) not in (2, 3) or not all(part.isascii() and part.isdigit() for part in parts):
        raise ValueError(f"{text!r} is no time")
    hours, minutes, seconds = (int(part) for part in (*parts, "0")[:3])
    if hours > 23 or minutes > 59 or seconds:
        raise ValueError(f"{text!r} is no minute of a day")
    return hours * 60 + minutes


def _period(openings: Mapping[int, int], *, daily: bool) -> int:
    """The longest bars that fit between any two openings (by line), and on whose grid all of them lie."""
    steps = _steps(openings)
    least = min(steps.values(), default=DAY_MINUTES if daily else 1)
    if least >= WEEK_MINUTES:
        raise ValueError(f"line {next(iter(steps))}: bars longer than a day cannot be replayed")
    minutes = openings.values()
    offsets = {minute % least for minute in minutes}
    if least in _PERIODS and len(offsets) == 1 and offsets != {0}:
        raise ValueError(f"line {next(iter(openings))}: bars of {least} minutes begin at another minute")
    return max(n for n in _PERIODS if n <= least and all(minute % n == 0 for minute in minutes))


def _steps(openings: Mapping[int, int]) -> dict[int, int]:
    """By how many minutes each line is later than the one before it."""
    steps = {number: later - earlier for (_, earlier), (number, later) in pairwise(openings.items())}
    for number, step in steps.items():
        if step <= 0:
            raise ValueError(f"line {number}: not later than the bar before it")
    return steps

"""Bars as MetaTrader's terminal exports them, made for tests."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from random import Random

HEADER = "<DATE>\t<TIME>\t<OPEN>\t<HIGH>\t<LOW>\t<CLOSE>\t<TICKVOL>\t<VOL>\t<SPREAD>"
MONDAY = int(datetime(2026, 3, 2, tzinfo=UTC).timestamp()) // 60


@dataclass(frozen=True)
class Bar:
    """A bar in points; `minute` of the epoch in broker time."""

    minute: int
    open: int
    high: int
    low: int
    close: int
    ticks: int = 400
    spread: int = 12


def row(bar: Bar, digits: int, *, daily: bool = False) -> str:
    when = datetime.fromtimestamp(bar.minute * 60, UTC)
    date = when.strftime("%Y.%m.%d") if daily else when.strftime("%Y.%m.%d\t%H:%M:%S")
    prices = (f"{points / 10**digits:.{digits}f}" for points in (bar.open, bar.high, bar.low, bar.close))
    return "\t".join((date, *prices, str(bar.ticks), "0", str(bar.spread)))


def text(bars: Sequence[Bar], digits: int = 5, *, daily: bool = False) -> str:
    """The whole file."""
    header = HEADER.replace("\t<TIME>", "") if daily else HEADER
    return "\r\n".join([header, *(row(bar, digits, daily=daily) for bar in bars)]) + "\r\n"


def write(path: Path, bars: Sequence[Bar], digits: int = 5, *, daily: bool = False) -> Path:
    """As the terminal writes it: UTF-16 with its mark."""
    path.write_bytes(text(bars, digits, daily=daily).encode("utf-16"))
    return path


def walked(
    count: int, period: int, *, seed: int = 1, begins: int = MONDAY, level: int = 115_800
) -> list[Bar]:
    """So many bars in a row, that wander about a level."""
    chance, bars, price = Random(seed), [], level
    for number in range(count):
        close = price + chance.randint(-90, 90)
        high = max(price, close) + chance.randint(0, 60)
        low = min(price, close) - chance.randint(0, 60)
        bars.append(Bar(begins + number * period, price, high, low, close, chance.randint(1, 900)))
        price = close + chance.randint(-5, 5)
    return bars

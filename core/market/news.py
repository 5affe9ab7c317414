"""The calendar of news: windows of time in which some currencies are dangerous, read from a CSV file."""

import asyncio
import csv
import stat
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import structlog

from core.health.spoken import spoken
from core.model.instruments import Instrument

log = structlog.get_logger(__name__)

COLUMNS = ("from", "to", "currencies", "title")
LARGEST_MB = 4
"""Of the file: it is read while the desk runs."""
LOOK_S = 5.0
LONGEST_SHOWN = 40
TOLD = 5
"""Bad lines that are named at most."""


class BadCalendar(Exception):
    """Raised for a file that cannot be used; the text names each bad line by its number."""


@dataclass(frozen=True, slots=True)
class Window:
    """From when to when which currencies are dangerous, and why."""

    begins: datetime
    ends: datetime
    currencies: frozenset[str]
    title: str

    def hits(self, instrument: Instrument) -> bool:
        """Whether the base or the profit currency is named."""
        return bool(self.currencies & {instrument.base.upper(), instrument.profit.upper()})

    def near(self, now: datetime, before: timedelta) -> bool:
        return self.begins <= now + before and now < self.ends


def parse(lines: Iterable[str]) -> tuple[Window, ...]:
    """The windows of a CSV with the columns from, to, currencies, title, in the order of their beginnings.

    Times are ISO 8601, with an offset or in UTC; currencies are separated by spaces or semicolons. Raises
    BadCalendar.
    """
    rows = csv.DictReader(lines, restkey="more", skipinitialspace=True)
    missing = [name for name in COLUMNS if name not in (rows.fieldnames or ())]
    if missing:
        raise BadCalendar(f"line 1: the columns {', '.join(missing)} are missing")
    windows, bad = [], []
    for row in rows:
        try:
            windows.append(_window(row))
        except ValueError as error:
            bad.append(f"line {rows.line_num}: {error}")
    if bad:
        more = f"; and {len(bad) - TOLD} more" if len(bad) > TOLD else ""
        raise BadCalendar("; ".join(bad[:TOLD]) + more)
    return tuple(sorted(windows, key=lambda window: window.begins))


def _window(row: dict[str, str | None]) -> Window:
    if "more" in row or None in row.values():
        raise ValueError(f"it needs exactly {len(COLUMNS)} values; put a title with commas into quotes")
    begins, ends = _time(row["from"] or ""), _time(row["to"] or "")
    currencies = frozenset((row["currencies"] or "").upper().replace(";", " ").split())
    if ends <= begins:
        raise ValueError("it ends before it begins")
    if not currencies or not all(len(each) == 3 and each.isalnum() for each in currencies):
        raise ValueError("currencies are codes of three letters, as USD EUR")
    return Window(begins, ends, currencies, (row["title"] or "").strip())


def _time(text: str) -> datetime:
    try:
        at = datetime.fromisoformat(text.strip())
        return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    except (ValueError, OverflowError):  # the calendar ends where an offset leads out of it
        shown = text if len(text) <= LONGEST_SHOWN else f"{text[:LONGEST_SHOWN]}…"
        raise ValueError(f"{shown!r} is no time as 2026-11-27T13:30") from None


def window_now(
    windows: Sequence[Window], instrument: Instrument, now: datetime, before: timedelta
) -> Window | None:
    """The first window near now that hits the instrument."""
    return next((each for each in windows if each.near(now, before) and each.hits(instrument)), None)


def news_sentence(symbol: str, window: Window, now: datetime) -> str:
    when = f"in {spoken(window.begins - now)}" if window.begins > now else "now"
    return (
        f"News that may move {symbol} {when}: {window.title or 'untitled'}"
        f" ({' '.join(sorted(window.currencies))}), {window.begins:%H:%M} to {window.ends:%H:%M} UTC."
    )


class Calendar:
    """The windows of a file, read again when it has changed; without a file there are none.

    A changed file with a bad line is not taken: what was read before holds, and the log says so.
    """

    def __init__(self, path: Path | None = None) -> None:
        self._path = path
        self._windows: tuple[Window, ...] = ()
        self._stamp: tuple[int, int] | None = None

    def load(self) -> None:
        """Read the file now. Raises BadCalendar, naming the file and what is wrong with it."""
        if self._path is None:
            return
        try:
            self._stamp = _stamp(self._path)
            _check(self._path)
            with self._path.open(encoding="utf-8-sig", newline="") as file:
                self._windows = parse(file)
        except OSError as error:
            raise BadCalendar(f"{self._path}: {error.strerror}") from error
        except (UnicodeDecodeError, csv.Error) as error:
            raise BadCalendar(f"{self._path}: {error}") from error
        except BadCalendar as error:
            raise BadCalendar(f"{self._path}: {error}") from None

    @property
    def windows(self) -> tuple[Window, ...]:
        """Those of the file as it was when it was last good."""
        return self._windows

    async def keep(self) -> None:
        """Follow the file until cancelled, off the event loop: a disk that hangs must not stop the guards."""
        while True:
            await asyncio.sleep(LOOK_S)
            await asyncio.to_thread(self.follow)

    def follow(self) -> None:
        """Read the file again if it has changed."""
        if self._path is not None and self._has_changed(self._path):
            try:
                self.load()
            except BadCalendar as error:
                log.warning("news_not_read", error=str(error))

    def _has_changed(self, path: Path) -> bool:
        try:
            return _stamp(path) != self._stamp
        except OSError:
            return False  # being replaced just now, or gone: what was read holds


def _check(path: Path) -> None:
    """Raises BadCalendar for what is not to be read: a folder, a device, a file beyond all calendars."""
    status = path.stat()
    if not stat.S_ISREG(status.st_mode):
        raise BadCalendar("it is no file")
    if status.st_size > LARGEST_MB * 2**20:
        raise BadCalendar(f"it is larger than {LARGEST_MB} MB")


def _stamp(path: Path) -> tuple[int, int]:
    status = path.stat()
    return status.st_mtime_ns, status.st_size

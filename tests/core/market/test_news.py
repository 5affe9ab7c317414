"""The calendar of news."""

import asyncio
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from core.market.news import BadCalendar, Calendar, news_sentence, parse, window_now
from tests.core.market.test_detectors import EURUSD

PAYROLLS = "2026-12-04T13:30,2026-12-04T14:00,USD,Non-farm payrolls"
HEAD = "from,to,currencies,title"
AT = datetime(2026, 12, 4, 13, 30, tzinfo=UTC)
BEFORE = timedelta(minutes=15)


def test_a_window_hits_symbols_of_its_currencies_from_before_until_its_end() -> None:
    windows = parse([HEAD, PAYROLLS, "2026-12-04T13:00,2026-12-04T16:00,JPY;CHF,Elsewhere"])
    minutes = (-16, -15, 0, 29, 30)
    near = [window_now(windows, EURUSD, AT + timedelta(minutes=m), BEFORE) for m in minutes]
    assert [window is not None for window in near] == [False, True, True, True, False]
    assert near[1] is not None
    assert news_sentence("EURUSD.m", near[1], AT - BEFORE) == (
        "News that may move EURUSD.m in 15 min: Non-farm payrolls (USD), 13:30 to 14:00 UTC."
    )


def test_times_with_an_offset_are_meant_by_it() -> None:
    [window] = parse([HEAD, '2026-12-04T08:30-05:00,2026-12-04 14:00Z,"eur usd","Payrolls, and more"'])
    assert (window.begins, window.title) == (AT, "Payrolls, and more")
    assert window.currencies == {"EUR", "USD"}


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("tomorrow,2026-12-04T14:00,USD,x", "line 3: 'tomorrow' is no time"),
        ("2026-12-04T14:00,2026-12-04T13:00,USD,x", "line 3: it ends before it begins"),
        ("2026-12-04T13:00,2026-12-04T14:00,DOLLARS,x", "line 3: currencies are codes"),
        ("2026-12-04T13:00,2026-12-04T14:00,,x", "line 3: currencies are codes"),
        ("2026-12-04T13:00,2026-12-04T14:00,USD", "line 3: it needs exactly 4 values"),
        ("2026-12-04T13:00,2026-12-04T14:00,USD,Rates, Fed", "line 3: it needs exactly 4 values"),
    ],
)
def test_a_bad_line_is_told_with_its_number(line: str, told: str) -> None:
    with pytest.raises(BadCalendar, match=told):
        parse([HEAD, PAYROLLS, line])


def test_a_file_without_the_columns_is_refused() -> None:
    with pytest.raises(BadCalendar, match="line 1: the columns to, currencies are missing"):
        parse(["from,title", "a,b"])


def test_the_file_is_read_again_when_it_has_changed_and_a_bad_one_is_not_taken(tmp_path: Path) -> None:
    file = tmp_path / "news.csv"
    calendar = Calendar(file)
    with pytest.raises(BadCalendar, match=r"news\.csv"):
        calendar.load()
    for number, (text, windows) in enumerate(
        [(f"{HEAD}\n{PAYROLLS}\n", 1), (f"{HEAD}\n{PAYROLLS}\n{PAYROLLS}\n", 2), (f"{HEAD}\nbad\n", 2)]
    ):
        file.write_text(text, encoding="utf-8")
        os.utime(file, (number, number))
        calendar.follow()
        assert len(calendar.windows) == windows
    file.unlink()
    calendar.follow()
    assert len(calendar.windows) == 2


async def test_a_file_that_changes_is_followed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.market.news.LOOK_S", 0.001)
    file = tmp_path / "news.csv"
    calendar = Calendar(file)
    following = asyncio.create_task(calendar.keep())
    file.write_text(f"{HEAD}\n{PAYROLLS}\n", encoding="utf-8")
    async with asyncio.timeout(20):
        while not calendar.windows:  # noqa: ASYNC110 - a thread reads it
            await asyncio.sleep(0.001)
    following.cancel()
    with pytest.raises(asyncio.CancelledError):
        await following


def test_without_a_file_there_is_no_news() -> None:
    calendar = Calendar()
    calendar.load()
    assert calendar.windows == ()


@pytest.mark.parametrize("edge", ["0001-01-01T00:00+14:00", "9999-12-31T23:59-14:00"])
def test_a_time_beyond_the_calendar_is_a_bad_line(edge: str) -> None:
    with pytest.raises(BadCalendar, match="is no time"):
        parse([HEAD, f"{edge},{edge},USD,x"])


def test_a_window_as_long_as_the_calendar_is_near() -> None:
    [window] = parse([HEAD, "0001-01-01T00:00,9999-12-31T23:59,USD,all of it"])
    assert window.near(AT, BEFORE)


def test_of_many_bad_lines_a_few_are_told() -> None:
    with pytest.raises(BadCalendar, match=r"line 6: .*; and 95 more$"):
        parse([HEAD, *["a,b"] * 100])


def test_what_is_no_calendar_by_its_size_or_kind_is_not_read(tmp_path: Path) -> None:
    huge = tmp_path / "huge.csv"
    with huge.open("wb") as file:
        file.truncate(2**30)
    for path, told in ((huge, "larger than 4 MB"), (tmp_path, "no file"), (Path("/dev/zero"), "no file")):
        with pytest.raises(BadCalendar, match=told):
            Calendar(path).load()

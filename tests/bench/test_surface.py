"""The benches of the Telegram surface measure what they say, shown on a few people."""

from pathlib import Path

import pytest

from tests.bench.surface import dispatch, fanout, taps


async def test_each_command_and_tap_is_dispatched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dispatch, "BATCHES", 1)
    monkeypatch.setattr(dispatch, "BATCH", 1)
    rows = await dispatch.dispatch_rows(tmp_path)
    assert len([row for row in rows if row.measured > 0 and row.goal]) == 4


async def test_a_card_reaches_each_chat_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fanout, "PEOPLE", 33)
    rows = {row.what.strip(): row for row in await fanout.fanout_rows(tmp_path / "fanout")}
    assert rows["chats without the card"].measured == 0
    assert rows["uploads of its chart"].measured == 1


async def test_each_tap_is_answered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(taps, "PEOPLE", 3)
    rows = await taps.taps_rows(tmp_path / "taps")
    assert all(row.measured > 0 for row in rows)

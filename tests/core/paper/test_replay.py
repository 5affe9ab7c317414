"""Replays: a file that MetaTrader exported is quoted again, and whatever is made of the quotes agrees."""

import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import core.paper as mt5
from core.paper import hands
from core.paper.hands import Hands
from core.paper.market import bars as history
from core.paper.market import exports
from core.paper.market.calendar import MINUTE_MS
from core.paper.market.market import Market
from core.paper.market.plan import MarketPlan, Shock
from core.paper.market.quotes import SymbolMarket
from core.paper.market.replay import Replay, digest
from core.paper.server.records import Account
from tests.core.paper import exported
from tests.core.paper.exported import MONDAY, Bar, walked
from tests.core.paper.world import LOGIN, PASSWORD, SERVER

DAY = 1_440
LATER_MS = (MONDAY + 400 * DAY) * MINUTE_MS
FRAMES = {
    1: mt5.TIMEFRAME_M1, 5: mt5.TIMEFRAME_M5, 15: mt5.TIMEFRAME_M15, 60: mt5.TIMEFRAME_H1,
    240: mt5.TIMEFRAME_H4, DAY: mt5.TIMEFRAME_D1,
}  # fmt: skip


def _market(bars: list[Bar], symbol: str = "EURUSD", digits: int = 5) -> Market:
    """A market that replays bars, as if they had come through a file."""
    packed = exports.read(exported.text(bars, digits).encode(), digits).pack()
    return Market(MarketPlan(seed=3).with_replay(symbol, "d"), {"d": packed}.get)


def _rates(market: SymbolMarket, frame: int) -> list[tuple[int, int, int, int, int]]:
    """All bars up to a late time: minute, and prices in points."""
    rates = history.last(market, frame, LATER_MS, 0, 100_000)
    scale = 10**market.spec.digits
    return [
        (int(r["time"]) // 60, *(round(float(r[n]) * scale) for n in ("open", "high", "low", "close")))
        for r in rates
    ]


def _wanted(bars: list[Bar]) -> list[tuple[int, int, int, int, int]]:
    return [(bar.minute, bar.open, bar.high, bar.low, bar.close) for bar in bars]


@pytest.mark.parametrize("period", FRAMES)
def test_bars_of_the_files_own_period_are_those_of_the_file(period: int) -> None:
    bars = walked(60, period, begins=MONDAY)
    market = _market(bars).symbols["EURUSD"]
    assert _rates(market, FRAMES[period]) == _wanted(bars)
    price = history.last(market, FRAMES[period], LATER_MS, 0, 1)[0]["close"]
    assert price == bars[-1].close / 100_000  # to the last bit


@given(seed=st.integers(0, 10**6), period=st.sampled_from([1, 2, 5, 60]), gaps=st.booleans())
@settings(max_examples=40, deadline=None)
def test_minutes_and_ticks_agree_with_the_file(seed: int, period: int, gaps: bool) -> None:
    bars = walked(30, period, seed=seed)
    if gaps:
        bars = [bar for number, bar in enumerate(bars) if number % 7 != 3]
    market = _market(bars).symbols["EURUSD"]
    for bar in bars[::6]:
        first_ms, last_ms = bar.minute * MINUTE_MS, (bar.minute + period) * MINUTE_MS - 1
        bids = [round(tick.bid * 100_000) for tick in market.ticks(first_ms - 1, last_ms)]
        assert (bids[0], max(bids), min(bids), bids[-1]) == (bar.open, bar.high, bar.low, bar.close)
        minutes = history.between(market, mt5.TIMEFRAME_M1, LATER_MS, (first_ms, last_ms), 2_000)
        assert len(minutes) == period
        assert round(minutes["high"].max() * 100_000) == bar.high
        assert sum(minutes["tick_volume"]) == len(bids)


def test_the_ticks_are_as_many_as_in_the_file_and_the_spread_is_its_own() -> None:
    bars = [replace(bar, ticks=6_000, spread=12 + n) for n, bar in enumerate(walked(10, 60))]
    market = _market(bars).symbols["EURUSD"]
    rates = history.last(market, mt5.TIMEFRAME_H1, LATER_MS, 0, 10)
    assert rates["tick_volume"].tolist() == [6_000] * 10
    assert rates["spread"].tolist() == [12 + n for n in range(10)]
    quote = market.quote((MONDAY + 65) * MINUTE_MS)
    assert round((quote.ask - quote.bid) * 100_000) == 13


def test_a_file_without_spreads_gets_the_usual_ones() -> None:
    market = _market([replace(bar, spread=0) for bar in walked(20, 60)]).symbols["EURUSD"]
    assert all(tick.ask > tick.bid for tick in market.ticks(MONDAY * MINUTE_MS, (MONDAY + 5) * MINUTE_MS))


def test_before_between_and_after_the_bars_the_market_is_closed() -> None:
    bars = [bar for bar in walked(48, 60) if not 10 <= (bar.minute - MONDAY) // 60 < 20]
    market = _market(bars).symbols["EURUSD"]
    first, last, end = MONDAY, bars[-1], MONDAY + 48 * 60
    assert [market.open_at(minute) for minute in (first - 1, first, end - 1, end)] == [
        False,
        True,
        True,
        False,
    ]
    assert not market.open_at(first + 10 * 60)
    assert market.next_open(first - 5_000) == first
    assert market.next_open(first + 12 * 60) == first + 20 * 60
    assert market.next_open(end) is None
    standing = market.quote(LATER_MS)
    assert standing == market.quote(end * MINUTE_MS - 1)
    assert round(standing.bid * 100_000) == last.close
    never = market.quote((first - 1) * MINUTE_MS)
    assert (never.time_msc, round(never.bid * 100_000)) == (0, bars[0].open)
    assert len(history.last(market, mt5.TIMEFRAME_M1, (first - 1) * MINUTE_MS, 0, 5)) == 0
    open_at = market.open_at(np.arange(first - 100, end + 100, dtype=np.uint64))
    assert open_at.tolist() == [market.open_at(minute) for minute in range(first - 100, end + 100)]


def test_aliases_and_crosses_follow_a_replayed_symbol() -> None:
    market = _market(walked(48, 60))
    at = (MONDAY + 7 * 60) * MINUTE_MS
    euro, raw = market.quote("EURUSD", at + 31_000), market.quote("EURUSD.r", at + 31_000)
    assert (euro.time_msc, euro.bid) == (raw.time_msc, raw.bid)
    legs = market.quote("EURUSD", at).bid * market.quote("USDJPY", at).bid
    assert market.quote("EURJPY", at).bid == pytest.approx(legs, abs=0.002)
    assert not market.symbols["EURJPY"].open_at(MONDAY + 48 * 60)
    rates = history.last(market.symbols["EURJPY"], mt5.TIMEFRAME_H1, LATER_MS, 0, 100)
    assert len(rates) == 48


def test_a_cross_of_its_own_bars_does_not_ask_its_legs() -> None:
    bars = walked(24, 60, level=179_000)
    calm = _market(bars, "EURJPY", 3)
    assert _rates(calm.symbols["EURJPY"], mt5.TIMEFRAME_H1) == _wanted(bars)
    for shocked, moved in (("EURUSD", "EURUSD"), ("EURJPY", "EURJPY")):
        plan = calm.plan.with_shock(Shock(shocked, MONDAY * 60 - 7_200, -10.0))
        shaken = Market(plan, {"d": exports.read(exported.text(bars, 3).encode(), 3).pack()}.get)
        at = (MONDAY + 120) * MINUTE_MS
        changed = {s for s in ("EURUSD", "EURJPY") if shaken.quote(s, at).bid < 0.95 * calm.quote(s, at).bid}
        assert changed == {moved}


# -- the file


BARS = walked(30, 60)


@pytest.mark.parametrize(
    "raw",
    [
        exported.text(BARS).encode("utf-16"),
        exported.text(BARS).encode("utf-8-sig"),
        exported.text(BARS).encode(),
        exported.text(BARS).replace("\t", ",").encode(),
        exported.text(BARS).replace("\r\n", "\n").replace(":00\t", "\t").encode(),
        b"\xfe\xff" + exported.text(BARS).encode("utf-16-be"),
        (exported.text(BARS) + "\r\n").encode(),
    ],
    ids=["utf-16", "utf-8 with mark", "utf-8", "commas", "no seconds", "big-endian", "blank line"],
)  # fmt: skip
def test_a_file_is_read_however_it_was_written(raw: bytes) -> None:
    replay = exports.read(raw, 5)
    assert (replay.period, replay.begins, replay.ends) == (60, MONDAY, MONDAY + 30 * 60)
    assert replay == exports.read(exported.text(BARS).encode(), 5)


@pytest.mark.parametrize("period", [1, 5, 15, 30, 60, 240, DAY])
def test_the_period_is_the_smallest_step(period: int) -> None:
    bars = walked(40, period)
    assert exports.read(exported.text([*bars[:9], *bars[20:]]).encode(), 5).period == period


def test_bars_off_the_grid_of_their_length_are_refused() -> None:
    with pytest.raises(ValueError, match="line 2: bars of 240 minutes"):
        exports.read(exported.text(walked(9, 240, begins=MONDAY + 60)).encode(), 5)


def test_daily_bars_have_no_time() -> None:
    bars = [bar for bar in walked(12, DAY) if (bar.minute - MONDAY) // DAY % 7 < 5]
    replay = exports.read(exported.text(bars, daily=True).encode(), 5)
    assert (replay.period, replay.begins) == (DAY, MONDAY)
    assert exports.read(exported.text(bars[:1], daily=True).encode(), 5).period == DAY


GOOD = "2026.03.02\t09:00:00\t1.15800\t1.15900\t1.15700\t1.15850\t100\t0\t12"
NEXT = "2026.03.02\t10:00:00\t1.15800\t1.15900\t1.15700\t1.15850\t100\t0\t12"


@pytest.mark.parametrize(
    ("bad", "why"),
    [
        (NEXT.replace("1.15900", "1.15750"), "outside"),
        (NEXT.replace("1.15700", "1.15820"), "outside"),
        (NEXT.replace("1.15800", "1.158005"), "more than 5 digits"),
        (NEXT.replace("1.15800", "one"), "no price"),
        (NEXT.replace("1.15800", "nan"), "no price"),
        (NEXT.replace("1.15800", "inf"), "no price"),
        (NEXT.replace("1.15800", "0"), "no price"),
        (NEXT.replace("1.15800", "-1.1"), "no price"),
        (NEXT.replace("1.15800", ""), "no price"),
        (NEXT.replace("1.15800", "99999999"), "no price"),
        (NEXT.replace("1.15800", "1e99999999"), "no price"),
        (NEXT.replace("2026.03.02", "2026.02.30"), "no date"),
        (NEXT.replace("2026.03.02", "02/03/2026"), "no date"),
        (NEXT.replace("2026.03.02", "9999.12.31"), "too far ahead"),
        (NEXT.replace("10:00:00", "25:00:00"), "no minute of a day"),
        (NEXT.replace("10:00:00", "10:00:30"), "no minute of a day"),
        (NEXT.replace("10:00:00", "noon"), "no time"),
        (NEXT.replace("\t100\t", "\t-5\t"), "no number of ticks"),
        (NEXT.replace("\t100\t", "\t1.5\t"), "no number of ticks"),
        (NEXT + "\t7", "10 fields"),
        ("2026.03.02", "1 fields"),
        (GOOD, "not later"),
        (NEXT.replace("03.02", "03.01"), "not later"),
        (NEXT.replace("03.02", "03.16"), "longer than a day"),
    ],
)
def test_a_bad_line_is_named(bad: str, why: str) -> None:
    with pytest.raises(ValueError, match=r"^line 3: .*" + why):
        exports.read("\n".join((exported.HEADER, GOOD, bad)).encode(), 5)


@pytest.mark.parametrize(
    "raw",
    [
        b"", exported.HEADER.encode(), b"\n\n", b"a\tb\n1\t2\n", b"\xff\xfe\x00",
        exported.HEADER.replace("<LOW>", "<LO>").encode() + b"\n" + GOOD.encode(),
        (exported.HEADER + "\n").encode() + b"\xe9\xe9",
    ],
)  # fmt: skip
def test_what_is_no_export_is_refused(raw: bytes) -> None:
    with pytest.raises(ValueError, match=r"^line \d+: "):
        exports.read(raw, 5)


@given(raw=st.binary(max_size=200))
@settings(max_examples=100, deadline=None)
def test_no_bytes_do_more_than_raise_a_value_error(raw: bytes) -> None:
    for prefix in (b"", (exported.HEADER + "\n").encode()):
        with pytest.raises(ValueError, match=r"^line \d+: "):
            exports.read(prefix + raw, 5)


def test_bars_survive_being_packed() -> None:
    replay = exports.read(exported.text(BARS).encode(), 5)
    assert Replay.unpack(replay.pack()) == replay
    with pytest.raises(ValueError, match="no replay"):
        Replay.unpack(b"something else")


def test_bars_that_the_book_does_not_have_are_missed_by_name() -> None:
    with pytest.raises(LookupError, match="XAUUSD"):
        Market(MarketPlan().with_replay("XAUUSD", "gone")).quote("XAUUSD", LATER_MS)


# -- through the broker


def _installed(place: Path, begins: int) -> Path:
    """A terminal of a broker who replays two days of hourly gold; his clock stands at a minute, and runs."""
    book, folder = place / "broker.sqlite3", place / "terminal"
    plan = MarketPlan(seed=7)
    person = Hands.on(book, plan.starting(begins * 60 - plan.utc_offset_s, time.time()))
    gold = walked(48, 60, level=408_000)
    bars = person.replay("XAUUSD", exported.write(place / "XAUUSD_H1.csv", gold, 2))
    assert (bars.period, bars.begins) == (60, MONDAY)
    person.open_account(Account(login=LOGIN, name="Ann", server=SERVER), PASSWORD, 10_000.0)
    person.close_book()
    hands.install_terminal(folder, book)
    return folder


@pytest.fixture
def replayed(tmp_path: Path) -> Path:
    """A terminal at noon of the first day of a replay."""
    return _installed(tmp_path, MONDAY + 720)


def _sent(symbol: str) -> int:
    result = mt5.order_send({"action": 1, "symbol": symbol, "volume": 0.01, "type": 0, "type_filling": 0})
    assert result is not None
    return int(result.retcode)


def test_a_terminal_quotes_the_file_and_trades_on_it(replayed: Path) -> None:
    assert mt5.initialize(str(replayed), login=LOGIN, password=PASSWORD, server=SERVER)
    rates = mt5.copy_rates_from_pos("XAUUSD", mt5.TIMEFRAME_H1, 1, 100)
    assert rates is not None
    wanted = [
        [bar.open / 100, bar.high / 100, bar.low / 100, bar.close / 100]
        for bar in walked(12, 60, level=408_000)
    ]
    assert [[row[name] for name in ("open", "high", "low", "close")] for row in rates] == wanted
    tick, info = mt5.symbol_info_tick("XAUUSD"), mt5.symbol_info("XAUUSD")
    assert tick is not None
    assert info is not None
    assert MONDAY * 60 <= tick.time < (MONDAY + DAY) * 60
    assert info.session_open == wanted[0][0]
    assert _sent("XAUUSD") == mt5.TRADE_RETCODE_DONE
    mt5.shutdown()


def test_before_its_first_bar_a_symbol_has_no_market_and_no_history(tmp_path: Path) -> None:
    folder = _installed(tmp_path, MONDAY - 10 * DAY)
    assert mt5.initialize(str(folder), login=LOGIN, password=PASSWORD, server=SERVER)
    tick, info = mt5.symbol_info_tick("XAUUSD"), mt5.symbol_info("XAUUSD")
    assert tick is not None
    assert info is not None
    assert tick.time == info.time == info.session_open == 0
    assert _sent("XAUUSD") == mt5.TRADE_RETCODE_MARKET_CLOSED
    assert len(mt5.copy_rates_from_pos("XAUUSD", mt5.TIMEFRAME_H1, 0, 5)) == 0  # type: ignore[arg-type]
    assert len(mt5.copy_ticks_from("XAUUSD", MONDAY * 60, 5, -1)) == 0  # type: ignore[arg-type]
    mt5.shutdown()


def test_after_its_last_bar_the_last_quote_stands_and_the_market_is_closed(replayed: Path) -> None:
    person = Hands.on(replayed.parent / "broker.sqlite3")
    assert mt5.initialize(str(replayed), login=LOGIN, password=PASSWORD, server=SERVER)
    assert _sent("XAUUSD") == mt5.TRADE_RETCODE_DONE
    person.advance(3 * 86_400)
    tick = mt5.symbol_info_tick("XAUUSD")
    assert tick is not None
    assert tick.bid == walked(48, 60, level=408_000)[-1].close / 100
    assert _sent("XAUUSD") == mt5.TRADE_RETCODE_MARKET_CLOSED
    (position,) = mt5.positions_get() or ()
    assert position.price_current == tick.bid
    mt5.shutdown()
    person.close_book()


def test_a_shock_moves_a_replayed_symbol_too(replayed: Path) -> None:
    person = Hands.on(replayed.parent / "broker.sqlite3")
    person.set_speed(0)
    now = person.broker.now_msc() + 600_000
    usual = person.broker.market.quote("XAUUSD", now).bid
    person.shock("XAUUSD", -5.0, in_s=60)
    assert person.broker.market.quote("XAUUSD", now).bid == pytest.approx(usual * 0.95, abs=0.02)
    person.close_book()


def test_a_symbol_that_the_broker_has_not_cannot_be_replayed(tmp_path: Path) -> None:
    person = Hands.on(tmp_path / "broker.sqlite3")
    with pytest.raises(ValueError, match="NOSUCH"):
        person.replay("NOSUCH", exported.write(tmp_path / "bars.csv", BARS))
    with pytest.raises(ValueError, match=r"line 2: .*more than 3 digits"):
        person.replay("USDJPY", exported.write(tmp_path / "bars.csv", BARS))
    assert person.broker.plan.replays == {}
    person.close_book()


def test_equal_bars_have_one_digest() -> None:
    one, same, other = (
        exports.read(exported.text(bars).encode(), 5).pack() for bars in (BARS, BARS, BARS[1:])
    )
    assert digest(one) == digest(same) != digest(other)

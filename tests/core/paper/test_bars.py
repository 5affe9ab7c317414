"""Bars and ticks as arrays: whatever is asked for, bars are what the ticks have drawn by then."""

from datetime import UTC, datetime
from functools import cache
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import core.paper as mt5
from core.mt5 import contract
from core.paper.market import bars, exports
from core.paper.market.calendar import MINUTE_MS
from core.paper.market.instruments import INSTRUMENTS
from core.paper.market.market import Market
from core.paper.market.plan import MarketPlan, Shock
from core.paper.market.quotes import SymbolMarket
from tests.core.paper import exported
from tests.core.paper.world import World

NOON = int(datetime(2026, 3, 4, 12, tzinfo=UTC).timestamp())  # a Wednesday
DAY_S = 86_400
FRAMES = {name: value for name, value in contract.CONSTANTS.items() if name.startswith("TIMEFRAME_")}
INTRADAY = sorted(value for name, value in FRAMES.items() if name[10] in "MH" and name != "TIMEFRAME_MN1")
PRICES = ("open", "high", "low", "close")
symbols = st.sampled_from(list(INSTRUMENTS))
times = st.integers(NOON - 100 * DAY_S, NOON + 300 * DAY_S).map(lambda s: s * 1000 + 77)


@cache
def _market(kind: str) -> Market:
    """Markets of several kinds: usual, closed at night, shaken, with a replayed leg."""
    plan = MarketPlan(seed=3, always_open=kind != "hours")
    if kind == "shaken":
        plan = plan.with_shock(Shock("EURUSD", NOON + 30, -3.0, 100.0)).with_shock(Shock("XAUUSD", NOON, 2.0))
    if kind != "replay":
        return Market(plan)
    hourly = exported.walked(24 * 120, 60, begins=NOON // 60 - 60 * DAY_S // 60)
    packed = exports.read(exported.text(hourly).encode(), 5).pack()
    return Market(plan.with_replay("EURUSD", "d"), {"d": packed}.get)


kinds = st.sampled_from(["usual", "hours", "shaken", "replay"])


def _drawn(market: SymbolMarket, first_ms: int, until_ms: int) -> tuple[float, ...]:
    """Open, high, low, close and count of the ticks in a time."""
    bids = [tick.bid for tick in market.ticks(first_ms - 1, until_ms)]
    return bids[0], max(bids), min(bids), bids[-1], len(bids)


def _figures(rate: Any) -> tuple[float, ...]:
    return tuple(rate[name].item() for name in (*PRICES, "tick_volume"))


@given(kind=kinds, symbol=symbols, time_ms=times)
@settings(max_examples=150, deadline=None)
def test_a_minute_bar_is_what_its_ticks_have_drawn_by_now(kind: str, symbol: str, time_ms: int) -> None:
    market = _market(kind).symbols[symbol]
    for rate in bars.last(market, mt5.TIMEFRAME_M1, time_ms, 0, 2):
        begin_ms = int(rate["time"]) * 1000
        until_ms = min(time_ms, begin_ms + MINUTE_MS - 1)
        assert _figures(rate) == _drawn(market, begin_ms, until_ms)
        assert rate["spread"] == market.spread.points(begin_ms // MINUTE_MS)


@given(kind=kinds, symbol=symbols, frame=st.sampled_from(INTRADAY[:13]), time_ms=times)
@settings(max_examples=60, deadline=None)
def test_longer_bars_are_what_the_ticks_have_drawn(kind: str, symbol: str, frame: int, time_ms: int) -> None:
    market = _market(kind).symbols[symbol]
    rates = bars.last(market, frame, time_ms, 0, 2)
    assume(len(rates))  # a replay begins
    ends = [*(int(rate["time"]) * 1000 - 1 for rate in rates[1:]), time_ms]
    for rate, end_ms in zip(rates, ends, strict=True):
        assert _figures(rate) == _drawn(market, int(rate["time"]) * 1000, end_ms)


def _opening(name: str, time_s: int) -> int:
    """When the bar opens that a time belongs to, reckoned by the calendar."""
    when = datetime.fromtimestamp(time_s, UTC)
    midnight = time_s - time_s % DAY_S
    if name == "TIMEFRAME_MN1":
        return midnight - (when.day - 1) * DAY_S
    if name == "TIMEFRAME_W1":
        return midnight - (when.weekday() + 1) % 7 * DAY_S
    unit, count = {"M": 60, "H": 3_600, "D": DAY_S}[name[10]], int(name[11:])
    return time_s - time_s % (unit * count)


@given(
    kind=kinds, symbol=symbols, name=st.sampled_from(sorted(FRAMES)), time_ms=times, count=st.integers(1, 4)
)
@settings(max_examples=60, deadline=None)
def test_bars_of_every_timeframe_are_made_of_minutes(
    kind: str, symbol: str, name: str, time_ms: int, count: int
) -> None:
    market = _market(kind).symbols[symbol]
    rates = bars.last(market, FRAMES[name], time_ms, 0, count)
    if not len(rates):
        assert market.course.begins * MINUTE_MS > time_ms
        return
    begin_ms = int(rates["time"][0]) * 1000
    minutes = bars.between(market, mt5.TIMEFRAME_M1, time_ms, (begin_ms, time_ms), 10**6)
    openings = [_opening(name, int(time_s)) for time_s in minutes["time"]]
    assert sorted(set(openings)) == rates["time"].tolist()
    for rate in rates:
        own = minutes[np.array(openings) == rate["time"]]
        wanted = own["open"][0], own["high"].max(), own["low"].min(), own["close"][-1]
        assert tuple(rate[price] for price in PRICES) == wanted
        assert rate["tick_volume"] == own["tick_volume"].sum()
        assert rate["spread"] == own["spread"][0]


@given(kind=kinds, symbol=symbols, name=st.sampled_from(sorted(FRAMES)), time_ms=times)
@settings(max_examples=40, deadline=None)
def test_bars_are_chosen_by_place_by_date_and_by_range(
    kind: str, symbol: str, name: str, time_ms: int
) -> None:
    market, frame = _market(kind).symbols[symbol], FRAMES[name]
    recent = bars.last(market, frame, time_ms, 0, 12)
    assert list(bars.last(market, frame, time_ms, 3, 5)) == list(recent[: max(0, len(recent) - 3)][-5:])
    if len(recent) == 12:
        dated = int(recent[8]["time"]) * 1000
        assert list(bars.until(market, frame, time_ms, dated, 4)) == list(recent[5:9])
        before = bars.until(market, frame, time_ms, dated - 1_000, 4)
        assert list(before) == list(recent[4:8])
        dates = dated, int(recent[10]["time"]) * 1000
        assert list(bars.between(market, frame, time_ms, dates, 99)) == list(recent[8:11])
        assert list(bars.between(market, frame, time_ms, dates, 2)) == list(recent[9:11])


def test_a_date_before_history_finds_nothing() -> None:
    market = _market("usual").symbols["EURUSD"]
    assert len(bars.until(market, mt5.TIMEFRAME_D1, NOON * 1000, 1_000_000, 5)) == 0
    assert len(bars.between(market, mt5.TIMEFRAME_D1, NOON * 1000, (1_000, 2_000), 5)) == 0


def test_months_and_weeks_go_back_beyond_a_year() -> None:
    market = _market("hours").symbols["EURUSD"]
    months = bars.last(market, mt5.TIMEFRAME_MN1, NOON * 1000, 0, 60)
    assert [datetime.fromtimestamp(int(t), UTC).strftime("%d %H:%M") for t in months["time"]] == [
        "01 00:00"
    ] * 60
    weeks = bars.last(market, mt5.TIMEFRAME_W1, NOON * 1000, 0, 150)
    assert [int(b - a) for a, b in pairwise(weeks["time"])] == [7 * DAY_S] * 149
    assert {datetime.fromtimestamp(int(t), UTC).weekday() for t in weeks["time"]} == {6}  # Sundays
    assert max(months["high"][-24:]) == max(
        bars.last(market, mt5.TIMEFRAME_D1, NOON * 1000, 0, 900)[
            bars.last(market, mt5.TIMEFRAME_D1, NOON * 1000, 0, 900)["time"] >= months["time"][-24]
        ]["high"]
    )


def test_days_that_are_remembered_are_the_days_that_were() -> None:
    asked, fresh = (Market(MarketPlan(seed=9)).symbols["XAUUSD"] for _ in range(2))
    for later in range(0, 40 * DAY_S, 3 * DAY_S + 1_234):
        bars.last(asked, mt5.TIMEFRAME_D1, (NOON + later) * 1000, 0, 25)
    now = (NOON + 41 * DAY_S) * 1000
    assert (
        bars.last(asked, mt5.TIMEFRAME_W1, now, 0, 9).tolist()
        == bars.last(fresh, mt5.TIMEFRAME_W1, now, 0, 9).tolist()
    )


# -- through the module


@pytest.mark.parametrize("symbol", INSTRUMENTS)
def test_ticks_bars_and_quotes_of_the_module_agree(desk: World, symbol: str) -> None:
    desk.start_at(NOON)
    assert mt5.symbol_select(symbol)
    desk.hands.set_speed(0)  # the clock stands
    tick = mt5.symbol_info_tick(symbol)
    (forming,) = mt5.copy_rates_from_pos(symbol, mt5.TIMEFRAME_M5, 0, 1)  # type: ignore[misc]
    ticks = mt5.copy_ticks_range(symbol, int(forming["time"]), int(forming["time"]) + 300, mt5.COPY_TICKS_ALL)
    assert tick is not None
    assert ticks is not None
    assert ticks[-1].tolist() == tuple(tick)
    assert (forming["close"], forming["high"]) == (tick.bid, ticks["bid"].max())
    assert forming["tick_volume"] == len(ticks)
    info = mt5.symbol_info(symbol)
    assert info is not None
    (day,) = mt5.copy_rates_from_pos(symbol, mt5.TIMEFRAME_D1, 0, 1)  # type: ignore[misc]
    assert (info.bid, info.ask, info.time) == (tick.bid, tick.ask, tick.time)
    assert (info.session_open, info.bidhigh, info.bidlow) == (day["open"], day["high"], day["low"])


def test_trade_ticks_are_there_for_what_an_exchange_trades(desk: World) -> None:
    now = mt5.symbol_info_tick("BTCUSD").time  # type: ignore[union-attr]
    for symbol, traded in (("USOIL", True), ("EURUSD", False)):
        every = mt5.copy_ticks_from(symbol, now - 300, 50, mt5.COPY_TICKS_ALL)
        quotes = mt5.copy_ticks_from(symbol, now - 300, 50, mt5.COPY_TICKS_INFO)
        trades = mt5.copy_ticks_from(symbol, now - 300, 50, mt5.COPY_TICKS_TRADE)
        assert every is not None
        assert quotes is not None
        assert trades is not None
        assert every.dtype == quotes.dtype == trades.dtype == bars.TICKS
        assert every.tolist() == quotes.tolist()
        assert trades.tolist() == (every.tolist() if traded else [])
        lasts = every["bid"] if traded else every["bid"] * 0
        assert (every["last"] == lasts).all()
        assert set((every["flags"] & mt5.TICK_FLAG_LAST > 0).tolist()) == {traded}
        assert set(every["volume_real"].tolist()) == {float(traded)}


@pytest.mark.parametrize("flags", [0, 4, 64])
def test_ticks_of_no_kind_are_a_bad_argument(desk: World, flags: int) -> None:
    assert mt5.copy_ticks_from("EURUSD", NOON, 5, flags) is None
    assert mt5.last_error()[0] == -2


def test_an_exchange_counts_its_trades_in_the_bars(desk: World) -> None:
    for symbol, lots in (("USOIL", 1), ("EURUSD", 0)):
        rates = mt5.copy_rates_from_pos(symbol, mt5.TIMEFRAME_H1, 0, 5)
        assert rates is not None
        assert (rates["real_volume"] == rates["tick_volume"] * lots).all()

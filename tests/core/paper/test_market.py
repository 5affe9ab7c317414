"""Prices: one function of plan, symbol and time; bars that agree with the ticks; a calendar; shocks."""

from datetime import UTC, datetime
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import core.paper as mt5
from core.paper.market import bars
from core.paper.market.instruments import INSTRUMENTS
from core.paper.market.plan import MarketPlan, Shock
from core.paper.market.prices import MINUTE_MS, Market

NOON = int(datetime(2026, 11, 18, 12, tzinfo=UTC).timestamp())  # a Wednesday
SATURDAY = int(datetime(2026, 11, 21, 12, tzinfo=UTC).timestamp())
times = st.integers(NOON - 400 * 86_400, NOON + 400 * 86_400).map(lambda s: s * 1000)
symbols = st.sampled_from(list(INSTRUMENTS))


@given(symbol=symbols, time_ms=times)
@settings(max_examples=150, deadline=None)
def test_a_minute_bar_has_exactly_the_extremes_of_its_ticks(symbol: str, time_ms: int) -> None:
    market = Market(MarketPlan(seed=3)).symbols[symbol]
    start = time_ms // MINUTE_MS * MINUTE_MS
    ticks = list(market.ticks(start - 1, start + MINUTE_MS - 1))
    (rate,) = bars.between(market, mt5.TIMEFRAME_M1, start + 2 * MINUTE_MS, start, start)
    bids = [tick.bid for tick in ticks]
    assert (rate["open"], rate["high"], rate["low"], rate["close"]) == (
        bids[0],
        max(bids),
        min(bids),
        bids[-1],
    )
    assert rate["tick_volume"] == len(ticks)
    assert all(tick.ask > tick.bid for tick in ticks)
    assert [tick.time_msc for tick in ticks] == sorted({tick.time_msc for tick in ticks})


@given(symbol=symbols, time_ms=times, ahead=st.integers(0, 300_000))
@settings(max_examples=150, deadline=None)
def test_the_quote_is_the_last_tick_and_needs_no_history(symbol: str, time_ms: int, ahead: int) -> None:
    market, fresh = (Market(MarketPlan(seed=3)).symbols[symbol] for _ in range(2))
    later = time_ms + ahead
    ticks = list(market.ticks(time_ms - 120_000, later))
    assert market.quote(later) == fresh.quote(later) == ticks[-1]


@given(symbol=symbols, time_ms=times, frame=st.sampled_from([1, 5, 15, 16385]))
@settings(max_examples=60, deadline=None)
def test_bars_are_what_the_ticks_have_drawn_by_now(symbol: str, time_ms: int, frame: int) -> None:
    market = Market(MarketPlan(seed=3)).symbols[symbol]
    closed, forming = bars.last(market, frame, time_ms, 0, 2)
    ends = (int(forming["time"]) * 1000 - 1, time_ms)
    for rate, end in zip((closed, forming), ends, strict=True):
        bids = [tick.bid for tick in market.ticks(int(rate["time"]) * 1000 - 1, end)]
        assert (rate["open"], rate["close"]) == (bids[0], bids[-1])
        assert (rate["high"], rate["low"]) == (max(bids), min(bids))
        assert rate["tick_volume"] == len(bids)


def test_bars_are_chosen_by_place_by_date_and_by_range() -> None:
    market = Market(MarketPlan(seed=3)).symbols["XAUUSD"]
    now = NOON * 1000
    recent = bars.last(market, mt5.TIMEFRAME_H4, now, 0, 30)
    assert list(bars.last(market, mt5.TIMEFRAME_H4, now, 7, 5)) == list(recent[-12:-7])
    dated = int(recent[20]["time"]) * 1000 + 5_000
    assert list(bars.until(market, mt5.TIMEFRAME_H4, now, dated, 4)) == list(recent[17:21])
    first, last = (int(recent[n]["time"]) * 1000 for n in (3, 9))
    assert list(bars.between(market, mt5.TIMEFRAME_H4, now, first, last)) == list(recent[3:10])


def test_weeks_begin_on_sunday_and_months_on_the_first() -> None:
    market = Market(MarketPlan(seed=3)).symbols["BTCUSD"]
    for frame, starts in ((mt5.TIMEFRAME_W1, "%w 0"), (mt5.TIMEFRAME_MN1, "%d 01")):
        form, wanted = starts.split()
        rates = bars.last(market, frame, NOON * 1000, 0, 3)
        assert {datetime.fromtimestamp(int(t), UTC).strftime(form) for t in rates["time"]} == {wanted}


@given(symbol=symbols, time_ms=times)
@settings(max_examples=10, deadline=None)
def test_the_day_so_far_is_the_forming_daily_bar(symbol: str, time_ms: int) -> None:
    market = Market(MarketPlan(seed=3)).symbols[symbol]
    for now in (time_ms, time_ms + 777_000):
        (day,) = bars.last(market, mt5.TIMEFRAME_D1, now, 0, 1)
        assert market.day_so_far(now) == (day["open"], day["high"], day["low"])


@pytest.mark.parametrize("symbol", INSTRUMENTS)
def test_a_day_moves_about_as_much_as_the_instrument_does(symbol: str) -> None:
    market = Market(MarketPlan(seed=11)).symbols[symbol]
    days = bars.last(market, mt5.TIMEFRAME_D1, NOON * 1000, 1, 250)
    moves = np.std(np.diff(np.log(days["close"]))) * 100
    assert 0.6 < moves / INSTRUMENTS[symbol].daily_move < 1.4


def test_seeds_make_different_markets() -> None:
    quotes = {Market(MarketPlan(seed=seed)).quote("EURUSD", NOON * 1000).bid for seed in range(5)}
    assert len(quotes) == 5


def test_forex_closes_from_friday_to_sunday_and_bitcoin_does_not() -> None:
    market = Market(MarketPlan(seed=3, always_open=False))
    euro, bitcoin = market.symbols["EURUSD"], market.symbols["BTCUSD"]
    friday_end = int(datetime(2026, 11, 21, tzinfo=UTC).timestamp()) * 1000
    assert euro.quote(SATURDAY * 1000) == euro.quote(friday_end - 1)
    assert list(euro.ticks(friday_end - 1, friday_end + 2 * 86_400_000 - 1)) == []
    assert bitcoin.quote(SATURDAY * 1000).time_msc > SATURDAY * 1000 - 10_000
    rates = bars.last(euro, mt5.TIMEFRAME_H1, friday_end + 2 * 86_400_000 + 60_000, 0, 3)
    assert [int(b - a) for a, b in pairwise(rates["time"])] == [3_600, 49 * 3_600]


@given(percent=st.sampled_from([-25.0, -2.0, 3.0]), over_s=st.sampled_from([0.0, 7.0, 90.0]))
@settings(max_examples=12, deadline=None)
def test_a_shock_moves_the_price_at_its_time_and_stays(percent: float, over_s: float) -> None:
    begin = NOON + 30  # in UTC; the broker's clock is two hours ahead
    calm = Market(MarketPlan(seed=3)).symbols["XAUUSD"]
    shaken = Market(MarketPlan(seed=3, shocks=(Shock("XAUUSD", begin, percent, over_s),))).symbols["XAUUSD"]
    at = (begin + 7_200) * 1000
    assert shaken.quote(at - 1) == calm.quote(at - 1)
    for later in (int(over_s * 1000) + 1_500, 3_600_000):
        assert shaken.quote(at + later).bid == pytest.approx(
            calm.quote(at + later).bid * (1 + percent / 100), abs=0.02
        )
    start = at // MINUTE_MS * MINUTE_MS
    for minute in range(start - MINUTE_MS, start + 4 * MINUTE_MS, MINUTE_MS):
        bids = [tick.bid for tick in shaken.ticks(minute - 1, minute + MINUTE_MS - 1)]
        (rate,) = bars.between(shaken, mt5.TIMEFRAME_M1, at + 86_400_000, minute, minute)
        assert (rate["high"], rate["low"]) == (max(bids), min(bids))
        bounds = shaken.bounds(minute // MINUTE_MS)
        assert bounds is not None
        assert bounds[:2] == (max(bids), min(bids))


def test_the_spread_widens_at_rollover() -> None:
    market = Market(MarketPlan(seed=3)).symbols["EURUSD"]
    midnight = NOON // 86_400 * 86_400 * 1000
    wide, usual = market.quote(midnight + 5_000), market.quote(midnight + 12 * 3_600_000)
    assert wide.ask - wide.bid > 2 * (usual.ask - usual.bid)


def test_a_plan_survives_its_book() -> None:
    plan = MarketPlan(seed=5, speed=60.0, always_open=False, shocks=(Shock("EURUSD", 1.5, -2.0, 3.0),))
    assert MarketPlan.from_json(plan.to_json()) == plan

"""Prices: one function of plan, symbol and time; crosses and aliases; shocks; the spread by the hour."""

from datetime import UTC, datetime

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import core.paper as mt5
from core.paper.market import bars
from core.paper.market.calendar import MINUTE_MS
from core.paper.market.instruments import INSTRUMENTS
from core.paper.market.market import Market
from core.paper.market.plan import MarketPlan, Shock

NOON = int(datetime(2026, 11, 18, 12, tzinfo=UTC).timestamp())  # a Wednesday
HOUR_MS = 3_600_000
CROSSES = [name for name, spec in INSTRUMENTS.items() if spec.legs]
WALKS = [name for name, spec in INSTRUMENTS.items() if not spec.legs and not spec.underlying]
times = st.integers(NOON - 400 * 86_400, NOON + 400 * 86_400).map(lambda s: s * 1000)
symbols = st.sampled_from(list(INSTRUMENTS))


@given(symbol=symbols, time_ms=times, ahead=st.integers(0, 300_000), always=st.booleans())
@settings(max_examples=150, deadline=None)
def test_the_quote_is_the_last_tick_and_needs_no_history(
    symbol: str, time_ms: int, ahead: int, always: bool
) -> None:
    plan = MarketPlan(seed=3, always_open=always)
    market, fresh = (Market(plan).symbols[symbol] for _ in range(2))
    later = time_ms + ahead
    quote = market.quote(later)
    assert list(market.ticks(quote.time_msc - 1, later)) == [quote]
    assert fresh.quote(later) == quote
    if market.open_at(later // MINUTE_MS):
        assert later - quote.time_msc < MINUTE_MS


@given(symbol=symbols, time_ms=times)
@settings(max_examples=60, deadline=None)
def test_ticks_come_in_order_with_the_ask_above_the_bid(symbol: str, time_ms: int) -> None:
    market = Market(MarketPlan(seed=3)).symbols[symbol]
    ticks = list(market.ticks(time_ms, time_ms + 3 * MINUTE_MS))
    assert [tick.time_msc for tick in ticks] == sorted({tick.time_msc for tick in ticks})
    assert all(tick.ask > tick.bid > 0 for tick in ticks)
    digits = INSTRUMENTS[symbol].digits
    assert all(price == round(price, digits) for tick in ticks for price in (tick.bid, tick.ask))


@pytest.mark.parametrize("symbol", WALKS)
def test_a_day_moves_about_as_much_as_the_instrument_does(symbol: str) -> None:
    market = Market(MarketPlan(seed=11)).symbols[symbol]
    days = bars.last(market, mt5.TIMEFRAME_D1, NOON * 1000, 1, 100)
    moves = np.std(np.diff(np.log(days["close"]))) * 100
    assert 0.6 < moves / INSTRUMENTS[symbol].daily_move < 1.5


def test_seeds_make_different_markets() -> None:
    quotes = {Market(MarketPlan(seed=seed)).quote("EURUSD", NOON * 1000).bid for seed in range(5)}
    assert len(quotes) == 5


# -- what is made of other symbols


@given(cross=st.sampled_from(CROSSES), time_ms=times)
@settings(max_examples=100, deadline=None)
def test_a_cross_costs_what_its_legs_cost(cross: str, time_ms: int) -> None:
    market, spec = Market(MarketPlan(seed=3)), INSTRUMENTS[cross]
    boundary = time_ms // MINUTE_MS * MINUTE_MS
    first, second = (market.quote(leg, boundary).bid for leg in spec.legs)
    through = first / second if cross == "EURGBP" else first * second
    assert abs(market.quote(cross, boundary).bid - through) < 2 * spec.point


@given(time_ms=times)
@settings(max_examples=50, deadline=None)
def test_an_alias_shows_the_prices_of_its_underlying_with_its_own_spread(time_ms: int) -> None:
    market = Market(MarketPlan(seed=3))
    usual, raw = (list(market.symbols[s].ticks(time_ms, time_ms + 90_000)) for s in ("EURUSD", "EURUSD.r"))
    assert [(tick.time_msc, tick.bid) for tick in usual] == [(tick.time_msc, tick.bid) for tick in raw]
    assert all(cheap.ask < dear.ask for cheap, dear in zip(raw, usual, strict=True))
    assert {tick.symbol for tick in raw} == {"EURUSD.r"}


SHAKEN = {
    "EURUSD": {"EURUSD": 0.9, "EURUSD.r": 0.9, "EURJPY": 0.9, "EURGBP": 0.9, "GBPUSD": 1.0},
    "GBPUSD": {"EURGBP": 1 / 0.9, "GBPJPY": 0.9, "EURUSD": 1.0},
    "USDJPY": {"EURJPY": 0.9, "GBPJPY": 0.9, "EURGBP": 1.0},
    "EURUSD.r": {"EURUSD": 0.9, "EURUSD.r": 0.9},
    "EURJPY": {"EURJPY": 0.9, "EURUSD": 0.9, "USDJPY": 1.0},
}


@pytest.mark.parametrize("shocked", SHAKEN)
def test_a_shock_moves_all_that_is_priced_by_its_symbol(shocked: str) -> None:
    calm, shaken = (
        Market(MarketPlan(seed=3)),
        Market(MarketPlan(seed=3, shocks=(Shock(shocked, NOON, -10.0, 5.0),))),
    )
    later = (NOON + 7_200) * 1000 + 30 * MINUTE_MS
    for symbol, factor in SHAKEN[shocked].items():
        bids = shaken.quote(symbol, later).bid, calm.quote(symbol, later).bid
        assert bids[0] / bids[1] == pytest.approx(factor, rel=1e-4), symbol


@given(
    symbol=st.sampled_from(["XAUUSD", "EURGBP", "EURUSD.r"]),
    percent=st.sampled_from([-25.0, -2.0, 3.0]),
    over_s=st.sampled_from([0.0, 7.0, 90.0]),
)
@settings(max_examples=20, deadline=None)
def test_a_shock_moves_the_price_at_its_time_and_stays(symbol: str, percent: float, over_s: float) -> None:
    begin = NOON + 30  # in UTC; the broker's clock is two hours ahead
    source = {"EURUSD.r": "EURUSD", "EURGBP": "EURUSD"}.get(symbol, symbol)
    calm = Market(MarketPlan(seed=3)).symbols[symbol]
    shaken = Market(MarketPlan(seed=3, shocks=(Shock(source, begin, percent, over_s),))).symbols[symbol]
    at = (begin + 7_200) * 1000
    assert shaken.quote(at - 1) == calm.quote(at - 1)
    for later in (int(over_s * 1000) + 1_500, 3_600_000):
        assert shaken.quote(at + later).bid == pytest.approx(
            calm.quote(at + later).bid * (1 + percent / 100), rel=1e-5
        )
    start = at // MINUTE_MS * MINUTE_MS
    for minute in range(start - MINUTE_MS, start + 4 * MINUTE_MS, MINUTE_MS):
        bids = [tick.bid for tick in shaken.ticks(minute - 1, minute + MINUTE_MS - 1)]
        (rate,) = bars.between(shaken, mt5.TIMEFRAME_M1, at + 86_400_000, (minute, minute), 1)
        assert (rate["high"], rate["low"]) == (max(bids), min(bids))
        bounds = shaken.bounds(minute // MINUTE_MS)
        assert bounds is not None
        assert bounds[:2] == (max(bids), min(bids))


# -- the spread, the day, the plan


def _mean_spread(symbol: str, hour: int, minutes: int = 40) -> float:
    market = Market(MarketPlan(seed=3)).symbols[symbol]
    midnight = NOON // 86_400 * 86_400 * 1000
    quotes = [market.quote(midnight + hour * HOUR_MS + n * MINUTE_MS) for n in range(20, 20 + minutes)]
    return float(np.mean([quote.ask - quote.bid for quote in quotes]))


def test_the_spread_widens_at_rollover() -> None:
    market = Market(MarketPlan(seed=3)).symbols["EURUSD"]
    midnight = NOON // 86_400 * 86_400 * 1000
    wide, usual = market.quote(midnight + 5_000), market.quote(midnight + 12 * HOUR_MS)
    assert wide.ask - wide.bid > 2 * (usual.ask - usual.bid)


def test_the_spread_is_wider_in_the_asian_night_except_where_markets_never_sleep() -> None:
    assert _mean_spread("USDTRY", 1) > 1.5 * _mean_spread("USDTRY", 15)
    assert _mean_spread("EURUSD", 1) > 1.05 * _mean_spread("EURUSD", 15)
    assert _mean_spread("BTCUSD", 1) == pytest.approx(_mean_spread("BTCUSD", 15), rel=0.15)


@pytest.mark.parametrize(("symbol", "busy", "calm"), [("EURUSD", 16, 4), ("DE40", 10, 22)])
def test_markets_are_liveliest_at_their_busiest_hour(symbol: str, busy: int, calm: int) -> None:
    market = Market(MarketPlan(seed=3)).symbols[symbol]
    hourly = bars.last(market, mt5.TIMEFRAME_H1, NOON * 1000, 0, 24 * 60)
    hours = hourly["time"] // 3_600 % 24
    ranges = [np.mean((hourly["high"] - hourly["low"])[hours == hour]) for hour in (busy, calm)]
    assert ranges[0] > 1.2 * ranges[1]


@given(symbol=symbols, time_ms=times, always=st.booleans())
@settings(max_examples=8, deadline=None)
def test_the_day_so_far_is_the_forming_daily_bar(symbol: str, time_ms: int, always: bool) -> None:
    market = Market(MarketPlan(seed=3, always_open=always)).symbols[symbol]
    for now in (time_ms, time_ms + 777_000, time_ms - 60_000):
        quoted_ms = market.quote(now).time_msc
        (bar,) = bars.last(market, mt5.TIMEFRAME_D1, quoted_ms, 0, 1)
        day = market.day_so_far(quoted_ms)
        assert (day.open, day.high, day.low, day.ticks) == tuple(
            bar[name] for name in ("open", "high", "low", "tick_volume")
        )


def test_a_plan_survives_its_book() -> None:
    plan = MarketPlan(seed=5, speed=60.0, always_open=False, shocks=(Shock("EURUSD", 1.5, -2.0, 3.0),))
    plan = plan.with_replay("XAUUSD", "a digest").starting(1e9, 2e9, 4.0)
    assert MarketPlan.from_json(plan.to_json()) == plan


def test_a_plan_puts_the_clock_where_one_wants_it() -> None:
    plan = MarketPlan().starting(1_000_000.0, 5_000_000.0, speed=10.0)
    assert plan.utc(5_000_000.0) == 1_000_000.0
    assert plan.utc(5_000_060.0) == 1_000_600.0

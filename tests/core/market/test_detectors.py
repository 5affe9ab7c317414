"""The detectors: what is a gap, a wide spread, a rest, by hand and by properties."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.market.breakeven import break_even
from core.market.gap import Gaps, Move, Scale, gap_sentence
from core.market.resting import SLOT, Sessions, is_stale
from core.market.spread import EVERY, LEAST, WINDOW, UsualSpread, Wide, WideSpread, is_rollover
from core.market.usual import usual_minute, usual_move
from core.model.instruments import Instrument, Side
from core.model.mt5 import Bar, MT5Position, Quote
from core.model.policies import MarketPolicy
from core.mt5.orders import Stops

FRIDAY = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)
POLICY = MarketPolicy()
SCALE = Scale(minute=0.02, spread=0.01)
EURUSD = Instrument(
    "EURUSD", 5, Decimal("0.00001"), Decimal("0.00001"), Decimal(1), Decimal(100_000),
    Decimal("0.01"), Decimal(50), Decimal("0.01"), 10, 0, 3, 2, 4, base="EUR", profit="USD",
)  # fmt: skip


def quote(bid: str | Decimal, after_s: float = 0, ask: str | Decimal | None = None) -> Quote:
    bid = Decimal(bid)
    at = FRIDAY + timedelta(seconds=after_s)
    return Quote("EURUSD", bid, bid + Decimal("0.0001") if ask is None else Decimal(ask), at, at)


def taken(*quotes: Quote) -> list[Move | None]:
    gaps = Gaps()
    return [gaps.take(each, SCALE, POLICY) for each in quotes]


# -- gaps


def test_a_gap_is_one_when_the_next_quote_stays_there() -> None:
    *none, gap = taken(quote("1.2000"), quote("1.1844", 2), quote("1.1843", 4))
    assert none == [None, None]
    assert gap is not None
    assert gap_sentence("EURUSD", gap) == (
        "EURUSD moved -1.31 % between two quotes, 2 s apart: 131 times its usual 0.010 %."
        " The limit is 0.10 %; the next quote confirmed it."
    )


@pytest.mark.parametrize(
    "bad",
    [
        quote("1.1", 2),
        quote("0.0", 2, "0.0"),
        quote("0.0", 2),
        quote("1.3", 2, "1.2"),
        quote("12000", 2),
        quote("-1", 2, "1.2"),
    ],
)
def test_a_bad_quote_that_returns_at_once_is_none(bad: Quote) -> None:
    assert taken(quote("1.2"), bad, quote("1.2001", 4), quote("1.2002", 6)) == [None] * 4


def test_the_same_quote_read_twice_confirms_nothing() -> None:
    assert taken(quote("1.2"), quote("1.1", 2), quote("1.1", 2), quote("1.2", 4)) == [None] * 4


def test_two_absurd_quotes_on_both_sides_confirm_nothing() -> None:
    assert taken(quote("1.2"), quote("1.1", 2), quote("1.3", 4), quote("1.2", 6)) == [None] * 4


def test_without_bars_only_the_percentage_counts() -> None:
    gaps, unknown = Gaps(), Scale()
    prices = ["1.2", "1.15", "1.15", "1.08", "1.08"]
    found = [gaps.take(quote(price, 2 * n), unknown, POLICY) for n, price in enumerate(prices)]
    assert [gap is not None for gap in found] == [False, False, False, False, True]


@given(st.lists(st.decimals("0.0", "0.00059", places=5), min_size=3, max_size=50))
def test_moves_within_the_limit_are_never_gaps(steps: list[Decimal]) -> None:
    """0.1 % of the price, half of it either way."""
    quotes = [quote(Decimal("1.2") + step, number) for number, step in enumerate(steps)]
    assert taken(*quotes) == [None] * len(quotes)


@given(st.decimals("0.2", "50", places=2), st.booleans(), st.floats(0.1, 1000))
def test_whatever_jumps_and_stays_is_a_gap_with_its_sign(
    percent: Decimal, down: bool, after_s: float
) -> None:
    """Within 1000 s the usual move is at most that of a quarter of an hour: 0.077 %."""
    percent = percent + 1
    factor = 1 + (-percent if down else percent) / 100
    there = [quote(Decimal("1.2") * factor, after_s + n) for n in (1, 2)]
    *_, gap = taken(quote("1.2"), *there)
    assert gap is not None
    assert (gap.percent < 0) is down


def test_the_usual_move_grows_with_the_root_of_time_between_its_bounds() -> None:
    assert usual_move(0.02, MINUTE, 0.0) == pytest.approx(0.02)
    assert usual_move(0.02, 4 * MINUTE, 0.0) == pytest.approx(0.04)
    assert usual_move(0.02, SECOND, 0.0) == usual_move(0.02, 15 * SECOND, 0.0) == pytest.approx(0.01)
    assert usual_move(0.02, timedelta(days=2), 0.0) == usual_move(0.02, 15 * MINUTE, 0.0)
    assert usual_move(0.0, SECOND, 0.01) == 0.01


def bars(number: int, range_: float = 0.001, every: timedelta = MINUTE) -> list[Bar]:
    begin = FRIDAY - number * every
    return [Bar(begin + n * every, 1.0, 1.0 + range_, 1.0, 1.0, 50) for n in range(number)]


def test_the_usual_minute_is_the_median_true_range_and_blind_to_wild_ones() -> None:
    calm = bars(121)
    wild = [*calm[:100], Bar(calm[100].at, 1, 9, 0.1, 1, 1), *calm[101:]]
    assert usual_minute(calm) == pytest.approx(0.1)
    assert usual_minute(wild) == pytest.approx(0.1)
    assert usual_minute(bars(15)) is None


# -- spreads

NORMAL = Decimal("0.0001")


def learned(spreads: list[Decimal]) -> UsualSpread:
    usual = UsualSpread()
    for number, spread in enumerate(spreads):
        usual.learn(spread, FRIDAY + number * EVERY)
    return usual


def test_the_usual_spread_is_unknown_until_enough_were_seen() -> None:
    assert learned([NORMAL] * (LEAST - 1)).median is None
    assert learned([NORMAL] * LEAST).median == NORMAL


@given(st.lists(st.decimals("0.0004", "1", places=4), max_size=300))
def test_the_median_does_not_learn_from_a_blow_out(blown: list[Decimal]) -> None:
    assert learned([NORMAL] * 100 + blown).median == NORMAL


def test_what_has_been_so_for_an_hour_is_usual() -> None:
    assert learned([NORMAL] * 100 + [NORMAL * 9] * (WINDOW - 1)).median == NORMAL
    assert learned([NORMAL] * 100 + [NORMAL * 9] * WINDOW).median == NORMAL * 9


def spreads_seen(times: list[int], lasting_from: int = 10_000) -> list[Wide | None]:
    """One each 10 s."""
    watch, found, lasting = WideSpread(), [], False
    for number, each in enumerate(times):
        now = FRIDAY + number * 10 * SECOND
        wide = watch.take(NORMAL * each, NORMAL, now, POLICY, lasting=lasting)
        lasting = wide is not None
        found.append(wide)
    return found


def test_a_spread_is_told_after_its_time_and_over_after_as_much_calm() -> None:
    found = spreads_seen([6, 6, 6, 6, 6, 4, 4, 4, 4, 2, 2, 2, 2, 2])
    assert [wide is not None for wide in found] == [False] * 3 + [True] * 9 + [False] * 2


def test_one_narrow_quote_begins_the_time_anew() -> None:
    assert spreads_seen([6, 6, 6, 1, 6, 6, 6]) == [None] * 7


@pytest.mark.parametrize(
    ("at", "offset_h", "so"),
    [
        (datetime(2026, 11, 19, 22, 5, tzinfo=UTC), 2, True),
        (datetime(2026, 11, 19, 21, 56, tzinfo=UTC), 2, True),
        (datetime(2026, 11, 19, 21, 50, tzinfo=UTC), 2, False),
        (datetime(2026, 7, 16, 21, 5, tzinfo=UTC), 3, True),
        (datetime(2026, 11, 19, 0, 5, tzinfo=UTC), 0, True),
        (datetime(2026, 11, 19, 0, 5, tzinfo=UTC), 2, False),
        (datetime(2026, 11, 19, 23, 57, tzinfo=UTC), 0, True),
        (datetime(2026, 11, 19, 12, 0, tzinfo=UTC), 2, False),
    ],
)
def test_the_rollover_is_new_yorks_close_and_the_brokers_midnight(
    at: datetime, offset_h: int, so: bool
) -> None:
    assert is_rollover(at, timedelta(hours=offset_h)) is so


# -- sessions, stale quotes, rests


def half_hours(opens: int, closes: int, days: range) -> list[Bar]:
    """Two weeks up to Friday noon, trading on those weekdays between those hours."""
    begin = FRIDAY - timedelta(days=14)
    every = (begin + n * SLOT for n in range(14 * 48))
    return [Bar(at, 1, 1, 1, 1, 9) for at in every if at.weekday() in days and opens <= at.hour < closes]


def test_a_share_rests_each_night_and_crypto_never() -> None:
    share = Sessions.of_bars(half_hours(14, 21, range(5)), FRIDAY)
    crypto = Sessions.of_bars(half_hours(0, 24, range(7)), FRIDAY)
    assert share is not None
    assert crypto is not None
    evening = FRIDAY.replace(hour=20, minute=45)
    rest = share.long_rest(evening, 30 * MINUTE)
    assert rest is not None
    assert (rest.begins, rest.ends) == (FRIDAY.replace(hour=21), datetime(2026, 11, 23, 14, tzinfo=UTC))
    assert share.long_rest(FRIDAY.replace(hour=20), 30 * MINUTE) is None
    assert crypto.long_rest(evening, timedelta(days=3)) is None
    night = timedelta(hours=10)
    old = quote("1.2", 8 * 3600)
    assert not is_stale(old, FRIDAY + night, share, POLICY, lasting=False)
    assert is_stale(old, FRIDAY + night, crypto, POLICY, lasting=False)


def test_a_rest_that_lasts_is_known_with_its_beginning() -> None:
    share = Sessions.of_bars(half_hours(14, 21, range(5)), FRIDAY)
    assert share is not None
    rest = share.long_rest(datetime(2026, 11, 21, 3, 10, tzinfo=UTC), MINUTE)
    assert rest is not None
    assert rest.begins == FRIDAY.replace(hour=21)


def test_bars_of_less_than_a_week_tell_no_sessions() -> None:
    assert Sessions.of_bars(bars(200, every=SLOT), FRIDAY) is None
    assert Sessions.of_bars([], FRIDAY) is None


def test_without_bars_it_is_the_week_of_the_currency_market() -> None:
    usual = Sessions.of_currencies(FRIDAY)
    rest = usual.long_rest(FRIDAY.replace(hour=21, minute=40), 30 * MINUTE)
    assert rest is not None
    assert rest.begins == FRIDAY.replace(hour=22)
    assert rest.ends >= datetime(2026, 11, 22, 23, tzinfo=UTC)
    assert usual.open_at(FRIDAY)
    assert not usual.open_at(FRIDAY + timedelta(days=1))


def test_what_stands_still_is_over_at_half_of_its_limit() -> None:
    crypto = Sessions(frozenset(range(336)))
    seen = [
        is_stale(quote("1.2"), FRIDAY + age * SECOND, crypto, POLICY, lasting=lasting)
        for age, lasting in ((120, False), (121, False), (61, True), (60, True))
    ]
    assert seen == [False, True, True, False]


# -- break-even


_TARGETS = {Side.BUY: Decimal("1.5"), Side.SELL: Decimal("1.0")}


def position(side: Side, opened: str, stop: str | None) -> MT5Position:
    at, loss = FRIDAY, None if stop is None else Decimal(stop)
    return MT5Position(
        1, 1, "EURUSD", side, Decimal(1), Decimal(opened), Decimal(opened), loss, _TARGETS[side],
        Decimal(0), Decimal(0), 0, "", at, at, 0,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("held", "bid", "moves"),
    [
        (position(Side.BUY, "1.2000", None), "1.2100", True),
        (position(Side.BUY, "1.2000", "1.1900"), "1.2100", True),
        (position(Side.BUY, "1.2000", "1.2000"), "1.2100", False),
        (position(Side.BUY, "1.2000", "1.2050"), "1.2100", False),
        (position(Side.BUY, "1.2000", None), "1.2002", False),
        (position(Side.BUY, "1.2000", None), "1.1900", False),
        (position(Side.SELL, "1.2000", "1.2100"), "1.1900", True),
        (position(Side.SELL, "1.2000", "1.1950"), "1.1900", False),
        (position(Side.SELL, "1.2000", None), "1.2000", False),
    ],
)
def test_a_stop_moves_to_break_even_only_in_profit_and_only_to_tighten(
    held: MT5Position, bid: str, moves: bool
) -> None:
    stops = break_even(held, EURUSD, quote(bid))
    assert stops == (Stops(Decimal("1.20000"), _TARGETS[held.side]) if moves else None)


@given(
    st.sampled_from(Side),
    st.decimals("1.1", "1.3", places=5),
    st.none() | st.decimals("1.1", "1.3", places=5),
    st.decimals("1.1", "1.3", places=5),
)
def test_break_even_never_widens(side: Side, opened: Decimal, stop: Decimal | None, bid: Decimal) -> None:
    held = position(side, str(opened), None if stop is None else str(stop))
    stops = break_even(held, EURUSD, quote(bid))
    if stops is not None and stop is not None:
        assert stops.loss is not None
        assert (stops.loss - stop) * side.sign > 0

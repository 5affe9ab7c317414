"""The detectors against oracles that look at everything again each time, and the numbers in what they say."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from core.market.gap import Gaps, Scale, gap_sentence
from core.market.news import Window, news_sentence, window_now
from core.market.resting import (
    LONG_REST,
    SLOT,
    SLOTS,
    Rest,
    Sessions,
    closing_sentence,
    is_stale,
    stale_sentence,
)
from core.market.spread import Wide, WideSpread, spread_sentence
from core.model.mt5 import Quote
from core.model.policies import MarketPolicy
from tests.core.market.test_detectors import EURUSD, FRIDAY, SECOND, quote

POLICY = MarketPolicy()
SCALE = Scale(minute=0.02)
PIP = Decimal("0.0001")
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def numbers(sentence: str) -> list[float]:
    return [float(each) for each in re.findall(r"[-+]?\d+(?:\.\d+)?", sentence)]


# -- gaps

moves = st.lists(
    st.tuples(st.integers(1, 120), st.sampled_from([0, 0, 0, 4, -7, 50, -60, 300, -350, 2_000])), max_size=25
)
"""Seconds, and hundredths of a percent from the price before."""


def quotes_of(steps: Sequence[tuple[int, int]]) -> list[Quote]:
    price, at, made = Decimal(1), 0, [quote(Decimal(1))]
    for seconds, hundredths in steps:
        price = round(price * (1 + Decimal(hundredths) / 10_000), 5)
        at += seconds
        made.append(quote(price, at))
    return made


def beyond(before: Quote, suspect: Quote, after: Quote) -> tuple[float, float] | None:
    """How far, and of which limit, `after` is from `before`; None unless both are beyond it on one side.

    The usual move is 0.02 % a minute and grows with the root of time, from a quarter of a minute to fifteen.
    """
    minutes = min(max((suspect.at - before.at).total_seconds() / 60, 0.25), 15)
    limit = min(5.0, 10 * 0.02 * minutes**0.5)
    middles = [float(each.bid + each.ask) / 2 for each in (before, suspect, after)]
    first, second = ((middle / middles[0] - 1) * 100 for middle in middles[1:])
    return (second, limit) if min(abs(first), abs(second)) > limit and first * second > 0 else None


@given(moves)
def test_a_gap_is_told_of_two_quotes_beyond_one_before_them_with_its_numbers(
    steps: list[tuple[int, int]],
) -> None:
    """Which of those before: the newest that was not itself a suspect; the oracle tries every one."""
    gaps, seen = Gaps(), quotes_of(steps)
    for number, each in enumerate(seen):
        gap = gaps.take(each, SCALE, POLICY)
        found = [beyond(before, seen[number - 1], each) for before in seen[: max(number - 1, 0)]]
        if gap is None:
            flat = len({before.bid for before in seen[: number - 1]}) == 1
            assert not (flat and found and found[-1]), "nothing else was suspected"
            continue
        shown = numbers(gap_sentence("EURUSD", gap).removeprefix("EURUSD"))
        percent, limit = shown[0], shown[-1]
        assert any(f and abs(f[0] - percent) < 0.006 and abs(f[1] - limit) < 0.006 for f in found)


# -- spreads

widths = st.lists(st.tuples(st.integers(1, 40), st.sampled_from([1, 2, 3, 4, 5, 6, 9])), max_size=40)


@given(widths)
def test_a_spread_is_told_while_it_was_wide_for_long_until_it_was_calm_for_as_long(
    steps: list[tuple[int, int]],
) -> None:
    watch, lasting, now = WideSpread(), False, FRIDAY
    seen: list[tuple[datetime, int, bool]] = []
    for seconds, times in steps:
        now += seconds * SECOND
        wide = watch.take(PIP * times, PIP, now, POLICY, lasting=lasting)
        seen.append((now, times, lasting))
        assert (wide is not None) is expected(seen)
        if wide is not None:
            check_spread_sentence(wide, times)
        lasting = wide is not None


def expected(seen: Sequence[tuple[datetime, int, bool]]) -> bool:
    """Wide is more than five times the usual, or three once it is told; long is thirty seconds."""
    now, _, lasting = seen[-1]
    run = []
    for at, times, so in reversed(seen):
        if (times > (3 if so else 5)) is lasting:
            break
        run.append(at)
    long = bool(run) and now - run[-1] >= 30 * SECOND
    return not long if lasting else long


def check_spread_sentence(wide: Wide, times: int) -> None:
    shown = numbers(spread_sentence("EURUSD", wide, POLICY, PIP))
    assert shown == [times, times, 1.0, wide.lasted.total_seconds(), 5, 30]


# -- rests and quotes that stand still

slots = st.frozensets(st.integers(0, SLOTS - 1), max_size=SLOTS) | st.lists(
    st.tuples(st.integers(0, SLOTS - 1), st.integers(1, 60)), max_size=6
).map(lambda runs: frozenset((begin + n) % SLOTS for begin, length in runs for n in range(length)))


def near_an_edge(slots: frozenset[int], edge: int, minutes: int) -> datetime:
    """So many minutes from where one of them begins, in the week of that Friday."""
    week = FRIDAY - (FRIDAY - EPOCH) % timedelta(weeks=1)
    return week + sorted(slots)[edge % len(slots)] * SLOT + timedelta(minutes=minutes)


def trades(slots: frozenset[int], at: datetime) -> bool:
    return int((at - EPOCH).total_seconds() // 1_800) % SLOTS in slots


def naive_rest(slots: frozenset[int], now: datetime, within: timedelta) -> Rest | None:
    """By a list of the half hours of three weeks."""
    first = now - timedelta(seconds=(now - EPOCH).total_seconds() % 1_800) - timedelta(weeks=1)
    line = [first + n * SLOT for n in range(3 * SLOTS)]
    runs: list[list[datetime]] = [[]]
    for at in line:
        if trades(slots, at):
            runs.append([])
        else:
            runs[-1].append(at)
    rests = [Rest(run[0], run[-1] + SLOT) for run in runs if run]
    met = [r for r in rests if r.ends - r.begins >= LONG_REST and r.ends > now and r.begins - now <= within]
    return met[0] if met else None


@given(slots.filter(bool), st.integers(0, SLOTS), st.integers(-300, 60), st.integers(0, 1_440))
def test_a_long_rest_is_the_first_that_a_list_of_half_hours_shows(
    slots: frozenset[int], edge: int, aside: int, minutes: int
) -> None:
    now = near_an_edge(slots, edge, aside)
    within = timedelta(minutes=minutes)
    rest = Sessions(slots).long_rest(now, within)
    assert rest == naive_rest(slots, now, within)
    if rest is not None:
        sentence = closing_sentence("EURUSD", rest, now, 3)
        assert f"{rest.begins:%H:%M} UTC" in sentence
        assert "3 positions" in sentence


@given(slots.filter(bool), st.integers(0, SLOTS), st.integers(-20, 60), st.integers(0, 200), st.booleans())
def test_a_quote_is_stale_when_it_is_old_and_every_minute_around_is_of_the_session(
    slots: frozenset[int], edge: int, aside: int, age_s: int, lasting: bool
) -> None:
    now = near_an_edge(slots, edge, aside)
    old = quote("1.2", (now - FRIDAY).total_seconds() - age_s)
    around = all(trades(slots, now + minute * 60 * SECOND) for minute in range(-15, 6))
    stale = is_stale(old, now, Sessions(slots), POLICY, lasting=lasting)
    assert stale is (around and age_s > (60 if lasting else 120))
    assert numbers(stale_sentence(old, now, POLICY))[-1] == 120


# -- news

currencies = st.frozensets(st.sampled_from(["EUR", "USD", "JPY"]), min_size=1)
windows = st.lists(st.tuples(st.integers(-600, 600), st.integers(1, 300), currencies), max_size=5)
"""When they begin, how long they last, in minutes from now, and of what."""


@given(windows, st.integers(0, 120))
def test_news_are_those_whose_window_is_now_or_begins_soon_for_a_currency_of_the_symbol(
    made: list[tuple[int, int, frozenset[str]]], before: int
) -> None:
    minute = 60 * SECOND
    told = [
        Window(FRIDAY + begins * minute, FRIDAY + (begins + length) * minute, names, "x")
        for begins, length, names in made
    ]
    found = window_now(told, EURUSD, FRIDAY, before * minute)
    minutes = [
        (b, length)
        for b, length, names in made
        if names & {"EUR", "USD"} and any(b - before <= 0 < b + n + 1 for n in range(length))
    ]
    assert (found is None) is (not minutes)
    if found is not None:
        begins, length = minutes[0]
        assert found.ends == FRIDAY + (begins + length) * minute
        sentence = news_sentence("EURUSD", found, FRIDAY)
        assert f"{found.begins:%H:%M} to {found.ends:%H:%M} UTC" in sentence

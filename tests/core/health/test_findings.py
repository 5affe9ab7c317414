"""A probe judged: each trouble by its name, and nothing said of what cannot be seen."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from core.health.findings import HINTS, SENTENCES, Circumstances, Limits, judge
from core.model.incidents import OUTAGE, Trouble
from core.mt5.errors import (
    AuthenticationFailed,
    CircuitOpen,
    ConnectionLost,
    DeadlineExceeded,
    TerminalError,
    TerminalGone,
    WrongAccount,
)
from core.mt5.probe import Probe
from tests.core.health.samples import ALL, GOOD, TUESDAY, a_probe

LIMITS = Limits(slow_s=2.0, stale_s=120.0)
HOLDING = Circumstances(at_stake=True)
OLD = timedelta(seconds=121)


def found(probe: Probe, around: Circumstances = HOLDING) -> set[Trouble]:
    return set(judge(probe, around, LIMITS).found)


def test_a_good_probe_clears_everything() -> None:
    findings = judge(GOOD, HOLDING, LIMITS)
    assert findings.found == {}
    assert findings.judged == set(Trouble)
    assert findings.reachable


@pytest.mark.parametrize(
    ("failure", "trouble"),
    [
        (TerminalGone, Trouble.SILENT),
        (DeadlineExceeded, Trouble.SILENT),
        (CircuitOpen, Trouble.SILENT),
        (ConnectionLost, Trouble.DISCONNECTED),
        (AuthenticationFailed, Trouble.REJECTED),
        (WrongAccount, Trouble.OTHER_ACCOUNT),
    ],
)
def test_an_outage_has_one_name_and_hides_all_else(failure: type[TerminalError], trouble: Trouble) -> None:
    """The link is lost: that prices are old and the button off is neither believed nor denied."""
    off = replace(ALL, button=False)
    probe = a_probe(connected=False, failure=failure, feed_age=OLD, round_trip_s=9.0, permissions=off)
    findings = judge(probe, replace(HOLDING, unread="no"), LIMITS)
    assert set(findings.found) == {trouble}
    assert findings.judged == OUTAGE
    assert not findings.reachable


@pytest.mark.parametrize(
    ("layer", "trouble"),
    [
        ("option", Trouble.API_OFF),
        ("button", Trouble.BUTTON_OFF),
        ("account", Trouble.ACCOUNT_BARRED),
        ("broker", Trouble.PROGRAMS_BARRED),
    ],
)
def test_each_layer_that_forbids_has_a_name(layer: str, trouble: Trouble) -> None:
    assert found(a_probe(permissions=replace(ALL, **{layer: False}))) == {trouble}


def test_all_layers_are_named_at_once() -> None:
    none = replace(ALL, option=False, button=False, account=False, broker=False)
    assert len(found(a_probe(permissions=none))) == 4


def test_slow_begins_at_the_limit_and_ends_at_half_of_it() -> None:
    lasting = Circumstances(lasting={Trouble.SLOW})
    assert found(a_probe(round_trip_s=2.1)) == {Trouble.SLOW}
    assert found(a_probe(round_trip_s=1.9)) == set()
    assert found(a_probe(round_trip_s=1.1), lasting) == {Trouble.SLOW}
    assert found(a_probe(round_trip_s=0.9), lasting) == set()


def test_old_prices_wake_only_who_holds_something() -> None:
    assert found(a_probe(feed_age=OLD)) == {Trouble.STALE}
    assert found(a_probe(feed_age=OLD), Circumstances()) == set()
    lasting = Circumstances(at_stake=True, lasting={Trouble.STALE})
    assert found(a_probe(feed_age=timedelta(seconds=61)), lasting) == {Trouble.STALE}
    assert found(a_probe(feed_age=timedelta(seconds=59)), lasting) == set()


def test_a_reconciliation_that_keeps_failing_is_a_trouble_of_its_own() -> None:
    findings = judge(GOOD, Circumstances(unread="There are no prices."), LIMITS)
    assert findings.found == {Trouble.UNREAD: "The account cannot be reconciled: There are no prices."}


SATURDAY = TUESDAY + timedelta(days=4)


@pytest.mark.parametrize(
    ("now", "age"),
    [
        (SATURDAY, timedelta(hours=14)),
        (SATURDAY + timedelta(days=1), timedelta(hours=38)),
        (datetime.fromisoformat("2026-11-24T22:40Z"), timedelta(minutes=40)),
    ],
    ids=["saturday", "sunday", "the daily rest"],
)
def test_prices_that_rest_with_the_market_say_nothing(now: datetime, age: timedelta) -> None:
    findings = judge(a_probe(at=now, feed_age=age), HOLDING, LIMITS)
    assert findings.found == {}
    assert findings.judged == set(Trouble) - {Trouble.STALE}


def test_a_market_that_went_on_ticking_is_judged_at_the_weekend_too() -> None:
    assert found(a_probe(at=SATURDAY, feed_age=timedelta(hours=1))) == {Trouble.STALE}
    assert found(a_probe(at=SATURDAY, feed_age=timedelta(seconds=1))) == set()


def test_without_a_price_so_far_nothing_is_said_of_prices() -> None:
    assert Trouble.STALE not in judge(a_probe(feed_age=None), HOLDING, LIMITS).judged


def test_every_trouble_has_a_sentence_and_says_what_to_do() -> None:
    assert set(HINTS) == set(Trouble)
    assert set(SENTENCES) == set(Trouble) - {Trouble.UNREAD, Trouble.STALE, Trouble.SLOW}
    assert all(text.endswith(".") and len(text) < 200 for text in (*HINTS.values(), *SENTENCES.values()))

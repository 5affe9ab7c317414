"""What a span tells of an event, and what never leaves the desk."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from bot.otel.facts import ROOTS, told
from core.model.catalogue import CATALOGUE, checked
from core.model.events import Event
from core.model.ids import AccountId

AT = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
TRACE = uuid4()
WORDS = {"detail", "hold_reason", "text", "sentence", "error", "trouble", "external_id"}
ORDER = {"kind": "open", "symbol": "EURUSD", "side": "buy", "volume": "0.1", "position": ""}
SETTLED = ORDER | {"price": "", "retcode": None, "detail": "Locked by Olivia: lunch"}


def an_event(name: str, data: dict[str, Any], trace: str = str(TRACE)) -> Event:
    event = Event(name, AT, "7", data, AccountId(UUID(int=5)), trace=trace)
    return checked(event) if data else event


def test_what_has_no_trace_is_no_span() -> None:
    assert told(an_event("order.sent", ORDER, trace="")) is None
    assert told(an_event("order.sent", ORDER, trace="no uuid")) is None


@pytest.mark.parametrize("name", sorted(ROOTS))
def test_the_root_has_the_lower_half_of_the_trace(name: str) -> None:
    root = told(Event(name, AT, "7", trace=str(TRACE)))
    assert root is not None
    assert (root.is_root, root.root_span, name in CATALOGUE) == (True, int.from_bytes(TRACE.bytes[8:]), True)


@pytest.mark.parametrize(
    ("changes", "began"),
    [
        ({"sent_at": (AT - timedelta(seconds=3)).isoformat()}, AT - timedelta(seconds=3)),
        ({}, AT),
        ({"sent_at": (AT + timedelta(seconds=3)).isoformat()}, AT),
    ],
)
def test_the_sending_is_spanned_and_never_backwards(changes: dict[str, str], began: datetime) -> None:
    span = told(an_event("order.filled", SETTLED | changes))
    assert span is not None
    assert (span.began_at, span.ended_at, span.is_root) == (began, AT, False)


@pytest.mark.parametrize(
    ("name", "changes", "failed"),
    [
        ("order.filled", {"retcode": 10009}, None),
        ("order.refused", {"retcode": 10019}, "order.refused, retcode 10019"),
        ("order.refused", {}, "order.refused"),
        ("order.unknown", {}, "order.unknown"),
        ("order.expired", {}, "order.expired"),
        ("order.expired", {"kind": "close", "position": "5"}, "order.expired"),
        ("order.expired", {"position": "5"}, None),
    ],
)
def test_what_went_wrong_is_marked(name: str, changes: dict[str, Any], failed: str | None) -> None:
    span = told(an_event(name, SETTLED | changes))
    assert span is not None
    assert span.failed == failed


def test_numbers_and_names_of_the_market_are_told() -> None:
    span = told(an_event("order.refused", SETTLED | {"retcode": 10019}))
    assert span is not None
    assert span.attributes == {
        "tapdesk.subject": "7",
        "tapdesk.account": str(UUID(int=5)),
        "tapdesk.kind": "open",
        "tapdesk.symbol": "EURUSD",
        "tapdesk.side": "buy",
        "tapdesk.volume": "0.1",
        "tapdesk.retcode": 10019,
    }


def test_peoples_words_stay_at_home() -> None:
    """Of every event of the catalogue, whatever stands in it."""
    for name, kind in CATALOGUE.items():
        fields = {field for field in kind.shape.__annotations__ if not field.endswith("_at")}
        data = dict.fromkeys(fields | {"by"}, "Olivia says so")
        span = told(Event(name, AT, "7", {**data}, trace=str(TRACE)))
        assert span is not None
        shown = {fact.removeprefix("tapdesk.") for fact in span.attributes}
        assert shown & WORDS == set(), name
        if name.startswith("approval."):
            assert "reason" not in shown, "a trader may have typed it"
        assert "by" not in shown


@pytest.mark.parametrize("name", ["market.break_even", "account.close_all", "lock.set", "drawdown.warned"])
def test_what_is_named_after_a_person_is_not_told(name: str) -> None:
    span = told(Event(name, AT, "Tom paper #5", trace=str(TRACE)))
    assert span is not None
    assert "Tom" not in str(span.attributes)

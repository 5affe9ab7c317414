"""One trace from the signal to the close: in the audit trail, the log, and at an OpenTelemetry collector."""

import re
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
import pytest_asyncio
from opentelemetry.proto.metrics.v1.metrics_pb2 import Metric, NumberDataPoint
from opentelemetry.proto.trace.v1.trace_pb2 import Span, Status

from core import __version__
from tests.bot.otel.life import Life, live, metrics_in
from tests.fakes.collector import Collector, collecting, facts

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Seen:
    life: Life
    collector: Collector


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def seen(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Seen]:
    """Played once; the tests look at what is left."""
    async with collecting() as collector:
        yield Seen(await live(tmp_path_factory.mktemp("life"), collector), collector)


def test_every_event_of_a_signal_carries_its_trace(seen: Seen) -> None:
    names = Counter(event["name"] for event in seen.life.told)
    once = {
        "signal.received": 1,
        "approval.requested": 1,
        "approval.decided": 1,
        "order.sent": 2,
        "order.filled": 2,
        "order.unknown": 1,
        "reconciliation.position_closed": 1,
    }
    assert once.items() <= names.items()
    assert {event["trace"] for event in seen.life.told} == {seen.life.signal}


def test_every_line_of_the_log_about_a_signal_carries_its_trace(seen: Seen) -> None:
    about = {event["subject"] for event in seen.life.told}
    lines = [line for line in seen.life.lines if about & {str(fact) for fact in line.values()}]
    names = {line["event"] for line in lines}
    assert {"notice.put_off", "order_unknown"} <= names, "what went wrong on the way is logged, too"
    assert {event["name"] for event in seen.life.told} <= names
    assert {line["event"]: line.get("trace") for line in lines} == dict.fromkeys(names, seen.life.signal)


def test_every_event_of_a_signal_is_a_span_of_its_trace(seen: Seen) -> None:
    spans = seen.collector.spans
    assert Counter(span.name for span in spans) == Counter(event["name"] for event in seen.life.told)
    assert {span.trace_id for span in spans} == {UUID(seen.life.signal).bytes}
    [root] = [span for span in spans if not span.parent_span_id]
    assert (root.name, root.span_id) == ("signal.received", UUID(seen.life.signal).bytes[8:])
    assert {span.parent_span_id for span in spans if span is not root} == {root.span_id}
    assert len({span.span_id for span in spans}) == len(spans)


@pytest.mark.parametrize(
    ("name", "began"),
    [
        ("approval.decided", "requested_at"),
        ("order.filled", "sent_at"),
        ("order.unknown", "sent_at"),
        ("reconciliation.position_closed", "opened_at"),
    ],
)
def test_what_takes_its_time_spans_it(seen: Seen, name: str, began: str) -> None:
    events = [event for event in seen.life.told if event["name"] == name]
    wanted = {(event["data"][began][:23], event["at"][:23]) for event in events}
    spans = seen.collector.named(name)
    assert {(since[:23], until[:23]) for since, until in map(times, spans)} == wanted
    assert all(span.start_time_unix_nano < span.end_time_unix_nano for span in spans)


def times(span: Span) -> tuple[str, str]:
    return tuple(at(nano).isoformat() for nano in (span.start_time_unix_nano, span.end_time_unix_nano))  # type: ignore[return-value]


def at(nanoseconds: int) -> datetime:
    return EPOCH + timedelta(microseconds=nanoseconds // 1000)


def test_a_span_of_an_order_tells_how_it_went(seen: Seen) -> None:
    first = facts(seen.collector.named("order.filled")[0].attributes)
    assert (first["tapdesk.retcode"], first["tapdesk.kind"], first["tapdesk.symbol"]) == (
        10009,
        "open",
        "EURUSD",
    )
    wrong = {span.name: span.status.message for span in seen.collector.spans if span.status.code}
    assert wrong == {"order.unknown": "order.unknown"}
    assert seen.collector.named("order.unknown")[0].status.code == Status.STATUS_CODE_ERROR


def test_the_collector_gets_every_metric_under_its_name(seen: Seen) -> None:
    assert "tapdesk_account_equity" in metrics_in(seen.life.scraped)
    assert metrics_in(seen.life.scraped) <= set(seen.collector.metrics)
    signals = seen.collector.metrics["tapdesk_signals"]
    assert signals.sum.is_monotonic
    assert [point.as_double for point in signals.sum.data_points] == [1.0]
    [account] = seen.collector.metrics["tapdesk_account_equity"].gauge.data_points
    assert str(UUID(str(facts(account.attributes)["account"]))) in str(seen.life.events)
    assert account.as_double > 9_000


def points(metric: Metric) -> list[NumberDataPoint]:
    return [*metric.gauge.data_points, *metric.sum.data_points]


def test_no_secret_and_no_name_leaves_the_desk(seen: Seen) -> None:
    texts = [str(facts(span.attributes)) for span in seen.collector.spans]
    texts += [str(facts(p.attributes)) for each in seen.collector.metrics.values() for p in points(each)]
    assert len(texts) > 50
    assert [text for text in texts if re.search(r"Tom|Olivia|paper", text)] == []
    sent = seen.collector.raw
    assert [secret for secret in seen.life.secrets if secret.encode() in sent] == []
    written = str(seen.life.lines)
    assert [secret for secret in seen.life.secrets if secret in written] == []


def test_the_desk_says_who_it_is_and_ends_well(seen: Seen) -> None:
    resource: dict[str, Any] = seen.collector.resource
    wanted = {
        "service.name": "tapdesk",
        "service.version": __version__,
        "deployment.environment.name": "test",
    }
    assert wanted.items() <= resource.items()
    assert seen.life.status == 0

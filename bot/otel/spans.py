"""Events as spans of OpenTelemetry."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.id_generator import RandomIdGenerator
from opentelemetry.trace import NonRecordingSpan, SpanContext, Status, StatusCode, TraceFlags

from bot.otel.facts import Told, told
from core.model.events import Event

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Ids(RandomIdGenerator):
    """Random ids, but for those of a trace's first span: these are told by the trace."""

    root: Told | None = None

    def generate_trace_id(self) -> int:
        return self.root.trace.int if self.root else super().generate_trace_id()

    def generate_span_id(self) -> int:
        return self.root.root_span if self.root else super().generate_span_id()


@dataclass(frozen=True, slots=True)
class Spans:
    """Observes the store from one thread; the provider's processor exports in one of its own."""

    provider: TracerProvider
    ids: Ids
    tracer: trace.Tracer = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "tracer", self.provider.get_tracer("tapdesk"))

    def observe(self, events: Sequence[Event]) -> None:
        """One span for each event of a trace."""
        for event in events:
            if (span := told(event)) is not None:
                self._write(span)

    def _write(self, one: Told) -> None:
        self.ids.root = one if one.is_root else None
        span = self.tracer.start_span(
            one.name,
            context=Context() if one.is_root else _under_root(one),
            attributes=one.attributes,
            start_time=_nanoseconds(one.began_at),
        )
        if one.failed is not None:
            span.set_status(Status(StatusCode.ERROR, one.failed))
        span.end(_nanoseconds(one.ended_at))


def _under_root(one: Told) -> Context:
    root = SpanContext(
        one.trace.int, one.root_span, is_remote=True, trace_flags=TraceFlags(TraceFlags.SAMPLED)
    )
    return trace.set_span_in_context(NonRecordingSpan(root), Context())


def _nanoseconds(at: datetime) -> int:
    return (at - _EPOCH) // timedelta(microseconds=1) * 1000

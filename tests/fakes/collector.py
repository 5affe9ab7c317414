"""A collector of OpenTelemetry on this machine: takes OTLP over HTTP, as a real one does, and keeps it."""

import asyncio
import gzip
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from aiohttp import web
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, KeyValue
from opentelemetry.proto.metrics.v1.metrics_pb2 import Metric
from opentelemetry.proto.trace.v1.trace_pb2 import Span

Fact = str | int | float | bool | list[str]


@dataclass
class Collector:
    """What came: spans, metrics by name as they were last, resources. `status` is the answer; None never
    answers."""

    status: int | None = 200
    url: str = ""
    asked: int = 0
    spans: list[Span] = field(default_factory=list)
    metrics: dict[str, Metric] = field(default_factory=dict)
    resource: dict[str, Fact] = field(default_factory=dict)
    raw: bytes = b""
    came: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def until(self, wanted: Callable[[], bool]) -> None:
        """Wait for what is wanted; the caller's time-out is the limit."""
        async with self.came:
            await self.came.wait_for(wanted)

    def named(self, name: str) -> list[Span]:
        return [span for span in self.spans if span.name == name]

    async def take(self, request: web.Request) -> web.Response:
        body = await request.read()
        body = gzip.decompress(body) if request.headers.get("content-encoding") == "gzip" else body
        async with self.came:
            self.asked += 1
            if self.status == 200:
                self.raw += body
                self._keep(request.path, body)
            self.came.notify_all()
        if self.status is None:
            await asyncio.Event().wait()
        return web.Response(status=self.status or 500)

    def _keep(self, path: str, body: bytes) -> None:
        if path == "/v1/traces":
            for traced in ExportTraceServiceRequest.FromString(body).resource_spans:
                self.resource = facts(traced.resource.attributes)
                self.spans += [span for scope in traced.scope_spans for span in scope.spans]
        else:
            assert path == "/v1/metrics"
            for measured in ExportMetricsServiceRequest.FromString(body).resource_metrics:
                self.metrics |= {m.name: m for scope in measured.scope_metrics for m in scope.metrics}


def facts(attributes: Iterable[KeyValue]) -> dict[str, Fact]:
    return {each.key: _fact(each.value) for each in attributes}


def _fact(value: AnyValue) -> Fact:
    if value.WhichOneof("value") == "array_value":
        return [each.string_value for each in value.array_value.values]
    fact: Fact = getattr(value, value.WhichOneof("value") or "string_value")
    return fact


@asynccontextmanager
async def collecting(status: int | None = 200) -> AsyncIterator[Collector]:
    """A collector at `url` that answers so, or never."""
    collector = Collector(status)
    app = web.Application()
    app.router.add_post("/v1/{what}", collector.take)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    collector.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield collector
    finally:
        await runner.cleanup()

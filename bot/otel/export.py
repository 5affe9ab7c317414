"""The SDK set up and taken down. It exports in threads of its own: a collector that is slow, away or broken
costs the desk nothing but lines in the log and, when its queue is full, the oldest spans."""

import asyncio
import logging
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from urllib.parse import urlsplit

import structlog
from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import PeriodicExportingMetricReader
from opentelemetry.sdk.resources import OTELResourceDetector, Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from prometheus_client import CollectorRegistry

from bot.otel.numbers import Numbers
from bot.otel.spans import Ids, Spans
from core import __version__
from core.model.clock import Clock

log = structlog.get_logger(__name__)

_HEADERS = "opentelemetry.util.re"
"""Logs headers that it cannot read, with what stands in them: keys."""

_EXPORTERS = (OTLPSpanExporter.__module__, OTLPMetricExporter.__module__)

FIRST_READ_S, READ_S = 1.0, 10.0
FLUSH_S = 5.0
"""How long the end of the desk waits for what is not exported yet."""


@dataclass(frozen=True, slots=True)
class Export:
    """`spans.observe` is for the store; `publish` runs beside the desk; `aclose()` when done."""

    spans: Spans
    numbers: Numbers
    meters: MeterProvider

    async def publish(self, registry: CollectorRegistry, labels: Mapping[str, str], clock: Clock) -> None:
        """Read the registry's numbers every ten seconds until cancelled, the first heartbeat's first.

        `labels` has the ids of accounts.
        """
        await clock.sleep(FIRST_READ_S)
        while True:
            await self.numbers.read(registry, labels)
            await clock.sleep(READ_S)

    async def aclose(self) -> None:
        """Export what is left; after five seconds it is given up."""
        ended = [_ended(self.spans.provider.shutdown), _ended(self.meters.shutdown)]
        _, late = await asyncio.wait([asyncio.ensure_future(each.wait()) for each in ended], timeout=FLUSH_S)
        for waiting in late:
            waiting.cancel()
        if late:
            log.warning("telemetry_not_exported", seconds=FLUSH_S)


def open_export(endpoint: str) -> Export:
    """Begin to export to a collector's base URL."""
    base = endpoint.rstrip("/")
    for module in _EXPORTERS:
        logging.getLogger(module).addFilter(partial(_without, urlsplit(base).path))
    logging.getLogger(_HEADERS).addFilter(_without_headers)
    resource = _resource()
    ids = Ids()
    tracers = TracerProvider(resource=resource, id_generator=ids, shutdown_on_exit=False)
    tracers.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(f"{base}/v1/traces")))
    reader = PeriodicExportingMetricReader(OTLPMetricExporter(f"{base}/v1/metrics"))
    meters = MeterProvider([reader], resource=resource, shutdown_on_exit=False)
    return Export(Spans(tracers, ids), Numbers(meters.get_meter("tapdesk")), meters)


def _without(path: str, record: logging.LogRecord) -> bool:
    """Keep the path of the collector's URL, which may be its key, out of a line of the SDK's."""
    if path:
        record.msg, record.args = record.getMessage().replace(path, "/***"), None
    return True


def _without_headers(record: logging.LogRecord) -> bool:
    record.args = ("***",) if record.args else None
    return True


def _resource() -> Resource:
    """`OTEL_SERVICE_NAME` and `OTEL_RESOURCE_ATTRIBUTES` go before what the desk says of itself."""
    desk = Resource.create({"service.name": "tapdesk", "service.version": __version__})
    return desk.merge(OTELResourceDetector().detect())


def _ended(shut_down: Callable[[], None]) -> asyncio.Event:
    """Is set when it has returned. In a thread that may be left behind: a hanging collector holds it for as
    long as the SDK's own time-out."""
    loop, ended = asyncio.get_running_loop(), asyncio.Event()

    def work() -> None:
        try:
            shut_down()
        except Exception:  # the SDK's, at the very end: nobody is left who could do anything about it
            log.exception("telemetry_not_ended")
        with suppress(RuntimeError):  # the loop is closed: nobody waits any more
            loop.call_soon_threadsafe(ended.set)

    threading.Thread(target=work, name="telemetry's end", daemon=True).start()
    return ended

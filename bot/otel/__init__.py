"""Traces and metrics for OpenTelemetry, when an OTLP endpoint is configured.

Its SDK is the extra `otel`; without an endpoint nothing of it is imported. What is the SDK's own matter
(headers, certificates, time-outs, sampling, `OTEL_METRIC_EXPORT_INTERVAL`) is set by its standard variables.
"""

from collections.abc import AsyncIterator, Callable, Coroutine, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

from prometheus_client import CollectorRegistry

from bot.settings import SettingsError
from core.model.clock import Clock
from storage.store import Observer

if TYPE_CHECKING:
    from bot.otel.export import Export

NOT_INSTALLED = (
    "TAPDESK_OTLP_ENDPOINT (or OTEL_EXPORTER_OTLP_ENDPOINT) is set, but OpenTelemetry is not installed;"
    ' install it with: pip install "tapdesk[otel]" (in a checkout: pip install ".[otel]").'
)

Publish: TypeAlias = Callable[[CollectorRegistry, Mapping[str, str], Clock], Coroutine[Any, Any, None]]


@dataclass(frozen=True, slots=True)
class Exporting:
    """Who is told the events, and what publishes the numbers; nobody and nothing without an endpoint."""

    observers: Sequence[Observer] = ()
    publish: Publish | None = None


@asynccontextmanager
async def exporting(endpoint: str) -> AsyncIterator[Exporting]:
    """Export to the collector at the endpoint, what comes last within a few seconds of the end.

    Raises SettingsError when the extra is not installed.
    """
    if not endpoint:
        yield Exporting()
        return
    export = _open(endpoint)
    try:
        yield Exporting([export.spans.observe], export.publish)
    finally:
        await export.aclose()


def _open(endpoint: str) -> "Export":
    try:
        from bot.otel.export import open_export
    except ModuleNotFoundError as missing:
        if not (missing.name or "").startswith("opentelemetry"):
            raise
        raise SettingsError(NOT_INSTALLED) from None
    return open_export(endpoint)

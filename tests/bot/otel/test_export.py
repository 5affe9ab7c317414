"""A collector that is away, broken or hangs costs the desk nothing; without one no SDK is there."""

import asyncio
import logging
import os
import socket
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import aiohttp
import pytest
from prometheus_client import CollectorRegistry, Counter, Histogram

from bot.otel import NOT_INSTALLED, export, exporting
from bot.otel.export import open_export
from bot.settings import SettingsError, load_settings
from core.model.events import Event
from tests.bot.console.place import Place
from tests.bot.otel.life import Log
from tests.fakes.collector import collecting, facts


@pytest.fixture(autouse=True)
def quiet_sdk(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.CRITICAL, "opentelemetry")


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(export, "FLUSH_S", 0.2)
    monkeypatch.setenv("OTEL_BSP_SCHEDULE_DELAY", "20")


def received() -> Event:
    signal = str(uuid4())
    facts = {"source": "momentum", "external_id": "1", "instrument": "EURUSD", "side": "buy"}
    return Event("signal.received", datetime.now(UTC), signal, {**facts}, trace=signal)


def nobody() -> str:
    """A URL at which nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return f"http://127.0.0.1:{taken.getsockname()[1]}"


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("status", [200, 404, 500, 503, None])
async def test_whatever_a_collector_answers_the_desk_goes_on_and_ends_in_time(status: int | None) -> None:
    async with collecting(status) as collector:
        async with asyncio.timeout(25), exporting(collector.url) as desk:  # the SDK itself waits for 30 s
            [observe] = desk.observers
            observe([received()])
            await collector.until(lambda: collector.asked > 0)
            observe([received() for _ in range(5_000)])  # more than the SDK keeps
        assert (len(collector.spans) > 0) == (status == 200)


@pytest.mark.usefixtures("impatient")
async def test_no_collector_is_no_trouble_either() -> None:
    async with exporting(nobody()) as desk:
        [observe] = desk.observers
        observe([received()])


async def test_what_is_not_sent_yet_is_sent_at_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OTEL_BSP_SCHEDULE_DELAY", "600000")
    async with collecting() as collector:
        async with exporting(f"{collector.url}/") as desk:
            desk.observers[0]([received(), received()])
        assert len(collector.spans) == 2


async def test_counters_and_histograms_arrive_as_prometheus_counts_them() -> None:
    registry = CollectorRegistry()
    Counter("restarts", "of tasks", ["task"], registry=registry).labels("sync Tom's paper").inc()
    Histogram("wait_s", "waiting", buckets=[1, 5], registry=registry).observe(3)
    async with collecting() as collector:
        opened = open_export(collector.url)
        await opened.numbers.read(registry, {"Tom's paper": "a-number", "paper": "another"})
        await opened.aclose()
    assert set(collector.metrics) == {"restarts", "wait_s_bucket", "wait_s_sum", "wait_s_count"}
    buckets = collector.metrics["wait_s_bucket"].sum
    assert buckets.is_monotonic
    assert {str(facts(p.attributes)["le"]): p.as_double for p in buckets.data_points} == {
        "1.0": 0,
        "5.0": 1,
        "+Inf": 1,
    }
    [restarts] = collector.metrics["restarts"].sum.data_points
    assert facts(restarts.attributes) == {"task": "sync a-number"}


async def test_a_desk_beside_a_hanging_collector_is_ready_and_stops(place: Place) -> None:
    async with collecting(None) as collector, asyncio.timeout(120), aiohttp.ClientSession() as http:
        fast = {"OTEL_METRIC_EXPORT_INTERVAL": "100", "OTEL_EXPORTER_OTLP_ENDPOINT": collector.url}
        desk, log = await place.start("run", **fast), Log()
        reading = asyncio.create_task(log.follow(desk))
        url = (await log.told("desk_started"))["intake"]
        await collector.until(lambda: collector.asked > 0)
        while True:
            async with http.get(f"{url}/readyz") as answer:
                if answer.status == 200:
                    break
        desk.terminate()
        await asyncio.gather(desk.wait(), reading)
    assert desk.returncode == 0
    assert (await log.told("telemetry_not_exported"))["seconds"] == export.FLUSH_S


async def test_without_an_endpoint_nothing_of_the_sdk_is_imported(place: Place) -> None:
    """The interpreter itself tells what it imports. FastAPI brings, and imports, OpenTelemetry's bare API."""
    desk = await place.start("run", PYTHONPROFILEIMPORTTIME="1", OTEL_EXPORTER_OTLP_ENDPOINT="")
    assert desk.stderr is not None
    told: list[str] = []
    async with asyncio.timeout(120):
        async for line in desk.stderr:
            told.append(line.decode())
            if '"desk_started"' in told[-1]:
                desk.terminate()
        await desk.wait()
    imported = {line.rpartition("|")[2].strip() for line in told if line.startswith("import time:")}
    assert {"bot.app", "bot.otel"} <= imported
    ours = ("bot.otel.", "opentelemetry.sdk", "opentelemetry.exporter", "opentelemetry.proto", "requests")
    assert [module for module in imported if module.startswith(ours)] == []


async def test_an_endpoint_without_the_extra_is_told_in_one_sentence(place: Place, tmp_path: Path) -> None:
    without = tmp_path / "without"
    without.mkdir()
    (without / "sitecustomize.py").write_text("import sys\nsys.modules['opentelemetry.sdk'] = None\n")
    path = os.pathsep.join([str(without), str(Path.cwd())])
    status, text = await place.finish("run", PYTHONPATH=path, TAPDESK_OTLP_ENDPOINT=nobody())
    assert (status, text.strip()) == (2, NOT_INSTALLED)


@pytest.mark.parametrize("name", ["TAPDESK_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT"])
def test_an_endpoint_that_is_no_url_is_named(
    place: Place, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    for variable, value in (place.environment | {name: "collector:4317"}).items():
        monkeypatch.setenv(variable, value)
    with pytest.raises(SettingsError) as caught:
        load_settings()
    assert str(caught.value) == ("TAPDESK_OTLP_ENDPOINT: must be a URL that begins with http:// or https://.")


def test_the_desks_own_variable_goes_before_the_standard_one(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    for variable, value in place.environment.items():
        monkeypatch.setenv(variable, value)
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "http://standard:4318")
    assert load_settings().otlp_endpoint.get_secret_value() == "http://standard:4318"
    monkeypatch.setenv("TAPDESK_OTLP_ENDPOINT", "http://own:4318")
    assert load_settings().otlp_endpoint.get_secret_value() == "http://own:4318"


@pytest.mark.usefixtures("impatient")
async def test_the_path_of_the_collector_is_not_logged(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.WARNING, "opentelemetry")
    async with exporting(f"{nobody()}/key/hunter2/") as desk:
        desk.observers[0]([received()])
    assert "/***/v1/traces" in caplog.text
    assert "hunter2" not in caplog.text


async def test_headers_that_the_sdk_cannot_read_are_not_logged(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_HEADERS", "Authorization=Basic aHVudGVyMg==,hunter2")
    caplog.set_level(logging.WARNING, "opentelemetry")
    async with exporting(nobody()):
        pass
    assert "Header format invalid" in caplog.text
    assert "hunter2" not in caplog.text
    assert "aHVudGVyMg" not in caplog.text


def test_an_endpoint_with_a_key_in_its_query_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TAPDESK_OTLP_ENDPOINT", "http://collector:4318/?key=hunter2")
    with pytest.raises(SettingsError, match="a key goes into OTEL_EXPORTER_OTLP_HEADERS") as caught:
        load_settings()
    assert "hunter2" not in str(caught.value)

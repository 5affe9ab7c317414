"""`make bench`: a table of figures, measured here and now; nothing passes or fails by them.

`make bench ONLY="mt5 imports"` measures those sections alone.
"""

import argparse
import asyncio
import os
import tempfile
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path

from rich.console import Console

from bot.console.logs import set_up_logs
from tests.bench.desk import desk_rows
from tests.bench.footprint import idle_rows, import_rows
from tests.bench.guards import guard_rows
from tests.bench.liquidating import liquidation_rows
from tests.bench.matching import matching_rows
from tests.bench.metrics import metrics_rows
from tests.bench.mt5 import mt5_rows
from tests.bench.rows import Row, show
from tests.bench.scale import scale_rows
from tests.bench.surface.dispatch import dispatch_rows
from tests.bench.surface.fanout import fanout_rows
from tests.bench.surface.taps import taps_rows

SECTIONS: Mapping[str, Callable[[Path], Awaitable[list[Row]]]] = {
    "imports": import_rows,
    "mt5": mt5_rows,
    "matching": matching_rows,
    "desk": desk_rows,
    "idle": idle_rows,
    "guards": guard_rows,
    "liquidation": liquidation_rows,
    "metrics": metrics_rows,
    "dispatch": dispatch_rows,
    "fanout": fanout_rows,
    "taps": taps_rows,
    "scale": scale_rows,
}


async def _measure(sections: list[str], folder: Path) -> list[Row]:
    """One thing after the other."""
    return [row for name in sections for row in await SECTIONS[name](folder / name)]


def main() -> None:
    parser = argparse.ArgumentParser(prog="make bench", description="Measure, then print the table.")
    parser.add_argument("sections", nargs="*", help=f"of {', '.join(SECTIONS)}; all, if none is named")
    sections = parser.parse_args().sections or list(SECTIONS)
    if unknown := set(sections) - set(SECTIONS):
        parser.error(f"no section {', '.join(sorted(unknown))}; there are {', '.join(SECTIONS)}")
    set_up_logs("console", "critical")
    with tempfile.TemporaryDirectory() as folder:
        show(asyncio.run(_measure(sections, Path(folder))))
    Console().print(f"Load of the last minute, {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores.")


if __name__ == "__main__":
    main()

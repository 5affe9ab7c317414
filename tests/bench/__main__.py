"""`make bench`: a table of figures, measured here and now; nothing passes or fails by them."""

import asyncio
import tempfile
from pathlib import Path

from bot.logs import set_up_logs
from tests.bench.desk import desk_rows
from tests.bench.footprint import idle_rows, import_rows
from tests.bench.rows import Row, show


async def _measure(folder: Path) -> list[Row]:
    return [*import_rows(), *await desk_rows(folder / "desk"), *await idle_rows(folder / "idle")]


def main() -> None:
    """Measure one thing after the other, then print the table."""
    set_up_logs("console", "error")
    with tempfile.TemporaryDirectory() as folder:
        show(asyncio.run(_measure(Path(folder))))


if __name__ == "__main__":
    main()

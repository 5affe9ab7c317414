"""Longer runs on demand: `python -m tests.sim --weeks 100 --seed 1000 --accounts 10`, on SQLite.

It prints a line per week, the script of the first that fails, and ends with 1 then.
"""

import argparse
import asyncio
import sys
import tempfile
from functools import partial
from pathlib import Path

from storage.migrate import upgrade
from tests.sim.playing import many, played
from tests.sim.script import written


def main() -> int:
    parser = argparse.ArgumentParser(description="Simulate weeks of a desk.")
    parser.add_argument("--weeks", type=int, default=100)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--accounts", type=int, default=10)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="tapdesk-sim-") as folder, many() as pool:
        template = Path(folder) / "template.db"
        asyncio.run(upgrade(f"sqlite:///{template}"))
        play = partial(played, accounts=given.accounts, template=template)
        for told in pool.map(play, range(given.seed, given.seed + given.weeks)):
            print(f"seed {told.seed}: {told.looks} looks, {told.liquidations} liquidations", flush=True)
            if told.objections:
                print(*told.objections, written(told.seed, given.accounts), sep="\n")
                pool.shutdown(wait=False, cancel_futures=True)
                return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""Longer runs on demand: `python -m tests.sim --weeks 100 --seed 1000 --accounts 10`, on SQLite.

It prints a line per week, the script of the first that fails, and ends with 1 then.
"""

import argparse
import asyncio
import logging
import sys
import tempfile
import time
from pathlib import Path

import structlog
from cryptography.fernet import Fernet

from storage.engine import connect
from storage.migrate import upgrade
from storage.secrets import Vault
from storage.store import SqlStore
from tests.sim.script import Script, written
from tests.sim.week import Week, play


async def _played(script: Script) -> Week:
    with tempfile.TemporaryDirectory(prefix="tapdesk-sim-") as folder:
        url = f"sqlite:///{folder}/desk.db"
        await upgrade(url)
        store = SqlStore(connect(url), Vault([Fernet.generate_key().decode()]))
        try:
            return await play(store, Path(folder), script)
        finally:
            await store.aclose()


def main() -> int:
    parser = argparse.ArgumentParser(description="Simulate weeks of a desk.")
    parser.add_argument("--weeks", type=int, default=100)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--accounts", type=int, default=10)
    given = parser.parse_args()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    for seed in range(given.seed, given.seed + given.weeks):
        script, began_s = written(seed, given.accounts), time.perf_counter()
        week = asyncio.run(_played(script))
        took_s = time.perf_counter() - began_s
        print(
            f"seed {seed}: {week.looks} looks, {week.liquidations} liquidations, {took_s:.1f} s", flush=True
        )
        if week.objections:
            print(*week.objections, script, sep="\n")
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())

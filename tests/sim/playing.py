"""Weeks in processes of their own: as many at a time as there are processors, each with its own database."""

import asyncio
import logging
import shutil
import tempfile
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from multiprocessing import get_context
from os import cpu_count
from pathlib import Path
from unittest.mock import patch

import structlog
from cryptography.fernet import Fernet

from core.model.catalogue import OffCatalogue, checked
from core.model.events import Event
from storage.engine import connect
from storage.secrets import Vault
from storage.store import SqlStore
from tests.sim import rule
from tests.sim.inplace import in_place
from tests.sim.script import written
from tests.sim.week import Week, play


@dataclass(frozen=True, slots=True)
class Told:
    """What is left of a week; `without` is the care that was taken out, if any."""

    seed: int
    without: str
    looks: int
    liquidations: int
    objections: list[str]


def many() -> ProcessPoolExecutor:
    """Processes that play weeks, quietly."""
    return ProcessPoolExecutor(cpu_count(), mp_context=get_context("spawn"), initializer=_be_quiet)


def _be_quiet() -> None:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))


def played(seed: int, accounts: int, template: Path, without: str = "") -> Told:
    """The week of a seed on a copy of an empty, migrated SQLite file."""
    off_catalogue: list[str] = []

    def noted(event: Event) -> Event:
        try:
            return checked(event)
        except OffCatalogue as fault:
            off_catalogue.append(str(fault))
            raise

    with in_place(), patch("storage.events.checked", noted), _taken_out(without):
        week = asyncio.run(_played(seed, accounts, template))
    return Told(seed, without, week.looks, week.liquidations, week.objections + off_catalogue)


def objected(without: str, seeds: Sequence[int], accounts: int, template: Path) -> list[str]:
    """The objections of the first of these weeks that has any."""
    weeks = (played(seed, accounts, template, without) for seed in seeds)
    return next((week.objections for week in weeks if week.objections), [])


def _taken_out(care: str) -> AbstractContextManager[None]:
    return rule.CARES[care]() if care else nullcontext()


async def _played(seed: int, accounts: int, template: Path) -> Week:
    with tempfile.TemporaryDirectory(prefix="tapdesk-sim-") as folder:
        url = f"sqlite:///{shutil.copy(template, Path(folder) / 'desk.db')}"
        store = SqlStore(connect(url), Vault([Fernet.generate_key().decode()]))
        try:
            return await play(store, Path(folder), written(seed, accounts))
        finally:
            await store.aclose()

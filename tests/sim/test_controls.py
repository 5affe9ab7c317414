"""The oracle can object: the desk without one of its cares does wrong within a few weeks."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from storage.engine import connect
from storage.secrets import Vault
from storage.store import SqlStore
from tests.sim import rule
from tests.sim.script import written
from tests.sim.week import play

WEEKS = 6
"""Of six accounts each."""

CONTROLS = {
    "flows": (rule.without_flows, "without a breach"),
    "identity": (rule.without_identity, "without a breach"),
    "second read": (rule.without_second_read, "ended with positions open"),
    "lock at the claim": (rule.without_lock_at_claim, "opened"),
}


@pytest.mark.parametrize("care", CONTROLS)
async def test_without_a_care_the_oracle_objects(care: str, sqlite_template: Path, tmp_path: Path) -> None:
    taken_out, expected = CONTROLS[care]
    for seed in range(WEEKS):
        objections = await _objections(seed, taken_out, sqlite_template, tmp_path / str(seed))
        if objections:
            assert expected in objections[0]
            return
    raise AssertionError(f"no objection in {WEEKS} weeks without: {care}")


async def _objections(
    seed: int, taken_out: Callable[[], AbstractContextManager[None]], template: Path, folder: Path
) -> list[str]:
    folder.mkdir()
    file = folder / "desk.db"
    file.write_bytes(template.read_bytes())
    store = SqlStore(connect(f"sqlite:///{file}"), Vault([Fernet.generate_key().decode()]))
    try:
        with taken_out():
            return (await play(store, folder, written(seed, 6))).objections
    finally:
        await store.aclose()

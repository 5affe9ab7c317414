"""The catalogue: every event of the code is in it, and what is off it is named."""

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from core.model.catalogue import CATALOGUE, OffCatalogue, checked
from core.model.events import Event, Json

NOW = datetime(2026, 11, 21, tzinfo=UTC)
ISSUE = """
signal.received approval.decided order.sent order.unknown reconciliation.sync_complete
reconciliation.divergence_detected reconciliation.position_closed reconciliation.sync_error drawdown.warned
liquidation.started
"""
LITERAL = re.compile(r'Event\(\s*"([a-z_]+\.[a-z_]+)"')
FOUND: Json = {"kind": "volume", "symbol": "EURUSD", "size": "1", "unit": "lots"}
DECIDED: Json = {"state": "approved", "lots": "0.10", "reason": None}


def test_the_names_that_were_promised_are_there() -> None:
    assert set(ISSUE.split()) <= CATALOGUE.keys()
    assert all(re.fullmatch(r"[a-z]+\.[a-z_]+", name) for name in CATALOGUE)


@pytest.mark.parametrize("layer", ["core", "bot"])
def test_every_name_that_is_written_out_in_the_code_is_there(layer: str) -> None:
    code = "".join(file.read_text() for file in Path(layer).rglob("*.py"))
    assert set(LITERAL.findall(code)) - CATALOGUE.keys() == set()


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("approval.decided", DECIDED),
        ("approval.decided", DECIDED | {"reason": "Too late"}),
        ("reconciliation.divergence_detected", FOUND | {"expected": "0.10"}),
        ("door.stranger", {}),
    ],
)
def test_what_conforms_carries_the_version_of_its_shape(name: str, data: Json) -> None:
    event = Event(name, NOW, "1", data, version=99)
    assert checked(event).version == CATALOGUE[name].version
    assert checked(event).data == data


@pytest.mark.parametrize(
    ("name", "data", "fault"),
    [
        ("order.lost", {}, "order.lost is not in the catalogue"),
        ("approval.decided", {"state": "approved", "reason": None}, "approval.decided: lots is missing"),
        ("approval.decided", DECIDED | {"lots": 1}, "approval.decided: lots is 1"),
        ("approval.decided", DECIDED | {"by": "Tom"}, "approval.decided: by is no field of it"),
        ("reconciliation.divergence_detected", FOUND | {"expected": 1}, "expected is 1"),
        ("consent.accepted", {"version": True}, "consent.accepted: version is True"),
    ],
)
def test_what_does_not_conform_is_named(name: str, data: Json, fault: str) -> None:
    with pytest.raises(OffCatalogue, match=re.escape(fault)):
        checked(Event(name, NOW, "1", data))

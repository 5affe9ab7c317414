"""A paper broker in a temporary folder, and the module signed in to it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

import core.paper as mt5
from core.paper import hands
from core.paper.hands import Hands
from core.paper.market.plan import MarketPlan
from core.paper.server.records import Account
from tests.core.paper.world import LOGIN, PASSWORD, SERVER, World


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """A broker with an account of 10,000 USD, and a terminal that nobody has signed in."""
    book, folder = tmp_path / "broker.sqlite3", tmp_path / "terminal"
    person = Hands.on(book, MarketPlan(seed=7))
    person.open_account(Account(login=LOGIN, name="Ann", server=SERVER), PASSWORD, 10_000.0)
    hands.install_terminal(folder, book)
    yield World(person, book, folder)
    mt5.shutdown()
    person.close_book()


@pytest.fixture
def desk(world: World) -> World:
    """The world, with the module signed in."""
    assert world.initialize(), mt5.last_error()
    return world

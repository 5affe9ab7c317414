"""A paper terminal in a folder, and `core.paper` in the place of the MetaTrader5 module.

The wrappers are published packages, installed from the lock and run as they are. They find the module by
`import MetaTrader5`, and here that is the paper terminal's.
"""

import importlib
import importlib.util
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType

import pytest

import core.paper as mt5
from core.paper import hands
from core.paper.hands import Hands
from core.paper.market.plan import MarketPlan
from core.paper.server.records import Account
from tests.strangers.desk import LOGIN, PASSWORD, SERVER, Desk

_DRAWING_AND_INDICATORS = ("mplfinance", "pandas_ta")  # aiomql imports them; no call to the module is theirs

Load = Callable[[str], ModuleType]


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """A broker with one account of 10,000 USD, and a terminal that knows its login."""
    book, folder = tmp_path / "broker.sqlite3", tmp_path / "terminal"
    person = Hands.on(book, MarketPlan(seed=7))
    person.open_account(Account(login=LOGIN, name="Ann", server=SERVER), PASSWORD, 10_000.0)
    hands.install_terminal(folder, book, LOGIN)
    (folder / "terminal64.exe").touch()  # what some wrappers look for before they call
    yield Desk(person, folder)
    mt5.shutdown()
    person.close_book()


@pytest.fixture
def load(monkeypatch: pytest.MonkeyPatch) -> Load:
    """Import a published package that imports MetaTrader5."""
    monkeypatch.setitem(sys.modules, "MetaTrader5", mt5)
    for name in _DRAWING_AND_INDICATORS:
        if importlib.util.find_spec(name) is None:
            monkeypatch.setitem(sys.modules, name, ModuleType(name))
    return importlib.import_module

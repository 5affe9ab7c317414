"""The surface against the published wheel itself: its Python as it runs, its C core as its tables say.

`core.mt5.contract` is the committed table, so where the wheel cannot be downloaded the paper terminal
is still held to that.
"""

import importlib.util
import inspect
import sys
import zipfile
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from core.mt5 import contract
from tests.strangers.desk import Desk, mt5
from tests.strangers.wheel import KEYWORDS, NO_ARGUMENTS, POSITIONAL, Core, download

STRUCTS = {name: tuple(field for field, _ in shape) for name, shape in contract.SHAPES.items()}
SHORTCUTS = ("Buy", "Sell", "Close", "_RawOrder")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    found = download(tmp_path_factory.mktemp("wheel"))
    if found is None:
        pytest.skip("the MetaTrader5 wheel cannot be downloaded here")
    return found


@pytest.fixture(scope="module")
def core(wheel: zipfile.ZipFile) -> Core:
    [name] = [name for name in wheel.namelist() if name.endswith(".pyd")]
    return Core(wheel.read(name))


@pytest.fixture(scope="module")
def source(wheel: zipfile.ZipFile, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel's own Python, in a folder without its core."""
    folder = tmp_path_factory.mktemp("package")
    (folder / "__init__.py").write_bytes(wheel.read("MetaTrader5/__init__.py"))
    return folder / "__init__.py"


def imported(source: Path, core: ModuleType) -> Any:
    """The wheel's package over some core."""
    spec = importlib.util.spec_from_file_location("MetaTrader5", source)
    assert spec is not None
    assert spec.loader is not None
    package = importlib.util.module_from_spec(spec)
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(sys.modules, "MetaTrader5", package)
        patch.setitem(sys.modules, "MetaTrader5._core", core)
        spec.loader.exec_module(package)
    return package


@pytest.fixture(scope="module")
def package(source: Path, core: Core) -> Any:
    """The package over a core whose names are there and do nothing."""
    empty = ModuleType("MetaTrader5._core")
    vars(empty).update(dict.fromkeys([*core.functions, *core.structs], lambda *_, **__: None))
    return imported(source, empty)


def test_every_name_of_the_package_is_there_with_its_value(package: Any) -> None:
    theirs = {name: value for name, value in vars(package).items() if not name.startswith("__")}
    assert [name for name in theirs if not hasattr(mt5, name)] == []
    constants = {name: value for name, value in theirs.items() if isinstance(value, int)}
    assert constants == dict(contract.CONSTANTS)
    assert {name: getattr(mt5, name) for name in constants} == constants
    assert mt5.__version__ == package.__version__


def test_the_package_itself_runs_over_the_paper_terminal(source: Path, desk: Desk) -> None:
    package = imported(source, mt5)
    assert package.initialize(desk.program)
    assert package.Buy("EURUSD", 0.1).retcode == package.TRADE_RETCODE_DONE
    assert package.Sell("EURUSD", 0.1, comment="hedge").retcode == package.TRADE_RETCODE_DONE
    assert package.Close("EURUSD") is True
    assert package.Close("EURUSD") is False
    with pytest.raises(AttributeError):
        package.Buy("NOPE", 0.1)
    with pytest.raises(AttributeError):
        mt5.Buy("NOPE", 0.1)


def test_functions_take_what_the_core_says(core: Core) -> None:
    classes = {
        NO_ARGUMENTS: contract.CALLS_WITHOUT_ARGUMENTS,
        POSITIONAL: contract.CALLS_POSITIONAL,
        KEYWORDS: contract.CALLS_WITH_KEYWORDS,
    }
    assert core.functions == {name: flags for flags, names in classes.items() for name in names}


def test_structs_have_the_fields_of_the_core_in_order(core: Core) -> None:
    assert core.structs == STRUCTS


def test_errors_are_told_in_the_words_of_the_core(core: Core) -> None:
    assert [text for text in contract.ERROR_TEXTS.values() if not core.says(text)] == []


@pytest.mark.parametrize("name", SHORTCUTS)
def test_the_shortcuts_take_what_the_packages_take(package: Any, name: str) -> None:
    def taken(function: Any) -> list[tuple[str, Any, Any]]:
        return [(p.name, p.kind, p.default) for p in inspect.signature(function).parameters.values()]

    assert taken(getattr(mt5, name)) == taken(getattr(package, name))


def test_the_paper_terminal_offers_the_whole_of_the_contract() -> None:
    names = {*contract.CONSTANTS, *contract.FUNCTIONS, *SHORTCUTS}
    assert {name for name in names if not hasattr(mt5, name)} == set()
    assert {name: getattr(mt5, name).__match_args__ for name in STRUCTS} == STRUCTS

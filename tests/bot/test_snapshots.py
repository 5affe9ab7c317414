"""Each snapshot is asked for by a test beside it: what nobody compares any more is gone."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

HERE = Path(__file__).parent


def _names(module: Path) -> Iterator[str]:
    """Of the snapshots that a module asks for, as patterns: `f"alert-{name}"` is all that begin so."""
    for node in ast.walk(ast.parse(module.read_text("utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "check_shown":
            yield _pattern(node.args[0])


def _pattern(name: ast.expr) -> str:
    if isinstance(name, ast.JoinedStr):
        return "".join(map(_pattern, name.values))
    return re.escape(str(name.value)) if isinstance(name, ast.Constant) else ".+"


def test_no_snapshot_is_left_over() -> None:
    snapshots = list(HERE.rglob("snapshots/*.txt"))
    asked = {folder: set[str]() for folder in HERE.rglob("*") if folder.is_dir()}
    for module in HERE.rglob("test_*.py"):
        asked.setdefault(module.parent, set()).update(_names(module))
    assert len(snapshots) > 300
    for each in snapshots:
        assert any(re.fullmatch(name, each.stem) for name in asked[each.parent.parent]), each

"""What the strangers are given: a broker with a person beside it, and the folder of one terminal."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import core.paper
from core.paper.hands import Hands

LOGIN, PASSWORD, SERVER = 1001, "pw-ann", "Paper-Demo"

mt5: Any = core.paper
"""The module as strangers see it: without types."""


@dataclass(frozen=True)
class Desk:
    """One broker, one account, one terminal."""

    hands: Hands
    folder: Path

    @property
    def program(self) -> str:
        """The terminal's path, as wrappers want it."""
        return str(self.folder / "terminal64.exe")

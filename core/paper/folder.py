"""A terminal's folder: one small file with what a person sees in the terminal's window."""

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path

from core.paper.server.memorybook import PREFIX

FILE = "terminal.json"


@dataclass(frozen=True, slots=True)
class Setup:
    """The state of one installed terminal.

    `book` is the broker's file, relative to the folder unless absolute, or `:memory:NAME` for a book that
    lives in the process that opens it; `login` the account it is logged in
    to, 0 for none; with the `investor` password it may only look. `unplugged` is the real time at which the
    network was pulled, 0.0 while it is plugged in.
    """

    book: str
    name: str = "Paper terminal"
    login: int = 0
    investor: bool = False
    trade_allowed: bool = True
    tradeapi_disabled: bool = False
    unplugged: float = 0.0
    watch: tuple[str, ...] = ("EURUSD", "GBPUSD", "USDJPY", "XAUUSD", "US30", "BTCUSD")


class Folder:
    """Reads a folder's setup again only when the file has changed."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file = path / FILE
        self._stamp: tuple[int, int] | None = None
        self._setup: Setup | None = None

    @classmethod
    def find(cls, path: str) -> "Folder | None":
        """The folder that `path` names, itself or by a program in it; None if no terminal is there."""
        place = Path(path)
        home = place.parent if place.suffix.lower() == ".exe" else place
        try:
            return cls(home.resolve()) if (home / FILE).is_file() else None
        except OSError:  # a name that no file can have
            return None

    @property
    def setup(self) -> Setup:
        """Raises OSError if the folder has gone, ValueError or TypeError if its file is none of ours."""
        status = self._file.stat()
        stamp = (status.st_mtime_ns, status.st_ino)
        if self._setup is None or stamp != self._stamp:
            data = json.loads(self._file.read_text(encoding="utf-8"))
            self._setup, self._stamp = Setup(**data | {"watch": tuple(data["watch"])}), stamp
        return self._setup

    @property
    def book_path(self) -> str:
        book = self.setup.book
        return book if book.startswith(PREFIX) else str(self.path / book)

    def write(self, setup: Setup) -> None:
        """Replace the setup in one step, so that a reader sees the old or the new."""
        draft = self.path / f"{FILE}.{os.getpid()}"
        draft.write_text(json.dumps(asdict(setup), indent=1), encoding="utf-8")
        draft.replace(self._file)

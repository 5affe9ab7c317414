"""The terminals that people may link accounts to: one account each."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import PureWindowsPath

from core.ports import Tx


@dataclass(frozen=True, slots=True)
class TerminalPlace:
    """An installed terminal by the name that people are shown, and the path of its program or folder."""

    name: str
    path: str


async def free_terminals(tx: Tx, places: Iterable[TerminalPlace]) -> Sequence[TerminalPlace]:
    """Those that serve no linked account."""
    taken = {_folder(account.terminal_path) for account in await tx.accounts.all()}
    return [place for place in places if _folder(place.path) not in taken]


def _folder(path: str) -> PureWindowsPath:
    """Windows paths: no case, either slash; of a program the folder in which it lies."""
    whole = PureWindowsPath(path)
    return whole.parent if whole.suffix.lower() == ".exe" else whole

"""`tapdesk paper`: a paper account with a terminal of its own, for a desk that trades no real money yet."""

from pathlib import Path

from core.paper.opening import SERVER, Taken, open_account

__all__ = ["Taken", "open_paper_account"]

_ENTRY = """[[accounts]]
label = "Paper {login}"
trader = 1003                  # the trader's Telegram id
kind = "paper"
terminal = '{folder}'
login = {login}
server = "{server}"
password = "{password}"
"""


def open_paper_account(folder: Path, login: int, deposit: float, *, weekends: bool) -> str:
    """Make a broker, an account and a terminal in `folder`; returns the account's entry for the desk file.

    The password is made here and stands nowhere but in that entry. Raises Taken, changing nothing.
    """
    password = open_account(folder, login, f"Paper {login}", deposit, weekends=weekends)
    return _ENTRY.format(login=login, folder=folder.resolve(), server=SERVER, password=password)

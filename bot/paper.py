"""`tapdesk paper`: a paper account with a terminal of its own, for a desk that trades no real money yet."""

import secrets
from pathlib import Path

from core.paper.hands import Hands, install_terminal
from core.paper.market.plan import MarketPlan
from core.paper.server.records import Account

SERVER = "Paper-Demo"
BOOK = "broker.book"

_ENTRY = """[[accounts]]
label = "Paper {login}"
trader = 1003                  # the trader's Telegram id
kind = "paper"
terminal = '{folder}'
login = {login}
server = "{server}"
password = "{password}"
"""


class Taken(Exception):
    """Raised when the folder holds a paper terminal already."""


def open_paper_account(folder: Path, login: int, deposit: float, *, weekends: bool) -> str:
    """Make a broker, an account and a terminal in `folder`; returns the account's entry for the desk file.

    The password is made here and stands nowhere but in that entry. Raises Taken, changing nothing.
    """
    if (folder / BOOK).exists():
        raise Taken(f"{folder} holds a paper account already.")
    folder.mkdir(parents=True, exist_ok=True)
    password = secrets.token_urlsafe(12)
    broker = Hands.on(folder / BOOK, MarketPlan(always_open=weekends))
    try:
        broker.open_account(Account(login=login, name=f"Paper {login}", server=SERVER), password, deposit)
    finally:
        broker.close_book()
    install_terminal(folder, folder / BOOK, login)
    return _ENTRY.format(login=login, folder=folder.resolve(), server=SERVER, password=password)

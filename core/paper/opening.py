"""A paper account with a broker and a terminal of its own, in one folder."""

import secrets
from pathlib import Path

from core.paper.hands import Hands, install_terminal
from core.paper.market.plan import MarketPlan
from core.paper.server.records import Account

SERVER = "Paper-Demo"
BOOK = "broker.book"


class Taken(Exception):
    """Raised when the folder holds a paper terminal already."""


def open_account(folder: Path, login: int, name: str, deposit: float, *, weekends: bool = False) -> str:
    """Make them; returns the account's password, which stands nowhere else. Raises Taken, changing nothing.

    With `weekends` every symbol is quoted then, too.
    """
    if (folder / BOOK).exists():
        raise Taken(f"{folder} holds a paper account already.")
    folder.mkdir(parents=True, exist_ok=True)
    password = secrets.token_urlsafe(12)
    broker = Hands.on(folder / BOOK, MarketPlan(always_open=weekends))
    try:
        broker.open_account(Account(login=login, name=name, server=SERVER), password, deposit)
    finally:
        broker.close_book()
    install_terminal(folder, folder / BOOK, login)
    return password

"""The broker and its terminals within reach of the page's hands, one act at a time."""

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from threading import Lock

from bot.sandbox.people import CannotAct
from core.paper.folder import Folder
from core.paper.hands import Hands
from core.paper.server.broker import NoAccount
from core.paper.server.dealing import Dealer


class Reach:
    """`hands` have an open book of their own; `terminals` are folders by the names people give them."""

    def __init__(self, hands: Hands, terminals: Mapping[str, Path]) -> None:
        self.folders = {name: Folder(path) for name, path in terminals.items()}
        self._hands = hands
        self._lock = Lock()

    @contextmanager
    def broker(self) -> Iterator[Hands]:
        """The broker, for one thread at a time. Raises CannotAct when its book or a terminal has gone."""
        try:
            with self._lock:
                yield self._hands
        except sqlite3.Error as error:
            raise CannotAct(f"The broker's book cannot be used: {str(error).rstrip('.')}.") from error
        except OSError as error:
            raise CannotAct(f"The terminal's folder cannot be used: {error.strerror}.") from error

    def folder(self, terminal: str) -> Folder:
        if terminal not in self.folders:
            raise CannotAct(f"There is no terminal {terminal!r}; there are {', '.join(self.folders)}.")
        return self.folders[terminal]

    def dealer(self, terminal: str) -> Dealer:
        """The account that a terminal is logged in to, as it stands now. Raises CannotAct for none."""
        dealer = self.logged_in(self.folder(terminal))
        if dealer is None:
            raise CannotAct(f"{terminal}'s terminal is logged in to no account.")
        return dealer

    def logged_in(self, folder: Folder) -> Dealer | None:
        try:
            return self._hands.broker.view(folder.setup.login)
        except NoAccount:
            return None

    def check_login(self, login: int) -> None:
        """Raises CannotAct unless the broker has that account, or it is 0: none."""
        logins = self._hands.broker.book.logins()
        if login and login not in logins:
            raise CannotAct(f"The broker has no account {login}; it has {', '.join(map(str, logins))}.")

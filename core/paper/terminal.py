"""The connection of this process to one terminal, and what every call has in common.

The module has one connection per process and says what went wrong with the last call; so does this.
"""

import sqlite3
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

from core.mt5 import contract as mt5
from core.paper.folder import Folder
from core.paper.server import faults
from core.paper.server.book import Book
from core.paper.server.broker import Broker, NoAccount
from core.paper.server.dealing import Dealer
from core.paper.server.faults import Fault, Kind
from core.paper.server.requests import BadArgument

_Answer = TypeVar("_Answer")


class Failed(Exception):
    """Raised inside a call that fails; carries what `last_error` will say."""

    def __init__(self, code: int, text: str = "") -> None:
        super().__init__(code, text or mt5.ERROR_TEXTS[code])


class Terminal:
    """The one connection: a folder, its broker, and the last error."""

    def __init__(self) -> None:
        self.last_error: tuple[int, str] = (mt5.RES_S_OK, mt5.ERROR_TEXTS[mt5.RES_S_OK])
        self._folder: Folder | None = None
        self._broker: Broker | None = None
        self._frozen: Dealer | None = None
        self._hang_s = 0.0
        self._turn = threading.Lock()

    # -- the connection

    def connect(self, folder: Folder) -> None:
        self.disconnect()
        self._broker = Broker(Book.open(folder.book_path))
        self._folder = folder

    def disconnect(self) -> None:
        if self._broker is not None:
            self._broker.book.close()
        self._folder = self._broker = self._frozen = None

    @property
    def folder(self) -> Folder:
        """Raises Failed without a connection, or if the terminal has gone since."""
        if self._folder is None or not self._folder.exists:
            raise Failed(mt5.RES_E_INTERNAL_FAIL_CONNECT)
        return self._folder

    def require(self) -> None:
        """Raises Failed without a connection."""
        _ = self.folder

    @property
    def broker(self) -> Broker:
        if self._broker is None:
            raise Failed(mt5.RES_E_INTERNAL_FAIL_CONNECT)
        return self._broker

    @property
    def path(self) -> Path:
        return self.folder.path

    @property
    def connected(self) -> bool:
        """Whether the terminal reaches the broker."""
        setup = self.folder.setup
        return not setup.unplugged and bool(setup.login)

    @property
    def login(self) -> int:
        return self.folder.setup.login

    # -- reading

    def dealer(self) -> Dealer:
        """The account and its market as this terminal sees them: now, or when the network was pulled."""
        setup = self.folder.setup
        if not setup.login:
            raise Failed(mt5.RES_E_FAIL)
        if setup.unplugged:
            return self._stale(setup.login, setup.unplugged)
        self._frozen = None
        try:
            return self.broker.view(setup.login)
        except NoAccount:
            raise Failed(mt5.RES_E_FAIL) from None

    def _stale(self, login: int, unplugged: float) -> Dealer:
        if self._frozen is None or self._frozen.ledger.account.login != login:
            ledger = self.broker.remembered(login)
            if ledger is None:
                raise Failed(mt5.RES_E_FAIL)
            self._frozen = Dealer(ledger, self.broker.market, self.broker.plan.broker_ms(unplugged))
        return self._frozen

    def watches(self, symbol: str) -> bool:
        """Whether a symbol is in Market Watch."""
        return symbol in self.folder.setup.watch

    def watch(self, symbol: str, *, shown: bool) -> None:
        setup = self.folder.setup
        others = tuple(name for name in setup.watch if name != symbol)
        self.folder.write(replace(setup, watch=(*others, symbol) if shown else others))

    # -- calls

    def call(self, name: str, work: Callable[[], _Answer], symbol: str = "") -> _Answer | None:
        """Do the work of one call of the module: its error reset first, its failure told by `last_error`.

        One call at a time, whatever thread it comes from: the module keeps the interpreter to itself.
        """
        with self._turn:
            return self._outcome(name, work, symbol)

    def _outcome(self, name: str, work: Callable[[], _Answer], symbol: str) -> _Answer | None:
        self.last_error = (mt5.RES_S_OK, mt5.ERROR_TEXTS[mt5.RES_S_OK])
        try:
            self._stall()
            self.refuse(self.faults(name, symbol))
            return work()
        except Failed as failure:
            self.last_error = failure.args
        except sqlite3.Error as broken:
            self.last_error = (mt5.RES_E_INTERNAL_FAIL_RECEIVE, f"IPC recv failed, {broken}")
        except BadArgument as bad:
            self.last_error = (mt5.RES_E_INVALID_PARAMS, str(bad))
        return None

    def faults(self, name: str, symbol: str = "") -> tuple[Fault, ...]:
        """The scripted misfortunes of this call; those of `order_send` are taken with its own request."""
        if self._broker is None or self._folder is None or (name == "order_send" and not symbol):
            return ()
        login = self._folder.setup.login if self._folder.exists else 0
        return faults.take(self._broker.book, name, login, symbol)

    def refuse(self, met: tuple[Fault, ...]) -> None:
        """Hang, or fail, where a misfortune comes before anything is sent. Raises Failed."""
        hang = faults.first(met, Kind.HANG_BEFORE)
        if hang:
            time.sleep(hang.seconds)
            raise Failed(mt5.RES_E_INTERNAL_FAIL_SEND)
        fail = faults.first(met, Kind.FAIL)
        if fail:
            raise Failed(fail.code)

    def lose(self, met: tuple[Fault, ...]) -> None:
        """Hang, or fail, where a misfortune comes after execution. Raises Failed."""
        hang = faults.first(met, Kind.HANG_EXECUTED)
        if hang:
            time.sleep(hang.seconds)
        lost = faults.first(met, Kind.REPLY_LOST) or faults.first(met, Kind.LATE)
        if lost:
            raise Failed(lost.code)
        after = faults.first(met, Kind.HANG_REPLIED)
        self._hang_s = after.seconds if after else 0.0

    def _stall(self) -> None:
        if self._hang_s:
            seconds, self._hang_s = self._hang_s, 0.0
            time.sleep(seconds)


TERMINAL = Terminal()
"""This process's terminal."""

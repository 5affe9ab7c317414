"""The connection of this process to one terminal, and what every call has in common.

The module has one connection per process and says what went wrong with the last call; so does this.
"""

import sqlite3
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

from core.mt5 import contract as mt5
from core.paper import views
from core.paper.folder import Folder, Setup
from core.paper.meddling import meddle
from core.paper.server import faults
from core.paper.server.broker import Broker, NoAccount
from core.paper.server.dealing import Dealer
from core.paper.server.faults import Fault, Kind
from core.paper.server.requests import BadArgument

_Answer = TypeVar("_Answer")
_SUCCESS = (mt5.RES_S_OK, mt5.ERROR_TEXTS[mt5.RES_S_OK])


class Failed(Exception):
    """Raised inside a call that fails; carries what `last_error` will say."""

    def __init__(self, code: int, text: str = "") -> None:
        super().__init__(code, text or mt5.ERROR_TEXTS.get(code, ""))


class Terminal:
    """The one connection: a folder, its broker, and the last error."""

    def __init__(self) -> None:
        self.last_error: tuple[int, str] = _SUCCESS
        self.met: tuple[Fault, ...] = ()
        """The scripted misfortunes of the call that is being made."""
        self.books: set[str] = set()
        """Symbols whose depth of market this connection has asked for."""
        self._folder: Folder | None = None
        self._setup: Setup | None = None
        self._broker: Broker | None = None
        self._frozen: Dealer | None = None
        self._hang_s = 0.0
        self._echo: tuple[str, Any] | None = None
        self._turn = threading.Lock()

    # -- the connection

    def connect(self, folder: Folder) -> None:
        """Raises Failed, or sqlite3.Error for a spoilt book."""
        self.disconnect()
        self._folder = folder
        self.require()
        self._broker = Broker.open(folder.book_path)

    def disconnect(self) -> None:
        if self._broker is not None:
            self._broker.book.close()
        self._folder = self._setup = self._broker = self._frozen = self._echo = None
        self.books.clear()

    @property
    def folder(self) -> Folder:
        """Raises Failed without a connection."""
        if self._folder is None:
            raise Failed(mt5.RES_E_INTERNAL_FAIL_CONNECT)
        return self._folder

    @property
    def setup(self) -> Setup:
        """The window as it is during this call. Raises Failed without a connection, which ends when the
        terminal is found to be gone."""
        if self._setup is None:
            folder = self.folder
            try:
                self._setup = folder.setup
            except (OSError, ValueError, TypeError):
                self.disconnect()
                raise Failed(mt5.RES_E_INTERNAL_FAIL_SEND) from None
        return self._setup

    def change(self, setup: Setup) -> None:
        """Write the window anew."""
        self.folder.write(setup)
        self._setup = setup

    def wait(self, seconds: float) -> None:
        """Let time pass within a call; a person may have used the window meanwhile."""
        time.sleep(seconds)
        self._setup = None

    def require(self) -> None:
        """Raises Failed without a connection."""
        _ = self.setup

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
        return bool(self.setup.login) and not self._unplugged_msc()

    # -- reading

    def dealer(self) -> Dealer:
        """The account and its market as this terminal sees them: now, or when it last reached the broker."""
        login = self.setup.login
        if not login:
            raise Failed(mt5.RES_E_FAIL)
        unplugged_msc = self._unplugged_msc()
        if unplugged_msc:
            return self._stale(login, unplugged_msc)
        self._frozen = None
        try:
            dealer = self.broker.view(login)
        except NoAccount:
            raise Failed(mt5.RES_E_FAIL) from None
        return views.seen(dealer, self.met) if self.met else dealer

    def _unplugged_msc(self) -> int:
        """The broker time at which the network was pulled, 0 while the terminal reaches the broker."""
        unplugged, plan = self.setup.unplugged, self.broker.plan
        if unplugged:
            return plan.broker_ms(unplugged)
        down = faults.first(self.met, Kind.LINK_DOWN)
        return down.began_msc if down else 0

    def _stale(self, login: int, unplugged_msc: int) -> Dealer:
        if self._frozen is None or self._frozen.ledger.account.login != login:
            ledger = self.broker.remembered(login)
            if ledger is None:
                raise Failed(mt5.RES_E_FAIL)
            self._frozen = Dealer(ledger, self.broker.market, unplugged_msc)
        return self._frozen

    def watches(self, symbol: str) -> bool:
        """Whether a symbol is in Market Watch."""
        return symbol in self.setup.watch

    def watch(self, symbol: str, *, shown: bool) -> None:
        setup = self.setup
        others = tuple(name for name in setup.watch if name != symbol)
        self.change(replace(setup, watch=(*others, symbol) if shown else others))

    # -- calls

    def call(self, name: str, work: Callable[[], _Answer], symbol: object = "") -> _Answer | None:
        """Do the work of one call of the module: its error reset first, its failure told by `last_error`.

        `symbol` is what the caller says that it is about, whatever that may be.
        One call at a time, whatever thread it comes from: the module keeps the interpreter to itself.
        """
        with self._turn:
            self._begin()
            try:
                self._stall()
                if self._broker is not None and name != "initialize":
                    self.meet(name, symbol if isinstance(symbol, str) else "")
                answer = work()
                return self._returned(name, answer) if self.met or self._echo else answer
            except Failed as failure:
                self.last_error = failure.args
            except (sqlite3.Error, OSError) as broken:
                self.last_error = (mt5.RES_E_INTERNAL_FAIL_RECEIVE, f"IPC recv failed, {broken}")
            except BadArgument as bad:
                self.last_error = (mt5.RES_E_INVALID_PARAMS, str(bad))
            return None

    def _begin(self) -> None:
        self.last_error, self.met, self._setup = _SUCCESS, (), None

    def meet(self, name: str, symbol: str = "") -> None:
        """Meet this call's scripted misfortunes, and bear those that come before anything is sent.

        Raises Failed.
        """
        self.met = faults.take(self.broker.book, name, self.setup.login, symbol)
        if self.met:
            meddle(self.broker, self.folder, self.met)
            self._setup = None
            self._delay()
            self._refuse()

    def _delay(self) -> None:
        slow = faults.first(self.met, Kind.LATENCY)
        if slow:
            self.wait(slow.seconds)

    def _refuse(self) -> None:
        hang = faults.first(self.met, Kind.HANG_BEFORE)
        if hang:
            self.wait(hang.seconds)
            raise Failed(mt5.RES_E_INTERNAL_FAIL_SEND)
        fail = faults.first(self.met, Kind.FAIL)
        if fail:
            raise Failed(fail.code)
        gone = faults.first(self.met, Kind.GONE)
        if gone and gone.code == mt5.RES_E_INTERNAL_FAIL_SEND:
            self._die(gone)

    def _returned(self, name: str, answer: _Answer) -> _Answer:
        """The answer after what happens to it on its way back. Raises Failed."""
        hang = faults.first(self.met, Kind.HANG_EXECUTED)
        if hang:
            self.wait(hang.seconds)
        gone = faults.first(self.met, Kind.GONE)
        if gone:
            self._die(gone)
        lost = faults.first(self.met, Kind.REPLY_LOST) or faults.first(self.met, Kind.LATE)
        if lost:
            raise Failed(lost.code)
        after = faults.first(self.met, Kind.HANG_REPLIED)
        self._hang_s = after.seconds if after else 0.0
        return self._echoed(name, answer)

    def _echoed(self, name: str, answer: _Answer) -> _Answer:
        """The reply that is next in the pipe, which after a duplicated one is that of an earlier call."""
        earlier, self._echo = self._echo, None
        if faults.first(self.met, Kind.DUPLICATED):
            self._echo = (name, answer)
        if earlier is None:
            return answer
        if earlier[0] != name:
            raise Failed(mt5.RES_E_INTERNAL_FAIL)
        reply: _Answer = earlier[1]
        return reply

    def _die(self, gone: Fault) -> None:
        self.disconnect()
        raise Failed(gone.code)

    def _stall(self) -> None:
        if self._hang_s:
            seconds, self._hang_s = self._hang_s, 0.0
            self.wait(seconds)


TERMINAL = Terminal()
"""This process's terminal."""

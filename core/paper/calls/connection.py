"""Calls about the connection: initialize, login, shutdown, and what terminal and account say."""

import os
import time
from dataclasses import replace
from typing import Any

from core.mt5 import contract as mt5
from core.paper.calls.rates import MAX_BARS
from core.paper.calls.structs import AccountInfo, Struct, TerminalInfo
from core.paper.folder import Folder
from core.paper.server import passwords
from core.paper.server.records import Account
from core.paper.terminal import TERMINAL, Failed

__all__ = [
    "account_info",
    "initialize",
    "last_error",
    "login",
    "shutdown",
    "terminal_info",
    "version",
]

BUILD = 5_430
_MAX_LOGIN = 2**64
_UNKNOWN_FROM = 2**63  # SQLite numbers no account so high


def initialize(*args: Any, **kwargs: Any) -> bool:
    """Connect to a folder's terminal: `initialize([path], login=, password=, server=, timeout=, portable=)`.

    Without a path, the folder that TAPDESK_PAPER_TERMINAL names.
    """
    return bool(TERMINAL.call("initialize", lambda: _initialize(args, kwargs)))


def login(*args: Any, **kwargs: Any) -> bool:
    """Switch the terminal to another account: `login(login, [password], [server], timeout=)`."""
    return bool(TERMINAL.call("login", lambda: _login(args, kwargs)))


def shutdown() -> bool:
    """Leave the terminal; it goes on running."""
    TERMINAL.call("shutdown", TERMINAL.disconnect)
    return True


def version() -> tuple[int, int, str] | None:
    return TERMINAL.call("version", _version)


def last_error() -> tuple[int, str]:
    """Code and text of the last call's failure; `(1, 'Success')` after one that went well."""
    return TERMINAL.last_error


def terminal_info() -> Struct | None:
    return TERMINAL.call("terminal_info", _terminal_info)


def account_info() -> Struct | None:
    return TERMINAL.call("account_info", _account_info)


def _version() -> tuple[int, int, str]:
    TERMINAL.require()
    return 500, BUILD, "14 Nov 2025"


def _initialize(args: tuple[Any, ...], kwargs: dict[str, Any]) -> bool:
    if len(args) > 1:
        raise Failed(mt5.RES_E_INVALID_PARAMS, "Invalid number of arguments")
    if args and not isinstance(args[0], str):
        raise Failed(mt5.RES_E_INVALID_PARAMS, "Invalid 1st unnamed argument")
    path = args[0] if args else _argument(kwargs, "path", str, os.environ.get("TAPDESK_PAPER_TERMINAL", ""))
    wanted, timeout_ms = _credentials(kwargs), _timeout_ms(kwargs)
    folder = Folder.find(path) if path else None
    if folder is None:
        raise Failed(mt5.RES_E_INTERNAL_FAIL_INIT, "IPC initialize failed, MetaTrader 5 x64 not found")
    try:
        TERMINAL.connect(folder)
        TERMINAL.meet("initialize")
        if wanted[0]:
            _sign_in(*wanted)
        _await_connection(timeout_ms)
    except BaseException:
        TERMINAL.disconnect()
        raise
    return True


def _login(args: tuple[Any, ...], kwargs: dict[str, Any]) -> bool:
    if len(args) > 3:
        raise Failed(mt5.RES_E_INVALID_PARAMS, "Invalid number of arguments")
    number, password, server = _credentials(
        dict(zip(("login", "password", "server"), args, strict=False)) | kwargs
    )
    if number == 0:
        raise Failed(mt5.RES_E_INVALID_PARAMS, 'Invalid "login" argument')
    _sign_in(number, password, server)
    _await_connection(_timeout_ms(kwargs))
    return True


def _argument(kwargs: dict[str, Any], name: str, kind: type, default: Any) -> Any:
    value = kwargs.get(name, default)
    if not isinstance(value, kind):
        raise Failed(mt5.RES_E_INVALID_PARAMS, f'Invalid "{name}" argument')
    return value


def _credentials(kwargs: dict[str, Any]) -> tuple[int, str, str]:
    number = _argument(kwargs, "login", int, 0)
    if not 0 <= number < _MAX_LOGIN:
        raise Failed(mt5.RES_E_INVALID_PARAMS, 'Invalid "login" argument')
    return number, _argument(kwargs, "password", str, ""), _argument(kwargs, "server", str, "")


def _timeout_ms(kwargs: dict[str, Any]) -> int:
    return int(_argument(kwargs, "timeout", int, 60_000))


def _sign_in(number: int, password: str, server: str) -> None:
    """Log the terminal in. Without a password only to the account that it has saved, as a terminal does."""
    account = TERMINAL.broker.book.account(number) if number < _UNKNOWN_FROM else None
    if account is None or (server and server != account.server):
        raise Failed(mt5.RES_E_AUTH_FAILED)
    setup = TERMINAL.setup
    investor = setup.investor if not password else _looks_only(account, password)
    if not password and number != setup.login:
        raise Failed(mt5.RES_E_AUTH_FAILED)
    if (number, investor) != (setup.login, setup.investor):
        TERMINAL.change(replace(setup, login=number, investor=investor))


def _looks_only(account: Account, password: str) -> bool:
    """Whether that is the investor password, not the trader's. Raises Failed if it is neither."""
    if passwords.matches(password, account.password):
        return False
    if passwords.matches(password, account.investor):
        return True
    raise Failed(mt5.RES_E_AUTH_FAILED)


def _await_connection(timeout_ms: int) -> None:
    """Poll until the terminal reaches its broker. Raises Failed when the time is over."""
    deadline = time.monotonic() + timeout_ms / 1000
    while not TERMINAL.connected:
        if time.monotonic() >= deadline:
            raise Failed(mt5.RES_E_INTERNAL_FAIL_TIMEOUT)
        TERMINAL.wait(0.1)


def _terminal_info() -> Struct:
    setup, path = TERMINAL.setup, str(TERMINAL.path)
    values = {
        "connected": TERMINAL.connected,
        "dlls_allowed": True,
        "trade_allowed": setup.trade_allowed,
        "tradeapi_disabled": setup.tradeapi_disabled,
        "build": BUILD,
        "maxbars": MAX_BARS,
        "ping_last": 1_000,
        "company": "Paper Markets (simulated)",
        "name": setup.name,
        "language": "English",
        "path": path,
        "data_path": path,
        "commondata_path": path,
    }
    return TerminalInfo(values.get(name, kind()) for name, kind in mt5.TERMINAL_INFO)


_FROM_ACCOUNT = frozenset(Account.__slots__)


def _account_info() -> Struct:
    dealer = TERMINAL.dealer()
    account, figures = dealer.ledger.account, dealer.figures()
    values = {
        "trade_allowed": account.trade_allowed and not TERMINAL.setup.investor,
        "currency_digits": 2,
        "profit": figures.profit,
        "equity": figures.equity,
        "margin": figures.margin,
        "margin_free": figures.free,
        "margin_level": figures.level,
    }
    return AccountInfo(
        values[name] if name in values
        else kind(getattr(account, name)) if name in _FROM_ACCOUNT
        else kind()
        for name, kind in mt5.ACCOUNT_INFO
    )  # fmt: skip

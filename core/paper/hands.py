"""A person's hands on the paper broker: set up accounts and terminals, and act as from the desktop.

All of it goes through the broker's book and the terminal's folder, so it works from any process.
"""

import time
from dataclasses import replace
from pathlib import Path

from core.mt5 import contract as mt5
from core.paper.folder import Folder, Setup
from core.paper.market.instruments import FOK, INSTRUMENTS
from core.paper.market.plan import MarketPlan, Shock
from core.paper.server import faults, passwords
from core.paper.server.book import Book
from core.paper.server.broker import Broker
from core.paper.server.faults import Fault
from core.paper.server.records import Account
from core.paper.server.requests import Request
from core.paper.server.trade import Outcome

_SOON_S = 0.05  # real seconds: by then whoever is asking now has had his answer


class Hands:
    """Someone at the broker's book, with every account within reach."""

    def __init__(self, broker: Broker) -> None:
        self.broker = broker

    @classmethod
    def on(cls, book_path: Path, plan: MarketPlan | None = None) -> "Hands":
        """Open a broker's book, made if it is not there. A plan given replaces the book's."""
        book = Book.open(str(book_path))
        if plan is not None:
            with book.transaction():
                book.write_plan(plan)
        return cls(Broker(book))

    def close_book(self) -> None:
        self.broker.book.close()

    # -- accounts

    def open_account(self, account: Account, password: str, deposit: float = 0.0) -> None:
        """Open an account; its `password` field is set here. An account of that login stays as it is.

        Raises ValueError for a currency that this broker cannot reach.
        """
        _check_currency(account.currency)
        if self.broker.book.account(account.login) is not None:
            return
        self.broker.admit(replace(account, password=passwords.hashed(password)))
        if deposit:
            self.deposit(account.login, deposit)

    def deposit(self, login: int, amount: float, comment: str = "Deposit") -> None:
        """A balance operation; a negative amount is a withdrawal."""
        with self.broker.change(login) as dealer:
            dealer.ledger.operate(mt5.DEAL_TYPE_BALANCE, amount, comment, dealer.time_msc)

    def credit(self, login: int, amount: float, comment: str = "Credit") -> None:
        """A credit of the broker's, which counts in equity alone; a negative amount takes it back."""
        with self.broker.change(login) as dealer:
            dealer.ledger.operate(mt5.DEAL_TYPE_CREDIT, amount, comment, dealer.time_msc)

    def permit(self, login: int, *, trade_allowed: bool = True, trade_expert: bool = True) -> None:
        """What the server lets the account do: trade at all, trade by programs."""
        with self.broker.change(login) as dealer:
            dealer.ledger.change_account(trade_allowed=trade_allowed, trade_expert=trade_expert)

    # -- trading from the desktop

    def trade(self, login: int, request: Request) -> Outcome:
        """Any request, as if clicked in the terminal: its reason is CLIENT."""
        outcome = self.broker.trade(login, request, mt5.ORDER_REASON_CLIENT)
        return outcome or Outcome(mt5.TRADE_RETCODE_TIMEOUT)

    def open_position(self, login: int, symbol: str, order_type: int, volume: float) -> Outcome:
        return self.trade(login, _deal(symbol, order_type, volume))

    def close_position(self, login: int, ticket: int, volume: float | None = None) -> Outcome:
        """Close a position, or a part of it. POSITION_CLOSED if it is no longer there."""
        position = self.broker.view(login).ledger.positions.get(ticket)
        if position is None:
            return Outcome(mt5.TRADE_RETCODE_POSITION_CLOSED)
        lots = position.volume if volume is None else volume
        return self.trade(login, replace(_deal(position.symbol, 1 - position.type, lots), position=ticket))

    def move_stops(self, login: int, ticket: int, sl: float, tp: float) -> Outcome:
        request = Request(action=mt5.TRADE_ACTION_SLTP, position=ticket, sl=sl, tp=tp)
        return self.trade(login, request)

    # -- the market's script and the world's misfortunes

    def shock(self, symbol: str, percent: float, in_s: float = 0.0, over_s: float = 0.0) -> Shock:
        """Script a move from `in_s` seconds of market time on. Raises ValueError for the past."""
        if in_s < 0:
            raise ValueError("what has been quoted cannot be changed: a shock lies in the future")
        book = self.broker.book
        with book.transaction():
            plan = book.plan()
            shock = Shock(symbol, plan.utc(time.time()) + max(in_s, _SOON_S * plan.speed), percent, over_s)
            book.write_plan(plan.with_shock(shock))
        return shock

    def advance(self, seconds: float) -> None:
        """Let so much market time pass at once, for every terminal of the broker."""
        if seconds < 0:
            raise ValueError("market time runs forward")
        with self.broker.book.transaction():
            plan = self.broker.book.plan()
            self.broker.book.write_plan(replace(plan, shift_s=plan.shift_s + seconds))

    def misfortune(self, fault: Fault) -> None:
        faults.add(self.broker.book, fault)


def _check_currency(currency: str) -> None:
    offered = {
        code for spec in INSTRUMENTS.values() if spec.calc_mode == 0 for code in (spec.base, spec.profit)
    }
    if currency not in offered:
        raise ValueError(f"an account is kept in one of {', '.join(sorted(offered))}, not in {currency!r}")


def _deal(symbol: str, order_type: int, volume: float) -> Request:
    filling = mt5.ORDER_FILLING_FOK if INSTRUMENTS[symbol].filling_mode & FOK else mt5.ORDER_FILLING_IOC
    return Request(
        action=mt5.TRADE_ACTION_DEAL, symbol=symbol, type=order_type, volume=volume, type_filling=filling
    )


# -- terminals


def install_terminal(folder: Path, book_path: Path, login: int = 0) -> Folder:
    """Put a terminal of the broker into a folder, logged in already if `login` is given."""
    folder.mkdir(parents=True, exist_ok=True)
    terminal = Folder(folder.resolve())
    terminal.write(Setup(book=str(book_path.resolve()), login=login))
    return terminal


def press_algo_trading(folder: Path, *, on: bool) -> None:
    """The Algo Trading button of the terminal in a folder."""
    _change(folder, trade_allowed=on)


def disable_api(folder: Path, *, disabled: bool = True) -> None:
    """The terminal's option that forbids trading through the Python API."""
    _change(folder, tradeapi_disabled=disabled)


def plug(folder: Path, *, connected: bool) -> None:
    """Pull the terminal's network, or plug it in again."""
    _change(folder, unplugged=0.0 if connected else time.time())


def switch_account(folder: Path, login: int) -> None:
    """Log the terminal in to another account, as a person does who knows the password."""
    _change(folder, login=login)


def _change(folder: Path, **fields: object) -> None:
    terminal = Folder(folder.resolve())
    terminal.write(replace(terminal.setup, **fields))  # type: ignore[arg-type]

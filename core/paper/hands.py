"""A person's hands on the paper broker: set up accounts and terminals, and act as from the desktop.

All of it goes through the broker's book and the terminal's folder, so it works from any process.
"""

import time
from dataclasses import replace
from math import inf
from pathlib import Path

from core.mt5 import contract as mt5
from core.paper.folder import Folder, Setup
from core.paper.market import exports
from core.paper.market.instruments import INSTRUMENTS
from core.paper.market.plan import MarketPlan, Shock
from core.paper.market.replay import Replay, digest
from core.paper.server import faults, memorybook, passwords
from core.paper.server.broker import Broker
from core.paper.server.execution import allows
from core.paper.server.faults import Fault
from core.paper.server.records import Account
from core.paper.server.requests import Request
from core.paper.server.trade import Outcome

_FIXED = frozenset({"password", "investor", "balance", "credit", "revision", "settled_msc"})
_TICK_S = 0.001
_SLACK_POINTS = 100  # what a person's price may be off when the order arrives
_SOON_S = 0.05  # real seconds: by then whoever is asking now has had his answer


class Hands:
    """Someone at the broker's book, with every account within reach.

    `reason` is what the broker notes of how an order came to it, an `ORDER_REASON_*`.
    """

    def __init__(self, broker: Broker, reason: int = mt5.ORDER_REASON_CLIENT) -> None:
        self.broker = broker
        self._reason = reason

    @classmethod
    def on(cls, book: Path | str, plan: MarketPlan | None = None) -> "Hands":
        """Open a book, a file or `:memory:NAME`, made if it is not there. A plan given replaces its own."""
        broker = Broker.open(str(book))
        if plan is not None:
            broker.replan(lambda _, __: plan)
        return cls(broker)

    def by(self, reason: int) -> "Hands":
        """The same hands elsewhere: `ORDER_REASON_MOBILE` a phone, `_WEB` a browser, `_EXPERT` a program."""
        return Hands(self.broker, reason)

    def close_book(self) -> None:
        self.broker.book.close()

    # -- accounts

    def open_account(
        self, account: Account, password: str, deposit: float = 0.0, *, investor: str = ""
    ) -> None:
        """Open an account; its two passwords are set here. An account of that login stays as it is.

        Raises ValueError for a currency that this broker cannot reach.
        """
        _check_currency(account.currency)
        if self.broker.book.account(account.login) is not None:
            return
        hashed = passwords.hashed
        self.broker.admit(replace(account, password=hashed(password), investor=hashed(investor)))
        if deposit:
            self.deposit(account.login, deposit)

    def change_password(
        self, login: int, password: str | None = None, *, investor: str | None = None
    ) -> None:
        """Set an account's passwords; None leaves one as it is, "" lets nobody in by it."""
        given = {"password": password, "investor": investor}
        with self.broker.change(login) as dealer:
            dealer.ledger.change_account(
                **{name: passwords.hashed(text) for name, text in given.items() if text is not None}
            )

    def change_account(self, login: int, **terms: object) -> None:
        """Change an account's terms by their names: leverage, stop-out, limits, FIFO, commission and so on.

        Raises ValueError for what has its own way: money, passwords, its clock.
        """
        fixed = sorted(_FIXED & terms.keys())
        if fixed:
            raise ValueError(f"not a term of an account: {', '.join(fixed)}")
        with self.broker.change(login) as dealer:
            dealer.ledger.change_account(**terms)

    def deposit(self, login: int, amount: float, comment: str = "Deposit") -> None:
        """A balance operation; a negative amount is a withdrawal."""
        with self.broker.change(login) as dealer:
            dealer.ledger.operate(mt5.DEAL_TYPE_BALANCE, amount, comment, dealer.time_msc)

    def withdraw(self, login: int, amount: float, comment: str = "Withdrawal") -> None:
        self.deposit(login, -amount, comment)

    def credit(self, login: int, amount: float, comment: str = "Credit") -> None:
        """A credit of the broker's, which counts in equity alone; a negative amount takes it back."""
        with self.broker.change(login) as dealer:
            dealer.ledger.operate(mt5.DEAL_TYPE_CREDIT, amount, comment, dealer.time_msc)

    def permit(self, login: int, *, trade_allowed: bool = True, trade_expert: bool = True) -> None:
        """What the server lets the account do: trade at all, trade by programs."""
        with self.broker.change(login) as dealer:
            dealer.ledger.change_account(trade_allowed=trade_allowed, trade_expert=trade_expert)

    # -- trading

    def trade(self, login: int, request: Request) -> Outcome:
        """Any request, as if clicked in the desktop terminal unless these hands are elsewhere (`by`)."""
        outcome = self.broker.trade(login, request, self._reason)
        return outcome or Outcome(mt5.TRADE_RETCODE_TIMEOUT)

    def open_position(
        self, login: int, symbol: str, order_type: int, volume: float, sl: float = 0.0, tp: float = 0.0
    ) -> Outcome:
        """A deal at the market. The terminal names the price that it shows, where the symbol wants one."""
        price = self.broker.view(login).price(symbol, order_type)
        return self.trade(login, replace(_deal(symbol, order_type, volume, price), sl=sl, tp=tp))

    def close_position(self, login: int, ticket: int, volume: float | None = None) -> Outcome:
        """Close a position, or a part of it. POSITION_CLOSED if it is no longer there."""
        dealer = self.broker.view(login)
        position = dealer.ledger.positions.get(ticket)
        if position is None:
            return Outcome(mt5.TRADE_RETCODE_POSITION_CLOSED)
        lots, price = position.volume if volume is None else volume, dealer.closing_price(position)
        deal = _deal(position.symbol, 1 - position.type, lots, price)
        return self.trade(login, replace(deal, position=ticket))

    def move_stops(self, login: int, ticket: int, sl: float, tp: float) -> Outcome:
        request = Request(action=mt5.TRADE_ACTION_SLTP, position=ticket, sl=sl, tp=tp)
        return self.trade(login, request)

    def place_order(
        self,
        login: int,
        symbol: str,
        order_type: int,
        volume: float,
        price: float,
        sl: float = 0.0,
        tp: float = 0.0,
    ) -> Outcome:
        """A pending order, good till cancelled."""
        request = Request(
            action=mt5.TRADE_ACTION_PENDING, symbol=symbol, type=order_type, volume=volume, price=price,
            sl=sl, tp=tp, type_filling=_filling(symbol, order_type),
        )  # fmt: skip
        return self.trade(login, request)

    def change_order(self, login: int, ticket: int, price: float, sl: float, tp: float) -> Outcome:
        """Other levels for a pending order, whose life stays as long as it is. INVALID if it is gone."""
        order = self.broker.view(login).ledger.orders.get(ticket)
        if order is None:
            return Outcome(mt5.TRADE_RETCODE_INVALID)
        # A day that is named by its end would be taken for the day after.
        inside_s = 1 if order.type_time == mt5.ORDER_TIME_SPECIFIED_DAY else 0
        request = Request(
            action=mt5.TRADE_ACTION_MODIFY, order=ticket, price=price, sl=sl, tp=tp,
            stoplimit=order.price_stoplimit, type_time=order.type_time,
            expiration=max(order.time_expiration - inside_s, 0),
        )  # fmt: skip
        return self.trade(login, request)

    def cancel_order(self, login: int, ticket: int) -> Outcome:
        return self.trade(login, Request(action=mt5.TRADE_ACTION_REMOVE, order=ticket))

    # -- the market's script and clock

    def shock(self, symbol: str, percent: float, in_s: float = 0.0, over_s: float = 0.0) -> Shock:
        """Script a move from `in_s` seconds of market time on. Raises ValueError for the past."""
        if in_s < 0:
            raise ValueError("what has been quoted cannot be changed: a shock lies in the future")
        plan = self.broker.replan(
            lambda plan, now: plan.with_shock(
                Shock(symbol, plan.utc(now) + max(in_s, _SOON_S * plan.speed, _TICK_S), percent, over_s)
            )
        )
        return plan.shocks[-1]

    def replay(self, symbol: str, csv_path: Path) -> Replay:
        """Let a symbol quote the bars of a file as MetaTrader exports it, and nothing before or after them.

        It changes the symbol's past too, so it comes before trading; `MarketPlan.starting` puts the clock
        where the bars lie (broker time). Raises ValueError, which names the line, and OSError.
        """
        if symbol not in INSTRUMENTS:
            raise ValueError(f"the paper broker has no symbol {symbol!r}")
        bars = exports.read(csv_path.read_bytes(), INSTRUMENTS[symbol].digits)
        packed = bars.pack()
        with self.broker.book.transaction():
            self.broker.book.keep_replay(digest(packed), packed)
        self.broker.replan(lambda plan, _: plan.with_replay(symbol, digest(packed)))
        return bars

    def advance(self, seconds: float) -> None:
        """Let so much market time pass at once, for every terminal of the broker."""
        if seconds < 0:
            raise ValueError("market time runs forward")
        self.broker.replan(lambda plan, _: replace(plan, shift_s=plan.shift_s + seconds))

    def set_speed(self, speed: float) -> None:
        """From now on let the market run so many times as fast; at 0 it stands, and `advance` steps it."""
        if not 0 <= speed < inf:
            raise ValueError("market time runs forward")
        self.broker.replan(
            lambda plan, now: replace(plan, speed=speed, started=now, shift_s=plan.utc(now) - now)
        )

    def set_clock(self, ahead_s: int) -> None:
        """Set the broker's wall clock ahead, or back, as a summer time or a mistake does."""
        self.broker.set_clock(ahead_s)

    # -- the world's misfortunes

    def misfortune(self, *plan: Fault) -> None:
        """Script misfortunes, for whichever process makes the calls."""
        for fault in plan:
            faults.add(self.broker.book, fault)

    def no_misfortunes(self) -> None:
        """Forget those that are still to come, and end those that last."""
        self.broker.book.clear_faults()


def _check_currency(currency: str) -> None:
    offered = {
        code
        for spec in INSTRUMENTS.values()
        if spec.calc_mode == mt5.SYMBOL_CALC_MODE_FOREX
        for code in (spec.base, spec.profit)
    }
    if currency not in offered:
        raise ValueError(f"an account is kept in one of {', '.join(sorted(offered))}, not in {currency!r}")


def _deal(symbol: str, order_type: int, volume: float, price: float) -> Request:
    return Request(
        action=mt5.TRADE_ACTION_DEAL, symbol=symbol, type=order_type, volume=volume, price=price,
        deviation=_SLACK_POINTS, type_filling=_filling(symbol, order_type),
    )  # fmt: skip


def _filling(symbol: str, order_type: int) -> int:
    """A filling policy that the symbol takes."""
    policies = (mt5.ORDER_FILLING_FOK, mt5.ORDER_FILLING_IOC, mt5.ORDER_FILLING_RETURN)
    spec = INSTRUMENTS.get(symbol)
    if spec is None:
        return mt5.ORDER_FILLING_FOK
    return next(policy for policy in policies if allows(spec, order_type, policy))


# -- terminals


def install_terminal(folder: Path, book: Path | str, login: int = 0) -> Folder:
    """Put a terminal of the broker into a folder, logged in already if `login` is given."""
    folder.mkdir(parents=True, exist_ok=True)
    terminal = Folder(folder.resolve())
    place = str(book)
    if not place.startswith(memorybook.PREFIX):
        place = str(Path(book).resolve())
    terminal.write(Setup(book=place, login=login))
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


def switch_account(folder: Path, login: int, *, investor: bool = False) -> None:
    """Log the terminal in to another account, as a person does who knows its password; 0 logs it off."""
    _change(folder, login=login, investor=investor)


def _change(folder: Path, **fields: object) -> None:
    terminal = Folder(folder.resolve())
    terminal.write(replace(terminal.setup, **fields))  # type: ignore[arg-type]

"""The demo's desktop: a person's hands on the paper broker's terminals, for the sandbox's control page.

Acts go straight to the broker, as from a terminal of the person's own: neither the Algo Trading button nor a
pulled cable of the desk's terminal is in their way.
"""

from collections.abc import Mapping, Sequence
from inspect import isroutine
from pathlib import Path
from typing import TypeVar

import core.paper
from bot.demo import screen
from bot.demo.reach import Reach
from bot.sandbox.desktop import (
    Clock,
    Closing,
    Login,
    NewMisfortune,
    NewOrder,
    NewShock,
    OrderChange,
    Payment,
    Receipt,
    Stops,
    Switches,
    Symbol,
    Terminal,
)
from bot.sandbox.people import CannotAct
from core.mt5 import contract as mt5
from core.mt5.retcodes import verdict_of
from core.paper.folder import Folder
from core.paper.hands import Hands, disable_api, plug, press_algo_trading, switch_account
from core.paper.market.instruments import INSTRUMENTS
from core.paper.market.specification import Instrument
from core.paper.server.dealing import Dealer
from core.paper.server.faults import ANY, Fault, Kind
from core.paper.server.records import Account, Order, Position
from core.paper.server.trade import Outcome

_Kept = TypeVar("_Kept", Position, Order)
_ACCEPTED = (mt5.TRADE_RETCODE_DONE, mt5.TRADE_RETCODE_DONE_PARTIAL, mt5.TRADE_RETCODE_PLACED)


class PaperDesktop:
    """Implements `Desktop` over a broker's book of its own, and terminals by the names people give them."""

    def __init__(self, hands: Hands, terminals: Mapping[str, Path]) -> None:
        self._reach = Reach(hands, terminals)

    # -- what can be seen

    def terminals(self) -> Sequence[Terminal]:
        with self._reach.broker():
            return [self._shown(name) for name in self._reach.folders]

    def terminal(self, name: str) -> Terminal:
        with self._reach.broker():
            return self._shown(name)

    def symbols(self) -> Sequence[Symbol]:
        with self._reach.broker() as hands:
            anyone = hands.broker.view(hands.broker.book.logins()[0])
            return [screen.symbol(anyone, spec) for spec in INSTRUMENTS.values()]

    def accounts(self) -> Sequence[Login]:
        with self._reach.broker() as hands:
            kept = [hands.broker.book.account(login) for login in hands.broker.book.logins()]
            return [Login(account.login, account.name) for account in kept if account]

    def misfortunes(self) -> Sequence[str]:
        return [str(kind) for kind in Kind]

    def _shown(self, name: str) -> Terminal:
        folder = self._reach.folder(name)
        dealer, setup = self._reach.logged_in(folder), folder.setup
        return Terminal(
            name=name,
            network=not setup.unplugged,
            algo_trading=setup.trade_allowed,
            api=not setup.tradeapi_disabled,
            investor=setup.investor,
            account=screen.account(dealer) if dealer else None,
        )

    # -- trading

    def order(self, terminal: str, new: NewOrder) -> Receipt:
        spec = _spec(new.symbol)
        with self._reach.broker() as hands:
            done = _accepted(_ordered(hands, self._reach.dealer(terminal), new, spec), spec)
            verb = "Placed:" if new.price else "Filled:"
            text = f"{verb} {new.side} {done.volume:g} {spec.name} at {done.price:.{spec.digits}f}."
            return Receipt(text, str(done.order), done.volume, done.price)

    def close_position(self, terminal: str, ticket: int, closing: Closing) -> Receipt:
        with self._reach.broker() as hands:
            dealer = self._reach.dealer(terminal)
            position = _found("open position", ticket, dealer.ledger.positions)
            spec = _spec(position.symbol)
            done = _accepted(hands.close_position(dealer.login, ticket, closing.lots), spec)
            text = f"Closed: {done.volume:g} {spec.name} at {done.price:.{spec.digits}f}."
            return Receipt(text, str(ticket), done.volume, done.price)

    def move_stops(self, terminal: str, ticket: int, stops: Stops) -> Receipt:
        with self._reach.broker() as hands:
            dealer = self._reach.dealer(terminal)
            spec = _spec(_found("open position", ticket, dealer.ledger.positions).symbol)
            sl, tp = spec.rounded(stops.sl), spec.rounded(stops.tp)
            _accepted(hands.move_stops(dealer.login, ticket, sl, tp), spec)
            levels = f"stop loss {_level(spec, sl)}, take profit {_level(spec, tp)}"
            return Receipt(f"{spec.name} {ticket}: {levels}.", str(ticket))

    def change_order(self, terminal: str, ticket: int, change: OrderChange) -> Receipt:
        with self._reach.broker() as hands:
            dealer = self._reach.dealer(terminal)
            order = _found("pending order", ticket, dealer.ledger.orders)
            spec = _spec(order.symbol)
            price, sl, tp = (spec.rounded(level) for level in (change.price, change.sl, change.tp))
            _accepted(hands.change_order(dealer.login, ticket, price, sl, tp), spec)
            return Receipt(f"{spec.name} {ticket}: at {_level(spec, price)}.", str(ticket))

    def cancel_order(self, terminal: str, ticket: int) -> Receipt:
        with self._reach.broker() as hands:
            dealer = self._reach.dealer(terminal)
            spec = _spec(_found("pending order", ticket, dealer.ledger.orders).symbol)
            _accepted(hands.cancel_order(dealer.login, ticket), spec)
            return Receipt(f"Cancelled: {spec.name} {ticket}.", str(ticket))

    # -- circumstances

    def pay(self, terminal: str, payment: Payment) -> Receipt:
        with self._reach.broker() as hands:
            dealer, amount = self._reach.dealer(terminal), round(payment.amount, 2)
            account = dealer.ledger.account
            most = account.credit if payment.credit else min(account.balance, dealer.figures().free)
            if not amount:
                raise CannotAct("An amount of money is at least a cent.")
            if amount < 0 and -amount > most:
                raise CannotAct(f"Only {max(most, 0.0):.2f} {account.currency} can be taken away.")
            word = "Credit" if payment.credit else "Deposit" if amount > 0 else "Withdrawal"
            pay = hands.credit if payment.credit else hands.deposit
            pay(account.login, amount, word)
            return Receipt(f"{word}: {amount:+.2f} {account.currency} on {account.login}.")

    def switch(self, terminal: str, switches: Switches) -> Terminal:
        with self._reach.broker() as hands:
            folder = self._reach.folder(terminal)
            if switches.login is not None:
                self._reach.check_login(switches.login)
                switch_account(folder.path, switches.login, investor=switches.investor)
            _throw(folder, switches)
            if switches.trading is not None or switches.programs is not None:
                _permit(hands, self._reach.dealer(terminal).ledger.account, switches)
            return self._shown(terminal)

    def shock(self, new: NewShock) -> Receipt:
        with self._reach.broker() as hands:
            hands.shock(_spec(new.symbol).name, new.percent, new.in_s, new.over_s)
        begins = f", {new.in_s:g} s from now" if new.in_s else ""
        course = f" over {new.over_s:g} s" if new.over_s else ""
        return Receipt(f"{new.symbol} moves by {new.percent:+g} %{course}{begins}.")

    def set_clock(self, clock: Clock) -> Receipt:
        with self._reach.broker() as hands:
            if clock.speed is not None:
                hands.set_speed(clock.speed)
            if clock.advance_s is not None:
                hands.advance(clock.advance_s)
            return Receipt(f"The market runs {hands.broker.book.plan().speed:g} times as fast as our time.")

    def misfortune(self, terminal: str, new: NewMisfortune) -> Receipt:
        fields = new.model_dump(exclude_none=True) | {"kind": _kind(new.kind)}
        if new.call not in _CALLS:
            raise CannotAct(f"The module has no function {new.call!r}.")
        if new.symbol:
            _spec(new.symbol)
        with self._reach.broker() as hands:
            self._reach.check_login(new.to or 0)
            hands.misfortune(Fault(**fields, login=self._reach.dealer(terminal).login))
        calls = f"{new.count} calls" if new.count > 1 else "call"
        return Receipt(f"{terminal}: {new.kind} awaits the next {calls} of {new.call}.")

    def no_misfortunes(self) -> Receipt:
        with self._reach.broker() as hands:
            hands.no_misfortunes()
        return Receipt("No misfortunes are left.")


_CALLS = frozenset({ANY} | {name for name, value in vars(core.paper).items() if isroutine(value)})


def _ordered(hands: Hands, dealer: Dealer, new: NewOrder, spec: Instrument) -> Outcome:
    """An order at the market, or a pending one at the price that is wanted: the limit if that price is the
    better one, else the stop."""
    side = mt5.ORDER_TYPE_BUY if new.side == "buy" else mt5.ORDER_TYPE_SELL
    sl, tp = spec.rounded(new.sl), spec.rounded(new.tp)
    if new.price is None:
        return hands.open_position(dealer.login, spec.name, side, new.lots, sl, tp)
    price, shown = spec.rounded(new.price), dealer.price(spec.name, side)
    better = price < shown if new.side == "buy" else price > shown
    kind = side + (mt5.ORDER_TYPE_BUY_LIMIT if better else mt5.ORDER_TYPE_BUY_STOP)
    return hands.place_order(dealer.login, spec.name, kind, new.lots, price, sl, tp)


def _accepted(outcome: Outcome, spec: Instrument) -> Outcome:
    """What the broker did. Raises CannotAct with its reason if it did not."""
    if outcome.retcode in _ACCEPTED:
        return outcome
    why = verdict_of(outcome.retcode).sentence
    if outcome.retcode == mt5.TRADE_RETCODE_INVALID_VOLUME:
        lots = f"{spec.volume_min:g} to {spec.volume_max:g} in steps of {spec.volume_step:g}"
        why += f" {spec.name}: {lots}."
    raise CannotAct(f"{why} (The broker's answer: {outcome.retcode}, {outcome.comment}.)")


def _throw(folder: Folder, switches: Switches) -> None:
    """The switches in the terminal's own window."""
    if switches.algo_trading is not None:
        press_algo_trading(folder.path, on=switches.algo_trading)
    if switches.api is not None:
        disable_api(folder.path, disabled=not switches.api)
    if switches.network is not None and switches.network == bool(folder.setup.unplugged):
        plug(folder.path, connected=switches.network)


def _permit(hands: Hands, account: Account, switches: Switches) -> None:
    """What the broker lets an account do."""
    trading = account.trade_allowed if switches.trading is None else switches.trading
    programs = account.trade_expert if switches.programs is None else switches.programs
    hands.permit(account.login, trade_allowed=trading, trade_expert=programs)


def _spec(symbol: str) -> Instrument:
    if symbol not in INSTRUMENTS:
        raise CannotAct(f"The broker has no symbol {symbol!r}; it has {', '.join(INSTRUMENTS)}.")
    return INSTRUMENTS[symbol]


def _kind(name: str) -> Kind:
    try:
        return Kind(name)
    except ValueError:
        raise CannotAct(f"There is no misfortune {name!r}; there are {', '.join(Kind)}.") from None


def _found(what: str, ticket: int, there: Mapping[int, _Kept]) -> _Kept:
    kept = there.get(ticket)
    if kept is None:
        known = ", ".join(map(str, there)) or "none"
        raise CannotAct(f"The account has no {what} {ticket}; it has {known}.")
    return kept


def _level(spec: Instrument, price: float) -> str:
    return f"{price:.{spec.digits}f}" if price else "none"

"""What happens to an account at a moment of the script: signals, hands, payments, misfortunes."""

from collections.abc import Callable
from dataclasses import dataclass

from core.model.errors import Conflict, DeskError
from core.model.instruments import Side
from core.model.signals import OrderKind
from core.mt5 import contract as mt5
from core.mt5.errors import TerminalError
from core.paper.hands import switch_account
from core.paper.server import faults
from core.paper.server.faults import Fault
from tests.sim import rule
from tests.sim.house import House
from tests.sim.oracle import Payment
from tests.sim.script import LASTING, Act, Kind
from tests.sim.seat import Seat
from tests.sim.terminals import Trouble

Later = Callable[[float, Callable[[], object] | Act], None]
"""Has something done after so many seconds."""

_TARGETS = (0.2, 0.4, 0.6)
"""Of a signal for an account whose plan splits: percent from the price."""
_WAITS_S = 4 * 3_600.0
_FAULTS = {
    Kind.REFUSED: (faults.Kind.REJECT, mt5.TRADE_RETCODE_REQUOTE),
    Kind.CLOSED: (faults.Kind.REJECT, mt5.TRADE_RETCODE_MARKET_CLOSED),
    Kind.PARTIAL: (faults.Kind.PARTIAL, 0),
    Kind.REPLY_LOST: (faults.Kind.REPLY_LOST, 0),
}


@dataclass(slots=True)
class Happening:
    """Does acts to the accounts of a house."""

    house: House
    seats: list[Seat]
    later: Later

    async def befall(self, seat: Seat, act: Act, *, is_up: bool) -> None:
        """One act. What needs the desk comes to nothing while it is down."""
        seat.stir(self.house.clock.monotonic())
        if act.kind in LASTING:
            self._trouble(seat, act)
        elif act.kind in _FAULTS:
            kind, retcode = _FAULTS[act.kind]
            login = seat.account.login
            self.house.broker.misfortune(Fault(kind, login=login, count=int(act.size), retcode=retcode))
        elif act.kind in (Kind.SIGNAL, Kind.PENDING, Kind.SHUT, Kind.KILL):
            if is_up:
                await self._at_the_desk(seat, act)
        else:
            self._by_hand(seat, act)

    async def _at_the_desk(self, seat: Seat, act: Act) -> None:
        match act.kind:
            case Kind.SHUT:
                await self._shut(seat, act)
            case Kind.KILL:
                seat.line.kills_in = int(act.size)
            case _:
                await self.signal(seat, act.size, waits=act.kind is Kind.PENDING)

    async def signal(self, seat: Seat, sign: float, *, waits: bool = False) -> None:
        """A signal comes in and is approved, if anything lets it."""
        house, trader = self.house, self.house.traders[seat.number]
        terms = seat.temper.terms
        card = await house.card(
            trader,
            instrument=terms.symbol,
            side=Side.BUY if sign > 0 else Side.SELL,
            kind=OrderKind.LIMIT if waits else OrderKind.MARKET,
            entry=house.away(seat.number, -0.15 * sign) if waits else None,
            take_profits=[house.away(seat.number, sign * far) for far in _TARGETS] if terms.splits else (),
            no_stop=True,
            expires_in_s=_WAITS_S if waits else 900,
        )
        try:
            await house.tap(card, trader)
        except (DeskError, TerminalError):
            return
        seat.works = True

    async def _shut(self, seat: Seat, act: Act) -> None:
        try:
            await rule.shut(self.house.desk, seat.account, self.house.owner)
        except Conflict:
            return
        seat.witness.shut()
        seat.reopens_at_s = self.house.clock.monotonic() + act.size

    def _by_hand(self, seat: Seat, act: Act) -> None:
        number = seat.number
        match act.kind:
            case Kind.PAY:
                self._paid(seat, self.house.pay(number, act.size))
            case Kind.CREDIT:
                self._paid(seat, self.house.credit(number, act.size))
            case Kind.BY_HAND:
                self.house.trade_by_hand(number, act.size)
            case Kind.ORDER:
                self.house.order_by_hand(number, act.size)
            case _:
                self.house.close_oldest(number)

    def _paid(self, seat: Seat, payment: Payment | None) -> None:
        if payment is not None:
            seat.witness.paid(payment)

    def _trouble(self, seat: Seat, act: Act) -> None:
        self._end_trouble(seat)
        if act.kind is Kind.LAG:
            seat.line.lag_ms = int(act.size * 1000)
        elif act.kind is Kind.SWITCHED:
            other = self.house.login((seat.number + 1) % len(self.seats))
            switch_account(self.house.traders[seat.number].folder, other)
        else:
            seat.line.trouble = Trouble(act.kind)
        if act.kind is Kind.STALE:
            self.house.freeze(seat.number)
        self.later(act.size, lambda: self._end_trouble(seat))

    def _end_trouble(self, seat: Seat) -> None:
        seat.line.trouble, seat.line.lag_ms = None, 0
        self.house.thaw(seat.number)
        switch_account(self.house.traders[seat.number].folder, seat.account.login)
        seat.stir(self.house.clock.monotonic())

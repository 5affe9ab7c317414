"""What people do about a liquidation and its lock, each by his temper."""

from dataclasses import dataclass

from core.model.errors import Conflict, DeskError
from core.model.risk import Liquidation, LiquidationState
from core.mt5 import contract as mt5
from core.paper.server import faults
from core.paper.server.faults import Fault
from tests.sim import rule
from tests.sim.happening import Happening, Later
from tests.sim.house import House
from tests.sim.script import Act, Kind
from tests.sim.seat import Seat

_UNTIL_RELEASE_S = 1_800.0
_MEDDLES_AFTER_S = 90.0
_INSISTS_AFTER_S = 60.0
_IN_COUNTDOWN = (LiquidationState.WARNED, LiquidationState.COUNTING)
_REQUESTS_LEFT = 3


@dataclass(slots=True)
class People:
    """The traders and the owner of a house."""

    house: House
    later: Later
    happening: Happening

    @property
    def _now_s(self) -> float:
        return self.house.clock.monotonic()

    async def react(self, seat: Seat, looked: bool) -> None:
        """To where the account's liquidation stands after a look."""
        current = seat.witness.running
        if current is not None:
            self._kill(seat, current)
            if current.state in _IN_COUNTDOWN:
                await self._in_countdown(seat, current)
            if current.state is LiquidationState.CLOSING and current.id != -seat.reacted_to:
                seat.reacted_to = -current.id
                self._let_closing_fail(seat)
        await self._release(seat, looked)
        await self._reopen(seat)

    def _kill(self, seat: Seat, current: Liquidation) -> None:
        """Once in the state of the temper, a few requests later."""
        if current.state == seat.temper.dies_in and current.id != seat.died_of:
            seat.died_of = current.id
            seat.line.kills_in = 1 + current.id % _REQUESTS_LEFT

    def _let_closing_fail(self, seat: Seat) -> None:
        """The closes are refused once, and then a reading lists nothing of what is still open."""
        if seat.temper.flickers:
            count, login = len(self.house.books(seat.number).ledger.positions), seat.account.login
            requote = mt5.TRADE_RETCODE_REQUOTE
            self.house.broker.misfortune(Fault(faults.Kind.REJECT, login=login, count=count, retcode=requote))
            seat.flickers = True

    async def _in_countdown(self, seat: Seat, current: Liquidation) -> None:
        if current.id == seat.reacted_to:
            return
        seat.reacted_to = current.id
        if seat.temper.pays:
            seat.witness.paid(self.house.pay(seat.number, seat.temper.pays))
        try:
            if seat.temper.holds:
                await rule.hold(self.house.desk, current.id, self.house.owner)
                seat.release_at_s = self._now_s + _UNTIL_RELEASE_S
            elif seat.temper.hurries:
                await rule.hurry(self.house.desk, current.id, self.house.traders[seat.number].person)
        except DeskError:
            seat.reacted_to = 0  # not yet, or not any more

    async def _release(self, seat: Seat, looked: bool) -> None:
        """The owner unlocks after a while, if he can; before, somebody may try what a lock forbids."""
        witness = seat.witness
        if not witness.locked:
            return
        if seat.release_at_s is None and witness.running is None:
            seat.release_at_s = self._now_s + seat.temper.unlocked_after_s
            self._try_the_lock(seat)
        if seat.release_at_s is None or self._now_s < seat.release_at_s or not looked:
            return
        try:
            await rule.release(self.house.desk, seat.account, self.house.owner)
        except Conflict:
            return
        witness.released(self.house.equity(seat.number))
        seat.release_at_s, seat.eager = None, True
        seat.stir(self._now_s)  # the guard begins anew with its next look, which comes within a second

    def _try_the_lock(self, seat: Seat) -> None:
        for tries, after_s, kind in (
            (seat.temper.meddles, _MEDDLES_AFTER_S, Kind.BY_HAND),
            (seat.temper.insists, _INSISTS_AFTER_S, Kind.SIGNAL),
        ):
            if tries:
                self.later(after_s, Act(self._now_s + after_s, seat.number, kind, 1.0))

    async def _reopen(self, seat: Seat) -> None:
        """The owner's own lock ends with the first look after its time."""
        if seat.reopens_at_s is not None and self._now_s >= seat.reopens_at_s:
            await rule.reopen(self.house.desk, seat.account, self.house.owner)
            seat.reopens_at_s = None
            seat.witness.reopened()

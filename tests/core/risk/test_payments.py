"""Money paid in and out through the guard's own reading of the history: against a fund that counts units.

The account is a broker's of numbers alone: balance, floating profit, credit, and deals of one second. The
desk looks, misses looks, dies and begins anew from the row that it has written last.
"""

import asyncio
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from typing import Any, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.model.accounts import RiskPolicy
from core.model.mt5 import DealEntry, MT5AccountState, MT5Deal
from core.model.policies import Basis
from core.mt5 import contract as mt5
from core.mt5.session import Session
from core.risk.drawdown import assess, begin
from core.risk.flows import Cashier
from core.risk.sight import Sight
from core.risk.watching import Watched
from tests.core.risk.guarded import Guarded
from tests.core.risk.samples import ACCOUNT, NOW, SECOND, a_flow, a_reading
from tests.fakes.clock import StoppedClock

COSTS = (4, 7, 8, 9, 10, 11, 12, 15, 16, 17)
"""Charges, commissions, interest, dividends, taxes: by ENUM_DEAL_TYPE, of which 15 to 17 have no name in the
module."""
PAID = (mt5.DEAL_TYPE_BALANCE, mt5.DEAL_TYPE_CORRECTION, mt5.DEAL_TYPE_BONUS)
LOST_BY_A_CRASH = Decimal("0.2")
"""Percent of the equity: a hundredth of the limit of 20 %."""

percents = st.decimals(-30, 40, places=1)
shares = st.decimals(-70, 150, places=1)


@dataclass(frozen=True)
class Interval:
    """What happens between two looks: gains and losses, then, or before them, payments of one second.

    `gains` are in percent and floating; `closed` has them realized in the second of the payments. `costs` are
    in percent, too. `credit` is what the broker has lent after it, in percent of what is there. `down`: the
    desk has died meanwhile.
    """

    gains: list[Decimal]
    closed: bool
    costs: list[tuple[int, Decimal]]
    payments: list[tuple[int, Decimal]]
    early: bool
    credit: Decimal | None
    down: bool
    seconds: int


intervals = st.builds(
    Interval,
    gains=st.lists(percents, max_size=3),
    closed=st.booleans(),
    costs=st.lists(st.tuples(st.sampled_from(COSTS), st.decimals(-5, 2, places=1)), max_size=2),
    payments=st.lists(st.tuples(st.sampled_from(PAID), shares), max_size=3),
    early=st.booleans(),
    credit=st.none() | st.decimals(0, 50, places=0),
    down=st.booleans(),
    seconds=st.sampled_from([1, 1, 2, 59, 61, 3_600, 90_000]),
)


@dataclass
class Broker:
    """The account and its history, and the truth of it: units at their price."""

    counts_credit: bool
    clock: StoppedClock
    balance: Decimal = Decimal(10_000)
    floating: Decimal = Decimal(0)
    credit: Decimal = Decimal(0)
    price: Decimal = Decimal(1)
    best: Decimal = Decimal(1)
    position: int = 0
    deals: list[MT5Deal] = field(default_factory=list)

    @property
    def equity(self) -> Decimal:
        """As far as it counts."""
        return self.balance + self.floating + (self.credit if self.counts_credit else 0)

    @property
    def percent(self) -> Decimal:
        return (1 - self.price / self.best) * 100

    def gain(self, percent: Decimal) -> None:
        """On one position, that is opened when there is none."""
        if not self.position:
            self.position = len(self.deals) + 1
            self._trade(Decimal(0), DealEntry.IN)
        self.floating += self.equity * percent / 100
        self.price *= 1 + percent / 100

    def cost(self, kind: int, percent: Decimal) -> None:
        self._book(kind, self.equity * percent / 100)
        self.price *= 1 + percent / 100

    def pay(self, kind: int, share: Decimal) -> None:
        """Units are bought or sold at their price: that stays."""
        self._book(kind, self.equity * share / 100)

    def close(self) -> None:
        if self.position:
            gained, self.floating = self.floating, Decimal(0)
            self._trade(gained, DealEntry.OUT)
            self.position = 0

    def lend(self, share: Decimal) -> None:
        """Replaces what was lent before."""
        lent = (self.balance + self.floating) * share / 100
        self.deals.append(a_flow(lent - self.credit, len(self.deals) + 1, self.clock.now(), 3))
        self.credit = lent

    def _trade(self, gained: Decimal, entry: DealEntry) -> None:
        self._book(mt5.DEAL_TYPE_BUY, gained)
        self.deals[-1] = replace(self.deals[-1], position_id=self.position, volume=Decimal(1), entry=entry)

    def _book(self, kind: int, amount: Decimal) -> None:
        self.deals.append(a_flow(amount, len(self.deals) + 1, self.clock.now(), kind))
        self.balance += amount

    # -- as a session shows it

    async def account(self) -> MT5AccountState:
        equity = self.balance + self.floating + self.credit
        shown = a_reading(equity, self.clock.now(), credit=str(self.credit))
        return replace(shown, balance=self.balance, profit=self.floating, margin=abs(self.floating) / 100)

    async def deals_since(self, when: datetime) -> tuple[MT5Deal, ...]:
        return tuple(deal for deal in self.deals if deal.at >= when)


class Desk:
    """The guard's brain and memory, without its database: what is written there is `row`."""

    def __init__(self, broker: Broker, policy: RiskPolicy) -> None:
        self._broker, self._policy = broker, policy
        self.watched = self._new_life()

    def _new_life(self) -> Watched:
        return Watched(Cashier(self._broker.clock), cast("Sight", None))

    def die(self) -> None:
        row, self.watched = self.watched.kept, self._new_life()
        self.watched.kept = self.watched.state = row

    async def look(self) -> Decimal:
        """Percent below the reference."""
        known = self.watched.state
        reading = await self.watched.cashier.read(cast("Session", self._broker), known)
        assert reading is not None, "the history explains the balance"
        if known is None:
            account = replace(ACCOUNT, policy=self._policy)
            state = replace(begin(account, reading.account, NOW), books=reading.books)
            self.watched.remember(state)
        else:
            found = assess(known, reading.account, reading.flows, self._policy)
            found = replace(found, state=replace(found.state, books=reading.books))
            self.watched.state = state = found.state
            if self.watched.is_worth_keeping(found, self._policy):
                self.watched.remember(state)
        return state.drawdown / state.reference * 100


def pass_through(broker: Broker, each: Interval, *, early: bool) -> None:
    if early:
        pay(broker, each)
    broker.clock.time += each.seconds * SECOND
    for gain in each.gains:
        broker.gain(gain)
    if early:
        return
    for kind, percent in each.costs:
        broker.cost(kind, percent)
    pay(broker, each)
    if each.credit is not None:
        broker.lend(each.credit)


def pay(broker: Broker, each: Interval) -> None:
    if each.closed:
        broker.close()
    for kind, share in each.payments:
        broker.pay(kind, share)


@settings(max_examples=200, deadline=None)
@given(st.lists(intervals, max_size=12), st.booleans())
def test_whatever_is_paid_costs_or_lent_only_gains_and_losses_are_drawdown(
    history: list[Interval], counts_credit: bool
) -> None:
    """Payments before the gains of their interval are placed by their second, if the last look is known."""

    async def live() -> None:
        broker = Broker(counts_credit, StoppedClock(NOW))
        desk = Desk(broker, RiskPolicy(count_credit=counts_credit))
        await desk.look()
        crashed = False
        for each in history:
            if each.down:
                desk.die()
                crashed = True
            pass_through(broker, each, early=each.early and not each.down)
            if broker.balance + broker.floating < 0:
                return  # what was lent has been paid out as well
            shown = await desk.look()
            broker.best = max(broker.best, broker.price)
            lost = LOST_BY_A_CRASH if crashed else Decimal(0)
            assert broker.percent - lost - Decimal("1e-9") <= shown <= broker.percent + Decimal("1e-9")

    asyncio.run(live())


only_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def operate(guarded: Guarded, kind: int, amount: float) -> None:
    with guarded.hands.broker.change(guarded.account.login) as dealer:
        dealer.ledger.operate(kind, amount, "by the broker", dealer.time_msc)


@only_sqlite
@pytest.mark.parametrize("down", [False, True], ids=["up", "down"])
async def test_corrections_and_bonuses_are_payments_and_everything_else_is_gain_or_loss(
    guarded: Guarded, down: bool
) -> None:
    """Through the terminal, each kind of deal there is: of 10,000 one percent is given, then taken."""
    expected = Decimal(10_000)
    for kind in (*PAID, *COSTS):
        for amount in (100.0, -100.0):
            guarded.paper.pass_time(1)
            operate(guarded, kind, amount)
            if down:
                await guarded.restart()
            await guarded.look()
            state = guarded.paper.desk.board.drawdowns[guarded.account.id]
            initial = replace(state, basis=Basis.INITIAL).reference
            paid = kind in PAID and amount > 0
            assert abs(initial - expected - (100 if paid else 0)) < Decimal("1e-9"), kind
            lost = Decimal(0) if kind in PAID or amount > 0 else Decimal(100)
            assert abs(state.drawdown - lost) < Decimal("1e-9"), kind


@only_sqlite
async def test_a_withdrawal_in_the_second_of_a_close_is_no_loss_and_the_close_is_one(
    guarded: Guarded,
) -> None:
    """Both are seen by one look."""
    ticket = guarded.buy()
    await guarded.look()
    guarded.lose(0.1)
    await guarded.look()
    guarded.hands.close_position(guarded.account.login, ticket)
    left = guarded.balance
    guarded.pay(-float(left) / 2)
    await guarded.look()
    state = guarded.paper.desk.board.drawdowns[guarded.account.id]
    assert abs(state.percent - (10_000 - left) / 100) < Decimal("0.5")


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(percents, st.lists(shares, max_size=2)), max_size=8))
def test_what_was_realized_is_known_exactly_however_long_nobody_looked(
    history: list[tuple[Decimal, list[Decimal]]],
) -> None:
    """Trades opened and closed within hours, and payments between them: the truth at each payment counts."""

    async def live() -> None:
        broker = Broker(counts_credit=False, clock=StoppedClock(NOW))
        desk = Desk(broker, RiskPolicy())
        await desk.look()
        for gain, paid in history:
            broker.clock.time += 1_000 * SECOND
            broker.gain(gain)
            broker.close()
            broker.best = max(broker.best, broker.price) if any(paid) else broker.best
            for share in paid:
                broker.clock.time += SECOND
                broker.pay(mt5.DEAL_TYPE_BALANCE, share)
        broker.clock.time += 1_000 * SECOND
        shown = await desk.look()
        broker.best = max(broker.best, broker.price)
        assert abs(shown - broker.percent) < Decimal("1e-9")

    asyncio.run(live())


@only_sqlite
@pytest.mark.parametrize(
    ("lost", "paid", "breached"), [(0.14, -7_500, False), (0.25, 10_000, True)], ids=["out", "in"]
)
async def test_money_paid_after_a_realized_loss_while_the_desk_is_down(
    guarded: Guarded, lost: float, paid: float, breached: bool
) -> None:
    ticket = guarded.buy()
    await guarded.look()
    guarded.lose(lost)
    guarded.hands.close_position(guarded.account.login, ticket)
    percent = (10_000 - guarded.balance) / 100
    guarded.paper.pass_time(10)
    guarded.pay(paid)
    guarded.paper.pass_time(3600)
    await guarded.restart()
    await guarded.look()
    assert abs((await guarded.state()).percent - percent) < 1
    assert (await guarded.liquidation() is not None) is breached


def hide_payments(guarded: Guarded, session: Session, seconds: int) -> None:
    """The history lists what is paid from now on so much later."""
    shown_at, listed = guarded.paper.clock.now() + seconds * SECOND, session.deals_since

    async def lagging(when: datetime) -> tuple[MT5Deal, ...]:
        deals, now = await listed(when), guarded.paper.clock.now()
        hidden = {deal.ticket for deal in deals if deal.type in PAID and now < shown_at and deal.profit < 0}
        return tuple(deal for deal in deals if deal.ticket not in hidden)

    cast("Any", session).deals_since = lagging


@only_sqlite
async def test_a_withdrawal_whose_deal_is_listed_within_a_minute_is_no_loss(guarded: Guarded) -> None:
    guarded.buy()
    await guarded.look(3)
    guarded.pay(-6_000)
    hide_payments(guarded, await guarded.paper.session(), 50)
    await guarded.look(60)
    assert await guarded.liquidation() is None
    assert (await guarded.state()).percent < 3


@only_sqlite
@pytest.mark.parametrize("restarts", [False, True], ids=["up", "down"])
async def test_a_withdrawal_that_was_taken_for_a_loss_is_taken_back_when_its_deal_is_listed(
    guarded: Guarded, restarts: bool
) -> None:
    """A tenth was lost before it; after the minute of patience it looks like a loss of a quarter."""
    ticket = guarded.buy()
    await guarded.look()
    guarded.lose(0.1)
    guarded.hands.close_position(guarded.account.login, ticket)
    await guarded.look()
    before = (await guarded.state()).percent
    guarded.pay(-1_500)
    session = await guarded.paper.session()
    listed = session.deals_since
    hide_payments(guarded, session, 1_000_000)
    await guarded.look(58)
    assert (await guarded.state()).percent == before
    await guarded.look(8)
    assert (await guarded.state()).percent == before + 15
    cast("Any", session).deals_since = listed
    if restarts:
        await guarded.restart()
    await guarded.look(3)
    assert guarded.paper.desk.board.drawdowns[guarded.account.id].percent == before

"""The books balance after anything: trades of every kind on every kind of account, and a wild market."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

import core.paper as mt5
from core.paper.market.plan import MarketPlan
from core.paper.server.broker import Broker
from core.paper.server.dealing import Dealer
from core.paper.server.memorybook import MemoryBook
from core.paper.server.records import Account, Deal, Position
from core.paper.server.requests import Request
from core.paper.server.trade import Outcome
from tests.core.paper.scenes import NOON
from tests.core.paper.wild import (
    FOK,
    IOC,
    LOGIN,
    RETURN,
    WILD,
    distances,
    kinds,
    lots,
    offer_wild,
    seeds,
    stops,
    symbols,
)

LEVERAGE = 100
DONE = (mt5.TRADE_RETCODE_DONE, mt5.TRADE_RETCODE_DONE_PARTIAL, mt5.TRADE_RETCODE_PLACED)
BY_SERVER = (mt5.DEAL_REASON_SL, mt5.DEAL_REASON_TP, mt5.DEAL_REASON_SO)

sides = st.sampled_from([mt5.ORDER_TYPE_BUY, mt5.ORDER_TYPE_SELL])
fillings = st.sampled_from([IOC, IOC, RETURN, FOK])
openings = st.lists(st.tuples(symbols, sides, lots), min_size=1, max_size=6)
picks = st.integers(0, 20)
amounts = st.one_of(st.floats(), st.sampled_from([0.0, 0.01, 0.5, 1.1, 150.0]))
numbers = st.integers(0, 12)
nonsense = st.builds(
    Request, action=numbers, order=numbers, symbol=st.one_of(symbols, st.sampled_from(["", "USOIL", "NOPE"])),
    volume=amounts, price=amounts, stoplimit=amounts, sl=amounts, tp=amounts, deviation=numbers, type=numbers,
    type_filling=numbers, type_time=numbers, expiration=st.integers(0, 2**32 - 1), position=numbers,
    position_by=numbers,
)  # fmt: skip


def _signed(deal: Deal) -> float:
    return deal.volume if deal.type == mt5.DEAL_TYPE_BUY else -deal.volume


class Books(RuleBasedStateMachine):
    """One account of one broker, driven by requests and by time."""

    @initialize(kind=kinds, seed=seeds, trades=openings)
    def open_account(self, kind: Account, seed: int, trades: list[tuple[str, int, float]]) -> None:
        self.now = NOON
        self.book = MemoryBook.open(":memory:books")
        with self.book.transaction():
            self.book.write_plan(MarketPlan(seed=seed, started=NOON))
        self.broker = Broker(self.book, clock=lambda: self.now)
        self.broker.admit(kind)
        self.kind = kind
        self.pay(9_000.0)
        for symbol, side, volume in trades:
            self.trade(symbol, side, volume, IOC, 0.0, 0.0)

    def teardown(self) -> None:
        if hasattr(self, "book"):
            self.book.close()

    # -- what is asked

    @rule(amount=st.sampled_from([-500.0, -2_000.0, 100.0]))
    def pay(self, amount: float) -> None:
        with self.broker.change(LOGIN) as dealer:
            dealer.ledger.operate(mt5.DEAL_TYPE_BALANCE, amount, "", dealer.time_msc)

    @rule(symbol=symbols, side=sides, volume=lots, filling=fillings, sl=distances, tp=distances)
    def trade(self, symbol: str, side: int, volume: float, filling: int, sl: float, tp: float) -> None:
        before, price = self._net(symbol), self._price(symbol, side)
        outcome = self._send(
            action=mt5.TRADE_ACTION_DEAL, symbol=symbol, type=side, volume=volume, type_filling=filling,
            **stops(price, side, sl, tp),
        )  # fmt: skip
        traded = outcome.volume if outcome.retcode in DONE else 0.0
        assert self._net(symbol) - before == pytest.approx(traded if side == 0 else -traded)
        assert (traded > 0) == (outcome.deal > 0)

    @rule(symbol=symbols, order_type=st.integers(2, 7), volume=lots, filling=fillings, away=distances)
    def pend(self, symbol: str, order_type: int, volume: float, filling: int, away: float) -> None:
        below = order_type in (mt5.ORDER_TYPE_BUY_LIMIT, mt5.ORDER_TYPE_SELL_STOP, 7)
        price = self._price(symbol, order_type) * (1 - away if below else 1 + away)
        limit = price * (1 - away if order_type == mt5.ORDER_TYPE_BUY_STOP_LIMIT else 1 + away)
        self._send(
            action=mt5.TRADE_ACTION_PENDING, symbol=symbol, type=order_type, volume=volume, price=price,
            stoplimit=limit, type_filling=filling, **stops(price, order_type, away, away),
        )  # fmt: skip

    @precondition(lambda self: self._positions())
    @rule(pick=picks, share=st.sampled_from([0.1, 0.5, 1.0, 1.0]), filling=fillings)
    def close(self, pick: int, share: float, filling: int) -> None:
        position = self._picked(pick)
        self._send(
            action=mt5.TRADE_ACTION_DEAL, symbol=position.symbol, type=1 - position.type,
            volume=max(0.01, round(position.volume * share, 2)), type_filling=filling,
            position=position.ticket,
        )  # fmt: skip

    @precondition(lambda self: len({(p.symbol, p.side) for p in self._positions()}) > 1)
    @rule(pick=picks, by=picks)
    def close_by(self, pick: int, by: int) -> None:
        one, other = self._picked(pick), self._picked(by)
        before = self._net(one.symbol)
        self._send(action=mt5.TRADE_ACTION_CLOSE_BY, position=one.ticket, position_by=other.ticket)
        assert self._net(one.symbol) == pytest.approx(before)

    @precondition(lambda self: self._positions())
    @rule(pick=picks, sl=distances, tp=distances)
    def movestops(self, pick: int, sl: float, tp: float) -> None:
        position = self._picked(pick)
        price = self._price(position.symbol, 1 - position.type)
        moved = stops(price, position.type, sl, tp)
        self._send(action=mt5.TRADE_ACTION_SLTP, position=position.ticket, **moved)

    @precondition(lambda self: self._view().ledger.orders)
    @rule(pick=picks)
    def remove(self, pick: int) -> None:
        orders = list(self._view().ledger.orders)
        self._send(action=mt5.TRADE_ACTION_REMOVE, order=orders[pick % len(orders)])

    @rule(request=nonsense, pick=picks)
    def ask_for_nonsense(self, request: Request, pick: int) -> None:
        """Whatever it is, it is answered; sometimes it names what there is."""
        ledger = self._view().ledger
        held, orders = [*ledger.positions, 0], [*ledger.orders, 0]
        named = replace(request, position=held[pick % len(held)], order=orders[pick % len(orders)])
        outcome = self.broker.trade(LOGIN, named, mt5.ORDER_REASON_EXPERT)
        assert outcome is not None
        assert outcome.retcode in mt5.RETCODE_NAMES

    @rule(seconds=st.sampled_from([0.2, 2.0, 60.0, 600.0, 20_000.0]))
    def wait(self, seconds: float) -> None:
        self.now += seconds

    # -- what must be true

    @invariant()
    def the_balance_is_the_sum_of_all_deals(self) -> None:
        balance = self._view().ledger.account.balance
        assert balance == pytest.approx(
            sum(d.profit + d.commission + d.swap + d.fee for d in self._deals()), abs=0.005
        )

    @invariant()
    def what_is_open_is_what_was_opened_less_what_was_closed(self) -> None:
        for symbol in WILD:
            traded = sum(_signed(deal) for deal in self._deals() if deal.symbol == symbol)
            assert self._net(symbol) == pytest.approx(traded, abs=1e-7)
        for position in self._positions():
            assert position.volume > 0
            history = [d for d in self._deals() if d.position_id == position.identifier]
            assert position.volume * position.side == pytest.approx(sum(map(_signed, history)), abs=1e-7)

    @invariant()
    def the_margin_is_what_the_positions_hold(self) -> None:
        figures, held = self._view().figures(), 0.0
        for symbol in WILD:
            held += _margin([p for p in self._positions() if p.symbol == symbol])
        assert figures.margin == pytest.approx(held, abs=0.3)
        assert figures.free == pytest.approx(figures.equity - figures.margin, abs=0.005)

    @invariant()
    def a_netting_account_has_one_position_for_a_symbol(self) -> None:
        held = [position.symbol for position in self._positions()]
        assert self._hedging or len(held) == len(set(held))
        assert not self.kind.limit_positions or len(held) <= self.kind.limit_positions

    @invariant()
    def no_opposites_where_they_are_prohibited(self) -> None:
        sides = {(p.symbol, p.side) for p in self._positions()}
        assert not self.kind.hedging_prohibited or len(sides) == len({symbol for symbol, _ in sides})

    @invariant()
    def a_fifo_account_closes_the_oldest_first(self) -> None:
        if not self.kind.fifo_close:
            return
        for symbol in WILD:
            _check_fifo([deal for deal in self._deals() if deal.symbol == symbol])

    @invariant()
    def every_order_is_working_or_done(self) -> None:
        working = self._view().ledger.orders
        done = self.book.history_orders(LOGIN)
        assert not working.keys() & {order.ticket for order in done}
        filled: dict[int, float] = {}
        for deal in self._deals():
            if deal.entry != mt5.DEAL_ENTRY_OUT_BY:
                filled[deal.order] = filled.get(deal.order, 0.0) + deal.volume
        for order in (*working.values(), *done):
            if order.type != mt5.ORDER_TYPE_CLOSE_BY:
                left = order.volume_initial - filled.get(order.ticket, 0.0)
                assert order.volume_current == pytest.approx(left, abs=1e-7)
            assert order.live == (order.time_done_msc == 0)

    @invariant()
    def another_reader_of_the_book_sees_the_same(self) -> None:
        ours = self._view().ledger
        theirs = Broker(self.book, clock=lambda: self.now).view(LOGIN).ledger
        assert (theirs.positions, theirs.orders) == (ours.positions, ours.orders)
        assert theirs.account.balance == ours.account.balance

    # -- the account at hand

    @property
    def _hedging(self) -> bool:
        return self.kind.margin_mode == mt5.ACCOUNT_MARGIN_MODE_RETAIL_HEDGING

    def _view(self) -> Dealer:
        return self.broker.view(LOGIN)

    def _positions(self) -> list[Position]:
        return list(self._view().ledger.positions.values())

    def _picked(self, pick: int) -> Position:
        positions = self._positions()
        return positions[pick % len(positions)]

    def _net(self, symbol: str) -> float:
        return sum(p.volume * p.side for p in self._positions() if p.symbol == symbol)

    def _price(self, symbol: str, order_type: int) -> float:
        return self._view().price(symbol, order_type)

    def _deals(self) -> list[Deal]:
        return self.book.deals(LOGIN)

    def _send(self, **fields: Any) -> Outcome:
        outcome = self.broker.trade(LOGIN, Request(**fields), mt5.ORDER_REASON_EXPERT)
        assert outcome is not None
        return outcome


def _margin(positions: list[Position]) -> float:
    """By hand: dollars cost their own number, euros what they cost when bought; covered lots count half."""
    sides = {1: (0.0, 0.0), -1: (0.0, 0.0)}
    for position in positions:
        price = 1.0 if position.symbol == "WJPY" else position.price_open
        volume, money = sides[position.side]
        worth = position.volume * 100_000 * price / LEVERAGE
        sides[position.side] = volume + position.volume, money + worth
    (bought, long), (sold, short) = sides[1], sides[-1]
    covered = min(bought, sold)
    halves = sum(money / volume for volume, money in sides.values() if volume and covered)
    return long + short - covered * halves / 2


def _check_fifo(deals: list[Deal]) -> None:
    """Replay a symbol's deals: a person or a program never closes while an older position is open."""
    volumes: dict[int, float] = {}
    for order, group in _by_order(deals):
        for deal in group:
            opens = deal.entry == mt5.DEAL_ENTRY_IN
            volumes[deal.position_id] = volumes.get(deal.position_id, 0.0) + deal.volume * (
                1 if opens else -1
            )
        closed = [deal.position_id for deal in group if deal.entry != mt5.DEAL_ENTRY_IN]
        left = [position for position, volume in volumes.items() if volume > 1e-9]
        if closed and group[0].reason not in BY_SERVER:
            ages = list(volumes)
            older = [p for p in left if p not in closed and ages.index(p) < max(map(ages.index, closed))]
            assert not older, (order, deals)
        volumes = {position: volume for position, volume in volumes.items() if volume > 1e-9}


def _by_order(deals: list[Deal]) -> Iterator[tuple[int, list[Deal]]]:
    """Deals in their order of time, those of one order and moment together."""
    group: list[Deal] = []
    for deal in deals:
        if group and (group[0].order, group[0].time_msc) != (deal.order, deal.time_msc):
            yield group[0].order, group
            group = []
        group.append(deal)
    if group:
        yield group[0].order, group


@pytest.fixture(autouse=True)
def _offered(monkeypatch: pytest.MonkeyPatch) -> None:
    offer_wild(monkeypatch)


def test_the_books_balance() -> None:
    run_state_machine_as_test(
        Books, settings=settings(max_examples=40, stateful_step_count=40, deadline=None)
    )

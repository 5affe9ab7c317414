"""New payments, told apart by ticket; and whether the deals explain the balance."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from core.model.books import Books
from core.model.mt5 import DealEntry, MT5Deal
from core.risk.course import Cause, Flow
from core.risk.flows import flows_of, history_start
from tests.core.risk.samples import NOW, a_flow, a_state

BOOKS = Books(Decimal(1000), NOW, frozenset({1, 2}))


def test_two_payments_of_one_moment_are_two() -> None:
    seen, fresh = a_flow("100", 2), a_flow("-50", 3)
    assert BOOKS.unseen([seen, fresh]) == (fresh,)


@pytest.mark.parametrize(
    ("deals", "balance", "explained"),
    [
        ([], "1000", True),
        ([a_flow("100", 2)], "1000", True),
        ([], "900", False),
        ([a_flow("-100", 3)], "900", True),
        ([a_flow("-100", 3), a_flow("30", 4, type_=1, commission="-3", swap="-2", fee="-1")], "924", True),
        ([a_flow("-100", 3), a_flow("30", 4, type_=1)], "900", False),
        ([a_flow("500", 3, type_=3)], "1000", True),  # credit is kept apart
        ([a_flow("10.004", 3), a_flow("10.004", 4)], "1020.01", True),  # rounded by the broker
        ([a_flow("10", 3)], "1010.02", False),
    ],
)
def test_deals_explain_a_balance_or_do_not(deals: list[MT5Deal], balance: str, explained: bool) -> None:
    assert BOOKS.explain(Decimal(balance), deals) is explained


def test_only_money_that_was_paid_is_a_flow() -> None:
    """Deposits, corrections, bonuses; not deals, credit, charges, commissions; with what the payment cost."""
    deals = [a_flow(str(kind), kind, type_=kind) for kind in range(1, 18)]
    assert [flow.amount for flow in flows_of(deals) if flow.is_paid] == [2, 5, 6]
    assert flows_of([a_flow("100", commission="-3")]) == (Flow(Decimal(97), NOW),)


def a_trade(position: int, entry: DealEntry, volume: str, profit: str = "0") -> MT5Deal:
    deal = a_flow(profit, position * 10 + entry, type_=0)
    return replace(deal, position_id=position, entry=entry, volume=Decimal(volume))


def test_a_trade_is_of_what_was_open_before_or_is_new() -> None:
    deals = [
        a_trade(1, DealEntry.IN, "1"),
        a_trade(1, DealEntry.OUT, "1", "-5"),
        a_trade(2, DealEntry.IN, "1"),
        a_trade(2, DealEntry.OUT, "0.4", "-6"),
        a_trade(3, DealEntry.OUT, "1", "-7"),
        a_trade(4, DealEntry.IN, "0.1"),
        a_trade(4, DealEntry.OUT, "1.1", "-8"),
        a_trade(5, DealEntry.INOUT, "2", "-9"),
        a_flow("-1", 99, type_=4),
    ]
    booked, opened, closed = Cause.BOOKED, Cause.OPENED, Cause.CLOSED
    assert [flow.cause for flow in flows_of(deals)] == [
        booked, booked, opened, opened, closed, closed, closed, closed, booked,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("amount", "type_", "causes"), [("-100", 2, [Cause.LATE]), ("-100", 0, []), ("-99", 2, [Cause.PAID])]
)
def test_a_deal_that_is_owed_is_told_by_its_size(amount: str, type_: int, causes: list[Cause]) -> None:
    """Whatever it is, it is in the balance; that a trade was taken for a loss was right."""
    books = Books(Decimal(900), NOW, frozenset({1}), Decimal(-100))
    deals = [a_flow("50", 1), a_flow(amount, 2, type_=type_)]
    flows = flows_of(books.unseen(deals), books.late(deals))
    assert [flow.cause for flow in flows] == causes
    assert replace(books, owed=Decimal(0)).late(deals) is None


def test_history_is_read_a_day_back_and_never_from_before_what_is_known() -> None:
    hour, day = timedelta(hours=1), timedelta(days=1)
    assert history_start(None, NOW) == NOW - day
    known = replace(a_state("1000"), books=BOOKS)
    assert history_start(replace(known, books=None), NOW + day) == NOW - day
    assert history_start(replace(known, read_at=NOW + 2 * day), NOW) == NOW + day
    assert history_start(replace(known, read_at=NOW - 3 * hour), NOW) == BOOKS.since

"""New payments, told apart by ticket; and whether the deals explain the balance."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from core.model.books import Books
from core.model.mt5 import MT5Deal
from core.risk.flows import history_start, payments
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
    assert [flow.amount for flow in payments(deals)] == [2, 5, 6]
    assert payments([a_flow("100", commission="-3")])[0].amount == 97


def test_history_is_read_a_day_back_and_never_from_before_what_is_known() -> None:
    hour, day = timedelta(hours=1), timedelta(days=1)
    assert history_start(None, NOW) == NOW - day
    known = replace(a_state("1000"), books=BOOKS)
    assert history_start(replace(known, books=None), NOW + day) == NOW - day
    assert history_start(replace(known, read_at=NOW + 2 * day), NOW) == NOW + day
    assert history_start(replace(known, read_at=NOW - 3 * hour), NOW) == BOOKS.since

"""New payments, told apart by ticket; and whether the deals explain the balance."""

from datetime import timedelta
from decimal import Decimal

import pytest

from core.model.books import Books
from core.model.mt5 import MT5Deal
from core.risk.flows import balance_operations, history_start
from tests.core.risk.samples import NOW, a_flow

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


def test_only_balance_operations_are_payments() -> None:
    deals = [a_flow("1", kind, type_=kind) for kind in range(8)]
    assert [deal.type for deal in balance_operations(deals)] == [2]


def test_history_is_read_a_day_back_and_never_from_before_what_is_known() -> None:
    hour, day = timedelta(hours=1), timedelta(days=1)
    assert history_start(None, NOW) == NOW - day
    assert history_start(BOOKS, NOW + 2 * day) == NOW + day
    assert history_start(BOOKS, NOW - 3 * hour) == BOOKS.since

"""What a book keeps, in a file or in memory: the same promises for both."""

from collections.abc import Iterator
from math import inf
from pathlib import Path

import pytest

import core.paper as mt5
from core.paper import hands
from core.paper.hands import Hands
from core.paper.market.plan import MarketPlan, Shock
from core.paper.server.book import Book, Delayed
from core.paper.server.broker import Broker
from core.paper.server.faults import Fault, Kind
from core.paper.server.records import Account
from tests.core.paper.world import LOGIN, PASSWORD, opened, sent

MEMORY = ":memory:shared"


@pytest.fixture(params=["file", "memory"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Where a book is: the same promises hold for both."""
    return MEMORY if request.param == "memory" else str(tmp_path / "broker.sqlite3")


@pytest.fixture
def person(place: str) -> Iterator[Hands]:
    made = Hands.on(place, MarketPlan(seed=7))
    made.open_account(Account(login=LOGIN, name="Ann"), PASSWORD, 10_000.0)
    yield made
    mt5.shutdown()
    made.close_book()


@pytest.fixture
def book(person: Hands) -> Book:
    return person.broker.book


def _sign_in(folder: Path, place: str) -> None:
    hands.install_terminal(folder, place)
    assert mt5.initialize(str(folder), login=LOGIN, password=PASSWORD), mt5.last_error()


def test_a_terminal_and_a_person_see_one_book(person: Hands, place: str, tmp_path: Path) -> None:
    _sign_in(tmp_path / "terminal", place)
    ticket = opened("EURUSD", 0, comment="mine")
    pending = {"action": 5, "symbol": "EURUSD", "volume": 0.1, "type": 2, "price": 0.5, "type_filling": 2}
    order = sent(pending).order
    assert list(person.broker.view(LOGIN).ledger.positions) == [ticket]
    assert list(person.broker.view(LOGIN).ledger.orders) == [order]
    assert person.close_position(LOGIN, ticket, 0.04).retcode == mt5.TRADE_RETCODE_DONE
    assert person.cancel_order(LOGIN, order).retcode == mt5.TRADE_RETCODE_DONE
    (position,) = mt5.positions_get() or ()
    assert (position.volume, mt5.orders_get()) == (0.06, ())
    assert [deal.entry for deal in mt5.history_deals_get(position=ticket) or ()] == [0, 1]
    states = {row.ticket: row.state for row in mt5.history_orders_get(1, 2**32 - 1) or ()}
    assert states[order] == mt5.ORDER_STATE_CANCELED
    assert len(states) == 3


def test_a_book_begins_and_ends(place: str) -> None:
    first = Hands.on(place)
    first.open_account(Account(login=LOGIN, name="Ann"), PASSWORD)
    second = Broker.open(place)
    assert second.book.logins() == [LOGIN]
    first.close_book()
    assert second.book.account(LOGIN) is not None
    second.book.close()
    third = Broker.open(place)
    assert third.book.logins() == ([] if place == MEMORY else [LOGIN])
    third.book.close()


def test_books_of_other_names_are_others() -> None:
    one, other = Hands.on(":memory:one"), Hands.on(":memory:other")
    one.open_account(Account(login=LOGIN, name="Ann"), PASSWORD)
    assert (one.broker.book.logins(), other.broker.book.logins()) == ([LOGIN], [])
    one.close_book()
    other.close_book()


def test_history_is_chosen_by_a_column_and_a_range(person: Hands, book: Book) -> None:
    first = person.open_position(LOGIN, "EURUSD", 0, 0.1).order
    second = person.open_position(LOGIN, "EURUSD", 0, 0.1).order
    person.close_position(LOGIN, first)
    assert [deal.position_id for deal in book.deals(LOGIN)] == [0, first, second, first]
    assert [deal.entry for deal in book.deals(LOGIN, "position_id", first, first)] == [0, 1]
    (order,) = book.history_orders(LOGIN, "ticket", second, second)
    assert order.position_id == second
    assert book.history_orders(LOGIN, "time_done_msc", 1, order.time_done_msc - 60_000) == []
    assert len(book.history_orders(LOGIN)) == 3
    assert book.history_orders(LOGIN, "ticket", 1, 1) == []


def _take_all_and_fail(book: Book) -> None:
    with book.transaction():
        assert len(book.take_late(LOGIN, 5_000)) == 2
        raise RuntimeError


def _pay_and_fail(person: Hands) -> None:
    with person.broker.change(LOGIN) as dealer:
        dealer.ledger.pay(500.0)
        raise RuntimeError


def test_what_was_put_off_comes_due_once_and_goes_back_if_the_block_fails(person: Hands, book: Book) -> None:
    late, later = Delayed(2_000, "b", 7), Delayed(1_000, "a")
    with book.transaction():
        for delayed in (late, later):
            book.put_off(LOGIN, delayed)
    assert book.late_due(LOGIN) == 1_000.0
    with pytest.raises(RuntimeError):
        _take_all_and_fail(book)
    with book.transaction():
        assert book.take_late(LOGIN, 1_500) == [later]
        assert book.take_late(LOGIN, 1_500) == []
    with book.transaction():
        assert book.take_late(LOGIN, 2_000) == [late]
    assert book.late_due(LOGIN) == inf


def test_a_failed_change_leaves_the_account_as_it_was(person: Hands, book: Book) -> None:
    with pytest.raises(RuntimeError):
        _pay_and_fail(person)
    account = book.account(LOGIN)
    assert account is not None
    assert account.balance == person.broker.view(LOGIN).ledger.account.balance == 10_000.0


def test_plans_replays_and_faults_are_kept(person: Hands, book: Book) -> None:
    _, before = book.revisions(LOGIN)
    person.shock("EURUSD", 1.0, in_s=60)
    assert book.revisions(LOGIN)[1] == before + 1
    assert [type(shock) for shock in book.plan().shocks] == [Shock]
    book.keep_replay("d", b"bars")
    book.keep_replay("d", b"other")
    assert (book.replay("d"), book.replay("none")) == (b"bars", None)
    person.misfortune(Fault(Kind.REJECT), Fault(Kind.FAIL, call="account_info"))
    assert [(len(book.faults(call))) for call in ("order_send", "account_info", "orders_get")] == [1, 1, 0]
    person.no_misfortunes()
    assert book.faults("order_send") == []


def test_an_account_that_is_not_there(book: Book) -> None:
    assert book.account(5) is None
    assert book.ledger(5) is None
    assert book.revisions(5)[0] is None

"""/positions, /orders, /closeall and the questions: in three languages, also at the longest values."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from uuid import UUID

import pytest

from bot.views.book import Book
from bot.views.closeall import choice, closing, question, unreadable
from bot.views.orders import gone as order_gone
from bot.views.orders import order, orders
from bot.views.positions import gone, position, positions
from bot.views.requests import Followed, dropped, followed, not_done, prompt
from bot.views.requests import question as request_question
from bot.words import Words
from core.model.ids import AccountId
from core.model.instruments import Side
from core.model.requests import TYPED, Request, RequestKind, RequestState
from core.model.trades import IntentState
from core.trading.closing import Exposure
from core.trading.requests import Asked
from tests.bot.books import (
    ACCOUNT,
    EURUSD,
    HTML,
    HUGE,
    NOW,
    D,
    a_book,
    a_position,
    a_snapshot,
    an_intent,
    an_order,
    longest_book,
)
from tests.bot.snapshots import check_shown


def test_a_list_of_positions() -> None:
    held = [a_position(1), a_position(2, symbol="XAUUSD", side=Side.SELL, profit=D("-3.5"), magic=5)]
    other = replace(a_book(), account=replace(ACCOUNT, label="Second"), snapshot=None)
    check_shown("positions", lambda words: positions([a_book(*held), other], 0, NOW, words))


def test_a_long_list_has_pages_that_go_round() -> None:
    book = a_book(*(a_position(number) for number in range(1, 16)))
    pages = [positions([book], number, NOW, Words()).keyboard for number in range(4)]
    turning = [[b.text for b in keyboard.inline_keyboard[-2]] for keyboard in pages if keyboard]
    assert turning == [["‹", f"{page}/3", "›"] for page in (1, 2, 3, 3)]
    last = pages[2]
    assert last is not None
    assert len(last.inline_keyboard) == 3 + 2
    assert last.inline_keyboard[-2][2].callback_data == "pl:0"


def test_no_account_and_nothing_open() -> None:
    check_shown("positions-none", lambda words: positions([], 0, NOW, words))
    check_shown("positions-flat", lambda words: positions([a_book()], 0, NOW, words))


def test_one_position_with_its_buttons_for_its_trader_only() -> None:
    one = a_position(1)
    check_shown("position", lambda words: position(a_book(one), one, NOW, words))
    check_shown("position-of-another", lambda words: position(a_book(one, mine=False), one, NOW, words))
    check_shown("position-gone", gone)


def test_the_longest_lists_fit() -> None:
    book = longest_book(30)
    check_shown("positions-longest", lambda words: positions([book] * 40, 0, NOW, words))
    check_shown("position-longest", lambda words: position(book, book.positions[0], NOW, words))
    check_shown("orders-longest", lambda words: orders([book] * 40, 0, NOW, words))
    check_shown("order-longest", lambda words: order(book, book.orders[0], NOW, words))


def test_a_list_of_orders_with_what_is_on_its_way() -> None:
    book = a_book(an_order(1), an_order(2, type=2, expires_at=None, take_profit=None))
    states = (IntentState.SENDING, IntentState.UNKNOWN)
    coming = [an_intent(), *(replace(an_intent(), state=state, detail="no answer") for state in states)]
    check_shown("orders", lambda words: orders([replace(book, coming=coming)], 0, NOW, words))
    check_shown("orders-none", lambda words: orders([replace(a_book(), coming=())], 0, NOW, words))


def test_one_order() -> None:
    one = an_order(1)
    check_shown("order", lambda words: order(a_book(one), one, NOW, words))
    check_shown("order-gone", order_gone)


# Questions


def a_request(kind: RequestKind, **changes: object) -> Request:
    typed = kind in TYPED
    price = D("1.08500") if typed or kind is RequestKind.BREAK_EVEN else None
    usual = Request(
        2**62,
        ACCOUNT.person_id,
        ACCOUNT.id,
        kind,
        RequestState.ASKED,
        1,
        "EURUSD",
        Side.BUY,
        D("0.10"),
        NOW + timedelta(seconds=30),
        level=D("1.082") if price else None,
        price=price,
    )
    return replace(usual, **changes)  # type: ignore[arg-type]


def asked(request: Request) -> Asked:
    one, waiting = a_position(1), an_order(1)
    found = Asked(request, ACCOUNT, a_snapshot(one, waiting), EURUSD)
    return replace(found, order=waiting) if request.kind.is_of_order else replace(found, position=one)


@pytest.mark.parametrize("kind", RequestKind)
def test_each_question_restates_its_numbers(kind: RequestKind) -> None:
    check_shown(f"request-{kind}", lambda words: request_question(asked(a_request(kind)), words))


def test_the_question_of_a_part() -> None:
    half = asked(a_request(RequestKind.CLOSE, lots=D("0.05")))
    check_shown("request-half", lambda words: request_question(half, words))


def test_what_a_stop_would_make_of_the_position() -> None:
    assert asked(a_request(RequestKind.STOP)).result_at_price == D("0.40"), "swap alone at the entry"
    lower = asked(a_request(RequestKind.STOP, price=D("1.08400")))
    assert lower.result_at_price == D("-9.60")
    sold = replace(lower, position=a_position(1, side=Side.SELL))
    assert sold.result_at_price == D("10.40")
    assert asked(a_request(RequestKind.STOP, price=D(0))).result_at_price is None


@pytest.mark.parametrize("kind", TYPED)
def test_each_price_that_is_asked_for(kind: RequestKind) -> None:
    typing = a_request(kind, state=RequestState.TYPING, price=None, level=None)
    check_shown(f"request-{kind}-prompt", lambda words: prompt(asked(typing), words))


@pytest.mark.parametrize("state", IntentState)
def test_what_became_of_it_is_told_as_it_is(state: IntentState) -> None:
    detail = "The market is closed." if state in (IntentState.REFUSED, IntentState.EXPIRED) else ""
    intent = replace(an_intent(state=state), filled_price=D("1.08620"), detail=detail)
    close = a_request(RequestKind.CLOSE, state=RequestState.QUEUED, lots=D("0.05"))
    check_shown(
        f"request-is-{state}", lambda words: followed(Followed(close, ACCOUNT, intent, "PAPER"), words)
    )


def test_what_is_over() -> None:
    request = a_request(RequestKind.STOP)
    check_shown("request-dropped", lambda words: dropped(request, words))
    check_shown("request-not-done", lambda words: not_done(request, "This account is not yours.", words))


def test_the_longest_question_fits() -> None:
    wide = a_request(
        RequestKind.STOP,
        symbol="W" * 32,
        volume=D("123456.78"),
        level=D("123456.12345"),
        price=D("123456.12345"),
    )
    book = longest_book(1)
    shown = replace(asked(wide), account=book.account, position=book.positions[0])
    shown = replace(shown, snapshot=a_snapshot(*book.positions, currency="W" * 20))
    check_shown("request-longest", lambda words: request_question(shown, words))
    intent = replace(an_intent(state=IntentState.REFUSED), detail=HTML * 5)
    late = Followed(wide, book.account, intent, "LIVE")
    check_shown("request-is-longest", lambda words: followed(late, words))


# /closeall


def exposure(book: Book, **changes: object) -> Exposure:
    held = tuple((book.account, one) for one in book.positions)
    found = Exposure(held, {"USD": D("-3.50")}, 0, (), (book.account,))
    return replace(found, **changes)  # type: ignore[arg-type]


def test_the_question_of_closeall() -> None:
    one = exposure(a_book(a_position(1)))
    until = NOW + timedelta(seconds=30)
    check_shown("closeall", lambda words: question(one, until, None, words))
    both = replace(one, orders=2, silent=(replace(ACCOUNT, label="Tom <live>"),))
    check_shown("closeall-orders", lambda words: question(both, until, ACCOUNT.id, words))
    only = exposure(a_book(), orders=1)
    check_shown("closeall-only-orders", lambda words: question(only, until, None, words))


def test_the_longest_question_of_closeall_fits() -> None:
    wide = exposure(
        longest_book(60),
        profits={currency * 8: HUGE for currency in "ABC"},
        orders=1000,
        silent=(replace(ACCOUNT, label=HTML),) * 60,
    )
    check_shown("closeall-longest", lambda words: question(wide, NOW, ACCOUNT.id, words))
    check_shown("closeall-unreadable", lambda words: unreadable(wide, words))


def test_which_account_and_what_follows() -> None:
    second = replace(ACCOUNT, label="Second", id=AccountId(UUID(int=9)))
    two = exposure(a_book(a_position(1)), held=(ACCOUNT, second))
    check_shown("closeall-choice", lambda words: choice(two, NOW, words))
    check_shown("closeall-closing", lambda words: closing(3, words))


def test_money_of_two_currencies_is_not_added() -> None:
    mixed = exposure(a_book(a_position(1)), profits={"USD": D(5), "EUR": Decimal(-2)})
    assert (
        "+5.00\N{NO-BREAK SPACE}USD · −2.00\N{NO-BREAK SPACE}EUR" in question(mixed, NOW, None, Words()).text
    )

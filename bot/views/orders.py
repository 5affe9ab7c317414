"""/orders: what waits at the broker and what is on its way there, and the view of one pending order."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from aiogram.enums import ButtonStyle
from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup

from bot.buttons.positions import OrderAct, OrdersTap, OrderTap
from bot.views.book import Book
from bot.views.markup import Rendered, button, keyboard
from bot.views.pages import Page, page_at
from bot.views.positions import ARROWS, NAME_LIMIT, headline
from bot.words import Words
from bot.words.html import Html, bold, clip, lines, paragraphs, plain, price
from core.model.mt5 import MT5Order
from core.model.trades import Intent
from core.mt5 import reading
from core.mt5.orders import PendingOrder

PER_PAGE = 8
SHOWN_COMING = 6
DETAIL_LIMIT = 100


def orders(books: Sequence[Book], page: int, now: datetime, words: Words) -> Rendered:
    """Eight pending orders at most, with a button each; below them the desk's own that are on their way."""
    if not books:
        return Rendered(words("no-account"))
    waiting = [(book, order) for book in books for order in book.orders]
    shown = page_at(waiting, page, PER_PAGE)
    coming = [(book, intent) for book in books for intent in book.coming]
    text = paragraphs(
        words("orders-title", n=len(waiting)),
        *(_block(book, order, now, words) for book, order in shown.items),
        _coming(coming, words),
        _unread(books, words),
    )
    return Rendered(text, _list_buttons(shown, words))


def order(book: Book, one: MT5Order, now: datetime, words: Words) -> Rendered:
    """One pending order; buttons for who trades the account."""
    text = paragraphs(
        lines(headline(book, words), title(one, words)),
        lines(
            words("orders-price", price=price(one.price_open)),
            words("positions-stop", stop=_level(one.stop_loss, one, words)),
            words("positions-target", target=_level(one.take_profit, one, words)),
        ),
        lines(
            _expiry(one, words),
            words("orders-placed", at=words.date_time(one.setup_at), age=words.span(now - one.setup_at)),
        ),
        None if book.mine else words("positions-not-yours"),
    )
    return Rendered(text, _buttons(book, one, words))


def order_of(book: Book, ticket: int, now: datetime, words: Words) -> Rendered:
    """The one of that ticket, or that it is not pending any more."""
    found = next((one for one in book.orders if one.ticket == ticket), None)
    return order(book, found, now, words) if found else gone(words)


def gone(words: Words) -> Rendered:
    """In place of an order that is not pending any more."""
    return Rendered(words("orders-gone"), keyboard([_back(words)]))


def title(one: MT5Order, words: Words) -> Html:
    """`🟢 EURUSD BUY LIMIT 0.10 lots`"""
    side, kind = reading.side(one.type), PendingOrder.of(one)
    name = f"{side.upper()} {kind.kind.upper() if kind else 'STOP LIMIT'}"
    return Html(f"{ARROWS[side]} {bold(one.symbol, NAME_LIMIT)} {name} {words.lots(one.volume_current)}")


def coming_line(book: Book | None, intent: Intent, words: Words) -> Html:
    """What the desk has on its way, and how it stands."""
    what = words(
        f"orders-kind-{intent.kind}",
        symbol=bold(intent.symbol, NAME_LIMIT),
        lots=words.lots(intent.volume),
    )
    where = plain(book.account.label, NAME_LIMIT) if book else None
    detail = words.told(intent.detail, DETAIL_LIMIT) if intent.detail else None
    return lines(words.listed(words(f"orders-state-{intent.state}"), what, where), detail)


def _block(book: Book, one: MT5Order, now: datetime, words: Words) -> Html:
    stops = words(
        "positions-stops", stop=_level(one.stop_loss, one, words), target=_level(one.take_profit, one, words)
    )
    return lines(
        f"{title(one, words)} {price(one.price_open)}",
        words.listed(stops, _expiry(one, words)),
        words.listed(headline(book, words), words.span(now - one.setup_at)),
    )


def _expiry(one: MT5Order, words: Words) -> Html:
    if one.expires_at is None:
        return words("orders-no-expiry")
    return words("orders-expires", at=words.date_time(one.expires_at), left=words.relative(one.expires_at))


def _level(value: Decimal | None, one: MT5Order, words: Words) -> Html:
    return words("positions-none") if value is None else price(value, one.price_open)


def _coming(coming: Sequence[tuple[Book, Intent]], words: Words) -> Html | None:
    if not coming:
        return None
    more = len(coming) - SHOWN_COMING
    return lines(
        words("orders-coming", n=len(coming)),
        *(coming_line(book, intent, words) for book, intent in coming[:SHOWN_COMING]),
        words("more", n=more) if more > 0 else None,
    )


def _unread(books: Sequence[Book], words: Words) -> Html | None:
    """Nobody takes an account that was never read for one without orders."""
    names = ", ".join(plain(book.account.label, NAME_LIMIT) for book in books[:12] if book.snapshot is None)
    return words("orders-unread", accounts=Html(names)) if names else None


def _list_buttons(shown: Page[tuple[Book, MT5Order]], words: Words) -> InlineKeyboardMarkup:
    each = [[_open_button(book, one)] for book, one in shown.items]
    refresh = button(words.label("positions-refresh"), OrdersTap(page=shown.number))
    return keyboard(*each, *shown.turns(lambda number: OrdersTap(page=number)), [refresh])


def _open_button(book: Book, one: MT5Order) -> InlineKeyboardButton:
    arrow = ARROWS[reading.side(one.type)]
    label = f"{arrow} {clip(one.symbol, NAME_LIMIT)} {one.volume_current:f} @ {one.price_open:f}"
    return button(label, _tap(OrderAct.SHOW, book, one))


def _buttons(book: Book, one: MT5Order, words: Words) -> InlineKeyboardMarkup:
    last = [_back(words), button(words.label("positions-refresh"), _tap(OrderAct.SHOW, book, one))]
    if not book.mine:
        return keyboard(last)
    acts = [
        button(words.label("orders-act-cancel"), _tap(OrderAct.CANCEL, book, one), ButtonStyle.DANGER),
        button(words.label("orders-act-move"), _tap(OrderAct.MOVE, book, one)),
    ]
    return keyboard(acts, last)


def _back(words: Words) -> InlineKeyboardButton:
    return button(words.label("positions-back"), OrdersTap(page=0))


def _tap(act: OrderAct, book: Book, one: MT5Order) -> OrderTap:
    return OrderTap(act=act, account=book.account.id, ticket=one.ticket)

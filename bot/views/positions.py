"""/positions: what is open, a page at a time, and the view of one position with its buttons."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from itertools import groupby

from aiogram.enums import ButtonStyle
from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup

from bot.buttons.positions import PositionAct, PositionsTap, PositionTap
from bot.views.book import Book
from bot.views.cards.card import BADGES
from bot.views.markup import Rendered, button, keyboard
from bot.views.pages import Page, page_at
from bot.words import Words
from bot.words.html import Html, bold, clip, lines, paragraphs, plain, price
from core.model.instruments import Side
from core.model.mt5 import MT5Position
from core.model.risk import Mark

PER_PAGE = 6
SHOWN_ACCOUNTS = 12
NAME_LIMIT = 24
ARROWS = {Side.BUY: "🟢", Side.SELL: "🔻"}


def positions(books: Sequence[Book], page: int, now: datetime, words: Words) -> Rendered:
    """Six positions at most, below their accounts, with a button each. Accounts with nothing open come after
    the last one."""
    if not books:
        return Rendered(words("no-account"))
    held = [(book, position) for book in books for position in book.positions]
    shown = page_at(held, page, PER_PAGE)
    blocks = [
        _block(book, [one for _, one in group], now, words)
        for book, group in groupby(shown.items, key=lambda pair: pair[0])
    ]
    idle = [book for book in books if not book.positions] if shown.number == shown.last else []
    return Rendered(paragraphs(*blocks, _idle(idle, words)), _list_buttons(shown, words))


def position(book: Book, one: MT5Position, now: datetime, words: Words) -> Rendered:
    """One position with all that is known of it; buttons for who trades the account."""
    text = paragraphs(
        lines(headline(book, words), _title(one, words)),
        lines(
            words("positions-entry", entry=price(one.price_open, one.price_current)),
            words("positions-now", now=price(one.price_current, one.price_open)),
            words("positions-stop", stop=level(one.stop_loss, one, words)),
            words("positions-target", target=level(one.take_profit, one, words)),
        ),
        lines(bold(profit(book, one, words)), _swap(book, one, words), origin(book, one, words)),
        lines(_age(one, now, words), _marks(book.marks, {one.symbol}, words), _read(book, words)),
        None if book.mine else words("positions-not-yours"),
    )
    return Rendered(text, _buttons(book, one, words))


def position_of(book: Book, ticket: int, now: datetime, words: Words) -> Rendered:
    """The one of that ticket, or that it is not open any more."""
    found = next((one for one in book.positions if one.identifier == ticket), None)
    return position(book, found, now, words) if found else gone(words)


def gone(words: Words) -> Rendered:
    """In place of a position that is not open any more."""
    back = button(words.label("positions-back"), PositionsTap(page=0))
    return Rendered(words("positions-gone"), keyboard([back]))


def headline(book: Book, words: Words) -> Html:
    """The account with its badge."""
    return words.listed(bold(book.account.label, NAME_LIMIT), BADGES.get(book.kind))


def size(one: MT5Position, words: Words) -> Html:
    return Html(f"{one.side.upper()} {words.lots(one.volume)}")


def profit(book: Book, one: MT5Position, words: Words) -> Html:
    """In money, and in pips where the size of one is known."""
    pip = book.pips.get(one.symbol)
    moved = (one.price_current - one.price_open) * one.side.sign
    pips = words("positions-pips", pips=words.signed(moved / pip)) if pip else None
    return words.listed(words.signed_money(one.profit, book.currency), pips)


def way(one: MT5Position) -> Html:
    """From the entry to the present price."""
    return Html(f"{price(one.price_open, one.price_current)} → {price(one.price_current, one.price_open)}")


def stops(one: MT5Position, words: Words) -> Html:
    """Both in one line."""
    loss, target = level(one.stop_loss, one, words), level(one.take_profit, one, words)
    return words("positions-stops", stop=loss, target=target)


def level(value: Decimal | None, one: MT5Position, words: Words) -> Html:
    return words("positions-none") if value is None else price(value, one.price_open)


def origin(book: Book, one: MT5Position, words: Words) -> Html:
    """Who has opened it: a source, another program, or a person."""
    source = book.sources.get(one.identifier)
    if source is not None:
        return words("positions-source", source=source[:NAME_LIMIT])
    return words("positions-by-program") if one.magic else words("positions-by-hand")


def _block(book: Book, held: Sequence[MT5Position], now: datetime, words: Words) -> Html:
    """An account, its totals, and those of its positions that the page shows."""
    snapshot = book.snapshot
    total = words.signed_money(snapshot.unrealised_profit, book.currency) if snapshot else None
    symbols = {one.symbol for one in held}
    return lines(
        words.listed(headline(book, words), words("count-positions", n=len(book.positions)), total),
        *(_line(book, one, now, words) for one in held),
        _marks(book.marks, symbols, words),
        _read(book, words),
    )


def _line(book: Book, one: MT5Position, now: datetime, words: Words) -> Html:
    return lines(
        f"{_title(one, words)} {way(one)}",
        words.listed(bold(profit(book, one, words)), stops(one, words)),
        words.listed(origin(book, one, words), words.span(now - one.opened_at)),
    )


def _title(one: MT5Position, words: Words) -> str:
    return f"{ARROWS[one.side]} {bold(one.symbol, NAME_LIMIT)} {size(one, words)}"


def _swap(book: Book, one: MT5Position, words: Words) -> Html | None:
    return words("positions-swap", swap=words.signed_money(one.swap, book.currency)) if one.swap else None


def _age(one: MT5Position, now: datetime, words: Words) -> Html:
    age = words.span(now - one.opened_at)
    return words("positions-opened", at=words.date_time(one.opened_at), age=age)


def _marks(marks: Sequence[Mark], symbols: set[str], words: Words) -> Html | None:
    """The dangers that the market guard sees in these symbols: `⚠️ EURUSD gap, spread`."""
    dangers: dict[str, list[str]] = {}
    for mark in marks:
        if mark.symbol in symbols:
            dangers.setdefault(mark.symbol, []).append(words.label(f"positions-danger-{mark.danger}"))
    told = [f"{plain(symbol, NAME_LIMIT)} {', '.join(each)}" for symbol, each in dangers.items()]
    return Html(f"⚠️ {' · '.join(told)}") if told else None


def _read(book: Book, words: Words) -> Html | None:
    return (
        words("positions-read", at=words.relative(book.snapshot.account.read_at)) if book.snapshot else None
    )


def _idle(books: Sequence[Book], words: Words) -> Html | None:
    """Accounts with nothing open, at most 12; the rest is counted."""
    if not books:
        return None
    more = len(books) - SHOWN_ACCOUNTS
    return lines(
        *(_idle_line(book, words) for book in books[:SHOWN_ACCOUNTS]),
        words("more-accounts", n=more) if more > 0 else None,
    )


def _idle_line(book: Book, words: Words) -> Html:
    state = "positions-flat" if book.snapshot else "unread"
    return words.listed(headline(book, words), words(state))


def _list_buttons(shown: Page[tuple[Book, MT5Position]], words: Words) -> InlineKeyboardMarkup:
    each = [[_open_button(book, one, words)] for book, one in shown.items]
    refresh = button(words.label("positions-refresh"), PositionsTap(page=shown.number))
    return keyboard(*each, *shown.turns(lambda number: PositionsTap(page=number)), [refresh])


def _open_button(book: Book, one: MT5Position, words: Words) -> InlineKeyboardButton:
    label = (
        f"{ARROWS[one.side]} {clip(one.symbol, NAME_LIMIT)} {one.volume:f} · {words.signed(one.profit, 2)}"
    )
    return button(label, _tap(PositionAct.SHOW, book, one))


def _buttons(book: Book, one: MT5Position, words: Words) -> InlineKeyboardMarkup:
    def act(which: PositionAct, style: ButtonStyle | None = None) -> InlineKeyboardButton:
        return button(words.label(f"positions-act-{which.name.lower()}"), _tap(which, book, one), style)

    last = [
        button(words.label("positions-back"), PositionsTap(page=0)),
        button(words.label("positions-refresh"), _tap(PositionAct.SHOW, book, one)),
    ]
    if not book.mine:
        return keyboard(last)
    return keyboard(
        [act(PositionAct.CLOSE, ButtonStyle.DANGER), act(PositionAct.HALF)],
        [act(PositionAct.BREAK_EVEN), act(PositionAct.STOP), act(PositionAct.TARGET)],
        last,
    )


def _tap(act: PositionAct, book: Book, one: MT5Position) -> PositionTap:
    return PositionTap(act=act, account=book.account.id, ticket=one.identifier)

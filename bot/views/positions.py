"""Open positions by account, as last read from the broker."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.views.markup import (
    Rendered,
    bold,
    count,
    lines,
    lots,
    paragraphs,
    plain,
    price,
    relative,
    signed_money,
)
from core.model.accounts import Account
from core.model.mt5 import MT5AccountSnapshot, MT5Position
from core.model.risk import Mark

SHOWN = 24
SHOWN_ACCOUNTS = 12
NAME_LIMIT = 24


@dataclass(frozen=True, slots=True)
class Book:
    """An account, its newest reading (None while there is none), and the market guard's marks that last."""

    account: Account
    snapshot: MT5AccountSnapshot | None
    marks: Sequence[Mark] = ()


def positions(books: Sequence[Book]) -> Rendered:
    """At most 12 accounts and 24 positions, in the order given; the rest is counted."""
    if not books:
        return Rendered("No account is set up for you yet.")
    blocks, room = [], SHOWN
    for book in books[:SHOWN_ACCOUNTS]:
        blocks.append(_book(book, room))
        room = max(room - _held(book), 0)
    more = len(books) - SHOWN_ACCOUNTS
    return Rendered(paragraphs(*blocks, f"… and {count(more, 'more account')}" if more > 0 else None))


def _held(book: Book) -> int:
    return len(book.snapshot.positions) if book.snapshot else 0


def _book(book: Book, room: int) -> str:
    title = bold(book.account.label, NAME_LIMIT)
    snapshot = book.snapshot
    if snapshot is None:
        return lines(title, "Not read yet.")
    state, held = snapshot.account, snapshot.positions
    total = f" · {signed_money(snapshot.unrealised_profit, state.currency)}" if held else ""
    return lines(
        f"{title} · {count(len(held), 'position')}{total}",
        *(_position(position) for position in held[:room]),
        f"… and {len(held) - room} more" if len(held) > room else None,
        _marks(book.marks),
        f"Read {relative(state.read_at)}",
    )


def _marks(marks: Sequence[Mark]) -> str | None:
    """The dangers of each symbol in one line: `⚠️ EURUSD gap, spread`."""
    dangers: dict[str, list[str]] = {}
    for mark in marks:
        dangers.setdefault(mark.symbol, []).append(mark.danger)
    told = (f"{plain(symbol, NAME_LIMIT)} {', '.join(each)}" for symbol, each in dangers.items())
    return f"⚠️ {' · '.join(told)}" if dangers else None


def _position(position: MT5Position) -> str:
    opened, now = position.price_open, position.price_current
    way = f"{price(opened, now)} → {price(now, opened)}"
    size = f"{position.side.upper()} {lots(position.volume)}"
    return f"• {plain(position.symbol, NAME_LIMIT)} {size} {way} {bold(signed_money(position.profit))}"

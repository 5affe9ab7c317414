"""Open positions by account, as last read from the broker."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.views.card import NAME_LIMIT
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

SHOWN_PER_ACCOUNT = 12
SHOWN_ACCOUNTS = 4


@dataclass(frozen=True, slots=True)
class Book:
    """An account and its newest reading, None while there is none."""

    account: Account
    snapshot: MT5AccountSnapshot | None


def positions(books: Sequence[Book]) -> Rendered:
    """At most 4 accounts and 12 positions of each; the rest is counted."""
    if not books:
        return Rendered("No account is set up for you yet.")
    more = len(books) - SHOWN_ACCOUNTS
    rest = f"… and {count(more, 'more account')}" if more > 0 else None
    return Rendered(paragraphs(*(_book(book) for book in books[:SHOWN_ACCOUNTS]), rest))


def _book(book: Book) -> str:
    title = bold(book.account.label, NAME_LIMIT)
    snapshot = book.snapshot
    if snapshot is None:
        return lines(title, "Not read yet.")
    state = snapshot.account
    total = signed_money(snapshot.unrealised_profit, state.currency)
    head = f"{title} · {count(len(snapshot.positions), 'position')}"
    more = len(snapshot.positions) - SHOWN_PER_ACCOUNT
    return lines(
        f"{head} · {total}" if snapshot.positions else head,
        *(_position(position) for position in snapshot.positions[:SHOWN_PER_ACCOUNT]),
        f"… and {more} more" if more > 0 else None,
        f"Read {relative(state.read_at)}",
    )


def _position(position: MT5Position) -> str:
    way = f"{price(position.price_open)} → {price(position.price_current)}"
    size = f"{position.side.upper()} {lots(position.volume)}"
    return f"• {plain(position.symbol, NAME_LIMIT)} {size} {way} {bold(signed_money(position.profit))}"

"""/sync: how the reconciliation of each account stands, those with something to look at first."""

from collections.abc import Sequence
from datetime import datetime

from bot.buttons.reports import SyncTap
from bot.views.cards.card import NAME_LIMIT
from bot.views.markup import Rendered, button
from bot.views.pages import Page, page_at
from bot.words import Words
from bot.words.html import Html, lines, paragraphs
from core.reconciliation.overview import AccountSync

SENTENCE_LIMIT = 120
_DIVERGENT, _FAILING, _UNREAD, _WELL = "⚠️", "🔌", "⚪", "🟢"
_ORDER = (_DIVERGENT, _FAILING, _UNREAD, _WELL)


def shown_at(seen: Sequence[AccountSync], page: int) -> Page[AccountSync]:
    """The accounts that a page shows."""
    return page_at(sorted(seen, key=lambda each: (_ORDER.index(_mark(each)), each.account.label)), page)


def sync(seen: Sequence[AccountSync], page: int, now: datetime, words: Words) -> Rendered:
    if not seen:
        return Rendered(words("no-account"))
    shown = shown_at(seen, page)
    text = paragraphs(
        _summary(seen, words),
        *(_account(each, now, words) for each in shown.items),
        words("seen-at", at=words.day_time(now)),
    )
    again = button(words.label("sync-now"), SyncTap(page=shown.number))
    return Rendered(text, shown.buttons(again, lambda number: SyncTap(page=number)))


def _mark(seen: AccountSync) -> str:
    if seen.divergent:
        return _DIVERGENT
    if seen.last.failures:
        return _FAILING
    return _WELL if seen.last.read_at else _UNREAD


def _summary(seen: Sequence[AccountSync], words: Words) -> Html:
    marks = [_mark(each) for each in seen]
    counted = " ".join(f"{mark} {marks.count(mark)}" for mark in _ORDER if mark in marks)
    return words("sync-title", n=len(seen), lights=counted)


def _account(seen: AccountSync, now: datetime, words: Words) -> Html:
    last = seen.last
    return lines(
        f"{_mark(seen)} {words.named(seen.account.label, NAME_LIMIT)}",
        _vitals(seen, now, words),
        words("sync-divergences", n=seen.divergent) if seen.divergent else None,
        words("sync-failures", n=last.failures, error=words.told(last.error, SENTENCE_LIMIT))
        if last.error
        else None,
    )


def _vitals(seen: AccountSync, now: datetime, words: Words) -> Html:
    """When it was read, what of it matched, when it is next."""
    last = seen.last
    if last.read_at is None:
        return words.listed(words("unread"), _next(last.next_at, now, words))
    return words.listed(
        words("sync-read", age=words.span(now - last.read_at)),
        words("sync-matched", n=last.positions, matched=str(last.matched)),
        _next(last.next_at, now, words),
    )


def _next(at: datetime | None, now: datetime, words: Words) -> Html | None:
    if at is None:
        return None
    return words("sync-next", left=words.span(at - now)) if at > now else words("sync-next-now")

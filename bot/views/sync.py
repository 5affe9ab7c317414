"""/sync: how the reconciliation of each account stands, those with something to look at first."""

from collections.abc import Sequence
from datetime import datetime

from bot.callbacks import SyncTap
from bot.views.card import NAME_LIMIT
from bot.views.markup import Rendered, bold, button, clock_time, count, lines, paragraphs, plain
from bot.views.pages import Page, page_at
from core.health.spoken import spoken
from core.reconciliation.overview import AccountSync

SENTENCE_LIMIT = 120
_DIVERGENT, _FAILING, _UNREAD, _WELL = "⚠️", "🔌", "⚪", "🟢"
_ORDER = (_DIVERGENT, _FAILING, _UNREAD, _WELL)


def shown_at(seen: Sequence[AccountSync], page: int) -> Page[AccountSync]:
    """The accounts that a page shows."""
    return page_at(sorted(seen, key=lambda each: (_ORDER.index(_mark(each)), each.account.label)), page)


def sync(seen: Sequence[AccountSync], page: int, now: datetime) -> Rendered:
    if not seen:
        return Rendered("No account is set up for you yet.")
    shown = shown_at(seen, page)
    text = paragraphs(
        _summary(seen), *(_account(each, now) for each in shown.items), f"Seen at {clock_time(now)}"
    )
    again = button("Sync now", SyncTap(page=shown.number))
    return Rendered(text, shown.buttons(again, lambda number: SyncTap(page=number)))


def _mark(seen: AccountSync) -> str:
    if seen.divergent:
        return _DIVERGENT
    if seen.last.failures:
        return _FAILING
    return _WELL if seen.last.read_at else _UNREAD


def _summary(seen: Sequence[AccountSync]) -> str:
    marks = [_mark(each) for each in seen]
    counted = " ".join(f"{mark} {marks.count(mark)}" for mark in _ORDER if mark in marks)
    return f"{bold('Reconciliation')} · {count(len(seen), 'account')}: {counted}"


def _account(seen: AccountSync, now: datetime) -> str:
    last = seen.last
    return lines(
        f"{_mark(seen)} {bold(seen.account.label, NAME_LIMIT)}",
        _vitals(seen, now),
        f"{count(seen.divergent, 'divergence')} to look at" if seen.divergent else None,
        f"{count(last.failures, 'failure')} in a row: {plain(last.error, SENTENCE_LIMIT)}"
        if last.error
        else None,
    )


def _vitals(seen: AccountSync, now: datetime) -> str:
    """When it was read, what of it matched, when it is next."""
    last = seen.last
    parts = (
        f"read {spoken(now - last.read_at)} ago" if last.read_at else "not read yet",
        f"{last.matched} of {count(last.positions, 'position')} matched" if last.read_at else None,
        _next(last.next_at, now),
    )
    return " · ".join(part for part in parts if part)


def _next(at: datetime | None, now: datetime) -> str | None:
    if at is None:
        return None
    return f"next in {spoken(at - now)}" if at > now else "next any moment"

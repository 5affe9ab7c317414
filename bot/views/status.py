"""/status: the accounts that the reader may see, and for the desk's people what waits.

It is a message that stays and is edited when its text changes. So it shows what calls for that: figures are
rounded, and a time is there only when something is late (the reader's client counts it).
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from decimal import Decimal

from bot.views.cards.card import NAME_LIMIT
from bot.views.markup import Rendered
from bot.words import Words
from bot.words.html import Html, fitting, lines, paragraphs, plain
from core.model.people import Person, Right
from core.model.risk import LiquidationState
from core.model.trades import IntentState
from core.status import AccountStatus, Status

SHOWN = 12
ROOM = 3000
"""What the accounts may take of a message, in UTF-16 units; those that want a look come first."""
REASON_LIMIT = 120
NAMED = 3
"""So many accounts are named in the first line."""
_WELL = ("🟢", "⚪")
_CLOSING = {
    LiquidationState.HELD: "✋",
    LiquidationState.STUCK: "🆘",
    LiquidationState.FLAT: "✅",
    LiquidationState.LOCKED: "✅",
    LiquidationState.RELEASED: "🔓",
}
LATE = timedelta(seconds=60)
FIGURES = 4
"""Significant figures of an equity: one that floats is not to be told anew with each tick."""


def status_for(seen: Status, reader: Person, words: Words) -> Rendered:
    """What this reader may see."""
    desk_wide = reader.may(Right.READ_DESK)
    theirs = [each for each in seen.accounts if desk_wide or each.account.person_id == reader.id]
    return status(seen, theirs, words, desk_wide=desk_wide)


def status(seen: Status, accounts: Iterable[AccountStatus], words: Words, *, desk_wide: bool) -> Rendered:
    """`accounts` is the part of `seen` that the reader may see; `desk_wide` adds the desk's own figures."""
    chosen = sorted(accounts, key=lambda one: _mark(one) in _WELL)
    told = fitting([_account(account, seen.at, words) for account in chosen[:SHOWN]], ROOM)
    more = len(chosen) - len(told)
    return Rendered(
        paragraphs(
            lines(_summary(seen, chosen, words), *_wider(seen, words)),
            *told,
            words("more-accounts", n=more) if more > 0 else None,
            None if chosen else words("no-account"),
            _desk(seen, words) if desk_wide else None,
        )
    )


def _summary(seen: Status, accounts: Sequence[AccountStatus], words: Words) -> Html:
    """The first line: all that the bar of a pinned message shows, so with the accounts that want a look."""
    paused = seen.paused_reason
    trading = f"⏸ {_bare(paused, words)}" if paused else words("status-trading-on")
    unwell = [
        f"{_mark(one)} {plain(one.account.label, NAME_LIMIT)}" for one in accounts if _mark(one) not in _WELL
    ]
    more = words("status-more", n=len(unwell) - NAMED) if len(unwell) > NAMED else None
    return words.listed(Html(trading), *map(Html, unwell[:NAMED]), more)


def _bare(reason: str, words: Words) -> str:
    """Without a full stop, where something may follow."""
    return words.told(reason, REASON_LIMIT).rstrip(".")


def _wider(seen: Status, words: Words) -> list[str]:
    """Locks of the desk, of sources and instruments; the desk's pause is the first line already."""
    told = [lock.reason for lock in seen.locks if lock.reason != seen.paused_reason]
    return [f"🔒 {words.told(reason, REASON_LIMIT)}" for reason in told[:NAMED]]


def _mark(seen: AccountStatus) -> str:
    if seen.liquidation is not None:
        return _CLOSING.get(seen.liquidation.state, "🚨")
    return "🔒" if seen.locks else "🔌" if seen.last.error else "🟢" if seen.last.read_at else "⚪"


def _account(seen: AccountStatus, now: datetime, words: Words) -> Html:
    last = seen.last
    return lines(
        words.listed(
            Html(f"{_mark(seen)} {words.named(seen.account.label, NAME_LIMIT)}"),
            plain(seen.trader, NAME_LIMIT),
        ),
        _closing(seen, words),
        _standing(seen, words),
        _held(seen, words),
        _late("read", last.read_at, now, words),
        _late("guarded", last.guarded_at, now, words),
        f"⚠️ {words.told(last.error, REASON_LIMIT)}" if last.error else None,
        *(f"🔒 {words.told(lock.reason, REASON_LIMIT)}" for lock in seen.locks),
    )


def _standing(seen: AccountStatus, words: Words) -> Html:
    limit, equity = seen.account.policy.drawdown_limit_percent, seen.last.equity
    percent = words.percent(seen.drawdown_percent)
    return words.listed(
        words("status-equity", equity=_rounded(equity, words)) if equity is not None else None,
        words("status-drawdown", percent=percent, limit=words.limit(limit)),
    )


def _closing(seen: AccountStatus, words: Words) -> str | None:
    running = seen.liquidation
    return f"{_mark(seen)} {words(f'liquidation-title-{running.state}')}" if running else None


def _held(seen: AccountStatus, words: Words) -> Html:
    """What is open, and only what is not in order with it."""
    held, matched = seen.last.positions, seen.last.matched
    return words.listed(
        words("count-positions", n=held) if held else words("status-no-positions"),
        words("status-unmatched", n=held - matched) if matched < held else None,
        words("status-divergences", n=seen.divergences) if seen.divergences else None,
    )


def _rounded(equity: Decimal, words: Words) -> str:
    """12,345.67 as 12,350; small amounts whole."""
    places = max(equity.adjusted() + 1 - FIGURES, 0)
    return words.number(round(equity, -places))


def _late(what: str, last: datetime | None, now: datetime, words: Words) -> Html | None:
    """Says so when something was done too long ago, or never."""
    if last is None:
        return words(f"status-never-{what}")
    return words(f"status-not-{what}", since=words.relative(last)) if now - last > LATE else None


def _desk(seen: Status, words: Words) -> Html:
    waiting = seen.intents.get(IntentState.NEW, 0) + seen.intents.get(IntentState.SENDING, 0)
    unknown = seen.intents.get(IntentState.UNKNOWN, 0)
    oldest = seen.outbox_oldest
    late = oldest is not None and seen.at - oldest > LATE
    return lines(
        words("status-cards", n=seen.pending_approvals),
        words.listed(words("status-orders", n=waiting), words("status-unconfirmed", n=unknown)),
        words("status-outbox", since=words.relative(oldest)) if oldest and late else None,
    )

"""/status: the accounts that the reader may see, and for the desk's people what waits.

It is a message that stays and is edited when its text changes. So it shows what calls for that: figures are
rounded, and a time is there only when something is late (the reader's client counts it).
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from decimal import Decimal

from bot.views.card import NAME_LIMIT
from bot.views.markup import Rendered, bold, count, lines, paragraphs, plain, relative
from core.model.people import Person, Right
from core.model.trades import IntentState
from core.status import AccountStatus, Status

SHOWN = 12
REASON_LIMIT = 120
LATE = timedelta(seconds=60)
FIGURES = 4
"""Significant figures of an equity: one that floats is not to be told anew with each tick."""


def status_for(seen: Status, reader: Person) -> Rendered:
    """What this reader may see."""
    desk_wide = reader.may(Right.READ_DESK)
    theirs = [each for each in seen.accounts if desk_wide or each.account.person_id == reader.id]
    return status(seen, theirs, desk_wide=desk_wide)


def status(seen: Status, accounts: Iterable[AccountStatus], *, desk_wide: bool) -> Rendered:
    """`accounts` is the part of `seen` that the reader may see; `desk_wide` adds the desk's own figures."""
    chosen = tuple(accounts)
    more = len(chosen) - SHOWN
    return Rendered(
        paragraphs(
            f"⏸ {plain(seen.paused_reason, REASON_LIMIT)}" if seen.paused_reason else "▶️ Trading is on.",
            *(_account(account, seen.at) for account in chosen[:SHOWN]),
            f"… and {count(more, 'more account')}" if more > 0 else None,
            None if chosen else "No account is set up for you yet.",
            _desk(seen) if desk_wide else None,
        )
    )


def _account(seen: AccountStatus, now: datetime) -> str:
    last = seen.last
    mark = "🔒" if seen.locks else "🔌" if last.error else "🟢" if last.read_at else "⚪"
    equity = f"equity about {_rounded(last.equity)} · " if last.equity is not None else ""
    limit = seen.account.policy.drawdown_limit_percent
    return lines(
        f"{mark} {bold(seen.account.label, NAME_LIMIT)} · {plain(seen.trader, NAME_LIMIT)}",
        f"{equity}drawdown {seen.drawdown_percent:.1f} % of {limit} %",
        f"{count(last.positions, 'position')}, {last.matched} matched,"
        f" {count(seen.divergences, 'divergence')}",
        _late("not read", last.read_at, now),
        _late("not guarded", last.guarded_at, now),
        f"⚠️ {plain(last.error, REASON_LIMIT)}" if last.error else None,
        *(f"🔒 {plain(lock.reason, REASON_LIMIT)}" for lock in seen.locks),
    )


def _rounded(equity: Decimal) -> str:
    """12,345.67 as 12,350; small amounts whole."""
    places = max(equity.adjusted() + 1 - FIGURES, 0)
    return f"{round(equity, -places):,.0f}"


def _late(what: str, last: datetime | None, now: datetime) -> str | None:
    """Says so when something was done too long ago, or never."""
    if last is None:
        return f"{what} yet"
    return f"{what} since {relative(last)}" if now - last > LATE else None


def _desk(seen: Status) -> str:
    waiting = seen.intents.get(IntentState.NEW, 0) + seen.intents.get(IntentState.SENDING, 0)
    unknown = seen.intents.get(IntentState.UNKNOWN, 0)
    return lines(
        f"{count(seen.pending_approvals, 'card')} to decide",
        f"{count(waiting, 'order')} on the way, {unknown} unconfirmed",
        f"oldest message waits since {relative(seen.outbox_oldest)}"
        if seen.outbox_oldest and seen.at - seen.outbox_oldest > LATE
        else None,
    )

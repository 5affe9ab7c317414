"""/status: the accounts that the reader may see, and for the desk's people what waits.

It is a message that stays and is edited when its text changes. So it shows what calls for that: figures are
rounded, and a time is there only when something is late (the reader's client counts it).
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from decimal import Decimal

from bot.views.card import NAME_LIMIT
from bot.views.liquidation import TITLES
from bot.views.markup import Rendered, bold, count, lines, paragraphs, plain, relative, sentence
from core.model.people import Person, Right
from core.model.trades import IntentState
from core.status import AccountStatus, Status

SHOWN = 12
REASON_LIMIT = 120
NAMED = 3
"""So many accounts are named in the first line."""
_WELL = ("🟢", "⚪")
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
            lines(_summary(seen, chosen), *_wider(seen)),
            *(_account(account, seen.at) for account in chosen[:SHOWN]),
            f"… and {count(more, 'more account')}" if more > 0 else None,
            None if chosen else "No account is set up for you yet.",
            _desk(seen) if desk_wide else None,
        )
    )


def _summary(seen: Status, accounts: Sequence[AccountStatus]) -> str:
    """The first line: all that the bar of a pinned message shows, so with the accounts that want a look."""
    trading = f"⏸ {plain(seen.paused_reason, REASON_LIMIT)}" if seen.paused_reason else "▶️ Trading is on"
    unwell = [
        f"{_mark(one)} {plain(one.account.label, NAME_LIMIT)}" for one in accounts if _mark(one) not in _WELL
    ]
    more = [f"{len(unwell) - NAMED} more"] if len(unwell) > NAMED else []
    return " · ".join([trading, *unwell[:NAMED], *more])


def _wider(seen: Status) -> list[str]:
    """Locks of the desk, of sources and instruments; the desk's pause is the first line already."""
    told = [lock.reason for lock in seen.locks if lock.reason != seen.paused_reason]
    return [f"🔒 {plain(reason, REASON_LIMIT)}" for reason in told[:NAMED]]


def _mark(seen: AccountStatus) -> str:
    if seen.liquidation is not None:
        return TITLES[seen.liquidation.state][0]
    return "🔒" if seen.locks else "🔌" if seen.last.error else "🟢" if seen.last.read_at else "⚪"


def _account(seen: AccountStatus, now: datetime) -> str:
    last = seen.last
    equity = f"Equity about {_rounded(last.equity)}" if last.equity is not None else None
    limit = seen.account.policy.drawdown_limit_percent
    return lines(
        f"{_mark(seen)} {bold(seen.account.label, NAME_LIMIT)} · {plain(seen.trader, NAME_LIMIT)}",
        equity,
        f"Drawdown {seen.drawdown_percent:.1f}\N{NO-BREAK SPACE}%, limit {limit}\N{NO-BREAK SPACE}%",
        _closing(seen),
        _held(seen),
        _late("not read", last.read_at, now),
        _late("not guarded", last.guarded_at, now),
        f"⚠️ {plain(last.error, REASON_LIMIT)}" if last.error else None,
        *(f"🔒 {plain(sentence(lock.reason), REASON_LIMIT)}" for lock in seen.locks),
    )


def _closing(seen: AccountStatus) -> str | None:
    running = seen.liquidation
    return " ".join(TITLES[running.state]) if running else None


def _held(seen: AccountStatus) -> str:
    """What is open, and only what is not in order with it."""
    held, matched = seen.last.positions, seen.last.matched
    unmatched = f", {held - matched} unmatched" if matched < held else ""
    differ = f", {count(seen.divergences, 'divergence')}" if seen.divergences else ""
    return f"{count(held, 'position') if held else 'No positions'}{unmatched}{differ}"


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

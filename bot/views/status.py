"""/status: the accounts that the reader may see, and for the desk's people what waits."""

from collections.abc import Iterable

from bot.views.card import NAME_LIMIT
from bot.views.markup import Rendered, bold, count, lines, money, paragraphs, plain, relative
from core.model.trades import IntentState
from core.status import AccountStatus, Status

SHOWN = 12
REASON_LIMIT = 120


def status(seen: Status, accounts: Iterable[AccountStatus], *, desk_wide: bool) -> Rendered:
    """`accounts` is the part of `seen` that the reader may see; `desk_wide` adds the desk's own figures."""
    chosen = tuple(accounts)
    more = len(chosen) - SHOWN
    return Rendered(
        paragraphs(
            f"⏸ {plain(seen.paused_reason, REASON_LIMIT)}" if seen.paused_reason else "▶️ Trading is on.",
            *(_account(account) for account in chosen[:SHOWN]),
            f"… and {count(more, 'more account')}" if more > 0 else None,
            None if chosen else "No account is set up for you yet.",
            _desk(seen) if desk_wide else None,
        )
    )


def _account(seen: AccountStatus) -> str:
    last = seen.last
    mark = "🔒" if seen.locks else "🔌" if last.error else "🟢" if last.read_at else "⚪"
    equity = f"equity {money(last.equity)} · " if last.equity is not None else ""
    limit = seen.account.policy.drawdown_limit_percent
    return lines(
        f"{mark} {bold(seen.account.label, NAME_LIMIT)} · {plain(seen.trader, NAME_LIMIT)}",
        f"{equity}drawdown {seen.drawdown_percent} % of {limit} %",
        f"{count(last.positions, 'position')}, {last.matched} matched,"
        f" {count(seen.divergences, 'divergence')}",
        f"read {relative(last.read_at)}" if last.read_at else "not read yet",
        f"⚠️ {plain(last.error, REASON_LIMIT)}" if last.error else None,
        *(f"🔒 {plain(lock.reason, REASON_LIMIT)}" for lock in seen.locks),
    )


def _desk(seen: Status) -> str:
    waiting = seen.intents.get(IntentState.NEW, 0) + seen.intents.get(IntentState.SENDING, 0)
    unknown = seen.intents.get(IntentState.UNKNOWN, 0)
    return lines(
        f"{count(seen.pending_approvals, 'card')} to decide",
        f"{count(waiting, 'order')} on the way, {unknown} unconfirmed",
        f"oldest message waits since {relative(seen.outbox_oldest)}" if seen.outbox_oldest else None,
    )

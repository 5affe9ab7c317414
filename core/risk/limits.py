"""A trader's limits of entries: how many trades and lots at once, how many a day, and rest after losses.

Pure functions; each gives the sentence that a person reads, or None. Positions opened by hand count, and so
does what is on its way. Each leg of a plan is a trade of its own.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import takewhile
from uuid import UUID

from core.model.accounts import RiskPolicy
from core.model.ids import intent_of_magic
from core.model.mt5 import MT5AccountSnapshot
from core.model.trades import Intent, IntentKind, Trade

MOST_LEGS = 10
"""More trades than any signal has; so many may stand for one loss."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What an entry would add: so many trades, so many lots in all."""

    lots: Decimal
    trades: int = 1


@dataclass(frozen=True, slots=True)
class Held:
    """What an account has already, waiting and on its way included; `today` since midnight, UTC."""

    trades: int = 0
    lots: Decimal = Decimal(0)
    today: int = 0


@dataclass(frozen=True, slots=True)
class Cooldown:
    """So many losses in a row, the newest of them so lately that nothing is opened until `until`."""

    losses: int
    until: datetime


def day_of(now: datetime) -> datetime:
    """The midnight (UTC) since which the trades of a day are counted."""
    return now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)


def held(
    snapshot: MT5AccountSnapshot | None,
    coming: Sequence[Intent],
    trades: Sequence[Trade],
    sent_today: Sequence[Intent],
    midnight: datetime,
) -> Held:
    """By a reading of the account, the openings that may not be in it yet, and the open trades.

    `sent_today` are the openings of the day, whatever came of them but those that came to nothing. By hand
    opened counts for the day what was opened in it and is open still.
    """
    unseen = _unseen(snapshot, coming)
    if snapshot is None:
        known = len(trades), sum((trade.volume for trade in trades), Decimal(0))
        return Held(known[0] + len(unseen), known[1] + _lots(unseen), len(sent_today))
    by_hand = [p for p in snapshot.positions if p.opened_at >= midnight and not intent_of_magic(p.magic)]
    there = [p.volume for p in snapshot.positions] + [o.volume_current for o in snapshot.orders]
    return Held(
        _parts(snapshot, trades) + len(snapshot.orders) + len(unseen),
        sum(there, Decimal(0)) + _lots(unseen),
        len(sent_today) + len(by_hand),
    )


def _unseen(snapshot: MT5AccountSnapshot | None, coming: Sequence[Intent]) -> list[Intent]:
    """The openings that the reading does not show, by magic or, in a net position, by its number."""
    openings = [intent for intent in coming if intent.kind is IntentKind.OPEN]
    if snapshot is None:
        return [intent for intent in openings if not intent.state.is_final]
    magics = {p.magic for p in snapshot.positions} | {o.magic for o in snapshot.orders}
    positions = {position.identifier for position in snapshot.positions}
    return [i for i in openings if i.magic not in magics and i.position not in positions]


def _lots(intents: Sequence[Intent]) -> Decimal:
    return sum((intent.volume for intent in intents), Decimal(0))


def _parts(snapshot: MT5AccountSnapshot, trades: Sequence[Trade]) -> int:
    """A position is a trade; a net position as many as share it."""
    shares = Counter(trade.position for trade in trades)
    return sum(max(shares[position.identifier], 1) for position in snapshot.positions)


def limit_obstacle(policy: RiskPolicy, before: Held, wanted: Wanted) -> str | None:
    """The first limit that the entry would pass, with the numbers."""
    obstacles = (_too_many(policy, before, wanted), _too_large(policy, before, wanted))
    return next(filter(None, (*obstacles, _too_often(policy, before, wanted))), None)


def _too_many(policy: RiskPolicy, before: Held, wanted: Wanted) -> str | None:
    limit = policy.max_open_trades
    if limit is None or before.trades + wanted.trades <= limit:
        return None
    return f"{before.trades} of {limit} trades are open{_more(wanted, before.trades < limit)}."


def _too_large(policy: RiskPolicy, before: Held, wanted: Wanted) -> str | None:
    limit = policy.max_open_lots
    if limit is None or before.lots + wanted.lots <= limit:
        return None
    return f"{before.lots} of {limit} lots are open, and this signal wants {wanted.lots} more."


def _too_often(policy: RiskPolicy, before: Held, wanted: Wanted) -> str | None:
    limit = policy.max_per_day
    if limit is None or before.today + wanted.trades <= limit:
        return None
    more = _more(wanted, before.today < limit)
    return f"{before.today} of {limit} trades of today were opened{more}; the next day begins at 00:00 UTC."


def _more(wanted: Wanted, is_room: bool) -> str:
    return f", and this signal wants {wanted.trades} more" if is_room else ""


def cooldown(policy: RiskPolicy, closed: Sequence[Trade], now: datetime) -> Cooldown | None:
    """Whether the newest of the closed trades (newest first) were losses enough, and lately.

    The trades of one signal are one win or loss together; one whose result is not known is none.
    """
    needed = policy.cooldown_losses
    losses = _losses_in_a_row(closed)
    if needed is None or len(losses) < needed:
        return None
    until = losses[0] + timedelta(minutes=policy.cooldown_minutes)
    return Cooldown(len(losses), until) if now < until else None


def _losses_in_a_row(closed: Sequence[Trade]) -> list[datetime]:
    """When each of the newest trades that lost ended, newest first, up to the newest that did not."""
    results: dict[UUID, Decimal] = {}
    ends: dict[UUID, datetime] = {}
    for trade in closed:
        if trade.profit is not None and trade.closed_at is not None:
            signal = trade.signal_id or trade.id
            results[signal] = results.get(signal, Decimal(0)) + trade.profit
            ends.setdefault(signal, trade.closed_at)
    return [ends[signal] for signal in takewhile(lambda signal: results[signal] < 0, results)]

"""The newest signals, with what the reader decided or, for the desk, how many did what."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from bot.views.card import NAME_LIMIT
from bot.views.markup import Rendered, bold, clock_time, lines, plain, price
from core.model.approvals import Approval, ApprovalState
from core.model.signals import Signal


@dataclass(frozen=True, slots=True)
class Listed:
    """A signal and the approvals of it that the reader may see."""

    signal: Signal
    approvals: Sequence[Approval]


MARKS = {
    ApprovalState.PENDING: "⏳",
    ApprovalState.APPROVED: "✅",
    ApprovalState.REJECTED: "✖️",
    ApprovalState.EXPIRED: "⌛",
    ApprovalState.WITHDRAWN: "↩️",
}


def signals(listed: Sequence[Listed]) -> Rendered:
    """One line each, in the order given."""
    if not listed:
        return Rendered("No signals yet.")
    return Rendered(lines(bold("Newest signals"), *(_line(entry) for entry in listed)))


def _line(entry: Listed) -> str:
    signal = entry.signal
    what = f"{signal.side.upper()} {plain(signal.instrument, NAME_LIMIT)} {price(signal.entry)}"
    decided = Counter(approval.state for approval in entry.approvals)
    states = ", ".join(_state(state, number) for state, number in decided.items()) or "no card"
    return f"{clock_time(signal.received_at)} {what} · {plain(signal.source_name, NAME_LIMIT)} · {states}"


def _state(state: ApprovalState, number: int) -> str:
    return f"{MARKS[state]} {state}" + (f" ×{number}" if number > 1 else "")

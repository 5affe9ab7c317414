"""Why something about an account is refused, so that each reader is told in their own language."""

from enum import StrEnum

from core.model.errors import Refused


class Reason(StrEnum):
    """What stands in the way; the facts beside it are numbers and names."""

    DESK_FILE = "desk-file"
    LINKED = "linked"
    LINKED_BY_YOU = "linked-by-you"
    NAME_TAKEN = "name-taken"
    NAME_FORM = "name-form"
    NAME_SPACES = "name-spaces"
    NAME_KIND = "name-kind"
    NAME_SPAN = "name-span"
    NAME_BEGINS = "name-begins"
    TOO_MANY_ACCOUNTS = "too-many-accounts"
    NO_TERMINAL = "no-terminal"
    TERMINAL_BUSY = "terminal-busy"
    TOO_MANY_TRIES = "too-many-tries"
    REJECTED = "rejected"
    ONE_TIME_PASSWORD = "one-time-password"  # noqa: S105 - what a broker asks for
    WRONG_ACCOUNT = "wrong-account"
    TIMED_OUT = "timed-out"
    UNREACHABLE = "unreachable"
    PAPER = "paper"
    INVESTOR = "investor"
    CLOSING = "closing"
    NOT_FLAT = "not-flat"
    UNDER_WAY = "under-way"
    LOCKED = "locked"
    UNREADABLE = "unreadable"
    BOUND = "bound"
    NEAR = "near"
    NEAR_TODAY = "near-today"
    CEILING = "ceiling"
    FLOOR = "floor"
    OUT_OF_RANGE = "out-of-range"
    TOO_LARGE = "too-large"
    NO_SYMBOL = "no-symbol"
    OPEN = "open"


class AccountRefused(Refused):
    """Raised with the reason and its facts; nothing was changed."""

    def __init__(self, reason: Reason, **facts: str | int) -> None:
        super().__init__(f"This is not possible now: {reason.replace('-', ' ')}.")
        self.reason = reason
        self.facts = facts

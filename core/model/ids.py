"""Identities, one type each, so that the type checker sees a mix-up."""

from datetime import UTC, datetime
from typing import NewType
from uuid import UUID, uuid5

PersonId = NewType("PersonId", UUID)
AccountId = NewType("AccountId", UUID)
SourceId = NewType("SourceId", UUID)
SignalId = NewType("SignalId", UUID)
ApprovalId = NewType("ApprovalId", UUID)
TradeId = NewType("TradeId", UUID)
IntentId = NewType("IntentId", int)

_NAMESPACE = UUID("6f2b6c1e-3b0c-4d0e-9d56-2f2a7c0b7d01")
_EPOCH_MS = int(datetime(2025, 1, 1, tzinfo=UTC).timestamp() * 1000)
_SEQUENCE_BITS = 7
_INTENT_BITS = 48
_COMMENT_DIGITS = 10  # in base 36, enough for 48 bits
_DESK_PREFIX = 0x7AD0
_BASE36 = "0123456789abcdefghijklmnopqrstuvwxyz"


def id_of(kind: str, name: str) -> UUID:
    """Always the same for what is known by its name: the desk file and an invite mean one person."""
    return uuid5(_NAMESPACE, f"{kind}:{name}")


class _IntentIds:
    """Makes 48-bit numbers: milliseconds since 2025 and 7 bits for several in one millisecond."""

    def __init__(self) -> None:
        self._newest = 0

    def new(self, now: datetime) -> IntentId:
        """A number larger than all before in this process.

        It never restarts with a new database, so an order of an older desk on the same account is not
        taken for an order of this one.
        """
        milliseconds = int(now.timestamp() * 1000) - _EPOCH_MS
        self._newest = max(self._newest + 1, milliseconds << _SEQUENCE_BITS)
        return IntentId(self._newest)


new_intent_id = _IntentIds().new


def magic_of(intent: IntentId) -> int:
    """The order's `magic`: 63 bits, a prefix that names the desk and the intent's id."""
    return (_DESK_PREFIX << _INTENT_BITS) | intent


def intent_of_magic(magic: int) -> IntentId | None:
    """The intent that a magic number names, or None when another program made it."""
    prefix, intent = divmod(magic, 1 << _INTENT_BITS)
    return IntentId(intent) if prefix == _DESK_PREFIX and intent else None


def comment_of(intent: IntentId) -> str:
    """The order's comment: `td` and the id as ten digits in base 36, 12 ASCII characters.

    Always as many, so that a comment that the broker has cut is seen to be cut and names no other intent.
    """
    digits = ""
    rest = int(intent)
    for _ in range(_COMMENT_DIGITS):
        rest, digit = divmod(rest, 36)
        digits = _BASE36[digit] + digits
    return f"td{digits}"


def intent_of_comment(comment: str) -> IntentId | None:
    """The intent that a comment names, also when the broker has added to it; None without a whole one."""
    word = comment.strip().split(" ")[0].lower()
    digits = word[2:]
    whole = len(digits) == _COMMENT_DIGITS and digits.isascii() and digits.isalnum()
    if not word.startswith("td") or not whole:
        return None
    intent = int(digits, 36)
    return IntentId(intent) if 0 < intent < (1 << _INTENT_BITS) else None


def intent_of(magic: int, comment: str) -> IntentId | None:
    """The intent that an order's marks name: its magic, else its comment."""
    return intent_of_magic(magic) or intent_of_comment(comment)

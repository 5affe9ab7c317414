"""Pauses and locks: what holds, and the owner's buttons to release an account."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.callbacks import UnlockTap
from bot.views.card import NAME_LIMIT
from bot.views.markup import Rendered, bold, button, clip, keyboard, lines, plain, relative
from core.model.accounts import Account
from core.model.risk import Lock

REASON_LIMIT = 160
SHOWN = 15

NONE_LOCKED = "No account is locked."
PAUSED = "⏸ Trading is paused: no new trades on any account. /resume ends it."
RESUMED = "▶️ Trading goes on."


@dataclass(frozen=True, slots=True)
class Locked:
    """A lock with the account that it holds."""

    account: Account
    lock: Lock


def locked_accounts(locked: Sequence[Locked]) -> Rendered:
    """A line and a button for each, at most 15."""
    if not locked:
        return Rendered(NONE_LOCKED)
    rows = [[button(f"Unlock {clip(held.account.label, NAME_LIMIT)}", _tap(held))] for held in locked[:SHOWN]]
    return Rendered(
        lines(bold("Locked accounts"), *(_line(held) for held in locked[:SHOWN])), keyboard(*rows)
    )


def unlocked(account: Account) -> str:
    return f"🔓 {plain(account.label, NAME_LIMIT)} is unlocked; new trades are possible again."


def _line(held: Locked) -> str:
    reason = plain(held.lock.reason, REASON_LIMIT)
    return f"🔒 {plain(held.account.label, NAME_LIMIT)}, {relative(held.lock.set_at)}: {reason}"


def _tap(held: Locked) -> UnlockTap:
    return UnlockTap(account=held.account.id, lock=held.lock.id)

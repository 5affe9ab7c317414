"""Pauses and locks: what keeps entries out now, and the buttons that release it."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.callbacks import UnlockTap
from bot.views.card import NAME_LIMIT
from bot.views.markup import (
    Rendered,
    bold,
    button,
    clip,
    count,
    keyboard,
    lines,
    money,
    paragraphs,
    plain,
    relative,
)
from core.model.risk import Lock, LockKind
from core.risk.locks import Released

REASON_LIMIT = 160
SHOWN = 12

NOTHING_HOLDS = "Nothing is locked or paused; entries are open."
NONE_TO_RELEASE = "Nothing is locked that you could release. /locks shows all that holds."
PAUSED = "⏸ Trading is paused: no new trades on any account. /resume ends it."
RESUMED = "▶️ Trading goes on."


@dataclass(frozen=True, slots=True)
class Locked:
    """A lock with the name of its place; `mine` when the reader may release it."""

    name: str
    lock: Lock
    mine: bool


@dataclass(frozen=True, slots=True)
class Shut:
    """What the clock says against entries of an account, or of the desk."""

    name: str
    reason: str


def what_holds(locked: Sequence[Locked], shut: Sequence[Shut] = ()) -> Rendered:
    """At most 12 lines, and a button for each lock among them that the reader may release."""
    if not locked and not shut:
        return Rendered(NOTHING_HOLDS)
    shown, told = locked[:SHOWN], shut[: max(SHOWN - len(locked), 0)]
    more = len(locked) + len(shut) - len(shown) - len(told)
    rows = [[button(_label(held), UnlockTap(lock=held.lock.id))] for held in shown if held.mine]
    text = paragraphs(
        bold("What keeps entries out"),
        *map(_line, shown),
        *(f"🕒 {bold(one.name, NAME_LIMIT)}: {plain(one.reason, REASON_LIMIT)}" for one in told),
        f"… and {count(more, 'more')}" if more else None,
    )
    return Rendered(text, keyboard(*rows) if rows else None)


def paused(name: str) -> str:
    return f"⏸ {plain(name, NAME_LIMIT)} is paused: no new trades there. /resume ends it."


def resumed(name: str) -> str:
    return f"▶️ {plain(name, NAME_LIMIT)}: trading goes on."


def locked_now(name: str, until: str, resting: int = 0) -> str:
    """`resting` pending orders stay at the broker."""
    stays = f"Pending orders there that stay at the broker and may still fill: {resting}."
    locked = f"🔒 {plain(name, NAME_LIMIT)} is locked {plain(until)}. /unlock releases it."
    return lines(locked, stays if resting else None)


def unlocked(name: str, released: Released, currency: str = "") -> str:
    """`currency` is the account's, empty while unread."""
    still, equity = released.still, released.measured_from
    measured = f"Drawdown is measured from {money(equity, currency)} now." if equity is not None else None
    holds = [f"Still holds: {plain(lock.reason, REASON_LIMIT)}" for lock in still]
    open_now = "" if still else "; new trades are possible again"
    return lines(f"🔓 {plain(name, NAME_LIMIT)} is unlocked{open_now}.", measured, *holds)


def _label(held: Locked) -> str:
    verb = "Resume" if held.lock.kind is LockKind.PAUSE else "Unlock"
    guards = " (drawdown)" if held.lock.kind is LockKind.DRAWDOWN else ""
    return f"{verb} {clip(held.name, NAME_LIMIT)}{guards}"


def _line(held: Locked) -> str:
    lock = held.lock
    mark = "⏸" if lock.kind is LockKind.PAUSE else "🔒"
    ends = f", ends {relative(lock.until)}" if lock.until else ""
    said = lock.reason.removeprefix(held.name) if lock.reason.startswith(held.name) else f": {lock.reason}"
    return lines(
        f"{mark} {bold(held.name, NAME_LIMIT)}{plain(said, REASON_LIMIT)}",
        f"set {relative(lock.set_at)}{ends}",
    )

"""Pauses and locks: what keeps entries out now, and the buttons that release it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from aiogram.enums import ButtonStyle
from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup

from bot.buttons.fields import unix
from bot.buttons.guard import UnlockSureTap, UnlockTap
from bot.views.cards.card import NAME_LIMIT
from bot.views.markup import Rendered, button, keyboard
from bot.words import Words
from bot.words.html import Html, bold, clip, lines, paragraphs, plain
from core.model.risk import DESK, Lock, LockKind
from core.risk.locks import Released

REASON_LIMIT = 160
SHOWN = 12


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


def what_holds(locked: Sequence[Locked], shut: Sequence[Shut], words: Words) -> Rendered:
    """At most 12 lines, and a button for each lock among them that the reader may release."""
    if not locked and not shut:
        return Rendered(words("locks-none"))
    shown, told = locked[:SHOWN], shut[: max(SHOWN - len(locked), 0)]
    more = len(locked) + len(shut) - len(shown) - len(told)
    rows = [[_release_button(held, words)] for held in shown if held.mine]
    text = paragraphs(
        bold(words("locks-title")),
        *(_line(held, words) for held in shown),
        *(f"🕒 {bold(one.name, NAME_LIMIT)}: {words.told(one.reason, REASON_LIMIT)}" for one in told),
        words("more", n=more) if more else None,
    )
    return Rendered(text, keyboard(*rows) if rows else None)


def none_to_release(words: Words) -> Rendered:
    return Rendered(words("locks-none-to-release"))


def paused(held: Locked, words: Words) -> Rendered:
    """Said once it is paused, with the button that ends it."""
    key = "locks-desk-paused" if held.lock.place == DESK else "locks-paused"
    return Rendered(words(key, name=_called(held, words)), _release(held, words))


def resumed(name: str, words: Words, *, whole: bool) -> Rendered:
    """`whole`: it was the pause of the whole desk."""
    return Rendered(words("locks-desk-resumed" if whole else "locks-resumed", name=clip(name, NAME_LIMIT)))


def locked_now(held: Locked, resting: int, words: Words) -> Rendered:
    """`resting` pending orders stay at the broker."""
    name, until = _called(held, words), held.lock.until
    locked = (
        words("locks-locked-until", name=name, until=words.date_time(until))
        if until
        else words("locks-locked", name=name)
    )
    stays = words("locks-resting", n=resting) if resting else None
    return Rendered(lines(locked, stays), _release(held, words))


def unlock_question(held: Locked, equity: Html | None, until: datetime, words: Words) -> Rendered:
    """Before the guard's lock is released: what it was, and from which equity it begins to count anew.

    The two buttons lapse at `until`.
    """
    name, ends = _called(held, words), unix(until)
    text = paragraphs(
        words("locks-ask", name=name),
        words.told(held.lock.reason, REASON_LIMIT),
        words("locks-ask-anew", equity=equity) if equity else None,
        words("question-lapses", when=words.relative(until)),
    )
    sure = UnlockSureTap(lock=held.lock.id, until=ends)
    return Rendered(
        text,
        keyboard(
            [button(words.label("locks-unlock", name=name), sure, ButtonStyle.DANGER)],
            [button(words.label("locks-keep"), sure.model_copy(update={"keep": True}))],
        ),
    )


def kept(words: Words) -> Rendered:
    return Rendered(words("locks-kept"))


def unlocked(name: str, released: Released, words: Words, currency: str = "") -> Rendered:
    """`currency` is the account's, empty while unread."""
    still, equity = released.still, released.measured_from
    key = "locks-unlocked" if still else "locks-open-again"
    return Rendered(
        lines(
            words(key, name=clip(name, NAME_LIMIT)),
            words("locks-measured", equity=words.money(equity, currency)) if equity is not None else None,
            *(words("locks-still", reason=words.told(lock.reason, REASON_LIMIT)) for lock in still),
        )
    )


def _release(held: Locked, words: Words) -> InlineKeyboardMarkup | None:
    return keyboard([_release_button(held, words)]) if held.mine else None


def _release_button(held: Locked, words: Words) -> InlineKeyboardButton:
    keys = {LockKind.PAUSE: "locks-resume", LockKind.DRAWDOWN: "locks-unlock-drawdown"}
    key = keys.get(held.lock.kind, "locks-unlock")
    return button(words.label(key, name=_called(held, words)), UnlockTap(lock=held.lock.id))


def _line(held: Locked, words: Words) -> Html:
    lock = held.lock
    mark = "⏸" if lock.kind is LockKind.PAUSE else "🔒"
    return lines(
        f"{mark} {_said(held, words)}",
        words.listed(
            words("locks-set", when=words.relative(lock.set_at)),
            words("locks-ends", when=words.relative(lock.until)) if lock.until else None,
        ),
    )


def _said(held: Locked, words: Words) -> str:
    """The reason with the name of the place in it, once."""
    name, told = plain(held.name), words.told(held.lock.reason, REASON_LIMIT)
    if told[: len(name)].lower() == name.lower():  # a sentence begins with a capital, a name need not
        return f"{bold(held.name, NAME_LIMIT)}{told[len(name) :]}"
    return told if held.lock.reason.startswith(held.name) else f"{bold(held.name, NAME_LIMIT)}: {told}"


def _called(held: Locked, words: Words) -> str:
    """The place, as its reader calls it."""
    place = held.lock.place
    if place == DESK:
        return words.label("locks-the-desk")
    return clip(_source_named(held.name, words) if place.source_id else held.name, NAME_LIMIT)


def _source_named(name: str, words: Words) -> str:
    """Core calls one `Source alpha`."""
    return words.label("locks-source", name=name.removeprefix("Source "))

"""/sources: who sends signals, what for, how it went, and whether it is paused."""

from collections.abc import Sequence
from dataclasses import dataclass

from aiogram.types import InlineKeyboardButton

from bot.buttons.signals import SourceTap
from bot.views.cards.card import NAME_LIMIT, record
from bot.views.markup import Rendered, button, keyboard
from bot.views.standing import source_button
from bot.words import Words
from bot.words.html import Html, bold, clip, fitting, lines, paragraphs
from core.intake.composing import DESK_SOURCE
from core.model.accounts import Source
from core.model.risk import Lock, LockKind
from core.model.signals import TrackRecord

ROOM = 3600
"""What the sources may take of a message, in UTF-16 units."""
INSTRUMENTS_SHOWN, REASON_LIMIT, BUTTONS = 10, 120, 20
ABSENT = "–"


@dataclass(frozen=True, slots=True)
class SourceSeen:
    """A source, how its newest signals went, and the locks and pauses of it that hold."""

    source: Source
    record: TrackRecord
    locks: Sequence[Lock]

    @property
    def paused(self) -> bool:
        return any(lock.kind is LockKind.PAUSE for lock in self.locks)


def sources(
    seen: Sequence[SourceSeen], words: Words, *, may_pause: bool, may_decide: bool = False
) -> Rendered:
    """By name; with a button for each where the reader may pause it, or approve it beforehand."""
    if not seen:
        return Rendered(words("sources-none"))
    told = fitting([_source(one, words) for one in seen], ROOM)
    more = len(seen) - len(told)
    text = paragraphs(bold(words("sources-title")), *told, words("more", n=more) if more else None)
    rows = [[_button(one, words)] for one in seen[:BUTTONS]] if may_pause else []
    rows += [[source_button(one.source, words)] for one in seen[:BUTTONS]] if may_decide else []
    return Rendered(text, keyboard(*rows) if rows else None)


def _source(seen: SourceSeen, words: Words) -> Html:
    source = seen.source
    mark = "⏸" if seen.paused else "🔒" if seen.locks else "📡"
    own = source.id == DESK_SOURCE
    return lines(
        f"{mark} {words.named(source.name, NAME_LIMIT)}",
        words("sources-composed") if own else None,
        _instruments(sorted(source.instruments), words),
        None if own else _limits(source, words),
        words.listed(*record(seen.record, words)),
        *(words.told(lock.reason, REASON_LIMIT) for lock in seen.locks),
    )


def _instruments(names: Sequence[str], words: Words) -> Html:
    shown = ", ".join(names[:INSTRUMENTS_SHOWN])
    more = len(names) - INSTRUMENTS_SHOWN
    rest = words("sources-more-instruments", n=more) if more > 0 else None
    return words.listed(clip(shown, 200) or ABSENT, rest)


def _limits(source: Source, words: Words) -> Html:
    rate = words("sources-rate", n=source.per_minute)
    return words.listed(rate, words("sources-life", life=words.span(source.default_expiry)))


def _button(seen: SourceSeen, words: Words) -> InlineKeyboardButton:
    key = "sources-resume" if seen.paused else "sources-pause"
    name = clip(seen.source.name, NAME_LIMIT)
    return button(words.label(key, name=name), SourceTap(source=seen.source.id, pause=not seen.paused))

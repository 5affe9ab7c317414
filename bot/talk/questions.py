"""A question that a second tap answers, within thirty seconds.

Its buttons carry `until`, the time at which it lapses: nothing of it is kept anywhere else.
"""

from datetime import datetime

from bot.talk.taps import Tap
from bot.views.markup import Rendered
from bot.words import Words
from core.model.clock import Clock
from core.trading.requests import ASK_WITHIN

LASTS = ASK_WITHIN


def lapses_at(clock: Clock) -> datetime:
    """The `until` of a question that is asked now."""
    return clock.now() + LASTS


async def in_time(
    until: int, clock: Clock, tap: Tap, words: Words, otherwise: Rendered | None = None
) -> bool:
    """Whether an answer still counts; `until` is its button's.

    One that does not (too late, or of a time that no question of ours can have had) is told so, and in place
    of the question with its dead buttons that is said too, or `otherwise` shown.
    """
    if 0 <= until - clock.now().timestamp() <= LASTS.total_seconds():
        return True
    await tap.answer(words.label("question-lapsed"), alert=True)
    await tap.show(otherwise or Rendered(words("question-lapsed")))
    return False

"""What happens when a handler fails: a sentence to the person, and to the owner what is a fault of ours."""

import secrets
import traceback
from typing import Any

import structlog
from aiogram.exceptions import TelegramAPIError, TelegramForbiddenError, TelegramNetworkError
from aiogram.types import ErrorEvent
from cachetools import TTLCache

from bot.context import App
from bot.delivery.refusals import MESSAGE_GONE, NO_TEXT, NOT_MODIFIED, TAP_TOO_OLD, says
from bot.talk.taps import Tap
from bot.words import Words, words_of
from bot.words.sentences import translated
from core.alerts import alert_owners
from core.bell import OUTBOX
from core.following import following, trace_behind
from core.model.errors import DeskError
from core.model.events import Priority
from core.model.people import Person
from core.mt5.errors import TerminalError

log = structlog.get_logger(__name__)

EXPECTED = NOT_MODIFIED + MESSAGE_GONE + TAP_TOO_OLD + NO_TEXT
TOLD_AGAIN_AFTER_S = 600
PLACES_REMEMBERED = 256


class ErrorHandler:
    """Reacts to what a handler raised, by the kind of error; remembers which faults the owner knows of."""

    def __init__(self) -> None:
        self._told: TTLCache[str, bool] = TTLCache(PLACES_REMEMBERED, TOLD_AGAIN_AFTER_S)

    async def handle(
        self, event: ErrorEvent, app: App, person: Person | None = None, tap: Tap | None = None
    ) -> None:
        with following(trace_behind(event.exception)):
            await self._react(event, app, person, tap)

    async def _react(self, event: ErrorEvent, app: App, person: Person | None, tap: Tap | None) -> None:
        error, words = event.exception, words_of(person) if person else Words()
        if isinstance(error, DeskError):
            await _tell(event, tap, translated(str(error), words.language))
        elif isinstance(error, TerminalError):
            log.warning("handler.terminal", error=str(error))
            await _tell(event, tap, translated(error.for_trader, words.language))
        elif isinstance(error, TelegramForbiddenError):
            await _lost_touch(app, person)
        elif isinstance(error, TelegramAPIError) and _is_expected(error):
            log.debug("handler.telegram", error=str(error))
            if tap is not None:
                await tap.answer()
        else:
            await self._report(event, app, tap, words)

    async def _report(self, event: ErrorEvent, app: App, tap: Tap | None, words: Words) -> None:
        """A fault of ours: an id for the person, the traceback for the log, a notice for the owner."""
        error = event.exception
        error_id = secrets.token_hex(4)
        log.error("handler.failed", error_id=error_id, exc_info=error)
        place = _place(error)
        if place not in self._told:
            self._told[place] = True
            await _tell_owners(app, error_id, type(error).__name__)
        await _tell(event, tap, words.label("reply-own-error", id=error_id))


async def _tell(event: ErrorEvent, tap: Tap | None, text: str) -> None:
    """To who caused it: the tap's alert, or an answer to the message."""
    try:
        if tap is not None:
            await tap.tell(text)
        elif event.update.message is not None:
            await event.update.message.answer(text, parse_mode=None)
    except TelegramAPIError as error:
        log.warning("handler.person_not_told", error=str(error))


async def _tell_owners(app: App, error_id: str, error: str) -> None:
    now = app.desk.clock.now()
    async with app.desk.store.write() as tx:
        data: dict[str, Any] = {"error_id": error_id, "error": error}
        await alert_owners(tx, now, "handler_failed", data, Priority.NOTICE)
    app.desk.bell.ring(OUTBOX)


async def _lost_touch(app: App, person: Person | None) -> None:
    """A stranger who blocks the bot concerns nobody."""
    if person is None:
        return
    async with app.desk.store.write() as tx:
        await tx.people.unreachable(person.id)


def _is_expected(error: TelegramAPIError) -> bool:
    return isinstance(error, TelegramNetworkError) or says(error, EXPECTED)


def _place(error: Exception) -> str:
    """Where it was raised, so that the same fault is told once."""
    frames = traceback.extract_tb(error.__traceback__)
    where = f"{frames[-1].filename}:{frames[-1].lineno}" if frames else ""
    return f"{type(error).__name__}@{where}"

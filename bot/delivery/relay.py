"""The relay: takes notices from the outbox and shows them, most urgent first, one at a time per chat."""

import asyncio
import random
from collections import Counter
from contextlib import suppress
from datetime import timedelta

import structlog
from aiogram import Bot
from aiogram.exceptions import (
    TelegramAPIError,
    TelegramBadRequest,
    TelegramEntityTooLarge,
    TelegramForbiddenError,
    TelegramRetryAfter,
)
from aiogram.types import Message

from bot.context import App
from bot.delivery.cards import Cards
from bot.delivery.live import LiveStatus
from bot.delivery.messages import edit, send
from bot.delivery.subjects import Subject, read_subject
from bot.views.markup import Rendered
from bot.views.notices import alert
from bot.words import words_of
from core.alerts import wants_new
from core.bell import OUTBOX
from core.model.events import NoticeKind
from core.model.ids import PersonId
from core.model.people import Person
from core.ports import OutboxItem, SentMessage

log = structlog.get_logger(__name__)

LOOK_S = 1.0
DUE_AT_ONCE = 500
LANES = 64
GRACE_S = 3.0
LONGEST_DELAY_S = 60.0
BUGS_FORGIVEN = 5


class Relay:
    """Delivers the outbox through `bot`. At least once: after a crash a message may come a second time.

    `counts` has what became of the notices: delivered, put_off, given_up. `live` keeps the statuses.
    """

    def __init__(self, app: App, bot: Bot) -> None:
        self.counts: Counter[str] = Counter()
        self.live = LiveStatus(app, bot)
        self._app = app
        self._bot = bot
        self._store = app.desk.store
        self._clock = app.desk.clock
        self._bell = app.desk.bell
        self._cards = Cards(app, bot)
        self._busy: set[PersonId] = set()

    async def run(self) -> None:
        """Deliver for ever, woken by the bell or by a timer. Cancelled, it ends what is under way first:
        a message that was sent without being noted would come twice."""
        async with asyncio.TaskGroup() as lanes:
            try:
                while True:
                    await self._open_lanes(lanes)
                    await self._bell.wait(OUTBOX, LOOK_S)
            except asyncio.CancelledError:
                await self._lanes_ended(GRACE_S)
                raise

    async def flush(self, within_s: float) -> bool:
        """Deliver what is due now, for a clean stop; False when something still waits after `within_s`."""
        try:
            async with asyncio.timeout(within_s), asyncio.TaskGroup() as lanes:
                while await self._open_lanes(lanes):
                    await self._bell.wait(OUTBOX, LOOK_S)
        except TimeoutError:
            return False
        return True

    async def _lanes_ended(self, within_s: float) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(within_s):
                while self._busy:
                    await self._bell.wait(OUTBOX, LOOK_S)

    async def _open_lanes(self, lanes: asyncio.TaskGroup) -> int:
        """Start delivery of each free person's most urgent notice; returns how many are due or under way.

        One at a time per person keeps their order and lets a critical one overtake what waits. Who was busy
        before the reading is left out: it may show as due what has been delivered meanwhile.
        """
        busy_before = set(self._busy)
        async with self._store.read() as tx:
            due = await tx.outbox.due(self._clock.now(), DUE_AT_ONCE)
        for item in due:
            person = item.notice.person_id
            if person not in busy_before | self._busy and len(self._busy) < LANES:
                self._busy.add(person)
                lanes.create_task(self._lane(item))
        return len(due) + len(self._busy)

    async def _lane(self, item: OutboxItem) -> None:
        try:
            await self._deliver(item)
        finally:
            self._busy.discard(item.notice.person_id)
            self._bell.ring(OUTBOX)

    async def _deliver(self, item: OutboxItem) -> None:
        """Show one notice, or decide by the failure what becomes of it."""
        try:
            await self._show(item)
        except TelegramRetryAfter as refused:
            await self._put_off(item, refused.retry_after, refused)
        except TelegramForbiddenError as refused:
            await self._lost_touch(item, refused)
        except (TelegramBadRequest, TelegramEntityTooLarge) as refused:
            log.exception("notice.refused", notice=item.notice.subject)
            await self._give_up(item, str(refused))
        except TelegramAPIError as trouble:
            await self._put_off(item, _delay_s(item.attempts), trouble)
        except Exception as bug:  # one notice that cannot be rendered must not hold up the others
            log.exception("notice.failed", notice=item.notice.subject, kind=item.notice.kind)
            await self._forgive(item, bug)

    async def _show(self, item: OutboxItem) -> None:
        notice = item.notice
        async with self._store.read() as tx:
            person = await tx.people.get(notice.person_id)
        if person is None or person.chat_id is None or not person.reachable:
            return await self._give_up(item, "the person has no reachable chat")
        if person.is_blocked and notice.kind is not NoticeKind.CARD:  # a card shows it is withdrawn
            return await self._give_up(item, "the person is blocked")
        if notice.kind is NoticeKind.ALERT:
            told = alert(notice.subject, notice.data, words_of(person), person)
            await send(self._bot, person.chat_id, told)
            return await self._done(item)
        if notice.kind is NoticeKind.STATUS:
            return await self._done(item, await self.live.show(item, person, person.chat_id))
        subject = await self._read(item, person)
        if subject is None:
            return await self._give_up(item, "what it tells of is gone")
        return await self._done(item, await self._bring_up_to_date(item, person.chat_id, subject))

    async def _read(self, item: OutboxItem, person: Person) -> Subject | None:
        if item.notice.kind is NoticeKind.CARD:
            return await self._cards.read(item.notice.subject)
        async with self._store.read() as tx:
            return await read_subject(self._app, tx, item.notice, person)

    async def _bring_up_to_date(self, item: OutboxItem, chat_id: int, subject: Subject) -> SentMessage | None:
        """Edit the message that shows the subject, or send one; what was sent, None after an edit."""
        notice = item.notice
        async with self._store.read() as tx:
            sent = await tx.outbox.sent(notice.kind, notice.subject, notice.person_id)
        replaces = wants_new(notice, sent)
        if sent is not None and not replaces and await edit(self._bot, sent, subject.rendered):
            return None
        message = await self._send(chat_id, subject)
        if sent is not None and replaces and subject.former is not None:
            await self._retire(sent, subject.former)
        return SentMessage(chat_id, message.message_id, has_photo=bool(message.photo))

    async def _retire(self, former: SentMessage, rendered: Rendered) -> None:
        """Take the buttons off it. Should that fail, they are answered all the same: the new one counts."""
        try:
            await edit(self._bot, former, rendered)
        except TelegramAPIError as refused:
            log.info("message.not_retired", error=str(refused))

    async def _send(self, chat_id: int, subject: Subject) -> Message:
        if subject.card is None:
            return await send(self._bot, chat_id, subject.rendered)
        return await self._cards.send(chat_id, subject.rendered, subject.card)

    async def _done(self, item: OutboxItem, sent: SentMessage | None = None) -> None:
        notice, now = item.notice, self._clock.now()
        async with self._store.write() as tx:
            if sent is not None:
                await tx.outbox.remember_sent(notice.kind, notice.subject, notice.person_id, sent, now)
            await tx.outbox.delivered(item.id, now)
        self.counts["delivered"] += 1

    async def _lost_touch(self, item: OutboxItem, refused: TelegramAPIError) -> None:
        """The person blocked the bot: not tried again until they come back with /start."""
        log.info("person.unreachable", person=str(item.notice.person_id), error=str(refused))
        async with self._store.write() as tx:
            await tx.people.unreachable(item.notice.person_id)
        await self._give_up(item, str(refused))

    async def _forgive(self, item: OutboxItem, bug: Exception) -> None:
        if item.attempts >= BUGS_FORGIVEN:
            await self._give_up(item, repr(bug))
        else:
            await self._put_off(item, _delay_s(item.attempts), bug)

    async def _put_off(self, item: OutboxItem, seconds: float, why: Exception) -> None:
        log.warning("notice.put_off", notice=item.notice.subject, seconds=round(seconds, 1), error=str(why))
        async with self._store.write() as tx:
            await tx.outbox.put_off(item.id, self._clock.now() + timedelta(seconds=seconds), str(why))
        self.counts["put_off"] += 1

    async def _give_up(self, item: OutboxItem, why: str) -> None:
        log.warning("notice.given_up", notice=item.notice.subject, kind=item.notice.kind, error=why)
        async with self._store.write() as tx:
            await tx.outbox.give_up(item.id, self._clock.now(), why)
        self.counts["given_up"] += 1


def _delay_s(attempts: int) -> float:
    """Growing pauses with jitter, at most a minute."""
    longest = min(0.5 * 2.0 ** min(attempts, 10), LONGEST_DELAY_S)
    return float(longest * random.uniform(0.5, 1.0))  # noqa: S311 - jitter

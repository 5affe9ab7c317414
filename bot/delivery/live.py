"""The live status: one pinned message per person, edited when what it shows has changed, and only then."""

from collections.abc import Callable, Sequence

import structlog
from aiogram import Bot
from aiogram.exceptions import TelegramAPIError

from bot.context import App
from bot.delivery.messages import edit, send
from bot.views.markup import Rendered
from bot.views.status import status_for
from bot.words import words_of
from core.alerts import instead, wants_new
from core.bell import OUTBOX, STATUS, Bell
from core.model.events import Event, Notice, NoticeKind, Priority
from core.model.ids import PersonId
from core.model.people import Person
from core.ports import OutboxItem, SentMessage
from core.status import Status, read_status

log = structlog.get_logger(__name__)

REFRESH_S = 10.0
AT_ONCE = ("liquidation.", "lock.", "account.", "source.", "desk.")
"""Events of these names are shown when they happen; of the others a status may be ten seconds behind."""
SUBJECT = "desk"


async def ask_for_status(app: App, person: Person) -> None:
    """Have a new status sent and pinned in place of the one before."""
    async with app.desk.store.write() as tx:
        asked = await instead(tx, NoticeKind.STATUS, SUBJECT, person.id)
        notice = Notice(person.id, NoticeKind.STATUS, SUBJECT, Priority.CARD, asked)
        await tx.outbox.put([notice], app.desk.clock.now())
    app.desk.bell.ring(OUTBOX)


def following_status(bell: Bell) -> Callable[[Sequence[Event]], None]:
    """An observer of the store by which the statuses follow at once what nobody should see late."""

    def observe(events: Sequence[Event]) -> None:
        if any(event.name.startswith(AT_ONCE) for event in events):
            bell.ring(STATUS)

    return observe


class LiveStatus:
    """Shows the desk to everyone who has asked for it. What was shown last is known until a restart, after
    which each message is edited once (Telegram says if it was the same).

    One that a person deleted does not come back by itself, as nobody could get rid of it: /status brings it.
    """

    def __init__(self, app: App, bot: Bot) -> None:
        self._desk = app.desk
        self._bot = bot
        self._shown: dict[PersonId, Rendered] = {}

    async def keep(self) -> None:
        """Refresh at every ring and every ten seconds until cancelled."""
        while True:
            await self.refresh()
            await self._desk.bell.wait(STATUS, REFRESH_S)

    async def refresh(self) -> None:
        """Ask for an edit of each message that does not show the present."""
        async with self._desk.store.read() as tx:
            watching = set(await tx.outbox.shown_to(NoticeKind.STATUS, SUBJECT))
            people = [each for each in await tx.people.all() if each.id in watching and _reads(each)]
        if not people:
            return
        seen = await read_status(self._desk)
        late = [each.id for each in people if self._shown.get(each.id) != _rendered(seen, each)]
        if late:
            notices = [Notice(each, NoticeKind.STATUS, SUBJECT, Priority.DIGEST) for each in late]
            async with self._desk.store.write() as tx:
                await tx.outbox.put(notices, self._desk.clock.now())
            self._desk.bell.ring(OUTBOX)

    async def show(self, item: OutboxItem, person: Person, chat_id: int) -> SentMessage | None:
        """Bring the person's message up to date; what was sent, None for an edit or nothing to do."""
        fresh = _rendered(await read_status(self._desk), person)
        async with self._desk.store.read() as tx:
            sent = await tx.outbox.sent(NoticeKind.STATUS, SUBJECT, person.id)
        if wants_new(item.notice, sent):
            self._shown[person.id] = fresh
            return await self._replace(chat_id, sent, fresh)
        if sent is not None and self._shown.get(person.id) != fresh:
            await self._edit(person.id, sent, fresh)
        return None

    async def _edit(self, person: PersonId, sent: SentMessage, fresh: Rendered) -> None:
        if await edit(self._bot, sent, fresh):
            self._shown[person] = fresh
            return
        async with self._desk.store.write() as tx:
            await tx.outbox.forget_sent(NoticeKind.STATUS, SUBJECT, person)

    async def _replace(self, chat_id: int, former: SentMessage | None, fresh: Rendered) -> SentMessage:
        """Send and pin; take the former one away. A pin that fails leaves a message that still lives."""
        message = await send(self._bot, chat_id, fresh)
        try:
            await self._bot.pin_chat_message(chat_id, message.message_id, disable_notification=True)
        except TelegramAPIError as refused:
            log.warning("status.not_pinned", error=str(refused))
        if former is not None:
            await self._take_away(former)
        return SentMessage(chat_id, message.message_id, has_photo=False)

    async def _take_away(self, former: SentMessage) -> None:
        """Delete it; one that is too old for that (48 hours) is at least not pinned any more."""
        for take in (self._bot.delete_message, self._bot.unpin_chat_message):
            try:
                await take(chat_id=former.chat_id, message_id=former.message_id)
            except TelegramAPIError as refused:
                log.info("status.not_taken_away", error=str(refused))
            else:
                return


def _reads(person: Person) -> bool:
    """Who is shut out sees no more of the desk than they saw."""
    return person.reachable and bool(person.roles) and not person.is_blocked


def _rendered(seen: Status, reader: Person) -> Rendered:
    return status_for(seen, reader, words_of(reader))

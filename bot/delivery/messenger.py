"""One notice shown to one reader: rendered anew, sent or edited, ringing or not as they wish."""

from dataclasses import dataclass
from typing import TypeVar

import structlog
from aiogram import Bot
from aiogram.exceptions import TelegramAPIError
from aiogram.methods import SendMessage, SendPhoto, TelegramMethod
from aiogram.types import Message, ReplyParameters

from bot.context import App
from bot.delivery.cards import Cards
from bot.delivery.live import LiveStatus
from bot.delivery.messages import edit, send
from bot.delivery.subjects import Subject, read_for_group, read_subject
from bot.views.alerts.digest import digest
from bot.views.alerts.escalation import Raised, raised, superseded
from bot.views.alerts.message import alert
from bot.views.markup import Rendered
from bot.words import words_of
from core.alerts import may_read, wants_new
from core.model.alerts import Family, Manner, Route
from core.model.events import NoticeKind, Priority
from core.model.people import Person
from core.ports import OutboxItem, SentMessage, Tx

log = structlog.get_logger(__name__)

T = TypeVar("T")

LIVING = {
    NoticeKind.CARD: Family.SIGNALS,
    NoticeKind.DIVERGENCE: Family.DIVERGENCES,
    NoticeKind.LIQUIDATION: Family.LIQUIDATION,
}
"""Messages that are brought up to date, by whose family a new one rings. The others answer a person."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A notice that was shown: the message, if a new one was sent, and what it shows when that is another
    subject than the notice's; `told`, the last of what was held when a digest has told it."""

    sent: SentMessage | None = None
    kind: NoticeKind | None = None
    subject: str = ""
    told: int | None = None


class SilentBot(Bot):
    """A bot over the connections of another; what it sends does not ring."""

    async def __call__(self, method: TelegramMethod[T], request_timeout: int | None = None) -> T:
        if isinstance(method, SendMessage | SendPhoto):
            method.disable_notification = True
        return await super().__call__(method, request_timeout)


class Messenger:
    """Shows notices through `bot`. `live` keeps the statuses."""

    def __init__(self, app: App, bot: Bot) -> None:
        self.live = LiveStatus(app, bot)
        self._app = app
        self._store = app.desk.store
        self._bot = bot
        self._silent_bot = SilentBot(bot.token, session=bot.session, default=bot.default)
        self._cards = Cards(app)

    async def show(self, item: OutboxItem, person: Person, chat_id: int) -> Shown | None:
        """Show it to the person in their chat; None when what it tells of is gone."""
        match item.notice.kind:
            case NoticeKind.ALERT:
                return await self._alert(item, person, chat_id)
            case NoticeKind.DIGEST:
                return await self._digest(person, chat_id)
            case NoticeKind.STATUS:
                return Shown(await self.live.show(item, person, chat_id))
        subject = await self._read(item, person)
        if subject is None:
            return None
        return Shown(await self._bring_up_to_date(item, chat_id, subject))

    async def show_group(self, item: OutboxItem, person: Person, route: Route) -> Shown | None:
        """Tell a group, in the words of who has routed it there; nobody acts there. None as of `show`."""
        if item.notice.kind is NoticeKind.ALERT:
            return await self._alert_group(item, person, route)
        async with self._store.read() as tx:
            rendered = await read_for_group(self._app, tx, item.notice, person)
            sent = await tx.outbox.sent_there(item.notice.kind, item.notice.subject, route.id)
        if rendered is None:
            return None
        lives = sent is not None and sent.chat_id == route.chat_id and not wants_new(item.notice, sent)
        if sent is not None and lives and await edit(self._bot, sent, rendered):
            return Shown()
        thread = route.topic or None
        message = await self._bot.send_message(route.chat_id, rendered.text, message_thread_id=thread)
        return Shown(_sent(route.chat_id, message))

    async def _alert_group(self, item: OutboxItem, person: Person, route: Route) -> Shown:
        notice = item.notice
        told = alert(notice.subject, notice.data, words_of(person), again=item.in_doubt)
        thread = route.topic or None
        await self._bot.send_message(route.chat_id, told.text, message_thread_id=thread)
        return Shown()

    async def _alert(self, item: OutboxItem, person: Person, chat_id: int) -> Shown:
        notice = item.notice
        async with self._store.read() as tx:
            wishes = (await tx.preferences.of([person.id]))[person.id]
            escalation = await _raised(self._app, tx, notice.data.get("escalation"))
            card = await tx.outbox.sent(NoticeKind.CARD, str(notice.data.get("approval")), person.id)
        manner = wishes.manner(notice.subject, notice.priority, self._app.desk.clock.now())
        bot = self._silent_bot if manner is Manner.SILENT else self._bot
        words = words_of(person)
        if escalation is not None:
            told = raised(escalation, words, person, again=item.in_doubt)
            message = await send(bot, chat_id, told)
            number = str(escalation.escalation.id)
            return Shown(_sent(chat_id, message), NoticeKind.ESCALATION, number)
        told = alert(notice.subject, notice.data, words, person, again=item.in_doubt)
        await _reply(bot, chat_id, told, card)
        return Shown()

    async def _digest(self, person: Person, chat_id: int) -> Shown:
        """What is held, as far as a message goes; nothing when it was told a moment ago."""
        async with self._store.read() as tx:
            held = await tx.preferences.held(person.id)
            theirs = [each for each in held if await may_read(tx, person, each.name, each.data)]
        if not theirs:
            return Shown(told=held[-1].id if held else None)
        told = digest(theirs, words_of(person))
        await send(self._bot, chat_id, told.shown)
        return Shown(told=told.last)

    async def _read(self, item: OutboxItem, person: Person) -> Subject | None:
        notice, words = item.notice, words_of(person)
        if notice.kind is NoticeKind.CARD:
            return await self._cards.read(notice.subject, words)
        async with self._store.read() as tx:
            if notice.kind is not NoticeKind.ESCALATION:
                return await read_subject(self._app, tx, notice, person)
            shown = await _raised(self._app, tx, notice.subject)
        if shown is None:
            return None
        return Subject(raised(shown, words, person, again=item.in_doubt), former=superseded(shown, words))

    async def _bring_up_to_date(self, item: OutboxItem, chat_id: int, subject: Subject) -> SentMessage | None:
        """Edit the message that shows the subject, or send one; what was sent, None after an edit."""
        notice = item.notice
        async with self._store.read() as tx:
            sent = await tx.outbox.sent(notice.kind, notice.subject, notice.person_id)
            bot = await self._bot_for(tx, item)
        replaces = wants_new(notice, sent)
        if sent is not None and not replaces and await edit(self._bot, sent, subject.rendered):
            return None
        message = await self._send(bot, chat_id, subject)
        if sent is not None and replaces and subject.former is not None:
            await self._retire(sent, subject.former)
        return _sent(chat_id, message)

    async def _bot_for(self, tx: Tx, item: OutboxItem) -> Bot:
        """The one that rings, or the silent one, as the person wishes for this family at this hour."""
        notice = item.notice
        family = LIVING.get(notice.kind)
        if family is None or notice.priority is Priority.CRITICAL:
            return self._bot
        wishes = (await tx.preferences.of([notice.person_id]))[notice.person_id]
        silent = wishes.silent(family, notice.priority, self._app.desk.clock.now())
        return self._silent_bot if silent else self._bot

    async def _send(self, bot: Bot, chat_id: int, subject: Subject) -> Message:
        if subject.card is None:
            return await send(bot, chat_id, subject.rendered)
        return await self._cards.send(bot, chat_id, subject.rendered, subject.card)

    async def _retire(self, former: SentMessage, rendered: Rendered) -> None:
        """Take the buttons off it. Should that fail, they are answered all the same: the new one counts."""
        try:
            await edit(self._bot, former, rendered)
        except TelegramAPIError as refused:
            log.info("message.not_retired", error=str(refused))


def _sent(chat_id: int, message: Message) -> SentMessage:
    return SentMessage(chat_id, message.message_id, has_photo=bool(message.photo))


async def _reply(bot: Bot, chat_id: int, rendered: Rendered, to: SentMessage | None) -> None:
    """In answer to a message where there is one, so that it is clear what it is about."""
    answers = ReplyParameters(message_id=to.message_id, allow_sending_without_reply=True) if to else None
    await bot.send_message(chat_id, rendered.text, reply_markup=rendered.keyboard, reply_parameters=answers)


async def _raised(app: App, tx: Tx, number: object) -> Raised | None:
    """The newest state of an escalation; None without one."""
    found = await tx.escalations.get(int(str(number))) if number is not None else None
    if found is None:
        return None
    holder = await tx.people.get(found.acknowledged_by) if found.acknowledged_by else None
    return Raised(found, app.desk.clock.now(), holder.name if holder else "")

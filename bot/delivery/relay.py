"""The relay: takes notices from the outbox and shows them, most urgent first, one at a time per chat."""

import asyncio
import random
from collections import Counter, deque
from contextlib import suppress
from datetime import timedelta
from uuid import UUID

import structlog
from aiogram import Bot
from aiogram.exceptions import (
    TelegramAPIError,
    TelegramBadRequest,
    TelegramEntityTooLarge,
    TelegramForbiddenError,
    TelegramMigrateToChat,
    TelegramNetworkError,
    TelegramRetryAfter,
    TelegramServerError,
)

from bot.context import App
from bot.delivery.messenger import Messenger, Shown
from bot.delivery.outage import Outage
from bot.delivery.refusals import ROUTE_GONE, may_have_happened, says
from core.alerts import may_be_told
from core.alerts.routing import pause_route
from core.bell import OUTBOX
from core.model.alerts import Route
from core.model.events import Priority
from core.model.people import Person, Right
from core.ports import OutboxItem

log = structlog.get_logger(__name__)

LOOK_S = 1.0
DUE_AT_ONCE, OF_EACH_READER = 500, 50
"""A group takes 20 a minute: however much waits for it, others' notices are read beside it."""
LANES = 32
GRACE_S = 3.0
LONGEST_DELAY_S = 60.0
LONGEST_DOUBT_S = 600.0
BUGS_FORGIVEN = 5

Reader = UUID | int
"""Who reads: a person, or the group of a route. One notice at a time keeps their order."""


class Relay:
    """Delivers the outbox through `bot`. At least once: after a crash, and without an answer from Telegram, a
    message may come a second time. No outage makes it give anything up: while one lasts nothing is tried,
    and afterwards everything that was put off is due at once, in its order.

    `counts` has what became of the notices: delivered, put_off, given_up, in_doubt. `live`: the statuses.
    """

    def __init__(self, app: App, bot: Bot) -> None:
        self.counts: Counter[str] = Counter()
        self._desk = app.desk
        self._store = app.desk.store
        self._clock = app.desk.clock
        self._bell = app.desk.bell
        self._messenger = Messenger(app, bot)
        self.live = self._messenger.live
        self._outage = Outage(bot, app.desk.clock)
        self._bugs: Counter[int] = Counter()
        self._ahead: deque[OutboxItem] = deque()
        self._under_way: dict[Reader, int] = {}
        self._has_more = False

    async def run(self) -> None:
        """Deliver for ever, woken by the bell or by a timer. Cancelled, it ends what is under way first:
        a message that was sent without being noted would come twice."""
        async with asyncio.TaskGroup() as lanes:
            try:
                while True:
                    await self._outage_over()
                    await self._open_lanes(lanes)
                    await self._bell.wait(OUTBOX, LOOK_S)
            except asyncio.CancelledError:
                self._ahead.clear()
                await self._lanes_ended(GRACE_S)
                raise

    async def _outage_over(self) -> None:
        """After an outage nothing waits out its pause: what is most urgent goes first again."""
        if self._outage.suspected and await self._outage.over():
            async with self._store.write() as tx:
                await tx.outbox.hasten(self._clock.now())

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
                while self._under_way:
                    await self._bell.wait(OUTBOX, LOOK_S)

    async def _open_lanes(self, lanes: asyncio.TaskGroup) -> int:
        """Read what is due and open lanes for it; how many are due or under way.

        What was under way before the reading is left out: it may show as due what has been delivered
        meanwhile. Nothing begins during the reading, so nothing else can.
        """
        self._ahead.clear()
        before = set(self._under_way.values())
        async with self._store.read() as tx:
            due = await tx.outbox.due(self._clock.now(), DUE_AT_ONCE, OF_EACH_READER)
        self._has_more = len(due) == DUE_AT_ONCE
        self._ahead.extend(item for item in due if item.id not in before)
        while item := self._take():
            lanes.create_task(self._lane(item))
        return len(self._ahead) + len(self._under_way)

    def _take(self) -> OutboxItem | None:
        """The most urgent notice whose reader is free, now under way; None while no lane is free for it."""
        if len(self._under_way) >= LANES or self._outage.suspected:
            return None
        for place, item in enumerate(self._ahead):
            if _reader(item) not in self._under_way:
                del self._ahead[place]
                self._under_way[_reader(item)] = item.id
                return item
        return None

    async def _lane(self, first: OutboxItem) -> None:
        """Deliver one after the other, as long as there is something for a reader who is free."""
        item: OutboxItem | None = first
        while item is not None:
            try:
                await self._deliver(item)
            finally:
                del self._under_way[_reader(item)]
            item = self._take()
        if self._has_more or not self._under_way:
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
            await self._refused(item, refused)
        except TelegramNetworkError as trouble:
            self._outage.failed()
            await self._cut_off(item, trouble)
        except TelegramServerError as trouble:
            self._outage.failed()
            await self._put_off(item, _delay_s(item.attempts), trouble)
        except TelegramAPIError as trouble:
            await self._put_off(item, _delay_s(item.attempts), trouble)
        except Exception as bug:  # one notice that cannot be rendered must not hold up the others
            log.exception("notice.failed", notice=item.notice.subject, kind=item.notice.kind)
            await self._forgive(item, bug)

    async def _show(self, item: OutboxItem) -> None:
        notice = item.notice
        async with self._store.read() as tx:
            person = await tx.people.get(notice.person_id)
            may = person is not None and (notice.route is not None or await may_be_told(tx, person, notice))
            route = await tx.routes.get(notice.route) if notice.route is not None else None
        if notice.route is not None:
            return await self._show_group(item, person, route)
        if person is None or person.chat_id is None or not person.reachable:
            return await self._give_up(item, "the person has no reachable chat")
        if not may:
            return await self._give_up(item, "it is not for this person any more")
        shown = await self._messenger.show(item, person, person.chat_id)
        if shown is None:
            return await self._give_up(item, "what it tells of is gone")
        return await self._done(item, shown)

    async def _show_group(self, item: OutboxItem, person: Person | None, route: Route | None) -> None:
        """While whoever has routed it there may; a group that moved is followed once."""
        if person is None or route is None or route.paused_at is not None:
            return await self._give_up(item, "the route is gone or paused")
        if not person.may(Right.ROUTE):
            return await self._close_route(item, "who has set it up may not any more")
        try:
            shown = await self._messenger.show_group(item, person, route)
        except TelegramMigrateToChat as moved:
            log.info("route.moved", route=route.id)
            async with self._store.write() as tx:
                await tx.routes.moved(route.chat_id, moved.migrate_to_chat_id)
                after = await tx.routes.get(route.id)
            if after is None:
                return await self._give_up(item, "the group has another route")
            shown = await self._messenger.show_group(item, person, after)
        if shown is None:
            return await self._give_up(item, "what it tells of is gone")
        return await self._done(item, shown)

    async def _done(self, item: OutboxItem, shown: Shown) -> None:
        notice, now = item.notice, self._clock.now()
        kind, subject = shown.kind or notice.kind, shown.subject or notice.subject
        async with self._store.write() as tx:
            if shown.sent is not None and notice.route is not None:
                await tx.outbox.remember_sent_there(kind, subject, notice.route, shown.sent, now)
            elif shown.sent is not None:
                await tx.outbox.remember_sent(kind, subject, notice.person_id, shown.sent, now)
            if shown.told is not None:
                await tx.preferences.release(notice.person_id, shown.told)
            await tx.outbox.delivered(item.id, now)
        self._bugs.pop(item.id, None)
        self.counts["delivered"] += 1
        self._outage.heard()

    async def _lost_touch(self, item: OutboxItem, refused: TelegramAPIError) -> None:
        """The person blocked the bot: not tried again until they come back with /start."""
        self._outage.heard()
        if item.notice.route is not None:
            return await self._close_route(item, refused.message)
        log.info("person.unreachable", person=str(item.notice.person_id), error=str(refused))
        async with self._store.write() as tx:
            await tx.people.unreachable(item.notice.person_id)
        return await self._give_up(item, str(refused))

    async def _refused(self, item: OutboxItem, refused: TelegramAPIError) -> None:
        self._outage.heard()
        if item.notice.route is not None and says(refused, ROUTE_GONE):
            return await self._close_route(item, refused.message)
        log.error("notice.refused", notice=item.notice.subject, exc_info=refused)
        return await self._give_up(item, str(refused))

    async def _close_route(self, item: OutboxItem, why: str) -> None:
        """No more alerts for that group until an owner switches it on again; they are told once."""
        await pause_route(self._desk, item.notice.route or 0, why)
        await self._give_up(item, why)

    async def _cut_off(self, item: OutboxItem, trouble: TelegramNetworkError) -> None:
        """Of a new message without an answer nobody knows whether it is there: it is sent until there is one,
        and says so, since twice is better than never. An edit does no harm twice."""
        if not may_have_happened(trouble):
            return await self._put_off(item, _delay_s(item.attempts), trouble)
        log.warning("notice.in_doubt", id=item.id, notice=item.notice.subject, again=item.in_doubt)
        self.counts["in_doubt"] += 1
        longest = LONGEST_DELAY_S if item.notice.priority <= Priority.CARD else LONGEST_DOUBT_S
        return await self._put_off(item, _delay_s(item.attempts, longest), trouble, in_doubt=True)

    async def _forgive(self, item: OutboxItem, bug: Exception) -> None:
        """Faults are counted apart: a long outage leaves a notice no fewer of them."""
        self._bugs[item.id] += 1
        if self._bugs[item.id] > BUGS_FORGIVEN:
            await self._give_up(item, repr(bug))
        else:
            await self._put_off(item, _delay_s(item.attempts), bug)

    async def _put_off(
        self, item: OutboxItem, seconds: float, why: Exception, *, in_doubt: bool = False
    ) -> None:
        log.warning("notice.put_off", notice=item.notice.subject, seconds=round(seconds, 1), error=str(why))
        until = self._clock.now() + timedelta(seconds=seconds)
        async with self._store.write() as tx:
            await tx.outbox.put_off(item.id, until, str(why), in_doubt=in_doubt)
        self.counts["put_off"] += 1

    async def _give_up(self, item: OutboxItem, why: str) -> None:
        log.warning("notice.given_up", notice=item.notice.subject, kind=item.notice.kind, error=why)
        async with self._store.write() as tx:
            await tx.outbox.give_up(item.id, self._clock.now(), why)
        self._bugs.pop(item.id, None)
        self.counts["given_up"] += 1


def _reader(item: OutboxItem) -> Reader:
    return item.notice.person_id if item.notice.route is None else item.notice.route


def _delay_s(attempts: int, longest_s: float = LONGEST_DELAY_S) -> float:
    """Growing pauses with jitter."""
    grown = min(0.5 * 2.0 ** min(attempts, 16), longest_s)
    return float(grown * random.uniform(0.5, 1.0))  # noqa: S311 - jitter

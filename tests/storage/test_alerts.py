"""Wishes, quiet hours and what they hold; escalations, once each; routes to groups."""

from dataclasses import replace
from datetime import time
from uuid import uuid4

from core.model.alerts import Escalation, Family, QuietHours, Route, Wish, Wishes
from core.model.events import Notice, NoticeKind, Priority
from core.model.ids import PersonId
from core.ports import Store
from tests.storage.samples import BIG, NOW, SECOND, Desk, a_desk, keep

NIGHT = QuietHours(time(22), time(7, 30))


async def test_wishes_and_quiet_hours_are_replaced_and_taken_back(store: Store, desk: Desk) -> None:
    person, stranger = desk.person.id, PersonId(uuid4())
    async with store.write() as tx:
        assert await tx.preferences.of([person, stranger]) == {person: Wishes(), stranger: Wishes()}
        await tx.people.speaks(person, desk.person.language, "Europe/Madrid")
        for wish in (Wish.SILENT, Wish.OFF):
            await tx.preferences.wish(person, "closes", wish)
        await tx.preferences.wish(person, "order_filled", Wish.ALWAYS)
        for hours in (replace(NIGHT, ends=time(6)), NIGHT):
            await tx.preferences.quiet(person, hours)
    said = {"closes": Wish.OFF, "order_filled": Wish.ALWAYS}
    async with store.read() as tx:
        assert await tx.preferences.of([person]) == {person: Wishes(said, NIGHT, "Europe/Madrid")}
    async with store.write() as tx:
        await tx.preferences.wish(person, "closes", None)
        await tx.preferences.quiet(person, None)
        left = {"order_filled": Wish.ALWAYS}
        assert await tx.preferences.of([person]) == {person: Wishes(left, None, "Europe/Madrid")}
        assert await tx.preferences.of([]) == {}


async def test_what_is_held_is_released_up_to_what_was_told(store: Store, desk: Desk) -> None:
    other = await keep(store, a_desk(telegram_id=8))
    async with store.write() as tx:
        for number, person in enumerate((desk.person.id, desk.person.id, other.person.id)):
            await tx.preferences.hold(person, "position_closed", {"n": number}, NOW + number * SECOND)
        first, second = await tx.preferences.held(desk.person.id)
        assert (first.data, second.data, second.at) == ({"n": 0}, {"n": 1}, NOW + SECOND)
        assert await tx.preferences.holding() == {desk.person.id, other.person.id}
        await tx.preferences.hold(desk.person.id, "position_closed", {"n": 3}, NOW)
        await tx.preferences.release(desk.person.id, second.id)
        assert [each.data for each in await tx.preferences.held(desk.person.id)] == [{"n": 3}]
        assert len(await tx.preferences.held(other.person.id)) == 1


def _escalation() -> Escalation:
    return Escalation(0, "drawdown_blind", "account", {"account": "Tim"}, NOW, NOW + 300 * SECOND)


async def test_one_escalation_about_the_same_at_a_time(store: Store, desk: Desk) -> None:
    async with store.write() as tx:
        first = await tx.escalations.begin(_escalation())
        assert first is not None
        assert await tx.escalations.begin(_escalation()) is None
        other = await tx.escalations.begin(replace(_escalation(), about="other"))
        assert other not in (None, first)
        assert await tx.escalations.get(first) == replace(_escalation(), id=first)
        assert [each.id for each in await tx.escalations.lasting()] == [first, other]
        assert await tx.escalations.over(first, NOW)
        assert not await tx.escalations.over(first, NOW)
        assert not await tx.escalations.acknowledge(first, desk.person.id, NOW), "it is over"
        assert await tx.escalations.begin(_escalation()) not in (None, first, other)


async def test_a_step_is_made_once_and_the_first_has_it_in_hand(store: Store, desk: Desk) -> None:
    other = await keep(store, a_desk(telegram_id=8))
    async with store.write() as tx:
        number = await tx.escalations.begin(_escalation())
        assert number is not None
        before = await tx.escalations.get(number)
        assert before is not None
        after = replace(before, told=(desk.person.id, other.person.id), told_at=NOW + 600 * SECOND)
        assert await tx.escalations.step(after, before)
        assert not await tx.escalations.step(after, before)
        assert await tx.escalations.get(number) == after
        assert await tx.escalations.acknowledge(number, other.person.id, NOW)
        assert not await tx.escalations.acknowledge(number, desk.person.id, NOW)
        assert not await tx.escalations.step(replace(after, told_at=NOW + 900 * SECOND), after)
        held = await tx.escalations.get(number)
        assert held is not None
        assert (held.acknowledged_by, held.lasts) == (other.person.id, False)
        assert await tx.escalations.lasting() == []


def _route(desk: Desk, chat: int = -BIG, topic: int = 0) -> Route:
    return Route(0, chat, topic, "Risk", frozenset({Family.DRAWDOWN}), desk.person.id, NOW)


async def test_a_topic_has_one_route(store: Store, desk: Desk) -> None:
    async with store.write() as tx:
        first = await tx.routes.put(_route(desk))
        second = await tx.routes.put(_route(desk, topic=7))
        assert await tx.routes.put(replace(_route(desk), title="Anew")) == first
        assert [(each.id, each.title) for each in await tx.routes.all()] == [
            (first, "Anew"),
            (second, "Risk"),
        ]
        await tx.routes.families(first, frozenset({Family.CLOSES, Family.DOOR}))
        assert await tx.routes.pause(first, NOW, "kicked")
        assert not await tx.routes.pause(first, NOW, "kicked")
        paused = await tx.routes.get(first)
        assert paused is not None
        assert (paused.families, paused.reason) == (frozenset({Family.CLOSES, Family.DOOR}), "kicked")
        await tx.routes.resume(first)
        assert await tx.routes.pause(first, NOW, "kicked")
        assert await tx.routes.remove(first)
        assert not await tx.routes.remove(first)
        assert await tx.routes.get(first) is None


async def test_a_group_that_moved_takes_its_routes_along(store: Store, desk: Desk) -> None:
    async with store.write() as tx:
        old = await tx.routes.put(_route(desk, -1))
        doubled = await tx.routes.put(_route(desk, -1, 7))
        there = await tx.routes.put(_route(desk, -2, 7))
        await tx.routes.moved(-1, -2)
        moved = await tx.routes.all()
        assert [(each.id, each.chat_id, each.topic) for each in moved] == [(old, -2, 0), (there, -2, 7)]
        assert await tx.routes.get(doubled) is None


async def test_what_is_on_its_way_to_a_group_goes_with_its_route(store: Store, desk: Desk) -> None:
    async with store.write() as tx:
        number = await tx.routes.put(_route(desk))
        notice = Notice(desk.person.id, NoticeKind.ALERT, "drawdown_seen", Priority.NOTICE, {}, number)
        await tx.outbox.put([notice], NOW)
        (waiting,) = await tx.outbox.due(NOW, 9)
        assert waiting.notice == notice
        await tx.outbox.put_off(waiting.id, NOW, "no answer", in_doubt=True)
        (doubtful,) = await tx.outbox.due(NOW, 9)
        assert doubtful.in_doubt
        await tx.outbox.put_off(waiting.id, NOW, "down")
        assert (await tx.outbox.due(NOW, 9))[0].in_doubt, "a doubt stays"
        await tx.routes.remove(number)
        assert await tx.outbox.due(NOW, 9) == []

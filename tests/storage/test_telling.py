"""The event log and the outbox."""

from dataclasses import replace

import pytest
from structlog.testing import capture_logs

from core.alerts import instead, wants_new
from core.model.events import Event, EventFilter, Json, Notice, NoticeKind, Priority
from core.ports import OutboxItem, SentMessage, Store
from tests.storage.samples import BIG, NOW, SECOND, Desk, a_desk, keep


async def _due(store: Store, at_second: int = 0) -> list[OutboxItem]:
    async with store.read() as tx:
        return list(await tx.outbox.due(NOW + at_second * SECOND, 100))


async def test_a_chat_for_which_much_waits_stands_before_nobody_elses(store: Store, desk: Desk) -> None:
    other = await keep(store, a_desk(91))
    flood = [Notice(desk.person.id, NoticeKind.ALERT, f"{n}", Priority.CARD) for n in range(20)]
    later = Notice(other.person.id, NoticeKind.ALERT, "other", Priority.NOTICE)
    async with store.write() as tx:
        await tx.outbox.put(flood, NOW)
        await tx.outbox.put([later], NOW + SECOND)
        found = [item.notice.subject for item in await tx.outbox.due(NOW + SECOND, 5, each=4)]
        assert found == ["0", "1", "2", "3", "other"]


@pytest.mark.off_catalogue
async def test_events_newest_first_and_by_prefix(store: Store, desk: Desk) -> None:
    data: Json = {"lots": "0.30", "retcode": 10009, "done": True, "none": None, "list": ["a"]}
    filled = Event("order.filled", NOW, "17", data, desk.account.id, desk.person.id, "trace")
    seen = [filled, Event("order_x", NOW, "18"), replace(filled, name="signal.accepted")]
    async with store.write() as tx:
        await tx.events.append(*seen)
        await tx.events.append()
        assert await tx.events.recent(9) == seen[::-1]
        assert await tx.events.recent(1) == seen[:1:-1]
        assert await tx.events.recent(9, "order.") == [filled]
        assert await tx.events.recent(9, "order_") == [seen[1]]
        assert await tx.events.happened("order.filled", "17")
        assert not await tx.events.happened("order.filled", "18")


async def test_events_are_paged_back_in_time_by_person_account_and_kind(store: Store, desk: Desk) -> None:
    who, where = desk.person.id, desk.account.id
    made = [
        Event("lock.set", NOW, "1", {"text": "a"}, where, who),
        Event("lock.set", NOW, "2", {"text": "b"}, person_id=who),
        Event("desk.paused", NOW, "3", {"text": "c"}, account_id=where),
    ]
    async with store.write() as tx:
        await tx.events.append(*made)
    async with store.read() as tx:

        async def subjects(wanted: EventFilter, limit: int = 9, before: int | None = None) -> list[str]:
            return [one.event.subject for one in await tx.events.page(wanted, limit, before)]

        newest, *_ = await tx.events.page(EventFilter(), 1)
        assert await subjects(EventFilter(), 2) == ["3", "2"]
        assert await subjects(EventFilter(), 9, newest.id) == ["2", "1"]
        assert await subjects(EventFilter(person=who)) == ["2", "1"]
        assert await subjects(EventFilter(account=where)) == ["3", "1"]
        assert await subjects(EventFilter(name_prefix="lock.", account=where, person=who)) == ["1"]


async def test_an_event_is_logged_once_it_is_committed(store: Store, desk: Desk) -> None:
    async def fail() -> None:
        async with store.write() as tx:
            await tx.events.append(Event("consent.accepted", NOW, "16", {"version": 2}))
            raise ZeroDivisionError

    with capture_logs() as lines:
        with pytest.raises(ZeroDivisionError):
            await fail()
        async with store.write() as tx:
            await tx.events.append(Event("consent.accepted", NOW, "17", {"version": 3}))
            assert lines == []
    assert [(line["event"], line["subject"], line["version"]) for line in lines] == [
        ("consent.accepted", "17", 3)
    ]


async def test_due_notices_by_priority_and_age(store: Store, desk: Desk) -> None:
    def alert(subject: str, priority: Priority) -> Notice:
        return Notice(desk.person.id, NoticeKind.ALERT, subject, priority, {"text": subject})

    digest, old, new = (
        alert("digest", Priority.DIGEST),
        alert("old", Priority.NOTICE),
        alert("new", Priority.NOTICE),
    )
    critical = alert("critical", Priority.CRITICAL)
    async with store.write() as tx:
        assert await tx.outbox.oldest_waiting() is None
        await tx.outbox.put([new], NOW + SECOND)
        await tx.outbox.put([digest, old], NOW)
        await tx.outbox.put([critical], NOW + 2 * SECOND)
        await tx.outbox.put([], NOW)
        assert await tx.outbox.oldest_waiting() == NOW
        assert len(await tx.outbox.due(NOW + 2 * SECOND, 2)) == 2
    due = await _due(store, 2)
    assert [item.notice for item in due] == [critical, old, new, digest]
    assert [(item.created_at, item.attempts) for item in due[:2]] == [(NOW + 2 * SECOND, 0), (NOW, 0)]
    assert due[0].notice.priority is Priority.CRITICAL


async def test_a_notice_is_delivered_put_off_or_given_up(store: Store, desk: Desk) -> None:
    notices = [
        Notice(desk.person.id, NoticeKind.ALERT, subject, Priority.NOTICE) for subject in ("a", "b", "c")
    ]
    async with store.write() as tx:
        await tx.outbox.put(notices, NOW)
    first, second, third = await _due(store)
    async with store.write() as tx:
        await tx.outbox.delivered(first.id, NOW)
        await tx.outbox.put_off(second.id, NOW + 5 * SECOND, "flood")
        await tx.outbox.give_up(third.id, NOW, "blocked")
    assert await _due(store, 4) == []
    assert await _due(store, 5) == [replace(second, attempts=1)]
    async with store.write() as tx:
        await tx.outbox.hasten(NOW)
    assert await _due(store) == [replace(second, attempts=1)]


@pytest.mark.parametrize("kind", [NoticeKind.CARD, NoticeKind.LIQUIDATION])
async def test_waiting_cards_of_one_subject_collapse(store: Store, desk: Desk, kind: NoticeKind) -> None:
    other = await keep(store, a_desk(telegram_id=8))
    card = Notice(desk.person.id, kind, "s", Priority.NOTICE)
    urgent = replace(card, priority=Priority.CARD)
    elsewhere = [replace(card, person_id=other.person.id), replace(card, subject="t")]
    async with store.write() as tx:
        await tx.outbox.put([card, *elsewhere, card], NOW)
        await tx.outbox.put([urgent], NOW + SECOND)
        await tx.outbox.put([card], NOW + 2 * SECOND)
    due = await _due(store)
    assert [item.notice for item in due] == [urgent, *elsewhere]
    assert due[0].created_at == NOW


async def test_alerts_do_not_collapse(store: Store, desk: Desk) -> None:
    alert = Notice(desk.person.id, NoticeKind.ALERT, "divergence", Priority.NOTICE)
    async with store.write() as tx:
        await tx.outbox.put([alert, alert], NOW)
        await tx.outbox.put([alert], NOW)
    assert len(await _due(store)) == 3


async def test_a_change_during_the_delivery_is_delivered_too(store: Store, desk: Desk) -> None:
    """The relay renders, the card changes, the relay reports: the change must still wait."""
    card = Notice(desk.person.id, NoticeKind.CARD, "s", Priority.CARD)
    async with store.write() as tx:
        await tx.outbox.put([card], NOW)
    (rendered,) = await _due(store)
    async with store.write() as tx:
        await tx.outbox.put([card], NOW + SECOND)
    async with store.write() as tx:
        await tx.outbox.delivered(rendered.id, NOW + SECOND)
    (again,) = await _due(store)
    assert again.notice == card
    async with store.write() as tx:
        await tx.outbox.delivered(again.id, NOW + SECOND)
        await tx.outbox.put([card], NOW + 2 * SECOND)
    assert len(await _due(store, 2)) == 1


async def test_what_was_shown_is_shown_until_something_newer_waits(store: Store, desk: Desk) -> None:
    kind, person = NoticeKind.LIQUIDATION, desk.person.id
    notice = Notice(person, kind, "5", Priority.CRITICAL)
    async with store.write() as tx:
        assert not await tx.outbox.was_shown(kind, "5")
        await tx.outbox.remember_sent(kind, "5", person, SentMessage(1, 2, has_photo=False), NOW)
        assert await tx.outbox.was_shown(kind, "5")
        assert not await tx.outbox.was_shown(kind, "6")
        await tx.outbox.put([replace(notice, subject="6")], NOW)
        assert await tx.outbox.was_shown(kind, "5"), "that is about another"
        await tx.outbox.put([notice], NOW)
        assert not await tx.outbox.was_shown(kind, "5")
    (_, newer) = await _due(store)
    async with store.write() as tx:
        await tx.outbox.delivered(newer.id, NOW)
        assert await tx.outbox.was_shown(kind, "5")
        await tx.outbox.forget_sent(kind, "5", person)
        assert not await tx.outbox.was_shown(kind, "5")


async def test_a_new_message_is_asked_for_once_whatever_the_notice_absorbs(store: Store, desk: Desk) -> None:
    kind, person = NoticeKind.LIQUIDATION, desk.person.id
    old, new = SentMessage(1, 2, has_photo=False), SentMessage(1, 3, has_photo=False)
    plain = Notice(person, kind, "5", Priority.CRITICAL)
    async with store.write() as tx:
        assert wants_new(replace(plain, data=await instead(tx, kind, "5", person)), None)
        await tx.outbox.remember_sent(kind, "5", person, old, NOW)
        await tx.outbox.put([replace(plain, data=await instead(tx, kind, "5", person))], NOW)
    (asked,) = await _due(store)
    assert wants_new(asked.notice, old)
    async with store.write() as tx:  # it changes while that is being delivered
        await tx.outbox.put([plain], NOW)
        await tx.outbox.remember_sent(kind, "5", person, new, NOW)
        await tx.outbox.delivered(asked.id, NOW)
    (change,) = await _due(store)
    assert not wants_new(change.notice, new), "an edit will do"
    assert not wants_new(plain, None)


async def test_messages_and_files_are_remembered(store: Store, desk: Desk) -> None:
    kind, person = NoticeKind.CARD, desk.person.id
    async with store.write() as tx:
        assert await tx.outbox.sent(kind, "s", person) is None
        assert await tx.outbox.file_id("chart") is None
        for message in (SentMessage(BIG, 2, has_photo=True), SentMessage(-BIG, 3, has_photo=False)):
            await tx.outbox.remember_sent(kind, "s", person, message, NOW)
        for file_id in ("old", "new"):
            await tx.outbox.remember_file("chart", file_id, NOW)
    async with store.read() as tx:
        assert await tx.outbox.sent(kind, "s", person) == SentMessage(-BIG, 3, has_photo=False)
        assert await tx.outbox.sent(NoticeKind.LIQUIDATION, "s", person) is None
        assert await tx.outbox.file_id("chart") == "new"

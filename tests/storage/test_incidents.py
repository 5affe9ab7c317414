"""Incidents: one of each trouble while it lasts, on both databases; and the newest event of a subject."""

from dataclasses import replace
from datetime import timedelta

import pytest

from core.model.events import Event
from core.model.incidents import Incident, Trouble
from core.ports import Store
from tests.storage.samples import NOW, SECOND, Desk

HOUR = timedelta(hours=1)


async def test_a_trouble_is_an_incident_once_while_it_lasts(store: Store, desk: Desk) -> None:
    account = desk.account.id
    async with store.write() as tx:
        assert await tx.incidents.begin(account, Trouble.SILENT, "No answer.", NOW)
        assert not await tx.incidents.begin(account, Trouble.SILENT, "Still none.", NOW + SECOND)
        assert await tx.incidents.begin(account, Trouble.SLOW, "Slow.", NOW)
    async with store.read() as tx:
        silent, slow = await tx.incidents.lasting()
    assert silent == Incident(silent.id, account, Trouble.SILENT, "No answer.", NOW)
    assert slow.trouble is Trouble.SLOW


async def test_it_ends_once_and_may_come_back(store: Store, desk: Desk) -> None:
    account = desk.account.id
    async with store.write() as tx:
        assert await tx.incidents.end(account, Trouble.STALE, NOW) is None
        await tx.incidents.begin(account, Trouble.STALE, "Old.", NOW)
        ended = await tx.incidents.end(account, Trouble.STALE, NOW + SECOND)
        assert ended == replace((await tx.incidents.of(account, NOW))[0], ended_at=NOW + SECOND)
        assert await tx.incidents.end(account, Trouble.STALE, NOW + SECOND) is None
        assert await tx.incidents.lasting() == []
        assert await tx.incidents.begin(account, Trouble.STALE, "Old again.", NOW + 2 * SECOND)


async def test_those_of_an_account_are_what_lasts_and_what_ended_lately(store: Store, desk: Desk) -> None:
    account = desk.account.id
    async with store.write() as tx:
        for hours, trouble in enumerate((Trouble.SLOW, Trouble.STALE, Trouble.UNREAD)):
            await tx.incidents.begin(account, trouble, "Bad.", NOW)
            await tx.incidents.end(account, trouble, NOW + hours * HOUR)
        await tx.incidents.begin(account, Trouble.SILENT, "Bad.", NOW)
    async with store.read() as tx:
        seen = [each.trouble for each in await tx.incidents.of(account, NOW + HOUR)]
    assert seen == [Trouble.STALE, Trouble.UNREAD, Trouble.SILENT]


@pytest.mark.off_catalogue
async def test_the_newest_event_of_a_subject(store: Store, desk: Desk) -> None:
    async with store.write() as tx:
        assert await tx.events.last("health.build", "A") is None
        builds = [Event("health.build", NOW, "A", {"build": number}) for number in (1, 2)]
        others = [Event("health.build", NOW, "B"), Event("health.incident", NOW, "A")]
        await tx.events.append(*builds, *others)
        assert await tx.events.last("health.build", "A") == builds[1]

"""/sources: who sends signals, how they went, and pauses by buttons."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from bot.buttons.signals import SourceTap
from bot.sandbox import SandboxClient
from bot.views.sources import SourceSeen, sources
from core.desk import Desk
from core.intake.composing import DESK_SOURCE
from core.model.accounts import Source
from core.model.ids import SourceId
from core.model.people import Person
from core.model.risk import Lock, LockKind, Place
from core.model.signals import TrackRecord
from tests.bot.snapshots import check_shown
from tests.bot.stage import Cast
from tests.bot.wording import reply

NOW = datetime(2026, 11, 21, 3, tzinfo=UTC)


async def ask(people: SandboxClient, person: Person) -> dict[str, Any]:
    said = await people.say(person.telegram_id, "/sources")
    return await people.wait_for(person.telegram_id, "momentum", after=said["message_id"])


async def paused(desk: Desk) -> list[Place]:
    async with desk.store.read() as tx:
        return [one.place for one in await tx.locks.active() if one.kind is LockKind.PAUSE]


@pytest.mark.usefixtures("running")
class TestSources:
    @pytest.mark.usefixtures("source")
    async def test_everyone_reads_them_and_who_may_pauses_them(
        self, people: SandboxClient, cast: Cast
    ) -> None:
        assert "EURUSD" in (await ask(people, cast.tara))["text"]
        assert "Pause momentum" not in (await ask(people, cast.tara))["buttons"]
        for person in (cast.owner, cast.admin):
            assert (await ask(people, person))["buttons"] == ["Pause momentum"]

    async def test_a_source_is_paused_and_resumed_by_its_button(
        self, people: SandboxClient, cast: Cast, desk: Desk, source: Source
    ) -> None:
        admin = cast.admin.telegram_id
        shown = await ask(people, cast.admin)
        await people.tap(admin, "Pause momentum")
        seen = await people.wait_for(admin, "Source momentum is paused by Adam.")
        assert (seen["message_id"], seen["buttons"]) == (shown["message_id"], ["Resume momentum"])
        assert await paused(desk) == [Place(source_id=source.id)]
        await people.tap(admin, "Resume momentum")
        await people.until(lambda: people.messages(admin), lambda all_: "paused" not in all_[-1]["text"])
        assert await paused(desk) == []

    async def test_a_second_tap_is_told_so(self, people: SandboxClient, cast: Cast, source: Source) -> None:
        admin = cast.admin.telegram_id
        shown = await ask(people, cast.admin)
        data = SourceTap(source=source.id, pause=True).pack()
        await asyncio.gather(*(people.tap_stale(admin, data, shown["message_id"]) for _ in range(2)))
        answers = await people.until(lambda: people.answers(admin), lambda seen: len(seen) == 2)
        assert sorted(one["text"] for one in answers) == ["", "Source momentum is paused already."]

    async def test_a_trader_pauses_nothing(
        self, people: SandboxClient, cast: Cast, desk: Desk, source: Source
    ) -> None:
        await people.tap_stale(cast.tara.telegram_id, SourceTap(source=source.id, pause=True).pack(), 1)
        await people.wait_for_answer(cast.tara.telegram_id, reply("not-your-button"))
        assert await paused(desk) == []


# The view

ALPHA = Source(SourceId(UUID(int=1)), "alpha <1>", frozenset({"EURUSD", "XAUUSD"}))
WIDE = Source(SourceId(UUID(int=2)), "wide", frozenset(f"PAIR{number:02}" for number in range(30)), 1)
OWN = Source(DESK_SOURCE, "desk", frozenset({"EURUSD"}))
PAUSE = Lock(1, LockKind.PAUSE, None, "Source wide is paused by Adam: NFP", NOW, source_id=WIDE.id)


def test_sources_in_every_language() -> None:
    seen = [
        SourceSeen(ALPHA, TrackRecord(30, 18, Decimal("0.43")), []),
        SourceSeen(OWN, TrackRecord(0, 0), []),
        SourceSeen(WIDE, TrackRecord(21, 7), [PAUSE]),
    ]
    check_shown("sources", lambda words: sources(seen, words, may_pause=True))
    check_shown("sources-none", lambda words: sources([], words, may_pause=True))


def test_a_hundred_sources_of_long_names_fit_into_a_message() -> None:
    long = replace(
        WIDE, name="<&>" * 99, instruments=frozenset(f"{number:02}{'W' * 60}" for number in range(30))
    )
    seen = [SourceSeen(long, TrackRecord(30, 30, Decimal(1)), [replace(PAUSE, reason="<&>" * 99)])] * 100
    check_shown("sources-longest", lambda words: sources(seen, words, may_pause=True))

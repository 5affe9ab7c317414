"""A day on paper terminals: whatever hands and faults do is told once, through restarts of all kinds."""

import re
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import pytest
from aiogram import Bot

from bot.sandbox import Sandbox, SandboxClient
from bot.sandbox.model import Json
from bot.views.cards.card import BADGES
from core.model.divergences import DivergenceKind as Kind
from core.model.divergences import LogFilter
from core.model.people import Person
from core.ports import Store
from tests.bot.day.desk import Day, a_monday
from tests.bot.day.story import DAY
from tests.bot.day.telling import Expected
from tests.bot.wording import ENGLISH

COUNTS = {
    Kind.SLIPPAGE: 1,
    Kind.VOLUME: 3,
    Kind.STOPS: 2,
    Kind.UNMATCHED: 3,
    Kind.MISSING: 1,
    Kind.AMBIGUOUS: 1,
    Kind.CLOSED: 10,
}
EVERY_S = {"sqlite": 60.0, "postgres": 300.0}

DECISIONS = {
    ENGLISH.label(f"divergence-{act}")
    for act in ("adopt", "ignore", "accept", "restore", "restore-again", "check", "give-up")
}
"""The buttons of what is still to be decided; one that only looks may stand below what is over."""


@pytest.fixture(params=EVERY_S)
def database_url(request: pytest.FixtureRequest) -> str:
    return str(request.getfixturevalue(f"{request.param}_url"))


@pytest.fixture
async def day(
    request: pytest.FixtureRequest,
    store: Store,
    tmp_path: Path,
    bot: Bot,
    people: SandboxClient,
    sandbox: Sandbox,
) -> AsyncIterator[Day]:
    """A cycle each minute on SQLite, each five minutes on PostgreSQL."""
    every_s = EVERY_S[request.node.callspec.params["database_url"]]
    async with a_monday(store, tmp_path, bot, people, sandbox.world, every_s) as monday:
        yield monday


async def test_each_difference_of_a_day_is_told_once(day: Day) -> None:
    for clock, scene in DAY:
        await day.until(clock)
        await scene(day)
    await day.until("22:30")
    assert Counter(expected.kind for expected in day.expected) == COUNTS
    await the_log_is(day, day.expected)
    await the_events_are(day, day.expected)
    await the_chat_is(
        day, day.tara.person, of(day, day.tara.person), ENGLISH.label("divergence-still-missing")
    )
    await the_chat_is(day, day.nora.person, of(day, day.nora.person))
    await the_chat_is(day, day.tom.person, [])
    await the_chat_is(day, day.paper.owner, day.expected)


def of(day: Day, trader: Person) -> list[Expected]:
    return [expected for expected in day.expected if expected.account.person_id == trader.id]


async def the_log_is(day: Day, expected: Sequence[Expected]) -> None:
    """In this order, each under its status code, and all over by now."""
    for status in (0, 1, 2):
        async with day.paper.store.read() as tx:
            rows = list(reversed(await tx.reconciliation.page(LogFilter(status=status), 1_000)))
        found = [row.divergence for row in rows]
        wanted = [(e.account.id, e.kind, e.position) for e in expected if e.kind.status == status]
        assert [(d.account_id, d.kind, d.position) for d in found] == wanted
        assert all(row.ended_at is not None for row in rows)


async def the_events_are(day: Day, expected: Sequence[Expected]) -> None:
    """One of each row that was found, and of each position that was closed."""
    async with day.paper.store.read() as tx:
        detected = await tx.events.recent(1_000, "reconciliation.divergence_detected")
        closed = await tx.events.recent(1_000, "reconciliation.position_closed")
    assert sorted((str(event.data["kind"]), event.subject) for event in detected) == sorted(
        (str(e.kind), str(e.position)) for e in expected if e.kind is not Kind.CLOSED
    )
    assert sorted(event.subject for event in closed) == sorted(
        str(e.position) for e in expected if e.kind is Kind.CLOSED
    )


async def the_chat_is(day: Day, person: Person, expected: Sequence[Expected], *replies: str) -> None:
    """One message for each, in this order, with its words and nothing left to decide, beside replies."""
    messages = await day.told(person)
    told = [message for message in messages if message["text"] not in replies]
    assert [title_of(message) for message in told] == [one.title for one in expected]
    assert len(messages) - len(told) == len(replies)
    unsaid = {
        message["text"]: missing
        for message, one in zip(told, expected, strict=True)
        if (missing := [words for words in one.words if plain(words) not in plain(message["text"])])
    }
    assert unsaid == {}
    assert [message["text"] for message in told if DECISIONS & set(message["buttons"])] == []


def title_of(message: Json) -> str:
    """Without its mark and the account's badge."""
    first_line: str = message["text"].splitlines()[0]
    return first_line.partition(" ")[2].removesuffix(f" · {BADGES['PAPER']}")


def plain(text: str) -> str:
    """Without the zeros that end a decimal number: 2.80 is 2.8."""
    return re.sub(r"(\.\d*?)0+\b", r"\1", text)

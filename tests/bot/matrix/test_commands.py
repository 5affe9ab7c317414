"""Every command, said by everybody, twice, while Telegram refuses or loses the answer, across a restart."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress

import pytest
from aiogram import Bot

from bot.commands import DeskCommand
from bot.context import App
from bot.delivery import Relay
from bot.sandbox import Sandbox, SandboxClient
from bot.sandbox.model import Json
from bot.telegram.dispatcher import make_dispatcher
from bot.telegram.polling import Polling
from bot.views.replies import not_for_you
from core.model.people import Role
from core.ports import Store
from tests.bot.matrix.conftest import Exchange, Holdings, People, unchanged
from tests.bot.matrix.samples import all_said
from tests.bot.stage import eventually, join
from tests.bot.wording import ENGLISH, reply

OWN_FAULT = "Something went wrong on our side"
Settled = Callable[[], Awaitable[None]]
Read = Callable[[], Awaitable[Holdings]]


def holder(crew: People, command: DeskCommand) -> Role:
    """The least of the roles that may."""
    may = [role for role, person in crew.by_role.items() if command.is_for(person)]
    return may[-1]


def faults(answers: list[Json]) -> list[str]:
    return [answer["text"] for answer in answers if OWN_FAULT in answer["text"]]


@pytest.mark.parametrize("role", Role)
async def test_who_may_is_answered_and_who_may_not_is_told_so(
    exchange: Exchange, crew: People, holdings: Read, role: Role
) -> None:
    person = crew.by_role[role]
    for command, text in all_said():
        if command.is_for(person):
            if command.name in ("forget", "block"):
                continue  # they change who this is: tests/bot/people/test_people.py
            answers = await exchange(person, text)
            assert answers != [], text
            assert faults(answers) == [], text
        else:
            async with unchanged(holdings, text):
                answers = await exchange(person, text)
            assert [answer["text"] for answer in answers] == [not_for_you(command, ENGLISH)]


async def test_a_stranger_reaches_nothing(
    exchange: Exchange, people: SandboxClient, settled: Settled, holdings: Read, crew: People
) -> None:
    stranger = await people.add_user("Mallory")
    await people.say(stranger, "/start")
    await settled()
    before = await people.messages(stranger)
    async with unchanged(holdings, "a stranger"):
        for _, text in all_said():
            await people.say(stranger, text)
        await settled()
    said = [one for one in await people.messages(stranger) if one["from_bot"]]
    assert len(said) == len([one for one in before if one["from_bot"]])
    assert reply("private-desk") in said[0]["text"]


async def test_who_has_not_accepted_the_risk_text_gets_it(
    exchange: Exchange, store: Store, sandbox: Sandbox, holdings: Read, crew: People
) -> None:
    nina = await join(store, sandbox.world, "Nina", Role.OWNER, consented=False)
    await exchange(nina, "/start")
    for command, text in all_said():
        if command.right is None:
            continue
        async with unchanged(holdings, text):
            answers = await exchange(nina, text)
        assert "before you begin" in answers[0]["text"], text


async def test_said_twice_at_once_each_is_answered(
    people: SandboxClient, settled: Settled, crew: People
) -> None:
    for command, text in all_said():
        if command.name in ("forget", "block", "start"):
            continue
        person = crew.by_role[holder(crew, command)]
        first = await people.say(person.telegram_id, text)
        await people.say(person.telegram_id, text)
        await settled()
        seen = await people.messages(person.telegram_id)
        answers = [one for one in seen if one["from_bot"] and one["message_id"] > first["message_id"]]
        assert answers != [], text
        assert faults(answers) == [], text


async def test_too_many_requests_delay_an_answer_and_lose_none(
    exchange: Exchange, people: SandboxClient, crew: People
) -> None:
    for command, text in all_said():
        if command.name in ("forget", "block", "start"):
            continue
        person = crew.by_role[holder(crew, command)]
        for method in ("sendMessage", "sendPhoto"):
            await people.fault(method, 429, description="Too Many Requests: retry after 1", retry_after=1)
        assert await exchange(person, text) != [], text
        await people.clear_faults()


@pytest.mark.parametrize("performed", [True, False])
async def test_a_lost_answer_holds_nothing_up(
    exchange: Exchange, people: SandboxClient, crew: People, performed: bool
) -> None:
    for command, text in all_said():
        if command.name in ("forget", "block", "start"):
            continue
        person = crew.by_role[holder(crew, command)]
        await people.cut("sendMessage", performed=performed)
        await exchange(person, text)
        await people.clear_faults()
        answers = await exchange(person, "/version")
        assert [faults([answer]) for answer in answers] == [[]], text


async def test_who_blocks_the_bot_harms_nobody_and_can_come_back(
    exchange: Exchange, people: SandboxClient, settled: Settled, crew: People
) -> None:
    for command, text in all_said():
        if command.name in ("forget", "block", "start"):
            continue
        person = crew.by_role[holder(crew, command)]
        await people.say(person.telegram_id, text)
        await people.block(person.telegram_id)
        await settled()
        await people.unblock(person.telegram_id)
        assert await exchange(person, "/start") != [], text


async def test_what_was_said_while_the_desk_was_down_is_answered_once(
    app: App, bot: Bot, relay: Relay, people: SandboxClient, crew: People
) -> None:
    """Each command is said to a desk that is down, and the next life answers it."""
    for command, text in all_said():
        if command.name in ("forget", "block", "start", "panic"):
            continue
        person = crew.by_role[holder(crew, command)]
        said = await people.say(person.telegram_id, text)
        dispatcher = make_dispatcher(app)
        life = [
            asyncio.create_task(Polling(dispatcher, bot, app.desk).run()),
            asyncio.create_task(relay.run()),
        ]

        async def answered(after: int = said["message_id"], to: int = person.telegram_id) -> bool:
            return any(one["from_bot"] and one["message_id"] > after for one in await people.messages(to))

        await eventually(answered, True)
        for task in life:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task


async def test_a_near_miss_is_told_the_right_one(exchange: Exchange, crew: People) -> None:
    for command, _ in all_said():
        person = crew.by_role[holder(crew, command)]
        missed = f"/{command.name[:-1]}{command.name[-1] * 2}"
        answers = await exchange(person, missed)
        assert any(f"/{command.name}" in answer["text"] for answer in answers), missed

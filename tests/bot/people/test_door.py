"""Who gets in: strangers, the risk text, people who block the bot and come back."""

from collections.abc import Awaitable, Callable

import pytest

from bot.sandbox import Sandbox, SandboxClient
from core.desk import Desk
from core.model.people import CONSENT_VERSION, Role
from core.ports import Store
from tests.bot.stage import Cast, eventually, join
from tests.bot.wording import ACCEPT, reply

pytestmark = pytest.mark.usefixtures("running")


async def test_stranger_is_refused_once_and_the_owner_told_once(
    people: SandboxClient, cast: Cast, all_handled: Callable[[], Awaitable[None]]
) -> None:
    stranger = await people.add_user("Sam")
    for text in ("/start", "hello?", "/status"):
        await people.say(stranger, text)
    await all_handled()
    told = await people.wait_for(cast.owner.telegram_id, "stranger")
    assert str(stranger) in told["text"]
    assert [m["text"] for m in await people.messages(stranger) if m["from_bot"]] == [
        f"{reply('private-desk')} Write to Olga."
    ]
    assert len([m for m in await people.messages(cast.owner.telegram_id) if "stranger" in m["text"]]) == 1


async def test_who_has_not_accepted_the_risk_text_reaches_nothing_else(
    people: SandboxClient, store: Store, sandbox: Sandbox
) -> None:
    nina = await join(store, sandbox.world, "Nina", Role.TRADER, consented=False)
    for text in ("/start", "/positions", "hello"):
        said = await people.say(nina.telegram_id, text)
        seen = await people.wait_for(nina.telegram_id, "before you begin", after=said["message_id"])
        assert seen["buttons"] == [ACCEPT]
    await people.tap_stale(nina.telegram_id, "x:c:99999999999", seen["message_id"])
    await people.wait_for_answer(nina.telegram_id, reply("accept-first"))


async def test_accepting_the_risk_text_records_its_version_and_opens_the_door(
    people: SandboxClient, store: Store, sandbox: Sandbox
) -> None:
    nina = await join(store, sandbox.world, "Nina", Role.TRADER, consented=False)
    await people.say(nina.telegram_id, "/start")
    await people.wait_for(nina.telegram_id, "before you begin")
    await people.tap(nina.telegram_id, ACCEPT)
    done = await people.wait_for(nina.telegram_id, "Thank you, Nina")
    assert done["buttons"] == []
    next_steps = await people.wait_for(nina.telegram_id, "First link an account")
    assert next_steps["buttons"] == ["➕ Link an account"]
    assert "/closeall" not in next_steps["text"], "not all of /help at once"
    await people.tap(nina.telegram_id, "➕ Link an account")
    await people.wait_for(nina.telegram_id, "play money at real market rules")
    async with store.read() as tx:
        person = await tx.people.get(nina.id)
    assert person is not None
    assert (person.consent_version, person.chat_id) == (CONSENT_VERSION, nina.telegram_id)


async def test_another_version_of_the_risk_text_cannot_be_accepted(
    people: SandboxClient, store: Store, sandbox: Sandbox
) -> None:
    nina = await join(store, sandbox.world, "Nina", Role.TRADER, consented=False)
    await people.say(nina.telegram_id, "/start")
    shown = await people.wait_for(nina.telegram_id, "before you begin")
    await people.tap_stale(nina.telegram_id, f"c:{CONSENT_VERSION + 1}", shown["message_id"])
    await people.wait_for_answer(nina.telegram_id, "changed")
    async with store.read() as tx:
        person = await tx.people.get(nina.id)
    assert person is not None
    assert person.consent_version is None


async def test_a_person_is_served_in_private_only(people: SandboxClient, cast: Cast) -> None:
    tara = cast.tara.telegram_id
    group = await people.add_group("Friends", [tara, await people.add_user("Sam")])
    await people.say(tara, "/positions", chat_id=group)
    await people.say(tara, "/help")
    await people.wait_for(tara, "/positions")
    assert not [m for m in await people.messages(group) if m["from_bot"]]


async def test_a_tap_in_a_group_is_answered_and_does_nothing(people: SandboxClient, cast: Cast) -> None:
    tara = cast.tara.telegram_id
    group = await people.add_group("Friends", [tara])
    await people.tap_stale(tara, "x:c:99999999999", 1, chat_id=group)
    await people.wait_for_answer(tara, reply("private-chat-only"))


async def test_blocking_and_coming_back_is_noted(people: SandboxClient, cast: Cast, desk: Desk) -> None:
    tara = cast.tara.telegram_id

    async def reachable() -> bool:
        async with desk.store.read() as tx:
            person = await tx.people.get(cast.tara.id)
        assert person is not None
        return person.reachable

    await people.block(tara)
    await eventually(reachable, False)
    await people.unblock(tara)
    await eventually(reachable, True)


async def test_a_strangers_tap_gets_the_same_refusal(people: SandboxClient, cast: Cast) -> None:
    stranger = await people.add_user("Sam")
    await people.say(stranger, "/start")
    refusal = await people.wait_for(stranger, reply("private-desk"))
    await people.tap_stale(stranger, "d:a:" + "0" * 32 + ":1", refusal["message_id"])
    await people.wait_for_answer(stranger, reply("private-desk"))

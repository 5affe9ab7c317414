"""Every button with every act, tapped by people who may not, by strangers, when it means nothing any more."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from bot.sandbox import SandboxClient
from core.model.people import Person, Role
from tests.bot.conftest import SendSignal
from tests.bot.matrix.conftest import Holdings, People, unchanged
from tests.bot.matrix.samples import buttons
from tests.bot.wording import reply

OWN_FAULT = "Something went wrong on our side"
Settled = Callable[[], Awaitable[None]]
Read = Callable[[], Awaitable[Holdings]]


@pytest.fixture
async def known(send_signal: SendSignal, crew: People, settled: Settled) -> dict[str, Any]:
    """Tara's card, of which the others hold forged buttons."""
    [card] = await send_signal(crew.tara)
    await settled()
    return {"approval": card.id}


async def tap_each(
    people: SandboxClient, settled: Settled, person: int, tapped: list[str], message_id: int
) -> None:
    """A handful at a time."""
    for number, data in enumerate(tapped, start=1):
        await people.tap_stale(person, data, message_id)
        if number % 20 == 0:
            await settled()
    await settled()


async def tap_all(
    people: SandboxClient, settled: Settled, person: Person, known: dict[str, Any], message_id: int
) -> list[str]:
    """Tap every button there can be; each has to be answered, once. What was answered."""
    tapped = [button.pack() for button in buttons(known)]
    await tap_each(people, settled, person.telegram_id, tapped, message_id)
    answers = await people.answers(person.telegram_id)
    assert len(answers) == len(tapped)
    return [answer["text"] for answer in answers]


async def anything(people: SandboxClient, settled: Settled, person: Person) -> int:
    """The id of some message of the bot in this person's chat, below which forged buttons are tapped."""
    await people.say(person.telegram_id, "/version")
    await settled()
    return int(
        [one for one in await people.messages(person.telegram_id) if one["from_bot"]][-1]["message_id"]
    )


@pytest.mark.parametrize("role", [Role.VIEWER, Role.OWNER, Role.ADMIN, Role.TRADER])
async def test_no_button_of_anothers_or_of_nothing_ends_in_a_fault(
    people: SandboxClient, settled: Settled, crew: People, known: dict[str, Any], role: Role
) -> None:
    """A trader is Tom here, who holds buttons of Tara's card."""
    person = crew.tom if role is Role.TRADER else crew.by_role[role]
    message = await anything(people, settled, person)
    answers = await tap_all(people, settled, person, known, message)
    assert [text for text in answers if OWN_FAULT in text] == []
    said = [one["text"] for one in await people.messages(person.telegram_id) if OWN_FAULT in one["text"]]
    assert said == []


async def test_a_viewer_changes_nothing_of_the_desk(
    people: SandboxClient, settled: Settled, crew: People, known: dict[str, Any], holdings: Read
) -> None:
    """But for what is their own: language, zone, what they are told, consent."""
    message = await anything(people, settled, crew.viewer)
    mine = {"people", "consents", "wishes", "quiet_hours"}

    async def of_others() -> Holdings:
        return {name: rows for name, rows in (await holdings()).items() if name not in mine}

    async with unchanged(of_others, "a viewer"):
        await tap_all(people, settled, crew.viewer, known, message)


async def test_another_trader_changes_nothing_of_hers(
    people: SandboxClient, settled: Settled, crew: People, known: dict[str, Any], holdings: Read
) -> None:
    message = await anything(people, settled, crew.tom)
    before = (await holdings())["approvals"]
    await tap_all(people, settled, crew.tom, known, message)
    assert (await holdings())["approvals"] == before


async def test_a_strangers_taps_change_nothing(
    people: SandboxClient, settled: Settled, crew: People, known: dict[str, Any], holdings: Read
) -> None:
    stranger = await people.add_user("Mallory")
    await people.say(stranger, "/start")
    await settled()
    [refusal] = [one for one in await people.messages(stranger) if one["from_bot"]]
    tapped = [button.pack() for button in buttons(known)]
    async with unchanged(holdings, "a stranger"):
        await tap_each(people, settled, stranger, tapped, refusal["message_id"])
    answers = [answer["text"] for answer in await people.answers(stranger)]
    assert len(answers) == len(tapped)
    assert set(answers) <= {reply("private-desk")}

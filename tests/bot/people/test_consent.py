"""The risk text: what was accepted when, and a new version that asks again and holds approvals."""

from datetime import UTC, datetime

import pytest

from bot.sandbox import SandboxClient
from core.desk import Desk
from core.model.approvals import ApprovalState
from core.model.people import CONSENT_VERSION, Consent, Person
from core.people.consent import ask_again
from core.ports import Store
from tests.bot.conftest import SendSignal
from tests.bot.stage import Cast, eventually
from tests.bot.wording import ACCEPT, ENGLISH, reply

pytestmark = pytest.mark.usefixtures("running")

OLD = CONSENT_VERSION - 1


async def fall_behind(store: Store, person: Person) -> None:
    """As if they had accepted an older text only."""
    async with store.write() as tx:
        await tx.people.consent(Consent(person.id, OLD, datetime(2026, 3, 1, 9, 30, tzinfo=UTC)))


async def version_of(store: Store, person: Person) -> int | None:
    async with store.read() as tx:
        found = await tx.people.get(person.id)
    return found.consent_version if found else None


async def test_a_new_text_is_sent_once_to_who_accepted_an_older_one(
    people: SandboxClient, cast: Cast, store: Store, desk: Desk
) -> None:
    await fall_behind(store, cast.tara)
    assert await ask_again(desk) == 1
    assert await ask_again(desk) == 0, "a restart asks nobody twice"
    shown = await people.wait_for(cast.tara.telegram_id, "The risk text has changed.")
    assert shown["buttons"] == [ACCEPT]
    await people.tap(cast.tara.telegram_id, ACCEPT)
    await people.wait_for(cast.tara.telegram_id, f"You accepted version {CONSENT_VERSION}")
    assert await version_of(store, cast.tara) == CONSENT_VERSION
    assert not [m for m in await people.messages(cast.tom.telegram_id) if m["from_bot"]]


async def test_until_then_approving_is_held_and_all_else_goes_on(
    people: SandboxClient, cast: Cast, store: Store, desk: Desk, send_signal: SendSignal
) -> None:
    tara = cast.tara.telegram_id
    [approval] = await send_signal(cast.tara)
    card = await people.wait_for(tara, "BUY EURUSD")
    await fall_behind(store, cast.tara)
    await people.tap_stale(tara, f"d:a:{approval.id.hex}:{approval.version}", card["message_id"])
    await people.wait_for_answer(tara, reply("accept-new"))
    await people.wait_for(tara, "before you begin", after=card["message_id"])
    async with store.read() as tx:
        still = await tx.approvals.get(approval.id)
    assert still is not None
    assert still.state is ApprovalState.PENDING
    await people.say(tara, "/help")
    await people.wait_for(tara, "/closeall", after=card["message_id"])
    await people.tap_stale(tara, f"d:r:{approval.id.hex}:{approval.version}", card["message_id"])
    await people.until(lambda: people.answers(tara), lambda seen: len(seen) == 2)
    assert (await people.answers(tara))[-1]["text"] != reply("accept-new"), "to say no needs no new text"


async def test_accepting_twice_is_accepted_once(people: SandboxClient, cast: Cast, store: Store) -> None:
    await fall_behind(store, cast.tara)
    for _ in range(2):
        await people.tap_stale(cast.tara.telegram_id, f"c:{CONSENT_VERSION}", 1)

    async def accepted() -> int:
        async with store.read() as tx:
            events = await tx.events.recent(100, "consent.accepted")
        return len(events)

    await people.until(lambda: people.answers(cast.tara.telegram_id), lambda seen: len(seen) == 2)
    await eventually(accepted, 1)


async def test_consent_tells_what_was_accepted_when(people: SandboxClient, cast: Cast, store: Store) -> None:
    tara = cast.tara.telegram_id
    await people.say(tara, "/consent")
    seen = await people.wait_for(tara, "The risk text in force")
    assert f"You accepted version {CONSENT_VERSION} on" in seen["text"]
    assert seen["buttons"] == []
    await fall_behind(store, cast.tara)
    said = await people.say(tara, "/consent")
    seen = await people.wait_for(tara, f"You accepted version {OLD} on 1 Mar 09:30", after=said["message_id"])
    assert seen["buttons"] == [ACCEPT]


async def test_the_text_of_standing_approvals_is_named_apart(people: SandboxClient, cast: Cast) -> None:
    await people.say(cast.tara.telegram_id, "/consent")
    seen = await people.wait_for(cast.tara.telegram_id, ENGLISH.label("consent-standing-title"))
    assert "no promise" in seen["text"]

"""Who is blocked, or whose role was taken, reads no more of the desk; only of their own money."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import time

import pytest

from bot.buttons.alerts import AcknowledgeTap
from bot.delivery import Relay
from bot.sandbox import SandboxClient
from core.alerts import alert_desk_and_trader, alert_owners
from core.alerts.keeping import look_at_alerts
from core.desk import Desk
from core.model.alerts import QuietHours
from core.model.events import Priority
from core.model.people import Person, Role
from core.model.risk import DESK
from core.people.roles import block, give_roles
from core.risk.locks import lock
from tests.bot.stage import Cast, at_work, eventually

TRADER = frozenset({Role.TRADER})
ALWAYS = QuietHours(time(0, 1), time(0))
"""But for one minute of the day, in which these tests find nothing held."""


async def nothing_waits(desk: Desk) -> None:
    async def waiting() -> object:
        async with desk.store.read() as tx:
            return await tx.outbox.oldest_waiting()

    await eventually(waiting, None)


async def told(people: SandboxClient, person: Person) -> list[str]:
    return [m["text"] for m in await people.messages(person.telegram_id) if m["from_bot"]]


async def test_the_status_of_who_is_blocked_stands_still(
    people: SandboxClient,
    cast: Cast,
    desk: Desk,
    relay: Relay,
    running: None,
    all_handled: Callable[[], Awaitable[None]],
) -> None:
    for person in (cast.tara, cast.tom):
        await people.say(person.telegram_id, "/status")
        await people.wait_for(person.telegram_id, lambda m: m["pinned"])
    await nothing_waits(desk)
    await block(desk, cast.owner, cast.tom.id)
    await lock(desk, cast.owner, DESK, "bank run: withdrawing tonight")
    await relay.live.refresh()
    await people.wait_for(cast.tara.telegram_id, "bank run")
    await nothing_waits(desk)
    assert not any("bank run" in text for text in await told(people, cast.tom))


async def quiet(desk: Desk, person: Person, hours: QuietHours | None) -> None:
    async with desk.store.write() as tx:
        await tx.preferences.quiet(person.id, hours)


async def alerted(desk: Desk, cast: Cast) -> None:
    """One of the desk, one of another's account, one of the own."""
    async with desk.store.write() as tx:
        now = desk.clock.now()
        await alert_owners(
            tx, now, "handler_failed", {"error_id": "f00", "error": "KeyError"}, Priority.NOTICE
        )
        for trader in (cast.tara, cast.tom):
            account = cast.account_of(trader)
            await alert_desk_and_trader(tx, now, account, "drawdown_seen", {}, Priority.NOTICE)


@pytest.mark.parametrize("held", [False, True])
async def test_what_waits_for_who_is_an_owner_no_more(
    people: SandboxClient, cast: Cast, desk: Desk, relay: Relay, *, held: bool
) -> None:
    """Tara was an owner, too, when it was put."""
    async with desk.store.write() as tx:
        await tx.people.put(replace(cast.tara, roles=TRADER | {Role.OWNER}))
    await quiet(desk, cast.tara, ALWAYS if held else None)
    await alerted(desk, cast)
    await give_roles(desk, cast.owner, cast.tara.id, TRADER | {Role.OWNER}, TRADER)
    await quiet(desk, cast.tara, None)
    await look_at_alerts(desk, 900)
    async with at_work(relay):
        await nothing_waits(desk)
    said = "\n".join(await told(people, cast.tara))
    assert "Tara's paper" in said
    assert "Tom's paper" not in said
    assert "f00" not in said
    assert "f00" in "\n".join(await told(people, cast.owner))


async def test_who_is_blocked_hears_of_their_own_account_only(
    people: SandboxClient, cast: Cast, desk: Desk, relay: Relay
) -> None:
    async with desk.store.write() as tx:
        await tx.people.put(replace(cast.tara, roles=TRADER | {Role.OWNER}))
    await alerted(desk, cast)
    await block(desk, cast.owner, cast.tara.id)
    async with at_work(relay):
        await nothing_waits(desk)
    [only] = await told(people, cast.tara)
    assert "Tara's paper" in only


@pytest.mark.usefixtures("running")
async def test_who_is_an_owner_no_more_has_no_alert_of_the_desk_in_hand(
    people: SandboxClient, cast: Cast, desk: Desk
) -> None:
    async with desk.store.write() as tx:
        await tx.people.put(replace(cast.tara, roles=TRADER | {Role.OWNER}))
        now, facts = desk.clock.now(), {"error": "blind"}
        account = cast.account_of(cast.tom)
        await alert_desk_and_trader(tx, now, account, "drawdown_blind", {**facts}, Priority.CRITICAL)
        [escalation] = await tx.escalations.lasting()
    await give_roles(desk, cast.owner, cast.tara.id, TRADER | {Role.OWNER}, TRADER)
    await people.tap_stale(cast.tara.telegram_id, AcknowledgeTap(escalation=escalation.id).pack(), 1)
    await people.wait_for_answer(cast.tara.telegram_id, "was not sent to you")
    async with desk.store.read() as tx:
        assert [each.id for each in await tx.escalations.lasting()] == [escalation.id]

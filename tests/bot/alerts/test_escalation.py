"""Critical alerts through Telegram: acknowledged once, passed on, over by themselves, whatever restarts."""

from decimal import Decimal
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from bot.context import App
from bot.delivery import Relay
from bot.sandbox import Sandbox, SandboxClient
from core.alerts import alert_desk_and_trader
from core.alerts.escalating import begin
from core.alerts.keeping import look_at_alerts
from core.bell import OUTBOX
from core.desk import Desk
from core.model.events import Event, Priority
from core.model.people import Person, Role
from core.model.risk import DrawdownState
from core.people.forgetting import forget
from core.ports import Store
from tests.bot.stage import Cast, QuickClock, at_work, join

BLIND = "The drawdown guard sees nothing"
AFTER_S = 300.0
HAVE_IT = "✋ I have it"


@pytest.fixture
async def second(store: Store, sandbox: Sandbox, cast: Cast) -> Person:
    return await join(store, sandbox.world, "Oscar", Role.OWNER)


async def go_blind(desk: Desk, cast: Cast) -> None:
    async with desk.store.write() as tx:
        account, now = cast.account_of(cast.tara), desk.clock.now()
        data = {"reason": "the terminal does not answer", "since": now.isoformat()}
        await alert_desk_and_trader(tx, now, account, "drawdown_blind", {**data}, Priority.CRITICAL)
    desk.bell.ring(OUTBOX)


async def kept(_: bytes) -> None:
    """Who is forgotten has their data."""


async def later(desk: Desk, clock: QuickClock, seconds: float) -> None:
    clock.skipped_s += seconds
    await look_at_alerts(desk, AFTER_S)


async def events(desk: Desk, name: str) -> list[Event]:
    async with desk.store.read() as tx:
        return [each for each in await tx.events.recent(50, "alert.") if each.name == f"alert.{name}"]


async def rung(people: SandboxClient, person: Person) -> list[str]:
    """The alerts that a person got, each message once."""
    return [m["text"] for m in await people.messages(person.telegram_id) if BLIND in m["text"]]


@pytest.mark.usefixtures("running")
async def test_who_has_it_in_hand_is_shown_to_everybody_and_recorded(
    people: SandboxClient, cast: Cast, desk: Desk, clock: QuickClock
) -> None:
    await go_blind(desk, cast)
    for person in (cast.owner, cast.tara):
        await people.wait_for(person.telegram_id, BLIND)
    await people.tap(cast.owner.telegram_id, HAVE_IT)
    answer = await people.wait_for_answer(cast.owner.telegram_id, "Noted")
    assert not answer["show_alert"]
    for person in (cast.owner, cast.tara):
        told = await people.wait_for(person.telegram_id, "✋ Olga has it in hand")
        assert HAVE_IT not in str(told["buttons"])
    [noted] = await events(desk, "acknowledged")
    assert (noted.person_id, noted.data["alert"]) == (cast.owner.id, "drawdown_blind")
    await later(desk, clock, 10 * AFTER_S)
    assert await events(desk, "escalated") == []


@pytest.mark.usefixtures("running")
async def test_the_second_tap_comes_too_late_and_is_told_who_was_first(
    people: SandboxClient, cast: Cast, desk: Desk
) -> None:
    await go_blind(desk, cast)
    shown = await people.wait_for(cast.tara.telegram_id, BLIND)
    await people.wait_for(cast.owner.telegram_id, BLIND)
    await people.tap(cast.owner.telegram_id, HAVE_IT)
    await people.wait_for(cast.tara.telegram_id, "✋ Olga has it in hand")
    await people.tap_stale(cast.tara.telegram_id, "ack:1", shown["message_id"])
    late = await people.wait_for_answer(cast.tara.telegram_id, "Olga has it in hand already.")
    assert late["show_alert"]
    assert len(await events(desk, "acknowledged")) == 1


@pytest.mark.usefixtures("running")
async def test_who_was_told_and_is_forgotten_keeps_nobody_from_having_it(
    people: SandboxClient, cast: Cast, desk: Desk, clock: QuickClock, sandbox: Sandbox, tmp_path: Path
) -> None:
    nora = await join(desk.store, sandbox.world, "Nora", Role.OWNER)
    await go_blind(desk, cast)
    for person in (nora, cast.owner):
        await people.wait_for(person.telegram_id, BLIND)
    await forget(desk, nora, kept, tmp_path)
    await later(desk, clock, AFTER_S)
    assert len(await events(desk, "escalated")) == 1
    await people.tap(cast.owner.telegram_id, HAVE_IT)
    await people.wait_for(cast.tara.telegram_id, "✋ Olga has it in hand")


@pytest.mark.usefixtures("running")
async def test_who_was_not_told_has_nothing_in_hand(people: SandboxClient, cast: Cast, desk: Desk) -> None:
    await go_blind(desk, cast)
    await people.wait_for(cast.owner.telegram_id, BLIND)
    forged = await people.say(cast.tom.telegram_id, "/help")
    reply = await people.wait_for(cast.tom.telegram_id, "", after=forged["message_id"])
    await people.tap_stale(cast.tom.telegram_id, "ack:1", reply["message_id"])
    await people.wait_for_answer(cast.tom.telegram_id, "not sent to you")
    assert await events(desk, "acknowledged") == []


async def test_unanswered_it_goes_to_the_admins_and_round_again(
    people: SandboxClient, cast: Cast, second: Person, desk: Desk, relay: Relay, clock: QuickClock
) -> None:
    async with at_work(relay):
        await go_blind(desk, cast)
        for person in (cast.owner, second, cast.tara):
            await people.wait_for(person.telegram_id, BLIND)
        await later(desk, clock, AFTER_S / 2)
        assert await events(desk, "escalated") == []
        await later(desk, clock, AFTER_S / 2)
        await people.wait_for(cast.admin.telegram_id, "you are the next who is asked")
        await later(desk, clock, 0)
        assert len(await events(desk, "escalated")) == 1, "each step once"
        await later(desk, clock, AFTER_S)
        await people.wait_for(cast.owner.telegram_id, "you are the next who is asked")
        await later(desk, clock, AFTER_S)
        await people.wait_for(second.telegram_id, "you are the next who is asked")
    assert len(await rung(people, cast.owner)) == 2, "a new message rings; an edit would not"
    assert len(await rung(people, cast.tara)) == 1
    assert [each.person_id for each in await events(desk, "escalated")] == [
        second.id,
        cast.owner.id,
        cast.admin.id,
    ]


async def test_it_goes_on_after_a_restart(
    people: SandboxClient, cast: Cast, desk: Desk, relay: Relay, app: App, clock: QuickClock
) -> None:
    async with at_work(relay):
        await go_blind(desk, cast)
        await people.wait_for(cast.owner.telegram_id, BLIND)
    again = Desk(store=desk.store, clock=clock, terminals=desk.terminals, epoch=desk.epoch + 1)
    await later(again, clock, AFTER_S)
    async with at_work(relay):
        await people.wait_for(cast.admin.telegram_id, "you are the next who is asked")


async def test_one_that_is_over_by_itself_asks_nobody_any_more(
    people: SandboxClient, cast: Cast, desk: Desk, relay: Relay, clock: QuickClock
) -> None:
    async with at_work(relay):
        await go_blind(desk, cast)
        await people.wait_for(cast.owner.telegram_id, BLIND)
        account = cast.account_of(cast.tara)
        clock.skipped_s += 1
        now = desk.clock.now()
        seen = DrawdownState(account.id, Decimal(9), Decimal(9), now, Decimal(0), now)
        desk.board.drawdowns[account.id] = seen
        await later(desk, clock, AFTER_S)
        over = await people.wait_for(cast.owner.telegram_id, "It is over by itself")
    assert HAVE_IT not in str(over["buttons"])
    assert len(await events(desk, "over")) == 1
    assert await events(desk, "escalated") == []
    assert len(await people.messages(cast.admin.telegram_id)) == 0


async def test_of_an_account_that_is_not_linked_any_more_it_is_over(
    cast: Cast, desk: Desk, clock: QuickClock
) -> None:
    await go_blind(desk, cast)
    async with desk.store.write() as tx:
        await tx.accounts.retire(cast.account_of(cast.tara).id, desk.clock.now())
    await later(desk, clock, AFTER_S)
    assert len(await events(desk, "over")) == 1
    assert await events(desk, "escalated") == []


async def test_one_that_fails_keeps_no_other_from_going_on(cast: Cast, desk: Desk, clock: QuickClock) -> None:
    now, spoilt = desk.clock.now(), {"account_id": "no number", "account": "spoilt"}
    async with desk.store.write() as tx:
        await begin(tx, now, [cast.owner.id], "drawdown_blind", {**spoilt})
    await go_blind(desk, cast)
    with capture_logs() as logs:
        await later(desk, clock, AFTER_S)
    assert len(await events(desk, "escalated")) == 1
    [failed] = [each for each in logs if each["event"] == "escalation_failed"]
    assert "badly formed" in failed["error"]


async def test_an_admin_who_blocked_the_bot_is_passed_over(
    people: SandboxClient, cast: Cast, desk: Desk, relay: Relay, clock: QuickClock
) -> None:
    async with desk.store.write() as tx:
        await tx.people.unreachable(cast.admin.id)
    async with at_work(relay):
        await go_blind(desk, cast)
        await people.wait_for(cast.owner.telegram_id, BLIND)
        await later(desk, clock, AFTER_S)
        await people.wait_for(cast.owner.telegram_id, "you are the next who is asked")


@pytest.mark.usefixtures("running")
async def test_a_button_is_a_command(people: SandboxClient, cast: Cast, desk: Desk) -> None:
    await go_blind(desk, cast)
    shown = await people.wait_for(cast.owner.telegram_id, BLIND)
    await people.tap(cast.owner.telegram_id, "Health")
    await people.wait_for(cast.owner.telegram_id, "Tara's paper", after=shown["message_id"])

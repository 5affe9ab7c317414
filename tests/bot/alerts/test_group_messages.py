"""Messages that live in groups: liquidations, panics and divergences, where these are routed."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.sandbox import SandboxClient
from core.alerts import refresh_divergences, refresh_liquidation
from core.alerts.routing import add_route
from core.bell import OUTBOX
from core.desk import Desk
from core.model.alerts import Family
from core.model.divergences import LogRow
from core.model.events import Priority
from core.model.risk import Liquidation, LiquidationState
from core.risk.panic import panic
from tests.bot.stage import Cast
from tests.storage.samples import a_divergence

COUNTING, CLOSING = LiquidationState.COUNTING, LiquidationState.CLOSING
IN_PRIVATE = "The buttons are in the private chat with the bot."
BEGINS, CLOSES = "Unless somebody acts it begins", "Everything is being closed"


async def a_group(people: SandboxClient, cast: Cast, families: str = "liquidation divergences") -> int:
    group = await people.add_group("Risk room", [cast.owner.telegram_id], "supergroup")
    await people.wait_for(group, "/route here")
    await people.say(cast.owner.telegram_id, f"/route here {families}", chat_id=group)
    await people.wait_for(group, "come here from now on")
    return group


async def begin(desk: Desk, cast: Cast) -> Liquidation:
    account, now = cast.account_of(cast.tara), desk.clock.now()
    async with desk.store.write() as tx:
        begun = await tx.liquidations.start(
            account.id, COUNTING, "drawdown 20 % reached", now, now + timedelta(seconds=10)
        )
        await refresh_liquidation(tx, now, account, begun.id)
    desk.bell.ring(OUTBOX)
    return begun


async def advance(desk: Desk, cast: Cast, before: Liquidation, *, anew: bool = False) -> None:
    account, now = cast.account_of(cast.tara), desk.clock.now()
    async with desk.store.write() as tx:
        assert await tx.liquidations.advance(replace(before, state=CLOSING), before.state)
        await refresh_liquidation(tx, now, account, before.id, anew=anew)
    desk.bell.ring(OUTBOX)


async def found(desk: Desk, cast: Cast) -> LogRow:
    account, now = cast.account_of(cast.tara), desk.clock.now()
    async with desk.store.write() as tx:
        [row] = await tx.reconciliation.record([a_divergence(account)], now)
        await refresh_divergences(tx, now, account, [row.id], Priority.NOTICE)
    desk.bell.ring(OUTBOX)
    return row


@pytest.mark.usefixtures("running")
async def test_a_liquidation_lives_in_the_group_without_buttons(
    people: SandboxClient, cast: Cast, desk: Desk
) -> None:
    group = await a_group(people, cast)
    begun = await begin(desk, cast)
    first = await people.wait_for(group, BEGINS)
    assert (first["buttons"], IN_PRIVATE in first["text"]) == ([], True)
    assert (await people.wait_for(cast.owner.telegram_id, BEGINS))["buttons"] == ["Close now", "Hold"]
    await advance(desk, cast, begun)
    then = await people.wait_for(group, CLOSES)
    assert then["message_id"] == first["message_id"]
    assert (await people.wait_for(cast.owner.telegram_id, CLOSES))["buttons"] == ["Hold"]


@pytest.mark.usefixtures("running")
async def test_what_rings_anew_in_private_rings_anew_in_the_group(
    people: SandboxClient, cast: Cast, desk: Desk
) -> None:
    group = await a_group(people, cast)
    begun = await begin(desk, cast)
    first = await people.wait_for(group, BEGINS)
    await advance(desk, cast, begun, anew=True)
    then = await people.wait_for(group, CLOSES)
    assert then["message_id"] > first["message_id"]


@pytest.mark.usefixtures("running")
async def test_a_divergence_lives_in_the_group_until_it_is_over(
    people: SandboxClient, cast: Cast, desk: Desk
) -> None:
    group = await a_group(people, cast)
    row = await found(desk, cast)
    first = await people.wait_for(group, "EURUSD")
    assert first["buttons"] == []
    async with desk.store.write() as tx:
        now = desk.clock.now()
        await tx.reconciliation.end([row.id], now)
        await refresh_divergences(tx, now, cast.account_of(cast.tara), [row.id], Priority.DIGEST)
    desk.bell.ring(OUTBOX)
    over = await people.wait_for(group, lambda m: "EURUSD" in m["text"] and m["text"] != first["text"])
    assert over["message_id"] == first["message_id"]


@pytest.mark.usefixtures("running")
async def test_of_a_panic_the_group_has_one_message(people: SandboxClient, cast: Cast, desk: Desk) -> None:
    group = await a_group(people, cast)
    await panic(desk, cast.owner)
    shown = await people.wait_for(group, "Olga")
    assert shown["buttons"] == []
    await people.wait_for(cast.tara.telegram_id, CLOSES)
    said = [m for m in await people.messages(group) if m["from_bot"] and not m["service"]]
    assert len(said) == 3  # how to route, what is routed, and the panic


@pytest.mark.usefixtures("running")
async def test_a_group_without_the_family_gets_nothing_of_it(
    people: SandboxClient, cast: Cast, desk: Desk
) -> None:
    group = await a_group(people, cast, "drawdown divergences")
    await begin(desk, cast)
    await found(desk, cast)
    await people.wait_for(group, "EURUSD")
    assert not [m for m in await people.messages(group) if BEGINS in m["text"]]


async def test_notices_that_wait_for_their_turn_become_one_for_each_reader(desk: Desk, cast: Cast) -> None:
    """The pace of a group is slow: only what is newest is shown then."""
    both = frozenset({Family.LIQUIDATION, Family.DIVERGENCES})
    for topic in (0, 7):
        await add_route(desk, cast.owner, -100, topic, "Risk room", both)
    begun = await begin(desk, cast)
    for _ in range(3):
        async with desk.store.write() as tx:
            await refresh_liquidation(tx, desk.clock.now(), cast.account_of(cast.tara), begun.id)
    async with desk.store.read() as tx:
        due = [item.notice for item in await tx.outbox.due(desk.clock.now(), 100)]
    routes = [notice.route for notice in due if notice.person_id == cast.owner.id]
    assert sorted(routes, key=lambda route: route or 0) == [None, 1, 2]

"""Alerts to groups and topics: set up by who may, followed when they move, paused when they are gone."""

from datetime import UTC, datetime

import pytest

from bot.sandbox import Sandbox, SandboxClient
from bot.views.alerts.routes import ask_remove, how_to_route, route_page, routed_here, routes_page
from core.alerts import alert_desk_and_trader
from core.bell import OUTBOX
from core.desk import Desk
from core.model.alerts import ROUTABLE, Family, Route
from core.model.events import Priority
from core.model.people import Person, Role
from tests.bot.alerts.test_choices import EVERYTHING
from tests.bot.conftest import SendSignal
from tests.bot.snapshots import check_shown
from tests.bot.stage import Cast, eventually, join

pytestmark = pytest.mark.usefixtures("running")

WARNING = "Drawdown warning"


async def warn(desk: Desk, cast: Cast) -> None:
    async with desk.store.write() as tx:
        account, now = cast.account_of(cast.tara), desk.clock.now()
        await alert_desk_and_trader(tx, now, account, "drawdown_warned", {"percent": "9"}, Priority.CRITICAL)
    desk.bell.ring(OUTBOX)


async def routes(desk: Desk) -> list[Route]:
    async with desk.store.read() as tx:
        return list(await tx.routes.all())


async def a_route(people: SandboxClient, cast: Cast, kind: str = "supergroup", *others: Person) -> int:
    """A group of the owner and others with a route for drawdowns."""
    members = [each.telegram_id for each in (cast.owner, *others)]
    group = await people.add_group("Risk room", members, kind)
    await people.wait_for(group, "/route here")
    await people.say(cast.owner.telegram_id, "/route here drawdown, closes", chat_id=group)
    await people.wait_for(group, "These alerts come here from now on: Closes, Drawdown.")
    return group


async def test_alerts_of_the_kinds_go_to_the_group_without_buttons_and_to_owners_as_well(
    people: SandboxClient, cast: Cast, desk: Desk
) -> None:
    group = await a_route(people, cast)
    await warn(desk, cast)
    told = await people.wait_for(group, WARNING)
    assert told["buttons"] == []
    private = await people.wait_for(cast.owner.telegram_id, WARNING)
    assert private["buttons"] != []
    async with desk.store.read() as tx:
        [added] = await tx.events.recent(5, "route.")
    assert (added.name, added.person_id) == ("route.added", cast.owner.id)
    assert added.data == {"title": "Risk room", "families": ["closes", "drawdown"]}


async def test_a_topic_gets_what_is_routed_to_it(people: SandboxClient, cast: Cast, desk: Desk) -> None:
    forum = await people.add_group("Desk", [cast.owner.telegram_id], "forum")
    topic = await people.add_topic(forum, "Risk")
    await people.say(cast.owner.telegram_id, "/route here drawdown", chat_id=forum, topic=topic)
    here = await people.wait_for(forum, "These alerts come here")
    assert here["topic"] == topic
    await warn(desk, cast)
    assert (await people.wait_for(forum, WARNING))["topic"] == topic


@pytest.mark.parametrize("role", [Role.ADMIN, Role.TRADER, Role.VIEWER])
async def test_nobody_else_is_answered_in_a_group(
    people: SandboxClient, cast: Cast, desk: Desk, sandbox: Sandbox, role: Role
) -> None:
    other = await join(desk.store, sandbox.world, "Nina", role)
    group = await a_route(people, cast, "supergroup", other)
    before = len(await people.messages(group))
    await people.say(other.telegram_id, "/route here locks", chat_id=group)
    await people.say(other.telegram_id, "/status", chat_id=group)
    await people.say(cast.owner.telegram_id, "/status", chat_id=group)
    await people.say(cast.owner.telegram_id, "/route here locks", chat_id=group)
    await people.wait_for(group, "from now on: Locks.")
    said = [m for m in (await people.messages(group))[before:] if m["from_bot"]]
    assert len(said) == 1
    assert [each.families for each in await routes(desk)] == [frozenset({Family.LOCKS})]


async def test_the_bot_leaves_a_group_that_somebody_else_brings_it_into(
    people: SandboxClient, cast: Cast
) -> None:
    group = await people.add_group("Elsewhere", [cast.tara.telegram_id])

    async def left() -> bool:
        return any(call["parameters"]["chat_id"] == str(group) for call in await people.calls("leaveChat"))

    await eventually(left, True)
    assert [m for m in await people.messages(group) if m["from_bot"] and not m["service"]] == []


async def test_without_a_known_kind_the_group_is_told_how(people: SandboxClient, cast: Cast) -> None:
    group = await a_route(people, cast)
    last = (await people.messages(group))[-1]["message_id"]
    await people.say(cast.owner.telegram_id, "/route here moon signals", chat_id=group)
    await people.wait_for(group, "There are: closes", after=last)


async def test_buttons_switch_kinds_and_remove_the_route(
    people: SandboxClient, cast: Cast, desk: Desk
) -> None:
    await a_route(people, cast)
    owner = cast.owner.telegram_id
    await people.say(owner, "/route")
    await people.wait_for(owner, "Risk room: Closes, Drawdown")
    await people.tap(owner, "📫 Risk room")
    await people.wait_for(owner, lambda m: "✓ Drawdown" in m["buttons"])
    await people.tap(owner, "✓ Drawdown")
    await people.wait_for(owner, lambda m: "Drawdown" in m["buttons"])
    assert [each.families for each in await routes(desk)] == [frozenset({Family.CLOSES})]
    await people.tap(owner, "✓ Closes")
    await people.wait_for_answer(owner, "remove the route instead")
    await people.tap(owner, "Remove")
    await people.wait_for(owner, "Send no alerts to Risk room any more?")
    await people.tap(owner, "Remove")
    await people.wait_for(owner, "No alerts go to any group.")
    assert await routes(desk) == []


async def test_a_button_is_for_who_may_route(people: SandboxClient, cast: Cast, desk: Desk) -> None:
    await a_route(people, cast)
    tom = cast.tom.telegram_id
    await people.say(tom, "/route")
    refused = await people.wait_for(tom, "")
    await people.tap_stale(tom, "route:x:1:", refused["message_id"])
    await people.wait_for_answer(tom)
    assert len(await routes(desk)) == 1


async def test_a_group_that_becomes_a_supergroup_is_followed(
    people: SandboxClient, cast: Cast, desk: Desk
) -> None:
    group = await a_route(people, cast, "group")
    after = await people.upgrade_group(group)
    await warn(desk, cast)
    await people.wait_for(after, WARNING)
    assert [each.chat_id for each in await routes(desk)] == [after]


@pytest.mark.parametrize("closed", [True, False])
async def test_a_topic_that_is_closed_or_gone_pauses_the_route_and_the_owner_is_told_once(
    people: SandboxClient, cast: Cast, desk: Desk, *, closed: bool
) -> None:
    forum = await people.add_group("Desk", [cast.owner.telegram_id], "forum")
    topic = await people.add_topic(forum, "Risk")
    await people.say(cast.owner.telegram_id, "/route here drawdown", chat_id=forum, topic=topic)
    await people.wait_for(forum, "These alerts come here")
    if closed:
        await people.close_topic(forum, topic)
    else:
        await people.delete_topic(forum, topic)
    await warn(desk, cast)
    await warn(desk, cast)
    owner = cast.owner.telegram_id
    told = await people.wait_for(owner, "A group gets no alerts any more")
    assert told["buttons"] == ["Where alerts go"]
    await people.tap(owner, "Where alerts go")
    await people.wait_for(owner, "Paused since")
    assert len([m for m in await people.messages(owner) if "gets no alerts" in m["text"]]) == 1


async def test_thrown_out_of_a_group_the_desk_tells_the_owner_and_can_try_again(
    people: SandboxClient, cast: Cast, desk: Desk
) -> None:
    group = await a_route(people, cast)
    await people.set_bot(group, "kicked")
    owner = cast.owner.telegram_id
    await people.wait_for(owner, "the bot was removed from the group")
    await warn(desk, cast)
    await people.wait_for(owner, WARNING)
    await people.set_bot(group, "member")
    await people.say(owner, "/route")
    await people.wait_for(owner, lambda m: "📪 Risk room" in m["buttons"])
    await people.tap(owner, "📪 Risk room")
    await people.wait_for(owner, lambda m: "Try again" in m["buttons"])
    await people.tap(owner, "Try again")
    await people.wait_for(owner, lambda m: "Try again" not in m["buttons"] and "✓ Drawdown" in m["buttons"])
    await warn(desk, cast)
    await people.wait_for(group, WARNING)


async def test_who_may_not_route_any_more_routes_nothing(
    people: SandboxClient, cast: Cast, desk: Desk
) -> None:
    await a_route(people, cast)
    demoted = Person(cast.owner.id, cast.owner.telegram_id, "Olga", frozenset({Role.ADMIN}))
    async with desk.store.write() as tx:
        await tx.people.put(demoted)
    await warn(desk, cast)

    async def paused() -> list[bool]:
        return [each.paused_at is not None for each in await routes(desk)]

    await eventually(paused, [True])


async def test_a_card_goes_to_nobody_but_its_trader(
    people: SandboxClient, cast: Cast, desk: Desk, send_signal: SendSignal
) -> None:
    group = await a_route(people, cast)
    await people.say(cast.owner.telegram_id, "/route here all", chat_id=group)
    await people.wait_for(group, "At the door")
    await send_signal(cast.tara)
    await people.wait_for(cast.tara.telegram_id, "EURUSD")
    await warn(desk, cast)
    await people.wait_for(group, WARNING)
    assert not [m for m in await people.messages(group) if "EURUSD" in m["text"]]


AT = datetime(2026, 11, 21, 3, 0, tzinfo=UTC)
ROUTE = Route(1, -5, 7, "Risk <room> › Alerts", frozenset({Family.CLOSES}), EVERYTHING.id, AT)
PAUSED = Route(2, -5, 0, "Other", ROUTABLE, EVERYTHING.id, AT, AT, "Forbidden: bot was kicked")


def test_the_pages_in_every_language() -> None:
    check_shown("routes", lambda words: routes_page([ROUTE, PAUSED], words))
    check_shown("routes-none", lambda words: routes_page([], words))
    check_shown("route", lambda words: route_page(PAUSED, words))
    check_shown("route-ask-remove", lambda words: ask_remove(ROUTE, AT, words))
    check_shown("route-here", lambda words: routed_here(ROUTE, words))
    check_shown("route-how", how_to_route)
    check_shown("routes-longest", lambda words: routes_page([PAUSED] * 20, words))

"""/alerts through Telegram: on, silent, off, by night; what is held comes in one message in the morning."""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime, time, timedelta
from typing import Any
from uuid import UUID

import pytest

from bot.context import App
from bot.delivery import Relay
from bot.sandbox import SandboxClient
from bot.views.alerts.choices import alerts_page, family_page, quiet_page
from bot.views.alerts.digest import digest
from bot.words import Words
from core.alerts import alert_desk_and_trader
from core.alerts.choosing import families_for
from core.alerts.keeping import look_at_alerts
from core.bell import OUTBOX
from core.desk import Desk
from core.model.alerts import Family, Held, QuietHours, Wish, Wishes, names_in
from core.model.events import Json, Priority
from core.model.ids import PersonId
from core.model.people import Person, Role
from tests.bot.conftest import SendSignal
from tests.bot.snapshots import check_shown
from tests.bot.stage import Cast, QuickClock, at_work, eventually

NIGHT = QuietHours(time(22), time(7))
WISHES = Wishes({"closes": Wish.SILENT, "intent_refused": Wish.OFF}, NIGHT, "Europe/Madrid")
EVERYTHING = Person(PersonId(UUID(int=7)), 7, "Olga", frozenset(Role))
CLOSED: Json = {"symbol": "EURUSD", "side": "buy", "volume": "0.10", "reason": "stop_loss", "profit": "-3"}


async def tell(desk: Desk, cast: Cast, name: str, data: Json, priority: Priority = Priority.NOTICE) -> None:
    async with desk.store.write() as tx:
        await alert_desk_and_trader(tx, desk.clock.now(), cast.account_of(cast.tara), name, data, priority)
    desk.bell.ring(OUTBOX)


async def until_hour(desk: Desk, clock: QuickClock, hour: int) -> None:
    """The clock goes on to that hour (UTC)."""
    now = desk.clock.now()
    then = now.replace(hour=hour, minute=0, second=1)
    clock.skipped_s += ((then if then > now else then + timedelta(days=1)) - now).total_seconds()


async def rings(people: SandboxClient, person: Person) -> list[bool]:
    """Of each message that the person got from the bot: whether it rang."""
    calls = await people.calls("sendMessage")
    mine = [call for call in calls if call["parameters"]["chat_id"] == str(person.telegram_id)]
    return ["disable_notification" not in call["parameters"] for call in mine]


async def wish(desk: Desk, person: Person, said: Iterable[tuple[str, Wish]], *, quiet: bool = False) -> None:
    async with desk.store.write() as tx:
        for event, chosen in said:
            await tx.preferences.wish(person.id, event, chosen)
        if quiet:
            await tx.preferences.quiet(person.id, NIGHT)


@pytest.mark.usefixtures("running")
async def test_a_person_chooses_by_buttons(people: SandboxClient, cast: Cast, desk: Desk) -> None:
    tara = cast.tara.telegram_id
    asked = await people.say(tara, "/alerts")
    await people.wait_for(tara, "Your alerts", after=asked["message_id"])
    await people.tap(tara, "🔔 Closes")
    await people.wait_for(tara, "Positions that were closed")
    await people.tap(tara, "🔕 Silent")
    await people.wait_for(tara, lambda m: "✓ 🔕 Silent" in str(m["buttons"]))
    await people.tap(tara, "‹ Back")
    await people.wait_for(tara, lambda m: "🔕 Closes" in str(m["buttons"]))
    async with desk.store.read() as tx:
        assert (await tx.preferences.of([cast.tara.id]))[cast.tara.id].said == {"closes": Wish.SILENT}
        [noted] = await tx.events.recent(5, "alert.")
    assert (noted.name, noted.data, noted.person_id) == (
        "alert.wished",
        {"event": "closes", "wish": "silent"},
        cast.tara.id,
    )


@pytest.mark.usefixtures("running")
async def test_one_kind_goes_from_way_to_way(people: SandboxClient, cast: Cast, desk: Desk) -> None:
    tara = cast.tara.telegram_id
    await people.say(tara, "/alerts")
    await people.wait_for(tara, "Your alerts")
    await people.tap(tara, "🔔 Orders")
    await people.wait_for(tara, lambda m: "🔔 = An order was refused" in str(m["buttons"]))
    for sign in ("🔔", "🔕", "✖️", "🌙", "🔔 ="):
        shown = await people.wait_for(tara, lambda m: "An order was refused" in str(m["buttons"]))
        label = next(b for b in shown["buttons"] if b.endswith("An order was refused"))
        await people.tap(tara, label)
        await people.wait_for(tara, _has_button(f"{sign} An order was refused"))
    async with desk.store.read() as tx:
        assert (await tx.preferences.of([cast.tara.id]))[cast.tara.id].said == {}


def _has_button(label: str) -> Callable[[dict[str, Any]], bool]:
    return lambda message: label in message["buttons"]


@pytest.mark.usefixtures("running")
async def test_quiet_hours_are_set_and_taken_back(people: SandboxClient, cast: Cast, desk: Desk) -> None:
    tara = cast.tara.telegram_id
    await people.say(tara, "/alerts")
    await people.wait_for(tara, "You have no quiet hours.")
    await people.tap(tara, "🌙 Quiet hours")
    await people.wait_for(tara, "Your time zone")
    await people.tap(tara, "+")
    await people.wait_for(tara, lambda m: "From 23:00" in str(m["buttons"]))
    await people.tap(tara, "Quiet from 23:00 to 07:00")
    await people.wait_for(tara, "Quiet from 23:00 to 07:00: what comes then")
    await people.tap(tara, "🌙 Quiet hours")
    await people.wait_for(tara, lambda m: "No quiet hours" in str(m["buttons"]))
    await people.tap(tara, "No quiet hours")
    await people.wait_for(tara, "You have no quiet hours.")


@pytest.mark.parametrize(
    ("button", "sentence"),
    [
        ("wish:signals:off:", "only made silent"),
        ("wish:liquidation:off:liquidation_stuck", "always ring"),
        ("wish:liquidation:off:moon", "not known"),
    ],
)
@pytest.mark.usefixtures("running")
async def test_a_forged_button_switches_nothing_off(
    people: SandboxClient, cast: Cast, desk: Desk, button: str, sentence: str
) -> None:
    owner = cast.owner.telegram_id
    await people.say(owner, "/alerts")
    shown = await people.wait_for(owner, "Your alerts")
    await people.tap_stale(owner, button, shown["message_id"])
    await people.wait_for_answer(owner, sentence)
    async with desk.store.read() as tx:
        assert (await tx.preferences.of([cast.owner.id]))[cast.owner.id].said == {}


async def test_off_does_not_come_silent_does_not_ring_and_critical_always_does(
    people: SandboxClient, cast: Cast, desk: Desk, relay: Relay
) -> None:
    await wish(desk, cast.owner, [("closes", Wish.OFF), ("drawdown", Wish.OFF)])
    await wish(desk, cast.tara, [("closes", Wish.SILENT)])
    async with at_work(relay):
        await tell(desk, cast, "position_closed", CLOSED)
        await people.wait_for(cast.tara.telegram_id, "Position closed")
        await tell(desk, cast, "drawdown_warned", {"percent": "9"}, Priority.CRITICAL)
        await people.wait_for(cast.owner.telegram_id, "Drawdown warning")
        await people.wait_for(cast.tara.telegram_id, "Drawdown warning")
    assert await rings(people, cast.owner) == [True]
    assert await rings(people, cast.tara) == [False, True]


async def test_by_night_only_critical_ones_ring_and_the_rest_comes_in_the_morning_at_once(
    people: SandboxClient, cast: Cast, desk: Desk, relay: Relay, clock: QuickClock
) -> None:
    await wish(desk, cast.tara, [("order_filled", Wish.ALWAYS)], quiet=True)
    await until_hour(desk, clock, 23)
    async with at_work(relay):
        for profit in ("-3", "4.50"):
            await tell(desk, cast, "position_closed", CLOSED | {"profit": profit})
        await tell(desk, cast, "intent_refused", {"symbol": "EURUSD"})
        await tell(desk, cast, "drawdown_warned", {"percent": "9"}, Priority.CRITICAL)
        await people.wait_for(cast.tara.telegram_id, "Drawdown warning")
        await tell(desk, cast, "order_filled", {"symbol": "EURUSD", "side": "buy", "volume": "1"})
        await people.wait_for(cast.tara.telegram_id, "Order filled")
        await look_at_alerts(desk, 300)
        assert len(await people.messages(cast.tara.telegram_id)) == 2
        await until_hour(desk, clock, 7)
        await look_at_alerts(desk, 300)
        morning = await people.wait_for(cast.tara.telegram_id, "While you had quiet: 3 alerts")
        assert "Position closed · Tara's paper (2 times, the last" in morning["text"]
        await look_at_alerts(desk, 300)
        await tell(desk, cast, "drawdown_seen", {})
        await people.wait_for(cast.tara.telegram_id, "sees again")
    digests = [m for m in await people.messages(cast.tara.telegram_id) if "While you" in m["text"]]
    assert len(digests) == 1, "told once"


async def test_who_ends_their_quiet_hours_gets_what_was_held(
    people: SandboxClient, cast: Cast, desk: Desk, relay: Relay, clock: QuickClock
) -> None:
    await wish(desk, cast.tara, [], quiet=True)
    await until_hour(desk, clock, 23)
    await tell(desk, cast, "position_closed", CLOSED)
    async with desk.store.write() as tx:
        await tx.preferences.quiet(cast.tara.id, None)
    async with at_work(relay):
        await look_at_alerts(desk, 300)
        await people.wait_for(cast.tara.telegram_id, "While you had quiet: 1 alert")


async def test_a_digest_that_telegram_does_not_take_is_not_lost(
    people: SandboxClient, cast: Cast, desk: Desk, relay: Relay, clock: QuickClock, app: App
) -> None:
    await wish(desk, cast.tara, [], quiet=True)
    await until_hour(desk, clock, 23)
    await tell(desk, cast, "position_closed", CLOSED)
    await people.fault("sendMessage", 500, chat_id=cast.tara.telegram_id)
    await until_hour(desk, clock, 7)
    async with at_work(relay):
        await look_at_alerts(desk, 300)
        await _until_put_off(relay)
        clock.skipped_s += 60
        desk.bell.ring(OUTBOX)
        await people.wait_for(cast.tara.telegram_id, "While you had quiet: 1 alert")


async def _until_put_off(relay: Relay) -> None:
    async def counted() -> int:
        return relay.counts["put_off"]

    await eventually(counted, 1)


async def test_cards_come_by_night_without_a_sound(
    people: SandboxClient,
    cast: Cast,
    desk: Desk,
    relay: Relay,
    clock: QuickClock,
    send_signal: SendSignal,
) -> None:
    await wish(desk, cast.tara, [], quiet=True)
    await until_hour(desk, clock, 23)
    async with at_work(relay):
        await send_signal(cast.tara, cast.tom)
        await people.wait_for(cast.tara.telegram_id, "EURUSD")
        await people.wait_for(cast.tom.telegram_id, "EURUSD")
    assert (await rings(people, cast.tara), await rings(people, cast.tom)) == ([False], [True])


def test_quiet_hours_go_over_midnight_in_the_persons_zone() -> None:
    at = datetime(2026, 7, 1, 5, 30, tzinfo=UTC)
    assert not WISHES.is_quiet(at), "it is 7:30 in Madrid"
    assert WISHES.is_quiet(at - timedelta(minutes=31))
    assert WISHES.is_quiet(at.replace(hour=20))
    assert not WISHES.is_quiet(at.replace(hour=19))
    noon = Wishes(quiet=QuietHours(time(13), time(15)))
    assert [noon.is_quiet(at.replace(hour=hour)) for hour in (12, 13, 14, 15)] == [False, True, True, False]


def test_everybody_is_asked_about_what_they_may_get() -> None:
    def of(*roles: Role) -> set[Family]:
        return set(families_for(Person(PersonId(UUID(int=1)), 1, "A", frozenset(roles))))

    assert of(Role.OWNER) == set(Family) - {Family.SIGNALS, Family.FILLS, Family.EXPIRY}
    assert of(Role.TRADER) == set(Family) - {Family.DOOR, Family.DESK}
    assert of(Role.ADMIN) == {Family.LOCKS}
    assert of(Role.VIEWER) == set()


def test_the_page_in_every_language() -> None:
    check_shown("alerts", lambda words: alerts_page(list(Family), WISHES, words))
    check_shown("alerts-plain", lambda words: alerts_page([Family.CLOSES], Wishes(), words))


@pytest.mark.parametrize("family", Family)
def test_each_family_in_every_language(family: Family) -> None:
    check_shown(f"alerts-{family}", lambda words: family_page(family, WISHES, EVERYTHING, words))


def test_the_question_of_quiet_hours_in_every_language() -> None:
    check_shown("alerts-quiet", lambda words: quiet_page(QuietHours(time(8), time(7)), WISHES, words))
    check_shown("alerts-no-quiet", lambda words: quiet_page(NIGHT, Wishes(), words))


def test_the_digest_in_every_language() -> None:
    at = datetime(2026, 11, 21, 2, 0, tzinfo=UTC)
    some = [
        Held(number, EVERYTHING.id, name, {"account": "Tim <7>", **CLOSED}, at + timedelta(minutes=number))
        for number, name in enumerate(("position_closed", "position_closed", "drawdown_seen"))
    ]
    check_shown("digest", lambda words: digest(some, words).shown)
    names = [*names_in(Family.ORDERS), *names_in(Family.LOCKS)]
    many = [Held(1, EVERYTHING.id, name, {"text": "<b>&" * 900, "detail": "<&" * 900}, at) for name in names]
    check_shown("digest-longest", lambda words: digest(many, words).shown)


def test_what_is_beyond_one_message_is_left_for_the_next() -> None:
    """Each of thirty results is told once; what is the same is only counted."""
    at = datetime(2026, 11, 21, 2, 0, tzinfo=UTC)
    held = [
        Held(
            number,
            EVERYTHING.id,
            "position_closed",
            {"account": "a", **CLOSED, "profit": f"{number // 2}"},
            at,
        )
        for number in range(60)
    ]
    texts, left = [], held
    while left:
        told = digest(left, Words())
        texts.append(told.shown.text)
        left = [each for each in left if each.id > told.last]
    assert [f"{n} alerts" in text for n, text in zip((24, 24, 12), texts, strict=True)] == [True] * 3
    assert "… and 36 more" in texts[0]
    for result in range(1, 30):
        assert sum(f"+{result}.00<" in text for text in texts) == 1


async def test_everything_of_a_long_night_is_told(
    people: SandboxClient, cast: Cast, desk: Desk, relay: Relay, clock: QuickClock
) -> None:
    await wish(desk, cast.tara, [], quiet=True)
    await until_hour(desk, clock, 23)
    for number in range(1, 15):
        await tell(desk, cast, "position_closed", {**CLOSED, "profit": f"{number}"})
    await until_hour(desk, clock, 7)
    async with at_work(relay):
        await look_at_alerts(desk, 300)
        await people.wait_for(cast.tara.telegram_id, "+12.00")

        async def held() -> int:
            async with desk.store.read() as tx:
                return len(await tx.preferences.held(cast.tara.id))

        await eventually(held, 2)
        await look_at_alerts(desk, 300)
        await people.wait_for(cast.tara.telegram_id, "+14.00")
        await eventually(held, 0)

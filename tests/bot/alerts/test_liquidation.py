"""A liquidation on the screens of owner and trader: each button by everyone, in each state, and /hold."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from aiogram import Bot
from aiogram.filters.callback_data import CallbackData

from bot.buttons.guard import HoldReason, HoldTap, LiquidationAct, LiquidationTap
from bot.context import App
from bot.delivery import Relay
from bot.sandbox import Sandbox, SandboxClient
from bot.sandbox.model import User
from bot.telegram.dispatcher import make_dispatcher
from bot.telegram.polling import Polling
from bot.views.liquidation import HOLD_MINUTES, HOLD_REASONS
from core.alerts import refresh_liquidation
from core.bell import OUTBOX
from core.desk import Desk
from core.model.accounts import Account
from core.model.clock import Clock
from core.model.people import Person, Role
from core.model.risk import DrawdownState, Liquidation, LiquidationState
from core.mt5 import contract as mt5
from core.mt5.pool import Pool
from core.ports import Store
from core.risk.liquidation import Liquidator
from tests.bot.stage import Cast, OnePixel, QuickClock, at_broker, eventually, join, terminal_here
from tests.bot.wording import reply

S, Act = LiquidationState, LiquidationAct
REASON = "drawdown 20.40 % reached the limit of 20 %"
RUNNING = {
    S.WARNED: "The countdown begins now",
    S.COUNTING: "Unless somebody acts it begins",
    S.HELD: "Closing is held",
    S.CLOSING: "Everything is being closed",
    S.STUCK: "Closing does not succeed",
}
OVER = {S.LOCKED: "Everything was closed", S.RELEASED: "Nothing more is closed"}
SHOWN = {**RUNNING, **OVER}
Begin = Callable[[LiquidationState], Awaitable[Liquidation]]


@pytest.fixture
def begin(desk: Desk, cast: Cast) -> Begin:
    """A liquidation of Tara's account that stands so, told to her and to the owner."""

    async def begun(state: LiquidationState) -> Liquidation:
        account, now = cast.account_of(cast.tara), desk.clock.now()
        async with desk.store.write() as tx:
            row = await tx.liquidations.start(
                account.id, S.COUNTING, REASON, now, now + timedelta(seconds=10)
            )
            changed = replace(row, state=state, finished_at=now if state in OVER else None)
            if state is S.HELD:
                until = now + timedelta(minutes=15)
                changed = replace(changed, held_until=until, held_by=cast.owner.id, hold_reason="a bad price")
            assert await tx.liquidations.advance(changed, S.COUNTING)
            await refresh_liquidation(tx, now, account, row.id)
        desk.bell.ring(OUTBOX)
        return changed

    return begun


async def now(desk: Desk, liquidation: Liquidation) -> Liquidation:
    async with desk.store.read() as tx:
        found = await tx.liquidations.get(liquidation.id)
    assert found is not None
    return found


def act(liquidation: Liquidation, which: LiquidationAct) -> CallbackData:
    return LiquidationTap(act=which, liquidation=liquidation.id)


def hold_tap(liquidation: Liquidation, minutes: int = 5, reason: HoldReason = HoldReason.NEWS) -> HoldTap:
    return HoldTap(liquidation=liquidation.id, minutes=minutes, reason=reason)


def every_tap(liquidation: Liquidation) -> dict[str, CallbackData]:
    return {**{each.name: act(liquidation, each) for each in Act}, "hold": hold_tap(liquidation)}


async def shown(people: SandboxClient, person: Person, text: str) -> dict[str, Any]:
    return await people.wait_for(person.telegram_id, text)


# What is shown


@pytest.mark.usefixtures("running")
@pytest.mark.parametrize("state", SHOWN)
async def test_owner_and_trader_see_what_each_may_do(
    people: SandboxClient, cast: Cast, begin: Begin, state: LiquidationState
) -> None:
    begun = await begin(state)
    owners, traders = [await shown(people, one, SHOWN[state]) for one in (cast.owner, cast.tara)]
    counts, closes = state in (S.WARNED, S.COUNTING), state in (S.CLOSING, S.STUCK)
    held = ["Close now", "End hold"] if state is S.HELD else []
    of_owner = ["Close now", "Hold"] if counts else ["Hold"] if closes else held
    assert owners["buttons"] == of_owner
    assert traders["buttons"] == (["Close now"] if counts else [])
    for seen in (owners, traders):
        assert seen["text"].splitlines()[1] == "Drawdown 20.40\u00a0% reached the limit of 20\u00a0%."
    if state is S.COUNTING:
        [moment] = [entity for entity in owners["entities"] if entity["type"] == "date_time"]
        assert moment["unix_time"] == int(begun.fires_at.timestamp())
    assert ("/unlock" in owners["text"], "/unlock" in traders["text"]) == (state in (S.HELD, S.LOCKED), False)
    assert not [m for m in await people.messages(cast.tom.telegram_id) if m["from_bot"]]


@pytest.mark.usefixtures("running")
async def test_the_equity_is_the_guards_newest(
    people: SandboxClient, cast: Cast, desk: Desk, begin: Begin
) -> None:
    account, at = cast.account_of(cast.tara), desk.clock.now()
    kept = DrawdownState(account.id, Decimal(10_000), Decimal(7_990), at, Decimal(1), at)
    async with desk.store.write() as tx:
        await tx.drawdowns.save(kept)
    desk.board.drawdowns[account.id] = replace(
        kept, equity=Decimal("7591.5"), read_at=at + timedelta(seconds=2)
    )
    await begin(S.HELD)
    told = await shown(people, cast.owner, "Equity 7,591.50")
    assert f"as of {at + timedelta(seconds=2):%H:%M:%S} UTC." in told["text"]


# Who may do what, and when


def refusals(cast: Cast, state: LiquidationState) -> Mapping[Person, Mapping[str, str]]:
    """What each person of the desk is answered to the taps that must not count in the state."""
    only_owner = dict.fromkeys(("HOLD", "BACK", "hold"), "Only an owner can hold")
    outsider = {**only_owner, "RELEASE": "Only an owner can end", "NOW": "Only the account's trader or an"}
    trader = {**only_owner, "RELEASE": "Only an owner can end"}
    owner = {}
    if state is S.HELD:
        trader["NOW"] = "Only an owner can end a hold"
    elif state not in (S.WARNED, S.COUNTING):
        trader["NOW"] = owner["NOW"] = "The countdown is over: "
    if state is S.HELD or state in OVER:
        owner |= dict.fromkeys(("HOLD", "BACK", "hold"), "This cannot be held: ")
    if state is not S.HELD:
        owner["RELEASE"] = "It is not held: "
    return {cast.tom: outsider, cast.admin: outsider, cast.tara: trader, cast.owner: owner}


@pytest.mark.usefixtures("running")
@pytest.mark.parametrize("state", SHOWN)
async def test_a_tap_of_whoever_may_not_or_too_late_is_answered_and_changes_nothing(
    people: SandboxClient, sandbox: Sandbox, cast: Cast, desk: Desk, begin: Begin, state: LiquidationState
) -> None:
    begun = await begin(state)
    for person in (cast.owner, cast.tara):
        await shown(people, person, SHOWN[state])
    stranger = sandbox.world.add_user(User(sandbox.world.number("user"), "Sam"))
    sandbox.world.open_private_chat(stranger)
    taps = every_tap(begun)
    for person, answers in refusals(cast, state).items():
        for name, words in answers.items():
            [told] = await answers_to(people, person.telegram_id, taps[name])
            assert (told["show_alert"], words in told["text"]) == (True, True), (name, person.name, told)
    for tap in taps.values():
        [told] = await answers_to(people, stranger.id, tap)
        assert told["text"] == reply("private-desk")
    ghost = replace(begun, id=begun.id + 1)
    for tap in every_tap(ghost).values():
        [told] = await answers_to(people, cast.owner.telegram_id, tap)
        assert told["text"] == "This liquidation is not known here."
    assert await now(desk, begun) == begun


async def answers_to(people: SandboxClient, person: int, tap: CallbackData) -> list[dict[str, Any]]:
    """What one tap, on no message of ours, is answered."""
    before = len(await people.answers(person))
    await people.tap_stale(person, tap.pack(), 1)
    seen = await people.until(lambda: people.answers(person), lambda seen: len(seen) > before)
    return seen[before:]


@dataclass(frozen=True)
class Deed:
    """A button by its label, in a state, and how it stands afterwards."""

    state: LiquidationState
    label: str
    after: LiquidationState
    traders_too: bool = False


DEEDS = [
    Deed(S.WARNED, "Close now", S.CLOSING, traders_too=True),
    Deed(S.COUNTING, "Close now", S.CLOSING, traders_too=True),
    Deed(S.HELD, "Close now", S.CLOSING),
    *(Deed(state, "15m by hand", S.HELD) for state in (S.WARNED, S.COUNTING, S.CLOSING, S.STUCK)),
]
BY = [(deed, who) for deed in DEEDS for who in ("owner", "trader") if who == "owner" or deed.traders_too]


@pytest.mark.usefixtures("running")
@pytest.mark.parametrize(("deed", "who"), BY, ids=str)
async def test_a_tap_does_it_once_and_both_messages_follow(
    people: SandboxClient, cast: Cast, desk: Desk, begin: Begin, deed: Deed, who: str
) -> None:
    begun, by = await begin(deed.state), cast.owner if who == "owner" else cast.tara
    before = [await shown(people, one, SHOWN[deed.state]) for one in (cast.owner, cast.tara)]
    if deed.after is S.HELD:
        await people.tap(by.telegram_id, "Hold")
        await shown(people, by, "for how long, and why")
    await people.tap(by.telegram_id, deed.label)
    after = [await shown(people, one, SHOWN[deed.after]) for one in (cast.owner, cast.tara)]
    assert [m["message_id"] for m in after] == [m["message_id"] for m in before]
    found = await now(desk, begun)
    assert found.state is deed.after
    if deed.after is S.HELD:
        assert (found.held_by, found.hold_reason) == (cast.owner.id, "closing by hand")
        assert all("By Olga: closing by hand. The hold ends" in m["text"] for m in after)
    async with desk.store.read() as tx:
        names = [event.name for event in await tx.events.recent(10)]
    assert names.count(f"liquidation.{deed.after}") == 1


TWICE = {
    "Close now": (S.COUNTING, "The countdown is over: everything is being closed."),
    "hold": (S.COUNTING, "This cannot be held: it is held already."),
    "End hold": (S.HELD, "The hold is over; the account is being judged anew."),
}


@pytest.mark.usefixtures("running")
@pytest.mark.parametrize("label", TWICE)
async def test_three_taps_at_once_do_it_once_and_each_is_answered(
    people: SandboxClient, cast: Cast, desk: Desk, begin: Begin, label: str
) -> None:
    state, late = TWICE[label]
    begun, owner = await begin(state), cast.owner.telegram_id
    message = await shown(people, cast.owner, SHOWN[state])
    taps = {"Close now": act(begun, Act.NOW), "hold": hold_tap(begun), "End hold": act(begun, Act.RELEASE)}
    data = taps[label].pack()
    await asyncio.gather(*(people.tap_stale(owner, data, message["message_id"]) for _ in range(3)))
    answers = await people.until(lambda: people.answers(owner), lambda seen: len(seen) == 3)
    assert sorted(answer["text"] for answer in answers) == ["", late, late]
    async with desk.store.read() as tx:
        names = [event.name for event in await tx.events.recent(10)]
    assert len([name for name in names if name.startswith("liquidation.")]) <= 2  # hurried, closing


# The hold


@pytest.mark.usefixtures("running")
async def test_the_owner_may_go_back_and_the_choice_stays_while_it_counts_down(
    people: SandboxClient, cast: Cast, desk: Desk, begin: Begin
) -> None:
    begun, owner = await begin(S.COUNTING), cast.owner.telegram_id
    await shown(people, cast.owner, "it begins")
    await people.tap(owner, "Hold")
    asked = await shown(people, cast.owner, "for how long, and why")
    assert asked["buttons"] == [
        f"{minutes}m {why}" for minutes in HOLD_MINUTES for why in ("price", "by hand", "news")
    ] + ["‹ Back"]
    async with desk.store.write() as tx:
        await refresh_liquidation(tx, desk.clock.now(), cast.account_of(cast.tara), begun.id)
    desk.bell.ring(OUTBOX)
    await eventually(lambda: idle(desk), True)
    [kept] = [m for m in await people.messages(owner) if m["from_bot"]]
    assert kept["buttons"] == asked["buttons"]
    await people.tap(owner, "‹ Back")
    await people.wait_for(owner, lambda m: m["buttons"] == ["Close now", "Hold"])
    assert await now(desk, begun) == begun


async def idle(desk: Desk) -> bool:
    async with desk.store.read() as tx:
        return await tx.outbox.oldest_waiting() is None


@pytest.mark.usefixtures("running")
async def test_each_length_and_each_reason_is_what_it_says(
    people: SandboxClient, cast: Cast, desk: Desk, begin: Begin
) -> None:
    begun = await begin(S.COUNTING)
    message = await shown(people, cast.owner, "it begins")
    for minutes in HOLD_MINUTES:
        for reason, words in HOLD_REASONS.items():
            tap = hold_tap(begun, minutes, reason).pack()
            await people.tap_stale(cast.owner.telegram_id, tap, message["message_id"])
            await shown(people, cast.tara, f"By Olga: {words}. The hold ends")
            held = await now(desk, begun)
            assert held.held_until is not None
            left = held.held_until - desk.clock.now()
            assert timedelta(minutes=minutes - 1) < left <= timedelta(minutes=minutes)
            async with desk.store.write() as tx:
                assert await tx.liquidations.advance(begun, S.HELD)


@pytest.mark.usefixtures("running")
@pytest.mark.parametrize("length", ["20m", "0h20m"])
async def test_a_hold_that_is_typed_is_the_one_of_the_buttons(
    people: SandboxClient, cast: Cast, desk: Desk, begin: Begin, app: App, length: str
) -> None:
    begun, owner = await begin(S.COUNTING), cast.owner.telegram_id
    await shown(people, cast.owner, "it begins")
    await people.tap(owner, "Hold")
    await shown(people, cast.owner, "for how long, and why")
    await people.say(owner, f"/hold tara's  PAPER {length} the price\nis wrong")
    await shown(people, cast.owner, "Closing of Tara's paper is held. The hold ends")
    held = await now(desk, begun)
    assert (held.state, held.held_by, held.hold_reason) == (S.HELD, cast.owner.id, "the price is wrong")
    assert held.held_until is not None
    assert timedelta(minutes=19) < held.held_until - desk.clock.now() <= timedelta(minutes=20)
    await shown(people, cast.tara, "By Olga: the price is wrong.")

    async def is_asked() -> bool:
        return app.holding.is_open(cast.owner.id, begun.id)

    await eventually(is_asked, False)


WRONG = {
    "/hold": "Write it like this: /hold Tom paper 15m bad price",
    **dict.fromkeys(
        [
            f"/hold Tara's paper{rest}"
            for rest in ("", " 15m", " soon it is wrong", " 15 no unit", " 3 losses")
        ],
        "Please name the account, how long (as 15m or 1h) and why: /hold Tom paper 15m bad price",
    ),
    "/hold Tara's paper 0m no time": "A hold takes 1 to 240 minutes and a reason.",
    "/hold Tara's paper 5h too long": "A hold takes 1 to 240 minutes and a reason.",
    "/hold Tara 15 which one": "Nothing here is called “Tara 15”. Known: account Tara's paper",
    "/hold desk 15 all of it": "Nothing here is called “desk 15”. Known: account Tara's paper, account Tom",
    "/hold Tom's paper 5h nothing runs, and too long": "A hold takes 1 to 240 minutes and a reason.",
    "/hold Tom's paper 15m nothing runs": "Nothing is being closed on Tom's paper.",
}


@pytest.mark.usefixtures("running")
async def test_a_hold_that_is_typed_wrongly_is_none_and_says_why(
    people: SandboxClient, cast: Cast, desk: Desk, begin: Begin
) -> None:
    begun = await begin(S.COUNTING)
    for text, answer in WRONG.items():
        said = await people.say(cast.owner.telegram_id, text)
        await people.wait_for(cast.owner.telegram_id, answer, after=said["message_id"])
    for person in (cast.admin, cast.tara, cast.tom):
        await people.say(person.telegram_id, "/hold Tara's paper 15 not mine to hold")
        await shown(people, person, "/hold is not for your role.")
    assert await now(desk, begun) == begun


# Another life of the desk


@asynccontextmanager
async def life(desk: Desk, charts: OnePixel, bot: Bot, app: App) -> AsyncIterator[None]:
    """The bot from its start to its end, over the same database."""
    fresh = App(desk, charts, app.health, app.scheduler)
    parts = (Polling(make_dispatcher(fresh), bot, fresh.desk).run(), Relay(fresh, bot).run())
    tasks = [asyncio.create_task(part) for part in parts]
    yield
    for task in tasks:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


AFTERWARDS = {"Close now": S.CLOSING, "5m news": S.HELD}


@pytest.mark.parametrize("label", AFTERWARDS)
async def test_a_button_outlives_the_desk(
    people: SandboxClient, cast: Cast, app: App, charts: OnePixel, bot: Bot, begin: Begin, label: str
) -> None:
    owner, after = cast.owner.telegram_id, SHOWN[AFTERWARDS[label]]
    async with life(app.desk, charts, bot, app):
        await begin(S.COUNTING)
        before = await people.wait_for(owner, "it begins")
        if label == "5m news":
            await people.tap(owner, "Hold")
            await people.wait_for(owner, "for how long, and why")
    async with life(app.desk, charts, bot, app):
        await people.tap(owner, label)
        assert (await people.wait_for(owner, after))["message_id"] == before["message_id"]


# After the hold


@pytest.fixture
async def terminals(store: Store, clock: Clock) -> AsyncIterator[Pool]:
    async with terminal_here(store, clock) as pool:
        yield pool


@pytest.fixture
def exposed(cast: Cast, tmp_path: Path) -> Iterator[Account]:
    """Tara's account at a paper broker, with a position."""
    account = cast.account_of(cast.tara)
    with at_broker(account, tmp_path / "broker.sqlite3") as person:
        person.open_position(account.login, "EURUSD", mt5.ORDER_TYPE_BUY, 0.10)
        yield account


async def hold_is_over(desk: Desk, clock: QuickClock, account: Account) -> None:
    clock.skipped_s += 15 * 60 + 1
    await Liquidator(desk).step(account, await desk.terminals.session(account.id))


async def of_liquidation(people: SandboxClient, person: Person) -> list[dict[str, Any]]:
    return [m for m in await people.messages(person.telegram_id) if "Drawdown 20.40" in m["text"]]


@pytest.mark.usefixtures("running")
async def test_a_hold_that_is_over_rings_again_and_the_older_message_has_no_buttons(
    people: SandboxClient, cast: Cast, desk: Desk, clock: QuickClock, exposed: Account, begin: Begin
) -> None:
    begun = await begin(S.HELD)
    readers = (cast.owner, cast.tara)
    olds = [await shown(people, one, "Closing is held") for one in readers]
    await hold_is_over(desk, clock, exposed)
    for reader, old in zip(readers, olds, strict=True):
        fresh = await people.wait_for(reader.telegram_id, "The countdown begins", after=old["message_id"])
        retired = await shown(people, reader, "A newer message tells how it goes on.")
        assert (retired["message_id"], retired["buttons"]) == (old["message_id"], [])
        assert fresh["buttons"][0] == "Close now"
    async with desk.store.write() as tx:
        await refresh_liquidation(tx, desk.clock.now(), exposed, begun.id)
    desk.bell.ring(OUTBOX)
    await eventually(lambda: idle(desk), True)
    for reader in readers:
        assert len(await of_liquidation(people, reader)) == 2, "and not by a third one"
    await people.tap(cast.tara.telegram_id, "Close now")
    await shown(people, cast.tara, "Everything is being closed")


@pytest.mark.usefixtures("running")
async def test_a_button_that_could_not_be_taken_away_is_answered_and_goes_then(
    people: SandboxClient, cast: Cast, desk: Desk, clock: QuickClock, exposed: Account, begin: Begin
) -> None:
    begun, owner = await begin(S.HELD), cast.owner.telegram_id
    old = await shown(people, cast.owner, "Closing is held")
    await shown(people, cast.tara, "Closing is held")
    await people.fault("editMessageText", 500, times=2)
    await hold_is_over(desk, clock, exposed)
    await people.wait_for(owner, "The countdown begins", after=old["message_id"])
    await eventually(lambda: idle(desk), True)
    assert (await of_liquidation(people, cast.owner))[0]["buttons"] == ["Close now", "End hold"]
    await people.tap_stale(owner, act(begun, Act.RELEASE).pack(), old["message_id"])
    await people.wait_for_answer(owner, "It is not held: the countdown begins.")
    retired = await shown(people, cast.owner, "A newer message tells how it goes on.")
    assert (retired["message_id"], retired["buttons"]) == (old["message_id"], [])
    assert (await now(desk, begun)).state is S.WARNED


@pytest.mark.usefixtures("running")
async def test_another_owners_open_question_is_not_asked_again_after_the_hold(
    people: SandboxClient,
    sandbox: Sandbox,
    cast: Cast,
    store: Store,
    desk: Desk,
    clock: QuickClock,
    exposed: Account,
    begin: Begin,
) -> None:
    oscar = await join(store, sandbox.world, "Oscar", Role.OWNER)
    begun = await begin(S.COUNTING)
    await shown(people, oscar, "it begins")
    await people.tap(oscar.telegram_id, "Hold")
    await shown(people, oscar, "for how long, and why")
    message = await shown(people, cast.owner, "it begins")
    tap = hold_tap(begun, 15)
    await people.tap_stale(cast.owner.telegram_id, tap.pack(), message["message_id"])
    held = await shown(people, oscar, "By Olga: news passes.")
    await eventually(lambda: idle(desk), True)
    await hold_is_over(desk, clock, exposed)
    fresh = await people.wait_for(oscar.telegram_id, "The countdown begins", after=held["message_id"])
    assert fresh["buttons"] == ["Close now", "Hold"]

"""/panic: asked with what is at stake, one tap more, then everything closed on every account, told in one
message, whatever hangs."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from bot.buttons.guard import PanicProgressTap, PanicTap
from bot.sandbox import SandboxClient
from bot.views.panic import dropped, progress, question
from core.desk import Desk
from core.model.accounts import Account
from core.model.clock import Clock
from core.model.panics import Panic
from core.model.people import Person
from core.model.risk import DESK, DrawdownState, Liquidation, LiquidationState, LockKind, Place
from core.mt5 import contract as mt5
from core.mt5.pool import Pool
from core.paper.hands import Hands
from core.ports import Store
from core.risk.guard import DrawdownGuard
from core.risk.holding import Holds, hold
from core.risk.locks import lock, release_all
from core.risk.panic import Progress, Stake, panic
from core.trading.account_loop import Pace, trade
from tests.bot.books import ACCOUNT, HTML, NOW, D, a_position, a_snapshot, an_order
from tests.bot.snapshots import check_shown
from tests.bot.stage import Cast, QuickClock, at_broker, eventually, terminal_here
from tests.bot.wording import ENGLISH, reply

S = LiquidationState


@pytest.fixture
async def terminals(store: Store, clock: Clock) -> AsyncIterator[Pool]:
    """Tara's is installed in some tests; Tom's is nowhere, so his account cannot be reached."""
    async with terminal_here(store, clock) as pool:
        yield pool


@pytest.fixture
def hands(cast: Cast, tmp_path: Path) -> Iterator[Hands]:
    with at_broker(cast.account_of(cast.tara), tmp_path / "broker.sqlite3") as hands:
        yield hands


async def ask(people: SandboxClient, person: Person, text: str, wanted: str) -> dict[str, Any]:
    said = await people.say(person.telegram_id, text)
    return await people.wait_for(person.telegram_id, wanted, after=said["message_id"])


async def answered(people: SandboxClient, person: Person) -> int:
    return len(await people.answers(person.telegram_id))


async def waiting(desk: Desk) -> int:
    async with desk.store.read() as tx:
        return sum((await tx.outbox.count_waiting()).values())


async def standing(desk: Desk) -> dict[str, str]:
    """How the newest liquidation of each account stands, by its label."""
    async with desk.store.read() as tx:
        found = [(a, await tx.liquidations.latest_of(a.id)) for a in await tx.accounts.all()]
    return {account.label: str(one.state) for account, one in found if one is not None}


async def locks(desk: Desk) -> list[tuple[LockKind, Place]]:
    async with desk.store.read() as tx:
        return [(lock.kind, lock.place) for lock in await tx.locks.active()]


@asynccontextmanager
async def guarded(desk: Desk, account: Account) -> AsyncIterator[None]:
    """The account's guard and its orders, at work."""
    guard = DrawdownGuard(desk, 0.05)
    tasks = [asyncio.create_task(guard.watch(account)), asyncio.create_task(trade(desk, account, Pace()))]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task


@pytest.mark.usefixtures("running")
async def test_everything_is_closed_and_told_in_one_message(
    people: SandboxClient, cast: Cast, desk: Desk, hands: Hands
) -> None:
    owner, tara = cast.owner.telegram_id, cast.account_of(cast.tara)
    for _ in range(3):
        hands.open_position(tara.login, "EURUSD", mt5.ORDER_TYPE_BUY, 0.10)
    session = await desk.terminals.session(tara.id)
    desk.board.snapshots[tara.id] = await session.snapshot()
    asked = await ask(people, cast.owner, "/panic", "Close everything on every account")
    assert "2 accounts\n3 positions, 0.3 lots" in asked["text"]
    assert "Equity 9,9" in asked["text"]
    assert "Cannot be read now, and is closed as soon as it can be reached: Tom's paper" in asked["text"]
    assert await locks(desk) == []

    await people.tap(owner, "🆘 Close everything")
    running = await people.wait_for(owner, "Panic: everything is being closed")
    assert running["message_id"] == asked["message_id"]
    assert "0 of 2 accounts are flat" in running["text"]
    assert (LockKind.OWNER, DESK) in await locks(desk)
    for told in (cast.tara, cast.tom):
        await people.wait_for(told.telegram_id, "Everything is being closed")
    await people.wait_for(cast.admin.telegram_id, "Panic: everything is being closed")

    async with guarded(desk, tara):
        flat = await people.wait_for(owner, "1 of 2 accounts are flat")
    assert flat["message_id"] == asked["message_id"]
    assert "✅ Tara's paper · 📄\N{NO-BREAK SPACE}PAPER · flat" in flat["text"]
    assert "⏳ Tom's paper" in flat["text"]
    assert (await session.snapshot()).positions == ()
    await eventually(partial(waiting, desk), 0)
    assert not [one for one in await people.messages(owner) if "Everything" in one["text"]], "one message"
    assert not [one for one in await people.messages(cast.tom.telegram_id) if "Panic:" in one["text"]]


@pytest.mark.usefixtures("running")
async def test_once_more_is_the_same_panic_and_takes_in_what_was_held(
    people: SandboxClient, cast: Cast, desk: Desk
) -> None:
    tara = cast.account_of(cast.tara)
    async with desk.store.write() as tx:
        now = desk.clock.now()
        held = await tx.liquidations.start(tara.id, S.COUNTING, "a limit", now, now + timedelta(seconds=9))
        until = now + timedelta(minutes=9)
        await tx.liquidations.advance(replace(held, state=S.HELD, held_until=until), S.COUNTING)
    first = await panic(desk, cast.owner)
    assert await standing(desk) == {"Tara's paper": "closing", "Tom's paper": "closing"}
    again = await panic(desk, cast.owner)
    assert again == first
    async with desk.store.read() as tx:
        parts = await tx.panics.liquidations_of(first.id)
        stands = [event.name for event in await tx.events.recent(50, "desk.panic")]
    assert parts[0].id == held.id
    assert len(parts) == len(stands) == 2


@pytest.mark.usefixtures("running")
async def test_no_and_too_late_do_nothing(
    people: SandboxClient, cast: Cast, desk: Desk, clock: QuickClock
) -> None:
    owner = cast.owner.telegram_id
    asked = await ask(people, cast.owner, "/panic", "Close everything on every account")
    await people.tap(owner, "No")
    await people.wait_for(owner, "Nothing was done.")
    data = asked["keyboard"][0][0]["callback_data"]
    clock.skipped_s += 31
    await people.tap_stale(owner, data, asked["message_id"])
    await people.wait_for_answer(owner, "This question has lapsed.")
    far = PanicTap(until=int(clock.now().timestamp()) + 10_000, sure=True)
    await people.tap_stale(owner, far.pack(), asked["message_id"])
    assert (await standing(desk), await locks(desk)) == ({}, [])


@pytest.mark.usefixtures("running")
async def test_only_an_owner_may(people: SandboxClient, cast: Cast, desk: Desk, clock: QuickClock) -> None:
    sure = PanicTap(until=int(clock.now().timestamp()) + 20, sure=True).pack()
    for person in (cast.admin, cast.tara):
        await ask(people, person, "/panic", "/panic is not for your role.")
        before = await answered(people, person)
        await people.tap_stale(person.telegram_id, sure, 1)
        await eventually(partial(answered, people, person), before + 1)
    stranger = await people.add_user("Mallory")
    for data in (sure, PanicProgressTap(panic=1).pack()):
        await people.tap_stale(stranger, data, 1)
    await people.wait_for_answer(stranger, reply("private-desk"))
    assert (await standing(desk), await locks(desk)) == ({}, [])


async def test_an_earlier_lock_of_the_desk_does_not_end_that_of_the_panic(desk: Desk, cast: Cast) -> None:
    soon = desk.clock.now() + timedelta(minutes=30)
    await lock(desk, cast.owner, DESK, "news", soon)
    await panic(desk, cast.owner)
    async with desk.store.read() as tx:
        [held] = [one for one in await tx.locks.active() if one.place == DESK]
    assert (held.until, held.reason) == (None, "The desk is locked by Olga: panic")


@pytest.mark.usefixtures("running")
async def test_a_double_tap_is_one_panic(people: SandboxClient, cast: Cast, desk: Desk) -> None:
    asked = await ask(people, cast.owner, "/panic", "Close everything on every account")
    data = asked["keyboard"][0][0]["callback_data"]
    taps = (people.tap_stale(cast.owner.telegram_id, data, asked["message_id"]) for _ in range(3))
    await asyncio.gather(*taps)
    await people.wait_for(cast.owner.telegram_id, "Panic: everything is being closed")

    async def panics() -> int:
        async with desk.store.read() as tx:
            return len({part.panic for part in await tx.liquidations.running()})

    await eventually(panics, 1)
    assert len(await standing(desk)) == 2


async def test_after_a_panic_no_drawdown_is_forgiven(desk: Desk, cast: Cast) -> None:
    tara, now = cast.account_of(cast.tara), desk.clock.now()
    async with desk.store.write() as tx:
        await tx.drawdowns.save(DrawdownState(tara.id, D(10_000), D(9_000), now, D("0.5"), now))
    asked = await panic(desk, cast.owner)
    async with desk.store.write() as tx:
        [mine] = [part for part in await tx.panics.liquidations_of(asked.id) if part.account_id == tara.id]
        await tx.liquidations.advance(replace(mine, state=S.LOCKED, finished_at=now), S.CLOSING)
    released = await release_all(desk, cast.owner, Place(tara.id))
    assert released.measured_from is None
    async with desk.store.read() as tx:
        state = await tx.drawdowns.get(tara.id)
    assert state is not None
    assert state.reference == D(10_000)


async def test_a_hold_of_a_panic_is_followed_by_closing_not_by_release(
    desk: Desk, cast: Cast, hands: Hands, clock: QuickClock
) -> None:
    tara, now = cast.account_of(cast.tara), desk.clock.now()
    async with desk.store.write() as tx:
        await tx.drawdowns.save(DrawdownState(tara.id, D(10_000), D(10_000), now, D(0), now))
    asked = await panic(desk, cast.owner)
    async with desk.store.read() as tx:
        parts = await tx.panics.liquidations_of(asked.id)
    [mine] = [part for part in parts if part.account_id == tara.id]
    held = await hold(desk, mine.id, cast.owner, timedelta(minutes=15), "a bad price")
    clock.skipped_s += 16 * 60
    after = await Holds(desk).held(tara, await desk.terminals.session(tara.id), held)
    assert isinstance(after, Liquidation)
    assert after.state is S.CLOSING


# The views


def stakes(count: int = 2) -> list[Stake]:
    snapshot = a_snapshot(a_position(1), a_position(2), an_order(1))
    return [
        Stake(replace(ACCOUNT, label=f"Account {number}"), snapshot if number else None)
        for number in range(count)
    ]


def shown(*states: LiquidationState, error: str | None = None) -> Progress:
    parts = [
        (
            replace(stake, error=error),
            Liquidation(number, stake.account.id, state, "panic of Olga", NOW, NOW, panic=1),
        )
        for number, (stake, state) in enumerate(zip(stakes(len(states)), states, strict=True))
    ]
    return Progress(Panic(1, ACCOUNT.person_id, NOW), "Olga", parts)


def test_the_question_and_its_answers() -> None:
    until = NOW + timedelta(seconds=30)
    check_shown("panic", lambda words: question(stakes(3), until, words))
    check_shown("panic-dropped", dropped)


def test_how_far_it_is() -> None:
    every = shown(S.CLOSING, S.STUCK, S.HELD, S.FLAT, S.RELEASED, S.LOCKED)
    check_shown("panic-runs", lambda words: progress(every, words))
    unreached = shown(S.CLOSING, S.LOCKED, error="The terminal cannot be reached.")
    check_shown("panic-unreached", lambda words: progress(unreached, words))
    check_shown("panic-over", lambda words: progress(shown(S.LOCKED, S.FLAT), words))
    check_shown("panic-ended", lambda words: progress(shown(S.LOCKED, S.RELEASED), words))


def test_the_longest_fit() -> None:
    wide = [replace(stake, account=replace(ACCOUNT, label=HTML), error=HTML * 3) for stake in stakes(1000)]
    check_shown("panic-longest", lambda words: question(wide, NOW, words))
    parts = [(stake, shown(S.STUCK).parts[0][1]) for stake in wide]
    longest = Progress(Panic(2**62, ACCOUNT.person_id, NOW), HTML, parts)
    check_shown("panic-runs-longest", lambda words: progress(longest, words))


def test_money_of_two_currencies_is_not_added() -> None:
    two = [stakes(2)[1], Stake(ACCOUNT, a_snapshot(currency="EUR"))]
    text = question(two, NOW, ENGLISH).text
    assert "10,012.40\N{NO-BREAK SPACE}USD · 10,012.40\N{NO-BREAK SPACE}EUR" in text

"""Divergences in the chats: hands meddle at a paper broker, people tap, every copy of a message follows."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from aiogram import Bot

from bot.buttons.divergences import DivergenceAct, DivergenceTap
from bot.buttons.fields import unix
from bot.context import App
from bot.delivery import Relay
from bot.sandbox import Sandbox, SandboxClient
from bot.sandbox.model import User
from bot.telegram.dispatcher import make_dispatcher
from bot.telegram.polling import Polling
from core.alerts import refresh_divergences
from core.bell import OUTBOX
from core.desk import Desk
from core.health.monitor import Monitor
from core.model.accounts import Account
from core.model.clock import Clock
from core.model.divergences import Decision, DivergenceKind, LogFilter, LogRow
from core.model.events import Priority
from core.model.ids import AccountId, TradeId
from core.model.instruments import Side
from core.model.people import Person, Role
from core.model.trades import Trade
from core.mt5 import contract as mt5
from core.mt5.access import Login
from core.mt5.connection import Connection
from core.mt5.pool import Pool
from core.mt5.session import Session
from core.mt5.terminal import Terminal
from core.paper.hands import Hands, install_terminal, plug
from core.paper.market.plan import MarketPlan
from core.paper.server.records import Account as PaperAccount
from core.paper.server.records import Position
from core.ports import Store
from core.reconciliation.scheduler import Schedule, Scheduler
from core.trading.account_loop import Pace, trade
from tests.bot.stage import Cast, OnePixel, QuickClock
from tests.bot.wording import ENGLISH, reply
from tests.fakes.links import InProcess

K = DivergenceKind
PIP = Decimal("0.0001")


@pytest.fixture
async def terminals(store: Store, clock: Clock) -> AsyncIterator[Pool]:
    """One in this process."""

    async def open_session(account_id: AccountId) -> Session:
        async with store.read() as tx:
            held = await tx.accounts.get(account_id)
        assert held is not None
        login = Login(held.terminal_path, held.login, held.server, "secret", timeout_ms=200)
        terminal = Terminal(InProcess(), name=held.label)
        return Session(Connection(terminal, login, clock, watch=("EURUSD",)))

    async with Pool(open_session) as pool:
        yield pool


@dataclass(frozen=True)
class Meddled:
    """Tara's account at a paper broker, where a person's hands and the desk's expectations part."""

    app: App
    account: Account
    hands: Hands
    cast: Cast

    @property
    def held(self) -> list[Position]:
        return list(self.hands.broker.view(self.account.login).ledger.positions.values())

    async def sync(self, times: int = 1) -> None:
        for _ in range(times):
            assert await self.app.scheduler.once(self.account) == 0

    def open_by_hand(self) -> Position:
        before = {position.identifier for position in self.held}
        self.hands.open_position(self.account.login, "EURUSD", mt5.ORDER_TYPE_BUY, 0.10)
        [opened] = [position for position in self.held if position.identifier not in before]
        return opened

    async def expect(self, opened: Position, **changes: Any) -> Trade:
        """A trade of the desk on a position; `changes` are how it is expected otherwise."""
        price = Decimal(str(opened.price_open))
        expected = Trade(
            TradeId(uuid4()), self.account.id, None, None, opened.identifier, "EURUSD", Side.BUY,
            Decimal("0.10"), price, price, None, None, self.app.desk.clock.now(),
        )  # fmt: skip
        async with self.app.desk.store.write() as tx:
            await tx.trades.add(made := replace(expected, **changes))
        return made

    async def rows(self) -> Sequence[LogRow]:
        async with self.app.desk.store.read() as tx:
            return await tx.reconciliation.page(LogFilter(self.account.id), 100)

    async def row(self) -> LogRow:
        [only] = await self.rows()
        return only

    async def decided(self) -> list[str]:
        """The names of the events of decisions."""
        names = {f"reconciliation.{decision}" for decision in Decision}
        async with self.app.desk.store.read() as tx:
            return [event.name for event in await tx.events.recent(1_000) if event.name in names]


@pytest.fixture
async def meddled(app: App, cast: Cast, tmp_path: Path) -> AsyncIterator[Meddled]:
    account = cast.account_of(cast.tara)
    book = tmp_path / "broker.sqlite3"
    person = Hands.on(book, MarketPlan(seed=7))
    person.open_account(
        PaperAccount(login=account.login, name="Tara", server=account.server), "secret", 10_000
    )
    install_terminal(Path(account.terminal_path), book)
    yield Meddled(app, account, person, cast)
    person.close_book()


Make = Callable[[Meddled], Awaitable[None]]


async def a_stranger(meddled: Meddled) -> None:
    meddled.open_by_hand()
    await meddled.sync()


async def a_removed_stop(meddled: Meddled) -> None:
    opened = meddled.open_by_hand()
    await meddled.expect(opened, stop_loss=Decimal(str(opened.price_open)) - 50 * PIP)
    await meddled.sync()


async def a_part_closed(meddled: Meddled) -> None:
    await meddled.expect(meddled.open_by_hand(), volume=Decimal("0.15"))
    await meddled.sync()


async def a_slipped_fill(meddled: Meddled) -> None:
    opened = meddled.open_by_hand()
    await meddled.expect(opened, expected_price=Decimal(str(opened.price_open)) - 9 * PIP)
    await meddled.sync()


async def a_missing_one(meddled: Meddled) -> None:
    opened = meddled.open_by_hand()
    meddled.hands.close_position(meddled.account.login, opened.identifier)
    await meddled.expect(opened, position=999)
    await meddled.sync(2)


async def twins(meddled: Meddled) -> None:
    opened = meddled.open_by_hand()
    meddled.open_by_hand()
    await meddled.expect(opened, position=999)
    await meddled.sync(2)


@dataclass(frozen=True)
class Button:
    """A button by its label, below which message, and what that says once it was tapped."""

    make: Make
    label: str
    before: str
    after: str
    lasts: bool = False


BUTTONS = {
    "adopt": Button(a_stranger, "Adopt", "was opened by hand (desktop terminal)", "Adopted by"),
    "ignore": Button(a_stranger, "Ignore", "no signal explains it", "Ignored by", lasts=True),
    "accept stops": Button(a_removed_stop, "Accept", "the stop was removed", "Accepted by"),
    "accept volume": Button(a_part_closed, "Accept", "0.1 of 0.15 EURUSD are left", "Accepted by"),
    "accept slippage": Button(a_slipped_fill, "Accept", "cost 9.0 pips more", "Accepted by", lasts=True),
    "restore": Button(a_removed_stop, "Restore", "undoes nothing by itself", "To be restored, asked by"),
    "choose": Button(twins, "#", "2 positions fit it", "Chosen by", lasts=True),
    "write off": Button(a_missing_one, "Write off", "is gone: the broker shows neither", "Written off by"),
}
each_button = pytest.mark.parametrize("button", BUTTONS.values(), ids=BUTTONS)


def data_of(message: dict[str, Any], label: str) -> str:
    """What the first button whose label begins so carries; of a write-off, the one that does it."""
    found = next(b for row in message["keyboard"] for b in row if b["text"].startswith(label))
    tap = DivergenceTap.unpack(found["callback_data"])
    if tap.act is DivergenceAct.ASK_WRITE_OFF:
        soon = unix(datetime.now(UTC)) + 20
        tap = DivergenceTap(act=DivergenceAct.WRITE_OFF, row=tap.row, until=soon)
    return tap.pack()


def labels(message: dict[str, Any]) -> list[str]:
    return [button["text"] for row in message["keyboard"] or [] for button in row]


# Each button, tapped by whoever may and by whoever may not


@pytest.mark.usefixtures("running")
@each_button
@pytest.mark.parametrize("who", ["trader", "owner"])
async def test_a_tap_decides_and_every_copy_follows(
    people: SandboxClient, cast: Cast, meddled: Meddled, button: Button, who: str
) -> None:
    readers = (cast.tara, cast.owner)
    decider = cast.tara if who == "trader" else cast.owner
    await button.make(meddled)
    shown = [await people.wait_for(reader.telegram_id, button.before) for reader in readers]
    assert all("📄\u00a0PAPER" in message["text"] for message in shown)
    own = shown[readers.index(decider)]
    await people.tap_stale(decider.telegram_id, data_of(own, button.label), own["message_id"])
    for reader, before in zip(readers, shown, strict=True):
        after = await people.wait_for(reader.telegram_id, f"{button.after} {decider.name}")
        assert after["message_id"] == before["message_id"]
        assert labels(after) == (["Accept", "Restore again"] if button.label == "Restore" else [])
    assert len(await meddled.decided()) == 1
    assert (await meddled.row()).lasts is (button.lasts or button.label == "Restore")
    assert not [m for m in await people.messages(cast.tom.telegram_id) if m["from_bot"]]


@pytest.mark.usefixtures("running")
@each_button
async def test_three_taps_at_once_decide_once_and_each_is_answered(
    people: SandboxClient, cast: Cast, meddled: Meddled, button: Button
) -> None:
    tara = cast.tara.telegram_id
    await button.make(meddled)
    shown = await people.wait_for(tara, button.before)
    data = data_of(shown, button.label)
    await asyncio.gather(*(people.tap_stale(tara, data, shown["message_id"]) for _ in range(3)))
    answers = await people.until(lambda: people.answers(tara), lambda seen: len(seen) == 3)
    if button.label == "Restore":
        late = await people.wait_for(tara, "still on its way")
        assert late["reply_to"] == shown["message_id"]
    else:
        texts = [answer["text"] for answer in answers]
        assert texts[0] == reply("on-it")
        assert all("This was already" in text and "by you" in text for text in texts[1:])
    assert len(await meddled.decided()) == 1


@pytest.mark.usefixtures("running")
@each_button
async def test_a_tap_of_anybody_else_changes_nothing(
    people: SandboxClient, sandbox: Sandbox, cast: Cast, meddled: Meddled, button: Button
) -> None:
    await button.make(meddled)
    shown = await people.wait_for(cast.tara.telegram_id, button.before)
    before, data = await meddled.row(), data_of(shown, button.label)
    for person in (cast.tom, cast.admin):
        await people.tap_stale(person.telegram_id, data, 1)
        answer = await people.wait_for_answer(person.telegram_id, "Only the account's trader or an owner")
        assert answer["show_alert"]
    stranger = sandbox.world.add_user(User(sandbox.world.number("user"), "Sam"))
    sandbox.world.open_private_chat(stranger)
    await people.tap_stale(stranger.id, data, 1)
    await people.wait_for_answer(stranger.id, reply("private-desk"))
    ghost = DivergenceTap.unpack(data).model_copy(update={"row": before.id + 1})
    await people.tap_stale(cast.tara.telegram_id, ghost.pack(), shown["message_id"])
    await people.wait_for_answer(cast.tara.telegram_id, "not known here")
    assert await meddled.row() == before
    assert await meddled.decided() == []


@asynccontextmanager
async def life(desk: Desk, charts: OnePixel, bot: Bot) -> AsyncIterator[App]:
    """The bot from its start to its end, over the same database."""
    async with desk.store.write() as tx:
        epoch = await tx.intents.new_epoch(desk.clock.now())
    fresh = Desk(desk.store, desk.clock, desk.terminals, epoch)
    app = App(fresh, charts, Monitor(fresh), Scheduler(fresh, Schedule()))
    parts = (Polling(make_dispatcher(app), bot, app.desk).run(), Relay(app, bot).run())
    tasks = [asyncio.create_task(part) for part in parts]
    yield app
    for task in tasks:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


@each_button
async def test_a_button_outlives_the_desk(
    people: SandboxClient,
    cast: Cast,
    meddled: Meddled,
    charts: OnePixel,
    bot: Bot,
    button: Button,
) -> None:
    tara = cast.tara.telegram_id
    async with life(meddled.app.desk, charts, bot) as first:
        await button.make(replace(meddled, app=first))
        shown = await people.wait_for(tara, button.before)
    async with life(meddled.app.desk, charts, bot):
        await people.tap_stale(tara, data_of(shown, button.label), shown["message_id"])
        after = await people.wait_for(tara, button.after)
    assert after["message_id"] == shown["message_id"]


@pytest.mark.usefixtures("running")
@each_button
async def test_a_button_of_what_is_over_says_so(
    people: SandboxClient, cast: Cast, meddled: Meddled, button: Button, desk: Desk
) -> None:
    tara = cast.tara.telegram_id
    await button.make(meddled)
    shown = await people.wait_for(tara, button.before)
    data, row = data_of(shown, button.label), await meddled.row()
    async with desk.store.write() as tx:
        await tx.reconciliation.end([row.id], desk.clock.now())
        await refresh_divergences(tx, desk.clock.now(), meddled.account, [row.id], Priority.NOTICE)
    desk.bell.ring(OUTBOX)
    over = await people.wait_for(tara, "Over since")
    assert (over["message_id"], labels(over)) == (shown["message_id"], [])
    await people.tap_stale(tara, data, shown["message_id"])
    assert (await people.wait_for_answer(tara, "This is over."))["show_alert"]
    assert await meddled.decided() == []


# What follows


@pytest.fixture
async def trading(desk: Desk, meddled: Meddled, running: None) -> AsyncIterator[None]:
    task = asyncio.create_task(trade(desk, meddled.account, Pace()))
    yield
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


@pytest.mark.usefixtures("trading")
async def test_a_stop_is_set_again_only_when_asked_and_the_message_says_when_it_is(
    people: SandboxClient, cast: Cast, meddled: Meddled
) -> None:
    tara = cast.tara.telegram_id
    await a_removed_stop(meddled)
    await people.wait_for(tara, "the stop was removed")
    await meddled.sync()
    assert [position.sl for position in meddled.held] == [0.0]
    await people.tap(tara, "Restore")
    await people.wait_for(tara, "To be restored, asked by Tara")
    await people.until(lambda: held_stop(meddled), bool)
    await meddled.sync()
    over = await people.wait_for(tara, "what is held is what the desk expects again")
    assert labels(over) == []
    assert not [m for m in await people.messages(tara) if "Stops changed" in m["text"]][1:]


async def held_stop(meddled: Meddled) -> float:
    [position] = meddled.held
    return position.sl


@pytest.mark.usefixtures("running")
async def test_a_write_off_is_asked_again_with_its_numbers(
    people: SandboxClient, cast: Cast, meddled: Meddled, clock: QuickClock
) -> None:
    tara = cast.tara.telegram_id
    await a_missing_one(meddled)
    shown = await people.wait_for(tara, "is gone")
    await people.tap(tara, "Write off")
    asked = await people.wait_for(tara, "Write off 0.10 EURUSD?")
    assert asked["message_id"] == shown["message_id"]
    await people.tap(tara, "‹ Back")
    await people.wait_for(tara, lambda message: labels(message) == ["Check again", "Write off"])
    assert await meddled.decided() == []
    await people.tap(tara, "Write off")
    await people.wait_for(tara, "Write off 0.10 EURUSD?")
    clock.skipped_s += 31
    await people.tap(tara, "Write off 0.10 EURUSD")
    await people.wait_for_answer(tara, "This question has lapsed.")
    await people.wait_for(tara, lambda message: labels(message) == ["Check again", "Write off"])
    assert await meddled.decided() == []
    await people.tap(tara, "Write off")
    await people.wait_for(tara, "Write off 0.10 EURUSD?")
    await people.tap(tara, "Write off 0.10 EURUSD")
    await people.wait_for(tara, "Written off by Tara")
    async with meddled.app.desk.store.read() as tx:
        assert not await tx.trades.open_of(meddled.account.id)


@pytest.fixture
async def watching(app: App, meddled: Meddled, running: None) -> AsyncIterator[None]:
    """The account's own loop, which waits for ten seconds unless it is asked."""
    task = asyncio.create_task(app.scheduler.watch(meddled.account))
    yield
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


@pytest.mark.usefixtures("watching")
async def test_check_again_looks_at_once_and_tells_what_it_saw(
    people: SandboxClient, cast: Cast, meddled: Meddled, desk: Desk
) -> None:
    tara = cast.tara.telegram_id
    await a_missing_one(meddled)
    shown = await people.wait_for(tara, "is gone")
    await people.tap(tara, "Check again")
    await people.wait_for(tara, ENGLISH.label("divergence-still-missing"), after=shown["message_id"])

    opened = meddled.open_by_hand()
    async with desk.store.write() as tx:
        [lost] = await tx.trades.open_of(meddled.account.id)
        price = Decimal(str(opened.price_open))
        await tx.trades.update(replace(lost, open_price=price, expected_price=price))
    await people.tap(tara, "Check again")
    await people.wait_for(tara, "Looked again: the position is there again.", after=shown["message_id"])
    over = await people.wait_for(tara, "Over since")
    assert (over["message_id"], labels(over)) == (shown["message_id"], [])
    assert await meddled.decided() == []


@pytest.mark.usefixtures("watching")
async def test_a_look_that_fails_says_why(people: SandboxClient, cast: Cast, meddled: Meddled) -> None:
    await a_missing_one(meddled)
    await people.wait_for(cast.tara.telegram_id, "is gone")
    plug(Path(meddled.account.terminal_path), connected=False)
    await people.tap(cast.tara.telegram_id, "Check again")
    await people.wait_for(cast.tara.telegram_id, "has lost its connection to the broker")
    assert (await meddled.row()).lasts


@pytest.mark.usefixtures("running")
async def test_what_the_terminal_does_not_tell_is_not_decided(
    people: SandboxClient, cast: Cast, meddled: Meddled
) -> None:
    await a_stranger(meddled)
    shown = await people.wait_for(cast.tara.telegram_id, "no signal explains it")
    plug(Path(meddled.account.terminal_path), connected=False)
    await people.tap(cast.tara.telegram_id, "Adopt")
    await people.wait_for(
        cast.tara.telegram_id, "has lost its connection to the broker", after=shown["message_id"]
    )
    assert (await meddled.row()).decision is None


# Delivery


async def divergences(people: SandboxClient, person: Person) -> list[dict[str, Any]]:
    return [m for m in await people.messages(person.telegram_id) if "no signal explains it" in m["text"]]


async def test_what_was_over_before_it_could_be_told_is_told_once_in_the_past(
    people: SandboxClient, cast: Cast, meddled: Meddled, relay: Relay
) -> None:
    await a_stranger(meddled)
    meddled.hands.close_position(meddled.account.login, meddled.held[0].identifier)
    await meddled.sync(2)
    assert await relay.flush(5)
    [told] = await divergences(people, cast.tara)
    assert "Over since" in told["text"]
    assert told["text"].endswith("the position is not open any more.")
    assert labels(told) == []


async def test_each_step_of_a_partial_close_has_a_message_and_the_one_before_says_so(
    people: SandboxClient, cast: Cast, meddled: Meddled, relay: Relay
) -> None:
    await a_part_closed(meddled)
    assert await relay.flush(5)
    meddled.hands.close_position(meddled.account.login, meddled.held[0].identifier, 0.04)
    await meddled.sync()
    assert await relay.flush(5)
    first, second = await people.messages(cast.tara.telegram_id)
    assert "0.1 of 0.15 EURUSD were left" in first["text"]
    assert first["text"].endswith("differs in another way now, which has a message of its own.")
    assert "0.06 of 0.15 EURUSD are left: 0.09 were closed by hand in the desktop terminal" in second["text"]
    assert " USD.\n" in second["text"]
    assert (labels(first), labels(second)) == ([], ["Accept"])


async def test_a_stranger_that_a_trade_explains_later_is_none(
    people: SandboxClient, cast: Cast, meddled: Meddled, relay: Relay
) -> None:
    await a_stranger(meddled)
    await meddled.expect(meddled.held[0])
    await meddled.sync()
    assert await relay.flush(5)
    [told] = await divergences(people, cast.tara)
    assert told["text"].endswith("a trade of the desk explains it.")


async def test_who_is_no_trader_any_more_sees_no_buttons(
    people: SandboxClient, cast: Cast, meddled: Meddled, relay: Relay
) -> None:
    async with meddled.app.desk.store.write() as tx:
        await tx.people.put(replace(cast.tara, roles=frozenset({Role.ADMIN})))
    await a_stranger(meddled)
    assert await relay.flush(5)
    [own], [owners] = await divergences(people, cast.tara), await divergences(people, cast.owner)
    assert (labels(own), labels(owners)) == ([], ["Adopt", "Ignore"])


async def refresh(meddled: Meddled, relay: Relay) -> None:
    desk, row = meddled.app.desk, await meddled.row()
    async with desk.store.write() as tx:
        await refresh_divergences(tx, desk.clock.now(), meddled.account, [row.id], Priority.NOTICE)
    assert await relay.flush(5)


async def test_a_notice_that_changes_nothing_sends_nothing(
    people: SandboxClient, cast: Cast, meddled: Meddled, relay: Relay
) -> None:
    await a_stranger(meddled)
    assert await relay.flush(5)
    await refresh(meddled, relay)
    assert len(await divergences(people, cast.tara)) == len(await divergences(people, cast.owner)) == 1
    assert relay.counts == {"delivered": 4}


@pytest.mark.parametrize("refusal", ["message can't be edited", "message to edit not found"])
async def test_a_message_that_cannot_be_edited_any_more_is_sent_anew(
    people: SandboxClient, cast: Cast, meddled: Meddled, relay: Relay, refusal: str
) -> None:
    await a_stranger(meddled)
    assert await relay.flush(5)
    await people.fault("editMessageText", 400, description=f"Bad Request: {refusal}", times=2)
    row, desk = await meddled.row(), meddled.app.desk
    async with desk.store.write() as tx:
        await tx.reconciliation.decide(row.id, Decision.IGNORED, cast.tara.id, desk.clock.now())
    await refresh(meddled, relay)
    [old, new] = await divergences(people, cast.tara)
    assert ("Ignored by Tara" in old["text"], "Ignored by Tara" in new["text"]) == (False, True)
    meddled.hands.close_position(meddled.account.login, meddled.held[0].identifier)
    await meddled.sync(2)
    assert await relay.flush(5)
    [old, new] = await divergences(people, cast.tara)
    assert ("Over since" in old["text"], "Over since" in new["text"]) == (False, True)

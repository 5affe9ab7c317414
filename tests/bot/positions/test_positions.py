"""What a trader does with what is open: asked with its numbers, confirmed once, told to its end."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from aiogram import Bot

from bot.buttons.positions import OrderAct, OrderTap, PositionAct, PositionTap, RequestTap
from bot.context import App
from bot.delivery import Relay
from bot.sandbox import SandboxClient
from bot.telegram.dispatcher import make_dispatcher
from bot.telegram.polling import Polling
from core.desk import Desk
from core.model.accounts import Account
from core.model.clock import Clock
from core.model.mt5 import MT5AccountSnapshot, MT5Order, MT5Position
from core.mt5 import contract as mt5
from core.mt5.pool import Pool
from core.paper.hands import Hands
from core.ports import Store
from core.trading.account_loop import Pace, trade
from tests.bot.stage import Cast, QuickClock, at_broker, eventually, terminal_here
from tests.bot.wording import ENGLISH, reply

D = Decimal
PIP = D("0.0001")


@pytest.fixture
async def terminals(store: Store, clock: Clock) -> AsyncIterator[Pool]:
    async with terminal_here(store, clock) as pool:
        yield pool


@dataclass(frozen=True)
class Seat:
    """Tara before her chat, with her account at a paper broker."""

    people: SandboxClient
    desk: Desk
    account: Account
    hands: Hands
    tara: int

    def buy(self, lots: float = 0.10) -> int:
        """By hand, in the terminal; the position's identifier."""
        self.hands.open_position(self.account.login, "EURUSD", mt5.ORDER_TYPE_BUY, lots)
        return max(self.hands.broker.view(self.account.login).ledger.positions)

    async def place(self) -> int:
        """A buy limit 100 pips below the market, by hand; its ticket."""
        quote = await (await self.session()).quote("EURUSD")
        limit = float(quote.bid - 100 * PIP)
        self.hands.place_order(self.account.login, "EURUSD", mt5.ORDER_TYPE_BUY_LIMIT, 0.20, limit)
        return (await self.orders())[0].ticket

    async def session(self) -> Any:
        return await self.desk.terminals.session(self.account.id)

    async def snapshot(self) -> MT5AccountSnapshot:
        found: MT5AccountSnapshot = await (await self.session()).snapshot()
        return found

    async def positions(self) -> tuple[MT5Position, ...]:
        return (await self.snapshot()).positions

    async def orders(self) -> tuple[MT5Order, ...]:
        return (await self.snapshot()).orders

    async def lots(self) -> list[Decimal]:
        return [position.volume for position in await self.positions()]

    async def held(self) -> int:
        return len(await self.positions())

    async def stops(self) -> tuple[Decimal | None, Decimal | None]:
        [one] = await self.positions()
        return one.stop_loss, one.take_profit

    # -- in the chat

    async def show(self, position: int) -> dict[str, Any]:
        """The view of a position, as a button of /positions brings it."""
        return await self._shown(PositionTap(act=PositionAct.SHOW, account=self.account.id, ticket=position))

    async def show_order(self, ticket: int) -> dict[str, Any]:
        return await self._shown(OrderTap(act=OrderAct.SHOW, account=self.account.id, ticket=ticket))

    async def _shown(self, tap: PositionTap | OrderTap) -> dict[str, Any]:
        command = "/positions" if isinstance(tap, PositionTap) else "/orders"
        listed = await self.say(command, "Refresh", buttons=True)
        await self.people.tap_stale(self.tara, tap.pack(), listed["message_id"])
        return await self.people.until(
            lambda: self.message(listed["message_id"]), lambda one: one["text"] != listed["text"]
        )

    async def message(self, number: int) -> dict[str, Any]:
        seen = await self.people.messages(self.tara)
        return next(one for one in seen if one["message_id"] == number)

    async def say(self, text: str, wanted: str, *, buttons: bool = False) -> dict[str, Any]:
        said = await self.people.say(self.tara, text)
        accept = (lambda one: any(wanted in label for label in one["buttons"])) if buttons else wanted
        return await self.people.wait_for(self.tara, accept, after=said["message_id"])

    async def ask(self, view: dict[str, Any], label: str, wanted: str) -> dict[str, Any]:
        """Tap a button of a view; the question that comes."""
        newest = (await self.people.messages(self.tara))[-1]["message_id"]
        await self.people.tap(self.tara, label, message_id=view["message_id"])
        return await self.people.wait_for(self.tara, wanted, after=newest)

    async def becomes(self, question: dict[str, Any], wanted: str) -> dict[str, Any]:
        """The message of the question, once it says so."""
        return await self.people.until(
            lambda: self.message(question["message_id"]), lambda one: wanted in one["text"]
        )


@pytest.fixture
def hands(cast: Cast, tmp_path: Path) -> Iterator[Hands]:
    with at_broker(cast.account_of(cast.tara), tmp_path / "broker.sqlite3") as hands:
        yield hands


@pytest.fixture
def seat(people: SandboxClient, desk: Desk, cast: Cast, hands: Hands, running: None) -> Seat:
    return Seat(people, desk, cast.account_of(cast.tara), hands, cast.tara.telegram_id)


@asynccontextmanager
async def trading(desk: Desk, account: Account) -> AsyncIterator[None]:
    task = asyncio.create_task(trade(desk, account, Pace()))
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def test_a_position_is_closed_after_a_question_and_told_to_its_end(seat: Seat) -> None:
    position = seat.buy()
    view = await seat.show(position)
    assert "EURUSD BUY 0.1 lots" in view["text"]
    assert "by hand" in view["text"]
    assert view["buttons"][:5] == ["Close", "Half", "Break-even", "Stop …", "Target …"]

    question = await seat.ask(view, "Close", "Close all of it: 0.1 lots of EURUSD?")
    assert "Result now" in question["text"]
    assert "Now 1." in question["text"]
    data = question["keyboard"][0][0]["callback_data"]
    await asyncio.gather(*(seat.people.tap_stale(seat.tara, data, question["message_id"]) for _ in range(3)))
    await seat.becomes(question, "Asked for, not sent yet: Close 0.1 lots")
    async with trading(seat.desk, seat.account):
        done = await seat.becomes(question, "✅ Done: Close 0.1 lots")
    assert "0.1 lots at 1." in done["text"]
    assert done["buttons"] == ["Show the position"]
    assert await seat.positions() == ()
    await seat.people.wait_for_answer(seat.tara, "This was confirmed already.")
    async with seat.desk.store.read() as tx:
        asked = list(await tx.events.recent(50, "order.asked"))
    assert len(asked) == 1
    await seat.people.tap(seat.tara, "Show the position")
    await seat.becomes(question, "not open any more")


async def test_half_is_down_to_the_step_and_the_smallest_has_no_half(seat: Seat) -> None:
    position = seat.buy(0.05)
    question = await seat.ask(await seat.show(position), "Half", "Close 0.02 lots of 0.05 lots?")
    await seat.people.tap(seat.tara, "Yes, close")
    async with trading(seat.desk, seat.account):
        await seat.becomes(question, "✅ Done")
    assert await seat.lots() == [D("0.03")]

    smallest = seat.buy(0.01)
    view = await seat.show(smallest)
    await seat.people.tap(seat.tara, "Half", message_id=view["message_id"])
    await seat.people.wait_for(seat.tara, "It can be closed as a whole only.")


async def test_a_stop_is_typed_refused_typed_again_and_confirmed(seat: Seat) -> None:
    position = seat.buy()
    [held] = await seat.positions()
    prompt = await seat.ask(await seat.show(position), "Stop …", "Which stop? Type a price.")
    assert prompt["buttons"] == ["Leave it"]
    await seat.say("soon", "This is no price.")
    above = held.price_current + 50 * PIP
    await seat.say(f"{above}", "nearest valid level")
    assert await seat.stops() == (None, None)

    wanted = (held.price_open - 40 * PIP).quantize(D("0.00001"))
    comma = str(wanted).replace(".", ",")
    question = await seat.say(comma, f"Move the stop from none to {wanted}?")
    assert "Result there about −40.00" in question["text"]
    await seat.people.tap(seat.tara, "Yes, move the stop")
    async with trading(seat.desk, seat.account):
        await seat.becomes(question, f"✅ Done: Stop from none to {wanted}")
    assert await seat.stops() == (wanted, None)
    await seat.say("1.2", reply("plain-text"))


@asynccontextmanager
async def a_life(app: App, bot: Bot) -> AsyncIterator[None]:
    """The bot from its start to its end: nothing of it is there afterwards but what the database has."""
    parts = (Polling(make_dispatcher(app), bot, app.desk).run(), Relay(app, bot).run())
    tasks = [asyncio.create_task(part) for part in parts]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task


async def test_a_typed_target_leaves_the_stop_and_survives_restarts(
    people: SandboxClient, cast: Cast, hands: Hands, app: App, bot: Bot
) -> None:
    """Between the prompt and the price, between the question and the answer, and before it is done."""
    seat = Seat(people, app.desk, cast.account_of(cast.tara), hands, cast.tara.telegram_id)
    position = seat.buy()
    [held] = await seat.positions()
    stop, target = ((held.price_open + pips * PIP).quantize(D("0.00001")) for pips in (-60, 80))
    hands.move_stops(seat.account.login, position, float(stop), 0.0)
    async with a_life(app, bot):
        await seat.ask(await seat.show(position), "Target …", "Which target?")
    async with a_life(app, bot):
        question = await seat.say(str(target), f"Move the target from none to {target}?")
    async with a_life(app, bot):
        await people.tap(seat.tara, "Yes, move the target")
        await seat.becomes(question, "Asked for, not sent yet")
    async with a_life(app, bot), trading(seat.desk, seat.account):
        await seat.becomes(question, "✅ Done")
    assert await seat.stops() == (stop, target)


async def test_break_even_needs_profit(seat: Seat) -> None:
    position = seat.buy()
    view = await seat.show(position)
    await seat.people.tap(seat.tara, "Break-even", message_id=view["message_id"])
    await seat.people.wait_for_answer(seat.tara, "")
    await seat.people.wait_for(seat.tara, "nearest valid level")
    assert await seat.stops() == (None, None)


async def test_no_means_no_and_a_late_yes_has_lapsed(seat: Seat, clock: QuickClock) -> None:
    position = seat.buy()
    view = await seat.show(position)
    question = await seat.ask(view, "Close", "Close all of it")
    await seat.people.tap(seat.tara, "No", message_id=question["message_id"])
    await seat.becomes(question, "Nothing was changed.")
    await seat.people.tap_stale(
        seat.tara, question["keyboard"][0][0]["callback_data"], question["message_id"]
    )
    await seat.people.wait_for_answer(seat.tara, "This was dropped.")

    question = await seat.ask(view, "Close", "Close all of it")
    clock.skipped_s += 31
    await seat.people.tap(seat.tara, "Yes, close", message_id=question["message_id"])
    await seat.becomes(question, "Nothing was sent. This question has lapsed.")
    assert await seat.lots() == [D("0.1")]


async def test_what_was_shown_is_what_is_done(seat: Seat) -> None:
    position = seat.buy()
    view = await seat.show(position)
    question = await seat.ask(view, "Close", "Close all of it: 0.1 lots")
    seat.hands.close_position(seat.account.login, position, 0.04)
    await seat.people.tap(seat.tara, "Yes, close", message_id=question["message_id"])
    await seat.becomes(question, "It is 0.06 lots now, not the 0.1 that were shown.")

    question = await seat.ask(view, "Close", "Close all of it: 0.06 lots")
    seat.hands.close_position(seat.account.login, position)
    await seat.people.tap(seat.tara, "Yes, close", message_id=question["message_id"])
    await seat.becomes(question, "This position is not open any more.")
    await seat.people.tap(seat.tara, "Half", message_id=view["message_id"])
    await seat.people.until(
        lambda: seat.message(view["message_id"]), lambda one: "not open any more" in one["text"]
    )


async def test_only_its_trader_acts_on_an_account(
    seat: Seat, cast: Cast, desk: Desk, people: SandboxClient
) -> None:
    position = seat.buy()
    question = await seat.ask(await seat.show(position), "Close", "Close all of it")
    close = PositionTap(act=PositionAct.CLOSE, account=seat.account.id, ticket=position)
    yes = RequestTap(request=1, sure=True)
    for person, refusal in ((cast.owner, "not yours"), (cast.admin, "not yours"), (cast.tom, "not yours")):
        await people.tap_stale(person.telegram_id, close.pack(), 1)
        await people.wait_for_answer(person.telegram_id, refusal)
    await people.tap_stale(cast.tom.telegram_id, yes.pack(), 1)
    await people.wait_for_answer(cast.tom.telegram_id, "This question is not yours.")
    await people.tap_stale(cast.owner.telegram_id, yes.pack(), 1)
    stranger = await people.add_user("Mallory")
    for tap in (close.pack(), yes.pack()):
        await people.tap_stale(stranger, tap, 1)
    await people.wait_for_answer(stranger, reply("private-desk"))
    async with desk.store.read() as tx:
        request = await tx.requests.get(1)
        assert await tx.intents.count_unfinished() == {}
    assert request is not None
    assert str(request.state) == "asked"
    assert question["buttons"] == ["Yes, close", "No"]


async def test_an_owner_sees_all_without_buttons_that_act(seat: Seat, cast: Cast) -> None:
    position = seat.buy()
    owner = cast.owner.telegram_id
    await seat.people.say(owner, "/positions")
    listed = await seat.people.wait_for(owner, "EURUSD")
    show = PositionTap(act=PositionAct.SHOW, account=seat.account.id, ticket=position)
    await seat.people.tap_stale(owner, show.pack(), listed["message_id"])
    view = await seat.people.wait_for(owner, "Only its trader acts on this account.")
    assert view["buttons"] == ["‹ Back to the list", "↻ Refresh"]


async def test_a_pending_order_is_moved_by_typing_and_cancelled(seat: Seat) -> None:
    ticket = await seat.place()
    view = await seat.show_order(ticket)
    assert "EURUSD BUY LIMIT 0.2 lots" in view["text"]
    assert "Waits until it is cancelled" in view["text"]
    [before] = await seat.orders()
    await seat.ask(view, "Price …", "Where is the order to wait?")
    wanted = before.price_open - 10 * PIP
    question = await seat.say(f"{wanted:.5f}", f"from {before.price_open:.5f} to {wanted:.5f}?")
    await seat.people.tap(seat.tara, "Yes, move it")
    async with trading(seat.desk, seat.account):
        await seat.becomes(question, "✅ Done: Order from")
    assert [order.price_open for order in await seat.orders()] == [wanted]

    question = await seat.ask(await seat.show_order(ticket), "Cancel order", "Cancel the order: 0.2 lots")
    await seat.people.tap(seat.tara, "Yes, cancel it")
    async with trading(seat.desk, seat.account):
        await seat.becomes(question, "✅ Done: Cancel the order")
    assert await seat.orders() == ()


async def test_what_is_on_its_way_is_told_in_orders(seat: Seat) -> None:
    position = seat.buy()
    await seat.ask(await seat.show(position), "Close", "Close all of it")
    await seat.people.tap(seat.tara, "Yes, close")
    await seat.people.wait_for(seat.tara, "Asked for, not sent yet")
    listed = await seat.say("/orders", "No pending orders.")
    assert "On its way: 1 order of the desk" in listed["text"]
    assert "⏳ waits to be sent · close EURUSD 0.1 lots · Tara's paper" in listed["text"]


async def test_pages_turn_in_the_same_message(seat: Seat) -> None:
    for _ in range(8):
        seat.buy(0.01)
    listed = await seat.say("/positions", "8 positions")
    assert listed["buttons"][-4:] == ["‹", "1/2", "›", ENGLISH.label("positions-refresh")]
    await seat.people.tap(seat.tara, "›")
    turned = await seat.people.until(
        lambda: seat.message(listed["message_id"]), lambda one: "2/2" in one["buttons"]
    )
    assert turned["text"].count("🟢") == 2


async def test_closeall_of_one_account(seat: Seat, cast: Cast) -> None:
    seat.buy()
    await seat.say("/closeall nobody", "Known: account Tara's paper.")
    await seat.say("/closeall Tara's paper now", "Write the name of one place and nothing after it")
    question = await seat.say("/closeall tara's paper", "Close 1 position with a result of")
    await seat.people.tap(seat.tara, "Close 1 position", message_id=question["message_id"])
    await seat.becomes(question, "On its way: 1 order")
    async with trading(seat.desk, seat.account):
        await eventually(seat.held, 0)

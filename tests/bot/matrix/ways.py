"""How buttons come before people: what is said and tapped before, and what the desk, hands or others did."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import uuid4

from bot.buttons.fields import DeskTap
from core.alerts import alert_desk_and_trader, refresh_divergences, refresh_liquidation
from core.alerts.routing import pause_route
from core.model.divergences import LogFilter
from core.model.events import Priority
from core.model.ids import TradeId
from core.model.instruments import Side
from core.model.people import Role
from core.model.risk import LiquidationState, LockKind, Place
from core.model.trades import Trade
from core.mt5 import contract as mt5
from core.paper.hands import install_terminal
from core.paper.server.records import Account as PaperAccount
from core.paper.server.records import Position
from tests.bot.matrix.scene import Scene
from tests.bot.stage import a_signal, an_approval, join, put_signal

Step = Callable[[Scene, str], Awaitable[None]]
"""One step of the person who is named, or of the desk, a broker, somebody else."""

PIP = Decimal("0.0001")
REASON = "drawdown 20.40 % reached the limit of 20 %"


async def take(scene: Scene, name: str, *steps: Step) -> None:
    for step in steps:
        await step(scene, name)


def say(text: str, by: str = "", **where: Any) -> Step:
    async def step(scene: Scene, name: str) -> None:
        await scene.say(by or name, text, **where)

    return step


def tap(kind: type[DeskTap], /, by: str = "", **fields: Any) -> Step:
    async def step(scene: Scene, name: str) -> None:
        await scene.tap(by or name, kind, **fields)

    return step


def later(seconds: float) -> Step:
    async def step(scene: Scene, _: str) -> None:
        scene.pass_time(seconds)
        await scene.settle()

    return step


# -- cards


async def a_card(scene: Scene, _: str) -> None:
    """Of Tara, with the price of this moment."""
    await scene.plug_in()
    desk, account = scene.desk, scene.account
    scene.reconciled()
    entry = (await (await desk.terminals.session(account.id)).quote("EURUSD")).ask
    levels = {"entry": entry, "stop_loss": entry - 30 * PIP, "take_profits": (entry + 60 * PIP,)}
    signal = a_signal(scene.source, desk.clock.now(), **levels)
    await put_signal(desk, signal, [an_approval(signal, account)])
    await scene.settle()


async def time_to_undo(scene: Scene, _: str) -> None:
    patient = replace(scene.account, policy=replace(scene.account.policy, undo_s=10))
    async with scene.store.write() as tx:
        await tx.accounts.put(patient, "secret")


# -- what is open


async def a_position(scene: Scene, _: str) -> None:
    (await scene.plug_in()).open_position(scene.account.login, "EURUSD", mt5.ORDER_TYPE_BUY, 0.10)


async def in_profit(scene: Scene, name: str) -> None:
    """Bought, and two percent up since."""
    await a_position(scene, name)
    (await scene.plug_in()).shock("EURUSD", 2.0)
    scene.pass_time(2)


async def traded(scene: Scene, _: str) -> None:
    await scene.trade()


async def closed_by_hand(scene: Scene, _: str) -> None:
    hands = await scene.plug_in()
    [held] = hands.broker.view(scene.account.login).ledger.positions.values()
    hands.close_position(scene.account.login, held.ticket)


async def cancelled_by_hand(scene: Scene, _: str) -> None:
    hands = await scene.plug_in()
    [waiting] = hands.broker.view(scene.account.login).ledger.orders.values()
    hands.cancel_order(scene.account.login, waiting.ticket)


def price(pips_away: int) -> Step:
    """Said in words: so far from the market."""

    async def step(scene: Scene, name: str) -> None:
        quote = await (await scene.desk.terminals.session(scene.account.id)).quote("EURUSD")
        await scene.say(name, str(quote.bid + pips_away * PIP))

    return step


async def an_order(scene: Scene, _: str) -> None:
    hands = await scene.plug_in()
    quote = await (await scene.desk.terminals.session(scene.account.id)).quote("EURUSD")
    limit = float(quote.bid - 100 * PIP)
    hands.place_order(scene.account.login, "EURUSD", mt5.ORDER_TYPE_BUY_LIMIT, 0.20, limit)


# -- divergences


async def _sync(scene: Scene) -> None:
    await scene.life.app.scheduler.once(scene.account)
    await scene.settle()


async def _by_hand(scene: Scene) -> Position:
    hands = await scene.plug_in()
    ledger = hands.broker.view(scene.account.login).ledger
    before = set(ledger.positions)
    hands.open_position(scene.account.login, "EURUSD", mt5.ORDER_TYPE_BUY, 0.10)
    [opened] = set(hands.broker.view(scene.account.login).ledger.positions) - before
    return hands.broker.view(scene.account.login).ledger.positions[opened]


async def _expect(scene: Scene, opened: Position, **changes: Any) -> None:
    price = Decimal(str(opened.price_open))
    expected = Trade(
        TradeId(uuid4()), scene.account.id, None, None, opened.identifier, "EURUSD", Side.BUY,
        Decimal("0.10"), price, price, None, None, scene.desk.clock.now(),
    )  # fmt: skip
    async with scene.store.write() as tx:
        await tx.trades.add(replace(expected, **changes))


async def opened_by_hand(scene: Scene, _: str) -> None:
    await _by_hand(scene)
    await _sync(scene)


async def stop_taken_away(scene: Scene, _: str) -> None:
    opened = await _by_hand(scene)
    await _expect(scene, opened, stop_loss=Decimal(str(opened.price_open)) - 50 * PIP)
    await _sync(scene)


async def two_that_fit(scene: Scene, _: str) -> None:
    opened = await _by_hand(scene)
    await _by_hand(scene)
    await _expect(scene, opened, position=999)
    await _sync(scene)
    await _sync(scene)


async def over(scene: Scene, _: str) -> None:
    """The divergence is over by itself."""
    async with scene.store.write() as tx:
        rows = [row.id for row in await tx.reconciliation.page(LogFilter(scene.account.id), 100)]
        now = scene.desk.clock.now()
        await tx.reconciliation.end(rows, now)
        await refresh_divergences(tx, now, scene.account, rows, Priority.NOTICE)
    await scene.settle()


async def gone(scene: Scene, _: str) -> None:
    opened = await _by_hand(scene)
    (await scene.plug_in()).close_position(scene.account.login, opened.identifier)
    await _expect(scene, opened, position=999)
    await _sync(scene)
    await _sync(scene)


# -- guards


def liquidating(held: bool = False) -> Step:
    """A liquidation of Tara's account that counts down, or is held."""

    async def step(scene: Scene, _: str) -> None:
        desk, account, now = scene.desk, scene.account, scene.desk.clock.now()
        counting, soon = LiquidationState.COUNTING, now + timedelta(seconds=10)
        async with desk.store.write() as tx:
            row = await tx.liquidations.start(account.id, counting, REASON, now, soon)
            if held:
                until, by = now + timedelta(minutes=15), scene.cast.owner.id
                row = replace(
                    row,
                    state=LiquidationState.HELD,
                    held_until=until,
                    held_by=by,
                    hold_reason="a bad price",
                )
                assert await tx.liquidations.advance(row, counting)
            await refresh_liquidation(tx, now, account, row.id)
        await scene.settle()

    return step


def alerted(name: str, **data: str) -> Step:
    """A critical alert about Tara's account."""

    async def step(scene: Scene, _: str) -> None:
        async with scene.store.write() as tx:
            now = scene.desk.clock.now()
            await alert_desk_and_trader(tx, now, scene.account, name, {**data}, Priority.CRITICAL)
        await scene.settle()

    return step


async def locked_by_guard(scene: Scene, _: str) -> None:
    async with scene.store.write() as tx:
        place, now = Place(scene.account.id), scene.desk.clock.now()
        await tx.locks.set(LockKind.DRAWDOWN, place, REASON, now, None)


# -- the door


async def nina_is_new(scene: Scene, _: str) -> None:
    """A trader who has not accepted the risk text."""
    world = scene.telegram.sandbox.world
    scene.others["nina"] = await join(scene.store, world, "Nina", Role.TRADER, consented=False)


async def a_group(scene: Scene, name: str) -> None:
    """With a route for drawdowns."""
    group = await scene.people.add_group("Risk room", [scene.id_of(name)], "supergroup")
    await scene.settle()
    await scene.say(name, "/route here drawdown", chat_id=group)
    scene.group = group


async def a_terminal(scene: Scene, _: str) -> None:
    """The one that may be used, at a broker at which Ann has an account."""
    hands = await scene.plug_in()
    holder = PaperAccount(login=80001, name="Ann", server="Broker-Demo", leverage=200)
    hands.open_account(holder, "Hun7er!two", 5_000)
    install_terminal(Path(scene.life.app.linking.terminals[0].path), scene.book)


async def paused_route(scene: Scene, _: str) -> None:
    async with scene.store.read() as tx:
        [route] = await tx.routes.all()
    await pause_route(scene.desk, route.id, "it is gone")


async def plugged_in(scene: Scene, _: str) -> None:
    await scene.plug_in()


async def password(scene: Scene, name: str) -> None:
    """Said, and tried at the terminal."""
    await scene.people.say(scene.id_of(name), "Hun7er!two")
    await scene.handle_all()
    looking = asyncio.create_task(scene.life.app.linking.run())
    await scene.people.wait_for(scene.id_of(name), "The login is right")
    looking.cancel()
    with suppress(asyncio.CancelledError):
        await looking

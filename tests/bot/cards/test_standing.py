"""/standing through the sandbox: set up by taps, accepted with its text, used, revoked by one tap."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from bot.buttons.cards import StandingAct, StandingTap
from bot.sandbox import SandboxClient
from core.desk import Desk
from core.intake.accept import accept as receive
from core.intake.draft import Draft
from core.model.accounts import Source
from core.model.clock import Clock
from core.model.instruments import Side
from core.mt5.pool import Pool
from core.paper.hands import Hands
from core.ports import Delivery, Store
from core.trading.taking import keep_standing
from tests.bot.cards.cardscene import PIP, Scene
from tests.bot.conftest import SendSignal
from tests.bot.stage import Cast, at_broker, terminal_here
from tests.bot.wording import reply

pytestmark = pytest.mark.usefixtures("running")
READ, ACCEPT = "Read and accept …", "I have read this and accept"


@pytest.fixture
async def terminals(store: Store, clock: Clock) -> AsyncIterator[Pool]:
    async with terminal_here(store, clock) as pool:
        yield pool


@pytest.fixture
def hands(cast: Cast, tmp_path: Path) -> Iterator[Hands]:
    with at_broker(cast.account_of(cast.tara), tmp_path / "broker.sqlite3") as person:
        yield person


@pytest.fixture
def scene(
    desk: Desk, cast: Cast, source: Source, hands: Hands, people: SandboxClient, send_signal: SendSignal
) -> Scene:
    return Scene(desk, cast, source, hands, people, send_signal)


@pytest.fixture
async def standing(desk: Desk) -> AsyncIterator[None]:
    """At work, as in the background of a running desk."""
    task = asyncio.create_task(keep_standing(desk))
    yield
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


async def set_up(scene: Scene) -> dict[str, Any]:
    """From /standing to the acceptance; the last message."""
    await scene.people.say(scene.trader.telegram_id, "/standing")
    await scene.seen("Without one every signal waits for your tap.")
    await scene.tap("➕ New")
    await scene.seen("Of which source?")
    await scene.tap("momentum")
    drawn = await scene.seen("Nothing holds until you have read and accepted")
    for _ in range(6):
        label = (await scene.one(drawn["message_id"]))["buttons"][1]
        await scene.tap(label)
        await scene.changed(drawn["message_id"], label)
    await scene.tap(READ)
    asked = await scene.seen("What you approve beforehand")
    assert asked["message_id"] == drawn["message_id"]
    assert "At most 1 lot a trade" in asked["text"]
    await scene.tap(ACCEPT)
    return await scene.seen("holds from now on")


async def signal(scene: Scene) -> None:
    entry = (await (await scene.desk.terminals.session(scene.account.id)).quote("EURUSD")).ask
    wanted = Draft(
        "EURUSD", Side.BUY, entry=entry, stop_loss=entry - 30 * PIP, take_profits=(entry + 60 * PIP,)
    )
    await receive(scene.desk, scene.source, Delivery(uuid4().hex, uuid4().hex), wanted)


@pytest.mark.usefixtures("standing")
async def test_from_the_command_to_a_trade_and_to_its_end(scene: Scene) -> None:
    held = await set_up(scene)
    assert "Source momentum · account Tara's paper" in held["text"]
    await signal(scene)
    taken = await scene.says("🤖 By standing approval no. 1")
    assert taken["buttons"] == []
    assert len(await scene.orders()) == 1
    await scene.people.say(scene.trader.telegram_id, "/standing")
    listed = await scene.seen("today 1 of 3 taken")
    assert "Revoke no. 1" in listed["buttons"]
    await scene.people.tap(scene.trader.telegram_id, "Revoke no. 1", message_id=listed["message_id"])
    await scene.seen("is revoked. Every signal waits for your tap again.")
    await signal(scene)
    await scene.seen(lambda m: "✅ Approve" in m["buttons"])


@pytest.mark.usefixtures("standing")
async def test_what_a_cap_forbids_comes_as_a_card_that_says_so(scene: Scene) -> None:
    await scene.people.say(scene.trader.telegram_id, "/standing")
    await scene.seen("Standing approvals")
    await scene.tap("➕ New")
    await scene.seen("Of which source?")
    await scene.tap("momentum")
    await scene.seen("Nothing holds until")
    await scene.tap(READ)
    await scene.seen("What you approve beforehand")
    await scene.tap(ACCEPT)
    await scene.seen("holds from now on")
    await signal(scene)
    left = await scene.says("🤖 Left to you by standing approval no. 1: 0.3")  # lots follow the price
    assert "lots are more than the 0.01 that it may trade" in left["text"]
    assert "✅ Approve" in left["buttons"]


async def test_from_a_cards_details(scene: Scene) -> None:
    await scene.card()
    await scene.tap("ℹ️ Details")
    await scene.seen("Details · ")
    await scene.tap("🤖 Standing approval")
    drawn = await scene.seen("Standing approval of momentum")
    assert drawn["buttons"][0] == "Account: Tara's paper ›"
    await scene.tap("Cancel")
    await scene.seen("Nothing was set up.")
    async with scene.desk.store.read() as tx:
        assert await tx.standing.of_person(scene.trader.id) == []


async def test_buttons_of_before_and_of_others_are_told_so(scene: Scene, cast: Cast) -> None:
    held = await set_up(scene)
    [revoke] = [b["callback_data"] for row in held["keyboard"] for b in row]
    await scene.people.tap_stale(cast.tom.telegram_id, revoke, 1)
    await scene.people.wait_for_answer(cast.tom.telegram_id, "not yours")
    await scene.people.tap_stale(cast.admin.telegram_id, revoke, 1)
    await scene.people.wait_for_answer(cast.admin.telegram_id, reply("not-your-button"))
    await scene.people.tap(scene.trader.telegram_id, "Revoke no. 1")
    await scene.seen("is revoked")
    await scene.people.tap_stale(scene.trader.telegram_id, revoke, held["message_id"])
    await scene.people.wait_for_answer(scene.trader.telegram_id, "stale")
    again = StandingTap(act=StandingAct.ACCEPT, number=1, version=2, consent=1)
    await scene.people.tap_stale(scene.trader.telegram_id, again.pack(), held["message_id"])
    async with scene.desk.store.read() as tx:
        assert await tx.standing.holding() == []
        ended = await tx.standing.get(1)
    assert ended is not None
    assert ended.ended_because == "Revoked by Tara."
    assert ended.max_lots == Decimal(1)

"""Taps on a card with a terminal behind it: another size, details, another chart, and taking it back."""

from collections.abc import AsyncIterator, Callable, Iterator
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from bot.sandbox import SandboxClient
from core.desk import Desk
from core.model.accounts import Source
from core.model.approvals import ApprovalState
from core.model.clock import Clock
from core.model.people import Person
from core.model.trades import IntentState
from core.mt5.pool import Pool
from core.paper.hands import Hands
from core.ports import Store
from core.trading.execution import execute_next
from tests.bot.cards.cardscene import APPROVE, Scene
from tests.bot.conftest import SendSignal
from tests.bot.stage import Cast, OnePixel, QuickClock, at_broker, terminal_here

pytestmark = pytest.mark.usefixtures("running")
HALF, WHOLE, DOUBLE = "½ size", "1× size", "2× size"


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


async def test_half_and_double_the_size(scene: Scene) -> None:
    """What the card shows is what is traded, and where it comes from is said."""
    card = await scene.card()
    assert "1\u00a0% of equity" in card["text"]
    assert [label for label in card["buttons"] if "size" in label] == [HALF, DOUBLE]
    whole = await scene.approval()
    await scene.tap(DOUBLE)
    doubled = await scene.seen("×2 by you")
    assert [label for label in doubled["buttons"] if "size" in label] == [HALF, WHOLE]
    await scene.tap(HALF)
    await scene.seen("×0.5 by you")
    halved = await scene.approval()
    assert whole.lots is not None
    assert halved.lots == (whole.lots / 2).quantize(Decimal("0.01"), rounding="ROUND_DOWN")
    assert (halved.factor, halved.version) == (Decimal("0.5"), whole.version + 2)
    await scene.tapped("Approved")
    assert [order.volume for order in await scene.orders()] == [halved.lots]


async def test_a_size_beyond_a_limit_is_refused_with_the_numbers(scene: Scene) -> None:
    await scene.policy(max_lots=Decimal("0.40"))
    await scene.card()
    before = await scene.approval()
    await scene.tap(DOUBLE)
    refused = await scene.seen("lots are more than the 0.40 that you allow for one trade.")
    assert "⛔ Refused" in refused["text"]
    assert (await scene.approval()).lots == before.lots
    await scene.tap(HALF)
    halved = await scene.seen("×0.5 by you")
    assert "Refused" not in halved["text"], "that was of another size"


async def test_a_button_of_the_size_before_is_stale(scene: Scene) -> None:
    card = await scene.card()
    [old] = [b["callback_data"] for row in card["keyboard"] for b in row if b["text"] == APPROVE]
    await scene.tap(HALF)
    await scene.seen("×0.5 by you")
    await scene.people.tap_stale(scene.trader.telegram_id, old, card["message_id"])
    told = await scene.people.wait_for_answer(scene.trader.telegram_id, "the card has changed")
    assert told["show_alert"], "no price is looked at for it"
    assert await scene.ordered() == 0


async def test_details_and_back(scene: Scene) -> None:
    card = await scene.card()
    await scene.tap("ℹ️ Details")
    shown = await scene.seen("Details · 🟢 BUY EURUSD")
    assert shown["message_id"] == card["message_id"]
    assert shown["photo_url"] == card["photo_url"]
    for words in ("SL ", "pips · −", "TP1 ", "Margin ", "spread ", "Other open risk 0.00", "guard"):
        assert words in shown["text"]
    assert shown["buttons"] == ["📋 Copy levels", "🤖 Standing approval", "‹ Back"]
    await scene.tap("‹ Back")
    again = await scene.seen(lambda m: APPROVE in m["buttons"])
    assert again["text"] == card["text"]


def edited(times: int) -> Callable[[dict[str, Any]], bool]:
    return lambda message: message["edits"] == times


def marked(message: dict[str, Any]) -> list[str]:
    return [label for label in message["buttons"] if label.startswith("✓")]


async def test_another_timeframe_is_drawn_once(scene: Scene, charts: OnePixel) -> None:
    card = await scene.card()
    assert marked(card) == ["✓ M5"]
    for timeframe in ("H1", "M5", "H1"):
        edits = (await scene.newest())["edits"]
        await scene.tap(timeframe)
        shown = await scene.seen(edited(edits + 1))
        assert marked(shown) == [f"✓ {timeframe}"]
    seen = await scene.newest()
    assert (seen["message_id"], seen["text"]) == (card["message_id"], card["text"])
    assert seen["photo_url"] != card["photo_url"]
    assert charts.drawn == ["EURUSD  BUY  M5", "EURUSD  BUY  H1"]


async def test_a_card_without_a_picture_gets_one(scene: Scene, charts: OnePixel) -> None:
    """It came as a text: the terminal was away. From then on its caption is what is edited."""
    charts.fails = True
    card = await scene.card()
    assert card["photo_url"] is None
    assert marked(card) == []
    await scene.tap("M15")
    await scene.seen("There is no chart just now.")
    charts.fails = False
    await scene.tap("M15")
    await scene.seen(lambda m: m["photo_url"] is not None and APPROVE in m["buttons"])
    await scene.tap(HALF)
    halved = await scene.seen("×0.5 by you")
    assert (halved["message_id"], bool(halved["photo_url"])) == (card["message_id"], True)
    assert marked(halved) == ["✓ M15"], "what the relay edits, too"


async def test_another_trader_cannot_look_or_resize(scene: Scene, cast: Cast) -> None:
    card = await scene.card()
    for label in (HALF, "H1", "ℹ️ Details"):
        [data] = [b["callback_data"] for row in card["keyboard"] for b in row if b["text"] == label]
        await scene.people.tap_stale(cast.tom.telegram_id, data, 1)
    answers = await scene.people.until(
        lambda: scene.people.answers(cast.tom.telegram_id), lambda answers: len(answers) == 3
    )
    assert {answer["text"] for answer in answers} == {"This card belongs to another trader."}
    assert (await scene.newest())["text"] == card["text"]


async def test_an_approval_is_taken_back_in_time(scene: Scene) -> None:
    await scene.policy(undo_s=10)
    card = await scene.card()
    waiting = await scene.tapped("Approved, sending in ")
    assert waiting["buttons"] == ["↩️ Undo"]
    assert not await execute_next(scene.desk, scene.account), "it rests"
    await scene.tap("↩️ Undo")
    await scene.people.wait_for_answer(scene.trader.telegram_id, "Taken back. Nothing was sent.")
    again = await scene.seen(lambda m: APPROVE in m["buttons"])
    assert _but_its_size(again["text"]) == _but_its_size(card["text"])
    assert await scene.ordered() == 0
    assert (await scene.approval()).state is ApprovalState.PENDING
    await scene.tapped("Approved, sending in ")
    assert await scene.ordered() == 1, "once more, from the beginning"


def _but_its_size(text: str) -> list[str]:
    """The price that moved before the tap may have made it smaller."""
    return [line for line in text.splitlines() if not line.startswith("Size ")]


async def test_what_is_sent_cannot_be_taken_back(scene: Scene, clock: QuickClock) -> None:
    await scene.policy(undo_s=10)
    await scene.card()
    waiting = await scene.tapped("Approved, sending in ")
    [undo] = [b["callback_data"] for row in waiting["keyboard"] for b in row]
    clock.skipped_s += timedelta(seconds=11).total_seconds()
    await scene.read()
    scene.reconciled()
    assert await execute_next(scene.desk, scene.account)
    gone = await scene.seen(lambda m: m["buttons"] == [] and "Approved, sending in" not in m["text"])
    await scene.people.tap_stale(scene.trader.telegram_id, undo, gone["message_id"])
    await scene.people.wait_for_answer(scene.trader.telegram_id, "too late to undo")
    [order] = await scene.orders()
    assert order.state is not IntentState.NEW


async def test_undo_is_of_its_trader_alone(scene: Scene, cast: Cast) -> None:
    await scene.policy(undo_s=10)
    await scene.card()
    waiting = await scene.tapped("Approved, sending in ")
    [undo] = [b["callback_data"] for row in waiting["keyboard"] for b in row]
    stranger: Person = cast.tom
    await scene.people.tap_stale(stranger.telegram_id, undo, 1)
    await scene.people.wait_for_answer(stranger.telegram_id, "another trader")
    assert await scene.ordered() == 1

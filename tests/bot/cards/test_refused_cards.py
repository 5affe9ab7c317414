"""A tap on Approve that is refused: its reason is on the card, which stays open, and nothing is ordered."""

import math
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from uuid import uuid4

import pytest

from bot.sandbox import SandboxClient
from core.desk import Desk
from core.model.accounts import Source
from core.model.clock import Clock
from core.model.ids import TradeId
from core.model.instruments import Side
from core.model.policies import Hours
from core.model.risk import DESK, LockKind, Place
from core.model.trades import CloseReason, Trade, TradeState
from core.mt5.pool import Pool
from core.paper.hands import Hands
from core.ports import Store
from core.risk.locks import lock, pause, release, resume
from core.trading.foreseeing import Lookout
from tests.bot.cards.cardscene import Scene
from tests.bot.conftest import SendSignal
from tests.bot.stage import Cast, at_broker, terminal_here


@pytest.fixture
async def terminals(store: Store, clock: Clock) -> AsyncIterator[Pool]:
    async with terminal_here(store, clock) as pool:
        yield pool


@pytest.fixture
def hands(cast: Cast, tmp_path: Path) -> Iterator[Hands]:
    """Those of Tara, at her paper broker."""
    with at_broker(cast.account_of(cast.tara), tmp_path / "broker.sqlite3") as person:
        yield person


@pytest.fixture
def scene(
    desk: Desk, cast: Cast, source: Source, hands: Hands, people: SandboxClient, send_signal: SendSignal
) -> Scene:
    return Scene(desk, cast, source, hands, people, send_signal)


Shut = Callable[[Scene], Awaitable[None]]


async def by_the_guard(scene: Scene) -> None:
    async with scene.desk.store.write() as tx:
        await tx.locks.set(
            LockKind.DRAWDOWN, Place(scene.account.id), "drawdown 20.40 % …", scene.desk.clock.now(), None
        )


async def by_the_owner_for_a_time(scene: Scene) -> None:
    until = scene.desk.clock.now() + timedelta(days=3)
    await lock(scene.desk, scene.cast.owner, Place(instrument="EURUSD"), "NFP <at> 14:30", until)


async def by_the_admin(scene: Scene) -> None:
    await lock(scene.desk, scene.cast.admin, DESK, "a wild market")


async def of_the_source(scene: Scene) -> None:
    await lock(scene.desk, scene.cast.owner, Place(source_id=scene.source.id), "too many losses")


async def of_the_account(scene: Scene) -> None:
    await lock(scene.desk, scene.cast.admin, Place(scene.account.id), "she is ill")


async def by_a_pause(scene: Scene) -> None:
    await pause(scene.desk, scene.cast.admin, "lunch", Place(scene.account.id))


async def outside_hours(scene: Scene) -> None:
    yesterday = (scene.desk.clock.now() - timedelta(days=1)).weekday()
    await scene.policy(hours=Hours(days=frozenset({yesterday})))


async def on_a_blackout_day(scene: Scene) -> None:
    await scene.policy(hours=Hours(blackout=frozenset({scene.desk.clock.now().date()})))


async def too_many_trades(scene: Scene) -> None:
    await scene.policy(max_open_trades=1, allow_no_stop=True)
    scene.buy_by_hand()


async def too_many_lots(scene: Scene) -> None:
    await scene.policy(max_open_lots=Decimal("0.20"), allow_no_stop=True)
    scene.buy_by_hand(0.15)


async def too_many_today(scene: Scene) -> None:
    await scene.policy(max_per_day=1, allow_no_stop=True)
    scene.buy_by_hand()


async def too_much_at_risk(scene: Scene) -> None:
    await scene.policy(max_open_risk_percent=Decimal("1.2"))
    quote = scene.hands.broker.view(scene.account.login).quote("EURUSD")
    scene.buy_by_hand(0.10, math.floor(quote.bid * 10_000 - 50) / 10_000)


async def after_two_losses(scene: Scene) -> None:
    await scene.policy(cooldown_losses=2, cooldown_minutes=90)
    now = scene.desk.clock.now()
    async with scene.desk.store.write() as tx:
        for number in (1, 2):
            trade = Trade(
                TradeId(uuid4()), scene.account.id, None, None, number, "EURUSD", Side.BUY,
                Decimal("0.1"), Decimal("1.1"), Decimal("1.1"), None, None, now - timedelta(hours=1),
            )  # fmt: skip
            await tx.trades.add(trade)
            closed = {"close_reason": CloseReason.STOP_LOSS, "profit": Decimal(-30)}
            await tx.trades.update(
                replace(trade, state=TradeState.CLOSED, closed_at=now - timedelta(minutes=number), **closed)  # type: ignore[arg-type]
            )


SHUT: dict[str, tuple[Shut, str]] = {
    "the guard": (by_the_guard, "No new trades now: drawdown 20.40\u00a0% …"),
    "the owner": (by_the_owner_for_a_time, "EURUSD is locked by Olga: NFP <at> 14:30 (until "),
    "the admin": (by_the_admin, "The desk is locked by Adam: a wild market"),
    "the source": (of_the_source, "Source momentum is locked by Olga: too many losses"),
    "the account": (of_the_account, "Tara's paper is locked by Adam: she is ill"),
    "a pause": (by_a_pause, "Tara's paper is paused by Adam: lunch"),
    "hours": (outside_hours, "No new trades now: entries are allowed "),
    "blackout": (on_a_blackout_day, "is a blackout day; entries again at "),
    "trades": (too_many_trades, "1 of 1 trades are open."),
    "lots": (too_many_lots, "0.15 of 0.20 lots are open, and this signal wants "),
    "day": (too_many_today, "1 of 1 trades of today were opened"),
    "risk": (too_much_at_risk, "USD would be at risk, and you allow 1.2\u00a0% of "),
    "losses": (after_two_losses, "2 losses in a row"),
}


FORESEEN = [why for why in SHUT if why not in ("trades", "lots", "day", "risk")]
"""What is known without asking the terminal, which nothing has read yet here."""


@pytest.mark.usefixtures("running")
@pytest.mark.parametrize("why", SHUT)
async def test_the_card_tells_why_once_and_stays_open(scene: Scene, why: str) -> None:
    shut, words = SHUT[why]
    card = await scene.card()
    await shut(scene)
    refused = await scene.tapped(words)
    assert refused["message_id"] == card["message_id"]
    assert refused["text"].count(words) == 1
    assert ("✅ Approve" in refused["buttons"]) == (why not in FORESEEN)
    assert ("⛔ Refused" in refused["text"]) == (why not in FORESEEN)
    assert "Expires" in refused["text"]
    answers = await scene.people.answers(scene.cast.tara.telegram_id)
    assert [answer["text"] for answer in answers] == ["Checking the price …"]
    replied = [m for m in await scene.people.messages(scene.cast.tara.telegram_id) if m["reply_to"]]
    assert replied == [], "the card says it, and nothing else does"
    assert await scene.ordered() == 0


@pytest.mark.usefixtures("running")
async def test_what_is_known_beforehand_is_not_offered_until_it_is_over(scene: Scene) -> None:
    lookout = Lookout(scene.desk)
    card = await scene.card()
    assert await lookout.look() == 0
    await by_a_pause(scene)
    assert await lookout.look() == 1
    shut = await scene.says("is paused by Adam: lunch")
    assert shut["buttons"][0] == "🔄 Check again"
    await of_the_account(scene)
    await resume(scene.desk, scene.cast.admin, Place(scene.account.id))
    await scene.people.tap(scene.cast.tara.telegram_id, "🔄 Check again")
    second = await scene.says("she is ill")
    assert "lunch" not in second["text"], "the newest reason alone"
    async with scene.desk.store.read() as tx:
        [held] = await tx.locks.active()
    await release(scene.desk, scene.cast.admin, held.id)
    assert await lookout.look() == 1
    open_again = await scene.seen(lambda m: "she is ill" not in m["text"] and "Expires" in m["text"])
    assert open_again["buttons"][0] == "✅ Approve"
    done = await scene.tapped("Approved")
    assert (done["message_id"], done["buttons"]) == (card["message_id"], [])
    assert await scene.ordered() == 1


@pytest.mark.usefixtures("running")
async def test_open_risk_that_is_not_known_is_told_before_the_tap(scene: Scene) -> None:
    """By the newest reading; with a stop set, *Approve* comes back."""
    scene.buy_by_hand()
    await scene.read()
    await scene.card()
    shut = await scene.says("have no stop loss")
    assert "Set one, or close it, before you open another trade." in shut["text"]
    assert "✅ Approve" not in shut["buttons"]
    scene.stop_by_hand()
    await scene.read()
    assert await Lookout(scene.desk).look() == 1
    await scene.seen(lambda m: "✅ Approve" in m["buttons"])


@pytest.mark.usefixtures("running")
async def test_a_refusal_is_forgotten_once_what_was_in_the_way_is_over(scene: Scene) -> None:
    await scene.card()
    await by_a_pause(scene)
    await scene.tapped("is paused by Adam: lunch")
    await resume(scene.desk, scene.cast.admin, Place(scene.account.id))
    assert await Lookout(scene.desk).look() == 1
    seen = await scene.seen(lambda m: "✅ Approve" in m["buttons"])
    assert "lunch" not in seen["text"]

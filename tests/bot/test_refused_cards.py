"""A tap on Approve that is refused: its reason is on the card, which stays open, and nothing is ordered."""

import math
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from bot.sandbox import SandboxClient
from core.desk import Desk
from core.model.accounts import Account, Source
from core.model.clock import Clock
from core.model.ids import TradeId
from core.model.instruments import Side
from core.model.policies import Hours
from core.model.risk import DESK, LockKind, Place
from core.model.trades import CloseReason, Trade, TradeState
from core.mt5 import contract as mt5
from core.mt5.pool import Pool
from core.paper.hands import Hands
from core.ports import Store
from core.risk.locks import lock, pause, release, resume
from tests.bot.conftest import SendSignal
from tests.bot.stage import Cast, at_broker, terminal_here

APPROVE = "✅ Approve"
PIP = Decimal("0.0001")


@pytest.fixture
async def terminals(store: Store, clock: Clock) -> AsyncIterator[Pool]:
    async with terminal_here(store, clock) as pool:
        yield pool


@pytest.fixture
def hands(cast: Cast, tmp_path: Path) -> Iterator[Hands]:
    """Those of Tara, at her paper broker."""
    with at_broker(cast.account_of(cast.tara), tmp_path / "broker.sqlite3") as person:
        yield person


@dataclass(frozen=True)
class Scene:
    """Tara, her account and a card that she is about to approve."""

    desk: Desk
    cast: Cast
    source: Source
    hands: Hands
    people: SandboxClient
    send_signal: SendSignal

    @property
    def account(self) -> Account:
        return self.cast.account_of(self.cast.tara)

    async def policy(self, **changes: Any) -> None:
        limited = replace(self.account, policy=replace(self.account.policy, **changes))
        async with self.desk.store.write() as tx:
            await tx.accounts.put(limited, "secret")

    def buy_by_hand(self, lots: float = 0.10, stop: float = 0.0) -> None:
        buy = mt5.ORDER_TYPE_BUY
        done = self.hands.open_position(self.account.login, "EURUSD", buy, lots, sl=stop)
        assert done.retcode == mt5.TRADE_RETCODE_DONE

    async def card(self) -> dict[str, Any]:
        entry = (await (await self.desk.terminals.session(self.account.id)).quote("EURUSD")).ask
        levels = {"stop_loss": entry - 30 * PIP, "take_profits": (entry + 60 * PIP,)}
        await self.send_signal(self.cast.tara, entry=entry, **levels)
        return await self.people.wait_for(self.cast.tara.telegram_id, "BUY EURUSD")

    async def tapped(self, words: str) -> dict[str, Any]:
        """The card once it shows them."""
        await self.people.tap(self.cast.tara.telegram_id, APPROVE)
        return await self.people.wait_for(self.cast.tara.telegram_id, words)

    async def ordered(self) -> int:
        async with self.desk.store.read() as tx:
            return len(await tx.intents.unfinished(self.account.id))


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
    "the guard": (by_the_guard, "No new trades now: drawdown 20.40 % …"),
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
    "risk": (too_much_at_risk, "USD would be at risk, and you allow 1.2 % of "),
    "losses": (after_two_losses, "2 losses in a row"),
}


@pytest.mark.usefixtures("running")
@pytest.mark.parametrize("why", SHUT)
async def test_the_card_tells_why_and_can_be_tapped_again(scene: Scene, why: str) -> None:
    shut, words = SHUT[why]
    card = await scene.card()
    await shut(scene)
    refused = await scene.tapped("⛔ Refused")
    assert (refused["message_id"], refused["buttons"]) == (card["message_id"], card["buttons"])
    assert words in refused["text"]
    assert "Expires" in refused["text"]
    told = await scene.people.wait_for(
        scene.cast.tara.telegram_id, lambda m: words in m["text"] and m["reply_to"] == card["message_id"]
    )
    assert "⛔" not in told["text"]
    assert await scene.ordered() == 0


@pytest.mark.usefixtures("running")
async def test_what_is_released_lets_the_same_card_through(scene: Scene) -> None:
    card = await scene.card()
    await by_a_pause(scene)
    await scene.tapped("is paused by Adam: lunch")
    await resume(scene.desk, scene.cast.admin, Place(scene.account.id))
    await of_the_account(scene)
    second = await scene.tapped("she is ill")
    assert "lunch" not in second["text"], "the newest reason alone"
    async with scene.desk.store.read() as tx:
        [held] = await tx.locks.active()
    await release(scene.desk, scene.cast.admin, held.id)
    done = await scene.tapped("Approved")
    assert (done["message_id"], done["buttons"]) == (card["message_id"], [])
    assert "Refused" not in done["text"]
    assert await scene.ordered() == 1

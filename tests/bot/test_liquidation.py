"""The countdown on the owner's and the trader's screens, and its buttons."""

from datetime import timedelta

import pytest

from bot.callbacks import HoldReason, HoldTap, LiquidationAct, LiquidationTap
from bot.sandbox import SandboxClient
from core.alerts import refresh_liquidation
from core.bell import OUTBOX
from core.desk import Desk
from core.model.risk import Liquidation, LiquidationState
from tests.bot.stage import Cast, eventually

pytestmark = pytest.mark.usefixtures("running")


@pytest.fixture
async def countdown(desk: Desk, cast: Cast) -> Liquidation:
    """Tara's account is about to be closed, in ten seconds."""
    account, now = cast.account_of(cast.tara), desk.clock.now()
    async with desk.store.write() as tx:
        started = await tx.liquidations.start(
            account.id,
            LiquidationState.COUNTING,
            "drawdown 20.4 % of 20 %",
            now,
            now + timedelta(seconds=10),
        )
        await refresh_liquidation(tx, now, account, started.id)
    desk.bell.ring(OUTBOX)
    return started


async def now(desk: Desk, liquidation: Liquidation) -> Liquidation:
    async with desk.store.read() as tx:
        found = await tx.liquidations.get(liquidation.id)
    assert found is not None
    return found


async def test_owner_and_trader_see_it_and_only_the_owner_may_hold(
    people: SandboxClient, cast: Cast, countdown: Liquidation
) -> None:
    owners = await people.wait_for(cast.owner.telegram_id, "closing everything")
    traders = await people.wait_for(cast.tara.telegram_id, "closing everything")
    assert owners["buttons"] == ["Close now", "Hold"]
    assert traders["buttons"] == ["Close now"]
    [moment] = [entity for entity in owners["entities"] if entity["type"] == "date_time"]
    assert moment["unix_time"] == int(countdown.fires_at.timestamp())
    assert not [m for m in await people.messages(cast.tom.telegram_id) if "closing" in m["text"]]


async def test_hold_stops_it_on_every_screen(
    people: SandboxClient, cast: Cast, desk: Desk, countdown: Liquidation
) -> None:
    await people.wait_for(cast.tara.telegram_id, "closing everything")
    await people.wait_for(cast.owner.telegram_id, "closing everything")
    await people.tap(cast.owner.telegram_id, "Hold")
    asked = await people.wait_for(cast.owner.telegram_id, "for how long, and why")
    assert asked["buttons"][:4] == ["5m bad price", "5m by hand", "5m news", "15m bad price"]
    await people.tap(cast.owner.telegram_id, "15m by hand")
    owners = await people.wait_for(cast.owner.telegram_id, "closing is held")
    traders = await people.wait_for(cast.tara.telegram_id, "closing is held")
    assert "Held by Olga" in traders["text"]
    assert owners["buttons"] == ["Close now", "Release hold now"]
    assert traders["buttons"] == []
    held = await now(desk, countdown)
    assert (held.state, held.held_by) == (LiquidationState.HELD, cast.owner.id)
    assert held.hold_reason == "closing by hand"
    data = LiquidationTap(act=LiquidationAct.NOW, liquidation=countdown.id).pack()
    await people.tap_stale(cast.tara.telegram_id, data, traders["message_id"])
    await people.wait_for_answer(cast.tara.telegram_id, "Only an owner can end a hold")


async def test_an_owner_types_a_hold_and_a_second_one_is_stale(
    people: SandboxClient, cast: Cast, desk: Desk, countdown: Liquidation
) -> None:
    await people.say(cast.owner.telegram_id, "/hold Tara's paper 20 the price is wrong")
    await people.wait_for(cast.owner.telegram_id, "is held until")
    held = await now(desk, countdown)
    assert (held.state, held.hold_reason) == (LiquidationState.HELD, "the price is wrong")
    data = HoldTap(liquidation=countdown.id, minutes=5, reason=HoldReason.NEWS).pack()
    await people.tap_stale(cast.owner.telegram_id, data, 1)
    await people.wait_for_answer(cast.owner.telegram_id, "cannot be held")
    assert await now(desk, countdown) == held
    await people.wait_for(cast.owner.telegram_id, "closing is held")
    await people.tap(cast.owner.telegram_id, "Release hold now")

    async def is_over() -> bool:
        until = (await now(desk, countdown)).held_until
        return until is not None and until <= desk.clock.now()

    await eventually(is_over, True)


async def test_close_now_ends_the_countdown(
    people: SandboxClient, cast: Cast, desk: Desk, countdown: Liquidation
) -> None:
    await people.wait_for(cast.tara.telegram_id, "closing everything")
    await people.tap(cast.tara.telegram_id, "Close now")
    await people.wait_for_answer(cast.tara.telegram_id)
    assert (await now(desk, countdown)).fires_at <= desk.clock.now()


@pytest.mark.parametrize("act", LiquidationAct)
async def test_a_forged_tap_changes_nothing(
    people: SandboxClient, cast: Cast, desk: Desk, countdown: Liquidation, act: LiquidationAct
) -> None:
    data = LiquidationTap(act=act, liquidation=countdown.id).pack()
    for person in (cast.tom, cast.admin):
        await people.tap_stale(person.telegram_id, data, 1)
        await people.wait_for_answer(person.telegram_id, "Only")
    ghost = LiquidationTap(act=act, liquidation=countdown.id + 1).pack()
    await people.tap_stale(cast.owner.telegram_id, ghost, 1)
    await people.wait_for_answer(cast.owner.telegram_id, "not known here")
    assert await now(desk, countdown) == countdown

"""The countdown on the owner's and the trader's screens, and its buttons."""

from datetime import timedelta

import pytest

from bot.callbacks import LiquidationAct, LiquidationTap
from bot.sandbox import SandboxClient
from core.alerts import refresh_liquidation
from core.bell import OUTBOX
from core.desk import Desk
from core.model.risk import Liquidation, LiquidationState
from tests.bot.stage import Cast

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
    for person in (cast.owner, cast.tara):
        held = await people.wait_for(person.telegram_id, "closing is held")
        assert held["buttons"] == []
    assert (await now(desk, countdown)).state is LiquidationState.HELD
    data = LiquidationTap(act=LiquidationAct.NOW, liquidation=countdown.id).pack()
    await people.tap_stale(cast.tara.telegram_id, data, held["message_id"])
    await people.wait_for_answer(cast.tara.telegram_id, "The countdown is over")


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

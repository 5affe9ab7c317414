"""What an owner's release of the guard's lock means for the next drawdown, on real paper terminals."""

from dataclasses import replace
from decimal import Decimal

import pytest

from core.model.risk import DrawdownState, Liquidation, LiquidationState, LockKind, Place
from core.paper import hands
from core.risk.locks import release_all
from core.risk.panic import panic
from tests.core.risk.guarded import Guarded

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


async def locked(guarded: Guarded) -> Decimal:
    """Have the guard close and lock the account; the equity that is left."""
    await guarded.breach()
    await guarded.look_until(LiquidationState.LOCKED)
    await guarded.look()
    return concluded(guarded).equity


def concluded(guarded: Guarded) -> DrawdownState:
    """By the guard; the row is written when that is worth it."""
    return guarded.paper.desk.board.drawdowns[guarded.account.id]


async def release(guarded: Guarded) -> None:
    await release_all(guarded.paper.desk, guarded.paper.owner, Place(guarded.account.id))


async def closed(guarded: Guarded) -> Liquidation:
    """Look until the newest liquidation of the account has ended."""
    for _ in range(20):
        await guarded.look()
        async with guarded.paper.store.read() as tx:
            newest = await tx.liquidations.latest_of(guarded.account.id)
        if newest is not None and newest.finished_at is not None:
            return newest
    raise AssertionError("it runs still")


async def test_what_is_lost_while_the_terminal_is_blind_after_a_release_is_not_forgiven(
    guarded: Guarded,
) -> None:
    left = await locked(guarded)
    hands.plug(guarded.trader.folder, connected=False)
    await guarded.look_in_vain()
    await release(guarded)
    guarded.buy()
    guarded.lose(0.05)
    await guarded.look_in_vain(2)
    hands.plug(guarded.trader.folder, connected=True)
    await guarded.look()
    state = concluded(guarded)
    assert (state.peak, state.initial, state.day_start) == (left, left, left)
    assert state.drawdown > Decimal(490)


async def test_a_release_is_believed_at_the_next_look_though_nothing_was_worth_writing(
    guarded: Guarded,
) -> None:
    """The guard's own memory is of before; it would be written a minute later."""
    left = await locked(guarded)
    await release(guarded)
    assert (await guarded.state()).peak == left
    await guarded.look(2)
    shown = concluded(guarded)
    assert (shown.peak, shown.level, shown.percent) == (left, Decimal(0), Decimal(0))
    assert await guarded.locks() == []


async def test_a_release_in_another_life_of_the_desk_before_its_first_look(guarded: Guarded) -> None:
    """The board knows nothing yet: the row tells, which is a minute old at most."""
    await locked(guarded)
    written = (await guarded.state()).equity
    await guarded.restart()
    await release(guarded)
    guarded.buy()
    guarded.lose(0.05)
    await guarded.look(2)
    assert concluded(guarded).peak == written
    assert concluded(guarded).drawdown > Decimal(490)


async def test_a_panic_forgives_nothing_though_something_was_opened_and_closed_since(
    guarded: Guarded,
) -> None:
    """What is opened by hand on a locked account is closed by a liquidation that is no part of the panic."""
    guarded.buy()
    await guarded.look()
    guarded.lose(0.182)
    await guarded.look()
    before = concluded(guarded)
    await panic(guarded.paper.desk, guarded.paper.owner)
    first = await closed(guarded)
    guarded.buy(0.01)
    await guarded.look()
    later = await closed(guarded)
    assert (first.panic is None, later.panic is None) == (False, True)
    await release(guarded)
    await guarded.look()
    assert concluded(guarded).peak == before.peak
    assert concluded(guarded).level == before.level == Decimal("0.9")


async def test_a_breach_that_nothing_closes_is_concluded_anew(guarded: Guarded) -> None:
    """Its liquidation was ended by another way than this desk's; the drawdown is at its limit still."""
    begun, now = await guarded.breach(), guarded.paper.clock.now()
    over = replace(begun, state=LiquidationState.RELEASED, finished_at=now)
    async with guarded.paper.store.write() as tx:
        assert await tx.liquidations.advance(over, begun.state)
        await tx.locks.release(LockKind.DRAWDOWN, Place(guarded.account.id), now, None)
    await guarded.restart()
    await guarded.look(3)
    anew = await guarded.liquidation()
    assert anew is not None
    assert (anew.id == begun.id, anew.finished_at) == (False, None)
    assert await guarded.locks()

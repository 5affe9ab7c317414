"""Unlinking: when nothing is open, on its way or locked, and by its trader alone."""

from dataclasses import replace
from datetime import timedelta

import pytest

from core.accounts.pausing import pause_own, resume_own
from core.accounts.refusals import AccountRefused, Reason
from core.accounts.unlinking import before_unlinking, unlink
from core.model.approvals import ApprovalState
from core.model.errors import Conflict, NotAllowed, NotFound
from core.model.people import Role
from core.model.risk import LiquidationState, LockKind, Place
from core.mt5 import contract as mt5
from core.paper.server.requests import Request
from core.risk.locks import lock, release
from core.trading.approving import approve
from tests.core.accounts.conftest import Bureau
from tests.fakes.desk import password_of

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


async def refused(bureau: Bureau) -> AccountRefused:
    """The same by the question and by the deed."""
    account = bureau.paper.trader.account.id
    with pytest.raises(AccountRefused) as asked:
        await before_unlinking(bureau.paper.desk, bureau.trader, account)
    with pytest.raises(AccountRefused) as done:
        await unlink(bureau.paper.desk, bureau.trader, account)
    assert asked.value.reason is done.value.reason
    async with bureau.paper.store.read() as tx:
        assert await tx.accounts.password(account) == password_of(bureau.paper.trader.account)
    return done.value


async def test_it_goes_with_its_cards_its_password_and_its_own_pause(bureau: Bureau) -> None:
    account, desk = bureau.paper.trader.account, bureau.paper.desk
    card, kept = await bureau.paper.card(), await bureau.paper.card(bureau.paper.traders[1])
    await pause_own(desk, bureau.trader, account.id)
    leaving = await before_unlinking(desk, bureau.trader, account.id)
    assert leaving.cards == 1
    await unlink(desk, bureau.trader, account.id)
    async with bureau.paper.store.read() as tx:
        withdrawn, other = await tx.approvals.get(card.id), await tx.approvals.get(kept.id)
        assert await tx.locks.active(Place(account.id)) == []
    assert withdrawn is not None
    assert withdrawn.state is ApprovalState.WITHDRAWN
    assert other == kept
    assert await bureau.events("approval.") == ["approval.withdrawn"]
    with pytest.raises(NotFound):
        await unlink(desk, bureau.trader, account.id)


async def test_not_while_a_position_or_a_pending_order_is_open(bureau: Bureau) -> None:
    login, hands = bureau.paper.trader.account.login, bureau.paper.broker
    opened = hands.open_position(login, "EURUSD", mt5.ORDER_TYPE_BUY, 0.1)
    assert opened.retcode == mt5.TRADE_RETCODE_DONE
    pending = Request(
        action=mt5.TRADE_ACTION_PENDING, symbol="EURUSD", type=mt5.ORDER_TYPE_BUY_LIMIT, volume=0.1,
        price=1.0, type_filling=mt5.ORDER_FILLING_RETURN,
    )  # fmt: skip
    hands.trade(login, pending)
    error = await refused(bureau)
    assert (error.reason, error.facts) == (Reason.NOT_FLAT, {"positions": 1, "orders": 1})


async def test_not_while_an_order_is_on_its_way(bureau: Bureau) -> None:
    card = await bureau.paper.card()
    await approve(bureau.paper.desk, card.id, card.version, bureau.trader)
    error = await refused(bureau)
    assert (error.reason, error.facts) == (Reason.UNDER_WAY, {"orders": 1})


async def test_not_while_the_terminal_cannot_tell(bureau: Bureau) -> None:
    (bureau.paper.trader.folder / "terminal.json").unlink()
    assert (await refused(bureau)).reason is Reason.UNREADABLE


async def test_an_account_that_the_broker_has_closed_can_go(bureau: Bureau) -> None:
    """Its login is taken no more, so it can be read no more; the books say that nothing is open."""
    account = bureau.paper.trader.account
    bureau.paper.broker.change_password(account.login, "")
    await unlink(bureau.paper.desk, bureau.trader, account.id)
    assert account.id not in {each.id for each in await bureau.accounts()}


@pytest.mark.parametrize("kind", [LockKind.DRAWDOWN, LockKind.OWNER, LockKind.ADMIN, LockKind.PAUSE])
async def test_nobody_escapes_a_lock_by_it(bureau: Bureau, kind: LockKind) -> None:
    place, now = Place(bureau.paper.trader.account.id), bureau.paper.clock.now()
    async with bureau.paper.store.write() as tx:
        await tx.locks.set(kind, place, "enough", now, bureau.paper.owner.id)
    assert (await refused(bureau)).reason is Reason.LOCKED


async def test_not_while_it_is_being_closed(bureau: Bureau) -> None:
    now = bureau.paper.clock.now()
    async with bureau.paper.store.write() as tx:
        account, state = bureau.paper.trader.account.id, LiquidationState.COUNTING
        await tx.liquidations.start(account, state, "too much", now, now + timedelta(seconds=10))
    assert (await refused(bureau)).reason is Reason.LOCKED


async def test_nobody_elses_and_none_of_the_desk_file(bureau: Bureau) -> None:
    account, desk = bureau.paper.trader.account, bureau.paper.desk
    with pytest.raises(NotFound):
        await unlink(desk, bureau.other, account.id)
    with pytest.raises(NotAllowed):
        await unlink(desk, bureau.paper.owner, account.id)
    async with bureau.paper.store.write() as tx:
        await tx.accounts.change(replace(account, of_desk_file=True))
    assert (await refused(bureau)).reason is Reason.DESK_FILE


# -- the trader's own pause


async def test_a_traders_own_pause_keeps_entries_out_until_they_want_them(bureau: Bureau) -> None:
    account, desk = bureau.paper.trader.account.id, bureau.paper.desk
    await pause_own(desk, bureau.trader, account)
    with pytest.raises(Conflict):
        await pause_own(desk, bureau.trader, account)
    card = await bureau.paper.card()
    with pytest.raises(Exception, match="paused by Trader 1"):
        await approve(desk, card.id, card.version, bureau.trader)
    await resume_own(desk, bureau.trader, account)
    await approve(desk, card.id, card.version, bureau.trader)
    with pytest.raises(Conflict):
        await resume_own(desk, bureau.trader, account)
    assert await bureau.events("account.") == ["account.paused", "account.resumed"]


async def test_it_is_theirs_and_lifts_nobody_elses(bureau: Bureau) -> None:
    account, desk = bureau.paper.trader.account.id, bureau.paper.desk
    admin = replace(bureau.paper.owner, roles=frozenset({Role.ADMIN}))
    await pause_own(desk, bureau.trader, account)
    await lock(desk, bureau.paper.owner, Place(account), "holiday")
    with pytest.raises(NotFound):
        await resume_own(desk, bureau.other, account)
    async with bureau.paper.store.read() as tx:
        own = next(one for one in await tx.locks.active(Place(account)) if one.kind is LockKind.OWN)
    with pytest.raises(NotAllowed):
        await release(desk, admin, own.id)
    await resume_own(desk, bureau.trader, account)
    async with bureau.paper.store.read() as tx:
        assert [one.kind for one in await tx.locks.active(Place(account))] == [LockKind.OWNER]

"""Forgetting a person of a desk that trades: nothing begins meanwhile, nobody is forgotten out of a lock."""

from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from uuid import uuid4

import pytest

from core.accounts.paper import link_paper
from core.accounts.pausing import pause_own
from core.alerts import alert_desk_and_trader
from core.alerts.escalating import acknowledge
from core.alerts.keeping import look_at_alerts
from core.alerts.routing import add_route
from core.model.alerts import Family
from core.model.approvals import ApprovalState
from core.model.errors import Refused
from core.model.events import Priority
from core.model.ids import PersonId
from core.model.people import Person, Role
from core.model.risk import LockKind, Place
from core.mt5 import contract as mt5
from core.people.forgetting import NotNow, forget, in_the_way
from core.risk.locks import lock
from core.risk.panic import panic
from tests.fakes.desk import PaperDesk

sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


async def kept(_: bytes) -> None:
    """Who is forgotten has their data."""


async def refused(paper: PaperDesk, folder: Path) -> NotNow:
    """By the look and by the deed; the password is still there and no pause of ours is left."""
    person, account = paper.trader.person, paper.trader.account
    with pytest.raises(NotNow) as done:
        await forget(paper.desk, person, kept, folder)
    async with paper.store.read() as tx:
        assert await tx.people.get(person.id) is not None
        assert await tx.accounts.password(account.id)
        assert [one for one in await tx.locks.active(Place(account.id)) if one.kind is LockKind.OWN] == []
    return done.value


async def test_nothing_begins_while_a_person_is_forgotten(paper_desk: PaperDesk, tmp_path: Path) -> None:
    card = await paper_desk.card()
    said: list[str] = []

    async def hand_over(_: bytes) -> None:
        try:
            await paper_desk.tap(card)
        except Refused as error:
            said.append(str(error))

    await forget(paper_desk.desk, paper_desk.trader.person, hand_over, tmp_path)
    assert said == ["No new trades now: paper-70001 is paused by Trader 1. (until 12:10 UTC)"]
    async with paper_desk.store.read() as tx:
        assert await tx.accounts.all() == []
        assert await tx.intents.unfinished(paper_desk.trader.account.id) == []
        withdrawn = await tx.approvals.get(card.id)
    assert withdrawn is not None
    assert withdrawn.state is ApprovalState.WITHDRAWN


@sqlite
async def test_who_does_not_get_the_data_goes_on_as_before(paper_desk: PaperDesk, tmp_path: Path) -> None:
    card = await paper_desk.card()

    async def fails(_: bytes) -> None:
        raise ConnectionError

    with pytest.raises(ConnectionError):
        await forget(paper_desk.desk, paper_desk.trader.person, fails, tmp_path)
    assert (await paper_desk.tap(card)).state is ApprovalState.APPROVED


@sqlite
async def test_a_pause_of_ones_own_stays_where_forgetting_is_refused(
    paper_desk: PaperDesk, tmp_path: Path
) -> None:
    account = paper_desk.trader.account
    await pause_own(paper_desk.desk, paper_desk.trader.person, account.id)
    await lock(paper_desk.desk, paper_desk.owner, Place(account.id), "later")
    with pytest.raises(NotNow):
        await forget(paper_desk.desk, paper_desk.trader.person, kept, tmp_path)
    async with paper_desk.store.read() as tx:
        kinds = {one.kind for one in await tx.locks.active(Place(account.id))}
    assert kinds == {LockKind.OWN, LockKind.OWNER}


@sqlite
async def test_what_is_opened_meanwhile_is_never_left_alone(paper_desk: PaperDesk, tmp_path: Path) -> None:
    """The books are asked once more in the transaction that erases."""
    trader = paper_desk.trader

    async def opened(_: bytes) -> None:
        done = paper_desk.broker.open_position(trader.account.login, "EURUSD", mt5.ORDER_TYPE_BUY, 0.5)
        assert done.retcode == mt5.TRADE_RETCODE_DONE
        snapshot = await (await paper_desk.session()).snapshot()
        async with paper_desk.store.write() as tx:
            await tx.snapshots.save(trader.account.id, snapshot)

    with pytest.raises(NotNow) as error:
        await forget(paper_desk.desk, trader.person, opened, tmp_path)
    assert error.value.found.under_way == 1


@sqlite
async def test_what_is_linked_meanwhile_has_not_been_looked_at(paper_desk: PaperDesk, tmp_path: Path) -> None:
    trader = paper_desk.trader

    async def linked(_: bytes) -> None:
        await link_paper(paper_desk.desk, trader.person, "Another", Decimal(1000), tmp_path / "paper")

    with pytest.raises(NotNow) as error:
        await forget(paper_desk.desk, trader.person, linked, tmp_path)
    assert not error.value.found
    async with paper_desk.store.read() as tx:
        assert len(await tx.accounts.of_person(trader.person.id)) == 2


@sqlite
@pytest.mark.parametrize("kind", [LockKind.DRAWDOWN, LockKind.OWNER, LockKind.ADMIN, LockKind.PAUSE])
async def test_nobody_is_forgotten_to_escape_a_lock(
    paper_desk: PaperDesk, tmp_path: Path, kind: LockKind
) -> None:
    account = paper_desk.trader.account
    async with paper_desk.store.write() as tx:
        await tx.locks.set(kind, Place(account.id), "drawdown 20 % reached", paper_desk.clock.now(), None)
    found = await in_the_way(paper_desk.desk, paper_desk.trader.person)
    assert found.locked == [account]
    assert (await refused(paper_desk, tmp_path)).found.locked == [account]


@sqlite
async def test_a_held_liquidation_keeps_its_account_and_its_panic_ends(
    paper_desk: PaperDesk, tmp_path: Path
) -> None:
    account = paper_desk.trader.account
    await panic(paper_desk.desk, paper_desk.owner)
    async with paper_desk.store.read() as tx:
        part = await tx.liquidations.running_of(account.id)
    assert part is not None
    assert (await refused(paper_desk, tmp_path)).found.liquidating == [account]
    async with paper_desk.store.write() as tx:  # as an account that was forgotten before this was looked at
        await tx.accounts.retire(account.id, paper_desk.clock.now())
        assert await tx.panics.running() is None


async def test_an_alert_goes_on_without_who_was_told_of_it(paper_desk: PaperDesk, tmp_path: Path) -> None:
    desk, trader = paper_desk.desk, paper_desk.trader
    other = Person(PersonId(uuid4()), 2, "Oscar", frozenset({Role.OWNER}))
    async with paper_desk.store.write() as tx:
        await tx.people.add(other)
        now = paper_desk.clock.now()
        await alert_desk_and_trader(tx, now, trader.account, "drawdown_blind", {}, Priority.CRITICAL)
    await forget(desk, other, kept, tmp_path)
    paper_desk.pass_time(301)
    await look_at_alerts(desk, 300)
    async with paper_desk.store.read() as tx:
        [lasting] = await tx.escalations.lasting()
    assert other.id not in lasting.told
    await acknowledge(desk, lasting.id, paper_desk.owner)


async def test_a_group_goes_on_with_another_owner_who_is_told(paper_desk: PaperDesk, tmp_path: Path) -> None:
    desk = paper_desk.desk
    other = Person(PersonId(uuid4()), 2, "Oscar", frozenset({Role.OWNER}))
    async with paper_desk.store.write() as tx:
        await tx.people.add(other)
        await tx.people.arrived(other.id, 2)
    route = await add_route(desk, other, -100, 0, "Risk", frozenset({Family.DRAWDOWN}))
    async with paper_desk.store.write() as tx:
        now = paper_desk.clock.now()
        await alert_desk_and_trader(
            tx, now, paper_desk.trader.account, "drawdown_recovered", {}, Priority.NOTICE
        )
    await forget(desk, other, kept, tmp_path)
    async with paper_desk.store.read() as tx:
        assert await tx.routes.get(route.id) == replace(route, person_id=paper_desk.owner.id)
    told = await paper_desk.alerts(paper_desk.owner)
    assert [each.route for each in told if each.subject == "drawdown_recovered"] == [None, route.id]
    [handed] = [each for each in told if each.subject == "route_handed_on"]
    assert (handed.data["title"], handed.data["by"]) == ("Risk", "Olivia")
    assert str(handed.data["name"]).startswith("forgotten-")


@sqlite
async def test_a_paper_account_goes_with_its_folder_and_its_book(
    paper_desk: PaperDesk, tmp_path: Path
) -> None:
    """Only those that were made there; what an owner has set up elsewhere stays."""
    desk, person, folder = paper_desk.desk, paper_desk.trader.person, tmp_path / "paper"
    made = await link_paper(desk, person, "Mine", Decimal(1000), folder)
    assert Path(made.terminal_path).is_dir()
    await forget(desk, person, kept, folder)
    assert list(folder.iterdir()) == []
    assert paper_desk.trader.folder.is_dir()

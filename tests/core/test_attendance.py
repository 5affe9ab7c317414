"""Accounts come, change and go while the desk runs; no guard ends while something is open."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from core.accounts.changing import change_policy, rename
from core.accounts.linking import link
from core.accounts.refusals import AccountRefused, Reason
from core.accounts.unlinking import unlink
from core.attendance import Attendance, guards_of
from core.bell import guard_bell
from core.model.accounts import Account, RiskPolicy
from core.model.ids import AccountId
from core.model.risk import LiquidationState
from core.mt5.calls import Deadlines
from core.paper.hands import install_terminal
from core.paper.server.records import Account as PaperAccount
from core.ports import Store
from core.risk.guard import DrawdownGuard
from core.risk.levels import Verdict
from core.standstill import standstill
from core.supervision import Supervisor
from core.trading.account_loop import Pace
from core.trading.desk_loop import TradingLoop
from tests.core.risk.guarded import Guarded
from tests.fakes.desk import SERVER, open_paper_desk

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

OFTEN_S = 0.05


@dataclass
class House:
    """The first trader's account, attended with the real guard and the real trading loop."""

    guarded: Guarded
    attendance: Attendance
    tasks: dict[str, asyncio.Task[None]]
    told: list[Sequence[Account]] = field(default_factory=list)

    @property
    def account(self) -> Account:
        return self.guarded.account

    async def until(self, so: Callable[[], Awaitable[object]]) -> None:
        """Market time passes, and the guard looks, until it is so."""
        async with asyncio.timeout(30):
            while not await so():
                await self._pass()

    async def lose(self, share: float) -> None:
        """A large position, and a fall of the market; the guard looks before, as it does all day."""
        for _ in range(3):
            await self._pass()
        self.guarded.buy()
        await self._pass()
        self.guarded.lose(share)

    async def _pass(self) -> None:
        self.guarded.paper.pass_time(1)
        await self._look()

    async def _look(self) -> None:
        """The guard has looked at what is so now."""
        desk = self.guarded.paper.desk
        now_s = desk.clock.monotonic()
        desk.bell.ring(guard_bell(self.account.id))
        for _ in range(200):
            await asyncio.sleep(0.005)
            look = desk.board.movement.looks[f"guard {desk.board.newest(self.account).label}"]
            if look.at_s >= now_s and not look.under_way:
                return

    async def stands(self, state: LiquidationState) -> bool:
        newest = await self.guarded.liquidation()
        return newest is not None and newest.state is state

    async def set(self, **changes: Any) -> None:
        """The trader changes the policy, through the front door."""
        account = await self.now()
        after = replace(account.policy, **changes)
        desk, person = self.guarded.paper.desk, self.guarded.trader.person
        await change_policy(desk, person, account.id, account.policy, after)

    async def now(self) -> Account:
        async with self.guarded.paper.store.read() as tx:
            account = await tx.accounts.get(self.account.id)
        assert account is not None
        return account


@pytest.fixture
async def house(store: Store, tmp_path: Path) -> AsyncIterator[House]:
    policy = RiskPolicy(allow_no_stop=True)  # the large position has none
    quick = Deadlines(read_s=2, history_s=2, trade_s=2, launch_s=5.0)
    async with open_paper_desk(store, tmp_path, accounts=1, deadlines=quick, policy=policy) as paper:
        tasks: dict[str, asyncio.Task[None]] = {}
        told: list[Sequence[Account]] = []

        def start(task: Coroutine[Any, Any, None], name: str) -> asyncio.Task[None]:
            tasks[name] = asyncio.create_task(task, name=name)
            return tasks[name]

        trading = TradingLoop(paper.desk, Pace(OFTEN_S, OFTEN_S))
        watches = {"guard": DrawdownGuard(paper.desk, OFTEN_S).watch}
        attendance = Attendance(paper.desk, Supervisor(), watches, trading, start, told.append)
        await attendance.look()
        keeping = asyncio.create_task(attendance.keep())
        yield House(Guarded(paper), attendance, tasks, told)
        keeping.cancel()
        await asyncio.gather(keeping, return_exceptions=True)
        await trading.stop()
        await attendance.end()


async def _linked(house: House, tmp_path: Path) -> Account:
    """A second account of the trader's, with a terminal of its own."""
    paper = house.guarded.paper
    holder = PaperAccount(login=80_001, name="New", server=SERVER)
    paper.broker.open_account(holder, "Secret-8", 1_000)
    install_terminal(tmp_path / "new", tmp_path / "broker.book")
    account = replace(house.account, id=AccountId(uuid4()), label="New", login=80_001)
    account = replace(account, terminal_path=str((tmp_path / "new").resolve()))
    return await link(paper.desk, paper.trader.person, account, "Secret-8")


async def test_who_is_linked_is_guarded_at_once(house: House, tmp_path: Path) -> None:
    paper, made = house.guarded.paper, await _linked(house, tmp_path)

    async def is_guarded() -> bool:
        return paper.desk.board.of(made.id).guarded_at is not None

    await house.until(is_guarded)
    assert {account.label for account in house.told[-1]} == {"New", house.account.label}
    assert not house.tasks["guard New"].done()


async def test_a_changed_limit_reaches_the_guard_at_its_next_look(house: House) -> None:
    await house.lose(0.05)

    async def has_lost() -> bool:
        state = house.guarded.paper.desk.board.drawdowns.get(house.account.id)
        return state is not None and state.percent > 4

    await house.until(has_lost)
    assert await house.guarded.liquidation() is None
    await house.set(drawdown_limit_percent=Decimal(4))
    await house.until(house.guarded.liquidation)
    assert f"drawdown.{Verdict.BREACHED}" in await house.guarded.events("drawdown.")


async def test_a_change_while_a_liquidation_counts_down_disturbs_neither(house: House) -> None:
    """The guard's task is the same one all the time, and the countdown ends when it was to end."""
    guard, desk = house.tasks[f"guard {house.account.label}"], house.guarded.paper.desk
    await house.lose(0.21)
    await house.until(lambda: house.stands(LiquidationState.COUNTING))
    counting = await house.guarded.liquidation()
    with pytest.raises(AccountRefused) as error:
        await house.set(drawdown_limit_percent=Decimal(50))
    assert error.value.reason is Reason.BOUND
    await house.set(max_lots=Decimal(1), countdown_s=0)
    await rename(desk, house.guarded.trader.person, house.account.id, "Renamed")
    await house.until(lambda: house.stands(LiquidationState.LOCKED))
    assert await house.guarded.is_flat_and_locked()
    assert not guard.done()
    assert desk.board.linked[house.account.id].policy.max_lots == 1
    async with desk.store.read() as tx:
        closed = await tx.liquidations.latest_of(house.account.id)
    assert counting is not None
    assert closed is not None
    assert closed.fires_at == counting.fires_at


async def test_nobody_unlinks_what_is_open_and_its_guard_goes_on(house: House) -> None:
    house.guarded.buy()
    with pytest.raises(AccountRefused) as error:
        await unlink(house.guarded.paper.desk, house.guarded.trader.person, house.account.id)
    assert error.value.reason is Reason.NOT_FLAT
    await house.attendance.look()
    assert not house.tasks[f"guard {house.account.label}"].done()


async def test_who_is_unlinked_is_left_with_its_terminal(house: House) -> None:
    desk, guard = house.guarded.paper.desk, house.tasks[f"guard {house.account.label}"]
    await unlink(desk, house.guarded.trader.person, house.account.id)

    async def is_left() -> bool:
        return house.account.id not in desk.board.linked

    await house.until(is_left)
    assert guard.done()
    assert house.told[-1] == ()
    assert house.account.id not in desk.terminals.sessions
    assert house.account.id not in desk.board.accounts


async def test_leaving_an_account_holds_up_nobodys_arrival(
    house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its terminal hangs while another account is linked, which is guarded at once."""
    hangs, begun, desk = asyncio.Event(), asyncio.Event(), house.guarded.paper.desk
    close = desk.terminals.close

    async def slowly(account: AccountId) -> None:
        begun.set()
        await hangs.wait()
        await close(account)

    monkeypatch.setattr(type(desk.terminals), "close", lambda _, account: slowly(account))
    await unlink(desk, house.guarded.trader.person, house.account.id)
    async with asyncio.timeout(10):
        await begun.wait()
    made = await _linked(house, tmp_path)
    async with asyncio.timeout(10):
        while desk.board.of(made.id).guarded_at is None:
            house.guarded.paper.pass_time(1)
            await asyncio.sleep(OFTEN_S)
    assert house.account.id in desk.board.linked
    hangs.set()

    async def is_left() -> bool:
        return house.account.id not in desk.board.linked

    await house.until(is_left)


async def test_who_is_linked_again_while_it_is_left_is_watched_anew(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    hangs, begun, desk = asyncio.Event(), asyncio.Event(), house.guarded.paper.desk
    close, guard = desk.terminals.close, house.tasks[f"guard {house.account.label}"]

    async def slowly(account: AccountId) -> None:
        begun.set()
        await hangs.wait()
        await close(account)

    monkeypatch.setattr(type(desk.terminals), "close", lambda _, account: slowly(account))
    await unlink(desk, house.guarded.trader.person, house.account.id)
    async with asyncio.timeout(10):
        await begun.wait()
    await link(desk, house.guarded.trader.person, house.account, "pass-70001")
    hangs.set()

    async def is_watched_anew() -> bool:
        return house.tasks[f"guard {house.account.label}"] is not guard

    await house.until(is_watched_anew)
    assert guard.done()
    assert house.account.id in desk.board.linked


async def test_a_renamed_account_keeps_its_last_looks(house: House) -> None:
    """Else the watchdog would cry at a guard of that name that has never looked."""
    desk = house.guarded.paper.desk

    async def has_looked() -> bool:
        return desk.board.of(house.account.id).guarded_at is not None

    await house.until(has_looked)
    before = desk.board.movement.looks[f"guard {house.account.label}"]
    await rename(desk, house.guarded.trader.person, house.account.id, "Renamed")
    await house.attendance.look()
    renamed = await house.now()
    assert desk.board.movement.looks["guard Renamed"].at_s >= before.at_s
    now_s = desk.clock.monotonic()
    assert standstill(desk.board.movement, guards_of(renamed), now_s - 1_000, now_s, 1_000) is None

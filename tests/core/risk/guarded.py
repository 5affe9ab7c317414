"""One account under the drawdown guard, and the person who trades it by hand."""

from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from decimal import Decimal
from uuid import uuid4

from core.model.accounts import Account
from core.model.events import NoticeKind
from core.model.ids import PersonId
from core.model.people import Person, Role
from core.model.risk import DrawdownState, Liquidation, LiquidationState, Lock, Place
from core.mt5 import contract as mt5
from core.mt5.errors import TerminalError
from core.paper.hands import Hands
from core.paper.server.ledger import Ledger
from core.risk.guard import DrawdownGuard
from core.trading.account_loop import drain
from core.trading.resolution import Quarantine
from tests.fakes.desk import PaperDesk, Trader

LOTS = 5.0
ADMIN = Person(PersonId(uuid4()), 2, "Adam", frozenset({Role.ADMIN}))


@dataclass
class Guarded:
    """The first trader's account. A look is a second of market time, the guard, then the trading loop."""

    paper: PaperDesk
    guard: DrawdownGuard = field(init=False)

    def __post_init__(self) -> None:
        self.guard = DrawdownGuard(self.paper.desk)

    @property
    def trader(self) -> Trader:
        return self.paper.trader

    @property
    def account(self) -> Account:
        return self.trader.account

    @property
    def hands(self) -> Hands:
        return self.paper.broker

    @property
    def ledger(self) -> Ledger:
        """The account at the broker."""
        return self.hands.broker.view(self.account.login).ledger

    async def look(self, times: int = 1) -> None:
        for _ in range(times):
            self.paper.pass_time(1)
            await self.guard.once(self.account)
            await self.work()

    async def look_whatever(self) -> None:
        """A look that may fail."""
        self.paper.pass_time(1)
        with suppress(TerminalError):
            await self.guard.once(self.account)
        await self.work()

    async def look_in_vain(self, times: int = 1) -> None:
        """Looks that must fail."""
        for _ in range(times):
            self.paper.pass_time(1)
            try:
                await self.guard.once(self.account)
            except TerminalError:
                continue
            raise AssertionError("the guard has read what it cannot have read")

    async def look_until(self, state: LiquidationState, at_most: int = 120) -> Liquidation:
        """Look until the newest liquidation stands so."""
        for _ in range(at_most):
            newest = await self.liquidation()
            if newest is not None and newest.state is state:
                return newest
            await self.look()
        raise AssertionError(f"not {state} after {at_most} looks: {await self.liquidation()}")

    async def work(self) -> None:
        """The account's trading loop, once."""
        await drain(self.paper.desk, self.account, Quarantine())

    async def restart(self) -> None:
        """Another life of the desk, with a guard that remembers nothing."""
        self.guard = DrawdownGuard(await self.paper.restart())

    # -- what hands and market do

    def buy(self, lots: float = LOTS, symbol: str = "EURUSD") -> int:
        """The position's ticket."""
        outcome = self.hands.open_position(self.account.login, symbol, mt5.ORDER_TYPE_BUY, lots)
        assert outcome.retcode == mt5.TRADE_RETCODE_DONE, outcome
        return outcome.order

    def pay(self, amount: float) -> None:
        self.hands.deposit(self.account.login, amount)

    def lose(self, share: float) -> None:
        """Let the market fall until so much of 10,000 is lost with the large position, or a little more."""
        quote = self.paper.quote()
        self.paper.move("EURUSD", -share * 10_000 / (LOTS * 100_000 * quote.bid) * 100 * 1.01)

    async def breach(self) -> Liquidation:
        """A large position, a look at it, a fall through the limit, and the look that sees it."""
        self.buy()
        await self.look()
        self.lose(0.21)
        await self.look()
        liquidation = await self.liquidation()
        assert liquidation is not None
        return liquidation

    # -- what there is

    async def state(self) -> DrawdownState:
        async with self.paper.store.read() as tx:
            state = await tx.drawdowns.get(self.account.id)
        assert state is not None
        return state

    async def liquidation(self) -> Liquidation | None:
        """The newest, running or over."""
        async with self.paper.store.read() as tx:
            begun = await tx.events.recent(1, "liquidation.started")
            return await tx.liquidations.get(int(begun[0].subject)) if begun else None

    async def locks(self) -> Sequence[Lock]:
        async with self.paper.store.read() as tx:
            return await tx.locks.active(Place(self.account.id))

    async def events(self, prefix: str) -> list[str]:
        """Names, oldest first."""
        async with self.paper.store.read() as tx:
            return [event.name for event in reversed(await tx.events.recent(1_000, prefix))]

    async def told(self, person: Person | None = None) -> Counter[str]:
        """How often a person got which alert."""
        return Counter(alert.subject for alert in await self.paper.alerts(person))

    async def shown(self, liquidation: Liquidation) -> set[PersonId]:
        """Who has a message of the liquidation waiting."""
        async with self.paper.store.read() as tx:
            due = await tx.outbox.due(self.paper.clock.now(), 1_000)
        notices = [item.notice for item in due if item.notice.kind is NoticeKind.LIQUIDATION]
        return {notice.person_id for notice in notices if notice.subject == str(liquidation.id)}

    async def is_flat_and_locked(self) -> bool:
        newest = await self.liquidation()
        over = newest is not None and newest.state is LiquidationState.LOCKED
        return over and bool(await self.locks()) and not self.ledger.positions and not self.ledger.orders

    def grant_credit(self, amount: float) -> None:
        with self.hands.broker.change(self.account.login) as dealer:
            dealer.ledger.change_account(credit=amount)

    @property
    def balance(self) -> Decimal:
        return Decimal(str(self.ledger.account.balance))

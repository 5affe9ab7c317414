"""One account under the market guard. A look is seconds of market time, reconciliation, guard, trading."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from core.market.guard import MarketGuard
from core.market.news import Calendar
from core.model.accounts import Account
from core.model.events import Event, Notice
from core.model.policies import MarketPolicy
from core.model.risk import Mark
from core.model.thresholds import Rules
from core.mt5 import contract as mt5
from core.paper.hands import Hands
from core.paper.server.faults import ANY, Fault, Kind
from core.paper.server.ledger import Ledger
from core.reconciliation.sync import Reconciler
from core.trading.account_loop import drain
from core.trading.resolution import Quarantine
from tests.fakes.desk import PaperDesk


@dataclass
class Marked:
    """The first trader's account."""

    paper: PaperDesk
    calendar: Calendar = field(default_factory=Calendar)

    def __post_init__(self) -> None:
        self.account: Account = self.paper.trader.account
        self._begin()

    def _begin(self) -> None:
        self.guard = MarketGuard(self.paper.desk, self.calendar)
        self.reconciler = Reconciler(self.paper.desk, self.account, Rules())

    def choose(self, policy: MarketPolicy) -> None:
        self.account = replace(self.account, policy=replace(self.account.policy, market=policy))
        self._begin()

    async def restart(self) -> None:
        """Another life of the desk, with a guard that remembers nothing."""
        await self.paper.restart()
        self._begin()

    @property
    def hands(self) -> Hands:
        return self.paper.broker

    @property
    def ledger(self) -> Ledger:
        """The account at the broker."""
        return self.hands.broker.view(self.account.login).ledger

    async def look(self, times: int = 1, seconds: float = 2) -> None:
        for _ in range(times):
            self.paper.pass_time(seconds)
            await self.reconciler.sync()
            await self.guard.once(self.account)
            await drain(self.paper.desk, self.account, Quarantine())

    # -- what hands and market do

    def buy(self, symbol: str = "EURUSD", lots: float = 0.1, sl: float = 0.0) -> int:
        return self._open(symbol, mt5.ORDER_TYPE_BUY, lots, sl)

    def sell(self, symbol: str = "EURUSD", lots: float = 0.1, sl: float = 0.0) -> int:
        return self._open(symbol, mt5.ORDER_TYPE_SELL, lots, sl)

    def _open(self, symbol: str, kind: int, lots: float, sl: float) -> int:
        outcome = self.hands.open_position(self.account.login, symbol, kind, lots, sl=sl)
        assert outcome.retcode == mt5.TRADE_RETCODE_DONE, outcome
        return outcome.order

    def jump(self, percent: float, symbol: str = "EURUSD") -> None:
        """Within the next two seconds, at once."""
        self.hands.shock(symbol, percent, in_s=1)

    def stop_quotes(self, symbol: str = "EURUSD") -> None:
        self.hands.misfortune(Fault(Kind.QUOTES_OFF, call=ANY, symbol=symbol))

    def keep_market_hours(self) -> None:
        self.hands.broker.replan(lambda plan, _: replace(plan, always_open=False))

    def stop_of(self, ticket: int) -> Decimal:
        return Decimal(str(self.ledger.positions[ticket].sl))

    # -- what there is

    async def marks(self) -> Sequence[Mark]:
        async with self.paper.store.read() as tx:
            return await tx.marks.lasting(self.account.id)

    async def mark(self) -> Mark:
        [mark] = await self.marks()
        return mark

    async def events(self, name: str = "market.") -> list[Event]:
        async with self.paper.store.read() as tx:
            return list(reversed(await tx.events.recent(1_000, name)))

    async def told(self) -> Counter[str]:
        return Counter(alert.subject for alert in await self._alerts())

    async def alert(self, name: str) -> Notice:
        """The newest of the name."""
        return [alert for alert in await self._alerts() if alert.subject == name][-1]

    async def _alerts(self) -> list[Notice]:
        alerts = await self.paper.alerts()
        return [alert for alert in alerts if alert.subject.startswith("market_")]

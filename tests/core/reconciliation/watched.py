"""One account under reconciliation: trades made by the desk, hands that meddle, and what is found."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from core.model.divergences import Divergence, LogFilter, LogRow
from core.model.events import Event, NoticeKind
from core.model.people import Person
from core.model.trades import Trade, TradeState
from core.paper.hands import Hands
from core.paper.server.records import Position
from core.reconciliation.recording import Recorded
from core.reconciliation.sync import Reconciler
from core.trading.account_loop import drain
from core.trading.resolution import Quarantine
from tests.fakes.desk import PaperDesk, Trader

CYCLE_S = 10.0


@dataclass(frozen=True)
class Watched:
    """The first trader's account; a cycle is ten seconds of market time and one reconciliation."""

    paper: PaperDesk
    reconcilers: list[Reconciler] = field(default_factory=list)

    @property
    def trader(self) -> Trader:
        return self.paper.trader

    @property
    def login(self) -> int:
        return self.trader.account.login

    @property
    def hands(self) -> Hands:
        return self.paper.broker

    @property
    def positions(self) -> list[Position]:
        """What the broker holds."""
        return list(self.hands.broker.view(self.login).ledger.positions.values())

    async def opened(self, **signal: object) -> Trade:
        """A trade that a tap has made."""
        card = await self.paper.card(**signal)  # type: ignore[arg-type]
        await self.paper.tap(card)
        await self.work()
        intent = await self.paper.intent(card)
        async with self.paper.store.read() as tx:
            trade = await tx.trades.of_intent(intent.id)
        assert trade is not None, intent
        return trade

    async def work(self) -> None:
        """The account's trading loop, once."""
        await drain(self.paper.desk, self.trader.account, Quarantine())

    async def cycle(self, times: int = 1) -> Recorded:
        for _ in range(times):
            self.paper.pass_time(CYCLE_S)
            recorded = await self._reconciler.sync()
        return recorded

    @property
    def _reconciler(self) -> Reconciler:
        """One for each life of the desk."""
        if not self.reconcilers or self.reconcilers[-1].desk is not self.paper.desk:
            self.reconcilers.append(Reconciler(self.paper.desk, self.trader.account))
        return self.reconcilers[-1]

    async def log(self) -> Sequence[LogRow]:
        """Oldest first."""
        async with self.paper.store.read() as tx:
            return list(reversed(await tx.reconciliation.page(LogFilter(self.trader.account.id), 100)))

    async def lasting(self) -> list[Divergence]:
        return [row.divergence for row in await self.log() if row.ended_at is None]

    async def trade(self, trade: Trade) -> Trade:
        """As it stands now."""
        async with self.paper.store.read() as tx:
            found = await tx.trades.get(trade.id)
        assert found is not None
        return found

    async def open_trades(self) -> list[Trade]:
        return [trade for trade in await self.paper.trades() if trade.state is TradeState.OPEN]

    async def told(self, person: Person | None = None) -> list[tuple[str, str]]:
        """What a person got: the name of an alert and its reason, a divergence and its kind."""
        alerts = await self.paper.alerts(person)
        plain = [(a.subject, str(a.data.get("kind") or a.data.get("reason") or "")) for a in alerts]
        rows = {row.id: row.divergence.kind for row in await self.log()}
        messages = await self.paper.messages(NoticeKind.DIVERGENCE, person)
        return plain + [("divergence", str(rows[int(message.subject)])) for message in messages]

    async def events(self) -> Sequence[Event]:
        async with self.paper.store.read() as tx:
            return await tx.events.recent(1_000)

    async def rows(self) -> Counter[str]:
        """How much has been written: log rows with their ends, events, alerts, snapshots, misses counted."""
        log = await self.log()
        async with self.paper.store.read() as tx:
            latest = await tx.snapshots.latest(self.trader.account.id)
            outbox = await tx.outbox.due(self.paper.clock.now(), 1_000)
        return Counter(
            log=len(log),
            ended=sum(row.ended_at is not None for row in log),
            events=len(await self.events()),
            outbox=len(outbox),
            snapshots=0 if latest is None else int(latest.account.read_at.timestamp() * 1_000),
            misses=sum(trade.missing_reads for trade in await self.paper.trades()),
        )

    def stop_of(self, trade: Trade, pips: int) -> float:
        """The trade's stop, moved away by pips."""
        assert trade.stop_loss is not None
        return float(trade.stop_loss - trade.side.sign * pips * Decimal("0.0001"))

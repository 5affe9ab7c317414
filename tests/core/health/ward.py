"""A desk whose terminals are probed by hand: real workers, a paper broker, one clock."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from core.health.findings import Limits
from core.health.monitor import Monitor
from core.health.report import Report
from core.model.events import Event, Json, Priority
from core.model.people import Person
from core.trading.account_loop import drain
from core.trading.resolution import Quarantine
from tests.fakes.desk import PaperDesk

EVERY_S = 15.0


@dataclass
class Ward:
    """The first trader's account under a monitor; a round is fifteen seconds of market time and one probe."""

    paper: PaperDesk
    limits: Limits = field(default_factory=Limits)
    monitor: Monitor = field(init=False)

    def __post_init__(self) -> None:
        self.monitor = Monitor(self.paper.desk, self.limits, EVERY_S)

    async def rounds(self, times: int = 1) -> Report:
        """The last one's report."""
        for _ in range(times):
            self.paper.pass_time(EVERY_S)
            report = await self.monitor.check(self.paper.trader.account)
        return report

    async def restart(self) -> None:
        """Another life of the desk over the same database."""
        await self.paper.restart()
        self.monitor = Monitor(self.paper.desk, self.limits, EVERY_S)

    async def open_position(self) -> None:
        """By a tap; known to the desk."""
        await self.paper.tap(await self.paper.card())
        await drain(self.paper.desk, self.paper.trader.account, Quarantine())

    async def told(self, person: Person | None = None) -> list[tuple[str, Priority, Json]]:
        """Alerts about health, oldest first: name, priority, facts."""
        alerts = await self.paper.alerts(person or self.paper.owner)
        ours = [one for one in alerts if one.subject.startswith(("health", "terminal"))]
        return [(one.subject, one.priority, one.data) for one in ours]

    async def names(self, person: Person | None = None) -> list[str]:
        return sorted(name for name, _, _ in await self.told(person))

    async def events(self) -> Sequence[Event]:
        """The log's own, newest first."""
        async with self.paper.store.read() as tx:
            return await tx.events.recent(100, "health.")

"""What handlers and the relay are given: one frozen value, made by the composition root."""

from dataclasses import dataclass, field
from datetime import UTC, datetime

from bot.talk.looks import Linking
from core.desk import Desk
from core.health.monitor import Monitor
from core.model.ids import PersonId
from core.ports import ChartRenderer
from core.reconciliation.scheduler import Scheduler


@dataclass(frozen=True, slots=True)
class App:
    """The desk, its charts, monitor and scheduler, and the words that differ from desk to desk.

    `support` is a line that tells a person whom to ask, shown with refusals and errors; it may be empty.
    `join_requests`: strangers get a button that asks to join. `linking`: how people link accounts.
    `started_at` is when this desk began.

    `asked_to_hold` are people who are choosing how long to hold which liquidation: their message shows the
    choice while it counts down. After a restart they tap again.
    """

    desk: Desk
    charts: ChartRenderer
    health: Monitor
    scheduler: Scheduler
    desk_name: str = "Tapdesk"
    support: str = ""
    join_requests: bool = False
    started_at: datetime = field(default_factory=lambda: datetime.now(UTC))
    linking: Linking = field(default_factory=Linking)
    asked_to_hold: set[tuple[PersonId, int]] = field(default_factory=set)

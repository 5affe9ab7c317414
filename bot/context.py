"""What handlers and the relay are given: one frozen value, made by the composition root."""

from dataclasses import dataclass, field
from datetime import UTC, datetime

from bot.talk.choices import HoldChoices
from bot.talk.looks import Linking
from core.desk import Desk
from core.health.monitor import Monitor
from core.ports import ChartRenderer
from core.reconciliation.scheduler import Scheduler


@dataclass(frozen=True, slots=True)
class App:
    """The desk, its charts, monitor and scheduler, and the words that differ from desk to desk.

    `support` is a line that tells a person whom to ask, shown with refusals and errors; it may be empty.
    `join_requests`: strangers get a button that asks to join. `linking`: how people link accounts.
    `started_at` is when this desk began.
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
    holding: HoldChoices = field(default_factory=HoldChoices)

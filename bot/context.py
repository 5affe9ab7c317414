"""What handlers and the relay are given: one frozen value, made by the composition root."""

from dataclasses import dataclass

from core.desk import Desk
from core.health.monitor import Monitor
from core.ports import ChartRenderer
from core.reconciliation.scheduler import Scheduler


@dataclass(frozen=True, slots=True)
class App:
    """The desk, its charts, monitor and scheduler, and the words that differ from desk to desk.

    `support` is a line that tells a person whom to ask, shown with refusals and errors; it may be empty.
    """

    desk: Desk
    charts: ChartRenderer
    health: Monitor
    scheduler: Scheduler
    desk_name: str = "Tapdesk"
    support: str = ""

"""The newest look at an account, for whoever shows it."""

from dataclasses import dataclass, field
from enum import StrEnum

from core.health.findings import Findings
from core.health.stake import Stake
from core.model.accounts import Account
from core.model.incidents import Incident
from core.mt5.probe import Probe


class Light(StrEnum):
    """`GREEN`: all well; `YELLOW`: reached, with a trouble or one just gone; `RED`: cannot be reached."""

    GREEN = "green"
    YELLOW = "yellow"
    RED = "red"


@dataclass(frozen=True, slots=True)
class Report:
    """A probe of an account, what is wrong by it, the incidents that last, and what is at stake."""

    account: Account
    probe: Probe
    findings: Findings
    incidents: tuple[Incident, ...] = ()
    stake: Stake = field(default_factory=Stake)

    @property
    def reachable(self) -> bool:
        return self.findings.reachable

    @property
    def light(self) -> Light:
        if not self.reachable:
            return Light.RED
        return Light.YELLOW if self.findings.found or self.incidents else Light.GREEN

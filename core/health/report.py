"""The newest look at an account, for whoever shows it."""

from dataclasses import dataclass, field
from enum import StrEnum

from core.health.findings import Findings
from core.health.stake import Stake
from core.model.accounts import Account
from core.model.incidents import OUTAGE, Incident
from core.mt5.probe import Probe


class Light(StrEnum):
    """`GREEN`: all well; `YELLOW`: reached, with a trouble; `RED`: cannot be reached."""

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
    def doubtful(self) -> bool:
        """Whether something was found that is not told yet."""
        return not self.findings.found.keys() <= {incident.trouble for incident in self.incidents}

    @property
    def reachable(self) -> bool:
        return self.findings.reachable

    @property
    def light(self) -> Light:
        if not self.reachable:
            return Light.RED
        troubled = self.findings.found or any(each.trouble not in OUTAGE for each in self.incidents)
        return Light.YELLOW if troubled else Light.GREEN

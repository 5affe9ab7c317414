"""What several probes in a row say: one that is unlike the others tells nobody."""

from collections.abc import Collection, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import datetime

from core.health.findings import Findings
from core.model.incidents import Incident, Trouble

CONFIRMED = 2
MOST_RETURNS = 4


@dataclass(frozen=True, slots=True)
class Run:
    """How often in a row a trouble was `found`, its cause `afflicted` the account, or the cause was `clear`.

    `since` is the first probe of the present affliction or calm.
    """

    since: datetime
    found: int = 0
    afflicted: int = 0
    clear: int = 0

    def after(self, at: datetime, *, found: bool, afflicted: bool) -> "Run":
        turned = afflicted is not bool(self.afflicted)
        return Run(
            since=at if turned else self.since,
            found=self.found + 1 if found else 0,
            afflicted=self.afflicted + 1 if afflicted else 0,
            clear=0 if afflicted else self.clear + 1,
        )


@dataclass(frozen=True, slots=True)
class Change:
    """Troubles that are incidents from now on and such that are over, each with the first probe of it."""

    begun: Mapping[Trouble, datetime] = field(default_factory=dict)
    ended: Mapping[Trouble, datetime] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.begun or self.ended)


@dataclass(frozen=True, slots=True)
class Streaks:
    """The runs of one account's troubles."""

    runs: Mapping[Trouble, Run] = field(default_factory=dict)

    def after(self, at: datetime, findings: Findings) -> "Streaks":
        """With one more probe. Of a trouble that it could not judge it says nothing."""
        found = findings.found.keys()
        runs = {
            trouble: self.runs.get(trouble, Run(at)).after(
                at, found=trouble in found, afflicted=not trouble.cause.isdisjoint(found)
            )
            for trouble in findings.judged
        }
        return Streaks({**self.runs, **runs})

    def change(self, incidents: Collection[Incident]) -> Change:
        """What is confirmed and differs from the `incidents`: those that last and those of the last hour.

        A trouble begins when two probes in a row found it, or two found its cause and it is the first that
        is told of it. What keeps coming back is believed gone after a longer calm each time.
        """
        lasting = {incident.trouble for incident in incidents if incident.ended_at is None}
        past = [incident.trouble for incident in incidents if incident.ended_at is not None]
        runs = self.runs.items()
        return Change(
            {t: run.since for t, run in runs if t not in lasting and _begins(t, run, lasting)},
            {t: run.since for t, run in runs if t in lasting and run.clear >= calm(t, past)},
        )


def _begins(trouble: Trouble, run: Run, lasting: AbstractSet[Trouble]) -> bool:
    first_of_cause = bool(run.found) and run.afflicted >= CONFIRMED and trouble.cause.isdisjoint(lasting)
    return run.found >= CONFIRMED or first_of_cause


def calm(trouble: Trouble, past: Collection[Trouble]) -> int:
    """How many clear probes in a row end it: doubled for each time that its cause has ended lately."""
    returns = sum(1 for each in past if each in trouble.cause)
    return CONFIRMED << min(returns, MOST_RETURNS)

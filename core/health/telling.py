"""Incidents and recoveries: written down, and told once to the owners and the trader of the account."""

from collections.abc import Sequence
from datetime import datetime

from core.alerts import alert_desk_and_trader, alert_owners
from core.health.confirmation import Change
from core.health.findings import HINTS
from core.health.report import Report
from core.health.spoken import spoken
from core.model.accounts import Account
from core.model.events import Event, Json, Priority
from core.model.incidents import Incident, Trouble
from core.ports import Tx

BUILD = "health.build"


async def tell(tx: Tx, account: Account, report: Report, change: Change) -> list[Trouble]:
    """Begin and end incidents: one message for all that begin, one for all that are over. Who began."""
    begun = [trouble for trouble in change.begun if await _begin(tx, account, report, change, trouble)]
    if begun:
        since = min(change.begun[trouble] for trouble in begun)
        priority = Priority.CRITICAL if report.stake else Priority.NOTICE
        facts = _facts_of_begun(report, begun, since)
        await alert_desk_and_trader(tx, report.probe.at, account, "health_incident", facts, priority)
    ended = [each for t, at in change.ended.items() if (each := await tx.incidents.end(account.id, t, at))]
    if ended:
        await tx.events.append(*(_recovered(account, incident, report.probe.at) for incident in ended))
        facts = {"troubles": [_over(incident) for incident in ended]}
        await alert_desk_and_trader(tx, report.probe.at, account, "health_recovered", facts, Priority.NOTICE)
    return begun


async def _begin(tx: Tx, account: Account, report: Report, change: Change, trouble: Trouble) -> bool:
    """Write the incident down; False when it was before."""
    sentence = report.findings.found[trouble]
    if not await tx.incidents.begin(account.id, trouble, sentence, change.begun[trouble]):
        return False
    facts: Json = {"trouble": trouble, "sentence": sentence, "open": str(report.stake)}
    facts["detail"] = report.probe.detail
    await tx.events.append(Event("health.incident", report.probe.at, account.label, facts, account.id))
    return True


def _facts_of_begun(report: Report, begun: Sequence[Trouble], since: datetime) -> Json:
    return {
        "troubles": [report.findings.found[trouble] for trouble in begun],
        "hints": [HINTS[trouble] for trouble in begun],
        "since": f"{since:%H:%M:%S} UTC",
        "open": str(report.stake),
    }


def _recovered(account: Account, incident: Incident, at: datetime) -> Event:
    facts: Json = {"trouble": incident.trouble, "lasted": _lasted(incident)}
    return Event("health.recovered", at, account.label, facts, account.id)


def _over(incident: Incident) -> str:
    return f"{incident.sentence} It lasted {_lasted(incident)}."


def _lasted(incident: Incident) -> str:
    return spoken((incident.ended_at or incident.began_at) - incident.began_at)


async def tell_build(tx: Tx, account: Account, build: int, at: datetime) -> None:
    """Note the build of the terminal; when another was noted before, tell the owners."""
    last = await tx.events.last(BUILD, account.label)
    before = last.data["build"] if last else None
    if before == build:
        return
    await tx.events.append(Event(BUILD, at, account.label, {"build": build}, account.id))
    if before is not None:
        facts: Json = {"account": account.label, "before": before, "build": build}
        await alert_owners(tx, at, "terminal_updated", facts, Priority.NOTICE)

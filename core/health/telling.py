"""Incidents and recoveries: written down, and told once to the owners and the trader of the account."""

from collections.abc import Sequence

from core.alerts import alert_desk_and_trader, alert_owners
from core.health.confirmation import Change
from core.health.findings import MEANWHILE, hint, may_renew
from core.health.report import Report
from core.health.spoken import spoken
from core.model.events import Event, Json, Priority
from core.model.incidents import Incident, Trouble
from core.ports import Tx

BUILD = "health.build"


async def tell(tx: Tx, report: Report, change: Change) -> list[Trouble]:
    """Begin and end incidents: one message for all that begin, one for all that are over. Who began."""
    begun = [trouble for trouble in change.begun if await _begin(tx, report, change, trouble)]
    if begun:
        await _tell_begun(tx, report, begun, change)
    account = report.account.id
    ended = [one for t, end in change.ended.items() if (one := await tx.incidents.end(account, t, end))]
    if ended:
        await _tell_ended(tx, report, ended)
    return begun


async def tell_build(tx: Tx, report: Report) -> None:
    """Note the build of the terminal; when another was noted before, tell the owners."""
    account, build, at = report.account, report.probe.build, report.probe.at
    last = await tx.events.last(BUILD, account.label)
    before = last.data["build"] if last else None
    if build is None or before == build:
        return
    await tx.events.append(Event(BUILD, at, account.label, {"build": build}, account.id))
    if before is not None:
        facts: Json = {"account": account.label, "before": before, "build": build}
        await alert_owners(tx, at, "terminal_updated", facts, Priority.NOTICE)


async def _begin(tx: Tx, report: Report, change: Change, trouble: Trouble) -> bool:
    """Write the incident down; False when it was before."""
    account, sentence = report.account, report.findings.found[trouble]
    if not await tx.incidents.begin(account.id, trouble, sentence, change.begun[trouble]):
        return False
    facts: Json = {"trouble": trouble, "sentence": sentence, "open": str(report.stake)}
    facts["detail"] = report.probe.detail
    await tx.events.append(Event("health.incident", report.probe.at, account.label, facts, account.id))
    return True


async def _tell_begun(tx: Tx, report: Report, begun: Sequence[Trouble], change: Change) -> None:
    """Urgent when something is open that nobody can look after just now."""
    since = min(change.begun[trouble] for trouble in begun)
    facts: Json = {
        "troubles": [report.findings.found[trouble] for trouble in begun],
        "hints": [hint(trouble, report.account) for trouble in begun],
        "meanwhile": list(dict.fromkeys(MEANWHILE[trouble] for trouble in begun if trouble in MEANWHILE)),
        "since": since.isoformat(timespec="seconds"),
        "open": str(report.stake),
    }
    if Trouble.REJECTED in begun and may_renew(report.account):
        facts["renews"] = str(report.account.person_id)
    priority = Priority.CRITICAL if report.stake else Priority.NOTICE
    await alert_desk_and_trader(tx, report.probe.at, report.account, "health_incident", facts, priority)


async def _tell_ended(tx: Tx, report: Report, ended: Sequence[Incident]) -> None:
    """Never before its incident, which is at least as urgent and older."""
    account, at = report.account, report.probe.at
    for incident in ended:
        facts: Json = {"trouble": incident.trouble, "lasted": _lasted(incident)}
        await tx.events.append(Event("health.recovered", at, account.label, facts, account.id))
    told: Json = {"troubles": [f"{incident.sentence} It lasted {_lasted(incident)}." for incident in ended]}
    await alert_desk_and_trader(tx, at, account, "health_recovered", told, Priority.NOTICE)


def _lasted(incident: Incident) -> str:
    return spoken((incident.ended_at or incident.began_at) - incident.began_at)

"""/health: each terminal in two lines and its troubles, those in trouble first; below, the desk itself."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.callbacks import HealthTap
from bot.views.card import NAME_LIMIT
from bot.views.markup import Rendered, bold, button, clock_time, count, lines, paragraphs, plain
from bot.views.pages import Page, page_at
from core import __version__
from core.board import Pulse
from core.health.report import Light, Report
from core.health.spoken import spoken
from core.model.accounts import Account
from core.model.incidents import Incident
from core.mt5.breaker import State
from core.mt5.probe import Probe

TROUBLES_SHOWN = 2
SENTENCE_LIMIT = 90
LATE = timedelta(minutes=1)
LIGHTS = {Light.RED: "🔴", Light.YELLOW: "🟡", Light.GREEN: "🟢", None: "⚪"}
_ORDER = list(LIGHTS)


@dataclass(frozen=True, slots=True)
class Patient:
    """An account with its newest report, None before the first, and the kind of account it is."""

    account: Account
    report: Report | None
    kind: str

    @property
    def light(self) -> Light | None:
        return self.report.light if self.report else None


@dataclass(frozen=True, slots=True)
class DeskHealth:
    """The desk's own: its pulse (None before the first beat) and the oldest notice that waits."""

    pulse: Pulse | None
    outbox_oldest: datetime | None


def shown_at(patients: Sequence[Patient], page: int) -> Page[Patient]:
    """The patients that a page shows."""
    return page_at(sorted(patients, key=lambda each: (_ORDER.index(each.light), each.account.label)), page)


def health(patients: Sequence[Patient], page: int, desk: DeskHealth | None, now: datetime) -> Rendered:
    """`desk` is None for readers who see their own accounts only."""
    if not patients:
        return Rendered("No account is set up for you yet.")
    shown = shown_at(patients, page)
    text = paragraphs(
        _summary(patients),
        *(_patient(patient, now) for patient in shown.items),
        _desk(desk, now) if desk else None,
        f"Seen at {clock_time(now)}",
    )
    again = button("Check again", HealthTap(page=shown.number))
    return Rendered(text, shown.buttons(again, lambda number: HealthTap(page=number)))


def _summary(patients: Sequence[Patient]) -> str:
    lights = [patient.light for patient in patients]
    counted = (f"{LIGHTS[light]} {lights.count(light)}" for light in LIGHTS if light in lights)
    return f"{bold('Health')} · {count(len(patients), 'account')}: {' '.join(counted)}"


def _patient(patient: Patient, now: datetime) -> str:
    title = f"{LIGHTS[patient.light]} {bold(patient.account.label, NAME_LIMIT)} · {plain(patient.kind, 8)}"
    if patient.report is None:
        return lines(title, "not probed yet")
    troubles = _troubles(patient.report, now)
    more = len(troubles) - TROUBLES_SHOWN
    return lines(
        f"{title}{_lateness(patient.report, now)}",
        _vitals(patient.report.probe),
        *troubles[:TROUBLES_SHOWN],
        f"… and {count(more, 'more trouble')}" if more > 0 else None,
    )


def _lateness(report: Report, now: datetime) -> str:
    """A probe that hangs leaves the one before on show."""
    age = now - report.probe.at
    return f" · seen {spoken(age)} ago" if age > LATE else ""


def _vitals(probe: Probe) -> str:
    """What there is to read of link, permissions, prices, speed, build and breaker."""
    parts = (
        _link(probe),
        "may trade" if probe.trading_allowed else "may not trade",
        f"price {spoken(probe.feed_age)} old" if probe.feed_age is not None else "no price yet",
        f"{probe.round_trip_s * 1000:.0f} ms" if probe.round_trip_s is not None else None,
        f"build {probe.build}" if probe.build else None,
        f"breaker {probe.breaker}" if probe.breaker is not State.CLOSED else None,
    )
    return " · ".join(part for part in parts if part)


def _link(probe: Probe) -> str:
    if probe.build is None:
        return "no answer"
    if not probe.connected:
        return "no link"
    return "connected" if probe.authenticated else "another account"


def _troubles(report: Report, now: datetime) -> list[str]:
    """Incidents with their age, then what was found just now and is not confirmed yet."""
    told = {incident.trouble for incident in report.incidents}
    fresh = [text for trouble, text in report.findings.found.items() if trouble not in told]
    lasting = [_incident(each, report, now) for each in report.incidents]
    return [*lasting, *(f"❔ {_sentence(text)}" for text in fresh)]


def _incident(incident: Incident, report: Report, now: datetime) -> str:
    """One that this probe did not show any more is over if the next ones say so too."""
    gone = incident.trouble in report.findings.judged - report.findings.found.keys()
    mark = "⌛ Seems over:" if gone else "⚠️"
    return f"{mark} {_sentence(incident.sentence)} · for {spoken(now - incident.began_at)}"


def _sentence(text: str) -> str:
    return plain(text.rstrip("."), SENTENCE_LIMIT)


def _desk(desk: DeskHealth, now: datetime) -> str:
    waits = f"oldest message waits {spoken(now - desk.outbox_oldest)}" if desk.outbox_oldest else "all told"
    pulse = desk.pulse
    own = (
        f"loop late by {pulse.loop_lag_p99_ms:.0f} ms · {pulse.memory_bytes / 2**20:.0f} MB"
        if pulse
        else "no heartbeat yet"
    )
    return lines(bold("The desk"), f"{waits} · {own} · version {plain(__version__)}")

"""/health: each terminal in two lines and its troubles, those in trouble first; below, the desk itself."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.buttons.reports import HealthTap
from bot.views.cards.card import NAME_LIMIT
from bot.views.markup import Rendered, button
from bot.views.pages import Page, page_at
from bot.words import Words
from bot.words.html import Html, bold, lines, paragraphs, plain
from core import __version__
from core.board import Pulse
from core.health.report import Light, Report
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


def health(
    patients: Sequence[Patient], page: int, desk: DeskHealth | None, now: datetime, words: Words
) -> Rendered:
    """`desk` is None for readers who see their own accounts only."""
    if not patients:
        return Rendered(words("no-account"))
    shown = shown_at(patients, page)
    text = paragraphs(
        _summary(patients, words),
        *(_patient(patient, now, words) for patient in shown.items),
        _desk(desk, now, words) if desk else None,
        words("seen-at", at=words.day_time(now)),
    )
    again = button(words.label("health-again"), HealthTap(page=shown.number))
    return Rendered(text, shown.buttons(again, lambda number: HealthTap(page=number)))


def _summary(patients: Sequence[Patient], words: Words) -> Html:
    lights = [patient.light for patient in patients]
    counted = " ".join(f"{LIGHTS[light]} {lights.count(light)}" for light in LIGHTS if light in lights)
    return words("health-title", n=len(patients), lights=counted)


def _patient(patient: Patient, now: datetime, words: Words) -> Html:
    name = Html(f"{LIGHTS[patient.light]} {words.named(patient.account.label, NAME_LIMIT)}")
    kind = plain(patient.kind, 8)
    if patient.report is None:
        return lines(words.listed(name, kind), words("health-unprobed"))
    troubles = _troubles(patient.report, now, words)
    more = len(troubles) - TROUBLES_SHOWN
    return lines(
        words.listed(name, kind, _lateness(patient.report, now, words)),
        _vitals(patient.report.probe, words),
        *troubles[:TROUBLES_SHOWN],
        words("health-more", n=more) if more > 0 else None,
    )


def _lateness(report: Report, now: datetime, words: Words) -> Html | None:
    """A probe that hangs leaves the one before on show."""
    age = now - report.probe.at
    return words("health-late", age=words.span(age)) if age > LATE else None


def _vitals(probe: Probe, words: Words) -> Html:
    """What there is to read of link, permissions, prices, speed, build and breaker."""
    feed, trip = probe.feed_age, probe.round_trip_s
    return words.listed(
        words(_link(probe)),
        words("health-may-trade" if probe.trading_allowed else "health-may-not-trade"),
        words("health-no-price") if feed is None else words("health-price", age=words.span(feed)),
        None if trip is None else words("health-trip", ms=words.number(round(trip * 1000))),
        words("health-build", build=str(probe.build)) if probe.build else None,
        words(f"health-breaker-{probe.breaker}") if probe.breaker is not State.CLOSED else None,
    )


def _link(probe: Probe) -> str:
    if probe.build is None:
        return "health-no-answer"
    if not probe.connected:
        return "health-no-link"
    return "health-connected" if probe.authenticated else "health-another-account"


def _troubles(report: Report, now: datetime, words: Words) -> list[Html]:
    """Incidents with their age, then what was found just now and is not confirmed yet."""
    told = {incident.trouble for incident in report.incidents}
    fresh = [text for trouble, text in report.findings.found.items() if trouble not in told]
    lasting = [_incident(each, report, now, words) for each in report.incidents]
    return [*lasting, *(Html(f"❔ {_sentence(text, words)}") for text in fresh)]


def _incident(incident: Incident, report: Report, now: datetime, words: Words) -> Html:
    """One that this probe did not show any more is over if the next ones say so too."""
    gone = incident.trouble in report.findings.judged - report.findings.found.keys()
    key = "health-seems-over" if gone else "health-trouble"
    lasts = words.span(now - incident.began_at)
    return words(key, trouble=_sentence(incident.sentence, words), lasts=lasts)


def _sentence(text: str, words: Words) -> Html:
    """Without a full stop: how long it lasts follows."""
    return Html(words.told(text, SENTENCE_LIMIT).rstrip("."))


def _desk(desk: DeskHealth, now: datetime, words: Words) -> Html:
    oldest, pulse = desk.outbox_oldest, desk.pulse
    waits = words("health-waits", age=words.span(now - oldest)) if oldest else words("health-all-told")
    return lines(
        bold(words("health-desk")),
        words.listed(waits, _pulse(pulse, words), words("health-version", version=__version__)),
    )


def _pulse(pulse: Pulse | None, words: Words) -> Html:
    if pulse is None:
        return words("health-no-heartbeat")
    late, memory = round(pulse.loop_lag_p99_ms), round(pulse.memory_bytes / 2**20)
    return words("health-pulse", late=words.number(late), memory=words.number(memory))

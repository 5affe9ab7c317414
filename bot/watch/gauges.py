"""Metrics of the desk and of each account, read off the board whenever asked for."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from core.desk import Desk
from core.health.report import Report
from core.heartbeat import tally
from core.model.divergences import DivergenceKind
from core.model.events import Priority
from core.model.heartbeat import HeartbeatMetrics, Tally
from core.model.ids import AccountId
from core.model.trades import UNFINISHED
from core.mt5.breaker import Counts, State
from core.status import AccountStatus

UNKNOWN = -1.0

TERMINAL_GAUGES: Mapping[str, tuple[str, Callable[[Report], float]]] = {
    "connected": ("1 while the terminal has a link to its broker", lambda r: r.probe.connected),
    "authenticated": ("1 while it is logged in to the account", lambda r: r.probe.authenticated),
    "trade_allowed": ("1 while all four layers permit trading", lambda r: r.probe.trading_allowed),
    "feed_age_seconds": ("age of the newest price, -1 unknown", lambda r: _seconds(r.probe.feed_age)),
    "round_trip_seconds": ("time that a probe took, -1 unanswered", lambda r: _known(r.probe.round_trip_s)),
    "incidents_lasting": ("incidents that last", lambda r: len(r.incidents)),
    "breaker_state": ("0 closed, 1 open, 2 half-open", lambda r: list(State).index(r.probe.breaker)),
}

BREAKER_COUNTS: Mapping[str, tuple[str, Callable[[Counts], int]]] = {
    "breaker_failures": ("failures that spoke against the terminal", lambda counts: counts.failures),
    "breaker_changes": ("changes of the circuit breaker's state", lambda counts: counts.changes),
    "breaker_rejected": ("calls not made while the terminal rested", lambda counts: counts.rejected),
}

ACCOUNT_GAUGES: Mapping[str, tuple[str, Callable[[AccountStatus], float]]] = {
    "equity": ("equity in account currency", lambda s: float(s.last.equity or 0)),
    "drawdown_percent": ("drawdown from the peak", lambda s: float(s.drawdown_percent)),
    "divergences": ("divergences that somebody still has to look at", lambda s: s.divergences),
    "positions": ("positions that the broker held at the last good read", lambda s: s.last.positions),
    "matched": ("of them, those that the desk expects", lambda s: s.last.matched),
    "sync_failures": ("reconciliations in a row that failed", lambda s: s.last.failures),
    "sync_seconds": ("time that the last good one took, -1 for none yet", lambda s: _known(s.last.took_s)),
}

ACCOUNT_AGES: Mapping[str, tuple[str, Callable[[AccountStatus], datetime | None]]] = {
    "read_age_seconds": ("age of the last good reconciliation, -1 for none yet", lambda s: s.last.read_at),
    "guard_age_seconds": ("age of the guard's last look, -1 for none yet", lambda s: s.last.guarded_at),
    "market_age_seconds": ("age of the market guard's last look, -1 for none", lambda s: s.last.market_at),
}


DESK_GAUGES: Mapping[str, tuple[str, Callable[[HeartbeatMetrics], float]]] = {
    "loop_lag_p50_ms": ("lateness of the event loop in the last minute, median", lambda b: b.lag.p50_ms),
    "loop_lag_p99_ms": ("lateness of the event loop in the last minute, 99 %", lambda b: b.lag.p99_ms),
    "loop_lag_max_ms": ("lateness of the event loop in the last minute, worst", lambda b: b.lag.max_ms),
    "memory_bytes": ("unique memory of the process and its workers", lambda b: b.memory_bytes),
    "outbox_lag_seconds": ("age of the oldest notice that waits", lambda b: b.outbox_lag_s),
    "approvals_pending": ("cards that wait for a tap", lambda b: b.queues.approvals),
}

DESK_COUNTERS: Mapping[str, tuple[str, Callable[[Tally], int]]] = {
    "signals": ("signals that came in", lambda t: t.signals),
    "orders_sent": ("orders that were sent", lambda t: t.sent),
    "orders_refused": ("orders that a broker refused", lambda t: t.refused),
    "orders_unknown": ("orders whose outcome was not known at once", lambda t: t.unknown),
    "errors": ("restarts of tasks and reconciliations that failed", lambda t: t.errors),
}


@dataclass(frozen=True, eq=False, slots=True)
class DeskMetrics(Collector):
    """Of the desk as a whole: what the last heartbeat found, and counters of this moment."""

    desk: Desk
    restarts: Counter[str]

    def collect(self) -> Iterator[Metric]:
        counted = tally(self.desk, self.restarts.total())
        for name, (text, count) in DESK_COUNTERS.items():
            yield CounterMetricFamily(f"tapdesk_{name}", text, count(counted))
        yield _by("task_restarts", "restarts of a background task", "task", self.restarts)
        yield _by("events", "events by name", "event", self.desk.board.events)
        beat = self.desk.board.heartbeat
        if beat is not None:
            yield from self._found(beat)

    def _found(self, beat: HeartbeatMetrics) -> Iterator[Metric]:
        for name, (text, read) in DESK_GAUGES.items():
            yield GaugeMetricFamily(f"tapdesk_{name}", text, read(beat))
        intents = GaugeMetricFamily("tapdesk_intents", "unfinished intents by state", labels=["state"])
        for state in UNFINISHED:
            intents.add_metric([state], beat.queues.intents.get(state, 0))
        outbox = GaugeMetricFamily("tapdesk_outbox_waiting", "notices by priority", labels=["priority"])
        for priority in Priority:
            outbox.add_metric([priority.name.lower()], beat.queues.outbox.get(priority, 0))
        divergences = GaugeMetricFamily(
            "tapdesk_divergences", "divergences that somebody still has to look at", labels=["kind"]
        )
        for kind in DivergenceKind:
            divergences.add_metric([kind], beat.divergences.get(kind, 0))
        yield from (intents, outbox, divergences)


@dataclass(eq=False, slots=True)
class AccountMetrics(Collector):
    """`accounts` as the heartbeat has found them; what the board tells of them is of this moment."""

    desk: Desk
    accounts: Sequence[AccountStatus] = ()

    def collect(self) -> Iterator[Metric]:
        now, board = self.desk.clock.now(), self.desk.board
        seen = {each.account.label: replace(each, last=board.of(each.account.id)) for each in self.accounts}
        for name, (text, read) in ACCOUNT_GAUGES.items():
            yield _gauge(name, text, {label: read(status) for label, status in seen.items()})
        for name, (text, moment) in ACCOUNT_AGES.items():
            yield _gauge(name, text, {label: _age(moment(status), now) for label, status in seen.items()})
        yield self._syncs()

    def _syncs(self) -> Metric:
        told = _counter("syncs", "reconciliations since the start", "result")
        for each in self.accounts:
            for result, good in (("ok", True), ("failed", False)):
                told.add_metric([each.account.label, result], self.desk.board.syncs[each.account.id, good])
        return told


@dataclass(frozen=True, eq=False, slots=True)
class TerminalMetrics(Collector):
    """Labels are accounts and troubles, both few."""

    desk: Desk

    def collect(self) -> Iterator[Metric]:
        reports = self.desk.board.reports.values()
        for name, (text, read) in TERMINAL_GAUGES.items():
            yield _gauge(name, text, {report.account.label: read(report) for report in reports})
        now = self.desk.clock.now()
        ages = {report.account.label: _seconds(now - report.probe.at) for report in reports}
        yield _gauge("probe_age_seconds", "age of the last probe", ages)
        labels = {report.account.id: report.account.label for report in reports}
        yield self._incidents(labels)
        yield from self._breakers(labels)

    def _incidents(self, labels: Mapping[AccountId, str]) -> Metric:
        told = _counter("incidents", "incidents since the start", "trouble")
        for (account, trouble), number in self.desk.board.incidents.items():
            told.add_metric([labels[account], trouble], number)
        return told

    def _breakers(self, labels: Mapping[AccountId, str]) -> Iterator[Metric]:
        """What each open session's circuit breaker has counted."""
        sessions = self.desk.terminals.sessions
        counts = {labels[a]: sessions[a].connection.breaker.counts for a in labels if a in sessions}
        for name, (text, read) in BREAKER_COUNTS.items():
            family = _counter(name, text)
            for label, counted in counts.items():
                family.add_metric([label], read(counted))
            yield family


def _by(name: str, text: str, label: str, counts: Mapping[str, int]) -> Metric:
    """A counter for each name that something was counted of."""
    family = CounterMetricFamily(f"tapdesk_{name}", text, labels=[label])
    for value, number in sorted(counts.items()):
        family.add_metric([value], number)
    return family


def _counter(name: str, text: str, *labels: str) -> CounterMetricFamily:
    return CounterMetricFamily(f"tapdesk_account_{name}", text, labels=["account", *labels])


def _gauge(name: str, text: str, values: Mapping[str, float]) -> Metric:
    family = GaugeMetricFamily(f"tapdesk_account_{name}", text, labels=["account"])
    for label, value in values.items():
        family.add_metric([label], value)
    return family


def _seconds(age: timedelta | None) -> float:
    return UNKNOWN if age is None else age.total_seconds()


def _age(at: datetime | None, now: datetime) -> float:
    return _seconds(None if at is None else now - at)


def _known(value: float | None) -> float:
    return UNKNOWN if value is None else value

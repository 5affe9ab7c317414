"""The numbers of `/metrics` as metrics of OpenTelemetry: the same names, values and labels, from one list."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

from opentelemetry.metrics import CallbackOptions, Meter, Observation
from prometheus_client import CollectorRegistry
from prometheus_client.metrics_core import Metric


@dataclass(slots=True)
class Numbers:
    """What the registry told when it was read last; the SDK's thread takes it from here when it exports.

    The registry is read on the event loop, whose data it shows.
    """

    meter: Meter
    _observed: dict[str, Sequence[Observation]] = field(default_factory=dict)

    def read(self, registry: CollectorRegistry, labels: Mapping[str, str]) -> None:
        """Take what the registry tells now; what it tells for the first time becomes an instrument.

        `labels` has the id of each account by its label, which is often a person's name and stays here.
        """
        for family in registry.collect():
            is_new = family.name not in self._observed
            self._observed[family.name] = [*_observations(family, labels)]
            if is_new:
                self._offer(family)

    def _offer(self, family: Metric) -> None:
        callback: Callable[[CallbackOptions], Sequence[Observation]] = partial(self._tell, family.name)
        if family.type == "counter":
            self.meter.create_observable_counter(family.name, [callback], description=family.documentation)
        else:
            self.meter.create_observable_gauge(family.name, [callback], description=family.documentation)

    def _tell(self, name: str, _: CallbackOptions) -> Sequence[Observation]:
        return self._observed[name]


def _observations(family: Metric, labels: Mapping[str, str]) -> Iterator[Observation]:
    for sample in family.samples:
        if not sample.name.endswith("_created"):
            yield Observation(sample.value, {n: _anonymous(v, labels) for n, v in sample.labels.items()})


def _anonymous(value: str, labels: Mapping[str, str]) -> str:
    """An account's label, alone or at the end of a task's name, gives way to the account's id."""
    whose = labels.get(value) or next((i for label, i in labels.items() if value.endswith(f" {label}")), None)
    return value if whose is None else whose if value in labels else f"{value.partition(' ')[0]} {whose}"

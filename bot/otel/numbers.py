"""The numbers of `/metrics` as metrics of OpenTelemetry: the same names, values and labels, from one list.

A counter goes without Prometheus's `_total`; the buckets, sum and count of a histogram are counters, as they
are for Prometheus, because OpenTelemetry takes no histogram that somebody else has counted.
"""

import asyncio
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

from opentelemetry.metrics import CallbackOptions, Meter, Observation
from prometheus_client import CollectorRegistry
from prometheus_client.metrics_core import Metric

_GROWING = frozenset({"counter", "histogram", "summary"})


@dataclass(slots=True)
class Numbers:
    """What the registry told when it was read last; the SDK's thread takes it from here when it exports.

    The registry is read on the event loop, whose data it shows, and which has a turn after each family.
    """

    meter: Meter
    _observed: dict[str, Sequence[Observation]] = field(default_factory=dict)

    async def read(self, registry: CollectorRegistry, labels: Mapping[str, str]) -> None:
        """Take what the registry tells now; what it tells for the first time becomes an instrument.

        `labels` has the id of each account by its label, which is often a person's name and stays here.
        """
        for family in registry.collect():
            for name, observations in _observations(family, labels).items():
                is_new = name not in self._observed
                self._observed[name] = observations
                if is_new:
                    self._offer(name, family)
            await asyncio.sleep(0)

    def _offer(self, name: str, family: Metric) -> None:
        grows = family.type in _GROWING
        offer = self.meter.create_observable_counter if grows else self.meter.create_observable_gauge
        offer(name, [partial(self._tell, name)], description=family.documentation)

    def _tell(self, name: str, _: CallbackOptions) -> Sequence[Observation]:
        return self._observed[name]


def _observations(family: Metric, labels: Mapping[str, str]) -> Mapping[str, Sequence[Observation]]:
    """By the names of their metrics; without the times of creation that Prometheus adds."""
    told = defaultdict(list)
    for sample in family.samples:
        if not sample.name.endswith("_created"):
            named = {name: _anonymous(value, labels) for name, value in sample.labels.items()}
            told[sample.name.removesuffix("_total")].append(Observation(float(sample.value), named))
    return told


def _anonymous(value: str, labels: Mapping[str, str]) -> str:
    """An account's label, alone or after the first word of a task's name, gives way to the account's id."""
    if value in labels:
        return labels[value]
    kind, _, label = value.partition(" ")
    return f"{kind} {labels[label]}" if label in labels else value

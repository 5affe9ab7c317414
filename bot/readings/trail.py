"""The audit trail as it leaves the desk: an event as one line of JSON, and the newest of a kind together."""

import json
from collections.abc import Mapping, Sequence

from core.model.events import EventFilter, Recorded
from core.model.ids import AccountId
from core.ports import Store

BATCH = 500
_LARGEST = 2**53
"""Above this a JSON reader may lose digits, so that such a number is written as a string."""


async def newest(store: Store, wanted: EventFilter, most: int) -> Sequence[Recorded]:
    """At most so many, oldest first; each batch is read in a transaction of its own, so that none is long."""
    found: list[Recorded] = []
    while len(found) < most:
        async with store.read() as tx:
            before = found[-1].id if found else None
            batch = await tx.events.page(wanted, min(BATCH, most - len(found)), before)
        found += batch
        if len(batch) < BATCH:
            break
    return found[::-1]


def line(recorded: Recorded, labels: Mapping[AccountId, str]) -> str:
    """One JSON object. Ids are strings, as is every whole number that a JSON reader might round."""
    event = recorded.event
    account = event.account_id and {"id": str(event.account_id), "label": labels.get(event.account_id)}
    written = {
        "id": str(recorded.id),
        "name": event.name,
        "version": event.version,
        "at": event.at.isoformat(timespec="microseconds").replace("+00:00", "Z"),
        "subject": event.subject,
        "trace": event.trace,
        "account": account,
        "person": event.person_id and str(event.person_id),
        "data": {name: _exact(fact) for name, fact in event.data.items()},
    }
    return json.dumps(written, ensure_ascii=False)


def _exact(fact: object) -> object:
    is_large = isinstance(fact, int) and not -_LARGEST <= fact <= _LARGEST
    return str(fact) if is_large else fact

"""The catalogue of events: every name with the version and the shape of its data.

Whoever reads the audit trail (`tapdesk events`, another program) can rely on it: within a version fields are
only added, as fields that may be missing; whatever else changes is a new version. Money, prices and lots are
decimal strings, ids and times too.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from types import UnionType
from typing import Any, Final, NotRequired, TypedDict, get_args, get_type_hints

from core.model.events import Event


class OffCatalogue(Exception):
    """Raised for an event whose name is not in the catalogue, or whose data has another shape."""


class Nothing(TypedDict):
    """The name, the subject and the time say it all."""


class Received(TypedDict):
    """`by` is the name of who has composed it, where a person has."""

    source: str
    external_id: str
    instrument: str
    side: str
    by: NotRequired[str]


class TakenBack(TypedDict):
    """A signal that its composer, or another of the desk, has withdrawn, with so many cards."""

    by: str
    cards: int


class Exported(TypedDict):
    """So many events of the trail were taken out as a file: of a kind, of a person or account, or of all."""

    events: int
    kind: str
    whose: str


class Reason(TypedDict):
    reason: str


class Decided(TypedDict):
    state: str
    lots: str
    reason: str | None
    requested_at: NotRequired[str]
    standing: NotRequired[str]


class Resized(TypedDict):
    """The size of a card that its trader scaled: by `factor` of what the settings say."""

    lots: str
    factor: str


class Standing(TypedDict):
    """A standing approval with its caps; `reason` is why it has ended, empty until then."""

    source: str
    max_lots: str
    max_per_day: str
    max_open_risk_percent: str
    expires_at: str
    consent: str
    reason: str


class NotTaken(TypedDict):
    """Why a standing approval has left a signal to its trader."""

    standing: str
    reason: str


class Asked(TypedDict):
    """What a person asked to be done to a position or a pending order; `rest_of` was done in part only."""

    kind: str
    symbol: str
    volume: str
    position: str
    price: str
    stop_loss: str
    take_profit: str
    rest_of: NotRequired[str]


class Sent(TypedDict):
    """An order that was claimed: from here on it may have reached the broker."""

    kind: str
    symbol: str
    side: str
    volume: str
    position: str


class Settled(Sent):
    """What came of an order; `retcode` is the broker's number, None where there is none.

    `sent_at` is when it was claimed to be sent; it is missing when it never was.
    """

    price: str
    retcode: int | None
    detail: str
    sent_at: NotRequired[str]


class Late(TypedDict):
    symbol: str
    volume: str
    price: str


class Found(TypedDict):
    """A divergence; beside these it has the facts of its kind, all of them strings."""

    kind: str
    symbol: str
    size: str
    unit: str


class Case(TypedDict):
    """A person's decision on a divergence, `row` of the log, with the facts it was made on (strings)."""

    row: int
    kind: str
    symbol: str


class Closed(TypedDict):
    symbol: str
    side: str
    volume: str
    reason: str
    price: str
    profit: str
    commission: str
    swap: str
    fee: str
    currency: str
    opened_at: NotRequired[str]


class Synced(TypedDict):
    positions: int
    matched: int


class SyncError(TypedDict):
    error: str


class Drawdown(TypedDict):
    """`level` is the share of the limit that was reached, in percent; `peak` what `basis` measures from.

    `measure` is the drawdown, or the loss of the day; `recovered_in` is of a drawdown that is over.
    """

    percent: str
    limit: str
    equity: str
    peak: str
    level: str
    measure: NotRequired[str]
    basis: NotRequired[str]
    recovered_in: NotRequired[str]


class Blind(TypedDict):
    """The guard concludes nothing of an account since that time."""

    reason: str
    since: str


class Liquidating(TypedDict):
    """A step of a liquidation; `held_until` and `hold_reason` are of one that an owner holds."""

    reason: str
    fires_at: str
    held_until: NotRequired[str]
    hold_reason: NotRequired[str | None]


class Text(TypedDict):
    """What was said to the owners."""

    text: str


class Panicked(TypedDict):
    """So many accounts are closed at once, by that panic."""

    accounts: int
    panic: int


class Build(TypedDict, total=False):
    build: int


class Incident(TypedDict):
    trouble: str
    sentence: str
    open: str
    detail: str


class Recovered(TypedDict):
    trouble: str
    lasted: str


class Marked(TypedDict):
    """A danger of the market on a symbol, what was done about it, and to which positions."""

    symbol: str
    danger: str
    action: str
    reason: str
    positions: list[str]


class MovedToEntry(TypedDict):
    """A stop that the market guard moved to the position's opening price; `before` is empty without one."""

    mark: str
    before: str
    after: str


class Symbol(TypedDict):
    instrument: str
    symbol: str


class Consent(TypedDict):
    version: int


class Invited(TypedDict):
    """A link that lets so many people in until then."""

    role: str
    uses: int
    until: str


class LetIn(TypedDict):
    """What a person decided about a stranger; no role when they stay outside."""

    role: str | None


class Joined(TypedDict):
    """`by` is the id of who has let them in."""

    role: str
    by: str


class RolesGiven(TypedDict):
    before: list[str]
    after: list[str]


class Chosen(TypedDict):
    language: str
    zone: str


class Planned(TypedDict):
    """What became of a plan of several legs: lots that stand, and lots that did not come about."""

    symbol: str
    stands: str
    failed: str
    legs: str


class Linked(TypedDict):
    """An account at its broker; `kind` is of one that was linked."""

    login: str
    server: str
    kind: NotRequired[str]


class LinkFailed(TypedDict):
    """Somebody could not link an account; `reason` as of core.accounts.refusals."""

    login: str
    server: str
    reason: str


class Renamed(TypedDict):
    before: str
    after: str


class RiskChanged(TypedDict):
    """One setting of an account's policy; none is no limit."""

    setting: str
    before: str
    after: str


class GivenUp(TypedDict):
    """A background task of an account failed too often and rests for so many seconds."""

    part: str
    account: str
    error: str
    seconds: int


class Escalating(TypedDict):
    """A critical alert and what it is about; `step` is how many times somebody was told."""

    alert: str
    about: str
    step: int


class Wished(TypedDict):
    """How a person wants to be told of an event; `default` when they took their wish back."""

    event: str
    wish: str


class Quiet(TypedDict):
    """Times of day in the person's zone, both empty for no quiet hours."""

    begins: str
    ends: str


class Routed(TypedDict):
    """Where alerts of these families go; `reason` is why they do not any more."""

    title: str
    families: list[str]
    reason: NotRequired[str]


@dataclass(frozen=True, slots=True)
class Kind:
    """What events of one name carry. `open`: further facts may stand beside the shape's, all strings."""

    shape: type
    version: int = 1
    open: bool = False


def _kinds(names: str, shape: type, *, open: bool = False) -> Iterator[tuple[str, Kind]]:  # noqa: A002
    """One kind for each of the names, which have their noun in common: `noun.verb verb verb`."""
    noun, _, verbs = names.partition(".")
    return ((f"{noun}.{verb}", Kind(shape, open=open)) for verb in verbs.split())


CATALOGUE: Final[Mapping[str, Kind]] = dict(
    (
        *_kinds("door.stranger refused", Nothing),
        *_kinds("consent.accepted asked", Consent),
        *_kinds("invite.made", Invited),
        *_kinds("invite.used revoked", Nothing),
        *_kinds("join.asked", Nothing),
        *_kinds("join.admitted declined ignored", LetIn),
        *_kinds("person.joined", Joined),
        *_kinds("person.roles", RolesGiven),
        *_kinds("person.blocked unblocked forgotten", Nothing),
        *_kinds("person.settings", Chosen),
        *_kinds("desk.paused resumed", Text),
        *_kinds("desk.panic", Panicked),
        *_kinds("account.unlocked paused resumed", Text),
        *_kinds("source.paused resumed", Text),
        *_kinds("lock.set released ended", Text),
        *_kinds("account.close_all", Nothing),
        *_kinds("account.symbol", Symbol),
        *_kinds("account.linked unlinked password", Linked),
        *_kinds("account.link_failed", LinkFailed),
        *_kinds("account.renamed", Renamed),
        *_kinds("account.risk_changed", RiskChanged),
        *_kinds("signal.received", Received),
        *_kinds("signal.withheld", Reason),
        *_kinds("signal.withdrawn", TakenBack),
        *_kinds("approval.requested withdrawn", Nothing),
        *_kinds("approval.decided expired refused undone", Decided),
        *_kinds("approval.resized", Resized),
        *_kinds("approval.not_taken", NotTaken),
        *_kinds("standing.accepted ended", Standing),
        *_kinds("order.asked", Asked),
        *_kinds("order.sent", Sent),
        *_kinds("order.new placed filled partial refused unknown expired", Settled),
        *_kinds("order.late", Late),
        *_kinds("plan.kept undone", Planned),
        *_kinds("task.gave_up", GivenUp),
        *_kinds("reconciliation.sync_complete", Synced),
        *_kinds("reconciliation.sync_error", SyncError),
        *_kinds("reconciliation.divergence_detected divergence_ended", Found, open=True),
        *_kinds("reconciliation.adopted ignored accepted restored chosen written_off", Case, open=True),
        *_kinds("reconciliation.position_closed", Closed),
        *_kinds("drawdown.warned recovered breached", Drawdown),
        *_kinds("drawdown.blind", Blind),
        *_kinds("drawdown.seen", Nothing),
        *_kinds("liquidation.started warned counting closing stuck flat locked", Liquidating),
        *_kinds("liquidation.hurried held hold_ended released", Liquidating),
        *_kinds("market.marked acted ended", Marked),
        *_kinds("market.break_even", MovedToEntry),
        *_kinds("alert.escalated acknowledged over", Escalating),
        *_kinds("alert.wished", Wished),
        *_kinds("alert.quiet", Quiet),
        *_kinds("route.added changed paused resumed removed handed_on", Routed),
        *_kinds("audit.exported", Exported),
        *_kinds("health.build", Build),
        *_kinds("health.incident", Incident),
        *_kinds("health.recovered", Recovered),
    )
)


def checked(event: Event) -> Event:
    """The event with the version of its shape. Raises OffCatalogue, saying what is wrong."""
    kind = CATALOGUE.get(event.name)
    if kind is None:
        raise OffCatalogue(f"{event.name} is not in the catalogue")
    wrong = sorted(_wrong(event.data, kind))
    if wrong:
        raise OffCatalogue(f"{event.name}: {'; '.join(wrong)}")
    return event if event.version == kind.version else replace(event, version=kind.version)


def _wrong(data: Mapping[str, Any], kind: Kind) -> Iterator[str]:
    hints, needed = _fields(kind.shape)
    yield from (f"{name} is missing" for name in needed - data.keys())
    for name, fact in data.items():
        expected = hints.get(name, str if kind.open else None)
        if expected is None:
            yield f"{name} is no field of it"
        elif not _fits(fact, expected):
            yield f"{name} is {fact!r}"


@cache
def _fields(shape: type) -> tuple[dict[str, Any], frozenset[str]]:
    """The fields of a TypedDict with their types, and those that must be there."""
    needed: frozenset[str] = shape.__required_keys__  # type: ignore[attr-defined]
    return get_type_hints(shape), needed


def _fits(fact: object, expected: Any) -> bool:
    if isinstance(expected, UnionType):
        return any(_fits(fact, one) for one in get_args(expected))
    if expected == list[str]:
        return isinstance(fact, list) and all(isinstance(one, str) for one in fact)
    return isinstance(fact, expected) and not (expected is int and isinstance(fact, bool))

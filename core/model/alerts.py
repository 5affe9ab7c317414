"""What people are told: every kind of alert with its family, and how a person wants to be told of it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, tzinfo
from enum import StrEnum
from functools import cache
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from core.model.events import Json, Priority
from core.model.ids import PersonId
from core.model.people import Role


class Family(StrEnum):
    """Kinds that belong together: who wishes for one wishes for all of it, unless they say otherwise."""

    SIGNALS = "signals"
    FILLS = "fills"
    CLOSES = "closes"
    EXPIRY = "expiry"
    ORDERS = "orders"
    DIVERGENCES = "divergences"
    DRAWDOWN = "drawdown"
    LIQUIDATION = "liquidation"
    MARKET = "market"
    TERMINALS = "terminals"
    LOCKS = "locks"
    DOOR = "door"
    DESK = "desk"


class Wish(StrEnum):
    """How a person is told: `ALWAYS` rings in their quiet hours too, `ON` is held until these are over."""

    ALWAYS = "always"
    ON = "on"
    SILENT = "silent"
    OFF = "off"


_EVERYBODY = frozenset({Role.OWNER, Role.TRADER})
_DESK = frozenset({Role.OWNER})
_TRADER = frozenset({Role.TRADER})


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of alert. `tells` are the roles that get it; one that is `critical` always rings, and one that
    `escalates` goes from person to person until somebody has it in hand. `wish` holds until a person says
    otherwise."""

    family: Family
    tells: frozenset[Role] = _EVERYBODY
    critical: bool = False
    escalates: bool = False
    wish: Wish = Wish.ON


def _of(family: Family, names: str, tells: frozenset[Role] = _EVERYBODY) -> Iterator[tuple[str, Kind]]:
    return ((name, Kind(family, tells)) for name in names.split())


def _critical(family: Family, names: str) -> Iterator[tuple[str, Kind]]:
    return ((name, Kind(family, critical=True)) for name in names.split())


def _escalating(family: Family, name: str, tells: frozenset[Role] = _EVERYBODY) -> tuple[str, Kind]:
    return name, Kind(family, tells, critical=True, escalates=True)


KINDS: Final[Mapping[str, Kind]] = dict(
    (
        ("order_filled", Kind(Family.FILLS, _TRADER)),
        ("card_expired", Kind(Family.EXPIRY, _TRADER, wish=Wish.OFF)),
        ("standing_ended", Kind(Family.SIGNALS, _TRADER)),
        *_of(Family.CLOSES, "position_closed"),
        *_of(Family.ORDERS, "intent_refused intent_confirmed intent_expired plan_stop_waits"),
        _escalating(Family.ORDERS, "intent_unknown"),
        *_critical(Family.ORDERS, "order_late plan_kept plan_undone plan_undo_waits"),
        *_critical(Family.DRAWDOWN, "drawdown_warned drawdown_breached"),
        *_of(Family.DRAWDOWN, "drawdown_recovered drawdown_seen"),
        _escalating(Family.DRAWDOWN, "drawdown_blind"),
        _escalating(Family.LIQUIDATION, "liquidation_finished"),
        _escalating(Family.LIQUIDATION, "liquidation_stuck"),
        *_critical(Family.LIQUIDATION, "liquidation_released"),
        *_of(Family.MARKET, "market_marked market_ended"),
        _escalating(Family.MARKET, "market_close_fails"),
        *_of(Family.TERMINALS, "health_incident health_recovered"),
        *_of(Family.TERMINALS, "terminal_updated", _DESK),
        *_of(Family.LOCKS, "desk_paused source_paused account_paused"),
        *_of(Family.LOCKS, "desk_resumed source_resumed account_resumed"),
        *_of(Family.LOCKS, "lock_set lock_released lock_ended account_unlocked"),
        *_of(
            Family.DOOR,
            "stranger person_joined person_roles person_blocked person_unblocked person_forgotten",
            _DESK,
        ),
        *_of(Family.DESK, "account_linked account_unlinked", _DESK),
        ("account_loosened", Kind(Family.DESK, _DESK, critical=True)),
        *_of(Family.DESK, "desk_started handler_failed route_paused route_handed_on", _DESK),
        _escalating(Family.DESK, "task_gave_up", _DESK),
    )
)
"""The catalogue. Cards, divergences and liquidations have messages that live beside these: see NoticeKind.

A new kind is a line here, `alert-title-NAME` in `alerts.ftl` of each language, what it says in one of the
`BODIES` of `bot.views.alerts`, and in `bot.views.alerts.message.BUTTONS` the commands that fit it.
"""

UNKNOWN = Kind(Family.DESK)
LIVING: Final[Mapping[Family, frozenset[Role]]] = {
    Family.SIGNALS: _TRADER,
    Family.DIVERGENCES: _EVERYBODY,
}
"""Families of messages that are brought up to date; these cannot be switched off, only made silent."""

ROUTABLE: Final = frozenset(
    family
    for family, tells in [*LIVING.items(), *((kind.family, kind.tells) for kind in KINDS.values())]
    if Role.OWNER in tells
)
"""What may go to a group: nothing that is a trader's alone."""


def kind_of(name: str) -> Kind:
    """A name without a kind is the desk's own, so that nothing is lost."""
    return KINDS.get(name, UNKNOWN)


def names_in(family: Family) -> list[str]:
    """The kinds of a family, in the order of the catalogue."""
    return [name for name, kind in KINDS.items() if kind.family is family]


@dataclass(frozen=True, slots=True)
class QuietHours:
    """From one time of day to another in the person's zone, over midnight perhaps; never a whole day."""

    begins: time
    ends: time

    def covers(self, moment: datetime) -> bool:
        """`moment` is a time in the person's zone."""
        now = moment.time()
        if self.begins <= self.ends:
            return self.begins <= now < self.ends
        return now >= self.begins or now < self.ends


class Manner(StrEnum):
    """What becomes of a notice for one person now."""

    RINGS = "rings"
    SILENT = "silent"
    HELD = "held"
    OFF = "off"


@dataclass(frozen=True, slots=True)
class Wishes:
    """What one person has said, by the name of a kind or of a family, and when they want quiet, in `zone`."""

    said: Mapping[str, Wish] = field(default_factory=dict)
    quiet: QuietHours | None = None
    zone: str = "UTC"

    def wish_for(self, name: str) -> Wish:
        """Of a kind: its own, else its family's, else the kind's; one that is critical always rings."""
        kind = kind_of(name)
        if kind.critical:
            return Wish.ALWAYS
        return self.said.get(name) or self.said.get(kind.family) or kind.wish

    def wish_for_family(self, family: Family) -> Wish:
        return self.said.get(family, Wish.ON)

    def is_quiet(self, at: datetime) -> bool:
        """Whether they want quiet then; a zone that this machine does not know is UTC."""
        return self.quiet is not None and self.quiet.covers(at.astimezone(_zone(self.zone)))

    def manner(self, name: str, priority: Priority, at: datetime) -> Manner:
        """Of an alert: what is critical rings whatever was said."""
        if priority is Priority.CRITICAL:
            return Manner.RINGS
        match self.wish_for(name):
            case Wish.ALWAYS:
                return Manner.RINGS
            case Wish.ON:
                return Manner.HELD if self.is_quiet(at) else Manner.RINGS
            case Wish.SILENT:
                return Manner.HELD if self.is_quiet(at) else Manner.SILENT
            case Wish.OFF:
                return Manner.OFF

    def silent(self, family: Family, priority: Priority, at: datetime) -> bool:
        """Of a message that lives, which is never held: it would be of another time."""
        wish = self.wish_for_family(family)
        quiet = self.is_quiet(at) and wish is not Wish.ALWAYS
        return priority is not Priority.CRITICAL and (quiet or wish in (Wish.SILENT, Wish.OFF))


@cache
def _zone(name: str) -> tzinfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return UTC


@dataclass(frozen=True, slots=True)
class Held:
    """An alert that waits for the end of a person's quiet hours."""

    id: int
    person_id: PersonId
    name: str
    data: Json
    at: datetime


@dataclass(frozen=True, slots=True)
class Escalation:
    """A critical alert on its way from person to person until somebody has it in hand, or it is over.

    `about` tells it from others of its name: while one lasts, no other begins. `told` are those who got it,
    once for each time, in that order, the last one at `told_at`.
    """

    id: int
    name: str
    about: str
    data: Json
    began_at: datetime
    told_at: datetime
    told: tuple[PersonId, ...] = ()
    acknowledged_by: PersonId | None = None
    acknowledged_at: datetime | None = None
    over_at: datetime | None = None

    @property
    def lasts(self) -> bool:
        """Whether somebody is still wanted for it."""
        return self.acknowledged_at is None and self.over_at is None


@dataclass(frozen=True, slots=True)
class Route:
    """Families of alerts that go to a group, or to a topic of it, in the words of who has routed them.

    `topic` is 0 outside of forums. One that Telegram refused is paused, with the reason.
    """

    id: int
    chat_id: int
    topic: int
    title: str
    families: frozenset[Family]
    person_id: PersonId
    added_at: datetime
    paused_at: datetime | None = None
    reason: str = ""

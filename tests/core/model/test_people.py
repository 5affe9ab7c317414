"""Who may do what: the whole matrix, and what several roles add up to."""

from dataclasses import replace
from datetime import UTC, datetime
from itertools import combinations
from uuid import uuid4

import pytest

from core.model.ids import PersonId
from core.model.people import CONSENT_VERSION, Person, Right, Role

READS = {Right.READ_OWN, Right.READ_DESK}
HELPS = READS | {Right.PAUSE, Right.LOCK, Right.COMPOSE, Right.INVITE, Right.AUDIT}
MAY = {
    Role.OWNER: HELPS | {Right.UNLOCK, Right.HOLD, Right.SET_ROLES, Right.PANIC, Right.ROUTE},
    Role.ADMIN: HELPS,
    Role.TRADER: {Right.READ_OWN, Right.DECIDE, Right.CLOSE_OWN, Right.LINK},
    Role.VIEWER: READS,
}


def person(*roles: Role) -> Person:
    return Person(PersonId(uuid4()), 1, "Ann", frozenset(roles))


def rights(who: Person) -> set[Right]:
    return {right for right in Right if who.may(right)}


@pytest.mark.parametrize("role", Role)
def test_each_role_may_what_it_is_for_and_nothing_else(role: Role) -> None:
    assert rights(person(role)) == MAY[role]


def test_somebody_without_a_role_may_nothing() -> None:
    assert rights(person()) == set()


@pytest.mark.parametrize("roles", [*combinations(Role, 2), tuple(Role)])
def test_several_roles_add_up(roles: tuple[Role, ...]) -> None:
    assert rights(person(*roles)) == set().union(*(MAY[role] for role in roles))


def test_only_an_owner_releases_what_a_guard_holds() -> None:
    for right in (Right.UNLOCK, Right.HOLD):
        assert [role for role in Role if person(role).may(right)] == [Role.OWNER]


def test_an_older_consent_is_none() -> None:
    ann = person(Role.TRADER)
    assert not ann.consented
    assert Person(ann.id, 1, "Ann", ann.roles, consent_version=CONSENT_VERSION).consented
    assert not Person(ann.id, 1, "Ann", ann.roles, consent_version=CONSENT_VERSION - 1).consented
    assert not ann.met
    assert replace(ann, consent_version=CONSENT_VERSION - 1).met


@pytest.mark.parametrize(
    ("role", "gives"),
    [
        (Role.OWNER, set(Role)),
        (Role.ADMIN, {Role.TRADER, Role.VIEWER}),
        (Role.TRADER, set()),
        (Role.VIEWER, set()),
    ],
)
def test_the_roles_that_each_role_gives(role: Role, gives: set[Role]) -> None:
    assert person(role).gives == gives


@pytest.mark.parametrize("role", Role)
def test_who_is_blocked_may_nothing(role: Role) -> None:
    blocked = replace(person(role), blocked_at=datetime(2026, 11, 21, tzinfo=UTC))
    assert rights(blocked) == set()
    assert blocked.gives == frozenset()

"""What is told of people: who came in, whose roles changed, who was shut out."""

from collections.abc import Callable, Mapping, Sequence

from bot.views.alerts.facts import NAME_LIMIT, Facts
from bot.words.html import Html
from core.model.people import Role


def _joined(facts: Facts) -> Sequence[Html]:
    return (_said("person-joined", facts),)


def _roles(facts: Facts) -> Sequence[Html]:
    return (_said("person-roles", facts),)


def _blocked(facts: Facts) -> Sequence[Html]:
    return (_said("person-blocked", facts),)


def _unblocked(facts: Facts) -> Sequence[Html]:
    return (_said("person-unblocked", facts),)


def _forgotten(facts: Facts) -> Sequence[Html]:
    return (_said("person-forgotten", facts),)


def _said(key: str, facts: Facts) -> Html:
    return facts.words(
        key, name=facts.text("name", NAME_LIMIT), by=facts.text("by", NAME_LIMIT), roles=_listed(facts)
    )


def _listed(facts: Facts) -> str:
    """The roles in the reader's language."""
    known = [role for role in facts.each("roles") if role in set(Role)]
    return ", ".join(facts.words.label(f"role-{role}") for role in known)


PEOPLE: Mapping[str, Callable[[Facts], Sequence[Html]]] = {
    "person_joined": _joined,
    "person_roles": _roles,
    "person_blocked": _blocked,
    "person_unblocked": _unblocked,
    "person_forgotten": _forgotten,
}

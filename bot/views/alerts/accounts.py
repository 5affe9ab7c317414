"""What owners are told of accounts that come, go and change."""

from collections.abc import Callable, Mapping, Sequence

from bot.views.alerts.facts import NAME_LIMIT, Facts
from bot.words.html import Html
from core.accounts.settings import SETTINGS


def _linked(facts: Facts) -> Sequence[Html]:
    kind = "paper" if facts.data.get("kind") == "paper" else "mt5"
    return (facts.words(f"accounts-told-linked-{kind}", name=facts.text("name", NAME_LIMIT)),)


def _unlinked(facts: Facts) -> Sequence[Html]:
    return (facts.words("accounts-told-unlinked", name=facts.text("name", NAME_LIMIT)),)


def _loosened(facts: Facts) -> Sequence[Html]:
    w, setting = facts.words, str(facts.data.get("setting"))
    named = w(f"accounts-set-{setting}") if setting in SETTINGS else facts.text("setting", NAME_LIMIT)
    shown = _seconds if setting == "countdown_s" else _percent
    changed = {name: shown(facts, name) for name in ("before", "after")}
    return (w("accounts-told-loosened", name=facts.text("name", NAME_LIMIT), setting=named, **changed),)


def _percent(facts: Facts, name: str) -> Html:
    """A guard's limit, or none."""
    number = facts.number(name)
    return facts.words("accounts-value-none") if number is None else facts.words.limit(number)


def _seconds(facts: Facts, name: str) -> Html:
    number = int(facts.number(name) or 0)
    return facts.words("accounts-value-seconds", amount=facts.words.number(number), n=number)


ACCOUNTS: Mapping[str, Callable[[Facts], Sequence[Html]]] = {
    "account_linked": _linked,
    "account_unlinked": _unlinked,
    "account_loosened": _loosened,
}

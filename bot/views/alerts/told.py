"""Alerts: from a name and its facts to a title and the lines below it, in the reader's language."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bot.views.alerts.accounts import ACCOUNTS
from bot.views.alerts.facts import NAME_LIMIT, TERM_LIMIT, Facts
from bot.views.alerts.guard import GUARDING
from bot.views.alerts.market import MARKET
from bot.views.alerts.people import PEOPLE
from bot.views.divergences.sentences import closed_by
from bot.words import Words
from bot.words.html import Html, bold, italic, lines, plain
from core.model.events import Json

SENTENCE_LIMIT, HINT_LIMIT = 120, 190
SHOWN = 6
COSTS = ("commission", "swap", "fee")
INNER = frozenset({"account", "account_id", "approval", "order", "mark", "escalation"})
"""Facts that tell the desk what it is about, and people nothing."""

Line = Html | None


@dataclass(frozen=True, slots=True)
class Told:
    """An alert in one reader's language: the title with the account, and what it says."""

    head: Html
    body: tuple[Html, ...]

    @property
    def text(self) -> Html:
        return lines(self.head, *self.body)


def told(name: str, data: Json, words: Words) -> Told:
    """What an alert says. A name without a text of its own is shown with all its facts."""
    facts = Facts(data, words)
    body = BODIES.get(name)
    if body is None:
        return Told(Html(f"🔔 {bold(name, NAME_LIMIT)}"), tuple(_rest(facts)))
    said = tuple(line for line in body(facts) if line)
    return Told(_head(_title(name, data, words), facts), said)


def title(name: str, words: Words) -> str:
    """What an alert of that name is called, with its sign; plain text."""
    return words.label(f"alert-title-{name}")


def _title(name: str, data: Json, words: Words) -> str:
    if name in ("drawdown_warned", "drawdown_recovered") and data.get("measure") == "daily":
        return words.label(f"alert-daily-{name}")
    if name == "health_incident" and data.get("open"):
        return words.label("alert-open-health_incident")
    if name == "task_gave_up":
        return words.label(f"alert-stopped-{_part(data)}")
    return title(name, words)


def _head(whole: str, facts: Facts) -> Html:
    sign, _, said = whole.partition(" ")
    account = Html(f" · {facts.text('account', NAME_LIMIT)}") if facts.has("account") else ""
    return Html(f"{sign} {bold(said)}{account}")


def _closed(facts: Facts) -> Sequence[Line]:
    w = facts.words
    by = closed_by(str(facts.data.get("reason")), w)
    what = _what(facts, "symbol", "side", "volume")
    if facts.has("price"):
        said = w("alert-was-closed-at", what=what, by=by, price=facts.text("price"))
    else:
        said = w("alert-was-closed", what=what, by=by)
    currency = str(facts.data.get("currency") or "")
    result = w("alert-result", result=facts.signed_money("profit", currency)) if facts.has("profit") else None
    return said, result, _costs(facts)


def _costs(facts: Facts) -> Line:
    """What the result is made of: the profit of the price alone, and each cost that is given."""
    w, given = facts.words, [name for name in COSTS if facts.has(name) and facts.number(name) != 0]
    parts = [w(f"alert-cost-{name}", amount=facts.signed_money(name)) for name in given]
    amounts = [facts.number(name) for name in ("profit", *given)]
    if given and all(amount is not None for amount in amounts):
        whole, *costs = (amount for amount in amounts if amount is not None)
        parts.insert(0, w("alert-cost-profit", amount=w.signed_money(whole - sum(costs))))
    return w.listed(*parts) if parts else None


def _filled(facts: Facts) -> Sequence[Line]:
    what = _what(facts, "side", "volume", "symbol")
    if facts.has("price"):
        return (facts.words("alert-filled", what=what, price=facts.text("price")),)
    return (facts.words("alert-filled-unpriced", what=what),)


def _expired(facts: Facts) -> Sequence[Line]:
    what = _what(facts, "side", "symbol")
    return (facts.words("alert-expired-signal", what=what, source=facts.text("source", NAME_LIMIT)),)


def _standing_ended(facts: Facts) -> Sequence[Line]:
    named = {"number": facts.text("number"), "source": facts.text("source", NAME_LIMIT)}
    return facts.words("alert-standing-ended", **named), facts.said("reason")


def _late(facts: Facts) -> Sequence[Line]:
    named = {name: facts.text(name) for name in ("volume", "symbol", "price")}
    return facts.words("alert-late", **named), facts.words("alert-late-watched")


def _unknown(facts: Facts) -> Sequence[Line]:
    return _order(facts), facts.words("alert-unknown-order")


def _confirmed(facts: Facts) -> Sequence[Line]:
    if not facts.has("price"):
        return (_order(facts),)
    return (facts.words("alert-order-at", order=_order(facts), price=facts.text("price")),)


def _ended(facts: Facts) -> Sequence[Line]:
    return _order(facts), facts.said("detail") or facts.said("reason")


def _order(facts: Facts) -> Html:
    return _what(facts, "kind", "side", "volume", "symbol")


def _what(facts: Facts, *names: str) -> Html:
    """The facts that were given beside each other, those of a fixed set in the reader's language."""
    given = [_term(facts, name) for name in names if facts.has(name)]
    return Html(" ".join(given)) if given else facts.text(names[0])


def _term(facts: Facts, name: str) -> Html:
    value = str(facts.data[name])
    return facts.words(f"alert-order-{value}") if value in TERMS else facts.text(name, TERM_LIMIT)


TERMS = frozenset({"buy", "sell", "open", "close", "close_by", "modify", "change", "cancel"})


def _plan(key: str) -> "Body":
    def body(facts: Facts) -> Sequence[Line]:
        named = {name: facts.text(name) for name in ("symbol", "stands", "failed")}
        return facts.words(key, **named), facts.said("detail")

    return body


def _plan_waits(key: str, tried: str) -> "Body":
    def body(facts: Facts) -> Sequence[Line]:
        first = facts.words(key, symbol=facts.text("symbol"), leg=facts.text("leg"))
        return first, facts.said("detail"), facts.words(tried)

    return body


def _gave_up(facts: Facts) -> Sequence[Line]:
    w = facts.words
    error = w("alert-tried-again", error=facts.clause("error"), n=facts.count("seconds"))
    return error, italic(w(f"alert-meanwhile-{_part(facts.data)}"))


def _part(data: Json) -> str:
    part = str(data.get("part"))
    return part if part in ("trading", "guard", "market", "sync", "health") else "guard"


def _stranger(facts: Facts) -> Sequence[Line]:
    known = facts.words("alert-telegram-id", id=facts.text("telegram_id"))
    name = facts.text("name", NAME_LIMIT) if facts.has("name") else None
    return facts.words.listed(known, name), italic(facts.words("alert-stranger-told"))


def _incident(facts: Facts) -> Sequence[Line]:
    w = facts.words
    since = {"since": facts.time("since")}
    began = w("alert-since-open", **since, open=facts.text("open")) if facts.has("open") else None
    return (
        *(bold(w.told(trouble, SENTENCE_LIMIT)) for trouble in facts.each("troubles")[:SHOWN]),
        began or w("alert-since", **since),
        *(Html(f"→ {w.told(hint, HINT_LIMIT)}") for hint in facts.each("hints")[:SHOWN]),
        *(italic(w.told(sentence, HINT_LIMIT)) for sentence in facts.each("meanwhile")[:SHOWN]),
        italic(w("alert-health-shows")),
    )


def _recovered(facts: Facts) -> Sequence[Line]:
    over = facts.each("troubles")[:SHOWN]
    return [facts.words("alert-recovered", what=facts.words.told(each, HINT_LIMIT)) for each in over]


def _updated(facts: Facts) -> Sequence[Line]:
    named = {name: facts.text(name) for name in ("before", "build")}
    return facts.words("alert-build", **named), italic(facts.words("alert-build-look"))


def _text(facts: Facts) -> Sequence[Line]:
    return (facts.said("text"),)


def _failed(facts: Facts) -> Sequence[Line]:
    w = facts.words
    told = w("alert-error", id=facts.text("error_id"), error=facts.text("error"))
    return told, italic(w("alert-error-log"))


def _route(facts: Facts) -> Sequence[Line]:
    w = facts.words
    told = w("alert-route", title=facts.text("title", NAME_LIMIT), reason=facts.clause("reason"))
    return told, w("alert-route-again")


def _handed_on(facts: Facts) -> Sequence[Line]:
    told = {name: facts.text(name, NAME_LIMIT) for name in ("title", "name", "by")}
    return (facts.words("alert-route-handed-on", **told),)


def _rest(facts: Facts) -> list[Html]:
    """Every remaining fact, one a line, so that nothing is lost."""
    names = [name for name in facts.data if name not in INNER and facts.has(name)]
    return [
        Html(f"{plain(name, NAME_LIMIT)}: {plain(', '.join(facts.each(name)) or facts.data[name])}")
        for name in names
    ]


Body = Callable[[Facts], Sequence[Line]]

BODIES: dict[str, Body] = {
    "position_closed": _closed,
    "order_filled": _filled,
    "card_expired": _expired,
    "standing_ended": _standing_ended,
    **GUARDING,
    **MARKET,
    "order_late": _late,
    "intent_unknown": _unknown,
    "intent_confirmed": _confirmed,
    "intent_expired": _ended,
    "intent_refused": _ended,
    "plan_kept": _plan("alert-plan-kept"),
    "plan_undone": _plan("alert-plan-undone"),
    "plan_stop_waits": _plan_waits("alert-plan-stop-waits", "alert-plan-stop-tried"),
    "plan_undo_waits": _plan_waits("alert-plan-undo-waits", "alert-plan-undo-tried"),
    "task_gave_up": _gave_up,
    "stranger": _stranger,
    **PEOPLE,
    **ACCOUNTS,
    "health_incident": _incident,
    "health_recovered": _recovered,
    "terminal_updated": _updated,
    **dict.fromkeys(("desk_paused", "source_paused", "account_paused"), _text),
    **dict.fromkeys(("desk_resumed", "source_resumed", "account_resumed"), _text),
    **dict.fromkeys(("account_unlocked", "lock_set", "lock_released", "lock_ended"), _text),
    "desk_started": _rest,
    "handler_failed": _failed,
    "route_paused": _route,
    "route_handed_on": _handed_on,
}

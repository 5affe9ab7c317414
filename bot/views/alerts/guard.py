"""What the drawdown guard and its liquidations tell."""

from collections.abc import Callable, Mapping, Sequence

from bot.views.alerts.facts import Facts
from bot.words.html import Html, italic


def _warned(facts: Facts) -> Sequence[Html | None]:
    w = facts.words
    level = w("alert-level", percent=facts.percent("level")) if facts.has("level") else None
    return level, *_lost(facts), italic(w("alert-at-the-limit"))


def _recovered(facts: Facts) -> Sequence[Html | None]:
    lasted = facts.words("alert-lasted", length=facts.text("recovered_in"))
    return *_lost(facts), lasted if facts.has("recovered_in") else None


def _lost(facts: Facts) -> Sequence[Html]:
    """How much, of which limit, and the two amounts of money."""
    w = facts.words
    share = w(
        f"alert-lost-{_measured(facts)}", percent=facts.percent("percent"), limit=facts.percent("limit")
    )
    return share, w("alert-equity", equity=facts.money("equity"), peak=facts.money("peak"))


def _measured(facts: Facts) -> str:
    """From where: the loss of the day, or what the drawdown is based on."""
    basis = str(facts.data.get("basis"))
    if facts.data.get("measure") == "daily":
        return "daily"
    return basis if basis in ("day", "initial") else "peak"


def _blind(facts: Facts) -> Sequence[Html | None]:
    w = facts.words
    said = w("alert-blind", since=facts.time("since"), reason=facts.clause("reason"))
    return said, w("alert-blind-meanwhile")


def _seen(_: Facts) -> Sequence[Html | None]:
    return ()


def _finished(facts: Facts) -> Sequence[Html | None]:
    w = facts.words
    now = w("alert-equity-now", equity=facts.money("equity")) if facts.has("equity") else None
    return facts.said("reason"), now, w("alert-locked-until-unlock")


def _released(facts: Facts) -> Sequence[Html | None]:
    return (facts.words("alert-released"),)


def _stuck(facts: Facts) -> Sequence[Html | None]:
    w = facts.words
    left = w("alert-stuck", attempts=facts.text("attempts"), positions=facts.text("positions"))
    return left, facts.said("detail"), w("alert-stuck-act")


GUARDING: Mapping[str, Callable[[Facts], Sequence[Html | None]]] = {
    "drawdown_warned": _warned,
    "drawdown_recovered": _recovered,
    "drawdown_breached": _lost,
    "drawdown_blind": _blind,
    "drawdown_seen": _seen,
    "liquidation_finished": _finished,
    "liquidation_released": _released,
    "liquidation_stuck": _stuck,
}

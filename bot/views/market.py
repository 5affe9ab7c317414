"""What the market guard tells: dangers with their numbers, their end, closes that do not succeed."""

from bot.views.markup import bold, italic, lines, plain
from core.model.events import Json

SENTENCE_LIMIT = 300
NAME_LIMIT = 60
SHOWN = 10


def market_marked(data: Json) -> str:
    return lines(
        _head("⚠️", "Danger in the market", data),
        *_several(data, "reasons"),
        *(italic(plan, SENTENCE_LIMIT) for plan in _listed(data, "plan")),
    )


def market_ended(data: Json) -> str:
    return lines(_head("☑️", "Danger over", data), *_several(data, "reasons"))


def market_close_fails(data: Json) -> str:
    obstacle = data.get("obstacle")
    return lines(
        _head("🆘", "The market guard cannot close", data),
        plain(data.get("reason", ""), SENTENCE_LIMIT),
        f"Still open: {plain(', '.join(_listed(data, 'positions')), SENTENCE_LIMIT)}",
        f"No order can be sent now: {plain(obstacle, SENTENCE_LIMIT)}." if obstacle else None,
        "Please look at the terminal. The desk goes on trying while the danger lasts.",
    )


def _head(mark: str, title: str, data: Json) -> str:
    return f"{mark} {bold(title)} · {plain(data.get('account', '?'), NAME_LIMIT)}"


def _several(data: Json, name: str) -> list[str]:
    """At most ten sentences; the rest is counted."""
    listed = _listed(data, name)
    more = len(listed) - SHOWN
    shown: list[str] = [plain(each, SENTENCE_LIMIT) for each in listed[:SHOWN]]
    return [*shown, f"… and {more} more"] if more > 0 else shown


def _listed(data: Json, name: str) -> list[str]:
    value = data.get(name)
    return value if isinstance(value, list) else []

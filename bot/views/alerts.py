"""Alerts: one function per name, from the facts of the notice to the text of a message."""

from collections.abc import Callable
from decimal import Decimal, InvalidOperation

from bot.views.market import market_close_fails, market_ended, market_marked
from bot.views.markup import Rendered, bold, code, italic, lines, money, plain, sentence
from bot.views.outcome import CLOSED_BY
from core.model.events import Json
from core.model.trades import CloseReason

FACT_LIMIT = 300
SENTENCE_LIMIT, HINT_LIMIT = 120, 200

COSTS = ("commission", "swap", "fee")


def alert(name: str, data: Json) -> Rendered:
    """The message of an alert. A name without a text of its own is shown with all its facts."""
    view = ALERTS.get(name)
    return Rendered(view(data) if view else _unknown(name, data))


def _fact(data: Json, name: str) -> str:
    """One fact, safe to write into HTML; a question mark when it was not given."""
    value = data.get(name)
    return plain("?" if value is None else value, FACT_LIMIT)


def _optional(data: Json, name: str, around: str = "{}") -> str:
    """A fact in its frame, or nothing when it was not given."""
    return around.format(_fact(data, name)) if data.get(name) not in (None, "") else ""


def _head(mark: str, title: str, data: Json) -> str:
    return f"{mark} {bold(title)}{_optional(data, 'account', ' · {}')}"


def _position_closed(data: Json) -> str:
    known = {str(reason): words for reason, words in CLOSED_BY.items()}
    reason = str(data.get("reason") or CloseReason.UNEXPLAINED)
    return lines(
        _head("🏁", "Position closed", data),
        f"{_fact(data, 'symbol')}{_optional(data, 'side', ' {}')}{_optional(data, 'volume', ' {}')}"
        f" was closed {known.get(reason, plain(reason, FACT_LIMIT))}"
        f"{_optional(data, 'price', ' at <code>{}</code>')}.",
        _optional(data, "profit", "Result <b>{}</b>") + _optional(data, "currency", " {}"),
        _costs(data),
    )


def _costs(data: Json) -> str:
    """What the result is made of: the profit of the price alone, and each cost that is given."""
    given = [name for name in COSTS if data.get(name) not in (None, "")]
    if not given:
        return ""
    parts = [f"{name} {_fact(data, name)}" for name in given]
    try:
        alone = Decimal(str(data.get("profit"))) - sum(Decimal(str(data[name])) for name in given)
    except InvalidOperation:
        return " · ".join(parts).capitalize()
    return " · ".join([f"Profit {alone:f}", *parts])


def _drawdown_warned(data: Json) -> str:
    return lines(
        _head("📉", "Daily loss warning" if _is_daily(data) else "Drawdown warning", data),
        _optional(data, "level", "{}\u00a0% of the way to the limit."),
        _lost(data),
        italic("At the limit everything on this account is closed and locked."),
    )


def _drawdown_recovered(data: Json) -> str:
    return lines(
        _head("📈", "Daily loss recovered" if _is_daily(data) else "Drawdown recovered", data),
        _lost(data),
        _optional(data, "recovered_in", "It lasted {}."),
    )


def _drawdown_breached(data: Json) -> str:
    return lines(_head("🚨", "The drawdown limit is reached", data), _lost(data))


def _is_daily(data: Json) -> bool:
    return data.get("measure") == "daily"


_BELOW = {"day": "below the day's peak", "initial": "below the start"}


def _lost(data: Json) -> str:
    """How much, of which limit, and the two amounts of money."""
    below = "lost today" if _is_daily(data) else _BELOW.get(str(data.get("basis")), "below the peak")
    return lines(
        f"{_fact(data, 'percent')}\u00a0% {below}, the limit is {_fact(data, 'limit')}\u00a0%.",
        f"Equity {_money(data, 'equity')}, measured from {_money(data, 'peak')}.",
    )


def _money(data: Json, name: str) -> str:
    """An amount as people read it: 12,345.60. What is no number is shown as it is."""
    try:
        return money(Decimal(str(data.get(name))))
    except InvalidOperation:
        return _fact(data, name)


def _drawdown_blind(data: Json) -> str:
    return lines(
        _head("🙈", "The drawdown guard sees nothing", data),
        f"Since {_fact(data, 'since')} UTC: {_fact(data, 'reason')}.",
        "While it is blind it closes nothing. Stops at the broker go on working.",
    )


def _drawdown_seen(data: Json) -> str:
    return _head("👁", "The drawdown guard sees again", data)


def _liquidation_finished(data: Json) -> str:
    return lines(
        _head("🔒", "Everything is closed, verified flat", data),
        plain(sentence(str(data["reason"])), FACT_LIMIT) if data.get("reason") else None,
        f"Equity is now <b>{_money(data, 'equity')}</b>." if data.get("equity") else None,
        "New trades are locked until an owner says /unlock.",
    )


def _liquidation_released(data: Json) -> str:
    return lines(
        _head("🔓", "The hold is over, nothing more is closed", data),
        "The drawdown is no longer at its limit. New trades are possible again.",
    )


def _liquidation_stuck(data: Json) -> str:
    return lines(
        _head("🆘", "Closing everything does not succeed", data),
        f"After {_fact(data, 'attempts')} attempts still open: {_fact(data, 'positions')}"
        " (positions and pending orders).",
        plain(sentence(str(data["detail"])), FACT_LIMIT) if data.get("detail") else None,
        "Please close the positions in the terminal. The desk goes on trying.",
    )


def _order_late(data: Json) -> str:
    return lines(
        _head("❗", "An order was executed after all", data),
        f"{_fact(data, 'volume')} {_fact(data, 'symbol')} at {code(data.get('price', '?'), FACT_LIMIT)}.",
        "It had been given up; the desk watches the position from now on.",
    )


def _intent_unknown(data: Json) -> str:
    return lines(
        _head("❔", "An order is unconfirmed", data),
        _order(data),
        "It may have been executed. The desk is checking; please do not repeat it.",
    )


def _intent_confirmed(data: Json) -> str:
    price = _optional(data, "price")
    return lines(
        _head("✅", "No longer in doubt: it is done", data),
        f"{_order(data)} at {price}" if price else _order(data),
    )


def _intent_expired(data: Json) -> str:
    return lines(_head("⌛", "An order was not executed", data), _order(data), _detail(data))


def _intent_refused(data: Json) -> str:
    return lines(_head("⛔", "An order was refused", data), _order(data), _detail(data))


def _plan_kept(data: Json) -> str:
    return lines(
        _head("⚠️", "A plan came about in part and is kept", data),
        f"{_fact(data, 'symbol')}: {_fact(data, 'stands')} lots stand,"
        f" {_fact(data, 'failed')} did not come about.",
        _detail(data),
    )


def _plan_undone(data: Json) -> str:
    return lines(
        _head("↩️", "A plan came about in part and is undone", data),
        f"{_fact(data, 'symbol')}: {_fact(data, 'failed')} lots did not come about,"
        f" so the other {_fact(data, 'stands')} are closed or cancelled.",
        _detail(data),
    )


def _plan_stop_waits(data: Json) -> str:
    return lines(
        _head("⏳", "A stop cannot move to its entry yet", data),
        f"The first target was reached. {_fact(data, 'symbol')} TP{_fact(data, 'leg')}:",
        _detail(data),
        "The desk goes on trying while the position is open.",
    )


def _plan_undo_waits(data: Json) -> str:
    return lines(
        _head("🚨", "A plan could not be undone yet", data),
        f"{_fact(data, 'symbol')} TP{_fact(data, 'leg')} is still there:",
        _detail(data),
        "The desk goes on trying. If it must be gone now, please close it in the terminal.",
    )


def _task_gave_up(data: Json) -> str:
    what, do = _GAVE_UP.get(str(data.get("part")), _GAVE_UP["guard"])
    return lines(
        _head("🆘", what, data),
        f"{_fact(data, 'error')}. The desk tries again in {_fact(data, 'seconds')} seconds.",
        italic(f"The log has the cause. Until then {do}"),
    )


_GAVE_UP = {
    "trading": ("Orders of an account are not carried out", "please act in the terminal."),
    "guard": ("The drawdown of an account is not guarded", "please watch it in the terminal."),
    "market": ("The market guard of an account stands still", "please watch it in the terminal."),
    "sync": ("An account is not reconciled", "what the desk shows of it may be wrong."),
    "health": ("A terminal is not probed", "nobody is told when it fails."),
}


def _order(data: Json) -> str:
    parts = [_optional(data, name) for name in ("kind", "side", "volume", "symbol")]
    return " ".join(part for part in parts if part)


def _detail(data: Json) -> str:
    return _optional(data, "detail") or _optional(data, "reason")


def _stranger(data: Json) -> str:
    return lines(
        _head("👤", "A stranger wrote to the desk", data),
        f"Telegram id {code(data.get('telegram_id', '?'), FACT_LIMIT)}{_optional(data, 'name', ' · {}')}",
        italic("They were told once that this desk is private."),
    )


def _health_incident(data: Json) -> str:
    return lines(
        _head("🚨" if data.get("open") else "🔌", "Trouble with a terminal", data),
        *(bold(sentence, SENTENCE_LIMIT) for sentence in _several(data, "troubles")),
        f"Since {_fact(data, 'since')}{_optional(data, 'open', ', with {}')}.",
        *(f"→ {plain(hint, HINT_LIMIT)}" for hint in _several(data, "hints")),
        *(italic(sentence, HINT_LIMIT) for sentence in _several(data, "meanwhile")),
        italic("/health shows the present state."),
    )


def _health_recovered(data: Json) -> str:
    over = (f"Over: {plain(sentence, HINT_LIMIT)}" for sentence in _several(data, "troubles"))
    return lines(_head("✅", "A terminal has recovered", data), *over)


def _terminal_updated(data: Json) -> str:
    return lines(
        _head("🔧", "A terminal has another build", data),
        f"It was {_fact(data, 'before')} and is {_fact(data, 'build')} now.",
        italic("Terminals update themselves. Look whether all is well: /health"),
    )


def _several(data: Json, name: str) -> list[str]:
    """The facts of a list; of one that is none, itself."""
    value = data.get(name)
    listed = value if isinstance(value, list) else [value] if value else []
    return [str(each) for each in listed]


def _paused(data: Json) -> str:
    return f"⏸ {_fact(data, 'text')}"


def _resumed(data: Json) -> str:
    return f"▶️ {_fact(data, 'text')}"


def _locked(data: Json) -> str:
    return f"🔒 {_fact(data, 'text')}"


def _unlocked(data: Json) -> str:
    return f"🔓 {_fact(data, 'text')}"


def _desk_started(data: Json) -> str:
    return lines(_head("▶️", "The desk has started", data), _facts(data, but=("account",)))


def _handler_failed(data: Json) -> str:
    return lines(
        _head("🐞", "An error of the bot itself", data),
        f"Error id {code(data.get('error_id', '?'), FACT_LIMIT)}: {_fact(data, 'error')}",
        italic("The traceback is in the log. The same error is not reported again for ten minutes."),
    )


def _unknown(name: str, data: Json) -> str:
    return lines(f"🔔 {bold(name, FACT_LIMIT)}", _facts(data))


def _facts(data: Json, but: tuple[str, ...] = ()) -> str:
    """Every remaining fact, one a line, so that nothing is lost."""
    rest = {name: value for name, value in data.items() if name not in but and value not in (None, "", [])}
    return lines(*(f"{plain(name, FACT_LIMIT)}: {plain(_listed(rest[name]), FACT_LIMIT)}" for name in rest))


def _listed(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


ALERTS: dict[str, Callable[[Json], str]] = {
    "position_closed": _position_closed,
    "drawdown_warned": _drawdown_warned,
    "drawdown_recovered": _drawdown_recovered,
    "drawdown_breached": _drawdown_breached,
    "drawdown_blind": _drawdown_blind,
    "drawdown_seen": _drawdown_seen,
    "liquidation_finished": _liquidation_finished,
    "liquidation_released": _liquidation_released,
    "liquidation_stuck": _liquidation_stuck,
    "order_late": _order_late,
    "intent_unknown": _intent_unknown,
    "intent_confirmed": _intent_confirmed,
    "intent_expired": _intent_expired,
    "intent_refused": _intent_refused,
    "plan_kept": _plan_kept,
    "plan_undone": _plan_undone,
    "plan_stop_waits": _plan_stop_waits,
    "plan_undo_waits": _plan_undo_waits,
    "task_gave_up": _task_gave_up,
    "stranger": _stranger,
    "health_incident": _health_incident,
    "health_recovered": _health_recovered,
    "terminal_updated": _terminal_updated,
    "market_marked": market_marked,
    "market_ended": market_ended,
    "market_close_fails": market_close_fails,
    **dict.fromkeys(("desk_paused", "source_paused", "account_paused"), _paused),
    **dict.fromkeys(("desk_resumed", "source_resumed", "account_resumed"), _resumed),
    **dict.fromkeys(("account_unlocked", "lock_released", "lock_ended"), _unlocked),
    "lock_set": _locked,
    "desk_started": _desk_started,
    "handler_failed": _handler_failed,
}

"""What people read of alerts: each in every language, at its longest, and with what one can do about it."""

from datetime import UTC, datetime
from uuid import UUID

import pytest

from bot.sandbox.html_text import parse_html
from bot.views.alerts.message import BUTTONS, alert
from bot.views.alerts.told import BODIES
from bot.views.markup import Rendered
from bot.words import Words
from bot.words.html import TEXT_LIMIT
from core.model.alerts import KINDS
from core.model.events import Json
from core.model.ids import PersonId
from core.model.people import Person, Role
from tests.bot.snapshots import check_shown
from tests.bot.wording import ENGLISH

HTML = "<b>&\"'" * 200
NOW = datetime(2026, 11, 21, 3, 0, tzinfo=UTC)
OF_TIM: Json = {"account": "Tim <7>", "account_id": str(UUID(int=1))}
DRAWDOWN: Json = {"percent": "18.10", "limit": "20", "equity": "8190.00", "peak": "10000.00"}
ORDER: Json = {"kind": "open", "side": "buy", "volume": "0.50", "symbol": "EURUSD"}
PLAN: Json = {"symbol": "EURUSD", "stands": "0.17", "failed": "0.16", "leg": "1", "detail": "no <money>"}
COSTS: Json = {"currency": "USD", "commission": "-3.50", "swap": "-0.20", "fee": "0"}
SAID: Json = {"text": "Tim <7> is paused by Olga: news"}
PERSON: Json = {"name": "Eve <3>", "by": "Olga", "roles": ["admin", "trader"]}

SAMPLES: dict[str, Json] = {
    "position_closed": {
        **ORDER,
        "kind": None,
        **COSTS,
        "reason": "stop_loss",
        "price": "1.08200",
        "profit": "-1234.10",
    },
    "order_filled": {**ORDER, "price": "1.08512"},
    "card_expired": {"symbol": "EURUSD", "side": "sell", "source": "momentum <1>"},
    "drawdown_warned": {**DRAWDOWN, "level": "90", "basis": "peak"},
    "drawdown_recovered": {**DRAWDOWN, "basis": "day", "recovered_in": "3 h 5 min"},
    "drawdown_breached": {**DRAWDOWN, "basis": "initial"},
    "drawdown_blind": {"since": NOW.isoformat(), "reason": "the terminal does not answer"},
    "drawdown_seen": {},
    "liquidation_finished": {"reason": "drawdown 20.40 % reached the limit of 20 %", "equity": "7955.10"},
    "liquidation_released": {},
    "liquidation_stuck": {"positions": "2", "attempts": "4", "detail": "disabled <by> client"},
    "order_late": {**ORDER, "price": "1.08512"},
    "standing_ended": {"number": "3", "source": "momentum <1>", "reason": "Its 7 days are over."},
    "intent_unknown": ORDER,
    "intent_confirmed": {**ORDER, "price": "1.08512"},
    "intent_expired": {**ORDER, "kind": "cancel", "detail": "it was not sent in time"},
    "intent_refused": {**ORDER, "kind": "modify", "detail": "invalid stops"},
    **dict.fromkeys(("plan_kept", "plan_undone", "plan_stop_waits", "plan_undo_waits"), PLAN),
    "task_gave_up": {"part": "guard", "error": "guard Tim failed 11 times in a row", "seconds": 60},
    "stranger": {"telegram_id": "77", "name": "Eve <3>"},
    "health_incident": {
        "troubles": ["The terminal does not answer."],
        "hints": ["Look whether it still runs."],
        "meanwhile": ["What was known is kept."],
        "since": NOW.isoformat(),
        "open": "2 positions",
    },
    "health_recovered": {"troubles": ["The terminal does not answer. It lasted 45 s."]},
    "terminal_updated": {"before": 4000, "build": 5000},
    "market_marked": {
        "reasons": [f"EURUSD moved -1.{n} % between two quotes" for n in range(12)],
        "plan": ["The positions are being closed."],
    },
    "market_ended": {"reasons": ["EURUSD: gap, after 5 min"]},
    "market_close_fails": {
        "reason": "a <gap>",
        "positions": ["EURUSD 0.1 #7", "XAUUSD 0.2 #8"],
        "obstacle": "the broker forbids trading",
    },
    **{name: SAID for name in KINDS if name.endswith(("paused", "resumed", "unlocked"))},
    **dict.fromkeys(("lock_set", "lock_released", "lock_ended"), SAID),
    "account_linked": {"name": "Tim <7>", "kind": "mt5"},
    "account_unlinked": {"name": "Tim <7>"},
    "account_loosened": {
        "name": "Tim <7>",
        "setting": "drawdown_limit_percent",
        "before": "20",
        "after": "30",
    },
    **{name: PERSON for name in KINDS if name.startswith("person_")},
    "desk_started": {"accounts": 3},
    "handler_failed": {"error_id": "ab12", "error": "ZeroDivisionError"},
    "route_paused": {"title": "Risk <room>", "reason": "Forbidden: bot was kicked"},
    "route_handed_on": {"title": "Risk <room>", "name": "forgotten-1a2b3c4d", "by": "Olga"},
}


def person(*roles: Role) -> Person:
    return Person(PersonId(UUID(int=7)), 7, "Olga", frozenset(roles))


def plain(rendered: Rendered) -> str:
    return parse_html(rendered.text)[0].replace("\N{NO-BREAK SPACE}", "~")


def labels(rendered: Rendered) -> list[str]:
    rows = rendered.keyboard.inline_keyboard if rendered.keyboard else []
    return [button.text for row in rows for button in row]


def shown(name: str, words: Words, **more: object) -> Rendered:
    facts: Json = {**OF_TIM, **SAMPLES[name], **more}  # type: ignore[dict-item]
    return alert(name, facts, words, person(Role.OWNER, Role.TRADER))


def test_every_kind_has_a_text_and_a_sample() -> None:
    assert set(BODIES) == set(KINDS)
    assert set(SAMPLES) == set(KINDS)
    assert set(BUTTONS) <= set(KINDS)


@pytest.mark.parametrize("name", KINDS)
def test_each_alert_in_every_language(name: str) -> None:
    check_shown(f"alert-{name}", lambda words: shown(name, words))


@pytest.mark.parametrize("part", ["trading", "guard", "market", "sync", "health"])
def test_each_task_that_gave_up(part: str) -> None:
    check_shown(f"alert-gave-up-{part}", lambda words: shown("task_gave_up", words, part=part))


@pytest.mark.parametrize("name", ["drawdown_warned", "drawdown_recovered"])
def test_losses_of_a_day(name: str) -> None:
    check_shown(f"alert-daily-{name}", lambda words: shown(name, words, measure="daily"))


def test_an_alert_that_may_have_come_before_says_so() -> None:
    check_shown("alert-again", lambda words: alert("drawdown_seen", OF_TIM, words, again=True))


@pytest.mark.parametrize("name", KINDS)
def test_alerts_survive_missing_and_hostile_facts(name: str) -> None:
    owner = person(Role.OWNER)
    assert plain(alert(name, {}, ENGLISH, owner))
    hostile: Json = {fact: HTML for fact in (*SAMPLES[name], "account") if fact != "account_id"}
    assert len(plain(alert(name, hostile, ENGLISH, owner)).encode("utf-16-le")) // 2 <= TEXT_LIMIT


def test_an_alert_without_a_text_of_its_own_loses_nothing() -> None:
    facts: Json = {"phase": "full", "days": 3, "seen": ["Ann", "Bob"], "none": None}
    assert plain(alert("moon_<phase>", facts, ENGLISH)) == (
        "🔔 moon_<phase>\nphase: full\ndays: 3\nseen: Ann, Bob"
    )


def test_a_closed_position_says_by_whom_and_what_it_has_cost() -> None:
    assert plain(shown("position_closed", ENGLISH)) == (
        "🏁 Position closed · Tim <7>\n"
        "EURUSD buy 0.50 was closed by its stop loss at 1.08200.\n"
        "Result −1,234.10~USD\n"
        "Profit −1,230.40 · commission −3.50 · swap −0.20"
    )
    odd = plain(shown("position_closed", ENGLISH, profit="much"))
    assert odd.endswith("Result much\ncommission −3.50 · swap −0.20")


def test_a_drawdown_warning_says_how_near_the_limit_is() -> None:
    assert plain(shown("drawdown_warned", ENGLISH)) == (
        "📉 Drawdown warning · Tim <7>\n"
        "90~% of the way to the limit.\n"
        "18.10~% below the peak, the limit is 20~%.\n"
        "Equity 8,190.00, measured from 10,000.00.\n"
        "At the limit everything on this account is closed and locked."
    )
    assert "Equity ?, measured from 10,000.00." in plain(shown("drawdown_warned", ENGLISH, equity=None))


def test_the_end_of_a_liquidation_and_its_trouble() -> None:
    assert plain(shown("liquidation_finished", ENGLISH)).splitlines()[1:] == [
        "Drawdown 20.40~% reached the limit of 20~%.",
        "Equity is now 7,955.10.",
        "New trades are locked until an owner says /unlock.",
    ]
    assert plain(shown("liquidation_stuck", ENGLISH)).splitlines()[1:] == [
        "After 4 attempts still open: 2 (positions and pending orders).",
        "Disabled <by> client.",
        "Please close the positions in the terminal. The desk goes on trying.",
    ]


def test_many_dangers_are_counted() -> None:
    assert "… and 2 more" in plain(shown("market_marked", ENGLISH))


def test_buttons_are_those_that_the_reader_may_use() -> None:
    def below(*roles: Role) -> list[str]:
        facts: Json = {**OF_TIM, **SAMPLES["drawdown_warned"]}
        return labels(alert("drawdown_warned", facts, ENGLISH, person(*roles)))

    assert below(Role.OWNER) == ["Positions", "Lock Tim <7>"]
    assert below(Role.TRADER) == ["Positions", "Close everything"]


def test_another_password_is_asked_of_the_accounts_own_trader_only() -> None:
    theirs = person(Role.TRADER)

    def below(trader: PersonId) -> list[str]:
        facts: Json = {**OF_TIM, **SAMPLES["health_incident"], "renews": str(trader)}
        return labels(alert("health_incident", facts, ENGLISH, theirs))

    assert below(theirs.id) == ["Health", "🔑 New password"]
    assert below(PersonId(UUID(int=8))) == ["Health"]


def test_nobody_acts_in_a_group() -> None:
    facts: Json = {**OF_TIM, **SAMPLES["drawdown_warned"]}
    assert alert("drawdown_warned", facts, ENGLISH, None).keyboard is None

"""What /accounts, its wizard and its risk look like, in every language, at their longest too."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from itertools import chain
from uuid import UUID

import pytest

from bot.buttons.risk import CODES, read_number, with_value
from bot.typed.hours import read_hours
from bot.views.accountrisk import CHOICES, GROUPS, Change, ask_value, changed, confirm, risk, setting
from bot.views.accounts import (
    Shown,
    account,
    accounts,
    ask_name,
    ask_symbol,
    pinned,
    refusal,
    renamed,
    symbols,
    unlink_question,
    unlinked,
)
from bot.views.linking import cancelled, checking, found, linked, question
from bot.views.linking import renewed as renewed_password
from bot.views.markup import Rendered
from bot.words import Words
from bot.words.html import ALERT_LIMIT, Html, clip, lines, plain
from core.accounts.linking import Candidate
from core.accounts.refusals import AccountRefused, Reason
from core.accounts.settings import SETTINGS, Ceilings
from core.accounts.terminals import TerminalPlace
from core.accounts.unlinking import Leaving
from core.accounts.verifying import Found
from core.board import LastSeen
from core.model.accounts import Account, RiskPolicy, TerminalKind
from core.model.ids import AccountId, PersonId
from core.model.mt5 import MT5AccountSnapshot, MT5AccountState
from core.model.policies import Hours, Plan
from core.model.risk import DrawdownState, Liquidation, LiquidationState, Lock, LockKind
from core.status import AccountStatus
from tests.bot.snapshots import READERS, check_shown

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
FREE = Ceilings()
LONG = "🐻<" * 16
HTML = "<b>&" * 20
MINE = Account(
    AccountId(UUID(int=5)),
    PersonId(UUID(int=7)),
    "Tara's <paper>",
    TerminalKind.PAPER,
    "/t",
    70_001,
    "Paper-Demo",
)
STATE = MT5AccountState(
    login=70_001,
    server="Broker-Demo",
    name="Ann <1>",
    currency="USD",
    leverage=200,
    trade_mode=0,
    margin_mode=2,
    fifo_close=False,
    balance=Decimal("10000"),
    credit=Decimal(0),
    equity=Decimal("9951.42"),
    profit=Decimal(0),
    margin=Decimal(0),
    margin_free=Decimal("9951.42"),
    trade_allowed=True,
    trade_expert=True,
    terminal_trade_allowed=True,
    tradeapi_disabled=False,
    ping_us=20,
    build=5430,
    read_at=NOW,
)
FLAT = MT5AccountSnapshot(STATE, (), ())
REAL = replace(STATE, trade_mode=2, terminal_trade_allowed=False, margin_mode=0, name=HTML)
DRAWDOWN = DrawdownState(
    MINE.id, peak=Decimal(10_000), equity=Decimal(8_800), flows_until=NOW, level=Decimal(0), read_at=NOW
)
OWN_PAUSE = Lock(1, LockKind.OWN, MINE.id, "Tara's <paper> is paused by Tara.", NOW)


def status(**changes: object) -> AccountStatus:
    made = AccountStatus(MINE, "Tara", None, LastSeen(read_at=NOW), DRAWDOWN, 0, ())
    return replace(made, **changes)  # type: ignore[arg-type]


def shown(**changes: object) -> Shown:
    made = Shown(status(), FLAT, mine=True)
    return replace(made, **changes)  # type: ignore[arg-type]


def test_the_list_with_nobody_somebody_and_many() -> None:
    check_shown("accounts-none", lambda words: accounts([], 0, words, may_link=True))
    check_shown("accounts-one", lambda words: accounts([shown()], 0, words, may_link=True))
    of_long_name = replace(MINE, label=LONG, kind=TerminalKind.MT5)
    many = [shown(status=status(account=of_long_name, trader=HTML), mine=False)] * 9
    check_shown("accounts-many", lambda words: accounts(many, 1, words, may_link=False))


def test_each_state_of_an_account() -> None:
    liquidation = Liquidation(1, MINE.id, LiquidationState.COUNTING, "drawdown", NOW, NOW)
    guards = replace(
        OWN_PAUSE,
        kind=LockKind.DRAWDOWN,
        reason="drawdown 20.40 % reached the limit of 20 %: equity 7955.10, 10000 at its peak",
    )
    states: dict[str, dict[str, object]] = {
        "watched": {},
        "paused": {"locks": (OWN_PAUSE,)},
        "locked": {"locks": (OWN_PAUSE, guards)},
        "closing": {"liquidation": liquidation, "locks": (guards,)},
        "unreachable": {"last": LastSeen(read_at=NOW, error="The terminal does not answer.")},
        "unread": {"last": LastSeen()},
    }
    for name, changes in states.items():
        assert shown(status=status(**changes)).state == name

        def drawn(words: Words, facts: dict[str, object] = changes) -> Rendered:
            return account(shown(status=status(**facts)), words)

        check_shown(f"account-{name}", drawn)


def test_an_account_of_the_desk_file_and_one_that_was_not_read() -> None:
    of_file = replace(MINE, of_desk_file=True)
    check_shown("account-of-desk-file", lambda words: account(shown(status=status(account=of_file)), words))
    real = replace(MINE, kind=TerminalKind.MT5, label=LONG)
    never = Shown(status(account=real, drawdown=None, last=LastSeen()), None, mine=False)
    check_shown("account-never-read", lambda words: account(never, words))


def test_names_and_symbols() -> None:
    check_shown("account-ask-name", lambda words: ask_name(MINE, words))
    check_shown("account-renamed", lambda words: renamed(MINE, words))
    instruments = ["EURUSD", "US30", "XAUUSD"]
    seen = {"EURUSD": "EURUSD", "US30": None}
    pins = replace(MINE, symbols={"XAUUSD": "GOLD<m>"})
    check_shown("account-symbols", lambda words: symbols(pins, seen, instruments, words))
    check_shown("account-symbols-silent", lambda words: symbols(MINE, None, instruments, words))
    check_shown("account-symbols-none", lambda words: symbols(MINE, {}, [], words))
    check_shown("account-ask-symbol", lambda words: ask_symbol(MINE, "XAUUSD", words))
    check_shown("account-pinned", lambda words: pinned(pins, "XAUUSD", words))


def test_unlinking() -> None:
    until = NOW + timedelta(seconds=30)
    leaving = Leaving(MINE, Decimal("10000"), "USD", 2)
    check_shown("account-unlink", lambda words: unlink_question(leaving, until, words))
    unread = Leaving(replace(MINE, label=LONG), None, "", 0)
    check_shown("account-unlink-unread", lambda words: unlink_question(unread, until, words))
    check_shown("account-unlinked", lambda words: unlinked(MINE, words))


@pytest.mark.parametrize(
    "step", ["kind", "paper_name", "paper_balance", "terminal", "login", "server", "password"]
)
def test_each_question_of_the_wizard(step: str) -> None:
    answers = {"login": 10**18 - 1, "server": HTML[:64]}
    places = [TerminalPlace("Terminal 1", "/1"), TerminalPlace(LONG, "/2")]
    check_shown(f"link-{step}", lambda words: question(step, answers, places, words))


def test_what_was_found() -> None:
    symbols_found = {"EURUSD": "EURUSD.m", "GBPUSD": "GBPUSD", "US30": None}
    candidate = Candidate(MINE, Found(FLAT, symbols_found), NOW, "secret")
    check_shown("link-found", lambda words: found(candidate, words))
    many = {f"INSTRUMENT{n}<>": f"INSTRUMENT{n}<>.suffix" for n in range(60)} | {
        f"NONE{n}": None for n in range(60)
    }
    real = Candidate(replace(MINE, server=HTML), Found(MT5AccountSnapshot(REAL, (), ()), many), NOW, "secret")
    check_shown("link-found-real", lambda words: found(real, words))
    check_shown("link-checking", lambda words: checking(70_001, "Broker-Demo", words))
    check_shown("link-linked", lambda words: linked(MINE, words))


def test_another_password() -> None:
    given = {"renews": str(MINE.id), "login": MINE.login, "server": MINE.server}
    check_shown("renew-question", lambda words: question("password", given, (), words))
    candidate = Candidate(MINE, Found(FLAT, {}), NOW, "secret", renews=True)
    check_shown("renew-found", lambda words: found(candidate, words))
    check_shown("renew-done", lambda words: renewed_password(MINE, words))
    check_shown("renew-cancelled", lambda words: cancelled(given, words))


def test_the_risk_of_an_account() -> None:
    hours = Hours(
        time(8), time(17, 30), frozenset({0, 1, 4}), "Europe/London", frozenset({date(2026, 12, 25)})
    )
    strict = RiskPolicy(
        fixed_lots=Decimal("0.10"), daily_loss_percent=Decimal("2.5"), max_open_trades=3, max_per_day=21,
        hours=hours, plan=Plan.SPLIT, max_drift_pips=Decimal("1.5"),
    )  # fmt: skip
    check_shown("risk", lambda words: risk(MINE, words))
    check_shown("risk-strict", lambda words: risk(replace(MINE, policy=strict, label=LONG), words))
    check_shown("risk-of-desk-file", lambda words: risk(replace(MINE, of_desk_file=True), words))


@pytest.mark.parametrize("name", CODES)
def test_each_setting(name: str) -> None:
    check_shown(f"risk-{name}", lambda words: setting(MINE, name, FREE, words))
    if name not in CHOICES:
        check_shown(f"risk-{name}-typed", lambda words: ask_value(MINE, name, FREE, words))


def test_an_owners_ceiling_bounds_what_is_offered() -> None:
    ceilings = Ceilings({"max_per_day": Decimal(5)})
    check_shown("risk-ceiling", lambda words: setting(MINE, "max_per_day", ceilings, words))


def test_the_question_before_a_change() -> None:
    loose = with_value(MINE.policy, "drawdown_limit_percent", "30")
    tight = with_value(MINE.policy, "drawdown_limit_percent", "10")
    check_shown(
        "risk-confirm-looser",
        lambda words: confirm(MINE, Change("drawdown_limit_percent", "30", loose), DRAWDOWN, words),
    )
    check_shown(
        "risk-confirm-breach",
        lambda words: confirm(MINE, Change("drawdown_limit_percent", "10", tight), DRAWDOWN, words),
    )
    check_shown("risk-changed", lambda words: changed(MINE, "drawdown_limit_percent", words))


FACTS: dict[Reason, dict[str, str | int]] = {
    Reason.LINKED_BY_YOU: {"account": LONG},
    Reason.TOO_MANY_ACCOUNTS: {"most": 5},
    Reason.TOO_MANY_TRIES: {"minutes": 60},
    Reason.NAME_FORM: {"most": 32},
    Reason.NAME_KIND: {"word": "instrument"},
    Reason.NAME_SPAN: {"word": "30min"},
    Reason.NAME_BEGINS: {"word": "x" * 24},
    Reason.NOT_FLAT: {"positions": 12, "orders": 3},
    Reason.UNDER_WAY: {"orders": 3},
    Reason.NEAR: {"percent": "19.5", "most": "20"},
    Reason.NEAR_TODAY: {"percent": "4.5", "most": "5"},
    Reason.CEILING: {"setting": "max_open_risk_percent", "most": "12.5"},
    Reason.FLOOR: {"setting": "cooldown_minutes", "most": "60"},
    Reason.OUT_OF_RANGE: {"setting": "max_open_risk_percent"},
    Reason.TOO_LARGE: {"setting": "fixed_lots", "limit": "max_lots"},
    Reason.NO_SYMBOL: {"symbol": "EURUSD.m"},
}
TYPED_ONLY = {
    Reason.REJECTED,
    Reason.UNREACHABLE,
    Reason.WRONG_ACCOUNT,
    Reason.TIMED_OUT,
    Reason.TOO_MANY_TRIES,
    Reason.NAME_BEGINS,
}
"""Told in a message, where there is room; the others fit an alert."""


def test_each_refusal() -> None:
    errors = [AccountRefused(reason, **FACTS.get(reason, {})) for reason in Reason]

    def every(words: Words) -> Rendered:
        return Rendered(lines(*(Html(f"• {plain(refusal(error, words))}") for error in errors)))

    check_shown("account-refusals", every)
    for words in READERS:
        for error in errors:
            text = refusal(error, words)
            assert error.reason in TYPED_ONLY or text == clip(text, ALERT_LIMIT), text


@pytest.mark.parametrize(
    ("typed", "hours"),
    [
        ("08:00-17:00 mon-fri Europe/London", Hours(time(8), time(17), frozenset(range(5)), "Europe/London")),
        ("8:05 – 17:00", Hours(time(8, 5), time(17), frozenset(range(7)), "Asia/Tokyo")),
        ("22:00-06:00 SAT-mon,wed", Hours(time(22), time(6), frozenset({5, 6, 0, 2}), "Asia/Tokyo")),
        ("25:00-26:00", None),
        ("08:00-17:00 someday", None),
        ("08:00-17:00 mon Mars/Olympus", None),
        ("08:00", None),
        ("08:00-17:00 mon /etc/passwd", None),
    ],
)
def test_hours_as_people_type_them(typed: str, hours: Hours | None) -> None:
    assert read_hours(typed, "Asia/Tokyo") == hours


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        *(("0,5 %", "0.5"), ("1 000", "1000"), (" 7.50", "7.50"), ("-2", "-2")),
        *(
            (no_number, None)
            for no_number in ("x", "NaN", "", ".", "1_000", "1e400", "1e9000000000", "1e-9000000000")
        ),
    ],
)
def test_numbers_as_people_type_them(typed: str, number: str | None) -> None:
    assert read_number(typed) == (None if number is None else Decimal(number))


def test_every_setting_has_a_text() -> None:
    words = Words()
    for name in (*CODES, *SETTINGS, "max_open_lots"):
        assert words.label(f"accounts-set-{name}")


def test_every_setting_is_listed_in_one_group() -> None:
    assert sorted(chain(*GROUPS.values())) == sorted(CODES)

"""The policy for every outcome code, row by row: what is done about it and what is told."""

import pytest

from core.mt5 import contract as mt5
from core.mt5.errors import (
    AuthenticationFailed,
    CircuitOpen,
    ConnectionLost,
    Context,
    DeadlineExceeded,
    InvalidRequest,
    Misuse,
    NoData,
    Reaction,
    Refused,
    TerminalError,
    TerminalGone,
    TradingDisabled,
    Unavailable,
    Unknown,
    WrongAccount,
)
from core.mt5.retcodes import FAILURES, VERDICTS, failure_of, verdict_of

SEND = Context(account="acc", call="order_send")
READ = Context(account="acc", call="positions_get")

ROWS = [
    (10004, "refused", "fresh price"),
    (10006, "refused", "never"),
    (10007, "refused", "never"),
    (10008, "placed", "reconcile"),
    (10009, "done", "never"),
    (10010, "partial", "never"),
    (10011, "unknown", "reconcile"),
    (10012, "unknown", "reconcile"),
    (10013, "misuse", "never"),
    (10014, "refused", "never"),
    (10015, "refused", "never"),
    (10016, "refused", "never"),
    (10017, "refused", "never"),
    (10018, "refused", "later"),
    (10019, "refused", "never"),
    (10020, "refused", "fresh price"),
    (10021, "refused", "fresh price"),
    (10022, "refused", "never"),
    (10023, "refused", "re-read"),
    (10024, "refused", "later"),
    (10025, "unchanged", "never"),
    (10026, "refused", "never"),
    (10027, "refused", "later"),
    (10028, "unknown", "reconcile"),
    (10029, "refused", "fresh price"),
    (10030, "refused", "other filling"),
    (10031, "unknown", "reconcile"),
    (10032, "refused", "never"),
    (10033, "refused", "never"),
    (10034, "refused", "never"),
    (10035, "misuse", "never"),
    (10036, "unchanged", "never"),
    (10038, "refused", "re-read"),
    (10039, "unknown", "reconcile"),
    (10040, "refused", "never"),
    (10041, "refused", "never"),
    (10042, "refused", "never"),
    (10043, "refused", "never"),
    (10044, "refused", "never"),
    (10045, "refused", "never"),
    (10046, "refused", "never"),
]


@pytest.mark.parametrize(("retcode", "outcome", "retry"), ROWS)
def test_the_policy_of_each_retcode(retcode: int, outcome: str, retry: str) -> None:
    verdict = verdict_of(retcode)
    assert (verdict.retcode, verdict.outcome, verdict.retry) == (retcode, outcome, retry)
    assert verdict.sentence.endswith(".")


def test_every_retcode_of_the_module_has_its_row() -> None:
    assert set(mt5.RETCODE_NAMES) == set(VERDICTS) == {row[0] for row in ROWS}


@pytest.mark.parametrize("retcode", [0, 1, 10005, 10037, 10047, -1])
def test_a_code_never_heard_of_is_unknown(retcode: int) -> None:
    verdict = verdict_of(retcode)
    assert (verdict.outcome, verdict.retry) == ("unknown", "reconcile")


def test_placed_is_a_success_for_all_but_a_market_deal() -> None:
    assert verdict_of(10008, mt5.TRADE_ACTION_DEAL).outcome == "placed"
    for action in (mt5.TRADE_ACTION_PENDING, mt5.TRADE_ACTION_MODIFY, mt5.TRADE_ACTION_REMOVE):
        assert (verdict_of(10008, action).outcome, verdict_of(10008, action).retry) == ("done", "never")


@pytest.mark.parametrize(
    ("code", "read", "send"),
    [
        (1, Unavailable, Unknown),
        (-1, NoData, Unknown),
        (-2, InvalidRequest, InvalidRequest),
        (-3, InvalidRequest, Unknown),
        (-4, NoData, Unknown),
        (-5, TerminalGone, Unknown),
        (-6, AuthenticationFailed, Unknown),
        (-7, AuthenticationFailed, Unknown),
        (-8, TradingDisabled, TradingDisabled),
        (-10000, TerminalGone, Unknown),
        (-10001, TerminalGone, Unknown),
        (-10002, TerminalGone, Unknown),
        (-10003, TerminalGone, Unknown),
        (-10004, TerminalGone, TerminalGone),
        (-10005, ConnectionLost, Unknown),
        (-777, Unavailable, Unknown),
    ],
)
def test_the_error_of_each_last_error(
    code: int, read: type[TerminalError], send: type[TerminalError]
) -> None:
    assert type(failure_of((code, "text"), READ)) is read
    assert type(failure_of((code, "text"), SEND)) is send


def test_every_last_error_of_the_module_has_its_row() -> None:
    assert set(FAILURES) == set(mt5.ERROR_TEXTS) - {mt5.RES_S_OK}


@pytest.mark.parametrize(
    ("kind", "reaction"),
    [
        (AuthenticationFailed, Reaction.REFUSED),
        (TradingDisabled, Reaction.REFUSED),
        (Unknown, Reaction.UNKNOWN),
        (ConnectionLost, Reaction.UNAVAILABLE),
        (DeadlineExceeded, Reaction.UNAVAILABLE),
        (TerminalGone, Reaction.UNAVAILABLE),
        (NoData, Reaction.UNAVAILABLE),
        (CircuitOpen, Reaction.UNAVAILABLE),
        (WrongAccount, Reaction.UNAVAILABLE),
        (InvalidRequest, Reaction.MISUSE),
    ],
)
def test_each_error_calls_for_one_reaction_and_speaks_to_both_readers(
    kind: type[TerminalError], reaction: Reaction
) -> None:
    base = {error.reaction: error for error in (Refused, Unknown, Unavailable, Misuse)}[reaction]
    error = kind("IPC recv failed", context=Context("desk-1", "order_send", 10017, (-10002, "x")))
    assert error.reaction is reaction
    assert isinstance(error, base)
    for part in ("IPC recv failed", "account=desk-1", "call=order_send", "retcode=10017", "-10002"):
        assert part in str(error)
    assert error.for_trader.endswith(".")
    assert "IPC" not in error.for_trader
    assert kind("x", for_trader="Press the button.").for_trader == "Press the button."

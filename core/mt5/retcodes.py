"""What each outcome code means for us: one table for `order_send`, one for `last_error`.

Sources: the codes of the module's wheel, their meaning by MQL5's `enum_trade_return_codes` and the module's
documentation of `last_error`; the retry policy is ours. A code that is in no table is treated as unknown.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from core.mt5 import contract as mt5
from core.mt5.errors import (
    AuthenticationFailed,
    ConnectionLost,
    Context,
    InvalidRequest,
    NoData,
    TerminalError,
    TerminalGone,
    TradingDisabled,
    Unavailable,
    Unknown,
)


class Outcome(StrEnum):
    """What became of a trade request. `UNCHANGED`: it was so already, or what it was for is gone."""

    DONE = "done"
    PARTIAL = "partial"
    PLACED = "placed"
    UNCHANGED = "unchanged"
    REFUSED = "refused"
    MISUSE = "misuse"
    UNKNOWN = "unknown"


class Retry(StrEnum):
    """Whether a request may be sent again. An opening order whose outcome is unknown never is."""

    NEVER = "never"
    FRESH_PRICE = "fresh price"
    LATER = "later"
    REREAD = "re-read"
    OTHER_FILLING = "other filling"
    RECONCILE = "reconcile"


MAX_FRESH_PRICE_RETRIES: Final = 3


@dataclass(frozen=True, slots=True)
class Verdict:
    """How to take a retcode; `sentence` is for the trader."""

    retcode: int
    outcome: Outcome
    retry: Retry
    sentence: str


_N, _F, _L, _U = Retry.NEVER, Retry.FRESH_PRICE, Retry.LATER, Retry.RECONCILE
_REFUSED, _UNKNOWN, _MISUSE = Outcome.REFUSED, Outcome.UNKNOWN, Outcome.MISUSE

_ROWS: Final = (
    (mt5.TRADE_RETCODE_REQUOTE, _REFUSED, _F, "The price moved; not filled."),
    (mt5.TRADE_RETCODE_REJECT, _REFUSED, _N, "The broker refused the order."),
    (mt5.TRADE_RETCODE_CANCEL, _REFUSED, _N, "The order was cancelled."),
    (mt5.TRADE_RETCODE_PLACED, Outcome.PLACED, _U, "The broker accepted the order; confirming the fill."),
    (mt5.TRADE_RETCODE_DONE, Outcome.DONE, _N, "Done."),
    (mt5.TRADE_RETCODE_DONE_PARTIAL, Outcome.PARTIAL, _N, "Filled in part."),
    (mt5.TRADE_RETCODE_ERROR, _UNKNOWN, _U, "The broker has not confirmed it. Checking; do not repeat."),
    (mt5.TRADE_RETCODE_TIMEOUT, _UNKNOWN, _U, "The broker did not answer in time. Checking; do not repeat."),
    (mt5.TRADE_RETCODE_INVALID, _MISUSE, _N, "Our own error; nothing was sent to the market."),
    (mt5.TRADE_RETCODE_INVALID_VOLUME, _REFUSED, _N, "The broker does not take this lot size."),
    (mt5.TRADE_RETCODE_INVALID_PRICE, _REFUSED, _N, "The price is on the wrong side or too close."),
    (mt5.TRADE_RETCODE_INVALID_STOPS, _REFUSED, _N, "A stop is on the wrong side or too close."),
    (mt5.TRADE_RETCODE_TRADE_DISABLED, _REFUSED, _N, "Trading is not permitted for this account or symbol."),
    (mt5.TRADE_RETCODE_MARKET_CLOSED, _REFUSED, _L, "The market is closed."),
    (mt5.TRADE_RETCODE_NO_MONEY, _REFUSED, _N, "Not enough free margin."),
    (mt5.TRADE_RETCODE_PRICE_CHANGED, _REFUSED, _F, "The price moved; not filled."),
    (mt5.TRADE_RETCODE_PRICE_OFF, _REFUSED, _F, "There are no prices now."),
    (mt5.TRADE_RETCODE_INVALID_EXPIRATION, _REFUSED, _N, "The broker does not take this expiry."),
    (mt5.TRADE_RETCODE_ORDER_CHANGED, _REFUSED, Retry.REREAD, "The order changed in the meantime."),
    (mt5.TRADE_RETCODE_TOO_MANY_REQUESTS, _REFUSED, _L, "Too many requests; the broker wants a pause."),
    (mt5.TRADE_RETCODE_NO_CHANGES, Outcome.UNCHANGED, _N, "It was set like this already."),
    (mt5.TRADE_RETCODE_SERVER_DISABLES_AT, _REFUSED, _N, "The broker forbids automated trading here."),
    (mt5.TRADE_RETCODE_CLIENT_DISABLES_AT, _REFUSED, _L, "Press the Algo Trading button in the terminal."),
    (mt5.TRADE_RETCODE_LOCKED, _UNKNOWN, _U, "The broker is working on it already; confirming."),
    (mt5.TRADE_RETCODE_FROZEN, _REFUSED, _F, "Too near the market to be changed now."),
    (mt5.TRADE_RETCODE_INVALID_FILL, _REFUSED, Retry.OTHER_FILLING, "The broker wants another filling."),
    (mt5.TRADE_RETCODE_CONNECTION, _UNKNOWN, _U, "The link to the broker was lost; checking."),
    (mt5.TRADE_RETCODE_ONLY_REAL, _REFUSED, _N, "Only real accounts may do this."),
    (mt5.TRADE_RETCODE_LIMIT_ORDERS, _REFUSED, _N, "The limit of pending orders is reached."),
    (mt5.TRADE_RETCODE_LIMIT_VOLUME, _REFUSED, _N, "The volume limit of this symbol is reached."),
    (mt5.TRADE_RETCODE_INVALID_ORDER, _MISUSE, _N, "Our own error; this kind of order is not allowed."),
    (mt5.TRADE_RETCODE_POSITION_CLOSED, Outcome.UNCHANGED, _N, "The position is closed already."),
    (mt5.TRADE_RETCODE_INVALID_CLOSE_VOLUME, _REFUSED, Retry.REREAD, "The position is smaller than that."),
    (mt5.TRADE_RETCODE_CLOSE_ORDER_EXIST, _UNKNOWN, _U, "The position is being closed already; confirming."),
    (mt5.TRADE_RETCODE_LIMIT_POSITIONS, _REFUSED, _N, "The limit of open positions is reached."),
    (mt5.TRADE_RETCODE_REJECT_CANCEL, _REFUSED, _N, "The pending order was refused and cancelled."),
    (mt5.TRADE_RETCODE_LONG_ONLY, _REFUSED, _N, "Only buying is allowed for this symbol."),
    (mt5.TRADE_RETCODE_SHORT_ONLY, _REFUSED, _N, "Only selling is allowed for this symbol."),
    (mt5.TRADE_RETCODE_CLOSE_ONLY, _REFUSED, _N, "Only closing is allowed for this symbol."),
    (mt5.TRADE_RETCODE_FIFO_CLOSE, _REFUSED, _N, "The oldest position must be closed first."),
    (mt5.RETCODE_HEDGE_PROHIBITED, _REFUSED, _N, "Close the opposite position first."),
)
VERDICTS: Final = {row[0]: Verdict(*row) for row in _ROWS}


def verdict_of(retcode: int, action: int = mt5.TRADE_ACTION_DEAL) -> Verdict:
    """How to take the retcode of a request with this `action`.

    `PLACED` is a success for everything but a market deal, which it only says was accepted.
    """
    if retcode == mt5.TRADE_RETCODE_PLACED and action != mt5.TRADE_ACTION_DEAL:
        return Verdict(retcode, Outcome.DONE, Retry.NEVER, "Placed.")
    unheard = Verdict(retcode, _UNKNOWN, _U, f"The broker answered {retcode}; checking what it did.")
    return VERDICTS.get(retcode, unheard)


@dataclass(frozen=True, slots=True)
class Failure:
    """What a `last_error` code makes of a failed call. `not_sent`: certain even for an `order_send`."""

    kind: type[TerminalError]
    not_sent: bool
    sentence: str = ""


FAILURES: Final = {
    mt5.RES_E_FAIL: Failure(NoData, not_sent=False),
    mt5.RES_E_INVALID_PARAMS: Failure(InvalidRequest, not_sent=True),
    mt5.RES_E_NO_MEMORY: Failure(InvalidRequest, not_sent=False),
    mt5.RES_E_NOT_FOUND: Failure(NoData, not_sent=False),
    mt5.RES_E_INVALID_VERSION: Failure(
        TerminalGone, not_sent=False, sentence="The terminal and its Python package do not fit; update them."
    ),
    mt5.RES_E_AUTH_FAILED: Failure(AuthenticationFailed, not_sent=False),
    mt5.RES_E_UNSUPPORTED: Failure(
        AuthenticationFailed,
        not_sent=False,
        sentence="The broker asks for a one-time password or a certificate; that account cannot be used.",
    ),
    mt5.RES_E_AUTO_TRADING_DISABLED: Failure(
        TradingDisabled,
        not_sent=True,
        sentence="Trading by external programs is switched off in the terminal's options.",
    ),
    mt5.RES_E_INTERNAL_FAIL: Failure(TerminalGone, not_sent=False),
    mt5.RES_E_INTERNAL_FAIL_SEND: Failure(TerminalGone, not_sent=False),
    mt5.RES_E_INTERNAL_FAIL_RECEIVE: Failure(TerminalGone, not_sent=False),
    mt5.RES_E_INTERNAL_FAIL_INIT: Failure(
        TerminalGone, not_sent=False, sentence="The terminal could not be started or does not answer."
    ),
    mt5.RES_E_INTERNAL_FAIL_CONNECT: Failure(TerminalGone, not_sent=True),
    mt5.RES_E_INTERNAL_FAIL_TIMEOUT: Failure(ConnectionLost, not_sent=False),
}


def failure_of(last_error: tuple[int, str], context: Context) -> TerminalError:
    """The error for a call that failed with `last_error`. An order is Unknown unless it surely never left."""
    code, text = last_error
    failure = FAILURES.get(code, Failure(Unavailable, not_sent=False))
    detail = f"{context.call} failed: {text}"
    if context.call == "order_send" and not failure.not_sent:
        return Unknown(detail, context=context)
    return failure.kind(detail, context=context, for_trader=failure.sentence)

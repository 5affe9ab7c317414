"""Errors of the terminal layer, grouped by the reaction that they call for.

`Refused`: it did not happen and will not; tell the person why. `Unknown`: it may have happened; reconcile.
`Unavailable`: it certainly did not happen; it may be tried again. `Misuse`: a bug of ours.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar


class Reaction(StrEnum):
    REFUSED = "refused"
    UNKNOWN = "unknown"
    UNAVAILABLE = "unavailable"
    MISUSE = "misuse"


@dataclass(frozen=True, slots=True)
class Context:
    """Where an error arose. Holds no password and no request, so that it may be logged."""

    account: str = ""
    call: str = ""
    retcode: int | None = None
    last_error: tuple[int, str] | None = None

    def __str__(self) -> str:
        parts = {
            "account": self.account,
            "call": self.call,
            "retcode": self.retcode,
            "last_error": self.last_error,
        }
        return " ".join(f"{name}={value}" for name, value in parts.items() if value not in ("", None))


class TerminalError(Exception):
    """Base of this layer's errors. `str(error)` is for the log, `for_trader` for the person."""

    reaction: ClassVar[Reaction]
    sentence: ClassVar[str]

    def __init__(self, detail: str, *, context: Context | None = None, for_trader: str = "") -> None:
        super().__init__(detail)
        self.detail = detail
        self.context = context or Context()
        self.for_trader = for_trader or self.sentence

    def __str__(self) -> str:
        where = str(self.context)
        return f"{self.detail} ({where})" if where else self.detail

    @property
    def for_reader(self) -> str:
        """The sentence for who only looked, and wanted nothing sent."""
        return self.for_trader.removesuffix(" Nothing was sent.")


class Refused(TerminalError):
    """Raised when the terminal or the broker said no, definitively."""

    reaction = Reaction.REFUSED
    sentence = "The broker refused this."


class Unknown(TerminalError):
    """Raised when a trade request may have been carried out. Never send it again; reconcile."""

    reaction = Reaction.UNKNOWN
    sentence = "The broker has not confirmed this yet. Checking; please do not repeat it."


class Unavailable(TerminalError):
    """Raised when nothing happened for want of a terminal, a connection or data."""

    reaction = Reaction.UNAVAILABLE
    sentence = "The terminal cannot be reached just now. Nothing was sent."


class Misuse(TerminalError):
    """Raised when our own request was wrong; nothing was sent to the market."""

    reaction = Reaction.MISUSE
    sentence = "This was our own mistake; nothing was sent to the market."


class AuthenticationFailed(Refused):
    """Raised when the server rejects login, password or server name. Not tried again without a person."""

    sentence = "The broker does not accept this login, password or server name."


class TradingDisabled(Refused):
    """Raised when terminal, option, account or broker forbid trading."""

    sentence = "Trading is not permitted on this account just now."


class InvalidRequest(Misuse):
    """Raised when the terminal calls our arguments invalid."""


class ConnectionLost(Unavailable):
    """Raised when the terminal has no link to the broker's server, or we have none to the terminal."""

    sentence = "The terminal has lost its connection to the broker. Nothing was sent."


class WrongAccount(Unavailable):
    """Raised when the terminal is logged in to another account or server than ours."""

    sentence = "The terminal is logged in to another account. Nothing was done there."


class DeadlineExceeded(Unavailable):
    """Raised when a read got no answer in time; its worker was killed."""

    sentence = "The terminal did not answer in time. Nothing was sent."


class TerminalGone(Unavailable):
    """Raised when the worker of the terminal ended, or could not be started."""

    sentence = "The terminal's program has ended or could not be started. Nothing was sent."


class NoData(Unavailable):
    """Raised when a symbol, price or history is missing or too old to act on."""

    sentence = "The terminal has no data on this just now."


class CircuitOpen(Unavailable):
    """Raised without a call being made, while repeated failures keep the circuit open."""

    sentence = "The terminal has failed repeatedly and is given a rest. Nothing was sent."

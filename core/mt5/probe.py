"""What one look at a terminal finds, for a diagnosis: nothing here is acted on."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from core.model.mt5 import Permissions
from core.mt5.breaker import State
from core.mt5.calls import Answer
from core.mt5.errors import TerminalError


@dataclass(frozen=True, slots=True)
class Probe:
    """The terminal of one account as it was at `at`.

    `connected`: it answers and has a link to a broker. `authenticated`: it is our installation, logged in as
    us at our server; `login` at `server` is who is logged in. `permissions`, `build`, `round_trip_s` and
    `login` are None when nothing answered, `feed_age` before a tick was seen. `failure` is the kind of error
    that kept it from being ours and connected, None when nothing did; `error` is its sentence for people,
    `detail` the one for the log. What forbids trading stands in `permissions`.
    """

    at: datetime
    connected: bool
    authenticated: bool
    permissions: Permissions | None
    feed_age: timedelta | None
    round_trip_s: float | None
    build: int | None
    breaker: State
    login: int | None = None
    server: str = ""
    failure: type[TerminalError] | None = None
    error: str = ""
    detail: str = ""

    @property
    def trading_allowed(self) -> bool:
        """Whether all four layers permit it; not while the terminal is another's or cannot be asked."""
        permitted = self.permissions is not None and self.permissions.obstacle() is None
        return self.connected and self.authenticated and permitted


@dataclass(frozen=True, slots=True)
class Sight:
    """What a terminal answered, if it did, and the first thing that was wrong."""

    terminal: Mapping[str, Any]
    account: Mapping[str, Any]
    round_trip_s: float | None
    error: TerminalError | None

    @classmethod
    def of(cls, answers: Sequence[Answer], seconds: float, error: TerminalError | None) -> "Sight":
        """`answers` to `terminal_info` and `account_info`, none if nothing answered."""
        if not answers:
            return cls({}, {}, None, error)
        return cls(answers[0].result or {}, answers[1].result or {}, seconds, error)

    def probe(self, at: datetime, *, ours: bool, feed_age: timedelta | None, breaker: State) -> Probe:
        return Probe(
            at=at,
            connected=bool(self.terminal.get("connected")),
            authenticated=ours,
            permissions=self._permissions(),
            feed_age=feed_age,
            round_trip_s=self.round_trip_s,
            build=self.terminal.get("build"),
            breaker=breaker,
            login=self.account.get("login"),
            server=self.account.get("server", ""),
            failure=type(self.error) if self.error else None,
            error=self.error.for_trader if self.error else "",
            detail=str(self.error) if self.error else "",
        )

    def _permissions(self) -> Permissions | None:
        if not (self.terminal and self.account):
            return None
        return Permissions(
            option=not self.terminal["tradeapi_disabled"],
            button=self.terminal["trade_allowed"],
            account=self.account["trade_allowed"],
            broker=self.account["trade_expert"],
        )

"""The way into one account's terminal.

The first time, and when a person asks, the terminal is logged in as ours. Later it is met as it is: another
account in it is a person's doing, which is reported and not undone (a desk that logged in again by itself
would fight over the terminal). Only a terminal that comes up with no account, or with one that cannot be
reached, is logged in again: nobody else would do it at night.
"""

from dataclasses import dataclass, field, replace
from typing import Any

import structlog

from core.model.clock import Clock
from core.mt5.calls import Answer, Call
from core.mt5.errors import AuthenticationFailed, Context, TerminalError, TerminalGone
from core.mt5.feed import WATCHED, Feed
from core.mt5.identity import Identity, another_terminal, is_installation
from core.mt5.retcodes import failure_of
from core.mt5.terminal import Terminal

log = structlog.get_logger(__name__)

_MANY_SYMBOLS = "*USD*"
REJECTION_REST_S = 900.0
"""A broker in maintenance refuses right passwords too; asked more often, some lock the account."""


@dataclass(frozen=True, slots=True)
class Login:
    """Where and as whom. `path` is the terminal's program; each account needs an installation of its own."""

    path: str
    login: int
    server: str
    password: str = field(repr=False)
    timeout_ms: int = 60_000
    portable: bool = False


class Access:
    """Remembers who must answer, whether the terminal was ours before, and a login that was rejected."""

    def __init__(self, terminal: Terminal, login: Login, clock: Clock, feed: Feed) -> None:
        self.identity = Identity(terminal.name, login.login, login.server, folder="")
        self._terminal = terminal
        self._login = login
        self._clock = clock
        self._feed = feed
        self._was_ours = False
        self._rejection: AuthenticationFailed | None = None
        self._rejected_until = 0.0

    def insist(self) -> None:
        """Log in as ours the next time, whatever was refused before and whoever is logged in."""
        self._was_ours = False
        self._rejection = None

    async def enter(self) -> None:
        """Have the terminal attached and connected; whose account it has is checked with each round trip.

        Raises AuthenticationFailed (again, without asking, for 15 minutes), WrongAccount for a terminal that
        is not of our installation, Unavailable.
        """
        if self._rejection is not None and self._clock.monotonic() < self._rejected_until:
            raise self._rejection.with_traceback(None)
        met = self._was_ours and await self._meet()
        if not met:
            await self._log_in()
        self._was_ours = True
        account, folder = self._terminal.name, self.identity.folder
        log.info("terminal_connected", account=account, folder=folder, logged_in=not met)

    async def _meet(self) -> bool:
        """Attach to the terminal as it is; whether it has an account. Raises TerminalGone without one."""
        answer = await self._initialize()
        if answer.result is True:
            account = (await self._terminal.call("account_info")).result
            return bool(account and account["login"])
        error = self._failure(answer)
        if isinstance(error, TerminalGone):
            raise error
        return False

    async def _log_in(self) -> None:
        ours = self._login
        try:
            answer = await self._initialize(login=ours.login, password=ours.password, server=ours.server)
            if answer.result is not True:
                raise self._failure(answer)
            await self._recognise()
        except AuthenticationFailed as error:
            self._rejection = error
            self._rejected_until = self._clock.monotonic() + REJECTION_REST_S
            raise

    async def _initialize(self, **credentials: Any) -> Answer:
        ours = self._login
        options = {**credentials, "timeout": ours.timeout_ms, "portable": ours.portable}
        return await self._terminal.call("initialize", ours.path, **options)

    async def _recognise(self) -> None:
        """After login: is it the terminal at our path, and our account? Then learn the broker's time."""
        answers = await self._terminal.batch(*self.identity.read())
        folder = (answers[0].result or {}).get("path", "")
        if folder and not is_installation(self._login.path, folder):
            raise another_terminal(folder, Context(self._terminal.name, "initialize"))
        self.identity = replace(self.identity, folder=folder)
        self.identity.check(answers)
        await self._watch()
        if not self._feed.time.known:
            self._feed.watch = await self._ticking()
            await self._watch()

    async def _watch(self) -> None:
        """Put the watched symbols into Market Watch and learn from their ticks."""
        selecting = [Call("symbol_select", (symbol, True)) for symbol in self._feed.watch]
        ticks = self._feed.calls()
        answers = await self._terminal.batch(*selecting, *ticks)
        self._feed.learn(ticks, answers[len(selecting) :], self._clock.now())

    async def _ticking(self) -> tuple[str, ...]:
        """The symbols that ticked last."""
        infos = (await self._terminal.call("symbols_get", group=_MANY_SYMBOLS)).result or ()
        newest = sorted(infos, key=lambda info: info["time"], reverse=True)
        return tuple(info["name"] for info in newest[:WATCHED])

    def _failure(self, answer: Answer) -> TerminalError:
        context = Context(self._terminal.name, answer.function, last_error=answer.last_error)
        return failure_of(answer.last_error, context)

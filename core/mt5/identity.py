"""Who must answer: checked in the same round trip as every reading and every order."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import PureWindowsPath
from typing import Any

from core.mt5.calls import Answer, Call
from core.mt5.errors import ConnectionLost, Context, NoData, TerminalError, WrongAccount
from core.mt5.retcodes import failure_of


@dataclass(frozen=True, slots=True)
class Identity:
    """An account and the folder of the terminal that serves it (as that terminal itself reports it)."""

    account: str
    login: int
    server: str
    folder: str

    def guarded(self) -> tuple[Call, Call]:
        """Calls that let those after them be made only if a connected terminal of ours has our account."""
        ours = {"login": self.login, "server": self.server}
        return (
            Call("terminal_info", expect={"connected": True, "path": self.folder}),
            Call("account_info", expect=ours),
        )

    @staticmethod
    def read() -> tuple[Call, Call]:
        """The same two calls, asked without a condition."""
        return Call("terminal_info"), Call("account_info")

    def check(self, answers: Sequence[Answer]) -> None:
        """Raises unless the answers to `terminal_info` and `account_info` are as `guarded` expects them.

        TerminalGone when the terminal is silent, ConnectionLost without a link to the broker, WrongAccount.
        """
        terminal = self._struct(answers[0])
        if not terminal["connected"]:
            raise ConnectionLost("the terminal is not connected", context=self._context(answers[0]))
        if terminal["path"] != self.folder:
            raise another_terminal(terminal["path"], self._context(answers[0]))
        account = self._struct(answers[1])
        if not self._owns(account):
            detail = f"logged in as {account['login']} at {account['server']}"
            raise WrongAccount(detail, context=self._context(answers[1]))

    def is_of(self, terminal: Mapping[str, Any], account: Mapping[str, Any]) -> bool:
        """Whether this `terminal_info` and `account_info` are of our installation and our account."""
        return terminal.get("path") == self.folder and self._owns(account)

    def _owns(self, account: Mapping[str, Any]) -> bool:
        return (account.get("login"), account.get("server")) == (self.login, self.server)

    def _struct(self, answer: Answer) -> Mapping[str, Any]:
        if answer.result is None:
            raise self._silent(answer)
        result: Mapping[str, Any] = answer.result
        return result

    def _silent(self, answer: Answer) -> TerminalError:
        """Identity could not be read: the pipe to the terminal is gone, or it has no account."""
        error = failure_of(answer.last_error, self._context(answer))
        return ConnectionLost(error.detail, context=error.context) if isinstance(error, NoData) else error

    def _context(self, answer: Answer) -> Context:
        return Context(self.account, answer.function, last_error=answer.last_error)


def another_terminal(folder: str, context: Context) -> WrongAccount:
    """The error for a terminal that is not of our installation, whoever is logged in there."""
    sentence = "Another terminal than this account's has answered. Nothing was done there."
    return WrongAccount(f"another terminal, {folder}", context=context, for_trader=sentence)


def is_installation(program: str, folder: str) -> bool:
    """Whether the terminal's folder is where its program lies (Windows paths: no case, either slash)."""
    return PureWindowsPath(folder) in (PureWindowsPath(program), PureWindowsPath(program).parent)

"""What a probe says is wrong: troubles by name, each with a sentence. Pure.

What cannot be reached cannot be judged: an outage says nothing of permissions, prices or speed, so it
neither begins nor ends troubles of those.
"""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import timedelta

from core.health.hours import LATE, closed_since
from core.health.spoken import spoken
from core.model.accounts import Account, TerminalKind
from core.model.incidents import BARRED, OUTAGE, Trouble
from core.model.mt5 import Permissions
from core.mt5.errors import AuthenticationFailed, ConnectionLost, TerminalError, WrongAccount
from core.mt5.probe import Probe

SENTENCES: Mapping[Trouble, str] = {
    Trouble.SILENT: "The terminal does not answer.",
    Trouble.DISCONNECTED: "The terminal has lost its link to the broker.",
    Trouble.REJECTED: "The broker does not accept this login, password or server name.",
    Trouble.OTHER_ACCOUNT: "The terminal is logged in to another account.",
    Trouble.BUTTON_OFF: "The Algo Trading button of the terminal is off.",
    Trouble.API_OFF: "Trading by external programs is switched off in the terminal's options.",
    Trouble.ACCOUNT_BARRED: "The account may not trade (investor password, or closed by the broker).",
    Trouble.PROGRAMS_BARRED: "The broker forbids automated trading on this account.",
}
"""Of those troubles that need no figures to be told."""

HINTS: Mapping[Trouble, str] = {
    Trouble.SILENT: "Look whether it still runs on its machine; if it hangs, end it and start it again."
    " The desk connects by itself.",
    Trouble.DISCONNECTED: "Look at the network of the terminal's machine and at the broker's news; the"
    " terminal shows its link in the lower right corner.",
    Trouble.REJECTED: "Correct the account in the desk file and restart the desk. It tries again by itself"
    " every 15 minutes, because some brokers lock an account that is tried more often.",
    Trouble.OTHER_ACCOUNT: "Log the terminal in to this account again, or restart the desk: it logs in once.",
    Trouble.BUTTON_OFF: "Press Algo Trading in the terminal's toolbar.",
    Trouble.API_OFF: "In the terminal: Tools, Options, Expert Advisors; clear the box that disables"
    " algorithmic trading through the Python API.",
    Trouble.ACCOUNT_BARRED: "Log the terminal in with the main password, not the investor's, and put that one"
    " into the desk file; if it is the main one, ask the broker.",
    Trouble.PROGRAMS_BARRED: "Ask the broker to permit automated trading.",
    Trouble.UNREAD: "Look at the account in the terminal; the desk's log has the details (sync_failed).",
    Trouble.STALE: "Compare with Market Watch in the terminal: if it stands still too, ask the broker.",
    Trouble.SLOW: "Look at the processor and the memory of the terminal's machine.",
}

_REJECTED_LINKED = (
    "Its trader gives the desk the new password: /accounts, the account, New password. The desk tries again"
    " by itself every 15 minutes, because some brokers lock an account that is tried more often."
)

MEANWHILE: Mapping[Trouble, str] = {
    **dict.fromkeys(
        OUTAGE,
        "Until then the desk can neither see nor trade this account. What was known is kept, nothing is taken"
        " for closed; stops at the broker go on working.",
    ),
    **dict.fromkeys(
        BARRED,
        "Until then the desk can neither open nor close anything here, and neither can its guard; stops at"
        " the broker go on working.",
    ),
    Trouble.UNREAD: "What was known is kept; nothing is taken for closed.",
}
"""What a trouble means for the account while it lasts, where it means more than its sentence says."""

_OUTAGES: Mapping[type[TerminalError], Trouble] = {
    ConnectionLost: Trouble.DISCONNECTED,
    AuthenticationFailed: Trouble.REJECTED,
    WrongAccount: Trouble.OTHER_ACCOUNT,
}


def may_renew(account: Account) -> bool:
    """Whether its trader can give another password by themselves: the desk file's stands in the desk file."""
    return account.kind is TerminalKind.MT5 and not account.of_desk_file


def hint(trouble: Trouble, account: Account) -> str:
    """What helps with that trouble of that account."""
    return _REJECTED_LINKED if trouble is Trouble.REJECTED and may_renew(account) else HINTS[trouble]


@dataclass(frozen=True, slots=True)
class Limits:
    """What is slow and what is stale. A trouble that lasts is over at half of its limit."""

    slow_s: float = 2.0
    stale_s: float = 120.0


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What is known beside the probe.

    `lasting` are the incidents of the account, `at_stake` whether anything is open on it, `unread` the
    sentence of a reconciliation that keeps failing.
    """

    lasting: AbstractSet[Trouble] = frozenset()
    at_stake: bool = False
    unread: str | None = None


@dataclass(frozen=True, slots=True)
class Findings:
    """The troubles that a probe found, and all those of which it can tell; the others stay as they were."""

    found: Mapping[Trouble, str] = field(default_factory=dict)
    judged: AbstractSet[Trouble] = frozenset()

    @property
    def reachable(self) -> bool:
        return OUTAGE.isdisjoint(self.found)


def judge(probe: Probe, around: Circumstances, limits: Limits) -> Findings:
    """What is wrong, as far as this probe can tell."""
    outage = outage_of(probe)
    if outage is not None:
        return Findings({outage: _sentence(outage, probe)}, OUTAGE)
    found = {trouble: SENTENCES[trouble] for trouble in _forbidden(probe.permissions)}
    if around.unread:
        found[Trouble.UNREAD] = f"The account cannot be reconciled: {around.unread}"
    if _is_slow(probe, around, limits):
        found[Trouble.SLOW] = f"The terminal takes {probe.round_trip_s:.1f} s to answer."
    if probe.feed_age is None or _is_closed(probe, probe.feed_age):
        return Findings(found, frozenset(Trouble) - {Trouble.STALE})
    if _is_stale(probe.feed_age, around, limits):
        found[Trouble.STALE] = f"No new price for {spoken(probe.feed_age)} while something is open."
    return Findings(found, frozenset(Trouble))


def outage_of(probe: Probe) -> Trouble | None:
    """Why the account cannot be reached, or None when it is. What has no other name is silence."""
    if probe.failure is None:
        return None
    named = (trouble for kind, trouble in _OUTAGES.items() if issubclass(probe.failure, kind))
    return next(named, Trouble.SILENT)


def _sentence(outage: Trouble, probe: Probe) -> str:
    if outage is Trouble.OTHER_ACCOUNT and probe.login:
        return f"The terminal is logged in to another account: {probe.login} at {probe.server}."
    return SENTENCES[outage]


def _forbidden(permissions: Permissions | None) -> list[Trouble]:
    """Each layer that forbids trading."""
    if permissions is None:
        return []
    layers = {
        Trouble.API_OFF: permissions.option,
        Trouble.BUTTON_OFF: permissions.button,
        Trouble.ACCOUNT_BARRED: permissions.account,
        Trouble.PROGRAMS_BARRED: permissions.broker,
    }
    return [trouble for trouble, permitted in layers.items() if not permitted]


def _is_slow(probe: Probe, around: Circumstances, limits: Limits) -> bool:
    limit_s = limits.slow_s / 2 if Trouble.SLOW in around.lasting else limits.slow_s
    return probe.round_trip_s is not None and probe.round_trip_s > limit_s


def _is_stale(age: timedelta, around: Circumstances, limits: Limits) -> bool:
    """Quiet prices matter to who holds something; without that they are shown and nobody is woken."""
    limit_s = limits.stale_s / 2 if Trouble.STALE in around.lasting else limits.stale_s
    return around.at_stake and age.total_seconds() > limit_s


def _is_closed(probe: Probe, age: timedelta) -> bool:
    """Whether the prices rest with the market. Those that went on after its close keep hours of their own."""
    closed = closed_since(probe.at)
    return closed is not None and probe.at - age <= closed + LATE

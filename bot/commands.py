"""The desk's commands: who may use each, what it takes, and how to ask for it."""

import re
from dataclasses import dataclass
from difflib import get_close_matches

from aiogram.filters import Filter
from aiogram.types import TelegramObject

from core.model.people import Language, Person, Right, Role

_NOTHING = ""
_ANYTHING = r"[\s\S]{0,200}"
_SOMETHING = r"[\s\S]{1,200}"
_DIMENSION = r"(?i:source|account|instrument|hour)"
_DAYS = r"(?:[1-9]|[1-9][0-9]|[12][0-9]{2}|3[0-5][0-9]|36[0-5])"
_NAME = r"\S[\s\S]{0,70}"
_LINE = r"[^\n]{0,100}"
_SYMBOL = r"[A-Za-z0-9][A-Za-z0-9._#+-]{0,31}"


@dataclass(frozen=True, slots=True)
class DeskCommand:
    """A slash command. `argument` is the pattern of all that follows it; None as right: for everyone.

    Its words are messages of `commands.ftl`: `command-NAME` what it does, `takes-NAME` what it takes and
    `usage-NAME` an example, both only where it takes something.
    """

    name: str
    right: Right | None
    argument: str = _NOTHING
    aliases: tuple[str, ...] = ()

    def takes(self, argument: str) -> bool:
        return re.fullmatch(self.argument, argument) is not None

    def is_for(self, person: Person) -> bool:
        return self.right is None or person.may(self.right)


START = DeskCommand("start", None, _ANYTHING)
HELP = DeskCommand("help", None, aliases=("h",))
STATUS = DeskCommand("status", Right.READ_OWN, aliases=("st", "bal"))
ACCOUNTS = DeskCommand("accounts", Right.READ_OWN, aliases=("acc",))
HEALTH = DeskCommand("health", Right.READ_OWN)
SYNC = DeskCommand("sync", Right.READ_OWN)
POSITIONS = DeskCommand("positions", Right.READ_OWN, aliases=("pos",))
ORDERS = DeskCommand("orders", Right.READ_OWN, aliases=("ord",))
SIGNALS = DeskCommand("signals", Right.READ_OWN, aliases=("sig",))
SIGNAL = DeskCommand("signal", Right.COMPOSE, r"[\s\S]{0,800}")
SOURCES = DeskCommand("sources", Right.READ_OWN)
CHART = DeskCommand("chart", Right.READ_OWN, rf"{_SYMBOL}(?:\s+(?i:M5|M15|H1|H4))?")
QUALITY = DeskCommand("quality", Right.READ_OWN, rf"(?:{_DIMENSION}(?:\s+{_DAYS})?|{_DAYS})?")
STANDING = DeskCommand("standing", Right.DECIDE)
HISTORY = DeskCommand("history", Right.READ_OWN, _LINE, aliases=("trades",))
PERFORMANCE = DeskCommand("performance", Right.READ_OWN, _LINE, aliases=("perf", "profit"))
EQUITY = DeskCommand("equity", Right.READ_OWN, _LINE)
CLOSE_ALL = DeskCommand("closeall", Right.CLOSE_OWN, _LINE)
PANIC = DeskCommand("panic", Right.PANIC)
PAUSE = DeskCommand("pause", Right.PAUSE, _ANYTHING)
RESUME = DeskCommand("resume", Right.PAUSE, r"(?i:desk|(?:source|account)\s[\s\S]{1,200})?")
LOCKS = DeskCommand("locks", Right.READ_OWN)
LOCK = DeskCommand("lock", Right.LOCK, _SOMETHING)
HOLD = DeskCommand("hold", Right.HOLD, r"\S[\s\S]{0,200}")
UNLOCK = DeskCommand("unlock", Right.LOCK, _ANYTHING)
LANGUAGE = DeskCommand("language", None, rf"(?i:{'|'.join(Language)})?", aliases=("lang",))
SETTINGS = DeskCommand("settings", None)
ALERTS = DeskCommand("alerts", None)
ROUTE = DeskCommand("route", Right.ROUTE, r"[\w\s,]{0,200}")
CONSENT = DeskCommand("consent", None)
FORGET = DeskCommand("forget", None)
VERSION = DeskCommand("version", None)
AUDIT = DeskCommand("audit", Right.AUDIT, _ANYTHING)
USERS = DeskCommand("users", Right.INVITE)
INVITE = DeskCommand("invite", Right.INVITE, r"[\w ]{0,64}")
ROLE = DeskCommand("role", Right.INVITE, rf"{_NAME}(?:\s+(?i:{'|'.join(Role)}))+")
BLOCK = DeskCommand("block", Right.INVITE, _NAME)
UNBLOCK = DeskCommand("unblock", Right.INVITE, _NAME)

COMMANDS = (
    START,
    HELP,
    STATUS,
    ACCOUNTS,
    HEALTH,
    SYNC,
    POSITIONS,
    ORDERS,
    SIGNALS,
    SIGNAL,
    SOURCES,
    CHART,
    QUALITY,
    STANDING,
    HISTORY,
    PERFORMANCE,
    EQUITY,
    CLOSE_ALL,
    PANIC,
    PAUSE,
    RESUME,
    LOCKS,
    LOCK,
    HOLD,
    UNLOCK,
    AUDIT,
    USERS,
    INVITE,
    ROLE,
    BLOCK,
    UNBLOCK,
    LANGUAGE,
    SETTINGS,
    ALERTS,
    ROUTE,
    CONSENT,
    FORGET,
    VERSION,
)
BY_NAME = {name: command for command in COMMANDS for name in (command.name, *command.aliases)}


@dataclass(frozen=True, slots=True)
class Typed:
    """A message that begins with a slash, taken apart."""

    name: str
    argument: str


def read_command(text: str) -> Typed | None:
    """`/chart@desk_bot EURUSD` → chart, EURUSD; None when the text is no command."""
    first, *rest = text.split(maxsplit=1) or [""]
    name = first.removeprefix("/").partition("@")[0].lower()
    return Typed(name, "".join(rest).strip()) if first.startswith("/") and name else None


def nearest(name: str, person: Person) -> DeskCommand | None:
    """The command that was probably meant, of those that the person may use."""
    usable = [command.name for command in COMMANDS if command.is_for(person)]
    close = get_close_matches(name, usable, n=1, cutoff=0.6)
    return BY_NAME[close[0]] if close else None


@dataclass(frozen=True, slots=True)
class Asked:
    """What a message asks for: `rightly` is the command, if the person may and it takes what follows it."""

    command: DeskCommand | None = None
    argument: str = ""
    rightly: DeskCommand | None = None


def ask(text: str, person: Person) -> Asked:
    """Looked up once for each message; nothing for what is no command."""
    typed = read_command(text)
    command = BY_NAME.get(typed.name) if typed else None
    if typed is None or command is None:
        return Asked()
    rightly = command.is_for(person) and command.takes(typed.argument)
    return Asked(command, typed.argument, command if rightly else None)


def handed(asked: Asked) -> dict[str, object]:
    """What handlers get of it."""
    return {"asked": asked.rightly, "argument": asked.argument}


class Asks(Filter):
    """Passes a message that asks for the command rightly, as the access middleware has found: `asked`.

    The handler gets `argument` from there. What does not pass is answered by the fallback with a hint.
    """

    def __init__(self, command: DeskCommand) -> None:
        self.command = command

    async def __call__(self, _: TelegramObject, asked: DeskCommand | None = None) -> bool:
        return asked is self.command

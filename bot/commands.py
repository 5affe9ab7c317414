"""The desk's commands: who may use each, what it takes, and how to ask for it."""

import re
from dataclasses import dataclass
from difflib import get_close_matches

from aiogram import Bot
from aiogram.filters import Filter
from aiogram.types import BotCommand, Message

from core.model.people import Person, Right

_NOTHING = ""
_ANYTHING = r"[\s\S]{0,200}"
_SOMETHING = r"[\s\S]{1,200}"
_DIMENSION = r"(?i:source|account|instrument|hour)"
_DAYS = r"(?:[1-9]|[1-9][0-9]|[12][0-9]{2}|3[0-5][0-9]|36[0-5])"
_SYMBOL = r"[A-Za-z0-9][A-Za-z0-9._#+-]{0,31}"


@dataclass(frozen=True, slots=True)
class DeskCommand:
    """A slash command. `argument` is the pattern of all that follows it; None as right: for everyone."""

    name: str
    right: Right | None
    description: str
    argument: str = _NOTHING
    usage: str = ""
    takes_what: str = ""

    def takes(self, argument: str) -> bool:
        return re.fullmatch(self.argument, argument) is not None

    def is_for(self, person: Person) -> bool:
        return self.right is None or person.may(self.right)

    @property
    def form(self) -> str:
        """The command with what it takes, for a list of them."""
        return f"/{self.name} {self.takes_what}".rstrip()

    @property
    def example(self) -> str:
        return self.usage or f"/{self.name}"


START = DeskCommand("start", None, "Begin, or come back", argument=_ANYTHING)
HELP = DeskCommand("help", None, "What you can do here")
STATUS = DeskCommand("status", Right.READ_OWN, "How the accounts and the desk are")
HEALTH = DeskCommand("health", Right.READ_OWN, "How terminals, links and permissions are")
SYNC = DeskCommand("sync", Right.READ_OWN, "What the broker holds against what the desk expects")
POSITIONS = DeskCommand("positions", Right.READ_OWN, "Open positions")
SIGNALS = DeskCommand("signals", Right.READ_OWN, "The newest signals and what became of them")
CHART = DeskCommand("chart", Right.READ_OWN, "A candle chart", _SYMBOL, "/chart EURUSD", "SYMBOL")
QUALITY = DeskCommand(
    "quality",
    Right.READ_OWN,
    "How well orders were filled: slippage, delays, refusals",
    rf"(?:{_DIMENSION}(?:\s+{_DAYS})?|{_DAYS})?",
    "/quality hour 30 (by source, account, instrument or hour; 1 to 365 days)",
    "[source|account|instrument|hour] [days]",
)
CLOSE_ALL = DeskCommand("closeall", Right.CLOSE_OWN, "Close all your positions, after a question")
PAUSE = DeskCommand(
    "pause",
    Right.PAUSE,
    "No new trades on the whole desk, of a source or on an account",
    _ANYTHING,
    "/pause news at 14, /pause source alpha",
    "[source X|account X] [reason]",
)
RESUME = DeskCommand(
    "resume",
    Right.PAUSE,
    "End the pause",
    r"(?i:desk|(?:source|account)\s[\s\S]{1,200})?",
    "/resume, /resume source alpha",
    "[source X|account X]",
)
LOCKS = DeskCommand("locks", Right.READ_OWN, "What keeps new trades out now, since when and why")
LOCK = DeskCommand(
    "lock",
    Right.LOCK,
    "No new trades on an account, of a source, in an instrument, on the desk",
    _SOMETHING,
    "/lock EURUSD 2h NFP (an account, a source, an instrument or desk; without a time until /unlock)",
    "NAME [duration] REASON",
)
HOLD = DeskCommand(
    "hold",
    Right.HOLD,
    "Hold the closing of an account for a while",
    r"\S[\s\S]{0,200}",
    "/hold Tom paper 15m bad price",
    "ACCOUNT duration REASON",
)
UNLOCK = DeskCommand(
    "unlock",
    Right.LOCK,
    "Release a lock; a guard's or an owner's only as an owner",
    _ANYTHING,
    "/unlock EURUSD",
    "[NAME]",
)

COMMANDS = (
    START,
    HELP,
    STATUS,
    HEALTH,
    SYNC,
    POSITIONS,
    SIGNALS,
    CHART,
    QUALITY,
    CLOSE_ALL,
    PAUSE,
    RESUME,
    LOCKS,
    LOCK,
    HOLD,
    UNLOCK,
)
BY_NAME = {command.name: command for command in COMMANDS}


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


class Asks(Filter):
    """Passes a message that asks for the command rightly: by a person who may, with what it takes.

    Gives the handler `argument`. What does not pass is answered by the fallback with a hint.
    """

    def __init__(self, command: DeskCommand) -> None:
        self._command = command

    async def __call__(self, message: Message, person: Person) -> bool | dict[str, str]:
        typed = read_command(message.text or "")
        if typed is None or typed.name != self._command.name or not self._command.is_for(person):
            return False
        return {"argument": typed.argument} if self._command.takes(typed.argument) else False


async def set_commands(bot: Bot) -> None:
    """Publish the commands that everyone may use as the bot's menu; the others are in /help."""
    public = [command for command in COMMANDS if command.right in (None, Right.READ_OWN)]
    await bot.set_my_commands([BotCommand(command=c.name, description=c.description) for c in public])

"""The desk's commands: who may use each, what it takes, and how to ask for it."""

import re
from dataclasses import dataclass
from difflib import get_close_matches

from aiogram import Bot
from aiogram.filters import Filter
from aiogram.types import BotCommand, Message

from bot.words import Words
from core.model.people import Language, Person, Right

_NOTHING = ""
_ANYTHING = r"[\s\S]{0,200}"
_SOMETHING = r"[\s\S]{1,200}"
_DIMENSION = r"(?i:source|account|instrument|hour)"
_DAYS = r"(?:[1-9]|[1-9][0-9]|[12][0-9]{2}|3[0-5][0-9]|36[0-5])"
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
HELP = DeskCommand("help", None)
STATUS = DeskCommand("status", Right.READ_OWN)
HEALTH = DeskCommand("health", Right.READ_OWN)
SYNC = DeskCommand("sync", Right.READ_OWN)
POSITIONS = DeskCommand("positions", Right.READ_OWN)
SIGNALS = DeskCommand("signals", Right.READ_OWN)
CHART = DeskCommand("chart", Right.READ_OWN, _SYMBOL)
QUALITY = DeskCommand("quality", Right.READ_OWN, rf"(?:{_DIMENSION}(?:\s+{_DAYS})?|{_DAYS})?")
CLOSE_ALL = DeskCommand("closeall", Right.CLOSE_OWN)
PAUSE = DeskCommand("pause", Right.PAUSE, _ANYTHING)
RESUME = DeskCommand("resume", Right.PAUSE, r"(?i:desk|(?:source|account)\s[\s\S]{1,200})?")
LOCKS = DeskCommand("locks", Right.READ_OWN)
LOCK = DeskCommand("lock", Right.LOCK, _SOMETHING)
HOLD = DeskCommand("hold", Right.HOLD, r"\S[\s\S]{0,200}")
UNLOCK = DeskCommand("unlock", Right.LOCK, _ANYTHING)

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


class Asks(Filter):
    """Passes a message that asks for the command rightly: by a person who may, with what it takes.

    Gives the handler `argument`. What does not pass is answered by the fallback with a hint.
    """

    def __init__(self, command: DeskCommand) -> None:
        self._command = command

    async def __call__(self, message: Message, person: Person) -> bool | dict[str, str]:
        typed = read_command(message.text or "")
        if typed is None or BY_NAME.get(typed.name) is not self._command or not self._command.is_for(person):
            return False
        return {"argument": typed.argument} if self._command.takes(typed.argument) else False


async def set_commands(bot: Bot) -> None:
    """Publish the commands that everyone may use as the bot's menu; the others are in /help."""
    public = [command for command in COMMANDS if command.right in (None, Right.READ_OWN)]
    for language in Language:
        words = Words(language)
        menu = [BotCommand(command=c.name, description=words.label(f"command-{c.name}")) for c in public]
        default = language is Language.ENGLISH
        await bot.set_my_commands(menu, language_code=None if default else language)

"""What a person can do here: by role, the commands in families."""

from enum import StrEnum

from bot.commands import COMMANDS, DeskCommand
from bot.views.markup import Rendered
from bot.words import Words
from bot.words.html import Html, bold, lines, paragraphs, plain
from core.model.people import Person, Right, Role


class Family(StrEnum):
    """What commands are for, in the order of /help."""

    TRADE = "trade"
    LOOK = "look"
    RUN = "run"
    SELF = "self"


FAMILIES = {
    Right.DECIDE: Family.TRADE,
    Right.CLOSE_OWN: Family.TRADE,
    Right.LINK: Family.TRADE,
    Right.READ_OWN: Family.LOOK,
    Right.READ_DESK: Family.LOOK,
    None: Family.SELF,
}
"""By the right that a command needs; whatever needs another right is for who runs the desk."""


def help_text(desk_name: str, support: str, person: Person, words: Words) -> Rendered:
    roles = [words(f"help-{role}") for role in Role if role in person.roles]
    usable = [command for command in COMMANDS if command.is_for(person)]
    families = [_family(family, usable, words) for family in Family]
    contact = plain(support, 200) if support else None
    return Rendered(paragraphs(bold(desk_name, 80), lines(*roles), *families, contact))


def family_of(command: DeskCommand) -> Family:
    return FAMILIES.get(command.right, Family.RUN)


def _family(family: Family, usable: list[DeskCommand], words: Words) -> Html | None:
    """The commands of a family below its name; nothing where there is none."""
    theirs = [_command(command, words) for command in usable if family_of(command) is family]
    return lines(bold(words(f"help-family-{family}")), *theirs) if theirs else None


def _command(command: DeskCommand, words: Words) -> Html:
    """The command with its shorter names and what it takes, and what it does."""
    takes = words.label(f"takes-{command.name}") if command.argument and command.name != "start" else ""
    names = " ".join(f"/{name}" for name in (command.name, *command.aliases))
    return words(
        "help-command", form=f"{names} {takes}".rstrip(), what=words.label(f"command-{command.name}")
    )

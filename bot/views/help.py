"""What a person can do here, by role."""

from bot.commands import COMMANDS, DeskCommand
from bot.views.markup import Html, Rendered, bold, lines, paragraphs, plain
from bot.words import Words
from core.model.people import Person, Role


def help_text(desk_name: str, support: str, person: Person, words: Words) -> Rendered:
    roles = [words(f"help-{role}") for role in Role if role in person.roles]
    commands = [_command(command, words) for command in COMMANDS if command.is_for(person)]
    return Rendered(
        paragraphs(
            bold(desk_name, 80), lines(*roles), lines(*commands), plain(support, 200) if support else None
        )
    )


def _command(command: DeskCommand, words: Words) -> Html:
    """The command with what it takes, and what it does."""
    takes = words.label(f"takes-{command.name}") if command.argument and command.name != "start" else ""
    return words(
        "help-command", form=f"/{command.name} {takes}".rstrip(), what=words.label(f"command-{command.name}")
    )

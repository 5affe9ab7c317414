"""Short answers: refusals, hints. Plain text, at most 200 characters where a toast shows them."""

from bot.commands import DeskCommand, nearest
from bot.words import Words
from core.model.people import Person


def private_desk(support: str, words: Words) -> str:
    """The one answer that a stranger gets."""
    return f"{words.label('reply-private-desk')} {support}".rstrip()


def not_for_you(command: DeskCommand, words: Words) -> str:
    return words.label("reply-not-for-you", command=command.name)


def usage(command: DeskCommand, words: Words) -> str:
    """The hint for wrong arguments."""
    if command.argument:
        return words.label("reply-usage", example=words.label(f"usage-{command.name}"))
    return words.label("reply-takes-nothing", command=command.name)


def unknown_command(name: str, person: Person, words: Words) -> str:
    """The hint for a command that does not exist: the nearest one that the person may use."""
    meant = nearest(name, person)
    if meant is None:
        return words.label("reply-unknown-command", command=name[:32])
    return words.label("reply-did-you-mean", command=name[:32], meant=meant.name)

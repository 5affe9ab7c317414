"""Short answers: refusals, hints, toasts. Plain text, at most 200 characters where a toast shows them."""

from bot.commands import DeskCommand, nearest
from core.model.people import Person

EXPIRED_BUTTON = "This button has expired."
PRIVATE_DESK = "This is a private desk and I do not know you. Ask its owner if you should be here."
CHECKING_PRICE = "Checking the price …"
ACCEPT_FIRST = "Please accept the risk text first: /start"
PLAIN_TEXT = "I only understand commands and buttons. /help lists them."
PRIVATE_CHAT_ONLY = "I only talk in private."
ON_IT = "On it …"


def private_desk(support: str) -> str:
    """The one answer that a stranger gets."""
    return f"{PRIVATE_DESK} {support}".rstrip()


def not_for_you(command: DeskCommand) -> str:
    return f"/{command.name} is not for your role. /help lists what is."


def usage(command: DeskCommand) -> str:
    """The hint for wrong arguments."""
    if command.argument:
        return f"Write it like this: {command.example}"
    return f"/{command.name} takes nothing after it."


def unknown_command(name: str, person: Person) -> str:
    """The hint for a command that does not exist: the nearest one that the person may use."""
    meant = nearest(name, person)
    hint = f"Did you mean /{meant.name}?" if meant else "/help lists all."
    return f"I do not know /{name[:32]}. {hint}"


def own_error(error_id: str) -> str:
    return f"Something went wrong on our side (error {error_id}). Nothing more was done; the owner is told."

"""The risk text that a person accepts before anything else; its version is kept with each decision."""

from aiogram.enums import ButtonStyle

from bot.callbacks import ConsentTap
from bot.views.markup import Rendered, bold, button, italic, keyboard, lines, paragraphs, plain
from core.model.people import CONSENT_VERSION

EXECUTION = (
    "An approval is an order: the desk sends it to your own MetaTrader 5 account at the price of the moment."
    " It can be filled at another price, in part, or not at all."
)
LIMITS = (
    "Stops, targets and the drawdown limit are triggers, not promises: in a fast or closed market a loss can"
    " be larger than the limit. At the limit the desk closes everything on the account and locks new entries."
)
STORED = (
    "Stored are your Telegram id and name, your account's login and server, its password encrypted, your"
    " decisions with their time, and what the broker reports of orders, positions and equity."
)
ACCEPT_LABEL = "I have read this and accept"


def consent(desk_name: str) -> Rendered:
    """The text in force, with the button that accepts exactly this version."""
    text = paragraphs(
        bold(f"{desk_name}: before you begin", 80),
        lines(bold("What is executed"), EXECUTION),
        lines(bold("What a limit is"), LIMITS),
        lines(bold("What is stored"), STORED),
        italic(f"Version {CONSENT_VERSION}. Trading leveraged products can lose more than you expect."),
    )
    accept = button(ACCEPT_LABEL, ConsentTap(version=CONSENT_VERSION), ButtonStyle.SUCCESS)
    return Rendered(text, keyboard([accept]))


def accepted(name: str) -> Rendered:
    """Shown in place of the risk text once it is accepted."""
    return Rendered(
        f"✅ Thank you, {plain(name, 60)}. You accepted version {CONSENT_VERSION} of the risk text."
    )

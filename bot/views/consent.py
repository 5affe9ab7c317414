"""The risk text that a person accepts before anything else; its version is kept with each decision."""

from aiogram.enums import ButtonStyle

from bot.callbacks import ConsentTap
from bot.views.markup import Rendered, bold, button, italic, keyboard, lines, paragraphs
from bot.words import Words
from core.model.people import CONSENT_VERSION

PARTS = ("execution", "limits", "stored")


def consent(desk_name: str, words: Words) -> Rendered:
    """The text in force, with the button that accepts exactly this version."""
    text = paragraphs(
        bold(words("consent-title", desk=desk_name[:60])),
        *(lines(bold(words(f"consent-{part}-title")), words(f"consent-{part}")) for part in PARTS),
        italic(words("consent-version", version=CONSENT_VERSION)),
    )
    accept = button(words.label("consent-accept"), ConsentTap(version=CONSENT_VERSION), ButtonStyle.SUCCESS)
    return Rendered(text, keyboard([accept]))


def accepted(name: str, words: Words) -> Rendered:
    """Shown in place of the risk text once it is accepted."""
    return Rendered(words("consent-accepted", name=name[:60], version=CONSENT_VERSION))

"""The risk text that a person accepts before the first approval; its version is kept with each decision."""

from collections.abc import Sequence

from aiogram.enums import ButtonStyle

from bot.buttons.people import ConsentTap
from bot.views.markup import Rendered, button, keyboard
from bot.words import Words
from bot.words.html import Html, bold, italic, lines, paragraphs
from core.model.people import CONSENT_VERSION, Consent, Person

PARTS = ("execution", "limits", "stored", "standing")


def consent(desk_name: str, words: Words) -> Rendered:
    """The text in force, with the button that accepts exactly this version."""
    accept = button(words.label("consent-accept"), ConsentTap(version=CONSENT_VERSION), ButtonStyle.SUCCESS)
    return Rendered(_text(words("consent-title", desk=desk_name[:60]), words), keyboard([accept]))


def renewed(desk_name: str, words: Words) -> Rendered:
    """The same for who accepted an older one: what is held until they accept this."""
    asked = consent(desk_name, words)
    return Rendered(paragraphs(_flowing(words("consent-renewed")), asked.text), asked.keyboard)


def accepted(name: str, words: Words) -> Rendered:
    """Shown in place of the risk text once it is accepted."""
    return Rendered(words("consent-accepted", name=name[:60], version=CONSENT_VERSION))


def consents(desk_name: str, person: Person, given: Sequence[Consent], words: Words) -> Rendered:
    """What the person accepted and when, with the text in force; and its button while it is not accepted."""
    history = lines(*(_given(one, words) for one in given)) or words("consent-none")
    if not person.consented:
        asked = consent(desk_name, words)
        return Rendered(paragraphs(history, asked.text), asked.keyboard)
    return Rendered(paragraphs(_text(words("consent-in-force"), words), history))


def _given(one: Consent, words: Words) -> Html:
    return words("consent-given", version=one.version, when=words.date_time(one.accepted_at))


def _text(title: Html, words: Words) -> Html:
    return paragraphs(
        bold(title),
        *(lines(bold(words(f"consent-{part}-title")), _flowing(words(f"consent-{part}"))) for part in PARTS),
        italic(words("consent-version", version=CONSENT_VERSION)),
    )


def _flowing(text: Html) -> Html:
    """The lines of the file are for its translators; each screen breaks them where it ends."""
    return Html(" ".join(text.split("\n")))

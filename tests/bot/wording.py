"""What the desk says, for comparing."""

from bot.words import Words

ENGLISH = Words()


def reply(key: str) -> str:
    """A short answer, in English."""
    return ENGLISH.label(f"reply-{key}")


ACCEPT = ENGLISH.label("consent-accept")
"""The button below the risk text."""

"""The Fluent files of each language, read once: at the first message, or before it by `read_all`."""

from functools import cache
from pathlib import Path
from typing import Any

import structlog
from fluent.runtime import FluentBundle, FluentResource

from core.model.people import Language

log = structlog.get_logger(__name__)

LOCALES = Path(__file__).parent.parent / "locales"


@cache
def bundle(language: Language) -> FluentBundle:
    """All messages of a language. Isolation marks are left out: no language of ours runs right to left."""
    made = FluentBundle([language], use_isolating=False)
    for file in sorted((LOCALES / language).glob("*.ftl")):
        made.add_resource(FluentResource(file.read_text(encoding="utf-8")))
    return made


def read_all() -> None:
    """Read every language now, so that nobody's first message stops the loop for it, 200 ms each."""
    for language in Language:
        bundle(language)


def formatted(language: Language, key: str, facts: dict[str, Any]) -> str:
    """The message in that language, in English where it is missing there. Raises LookupError for no message.

    What cannot be filled in stays visible, with its name: a gap in a text is better than no alert.
    """
    for each in (language, Language.ENGLISH):
        messages = bundle(each)
        if messages.has_message(key):
            pattern = messages.get_message(key).value
            text, faults = messages.format_pattern(pattern, facts) if pattern else ("", ["no text"])
            if faults:
                incomplete(key, each, faults)
            return str(text)
        incomplete(key, each, ["no such message"])
    raise LookupError(f"no message {key}")


def incomplete(key: str, language: Language, faults: list[Any]) -> None:
    """Told to the log; the tests fail by it."""
    log.error("words.incomplete", key=key, language=language, faults=[str(fault) for fault in faults])

"""/settings: a page of buttons to what a person chooses for themselves; /language and /version."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from aiogram.enums import ButtonStyle
from aiogram.types import InlineKeyboardButton

from bot.buttons.commands import CommandTap
from bot.buttons.people import LanguageTap, SettingsPage, SettingsTap, ZoneTap
from bot.commands import BY_NAME
from bot.typed.zones import zone_of_offset
from bot.views.markup import Rendered, button, in_rows, keyboard
from bot.words import Words, words_for
from bot.words.html import bold, code, lines, paragraphs
from core.model.people import Language, Person

OFFSETS = (-8, -5, -3, 0, 1, 2, 3, 4, 5, 8, 9, 10)
"""Hours ahead of UTC that have a button; every other zone is typed."""
LEADS_TO = ("alerts", "accounts", "consent", "forget")
"""Other commands about oneself."""


def hub(person: Person, now: datetime, words: Words) -> Rendered:
    """What is chosen now, with a button to each page and command."""
    text = paragraphs(
        bold(words("settings-title")),
        lines(
            words("settings-language-is", language=words.label(f"language-{person.language}")),
            words("settings-zone-is", zone=person.zone, time=words.day_time(now)),
        ),
    )
    pages = [
        button(words.label(f"settings-{page.name.lower()}"), SettingsTap(page=page))
        for page in (SettingsPage.LANGUAGE, SettingsPage.ZONE)
    ]
    known = [BY_NAME[name] for name in LEADS_TO if name in BY_NAME]
    others = [
        button(words.label(f"settings-{command.name}"), CommandTap(name=command.name))
        for command in known
        if command.is_for(person)
    ]
    return Rendered(text, keyboard(pages, *in_rows(others, 2)))


def languages(words: Words) -> Rendered:
    """Each in its own words, so that who sees a foreign one finds back."""
    shown = [
        button(words_for(language).label(f"language-{language}"), LanguageTap(language=language), style)
        for language in Language
        for style in [ButtonStyle.PRIMARY if language is words.language else None]
    ]
    return Rendered(bold(words("settings-choose-language")), keyboard(shown, [_back(words)]))


def language_chosen(words: Words) -> Rendered:
    return Rendered(words("settings-language-done"), keyboard([_back(words)]))


def zones(now: datetime, words: Words) -> Rendered:
    """Offsets to tap, and the way to type a city."""
    offsets = [button(offset_name(hours), ZoneTap(zone=zone_of_offset(hours))) for hours in OFFSETS]
    text = paragraphs(
        bold(words("settings-choose-zone")),
        words("settings-zone-is", zone=str(words.zone), time=words.day_time(now)),
        words("settings-zone-how"),
    )
    city = button(words.label("settings-city"), SettingsTap(page=SettingsPage.CITY), ButtonStyle.PRIMARY)
    return Rendered(text, keyboard([city], *in_rows(offsets, 4), [_back(words)]))


def offset_name(hours: int) -> str:
    return f"UTC{hours:+d}".replace("-", "−") if hours else "UTC"


def ask_city(words: Words) -> Rendered:
    return Rendered(words("settings-ask-city"), keyboard([_back(words)]))


def which_zone(found: list[str], words: Words) -> Rendered:
    """None was found, or several may be meant."""
    if not found:
        return Rendered(words("settings-no-city"), keyboard([_back(words)]))
    shown = [[button(zone.replace("_", " "), ZoneTap(zone=zone))] for zone in found]
    return Rendered(words("settings-which-city"), keyboard(*shown, [_back(words)]))


def zone_chosen(now: datetime, words: Words) -> Rendered:
    """With the time there, which tells whether it is the right one."""
    text = words("settings-zone-done", zone=str(words.zone), time=words.day_time(now))
    return Rendered(text, keyboard([_back(words)]))


@dataclass(frozen=True, slots=True)
class Build:
    """What runs: versions of the desk, of Python and of the database, and for how long."""

    tapdesk: str
    python: str
    database: str
    runs_for: timedelta


def version(build: Build, words: Words) -> Rendered:
    text = lines(
        bold(words("version-title", version=build.tapdesk)),
        words("version-python", version=code(build.python)),
        words("version-database", version=code(build.database)),
        words("version-runs", span=words.span(build.runs_for)),
    )
    return Rendered(text)


def _back(words: Words) -> InlineKeyboardButton:
    return button(words.label("settings-back"), SettingsTap(page=SettingsPage.HUB))

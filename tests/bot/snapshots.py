"""Views in every language beside each other, in a file that a translator can read and a test compares.

They lie beside the tests that ask for them. `make snapshots` writes all anew; read the difference before you
commit it.
"""

import os
from collections.abc import Callable
from pathlib import Path
from zoneinfo import ZoneInfo

from aiogram.types import InlineKeyboardButton

from bot.sandbox.html_text import parse_html
from bot.views.markup import Rendered
from bot.words import Words
from bot.words.html import CAPTION_LIMIT, TEXT_LIMIT
from core.model.people import Language

ZONES = {Language.ENGLISH: "UTC", Language.RUSSIAN: "Europe/Moscow", Language.SPANISH: "Europe/Madrid"}
READERS = [Words(language, ZoneInfo(zone)) for language, zone in ZONES.items()]
"""One of each language, in three zones."""


def check_shown(name: str, render: Callable[[Words], Rendered], *, caption: bool = False) -> None:
    """The view is what `snapshots/NAME.txt` beside the test says in each language, and Telegram takes it."""
    shown = [_checked(render(words), caption) for words in READERS]
    drawn = zip(READERS, map(_drawn, shown), strict=True)
    text = "\n".join(f"==== {words.language}\n{one}" for words, one in drawn)
    file = _folder() / f"{name}.txt"
    if os.environ.get("SNAPSHOTS") == "write":
        file.parent.mkdir(exist_ok=True)
        file.write_text(text, encoding="utf-8")
    assert text == file.read_text(encoding="utf-8")


def _folder() -> Path:
    """Beside the test that runs, which pytest names from the root of the project."""
    module = os.environ["PYTEST_CURRENT_TEST"].partition("::")[0]
    return Path(__file__).parents[2].joinpath(module).parent / "snapshots"


def _checked(rendered: Rendered, caption: bool) -> Rendered:
    """Well-formed HTML within Telegram's limits, in UTF-16 units after its parsing."""
    text, _ = parse_html(rendered.text)
    assert 0 < len(text.encode("utf-16-le")) // 2 <= (CAPTION_LIMIT if caption else TEXT_LIMIT)
    for button in _buttons(rendered):
        assert button.callback_data is None or len(button.callback_data.encode()) <= 64
    return rendered


def _buttons(rendered: Rendered) -> list[InlineKeyboardButton]:
    rows = rendered.keyboard.inline_keyboard if rendered.keyboard else []
    return [button for row in rows for button in row]


def _drawn(rendered: Rendered) -> str:
    rows = rendered.keyboard.inline_keyboard if rendered.keyboard else []
    drawn = ["  ".join(f"[{button.text}]" for button in row) for row in rows]
    return "\n".join([rendered.text, *drawn, ""])

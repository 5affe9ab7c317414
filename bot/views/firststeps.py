"""What to do first: told once, when somebody has accepted the risk text for the first time."""

from aiogram.enums import ButtonStyle
from aiogram.types import InlineKeyboardButton

from bot.buttons.accounts import LinkAct, LinkTap
from bot.buttons.commands import CommandTap
from bot.views.markup import Rendered, button, keyboard
from bot.words import Words
from bot.words.html import bold, italic, paragraphs
from core.model.people import Person, Role

FIRST = {
    Role.OWNER: ("invite", "sources", "alerts"),
    Role.ADMIN: ("users", "signal", "status"),
    Role.TRADER: ("status", "accounts", "alerts"),
    Role.VIEWER: ("status", "signals", "performance"),
}
"""The first three things of each role, as commands; a trader without an account links one before those."""


def first_steps(person: Person, words: Words, *, has_account: bool) -> Rendered:
    """Short, by role; a trader without an account gets the button that links one, and what comes of it."""
    told = [words(_key(role, has_account)) for role in Role if role in person.roles]
    return Rendered(
        paragraphs(bold(words("first-title")), *told, italic(words("first-help"))),
        keyboard(*_rows(person, words, has_account)),
    )


def _key(role: Role, has_account: bool) -> str:
    return "first-linked" if role is Role.TRADER and has_account else f"first-{role}"


def _rows(person: Person, words: Words, has_account: bool) -> list[list[InlineKeyboardButton]]:
    """One row for each role."""
    rows = []
    for role in Role:
        if role is Role.TRADER and role in person.roles and not has_account:
            label = words.label("accounts-button-link")
            rows.append([button(label, LinkTap(act=LinkAct.START), ButtonStyle.PRIMARY)])
        elif role in person.roles:
            rows.append([_do(name, words) for name in FIRST[role]])
    return rows


def _do(name: str, words: Words) -> InlineKeyboardButton:
    return button(words.label(f"first-do-{name}"), CommandTap(name=name))

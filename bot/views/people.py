"""/users: everybody by role, one person, and the questions before something about them changes."""

from collections.abc import Sequence
from datetime import datetime

from aiogram.enums import ButtonStyle
from aiogram.types import InlineKeyboardButton

from bot.buttons.fields import unix
from bot.buttons.people import (
    BlockTap,
    InviteAct,
    InviteTap,
    PersonAct,
    PersonTap,
    RolesTap,
    UsersTap,
    mask_of,
)
from bot.views.door import NAME_LIMIT, roles_text
from bot.views.markup import Rendered, button, in_rows, keyboard
from bot.views.pages import Page, page_at
from bot.words import Words
from bot.words.html import Html, bold, code, italic, lines, paragraphs
from core.model.people import Person, Role
from core.people.roles import may_act_on

Roles = frozenset[Role]


def users(everybody: Sequence[Person], number: int, words: Words) -> Rendered:
    """A page of everybody, owners first, each with a button."""
    page = page_at(sorted(everybody, key=_rank), number)
    listed = [_listed(person, words) for person in page.items]
    text = paragraphs(
        lines(bold(words("users-title", n=len(everybody))), _counts(everybody, words)),
        lines(*listed),
    )
    turns = page.turns(lambda number: UsersTap(page=number))
    return Rendered(text, keyboard(*_people(page), *turns, [_invite(words)]))


def _rank(person: Person) -> tuple[bool, int, str]:
    """Who is blocked comes last."""
    first = min((place for place, role in enumerate(Role) if role in person.roles), default=len(Role))
    return person.is_blocked, first, person.name.casefold()


def _counts(everybody: Sequence[Person], words: Words) -> Html:
    numbers = [(role, sum(role in person.roles for person in everybody)) for role in Role]
    return words.listed(*(words(f"users-count-{role}", n=number) for role, number in numbers if number))


def _listed(person: Person, words: Words) -> Html:
    return words.listed(
        f"{_mark(person)} {person.name[:NAME_LIMIT]}".strip(),
        roles_text(person.roles, words),
        _state(person, words),
    )


def _mark(person: Person) -> str:
    if person.is_blocked:
        return "⛔"
    first = next((role for role in Role if role in person.roles), None)
    marks = {Role.OWNER: "👑", Role.ADMIN: "🛠", Role.TRADER: "📈", Role.VIEWER: "👁"}
    return marks[first] if first else "·"


def _state(person: Person, words: Words) -> str:
    """What keeps the person from working with the desk, in a word."""
    if person.is_blocked:
        return words.label("users-blocked")
    if person.chat_id is None:
        return words.label("users-never-here")
    if not person.reachable:
        return words.label("users-unreachable")
    return "" if person.consented else words.label("users-unconsented")


def _people(page: Page[Person]) -> list[list[InlineKeyboardButton]]:
    shown = [
        button(person.name[:32], PersonTap(act=PersonAct.SHOW, person=person.id)) for person in page.items
    ]
    return in_rows(shown, 2)


def _invite(words: Words) -> InlineKeyboardButton:
    return button(words.label("invites-all"), InviteTap(act=InviteAct.LIST))


def person_page(person: Person, accounts: Sequence[str], reader: Person, words: Words) -> Rendered:
    """One person, with buttons for what the reader may change."""
    consent = words("users-consent", version=person.consent_version) if person.consent_version else None
    text = lines(
        Html(f"{_mark(person)} {bold(person.name, NAME_LIMIT)}"),
        words("users-roles", roles=roles_text(person.roles, words) or words.label("users-no-role")),
        words("users-id", id=code(person.telegram_id)),
        words("users-accounts", accounts=", ".join(accounts)[:400]) if accounts else None,
        consent or words("users-no-consent"),
        words("users-language", language=words.label(f"language-{person.language}"), zone=person.zone),
        words("users-in-file") if person.of_desk_file else None,
        bold(_state(person, words)) if _state(person, words) else None,
    )
    return Rendered(text, keyboard(*_changes(person, reader, words), [_back(words)]))


def _changes(person: Person, reader: Person, words: Words) -> list[list[InlineKeyboardButton]]:
    if not may_act_on(reader, person):
        return []
    if person.is_blocked:
        return [[_to_ask(person, PersonAct.ASK_UNBLOCK, words.label("users-unblock"))]]
    roles = [_toggle(person, role, words) for role in Role if role in reader.gives and person.roles ^ {role}]
    blocks = [_to_ask(person, PersonAct.ASK_BLOCK, words.label("users-block"), ButtonStyle.DANGER)]
    return [*in_rows(roles, 2), blocks * (person.id != reader.id)]


def _toggle(person: Person, role: Role, words: Words) -> InlineKeyboardButton:
    key = "users-take" if role in person.roles else "users-give"
    after = mask_of(person.roles ^ {role})
    label = words.label(key, role=words.label(f"role-{role}"))
    return button(label, PersonTap(act=PersonAct.ASK_ROLES, person=person.id, roles=after))


def _to_ask(
    person: Person, act: PersonAct, label: str, style: ButtonStyle | None = None
) -> InlineKeyboardButton:
    return button(label, PersonTap(act=act, person=person.id), style)


def _back(words: Words) -> InlineKeyboardButton:
    return button(words.label("users-back"), UsersTap(page=0))


def ask_roles(person: Person, after: Roles, until: datetime, words: Words) -> Rendered:
    """The question before roles change, with what that means."""
    lost = Role.TRADER in person.roles and Role.TRADER not in after
    text = paragraphs(
        words("roles-question", name=bold(person.name, NAME_LIMIT)),
        lines(
            words("roles-from", roles=roles_text(person.roles, words) or words.label("users-no-role")),
            words("roles-to", roles=bold(roles_text(after, words))),
        ),
        words("roles-lost-trader") if lost else None,
        words("roles-in-file") if person.of_desk_file else None,
        italic(words("question-lapses", when=words.relative(until))),
    )
    yes = RolesTap(person=person.id, before=mask_of(person.roles), after=mask_of(after), until=unix(until))
    return _question(text, button(words.label("roles-yes"), yes, ButtonStyle.SUCCESS), person, words)


def ask_block(person: Person, pending: int, trades: int, until: datetime, words: Words) -> Rendered:
    """The question before somebody is shut out."""
    text = paragraphs(
        words("block-question", name=bold(person.name, NAME_LIMIT)),
        lines(words("block-silence"), words("block-cards", n=pending), words("block-trades", n=trades)),
        italic(words("question-lapses", when=words.relative(until))),
    )
    yes = BlockTap(person=person.id, block=True, until=unix(until))
    return _question(text, button(words.label("block-yes"), yes, ButtonStyle.DANGER), person, words)


def ask_unblock(person: Person, until: datetime, words: Words) -> Rendered:
    text = paragraphs(
        words("unblock-question", name=bold(person.name, NAME_LIMIT), roles=roles_text(person.roles, words)),
        italic(words("question-lapses", when=words.relative(until))),
    )
    yes = BlockTap(person=person.id, block=False, until=unix(until))
    return _question(text, button(words.label("unblock-yes"), yes, ButtonStyle.SUCCESS), person, words)


def roles_given(person: Person, words: Words) -> Rendered:
    return Rendered(words("roles-done", name=person.name[:NAME_LIMIT], roles=roles_text(person.roles, words)))


def blocked(person: Person, words: Words) -> Rendered:
    """What was decided, and the way back."""
    text = words("block-done", name=person.name[:NAME_LIMIT])
    return Rendered(text, keyboard([_to_ask(person, PersonAct.ASK_UNBLOCK, words.label("users-unblock"))]))


def unblocked(person: Person, words: Words) -> Rendered:
    return Rendered(words("unblock-done", name=person.name[:NAME_LIMIT]))


def _question(text: Html, yes: InlineKeyboardButton, person: Person, words: Words) -> Rendered:
    """Beside the yes a button that goes back to the person."""
    back = button(words.label("people-leave"), PersonTap(act=PersonAct.SHOW, person=person.id))
    return Rendered(text, keyboard([yes, back]))

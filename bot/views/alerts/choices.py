"""/alerts: how a person is told of each kind of alert, and when they want quiet."""

from datetime import time

from aiogram.enums import ButtonStyle
from aiogram.types import InlineKeyboardButton

from bot.buttons.alerts import AlertsTap, QuietAct, QuietTap, WishTap
from bot.views.alerts.told import title
from bot.views.markup import Rendered, button, in_rows, keyboard
from bot.words import Words
from bot.words.html import Html, bold, lines, paragraphs, plain
from core.model.alerts import KINDS, LIVING, Family, QuietHours, Wish, Wishes, names_in
from core.model.people import Person

SIGNS = {Wish.ALWAYS: "🌙", Wish.ON: "🔔", Wish.SILENT: "🔕", Wish.OFF: "✖️"}
NIGHT = QuietHours(time(22), time(7))
"""What is offered first."""


def alerts_page(families: list[Family], wishes: Wishes, words: Words) -> Rendered:
    """Every family with how it is told now, and the quiet hours."""
    legend = lines(*(words("alerts-legend", sign=SIGNS[wish], what=words(f"wish-{wish}")) for wish in Wish))
    text = paragraphs(
        bold(words("alerts-title")), legend, words("alerts-critical"), _quiet_line(wishes, words)
    )
    buttons = [_family_button(family, wishes, words) for family in families]
    rows = in_rows(buttons, 2)
    quiet = button(words.label("alerts-quiet"), _quiet(QuietAct.SHOW, wishes.quiet or NIGHT))
    return Rendered(text, keyboard(*rows, [quiet]))


def family_page(family: Family, wishes: Wishes, person: Person, words: Words) -> Rendered:
    """One family: how to be told of all of it, and of each kind in it."""
    names = [name for name in names_in(family) if KINDS[name].tells & person.roles]
    always = [name for name in names if KINDS[name].critical]
    open_to_choice = [name for name in names if not KINDS[name].critical]
    text = paragraphs(
        bold(words(f"family-{family}")),
        words(f"family-{family}-is"),
        _listed(always, words),
    )
    rows = [_choices(family, wishes, words)] if open_to_choice or family in LIVING else []
    if len(open_to_choice) > 1:
        rows += [[_kind_button(family, name, wishes, words)] for name in open_to_choice]
    return Rendered(text, keyboard(*rows, [button(words.label("back"), AlertsTap())]))


def quiet_page(hours: QuietHours, wishes: Wishes, words: Words) -> Rendered:
    """The hours that are being chosen, and those that hold."""
    text = paragraphs(
        bold(words("alerts-quiet")),
        words("quiet-is"),
        lines(_quiet_line(wishes, words), words("quiet-zone", zone=wishes.zone)),
    )
    begins, ends = hours.begins.hour, hours.ends.hour
    chosen = words.label("quiet-set", begins=f"{hours.begins:%H:%M}", ends=f"{hours.ends:%H:%M}")
    rows = [
        _steps(words.label("quiet-begins", time=f"{hours.begins:%H:%M}"), hours, begins=True),
        _steps(words.label("quiet-ends", time=f"{hours.ends:%H:%M}"), hours, begins=False),
        [button(chosen, QuietTap(act=QuietAct.SET, begins=begins, ends=ends), ButtonStyle.PRIMARY)],
    ]
    if wishes.quiet is not None:
        rows.append([button(words.label("quiet-off"), _quiet(QuietAct.OFF, hours))])
    return Rendered(text, keyboard(*rows, [button(words.label("back"), AlertsTap())]))


def _quiet_line(wishes: Wishes, words: Words) -> Html:
    if wishes.quiet is None:
        return words("alerts-no-quiet")
    begins, ends = f"{wishes.quiet.begins:%H:%M}", f"{wishes.quiet.ends:%H:%M}"
    return words("alerts-quiet-from", begins=begins, ends=ends)


def _family_button(family: Family, wishes: Wishes, words: Words) -> InlineKeyboardButton:
    sign = SIGNS[_wish_of(family, wishes)]
    return button(f"{sign} {words.label(f'family-{family}')}", AlertsTap(family=family))


def _wish_of(family: Family, wishes: Wishes) -> Wish:
    """What holds for a family: of one whose kinds are off unless asked for, that."""
    said = wishes.said.get(family)
    names = [name for name in names_in(family) if not KINDS[name].critical]
    if said is not None or family in LIVING or not names:
        return said or (Wish.ON if names or family in LIVING else Wish.ALWAYS)
    return KINDS[names[0]].wish


def _listed(always: list[str], words: Words) -> Html | None:
    """What always rings, where there is something."""
    named = (plain(f"• {title(name, words)}") for name in always)
    return lines(words("alerts-always"), *named) if always else None


def _choices(family: Family, wishes: Wishes, words: Words) -> list[InlineKeyboardButton]:
    """The wishes for a whole family."""
    offered = [wish for wish in Wish if wish is not Wish.OFF or family not in LIVING]
    now = _wish_of(family, wishes)
    return [_choice(family, wish, words, chosen=wish is now) for wish in offered]


def _choice(family: Family, wish: Wish, words: Words, *, chosen: bool) -> InlineKeyboardButton:
    label = f"{SIGNS[wish]} {words.label(f'wish-{wish}-short')}"
    style = ButtonStyle.PRIMARY if chosen else None
    return button(f"✓ {label}" if chosen else label, WishTap(family=family, wish=wish), style)


def _kind_button(family: Family, name: str, wishes: Wishes, words: Words) -> InlineKeyboardButton:
    """How one kind is told; each tap goes on to the next way, at the end to that of its family."""
    own = wishes.said.get(name)
    sign = SIGNS[wishes.wish_for(name)] + ("" if own else " =")
    _, _, said = title(name, words).partition(" ")
    return button(f"{sign} {said}", WishTap(family=family, kind=name, wish=_after(own)))


def _after(wish: Wish | None) -> Wish | None:
    ways: list[Wish | None] = [None, Wish.ON, Wish.SILENT, Wish.OFF, Wish.ALWAYS]
    return ways[(ways.index(wish) + 1) % len(ways)]


def _quiet(act: QuietAct, hours: QuietHours) -> QuietTap:
    return QuietTap(act=act, begins=hours.begins.hour, ends=hours.ends.hour)


def _steps(label: str, hours: QuietHours, *, begins: bool) -> list[InlineKeyboardButton]:
    """An hour earlier, an hour later."""
    return [
        button("−", _quiet(QuietAct.SHOW, _moved(hours, -1, begins=begins))),
        button(label, _quiet(QuietAct.SHOW, hours)),
        button("+", _quiet(QuietAct.SHOW, _moved(hours, 1, begins=begins))),
    ]


def _moved(hours: QuietHours, by: int, *, begins: bool) -> QuietHours:
    """Never a whole day: an hour that meets the other one leaps over it."""
    moving, other = (hours.begins, hours.ends) if begins else (hours.ends, hours.begins)
    hour = (moving.hour + by) % 24
    hour = (hour + by) % 24 if hour == other.hour else hour
    return QuietHours(time(hour), hours.ends) if begins else QuietHours(hours.begins, time(hour))

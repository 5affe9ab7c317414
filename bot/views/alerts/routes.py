"""/route: which alerts go to which groups, and what is said there."""

from collections.abc import Sequence
from datetime import datetime

from aiogram.enums import ButtonStyle
from aiogram.types import InlineKeyboardButton

from bot.buttons.alerts import RouteAct, RouteTap
from bot.buttons.fields import unix
from bot.views.markup import Rendered, button, in_rows, keyboard
from bot.words import Words
from bot.words.html import Html, bold, clip, code, italic, lines, paragraphs
from bot.words.sentences import translated
from core.model.alerts import ROUTABLE, Family, Route

TITLE_LIMIT, LABEL_LIMIT, REASON_LIMIT = 60, 30, 120
SHOWN = 20


def routes_page(routes: Sequence[Route], words: Words) -> Rendered:
    """Every route with what goes there, and how another one is added."""
    listed = [_line(route, words) for route in routes[:SHOWN]]
    example = code("/route here drawdown liquidation")
    text = paragraphs(
        bold(words("routes-title")),
        lines(*listed) if listed else words("routes-none"),
        words("routes-add", example=example),
        italic(words("routes-own")),
    )
    rows = [[_open(route)] for route in routes[:SHOWN]]
    return Rendered(text, keyboard(*rows) if rows else None)


def route_page(route: Route, words: Words) -> Rendered:
    """One route: each family switched by a tap, and the way to end it."""
    buttons = [_switch(route, family, words) for family in Family if family in ROUTABLE]
    rows = in_rows(buttons, 2)
    if route.paused_at is not None:
        rows.append([_act(RouteAct.RESUME, route, words.label("routes-resume"), ButtonStyle.SUCCESS)])
    rows.append([_act(RouteAct.ASK_REMOVE, route, words.label("routes-remove"), ButtonStyle.DANGER)])
    rows.append([button(words.label("back"), RouteTap(act=RouteAct.SHOW))])
    return Rendered(paragraphs(bold(route.title, TITLE_LIMIT), _paused(route, words)), keyboard(*rows))


def ask_remove(route: Route, until: datetime, words: Words) -> Rendered:
    text = paragraphs(
        words("routes-ask-remove", title=route.title[:TITLE_LIMIT]),
        words("question-lapses", when=words.relative(until)),
    )
    sure = RouteTap(act=RouteAct.REMOVE, route=route.id, until=unix(until))
    return Rendered(
        text,
        keyboard(
            [button(words.label("routes-remove"), sure, ButtonStyle.DANGER)],
            [_act(RouteAct.SHOW, route, words.label("back"))],
        ),
    )


def routed_here(route: Route, words: Words) -> Rendered:
    """What the group is told; nobody acts there."""
    return Rendered(words("routes-here", families=_families(route, words)))


def in_group(shown: Rendered, words: Words) -> Rendered:
    """A message as a group sees it: people are authorised, never chats, so nobody taps there."""
    if shown.keyboard is None:
        return shown
    return Rendered(lines(shown.text, italic(words("routes-acts-in-private"))))


def how_to_route(words: Words) -> Rendered:
    """What a group is told when the bot has come, or when no kind was named."""
    names = ", ".join(family for family in Family if family in ROUTABLE)
    return Rendered(words("routes-how", example=code("/route here drawdown liquidation"), names=names))


def _line(route: Route, words: Words) -> Html:
    said = words("routes-line", title=route.title[:TITLE_LIMIT], families=_families(route, words))
    return lines(said, _paused(route, words))


def _families(route: Route, words: Words) -> Html:
    named = (words(f"family-{family}") for family in Family if family in route.families)
    return Html(", ".join(named))


def _paused(route: Route, words: Words) -> Html | None:
    if route.paused_at is None:
        return None
    reason = translated(route.reason, words.language)[:REASON_LIMIT]
    return words("routes-paused", reason=reason, time=words.date_time(route.paused_at))


def _open(route: Route) -> InlineKeyboardButton:
    sign = "📪" if route.paused_at is not None else "📫"
    return button(f"{sign} {clip(route.title, LABEL_LIMIT)}", RouteTap(act=RouteAct.SHOW, route=route.id))


def _switch(route: Route, family: Family, words: Words) -> InlineKeyboardButton:
    label, goes = words.label(f"family-{family}"), family in route.families
    tap = RouteTap(act=RouteAct.OFF if goes else RouteAct.ON, route=route.id, family=family)
    return button(f"✓ {label}" if goes else label, tap)


def _act(act: RouteAct, route: Route, label: str, style: ButtonStyle | None = None) -> InlineKeyboardButton:
    return button(label, RouteTap(act=act, route=route.id), style)

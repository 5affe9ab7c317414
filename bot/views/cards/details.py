"""The details of a card, in its place: levels in pips and money, costs, what else is at risk."""

from aiogram.types import InlineKeyboardButton

from bot.views.cards.buttons import details_buttons
from bot.views.cards.card import share, title
from bot.views.markup import Rendered
from bot.words import Words
from bot.words.html import Html, bold, lines, paragraphs, price
from core.model.approvals import Approval
from core.model.signals import Signal
from core.trading.details import Details, Left, Level


def details(
    found: Details, approval: Approval, signal: Signal, standing: InlineKeyboardButton, words: Words
) -> Rendered:
    """A caption, with a copy of the levels, `standing` (the source's standing approval) and the way back."""
    text = paragraphs(
        words("card-details-title", what=title(signal)),
        lines(_entry(found, words), *(_level(level, found, words) for level in found.levels)),
        lines(_size(found, words), _margin(found, words)),
        lines(_open_risk(found, words), _bare(found, words), _guard(found, words)),
    )
    return Rendered(text, details_buttons(approval, signal, standing, words))


def _entry(found: Details, words: Words) -> Html:
    at, pips = price(found.entry), words.number(found.spread_pips, 1)
    if found.spread_cost is None:
        return words("card-details-entry-free", price=at, pips=pips)
    cost = words.money(found.spread_cost, found.account.currency)
    return words("card-details-entry", price=at, pips=pips, money=cost)


def _level(level: Level, found: Details, words: Words) -> Html:
    facts = {"name": level.name, "price": price(level.price), "pips": words.signed(level.pips)}
    if level.money is None:
        return words("card-details-bare-level", **facts)
    return words("card-details-level", money=words.signed_money(level.money, found.account.currency), **facts)


def _size(found: Details, words: Words) -> Html:
    if found.lots is None:
        return words("card-size-at-tap")
    return words("card-details-lots", lots=bold(words.lots(found.lots)))


def _margin(found: Details, words: Words) -> Html:
    currency = found.account.currency
    free = words.money(found.account.margin_free, currency)
    if found.margin is None:
        return words("card-details-no-margin", free=free)
    return words("card-details-margin", margin=words.money(found.margin, currency), free=free)


def _open_risk(found: Details, words: Words) -> Html:
    currency, percent = found.account.currency, found.most_percent
    limit = found.account.equity * percent / 100
    return words(
        "card-details-open-risk",
        risk=words.money(found.open_risk, currency),
        limit=words.money(limit, currency),
        percent=share(percent, words),
    )


def _bare(found: Details, words: Words) -> Html | None:
    return words("card-details-bare", n=found.bare) if found.bare else None


def _guard(found: Details, words: Words) -> Html:
    left: Left | None = found.left
    if left is None:
        return words("card-details-unguarded")
    facts = {"percent": share(left.percent, words), "limit": share(left.limit, words)}
    money = words.money(left.money, found.account.currency)
    return words(f"card-details-guard-{left.measure}", left=money, **facts)

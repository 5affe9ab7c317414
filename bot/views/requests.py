"""A wish for a position or an order: its question with numbers, the price typed, what became of it."""

from dataclasses import dataclass

from aiogram.enums import ButtonStyle
from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup

from bot.buttons.positions import OrderAct, OrderTap, PositionAct, PositionTap, RequestTap
from bot.views.cards.card import BADGES
from bot.views.markup import Rendered, button, keyboard
from bot.views.positions import ARROWS, NAME_LIMIT, stops, way
from bot.words import Words
from bot.words.html import Html, bold, lines, paragraphs, price
from core.model.accounts import Account
from core.model.requests import Request, RequestKind
from core.model.trades import Intent, IntentState
from core.trading.requests import Asked

DETAIL_LIMIT = 200


@dataclass(frozen=True, slots=True)
class Followed:
    """A request that was confirmed, and what carries it out. `kind` is what the terminal said it is."""

    request: Request
    account: Account
    intent: Intent
    kind: str = ""


def question(asked: Asked, words: Words) -> Rendered:
    """What would be done, to what, as it stands now; two buttons that count for 30 seconds."""
    request = asked.request
    text = paragraphs(
        bold(_ask(asked, words)),
        lines(_head(request, asked.account, _kind(asked), words), *_state(asked, words)),
        words("question-lapses", when=words.relative(request.until)),
    )
    sure = button(
        words.label(f"requests-sure-{request.kind}"),
        RequestTap(request=request.id, sure=True),
        ButtonStyle.DANGER
        if request.kind in (RequestKind.CLOSE, RequestKind.CANCEL)
        else ButtonStyle.PRIMARY,
    )
    return Rendered(text, keyboard([sure, _drop(request, words)]))


def prompt(asked: Asked, words: Words) -> Rendered:
    """What to type: what is there now, and how a price looks."""
    request = asked.request
    text = paragraphs(
        bold(words(f"requests-type-{request.kind}")),
        lines(_head(request, asked.account, _kind(asked), words), *_state(asked, words)),
        words("requests-type-move-how" if request.kind is RequestKind.MOVE else "requests-type-how"),
    )
    return Rendered(text, keyboard([_drop(request, words, "requests-leave")]))


def followed(shown: Followed, words: Words) -> Rendered:
    """What has become of it so far."""
    request, intent = shown.request, shown.intent
    text = lines(
        f"{words(f'requests-state-{intent.state}')} {bold(_wish(request, words))}",
        _head(request, shown.account, shown.kind, words),
        _outcome(request, intent, words),
        words.told(intent.detail, DETAIL_LIMIT) if intent.detail else None,
    )
    return Rendered(text, _again(request, words) if intent.state.is_final else None)


def dropped(request: Request, words: Words) -> Rendered:
    return Rendered(words("requests-dropped"), _again(request, words))


def not_done(request: Request, reason: str, words: Words) -> Rendered:
    """In place of a question that cannot be followed any more, with the reason."""
    said = words("requests-not-done", reason=words.told(reason, DETAIL_LIMIT))
    return Rendered(said, _again(request, words))


def _kind(asked: Asked) -> str:
    return asked.account.shown_kind(asked.snapshot.account.kind)


def _head(request: Request, account: Account, kind: str, words: Words) -> Html:
    what = f"{ARROWS[request.side]} {bold(request.symbol, NAME_LIMIT)} {request.side.upper()}"
    size = words.lots(request.volume)
    where = words.listed(bold(account.label, NAME_LIMIT), BADGES.get(kind))
    return lines(f"{what} {size}", where)


def _ask(asked: Asked, words: Words) -> Html:
    """The question itself: which lots, or from which level to which."""
    request = asked.request
    key = f"requests-ask-{request.kind}"
    if request.kind is RequestKind.CLOSE and request.lots is not None:
        return words("requests-ask-part", lots=words.lots(request.lots), whole=words.lots(request.volume))
    if request.kind in (RequestKind.CLOSE, RequestKind.CANCEL):
        return words(key, lots=words.lots(request.volume), symbol=request.symbol[:NAME_LIMIT])
    return words(key, **_way(request, words))


def _wish(request: Request, words: Words) -> Html:
    """The same as a heading of what became of it."""
    key = f"requests-wish-{request.kind}"
    if request.kind in (RequestKind.CLOSE, RequestKind.CANCEL):
        return words(key, lots=words.lots(request.lots or request.volume))
    return words(key, **_way(request, words))


def _way(request: Request, words: Words) -> dict[str, Html]:
    """From which level to which; None and 0 are no level."""
    levels = {"before": request.level, "after": request.price}
    like = [level for level in levels.values() if level]
    none = words("requests-none")
    return {name: price(level, *like) if level else none for name, level in levels.items()}


def _state(asked: Asked, words: Words) -> list[Html | None]:
    """How it stands at this moment, and what the change would make of it."""
    one, waiting, currency = asked.position, asked.order, asked.snapshot.account.currency
    levels = (asked.request.level, asked.request.price)
    if waiting is not None:
        return [words("orders-price", price=price(waiting.price_open, *levels))]
    if one is None:
        return []
    pips = asked.instrument.pips((one.price_current - one.price_open) * one.side.sign)
    result = words.listed(
        words.signed_money(one.profit + one.swap, currency),
        words("positions-pips", pips=words.signed(pips)),
    )
    then = asked.result_at_price
    return [
        words("requests-now", way=way(one)),
        words("requests-result", result=result),
        stops(one, words),
        words("requests-then", result=words.signed_money(then, currency)) if then is not None else None,
    ]


def _outcome(request: Request, intent: Intent, words: Words) -> Html | None:
    """At which price, and how much, where the broker has told it."""
    done = intent.state in (IntentState.FILLED, IntentState.PARTIAL)
    if not done or not intent.filled_price or request.kind is not RequestKind.CLOSE:
        return None
    closed = intent.filled_volume if intent.filled_volume is not None else intent.volume
    return words("requests-closed", lots=words.lots(closed), price=price(intent.filled_price))


def _drop(request: Request, words: Words, label: str = "no") -> InlineKeyboardButton:
    return button(words.label(label), RequestTap(request=request.id, sure=False))


def _again(request: Request, words: Words) -> InlineKeyboardMarkup:
    """The way back to the position or the order."""
    account, ticket = request.account_id, request.ticket
    if request.kind.is_of_order:
        back = button(
            words.label("requests-show-order"), OrderTap(act=OrderAct.SHOW, account=account, ticket=ticket)
        )
    else:
        back = button(
            words.label("requests-show-position"),
            PositionTap(act=PositionAct.SHOW, account=account, ticket=ticket),
        )
    return keyboard([back])

"""The message of a divergence: what differs, what the desk makes of it, and what a person can do about it."""

from dataclasses import dataclass
from datetime import datetime

from aiogram.enums import ButtonStyle
from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup

from bot.buttons.divergences import DivergenceAct, DivergenceTap
from bot.buttons.fields import unix
from bot.views.cards.card import BADGES, NAME_LIMIT
from bot.views.divergences.sentences import candidates, closed_by, sentence, size
from bot.views.markup import Rendered, button, keyboard
from bot.words import Words
from bot.words.html import Html, bold, clip, italic, lines, paragraphs, plain
from core.model.accounts import Account
from core.model.divergences import Decision, DivergenceKind, LogRow
from core.model.trades import CloseReason, Trade, TradeState

LABEL_LIMIT = 56


@dataclass(frozen=True, slots=True)
class Told:
    """A row of the log as one person sees it.

    `kind` is what the terminal said of the account (empty while unread), `decider` the name of who decided,
    `trade` the one that the row, or its position, belongs to. `followed`: after its end the position differs
    in another way.
    """

    row: LogRow
    account: Account
    kind: str = ""
    decider: str = ""
    trade: Trade | None = None
    followed: bool = False
    may_decide: bool = True


def divergence(told: Told, words: Words) -> Rendered:
    """Its newest state, with buttons while this person can decide it."""
    text = paragraphs(_title(told, words), sentence(told.row, words), _state(told, words))
    return Rendered(text, _buttons(told.row, words) if told.may_decide and is_open(told.row) else None)


def write_off_question(told: Told, until: datetime, words: Words) -> Rendered:
    """The second step of a write-off, which restates the numbers; its yes lapses at `until`."""
    row = told.row
    what = clip(f"{size(row)} {row.divergence.symbol}", NAME_LIMIT)
    asked = bold(words("divergence-write-off-question", what=what))
    label = words.label("divergence-write-off", what=what)
    sure = DivergenceTap(act=DivergenceAct.WRITE_OFF, row=row.id, until=unix(until))
    yes = button(label, sure, ButtonStyle.DANGER)
    back = _button(row, words.label("back"), DivergenceAct.BACK)
    lapses = words("question-lapses", when=words.relative(until))
    text = paragraphs(_title(told, words), sentence(row, words), asked, lapses)
    return Rendered(text, keyboard([yes], [back]))


def looked_again(told: Told, words: Words) -> Rendered:
    """What another look has brought."""
    if told.row.lasts:
        return Rendered(words("divergence-still-missing"))
    return Rendered(words("divergence-looked-again", how=_how_it_ended(told, words)))


def is_open(row: LogRow) -> bool:
    """Whether there is something to decide; what was asked to be restored may not have been."""
    return row.lasts and row.decision in (None, Decision.RESTORED)


def _title(told: Told, words: Words) -> Html:
    row = told.row
    title = f"{_mark(row)} {bold(words(f'divergence-title-{row.divergence.kind}'))}"
    return words.listed(Html(title), plain(told.account.label, LABEL_LIMIT), BADGES.get(told.kind))


def _mark(row: LogRow) -> str:
    if not row.counts:
        return "☑️"
    return "🚨" if row.divergence.kind is DivergenceKind.MISSING else "⚠️"


def _state(told: Told, words: Words) -> Html | None:
    row = told.row
    if row.lasts and row.decision is None:
        kind = row.divergence.kind
        return None if kind is DivergenceKind.CLOSED else italic(words(f"divergence-stance-{kind}"))
    return lines(_decided(told, words), _over(told, words))


def _decided(told: Told, words: Words) -> Html | None:
    """Who decided what and when, and what that means from now on."""
    row = told.row
    if row.decision is None or row.decided_at is None:
        return None
    who = plain(told.decider, NAME_LIMIT) or words("somebody")
    said = {"who": who, "time": words.day_time(row.decided_at)}
    match row.decision:
        case Decision.ACCEPTED if row.divergence.kind is DivergenceKind.SLIPPAGE:
            return words("divergence-did-accepted-slippage", **said)
        case Decision.RESTORED if not row.lasts:
            return words("divergence-did-restored-over", **said)
        case Decision.CHOSEN if told.trade is not None:
            return words("divergence-did-chosen-position", position=str(told.trade.position), **said)
    return words(f"divergence-did-{row.decision}", **said)


def _over(told: Told, words: Words) -> Html | None:
    """Its end, unless it is the decision's own."""
    row = told.row
    if row.ended_at is None or row.ended_at == row.decided_at:
        return None
    return words("divergence-over", time=words.day_time(row.ended_at), how=_how_it_ended(told, words))


def _how_it_ended(told: Told, words: Words) -> Html:
    trade, kind = told.trade, told.row.divergence.kind
    if trade is not None and trade.state is TradeState.CLOSED:
        by = closed_by(trade.close_reason or CloseReason.UNEXPLAINED, words)
        if trade.close_price is None:
            return words("divergence-end-by-close", by=by)
        return words("divergence-end-by-close-at", by=by, price=f"{trade.close_price:f}")
    if told.followed:
        return words("divergence-end-followed")
    if kind is DivergenceKind.UNMATCHED and trade is None:
        return words("divergence-end-gone")
    return words(f"divergence-end-{kind}")


def _buttons(row: LogRow, words: Words) -> InlineKeyboardMarkup | None:
    match row.divergence.kind:
        case DivergenceKind.UNMATCHED:
            adopt = _button(row, words.label("divergence-adopt"), DivergenceAct.ADOPT, ButtonStyle.SUCCESS)
            return keyboard([adopt, _button(row, words.label("divergence-ignore"), DivergenceAct.IGNORE)])
        case DivergenceKind.STOPS:
            again = "divergence-restore-again" if row.decision is Decision.RESTORED else "divergence-restore"
            restore = _button(row, words.label(again), DivergenceAct.RESTORE, ButtonStyle.PRIMARY)
            return keyboard([_accept(row, words), restore])
        case DivergenceKind.SLIPPAGE | DivergenceKind.VOLUME:
            return keyboard([_accept(row, words)])
        case DivergenceKind.MISSING:
            check = _button(row, words.label("divergence-check"), DivergenceAct.CHECK, ButtonStyle.PRIMARY)
            label = words.label("divergence-give-up")
            return keyboard([check, _button(row, label, DivergenceAct.ASK_WRITE_OFF, ButtonStyle.DANGER)])
        case DivergenceKind.AMBIGUOUS:
            return keyboard(*([_choice(row, number, apart)] for number, apart in candidates(row)))
        case DivergenceKind.CLOSED:
            return None


def _accept(row: LogRow, words: Words) -> InlineKeyboardButton:
    return _button(row, words.label("divergence-accept"), DivergenceAct.ACCEPT, ButtonStyle.SUCCESS)


def _choice(row: LogRow, position: int, apart: str) -> InlineKeyboardButton:
    tap = DivergenceTap(act=DivergenceAct.CHOOSE, row=row.id, position=position)
    return button(clip(f"#{position} · {apart}", LABEL_LIMIT), tap)


def _button(
    row: LogRow, label: str, act: DivergenceAct, style: ButtonStyle | None = None
) -> InlineKeyboardButton:
    return button(label, DivergenceTap(act=act, row=row.id), style)

"""The message of a divergence: what differs, what the desk makes of it, and what a person can do about it."""

from dataclasses import dataclass

from aiogram.enums import ButtonStyle
from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup

from bot.callbacks import DivergenceAct, DivergenceTap
from bot.views.card import BADGES, NAME_LIMIT
from bot.views.differences import candidates, sentence, size
from bot.views.markup import (
    Rendered,
    bold,
    button,
    clip,
    clock_time,
    italic,
    keyboard,
    lines,
    paragraphs,
    plain,
    price,
)
from bot.views.outcome import CLOSED_BY
from core.model.accounts import Account
from core.model.divergences import Decision, DivergenceKind, LogRow
from core.model.trades import CloseReason, Trade, TradeState

LABEL_LIMIT = 56
STILL_MISSING = "Looked again: the broker still shows neither the position nor a deal that closed it."

TITLES = {
    DivergenceKind.SLIPPAGE: "Slippage",
    DivergenceKind.VOLUME: "Volume differs",
    DivergenceKind.STOPS: "Stops changed",
    DivergenceKind.UNMATCHED: "Not opened by the desk",
    DivergenceKind.MISSING: "A position is missing",
    DivergenceKind.AMBIGUOUS: "Which position is it?",
    DivergenceKind.CLOSED: "Position closed",
}

STANCES = {
    DivergenceKind.SLIPPAGE: (
        "The trade goes on, and the desk does nothing about it. Accept: nobody has to look at it any more."
    ),
    DivergenceKind.VOLUME: "The desk trades nothing by itself. Accept: it expects the volume that is held.",
    DivergenceKind.STOPS: (
        "The desk undoes nothing by itself. Accept: it expects what is held."
        " Restore: it sets its own levels again."
    ),
    DivergenceKind.UNMATCHED: (
        "The desk leaves it alone. Adopt: it is watched as it stands, like a trade of the desk."
        " Ignore: it stays as it is, and nobody has to look at it any more."
    ),
    DivergenceKind.MISSING: (
        "The desk neither opens nor closes anything by itself, and looks again at every cycle."
        " Write off: the trade counts as closed, without a result."
    ),
    DivergenceKind.AMBIGUOUS: "The desk pairs nothing by itself. Tap the position that is this trade's.",
    DivergenceKind.CLOSED: "",
}

_AS_EXPECTED = "what is held is what the desk expects again"
ENDINGS = {
    DivergenceKind.SLIPPAGE: "the fill is within what is tolerated",
    DivergenceKind.VOLUME: _AS_EXPECTED,
    DivergenceKind.STOPS: _AS_EXPECTED,
    DivergenceKind.UNMATCHED: "a trade of the desk explains it",
    DivergenceKind.MISSING: "the position is there again",
    DivergenceKind.AMBIGUOUS: "it is clear which position it is",
    DivergenceKind.CLOSED: _AS_EXPECTED,
}


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


def divergence(told: Told) -> Rendered:
    """Its newest state, with buttons while this person can decide it."""
    text = paragraphs(_title(told), sentence(told.row), _state(told))
    return Rendered(text, _buttons(told.row) if told.may_decide and is_open(told.row) else None)


def write_off_question(told: Told) -> Rendered:
    """The second step of a write-off, which restates the numbers."""
    row = told.row
    numbers = clip(f"{size(row)} {row.divergence.symbol}", NAME_LIMIT)
    asked = (
        f"Write off {numbers}? The trade then counts as closed, unexplained and without a result,"
        " and nobody looks for the position any more."
    )
    yes = _button(row, f"Write off {numbers}", DivergenceAct.WRITE_OFF, ButtonStyle.DANGER)
    back = _button(row, "‹ Back", DivergenceAct.BACK)
    return Rendered(paragraphs(_title(told), sentence(row), bold(asked)), keyboard([yes], [back]))


def looked_again(told: Told) -> Rendered:
    """What another look has brought."""
    return Rendered(STILL_MISSING if told.row.lasts else f"Looked again: {_how_it_ended(told)}.")


def is_open(row: LogRow) -> bool:
    """Whether there is something to decide; what was asked to be restored may not have been."""
    return row.lasts and row.decision in (None, Decision.RESTORED)


def _title(told: Told) -> str:
    row = told.row
    badge = BADGES.get(told.kind)
    title = f"{_mark(row)} {bold(TITLES[row.divergence.kind])} · {plain(told.account.label, LABEL_LIMIT)}"
    return f"{title} · {badge}" if badge else title


def _mark(row: LogRow) -> str:
    if not row.counts:
        return "☑️"
    return "🚨" if row.divergence.kind is DivergenceKind.MISSING else "⚠️"


def _state(told: Told) -> str:
    row = told.row
    if row.lasts and row.decision is None:
        return italic(STANCES[row.divergence.kind])
    return lines(_decided(told), _over(told))


def _decided(told: Told) -> str | None:
    row = told.row
    if row.decision is None or row.decided_at is None:
        return None
    who = plain(told.decider or "somebody", NAME_LIMIT)
    return f"{_DECIDED[row.decision]} by {who}, {clock_time(row.decided_at)}{_followed_by(told)}."


_DECIDED = {
    Decision.ADOPTED: "Adopted",
    Decision.IGNORED: "Ignored",
    Decision.ACCEPTED: "Accepted",
    Decision.RESTORED: "To be restored, asked",
    Decision.CHOSEN: "Chosen",
    Decision.WRITTEN_OFF: "Written off",
}


def _followed_by(told: Told) -> str:
    """What the decision means from now on."""
    match told.row.decision:
        case Decision.ADOPTED:
            return ": the desk watches it as it stood then"
        case Decision.IGNORED:
            return ": the desk leaves it alone"
        case Decision.ACCEPTED if told.row.divergence.kind is not DivergenceKind.SLIPPAGE:
            return ": the desk expects what is held"
        case Decision.RESTORED if told.row.lasts:
            return ": the order is on its way. Should the broker refuse it, you may ask again"
        case Decision.CHOSEN if told.trade is not None:
            return f": it is position #{told.trade.position}"
        case Decision.WRITTEN_OFF:
            return ": the trade is closed, unexplained and without a result"
    return ""


def _over(told: Told) -> str | None:
    """Its end, unless it is the decision's own."""
    row = told.row
    if row.ended_at is None or row.ended_at == row.decided_at:
        return None
    return f"Over since {clock_time(row.ended_at)}: {_how_it_ended(told)}."


def _how_it_ended(told: Told) -> str:
    trade, kind = told.trade, told.row.divergence.kind
    if trade is not None and trade.state is TradeState.CLOSED:
        at = f" at {price(trade.close_price)}" if trade.close_price is not None else ""
        return f"the position was closed {CLOSED_BY[trade.close_reason or CloseReason.UNEXPLAINED]}{at}"
    if told.followed:
        return "the position differs in another way now, which has a message of its own"
    if kind is DivergenceKind.UNMATCHED and trade is None:
        return "the position is not open any more"
    return ENDINGS[kind]


def _buttons(row: LogRow) -> InlineKeyboardMarkup | None:
    match row.divergence.kind:
        case DivergenceKind.UNMATCHED:
            adopt = _button(row, "Adopt", DivergenceAct.ADOPT, ButtonStyle.SUCCESS)
            return keyboard([adopt, _button(row, "Ignore", DivergenceAct.IGNORE)])
        case DivergenceKind.STOPS:
            again = "Restore again" if row.decision is Decision.RESTORED else "Restore"
            restore = _button(row, again, DivergenceAct.RESTORE, ButtonStyle.PRIMARY)
            return keyboard([_accept(row), restore])
        case DivergenceKind.SLIPPAGE | DivergenceKind.VOLUME:
            return keyboard([_accept(row)])
        case DivergenceKind.MISSING:
            check = _button(row, "Check again", DivergenceAct.CHECK, ButtonStyle.PRIMARY)
            give_up = _button(row, "Write off", DivergenceAct.ASK_WRITE_OFF, ButtonStyle.DANGER)
            return keyboard([check, give_up])
        case DivergenceKind.AMBIGUOUS:
            return keyboard(*([_choice(row, number, apart)] for number, apart in candidates(row)))
        case DivergenceKind.CLOSED:
            return None


def _accept(row: LogRow) -> InlineKeyboardButton:
    return _button(row, "Accept", DivergenceAct.ACCEPT, ButtonStyle.SUCCESS)


def _choice(row: LogRow, position: int, apart: str) -> InlineKeyboardButton:
    tap = DivergenceTap(act=DivergenceAct.CHOOSE, row=row.id, position=position)
    return button(clip(f"#{position} · {apart}", LABEL_LIMIT), tap)


def _button(
    row: LogRow, label: str, act: DivergenceAct, style: ButtonStyle | None = None
) -> InlineKeyboardButton:
    return button(label, DivergenceTap(act=act, row=row.id), style)

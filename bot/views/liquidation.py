"""The message of a liquidation: countdown with its buttons, hold, closing, its end."""

from dataclasses import dataclass
from datetime import datetime

from aiogram.enums import ButtonStyle
from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup

from bot.buttons.guard import HoldReason, HoldTap, LiquidationAct, LiquidationTap
from bot.views.cards.card import BADGES
from bot.views.markup import Rendered, button, keyboard
from bot.words import Words
from bot.words.html import Html, bold, lines, plain
from bot.words.sentences import translated
from core.model.accounts import Account
from core.model.mt5 import MT5AccountSnapshot
from core.model.risk import DrawdownState, Liquidation, LiquidationState

REASON_LIMIT = 300
HOLD_LIMIT = 100
HOLD_MINUTES = (5, 15, 60)
NAME_LIMIT = 60
HOLD_REASONS = {
    HoldReason.PRICE: "bad price",
    HoldReason.HAND: "closing by hand",
    HoldReason.NEWS: "news passes",
}
"""As they are kept; `sentences.ftl` has them in each language."""
_COUNTS = (LiquidationState.WARNED, LiquidationState.COUNTING)
_CLOSES = (LiquidationState.CLOSING, LiquidationState.STUCK)


@dataclass(frozen=True, slots=True)
class Shown:
    """A liquidation as one person sees it at `now`; `may_hold` is the owner's right, `holder` who held it.

    `kind` is what the terminal said of the account, empty while unread; `snapshot` is what reconciliation
    read last, `drawdown` what the guard has concluded last: each has its own time.
    """

    liquidation: Liquidation
    account: Account
    now: datetime
    may_hold: bool
    holder: str = ""
    kind: str = ""
    snapshot: MT5AccountSnapshot | None = None
    drawdown: DrawdownState | None = None

    @property
    def can_be_held(self) -> bool:
        """By this person, in this state."""
        return self.may_hold and self.liquidation.state in (*_COUNTS, *_CLOSES)


def liquidation(shown: Shown, words: Words, *, asks_hold: bool = False) -> Rendered:
    """What a person sees of it now; with `asks_hold` for how long and why it is to be held."""
    question = _question(shown, words) if asks_hold else None
    text = lines(
        _head(shown, words), _why(shown, words), _read_last(shown, words), _detail(shown, words), question
    )
    number = shown.liquidation.id
    return Rendered(text, _hold_buttons(number, words) if asks_hold else _buttons(shown, words))


def superseded(shown: Shown, words: Words) -> Rendered:
    """What stays of the message of a hold when a newer one, which rang, has taken its place."""
    head = _titled(shown, "✋", words("liquidation-hold-over"), words)
    return Rendered(lines(head, _why(shown, words), words("liquidation-newer")))


def held_until(held: Liquidation, account: str, words: Words) -> Html:
    """The answer to /hold."""
    return words("liquidation-held", account=account[:HOLD_LIMIT], until=_until(held, words))


MARKS = {
    LiquidationState.WARNED: "🚨",
    LiquidationState.COUNTING: "🚨",
    LiquidationState.HELD: "✋",
    LiquidationState.CLOSING: "🚨",
    LiquidationState.STUCK: "🆘",
    LiquidationState.FLAT: "✅",
    LiquidationState.LOCKED: "✅",
    LiquidationState.RELEASED: "🔓",
}


def _head(shown: Shown, words: Words) -> Html:
    state = shown.liquidation.state
    return _titled(shown, MARKS[state], words(f"liquidation-title-{state}"), words)


def _titled(shown: Shown, mark: str, title: Html, words: Words) -> Html:
    label = plain(shown.account.label, NAME_LIMIT)
    return words.listed(Html(f"{mark} {bold(title)}"), label, BADGES.get(shown.kind))


def _why(shown: Shown, words: Words) -> Html:
    return words.told(shown.liquidation.reason, REASON_LIMIT)


def _read_last(shown: Shown, words: Words) -> Html | None:
    """How it stands, each number with its time, while somebody may still decide about it."""
    if shown.liquidation.state not in (*_COUNTS, LiquidationState.HELD):
        return None
    return lines(_equity(shown, words), _open(shown, words))


def _equity(shown: Shown, words: Words) -> Html | None:
    state, read = shown.drawdown, shown.snapshot
    if state is None:
        return None
    equity = words.money(state.equity, read.account.currency if read else "")
    return words("liquidation-equity", equity=equity, time=words.day_time(state.read_at))


def _open(shown: Shown, words: Words) -> Html | None:
    """Without its result, which would be older than the equity and contradict it."""
    read = shown.snapshot
    if read is None:
        return None
    time, positions = (
        words.day_time(read.account.read_at),
        words("count-positions", n=len(read.positions)),
    )
    if not read.orders:
        return words("liquidation-open", time=time, positions=positions)
    orders = words("count-orders", n=len(read.orders))
    return words("liquidation-open-orders", time=time, positions=positions, orders=orders)


def _detail(shown: Shown, words: Words) -> Html:
    """What happens now and next, and what the reader can do about it."""
    it, owner = shown.liquidation, shown.may_hold
    match it.state:
        case LiquidationState.WARNED:
            return lines(words("liquidation-begins-now"), _choice(owner, words))
        case LiquidationState.COUNTING:
            left = words.counted_down(it.fires_at, shown.now)
            return lines(words("liquidation-begins", left=left), _choice(owner, words))
        case LiquidationState.HELD:
            return _held(shown, words)
        case LiquidationState.CLOSING | LiquidationState.STUCK | LiquidationState.RELEASED:
            return words(f"liquidation-{it.state}")
        case _:
            return words("liquidation-locked-owner") if owner else words("liquidation-locked")


def _choice(owner: bool, words: Words) -> Html:
    return words("liquidation-choice-owner") if owner else words("liquidation-choice")


def _held(shown: Shown, words: Words) -> Html:
    return lines(
        _by(shown, words),
        words("liquidation-then"),
        words("liquidation-stays-owner") if shown.may_hold else words("liquidation-stays"),
    )


def _by(shown: Shown, words: Words) -> Html:
    """By whom, why and how long."""
    reason = plain(translated(shown.liquidation.hold_reason or "?", words.language), HOLD_LIMIT)
    until = _until(shown.liquidation, words)
    if not shown.holder:
        return words("liquidation-by-until", reason=reason, until=until)
    return words("liquidation-by", holder=shown.holder[:HOLD_LIMIT], reason=reason, until=until)


def _until(held: Liquidation, words: Words) -> Html:
    return words.relative(held.held_until) if held.held_until else plain("?")


def _question(shown: Shown, words: Words) -> Html:
    typed = f"/hold {shown.account.label} 20m …"
    return words("liquidation-question", typed=plain(typed, HOLD_LIMIT))


def _buttons(shown: Shown, words: Words) -> InlineKeyboardMarkup | None:
    it = shown.liquidation
    now = _act(words.label("liquidation-now"), LiquidationAct.NOW, it.id, ButtonStyle.DANGER)
    hold = _act(words.label("liquidation-hold"), LiquidationAct.HOLD, it.id, ButtonStyle.PRIMARY)
    release = _act(words.label("liquidation-release"), LiquidationAct.RELEASE, it.id)
    row: list[InlineKeyboardButton] = []
    if it.state in _COUNTS:
        row = [now, hold] if shown.may_hold else [now]
    elif shown.may_hold and it.state in _CLOSES:
        row = [hold]
    elif shown.may_hold and it.state is LiquidationState.HELD:
        row = [now, release]
    return keyboard(row) if row else None


def _hold_buttons(liquidation: int, words: Words) -> InlineKeyboardMarkup:
    """A row for each length, so that one more tap does it: the countdown goes on meanwhile."""
    rows = [
        [_hold_button(liquidation, minutes, reason, words) for reason in HoldReason]
        for minutes in HOLD_MINUTES
    ]
    return keyboard(*rows, [_act(words.label("back"), LiquidationAct.BACK, liquidation)])


def _hold_button(liquidation: int, minutes: int, reason: HoldReason, words: Words) -> InlineKeyboardButton:
    label = f"{minutes}m {words.label(f'liquidation-short-{reason}')}"
    return button(label, HoldTap(liquidation=liquidation, minutes=minutes, reason=reason))


def _act(
    label: str, act: LiquidationAct, liquidation: int, style: ButtonStyle | None = None
) -> InlineKeyboardButton:
    return button(label, LiquidationTap(act=act, liquidation=liquidation), style)

"""The message of a liquidation: countdown with its buttons, hold, closing, its end."""

from dataclasses import dataclass
from datetime import datetime

from aiogram.enums import ButtonStyle
from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup

from bot.callbacks import HoldReason, HoldTap, LiquidationAct, LiquidationTap
from bot.views.markup import Rendered, bold, button, keyboard, lines, plain, relative
from core.model.accounts import Account
from core.model.risk import Liquidation, LiquidationState

REASON_LIMIT = 300
HOLD_LIMIT = 100
HOLD_MINUTES = (5, 15, 60)
HOLD_REASONS = {
    HoldReason.PRICE: "bad price",
    HoldReason.HAND: "closing by hand",
    HoldReason.NEWS: "news passes",
}
_SHORT = {HoldReason.PRICE: "bad price", HoldReason.HAND: "by hand", HoldReason.NEWS: "news"}
_COUNTS = (LiquidationState.WARNED, LiquidationState.COUNTING)
_CLOSES = (LiquidationState.CLOSING, LiquidationState.STUCK)


@dataclass(frozen=True, slots=True)
class Shown:
    """A liquidation as one person sees it at `now`; `may_hold` is the owner's right, `holder` who held it."""

    liquidation: Liquidation
    account: Account
    now: datetime
    may_hold: bool
    holder: str = ""

    @property
    def can_be_held(self) -> bool:
        """By this person, in this state."""
        return self.may_hold and self.liquidation.state in (*_COUNTS, *_CLOSES)


def liquidation(shown: Shown, *, asks_hold: bool = False) -> Rendered:
    """What a person sees of it now; with `asks_hold` for how long and why it is to be held."""
    it = shown.liquidation
    title = f"{bold(shown.account.label, 60)}: {_TITLES[it.state]}"
    question = "Hold it for how long, and why?" if asks_hold else None
    text = lines(title, plain(it.reason, REASON_LIMIT), _detail(shown), question)
    return Rendered(text, _hold_buttons(it.id) if asks_hold else _buttons(shown))


_TITLES = {
    LiquidationState.WARNED: "🚨 closing everything",
    LiquidationState.COUNTING: "🚨 closing everything",
    LiquidationState.HELD: "✋ closing is held",
    LiquidationState.CLOSING: "🚨 closing everything now …",
    LiquidationState.STUCK: "🆘 closing does not succeed",
    LiquidationState.FLAT: "✅ everything was closed",
    LiquidationState.LOCKED: "✅ everything was closed",
    LiquidationState.RELEASED: "🔓 released",
}


def _detail(shown: Shown) -> str | None:
    it = shown.liquidation
    match it.state:
        case LiquidationState.WARNED:
            return "⏳ The countdown begins now."
        case LiquidationState.COUNTING:
            left_s = max(round((it.fires_at - shown.now).total_seconds()), 0)
            return f"⏳ {left_s} s left: it begins {relative(it.fires_at)}."
        case LiquidationState.HELD:
            return _held(it, shown.holder)
        case LiquidationState.CLOSING:
            return "Orders are on their way; the account is read back until it is flat."
        case LiquidationState.STUCK:
            return "Please close the positions in the terminal. The desk goes on trying."
        case LiquidationState.RELEASED:
            return "Nothing more is closed. New trades are possible again."
        case _:
            return None  # the end is told by an alert of its own


def held_until(held: Liquidation, account: str) -> str:
    """The answer to /hold."""
    until = relative(held.held_until) if held.held_until else "?"
    return f"✋ Closing of {plain(account, HOLD_LIMIT)} is held until {until}."


def _held(it: Liquidation, holder: str) -> str:
    until = f" until {relative(it.held_until)}" if it.held_until else ""
    by = f" by {plain(holder, HOLD_LIMIT)}" if holder else ""
    return lines(
        f"Held{by}{until}: {plain(it.hold_reason or '?', HOLD_LIMIT)}.",
        "Then it is judged anew: released when the drawdown has recovered, else counted down again.",
        "New entries stay locked: /unlock",
    )


def _buttons(shown: Shown) -> InlineKeyboardMarkup | None:
    it = shown.liquidation
    now = _act("Close now", LiquidationAct.NOW, it.id, ButtonStyle.DANGER)
    hold = _act("Hold", LiquidationAct.HOLD, it.id, ButtonStyle.PRIMARY)
    release = _act("Release hold now", LiquidationAct.RELEASE, it.id)
    row: list[InlineKeyboardButton] = []
    if it.state in _COUNTS:
        row = [now, hold] if shown.may_hold else [now]
    elif shown.may_hold and it.state in _CLOSES:
        row = [hold]
    elif shown.may_hold and it.state is LiquidationState.HELD:
        row = [now, release]
    return keyboard(row) if row else None


def _hold_buttons(liquidation: int) -> InlineKeyboardMarkup:
    """A row for each length, so that one more tap does it: the countdown goes on meanwhile."""
    rows = [
        [
            button(f"{minutes}m {words}", HoldTap(liquidation=liquidation, minutes=minutes, reason=reason))
            for reason, words in _SHORT.items()
        ]
        for minutes in HOLD_MINUTES
    ]
    return keyboard(*rows, [_act("Back", LiquidationAct.BACK, liquidation)])


def _act(
    label: str, act: LiquidationAct, liquidation: int, style: ButtonStyle | None = None
) -> InlineKeyboardButton:
    return button(label, LiquidationTap(act=act, liquidation=liquidation), style)

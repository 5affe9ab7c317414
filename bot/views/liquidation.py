"""The message of a liquidation: countdown with its buttons, hold, closing, its end."""

from dataclasses import dataclass
from datetime import datetime

from aiogram.enums import ButtonStyle
from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup

from bot.callbacks import HoldReason, HoldTap, LiquidationAct, LiquidationTap
from bot.views.card import BADGES
from bot.views.markup import (
    Rendered,
    bold,
    button,
    clock_time,
    count,
    counted_down,
    keyboard,
    lines,
    money,
    plain,
    relative,
    sentence,
)
from core.model.accounts import Account
from core.model.mt5 import MT5AccountSnapshot
from core.model.risk import DrawdownState, Liquidation, LiquidationState

REASON_LIMIT = 300
HOLD_LIMIT = 100
HOLD_MINUTES = (5, 15, 60)
HOLD_REASONS = {
    HoldReason.PRICE: "bad price",
    HoldReason.HAND: "closing by hand",
    HoldReason.NEWS: "news passes",
}
_SHORT = {HoldReason.PRICE: "price", HoldReason.HAND: "by hand", HoldReason.NEWS: "news"}
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


def liquidation(shown: Shown, *, asks_hold: bool = False) -> Rendered:
    """What a person sees of it now; with `asks_hold` for how long and why it is to be held."""
    question = _question(shown) if asks_hold else None
    text = lines(_head(shown), _why(shown), _read_last(shown), _detail(shown), question)
    return Rendered(text, _hold_buttons(shown.liquidation.id) if asks_hold else _buttons(shown))


def superseded(shown: Shown) -> Rendered:
    """What stays of the message of a hold when a newer one, which rang, has taken its place."""
    head = _titled(shown, "✋", "The hold is over")
    return Rendered(lines(head, _why(shown), "A newer message tells how it goes on."))


def held_until(held: Liquidation, account: str) -> str:
    """The answer to /hold."""
    end = relative(held.held_until) if held.held_until else "?"
    return f"✋ Closing of {plain(account, HOLD_LIMIT)} is held. The hold ends {end}."


TITLES = {
    LiquidationState.WARNED: ("🚨", "Everything will be closed"),
    LiquidationState.COUNTING: ("🚨", "Everything will be closed"),
    LiquidationState.HELD: ("✋", "Closing is held"),
    LiquidationState.CLOSING: ("🚨", "Everything is being closed"),
    LiquidationState.STUCK: ("🆘", "Closing does not succeed"),
    LiquidationState.FLAT: ("✅", "Everything was closed"),
    LiquidationState.LOCKED: ("✅", "Everything was closed"),
    LiquidationState.RELEASED: ("🔓", "Nothing more is closed"),
}


def _head(shown: Shown) -> str:
    return _titled(shown, *TITLES[shown.liquidation.state])


def _titled(shown: Shown, mark: str, title: str) -> str:
    parts = (f"{mark} {bold(title)}", plain(shown.account.label, 60), BADGES.get(shown.kind))
    return " · ".join(part for part in parts if part)


def _why(shown: Shown) -> str:
    return plain(sentence(shown.liquidation.reason), REASON_LIMIT)


def _read_last(shown: Shown) -> str | None:
    """How it stands, each number with its time, while somebody may still decide about it."""
    undecided = (*_COUNTS, LiquidationState.HELD)
    return lines(_equity(shown), _open(shown)) if shown.liquidation.state in undecided else None


def _equity(shown: Shown) -> str | None:
    state, read = shown.drawdown, shown.snapshot
    if state is None:
        return None
    equity = bold(money(state.equity, read.account.currency if read else ""))
    return f"Equity {equity} as of {clock_time(state.read_at)}."


def _open(shown: Shown) -> str | None:
    """Without its result, which would be older than the equity and contradict it."""
    read = shown.snapshot
    if read is None:
        return None
    waiting = f", {count(len(read.orders), 'pending order')}" if read.orders else ""
    positions = count(len(read.positions), "position")
    return f"Open as of {clock_time(read.account.read_at)}: {positions}{waiting}."


def _detail(shown: Shown) -> str:
    """What happens now and next, and what the reader can do about it."""
    it, owner = shown.liquidation, shown.may_hold
    match it.state:
        case LiquidationState.WARNED:
            return lines("⏳ The countdown begins now.", _choice(owner))
        case LiquidationState.COUNTING:
            left = counted_down(it.fires_at, shown.now)
            return lines(f"⏳ Unless somebody acts it begins {left}.", _choice(owner))
        case LiquidationState.HELD:
            return _held(shown)
        case LiquidationState.CLOSING:
            return "Orders are on their way; the account is read back until it is flat."
        case LiquidationState.STUCK:
            return "Please close the positions in the terminal. The desk goes on trying."
        case LiquidationState.RELEASED:
            return "New trades are possible again."
        case _:
            release = "you release them: /unlock" if owner else "an owner releases them."
            return f"New trades are locked until {release}"


def _choice(owner: bool) -> str:
    if owner:
        return "<b>Close now</b> does not wait; <b>Hold</b> stops it for a while. New trades are locked."
    return "<b>Close now</b> does not wait; an owner can hold it. New trades are locked."


def _held(shown: Shown) -> str:
    it = shown.liquidation
    by = f"By {plain(shown.holder, HOLD_LIMIT)}: " if shown.holder else ""
    ends = f" The hold ends {relative(it.held_until)}." if it.held_until else ""
    return lines(
        f"{by}{plain(it.hold_reason or '?', HOLD_LIMIT)}.{ends}",
        "Then: released if the drawdown has recovered, else the countdown begins again.",
        f"New trades stay locked{'; /unlock ends hold and lock' if shown.may_hold else ''}.",
    )


def _question(shown: Shown) -> str:
    typed = f"/hold {shown.account.label} 20m your reason"
    return f"Hold it for how long, and why? Or write: {plain(typed, HOLD_LIMIT)}"


def _buttons(shown: Shown) -> InlineKeyboardMarkup | None:
    it = shown.liquidation
    now = _act("Close now", LiquidationAct.NOW, it.id, ButtonStyle.DANGER)
    hold = _act("Hold", LiquidationAct.HOLD, it.id, ButtonStyle.PRIMARY)
    release = _act("End hold", LiquidationAct.RELEASE, it.id)
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
    return keyboard(*rows, [_act("‹ Back", LiquidationAct.BACK, liquidation)])


def _act(
    label: str, act: LiquidationAct, liquidation: int, style: ButtonStyle | None = None
) -> InlineKeyboardButton:
    return button(label, LiquidationTap(act=act, liquidation=liquidation), style)

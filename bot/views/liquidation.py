"""The message of a liquidation: countdown with its buttons, closing, verified flat and locked."""

from aiogram.enums import ButtonStyle
from aiogram.types import InlineKeyboardMarkup

from bot.callbacks import LiquidationAct, LiquidationTap
from bot.views.markup import Rendered, bold, button, keyboard, lines, plain, relative
from core.model.accounts import Account
from core.model.risk import Liquidation, LiquidationState

REASON_LIMIT = 300


def liquidation(shown: Liquidation, account: Account, *, may_hold: bool) -> Rendered:
    """What a person sees of it now; `may_hold` adds the owner's *Hold*."""
    title = f"{bold(account.label, 60)}: {_TITLES[shown.state]}"
    text = lines(title, plain(shown.reason, REASON_LIMIT), _detail(shown))
    counting = shown.state is LiquidationState.COUNTING
    return Rendered(text, _buttons(shown.id, may_hold=may_hold) if counting else None)


_TITLES = {
    LiquidationState.WARNED: "🚨 closing everything",
    LiquidationState.COUNTING: "🚨 closing everything",
    LiquidationState.HELD: "✋ closing is held",
    LiquidationState.CLOSING: "🚨 closing everything now …",
    LiquidationState.STUCK: "🆘 closing does not succeed",
    LiquidationState.FLAT: "✅ verified flat",
    LiquidationState.LOCKED: "🔒 verified flat, locked",
    LiquidationState.RELEASED: "🔓 released, nothing was closed",
}


def _detail(shown: Liquidation) -> str:
    match shown.state:
        case LiquidationState.WARNED | LiquidationState.COUNTING:
            return f"⏳ It begins {relative(shown.fires_at)}."
        case LiquidationState.HELD:
            return "The owner stopped the countdown. New entries stay locked: /unlock"
        case LiquidationState.CLOSING:
            return "Orders are on their way; the account is read back until it is flat."
        case LiquidationState.STUCK:
            return "Please close the positions in the terminal. The desk goes on trying."
        case LiquidationState.FLAT | LiquidationState.LOCKED:
            return "No position is left. New entries are locked until the owner releases them: /unlock"
        case LiquidationState.RELEASED:
            return "New trades are possible again. The peak starts from the present equity."


def _buttons(liquidation: int, *, may_hold: bool) -> InlineKeyboardMarkup:
    now = LiquidationTap(act=LiquidationAct.NOW, liquidation=liquidation)
    hold = LiquidationTap(act=LiquidationAct.HOLD, liquidation=liquidation)
    row = [button("Close now", now, ButtonStyle.DANGER)]
    return keyboard([*row, button("Hold", hold, ButtonStyle.PRIMARY)] if may_hold else row)

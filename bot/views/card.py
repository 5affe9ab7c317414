"""The card of a signal: what is proposed, for which account and size, and what became of it."""

from dataclasses import dataclass
from decimal import Decimal

from aiogram.enums import ButtonStyle
from aiogram.types import InlineKeyboardMarkup

from bot.callbacks import CardAct, CardTap, RejectReason, RejectTap
from bot.views.markup import (
    Rendered,
    bold,
    button,
    clip,
    italic,
    keyboard,
    lines,
    lots,
    money,
    paragraphs,
    plain,
    price,
    relative,
)
from bot.views.outcome import Outcome, outcome_lines
from core.model.accounts import Account
from core.model.approvals import Approval, ApprovalState
from core.model.instruments import Side
from core.model.signals import OrderKind, Signal
from core.trading.splitting import NO_SPLIT, Split

BADGES = {
    "PAPER": "📄\N{NO-BREAK SPACE}PAPER",
    "DEMO": "🧪\N{NO-BREAK SPACE}DEMO",
    "CONTEST": "🧪\N{NO-BREAK SPACE}CONTEST",
    "LIVE": "🔴\N{NO-BREAK SPACE}LIVE",
}
UNREAD_BADGE = "⚪ ACCOUNT NOT READ YET"

REASONS = {
    RejectReason.SETUP: "I don't like the setup",
    RejectReason.LATE: "Too late",
    RejectReason.RISK: "Too much risk now",
}

NAME_LIMIT = 40
NOTE_LIMIT = 160
REASON_LIMIT = 120
REFUSAL_LIMIT = 200


@dataclass(frozen=True, slots=True)
class Card:
    """All that a card shows. `kind` is what the terminal said of the account, empty while unread.

    `split` is the plan for the size that is shown, while it can be decided.
    """

    approval: Approval
    signal: Signal
    account: Account
    kind: str = ""
    currency: str = ""
    outcome: Outcome | None = None
    split: Split = NO_SPLIT


def card(shown: Card) -> Rendered:
    """A caption of at most 1,024 characters, with buttons only while it can be decided."""
    text = paragraphs(
        _head(shown), _plan(shown.signal), _stake(shown), _split(shown), _note(shown.signal), _state(shown)
    )
    return Rendered(text, decide_buttons(shown.approval) if shown.approval.is_open else None)


def decide_buttons(approval: Approval) -> InlineKeyboardMarkup:
    return keyboard(
        [
            button("✅ Approve", _tap(CardAct.APPROVE, approval), ButtonStyle.SUCCESS),
            button("✖️ Reject", _tap(CardAct.ASK_REASON, approval), ButtonStyle.DANGER),
        ]
    )


def reason_buttons(approval: Approval) -> InlineKeyboardMarkup:
    """The second step of a rejection: three reasons and the way back."""
    reasons = [
        [button(words, RejectTap(reason=reason, approval=approval.id, version=approval.version))]
        for reason, words in REASONS.items()
    ]
    return keyboard(*reasons, [button("‹ Back", _tap(CardAct.BACK, approval))])


def chart_title(signal: Signal) -> str:
    return f"{signal.instrument}  {signal.side.upper()}"


def chart_levels(signal: Signal) -> dict[str, Decimal]:
    """The signal's prices by the label that the chart writes beside each line."""
    targets = {f"TP{number}": target for number, target in enumerate(signal.take_profits, start=1)}
    stop = {} if signal.stop_loss is None else {"SL": signal.stop_loss}
    return {"Entry": signal.entry} | stop | targets


def _tap(act: CardAct, approval: Approval) -> CardTap:
    return CardTap(act=act, approval=approval.id, version=approval.version)


def _head(shown: Card) -> str:
    signal = shown.signal
    arrow = "🟢" if signal.side is Side.BUY else "🔻"
    kind = "" if signal.kind is OrderKind.MARKET else f" {signal.kind}"
    badge = BADGES.get(shown.kind, UNREAD_BADGE)
    return lines(badge, f"{arrow} {bold(f'{signal.side.upper()} {signal.instrument}', NAME_LIMIT)}{kind}")


def _plan(signal: Signal) -> str:
    zone = ""
    if signal.entry_zone is not None:
        low, high = signal.entry_zone
        zone = f" (zone {price(low)} – {price(high)})"
    stop = price(signal.stop_loss) if signal.stop_loss is not None else "none"
    targets = " · ".join(price(target) for target in signal.take_profits) or "none"
    ratio = signal.reward_to_risk
    return lines(
        f"Entry {price(signal.entry)}{zone}",
        f"Stop {stop}",
        f"{'Target' if len(signal.take_profits) < 2 else 'Targets'} {targets}",
        f"Reward to risk {ratio:f}" if ratio is not None else None,
    )


def _stake(shown: Card) -> str:
    account, source = shown.account.label, shown.signal.source_name
    return lines(_size(shown), f"Account {plain(account, NAME_LIMIT)} · source {plain(source, NAME_LIMIT)}")


def _split(shown: Card) -> str | None:
    """Which lots go to which target, or why all go to the first, as the tap would have it now."""
    if not shown.approval.is_open:
        return None
    if not shown.split.legs:
        return shown.split.why_not or None
    parts = " · ".join(f"{lots(leg.lots)} to {price(leg.target)}" for leg in shown.split.legs)
    left_out = len(shown.signal.take_profits) - len(shown.split.legs)
    fewer = f" ({left_out} more left out: too few lots)" if left_out else ""
    return lines(f"Split {parts}{fewer}", "At the first target the other stops move to their entries")


def _size(shown: Card) -> str:
    approval = shown.approval
    if approval.lots is None:
        return "Size is worked out at the tap" if approval.is_open else ""
    at_risk = f", {bold(money(approval.risk, shown.currency))} at risk" if approval.risk else ", no stop"
    return f"Size {bold(lots(approval.lots))}{at_risk}{_margin(shown)}"


def _margin(shown: Card) -> str:
    """The margin that the order would take; once it is decided the order's own is told instead."""
    margin = shown.approval.margin
    if margin is None or not shown.approval.is_open:
        return ""
    return f", margin {money(margin, shown.currency)}"


def _note(signal: Signal) -> str | None:
    return italic(clip(" ".join(signal.note.split()), NOTE_LIMIT)) if signal.note.strip() else None


def _refusal(approval: Approval) -> str | None:
    """Why the last tap on *Approve* was refused; it may be tried again."""
    if approval.refusal is None or approval.refused_at is None:
        return None
    return f"⛔ Refused {relative(approval.refused_at)}: {plain(approval.refusal, REFUSAL_LIMIT)}"


def _state(shown: Card) -> str:
    approval = shown.approval
    match approval.state:
        case ApprovalState.PENDING:
            return lines(_refusal(approval), f"⏳ Expires {relative(approval.expires_at)}")
        case ApprovalState.APPROVED:
            return outcome_lines(shown.outcome, shown.currency)
        case ApprovalState.REJECTED:
            return f"✖️ Rejected: {plain(approval.reason or 'no reason given', REASON_LIMIT)}"
        case ApprovalState.EXPIRED:
            return "⌛ Expired without a decision"
        case ApprovalState.WITHDRAWN:
            return "↩️ Withdrawn by its source"

"""The buttons below a card. Each carries the approval and the version that it was drawn for."""

from dataclasses import replace
from decimal import Decimal
from uuid import UUID

from aiogram.enums import ButtonStyle
from aiogram.types import CopyTextButton, InlineKeyboardButton, InlineKeyboardMarkup

from bot.buttons.cards import CardAct, CardTap, ChartTap, RejectReason, RejectTap, SizeTap, Timeframe
from bot.views.markup import Rendered, button, keyboard
from bot.words import Words
from core.model.approvals import Approval
from core.model.signals import Signal
from core.trading.sizing import FACTORS

REASONS = {
    RejectReason.SETUP: "I don't like the setup",
    RejectReason.LATE: "Too late",
    RejectReason.RISK: "Too much risk now",
}
"""The reasons offered for a rejection, as the trail has them whatever language they were tapped in."""

REASON_KEYS = {RejectReason.SETUP: "setup", RejectReason.LATE: "late", RejectReason.RISK: "risk"}
SIZES = dict(zip(FACTORS, ("half", "whole", "double"), strict=True))
COPY_LIMIT = 256


def decide_buttons(approval: Approval, words: Words, *, smaller: bool = False) -> InlineKeyboardMarkup:
    """Where *Approve* is known to be refused, another look instead of it, and `smaller` sizes if they do."""
    return keyboard(
        [
            _approve(approval, words),
            _act(CardAct.ASK_REASON, "card-reject", approval, words, ButtonStyle.DANGER),
        ],
        [*_sizes(approval, words, smaller=smaller), _act(CardAct.DETAILS, "card-details", approval, words)],
        [_chart(timeframe, approval.id, approval.chart) for timeframe in Timeframe],
    )


def below(rendered: Rendered, timeframe: Timeframe | None) -> Rendered:
    """The card as it is below that chart, or below none."""
    if rendered.keyboard is None:
        return rendered
    rows = [[_marked(each, timeframe) for each in row] for row in rendered.keyboard.inline_keyboard]
    return replace(rendered, keyboard=keyboard(*rows))


def _marked(shown: InlineKeyboardButton, timeframe: Timeframe | None) -> InlineKeyboardButton:
    if not (shown.callback_data or "").startswith(f"{ChartTap.__prefix__}:"):
        return shown
    tap = ChartTap.unpack(shown.callback_data or "")
    return _chart(tap.timeframe, tap.approval, timeframe)


def undo_buttons(approval: Approval, words: Words) -> InlineKeyboardMarkup:
    return keyboard([_act(CardAct.UNDO, "card-undo", approval, words, ButtonStyle.DANGER)])


def reason_buttons(approval: Approval, words: Words) -> InlineKeyboardMarkup:
    """The second step of a rejection: three reasons, one's own words, and the way back."""
    reasons = [
        [_reason(reason, words.label(f"card-reason-{key}"), approval)] for reason, key in REASON_KEYS.items()
    ]
    other = [_reason(RejectReason.OTHER, words.label("card-other-reason"), approval)]
    return keyboard(*reasons, other, [_act(CardAct.BACK, "back", approval, words)])


def details_buttons(
    approval: Approval, signal: Signal, standing: InlineKeyboardButton, words: Words
) -> InlineKeyboardMarkup:
    """A copy of the levels, the standing approval of this source, and the way back."""
    copied = InlineKeyboardButton(
        text=words.label("card-copy"), copy_text=CopyTextButton(text=levels_to_copy(signal)[:COPY_LIMIT])
    )
    return keyboard([copied, standing], [_act(CardAct.BACK, "back", approval, words)])


def levels_to_copy(signal: Signal) -> str:
    """What one types into a terminal: the side, the instrument and its prices."""
    stop = [] if signal.stop_loss is None else [f"SL {signal.stop_loss:f}"]
    targets = [f"TP{number} {price:f}" for number, price in enumerate(signal.take_profits, start=1)]
    return "\n".join([f"{signal.side.upper()} {signal.instrument} {signal.entry:f}", *stop, *targets])


def _approve(approval: Approval, words: Words) -> InlineKeyboardButton:
    if approval.obstacle is not None:
        return _act(CardAct.CHECK, "card-check", approval, words)
    return _act(CardAct.APPROVE, "card-approve", approval, words, ButtonStyle.SUCCESS)


def _sizes(approval: Approval, words: Words, *, smaller: bool) -> list[InlineKeyboardButton]:
    """The sizes that are not shown; none before one is known. Of what could not be approved only those that
    could, if any."""
    if approval.lots is None or (approval.obstacle is not None and not smaller):
        return []
    most = max(SIZES) if approval.obstacle is None else approval.factor
    offered = (factor for factor in SIZES if factor != approval.factor and factor <= most)
    return [_size(factor, SIZES[factor], approval, words) for factor in offered]


def _size(factor: Decimal, key: str, approval: Approval, words: Words) -> InlineKeyboardButton:
    data = SizeTap(factor=factor, approval=approval.id, version=approval.version)
    return button(words.label(f"card-{key}"), data)


def _chart(timeframe: Timeframe, approval: UUID, shown: str | None) -> InlineKeyboardButton:
    label = f"✓ {timeframe}" if timeframe == shown else timeframe
    return button(label, ChartTap(timeframe=timeframe, approval=approval))


def _reason(reason: RejectReason, label: str, approval: Approval) -> InlineKeyboardButton:
    return button(label, RejectTap(reason=reason, approval=approval.id, version=approval.version))


def _act(
    act: CardAct, key: str, approval: Approval, words: Words, style: ButtonStyle | None = None
) -> InlineKeyboardButton:
    data = CardTap(act=act, approval=approval.id, version=approval.version)
    return button(words.label(key), data, style)

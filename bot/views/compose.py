"""Composing a signal: the questions, the preview, and what was sent."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from aiogram.enums import ButtonStyle
from aiogram.types import InlineKeyboardButton

from bot.buttons.signals import ComposeAct, ComposeTap, SignalTap, WithdrawTap
from bot.typed.signals import NONE, STEPS, Composition, Misread
from bot.views.cards.card import plan, title
from bot.views.markup import Rendered, button, in_rows, keyboard
from bot.words import Words
from bot.words.html import Html, bold, code, italic, lines, paragraphs
from core.intake.composing import Preview
from core.model.signals import OrderKind, Signal

NOTE_LIMIT, REASON_LIMIT = 160, 160
OFFERED = 12
LONGEST_VALUE = 16
EXPIRIES = ("5m", "15m", "30m", "1h", "4h", "1d")
_CHOICES = {"side": ("buy", "sell"), "kind": ("market", "limit", "stop"), "expiry": EXPIRIES}
_MAY_BE_LEFT_OUT = ("stop", "targets", "note")


@dataclass(frozen=True, slots=True)
class Talk:
    """A composition as far as it has come; `revision` counts what was shown of it, the buttons carry it."""

    composition: UUID
    revision: int
    answers: Composition
    shown_at: datetime

    def tap(self, act: ComposeAct, value: str = "") -> ComposeTap:
        return ComposeTap(act=act, composition=self.composition, revision=self.revision, value=value)


def misread(error: Misread, words: Words) -> Html:
    """What is wrong, with the word."""
    return words(error.key, **error.facts)


def refused_line(error: Misread, words: Words) -> Rendered:
    """A line that was not understood, and how one is written."""
    return Rendered(
        lines(f"⛔ {misread(error, words)}", words("compose-example"), code(words("usage-signal")))
    )


def question(talk: Talk, known: Sequence[str], error: Misread | None, words: Words) -> Rendered:
    """The next step, below what was said so far."""
    step = talk.answers.missing or STEPS[0]
    text = paragraphs(
        _so_far(talk.answers, words),
        f"⛔ {misread(error, words)}" if error else None,
        words(f"compose-ask-{step}"),
    )
    cancel = button(words.label("cancel"), talk.tap(ComposeAct.CANCEL))
    return Rendered(text, keyboard(*in_rows(_choices(talk, step, known, words), 3), [cancel]))


def _so_far(answers: Composition, words: Words) -> Html:
    said = [answers.side and answers.side.upper(), answers.instrument, answers.kind, answers.entry]
    stop = f"SL {answers.stop}" if answers.stop not in (None, NONE) else None
    targets = f"TP {answers.targets}" if answers.targets not in (None, NONE, "") else None
    return words.listed(bold(words("compose-title")), " ".join(filter(None, said)) or None, stop, targets)


def _choices(talk: Talk, step: str, known: Sequence[str], words: Words) -> list[InlineKeyboardButton]:
    if step == "instrument":
        short = [name for name in known if len(name.encode()) <= LONGEST_VALUE]
        return [button(name, talk.tap(ComposeAct.PICK, name)) for name in short[:OFFERED]]
    if step in _MAY_BE_LEFT_OUT:
        return [button(words.label(f"compose-without-{step}"), talk.tap(ComposeAct.PICK, NONE))]
    if step == "expiry":
        return [button(each, talk.tap(ComposeAct.PICK, each)) for each in EXPIRIES]
    offered = _CHOICES.get(step, ())
    return [
        button(words.label(f"compose-{step}-{each}"), talk.tap(ComposeAct.PICK, each)) for each in offered
    ]


def preview(talk: Talk, seen: Preview, words: Words, *, anew: bool = False) -> Rendered:
    """The signal as it would be sent, to whom, and the buttons. `anew`: its price was too old to send."""
    signal = seen.signal
    text = paragraphs(
        words("compose-price-anew") if anew else words("compose-preview"),
        lines(_head(signal, words), plan(signal, words)),
        italic(signal.note, NOTE_LIMIT) if signal.note else None,
        lines(
            words("compose-lives", life=words.span(signal.expires_at - signal.received_at)),
            words("compose-price-of", at=words.day_time(talk.shown_at)) if talk.answers.seen else None,
            _audience(seen, words),
        ),
    )
    return Rendered(text, keyboard(*_preview_buttons(talk, seen, words)))


def _head(signal: Signal, words: Words) -> Html:
    kind = None if signal.kind is OrderKind.MARKET else words(f"card-kind-{signal.kind}")
    return words.listed(title(signal), kind)


def _audience(seen: Preview, words: Words) -> Html:
    if seen.obstacle:
        return words("compose-obstacle", reason=words.told(seen.obstacle, REASON_LIMIT))
    if not seen.accounts:
        return words("compose-nobody")
    traders = words("compose-traders", n=seen.traders)
    return words("compose-goes-to", traders=traders, accounts=words("count-accounts", n=seen.accounts))


def _preview_buttons(talk: Talk, seen: Preview, words: Words) -> list[list[InlineKeyboardButton]]:
    reaches = seen.accounts and not seen.obstacle
    first = (
        button(words.label("compose-send"), talk.tap(ComposeAct.SEND), ButtonStyle.SUCCESS)
        if reaches
        else button(words.label("compose-again"), talk.tap(ComposeAct.BACK))
    )
    edit = button(words.label("compose-edit"), talk.tap(ComposeAct.CHOOSE))
    cancel = button(words.label("cancel"), talk.tap(ComposeAct.CANCEL))
    return [[first], [edit, cancel]]


def what_to_change(talk: Talk, words: Words) -> list[list[InlineKeyboardButton]]:
    """A button for each thing that a preview says."""
    steps = [step for step in STEPS if step != "entry" or talk.answers.kind != OrderKind.MARKET]
    changes = [
        button(words.label(f"compose-step-{step}"), talk.tap(ComposeAct.CHANGE, step)) for step in steps
    ]
    return [*in_rows(changes, 3), [button(words.label("back"), talk.tap(ComposeAct.BACK))]]


def sent(signal: Signal, cards: int, words: Words) -> Rendered:
    """In place of the preview once it was sent."""
    rows = [[button(words.label("compose-look"), SignalTap(signal=signal.id))]]
    if cards:
        rows.append([button(words.label("signals-withdraw"), WithdrawTap(signal=signal.id))])
    said = words("compose-sent", n=cards) if cards else words("compose-sent-to-nobody")
    return Rendered(paragraphs(lines(_head(signal, words), plan(signal, words)), said), keyboard(*rows))


def cancelled(words: Words) -> Rendered:
    return Rendered(words("compose-cancelled"))

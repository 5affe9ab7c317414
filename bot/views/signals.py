"""/signals: the list, a page at a time, and one signal with what became of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from aiogram.enums import ButtonStyle
from aiogram.types import InlineKeyboardButton

from bot.buttons.fields import unix
from bot.buttons.signals import SignalsAct, SignalsTap, SignalTap, WithdrawTap
from bot.views.cards.card import NAME_LIMIT, plan, title
from bot.views.cards.outcome import Outcome, outcome_lines
from bot.views.markup import Rendered, button, in_rows, keyboard
from bot.views.pages import Page
from bot.words import Words
from bot.words.html import Html, bold, clip, fitting, italic, lines, paragraphs, plain, price
from core.intake.composing import DESK_SOURCE, Withdrawn
from core.model.accounts import Account, Source
from core.model.approvals import Approval, ApprovalState
from core.model.signals import OrderKind, Signal, SignalFilter
from core.model.trades import IntentState

REASON_LIMIT = 160
ROOM = 2600
"""What the accounts of one signal may take of a message, in UTF-16 units."""
PER_ROW = 4
CHOICES = 24

MARKS = {
    ApprovalState.PENDING: "⏳",
    ApprovalState.APPROVED: "✅",
    ApprovalState.REJECTED: "✖️",
    ApprovalState.EXPIRED: "⌛",
    ApprovalState.WITHDRAWN: "↩️",
}


@dataclass(frozen=True, slots=True)
class Listed:
    """A signal and how many approvals of it that the reader may see are in which state."""

    signal: Signal
    states: dict[ApprovalState, int]


@dataclass(frozen=True, slots=True)
class Fate:
    """What one account made of a signal; `trader` is empty for the trader who reads it."""

    approval: Approval
    account: Account
    trader: str
    currency: str
    outcome: Outcome | None


@dataclass(frozen=True, slots=True)
class SignalSeen:
    """One signal as a reader may see it: `composer` wrote it, `withheld` is why nobody got a card."""

    signal: Signal
    fates: Sequence[Fate]
    composer: str
    withheld: str
    may_withdraw: bool


def signals(
    page: Page[Listed], wanted: SignalFilter, sources: Sequence[Source], choose: SignalsAct, words: Words
) -> Rendered:
    """A page, and below it either what can be done with it or what it can be narrowed to."""
    shown = SignalsTap(page=page.number, source=wanted.source, state=wanted.state)
    named = next((source.name for source in sources if source.id == wanted.source), None)
    head = words.listed(
        bold(words("signals-title")),
        clip(named, NAME_LIMIT) if named else None,
        words(f"signals-state-{wanted.state}") if wanted.state else None,
    )
    listed = [_line(number, one, words) for number, one in enumerate(page.items, start=1)]
    none = words("signals-none-such" if wanted.source or wanted.state else "signals-none")
    text = paragraphs(head, *(listed or [none]))
    return Rendered(text, keyboard(*_buttons(page, shown, named, sources, choose, words)))


def _line(number: int, listed: Listed, words: Words) -> Html:
    signal = listed.signal
    waits = "" if signal.kind is OrderKind.MARKET else f" {words(f'card-kind-{signal.kind}')}"
    states = [_counted(state, listed.states[state], words) for state in MARKS if state in listed.states]
    return lines(
        f"{number}. {title(signal)}{waits} {price(signal.entry)}",
        words.listed(
            words.date_time(signal.received_at),
            plain(signal.source_name, NAME_LIMIT),
            *(states or [words("signals-no-card")]),
        ),
    )


def _counted(state: ApprovalState, number: int, words: Words) -> Html:
    """`✅ approved`, or `✅ approved ×3`."""
    times = f" ×{number}" if number > 1 else ""
    return Html(f"{MARKS[state]} {words(f'signals-state-{state}')}{times}")


Rows = list[list[InlineKeyboardButton]]


def _buttons(
    page: Page[Listed],
    shown: SignalsTap,
    source: str | None,
    sources: Sequence[Source],
    choose: SignalsAct,
    words: Words,
) -> Rows:
    match choose:
        case SignalsAct.SOURCES:
            return in_rows([_any(shown, "source", words), *_sources(shown, sources)], 2)
        case SignalsAct.STATES:
            return in_rows([_any(shown, "state", words), *_states(shown, words)], 2)
    numbered = [
        button(str(number), SignalTap(signal=one.signal.id)) for number, one in enumerate(page.items, 1)
    ]
    turns = page.turns(lambda number: shown.model_copy(update={"page": number}))
    return [*in_rows(numbered, PER_ROW), *turns, _filters(shown, source, words)]


def _filters(shown: SignalsTap, source: str | None, words: Words) -> list[InlineKeyboardButton]:
    """What the list is narrowed to; a tap offers the others."""
    whose = clip(source, 16) if source else words.label("signals-any")
    state = words.label(f"signals-state-{shown.state}" if shown.state else "signals-any")
    return [
        button(
            words.label("signals-source", source=whose),
            shown.model_copy(update={"act": SignalsAct.SOURCES}),
        ),
        button(
            words.label("signals-state", state=state), shown.model_copy(update={"act": SignalsAct.STATES})
        ),
    ]


def _any(shown: SignalsTap, what: str, words: Words) -> InlineKeyboardButton:
    return button(words.label("signals-any"), shown.model_copy(update={"page": 0, what: None}))


def _sources(shown: SignalsTap, sources: Sequence[Source]) -> list[InlineKeyboardButton]:
    narrowed = {one: shown.model_copy(update={"page": 0, "source": one.id}) for one in sources[:CHOICES]}
    return [button(clip(one.name, NAME_LIMIT), tap) for one, tap in narrowed.items()]


def _states(shown: SignalsTap, words: Words) -> list[InlineKeyboardButton]:
    return [
        button(
            f"{mark} {words.label(f'signals-state-{state}')}",
            shown.model_copy(update={"page": 0, "state": state}),
        )
        for state, mark in MARKS.items()
    ]


def one_signal(seen: SignalSeen, words: Words) -> Rendered:
    """The signal in full; what became of it on each account, undecided ones first; its buttons."""
    signal, fates = seen.signal, sorted(seen.fates, key=lambda fate: not fate.approval.is_open)
    told = fitting([_fate(fate, words) for fate in fates], ROOM)
    more = len(fates) - len(told)
    text = paragraphs(
        _head(seen, words),
        plan(signal, words),
        italic(signal.note, REASON_LIMIT) if signal.note else None,
        words("signals-withheld", reason=words.told(seen.withheld, REASON_LIMIT)) if seen.withheld else None,
        *told,
        words("more-accounts", n=more) if more else None,
        None if fates or seen.withheld else words("signals-no-card-at-all"),
    )
    rows: Rows = [[button(words.label("signals-again"), SignalTap(signal=signal.id, again=True))]]
    if seen.may_withdraw and signal.source_id == DESK_SOURCE and undecided(seen):
        withdraw = WithdrawTap(signal=signal.id)
        rows.append([button(words.label("signals-withdraw"), withdraw, ButtonStyle.DANGER)])
    return Rendered(text, keyboard(*rows))


def _head(seen: SignalSeen, words: Words) -> Html:
    signal = seen.signal
    kind = None if signal.kind is OrderKind.MARKET else words(f"card-kind-{signal.kind}")
    by = words("signals-by", name=clip(seen.composer, NAME_LIMIT)) if seen.composer else None
    return lines(
        words.listed(title(signal), kind),
        words.listed(plain(signal.source_name, NAME_LIMIT), by, words.date_time(signal.received_at)),
        words("signals-ends", when=words.relative(signal.expires_at)),
    )


def _fate(fate: Fate, words: Words) -> Html:
    approval = fate.approval
    who = words.listed(words.named(fate.account.label, NAME_LIMIT), clip(fate.trader, NAME_LIMIT) or None)
    if approval.state is ApprovalState.APPROVED:
        return lines(who, outcome_lines(fate.outcome, fate.currency, words))
    state = Html(f"{MARKS[approval.state]} {words(f'signals-state-{approval.state}')}")
    if approval.state is ApprovalState.REJECTED and approval.reason:
        return lines(who, f"{state}: {words.told(approval.reason, REASON_LIMIT)}")
    return lines(who, state)


def withdraw_question(signal: Signal, cards: int, until: datetime, words: Words) -> Rendered:
    """Before a composed signal is taken back; the buttons lapse at `until`."""
    sure = WithdrawTap(signal=signal.id, until=unix(until))
    text = paragraphs(
        words("signals-ask-withdraw", n=cards, signal=title(signal)),
        words("question-lapses", when=words.relative(until)),
    )
    return Rendered(
        text,
        keyboard(
            [button(words.label("signals-withdraw"), sure, ButtonStyle.DANGER)],
            [button(words.label("signals-keep"), sure.model_copy(update={"keep": True}))],
        ),
    )


def kept(words: Words) -> Rendered:
    return Rendered(words("signals-kept"))


def withdrawn(done: Withdrawn, words: Words) -> Rendered:
    """How many cards say so now, and how many had been decided before."""
    return Rendered(
        lines(
            words("signals-withdrawn", n=done.cards, signal=title(done.signal)),
            words("signals-decided-before", n=done.decided) if done.decided else None,
        )
    )


def undecided(seen: SignalSeen) -> int:
    """The cards that can still be taken back: of the approved ones those whose order waits to be sent."""
    return sum(fate.approval.is_open or _waits(fate.outcome) for fate in seen.fates)


def _waits(outcome: Outcome | None) -> bool:
    return outcome is not None and any(leg.intent.state is IntentState.NEW for leg in outcome.legs)

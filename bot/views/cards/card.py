"""The card of a signal: what is proposed, for which account and size, and what became of it."""

import re
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from html import unescape

from bot.views.cards.buttons import REASON_KEYS, REASONS, decide_buttons, undo_buttons
from bot.views.cards.outcome import Outcome, outcome_lines, sending_in
from bot.views.markup import Rendered
from bot.words import Words
from bot.words.html import CAPTION_LIMIT, Html, bold, clip, decimals, italic, lines, paragraphs, plain, price
from core.model.accounts import Account
from core.model.approvals import Approval, ApprovalState, SizedBy
from core.model.instruments import Side
from core.model.signals import OrderKind, Signal, TrackRecord
from core.trading.splitting import NO_SPLIT, Split

BADGES = {
    "PAPER": "📄\N{NO-BREAK SPACE}PAPER",
    "DEMO": "🧪\N{NO-BREAK SPACE}DEMO",
    "CONTEST": "🧪\N{NO-BREAK SPACE}CONTEST",
    "LIVE": "🔴\N{NO-BREAK SPACE}LIVE",
}
NAME_LIMIT = 40
LABEL_LIMIT = 32
NOTE_LIMIT = 160
SHORTEST_NOTE = 20
REASON_LIMIT = 120
REFUSAL_LIMIT = 200
NOT_TAKEN_LIMIT = 110
FEW = 5
"""Closed signals below which a source's record says nothing yet."""


@dataclass(frozen=True, slots=True)
class Card:
    """All that a card shows. `kind` is what the terminal said of the account, empty while unread.

    `split` is the plan for the size that is shown, while it can be decided; `record` that of the source, None
    while it was not looked up; `now` is when the card was read; `smaller` whether a smaller size could be
    approved where this one could not.
    """

    approval: Approval
    signal: Signal
    account: Account
    kind: str = ""
    currency: str = ""
    outcome: Outcome | None = None
    split: Split = NO_SPLIT
    record: TrackRecord | None = None
    now: datetime | None = None
    smaller: bool = False

    @property
    def undo_until(self) -> datetime | None:
        """Until when what was approved can be taken back; None when it cannot any more."""
        until = self.approval.undo_until
        waits = self.outcome is not None and self.outcome.waits
        return until if until is not None and self.now is not None and self.now < until and waits else None


def card(shown: Card, words: Words) -> Rendered:
    """A caption of at most 1,024 characters, with buttons while it can be decided or undone."""
    text = _text(shown, words)
    if shown.approval.is_open:
        return Rendered(text, decide_buttons(shown.approval, words, smaller=shown.smaller))
    return Rendered(text, undo_buttons(shown.approval, words) if shown.undo_until else None)


def _text(shown: Card, words: Words) -> Html:
    """What does not fit is left out: the source's own words first, then how the lots are split."""
    state, split = _state(shown, words), _split(shown, words)
    parts = [_head(shown, words), plan(shown.signal, words), _stake(shown, words)]
    if split is not None and _room(*parts, state) >= _length(split):
        parts.append(split)
    note = _note(shown.signal, min(_room(*parts, state), NOTE_LIMIT))
    return paragraphs(*parts, note, state)


def _room(*parts: Html) -> int:
    """For one more part."""
    return CAPTION_LIMIT - _length(paragraphs(*parts)) - len("\n\n")


def chart_title(signal: Signal, timeframe: str) -> str:
    return f"{signal.instrument}  {signal.side.upper()}  {timeframe}"


def chart_levels(signal: Signal) -> dict[str, Decimal]:
    """The signal's prices by the label that the chart writes beside each line."""
    targets = {f"TP{number}": target for number, target in enumerate(signal.take_profits, start=1)}
    stop = {} if signal.stop_loss is None else {"SL": signal.stop_loss}
    return {"Entry": signal.entry} | stop | targets


def title(signal: Signal) -> Html:
    """`🟢 BUY EURUSD`."""
    arrow = "🟢" if signal.side is Side.BUY else "🔻"
    return Html(f"{arrow} {bold(f'{signal.side.upper()} {signal.instrument}', NAME_LIMIT)}")


def _length(html: str) -> int:
    """In UTF-16 units, as Telegram counts it, without the tags."""
    return len(unescape(re.sub(r"<[^>]*>", "", html)).encode("utf-16-le")) // 2


def _head(shown: Card, words: Words) -> Html:
    kind = shown.signal.kind
    waits = "" if kind is OrderKind.MARKET else f" {words(f'card-kind-{kind}')}"
    badge = BADGES.get(shown.kind) or words("card-badge-unread")
    return lines(badge, f"{title(shown.signal)}{waits}")


def plan(signal: Signal, words: Words) -> Html:
    ratio = signal.reward_to_risk
    return lines(
        _entry(signal, words),
        words("card-no-stop")
        if signal.stop_loss is None
        else words("card-stop", price=price(signal.stop_loss)),
        _targets(signal, words),
        words("card-ratio", ratio=words.number(ratio, 2)) if ratio is not None else None,
    )


def _entry(signal: Signal, words: Words) -> Html:
    if signal.entry_zone is None:
        return words("card-entry", price=price(signal.entry))
    low, high = signal.entry_zone
    return words("card-entry-zone", price=price(signal.entry), low=price(low), high=price(high))


def _targets(signal: Signal, words: Words) -> Html:
    targets = signal.take_profits
    if not targets:
        return words("card-no-targets")
    return words("card-targets", n=len(targets), prices=Html(" · ".join(map(price, targets))))


def _stake(shown: Card, words: Words) -> Html:
    return lines(
        _size(shown, words),
        _setting(shown, words),
        words("card-account", account=plain(shown.account.label, LABEL_LIMIT)),
        _source(shown, words),
    )


def _size(shown: Card, words: Words) -> Html | None:
    """The margin is the one that the order would take; once it is decided the order's own is told instead."""
    approval = shown.approval
    if approval.lots is None:
        return words("card-size-at-tap") if approval.is_open else None
    lots = bold(words.lots(approval.lots))
    if not approval.risk:
        return words("card-size-no-stop", lots=lots)
    risk = bold(words.money(approval.risk, shown.currency))
    if approval.margin is None or not approval.is_open:
        return words("card-size", lots=lots, risk=risk)
    margin = words.money(approval.margin, shown.currency)
    return words("card-size-margin", lots=lots, risk=risk, margin=margin)


def _setting(shown: Card, words: Words) -> Html | None:
    """Where the lots come from, and by what the trader has scaled them."""
    approval, policy = shown.approval, shown.account.policy
    if approval.lots is None or approval.sized_by is None:
        return None
    facts = {
        SizedBy.PERCENT: {"percent": share(policy.risk_percent, words)},
        SizedBy.MAX_LOTS: {"lots": words.lots(policy.max_lots)},
    }
    by = words(f"card-by-{approval.sized_by}", **facts.get(approval.sized_by, {}))
    scaled = words("card-scaled", factor=_written(approval.factor, words)) if approval.factor != 1 else None
    return words.listed(by, scaled)


def share(percent: Decimal, words: Words) -> Html:
    """A percentage with the digits it has."""
    return Html(f"{_written(percent, words)}\N{NO-BREAK SPACE}%")


def _written(number: Decimal, words: Words) -> str:
    return words.number(number, decimals(number.normalize()))


def _source(shown: Card, words: Words) -> Html:
    name = words("card-source", source=plain(shown.signal.source_name, LABEL_LIMIT))
    return words.listed(name, *record(shown.record, words)) if shown.record is not None else name


def record(known: TrackRecord, words: Words) -> list[Html]:
    """The share of signals that won, and how much worse than expected they were filled."""
    if known.closed < FEW:
        return [words("card-record-new")]
    won = words.percent(Decimal(known.won * 100) / known.closed, 0)
    told = [words("card-record", percent=won, n=known.closed)]
    if known.slippage_pips is not None:
        told.append(words("card-record-slippage", pips=words.signed(known.slippage_pips)))
    return told


def _split(shown: Card, words: Words) -> Html | None:
    """Which lots go to which target, or why all go to the first, as the tap would have it now."""
    if not shown.approval.is_open:
        return None
    legs, why_not = shown.split.legs, shown.split.why_not
    if not legs:
        return words.told(why_not) if why_not else None
    parts = " · ".join(
        words("card-split-part", lots=words.lots(leg.lots), target=price(leg.target)) for leg in legs
    )
    left_out = len(shown.signal.take_profits) - len(legs)
    fewer = f" {words('card-split-fewer', n=left_out)}" if left_out else ""
    return lines(f"{words('card-split', parts=Html(parts))}{fewer}", words("card-split-stops"))


def _note(signal: Signal, limit: int) -> Html | None:
    """The source's own words, as far as there is room."""
    if not signal.note.strip() or limit < SHORTEST_NOTE:
        return None
    return italic(clip(" ".join(signal.note.split()), limit))


def _obstacle(shown: Card, words: Words) -> Html | None:
    """Why *Approve* is not offered, else why the last tap on it was refused; it may be tried again."""
    approval = shown.approval
    if approval.obstacle is not None:
        reason = words.told(approval.obstacle, REFUSAL_LIMIT)
        return words("card-obstacle-size" if shown.smaller else "card-obstacle", reason=reason)
    if approval.refusal is None or approval.refused_at is None:
        return None
    when, reason = words.relative(approval.refused_at), words.told(approval.refusal, REFUSAL_LIMIT)
    return words("card-refused", when=when, reason=reason)


def _not_taken(approval: Approval, words: Words) -> Html | None:
    if approval.standing_id is None or approval.standing_note is None:
        return None
    reason = words.told(approval.standing_note, NOT_TAKEN_LIMIT)
    return words("card-not-taken", number=str(approval.standing_id), reason=reason)


def _state(shown: Card, words: Words) -> Html:
    approval = shown.approval
    match approval.state:
        case ApprovalState.PENDING:
            expires = words("card-expires", when=words.relative(approval.expires_at))
            return lines(_not_taken(approval, words), _obstacle(shown, words), expires)
        case ApprovalState.APPROVED:
            return _approved(shown, words)
        case ApprovalState.REJECTED:
            return _rejected(approval.reason, words)
        case ApprovalState.EXPIRED:
            return words("card-expired")
        case ApprovalState.WITHDRAWN:
            return _withdrawn(approval.reason, words)


def _approved(shown: Card, words: Words) -> Html:
    number, until = shown.approval.standing_id, shown.undo_until
    by = words("card-by-standing", number=str(number)) if number is not None else None
    if until is not None and shown.now is not None:
        return lines(by, sending_in(until, shown.now, words))
    return lines(by, outcome_lines(shown.outcome, shown.currency, words))


def _withdrawn(reason: str | None, words: Words) -> Html:
    if not reason:
        return words("card-withdrawn")
    return words("card-withdrawn-why", reason=words.told(reason, REASON_LIMIT))


def _rejected(reason: str | None, words: Words) -> Html:
    """A reason that was offered is told in the reader's language, a typed one as it was written."""
    if not reason:
        return words("card-rejected-bare")
    offered = next((key for key, recorded in REASONS.items() if recorded == reason), None)
    told = words(f"card-reason-{REASON_KEYS[offered]}") if offered else plain(reason, REASON_LIMIT)
    return words("card-rejected", reason=told)

"""What became of an approved signal: the order's fate, and the trade's result once it is closed."""

from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from bot.views.divergences.sentences import closed_by
from bot.words import Words
from bot.words.html import Html, bold, lines, price
from core.model.trades import CloseReason, Intent, IntentState, Trade, TradeState

DETAIL_LIMIT, LEG_LIMIT = 160, 60


@dataclass(frozen=True, slots=True)
class Outcome:
    """The opening intent of an approval, its trade, and the symbol's pip (None while it is not known).

    In a plan it is the first leg's; `others` are those of the legs after it.
    """

    intent: Intent
    trade: Trade | None = None
    pip: Decimal | None = None
    others: tuple["Outcome", ...] = ()

    @property
    def legs(self) -> tuple["Outcome", ...]:
        return (self, *(replace(other, pip=self.pip) for other in self.others))

    @property
    def waits(self) -> bool:
        """Whether nothing of it was ever on its way to the broker."""
        return all(leg.intent.state is IntentState.NEW and leg.intent.sent_at is None for leg in self.legs)


def outcome_lines(outcome: Outcome | None, currency: str, words: Words) -> Html:
    """One to four lines below an approved card; of a plan one or two for each leg."""
    if outcome is None:
        return words("outcome-approved")
    if outcome.others:
        return lines(*(_leg(leg, currency, words) for leg in outcome.legs))
    return lines(
        _order(outcome, words),
        _margin(outcome.intent, currency, words),
        _result(outcome.trade, currency, words),
    )


def sending_in(moment: datetime, now: datetime, words: Words) -> Html:
    """While it can be taken back."""
    return words("outcome-sending-in", when=words.counted_down(moment, now))


def _leg(leg: Outcome, currency: str, words: Words) -> str:
    """What became of one leg: how its trade ended, else of its order; the details are in the alerts."""
    ended = _result(leg.trade, currency, words)
    return f"TP{leg.intent.leg} {ended or _leg_order(leg, words)}"


def _leg_order(leg: Outcome, words: Words) -> Html:
    intent, lots = leg.intent, words.lots(leg.intent.volume)
    match intent.state:
        case IntentState.NEW | IntentState.SENDING:
            return words("outcome-leg-sending", lots=lots)
        case IntentState.PLACED:
            return words("outcome-leg-placed", lots=lots)
        case IntentState.REFUSED | IntentState.EXPIRED:
            return words("outcome-leg-failed", lots=lots, reason=words.told(intent.detail, LEG_LIMIT))
        case IntentState.UNKNOWN:
            return words("outcome-leg-unknown")
    fill, trade = _fill(leg, words), leg.trade
    if trade is None or trade.stop_loss is None:
        return words("outcome-leg-filled", fill=fill)
    return words("outcome-leg-filled-stop", fill=fill, stop=price(trade.stop_loss, trade.expected_price))


def _order(outcome: Outcome, words: Words) -> Html:
    intent = outcome.intent
    match intent.state:
        case IntentState.NEW | IntentState.SENDING:
            return words("outcome-sending")
        case IntentState.PLACED:
            return _placed(intent, words)
        case IntentState.FILLED:
            return words("outcome-filled", fill=_fill(outcome, words))
        case IntentState.PARTIAL:
            return words("outcome-partial", fill=_fill(outcome, words), lots=words.lots(intent.volume))
        case IntentState.REFUSED:
            return words("outcome-refused", reason=_detail(intent, words, words("outcome-no-reason")))
        case IntentState.UNKNOWN:
            return words("outcome-unknown")
        case IntentState.EXPIRED:
            return words("outcome-expired", reason=_detail(intent, words, words("outcome-late")))


def _detail(intent: Intent, words: Words, otherwise: Html) -> Html:
    return words.told(intent.detail, DETAIL_LIMIT) if intent.detail else otherwise


def _placed(intent: Intent, words: Words) -> Html:
    if intent.order_expires_at is None:
        return words("outcome-placed")
    return words("outcome-placed-until", until=words.day_time(intent.order_expires_at))


def _margin(intent: Intent, currency: str, words: Words) -> Html | None:
    """What the trade takes of the margin that was free before it."""
    filled = intent.state in (IntentState.FILLED, IntentState.PARTIAL)
    if not filled or not intent.margin or intent.margin_free is None:
        return None
    free = words.money(intent.margin_free, currency)
    return words("outcome-margin", margin=words.money(intent.margin, currency), free=free)


def _fill(outcome: Outcome, words: Words) -> Html:
    """How far the fill is from the expected price, too; worse is positive for either side."""
    intent = outcome.intent
    volume = intent.filled_volume if intent.filled_volume is not None else intent.volume
    lots, filled, expected = bold(words.lots(volume)), intent.filled_price, intent.price
    if filled is None:
        return lots
    at = price(filled, expected)
    if expected is None or expected == filled:
        return words("outcome-fill", lots=lots, price=at)
    worse = (filled - expected) * intent.side.sign
    if outcome.pip is None:
        drift = f"{'−' if worse < 0 else '+'}{abs(worse):f}"  # of prices, which have a point everywhere
        return words("outcome-fill-drift", lots=lots, price=at, drift=drift)
    return words("outcome-fill-slippage", lots=lots, price=at, pips=words.signed(worse / outcome.pip))


def _result(trade: Trade | None, currency: str, words: Words) -> Html | None:
    if trade is None or trade.state is not TradeState.CLOSED:
        return None
    how = closed_by(trade.close_reason or CloseReason.UNEXPLAINED, words)
    closed = words("outcome-closed", how=how)
    if trade.close_price is not None:
        at = price(trade.close_price, trade.expected_price)
        closed = words("outcome-closed-at", price=at, how=how)
    if trade.closed_at is not None:
        when, span = words.relative(trade.closed_at), words.span(trade.closed_at - trade.opened_at)
        closed = words("outcome-after", closed=closed, when=when, span=span)
    if trade.profit is None:
        return closed
    return words("outcome-result", closed=closed, money=bold(words.signed_money(trade.profit, currency)))

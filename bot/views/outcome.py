"""What became of an approved signal: the order's fate, and the trade's result once it is closed."""

from dataclasses import dataclass, replace
from decimal import Decimal

from bot.views.markup import bold, clock_time, lines, lots, money, plain, price, relative, signed_money
from core.model.trades import CloseReason, Intent, IntentState, Trade, TradeState

DETAIL_LIMIT, LEG_LIMIT = 160, 60

CLOSED_BY = {
    CloseReason.STOP_LOSS: "by its stop loss",
    CloseReason.TAKE_PROFIT: "at its target",
    CloseReason.STOP_OUT: "by the broker's stop-out",
    CloseReason.DESKTOP: "by hand in the desktop terminal",
    CloseReason.MOBILE: "by hand on a phone",
    CloseReason.WEB: "by hand in the web terminal",
    CloseReason.DESK: "by the desk",
    CloseReason.OTHER_PROGRAM: "by another program",
    CloseReason.UNEXPLAINED: "for a reason that the broker does not tell",
}


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


def outcome_lines(outcome: Outcome | None, currency: str) -> str:
    """One to four lines below an approved card; of a plan one or two for each leg."""
    if outcome is None:
        return "✅ Approved"
    if outcome.others:
        return lines(*(_leg(leg, currency) for leg in outcome.legs))
    return lines(_order(outcome), _margin(outcome.intent, currency), _result(outcome.trade, currency))


def _leg(leg: Outcome, currency: str) -> str:
    """What became of one leg: how its trade ended, else of its order; the details are in the alerts."""
    if leg.trade is not None and leg.trade.state is TradeState.CLOSED:
        return f"TP{leg.intent.leg} {_result(leg.trade, currency)}"
    return f"TP{leg.intent.leg} {_leg_order(leg)}"


def _leg_order(leg: Outcome) -> str:
    intent = leg.intent
    match intent.state:
        case IntentState.NEW | IntentState.SENDING:
            return f"⏳ Sending {lots(intent.volume)} …"
        case IntentState.PLACED:
            return f"⏳ {lots(intent.volume)} with the broker, waiting for the price"
        case IntentState.REFUSED | IntentState.EXPIRED:
            return f"⛔ {lots(intent.volume)} not executed: {plain(intent.detail, LEG_LIMIT)}"
        case IntentState.UNKNOWN:
            return "❔ Not confirmed yet. Checking; please do not repeat it."
    return f"✅ Filled {_fill(leg)}{_stop(leg.trade)}"


def _stop(trade: Trade | None) -> str:
    if trade is None or trade.stop_loss is None:
        return ""
    return f", stop {price(trade.stop_loss, trade.expected_price)}"


def _order(outcome: Outcome) -> str:
    intent = outcome.intent
    match intent.state:
        case IntentState.NEW | IntentState.SENDING:
            return "✅ Approved, sending the order …"
        case IntentState.PLACED:
            return f"✅ Approved, the order is with the broker and waits for its price{_until(intent)}"
        case IntentState.FILLED:
            return f"✅ Filled {_fill(outcome)}"
        case IntentState.PARTIAL:
            return f"✅ Partly filled {_fill(outcome)} of {lots(intent.volume)}"
        case IntentState.REFUSED:
            return f"⛔ Refused: {plain(intent.detail or 'the broker gave no reason', DETAIL_LIMIT)}"
        case IntentState.UNKNOWN:
            return "❔ The broker has not confirmed this yet. Checking; please do not repeat it."
        case IntentState.EXPIRED:
            return f"⌛ Not executed: {plain(intent.detail or 'it was not sent in time', DETAIL_LIMIT)}"


def _until(intent: Intent) -> str:
    return f", until {clock_time(intent.order_expires_at)}" if intent.order_expires_at else ""


def _margin(intent: Intent, currency: str) -> str | None:
    """What the trade takes of the margin that was free before it."""
    filled = intent.state in (IntentState.FILLED, IntentState.PARTIAL)
    if not filled or not intent.margin or intent.margin_free is None:
        return None
    return f"Margin {money(intent.margin, currency)} of {money(intent.margin_free, currency)} free"


def _fill(outcome: Outcome) -> str:
    intent = outcome.intent
    volume = intent.filled_volume if intent.filled_volume is not None else intent.volume
    if intent.filled_price is None:
        return bold(lots(volume))
    at = price(intent.filled_price, intent.price)
    return f"{bold(lots(volume))} at {at}{_slippage(outcome, intent.filled_price)}"


def _slippage(outcome: Outcome, filled: Decimal) -> str:
    """How far the fill is from the expected price; worse is positive for either side."""
    expected = outcome.intent.price
    if expected is None or expected == filled:
        return ""
    worse = (filled - expected) * outcome.intent.side.sign
    if outcome.pip is None:
        return f" (slippage {worse:+f})"
    return f" (slippage {(worse / outcome.pip).quantize(Decimal('0.1')):+f} pips)"


def _result(trade: Trade | None, currency: str) -> str | None:
    if trade is None or trade.state is not TradeState.CLOSED:
        return None
    how = CLOSED_BY[trade.close_reason or CloseReason.UNEXPLAINED]
    at = f" at {price(trade.close_price, trade.expected_price)}" if trade.close_price is not None else ""
    when = f", {relative(trade.closed_at)}" if trade.closed_at else ""
    result = f" Result {bold(signed_money(trade.profit, currency))}" if trade.profit is not None else ""
    return f"🏁 Closed{at} {how}{when}.{result}"

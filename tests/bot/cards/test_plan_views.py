"""A plan on its card: which lots go to which target before the tap, and what became of each leg."""

from dataclasses import replace
from decimal import Decimal

from bot.views.cards.card import card
from bot.views.cards.outcome import Outcome
from core.model.approvals import ApprovalState
from core.model.trades import CloseReason, IntentState, TradeState
from core.trading.splitting import Leg, Split
from tests.bot.cards.cardsamples import NOW, approval, intent, plain, shown, signal, trade
from tests.bot.wording import ENGLISH

D = Decimal
TARGETS = (D("1.09000"), D("1.09500"), D("1.10000"))
LEGS = (Leg(D("0.17"), TARGETS[0]), Leg(D("0.16"), TARGETS[1]))


def test_the_card_shows_the_plan_before_the_tap() -> None:
    sized = approval(lots=D("0.33"))
    seen = plain(card(shown(approval=sized, signal=signal(take_profits=TARGETS), split=Split(LEGS)), ENGLISH))
    assert "Split 0.17 lots to 1.09000 · 0.16 lots to 1.09500 (1 more left out: too few lots)" in seen
    assert "the other stops move to their entries" in seen


def test_the_card_says_why_there_is_no_split() -> None:
    seen = plain(
        card(shown(approval=approval(lots=D("0.33")), split=Split(why_not="This account nets.")), ENGLISH)
    )
    assert "This account nets." in seen


def test_a_decided_card_tells_of_all_legs() -> None:
    ended = trade(
        state=TradeState.CLOSED, close_reason=CloseReason.TAKE_PROFIT, closed_at=NOW, profit=D("12.50")
    )
    others = (
        Outcome(intent(leg=2), trade(stop_loss=D("1.08512"))),
        Outcome(replace(intent(IntentState.REFUSED, leg=3, detail="not enough <money>"), filled_volume=None)),
    )
    outcome = Outcome(intent(leg=1), ended, D("0.0001"), others)
    seen = plain(card(shown(approval=approval(state=ApprovalState.APPROVED), outcome=outcome), ENGLISH))
    first, second, third = [line for line in seen.splitlines() if line.startswith("TP")]
    assert "at its target" in first
    assert "+12.50" in first
    assert "stop 1.08512" in second
    assert "(slippage +1.2 pips)" in second
    assert "Not enough <money>" in third
    assert len(seen) < 1024

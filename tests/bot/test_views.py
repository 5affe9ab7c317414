"""Views at their longest values and in every state; Telegram's own parser reads the HTML."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from bot.callbacks import (
    CardAct,
    CardTap,
    CloseAllAct,
    CloseAllTap,
    ConsentTap,
    LiquidationAct,
    LiquidationTap,
    RejectReason,
    RejectTap,
    UnlockTap,
)
from bot.sandbox.html_text import parse_html
from bot.views.card import Card, card, chart_levels, reason_buttons
from bot.views.closeall import question
from bot.views.consent import consent
from bot.views.liquidation import Shown, liquidation
from bot.views.markup import CAPTION_LIMIT, TEXT_LIMIT, Rendered, clip
from bot.views.outcome import Outcome
from bot.views.positions import Book, positions
from bot.views.signals import Listed, signals
from core.model.accounts import Account, Source, TerminalKind
from core.model.approvals import Approval, ApprovalState
from core.model.ids import AccountId, IntentId, PersonId, SourceId, TradeId
from core.model.instruments import Side
from core.model.mt5 import MT5AccountSnapshot, MT5AccountState, MT5Position
from core.model.risk import Liquidation, LiquidationState
from core.model.signals import OrderKind, Signal
from core.model.trades import CloseReason, Intent, IntentKind, IntentState, Trade, TradeState
from core.trading.closing import Exposure
from tests.bot.stage import a_signal, an_approval
from tests.bot.wording import ENGLISH

NOW = datetime(2026, 11, 21, 3, 0, tzinfo=UTC)
NUMBER = UUID(int=7)
HTML = "<b>&\"'" * 200
SOURCE = Source(SourceId(NUMBER), "momentum", frozenset({"EURUSD"}))
ACCOUNT = Account(AccountId(NUMBER), PersonId(NUMBER), "Tara 1", TerminalKind.PAPER, "", 1001, "Paper-Demo")
LONG = Decimal("1234567.12345678")


def signal(**changes: object) -> Signal:
    return a_signal(SOURCE, NOW, **changes)


def approval(**changes: object) -> Approval:
    return replace(an_approval(signal(), ACCOUNT), **changes)  # type: ignore[arg-type]


def shown(**changes: object) -> Card:
    return replace(Card(approval(), signal(), ACCOUNT, "PAPER", "USD"), **changes)  # type: ignore[arg-type]


def intent(state: IntentState = IntentState.FILLED, **changes: object) -> Intent:
    made = Intent(
        id=IntentId(1),
        account_id=ACCOUNT.id,
        kind=IntentKind.OPEN,
        state=state,
        symbol="EURUSD",
        side=Side.BUY,
        order_kind=OrderKind.MARKET,
        volume=Decimal("0.33"),
        created_at=NOW,
        expires_at=NOW,
        price=Decimal("1.08500"),
        filled_volume=Decimal("0.33"),
        filled_price=Decimal("1.08512"),
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def trade(**changes: object) -> Trade:
    made = Trade(
        id=TradeId(NUMBER),
        account_id=ACCOUNT.id,
        intent_id=IntentId(1),
        signal_id=None,
        position=1,
        symbol="EURUSD",
        side=Side.BUY,
        volume=Decimal("0.33"),
        expected_price=Decimal("1.08500"),
        open_price=Decimal("1.08512"),
        stop_loss=None,
        take_profit=None,
        opened_at=NOW,
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def plain(rendered: Rendered) -> str:
    """The text as a person reads it, by the sandbox's parser, which refuses what Telegram refuses."""
    return parse_html(rendered.text)[0]


def units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def test_an_open_card_in_full() -> None:
    seen = card(
        shown(
            approval=approval(lots=Decimal("0.33"), risk=Decimal("99.00")),
            signal=signal(entry_zone=(Decimal("1.0840"), Decimal("1.0855")), note="London  open\nbreakout"),
        )
    )
    assert plain(seen) == (
        "📄\u00a0PAPER\n"
        "🟢 BUY EURUSD\n\n"
        "Entry 1.08500 (zone 1.0840 – 1.0855)\n"
        "Stop 1.08200\n"
        "Targets 1.08900 · 1.09300\n"
        "Reward to risk 1.33\n\n"
        "Size 0.33 lots, 99.00 USD at risk\n"
        "Account Tara 1 · source momentum\n\n"
        "London open breakout\n\n"
        "⏳ Expires 03:15:00 UTC"
    )
    assert f'<tg-time unix="{int((NOW + timedelta(minutes=15)).timestamp())}" format="r">' in seen.text
    assert seen.keyboard is not None
    [approve, reject] = seen.keyboard.inline_keyboard[0]
    assert (approve.style, reject.style) == ("success", "danger")


STATES = {
    ApprovalState.REJECTED: "✖️ Rejected: Too late",
    ApprovalState.EXPIRED: "⌛ Expired without a decision",
    ApprovalState.WITHDRAWN: "↩️ Withdrawn by its source",
    ApprovalState.APPROVED: "✅ Approved",
}


@pytest.mark.parametrize("state", STATES)
def test_a_decided_card_has_no_buttons(state: ApprovalState) -> None:
    seen = card(shown(approval=approval(state=state, reason="Too late")))
    assert plain(seen).endswith(STATES[state])
    assert seen.keyboard is None


ORDERS = {
    IntentState.NEW: "✅ Approved, sending the order …",
    IntentState.SENDING: "✅ Approved, sending the order …",
    IntentState.PLACED: "✅ Approved, the order is with the broker and waits for its price",
    IntentState.FILLED: "✅ Filled 0.33 lots at 1.08512 (slippage +1.2 pips)",
    IntentState.PARTIAL: "✅ Partly filled 0.10 lots at 1.08512 (slippage +1.2 pips) of 0.33 lots",
    IntentState.REFUSED: "⛔ Refused: not enough money",
    IntentState.UNKNOWN: "❔ The broker has not confirmed this yet. Checking; please do not repeat it.",
    IntentState.EXPIRED: "⌛ Not executed: not enough money",
}


def test_the_margin_of_an_open_card_is_the_expected_one() -> None:
    sized = approval(lots=Decimal("0.16"), risk=Decimal("99.36"), margin=Decimal("1185.28"))
    size = "Size 0.16 lots, 99.36 USD at risk"
    assert f"{size}, margin 1,185.28 USD\n" in plain(card(shown(approval=sized)))
    assert f"{size}\n" in plain(card(shown(approval=replace(sized, state=ApprovalState.APPROVED))))
    assert f"{size}\n" in plain(card(shown(approval=replace(sized, margin=None))))


def test_the_margin_of_a_filled_order_is_told_with_what_was_free() -> None:
    approved = approval(state=ApprovalState.APPROVED)
    checked: dict[str, Any] = {"margin": Decimal("115.8"), "margin_free": Decimal("9876.00")}
    filled = plain(card(shown(approval=approved, outcome=Outcome(intent(**checked)))))
    assert "\nMargin 115.80 USD of 9,876.00 USD free" in filled
    refused = Outcome(intent(IntentState.REFUSED, **checked))
    assert "Margin" not in plain(card(shown(approval=approved, outcome=refused)))


def test_a_pending_order_tells_until_when_it_waits() -> None:
    approved = approval(state=ApprovalState.APPROVED)
    placed = intent(IntentState.PLACED, order_expires_at=NOW)
    seen = plain(card(shown(approval=approved, outcome=Outcome(placed))))
    assert "waits for its price, until 03:00:00 UTC" in seen


@pytest.mark.parametrize("state", IntentState)
def test_the_fate_of_the_order(state: IntentState) -> None:
    volume = Decimal("0.10") if state is IntentState.PARTIAL else Decimal("0.33")
    outcome = Outcome(intent(state, filled_volume=volume, detail="not enough money"), None, Decimal("0.0001"))
    seen = card(shown(approval=approval(state=ApprovalState.APPROVED), outcome=outcome))
    assert plain(seen).split("\n")[-1] == ORDERS[state]


def test_slippage_is_worse_when_positive_for_either_side() -> None:
    sold = intent(side=Side.SELL, filled_price=Decimal("1.08512"))
    seen = card(
        shown(approval=approval(state=ApprovalState.APPROVED), outcome=Outcome(sold, None, Decimal("0.0001")))
    )
    assert "slippage -1.2 pips" in plain(seen)


def test_a_closed_trade_shows_its_result() -> None:
    ended = trade(
        state=TradeState.CLOSED,
        closed_at=NOW,
        close_price=Decimal("1.08200"),
        close_reason=CloseReason.STOP_LOSS,
        profit=Decimal("-102.96"),
    )
    outcome = Outcome(intent(), ended, Decimal("0.0001"))
    seen = card(shown(approval=approval(state=ApprovalState.APPROVED), outcome=outcome))
    assert plain(seen).endswith("🏁 Closed at 1.08200 by its stop loss, 03:00:00 UTC. Result -102.96 USD")


@pytest.mark.parametrize(
    ("kind", "badge"),
    [
        ("PAPER", "📄\u00a0PAPER"),
        ("DEMO", "🧪\u00a0DEMO"),
        ("LIVE", "🔴\u00a0LIVE"),
        ("", "⚪ ACCOUNT NOT READ YET"),
    ],
)
def test_the_badge_says_whose_money_it_is(kind: str, badge: str) -> None:
    assert plain(card(shown(kind=kind))).startswith(badge)


@pytest.mark.parametrize("state", [None, *IntentState])
def test_the_longest_card_fits_a_caption(state: IntentState | None) -> None:
    widest = signal(
        instrument="W" * 64,
        kind=OrderKind.LIMIT,
        entry=LONG,
        entry_zone=(LONG, LONG),
        stop_loss=LONG,
        take_profits=(LONG,) * 5,
        source_name="S😀" * 60,
        note=HTML,
    )
    approved = ApprovalState.PENDING if state is None else ApprovalState.APPROVED
    ended = trade(
        state=TradeState.CLOSED,
        closed_at=NOW,
        close_price=LONG,
        profit=-LONG,
        close_reason=CloseReason.UNEXPLAINED,
    )
    outcome = (
        Outcome(intent(state, detail=HTML, filled_price=LONG, volume=LONG), ended, Decimal("0.01"))
        if state
        else None
    )
    seen = card(
        Card(
            approval(state=approved, lots=LONG, risk=LONG, reason=HTML),
            widest,
            replace(ACCOUNT, label=HTML),
            "CONTEST",
            "USDTUSDT",
            outcome,
        )
    )
    assert units(plain(seen)) <= CAPTION_LIMIT


def test_the_rejection_offers_reasons_and_a_way_back() -> None:
    labels = [row[0].text for row in reason_buttons(approval()).inline_keyboard]
    assert len(labels) == len(RejectReason) + 1
    assert labels[-1] == "‹ Back"


def test_the_chart_shows_every_level() -> None:
    assert list(chart_levels(signal())) == ["Entry", "SL", "TP1", "TP2"]
    assert list(chart_levels(signal(stop_loss=None, take_profits=()))) == ["Entry"]


@pytest.mark.parametrize("state", LiquidationState)
def test_a_liquidation_has_the_buttons_of_its_state_and_of_the_person(state: LiquidationState) -> None:
    running = Liquidation(5, ACCOUNT.id, state, HTML, NOW, NOW + timedelta(seconds=10))
    of_trader = {"warned": ["Close now"], "counting": ["Close now"]}
    of_owner = {
        **{name: ["Close now", "Hold"] for name in ("warned", "counting")},
        **{name: ["Hold"] for name in ("closing", "stuck")},
        "held": ["Close now", "End hold"],
    }
    for may_hold, expected in ((True, of_owner), (False, of_trader)):
        seen = liquidation(Shown(running, ACCOUNT, NOW + timedelta(seconds=3), may_hold), ENGLISH)
        labels = [b.text for row in (seen.keyboard.inline_keyboard if seen.keyboard else []) for b in row]
        assert labels == expected.get(state, [])
        assert " · Tara 1" in plain(seen).splitlines()[0]
    if state is LiquidationState.COUNTING:
        assert "it begins in 7 s" in plain(seen)
        assert 'format="r"' in seen.text


def snapshot(count: int) -> MT5AccountSnapshot:
    state = MT5AccountState(
        1, "S", "N", "USD", 100, 0, 2, False, LONG, LONG, LONG, LONG, LONG, LONG,
        True, True, True, False, 1, 1, NOW,
    )  # fmt: skip
    one = MT5Position(
        1, 1, "EURUSD" * 8, Side.BUY, LONG, LONG, LONG, None, None, LONG, LONG, 1, "", NOW, NOW, 0
    )
    return MT5AccountSnapshot(state, (one,) * count, ())


def test_the_longest_lists_fit_a_message() -> None:
    held = snapshot(60)
    account = replace(ACCOUNT, label=HTML)
    wide = signal(source_name=HTML, instrument="W" * 64, entry=LONG)
    exposure = Exposure(tuple((account, position) for position in held.positions), LONG)
    for seen in (
        positions([Book(account, held)] * 30),
        question(exposure, NOW),
        signals([Listed(wide, [approval(), approval()])] * 10),
        consent(HTML, ENGLISH),
    ):
        assert units(plain(seen)) <= TEXT_LIMIT


def test_the_question_of_closeall_restates_the_numbers() -> None:
    one = replace(snapshot(1).positions[0], symbol="EURUSD", volume=Decimal("0.10"), profit=Decimal("-3.5"))
    seen = question(Exposure(((ACCOUNT, one),), Decimal("-3.5")), NOW)
    assert plain(seen).startswith(
        "Close 1 position with a result of -3.50?\n\n• EURUSD BUY 0.10 lots -3.50 · Tara 1"
    )
    assert seen.keyboard is not None
    assert seen.keyboard.inline_keyboard[0][0].text == "Close 1 position"


def test_the_question_of_closeall_names_orders_and_what_it_cannot_see() -> None:
    seen = plain(question(Exposure((), Decimal(0), orders=2, silent=(ACCOUNT,)), NOW))
    assert "and cancel 2 pending orders?" in seen
    assert "Cannot be read now, and is not in this list: Tara 1." in seen


def test_every_button_fits_into_64_bytes() -> None:
    top, lock = UUID(int=2**128 - 1), 2**63 - 1
    for data in (
        CardTap(act=CardAct.APPROVE, approval=top, version=2**31),
        RejectTap(reason=RejectReason.SETUP, approval=top, version=2**31),
        LiquidationTap(act=LiquidationAct.NOW, liquidation=lock),
        ConsentTap(version=2**31),
        CloseAllTap(act=CloseAllAct.CLOSE, until=2**40),
        UnlockTap(lock=lock),
    ):
        assert len(data.pack().encode()) <= 64
        assert type(data).unpack(data.pack()) == data


@pytest.mark.parametrize(
    ("text", "limit", "kept"),
    [
        ("hello", 5, "hello"),
        ("hello!", 5, "hell…"),
        ("😀😀😀", 6, "😀😀😀"),
        ("😀😀😀", 5, "😀😀…"),
        ("😀😀😀", 4, "😀…"),
    ],
)
def test_cutting_counts_as_telegram_does(text: str, limit: int, kept: str) -> None:
    assert clip(text, limit) == kept
    assert units(kept) <= limit

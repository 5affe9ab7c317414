"""Cards in every state and language, also at the longest values: a caption has 1,024 characters."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from bot.buttons.cards import (
    CardAct,
    CardTap,
    ChartTap,
    RejectReason,
    RejectTap,
    SizeTap,
    StandingAct,
    StandingTap,
    Timeframe,
)
from bot.views.cards.buttons import REASONS, levels_to_copy, reason_buttons
from bot.views.cards.card import BADGES, Card, card, chart_levels
from bot.views.cards.details import details
from bot.views.cards.outcome import Outcome
from bot.views.markup import Rendered
from bot.views.standing import (
    Named,
    accepted,
    choose_source,
    consent_view,
    draft_view,
    dropped,
    open_button,
    revoked,
    standing_list,
)
from core.model.accounts import RiskPolicy
from core.model.approvals import ApprovalState, SizedBy
from core.model.instruments import Side
from core.model.mt5 import MT5AccountState
from core.model.risk import Measure
from core.model.signals import OrderKind, TrackRecord
from core.model.standing import StandingApproval
from core.model.trades import CloseReason, IntentState, TradeState
from core.trading.details import Details, Left, Level
from core.trading.splitting import Leg, Split
from tests.bot.cards.cardsamples import (
    ACCOUNT,
    HTML,
    LONG,
    NOW,
    SOURCE,
    approval,
    intent,
    plain,
    shown,
    signal,
    trade,
    units,
)
from tests.bot.snapshots import READERS, check_shown
from tests.bot.wording import ENGLISH

D = Decimal
PIP = D("0.0001")
SIZED: dict[str, Any] = {"lots": D("0.33"), "risk": D("99.00"), "sized_by": SizedBy.PERCENT}
RECORD = TrackRecord(30, 20, D("0.4"))
NOTE = {"note": "London  open\nbreakout"}
WHY = "Tara's paper is paused by Adam: lunch"

OPEN: dict[str, Card] = {
    "full": shown(
        approval=approval(**SIZED, margin=D("1185.28")),
        signal=signal(entry_zone=(D("1.0840"), D("1.0855")), **NOTE),
        record=RECORD,
    ),
    "unsized": shown(kind="", record=TrackRecord(4, 4)),
    "doubled": shown(approval=approval(**SIZED | {"sized_by": SizedBy.MAX_LOTS}, factor=D(2))),
    "fixed": shown(approval=approval(**SIZED | {"sized_by": SizedBy.FIXED, "risk": D(0)}, factor=D("0.5"))),
    "refused": shown(approval=approval(**SIZED, refusal=WHY, refused_at=NOW)),
    "obstructed": shown(approval=approval(**SIZED, refusal=WHY, refused_at=NOW, obstacle=WHY)),
    "not taken": shown(approval=approval(**SIZED, standing_id=3, standing_note="Its 7 days are over.")),
    "split": shown(
        approval=approval(**SIZED),
        split=Split((Leg(D("0.17"), D("1.08900")), Leg(D("0.16"), D("1.09300")))),
        signal=signal(take_profits=(D("1.08900"), D("1.09300"), D("1.10"))),
    ),
}


@pytest.mark.parametrize("name", OPEN)
def test_an_open_card(name: str) -> None:
    check_shown(f"card-{name.replace(' ', '-')}", lambda words: card(OPEN[name], words), caption=True)


def test_an_open_card_reads_so() -> None:
    seen = card(OPEN["full"], ENGLISH)
    assert plain(seen) == (
        "📄\u00a0PAPER\n"
        "🟢 BUY EURUSD\n\n"
        "Entry 1.08500 (zone 1.0840 – 1.0855)\n"
        "Stop 1.08200\n"
        "Targets 1.08900 · 1.09300\n"
        "Reward to risk 1.33\n\n"
        "Size 0.33 lots, 99.00\u00a0USD at risk, margin 1,185.28\u00a0USD\n"
        "1\u00a0% of equity\n"
        "Account Tara 1\n"
        "Source momentum · 67\u00a0% of 30 won · slippage +0.4 pips\n\n"
        "London open breakout\n\n"
        "⏳ Expires 03:15:00 UTC"
    )
    assert f'<tg-time unix="{int((NOW + timedelta(minutes=15)).timestamp())}" format="r">' in seen.text
    assert labels(seen) == [
        "✅ Approve",
        "✖️ Reject",
        "½ size",
        "2× size",
        "ℹ️ Details",
        *(str(each) for each in Timeframe),
    ]
    assert seen.keyboard is not None
    [approve, reject] = seen.keyboard.inline_keyboard[0]
    assert (approve.style, reject.style) == ("success", "danger")


def labels(rendered: Rendered) -> list[str]:
    rows = rendered.keyboard.inline_keyboard if rendered.keyboard else []
    return [button.text for row in rows for button in row]


def test_what_is_known_to_be_refused_is_not_offered_and_told_once() -> None:
    seen = card(OPEN["obstructed"], ENGLISH)
    assert plain(seen).count("is paused by Adam: lunch") == 1
    assert "Approve comes back when this is over." in plain(seen)
    assert labels(seen)[:3] == ["🔄 Check again", "✖️ Reject", "ℹ️ Details"]


def test_a_smaller_size_is_offered_where_it_would_do() -> None:
    lots = "0.10 of 0.15 lots are open, and this signal wants 0.10 more."
    cards = [approval(**SIZED, factor=factor, obstacle=lots) for factor in (D("0.5"), D(1), D(2))]
    offered = [labels(card(shown(approval=one, smaller=True), ENGLISH))[2:-5] for one in cards]
    assert offered == [[], ["½ size"], ["½ size", "1× size"]]
    charted = replace(cards[2], chart="M15")
    check_shown(
        "card-smaller", lambda words: card(shown(approval=charted, smaller=True), words), caption=True
    )


def test_the_sizes_that_are_offered_are_the_others() -> None:
    offered = {
        factor: labels(card(shown(approval=approval(**SIZED, factor=factor)), ENGLISH))[2:4]
        for factor in (D("0.5"), D(1), D(2))
    }
    assert offered == {
        D("0.5"): ["1× size", "2× size"],
        D(1): ["½ size", "2× size"],
        D(2): ["½ size", "1× size"],
    }


STATES = {
    ApprovalState.REJECTED: "✖️ Rejected: Too late",
    ApprovalState.EXPIRED: "⌛ Expired without a decision",
    ApprovalState.WITHDRAWN: "↩️ Withdrawn by its source",
    ApprovalState.APPROVED: "✅ Approved",
}


@pytest.mark.parametrize("state", STATES)
def test_a_decided_card_has_no_buttons(state: ApprovalState) -> None:
    reason = "Too late" if state is ApprovalState.REJECTED else None
    seen = card(shown(approval=approval(state=state, reason=reason)), ENGLISH)
    assert plain(seen).endswith(STATES[state])
    assert seen.keyboard is None


@pytest.mark.parametrize(
    "why", ["Its trader may not trade here any more.", "The account is not linked any more."]
)
def test_a_withdrawn_card_says_why(why: str) -> None:
    name = f"card-withdrawn-{why.split()[1]}"
    withdrawn = approval(state=ApprovalState.WITHDRAWN, reason=why)
    check_shown(name, lambda words: card(shown(approval=withdrawn), words), caption=True)


@pytest.mark.parametrize("reason", [*REASONS.values(), "my own <b>words</b>", None])
def test_a_rejected_card(reason: str | None) -> None:
    name = f"card-rejected-{reason or 'bare'}".replace(" ", "-").replace("'", "").split("<")[0].strip("-")
    rejected = approval(state=ApprovalState.REJECTED, reason=reason)
    check_shown(name, lambda words: card(shown(approval=rejected), words), caption=True)


APPROVED = {"state": ApprovalState.APPROVED, **SIZED}
ENDED = trade(
    state=TradeState.CLOSED,
    closed_at=NOW + timedelta(hours=2, minutes=5),
    close_price=D("1.08200"),
    close_reason=CloseReason.STOP_LOSS,
    profit=D("-1102.96"),
)
MARGIN: dict[str, Any] = {"margin": D("115.8"), "margin_free": D("9876.00")}


def test_the_fate_of_an_order() -> None:
    """All of it in one file: state by state."""

    def all_states(words: Any) -> Rendered:
        said = [plain(card(decided(state), words)).rsplit("\n\n", 1)[-1] for state in IntentState]
        return Rendered("\n\n".join(said))

    def decided(state: IntentState) -> Card:
        volume = D("0.10") if state is IntentState.PARTIAL else D("0.33")
        order = intent(state, filled_volume=volume, detail="not enough money", order_expires_at=NOW, **MARGIN)
        return shown(approval=approval(**APPROVED), outcome=Outcome(order, None, PIP))

    check_shown("outcome-states", all_states)


def test_a_closed_trade_shows_its_result_and_how_long_it_took() -> None:
    closed = shown(approval=approval(**APPROVED), outcome=Outcome(intent(), ENDED, PIP))
    check_shown("outcome-closed", lambda words: card(closed, words), caption=True)
    seen = plain(card(closed, ENGLISH))
    assert seen.replace("\u00a0", " ").endswith(
        "🏁 Closed at 1.08200 by its stop loss, 05:05:00 UTC, after 2 h 5 min. Result −1,102.96 USD"
    )


def test_slippage_is_worse_when_positive_for_either_side() -> None:
    sold = intent(side=Side.SELL, filled_price=D("1.08512"))
    seen = card(shown(approval=approval(**APPROVED), outcome=Outcome(sold, None, PIP)), ENGLISH)
    assert "slippage −1.2 pips" in plain(seen)
    unknown = card(shown(approval=approval(**APPROVED), outcome=Outcome(sold)), ENGLISH)
    assert "(slippage −0.00012)" in plain(unknown)


def test_what_can_be_taken_back_says_when_it_is_sent() -> None:
    waiting = approval(**APPROVED, undo_until=NOW + timedelta(seconds=8), standing_id=3)
    card_ = shown(approval=waiting, outcome=Outcome(intent(IntentState.NEW)), now=NOW)
    check_shown("card-undo", lambda words: card(card_, words), caption=True)
    assert labels(card(card_, ENGLISH)) == ["↩️ Undo"]
    for over in (
        replace(card_, now=NOW + timedelta(seconds=8)),
        replace(card_, outcome=Outcome(intent(IntentState.SENDING))),
        replace(card_, outcome=Outcome(intent(IntentState.NEW, sent_at=NOW))),
    ):
        assert labels(card(over, ENGLISH)) == []
        assert "Approved, sending the order …" in plain(card(over, ENGLISH))


@pytest.mark.parametrize("kind", [*BADGES, ""])
def test_the_badge_says_whose_money_it_is(kind: str) -> None:
    badge = BADGES.get(kind, "⚪ ACCOUNT NOT READ YET")
    assert plain(card(shown(kind=kind), ENGLISH)).startswith(badge)


WIDEST = signal(
    instrument="W" * 64,
    kind=OrderKind.LIMIT,
    entry=LONG,
    entry_zone=(LONG, LONG),
    stop_loss=LONG,
    take_profits=(LONG,) * 5,
    source_name="S😀" * 60,
    note=HTML,
)
LARGE = replace(ACCOUNT, label=HTML, policy=RiskPolicy(max_lots=LONG, risk_percent=LONG))
BROAD: dict[str, Any] = {"lots": LONG, "risk": LONG, "margin": LONG, "sized_by": SizedBy.MAX_LOTS}


@pytest.mark.parametrize("reader", READERS, ids=lambda words: words.language)
@pytest.mark.parametrize("by", SizedBy)
def test_the_longest_open_card_fits_a_caption(reader: Any, by: SizedBy) -> None:
    told: dict[str, Any] = {"obstacle": HTML, "standing_id": 2**31, "standing_note": HTML}
    sized = BROAD | {"sized_by": by, "factor": D("0.5")}
    longest = Card(
        approval(**sized, **told),
        WIDEST,
        LARGE,
        "CONTEST",
        "USDTUSDT",
        record=TrackRecord(30, 30, LONG),
        split=Split(tuple(Leg(LONG, LONG) for _ in range(5))),
    )
    for each in (longest, replace(longest, approval=approval(**sized, refusal=HTML, refused_at=NOW))):
        assert units(plain(card(each, reader))) <= 1024


@pytest.mark.parametrize("reader", READERS, ids=lambda words: words.language)
@pytest.mark.parametrize("state", IntentState)
def test_the_longest_decided_card_fits_a_caption(reader: Any, state: IntentState) -> None:
    ended = replace(ENDED, close_price=LONG, profit=-LONG, close_reason=CloseReason.UNEXPLAINED)
    order = intent(state, detail=HTML, filled_price=LONG, volume=LONG, **MARGIN)
    approved = approval(state=ApprovalState.APPROVED, standing_id=2**31, factor=D("0.5"), **BROAD)
    longest = Card(approved, WIDEST, LARGE, "CONTEST", "USDTUSDT", Outcome(order, ended, D("0.01")))
    assert units(plain(card(longest, reader))) <= 1024


def test_a_note_gives_way_to_what_matters() -> None:
    wordy = signal(note="word " * 100)
    short = plain(card(shown(signal=wordy), ENGLISH))
    assert "word word" in short
    crowded = replace(
        shown(approval=approval(**BROAD, obstacle=HTML)), signal=replace(WIDEST, note="word " * 99)
    )
    full = card(replace(crowded, split=Split(tuple(Leg(LONG, LONG) for _ in range(5)))), ENGLISH)
    assert units(plain(full)) <= 1024
    assert "Expires" in plain(full)


def test_the_rejection_offers_reasons_own_words_and_a_way_back() -> None:
    check_shown(
        "card-reasons", lambda words: Rendered(words("card-ask-reason"), reason_buttons(approval(), words))
    )
    rows = reason_buttons(approval(), ENGLISH).inline_keyboard
    assert [row[0].text for row in rows] == [*REASONS.values(), "Other …", "‹ Back"]


def test_the_chart_shows_every_level() -> None:
    assert list(chart_levels(signal())) == ["Entry", "SL", "TP1", "TP2"]
    assert list(chart_levels(signal(stop_loss=None, take_profits=()))) == ["Entry"]


def test_levels_are_copied_as_a_terminal_takes_them() -> None:
    assert levels_to_copy(signal()) == "BUY EURUSD 1.08500\nSL 1.08200\nTP1 1.08900\nTP2 1.09300"
    assert len(levels_to_copy(WIDEST)) <= 256


def state(money: Decimal) -> MT5AccountState:
    return MT5AccountState(
        1, "S", "N", "USD", 100, 0, 2, False, money, D(0), money, D(0), D(0), money,
        True, True, True, False, 1, 1, NOW,
    )  # fmt: skip


DETAILS = Details(
    account=state(D("10000")),
    entry=D("1.08505"),
    spread_pips=D("0.9"),
    spread_cost=D("2.97"),
    levels=(
        Level("SL", D("1.08200"), D("-30.5"), D("-100.65")),
        Level("TP1", D("1.08900"), D("39.5"), D("130.35")),
    ),
    lots=D("0.33"),
    margin=D("358.07"),
    open_risk=D("120.00"),
    most_percent=D("10"),
    bare=2,
    left=Left(Measure.DRAWDOWN, D("3.20"), D("20"), D("1680")),
)


@pytest.mark.parametrize("name", ["full", "bare", "longest"])
def test_details(name: str) -> None:
    unknown = replace(DETAILS, lots=None, margin=None, spread_cost=None, bare=0, left=None)
    longest = replace(
        DETAILS,
        account=state(LONG),
        entry=LONG,
        levels=tuple(Level(f"TP{n}", LONG, LONG, LONG) for n in range(6)),
        lots=LONG,
        margin=LONG,
        left=Left(Measure.DAILY, LONG, LONG, LONG),
    )
    about = {
        "full": (DETAILS, signal()),
        "bare": (replace(unknown, levels=(Level("SL", D("1.082"), D("-30.5"), None),)), signal()),
        "longest": (longest, WIDEST),
    }
    found, of = about[name]
    check_shown(
        f"details-{name}",
        lambda words: details(found, approval(), of, open_button(approval().id, words), words),
        caption=True,
    )


STANDING = StandingApproval(
    id=3,
    person_id=ACCOUNT.person_id,
    account_id=ACCOUNT.id,
    source_id=SOURCE.id,
    version=2,
    max_lots=D("0.10"),
    max_per_day=3,
    max_open_risk_percent=D(2),
    days=7,
    created_at=NOW,
    accepted_at=NOW,
    expires_at=NOW + timedelta(days=7),
)
NAMED = Named(STANDING, "Tara 1", "momentum", taken=1)
WIDE = Named(replace(STANDING, max_lots=LONG), HTML, HTML, taken=1)

STANDING_VIEWS: dict[str, Any] = {
    "list": lambda words: standing_list([NAMED], words),
    "none": lambda words: standing_list([], words),
    "choose": lambda words: choose_source([SOURCE], words),
    "no-source": lambda words: choose_source([], words),
    "draft": lambda words: draft_view(NAMED, words),
    "consent": lambda words: consent_view(NAMED, words),
    "accepted": lambda words: accepted(NAMED, words),
    "revoked": lambda words: revoked(3, words),
    "dropped": dropped,
    "longest": lambda words: standing_list([WIDE] * 12, words),
    "longest-consent": lambda words: consent_view(WIDE, words),
}


@pytest.mark.parametrize("name", STANDING_VIEWS)
def test_standing_approvals(name: str) -> None:
    check_shown(f"standing-{name}", STANDING_VIEWS[name])


def test_every_button_of_a_card_fits_into_64_bytes() -> None:
    top = UUID(int=2**128 - 1)
    for data in (
        CardTap(act=CardAct.APPROVE, approval=top, version=2**31),
        RejectTap(reason=RejectReason.OTHER, approval=top, version=2**31),
        SizeTap(factor=D("0.5"), approval=top, version=2**31),
        ChartTap(timeframe=Timeframe.M15, approval=top),
        StandingTap(act=StandingAct.SOURCE, of=top),
        StandingTap(act=StandingAct.ACCEPT, number=2**40, version=2**31, consent=2**31),
    ):
        assert len(data.pack().encode()) <= 64
        assert type(data).unpack(data.pack()) == data

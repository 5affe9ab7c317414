"""The words of divergences: every kind in every state, at its longest, whatever the broker calls things."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import partial
from itertools import product
from uuid import UUID

import pytest

from bot.buttons.divergences import DivergenceAct, DivergenceTap
from bot.sandbox.html_text import parse_html
from bot.views.divergences import message as views
from bot.views.divergences.message import Told
from bot.views.divergences.sentences import CANDIDATES
from bot.views.markup import Rendered
from bot.words.html import CAPTION_LIMIT
from core.model.accounts import Account, TerminalKind
from core.model.divergences import Decision, Divergence, DivergenceKind, LogRow
from core.model.ids import AccountId, PersonId, TradeId
from core.model.instruments import Side
from core.model.trades import CloseReason, Trade, TradeState
from tests.bot.snapshots import READERS, check_shown
from tests.bot.wording import ENGLISH

NOW = datetime(2026, 11, 20, 12, 3, 11, tzinfo=UTC)
LATER = NOW + timedelta(minutes=2)
divergence = partial(views.divergence, words=ENGLISH)
looked_again = partial(views.looked_again, words=ENGLISH)
write_off_question = partial(views.write_off_question, until=LATER, words=ENGLISH)
NUMBER = UUID(int=7)
ACCOUNT = Account(AccountId(NUMBER), PersonId(NUMBER), "Tara 1", TerminalKind.PAPER, "", 1001, "Paper-Demo")
HTML = "<b>&\"'" * 200
TOP = 2**63 - 1
D = Decimal
K = DivergenceKind

HELD = {"side": "buy", "volume": "0.50"}
TWO = {"70": "0.10 at 1.10000, 12:00:03 UTC", "71": "0.10 at 1.10002, 12:00:09 UTC"}
FOUND = {
    K.SLIPPAGE: (D("7.2"), "pips", {**HELD, "expected": "1.08650", "filled": "1.08722"}),
    K.VOLUME: (D("-40"), "%", {**HELD, "expected": "0.50", "held": "0.30"}),
    K.STOPS: (D(0), "pips", {**HELD, "stop_expected": "1.08350", "stop_held": "none"}),
    K.UNMATCHED: (
        D("0.10"), "lots",
        {"side": "sell", "price": "1.08712", "by": "mobile", "stop": "1.09000", "target": "none"},
    ),
    K.CLOSED: (D("0.50"), "lots", {"side": "buy", "price": "1.08300", "reason": "stop_loss", "profit": "-9"}),
    K.MISSING: (D("0.50"), "lots", {"side": "buy", "price": "1.08650"}),
    K.AMBIGUOUS: (
        D(2), "positions",
        {"side": "buy", "volume": "0.10", "price": "1.10000", "candidates": "70, 71", **TWO},
    ),
}  # fmt: skip
DECIDABLE = [kind for kind in K if kind is not K.CLOSED]


def a_row(kind: DivergenceKind, **changes: object) -> LogRow:
    size, unit, facts = FOUND[kind]
    found = Divergence(ACCOUNT.id, kind, 70, "EURUSD", size, unit, facts, TradeId(NUMBER))
    return replace(LogRow(5, found, NOW), **changes)  # type: ignore[arg-type]


def with_facts(kind: DivergenceKind, size: str = "", **facts: str) -> LogRow:
    row = a_row(kind)
    kept = {name: value for name, value in row.divergence.facts.items() if name not in facts}
    wanted = D(size) if size else row.divergence.size
    return replace(row, divergence=replace(row.divergence, size=wanted, facts={**kept, **facts}))


def decided(kind: DivergenceKind, decision: Decision, ended_at: datetime | None = None) -> LogRow:
    by = PersonId(UUID(int=9))
    return a_row(kind, decision=decision, decided_at=NOW, decided_by=by, ended_at=ended_at)


def a_trade(**changes: object) -> Trade:
    made = Trade(
        TradeId(NUMBER), ACCOUNT.id, None, None, 71, "EURUSD", Side.BUY, D("0.50"),
        D("1.08650"), D("1.08650"), None, None, NOW,
    )  # fmt: skip
    return replace(made, **changes)  # type: ignore[arg-type]


def stopped_out() -> Trade:
    return a_trade(
        state=TradeState.CLOSED, close_reason=CloseReason.STOP_LOSS, close_price=D("1.08300"), closed_at=NOW
    )


def told(row: LogRow, **changes: object) -> Told:
    return replace(Told(row, ACCOUNT, "PAPER", "Tom", a_trade()), **changes)  # type: ignore[arg-type]


def plain(rendered: Rendered) -> str:
    """The text as a person reads it, by the sandbox's parser, which refuses what Telegram refuses."""
    return parse_html(rendered.text)[0]


def labels(rendered: Rendered) -> list[str]:
    rows = rendered.keyboard.inline_keyboard if rendered.keyboard else []
    return [button.text for row in rows for button in row]


def sentence(row: LogRow) -> str:
    return plain(divergence(told(row))).split("\n\n")[1]


def ending(row: LogRow, **changes: object) -> str:
    """The last line."""
    return plain(divergence(told(row, **changes))).rsplit("\n", 1)[-1]


# Sentences

MESSAGES = {
    K.SLIPPAGE: (
        "⚠️ Slippage · Tara 1 · 📄\u00a0PAPER\n\n"
        "The buy of 0.50 EURUSD cost 7.2 pips more than expected: 1.08722 instead of 1.08650.\n\n"
        "The trade goes on, and the desk does nothing about it. Accept: nobody has to look at it any more.",
        ["Accept"],
    ),
    K.VOLUME: (
        "⚠️ Volume differs · Tara 1 · 📄\u00a0PAPER\n\n"
        "0.30 of 0.50 EURUSD are left: 0.20 were closed, and no deal tells by whom.\n\n"
        "The desk trades nothing by itself. Accept: it expects the volume that is held.",
        ["Accept"],
    ),
    K.STOPS: (
        "⚠️ Stops changed · Tara 1 · 📄\u00a0PAPER\n\n"
        "EURUSD buy 0.50: the stop was removed in the terminal. The desk expects a stop at 1.08350.\n\n"
        "The desk undoes nothing by itself. Accept: it expects what is held."
        " Restore: it sets its own levels again.",
        ["Accept", "Restore"],
    ),
    K.UNMATCHED: (
        "⚠️ Not opened by the desk · Tara 1 · 📄\u00a0PAPER\n\n"
        "A sell of 0.10 EURUSD at 1.08712 was opened by hand (phone); no signal explains it.\n"
        "Its stop: 1.09000, its target: none.\n\n"
        "The desk leaves it alone. Adopt: it is watched as it stands, like a trade of the desk."
        " Ignore: it stays as it is, and nobody has to look at it any more.",
        ["Adopt", "Ignore"],
    ),
    K.MISSING: (
        "🚨 A position is missing · Tara 1 · 📄\u00a0PAPER\n\n"
        "The buy of 0.50 EURUSD at 1.08650 is gone: the broker shows neither the position nor a deal"
        " that closed it.\n\n"
        "The desk neither opens nor closes anything by itself, and looks again at every cycle."
        " Write off: the trade counts as closed, without a result.",
        ["Check again", "Write off"],
    ),
    K.AMBIGUOUS: (
        "⚠️ Which position is it? · Tara 1 · 📄\u00a0PAPER\n\n"
        "The desk's buy of 0.10 EURUSD at 1.10000 cannot be told by its number; 2 positions fit it:\n"
        "• #70: 0.10 at 1.10000, 12:00:03 UTC\n"
        "• #71: 0.10 at 1.10002, 12:00:09 UTC\n\n"
        "The desk pairs nothing by itself. Tap the position that is this trade's.",
        ["#70 · 0.10 at 1.10000, 12:00:03 UTC", "#71 · 0.10 at 1.10002, 12:00:09 UTC"],
    ),
}


@pytest.mark.parametrize("kind", MESSAGES)
def test_each_kind_is_a_sentence_with_numbers_and_the_buttons_that_fit(kind: DivergenceKind) -> None:
    text, buttons = MESSAGES[kind]
    seen = divergence(told(a_row(kind)))
    assert (plain(seen), labels(seen)) == (text, buttons)


@pytest.mark.parametrize(
    ("side", "size", "words"),
    [
        ("buy", "7.2", "cost 7.2 pips more than expected"),
        ("buy", "-7.2", "cost 7.2 pips less than expected"),
        ("sell", "7.2", "brought 7.2 pips less than expected"),
        ("sell", "-7.2", "brought 7.2 pips more than expected"),
    ],
)
def test_slippage_says_who_gains_by_it(side: str, size: str, words: str) -> None:
    assert f"The {side} of 0.50 EURUSD {words}" in sentence(with_facts(K.SLIPPAGE, size, side=side))


def test_another_volume_says_by_whom_and_with_what_result() -> None:
    deal = {"price": "1.0871", "profit": "12.40", "currency": "USD"}
    assert sentence(with_facts(K.VOLUME, by="desktop", **deal)) == (
        "0.30 of 0.50 EURUSD are left: 0.20 were closed by hand in the desktop terminal at 1.0871,"
        " result +12.40 USD."
    )
    deal |= {"profit": "-3.10", "held": "0.70"}
    assert sentence(with_facts(K.VOLUME, by="other_program", **deal)) == (
        "0.70 are held instead of 0.50 EURUSD: 0.20 were added by another program at 1.0871,"
        " result -3.10 USD."
    )


def test_levels_are_told_as_they_were_changed() -> None:
    moved = with_facts(K.STOPS, "25.0", stop_held="1.08100")
    assert sentence(moved) == (
        "EURUSD buy 0.50: the stop was moved by 25.0 pips to 1.08100 in the terminal."
        " The desk expects a stop at 1.08350."
    )
    both = with_facts(K.STOPS, "25.0", stop_held="1.08100", target_expected="none", target_held="1.09")
    assert sentence(both) == (
        "EURUSD buy 0.50: the stop was moved to 1.08100 and a target was set at 1.09 in the terminal."
        " The desk expects a stop at 1.08350 and no target."
    )


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({"by": "desktop"}, "by hand (desktop terminal); no signal"),
        ({"by": "web"}, "by hand (web terminal); no signal"),
        ({"by": "program", "magic": "4711"}, "by another program (magic 4711); no signal"),
    ],
)
def test_a_stranger_says_whose_it_is(facts: dict[str, str], words: str) -> None:
    assert words in sentence(with_facts(K.UNMATCHED, **facts))


def test_one_position_that_fits_two_trades() -> None:
    assert "1 position fits it, and another trade too:" in sentence(with_facts(K.AMBIGUOUS, candidates="70"))


def test_more_candidates_than_buttons_are_counted() -> None:
    seen = divergence(told(with_facts(K.AMBIGUOUS, candidates=", ".join(map(str, range(70, 79))))))
    assert len(labels(seen)) == CANDIDATES
    assert "… and 3 more" in plain(seen)


# What has become of it

PAST = {
    K.SLIPPAGE: "cost 7.2 pips more",
    K.VOLUME: "were left: 0.20 were closed",
    K.STOPS: "The desk expected a stop at 1.08350.",
    K.UNMATCHED: "was opened by hand",
    K.MISSING: "was gone: the broker showed neither",
    K.AMBIGUOUS: "2 positions fitted it",
    K.CLOSED: "0.50 EURUSD were closed by its stop loss at 1.08300, result -9",
}


@pytest.mark.parametrize("kind", K)
def test_what_is_over_is_told_in_the_past_and_has_no_buttons(kind: DivergenceKind) -> None:
    seen = divergence(told(a_row(kind, ended_at=LATER)))
    assert plain(seen).startswith("☑️ ")
    assert PAST[kind] in plain(seen)
    assert "\nOver since 12:05:11 UTC: " in plain(seen)
    assert labels(seen) == []


AS_EXPECTED = "what is held is what the desk expects again."
ENDINGS = {
    K.SLIPPAGE: "the fill is within what is tolerated.",
    K.VOLUME: AS_EXPECTED,
    K.STOPS: AS_EXPECTED,
    K.UNMATCHED: "a trade of the desk explains it.",
    K.MISSING: "the position is there again.",
    K.AMBIGUOUS: "it is clear which position it is.",
}


@pytest.mark.parametrize("kind", DECIDABLE)
def test_the_end_says_how(kind: DivergenceKind) -> None:
    over = a_row(kind, ended_at=LATER)
    assert ending(over) == f"Over since 12:05:11 UTC: {ENDINGS[kind]}"
    closed = "Over since 12:05:11 UTC: the position was closed by its stop loss at 1.08300."
    assert ending(over, trade=stopped_out()) == closed
    assert ending(over, followed=True).endswith("differs in another way now, which has a message of its own.")


def test_a_stranger_that_is_gone_without_a_trade() -> None:
    assert ending(a_row(K.UNMATCHED, ended_at=LATER), trade=None).endswith(
        "the position is not open any more."
    )


DECIDED = [
    (
        K.UNMATCHED, Decision.ADOPTED, NOW,
        "Adopted by Tom, 12:03:11 UTC: the desk watches it as it stood then.",
    ),
    (K.UNMATCHED, Decision.IGNORED, None, "Ignored by Tom, 12:03:11 UTC: the desk leaves it alone."),
    (K.STOPS, Decision.ACCEPTED, NOW, "Accepted by Tom, 12:03:11 UTC: the desk expects what is held."),
    (K.VOLUME, Decision.ACCEPTED, NOW, "Accepted by Tom, 12:03:11 UTC: the desk expects what is held."),
    (K.SLIPPAGE, Decision.ACCEPTED, None, "Accepted by Tom, 12:03:11 UTC."),
    (K.AMBIGUOUS, Decision.CHOSEN, None, "Chosen by Tom, 12:03:11 UTC: it is position #71."),
    (
        K.MISSING, Decision.WRITTEN_OFF, NOW,
        "Written off by Tom, 12:03:11 UTC: the trade is closed, unexplained and without a result.",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "decision", "ended_at", "words"), DECIDED)
def test_a_decision_takes_the_place_of_the_buttons(
    kind: DivergenceKind, decision: Decision, ended_at: datetime | None, words: str
) -> None:
    row = decided(kind, decision, ended_at)
    seen = divergence(told(row))
    assert ending(row) == words
    assert labels(seen) == []
    assert "by somebody, 12:03:11 UTC" in plain(divergence(told(row, decider="")))


def test_what_lasted_after_its_decision_tells_its_end_too() -> None:
    row = decided(K.UNMATCHED, Decision.IGNORED, LATER)
    assert plain(divergence(told(row, trade=None))).endswith(
        "Ignored by Tom, 12:03:11 UTC: the desk leaves it alone.\n"
        "Over since 12:05:11 UTC: the position is not open any more."
    )


def test_restoring_can_be_asked_again_until_it_is_done() -> None:
    asked = divergence(told(decided(K.STOPS, Decision.RESTORED)))
    assert labels(asked) == ["Accept", "Restore again"]
    assert "To be restored, asked by Tom, 12:03:11 UTC: the order is on its way." in plain(asked)
    assert plain(asked).startswith("⚠️ ")
    done = divergence(told(decided(K.STOPS, Decision.RESTORED, LATER)))
    assert labels(done) == []
    assert plain(done).endswith(
        f"To be restored, asked by Tom, 12:03:11 UTC.\nOver since 12:05:11 UTC: {AS_EXPECTED}"
    )


@pytest.mark.parametrize("kind", DECIDABLE)
def test_who_may_not_decide_has_no_buttons(kind: DivergenceKind) -> None:
    assert labels(divergence(told(a_row(kind), may_decide=False))) == []


def test_a_write_off_is_asked_with_its_numbers() -> None:
    seen = write_off_question(told(a_row(K.MISSING)))
    assert "The buy of 0.50 EURUSD at 1.08650 is gone" in plain(seen)
    assert "Write off 0.50 EURUSD? The trade then counts as closed, unexplained" in plain(seen)
    assert labels(seen) == ["Write off 0.50 EURUSD", "‹ Back"]


def test_another_look_tells_what_it_saw() -> None:
    assert plain(looked_again(told(a_row(K.MISSING)))) == (
        "Looked again: the broker still shows neither the position nor a deal that closed it."
    )
    gone = told(a_row(K.MISSING, ended_at=NOW), trade=stopped_out())
    assert plain(looked_again(gone)) == "Looked again: the position was closed by its stop loss at 1.08300."


# Languages


@pytest.mark.parametrize("kind", K)
def test_each_kind_in_each_language(kind: DivergenceKind) -> None:
    check_shown(f"divergence-{kind}", lambda words: views.divergence(told(a_row(kind)), words))
    over = told(a_row(kind, ended_at=LATER), trade=None)
    check_shown(f"divergence-{kind}-over", lambda words: views.divergence(over, words))


@pytest.mark.parametrize("decision", Decision)
def test_each_decision_in_each_language(decision: Decision) -> None:
    row = told(decided(K.STOPS, decision))
    check_shown(f"divergence-{decision}", lambda words: views.divergence(row, words))


def test_a_write_off_in_each_language() -> None:
    row = told(a_row(K.MISSING))
    check_shown("divergence-write-off", lambda words: views.write_off_question(row, LATER, words))


# Limits


def longest(kind: DivergenceKind) -> LogRow:
    """A row of which every text is hostile and far too long."""
    row = a_row(kind)
    numbers = [str(TOP - number) for number in range(20)]
    given = set(row.divergence.facts) - {"expected", "held", "candidates"}
    facts = dict.fromkeys({*given, "magic", "target_expected", "target_held", "by", *numbers}, HTML)
    facts |= {"expected": "1234567.12345678", "held": "0.00000001", "candidates": ", ".join(numbers)}
    size = D("1234567.12345678")
    return replace(row, divergence=replace(row.divergence, symbol=HTML, size=size, facts=facts))


@pytest.mark.parametrize("decision", [None, *Decision])
@pytest.mark.parametrize("kind", K)
def test_the_longest_message_fits_a_caption(kind: DivergenceKind, decision: Decision | None) -> None:
    row = longest(kind)
    if decision:
        row = replace(row, decision=decision, decided_at=NOW, ended_at=LATER)
    wide = told(row, account=replace(ACCOUNT, label=HTML), decider=HTML, kind="CONTEST")
    asks = partial(views.write_off_question, until=LATER)
    shown: tuple[Callable[..., Rendered], ...] = (views.divergence, asks, views.looked_again)
    for words, view in product(READERS, shown):
        seen = view(wide, words=words)
        assert len(plain(seen).encode("utf-16-le")) // 2 <= CAPTION_LIMIT
        assert all(len(label) <= 64 for label in labels(seen))


@pytest.mark.parametrize("kind", K)
def test_what_an_older_desk_recorded_is_shown_without_its_facts(kind: DivergenceKind) -> None:
    row = a_row(kind)
    assert plain(divergence(told(replace(row, divergence=replace(row.divergence, facts={})))))


@pytest.mark.parametrize("kind", ["", "SOMETHING"])
def test_an_account_that_was_not_read_yet_has_no_badge(kind: str) -> None:
    assert plain(divergence(told(a_row(K.STOPS), kind=kind))).startswith("⚠️ Stops changed · Tara 1\n")


@pytest.mark.parametrize("act", DivergenceAct)
def test_every_button_fits_into_64_bytes(act: DivergenceAct) -> None:
    tap = DivergenceTap(act=act, row=TOP, position=TOP)
    assert len(tap.pack().encode()) <= 64
    assert DivergenceTap.unpack(tap.pack()) == tap
    without = DivergenceTap(act=act, row=TOP)
    assert DivergenceTap.unpack(without.pack()) == without

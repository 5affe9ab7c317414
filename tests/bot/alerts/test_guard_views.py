"""What people read of a drawdown, a liquidation and locks, in full."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import partial
from uuid import UUID

import pytest

from bot.sandbox.html_text import parse_html
from bot.views import liquidation as views
from bot.views.liquidation import Shown
from bot.views.markup import Rendered
from bot.words.html import price, sentence
from core.model.accounts import Account, TerminalKind
from core.model.ids import AccountId, PersonId
from core.model.instruments import Side
from core.model.mt5 import MT5AccountSnapshot, MT5AccountState, MT5Position
from core.model.risk import DrawdownState, Liquidation, LiquidationState
from tests.bot.snapshots import check_shown
from tests.bot.wording import ENGLISH

liquidation = partial(views.liquidation, words=ENGLISH)
superseded = partial(views.superseded, words=ENGLISH)
held_until = partial(views.held_until, words=ENGLISH)
D = Decimal
NOW = datetime(2026, 11, 21, 3, 0, tzinfo=UTC)
ACCOUNT = Account(AccountId(UUID(int=1)), PersonId(UUID(int=2)), "Tim <7>", TerminalKind.PAPER, "t", 7, "S")
REASON = "drawdown 20.40 % reached the limit of 20 %: equity 7,960.00, 10,000.00 at its peak"
RUNNING = Liquidation(5, ACCOUNT.id, LiquidationState.COUNTING, REASON, NOW, NOW + timedelta(seconds=10))
HELD = replace(
    RUNNING,
    state=LiquidationState.HELD,
    held_until=NOW + timedelta(minutes=15),
    held_by=PersonId(UUID(int=3)),
    hold_reason="bad <price>",
)
ONE = MT5Position(
    1, 1, "EURUSD", Side.BUY, D(1), D(1), D(1), None, None, D("-2040"), D(0), 1, "", NOW, NOW, 0
)  # fmt: skip
READ = MT5AccountSnapshot(
    MT5AccountState(
        7, "S", "N", "USD", 100, 0, 2, False, D(10_000), D(0), D(7_960), D(0), D(0), D(0),
        True, True, True, False, 1, 1, NOW,
    ),
    (ONE,),
    (),
)  # fmt: skip


GUARDED = DrawdownState(ACCOUNT.id, D(10_000), D("7_580"), NOW, D(1), NOW + timedelta(seconds=2))


def text(rendered: Rendered | str) -> str:
    """As a person reads it; non-breaking spaces are shown as tildes."""
    source = rendered.text if isinstance(rendered, Rendered) else rendered
    return parse_html(source)[0].replace("\u00a0", "~")


def seen(of: Liquidation, *, owner: bool, **changes: object) -> Shown:
    shown = Shown(of, ACCOUNT, NOW + timedelta(seconds=3), owner, "Olga", "LIVE", READ, GUARDED)
    return replace(shown, **changes)  # type: ignore[arg-type]


def test_a_countdown_says_why_what_when_and_what_one_can_do() -> None:
    common = (
        "🚨 Everything will be closed · Tim <7> · 🔴~LIVE\n"
        "Drawdown 20.40~% reached the limit of 20~%: equity 7,960.00, 10,000.00 at its peak.\n"
        "Equity 7,580.00~USD as of 03:00:02 UTC.\n"
        "Open as of 03:00:00 UTC: 1 position.\n"
        "⏳ Unless somebody acts it begins in 7 s.\n"
    )
    assert text(liquidation(seen(RUNNING, owner=True))) == (
        common + "Close now does not wait; Hold stops it for a while. New trades are locked."
    )
    assert text(liquidation(seen(RUNNING, owner=False))) == (
        common + "Close now does not wait; an owner can hold it. New trades are locked."
    )


def test_the_choice_of_a_hold_shows_how_to_write_another() -> None:
    asked = text(liquidation(seen(RUNNING, owner=True), asks_hold=True))
    assert asked.endswith("Hold it for how long, and why? Or write: /hold Tim <7> 20m …")
    assert "it begins in 7 s" in asked


def test_a_hold_says_until_when_and_what_then() -> None:
    lines = text(liquidation(seen(HELD, owner=False))).splitlines()
    assert lines[2].startswith("Equity 7,580.00~USD as of 03:00:02 UTC.")
    assert lines[4:] == [
        "By Olga: bad <price>. The hold ends 03:15:00 UTC.",
        "Then: released if the drawdown has recovered, else the countdown begins again.",
        "New trades stay locked.",
    ]
    owners = text(liquidation(seen(HELD, owner=True)))
    assert owners.endswith("New trades stay locked; /unlock ends hold and lock.")
    assert text(held_until(HELD, "Tim <7>")) == "✋ Closing of Tim <7> is held. The hold ends 03:15:00 UTC."


def test_a_message_that_was_replaced_has_no_buttons_and_says_so() -> None:
    former = superseded(seen(HELD, owner=True))
    assert former.keyboard is None
    first, *_, last = text(former).splitlines()
    assert first == "✋ The hold is over · Tim <7> · 🔴~LIVE"
    assert last == "A newer message tells how it goes on."


@pytest.mark.parametrize("state", [LiquidationState.CLOSING, LiquidationState.STUCK, LiquidationState.LOCKED])
def test_what_was_open_before_is_not_shown_when_it_is_being_closed(state: LiquidationState) -> None:
    told = text(liquidation(seen(replace(RUNNING, state=state), owner=True)))
    assert ("Open" in told, "as of" in told) == (False, False)


def test_a_liquidation_of_an_account_that_was_never_read_has_its_buttons() -> None:
    unread = liquidation(seen(RUNNING, owner=True, snapshot=None, kind="", drawdown=None))
    assert text(unread).splitlines()[0] == "🚨 Everything will be closed · Tim <7>"
    assert unread.keyboard is not None


@pytest.mark.parametrize("state", LiquidationState)
def test_each_state_in_each_language(state: LiquidationState) -> None:
    it = replace(HELD, state=state)
    check_shown(f"liquidation-{state}", lambda words: views.liquidation(seen(it, owner=True), words))
    trader = seen(it, owner=False)
    check_shown(f"liquidation-{state}-trader", lambda words: views.liquidation(trader, words))


def test_the_choice_of_a_hold_in_each_language() -> None:
    asked = seen(RUNNING, owner=True)
    check_shown("liquidation-hold", lambda words: views.liquidation(asked, words, asks_hold=True))


@pytest.mark.parametrize(
    ("said", "written"), [("", ""), ("a 5 % loss", "A 5~% loss."), ("Why?", "Why?"), ("é …", "É …")]
)
def test_a_sentence_has_a_capital_and_an_end(said: str, written: str) -> None:
    assert sentence(said).replace("\u00a0", "~") == written


@pytest.mark.parametrize(
    ("shown", "like", "written"),
    [
        ("1.2097", "1.20966", "1.20970"),
        ("1.20966", "1.2", "1.20966"),
        ("1E+2", "4", "100"),
        ("4004.4", None, "4004.4"),
    ],
)
def test_a_price_has_the_digits_of_its_like(shown: str, like: str | None, written: str) -> None:
    assert text(price(D(shown), D(like) if like else None)) == written

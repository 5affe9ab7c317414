"""Views at their longest values and in every state; Telegram's own parser reads the HTML."""

from datetime import timedelta
from uuid import UUID

import pytest

from bot.buttons.cards import CardAct, CardTap, RejectReason, RejectTap
from bot.buttons.guard import LiquidationAct, LiquidationTap, UnlockTap
from bot.buttons.people import ConsentTap
from bot.buttons.positions import CloseAllAct, CloseAllTap
from bot.views.liquidation import Shown, liquidation
from bot.words.html import clip
from core.model.risk import Liquidation, LiquidationState
from tests.bot.cards.cardsamples import ACCOUNT, HTML, NOW, plain, units
from tests.bot.wording import ENGLISH


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

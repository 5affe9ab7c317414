"""Cards: delivered, decided once, brought up to date; buttons that are stale, foreign or forged."""

import asyncio
from datetime import timedelta
from uuid import uuid4

import pytest

from bot.buttons.cards import CardAct, CardTap, RejectReason, RejectTap
from bot.sandbox import SandboxClient
from bot.views.cards.buttons import REASONS
from core.desk import Desk
from core.model.approvals import Approval, ApprovalState
from core.trading.approving import expire_overdue
from tests.bot.conftest import SendSignal
from tests.bot.stage import Cast, QuickClock
from tests.bot.wording import reply

pytestmark = pytest.mark.usefixtures("running")

APPROVE, REJECT = "✅ Approve", "✖️ Reject"
UNSIZED = [APPROVE, REJECT, "ℹ️ Details", "M5", "M15", "H1", "H4"]
"""The buttons of a card whose size is not known: no terminal can be reached here."""


async def now(desk: Desk, approval: Approval) -> Approval:
    async with desk.store.read() as tx:
        found = await tx.approvals.get(approval.id)
    assert found is not None
    return found


async def test_without_a_terminal_the_card_comes_as_text(
    people: SandboxClient, cast: Cast, send_signal: SendSignal
) -> None:
    await send_signal(cast.tara)
    card = await people.wait_for(cast.tara.telegram_id, "BUY EURUSD")
    assert card["buttons"] == UNSIZED
    assert card["photo_url"] is None
    for words in (
        "📄\u00a0PAPER",
        "1.08500",
        "1.08200",
        "1.08900",
        "Size is worked out at the tap",
        "momentum",
    ):
        assert words in card["text"]


async def test_a_card_goes_to_its_trader_alone(
    people: SandboxClient, cast: Cast, send_signal: SendSignal
) -> None:
    await send_signal(cast.tara, cast.tom)
    await people.wait_for(cast.tara.telegram_id, "BUY EURUSD")
    await people.wait_for(cast.tom.telegram_id, "BUY EURUSD")
    for other in (cast.owner, cast.admin):
        assert not [m for m in await people.messages(other.telegram_id) if "EURUSD" in m["text"]]


async def test_rejecting_takes_one_more_tap_for_the_reason(
    people: SandboxClient, cast: Cast, send_signal: SendSignal, desk: Desk
) -> None:
    [approval] = await send_signal(cast.tara)
    tara = cast.tara.telegram_id
    await people.wait_for(tara, "BUY EURUSD")
    await people.tap(tara, REJECT)
    await people.wait_for(tara, lambda m: m["buttons"] == [*REASONS.values(), "Other …", "‹ Back"])
    await people.tap(tara, "‹ Back")
    await people.wait_for(tara, lambda m: m["buttons"] == UNSIZED and m["edits"] == 2)
    await people.tap(tara, REJECT)
    await people.wait_for(tara, lambda m: m["edits"] == 3)
    await people.tap(tara, REASONS[RejectReason.LATE])
    card = await people.wait_for(tara, f"Rejected: {REASONS[RejectReason.LATE]}")
    assert card["buttons"] == []
    decided = await now(desk, approval)
    assert (decided.state, decided.reason) == (ApprovalState.REJECTED, REASONS[RejectReason.LATE])


async def test_expiry_edits_the_card_and_takes_its_buttons(
    people: SandboxClient, cast: Cast, send_signal: SendSignal, desk: Desk, clock: QuickClock
) -> None:
    await send_signal(cast.tara)
    await people.wait_for(cast.tara.telegram_id, "BUY EURUSD")
    clock.skipped_s += timedelta(minutes=16).total_seconds()
    assert await expire_overdue(desk) == 1
    card = await people.wait_for(cast.tara.telegram_id, "Expired without a decision")
    assert card["buttons"] == []
    assert len([m for m in await people.messages(cast.tara.telegram_id) if "EURUSD" in m["text"]]) == 1


async def test_a_refused_approval_says_why_and_leaves_the_card_open(
    people: SandboxClient, cast: Cast, send_signal: SendSignal, desk: Desk
) -> None:
    [approval] = await send_signal(cast.tara)
    tara = cast.tara.telegram_id
    card = await people.wait_for(tara, "BUY EURUSD")
    await people.tap(tara, APPROVE)
    await people.wait_for(tara, "Nothing was sent", after=card["message_id"])
    assert [call["ok"] for call in await people.calls("answerCallbackQuery")] == [True]
    assert (await now(desk, approval)).state is ApprovalState.PENDING


@pytest.mark.parametrize("act", list(CardAct))
async def test_a_stale_button_says_so(
    people: SandboxClient, cast: Cast, send_signal: SendSignal, desk: Desk, act: CardAct
) -> None:
    [approval] = await send_signal(cast.tara)
    tara = cast.tara.telegram_id
    card = await people.wait_for(tara, "BUY EURUSD")
    old = CardTap(act=act, approval=approval.id, version=approval.version + 1)
    await people.tap_stale(tara, old.pack(), card["message_id"])
    await told(people, tara, "stale")
    assert (await now(desk, approval)).state is ApprovalState.PENDING


@pytest.mark.parametrize("act", [act for act in CardAct if act is not CardAct.UNDO])
async def test_a_decided_card_cannot_be_decided_again(
    people: SandboxClient, cast: Cast, send_signal: SendSignal, desk: Desk, act: CardAct
) -> None:
    [approval] = await send_signal(cast.tara)
    tara = cast.tara.telegram_id
    card = await people.wait_for(tara, "BUY EURUSD")
    reject = RejectTap(reason=RejectReason.RISK, approval=approval.id, version=approval.version)
    await people.tap_stale(tara, reject.pack(), card["message_id"])
    await people.wait_for(tara, "Rejected")
    again = CardTap(act=act, approval=approval.id, version=approval.version)
    await people.tap_stale(tara, again.pack(), card["message_id"])
    await told(people, tara, "already rejected")
    assert (await now(desk, approval)).version == approval.version + 1


@pytest.mark.parametrize("act", list(CardAct))
async def test_another_person_cannot_decide_a_card(
    people: SandboxClient, cast: Cast, send_signal: SendSignal, desk: Desk, act: CardAct
) -> None:
    [approval] = await send_signal(cast.tara)
    await people.wait_for(cast.tara.telegram_id, "BUY EURUSD")
    forged = CardTap(act=act, approval=approval.id, version=approval.version).pack()
    await people.tap_stale(cast.tom.telegram_id, forged, 1)
    await told(people, cast.tom.telegram_id, "card")
    await people.tap_stale(cast.admin.telegram_id, forged, 1)
    await people.wait_for_answer(cast.admin.telegram_id, reply("not-your-button"))
    reject = RejectTap(reason=RejectReason.RISK, approval=approval.id, version=approval.version)
    await people.tap_stale(cast.tom.telegram_id, reject.pack(), 1)
    await people.wait_for_answer(cast.tom.telegram_id, "another trader")
    assert await now(desk, approval) == approval


async def test_of_many_taps_one_decides_and_each_is_answered(
    people: SandboxClient, cast: Cast, send_signal: SendSignal, desk: Desk
) -> None:
    [approval] = await send_signal(cast.tara)
    tara = cast.tara.telegram_id
    card = await people.wait_for(tara, "BUY EURUSD")
    taps = [RejectTap(reason=r, approval=approval.id, version=approval.version).pack() for r in REASONS]
    await asyncio.gather(*(people.tap_stale(tara, tap, card["message_id"]) for tap in taps))
    answers = await people.until(lambda: people.answers(tara), lambda seen: len(seen) == len(taps))
    assert sorted(answer["text"] for answer in answers)[0] == ""
    assert [call["ok"] for call in await people.calls("answerCallbackQuery")] == [True] * len(taps)
    assert sum("already rejected" in answer["text"] for answer in answers) == len(taps) - 1
    assert (await now(desk, approval)).version == approval.version + 1


FORGED = [
    "nonsense",
    "d:a:not-a-uuid:1",
    f"d:z:{uuid4().hex}:1",
    "r:s",
    "q:n:many",
    "c:",
    "x:c:soon",
    "u:00:1",
    ":",
    "😀" * 16,
]


async def test_an_unknown_button_has_expired(people: SandboxClient, cast: Cast) -> None:
    tara = cast.tara.telegram_id
    for data in FORGED:
        await people.tap_stale(tara, data, 1)
    answers = await people.until(lambda: people.answers(tara), lambda seen: len(seen) == len(FORGED))
    told = {reply("expired-button"), reply("not-your-button")}  # a forged prefix may be an owner's
    assert {answer["text"] for answer in answers} <= told
    assert all(answer["show_alert"] for answer in answers)


async def test_a_card_that_is_not_known_is_not_found(people: SandboxClient, cast: Cast) -> None:
    ghost = CardTap(act=CardAct.ASK_REASON, approval=uuid4(), version=1)
    await people.tap_stale(cast.tara.telegram_id, ghost.pack(), 1)
    await people.wait_for_answer(cast.tara.telegram_id, "not known here")


async def test_a_reason_in_ones_own_words(
    people: SandboxClient, cast: Cast, send_signal: SendSignal, desk: Desk
) -> None:
    """They are asked for in a message; what is no text is asked for again."""
    [approval] = await send_signal(cast.tara)
    tara = cast.tara.telegram_id
    card = await people.wait_for(tara, "BUY EURUSD")
    await people.tap(tara, REJECT)
    await people.wait_for(tara, lambda m: "Other …" in m["buttons"])
    await people.tap(tara, "Other …")
    asked = await people.wait_for(tara, "Write it in one message")
    assert asked["reply_to"] == card["message_id"]
    await people.say(tara, "  \u200b ")
    await people.wait_for(tara, "Write it in one message", after=asked["message_id"])
    await people.say(tara, "NFP <in> ten\nminutes")
    await people.wait_for(tara, "Rejected: NFP <in> ten minutes")
    assert (await now(desk, approval)).reason == "NFP <in> ten minutes"


async def test_own_words_for_a_card_that_was_decided_meanwhile(
    people: SandboxClient, cast: Cast, send_signal: SendSignal, desk: Desk, clock: QuickClock
) -> None:
    await send_signal(cast.tara)
    tara = cast.tara.telegram_id
    await people.wait_for(tara, "BUY EURUSD")
    await people.tap(tara, REJECT)
    await people.wait_for(tara, lambda m: "Other …" in m["buttons"])
    await people.tap(tara, "Other …")
    await people.wait_for(tara, "Write it in one message")
    clock.skipped_s += timedelta(minutes=16).total_seconds()
    await expire_overdue(desk)
    await people.say(tara, "too late")
    await people.wait_for(tara, "already expired")


async def told(people: SandboxClient, user_id: int, words: str) -> None:
    """By the tap's own answer, as an alert: nothing slow was begun for it."""
    answer = await people.wait_for_answer(user_id, words)
    assert answer["show_alert"]

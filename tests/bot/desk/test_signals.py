"""/signals: pages, filters, and one signal with what became of it, to whom it may be shown."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import Any
from uuid import UUID, uuid4

import pytest

from bot.buttons.signals import SignalsAct, SignalsTap, SignalTap, WithdrawTap
from bot.sandbox import SandboxClient
from bot.views.cards.outcome import Outcome
from bot.views.pages import Page
from bot.views.signals import (
    Fate,
    Listed,
    SignalSeen,
    kept,
    one_signal,
    signals,
    withdraw_question,
    withdrawn,
)
from core.desk import Desk
from core.intake.composing import DESK_SOURCE, Withdrawn
from core.model.accounts import Account, Source, TerminalKind
from core.model.approvals import Approval, ApprovalState
from core.model.events import Event, Json
from core.model.ids import AccountId, IntentId, PersonId, SignalId, SourceId
from core.model.instruments import Side
from core.model.people import Person
from core.model.signals import OrderKind, SignalFilter
from core.model.trades import Intent, IntentKind, IntentState
from core.ports import Delivery
from tests.bot.conftest import SendSignal
from tests.bot.snapshots import check_shown
from tests.bot.stage import Cast, a_signal, an_approval
from tests.bot.wording import reply

NOW = datetime(2026, 11, 21, 3, tzinfo=UTC)


async def ask(people: SandboxClient, person: Person, answer: str = "Signals") -> dict[str, Any]:
    said = await people.say(person.telegram_id, "/signals")
    return await people.wait_for(person.telegram_id, answer, after=said["message_id"])


async def reject(desk: Desk, card: Approval) -> None:
    rejected = replace(card, state=ApprovalState.REJECTED, version=card.version + 1, reason="Too late")
    async with desk.store.write() as tx:
        assert await tx.approvals.decide(rejected, card.version)


@pytest.mark.usefixtures("running")
class TestSignals:
    async def test_nothing_yet_is_a_sentence(self, people: SandboxClient, cast: Cast) -> None:
        await ask(people, cast.tara, "No signals yet.")

    async def test_the_desk_sees_how_many_did_what_and_a_trader_their_own(
        self, people: SandboxClient, cast: Cast, desk: Desk, send_signal: SendSignal
    ) -> None:
        mine, _ = await send_signal(cast.tara, cast.tom)
        await send_signal(cast.tom, instrument="XAUUSD")
        await reject(desk, mine)
        whole = (await ask(people, cast.owner))["text"]
        assert "⏳ undecided · ✖️ rejected" in whole
        assert "XAUUSD" in whole
        own = (await ask(people, cast.tara))["text"]
        assert own.endswith("✖️ rejected")
        assert "XAUUSD" not in own

    async def test_pages_turn_and_filters_narrow(
        self, people: SandboxClient, cast: Cast, desk: Desk, send_signal: SendSignal
    ) -> None:
        owner = cast.owner.telegram_id
        cards = [(await send_signal(cast.tara, instrument=f"PAIR{number}"))[0] for number in range(9)]
        await reject(desk, cards[3])
        first = await ask(people, cast.owner, "PAIR8")
        assert "PAIR0" not in first["text"]
        await people.tap(owner, "›")
        await people.wait_for(owner, "PAIR0")
        await people.tap(owner, "State: all")
        await people.until(lambda: people.messages(owner), lambda all_: "✖️ rejected" in all_[-1]["buttons"])
        await people.tap(owner, "✖️ rejected")
        seen = await people.wait_for(owner, "PAIR3")
        assert seen["text"].startswith("Signals · rejected")
        assert "PAIR4" not in seen["text"]
        await people.tap(owner, "Source: all")
        await people.until(lambda: people.messages(owner), lambda all_: "momentum" in all_[-1]["buttons"])
        await people.tap(owner, "momentum")
        await people.wait_for(owner, "Signals · momentum · rejected")

    async def test_one_signal_shows_a_trader_nobody_elses_account(
        self, people: SandboxClient, cast: Cast, desk: Desk, send_signal: SendSignal
    ) -> None:
        mine, _ = await send_signal(cast.tara, cast.tom)
        await reject(desk, mine)
        listed = await ask(people, cast.tara)
        await people.tap(cast.tara.telegram_id, "1", message_id=listed["message_id"])
        own = await people.wait_for(cast.tara.telegram_id, "rejected: Too late.")
        assert "Tara's paper" in own["text"]
        assert "Tom" not in own["text"]
        await ask(people, cast.owner)
        await people.tap(cast.owner.telegram_id, "1")
        whole = (await people.wait_for(cast.owner.telegram_id, "rejected: Too late."))["text"]
        assert "Tara's paper · Tara" in whole
        assert "Tom's paper · Tom" in whole

    async def test_it_is_looked_at_again_in_the_same_message(
        self, people: SandboxClient, cast: Cast, desk: Desk, send_signal: SendSignal
    ) -> None:
        [card] = await send_signal(cast.tara)
        listed = await ask(people, cast.owner)
        await people.tap(cast.owner.telegram_id, "1", message_id=listed["message_id"])
        seen = await people.wait_for(cast.owner.telegram_id, "⏳ undecided", after=listed["message_id"])
        await reject(desk, card)
        await people.tap(cast.owner.telegram_id, "Look again")
        again = await people.wait_for(cast.owner.telegram_id, "rejected: Too late.")
        assert again["message_id"] == seen["message_id"]

    async def test_a_signal_that_was_never_theirs_does_not_exist_for_a_trader(
        self, people: SandboxClient, cast: Cast, send_signal: SendSignal
    ) -> None:
        [card] = await send_signal(cast.tom)
        for signal in (card.signal_id, uuid4()):
            await people.tap_stale(cast.tara.telegram_id, SignalTap(signal=signal).pack(), 1)
        answers = await people.until(
            lambda: people.answers(cast.tara.telegram_id), lambda seen: len(seen) == 2
        )
        assert {one["text"] for one in answers} == {"This signal is not known here any more."}

    async def test_another_sources_signal_cannot_be_withdrawn(
        self, people: SandboxClient, cast: Cast, desk: Desk, send_signal: SendSignal
    ) -> None:
        [card] = await send_signal(cast.tara)
        until = int(desk.clock.now().timestamp()) + 30
        tap = WithdrawTap(signal=card.signal_id, until=until).pack()
        await people.tap_stale(cast.owner.telegram_id, tap, 1)
        await people.wait_for_answer(cast.owner.telegram_id, "Only signals that were composed here")
        await people.tap_stale(cast.tara.telegram_id, tap, 1)
        await people.wait_for_answer(cast.tara.telegram_id, reply("not-your-button"))

    async def test_why_nobody_got_a_card_is_told(
        self, people: SandboxClient, cast: Cast, desk: Desk, source: Source
    ) -> None:
        signal = a_signal(source, desk.clock.now())
        async with desk.store.write() as tx:
            await tx.signals.add(signal, Delivery("w", "0" * 64))
            data: Json = {"reason": "The desk is paused by Olga: NFP"}
            await tx.events.append(Event("signal.withheld", desk.clock.now(), str(signal.id), data))
        assert "no card" in (await ask(people, cast.owner))["text"]
        await people.tap(cast.owner.telegram_id, "1")
        await people.wait_for(cast.owner.telegram_id, "Nobody got a card: The desk is paused by Olga: NFP.")


# The views

SOURCE = Source(SourceId(UUID(int=7)), "momentum <m>", frozenset({"EURUSD"}))
OWN = Source(DESK_SOURCE, "desk", frozenset({"EURUSD"}))
ACCOUNT = Account(AccountId(UUID(int=7)), PersonId(UUID(int=7)), "Tara & Co", TerminalKind.PAPER, "", 1, "P")
SIGNAL = a_signal(SOURCE, NOW, id=SignalId(UUID(int=9)), kind=OrderKind.LIMIT, note="London <open>")
COMPOSED = replace(SIGNAL, source_id=DESK_SOURCE, source_name="desk")
FILLED = Intent(
    IntentId(1), ACCOUNT.id, IntentKind.OPEN, IntentState.FILLED, "EURUSD", Side.BUY, OrderKind.MARKET,
    Decimal("0.33"), NOW, NOW, price=Decimal("1.08500"), filled_volume=Decimal("0.33"),
    filled_price=Decimal("1.08512"),
)  # fmt: skip


def fate(state: ApprovalState, label: str = "Tara & Co", **changes: Any) -> Fate:
    approval = replace(an_approval(SIGNAL, ACCOUNT), state=state, **changes)
    outcome = Outcome(FILLED) if state is ApprovalState.APPROVED else None
    return Fate(approval, replace(ACCOUNT, label=label), "Tara", "USD", outcome)


def fates() -> Sequence[Fate]:
    return [fate(state, f"Account {state}", reason="Too late") for state in ApprovalState]


def test_the_list_in_every_language() -> None:
    listed = [
        Listed(SIGNAL, {ApprovalState.APPROVED: 3, ApprovalState.PENDING: 1}),
        Listed(replace(COMPOSED, side=Side.SELL, kind=OrderKind.MARKET), {}),
    ]
    wanted = SignalFilter(SOURCE.id, ApprovalState.APPROVED)
    page = Page(1, 6, items=listed)
    for act in SignalsAct:
        render = partial(signals, page, wanted, [SOURCE, OWN], act)
        check_shown(f"signals-{act.name.lower()}", render)
    none: Page[Listed] = Page(0, 0)
    check_shown("signals-none", lambda words: signals(none, wanted, [SOURCE], SignalsAct.SHOW, words))


def test_one_signal_in_every_language() -> None:
    seen = SignalSeen(COMPOSED, fates(), "Adam <A>", "", may_withdraw=True)
    check_shown("signal", lambda words: one_signal(seen, words))
    withheld = SignalSeen(SIGNAL, [], "", "The desk is paused by Olga: NFP", may_withdraw=True)
    check_shown("signal-withheld", lambda words: one_signal(withheld, words))
    check_shown("signal-nobody", lambda words: one_signal(replace(withheld, withheld=""), words))


def test_a_signal_of_a_thousand_accounts_fits_into_a_message() -> None:
    many = [fate(state, "<&>" * 99, reason="<&>" * 99) for state in ApprovalState] * 200
    seen = SignalSeen(replace(COMPOSED, note="<&>" * 160), many, "<&>" * 99, "", may_withdraw=True)
    check_shown("signal-longest", lambda words: one_signal(seen, words))


def test_what_is_asked_and_said_when_a_signal_is_withdrawn() -> None:
    until = NOW + timedelta(seconds=30)
    check_shown("signals-withdraw", lambda words: withdraw_question(COMPOSED, 2, until, words))
    check_shown("signals-withdrawn", lambda words: withdrawn(Withdrawn(COMPOSED, 2, 1), words))
    check_shown("signals-kept", kept)


def test_the_longest_list_fits_into_a_message() -> None:
    long = Decimal("1234567.1234567891")
    wide = replace(SIGNAL, source_name="<&>" * 99, instrument="W" * 64, entry=long)
    every = dict.fromkeys(ApprovalState, 10**6)
    page = Page(10_000, 99_999, items=[Listed(wide, every)] * 8)
    check_shown(
        "signals-longest",
        lambda words: signals(page, SignalFilter(), [SOURCE] * 99, SignalsAct.SOURCES, words),
    )


def test_the_buttons_of_the_longest_list_fit() -> None:
    tap = SignalsTap(page=99_999, source=UUID(int=2**128 - 1), state=ApprovalState.WITHDRAWN)
    assert len(tap.pack().encode()) <= 64

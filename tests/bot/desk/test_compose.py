"""/signal: a line or a wizard, a preview, sent once whatever is tapped and restarted, and taken back."""

import asyncio
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from aiogram import Bot

from bot.buttons.signals import ComposeAct, ComposeTap
from bot.context import App
from bot.sandbox import SandboxClient
from bot.telegram.dispatcher import make_dispatcher
from bot.telegram.polling import Polling
from bot.typed.signals import Composition, Misread, draft_of, read_answer, read_line, wrong
from bot.views.compose import Talk, cancelled, preview, question, refused_line, sent, what_to_change
from bot.views.markup import Rendered, keyboard
from core.desk import Desk
from core.intake.composing import DESK_SOURCE, Preview
from core.intake.draft import Draft
from core.model.accounts import Source
from core.model.approvals import ApprovalState
from core.model.errors import InvalidField
from core.model.events import Event
from core.model.ids import SourceId
from core.model.instruments import Side
from core.model.people import Person
from core.model.risk import DESK, LockKind
from core.model.signals import OrderKind, Signal
from core.mt5.pool import Pool
from core.ports import Store
from tests.bot.snapshots import READERS, check_shown
from tests.bot.stage import Cast, QuickClock, a_signal, at_broker, terminal_here
from tests.bot.wording import ENGLISH, reply

KNOWN = ("EURUSD", "XAUUSD")
LINE = '/signal BUY EURUSD @1.0850 SL 1.0820 TP 1.0890 1.0930 30m "London open"'


def label(key: str) -> str:
    return ENGLISH.label(f"compose-{key}")


async def composed(desk: Desk) -> Sequence[Signal]:
    async with desk.store.read() as tx:
        return [one for one in await tx.signals.recent(20) if one.source_id == DESK_SOURCE]


async def ask(people: SandboxClient, person: Person, text: str, answer: str) -> dict[str, Any]:
    said = await people.say(person.telegram_id, text)
    return await people.wait_for(person.telegram_id, answer, after=said["message_id"])


async def states(desk: Desk) -> list[ApprovalState]:
    [signal] = await composed(desk)
    async with desk.store.read() as tx:
        return [approval.state for approval in await tx.approvals.of_signal(signal.id)]


@pytest.mark.usefixtures("running", "source")
class TestOneLine:
    async def test_it_is_previewed_and_sent_to_every_trader(
        self, people: SandboxClient, cast: Cast, desk: Desk
    ) -> None:
        seen = await ask(people, cast.admin, LINE, "nothing is sent yet")
        assert "Goes to 2 traders, 2 accounts" in seen["text"]
        assert "London open" in seen["text"]
        assert await composed(desk) == []
        await people.tap(cast.admin.telegram_id, label("send"))
        done = await people.wait_for(cast.admin.telegram_id, "Sent: 2 cards.")
        assert done["message_id"] == seen["message_id"]
        [signal] = await composed(desk)
        assert (signal.source_name, signal.instrument, signal.entry) == ("desk", "EURUSD", Decimal("1.0850"))
        assert signal.expires_at - signal.received_at == timedelta(minutes=30)
        for trader in (cast.tara, cast.tom):
            await people.wait_for(trader.telegram_id, "BUY EURUSD")

    async def test_its_composer_is_in_the_trail(self, people: SandboxClient, cast: Cast, desk: Desk) -> None:
        await ask(people, cast.admin, LINE, "nothing is sent yet")
        await people.tap(cast.admin.telegram_id, label("send"))
        await people.wait_for(cast.admin.telegram_id, "Sent")
        [signal] = await composed(desk)
        event = await last_event(desk, "signal.received", signal)
        assert (event.person_id, event.data["by"]) == (cast.admin.id, "Adam")

    async def test_taps_at_once_send_once(self, people: SandboxClient, cast: Cast, desk: Desk) -> None:
        admin = cast.admin.telegram_id
        seen = await ask(people, cast.admin, LINE, "nothing is sent yet")
        data = await send_tap(desk, cast.admin)
        await asyncio.gather(*(people.tap_stale(admin, data, seen["message_id"]) for _ in range(3)))
        answers = await people.until(lambda: people.answers(admin), lambda got: len(got) == 3)
        late = label("sent-already")
        assert sorted(answer["text"] for answer in answers) == ["", late, late]
        assert len(await composed(desk)) == 1

    @pytest.mark.parametrize(
        ("text", "said"),
        [
            ("/signal BUY EURUSDD", "“EURUSDD”. Instruments: EURUSD"),
            ("/signal BUY SELL EURUSD", "“SELL” is said twice"),
            ("/signal BUY EURUSD SL TP 1.1", "“SL”: a stop has one price"),
            ("/signal BUY EURUSD TP", "After “TP” I need a price"),
            ("/signal BUY EURUSD @1.08 TP 1 2 3 4 5 6", "“6”: there can be 5 targets at most"),
            ("/signal BUY EURUSD 9d", "“9d” is no time"),
            ("/signal BUY EURUSD @cheap", "“@cheap” is no price"),
        ],
    )
    async def test_the_word_that_is_wrong_is_named(
        self, people: SandboxClient, cast: Cast, desk: Desk, text: str, said: str
    ) -> None:
        told = (await ask(people, cast.admin, text, "⛔"))["text"]
        assert said in told
        assert "/signal BUY EURUSD @1.0850" in told, "and how it is written"
        assert await composed(desk) == []

    async def test_a_stop_on_the_wrong_side_is_asked_for_anew_and_the_rest_kept(
        self, people: SandboxClient, cast: Cast
    ) -> None:
        seen = await ask(people, cast.admin, LINE.replace("1.0820", "1.0990"), "⛔")
        assert "Stop 1.0990: it must be below the entry of a buy." in seen["text"]
        shown = await ask(people, cast.admin, "1.0820", "nothing is sent yet")
        assert "1.0930" in shown["text"]

    @pytest.mark.parametrize("who", ["tara", "tom"])
    async def test_it_is_not_for_traders(
        self, people: SandboxClient, cast: Cast, desk: Desk, who: str
    ) -> None:
        trader: Person = getattr(cast, who)
        await ask(people, trader, LINE, "is not for your role")
        tap = ComposeTap(act=ComposeAct.SEND, composition=UUID(int=1), revision=1)
        await people.tap_stale(trader.telegram_id, tap.pack(), 1)
        await people.wait_for_answer(trader.telegram_id, reply("not-your-button"))
        assert await composed(desk) == []

    async def test_a_preview_of_somebody_else_sends_nothing(
        self, people: SandboxClient, cast: Cast, desk: Desk
    ) -> None:
        await ask(people, cast.admin, LINE, "nothing is sent yet")
        tap = ComposeTap(act=ComposeAct.SEND, composition=UUID(int=1), revision=1)
        await people.tap_stale(cast.owner.telegram_id, tap.pack(), 1)
        await people.wait_for_answer(cast.owner.telegram_id, label("over"))
        assert await composed(desk) == []

    async def test_at_the_market_without_a_terminal_it_says_what_to_write(
        self, people: SandboxClient, cast: Cast
    ) -> None:
        await ask(people, cast.admin, "/signal BUY EURUSD", "No terminal tells a price of EURUSD now")

    async def test_while_a_lock_holds_the_preview_says_so_and_cannot_be_sent(
        self, people: SandboxClient, cast: Cast, desk: Desk
    ) -> None:
        async with desk.store.write() as tx:
            await tx.locks.set(
                LockKind.PAUSE, DESK, "The desk is paused by Olga: NFP", desk.clock.now(), None
            )
        seen = await ask(people, cast.admin, LINE, "Nobody would get a card now")
        assert label("send") not in seen["buttons"]
        async with desk.store.write() as tx:
            await tx.locks.release(LockKind.PAUSE, DESK, desk.clock.now(), None)
        await people.tap(cast.admin.telegram_id, label("again"))
        again = await people.wait_for(cast.admin.telegram_id, "Goes to 2", after=seen["message_id"])
        assert label("send") in again["buttons"]


@pytest.mark.usefixtures("running", "source", "broker")
class TestAtTheMarket:
    @pytest.fixture
    async def terminals(self, store: Store, clock: QuickClock) -> AsyncIterator[Pool]:
        async with terminal_here(store, clock) as pool:
            yield pool

    @pytest.fixture
    def broker(self, cast: Cast, tmp_path: Path) -> Iterator[None]:
        with at_broker(cast.account_of(cast.tara), tmp_path / "broker.book"):
            yield

    async def test_the_price_of_the_moment_is_shown_with_its_time_and_sent(
        self, people: SandboxClient, cast: Cast, desk: Desk
    ) -> None:
        admin = cast.admin.telegram_id
        seen = await ask(people, cast.admin, "/signal BUY EURUSD", "nothing is sent yet")
        assert "Price of " in seen["text"]
        assert seen["photo_url"], "below its chart"
        await people.tap(admin, label("send"))
        await people.wait_for(admin, "Sent: 2 cards.")
        [signal] = await composed(desk)
        assert f"Entry {signal.entry:f}" in seen["text"]

    async def test_a_price_that_is_a_minute_old_is_asked_about_again(
        self, people: SandboxClient, cast: Cast, desk: Desk
    ) -> None:
        admin = cast.admin.telegram_id
        await ask(people, cast.admin, "/signal BUY EURUSD", "nothing is sent yet")
        await age(desk, cast.admin, timedelta(seconds=61))
        await people.tap(admin, label("send"))
        again = await people.wait_for(admin, "The price was a minute old")
        assert await composed(desk) == []
        await people.tap(admin, label("send"), message_id=again["message_id"])
        await people.wait_for(admin, "Sent: 2 cards.")
        assert len(await composed(desk)) == 1


async def age(desk: Desk, person: Person, by: timedelta) -> None:
    """Make the person's preview so much older; the market's own clock cannot be moved."""
    async with desk.store.write() as tx:
        talk = await tx.dialogs.get(person.telegram_id, person.telegram_id)
        assert talk is not None
        shown_at = datetime.fromisoformat(talk.answers["shown_at"]) - by
        await tx.dialogs.save(replace(talk, answers={**talk.answers, "shown_at": shown_at.isoformat()}))


async def last_event(desk: Desk, name: str, signal: Signal) -> Event:
    async with desk.store.read() as tx:
        found = await tx.events.last(name, str(signal.id))
    assert found is not None
    return found


@pytest.mark.usefixtures("running", "source")
class TestStepByStep:
    async def test_by_buttons_and_typing(self, people: SandboxClient, cast: Cast, desk: Desk) -> None:
        admin = cast.admin.telegram_id
        await ask(people, cast.admin, "/signal", "Which instrument?")
        for button, asked in (
            ("EURUSD", "Buy or sell?"),
            ("Sell", "What kind"),
            ("Limit", "At which price?"),
        ):
            await people.tap(admin, button)
            await people.wait_for(admin, asked)
        await ask(people, cast.admin, "nonsense", "“nonsense” is no price.")
        await ask(people, cast.admin, "1.0840-1.0850", "Where is the stop?")
        await ask(people, cast.admin, "1,0900", "Which targets?")
        await people.tap(admin, label("without-targets"))
        await people.wait_for(admin, "For how long")
        await people.tap(admin, "1h")
        await people.wait_for(admin, "A note")
        await ask(people, cast.admin, "after the news", "nothing is sent yet")
        await people.tap(admin, label("send"))
        await people.wait_for(admin, "Sent: 2 cards.")
        [signal] = await composed(desk)
        assert (signal.side, signal.kind, signal.note) == (Side.SELL, OrderKind.LIMIT, "after the news")
        assert signal.entry_zone == (Decimal("1.0840"), Decimal("1.0850"))
        assert (signal.stop_loss, signal.take_profits) == (Decimal("1.0900"), ())

    async def test_one_thing_of_a_preview_is_changed(
        self, people: SandboxClient, cast: Cast, desk: Desk
    ) -> None:
        admin = cast.admin.telegram_id
        first = await ask(people, cast.admin, LINE, "nothing is sent yet")
        former = await send_tap(desk, cast.admin)
        await people.tap(admin, label("edit"))
        await people.until(
            lambda: people.messages(admin), lambda all_: label("step-targets") in all_[-1]["buttons"]
        )
        await people.tap(admin, label("step-targets"))
        await people.wait_for(admin, "Which targets?")
        again = await ask(people, cast.admin, "1.0900", "nothing is sent yet")
        assert "1.0930" not in again["text"]
        assert "London open" in again["text"]
        await people.tap_stale(admin, former, first["message_id"])
        await people.wait_for_answer(admin, label("stale"))
        await people.tap(admin, label("send"), message_id=again["message_id"])
        await people.wait_for(admin, "Sent: 2 cards.")
        [signal] = await composed(desk)
        assert signal.take_profits == (Decimal("1.0900"),)

    async def test_it_is_dropped(self, people: SandboxClient, cast: Cast, desk: Desk) -> None:
        admin = cast.admin.telegram_id
        seen = await ask(people, cast.admin, LINE, "nothing is sent yet")
        await people.tap(admin, ENGLISH.label("cancel"))
        assert (await people.wait_for(admin, "Nothing was sent."))["message_id"] == seen["message_id"]
        await ask(people, cast.admin, "1.0900", reply("plain-text"))
        assert await composed(desk) == []


async def send_tap(desk: Desk, person: Person) -> str:
    """What the button *Send* of the person's newest preview carries."""
    async with desk.store.read() as tx:
        talk = await tx.dialogs.get(person.telegram_id, person.telegram_id)
    assert talk is not None
    composition, revision = UUID(talk.answers["composition"]), talk.answers["revision"]
    return ComposeTap(act=ComposeAct.SEND, composition=composition, revision=revision).pack()


@pytest.mark.usefixtures("running", "source")
class TestWithdrawing:
    async def test_undecided_cards_say_so_and_decided_ones_stay(
        self, people: SandboxClient, cast: Cast, desk: Desk
    ) -> None:
        admin, tom = cast.admin.telegram_id, cast.tom.telegram_id
        await ask(people, cast.admin, LINE, "nothing is sent yet")
        await people.tap(admin, label("send"))
        await people.wait_for(admin, "Sent: 2 cards.")
        await people.wait_for(tom, "BUY EURUSD")
        await reject(desk, cast.tara)
        await people.tap(admin, "Withdraw")
        asked = await people.wait_for(admin, "1 card is undecided")
        assert sorted(await states(desk)) == ["pending", "rejected"]
        await people.tap(admin, "Withdraw", message_id=asked["message_id"])
        done = await people.wait_for(admin, "is withdrawn; 1 card says so now.")
        assert "1 card was decided before" in done["text"]
        assert sorted(await states(desk)) == ["rejected", "withdrawn"]
        await people.wait_for(tom, "Withdrawn")

    async def test_the_question_lapses(
        self, people: SandboxClient, cast: Cast, desk: Desk, clock: QuickClock
    ) -> None:
        admin = cast.admin.telegram_id
        await ask(people, cast.admin, LINE, "nothing is sent yet")
        await people.tap(admin, label("send"))
        await people.wait_for(admin, "Sent: 2 cards.")
        await people.tap(admin, "Withdraw")
        asked = await people.wait_for(admin, "2 cards are undecided")
        clock.skipped_s += 31
        await people.tap(admin, "Withdraw", message_id=asked["message_id"])
        await people.wait_for_answer(admin, "This question has lapsed.")
        assert await states(desk) == ["pending", "pending"]


async def reject(desk: Desk, trader: Person) -> None:
    [signal] = await composed(desk)
    async with desk.store.write() as tx:
        [card] = [one for one in await tx.approvals.of_signal(signal.id) if one.person_id == trader.id]
        rejected = replace(card, state=ApprovalState.REJECTED, version=card.version + 1)
        assert await tx.approvals.decide(rejected, card.version)


@asynccontextmanager
async def a_life(app: App, bot: Bot) -> AsyncIterator[None]:
    """The bot at work, with nothing in its memory."""
    polling = asyncio.create_task(Polling(make_dispatcher(app), bot, app.desk).run())
    yield
    polling.cancel()
    with suppress(asyncio.CancelledError):
        await polling


@pytest.mark.usefixtures("source")
async def test_a_preview_survives_a_restart_and_is_sent_once(
    app: App, bot: Bot, people: SandboxClient, cast: Cast, desk: Desk
) -> None:
    admin = cast.admin.telegram_id
    async with a_life(app, bot):
        seen = await ask(people, cast.admin, LINE, "nothing is sent yet")
    data = await send_tap(desk, cast.admin)
    async with a_life(app, bot):
        await people.tap_stale(admin, data, seen["message_id"])
        await people.wait_for(admin, "Sent: 2 cards.")
    async with a_life(app, bot):
        await people.tap_stale(admin, data, seen["message_id"])
        await people.wait_for_answer(admin, label("sent-already"))
    assert len(await composed(desk)) == 1


# What is written


def test_a_line_in_any_order_and_case() -> None:
    expected = Draft(
        "EURUSD",
        Side.SELL,
        OrderKind.STOP,
        None,
        (Decimal("1.0840"), Decimal("1.0850")),
        Decimal("1.09"),
        (Decimal("1.08"), Decimal("1.07")),
        timedelta(hours=36),
        note="a  b",
    )
    for line in (
        'eurusd short stop @1.0840-1.0850 sl 1.09 tp1 1.08 tp2 1.07 1d12h "a  b"',
        "1D12H TP 1,08 1,07 SL 1,09 Sell «a  b» EURUSD Stop 1,0840-1,0850",
    ):
        read = draft_of(read_line(line, KNOWN).with_defaults())
        assert replace(read, note="a  b") == expected


def test_what_a_line_leaves_out_is_asked_for() -> None:
    assert read_line("BUY", KNOWN).with_defaults().missing == "instrument"
    assert read_line("EURUSD", KNOWN).with_defaults().missing == "side"
    assert read_line("BUY EURUSD limit", KNOWN).with_defaults().missing == "entry"
    assert read_line("BUY EURUSD", KNOWN).with_defaults().missing is None


@pytest.mark.parametrize(
    ("step", "answer", "key"),
    [
        ("instrument", "EURUSB", "compose-unknown-word"),
        ("side", "up", "compose-wrong-side"),
        ("kind", "iceberg", "compose-wrong-kind"),
        ("entry", "cheap", "compose-wrong-price"),
        ("stop", "1.08.2", "compose-wrong-price"),
        ("targets", "1.09 high", "compose-wrong-price"),
        ("targets", "1 2 3 4 5 6", "compose-too-many-targets"),
        ("expiry", "8d", "compose-wrong-expiry"),
        ("expiry", "0m", "compose-wrong-expiry"),
        ("note", "n" * 501, "compose-wrong-note"),
    ],
)
def test_a_wrong_answer_is_said_in_every_language(step: str, answer: str, key: str) -> None:
    with pytest.raises(Misread) as caught:
        read_answer(Composition(), step, answer, KNOWN)
    assert caught.value.key == key
    for words in READERS:
        assert refused_line(caught.value, words).text.startswith("⛔ ")


@pytest.mark.parametrize("side", ["buy", "sell"])
@pytest.mark.parametrize(
    "field", ["entry", "entry_zone", "stop_loss", "take_profits", "expires_in_s", "instrument", "note"]
)
def test_each_refusal_of_the_intake_has_its_words(field: str, side: str) -> None:
    step, error = wrong(replace(WHOLE, side=side), InvalidField(field, "no"))
    assert getattr(WHOLE.without(step), step) is None
    for words in READERS:
        assert refused_line(error, words).text


# The views

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
WHOLE = Composition("EURUSD", "buy", "limit", "1.0850", "1.0820", "1.0890 1.0930", "30m", "London")
SOURCE = Source(SourceId(UUID(int=7)), "desk", frozenset(KNOWN))
SIGNAL = a_signal(SOURCE, NOW, kind=OrderKind.LIMIT, note="London <open>", id=UUID(int=9))


def talk(**said: str | None) -> Talk:
    return Talk(UUID(int=5), 3, replace(WHOLE, **said), NOW)


@pytest.mark.parametrize("step", ["instrument", "side", "kind", "entry", "stop", "targets", "expiry", "note"])
def test_a_question_in_every_language(step: str) -> None:
    error = Misread("compose-wrong-price", word="<cheap>") if step == "stop" else None
    check_shown(f"compose-ask-{step}", lambda words: question(talk(**{step: None}), KNOWN, error, words))


def test_previews_in_every_language() -> None:
    check_shown(
        "compose-preview", lambda words: preview(talk(), Preview(SIGNAL, 2, 3, None), words), caption=True
    )
    at_market = talk(kind="market", entry=None, seen="1.0850")
    market = replace(SIGNAL, kind=OrderKind.MARKET)
    check_shown(
        "compose-preview-market",
        lambda words: preview(at_market, Preview(market, 1, 1, None), words, anew=True),
        caption=True,
    )
    locked = Preview(SIGNAL, 2, 3, "EURUSD is locked by Olga: NFP")
    check_shown("compose-preview-locked", lambda words: preview(talk(), locked, words), caption=True)
    check_shown("compose-preview-nobody", lambda words: preview(talk(), Preview(SIGNAL, 0, 0, None), words))


def test_the_longest_preview_fits_a_caption() -> None:
    long = Decimal("1234567.1234567891")
    widest = replace(
        SIGNAL,
        instrument="W" * 64,
        entry=long,
        entry_zone=(long, long),
        stop_loss=long,
        take_profits=(long,) * 5,
        note="<b>&" * 125,
    )
    seen = Preview(widest, 10**6, 10**6, "<&>" * 200)
    check_shown("compose-preview-longest", lambda words: preview(talk(seen="1"), seen, words), caption=True)


def test_what_is_said_afterwards() -> None:
    check_shown("compose-sent", lambda words: sent(SIGNAL, 3, words), caption=True)
    check_shown("compose-sent-to-nobody", lambda words: sent(SIGNAL, 0, words), caption=True)
    check_shown("compose-cancelled", cancelled)
    check_shown(
        "compose-change",
        lambda words: Rendered("·", keyboard(*what_to_change(talk(), words))),
    )
    error = Misread("compose-unknown-word", word="EURUSB", known="EURUSD")
    check_shown("compose-refused", lambda words: refused_line(error, words))

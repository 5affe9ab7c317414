"""/quality in the chats: whose orders, which groups, the picture, the file, and what fits into a caption."""

import csv
import io
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import Any
from uuid import uuid4

import aiohttp
import pytest

from bot.buttons.reports import QualityTap
from bot.sandbox import Sandbox, SandboxClient
from bot.sandbox.html_text import parse_html
from bot.views.markup import Rendered
from bot.views.quality import legend, quality, sheet_caption, title
from bot.words import Words
from bot.words.html import CAPTION_LIMIT, clip
from core.charts.renderer import ChartFailed, Charts
from core.desk import Desk
from core.model.accounts import Source
from core.model.ids import SourceId
from core.model.people import Person
from core.model.signals import OrderKind
from core.model.trades import IntentState
from core.ports import Store
from core.quality.grouping import Dimension
from core.quality.report import MOST_ORDERS, report_of
from core.quality.sheet import as_csv
from tests.bot.snapshots import READERS, check_shown
from tests.bot.stage import Cast, OnePixel
from tests.bot.wording import ENGLISH, reply
from tests.core.quality.samples import a_fill, refused
from tests.fakes.orders import Order, put_orders

DAY = timedelta(days=1)


@pytest.fixture
async def orders(store: Store, desk: Desk, cast: Cast, source: Source) -> datetime:
    """Tara's three and Tom's one of today, and one of Tara's of forty days ago; when today's were tapped."""
    other = Source(SourceId(uuid4()), "=cmd()", frozenset({"EURUSD"}))
    async with store.write() as tx:
        await tx.sources.add(other, [])
    tara, tom = cast.account_of(cast.tara), cast.account_of(cast.tom)
    now = desk.clock.now() - timedelta(minutes=1)
    await put_orders(
        store,
        Order(tara, source, now, "1.2"),
        Order(tara, other, now, "-0.3", filled=Decimal("0.20"), state=IntentState.PARTIAL, was_unknown=True),
        Order(tara, source, now, state=IntentState.REFUSED, instrument="XAUUSD"),
        Order(tom, source, now, "7.0"),
        Order(tara, source, now - 40 * DAY, "33.0"),
    )
    return now


async def ask(people: SandboxClient, person: Person, text: str, wanted: str) -> dict[str, Any]:
    said = await people.say(person.telegram_id, text)
    return await people.wait_for(person.telegram_id, wanted, after=said["message_id"])


async def downloaded(url: str) -> bytes:
    async with aiohttp.ClientSession() as http, http.get(url) as answer:
        return await answer.read()


@pytest.mark.usefixtures("running", "orders")
class TestOrders:
    async def test_a_trader_sees_a_picture_and_a_table_of_their_own(
        self, people: SandboxClient, cast: Cast, charts: OnePixel
    ) -> None:
        seen = await ask(people, cast.tara, "/quality", "Quality by source · 30 days")
        assert seen["photo_url"]
        assert charts.drawn == ["Slippage · 30 days · 2 fills, by source"]
        text = seen["text"]
        assert text.replace("\u00a0", " ").splitlines()[1:6] == [
            "3 orders, 46 % of the lots filled",
            "1 filled · 1 in part · 1 refused · 1 in doubt for a while",
            "Slippage: median -0.3, p95 1.2, mean 0.4, worst 1.2 pips",
            "50 % better than expected (2 measured)",
            "To the fill: from the tap 0.4 s, p95 0.4 s; from the signal 20 s, p95 20 s",
        ]
        assert text.splitlines()[6:9] == [
            "         n fill  med  p95  tap",
            "momentum 2  50%  1.2  1.2 0.4s",
            "=cmd()   1  40% -0.3 -0.3 0.4s",
        ]
        assert seen["buttons"] == ["Account", "Instrument", "Hour", "CSV"]

    async def test_people_of_the_desk_see_all(self, people: SandboxClient, cast: Cast) -> None:
        for person in (cast.owner, cast.admin):
            seen = await ask(people, person, "/quality account", "Quality by account")
            assert "4 orders" in seen["text"]
            assert "Tara's pa…" in seen["text"]
            assert "Tom's pap…" in seen["text"]
        own = await ask(people, cast.tom, "/quality account", "Quality by account")
        assert "1 order," in own["text"]
        assert "Tara" not in own["text"]

    async def test_days_and_dimension_are_as_asked(
        self, people: SandboxClient, cast: Cast, orders: datetime
    ) -> None:
        hour = (await ask(people, cast.tara, "/quality HOUR 365", "by hour · 365 days"))["text"]
        assert f"{orders:%H}:00 4" in hour
        assert "Hours are UTC." in hour
        gold = (await ask(people, cast.tara, "/quality instrument", "by instrument"))["text"]
        assert "XAUUSD 1   0%" in gold
        assert "4 orders" in (await ask(people, cast.tara, "/quality 41", "by source · 41 days"))["text"]
        assert "worst 1.2" in (await ask(people, cast.tara, "/quality 1", "by source · 1 day"))["text"]

    async def test_each_button_groups_anew_in_the_same_message(
        self, people: SandboxClient, cast: Cast, charts: OnePixel
    ) -> None:
        tara = cast.tara.telegram_id
        shown = await ask(people, cast.tara, "/quality source 7", "Quality by source")
        for label in ("Account", "Instrument", "Hour", "Source"):
            await people.tap(tara, label)
            seen = await people.wait_for(tara, f"Quality by {label.lower()} · 7 days")
            assert seen["message_id"] == shown["message_id"]
            assert seen["photo_url"] != shown["photo_url"]
            assert label not in seen["buttons"]
            shown = seen
        assert [title.split(", ")[1] for title in charts.drawn[1:]] == [
            *("by account", "by instrument", "by hour", "by source"),
        ]

    async def test_the_file_holds_what_the_database_does(
        self, people: SandboxClient, sandbox: Sandbox, cast: Cast, desk: Desk, orders: datetime
    ) -> None:
        tara = cast.tara.telegram_id
        await ask(people, cast.tara, "/quality hour", "Quality by hour")
        await people.tap(tara, "CSV")
        sent = await people.wait_for(tara, "3 orders of the last 30 days")
        assert sent["document"]["name"] == "orders-30-days.csv"
        body = await downloaded(f"{sandbox.url}{sent['document']['url']}")
        assert len(body) == sent["document"]["size"]
        async with desk.store.read() as tx:
            fills = await tx.fills.since(orders - 30 * DAY, [cast.account_of(cast.tara).id], 99)
        assert body.decode() == as_csv(fills)
        lines = list(csv.DictReader(io.StringIO(body.decode(), newline="")))
        assert [line["source"] for line in lines] == ["momentum", "'=cmd()", "momentum"]
        assert [line["slippage_pips"] for line in lines] == ["1.20", "-0.30", ""]

    async def test_a_button_shows_the_one_who_taps_their_own(self, people: SandboxClient, cast: Cast) -> None:
        tom = cast.tom.telegram_id
        shown = await ask(people, cast.tom, "/quality", "Quality by source")
        forged = QualityTap(by=Dimension.ACCOUNT, days=365, sheet=True).pack()
        await people.tap_stale(tom, forged, shown["message_id"])
        assert await people.wait_for(tom, "1 order of the last 365 days")

    @pytest.mark.parametrize(
        "data", ["y:source:0:0", "y:source:366:0", "y:planet:30:0", "y:source:-1:1", "y:"]
    )
    async def test_a_forged_button_has_expired(self, people: SandboxClient, cast: Cast, data: str) -> None:
        shown = await ask(people, cast.tara, "/quality", "Quality by source")
        await people.tap_stale(cast.tara.telegram_id, data, shown["message_id"])
        await people.wait_for_answer(cast.tara.telegram_id, reply("expired-button"))


@pytest.mark.usefixtures("running")
class TestWithoutPicture:
    async def test_no_orders_are_a_sentence(
        self, people: SandboxClient, cast: Cast, charts: OnePixel
    ) -> None:
        seen = await ask(people, cast.tara, "/quality hour 7", "No fills yet")
        assert seen["text"] == "No fills yet in the last 7 days."
        assert (seen["photo_url"], seen["buttons"], charts.drawn) == (None, [], [])

    async def test_refusals_alone_are_a_table(
        self, people: SandboxClient, cast: Cast, store: Store, desk: Desk, source: Source, charts: OnePixel
    ) -> None:
        tara = cast.tara.telegram_id
        order = Order(cast.account_of(cast.tara), source, desk.clock.now(), state=IntentState.REFUSED)
        await put_orders(store, order)
        seen = await ask(people, cast.tara, "/quality", "nothing to measure yet")
        assert "momentum 1   0%   –   –   –" in seen["text"]
        await people.tap(tara, "Hour")
        assert (await people.wait_for(tara, "Quality by hour"))["message_id"] == seen["message_id"]
        assert charts.drawn == []

    @pytest.mark.parametrize(
        "text", ["/quality planet", "/quality hour 0", "/quality hour 366", "/quality 7 hour", "/quality -1"]
    )
    async def test_wrong_arguments_get_the_form(self, people: SandboxClient, cast: Cast, text: str) -> None:
        seen = await ask(people, cast.tara, text, "Write it like this")
        assert seen["text"] == f"Write it like this: {ENGLISH.label('usage-quality')}"

    async def test_a_stranger_gets_nothing(self, people: SandboxClient) -> None:
        stranger = await people.add_user("Mallory")
        await people.say(stranger, "/quality")
        assert reply("private-desk") in (await people.wait_for(stranger, ""))["text"]
        await people.tap_stale(stranger, QualityTap(by=Dimension.HOUR, days=30, sheet=True).pack(), 1)
        await people.wait_for_answer(stranger, reply("private-desk"))
        assert all(not message["document"] for message in await people.messages(stranger))


class Broken(OnePixel):
    async def slippage(self, *_: object) -> bytes:
        raise ChartFailed("The chart could not be drawn.")


@pytest.mark.usefixtures("running", "orders")
class TestABrokenRenderer:
    @pytest.fixture
    def charts(self) -> OnePixel:
        return Broken()

    async def test_leaves_the_table(self, people: SandboxClient, cast: Cast) -> None:
        seen = await ask(people, cast.tara, "/quality", "momentum")
        assert not seen["photo_url"]
        await people.tap(cast.tara.telegram_id, "Hour")
        await people.wait_for(cast.tara.telegram_id, "could not be drawn")


@pytest.mark.usefixtures("running", "orders")
class TestTheRealRenderer:
    @pytest.fixture
    async def charts(self) -> AsyncIterator[Charts]:
        async with Charts() as renderer:
            yield renderer

    async def test_draws_what_telegram_takes(self, people: SandboxClient, cast: Cast) -> None:
        seen = await ask(people, cast.owner, "/quality", "Quality by source")
        assert seen["photo_size"] == [1200, 600]


# The view


@pytest.mark.parametrize("dimension", Dimension)
@pytest.mark.parametrize("words", READERS, ids=lambda words: words.language)
def test_the_longest_caption_fits_and_its_names_are_only_text(dimension: Dimension, words: Words) -> None:
    late, long = timedelta(days=300), "<b>&\"'" * 10
    fills = [
        a_fill(
            pips,
            source=f"{number}{long}",
            account=f"{number}{long}",
            instrument=f"{number}{long}",
            tapped_at=a_fill().tapped_at + timedelta(hours=number),
            opened_at=None,
            settled_at=a_fill().tapped_at + late,
        )
        for number in range(24)
        for pips in ("-123456.78", "1234567.89")
    ]
    odd = [refused(), a_fill(state=IntentState.PARTIAL), a_fill(state=IntentState.UNKNOWN)]
    pending = [
        a_fill(state=state, order_kind=OrderKind.STOP) for state in (IntentState.PLACED, IntentState.EXPIRED)
    ]
    report = report_of([*fills, *odd, *pending] * (MOST_ORDERS // 48), dimension, 365)
    text, _ = parse_html(quality(report, words).text)
    assert clip(text, CAPTION_LIMIT) == text
    assert words.label("more", n=len(report.rows) - 8) in text
    table = text.splitlines()[6:15]
    assert len({len(line) for line in table}) == 1
    assert words.label("quality-cut", n=len(report.fills)) in text


def test_a_usual_table_is_narrow_enough_for_a_phone() -> None:
    fills = [a_fill("12.3", source=f"breakout-{number}") for number in range(5) for _ in range(120)]
    for words in READERS:
        text, _ = parse_html(quality(report_of(fills, Dimension.SOURCE, 30), words).text)
        assert max(map(len, text.splitlines()[6:11])) <= 34


def test_a_report_in_every_language() -> None:
    mixed = [
        a_fill("1.2"),
        a_fill("-0.3", source="breakout"),
        refused(),
        a_fill(state=IntentState.PARTIAL),
        a_fill(state=IntentState.UNKNOWN),
        a_fill(state=IntentState.PLACED, order_kind=OrderKind.STOP),
    ]
    check_shown("quality", lambda words: quality(report_of(mixed, Dimension.HOUR, 7), words), caption=True)
    for number in (1, 2, 5):
        report = report_of([a_fill("0.5")] * number, Dimension.SOURCE, number)
        check_shown(f"quality-{number}", partial(quality, report), caption=True)


def test_what_stands_over_the_picture_and_under_the_file() -> None:
    report = report_of([a_fill("0.5")] * 2, Dimension.ACCOUNT, 30)
    check_shown(
        "quality-words",
        lambda words: Rendered(
            "\n".join([title(report, words), *legend(report, words).values(), sheet_caption(report, words)])
        ),
    )

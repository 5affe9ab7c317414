"""/history, /performance, /equity and /chart in the chats: whose, which page, the file, the pictures."""

import csv
import io
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import uuid4

import aiohttp
import pytest

from bot.buttons.reports import About, EquityTap, HistoryTap, PerformanceTap
from bot.sandbox import Sandbox, SandboxClient
from core.charts.renderer import ChartFailed, Charts
from core.desk import Desk
from core.model.accounts import Account, Source
from core.model.clock import Clock
from core.model.ids import SourceId, TradeId
from core.model.people import Person
from core.mt5 import contract as mt5
from core.mt5.pool import Pool
from core.paper.hands import Hands
from core.ports import Store
from tests.bot.books import STATE, a_snapshot
from tests.bot.stage import Cast, OnePixel, a_signal, at_broker, put_signal, terminal_here
from tests.bot.wording import reply
from tests.core.results import a_trade

D = Decimal
DAY = timedelta(days=1)


async def ask(people: SandboxClient, person: Person, text: str, wanted: str) -> dict[str, Any]:
    said = await people.say(person.telegram_id, text)
    return await people.wait_for(person.telegram_id, wanted, after=said["message_id"])


async def put_trades(store: Store, desk: Desk, account: Account, source: Source, *profits: str) -> None:
    """Closed trades of a signal of the source, the last one now and each before it an hour earlier."""
    signal = a_signal(source, desk.clock.now())
    await put_signal(desk, signal, [])
    async with store.write() as tx:
        for number, profit in enumerate(reversed(profits)):
            closed = desk.clock.now() - timedelta(hours=number, minutes=1)
            trade = a_trade(1, profit, position=uuid4().int % 2**40, account_id=account.id)
            opened = closed - timedelta(minutes=30)
            placed = replace(trade, id=TradeId(uuid4()), signal_id=signal.id, opened_at=opened)
            await tx.trades.add(replace(placed, closed_at=closed))
        await tx.snapshots.save(account.id, a_snapshot())


@pytest.fixture
async def closed(store: Store, desk: Desk, cast: Cast, source: Source) -> None:
    """Tara's thirteen of momentum and one of a source with an odd name; Tom's one."""
    odd = Source(SourceId(uuid4()), "=odd", frozenset({"EURUSD"}))
    async with store.write() as tx:
        await tx.sources.add(odd, [])
    tara, tom = cast.account_of(cast.tara), cast.account_of(cast.tom)
    await put_trades(store, desk, tara, source, *["10.00", "-5.00"] * 6, "100.00")
    await put_trades(store, desk, tara, odd, "-7.00")
    await put_trades(store, desk, tom, source, "33.00")


@pytest.mark.usefixtures("running", "closed")
class TestHistory:
    async def test_a_trader_turns_the_pages_of_their_own(self, people: SandboxClient, cast: Cast) -> None:
        tara = cast.tara.telegram_id
        first = await ask(people, cast.tara, "/history", "History · 14 trades")
        assert first["text"].count("Tara's paper") == 10
        assert "Tom" not in first["text"]
        assert first["buttons"] == ["‹", "1/2", "›", "CSV"]
        await people.tap(tara, "›")
        second = await people.wait_for(tara, lambda one: "2/2" in one["buttons"])
        assert second["message_id"] == first["message_id"]
        assert second["text"].count("Tara's paper") == 4

    async def test_people_of_the_desk_see_all_and_narrow_it(self, people: SandboxClient, cast: Cast) -> None:
        assert "15 trades" in (await ask(people, cast.admin, "/history", "History"))["text"]
        of_source = await ask(people, cast.owner, "/history =odd", "History · =odd · 1 trade")
        assert "−7.00" in of_source["text"]
        of_account = await ask(
            people, cast.owner, "/history tom's paper 3", "History · Tom's paper · 1 trade"
        )
        assert "+33.00" in of_account["text"]

    async def test_so_many_a_page_as_asked(self, people: SandboxClient, cast: Cast) -> None:
        seen = await ask(people, cast.tara, "/history 3", "14 trades")
        assert seen["text"].count("Tara's paper") == 3
        assert "1/5" in seen["buttons"]
        await ask(people, cast.tara, "/history 11", "The number goes from 1 to 10.")
        await ask(people, cast.tara, "/history 0", "The number goes from 1 to 10.")

    async def test_a_name_that_is_not_theirs_is_unknown(self, people: SandboxClient, cast: Cast) -> None:
        told = await ask(people, cast.tara, "/history Tom's paper", "Nothing here is called")
        assert "account Tara's paper" in told["text"]
        assert "account Tom's paper" not in told["text"]
        await ask(people, cast.tom, "/history =odd", "Nothing here is called")

    async def test_the_file_holds_them_all_newest_first(
        self, people: SandboxClient, sandbox: Sandbox, cast: Cast
    ) -> None:
        await ask(people, cast.tara, "/history 3", "14 trades")
        await people.tap(cast.tara.telegram_id, "CSV")
        sent = await people.wait_for(cast.tara.telegram_id, "14 closed trades, one a line.")
        assert sent["document"]["name"] == "trades.csv"
        url = f"{sandbox.url}{sent['document']['url']}"
        async with aiohttp.ClientSession() as http, http.get(url) as answer:
            body = (await answer.read()).decode()
        lines = list(csv.DictReader(io.StringIO(body, newline="")))
        assert [line["profit"] for line in lines][:3] in (
            ["-7.00", "100.00", "-5.00"],
            ["100.00", "-7.00", "-5.00"],
        )
        assert {line["source"] for line in lines} == {"momentum", "'=odd"}
        assert {line["currency"] for line in lines} == {"USD"}

    async def test_a_forged_button_shows_nothing_of_others(self, people: SandboxClient, cast: Cast) -> None:
        tom = cast.tom.telegram_id
        shown = await ask(people, cast.tom, "/history", "History · 1 trade")
        tara = HistoryTap(about=About.ACCOUNT, of=cast.account_of(cast.tara).id, sheet=True)
        await people.tap_stale(tom, tara.pack(), shown["message_id"])
        await people.wait_for_answer(tom, "This account is not yours.")
        await people.tap_stale(tom, HistoryTap(page=99_999, sheet=True).pack(), shown["message_id"])
        await people.wait_for(tom, "1 closed trade, one a line.")


@pytest.mark.usefixtures("running", "closed")
class TestPerformance:
    async def test_of_ones_own_trades_by_source(self, people: SandboxClient, cast: Cast) -> None:
        seen = (await ask(people, cast.tara, "/performance", "Performance · 30 days"))["text"]
        assert "+123.00\N{NO-BREAK SPACE}USD · 14 trades" in seen
        assert "Win rate 50.0\N{NO-BREAK SPACE}% · profit factor 4.32" in seen
        assert "Largest fall of the closed results" in seen
        assert "momentum 13" in seen
        assert "By account" not in seen

    async def test_other_days_in_the_same_message(self, people: SandboxClient, cast: Cast) -> None:
        shown = await ask(people, cast.owner, "/performance momentum 90", "Performance · momentum · 90 days")
        assert "By account" in shown["text"]
        assert shown["buttons"] == ["7 d", "30 d", "365 d"]
        await people.tap(cast.owner.telegram_id, "7 d")
        seen = await people.wait_for(cast.owner.telegram_id, "momentum · 7 days")
        assert seen["message_id"] == shown["message_id"]

    async def test_days_that_are_over_do_not_count(
        self, people: SandboxClient, cast: Cast, clock: Any
    ) -> None:
        clock.skipped_s += DAY.total_seconds() * 2
        await ask(people, cast.tara, "/performance 1", "No closed trades yet.")

    async def test_a_forged_button(self, people: SandboxClient, cast: Cast) -> None:
        shown = await ask(people, cast.tom, "/performance", "+33.00")
        forged = PerformanceTap(days=30, about=About.ACCOUNT, of=cast.account_of(cast.tara).id)
        await people.tap_stale(cast.tom.telegram_id, forged.pack(), shown["message_id"])
        await people.wait_for_answer(cast.tom.telegram_id, "This account is not yours.")


# Equity and candles


@pytest.fixture
async def terminals(store: Store, clock: Clock) -> AsyncIterator[Pool]:
    async with terminal_here(store, clock) as pool:
        yield pool


@pytest.fixture
def hands(cast: Cast, tmp_path: Path) -> Iterator[Hands]:
    with at_broker(cast.account_of(cast.tara), tmp_path / "broker.sqlite3") as hands:
        yield hands


@pytest.fixture
async def readings(store: Store, desk: Desk, cast: Cast, hands: Hands) -> None:
    """Of Tara's account: 10,000 two hours ago, 9,000 an hour ago, 9,500 now. The broker's history has
    10,000 that were paid in at the opening, a moment ago, and 500 just now."""
    account = cast.account_of(cast.tara)
    hands.deposit(account.login, 500)
    async with store.write() as tx:
        for hours, equity in ((2, "10000"), (1, "9000"), (0, "9500")):
            at = desk.clock.now() - timedelta(hours=hours) + timedelta(seconds=30)
            state = replace(STATE, equity=D(equity), read_at=at)
            await tx.snapshots.save(account.id, replace(a_snapshot(), account=state))


@pytest.mark.usefixtures("running", "readings")
class TestEquity:
    async def test_a_chart_with_its_figures_and_what_was_paid(
        self, people: SandboxClient, cast: Cast, charts: OnePixel
    ) -> None:
        seen = await ask(people, cast.tara, "/equity 1", "Tara's paper")
        assert seen["photo_url"]
        assert charts.drawn == ["Tara's paper · 1 d · USD"]
        assert "Gain −11,000.00\N{NO-BREAK SPACE}USD" in seen["text"]
        assert "Paid in or out: +10,500.00\N{NO-BREAK SPACE}USD in 2 payments" in seen["text"]
        assert seen["buttons"] == ["7 d", "30 d", "90 d", "365 d"]

    async def test_other_days_and_accounts_in_the_same_message(
        self, people: SandboxClient, cast: Cast, charts: OnePixel
    ) -> None:
        owner = cast.owner.telegram_id
        shown = await ask(people, cast.owner, "/equity Tara's paper 30", "Tara's paper")
        await people.tap(owner, "90 d")
        seen = await people.wait_for(owner, "90 days")
        assert seen["message_id"] == shown["message_id"]
        await people.tap(owner, "Tom's paper")
        await people.wait_for(owner, "The account was not read in these days.")
        assert [title.split(" · ")[1] for title in charts.drawn] == ["30 d", "90 d"]

    async def test_only_accounts_that_one_may_see(self, people: SandboxClient, cast: Cast) -> None:
        await ask(people, cast.tom, "/equity Tara's paper", "Nothing here is called")
        shown = await ask(people, cast.tom, "/equity", "was not read in these days")
        forged = EquityTap(account=cast.account_of(cast.tara).id, days=7)
        await people.tap_stale(cast.tom.telegram_id, forged.pack(), shown["message_id"])
        await people.wait_for_answer(cast.tom.telegram_id, "This account is not yours.")

    async def test_a_stranger_gets_nothing(self, people: SandboxClient, cast: Cast) -> None:
        stranger = await people.add_user("Mallory")
        forged = EquityTap(account=cast.account_of(cast.tara).id, days=7)
        for tap in (forged.pack(), HistoryTap(sheet=True).pack()):
            await people.tap_stale(stranger, tap, 1)
        await people.wait_for_answer(stranger, reply("private-desk"))


class Broken(OnePixel):
    async def equity(self, *_: object) -> bytes:
        raise ChartFailed("The chart could not be drawn.")


@pytest.mark.usefixtures("running", "readings")
class TestABrokenRenderer:
    @pytest.fixture
    def charts(self) -> OnePixel:
        return Broken()

    async def test_leaves_the_figures(self, people: SandboxClient, cast: Cast) -> None:
        seen = await ask(people, cast.tara, "/equity", "Largest drawdown")
        assert not seen["photo_url"]


@pytest.mark.usefixtures("running", "readings")
class TestTheRealRenderer:
    @pytest.fixture
    async def charts(self) -> AsyncIterator[Charts]:
        async with Charts() as renderer:
            yield renderer

    async def test_draws_what_telegram_takes(self, people: SandboxClient, cast: Cast) -> None:
        seen = await ask(people, cast.tara, "/equity", "Largest drawdown")
        assert seen["photo_size"] == [1200, 675]


@pytest.mark.usefixtures("running")
class TestCandles:
    async def test_what_is_held_is_drawn_for_its_trader_only(
        self, people: SandboxClient, cast: Cast, hands: Hands, charts: OnePixel
    ) -> None:
        account = cast.account_of(cast.tara)
        hands.open_position(account.login, "EURUSD", mt5.ORDER_TYPE_BUY, 0.10)
        seen = await ask(people, cast.tara, "/chart eurusd h1", "EURUSD · 1 hour")
        assert "🟢 BUY 0.1 lots" in seen["text"]
        assert list(charts.levels) == ["Entry"]
        assert seen["buttons"] == ["M5", "M15", "H4"]
        await people.tap(cast.tara.telegram_id, "M15")
        again = await people.wait_for(cast.tara.telegram_id, "EURUSD · 15 minutes")
        assert again["message_id"] == seen["message_id"]
        assert charts.drawn == ["EURUSD  H1", "EURUSD  M15"]
        owner = await ask(people, cast.owner, "/chart EURUSD", "EURUSD · 5 minutes")
        assert "BUY" not in owner["text"]
        assert charts.levels == {}

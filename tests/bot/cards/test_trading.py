"""From the tap to the paper broker and back: size and chart on the card, fill, close, refusals."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import suppress
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from bot.sandbox import SandboxClient
from core.charts.renderer import Charts
from core.desk import Desk
from core.model.accounts import Account, RiskPolicy
from core.model.clock import Clock
from core.model.policies import Plan
from core.mt5.pool import Pool
from core.paper import hands
from core.paper.hands import Hands
from core.paper.market.plan import MarketPlan
from core.paper.server import records as paper
from core.ports import Store
from core.reconciliation.sync import Reconciler
from core.trading.account_loop import Pace, trade
from tests.bot.conftest import SendSignal
from tests.bot.stage import Cast, OnePixel, eventually, terminals_of

APPROVE = "✅ Approve"
SPLIT = RiskPolicy(plan=Plan.SPLIT, fixed_lots=Decimal("0.10"))


@pytest.fixture
async def terminals(store: Store, clock: Clock) -> AsyncIterator[Pool]:
    async with terminals_of(store, clock) as pool:
        yield pool


@pytest.fixture
async def account(cast: Cast, tmp_path: Path) -> AsyncIterator[Account]:
    """Tara's account at a paper broker with 10,000 USD, and its terminal."""
    held = cast.account_of(cast.tara)
    book = tmp_path / "broker.sqlite3"
    person = Hands.on(book, MarketPlan(seed=7))
    person.open_account(paper.Account(login=held.login, name="Tara", server=held.server), "secret", 10_000)
    hands.install_terminal(Path(held.terminal_path), book)
    yield held
    person.close_book()


@pytest.fixture
async def trading(desk: Desk, account: Account, running: None) -> AsyncIterator[None]:
    await Reconciler(desk, account).sync()  # before that nothing is opened
    task = asyncio.create_task(trade(desk, account, Pace()))
    yield
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


async def entry_now(desk: Desk, account: Account) -> Decimal:
    """What buying EURUSD costs now."""
    session = await desk.terminals.session(account.id)
    return (await session.quote("EURUSD")).ask


async def send_at_market(
    send_signal: SendSignal, cast: Cast, entry: Decimal, targets: Sequence[int] = (60,)
) -> None:
    """The targets are so many pips away."""
    pip = Decimal("0.0001")
    levels = {"stop_loss": entry - 30 * pip, "take_profits": tuple(entry + pips * pip for pips in targets)}
    await send_signal(cast.tara, entry=entry, **levels)


async def positions(desk: Desk, account: Account) -> int:
    session = await desk.terminals.session(account.id)
    return len((await session.snapshot()).positions)


@pytest.mark.usefixtures("trading")
async def test_a_tap_opens_one_position_and_the_card_follows(
    people: SandboxClient,
    cast: Cast,
    desk: Desk,
    account: Account,
    send_signal: SendSignal,
    charts: OnePixel,
) -> None:
    tara = cast.tara.telegram_id
    await send_at_market(send_signal, cast, await entry_now(desk, account))
    card = await people.wait_for(tara, "BUY EURUSD")
    assert card["photo_url"]
    assert list(charts.levels) == ["Entry", "SL", "TP1"]
    assert "lots," in card["text"]
    assert "at risk" in card["text"]

    data = card["keyboard"][0][0]["callback_data"]
    await asyncio.gather(*(people.tap_stale(tara, data, card["message_id"]) for _ in range(3)))
    filled = await people.wait_for(tara, "Filled")
    assert filled["message_id"] == card["message_id"]
    assert filled["buttons"] == []
    answers = await people.until(lambda: people.answers(tara), lambda seen: len(seen) == 3)
    late = "This signal is already approved."
    assert sorted(answer["text"] for answer in answers) == ["Checking the price …", late, late]
    assert await positions(desk, account) == 1

    await Reconciler(desk, account).sync()
    await people.say(tara, "/positions")
    await people.wait_for(tara, "1 position")


async def choose(store: Store, account: Account, policy: RiskPolicy) -> None:
    """What the trader wants of the account from now on."""
    async with store.write() as tx:
        await tx.accounts.put(replace(account, policy=policy), "secret")


@pytest.mark.usefixtures("trading")
async def test_a_split_is_shown_before_the_tap_and_each_leg_after_it(
    people: SandboxClient, cast: Cast, desk: Desk, account: Account, send_signal: SendSignal
) -> None:
    tara = cast.tara.telegram_id
    await choose(desk.store, account, SPLIT)
    await send_at_market(send_signal, cast, await entry_now(desk, account), (60, 120))
    card = await people.wait_for(tara, "BUY EURUSD")
    assert "Split 0.05 lots to" in card["text"]
    await people.tap(tara, APPROVE)
    filled = await people.wait_for(tara, "TP2 ✅ Filled")
    assert "TP1 ✅ Filled" in filled["text"]
    assert await positions(desk, account) == 2


@pytest.mark.usefixtures("trading")
async def test_a_split_that_there_is_no_room_for_is_refused_as_a_whole(
    people: SandboxClient, cast: Cast, desk: Desk, account: Account, send_signal: SendSignal
) -> None:
    tara = cast.tara.telegram_id
    await choose(desk.store, account, replace(SPLIT, max_open_trades=1))
    await send_at_market(send_signal, cast, await entry_now(desk, account), (60, 120))
    card = await people.wait_for(tara, "BUY EURUSD")
    await people.tap(tara, APPROVE)
    told = await people.wait_for(tara, "this signal wants 2 more")
    assert told["message_id"] == card["message_id"]
    assert "0 of 1 trades are open" in told["text"]
    assert await positions(desk, account) == 0


@pytest.mark.usefixtures("trading")
async def test_a_price_that_ran_away_refuses_the_tap(
    people: SandboxClient, cast: Cast, desk: Desk, account: Account, send_signal: SendSignal
) -> None:
    tara = cast.tara.telegram_id
    await send_at_market(send_signal, cast, await entry_now(desk, account) - Decimal("0.0020"))
    card = await people.wait_for(tara, "BUY EURUSD")
    await people.tap(tara, APPROVE)
    refused = await people.wait_for(tara, "The price moved")
    assert refused["message_id"] == card["message_id"]
    assert (await people.wait_for(tara, "BUY EURUSD"))["buttons"][0] == APPROVE
    assert await positions(desk, account) == 0


@pytest.mark.usefixtures("trading")
async def test_closeall_asks_and_then_closes(
    people: SandboxClient, cast: Cast, desk: Desk, account: Account, send_signal: SendSignal
) -> None:
    tara = cast.tara.telegram_id
    await people.say(tara, "/closeall")
    await people.wait_for(tara, "You have no open positions and no pending orders.")
    await send_at_market(send_signal, cast, await entry_now(desk, account))
    await people.wait_for(tara, "BUY EURUSD")
    await people.tap(tara, APPROVE)
    await people.wait_for(tara, "Filled")

    await people.say(tara, "/closeall")
    question = await people.wait_for(tara, "Close 1 position")
    await people.tap(tara, "Keep them")
    await people.wait_for(tara, "Nothing was closed.")
    assert await positions(desk, account) == 1

    await people.say(tara, "/closeall")
    await people.wait_for(tara, "Close 1 position", after=question["message_id"])
    await people.tap(tara, "Close 1 position")
    await people.wait_for(tara, "On its way: 1 order")
    await eventually(lambda: positions(desk, account), 0)


@pytest.mark.usefixtures("running")
async def test_a_chart_of_a_symbol(
    people: SandboxClient, cast: Cast, account: Account, charts: OnePixel
) -> None:
    tara = cast.tara.telegram_id
    await people.say(tara, "/chart eurusd")
    assert (await people.wait_for(tara, "EURUSD · 5 minutes"))["photo_url"]
    await people.say(tara, "/chart NOSUCH")
    await people.wait_for(tara, "There is no chart of NOSUCH")
    await people.say(cast.tom.telegram_id, "/chart EURUSD")
    await people.wait_for(cast.tom.telegram_id, "terminal")
    assert charts.drawn == ["EURUSD  M5"]


class TestTheRealRenderer:
    @pytest.fixture
    async def charts(self) -> AsyncIterator[Charts]:
        async with Charts() as renderer:
            yield renderer

    @pytest.mark.usefixtures("running", "account")
    async def test_draws_what_telegram_takes(self, people: SandboxClient, cast: Cast) -> None:
        await people.say(cast.tara.telegram_id, "/chart XAUUSD")
        seen = await people.wait_for(cast.tara.telegram_id, "XAUUSD · 5 minutes", timeout_s=20)
        assert seen["photo_size"] == [1200, 675]

"""What must never wait: a panic, a lock and a hold are handled beside all else that a person asks for."""

import asyncio
from datetime import UTC, datetime
from typing import NoReturn
from uuid import UUID

import pytest
from aiogram.fsm.storage.base import DEFAULT_DESTINY, StorageKey
from aiogram.types import CallbackQuery, Chat, Message, Update, User

from bot.buttons.alerts import AcknowledgeTap
from bot.buttons.commands import CommandTap
from bot.buttons.guard import HoldReason, HoldTap, LiquidationAct, LiquidationTap, LockTap, PanicTap
from bot.buttons.people import SettingsPage, SettingsTap
from bot.buttons.positions import CloseAllAct, CloseAllTap
from bot.sandbox import SandboxClient
from bot.talk.lanes import Lanes, lane_of
from core.model.ids import AccountId
from core.mt5.pool import Pool
from tests.bot.stage import Cast

OLGA = User(id=7, is_bot=False, first_name="Olga")
HERS = Chat(id=7, type="private")


@pytest.fixture
def terminals() -> Pool:
    """Whoever asks one waits for ever."""

    async def hangs(_: AccountId) -> NoReturn:
        await asyncio.Event().wait()
        raise AssertionError

    return Pool(hangs)


@pytest.mark.usefixtures("running")
async def test_a_panic_does_not_wait_for_a_chart(people: SandboxClient, cast: Cast) -> None:
    owner = cast.owner.telegram_id
    await people.say(owner, "/chart EURUSD")
    await people.say(owner, "/panic")
    await people.wait_for(owner, "Close everything")
    await people.tap(owner, "🆘 Close everything")
    await people.wait_for_answer(owner, "On it")
    await people.say(owner, "/lock EURUSD 2h NFP")
    await people.wait_for(owner, "EURUSD")


async def test_what_the_terminal_does_not_tell_soon_is_not_waited_for(
    people: SandboxClient, cast: Cast, running: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.mt5.patience.LOOK_S", 0.05)
    tara = cast.tara.telegram_id
    await people.say(tara, "/chart EURUSD")
    await people.wait_for(tara, "did not answer in time")
    await people.say(tara, "/closeall")
    await people.wait_for(tara, "cannot be reached just now: Tara")


def tapped(data: str) -> Update:
    return Update(
        update_id=1, callback_query=CallbackQuery(id="1", from_user=OLGA, chat_instance="1", data=data)
    )


def said(text: str) -> Update:
    return Update(
        update_id=1,
        message=Message(message_id=1, date=datetime.now(UTC), chat=HERS, from_user=OLGA, text=text),
    )


@pytest.mark.parametrize(
    ("update", "lane"),
    [
        (said("/panic"), "panic"),
        (tapped(PanicTap(until=1, sure=True).pack()), "panic"),
        (said("/hold Tom 15m news"), "liquidations"),
        (tapped(LiquidationTap(act=LiquidationAct.NOW, liquidation=1).pack()), "liquidations"),
        (tapped(HoldTap(liquidation=1, minutes=5, reason=HoldReason.NEWS).pack()), "liquidations"),
        (said("/lock@desk_bot desk NFP"), "locks"),
        (said("/pause lunch"), "locks"),
        (tapped(LockTap(account=UUID(int=1)).pack()), "locks"),
        (said("/closeall"), "closing"),
        (tapped(CloseAllTap(act=CloseAllAct.CLOSE, until=1).pack()), "closing"),
        (tapped(CommandTap(name="closeall").pack()), "closing"),
        (tapped(AcknowledgeTap(escalation=1).pack()), "alerts"),
        (said("/chart EURUSD"), DEFAULT_DESTINY),
        (said("panic"), DEFAULT_DESTINY),
        (said("/"), DEFAULT_DESTINY),
        (tapped(SettingsTap(page=SettingsPage.HUB).pack()), DEFAULT_DESTINY),
        (tapped("cmd"), DEFAULT_DESTINY),
        (tapped(""), DEFAULT_DESTINY),
    ],
)
def test_the_lane_of_what_is_typed_or_tapped(update: Update, lane: str) -> None:
    assert lane_of(update) == lane


async def test_in_a_lane_one_is_handled_at_a_time() -> None:
    lanes, key, inside = Lanes(), StorageKey(1, 7, 7), list[int]()

    async def handle(number: int) -> None:
        async with lanes.lock(key):
            inside.append(number)
            await asyncio.sleep(0)
            assert inside[-1] == number

    await asyncio.gather(*map(handle, range(5)))
    assert inside == [0, 1, 2, 3, 4]


async def test_who_has_gone_takes_no_memory() -> None:
    """Everybody who ever wrote to the bot, strangers and members of groups, once."""
    lanes = Lanes()
    for number in range(100):
        async with lanes.lock(StorageKey(1, number, number)):
            assert len(lanes) == 1
    assert len(lanes) == 0

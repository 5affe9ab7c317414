"""Questions that a second tap answers count for thirty seconds, whatever they ask."""

from uuid import uuid4

import pytest

from bot.buttons import fields
from bot.buttons.accounts import AccountAct, AccountTap
from bot.buttons.alerts import RouteAct, RouteTap
from bot.buttons.divergences import DivergenceTap
from bot.buttons.fields import DeskTap, unix
from bot.buttons.guard import PanicTap, UnlockSureTap
from bot.buttons.people import BlockTap, ForgetTap, RolesTap
from bot.buttons.positions import CloseAllAct, CloseAllTap
from bot.buttons.signals import WithdrawTap
from bot.sandbox import SandboxClient
from bot.talk.questions import LASTS
from bot.views.markup import Rendered
from core.desk import Desk
from core.model.clock import Clock
from core.model.events import Event
from tests.bot.snapshots import check_shown
from tests.bot.stage import Cast

LAPSED = "This question has lapsed."


def yes_to_each(cast: Cast, until: int) -> list[DeskTap]:
    """The yes to every question of the desk, all as the owner or the trader may tap it."""
    tara, account = cast.tara.id, cast.account_of(cast.tara).id
    return [
        AccountTap(act=AccountAct.UNLINK, account=account, until=until),
        BlockTap(person=tara, block=True, until=until),
        CloseAllTap(act=CloseAllAct.CLOSE, until=until),
        ForgetTap(forget=True, until=until),
        PanicTap(until=until, sure=True),
        RolesTap(person=tara, before=1, after=2, until=until),
        UnlockSureTap(lock=1, until=until),
        WithdrawTap(signal=uuid4(), until=until),
    ]


WITH_MORE_IN_THEIR_MESSAGE: set[type[DeskTap]] = {DivergenceTap, RouteTap}
"""Whose message is shown as it was: see their own tests."""


def test_every_question_is_here(cast: Cast) -> None:
    asked = {tap for tap in fields._TAPS.values() if "until" in tap.model_fields}
    assert asked == {type(tap) for tap in yes_to_each(cast, 0)} | WITH_MORE_IN_THEIR_MESSAGE


@pytest.mark.usefixtures("running")
@pytest.mark.parametrize("off_by_s", [-1, LASTS.total_seconds() + 5])
@pytest.mark.parametrize("place", range(8))
async def test_no_answer_counts_outside_its_time_nor_keeps_its_buttons(
    people: SandboxClient, cast: Cast, desk: Desk, clock: Clock, off_by_s: float, place: int
) -> None:
    tap = yes_to_each(cast, unix(clock.now()) + int(off_by_s))[place]
    person = cast.tara if isinstance(tap, AccountTap | CloseAllTap) else cast.owner
    said = await people.say(person.telegram_id, "/help")
    shown = await people.wait_for(person.telegram_id, "/settings", after=said["message_id"])
    before = await _happened(desk)
    await people.tap_stale(person.telegram_id, tap.pack(), shown["message_id"])
    assert (await people.wait_for_answer(person.telegram_id, LAPSED))["show_alert"]
    told = await people.wait_for(person.telegram_id, LAPSED)
    assert (told["message_id"], told["buttons"]) == (shown["message_id"], [])
    assert await _happened(desk) == before


async def _happened(desk: Desk) -> list[Event]:
    async with desk.store.read() as tx:
        return list(await tx.events.recent(50))


@pytest.mark.usefixtures("running")
async def test_a_route_whose_removal_was_asked_too_long_ago_is_shown_again(
    people: SandboxClient, cast: Cast, clock: Clock
) -> None:
    group = await people.add_group("Risk room", [cast.owner.telegram_id], "supergroup")
    await people.say(cast.owner.telegram_id, "/route here drawdown", chat_id=group)
    await people.wait_for(group, "These alerts come here")
    shown = await people.say(cast.owner.telegram_id, "/route")
    listed = await people.wait_for(cast.owner.telegram_id, "Risk room", after=shown["message_id"])
    late = RouteTap(act=RouteAct.REMOVE, route=1, until=unix(clock.now()) - 1)
    await people.tap_stale(cast.owner.telegram_id, late.pack(), listed["message_id"])
    await people.wait_for_answer(cast.owner.telegram_id, LAPSED)
    again = await people.wait_for(cast.owner.telegram_id, lambda m: "✓ Drawdown" in m["buttons"])
    assert again["message_id"] == listed["message_id"]


def test_what_a_late_answer_reads() -> None:
    check_shown("question-lapsed", lambda words: Rendered(words("question-lapsed")))

"""What somebody is told to do first, by role, in three languages."""

import pytest

from bot.sandbox import Sandbox, SandboxClient
from bot.views.firststeps import FIRST, first_steps
from core.model.people import Person, Role
from core.people.door import person_id
from core.ports import Store
from tests.bot.snapshots import check_shown
from tests.bot.stage import join
from tests.bot.wording import ACCEPT


def newcomer(*roles: Role) -> Person:
    return Person(person_id(5), 5, "Nina", frozenset(roles))


@pytest.mark.parametrize("role", Role)
def test_each_role_has_three_first_things_or_one_before_those(role: Role) -> None:
    check_shown(f"first-{role}", lambda words: first_steps(newcomer(role), words, has_account=False))
    assert len(FIRST[role]) == 3


def test_who_has_an_account_is_not_sent_to_link_one() -> None:
    trader = newcomer(Role.TRADER)
    check_shown("first-trader-linked", lambda words: first_steps(trader, words, has_account=True))


def test_several_roles_have_each_their_own() -> None:
    every = newcomer(*Role)
    check_shown("first-every-role", lambda words: first_steps(every, words, has_account=False))


@pytest.mark.usefixtures("running")
async def test_the_first_things_are_buttons_that_work(
    people: SandboxClient, store: Store, sandbox: Sandbox
) -> None:
    viewer = await join(store, sandbox.world, "Vera", Role.VIEWER, consented=False)
    await people.say(viewer.telegram_id, "/start")
    await people.wait_for(viewer.telegram_id, "before you begin")
    await people.tap(viewer.telegram_id, ACCEPT)
    shown = await people.wait_for(viewer.telegram_id, "You see the whole desk")
    assert shown["buttons"] == ["Status", "Signals", "Performance"]
    await people.tap(viewer.telegram_id, "Signals")
    await people.wait_for(viewer.telegram_id, "signal", after=shown["message_id"])

"""Who gets in: strangers, the risk text, people who block the bot and come back."""

import pytest

from bot.sandbox import SandboxClient
from bot.views.consent import ACCEPT_LABEL
from bot.views.replies import ACCEPT_FIRST, PRIVATE_CHAT_ONLY, PRIVATE_DESK
from core.desk import Desk
from core.model.people import CONSENT_VERSION, Role
from core.ports import Store
from tests.bot.stage import Cast, join

pytestmark = pytest.mark.usefixtures("running")


async def test_stranger_is_refused_once_and_the_owner_told_once(people: SandboxClient, cast: Cast) -> None:
    stranger = await people.add_user("Sam")
    await people.say(stranger, "/start")
    await people.say(stranger, "hello?")
    await people.say(stranger, "/status")
    await people.wait_for(stranger, PRIVATE_DESK)
    await people.wait_for(cast.owner.telegram_id, "stranger")
    # Tara's answer is proof that the updates before hers were handled.
    await people.say(cast.tara.telegram_id, "/help")
    await people.wait_for(cast.tara.telegram_id, "/positions")
    assert [m["text"] for m in await people.messages(stranger) if m["from_bot"]] == [
        f"{PRIVATE_DESK} Write to Olga."
    ]
    told = [m for m in await people.messages(cast.owner.telegram_id) if "stranger" in m["text"]]
    assert len(told) == 1
    assert str(stranger) in told[0]["text"]

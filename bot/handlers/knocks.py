"""Strangers at the door: who lets them in, and who sends them away."""

from aiogram import Bot, Router
from aiogram.exceptions import TelegramAPIError
from structlog import get_logger

from bot.buttons.people import KnockAct, KnockTap
from bot.context import App
from bot.talk.taps import Tap
from bot.words import words_for
from core.model.joining import Knock, KnockState
from core.model.people import Person, Role
from core.people.door import admit, decline

log = get_logger(__name__)

LET_IN_AS = {KnockAct.TRADER: Role.TRADER, KnockAct.VIEWER: Role.VIEWER}


def make_router() -> Router:
    router = Router(name="knocks")
    router.callback_query.register(on_knock_tap, KnockTap.filter())
    return router


async def on_knock_tap(
    _: object, callback_data: KnockTap, person: Person, app: App, bot: Bot, tap: Tap
) -> None:
    """Every copy of the message follows by the outbox. Who is declined has none and is told here."""
    role = LET_IN_AS.get(callback_data.act)
    if role is not None:
        await admit(app.desk, person, callback_data.knock, role)
    else:
        silently = callback_data.act is KnockAct.IGNORE
        decided = await decline(app.desk, person, callback_data.knock, silently=silently)
        await _tell_declined(bot, decided)
    await tap.answer()


async def _tell_declined(bot: Bot, knock: Knock) -> None:
    if knock.state is not KnockState.DECLINED or not knock.asks:
        return
    try:
        text = words_for(knock.language).label("join-declined")
        await bot.send_message(knock.chat_id, text, parse_mode=None)
    except TelegramAPIError as refused:
        log.info("stranger_not_told", knock=knock.id, error=str(refused))

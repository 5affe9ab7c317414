"""/invite: links that let somebody in, all of them, and their end."""

from datetime import timedelta

from aiogram import Bot, Router
from aiogram.types import Message

from bot.buttons.people import InviteAct, InviteTap
from bot.commands import INVITE, Asks
from bot.context import App
from bot.talk.answers import reply
from bot.talk.taps import Tap
from bot.typed.durations import read_duration
from bot.views.door import invited, invites, revoked
from bot.views.markup import Rendered
from bot.words import Words
from core.model.errors import Refused
from core.model.joining import USUAL_INVITE
from core.model.people import Person, Role
from core.people.invites import invite, open_invites, revoke


def make_router() -> Router:
    router = Router(name="invites")
    router.message.register(on_invite, Asks(INVITE))
    router.callback_query.register(on_invite_tap, InviteTap.filter())
    return router


async def on_invite(
    message: Message, argument: str, person: Person, app: App, bot: Bot, words: Words
) -> None:
    role, uses, lasts = read_invite(argument)
    await reply(message, await _new_invite(app, bot, person, role, uses, lasts, words))


def read_invite(argument: str) -> tuple[Role, int, timedelta]:
    """A role, a number of uses and a duration, each at most once and in any order. Raises Refused."""
    role, uses, lasts = Role.TRADER, 1, USUAL_INVITE
    for word in argument.lower().split():
        span = read_duration(word)
        if word in set(Role):
            role = Role(word)
        elif word.isascii() and word.isdigit():
            uses = int(word[:9])
        elif span is not None:
            lasts = span
        else:
            raise Refused(f"{word[:20]} is no role, no number of uses and no duration: /invite trader 3 2d")
    return role, uses, lasts


async def _new_invite(
    app: App, bot: Bot, by: Person, role: Role, uses: int, lasts: timedelta, words: Words
) -> Rendered:
    made, token = await invite(app.desk, by, role, uses, lasts)
    me = await bot.me()
    return invited(made, f"https://t.me/{me.username}?start={token}", words)


async def on_invite_tap(
    _: object, callback_data: InviteTap, person: Person, app: App, bot: Bot, tap: Tap, words: Words
) -> None:
    if callback_data.act is InviteAct.NEW:
        await tap.answer()
        role = callback_data.role or Role.TRADER
        await tap.send(await _new_invite(app, bot, person, role, 1, USUAL_INVITE, words))
        return
    if callback_data.act is InviteAct.REVOKE:
        shown = revoked(await revoke(app.desk, person, callback_data.invite), words)
    else:
        shown = await _invites(app, person, words)
    await tap.answer()
    await tap.show(shown)


async def _invites(app: App, person: Person, words: Words) -> Rendered:
    found = await open_invites(app.desk, person)
    async with app.desk.store.read() as tx:
        names = {each.id: each.name for each in await tx.people.all()}
    return invites(found, names, person, words)

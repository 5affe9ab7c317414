"""Who is here and who comes in: /users, /role, /block, /unblock, /invite, and strangers at the door."""

from datetime import timedelta

from aiogram import Bot, Router
from aiogram.exceptions import TelegramAPIError
from aiogram.types import Message
from structlog import get_logger

from bot.buttons.people import (
    BlockTap,
    InviteAct,
    InviteTap,
    KnockAct,
    KnockTap,
    PersonAct,
    PersonTap,
    RolesTap,
    UsersTap,
    roles_of,
)
from bot.commands import BLOCK, INVITE, ROLE, UNBLOCK, USERS, Asks
from bot.context import App
from bot.talk.answers import reply
from bot.talk.questions import in_time, lapses_at
from bot.talk.taps import Tap
from bot.typed.durations import read_duration
from bot.views.door import invited, invites, revoked
from bot.views.markup import Rendered
from bot.views.people import (
    Roles,
    ask_block,
    ask_roles,
    ask_unblock,
    blocked,
    person_page,
    roles_given,
    unblocked,
    users,
)
from bot.words import Words, words_for
from core.model.errors import NotAllowed, NotFound, Refused, Stale
from core.model.ids import PersonId
from core.model.joining import USUAL_INVITE, Knock, KnockState
from core.model.people import Person, Role
from core.people.door import admit, decline
from core.people.invites import invite, open_invites, revoke
from core.people.roles import (
    block,
    check_block,
    check_change,
    find_person,
    give_roles,
    may_act_on,
    unblock,
)

log = get_logger(__name__)

LET_IN_AS = {KnockAct.TRADER: Role.TRADER, KnockAct.VIEWER: Role.VIEWER}


def make_router() -> Router:
    router = Router(name="people")
    router.message.register(on_users, Asks(USERS))
    router.message.register(on_role, Asks(ROLE))
    router.message.register(on_block, Asks(BLOCK))
    router.message.register(on_unblock, Asks(UNBLOCK))
    router.message.register(on_invite, Asks(INVITE))
    router.callback_query.register(on_users_tap, UsersTap.filter())
    router.callback_query.register(on_person_tap, PersonTap.filter())
    router.callback_query.register(on_roles_tap, RolesTap.filter())
    router.callback_query.register(on_block_tap, BlockTap.filter())
    router.callback_query.register(on_invite_tap, InviteTap.filter())
    router.callback_query.register(on_knock_tap, KnockTap.filter())
    return router


async def on_users(message: Message, app: App, words: Words) -> None:
    await reply(message, await _users(app, 0, words))


async def on_users_tap(_: object, callback_data: UsersTap, app: App, tap: Tap, words: Words) -> None:
    await tap.answer()
    await tap.show(await _users(app, callback_data.page, words))


async def _users(app: App, page: int, words: Words) -> Rendered:
    async with app.desk.store.read() as tx:
        everybody = await tx.people.all()
    return users([person for person in everybody if person.roles], page, words)


async def on_role(message: Message, argument: str, person: Person, app: App, words: Words) -> None:
    name, roles = _name_and_roles(argument)
    other = await find_person(app.desk, name)
    await reply(message, await _ask_roles(app, person, other, roles, words))


async def on_block(message: Message, argument: str, person: Person, app: App, words: Words) -> None:
    other = await find_person(app.desk, argument)
    await reply(message, await _ask_block(app, person, other, words))


async def on_unblock(message: Message, argument: str, person: Person, app: App, words: Words) -> None:
    other = await find_person(app.desk, argument)
    await reply(message, _ask_unblock(app, person, other, words))


def _name_and_roles(argument: str) -> tuple[str, Roles]:
    """`Tom Smith trader viewer` → Tom Smith, and the two roles."""
    words, roles = argument.split(), set()
    while len(words) > 1 and words[-1].lower() in set(Role):
        roles.add(Role(words.pop().lower()))
    return " ".join(words), frozenset(roles)


async def on_person_tap(
    _: object, callback_data: PersonTap, person: Person, app: App, tap: Tap, words: Words
) -> None:
    other = await _known(app, PersonId(callback_data.person))
    match callback_data.act:
        case PersonAct.ASK_ROLES:
            shown = await _ask_roles(app, person, other, roles_of(callback_data.roles), words)
        case PersonAct.ASK_BLOCK:
            shown = await _ask_block(app, person, other, words)
        case PersonAct.ASK_UNBLOCK:
            shown = _ask_unblock(app, person, other, words)
        case PersonAct.SHOW:
            shown = await _person(app, person, other, words)
    await tap.answer()
    await tap.show(shown)


async def _known(app: App, who: PersonId) -> Person:
    async with app.desk.store.read() as tx:
        found = await tx.people.get(who)
    if found is None:
        raise NotFound("This person is not known here any more.")
    return found


async def _person(app: App, reader: Person, other: Person, words: Words) -> Rendered:
    async with app.desk.store.read() as tx:
        accounts = [account.label for account in await tx.accounts.of_person(other.id)]
    return person_page(other, accounts, reader, words)


async def _ask_roles(app: App, by: Person, other: Person, after: Roles, words: Words) -> Rendered:
    async with app.desk.store.read() as tx:
        await check_change(tx, by, other, after)
    return ask_roles(other, after, lapses_at(app.desk.clock), words)


async def _ask_block(app: App, by: Person, other: Person, words: Words) -> Rendered:
    async with app.desk.store.read() as tx:
        await check_block(tx, by, other)
        pending = len(await tx.approvals.pending_of(other.id))
        accounts = await tx.accounts.of_person(other.id)
        trades = [await tx.trades.open_of(account.id) for account in accounts]
    return ask_block(other, pending, sum(map(len, trades)), lapses_at(app.desk.clock), words)


def _ask_unblock(app: App, by: Person, other: Person, words: Words) -> Rendered:
    if not may_act_on(by, other):
        raise NotAllowed("That is for an owner: admins act on traders and viewers only.")
    if not other.is_blocked:
        raise Stale(f"{other.name} is not blocked.")
    return ask_unblock(other, lapses_at(app.desk.clock), words)


async def on_roles_tap(
    _: object, callback_data: RolesTap, person: Person, app: App, tap: Tap, words: Words
) -> None:
    if not await in_time(callback_data.until, app.desk.clock, tap, words):
        return
    before, after = roles_of(callback_data.before), roles_of(callback_data.after)
    changed = await give_roles(app.desk, person, PersonId(callback_data.person), before, after)
    await tap.answer()
    await tap.show(roles_given(changed, words))


async def on_block_tap(
    _: object, callback_data: BlockTap, person: Person, app: App, tap: Tap, words: Words
) -> None:
    if not await in_time(callback_data.until, app.desk.clock, tap, words):
        return
    who = PersonId(callback_data.person)
    if callback_data.block:
        shown = blocked(await block(app.desk, person, who), words)
    else:
        shown = unblocked(await unblock(app.desk, person, who), words)
    await tap.answer()
    await tap.show(shown)


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

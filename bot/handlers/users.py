"""Who is here: /users, /role, /block, /unblock."""

from aiogram import Router
from aiogram.types import Message

from bot.buttons.people import (
    BlockTap,
    PersonAct,
    PersonTap,
    RolesTap,
    UsersTap,
    roles_of,
)
from bot.commands import BLOCK, ROLE, UNBLOCK, USERS, Asks
from bot.context import App
from bot.talk.answers import reply
from bot.talk.questions import in_time, lapses_at
from bot.talk.taps import Tap
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
from bot.words import Words
from core.model.errors import NotAllowed, NotFound, Stale
from core.model.ids import PersonId
from core.model.people import Person, Role
from core.people.roles import (
    block,
    check_block,
    check_change,
    find_person,
    give_roles,
    may_act_on,
    unblock,
)


def make_router() -> Router:
    router = Router(name="users")
    router.message.register(on_users, Asks(USERS))
    router.message.register(on_role, Asks(ROLE))
    router.message.register(on_block, Asks(BLOCK))
    router.message.register(on_unblock, Asks(UNBLOCK))
    router.callback_query.register(on_users_tap, UsersTap.filter())
    router.callback_query.register(on_person_tap, PersonTap.filter())
    router.callback_query.register(on_roles_tap, RolesTap.filter())
    router.callback_query.register(on_block_tap, BlockTap.filter())
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

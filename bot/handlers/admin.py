"""Running the desk: /pause, /resume, /unlock."""

from aiogram import Router
from aiogram.types import Message

from bot.access import HasRight
from bot.callbacks import UnlockTap
from bot.commands import PAUSE, RESUME, UNLOCK, Asks
from bot.context import App
from bot.taps import Tap
from bot.views.locks import PAUSED, RESUMED, Locked, locked_accounts, unlocked
from bot.views.markup import Rendered
from core.model.accounts import Account
from core.model.errors import Stale
from core.model.ids import AccountId
from core.model.people import Person, Right
from core.model.risk import LockKind
from core.ports import Tx
from core.risk.locks import pause, resume, unlock


def make_router() -> Router:
    router = Router(name="admin")
    router.message.register(on_pause, Asks(PAUSE))
    router.message.register(on_resume, Asks(RESUME))
    router.message.register(on_unlock, Asks(UNLOCK))
    router.callback_query.register(on_unlock_tap, UnlockTap.filter(), HasRight(Right.UNLOCK))
    return router


async def on_pause(message: Message, argument: str, person: Person, app: App) -> None:
    await pause(app.desk, person, argument)
    await message.answer(PAUSED)


async def on_resume(message: Message, person: Person, app: App) -> None:
    await resume(app.desk, person)
    await message.answer(RESUMED)


async def on_unlock(message: Message, app: App) -> None:
    async with app.desk.store.read() as tx:
        shown = locked_accounts(await _locked(tx))
    await message.answer(shown.text, reply_markup=shown.keyboard)


async def on_unlock_tap(_: object, callback_data: UnlockTap, person: Person, app: App, tap: Tap) -> None:
    account = await _still_locked(callback_data, app)
    await unlock(app.desk, person, account.id)
    await tap.answer()
    await tap.show(Rendered(unlocked(account)))


async def _locked(tx: Tx) -> list[Locked]:
    """Accounts that a guard holds, by their locks."""
    guards = [lock for lock in await tx.locks.active() if lock.kind is LockKind.DRAWDOWN]
    found = [(await tx.accounts.get(lock.account_id), lock) for lock in guards if lock.account_id]
    return [Locked(account, lock) for account, lock in found if account is not None]


async def _still_locked(button: UnlockTap, app: App) -> Account:
    """The account of the button. Raises Stale unless the very lock that it shows still holds."""
    async with app.desk.store.read() as tx:
        held = [one for one in await _locked(tx) if one.lock.id == button.lock]
    if not held or held[0].account.id != AccountId(button.account):
        raise Stale("This lock was released already. /unlock shows what holds now.")
    return held[0].account

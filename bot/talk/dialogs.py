"""Wizards: talks of several steps, kept in the database, so that a restart loses none of them.

How to use it, with the `state` that aiogram gives to every handler:

    class Linking(StatesGroup):
        LOGIN = State()

    router.message.register(on_login, Answers(Linking.LOGIN))

    async def on_start(message: Message, state: FSMContext, words: Words) -> None:
        await state.set_state(Linking.LOGIN)             # begins; any other talk of the person is over
        await state.set_data({"terminal": "…"})          # JSON, what was answered so far; never a secret
        await message.answer(words("accounts-ask-login"))

    async def on_login(message: Message, answer: str, state: FSMContext) -> None:
        await state.update_data(login=answer)            # or answer with what is wrong, and stay
        await state.clear()                              # the end

A command is no answer: it goes its own way, and the talk waits. A button of a talk asks `is_at` first: one
of a step that is over says so. After a day of silence a talk is over.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

from aiogram.filters import Filter
from aiogram.fsm.context import FSMContext
from aiogram.fsm.middleware import FSMContextMiddleware
from aiogram.fsm.state import State
from aiogram.fsm.storage.base import BaseStorage, StateType, StorageKey
from aiogram.types import Message, TelegramObject, Update

from bot.commands import read_command
from bot.talk.lanes import lane_of
from bot.talk.secrets import LAPSED, is_secret, names_command
from core.desk import Desk
from core.model.dialogs import Dialog
from core.ports import Tx

Handler = Callable[[TelegramObject, dict[str, Any]], Awaitable[Any]]
SILENCE = timedelta(days=1)


class Dialogs(BaseStorage):
    """aiogram's storage of states, over the desk's database. Only private chats and people are told apart."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def set_state(self, key: StorageKey, state: StateType = None) -> None:
        step = state.state if isinstance(state, State) else state
        async with self._desk.store.write() as tx:
            await self._save(tx, replace(await self._known(tx, key), step=step))

    async def get_state(self, key: StorageKey) -> str | None:
        async with self._desk.store.read() as tx:
            return (await self._known(tx, key)).step

    async def set_data(self, key: StorageKey, data: Mapping[str, Any]) -> None:
        async with self._desk.store.write() as tx:
            await self._save(tx, replace(await self._known(tx, key), answers=dict(data)))

    async def get_data(self, key: StorageKey) -> dict[str, Any]:
        async with self._desk.store.read() as tx:
            return dict((await self._known(tx, key)).answers)

    async def close(self) -> None:
        """The database is the desk's to close."""

    async def _known(self, tx: Tx, key: StorageKey) -> Dialog:
        now = self._desk.clock.now()
        known = await tx.dialogs.get(key.chat_id, key.user_id)
        if known is None or now - known.changed_at > SILENCE:
            step = LAPSED.state if known is not None and is_secret(known.step) else None
            return Dialog(key.chat_id, key.user_id, now, step)
        return known

    async def _save(self, tx: Tx, dialog: Dialog) -> None:
        """One that waits for nothing and holds nothing is over."""
        if dialog.step is None and not dialog.answers:
            await tx.dialogs.end(dialog.chat_id, dialog.user_id)
        else:
            await tx.dialogs.save(replace(dialog, changed_at=self._desk.clock.now()))


class Steps(FSMContextMiddleware):
    """Reads the step of a person's talk when they write something, in the lane of what they ask for. A button
    is answered without it, and asks for it where it matters: see `is_at`."""

    async def __call__(self, handler: Handler, event: TelegramObject, data: dict[str, Any]) -> Any:
        talk = self.resolve_event_context(data["bot"], data)
        if talk is None or not isinstance(event, Update):
            return await handler(event, data)
        data["state"] = talk
        async with self.events_isolation.lock(key=replace(talk.key, destiny=lane_of(event))):
            if event.callback_query is None:
                data["raw_state"] = await talk.get_state()
            return await handler(event, data)


class Answers(Filter):
    """Passes what a person writes at one of these steps, but a command. Gives the handler `answer`.

    At a step where a secret may be written only a command of the desk is one: passwords begin with slashes.
    """

    def __init__(self, *steps: State, secret: bool = False) -> None:
        self.steps = {step.state for step in steps}
        self._secret = secret

    async def __call__(self, message: Message, raw_state: str | None = None) -> bool | dict[str, str]:
        text = message.text or ""
        is_command = names_command(text) if self._secret else read_command(text) is not None
        if raw_state not in self.steps or is_command:
            return False
        return {"answer": text.strip()}


async def is_at(state: FSMContext, *steps: State) -> bool:
    """Whether the talk waits at one of these steps now."""
    return await state.get_state() in {step.state for step in steps}

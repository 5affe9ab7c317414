"""Questions about positions and orders: put, answered, or given the price that they wait for.

What comes of a confirmed one, the relay shows in the message of the question: see `bot/delivery/subjects.py`.
"""

from aiogram import Router
from aiogram.fsm.context import FSMContext
from aiogram.fsm.state import State, StatesGroup
from aiogram.types import Message

from bot.buttons.positions import RequestTap
from bot.context import App
from bot.door.access import HasRight
from bot.talk.answers import reply
from bot.talk.dialogs import Answers
from bot.talk.taps import Tap
from bot.views.requests import dropped, not_done, prompt, question
from bot.words import Words
from core.model.errors import DeskError, NotFound, Refused, Stale
from core.model.people import Person, Right
from core.model.requests import Request, RequestState
from core.ports import SentMessage
from core.trading.requests import Wanted, ask, confirm, drop, open_request, typed


class Pricing(StatesGroup):
    """A talk of one step: the request, by its number, waits for its price."""

    PRICE = State()


def make_router() -> Router:
    router = Router(name="requests")
    router.callback_query.register(on_answer, RequestTap.filter())
    router.message.register(on_price, Answers(Pricing.PRICE), HasRight(Right.CLOSE_OWN))
    return router


async def put_question(
    app: App, wanted: Wanted, person: Person, tap: Tap, words: Words, state: FSMContext
) -> None:
    """Ask below the view, with the numbers of this moment; or for a price. Raises as `ask` does."""
    async with tap.working(""):
        asked = await ask(app.desk, wanted, person)
    if asked.request.state is RequestState.TYPING:
        await state.set_state(Pricing.PRICE)
        await state.set_data({"request": asked.request.id})
        await tap.send(prompt(asked, words))
    else:
        await tap.send(question(asked, words))


async def on_price(
    message: Message, answer: str, state: FSMContext, person: Person, app: App, words: Words
) -> None:
    """What was typed; one that is no price, or that the broker would not take, may be followed by another."""
    number = int((await state.get_data())["request"])
    try:
        asked = await typed(app.desk, number, person, answer)
    except Refused as obstacle:
        await message.answer(words("requests-again", reason=words.told(str(obstacle))))
        return
    except DeskError:
        await state.clear()
        raise
    await state.clear()
    shown = question(asked, words)
    await reply(message, shown)


async def on_answer(
    _: object,
    callback_data: RequestTap,
    person: Person,
    app: App,
    tap: Tap,
    words: Words,
    state: FSMContext,
) -> None:
    number = callback_data.request
    if not callback_data.sure:
        request = await drop(app.desk, number, person)
        await _end_talk(state, number)
        await tap.answer()
        await tap.show(dropped(request, words))
        return
    shown = SentMessage(person.chat_id or person.telegram_id, tap.message_id or 0, has_photo=False)
    try:
        await open_request(app.desk, number, person)  # what is over is told in the answer itself
        async with tap.working(words.label("reply-on-it")):
            await confirm(app.desk, number, person, shown)
    except (Stale, Refused, NotFound) as obstacle:
        request_left = await _left_open(app, number, person)
        if request_left is not None:
            await tap.show(not_done(request_left, str(obstacle), words))
        raise


async def _left_open(app: App, number: int, person: Person) -> Request | None:
    """What could not be confirmed, dropped: what stands there is over. None when it was over before."""
    try:
        return await drop(app.desk, number, person)
    except (Stale, NotFound):
        return None


async def _end_talk(state: FSMContext, number: int) -> None:
    if (await state.get_data()).get("request") == number:
        await state.clear()

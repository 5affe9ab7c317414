"""/signal: a signal that a person composes, in one line or step by step; always previewed, sent once."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from aiogram import Bot, Router
from aiogram.fsm.context import FSMContext
from aiogram.fsm.state import State, StatesGroup
from aiogram.types import BufferedInputFile, Message

from bot.buttons.cards import Timeframe
from bot.buttons.signals import ComposeAct, ComposeTap
from bot.commands import SIGNAL, Asks
from bot.context import App
from bot.delivery.messages import send
from bot.door.access import HasRight
from bot.readings.market import if_soon, signal_chart
from bot.talk.answers import reply
from bot.talk.dialogs import Answers
from bot.talk.taps import Tap
from bot.typed.signals import STEPS, Composition, Misread, draft_of, read_answer, read_line, wrong
from bot.views.compose import (
    Talk,
    cancelled,
    preview,
    question,
    refused_line,
    sent,
    what_to_change,
)
from bot.views.markup import Rendered, keyboard
from bot.words import Words
from core.intake.composing import composable, compose, priced, sent_as
from core.intake.composing import preview as previewed
from core.model.errors import InvalidField, Refused, Stale
from core.model.people import Person, Right
from core.model.signals import Signal

FRESH = timedelta(seconds=60)
"""So long the price of the moment in a preview may be sent."""


class Composing(StatesGroup):
    ASKING = State()
    PREVIEW = State()


def make_router() -> Router:
    router = Router(name="compose")
    router.message.register(on_signal, Asks(SIGNAL))
    router.message.register(on_answer, Answers(Composing.ASKING), HasRight(Right.COMPOSE))
    router.callback_query.register(on_tap, ComposeTap.filter())
    return router


@dataclass(frozen=True, slots=True)
class Composer:
    """A person who composes, and how they are answered: by new messages, the buttons before them gone."""

    app: App
    bot: Bot
    person: Person
    state: FSMContext
    words: Words

    async def known(self) -> Sequence[str]:
        """The instruments. Raises Refused while there are none."""
        async with self.app.desk.store.read() as tx:
            names = await composable(tx)
        if not names:
            raise Refused("No source has any instrument yet, so there is nothing to compose.")
        return names

    async def talk(self) -> Talk | None:
        kept = await self.state.get_data()
        if "composition" not in kept:
            return None
        at = datetime.fromisoformat(kept["shown_at"])
        return Talk(UUID(kept["composition"]), kept["revision"], Composition(**kept["answers"]), at)

    async def talk_of(self, tapped: ComposeTap) -> Talk:
        """Raises Stale for a button of one that is over, or that shows what has changed since."""
        talk = await self.talk()
        if talk is None or talk.composition != tapped.composition:
            over = (
                "compose-sent-already" if await sent_as(self.app.desk, tapped.composition) else "compose-over"
            )
            raise Stale(self.words.label(over))
        if talk.revision != tapped.revision:
            raise Stale(self.words.label("compose-stale"))
        return talk

    async def go_on(
        self, talk: Talk, answers: Composition, error: Misread | None = None, *, anew: bool = False
    ) -> None:
        """Ask for what is missing, else show the preview; what the intake refuses is asked for again."""
        if answers.missing is not None:
            talk = await self._keep(talk, answers, Composing.ASKING)
            await self._say(question(talk, await self.known(), error, self.words))
            return
        answers = await self._priced(answers)
        try:
            seen = await previewed(self.app.desk, self.person, talk.composition, draft_of(answers))
        except InvalidField as invalid:
            step, misread = wrong(answers, invalid)
            await self.go_on(talk, answers.without(step), misread)
            return
        talk = await self._keep(talk, answers, Composing.PREVIEW)
        await self._say(preview(talk, seen, self.words, anew=anew), await self._chart(seen.signal))

    async def send(self, talk: Talk) -> Rendered | None:
        """Send it; None when its price was too old and a new preview asks again."""
        if talk.answers.seen and self.app.desk.clock.now() - talk.shown_at > FRESH:
            await self.go_on(talk, replace(talk.answers, seen=None), anew=True)
            return None
        accepted = await compose(self.app.desk, self.person, talk.composition, draft_of(talk.answers))
        await self.state.clear()
        if not accepted.created:
            raise Stale(self.words.label("compose-sent-already"))
        async with self.app.desk.store.read() as tx:
            cards = await tx.approvals.of_signal(accepted.signal.id)
        return sent(accepted.signal, len(cards), self.words)

    async def _priced(self, answers: Composition) -> Composition:
        """With the price of the moment, at the market without one. Raises Refused when none is known."""
        draft = draft_of(answers)
        if draft.entry is not None or draft.entry_zone is not None:
            return answers
        return replace(answers, seen=f"{(await priced(self.app.desk, draft)).entry:f}")

    async def _keep(self, talk: Talk, answers: Composition, step: State) -> Talk:
        kept = Talk(talk.composition, talk.revision + 1, answers, self.app.desk.clock.now())
        await self.state.set_state(step)
        await self.state.set_data(
            {
                "composition": kept.composition.hex,
                "revision": kept.revision,
                "answers": asdict(answers),
                "shown_at": kept.shown_at.isoformat(),
            }
        )
        return kept

    async def _say(self, rendered: Rendered, png: bytes | None = None) -> None:
        picture = BufferedInputFile(png, "signal.png") if png else None
        await send(self.bot, self.person.telegram_id, rendered, picture)

    async def _chart(self, signal: Signal) -> bytes | None:
        """As the first account sees it; None where there is none, or its terminal is not there."""
        async with self.app.desk.store.read() as tx:
            accounts = await tx.accounts.all()
        if not accounts:
            return None
        return await if_soon("chart", signal_chart(self.app, signal, accounts[0], Timeframe.M5))


async def on_signal(
    message: Message, argument: str, person: Person, app: App, bot: Bot, state: FSMContext, words: Words
) -> None:
    """Without anything after it the first question."""
    composer = Composer(app, bot, person, state, words)
    talk = Talk(uuid4(), 0, Composition(), app.desk.clock.now())
    try:
        line = read_line(argument, await composer.known())
    except Misread as error:
        await reply(message, refused_line(error, words))
        return
    await composer.go_on(talk, line.with_defaults() if argument else line)


async def on_answer(
    _: Message, answer: str, person: Person, app: App, bot: Bot, state: FSMContext, words: Words
) -> None:
    """What is typed answers the last question; what is wrong with it is said, and asked again."""
    composer = Composer(app, bot, person, state, words)
    talk = await composer.talk()
    if talk is not None:
        await _answered(composer, talk, answer)


async def _answered(composer: Composer, talk: Talk, answer: str) -> None:
    step = talk.answers.missing
    if step is None:
        raise Stale(composer.words.label("compose-stale"))
    try:
        answers = read_answer(talk.answers, step, answer, await composer.known())
    except Misread as error:
        await composer.go_on(talk, talk.answers, error)
    else:
        await composer.go_on(talk, answers)


async def on_tap(
    _: object,
    callback_data: ComposeTap,
    person: Person,
    app: App,
    bot: Bot,
    state: FSMContext,
    tap: Tap,
    words: Words,
) -> None:
    composer = Composer(app, bot, person, state, words)
    talk = await composer.talk_of(callback_data)
    await tap.answer()
    match callback_data.act:
        case ComposeAct.PICK:
            await tap.show_buttons(keyboard())
            await _answered(composer, talk, callback_data.value)
        case ComposeAct.CHOOSE:
            await tap.show_buttons(keyboard(*what_to_change(talk, words)))
        case ComposeAct.CHANGE:
            await tap.show_buttons(keyboard())
            await composer.go_on(talk, talk.answers.without(_step(callback_data)))
        case ComposeAct.BACK:
            await tap.show_buttons(keyboard())
            await composer.go_on(talk, replace(talk.answers, seen=None))
        case ComposeAct.CANCEL:
            await state.clear()
            await tap.show(cancelled(words))
        case ComposeAct.SEND:
            await _send(composer, talk, tap)


async def _send(composer: Composer, talk: Talk, tap: Tap) -> None:
    shown = await composer.send(talk)
    if shown is None:
        await tap.show_buttons(keyboard())
    else:
        await tap.show(shown)


def _step(tapped: ComposeTap) -> str:
    return tapped.value if tapped.value in STEPS else STEPS[-1]

"""/sources: who sends signals and how they went; pauses of a source by its button."""

from collections.abc import Sequence

from aiogram import Router
from aiogram.types import Message

from bot.buttons.signals import SourceTap
from bot.commands import SOURCES, Asks
from bot.context import App
from bot.delivery.cards import NEWEST_SIGNALS
from bot.talk.answers import reply
from bot.talk.taps import Tap
from bot.views.markup import Rendered
from bot.views.sources import SourceSeen, sources
from bot.words import Words
from core.model.ids import SourceId
from core.model.people import Person, Right
from core.model.risk import Place
from core.ports import Tx
from core.risk.locks import pause, resume


def make_router() -> Router:
    router = Router(name="sources")
    router.message.register(on_sources, Asks(SOURCES))
    router.callback_query.register(on_tap, SourceTap.filter())
    return router


async def on_sources(message: Message, person: Person, app: App, words: Words) -> None:
    await reply(message, await _shown(app, person, words))


async def on_tap(
    _: object, callback_data: SourceTap, person: Person, app: App, tap: Tap, words: Words
) -> None:
    """As the button says: a second tap, or somebody else's before, is told so."""
    place = Place(source_id=SourceId(callback_data.source))
    if callback_data.pause:
        await pause(app.desk, person, "", place)
    else:
        await resume(app.desk, person, place)
    await tap.answer()
    await tap.show(await _shown(app, person, words))


async def _shown(app: App, person: Person, words: Words) -> Rendered:
    async with app.desk.store.read() as tx:
        seen = await _seen(app, tx)
    may_pause, may_decide = person.may(Right.PAUSE), person.may(Right.DECIDE)
    return sources(seen, words, may_pause=may_pause, may_decide=may_decide)


async def _seen(app: App, tx: Tx) -> Sequence[SourceSeen]:
    now = app.desk.clock.now()
    locks = [lock for lock in await tx.locks.active() if lock.source_id is not None and lock.holds_at(now)]
    return [
        SourceSeen(
            source,
            await tx.signals.track_record(source.id, NEWEST_SIGNALS),
            [lock for lock in locks if lock.source_id == source.id],
        )
        for source in await tx.sources.all()
    ]

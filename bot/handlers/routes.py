"""/route: which alerts go to which groups, switched and removed by buttons."""

from aiogram import Router
from aiogram.types import Message

from bot.buttons.alerts import RouteAct, RouteTap
from bot.commands import ROUTE, Asks
from bot.context import App
from bot.talk.answers import reply
from bot.talk.questions import in_time, lapses_at
from bot.talk.taps import Tap
from bot.views.alerts.routes import ask_remove, route_page, routes_page
from bot.views.markup import Rendered
from bot.words import Words
from core.alerts.routing import remove_route, resume_route, switch_family
from core.model.alerts import Route
from core.model.errors import NotFound
from core.model.people import Person


def make_router() -> Router:
    router = Router(name="routes")
    router.message.register(on_routes, Asks(ROUTE))
    router.callback_query.register(on_tap, RouteTap.filter())
    return router


async def on_routes(message: Message, app: App, words: Words) -> None:
    shown = await _list(app, words)
    await reply(message, shown)


async def on_tap(
    _: object, callback_data: RouteTap, person: Person, app: App, tap: Tap, words: Words
) -> None:
    number = callback_data.route
    match callback_data.act:
        case RouteAct.ON | RouteAct.OFF if callback_data.family is not None:
            on = callback_data.act is RouteAct.ON
            switched = await switch_family(app.desk, person, number, callback_data.family, on=on)
            shown = route_page(switched, words)
        case RouteAct.RESUME:
            shown = route_page(await resume_route(app.desk, person, number), words)
        case RouteAct.ASK_REMOVE:
            shown = ask_remove(await _get(app, number), lapses_at(app.desk.clock), words)
        case RouteAct.REMOVE:
            again = route_page(await _get(app, number), words)
            if not await in_time(callback_data.until, app.desk.clock, tap, words, again):
                return
            await remove_route(app.desk, person, number)
            shown = await _list(app, words)
        case _:
            shown = route_page(await _get(app, number), words) if number else await _list(app, words)
    await tap.answer()
    await tap.show(shown)


async def _list(app: App, words: Words) -> Rendered:
    async with app.desk.store.read() as tx:
        return routes_page(await tx.routes.all(), words)


async def _get(app: App, number: int) -> Route:
    async with app.desk.store.read() as tx:
        route = await tx.routes.get(number)
    if route is None:
        raise NotFound("This route is gone.")
    return route

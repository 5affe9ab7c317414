"""The buttons under a countdown."""

from aiogram import Router

from bot.callbacks import LiquidationAct, LiquidationTap
from bot.context import App
from bot.taps import Tap
from core.model.people import Person
from core.risk.liquidation import close_now, hold


def make_router() -> Router:
    router = Router(name="alerts")
    router.callback_query.register(on_countdown, LiquidationTap.filter())
    return router


async def on_countdown(_: object, callback_data: LiquidationTap, person: Person, app: App, tap: Tap) -> None:
    act = close_now if callback_data.act is LiquidationAct.NOW else hold
    await act(app.desk, callback_data.liquidation, person)
    await tap.answer()

"""/quality: how well orders were carried out, as a picture and a table; buttons to group anew, and CSV."""

import asyncio

from aiogram import Router
from aiogram.types import Message

from bot.buttons.reports import QualityTap
from bot.commands import QUALITY, Asks
from bot.context import App
from bot.talk.answers import reply
from bot.talk.taps import Tap
from bot.views.quality import legend, quality, sheet_caption, sheet_name, shown, title
from bot.words import Words
from core.charts.renderer import ChartFailed
from core.model.people import Person, Right
from core.quality.grouping import Dimension
from core.quality.report import DEFAULT_DAYS, Report, read_report
from core.quality.sheet import as_csv


def make_router() -> Router:
    router = Router(name="quality")
    router.message.register(on_quality, Asks(QUALITY))
    router.callback_query.register(on_tap, QualityTap.filter())
    return router


async def on_quality(message: Message, argument: str, person: Person, app: App, words: Words) -> None:
    """A picture with the table below it; the table alone when there is nothing to draw, or no drawing."""
    report = await _report(app, person, *_wanted(argument))
    rendered = quality(report, words)
    try:
        png = await _picture(app, report, words)
    except ChartFailed:
        png = None
    await reply(message, rendered, png)


async def on_tap(
    _: object, callback_data: QualityTap, person: Person, app: App, tap: Tap, words: Words
) -> None:
    if callback_data.sheet:
        await _send_sheet(await _report(app, person, callback_data.by, callback_data.days), tap, words)
        return
    async with tap.working(words.label("drawing")):
        report = await _report(app, person, callback_data.by, callback_data.days)
        png = await _picture(app, report, words)
    if png is None:
        await tap.show(quality(report, words))
    else:
        await tap.show_picture(png, quality(report, words))


async def _send_sheet(report: Report, tap: Tap, words: Words) -> None:
    await tap.answer()
    sheet = await asyncio.to_thread(as_csv, report.fills)
    await tap.send_file(sheet_name(report), sheet.encode(), sheet_caption(report, words))


async def _report(app: App, person: Person, dimension: Dimension, days: int) -> Report:
    """Of the desk for its people, of their own accounts for others."""
    if person.may(Right.READ_DESK):
        return await read_report(app.desk, None, dimension, days)
    async with app.desk.store.read() as tx:
        accounts = [account.id for account in await tx.accounts.of_person(person.id)]
    return await read_report(app.desk, accounts, dimension, days)


async def _picture(app: App, report: Report, words: Words) -> bytes | None:
    """None when no slippage was measured. Raises ChartFailed."""
    if report.total.slippage is None:
        return None
    groups = shown(report.rows)
    return await app.charts.slippage(title(report, words), report.slippages, legend(report, words), groups)


def _wanted(argument: str) -> tuple[Dimension, int]:
    """What the command's pattern has let through: a dimension, a number of days, both or none."""
    words = argument.lower().split()
    days = next((int(word) for word in words if word.isdecimal()), DEFAULT_DAYS)
    return next((each for each in Dimension if each in words), Dimension.SOURCE), days

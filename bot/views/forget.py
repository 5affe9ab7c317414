"""/forget: what stands in the way, the question, and the farewell."""

from datetime import datetime

from aiogram.enums import ButtonStyle

from bot.buttons.fields import unix
from bot.buttons.people import ForgetTap
from bot.views.markup import Rendered, button, keyboard
from bot.words import Words
from bot.words.html import bold, italic, lines, paragraphs
from core.people.forgetting import InTheWay

SHOWN = 10


def in_the_way(found: InTheWay, words: Words) -> Rendered:
    """Every reason at once, with what to do about it."""
    exposure = found.exposure
    reasons = (
        words("forget-last-owner") if found.last_owner else None,
        words("forget-in-file") if found.of_desk_file else None,
        words("forget-positions", n=len(exposure.positions)) if exposure.positions else None,
        words("forget-orders", n=exposure.orders) if exposure.orders else None,
        words("forget-under-way", n=found.under_way) if found.under_way else None,
        *(words("forget-liquidating", account=account.label) for account in found.liquidating[:SHOWN]),
        *(words("forget-locked", account=account.label) for account in found.locked[:SHOWN]),
        *(words("forget-silent", account=account.label) for account in exposure.silent[:SHOWN]),
    )
    return Rendered(paragraphs(bold(words("forget-not-now")), lines(*reasons)))


def ask_forget(accounts: int, until: datetime, words: Words) -> Rendered:
    """What happens, and a second tap within the time."""
    text = paragraphs(
        bold(words("forget-question")),
        lines(words("forget-sent"), words("forget-erased", n=accounts), words("forget-stays")),
        words("forget-for-good"),
        italic(words("question-lapses", when=words.relative(until))),
    )
    lapses = unix(until)
    yes = button(words.label("forget-yes"), ForgetTap(forget=True, until=lapses), ButtonStyle.DANGER)
    no = button(words.label("forget-no"), ForgetTap(forget=False, until=lapses))
    return Rendered(text, keyboard([yes], [no]))


def kept(words: Words) -> Rendered:
    return Rendered(words("forget-kept"))


def forgotten(words: Words) -> Rendered:
    """The last message: the desk does not know the reader any more."""
    return Rendered(words("forget-done"))

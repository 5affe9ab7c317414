"""/audit: who did what, by kind, person and account, and the same as a file."""

import base64
from uuid import UUID

from aiogram import Router
from aiogram.types import Message

from bot.buttons.audit import AuditAct, AuditTap
from bot.commands import AUDIT, Asks
from bot.context import App
from bot.readings.trail import line, newest
from bot.talk.answers import reply
from bot.talk.taps import Tap
from bot.views.audit import KINDS, PER_PAGE, AuditPage, Names, audit, file_caption, kinds, whose
from bot.views.markup import Rendered, keyboard
from bot.words import Words
from core.model.errors import NotFound
from core.model.events import Event, EventFilter, Json
from core.model.ids import AccountId, PersonId
from core.model.people import Person
from core.ports import Tx

MOST_EXPORTED = 10_000


def make_router() -> Router:
    router = Router(name="audit")
    router.message.register(on_audit, Asks(AUDIT))
    router.callback_query.register(on_tap, AuditTap.filter())
    return router


async def on_audit(message: Message, argument: str, app: App, words: Words) -> None:
    """`/audit`, `/audit lock`, `/audit Tom`, `/audit lock Tom`."""
    async with app.desk.store.read() as tx:
        asked = _read(argument, await _names(tx), words)
    await reply(message, await _page(app, asked, words))


async def on_tap(
    _: object, callback_data: AuditTap, person: Person, app: App, tap: Tap, words: Words
) -> None:
    match callback_data.act:
        case AuditAct.SHOW:
            await tap.answer()
            await tap.show(await _page(app, callback_data, words))
        case AuditAct.KINDS:
            await tap.show_buttons(keyboard(*kinds(callback_data, words)))
        case AuditAct.WHO:
            async with app.desk.store.read() as tx:
                known = _tokens(await _names(tx))
            await tap.show_buttons(keyboard(*whose(callback_data, known, words)))
        case AuditAct.EXPORT:
            async with tap.working(words.label("audit-exporting")):
                await _export(app, person, callback_data, tap, words)


async def _page(app: App, asked: AuditTap, words: Words) -> Rendered:
    async with app.desk.store.read() as tx:
        names = await _names(tx)
        found = await tx.events.page(_wanted(asked), PER_PAGE + 1, asked.before or None)
    shown = found[:PER_PAGE]
    name = _tokens(names).get(asked.whose, "")
    return audit(AuditPage(shown, asked, name, len(found) > len(shown)), names, words)


async def _export(app: App, person: Person, asked: AuditTap, tap: Tap, words: Words) -> None:
    """The newest of what is chosen, oldest first; that it was taken out is an event itself.

    Raises NotFound when there is nothing of the kind: Telegram takes no empty file.
    """
    events = await newest(app.desk.store, _wanted(asked), MOST_EXPORTED)
    if not events:
        raise NotFound(words.label("audit-none"))
    async with app.desk.store.write() as tx:
        names, now = await _names(tx), app.desk.clock.now()
        chosen = _tokens(names).get(asked.whose, "")
        data: Json = {"events": len(events), "kind": asked.kind, "whose": chosen}
        await tx.events.append(Event("audit.exported", now, str(person.id), data, person_id=person.id))
    body = "".join(f"{line(one, names.accounts)}\n" for one in events)
    caption = file_caption(len(events), words, cut=len(events) >= MOST_EXPORTED)
    await tap.send_file(f"audit-{now:%Y-%m-%d}.jsonl", body.encode(), caption)


def _wanted(asked: AuditTap) -> EventFilter:
    kind, token = asked.kind, asked.whose
    id_ = _id(token) if token else None
    return EventFilter(
        name_prefix=f"{kind}." if kind else "",
        account=AccountId(id_) if id_ and token.startswith("a") else None,
        person=PersonId(id_) if id_ and token.startswith("p") else None,
    )


async def _names(tx: Tx) -> Names:
    return Names(
        {each.id: each.name for each in await tx.people.all()},
        {each.id: each.label for each in await tx.accounts.all()},
    )


def _tokens(names: Names) -> dict[str, str]:
    """People and accounts by what a button carries for them."""
    people = {_token("p", id_): name for id_, name in names.people.items()}
    return people | {_token("a", id_): name for id_, name in names.accounts.items()}


def _token(kind: str, id_: UUID) -> str:
    return kind + base64.urlsafe_b64encode(id_.bytes).decode().rstrip("=")


def _id(token: str) -> UUID:
    return UUID(bytes=base64.urlsafe_b64decode(f"{token[1:]}=="))


def _read(argument: str, names: Names, words: Words) -> AuditTap:
    """A kind (its name here or in the reader's language), a person or an account, or both.

    Capitals do not matter. Raises NotFound for what is none of these.
    """
    said = " ".join(argument.lower().split())
    calls = {call: kind for kind in KINDS for call in (kind, words.label(f"audit-family-{kind}").lower())}
    call = max((each for each in calls if f"{said} ".startswith(f"{each} ")), key=len, default="")
    rest = said.removeprefix(call).strip()
    token = _called(rest, names)
    if rest and not token:
        raise NotFound(words.label("audit-unknown-filter", said=rest, kinds=", ".join(KINDS)))
    return AuditTap(kind=calls.get(call, ""), whose=token)


def _called(said: str, names: Names) -> str:
    """Who or what is called so, or begins so and is the only one; empty for nobody and nothing."""
    calls = {token: " ".join(name.lower().split()) for token, name in _tokens(names).items()}
    exact = [token for token, name in calls.items() if said and name == said]
    begins = [token for token, name in calls.items() if said and name.startswith(said)]
    return exact[0] if exact else begins[0] if len(begins) == 1 else ""

"""What a notice is about, read anew at the moment of delivery."""

from dataclasses import dataclass

from bot.context import App
from bot.views import panic, requests
from bot.views.alerts.routes import in_group
from bot.views.cards.card import Card
from bot.views.consent import consent, renewed
from bot.views.divergences.message import Told, divergence
from bot.views.door import at_door, former
from bot.views.liquidation import Shown, liquidation, superseded
from bot.views.markup import Rendered
from bot.words import words_of
from core.model.accounts import Account
from core.model.divergences import LogRow
from core.model.events import Notice, NoticeKind
from core.model.mt5 import MT5AccountSnapshot
from core.model.people import Person, Right
from core.model.trades import Trade
from core.ports import Tx
from core.readings import last_drawdown, last_reading
from core.reconciliation.cases import may_decide
from core.risk.panic import progress


@dataclass(frozen=True, slots=True)
class Subject:
    """A message to show; `card` is what it shows when it is a card, `former` what stays of the message before
    when a new one takes its place."""

    rendered: Rendered
    card: Card | None = None
    former: Rendered | None = None


def kind_of(account: Account, snapshot: MT5AccountSnapshot | None) -> str:
    """What kind of account it is; empty for a real one that was not read yet."""
    return account.shown_kind(snapshot.account.kind if snapshot else "")


async def read_subject(app: App, tx: Tx, notice: Notice, person: Person) -> Subject | None:
    """The newest state of what a notice names by number, as this person sees it; None when it is gone."""
    number = int(notice.subject)
    if notice.kind is NoticeKind.CONSENT:
        return None if person.consented else Subject(asked_for_consent(app, person))
    if notice.kind is NoticeKind.KNOCK:
        return await read_knock(tx, number, person)
    if notice.kind is NoticeKind.LIQUIDATION:
        shown = await read_liquidation(app, tx, number, person)
        return _liquidation_subject(app, shown, person) if shown else None
    if notice.kind is NoticeKind.REQUEST:
        followed = await read_request(tx, number)
        return Subject(requests.followed(followed, words_of(person))) if followed else None
    if notice.kind is NoticeKind.PANIC:
        return Subject(panic.progress(await progress(app.desk, tx, number), words_of(person)))
    told = await read_divergence(tx, number, person)
    return Subject(divergence(told, words_of(person))) if told else None


async def read_for_group(app: App, tx: Tx, notice: Notice, person: Person) -> Rendered | None:
    """The same as a group sees it, in the words of who has routed it there; None when it is gone."""
    number, words = int(notice.subject), words_of(person)
    if notice.kind is NoticeKind.PANIC:
        return in_group(panic.progress(await progress(app.desk, tx, number), words), words)
    if notice.kind is NoticeKind.LIQUIDATION:
        shown = await read_liquidation(app, tx, number, person)
        return in_group(liquidation(shown, words), words) if shown else None
    told = await read_divergence(tx, number, person)
    return in_group(divergence(told, words), words) if told else None


async def read_knock(tx: Tx, number: int, person: Person) -> Subject | None:
    """A stranger at the door, as this person may decide about them."""
    knock = await tx.knocks.get(number)
    if knock is None:
        return None
    decider = await tx.people.get(knock.decided_by) if knock.decided_by else None
    shown = at_door(knock, person, decider.name if decider else "", words_of(person))
    return Subject(shown, former=former(knock, words_of(person)))


def asked_for_consent(app: App, person: Person) -> Rendered:
    """The risk text, with what is held when an older one was accepted."""
    words = words_of(person)
    return renewed(app.desk_name, words) if person.met else consent(app.desk_name, words)


def _liquidation_subject(app: App, shown: Shown, person: Person) -> Subject:
    """Who is choosing how long to hold it goes on choosing, until it cannot be held."""
    number = shown.liquidation.id
    if not shown.can_be_held:
        app.holding.end(person.id, number)
    asks = app.holding.is_open(person.id, number)
    words = words_of(person)
    return Subject(liquidation(shown, words, asks_hold=asks), former=superseded(shown, words))


async def read_liquidation(app: App, tx: Tx, number: int, person: Person) -> Shown | None:
    """The newest state of a liquidation, as this person may act on it; None when it is gone."""
    found = await tx.liquidations.get(number)
    account = await tx.accounts.get(found.account_id) if found else None
    if found is None or account is None:
        return None
    holder = await tx.people.get(found.held_by) if found.held_by else None
    snapshot = await last_reading(app.desk, tx, account.id)
    return Shown(
        found,
        account,
        app.desk.clock.now(),
        person.may(Right.HOLD),
        holder.name if holder else "",
        kind_of(account, snapshot),
        snapshot,
        await last_drawdown(app.desk, tx, account.id),
    )


async def read_request(tx: Tx, number: int) -> requests.Followed | None:
    """A request that was confirmed, with what carries it out; None when either is gone."""
    request = await tx.requests.get(number)
    if request is None or request.intent_id is None:
        return None
    intent, account = await tx.intents.get(request.intent_id), await tx.accounts.get(request.account_id)
    if intent is None or account is None:
        return None
    kind = kind_of(account, await tx.snapshots.latest(account.id))
    return requests.Followed(request, account, intent, kind)


async def read_divergence(tx: Tx, number: int, person: Person) -> Told | None:
    """The newest state of a row of the reconciliation log, as this person may decide it; None for no row."""
    row = await tx.reconciliation.get(number)
    account = await tx.accounts.get(row.divergence.account_id) if row else None
    if row is None or account is None:
        return None
    decider = await tx.people.get(row.decided_by) if row.decided_by else None
    snapshot = await tx.snapshots.latest(account.id)
    return Told(
        row,
        account,
        kind_of(account, snapshot),
        decider.name if decider else "",
        await _trade_of(tx, row),
        await _is_followed(tx, row),
        may_decide=may_decide(person, account),
    )


async def _trade_of(tx: Tx, row: LogRow) -> Trade | None:
    found = row.divergence
    if found.trade_id is not None:
        return await tx.trades.get(found.trade_id)
    on_position = await tx.trades.on_position(found.account_id, found.position)
    return on_position[0] if on_position else None


async def _is_followed(tx: Tx, row: LogRow) -> bool:
    """Whether another row of the kind tells how the position differs since this one ended."""
    found = row.divergence
    if row.lasts:
        return False
    others = [other.divergence for other in await tx.reconciliation.lasting(found.account_id)]
    return any((other.kind, other.position) == (found.kind, found.position) for other in others)

"""A person's wish for one position or pending order: asked with its numbers, confirmed, queued, followed.

A request is a row, so that a question, a price that is being typed and what became of them survive a restart.
It counts once, for whom it was asked, within its time, and for what was shown: another size is told.
All functions raise NotFound for what is not the person's or not open any more, Stale for what is over or was
changed, Refused with the reason, and TerminalError when the account cannot be read.
"""

import re
from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal

from core.alerts import refresh_request
from core.bell import OUTBOX
from core.desk import Desk
from core.model.accounts import Account
from core.model.errors import NotFound, Refused, Stale
from core.model.events import NoticeKind
from core.model.ids import AccountId
from core.model.instruments import Instrument, Side
from core.model.mt5 import MT5AccountSnapshot, MT5Order, MT5Position
from core.model.people import Person, Right
from core.model.requests import TYPED, Request, RequestKind, RequestState
from core.model.trades import Intent
from core.mt5 import reading
from core.mt5.orders import Stops
from core.ports import SentMessage, Tx
from core.trading.changing import (
    Beside,
    Held,
    PendingChange,
    cancel_pending,
    change_pending,
    check_move,
    check_stops,
    close_position,
    look,
    modify_stops,
)

ASK_WITHIN = timedelta(seconds=30)
ANSWERED_WITHIN = timedelta(seconds=5)
"""What a terminal may take of its own after that; with a slower one the question lapses."""
TYPE_WITHIN = timedelta(minutes=5)
NONE = Decimal(0)
"""The price that removes a stop or a target."""
_PRICE = re.compile(r"\d{1,9}(?:[.,]\d{1,9})?")
_THOUSANDS = re.compile(r"[1-9]\d{0,2}[.,]\d{3}")
"""What is 2650 to one reader, and 2.65 to another."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a person has tapped: an act on a position (by its identifier) or an order (by its ticket).

    `half` closes half of the position.
    """

    account: AccountId
    ticket: int
    kind: RequestKind
    half: bool = False


@dataclass(frozen=True, slots=True)
class Asked:
    """A request as it is shown: with the account, and the position or the order as they are now."""

    request: Request
    account: Account
    snapshot: MT5AccountSnapshot
    instrument: Instrument
    position: MT5Position | None = None
    order: MT5Order | None = None

    @property
    def result_at_price(self) -> Decimal | None:
        """What the position makes at the new stop or target, swap included, in the account's currency."""
        price, held = self.request.price, self.position
        if held is None or not price:
            return None
        way = (price - held.price_open) * held.side.sign
        money = self.instrument.loss_per_lot(way) * held.volume
        return (money if way > 0 else -money) + held.swap


async def ask(desk: Desk, wanted: Wanted, person: Person) -> Asked:
    """Put the question, or begin to wait for a price where the act needs one."""
    held = await _own(desk, wanted.account, person)
    instrument = await held.session.instrument(_symbol(held, wanted))
    fresh = await _fresh(desk, held, instrument, wanted, person)
    async with desk.store.write() as tx:
        request = await tx.requests.add(fresh)
    return _asked(held, instrument, request)


async def typed(desk: Desk, number: int, person: Person, text: str) -> Asked:
    """Take the price and put the question. After Refused another price may be typed."""
    request = await _mine(desk, number, person)
    if request.state is not RequestState.TYPING or desk.clock.now() > request.until:
        raise Stale("This question has lapsed. Nothing was sent.")
    held = await _own(desk, request.account_id, person)
    instrument = await held.session.instrument(request.symbol)
    check_same(request, held, instrument)
    price = instrument.round_price(_price(request, text, near=_market(request, held)))
    await _check_price(held, request, price)
    until = desk.clock.now() + ASK_WITHIN
    priced = replace(request, state=RequestState.ASKED, price=price, until=until)
    async with desk.store.write() as tx:
        if not await tx.requests.advance(priced, RequestState.TYPING):
            raise Stale("This was answered already.")
    return _asked(held, instrument, priced)


async def open_request(desk: Desk, number: int, person: Person) -> Request:
    """One that can still be confirmed by this person."""
    request = await _mine(desk, number, person)
    if request.state is not RequestState.ASKED or desk.clock.now() > request.until:
        raise Stale(_OVER[request.state])
    return request


async def confirm(desk: Desk, number: int, person: Person, shown: SentMessage) -> Request:
    """Queue what was asked; the message `shown` tells from now on what becomes of it."""
    request = await open_request(desk, number, person)
    held = await _own(desk, request.account_id, person)
    check_same(request, held, await held.session.instrument(request.symbol))
    await _queue(desk, held, request, person, _following(desk, request, shown))
    desk.bell.ring(OUTBOX)
    return request


async def drop(desk: Desk, number: int, person: Person) -> Request:
    """It is not wanted any more."""
    request = await _mine(desk, number, person)
    dropped = replace(request, state=RequestState.DROPPED)
    async with desk.store.write() as tx:
        if request.state not in (RequestState.ASKED, RequestState.TYPING) or not await tx.requests.advance(
            dropped, request.state
        ):
            raise Stale(_OVER[request.state])
    return dropped


def check_same(request: Request, held: Held, instrument: Instrument) -> None:
    """Raises Stale, with numbers, when the position or the order is not what was shown any more."""
    there = held.order(request.ticket) if request.kind.is_of_order else held.position(request.ticket)
    volume = there.volume_current if isinstance(there, MT5Order) else there.volume
    level, side = _level(request.kind, there), _side(there)
    if side is not request.side:
        shown = request.side.upper()
        raise Stale(f"It is a {side.upper()} now, not the {shown} that was shown. Please look again.")
    if volume != request.volume:
        raise Stale(f"It is {volume} lots now, not the {request.volume} that were shown. Please look again.")
    if level != request.level:
        now, then = (level if level is not None else "none"), (request.level or "none")
        raise Stale(f"Its level is {now} now, not {then} as it was shown. Please look again.")
    entry = instrument.round_price(there.price_open)
    if request.kind is RequestKind.BREAK_EVEN and entry != request.price:
        raise Stale(f"Its entry is {entry} now, not {request.price} as it was shown. Please look again.")


_OVER = {
    RequestState.TYPING: "This waits for a price.",
    RequestState.ASKED: "This question has lapsed. Nothing was sent.",
    RequestState.QUEUED: "This was confirmed already.",
    RequestState.DROPPED: "This was dropped. Nothing was sent.",
}


async def _mine(desk: Desk, number: int, person: Person) -> Request:
    async with desk.store.read() as tx:
        found = await tx.requests.get(number)
    if found is None or found.person_id != person.id:
        raise NotFound("This question is not yours.")
    return found


async def _own(desk: Desk, account: AccountId, person: Person) -> Held:
    """Only who trades the account acts on it: the desk's people have /panic and /lock."""
    return await look(desk, account, person, Right.CLOSE_OWN)


def _symbol(held: Held, wanted: Wanted) -> str:
    there = held.order(wanted.ticket) if wanted.kind.is_of_order else held.position(wanted.ticket)
    return there.symbol


async def _fresh(desk: Desk, held: Held, instrument: Instrument, wanted: Wanted, person: Person) -> Request:
    """Without a number yet. Raises Refused where the act is not possible now."""
    kind, ticket, waits = wanted.kind, wanted.ticket, wanted.kind in TYPED
    there = held.order(ticket) if kind.is_of_order else held.position(ticket)
    request = Request(
        id=0,
        person_id=person.id,
        account_id=wanted.account,
        kind=kind,
        state=RequestState.TYPING if waits else RequestState.ASKED,
        ticket=ticket,
        symbol=there.symbol,
        side=_side(there),
        volume=there.volume_current if isinstance(there, MT5Order) else there.volume,
        until=desk.clock.now() + (TYPE_WITHIN if waits else ASK_WITHIN),
        level=_level(kind, there),
    )
    if wanted.half:
        return replace(request, lots=_half(instrument, request.volume))
    if kind is RequestKind.BREAK_EVEN:
        return await _to_entry(held, instrument, request)
    return request


def _side(there: MT5Position | MT5Order) -> Side:
    return reading.side(there.type) if isinstance(there, MT5Order) else there.side


def _level(kind: RequestKind, there: MT5Position | MT5Order) -> Decimal | None:
    """What the act changes, as it is."""
    match kind:
        case RequestKind.STOP | RequestKind.BREAK_EVEN:
            return there.stop_loss
        case RequestKind.TARGET:
            return there.take_profit
        case RequestKind.MOVE:
            return there.price_open
        case _:
            return None


def _half(instrument: Instrument, volume: Decimal) -> Decimal:
    """Down to the volume step, so that both parts can be held."""
    half = instrument.round_volume(volume / 2)
    if not half:
        raise Refused(
            f"Half of {volume} lots is less than the {instrument.volume_min} that the broker takes."
            " It can be closed as a whole only."
        )
    return half


async def _to_entry(held: Held, instrument: Instrument, request: Request) -> Request:
    position = held.position(request.ticket)
    entry = instrument.round_price(position.price_open)
    if position.stop_loss is not None and (position.stop_loss - entry) * position.side.sign >= 0:
        raise Refused(f"The stop stands at {position.stop_loss} already, and the entry is {entry}.")
    await check_stops(held.session, position, Stops(entry, position.take_profit))
    return replace(request, price=entry)


def _price(request: Request, text: str, near: Decimal) -> Decimal:
    """`near` is where the market, or the order, stands. Raises Refused for what may be read in two ways."""
    written = text.strip().replace("\N{NO-BREAK SPACE}", "").replace(" ", "")
    if not _PRICE.fullmatch(written):
        raise Refused("This is no price. Write it as 1.0850, or /positions for something else.")
    price = Decimal(written.replace(",", "."))
    if price == NONE and request.kind is RequestKind.MOVE:
        raise Refused("A pending order needs a price.")
    if _THOUSANDS.fullmatch(written) and price * price * 1000 < near * near:  # the nearer by proportion
        thousands = re.sub("[.,]", "", written)
        raise Refused(f"It stands near {near}. Write {thousands} or {price.normalize():f}, as you mean it.")
    return price


def _market(request: Request, held: Held) -> Decimal:
    """Where levels of the position or the order are about."""
    if request.kind.is_of_order:
        return held.order(request.ticket).price_open
    return held.position(request.ticket).price_current


async def _check_price(held: Held, request: Request, price: Decimal) -> None:
    """Raises Refused for a level that the broker would not take."""
    if request.level == price or (request.level is None and price == NONE):
        raise Refused(f"It stands at {request.level or 'none'} already.")
    if request.kind is RequestKind.MOVE:
        await check_move(held.session, *_move(held, request, price))
    else:
        position = held.position(request.ticket)
        await check_stops(held.session, position, _stops(position, request.kind, price))


def _stops(position: MT5Position, kind: RequestKind, price: Decimal) -> Stops:
    """Both stops of the position with the one changed."""
    level = price if price != NONE else None
    if kind is RequestKind.TARGET:
        return Stops(position.stop_loss, level)
    return Stops(level, position.take_profit)


def _move(held: Held, request: Request, price: Decimal) -> tuple[MT5Order, PendingChange]:
    """Only its price: stops and end stay."""
    order = held.order(request.ticket)
    return order, PendingChange(price, Stops(order.stop_loss, order.take_profit), order.expires_at)


async def _queue(desk: Desk, held: Held, request: Request, person: Person, beside: Beside) -> Intent:
    account, ticket, price = request.account_id, request.ticket, request.price or NONE
    match request.kind:
        case RequestKind.CLOSE:
            return await close_position(desk, account, ticket, person, request.lots, beside)
        case RequestKind.CANCEL:
            return await cancel_pending(desk, account, ticket, person, beside)
        case RequestKind.MOVE:
            _, change = _move(held, request, price)
            return await change_pending(desk, account, ticket, change, person, beside)
        case _:
            stops = _stops(held.position(ticket), request.kind, price)
            return await modify_stops(desk, account, ticket, stops, person, beside)


def _following(desk: Desk, request: Request, shown: SentMessage) -> Beside:
    """First of two taps, and what becomes of the intent is told in the message."""

    async def follow(tx: Tx, wish: Intent) -> None:
        if desk.clock.now() > request.until + ANSWERED_WITHIN:
            raise Stale("The account answered too late, and this question has lapsed. Nothing was sent.")
        queued = replace(request, state=RequestState.QUEUED, intent_id=wish.id)
        if not await tx.requests.advance(queued, RequestState.ASKED):
            raise Stale("This was confirmed already.")
        now, subject = desk.clock.now(), str(request.id)
        await tx.outbox.remember_sent(NoticeKind.REQUEST, subject, request.person_id, shown, now)
        await refresh_request(tx, now, wish.id)

    return follow


def _asked(held: Held, instrument: Instrument, request: Request) -> Asked:
    asked = Asked(request, held.account, held.snapshot, instrument)
    if request.kind.is_of_order:
        return replace(asked, order=held.order(request.ticket))
    return replace(asked, position=held.position(request.ticket))

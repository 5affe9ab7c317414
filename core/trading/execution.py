"""The ledger at work: claim, send once, settle. An answer that is not definitive makes an intent unknown.

Rules 1 to 4 of safety.md; rule 5 (what became of an unknown one) is in `resolution`.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace

import structlog

from core.bell import OUTBOX
from core.desk import Desk
from core.model.accounts import Account
from core.model.errors import Refused as DeskRefused
from core.model.instruments import Instrument
from core.model.mt5 import MT5Position, SendResult
from core.model.signals import OrderKind
from core.model.trades import Intent, IntentKind, IntentState
from core.mt5 import orders
from core.mt5.errors import Misuse, NoData, Refused, TerminalError, Unavailable, Unknown
from core.mt5.retcodes import MAX_FRESH_PRICE_RETRIES, Outcome, Retry, Verdict, verdict_of
from core.mt5.session import Session
from core.ports import Tx
from core.trading.approving import check_locks
from core.trading.opening import check_in_time, deviation_points, opening_request, tag_of
from core.trading.settlement import settle

log = structlog.get_logger(__name__)


async def execute_next(desk: Desk, account: Account) -> bool:
    """Claim one intent of the account and carry it to an outcome; False when there is none to claim.

    Raises Unavailable when the terminal cannot take it now: the intent waits again, until it expires.
    """
    claimed = await _claim(desk, account)
    if claimed is None:
        return False
    if not claimed.state.is_final:
        await _settle(desk, account, await _carry_out(desk, account, claimed))
    return True


async def _carry_out(desk: Desk, account: Account, claimed: Intent) -> "Done":
    """Send, and take every way in which that may end. Raises Unavailable with the intent put back."""
    try:
        return await _send(desk, account, claimed)
    except Unavailable as error:
        if isinstance(error, NoData) and claimed.kind is not IntentKind.OPEN:
            # The symbol's matter, not the terminal's: closes of other symbols must not wait behind it.
            return Done(_refused(claimed, error.for_trader, None))
        async with desk.store.write() as tx:
            await tx.intents.settle(replace(claimed, state=IntentState.NEW), desk.epoch, IntentState.SENDING)
        raise
    except Refused as error:
        return Done(_refused(claimed, error.for_trader, error.context.retcode))
    except Misuse as error:
        log.exception("order_misuse", intent=claimed.id)
        return Done(_refused(claimed, error.for_trader, error.context.retcode))
    except Unknown as error:
        log.warning("order_unknown", intent=claimed.id, error=str(error))
        return Done(replace(claimed, state=IntentState.UNKNOWN, detail=error.for_trader))


async def adopt_orphans(desk: Desk) -> int:
    """At start: what an earlier life of the desk was sending when it died is unknown; returns how many."""
    async with desk.store.write() as tx:
        orphans = await tx.intents.orphaned(desk.epoch)
        for orphan in orphans:
            account = await tx.accounts.get(orphan.account_id)
            if account is not None:
                await _adopt(desk, tx, account, orphan)
    return len(orphans)


async def adopt_abandoned(desk: Desk, account: Account) -> int:
    """Before an account's loop sends: what it was sending when it failed itself is unknown; returns how many.

    An intent whose outcome could not be written (the database was away) would stay `sending` for ever, and
    keep every other intent of the account from being claimed.
    """
    async with desk.store.write() as tx:
        waiting = await tx.intents.waiting(account.id)
        abandoned = [intent for intent in waiting if intent.state is IntentState.SENDING]
        for intent in abandoned:
            await _adopt(desk, tx, account, intent)
    return len(abandoned)


async def _adopt(desk: Desk, tx: Tx, account: Account, intent: Intent) -> None:
    lost = replace(intent, state=IntentState.UNKNOWN, detail="the desk stopped while sending")
    await settle(desk, tx, account, lost, IntentState.SENDING)


async def _claim(desk: Desk, account: Account) -> Intent | None:
    """The next intent, committed as `sending`; one that must not be sent any more is settled at once."""
    now = desk.clock.now()
    async with desk.store.write() as tx:
        claimed = await tx.intents.claim(account.id, desk.epoch, now)
        if claimed is None:
            return None
        obstacle = await _obstacle(desk, tx, account, claimed)
        if obstacle is None:
            return claimed
        await settle(desk, tx, account, obstacle, IntentState.SENDING)
    desk.bell.ring(OUTBOX)
    return obstacle


async def _obstacle(desk: Desk, tx: Tx, account: Account, claimed: Intent) -> Intent | None:
    """The settled intent when it is too late for it, or an opening is locked out meanwhile."""
    if desk.clock.now() >= claimed.expires_at:
        late = "It could not be sent in time; nothing was sent."
        return replace(claimed, state=IntentState.EXPIRED, settled_at=desk.clock.now(), detail=late)
    if claimed.kind is IntentKind.OPEN:
        try:
            await check_locks(tx, account)
        except DeskRefused as refusal:
            return _refused(claimed, str(refusal), None)
    return None


async def _settle(desk: Desk, account: Account, done: "Done") -> None:
    async with desk.store.write() as tx:
        settled = replace(done.intent, settled_at=desk.clock.now())
        await settle(desk, tx, account, settled, IntentState.SENDING, done.position)
    desk.bell.ring(OUTBOX)


@dataclass(frozen=True, slots=True)
class Answered:
    """The last answer of the broker to a request, and how to take it."""

    result: SendResult
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Done:
    """An intent with its outcome, and the position that an opening made, if it could be read."""

    intent: Intent
    position: MT5Position | None = None


async def _send(desk: Desk, account: Account, intent: Intent) -> Done:
    session = await desk.terminals.session(account.id)
    match intent.kind:
        case IntentKind.OPEN:
            return await _open(desk, account, session, intent)
        case IntentKind.CLOSE:
            return Done(await _close(account, session, intent))
        case IntentKind.CANCEL:
            return Done(await _cancel(session, intent))
        case IntentKind.MODIFY:
            return Done(await _modify(session, intent))


async def _open(desk: Desk, account: Account, session: Session, intent: Intent) -> Done:
    instrument = await session.instrument(intent.symbol)

    async def request() -> orders.Request:
        quote = await session.quote(intent.symbol)
        check_in_time(desk, intent)
        return opening_request(account, instrument, intent, quote)

    answer = await _send_by_policy(session, instrument, request)
    if answer.verdict.outcome is Outcome.DONE and intent.order_kind is not OrderKind.MARKET:
        placed = replace(intent, state=IntentState.PLACED, detail="The order is placed.")
        return Done(replace(placed, position=answer.result.order))
    outcome = _outcome(intent, answer)
    if outcome.state not in (IntentState.FILLED, IntentState.PARTIAL):
        return Done(outcome)
    position = await _opened(session, intent)
    identifier = position.identifier if position else answer.result.order
    if not identifier:  # done, the broker says, but not as what: its books will tell
        return Done(replace(outcome, state=IntentState.UNKNOWN))
    return Done(replace(outcome, position=identifier), position)


async def _opened(session: Session, intent: Intent) -> MT5Position | None:
    """The position that the fill made; None when it cannot be read (yet): reconciliation will see it.

    Whatever goes wrong with this reading, the order is filled.
    """
    try:
        snapshot = await session.snapshot()
    except TerminalError as error:
        log.warning("fill_not_read_back", intent=intent.id, error=str(error))
        return None
    return next((p for p in snapshot.positions if p.magic == intent.magic), None)


async def _close(account: Account, session: Session, intent: Intent) -> Intent:
    snapshot = await session.snapshot()
    position = next((p for p in snapshot.positions if p.identifier == intent.position), None)
    if position is None:
        return replace(intent, state=IntentState.FILLED, detail="The position is closed already.")
    instrument = await session.instrument(position.symbol)
    volume = min(intent.volume, position.volume)
    deviation = deviation_points(account, instrument)

    async def request() -> orders.Request:
        quote = await session.quote(position.symbol)
        return orders.close(instrument, position, quote, tag_of(intent), deviation, volume)

    return _outcome(intent, await _send_by_policy(session, instrument, request))


async def _cancel(session: Session, intent: Intent) -> Intent:
    snapshot = await session.snapshot()
    order = next((o for o in snapshot.orders if o.ticket == intent.position), None)
    if order is None:
        return replace(intent, state=IntentState.FILLED, detail="The order is gone already.")
    return _outcome(intent, await _answer(session, orders.cancel(order)))


async def _modify(session: Session, intent: Intent) -> Intent:
    snapshot = await session.snapshot()
    position = next((p for p in snapshot.positions if p.identifier == intent.position), None)
    if position is None:
        return _refused(intent, "The position is closed already.", None)
    instrument = await session.instrument(position.symbol)
    request = orders.modify_stops(instrument, position, orders.Stops(intent.stop_loss, intent.take_profit))
    return _outcome(intent, await _answer(session, request))


async def _send_by_policy(
    session: Session, instrument: Instrument, make: Callable[[], Awaitable[orders.Request]]
) -> Answered:
    """Send, and again only where the answer is a definitive "not executed" that a new request may mend.

    Once with the other filling policy, and up to three times with a fresh price.
    """
    request = await make()
    answer = await _answer(session, request)
    if answer.verdict.retry is Retry.OTHER_FILLING:
        other = orders.with_other_filling(request, instrument)
        if other is not None:
            request = other
            answer = await _answer(session, request)
    for _ in range(MAX_FRESH_PRICE_RETRIES):
        if answer.verdict.retry is not Retry.FRESH_PRICE:
            break
        request = {**await make(), "type_filling": request["type_filling"]}
        answer = await _answer(session, request)
    return answer


async def _answer(session: Session, request: orders.Request) -> Answered:
    result = await session.send(request)
    return Answered(result, verdict_of(result.retcode, request["action"]))


_STATES = {
    Outcome.DONE: IntentState.FILLED,
    Outcome.UNCHANGED: IntentState.FILLED,
    Outcome.PARTIAL: IntentState.PARTIAL,
    Outcome.PLACED: IntentState.UNKNOWN,
    Outcome.UNKNOWN: IntentState.UNKNOWN,
    Outcome.REFUSED: IntentState.REFUSED,
    Outcome.MISUSE: IntentState.REFUSED,
}


def _outcome(intent: Intent, answer: Answered) -> Intent:
    """The intent as the retcode leaves it. `PLACED` for a deal says accepted, not filled: unknown."""
    result, verdict = answer.result, answer.verdict
    state = _STATES[verdict.outcome]
    filled = state in (IntentState.FILLED, IntentState.PARTIAL) and result.price > 0
    detail = verdict.sentence
    if state is IntentState.REFUSED and result.comment:
        detail = f"{detail} The broker says: {result.comment}"
    return replace(
        intent,
        state=state,
        retcode=result.retcode,
        filled_price=result.price if filled else None,
        filled_volume=result.volume if filled else None,
        detail=detail,
    )


def _refused(intent: Intent, sentence: str, retcode: int | None) -> Intent:
    return replace(intent, state=IntentState.REFUSED, detail=sentence, retcode=retcode)

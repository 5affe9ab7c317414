"""The ledger at work: claim, send once, settle. An answer that is not definitive makes an intent unknown.

It is claimed and committed before anything is sent, so that whatever dies, what may have gone out is known
to be so. What became of an unknown one is the matter of `resolution`.
"""

from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal

import structlog

from core.bell import OUTBOX
from core.desk import Desk
from core.following import following
from core.model.accounts import Account
from core.model.errors import Refused as DeskRefused
from core.model.risk import LiquidationState
from core.model.trades import LONGEST_REST, Intent, IntentKind, IntentState
from core.mt5.errors import Misuse, NoData, Refused, Unavailable, Unknown
from core.mt5.session import Session
from core.ports import Tx
from core.risk.entries import JUST_NOW, check_claimed
from core.trading import carrying
from core.trading.asked import held_back, liquidation_state
from core.trading.opening import open_trade
from core.trading.plans import check_leg, tell_waiting
from core.trading.sending import Done, Gone, refused
from core.trading.settlement import settle, tell_sent
from core.trading.tracing import trace_of
from core.trading.wanting import check_wanted

log = structlog.get_logger(__name__)

SHORTEST_REST = timedelta(seconds=1)


async def execute_next(desk: Desk, account: Account) -> bool:
    """Claim one intent of the account and carry it to an outcome; False when there is none to claim.

    One that cannot be carried out for the moment rests, and lets the others of the account pass. Raises
    Unavailable when the terminal cannot take it now: the intent waits again, until it expires.
    """
    claim = await _claim(desk, account)
    if claim is None:
        return False
    claimed, trace = claim
    if not claimed.state.is_final:
        with following(trace):
            await _settle(desk, account, await _carry_out(desk, account, claimed))
    return True


async def _carry_out(desk: Desk, account: Account, claimed: Intent) -> Done:
    """Send, and take every way in which that may end. Raises Unavailable with the intent put back."""
    try:
        return await _send(desk, account, claimed)
    except NoData as error:  # the symbol's matter, not the terminal's: the others must not wait behind it
        return Done(replace(claimed, state=IntentState.NEW, detail=error.for_trader))
    except Unavailable as error:
        waiting = replace(claimed, state=IntentState.NEW, detail=error.for_trader)
        async with desk.store.write() as tx:
            await tx.intents.settle(waiting, desk.epoch, IntentState.SENDING)
        raise
    except Gone as gone:
        nothing = Decimal(0)
        return Done(replace(claimed, state=IntentState.FILLED, detail=str(gone), filled_volume=nothing))
    except DeskRefused as obstacle:
        return Done(refused(claimed, str(obstacle)))
    except Refused as error:
        return Done(refused(claimed, error.for_trader, error.context.retcode))
    except Misuse as error:
        log.exception("order_misuse", intent=claimed.id)
        return Done(refused(claimed, error.for_trader, error.context.retcode))
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
    async with desk.store.read() as tx:
        waiting = await tx.intents.waiting(account.id)
    abandoned = [intent for intent in waiting if intent.state is IntentState.SENDING]
    if abandoned:
        async with desk.store.write() as tx:
            for intent in abandoned:
                await _adopt(desk, tx, account, intent)
    return len(abandoned)


async def _adopt(desk: Desk, tx: Tx, account: Account, intent: Intent) -> None:
    lost = replace(intent, state=IntentState.UNKNOWN, detail="the desk stopped while sending")
    await settle(desk, tx, account, lost, IntentState.SENDING)


async def _claim(desk: Desk, account: Account) -> tuple[Intent, str] | None:
    """The next intent, committed as `sending`, and its trace; one that must not be sent any more is settled
    at once."""
    now = desk.clock.now()
    async with desk.store.write() as tx:
        claimed = await tx.intents.claim(account.id, desk.epoch, now)
        if claimed is None:
            return None
        trace = await trace_of(tx, claimed)
        obstacle = await _obstacle(desk, tx, account, claimed)
        if obstacle is None:
            await tell_sent(desk, tx, account, claimed)
            return claimed, trace
        await settle(desk, tx, account, obstacle, IntentState.SENDING)
    desk.bell.ring(OUTBOX)
    return obstacle, trace


async def _obstacle(desk: Desk, tx: Tx, account: Account, claimed: Intent) -> Intent | None:
    """The settled intent when it is too late for it, its liquidation is held, or an entry is not wanted any
    more or locked out."""
    if _is_late(claimed, desk.clock.now()):
        late = f"It could not be sent in time; nothing was sent. {claimed.detail}".rstrip()
        return replace(claimed, state=IntentState.EXPIRED, settled_at=desk.clock.now(), detail=late)
    if await liquidation_state(tx, claimed) is LiquidationState.HELD:
        return held_back(claimed, desk.clock.now())
    if claimed.kind in (IntentKind.OPEN, IntentKind.CHANGE):
        try:
            await check_wanted(desk, tx, claimed)
            await check_leg(tx, account, claimed)
            await check_claimed(desk, tx, account, claimed)
        except DeskRefused as obstacle:
            return refused(claimed, str(obstacle))
    return None


def _is_late(claimed: Intent, now: datetime) -> bool:
    """Its time is over; or the clock was set back since an opening was approved, and how long ago that was
    nobody knows."""
    set_back = claimed.kind is IntentKind.OPEN and claimed.created_at > now + JUST_NOW
    return set_back or now >= claimed.expires_at


async def _settle(desk: Desk, account: Account, done: Done) -> None:
    now = desk.clock.now()
    async with desk.store.write() as tx:
        if done.intent.state is IntentState.NEW:
            await tx.intents.settle(_resting(done.intent, now), desk.epoch, IntentState.SENDING)
            await tell_waiting(tx, now, account, done.intent)
        else:
            settled = replace(done.intent, settled_at=now)
            await settle(desk, tx, account, settled, IntentState.SENDING, done.opened)
    desk.bell.ring(OUTBOX)


def _resting(intent: Intent, now: datetime) -> Intent:
    """Put back until later: a second at first, then half its age, at most a minute, and its last moment."""
    rest = min(max((now - intent.created_at) / 2, SHORTEST_REST), LONGEST_REST)
    return replace(intent, not_before=min(now + rest, intent.expires_at))


async def _send(desk: Desk, account: Account, intent: Intent) -> Done:
    session = await desk.terminals.session(account.id)
    if intent.kind is IntentKind.OPEN:
        _check_reconciled(desk, account)
        return await open_trade(desk, account, session, intent)
    if intent.leg is None:
        return Done(await _change(desk, account, session, intent))
    if intent.kind is IntentKind.MODIFY:
        return Done(await carrying.break_even(desk, session, intent))
    return Done(await carrying.unless_refused(_change(desk, account, session, intent)))


async def _change(desk: Desk, account: Account, session: Session, intent: Intent) -> Intent:
    """What is open or waits at the broker."""
    match intent.kind:
        case IntentKind.CLOSE:
            return await carrying.close(desk, account, session, intent)
        case IntentKind.CLOSE_BY:
            return await carrying.close_by(desk, session, intent)
        case IntentKind.CHANGE:
            return await carrying.change(desk, account, session, intent)
        case IntentKind.CANCEL:
            return await carrying.cancel(desk, session, intent)
    return await carrying.modify(desk, session, intent)


def _check_reconciled(desk: Desk, account: Account) -> None:
    """Raises NoData before the account's first reconciliation of this life.

    What was opened while the desk was away is to be known, and told, before anything is added to it.
    """
    if desk.board.of(account.id).read_at is None:
        sentence = "What the account holds is being looked at first."
        raise NoData("not reconciled since the start", for_trader=sentence)

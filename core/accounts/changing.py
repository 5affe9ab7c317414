"""Changing an account: its name, its risk, its broker's names of instruments."""

from collections.abc import Collection
from dataclasses import replace
from decimal import Decimal
from typing import Final

from core.accounts.names import check_name, checked_name
from core.accounts.owned import changeable
from core.accounts.refusals import AccountRefused, Reason
from core.accounts.settings import CHOSEN, GUARDED, SETTINGS, Ceilings, check_agreement, looser, value_of
from core.alerts import alert_owners
from core.bell import ACCOUNTS, OUTBOX
from core.desk import Desk
from core.health.stake import stake_of
from core.model.accounts import Account, RiskPolicy
from core.model.errors import Stale
from core.model.events import Event, Json, Priority
from core.model.ids import AccountId
from core.model.people import Person, Right
from core.mt5.errors import NoData
from core.ports import Tx
from core.readings import last_drawdown
from core.risk.bound import bound_of

_AT_DRAWDOWN: Final = frozenset({"drawdown_limit_percent", "countdown_s"})
_AT_LOSS: Final = frozenset({"daily_loss_percent", "countdown_s"})


async def rename(desk: Desk, person: Person, account_id: AccountId, name: str) -> Account:
    """Raises NotAllowed, NotFound, AccountRefused for a name that it cannot have."""
    checked_name(name)
    async with desk.store.write() as tx:
        account = await changeable(tx, person, account_id)
        await check_name(tx, name, account)
        renamed = replace(account, label=name)
        await tx.accounts.change(renamed)
        data: Json = {"before": account.label, "after": name}
        await tx.events.append(_event(desk, "account.renamed", renamed, person, data))
    desk.bell.ring(ACCOUNTS)
    return renamed


async def change_policy(
    desk: Desk,
    person: Person,
    account_id: AccountId,
    before: RiskPolicy,
    after: RiskPolicy,
    ceilings: Ceilings | None = None,
) -> Account:
    """Have another policy from the guards' next look on.

    Raises NotAllowed, NotFound, Stale when it is not `before` any more; AccountRefused above a ceiling, for
    what contradicts itself, for anything looser while the guard closes or has locked the account, and for a
    looser limit of the guard when a warning level of it is reached, unless an owner wants it.
    """
    (ceilings or Ceilings()).check(after)
    check_agreement(after)
    loosened = looser(before, after)
    async with desk.store.write() as tx:
        account = await changeable(tx, person, account_id)
        if account.policy != before:
            raise Stale("This was changed meanwhile. /accounts shows what holds now.")
        if loosened and not (await bound_of(tx, account.id)).calm:
            raise AccountRefused(Reason.BOUND)
        if not person.may(Right.UNLOCK):
            await _check_far(desk, tx, account, [setting.name for setting in loosened])
        changed = replace(account, policy=after)
        await tx.accounts.change(changed)
        await _note_changes(desk, tx, person, changed, before)
    desk.bell.ring(ACCOUNTS)
    desk.bell.ring(OUTBOX)
    return changed


async def _check_far(desk: Desk, tx: Tx, account: Account, loosened: Collection[str]) -> None:
    """Raises AccountRefused, with the numbers, for a limit of the guard that it has warned of, and for the
    countdown after it: who opens it then keeps the guard from what it is there for."""
    state = await last_drawdown(desk, tx, account.id)
    if state is None:
        return
    policy = account.policy
    if state.level and not _AT_DRAWDOWN.isdisjoint(loosened):
        limit = policy.drawdown_limit_percent
        raise AccountRefused(Reason.NEAR, percent=f"{state.percent}", most=f"{limit:f}")
    if state.daily_level and not _AT_LOSS.isdisjoint(loosened):
        limit = policy.daily_loss_percent or Decimal(100)
        raise AccountRefused(Reason.NEAR_TODAY, percent=f"{state.daily_percent}", most=f"{limit:f}")


async def _note_changes(desk: Desk, tx: Tx, person: Person, account: Account, before: RiskPolicy) -> None:
    """Each setting that is another now, in the trail; a guard's limit that is looser, to the owners."""
    loosened = {setting.name for setting in looser(before, account.policy)}
    for name in (*SETTINGS, *CHOSEN):
        old, new = value_of(before, name), value_of(account.policy, name)
        if old == new:
            continue
        data: Json = {"setting": name, "before": _text(old), "after": _text(new)}
        await tx.events.append(_event(desk, "account.risk_changed", account, person, data))
        if name in GUARDED and name in loosened:
            told: Json = {"account": account.label, "name": person.name, **data}
            await alert_owners(tx, desk.clock.now(), "account_loosened", told, Priority.CRITICAL)


def _text(value: object) -> str:
    return "none" if value is None else str(value)


async def pin_symbol(
    desk: Desk, person: Person, account_id: AccountId, instrument: str, symbol: str
) -> Account:
    """Have an instrument traded in that symbol of the broker.

    Raises TerminalError, NotAllowed, NotFound, AccountRefused for a symbol that the broker has not, or while
    something is open.
    """
    session = await desk.terminals.session(account_id)
    try:
        await session.instrument(symbol)
    except NoData as error:
        raise AccountRefused(Reason.NO_SYMBOL, symbol=symbol) from error
    async with desk.store.write() as tx:
        account = await changeable(tx, person, account_id)
        if await stake_of(tx, account_id) or await tx.trades.open_of(account_id):
            raise AccountRefused(Reason.OPEN)
        pinned = replace(account, symbols={**account.symbols, instrument: symbol})
        await tx.accounts.change(pinned)
        data: Json = {"instrument": instrument, "symbol": symbol}
        await tx.events.append(_event(desk, "account.symbol", pinned, person, data))
    desk.bell.ring(ACCOUNTS)
    return pinned


def _event(desk: Desk, name: str, account: Account, person: Person, data: Json) -> Event:
    return Event(name, desk.clock.now(), account.label, data, account.id, person.id)

"""`/api/v1/reconciliation`: what the broker holds against what the desk expects, for who has an API key."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, Field

from bot.web.keys import REFUSALS, Keyring
from bot.web.parameters import LARGEST, Moment, Word, only
from bot.web.problems import errors, wrong_parameter
from bot.web.schemas import Exact
from core.desk import Desk
from core.model.accounts import Account, TerminalKind
from core.model.divergences import Decision, DivergenceKind, LogFilter, LogRow
from core.model.errors import NotFound
from core.model.ids import AccountId
from core.ports import Tx
from core.reconciliation.overview import AccountSync, overview

LONGEST_PAGE = 100


class AccountOut(BaseModel):
    """An account and its last sync. `failures` in a row, with the sentence of the last one in `error`."""

    id: str
    label: str
    trader: str
    kind: TerminalKind
    login: str
    server: str
    read_at: datetime | None = Field(description="The last good read; null when there was none yet.")
    next_at: datetime | None
    took_s: float | None
    positions: int = Field(description="That the broker held then.")
    matched: int = Field(description="Of them, those that the desk expects.")
    divergent: int = Field(description="Divergences that somebody still has to look at.")
    failures: int
    error: str | None


class AccountsOut(BaseModel):
    """By label."""

    accounts: list[AccountOut]


class DivergenceOut(BaseModel):
    """A row of the log. `status`: 0 closed, 1 divergence, 2 unmatched. `ended_at` is null while it lasts."""

    id: str
    account: str
    status: int
    kind: DivergenceKind
    position: str
    symbol: str
    size: Exact
    unit: str
    facts: dict[str, str]
    trade: str | None
    found_at: datetime
    ended_at: datetime | None
    decision: Decision | None
    decided_at: datetime | None
    decided_by: str | None
    counts: bool = Field(description="Whether somebody still has to look at it.")


class LastingOut(AccountOut):
    """With the newest divergences that last, 100 at most; the log has all."""

    lasting: list[DivergenceOut]


class LogOut(BaseModel):
    """Newest first. `next` is the `before` of the page that follows; null when this is the last."""

    rows: list[DivergenceOut]
    next: str | None


class LogQuery(BaseModel):
    """What of the log is wanted."""

    status: int | None = Field(None, ge=0, le=2, description="0 closed, 1 divergence, 2 unmatched.")
    kind: DivergenceKind | None = None
    lasting: bool | None = Field(None, description="true: those that last; false: those that ended.")
    symbol: Word | None = Field(None, description="The broker's own name.")
    position: int | None = Field(None, ge=0, le=LARGEST, description="The position's identifier.")
    since: Moment | None = Field(None, description="Found then or later.")
    until: Moment | None = Field(None, description="Found then or before.")
    limit: int = Field(20, ge=1, le=LONGEST_PAGE, description="Rows in one answer.")
    before: int | None = Field(None, ge=1, le=LARGEST, description="`next` of the answer before.")

    def of(self, account: AccountId) -> LogFilter:
        """Raises Problem 400 for a span that ends before it begins."""
        if self.since and self.until and self.since > self.until:
            raise wrong_parameter("until", "must not be before since")
        return LogFilter(
            account, self.status, self.kind, self.lasting, self.symbol, self.position, self.since, self.until
        )


_OF_ONE = REFUSALS | errors(s404="No such account")


def reconciliation_routes(desk: Desk, keyring: Keyring) -> APIRouter:
    """The routes; none of them changes anything."""
    router = APIRouter(
        prefix="/api/v1/reconciliation/accounts",
        tags=["reconciliation"],
        dependencies=[Depends(keyring.admit)],
    )
    _add_accounts(router, desk)
    _add_log(router, desk)
    return router


def _add_accounts(router: APIRouter, desk: Desk) -> None:
    @router.get("", summary="Every account's last sync", responses=REFUSALS, dependencies=[Depends(only())])
    async def accounts() -> AccountsOut:
        async with desk.store.read() as tx:
            every = await tx.accounts.all()
        return AccountsOut(accounts=await _shown(desk, every))

    @router.get(
        "/{account_id}",
        summary="One account's last sync and what lasts there",
        responses=_OF_ONE,
        dependencies=[Depends(only())],
    )
    async def account(account_id: UUID) -> LastingOut:
        async with desk.store.read() as tx:
            wanted = await _known(tx, account_id)
            lasting = await tx.reconciliation.page(LogFilter(wanted.id, lasting=True), LONGEST_PAGE)
        [shown] = await _shown(desk, [wanted])
        return LastingOut(**shown.model_dump(), lasting=[_row(each) for each in lasting])


def _add_log(router: APIRouter, desk: Desk) -> None:
    @router.get(
        "/{account_id}/log",
        summary="One account's divergences, newest first",
        responses=_OF_ONE,
        dependencies=[Depends(only(*LogQuery.model_fields))],
    )
    async def log(account_id: UUID, query: Annotated[LogQuery, Query()]) -> LogOut:
        wanted = query.of(AccountId(account_id))
        async with desk.store.read() as tx:
            await _known(tx, account_id)
            found = await tx.reconciliation.page(wanted, query.limit + 1, query.before)
        rows = found[: query.limit]
        following = str(rows[-1].id) if len(found) > query.limit else None
        return LogOut(rows=[_row(each) for each in rows], next=following)


async def _known(tx: Tx, account_id: UUID) -> Account:
    account = await tx.accounts.get(AccountId(account_id))
    if account is None:
        raise NotFound("There is no such account.")
    return account


async def _shown(desk: Desk, accounts: Sequence[Account]) -> list[AccountOut]:
    async with desk.store.read() as tx:
        names = {person.id: person.name for person in await tx.people.all()}
    return [_account(each, names[each.account.person_id]) for each in await overview(desk, accounts)]


def _account(seen: AccountSync, trader: str) -> AccountOut:
    account, last = seen.account, seen.last
    return AccountOut(
        id=str(account.id),
        label=account.label,
        trader=trader,
        kind=account.kind,
        login=str(account.login),
        server=account.server,
        read_at=last.read_at,
        next_at=last.next_at,
        took_s=last.took_s,
        positions=last.positions,
        matched=last.matched,
        divergent=seen.divergent,
        failures=last.failures,
        error=last.error,
    )


def _row(row: LogRow) -> DivergenceOut:
    found = row.divergence
    return DivergenceOut(
        id=str(row.id),
        account=str(found.account_id),
        status=found.kind.status,
        kind=found.kind,
        position=str(found.position),
        symbol=found.symbol,
        size=found.size,
        unit=found.unit,
        facts=found.facts,
        trade=str(found.trade_id) if found.trade_id else None,
        found_at=row.found_at,
        ended_at=row.ended_at,
        decision=row.decision,
        decided_at=row.decided_at,
        decided_by=str(row.decided_by) if row.decided_by else None,
        counts=row.counts,
    )

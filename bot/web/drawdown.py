"""`/api/v1/drawdown`: how far each account is below what it is measured from, for who has an API key."""

from datetime import datetime
from uuid import UUID

from fastapi import APIRouter, Depends
from pydantic import BaseModel, Field

from bot.web.keys import REFUSALS, Keyring
from bot.web.parameters import only
from bot.web.problems import errors
from bot.web.schemas import Exact
from core.desk import Desk
from core.model.accounts import Account
from core.model.errors import NotFound
from core.model.ids import AccountId
from core.model.policies import Basis
from core.model.risk import DrawdownState


class DrawdownOut(BaseModel):
    """What the guard last concluded; money in account currency. `level` is the highest share of the limit
    that was warned of, in percent."""

    basis: Basis
    peak: Exact
    reference: Exact = Field(description="What the drawdown is measured from, by its basis.")
    equity: Exact
    drawdown: Exact
    percent: Exact
    level: Exact
    since: datetime | None = Field(description="When the equity was last at the reference.")
    recovered_in_s: float | None = Field(description="How long the last drawdown that was warned of took.")
    daily_loss: Exact
    daily_percent: Exact
    daily_level: Exact
    read_at: datetime


class AccountDrawdownOut(BaseModel):
    """An account, its limits in percent, and its state: null before the guard's first look."""

    id: str
    label: str
    limit: Exact
    daily_limit: Exact | None
    guarded_at: datetime | None
    state: DrawdownOut | None


class DrawdownsOut(BaseModel):
    """By label."""

    accounts: list[AccountDrawdownOut]


def drawdown_routes(desk: Desk, keyring: Keyring) -> APIRouter:
    """The routes; none of them changes anything."""
    admit = [Depends(keyring.admit), Depends(only())]
    router = APIRouter(prefix="/api/v1/drawdown/accounts", tags=["drawdown"], dependencies=admit)

    @router.get("", summary="Every account's drawdown", responses=REFUSALS)
    async def accounts() -> DrawdownsOut:
        async with desk.store.read() as tx:
            every = sorted(await tx.accounts.all(), key=lambda account: account.label)
            kept = {state.account_id: state for state in await tx.drawdowns.all()}
        return DrawdownsOut(accounts=[_account(desk, each, kept.get(each.id)) for each in every])

    @router.get(
        "/{account_id}",
        summary="One account's drawdown",
        responses=REFUSALS | errors(s404="No such account"),
    )
    async def account(account_id: UUID) -> AccountDrawdownOut:
        async with desk.store.read() as tx:
            found = await tx.accounts.get(AccountId(account_id))
            kept = await tx.drawdowns.get(AccountId(account_id))
        if found is None:
            raise NotFound("There is no such account.")
        return _account(desk, found, kept)

    return router


def _account(desk: Desk, account: Account, kept: DrawdownState | None) -> AccountDrawdownOut:
    """What the guard has concluded since its row was written goes before that row."""
    state = desk.board.drawdowns.get(account.id, kept)
    return AccountDrawdownOut(
        id=str(account.id),
        label=account.label,
        limit=account.policy.drawdown_limit_percent,
        daily_limit=account.policy.daily_loss_percent,
        guarded_at=desk.board.of(account.id).guarded_at,
        state=None if state is None else _state(state),
    )


def _state(state: DrawdownState) -> DrawdownOut:
    took = state.recovered_in
    return DrawdownOut(
        basis=state.basis,
        peak=state.peak,
        reference=state.reference,
        equity=state.equity,
        drawdown=state.drawdown,
        percent=state.percent,
        level=state.level * 100,
        since=state.since,
        recovered_in_s=None if took is None else took.total_seconds(),
        daily_loss=state.daily_loss,
        daily_percent=state.daily_percent,
        daily_level=state.daily_level * 100,
        read_at=state.read_at,
    )

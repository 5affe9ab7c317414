"""The drawdown guard on a real paper terminal: payments, warnings, blindness, memory."""

import contextlib
from collections.abc import Awaitable, Callable
from dataclasses import replace
from decimal import Decimal

import pytest
from structlog.testing import capture_logs

from core.model.mt5 import MT5AccountState, MT5Deal
from core.model.risk import LiquidationState, Place
from core.mt5.errors import TerminalError, Unavailable
from core.paper import hands
from core.paper.server.faults import Fault, Kind
from core.ports import Store
from core.risk.drawdown import rebase
from core.risk.guard import DrawdownGuard
from core.risk.locks import release_all
from tests.core.risk.guarded import Guarded

only_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


# -- payments


@pytest.mark.parametrize("payments", [[-6_000.0], [5_000.0], [-3_000.0, -3_000.0], [4_000.0, -9_000.0]])
async def test_payments_are_no_drawdown(guarded: Guarded, payments: list[float]) -> None:
    """Several within one moment, too: the market of these tests stands still between looks."""
    for amount in payments:
        guarded.pay(amount)
    await guarded.look()
    for amount in payments:
        guarded.pay(amount / 10)
        await guarded.guard.once(guarded.account)
    state = await guarded.state()
    assert (state.peak, state.drawdown) == (guarded.balance, Decimal(0))
    assert await guarded.told() == {}


@only_sqlite
async def test_payments_of_one_moment_seen_one_by_one(guarded: Guarded) -> None:
    for _ in range(4):
        guarded.pay(-2_000.0)
        await guarded.guard.once(guarded.account)
    assert (await guarded.state()).drawdown == 0


@only_sqlite
async def test_a_withdrawal_while_the_desk_is_down(guarded: Guarded) -> None:
    guarded.pay(-1_000.0)
    await guarded.look()
    guarded.paper.pass_time(60)
    guarded.pay(-5_000.0)
    await guarded.restart()
    await guarded.look(2)
    state = await guarded.state()
    assert (state.peak, state.drawdown) == (Decimal(4_000), Decimal(0))


@only_sqlite
@pytest.mark.parametrize("down", [False, True])
async def test_a_withdrawal_together_with_a_loss(guarded: Guarded, down: bool) -> None:
    """Of 10,000: 900 lost and 1,000 paid out between two looks, nobody knows which was first: 9 % or 10 %."""
    guarded.buy()
    await guarded.look()
    guarded.lose(0.09)
    guarded.pay(-1_000.0)
    if down:
        await guarded.restart()
        await guarded.look()
    await guarded.look()
    state = await guarded.state()
    assert Decimal(8_890) < state.peak < Decimal(9_000)
    assert Decimal(9) < state.percent < Decimal(11)
    assert await guarded.liquidation() is None


@only_sqlite
async def test_a_loss_is_not_hidden_by_a_deposit_of_its_size(guarded: Guarded) -> None:
    """Between two looks a position is closed with a loss and as much is paid in: the balance is the same."""
    ticket = guarded.buy()
    await guarded.look()
    guarded.lose(0.1)
    before = guarded.balance
    guarded.hands.close_position(guarded.account.login, ticket)
    guarded.pay(float(before - guarded.balance))
    await guarded.look()
    assert (await guarded.state()).percent > Decimal(8)


@only_sqlite
async def test_credit_given_and_taken_back_is_neither_gain_nor_loss(guarded: Guarded) -> None:
    for credit in (5_000.0, 0.0):
        guarded.grant_credit(credit)
        await guarded.look()
        state = await guarded.state()
        assert (state.peak, state.equity) == (Decimal(10_000), Decimal(10_000))


@only_sqlite
async def test_a_withdrawal_that_is_late_in_the_history_is_waited_for(
    guarded: Guarded, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The balance has fallen and no deal says why: that is no drawdown yet."""
    await lag(guarded, monkeypatch)
    guarded.pay(-5_000.0)
    await guarded.look(5)
    assert await guarded.told() == {}
    monkeypatch.undo()
    await guarded.look()
    state = await guarded.state()
    assert (state.peak, state.drawdown) == (Decimal(5_000), Decimal(0))


@only_sqlite
async def test_a_balance_that_nothing_ever_explains_is_believed_in_the_end(
    guarded: Guarded, monkeypatch: pytest.MonkeyPatch
) -> None:
    await lag(guarded, monkeypatch)
    guarded.pay(-5_000.0)
    await guarded.look(60)
    assert await guarded.liquidation() is None
    await guarded.look(2)
    assert await guarded.liquidation() is not None


async def lag(guarded: Guarded, monkeypatch: pytest.MonkeyPatch) -> None:
    """The history shows nothing newer than now."""
    session = await guarded.paper.session()
    deals_since = session.deals_since
    known = {deal.ticket for deal in await deals_since(guarded.paper.clock.now())}

    async def only_known(when: object) -> tuple[MT5Deal, ...]:
        return tuple(deal for deal in await deals_since(when) if deal.ticket in known)  # type: ignore[arg-type]

    monkeypatch.setattr(session, "deals_since", only_known)


@only_sqlite
async def test_a_balance_that_never_rests_does_not_hold_the_guard(
    guarded: Guarded, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every reading of the account shows another balance: the look ends, and the next one may succeed."""
    session = await guarded.paper.session()
    account, readings = session.account, 0

    async def restless() -> MT5AccountState:
        nonlocal readings
        readings += 1
        return replace(await account(), balance=Decimal(readings))

    monkeypatch.setattr(session, "account", restless)
    await guarded.look(3)
    assert readings == 6
    monkeypatch.undo()
    await guarded.look()
    assert (await guarded.state()).drawdown == 0


# -- warnings


async def test_each_level_is_told_once_to_trader_and_owner(guarded: Guarded) -> None:
    guarded.buy()
    await guarded.look()
    for loss in (0.11, 0.05, 0.025):
        guarded.lose(loss)
        await guarded.look(2)
        await guarded.restart()
        await guarded.look(2)
    for person in (guarded.trader.person, guarded.paper.owner):
        assert await guarded.told(person) == {"drawdown_warned": 3}
    assert await guarded.told(guarded.paper.traders[1].person) == {}
    assert (await guarded.state()).level == Decimal("0.9")
    assert await guarded.liquidation() is None


@only_sqlite
async def test_a_recovery_is_told_too(guarded: Guarded) -> None:
    guarded.buy()
    await guarded.look()
    guarded.lose(0.11)
    await guarded.look()
    guarded.lose(-0.08)
    await guarded.look(2)
    assert await guarded.events("drawdown") == ["drawdown.warned", "drawdown.recovered"]


@only_sqlite
async def test_the_peak_outlives_the_desk(guarded: Guarded) -> None:
    guarded.buy()
    guarded.lose(-0.30)
    await guarded.look()
    peak = (await guarded.state()).peak
    assert peak > Decimal(12_500)
    guarded.lose(0.1)
    await guarded.restart()
    await guarded.look()
    assert (await guarded.state()).peak == peak


@only_sqlite
async def test_a_calm_account_is_written_once_a_minute(guarded: Guarded) -> None:
    before = await guarded.state()
    await guarded.look(59)
    assert await guarded.state() == before
    await guarded.look()
    after = await guarded.state()
    now = guarded.paper.clock.now()
    assert after == replace(before, read_at=now, since=now, books=after.books)
    assert guarded.paper.desk.board.drawdowns[guarded.account.id] == after


# -- blindness


async def unplug(guarded: Guarded) -> None:
    hands.plug(guarded.trader.folder, connected=False)


async def switch(guarded: Guarded) -> None:
    hands.switch_account(guarded.trader.folder, guarded.paper.traders[1].account.login)


async def log_out(guarded: Guarded) -> None:
    hands.switch_account(guarded.trader.folder, 0)


async def hang(guarded: Guarded) -> None:
    guarded.hands.misfortune(Fault(Kind.HANG_BEFORE, call="account_info", count=99))


async def fail(guarded: Guarded) -> None:
    guarded.hands.misfortune(Fault(Kind.FAIL, call="account_info", count=99))


@only_sqlite
@pytest.mark.parametrize("trouble", [unplug, switch, log_out, hang, fail])
async def test_who_cannot_see_concludes_nothing(
    guarded: Guarded, trouble: Callable[[Guarded], Awaitable[None]]
) -> None:
    """The money is lost at the broker; the guard neither closes in the dark nor believes the account calm."""
    guarded.buy()
    await guarded.look()
    before = await guarded.state()
    await trouble(guarded)
    guarded.lose(0.5)
    await guarded.look_in_vain(2)
    assert await guarded.state() == before
    assert (await guarded.liquidation(), await guarded.locks(), await guarded.told()) == (None, [], {})


@only_sqlite
@pytest.mark.parametrize("trouble", [unplug, switch])
async def test_a_blind_terminal_in_the_middle_of_a_liquidation_is_not_flat(
    guarded: Guarded, trouble: Callable[[Guarded], Awaitable[None]]
) -> None:
    """The other account is flat; the countdown goes on in the dark, and closing waits for the light."""
    await guarded.breach()
    await trouble(guarded)
    await guarded.look_in_vain(15)
    liquidation = await guarded.liquidation()
    assert liquidation is not None
    assert (liquidation.state, liquidation.clean_reads) == (LiquidationState.CLOSING, 0)
    assert guarded.ledger.positions
    hands.switch_account(guarded.trader.folder, guarded.account.login)
    hands.plug(guarded.trader.folder, connected=True)
    await guarded.look_until(LiquidationState.LOCKED)
    assert await guarded.is_flat_and_locked()


@only_sqlite
async def test_a_history_that_cannot_be_read_is_no_ground_for_a_verdict(guarded: Guarded) -> None:
    guarded.pay(-5_000.0)
    guarded.hands.misfortune(Fault(Kind.FAIL, call="history_deals_get", count=2))
    await guarded.look_in_vain(2)
    await guarded.look()
    assert (await guarded.state()).drawdown == 0


@only_sqlite
async def test_closing_goes_on_while_the_history_cannot_be_read(guarded: Guarded) -> None:
    await guarded.breach()
    guarded.pay(1.0)
    guarded.hands.misfortune(Fault(Kind.FAIL, call="history_deals_get", count=200))
    for _ in range(40):
        with contextlib.suppress(TerminalError):
            await guarded.look()
        await guarded.work()
    assert await guarded.is_flat_and_locked()


# -- an owner's word meanwhile


@only_sqlite
async def test_a_release_during_a_look_is_not_undone_by_it(
    guarded: Guarded, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Written back, the old peak and level would leave the account open and the guard disarmed."""
    await guarded.breach()
    await guarded.look_until(LiquidationState.LOCKED)
    guarded.paper.pass_time(60)
    session = await guarded.paper.session()
    read = session.account

    async def release_meanwhile() -> MT5AccountState:
        monkeypatch.undo()
        await release_all(guarded.paper.desk, guarded.paper.owner, Place(guarded.account.id))
        return await read()

    before = guarded.paper.desk.board.drawdowns[guarded.account.id]
    monkeypatch.setattr(session, "account", release_meanwhile)
    await guarded.look()
    assert await guarded.state() == rebase(before)
    await guarded.look()
    state = await guarded.state()
    assert (state.level, state.peak, state.initial) == (Decimal(0), before.equity, before.equity)


@only_sqlite
async def test_watching_goes_on_after_failures_and_each_is_logged_once(
    guarded: Guarded, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Three looks fail, one does not, the last ends the test: the guard has gone on."""
    session = await guarded.paper.session()
    account = session.account
    looks = iter([Unavailable("no link"), Unavailable("no link"), Unavailable("no answer"), None, None])

    async def look() -> MT5AccountState:
        guarded.paper.pass_time(1)
        failure = next(looks, LookupError("enough"))
        if failure is not None:
            raise failure
        return await account()

    monkeypatch.setattr(session, "account", look)
    guard = DrawdownGuard(guarded.paper.desk, 0.01)
    with capture_logs() as logs, pytest.raises(LookupError, match="enough"):
        await guard.watch(guarded.account)
    told = [(line["event"], line.get("error")) for line in logs if line["event"].startswith("guard")]
    assert told == [("guard_blind", "no link"), ("guard_blind", "no answer"), ("guard_sees_again", None)]


# -- prices that stand still


@only_sqlite
async def test_prices_that_stand_still_are_no_ground_for_a_verdict_and_people_are_told(
    guarded: Guarded,
) -> None:
    """The market falls through the limit, the terminal goes on showing the prices of before."""
    guarded.buy()
    await guarded.look()
    guarded.hands.misfortune(Fault(Kind.FROZEN, call="*"))
    await guarded.look(62)
    seen_at = guarded.paper.desk.board.of(guarded.account.id).guarded_at
    await guarded.look(130)
    assert guarded.paper.desk.board.of(guarded.account.id).guarded_at == seen_at
    assert await guarded.told() == {"drawdown_blind": 1}
    assert await guarded.liquidation() is None


# -- days, and limits of their own


@only_sqlite
async def test_a_daily_limit_closes_though_the_drawdown_is_far_from_its_own(guarded: Guarded) -> None:
    account = replace(guarded.account, policy=replace(guarded.account.policy, daily_loss_percent=Decimal(5)))
    guarded.buy()
    await guarded.guard.once(account)
    guarded.lose(0.06)
    await guarded.guard.once(account)
    liquidation = await guarded.liquidation()
    assert liquidation is not None
    assert "loss of the day" in liquidation.reason
    assert "reached the limit of 5 %" in liquidation.reason


@only_sqlite
async def test_a_calm_look_asks_the_database_for_nothing_of_the_account(
    guarded: Guarded, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One reading a second of what is closed and locked is shared by all accounts."""
    store, reads = guarded.paper.store, 0
    read = type(store).read

    def counted(self: Store) -> object:
        nonlocal reads
        reads += 1
        return read(self)

    await guarded.look()
    monkeypatch.setattr(type(store), "read", counted)
    guarded.paper.pass_time(1)
    for _ in range(5):
        await guarded.guard.once(guarded.account)
    assert reads == 1

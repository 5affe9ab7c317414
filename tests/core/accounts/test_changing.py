"""Changing an account: its risk within what is allowed, its name, its symbols."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from core.accounts.changing import change_policy, pin_symbol, rename
from core.accounts.refusals import AccountRefused, Reason
from core.accounts.settings import SETTINGS, Ceilings, check_agreement, looser
from core.model.accounts import RiskPolicy
from core.model.errors import NotFound, Refused, Stale
from core.model.events import Priority
from core.model.people import Role
from core.model.risk import DrawdownState, LockKind, Place
from core.mt5 import contract as mt5
from tests.core.accounts.conftest import Bureau

sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
FREE = RiskPolicy()


async def change(bureau: Bureau, ceilings: Ceilings | None = None, **changes: Any) -> RiskPolicy:
    account = bureau.paper.trader.account.id
    async with bureau.paper.store.read() as tx:
        known = await tx.accounts.get(account)
    assert known is not None
    after = replace(known.policy, **changes)
    done = await change_policy(bureau.paper.desk, bureau.trader, account, known.policy, after, ceilings)
    return done.policy


@sqlite
async def test_a_changed_setting_is_in_the_trail_and_holds(bureau: Bureau) -> None:
    policy = await change(bureau, risk_percent=Decimal("0.5"), max_per_day=4)
    async with bureau.paper.store.read() as tx:
        stored = await tx.accounts.get(bureau.paper.trader.account.id)
        events = await tx.events.recent(5, "account.risk_changed")
    assert stored is not None
    assert stored.policy == policy
    assert {str(event.data["setting"]): (event.data["before"], event.data["after"]) for event in events} == {
        "risk_percent": ("1", "0.5"),
        "max_per_day": ("none", "4"),
    }
    assert await bureau.paper.alerts(bureau.paper.owner) == [], "no limit of the guard is looser"


@sqlite
async def test_a_looser_limit_of_the_guard_is_told_to_the_owner(bureau: Bureau) -> None:
    await change(bureau, daily_loss_percent=Decimal(5))
    await change(bureau, drawdown_limit_percent=Decimal(30))
    await change(bureau, daily_loss_percent=None)
    alerts = await bureau.paper.alerts(bureau.paper.owner)
    assert {alert.priority for alert in alerts} == {Priority.CRITICAL}, "no quiet hours hold it"
    told = [alert.data for alert in alerts]
    assert [(data["setting"], data["before"], data["after"]) for data in told] == [
        ("drawdown_limit_percent", "20", "30"),
        ("daily_loss_percent", "5", "none"),
    ]


@sqlite
async def test_locked_by_the_guard_it_can_be_tightened_only(bureau: Bureau) -> None:
    place, now = Place(bureau.paper.trader.account.id), bureau.paper.clock.now()
    async with bureau.paper.store.write() as tx:
        await tx.locks.set(LockKind.DRAWDOWN, place, "drawdown", now, None)
    looser: list[dict[str, Any]] = [{"drawdown_limit_percent": Decimal(25)}, {"max_lots": Decimal(6)}]
    for looser_one in looser:
        with pytest.raises(AccountRefused) as error:
            await change(bureau, **looser_one)
        assert error.value.reason is Reason.BOUND
    assert (await change(bureau, drawdown_limit_percent=Decimal(15))).drawdown_limit_percent == 15


@sqlite
@pytest.mark.parametrize(
    ("levels", "looser_one", "reason"),
    [
        ({"level": Decimal("0.9")}, {"drawdown_limit_percent": Decimal(100)}, Reason.NEAR),
        ({"level": Decimal("0.9")}, {"countdown_s": 600}, Reason.NEAR),
        ({"daily_level": Decimal("0.5")}, {"countdown_s": 11}, Reason.NEAR_TODAY),
        ({"daily_level": Decimal("0.5")}, {"daily_loss_percent": None}, Reason.NEAR_TODAY),
    ],
)
async def test_near_a_limit_its_trader_does_not_loosen_it_but_an_owner_does(
    bureau: Bureau, levels: dict[str, Any], looser_one: dict[str, Any], reason: Reason
) -> None:
    await change(bureau, daily_loss_percent=Decimal(30))
    account, now = bureau.paper.trader.account, bureau.paper.clock.now()
    ten, eight = Decimal(10_000), Decimal(8_100)
    state = DrawdownState(account.id, ten, eight, now, Decimal(0), now, day_start=ten)
    async with bureau.paper.store.write() as tx:
        await tx.drawdowns.save(replace(state, **levels))
    with pytest.raises(AccountRefused) as error:
        await change(bureau, **looser_one)
    assert error.value.reason is reason
    assert error.value.facts["percent"] == "19.00"
    assert (await change(bureau, max_lots=Decimal(6))).max_lots == 6, "it is no limit of the guard"
    assert (await change(bureau, drawdown_limit_percent=Decimal(19))).drawdown_limit_percent == 19
    owner = replace(bureau.trader, roles=frozenset({Role.TRADER, Role.OWNER}))
    async with bureau.paper.store.read() as tx:
        known = await tx.accounts.get(account.id)
    assert known is not None
    after = replace(known.policy, **looser_one)
    assert (await change_policy(bureau.paper.desk, owner, account.id, known.policy, after)).policy == after


@sqlite
async def test_of_two_changes_the_second_sees_the_first(bureau: Bureau) -> None:
    account, desk = bureau.paper.trader.account, bureau.paper.desk
    await change(bureau, max_lots=Decimal(2))
    with pytest.raises(Stale):
        await change_policy(desk, bureau.trader, account.id, account.policy, account.policy)


@sqlite
async def test_an_owners_ceiling_holds(bureau: Bureau) -> None:
    ceilings = Ceilings({"max_lots": Decimal(6), "daily_loss_percent": Decimal(5)})
    with pytest.raises(AccountRefused) as error:
        await change(bureau, ceilings, max_lots=Decimal("6.01"), daily_loss_percent=Decimal(5))
    assert error.value.facts == {"setting": "max_lots", "most": "6"}
    with pytest.raises(AccountRefused) as error:
        await change(bureau, ceilings, daily_loss_percent=None)
    assert error.value.facts == {"setting": "daily_loss_percent", "most": "5"}
    assert (await change(bureau, ceilings, daily_loss_percent=Decimal(5), max_lots=Decimal(6))).max_lots == 6


@sqlite
async def test_nobody_elses_and_none_of_the_desk_file(bureau: Bureau) -> None:
    account, desk = bureau.paper.trader.account, bureau.paper.desk
    with pytest.raises(NotFound):
        await change_policy(desk, bureau.other, account.id, account.policy, account.policy)
    async with bureau.paper.store.write() as tx:
        await tx.accounts.change(replace(account, of_desk_file=True))
    for deed in (
        change_policy(desk, bureau.trader, account.id, account.policy, account.policy),
        rename(desk, bureau.trader, account.id, "Other"),
        pin_symbol(desk, bureau.trader, account.id, "EURUSD", "EURUSD"),
    ):
        with pytest.raises(AccountRefused) as error:
            await deed
        assert error.value.reason is Reason.DESK_FILE


@sqlite
async def test_a_name_is_told_from_every_other(bureau: Bureau) -> None:
    account, desk = bureau.paper.trader.account, bureau.paper.desk
    assert (await rename(desk, bureau.trader, account.id, account.label.upper())).label == "PAPER-70001"
    with pytest.raises(AccountRefused) as error:
        await rename(desk, bureau.trader, account.id, "Paper-70002")
    assert error.value.reason is Reason.NAME_TAKEN
    for name in ("", "x" * 33, "two\nlines"):
        with pytest.raises(Refused):
            await rename(desk, bureau.trader, account.id, name)


@sqlite
async def test_a_symbol_is_the_brokers_and_pinned_while_nothing_is_open(bureau: Bureau) -> None:
    account, desk = bureau.paper.trader.account, bureau.paper.desk
    with pytest.raises(AccountRefused) as error:
        await pin_symbol(desk, bureau.trader, account.id, "EURUSD", "NOSUCH")
    assert error.value.reason is Reason.NO_SYMBOL
    assert (await pin_symbol(desk, bureau.trader, account.id, "CABLE", "GBPUSD")).symbols == {
        "CABLE": "GBPUSD"
    }
    bureau.paper.broker.open_position(account.login, "EURUSD", mt5.ORDER_TYPE_BUY, 0.1)
    session = await bureau.paper.session()
    async with bureau.paper.store.write() as tx:
        await tx.snapshots.save(account.id, await session.snapshot())
    with pytest.raises(AccountRefused) as error:
        await pin_symbol(desk, bureau.trader, account.id, "CABLE", "EURUSD")
    assert error.value.reason is Reason.OPEN


@pytest.mark.parametrize("name", SETTINGS)
def test_each_setting_takes_its_range_and_nothing_beyond(name: str) -> None:
    setting = SETTINGS[name]
    for value in (setting.least, setting.most, *setting.offered):
        assert setting.of(setting.put(FREE, value)) == value
    for beyond in (setting.most + 1, setting.least - 1, Decimal("NaN"), Decimal("Infinity")):
        with pytest.raises(AccountRefused):
            setting.put(FREE, beyond)
    if setting.optional:
        assert setting.of(setting.put(FREE, None)) is None
    else:
        with pytest.raises(AccountRefused):
            setting.put(FREE, None)


def test_what_is_looser() -> None:
    assert looser(FREE, replace(FREE, max_lots=Decimal(6))) == [SETTINGS["max_lots"]]
    assert looser(replace(FREE, max_per_day=3), FREE) == [SETTINGS["max_per_day"]]
    assert looser(FREE, replace(FREE, max_per_day=3, max_lots=Decimal(4))) == []


def test_a_policy_that_lets_no_trade_through_is_refused() -> None:
    with pytest.raises(AccountRefused) as error:
        check_agreement(replace(FREE, fixed_lots=Decimal(6)))
    assert error.value.facts == {"setting": "fixed_lots", "limit": "max_lots"}


def test_a_policy_is_tightened_to_what_an_owner_allows() -> None:
    ceilings = Ceilings({"risk_percent": Decimal("0.5"), "max_per_day": Decimal(3), "fixed_lots": Decimal(1)})
    within = ceilings.within(FREE)
    assert (within.risk_percent, within.max_per_day, within.fixed_lots) == (Decimal("0.5"), 3, None)
    ceilings.check(within)


@sqlite
async def test_the_rest_and_the_market_guard_are_changed_within_what_the_owner_allows(bureau: Bureau) -> None:
    allowed = Ceilings(
        {"cooldown_minutes": Decimal(30), "news_minutes": Decimal(10), "countdown_s": Decimal(30)}
    )
    policy = await change(bureau, allowed, cooldown_losses=3, countdown_s=30)
    assert (policy.cooldown_losses, policy.countdown_s) == (3, 30)
    market = SETTINGS["spread_times"].put(policy, Decimal(4)).market
    assert (await change(bureau, allowed, market=market)).market.spread_times == 4
    for changes, reason in (
        ({"cooldown_minutes": 29}, Reason.FLOOR),
        ({"countdown_s": 31}, Reason.CEILING),
        ({"market": replace(market, news_minutes=9)}, Reason.FLOOR),
    ):
        with pytest.raises(AccountRefused) as error:
            await change(bureau, allowed, **changes)
        assert error.value.reason is reason
    async with bureau.paper.store.read() as tx:
        events = await tx.events.recent(9, "account.risk_changed")
    assert {str(event.data["setting"]) for event in events} == {
        "cooldown_losses",
        "countdown_s",
        "spread_times",
    }
    assert "account_loosened" in [alert.subject for alert in await bureau.paper.alerts(bureau.paper.owner)]


def test_of_a_rest_the_shorter_one_is_looser_and_an_owner_sets_the_least() -> None:
    assert looser(FREE, replace(FREE, cooldown_minutes=30)) == [SETTINGS["cooldown_minutes"]]
    assert looser(FREE, replace(FREE, cooldown_minutes=90)) == []
    strict = Ceilings({"cooldown_minutes": Decimal(120)})
    assert strict.within(FREE).cooldown_minutes == 120
    assert strict.least_of(SETTINGS["cooldown_minutes"]) == 120
    assert strict.most_of(SETTINGS["cooldown_minutes"]) == SETTINGS["cooldown_minutes"].most

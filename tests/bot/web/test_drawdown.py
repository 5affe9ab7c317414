"""Drawdowns over HTTP."""

from datetime import datetime, timedelta
from decimal import Decimal
from uuid import uuid4

from core.desk import Desk
from core.model.accounts import Account
from core.model.policies import Basis
from core.model.risk import DrawdownState
from tests.bot.web.conftest import Reader
from tests.bot.web.test_signals import problem

D = Decimal
PATH = "/api/v1/drawdown/accounts"


async def test_the_drawdown_of_an_account_before_and_after_the_first_look(
    reader: Reader, desk: Desk, trader: Account
) -> None:
    http, headers = reader.http, {"Authorization": f"Bearer {reader.key}"}
    [shown] = (await http.get(PATH, headers=headers)).json()["accounts"]
    assert (shown["id"], shown["state"], shown["daily_limit"]) == (str(trader.id), None, None)
    now = desk.clock.now()
    state = DrawdownState(
        trader.id, Decimal("10000.00"), Decimal("8900.50"), now, Decimal("0.5"), now, since=now,
        recovered_in=timedelta(minutes=2),
    )  # fmt: skip
    async with desk.store.write() as tx:
        await tx.drawdowns.save(state)
    shown = (await http.get(f"{PATH}/{trader.id}", headers=headers)).json()["state"]
    assert Decimal(shown["percent"]) == Decimal("11.00")
    assert (Decimal(shown["drawdown"]), Decimal(shown["level"])) == (Decimal("1099.50"), Decimal(50))
    assert shown["recovered_in_s"] == 120
    assert problem(await http.get(f"{PATH}/{uuid4()}", headers=headers), 404)
    assert problem(await http.get(PATH), 401)


async def test_every_field_of_the_state_is_there_and_right(
    reader: Reader, desk: Desk, trader: Account
) -> None:
    """By the day's peak, with a daily loss: 9,000 of 12,000 at the day's peak, of 11,250 at its midnight."""
    now = desk.clock.now()
    state = DrawdownState(
        trader.id, D(15_000), D(9_000), now, D("0.9"), now, basis=Basis.DAY,
        since=now - timedelta(hours=3), initial=D(10_000), day=now.date(), day_start=D(11_250),
        day_peak=D(12_000), daily_level=D("0.75"), recovered_in=timedelta(minutes=90), credit=D(500),
    )  # fmt: skip
    desk.board.drawdowns[trader.id] = state
    desk.board.guarded(trader.id, now, state.equity)
    headers = {"Authorization": f"Bearer {reader.key}"}
    one = (await reader.http.get(f"{PATH}/{trader.id}", headers=headers)).json()
    [listed] = (await reader.http.get(PATH, headers=headers)).json()["accounts"]
    assert one == listed
    assert (one["label"], D(one["limit"]), one["daily_limit"]) == (trader.label, D(20), None)
    assert datetime.fromisoformat(one["guarded_at"]) == now
    shown = one["state"]
    numbers = shown.keys() - {"basis", "since", "recovered_in_s", "read_at"}
    assert {name: D(shown[name]) for name in numbers} == {
        "peak": 15_000, "reference": 12_000, "equity": 9_000, "drawdown": 3_000, "percent": 25, "level": 90,
        "daily_loss": 2_250, "daily_percent": 20, "daily_level": 75,
    }  # fmt: skip
    assert (shown["basis"], shown["recovered_in_s"]) == ("day", 5_400)
    assert datetime.fromisoformat(shown["since"]) == state.since
    assert datetime.fromisoformat(shown["read_at"]) == now


async def test_numbers_are_exact_and_a_switch_of_anything_is_refused(
    reader: Reader, desk: Desk, trader: Account
) -> None:
    now = desk.clock.now()
    async with desk.store.write() as tx:
        await tx.drawdowns.save(DrawdownState(trader.id, D("10000.10"), D("9999.99"), now, D(0), now))
    headers = {"Authorization": f"Bearer {reader.key}"}
    shown = (await reader.http.get(f"{PATH}/{trader.id}", headers=headers)).json()["state"]
    assert D(shown["drawdown"]) == D("0.11")
    assert (shown["since"], shown["recovered_in_s"]) == (None, None)
    assert problem(await reader.http.get(f"{PATH}?basis=peak", headers=headers), 400)
    assert problem(await reader.http.get(f"{PATH}/nobody", headers=headers), 400)
    assert (await reader.http.delete(f"{PATH}/{trader.id}", headers=headers)).status_code == 405

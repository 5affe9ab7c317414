"""Drawdowns over HTTP."""

from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

from core.desk import Desk
from core.model.accounts import Account
from core.model.risk import DrawdownState
from tests.bot.web.conftest import Reader
from tests.bot.web.test_signals import problem

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

"""The market guard's marks: each danger of an account's symbol once while it lasts."""

from dataclasses import replace

from core.model.policies import Danger, MarketAction
from core.model.risk import Mark
from core.ports import Store
from tests.storage.samples import NOW, SECOND, Desk, an_account


async def test_a_danger_is_marked_once_while_it_lasts(store: Store, desk: Desk) -> None:
    second = an_account(desk.person, login=2)
    wanted = Mark(0, desk.account.id, "EURUSD", Danger.GAP, MarketAction.ALERT, "5 %", (7, 2**62), NOW)
    others = (
        replace(wanted, danger=Danger.NEWS),
        replace(wanted, symbol="XAUUSD"),
        replace(wanted, account_id=second.id),
    )
    async with store.write() as tx:
        await tx.accounts.add(second, "")
        mark = await tx.marks.begin(wanted)
        assert mark is not None
        assert replace(mark, id=0) == wanted
        assert await tx.marks.begin(replace(wanted, reason="6 %")) is None
        assert [await tx.marks.begin(other) is not None for other in others] == [True] * 3
        assert len(await tx.marks.lasting()) == 4
        assert (await tx.marks.lasting(desk.account.id))[0] == mark
        await tx.marks.acted(mark.id, MarketAction.CLOSE, (7,))
        [acted, *_] = await tx.marks.lasting(desk.account.id)
        assert (acted.action, acted.positions) == (MarketAction.CLOSE, (7,))
        await tx.marks.end(mark.id, NOW + SECOND)
        await tx.marks.acted(mark.id, MarketAction.ALERT, ())
        assert mark.id not in {each.id for each in await tx.marks.lasting()}
        again = await tx.marks.begin(wanted)
        assert again is not None
        assert again.id > mark.id

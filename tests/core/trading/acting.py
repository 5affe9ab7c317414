"""What tests of trading do with a desk: open, place, look, and see what is there."""

from decimal import Decimal
from typing import Any

from core.model.ids import AccountId
from core.model.instruments import Side
from core.model.mt5 import MT5Order, MT5Position
from core.model.signals import OrderKind
from core.model.trades import Intent
from core.paper.server.faults import Fault
from core.trading.account_loop import drain
from core.trading.changing import close_position
from core.trading.resolution import Quarantine
from tests.fakes.desk import PaperDesk

D = Decimal
PIP = D("0.0001")


async def look(paper: PaperDesk) -> bool:
    return await drain(paper.desk, paper.trader.account, Quarantine())


async def opened(
    paper: PaperDesk, instrument: str = "EURUSD", side: Side = Side.BUY, **signal: Any
) -> MT5Position:
    """A trade by a signal."""
    card = await paper.card(instrument=instrument, side=side, **signal)
    await paper.tap(card)
    await look(paper)
    intent = await paper.intent(card)
    [position] = [p for p in await positions(paper) if p.identifier == intent.position]
    return position


async def placed(paper: PaperDesk, expires_in_s: float = 900, below: int = 40) -> MT5Order:
    """A buy limit by a signal, so many pips below the market."""
    ask = D(str(paper.quote().ask))
    card = await paper.card(
        kind=OrderKind.LIMIT, entry=ask - below * PIP, stop_loss=ask - 140 * PIP, expires_in_s=expires_in_s
    )
    await paper.tap(card)
    await look(paper)
    [order] = await orders(paper)
    return order


async def positions(paper: PaperDesk) -> list[MT5Position]:
    return list((await (await paper.session()).snapshot()).positions)


async def orders(paper: PaperDesk) -> list[MT5Order]:
    return list((await (await paper.session()).snapshot()).orders)


async def stored(paper: PaperDesk, intent: Intent) -> Intent:
    async with paper.store.read() as tx:
        found = await tx.intents.get(intent.id)
    assert found is not None
    return found


async def settled(paper: PaperDesk, wish: Intent, fault: Fault | None = None, looks: int = 12) -> Intent:
    """What becomes of a wish that meets the fault, looked at each second."""
    if fault is not None:
        paper.broker.misfortune(fault)
    for _ in range(looks):
        await look(paper)
        paper.pass_time(1)
    return await stored(paper, wish)


async def part_closed(paper: PaperDesk, position: MT5Position, lots: str) -> Intent:
    """The wish to close so many lots of a position."""
    return await close_position(paper.desk, account(paper), position.identifier, paper.trader.person, D(lots))


def account(paper: PaperDesk) -> AccountId:
    return paper.trader.account.id

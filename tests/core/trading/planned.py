"""What tests of plans do with a desk: tap a card with three targets, and look at its legs."""

from decimal import Decimal

from core.model.accounts import RiskPolicy
from core.model.approvals import Approval
from core.model.mt5 import MT5Position
from core.model.policies import Plan
from core.model.trades import Intent, IntentKind
from core.reconciliation.sync import Reconciler
from tests.core.trading.acting import PIP, look, positions
from tests.fakes.desk import PaperDesk

D = Decimal
SPLIT = RiskPolicy(plan=Plan.SPLIT, fixed_lots=D("0.10"))
TARGETS = (30, 60, 90)


async def tapped(paper: PaperDesk) -> Approval:
    """A card with three targets, approved and not looked at yet."""
    ask = D(str(paper.quote().ask))
    card = await paper.card(take_profits=[ask + pips * PIP for pips in TARGETS])
    await paper.tap(card)
    return card


async def legs(paper: PaperDesk, card: Approval, kind: IntentKind = IntentKind.OPEN) -> list[Intent]:
    return [intent for intent in await paper.intents(card) if intent.kind is kind]


async def synced(paper: PaperDesk) -> None:
    """What the market has done is reconciled, and what follows from it carried out."""
    for _ in range(3):
        paper.pass_time(2)
        await Reconciler(paper.desk, paper.trader.account).sync()
        await look(paper)


async def reach_the_first_target(paper: PaperDesk) -> None:
    """Forty pips up: beyond the first target, below the second."""
    paper.move("EURUSD", 0.36)
    await synced(paper)


async def stops(paper: PaperDesk) -> set[Decimal | None]:
    return {position.stop_loss for position in await positions(paper)}


async def entries(paper: PaperDesk) -> set[Decimal]:
    return {position.price_open for position in await positions(paper)}


async def told(paper: PaperDesk) -> list[str]:
    return [alert.subject for alert in await paper.alerts()]


def by_target(held: list[MT5Position]) -> list[tuple[Decimal, Decimal | None]]:
    return sorted(((p.volume, p.take_profit) for p in held), key=lambda pair: pair[1] or 0)

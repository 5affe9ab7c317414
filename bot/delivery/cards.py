"""Cards on their way out: read anew at the moment of delivery, and sent below the chart of their signal."""

from dataclasses import replace
from uuid import UUID

from aiogram import Bot
from aiogram.types import Message

from bot.context import App
from bot.delivery.market import Pips, if_soon, signal_chart
from bot.delivery.pictures import Pictures
from bot.delivery.subjects import Subject, kind_of
from bot.views.card import Card, card
from bot.views.markup import Rendered
from bot.views.outcome import Outcome
from core.following import follow
from core.model.approvals import Approval
from core.model.ids import ApprovalId
from core.model.trades import Intent, IntentKind
from core.ports import Tx
from core.trading.resizing import sized, split_now
from core.trading.splitting import NO_SPLIT


class Cards:
    """Reads and sends cards through `bot`; the pictures are uploaded once."""

    def __init__(self, app: App, bot: Bot) -> None:
        self._app = app
        self._pictures = Pictures(bot, app.desk.store, app.desk.clock)
        self._pips = Pips(app)

    async def read(self, subject: str) -> Subject | None:
        """The newest state of the card that a notice names; None when it is gone."""
        async with self._app.desk.store.read() as tx:
            shown = await read_card(tx, ApprovalId(UUID(subject)))
        if shown is None:
            return None
        follow(str(shown.signal.id))
        if shown.approval.is_open and shown.approval.lots is None:
            approval = await if_soon("size", sized(self._app.desk, shown.approval))
            shown = replace(shown, approval=approval or shown.approval)
        shown = await self._with_pip(await self._with_split(shown))
        return Subject(card(shown), shown)

    async def send(self, chat_id: int, rendered: Rendered, shown: Card) -> Message:
        """A new message, below the chart of the signal where it can be drawn."""
        return await self._pictures.send(
            chat_id,
            rendered,
            f"signal:{shown.signal.id}",
            lambda: if_soon("chart", signal_chart(self._app, shown.signal, shown.account)),
        )

    async def _with_split(self, shown: Card) -> Card:
        lots = shown.approval.lots
        if not shown.approval.is_open or lots is None:
            return shown
        split = await if_soon("plan", split_now(self._app.desk, shown.account, shown.signal, lots))
        return replace(shown, split=split or NO_SPLIT)

    async def _with_pip(self, shown: Card) -> Card:
        outcome = shown.outcome
        if outcome is None or outcome.intent.filled_price is None:
            return shown
        pip = await self._pips.of(shown.account.id, outcome.intent.symbol)
        return replace(shown, outcome=replace(outcome, pip=pip))


async def read_card(tx: Tx, approval: ApprovalId) -> Card | None:
    """The newest state of a card, without the pip; None when it is gone."""
    found = await tx.approvals.get(approval)
    if found is None:
        return None
    signal = await tx.signals.get(found.signal_id)
    account = await tx.accounts.get(found.account_id)
    if signal is None or account is None:
        return None
    snapshot = await tx.snapshots.latest(account.id)
    currency = snapshot.account.currency if snapshot else ""
    return Card(found, signal, account, kind_of(account, snapshot), currency, await _outcome(tx, found))


async def _outcome(tx: Tx, approval: Approval) -> Outcome | None:
    openings = [i for i in await tx.intents.of_approval(approval.id) if i.kind is IntentKind.OPEN]
    if not openings:
        return None
    legs = [Outcome(each, await tx.trades.of_intent(each.id)) for each in _shown(openings)]
    return replace(legs[0], others=tuple(legs[1:]))


def _shown(openings: list[Intent]) -> list[Intent]:
    """The legs of a plan in their order, else the newest opening."""
    legs = [opening for opening in openings if opening.leg is not None]
    return sorted(legs, key=lambda leg: leg.leg or 0) or [max(openings, key=lambda intent: intent.id)]

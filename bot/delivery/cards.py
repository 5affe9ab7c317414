"""Cards on their way out: read anew at the moment of delivery, and sent below the chart of their signal."""

from dataclasses import replace
from datetime import datetime
from typing import Final
from uuid import UUID

from aiogram import Bot
from aiogram.types import Message
from cachetools import TTLCache

from bot.buttons.cards import Timeframe
from bot.context import App
from bot.delivery.pictures import Pictures
from bot.delivery.subjects import Subject, kind_of
from bot.readings.market import if_soon, signal_chart
from bot.readings.together import Together
from bot.views.cards.buttons import below
from bot.views.cards.card import Card, card
from bot.views.cards.outcome import Outcome
from bot.views.markup import Rendered
from bot.words import Words
from core.following import follow
from core.model.approvals import Approval, ApprovalState
from core.model.events import NoticeKind
from core.model.ids import ApprovalId, SourceId
from core.model.signals import TrackRecord
from core.model.trades import Intent, IntentKind
from core.ports import SentMessage, Tx
from core.trading.foreseeing import foreseen, smaller_would_do
from core.trading.resizing import sized, split_now
from core.trading.splitting import NO_SPLIT, Split

NEWEST_SIGNALS: Final = 30
RECORD_KEPT_S, SOURCES_KEPT = 60, 256


class Cards:
    """Reads and shows cards. Pictures are uploaded once; a source's record is looked up once a minute."""

    def __init__(self, app: App) -> None:
        self._app = app
        self._pictures = Pictures(app.desk.store, app.desk.clock)
        self._rows = Together[ApprovalId, Approval](app.desk.store, lambda tx, ids: tx.approvals.by_ids(ids))
        self._records: TTLCache[SourceId, TrackRecord] = TTLCache(SOURCES_KEPT, RECORD_KEPT_S)

    async def read(self, subject: str, words: Words) -> Subject | None:
        """The newest state of the card that a notice names; None when it is gone."""
        shown = await self.find(ApprovalId(UUID(subject)))
        return None if shown is None else Subject(card(shown, words), shown)

    async def row(self, approval: ApprovalId) -> Approval | None:
        """The approval alone, read together with those that others tap on in the same turn of the loop."""
        return await self._rows.find(approval)

    async def find(self, approval: ApprovalId) -> Card | None:
        """With all that is to be asked for it: the size, which is fixed by that, and what is in its way."""
        async with self._app.desk.store.read() as tx:
            shown = await read_card(tx, approval)
        if shown is None:
            return None
        shown = _in_time(shown, self._app.desk.clock.now())
        follow(str(shown.signal.id))
        if not shown.approval.is_open:
            return shown
        shown = replace(shown, approval=await self._prepared(shown.approval))
        smaller = await smaller_would_do(self._app.desk, shown.approval)
        split, record = await self._split(shown), await self._record(shown)
        return replace(shown, split=split, record=record, smaller=smaller)

    async def send(self, bot: Bot, chat_id: int, rendered: Rendered, shown: Card) -> Message:
        """A new message, below the chart of the signal where it can be drawn."""
        first, key = Timeframe.M5, _picture(shown, Timeframe.M5)
        pictured, bare = below(rendered, first), below(rendered, None)
        message = await self._pictures.send(
            bot, chat_id, pictured, key, lambda: self._chart(shown, first), bare=bare
        )
        async with self._app.desk.store.write() as tx:
            await tx.approvals.show_chart(shown.approval.id, first if message.photo else None)
        return message

    async def show_chart(
        self, bot: Bot, sent: SentMessage, shown: Card, timeframe: Timeframe, words: Words
    ) -> bool:
        """Have a card's message show another timeframe; False when there is no such picture now."""
        key, rendered = _picture(shown, timeframe), below(card(shown, words), timeframe)
        put = self._pictures.put(bot, sent, rendered, key, lambda: self._chart(shown, timeframe))
        if not await put:
            return False
        await self._note_chart(shown.approval, sent, timeframe)
        return True

    async def _note_chart(self, approval: Approval, sent: SentMessage, timeframe: Timeframe) -> None:
        """A card that came as a text is edited as a picture from now on."""
        subject, person = str(approval.id), approval.person_id
        async with self._app.desk.store.write() as tx:
            known = await tx.outbox.sent(NoticeKind.CARD, subject, person)
            if known != sent:
                return
            await tx.approvals.show_chart(approval.id, timeframe)
            if not sent.has_photo:
                now, pictured = self._app.desk.clock.now(), replace(sent, has_photo=True)
                await tx.outbox.remember_sent(NoticeKind.CARD, subject, person, pictured, now)

    async def _chart(self, shown: Card, timeframe: Timeframe) -> bytes | None:
        drawing = signal_chart(self._app, shown.signal, shown.account, timeframe)
        return await if_soon("chart", drawing)

    async def _prepared(self, approval: Approval) -> Approval:
        """Of its size, and with what is known to be in its way."""
        if approval.lots is None:
            approval = await if_soon("size", sized(self._app.desk, approval)) or approval
        return await foreseen(self._app.desk, approval)

    async def _split(self, shown: Card) -> Split:
        lots = shown.approval.lots
        if lots is None:
            return NO_SPLIT
        planned = split_now(self._app.desk, shown.account, shown.signal, lots)
        return await if_soon("plan", planned) or NO_SPLIT

    async def _record(self, shown: Card) -> TrackRecord:
        source = shown.signal.source_id
        if source not in self._records:
            async with self._app.desk.store.read() as tx:
                self._records[source] = await tx.signals.track_record(source, NEWEST_SIGNALS)
        return self._records[source]


def _in_time(shown: Card, now: datetime) -> Card:
    """As it is now: a card whose time has passed is over, though its row may not know it for a moment yet."""
    over = shown.approval.is_open and now >= shown.approval.expires_at
    state = ApprovalState.EXPIRED if over else shown.approval.state
    return replace(shown, now=now, approval=replace(shown.approval, state=state))


def _picture(shown: Card, timeframe: Timeframe) -> str:
    """The key of a picture that all cards of the signal share."""
    return f"signal:{shown.signal.id}:{timeframe}"


async def read_card(tx: Tx, approval: ApprovalId) -> Card | None:
    """The newest state of a card as it is written; None when it is gone."""
    found = await tx.approvals.get(approval)
    if found is None:
        return None
    signal = await tx.signals.get(found.signal_id)
    account = await tx.accounts.get(found.account_id)
    if signal is None or account is None:
        return None
    snapshot = await tx.snapshots.latest(account.id)
    return Card(
        found,
        signal,
        account,
        kind_of(account, snapshot),
        snapshot.account.currency if snapshot else "",
        await _outcome(tx, found),
    )


async def _outcome(tx: Tx, approval: Approval) -> Outcome | None:
    openings = [i for i in await tx.intents.of_approval(approval.id) if i.kind is IntentKind.OPEN]
    if not openings:
        return None
    legs = [Outcome(each, await tx.trades.of_intent(each.id), each.pip) for each in _shown(openings)]
    return replace(legs[0], others=tuple(legs[1:]))


def _shown(openings: list[Intent]) -> list[Intent]:
    """The legs of a plan in their order, else the newest opening."""
    legs = [opening for opening in openings if opening.leg is not None]
    return sorted(legs, key=lambda leg: leg.leg or 0) or [max(openings, key=lambda intent: intent.id)]

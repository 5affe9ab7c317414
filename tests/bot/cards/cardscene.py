"""A trader with a terminal here, her broker, and a card that she is about to decide."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from bot.sandbox import SandboxClient
from core.desk import Desk
from core.model.accounts import Account, Source
from core.model.approvals import Approval
from core.model.people import Person
from core.model.trades import Intent
from core.mt5 import contract as mt5
from core.paper.hands import Hands
from tests.bot.conftest import SendSignal
from tests.bot.stage import Cast

APPROVE = "✅ Approve"
PIP = Decimal("0.0001")


@dataclass(frozen=True)
class Scene:
    """Tara, her account and a card that she is about to approve."""

    desk: Desk
    cast: Cast
    source: Source
    hands: Hands
    people: SandboxClient
    send_signal: SendSignal

    @property
    def account(self) -> Account:
        return self.cast.account_of(self.cast.tara)

    async def policy(self, **changes: Any) -> None:
        limited = replace(self.account, policy=replace(self.account.policy, **changes))
        async with self.desk.store.write() as tx:
            await tx.accounts.put(limited, "secret")

    def buy_by_hand(self, lots: float = 0.10, stop: float = 0.0) -> None:
        buy = mt5.ORDER_TYPE_BUY
        done = self.hands.open_position(self.account.login, "EURUSD", buy, lots, sl=stop)
        assert done.retcode == mt5.TRADE_RETCODE_DONE

    async def card(self) -> dict[str, Any]:
        entry = (await (await self.desk.terminals.session(self.account.id)).quote("EURUSD")).ask
        levels = {"stop_loss": entry - 30 * PIP, "take_profits": (entry + 60 * PIP,)}
        await self.send_signal(self.cast.tara, entry=entry, **levels)
        return await self.people.wait_for(self.cast.tara.telegram_id, "BUY EURUSD")

    async def tapped(self, words: str) -> dict[str, Any]:
        """The card once it shows them."""
        await self.tap(APPROVE)
        return await self.says(words)

    async def says(self, words: str) -> dict[str, Any]:
        """The card, no alert, once it shows them."""
        return await self.seen(lambda m: words in m["text"] and "BUY EURUSD\n" in m["text"])

    async def ordered(self) -> int:
        async with self.desk.store.read() as tx:
            return len(await tx.intents.unfinished(self.account.id))

    @property
    def trader(self) -> Person:
        return self.cast.tara

    async def tap(self, label: str) -> None:
        await self.people.tap(self.trader.telegram_id, label)

    async def newest(self) -> dict[str, Any]:
        """The newest message with the card's buttons."""
        return (await self.people.messages(self.trader.telegram_id))[0]

    async def one(self, message_id: int) -> dict[str, Any]:
        """Her message of that number."""
        seen = await self.people.messages(self.trader.telegram_id)
        return next(message for message in seen if message["message_id"] == message_id)

    async def changed(self, message_id: int, label: str) -> dict[str, Any]:
        """That message, once it has no such button any more."""
        return await self.seen(lambda m: m["message_id"] == message_id and label not in m["buttons"])

    async def orders(self) -> Sequence[Intent]:
        """What her newest card has asked for."""
        approval = await self.approval()
        async with self.desk.store.read() as tx:
            return await tx.intents.of_approval(approval.id)

    def reconciled(self) -> None:
        """As after the first reconciliation, before which nothing is opened."""
        now = self.desk.clock.now()
        self.desk.board.read(self.account.id, now, "PAPER", positions=0, matched=0)

    async def seen(self, wanted: str | Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        """The card, or another message, once it is so."""
        return await self.people.wait_for(self.cast.tara.telegram_id, wanted)

    async def read(self) -> None:
        """Look at the account, as reconciliation does."""
        session = await self.desk.terminals.session(self.account.id)
        self.desk.board.snapshots[self.account.id] = await session.snapshot()

    def stop_by_hand(self) -> None:
        """A stop for all that she has bought."""
        quote = self.hands.broker.view(self.account.login).quote("EURUSD")
        for position in self.desk.board.snapshots[self.account.id].positions:
            stop = math.floor(quote.bid * 10_000 - 50) / 10_000
            done = self.hands.move_stops(self.account.login, position.ticket, stop, 0.0)
            assert done.retcode == mt5.TRADE_RETCODE_DONE

    async def approval(self) -> Approval:
        """The newest of hers."""
        async with self.desk.store.read() as tx:
            [newest] = await tx.approvals.of_person(self.cast.tara.id, 1)
        return newest

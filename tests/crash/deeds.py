"""What a person does with what is open, through several lives of a desk: asked for once, and then carried on.

As in `lives` for an order's opening: a deed is done as it was asked for, in part, or not at all; the desk's
verdict says which, and what it expects of the account is what is there.
"""

from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from decimal import ROUND_UP, Decimal
from functools import partial

from core.model.errors import DeskError
from core.model.instruments import Side
from core.model.mt5 import MT5AccountSnapshot, MT5Order, MT5Position
from core.model.thresholds import Overrides, Rules
from core.model.trades import Intent, IntentState
from core.mt5 import contract as mt5
from core.mt5.errors import TerminalError
from core.mt5.orders import Stops
from core.paper.server.faults import Fault, Kind
from core.reconciliation.sync import Reconciler
from core.trading.changing import PendingChange, cancel_pending, change_pending, close_by, modify_stops
from tests.core.trading.acting import PIP, account, opened, part_closed, placed
from tests.crash.lives import LOOKS, Ground, Plan, Scenario, Story
from tests.fakes.desk import PaperDesk, late

EXACT = Rules(Overrides(slippage_pips=Decimal(1000), volume_percent=Decimal(0), stops_pips=Decimal(0)))


@dataclass(frozen=True, slots=True)
class Scene:
    """What is open before the deed."""

    position: MT5Position | None = None
    opposite: MT5Position | None = None
    order: MT5Order | None = None


@dataclass(frozen=True, slots=True)
class Deed:
    """How it is prepared and asked for, and whether the broker's books show it done."""

    prepare: Callable[[PaperDesk], Awaitable[Scene]]
    ask: Callable[[PaperDesk, Scene], Awaitable[Intent]]
    done: Callable[[Scene, MT5AccountSnapshot], bool]


async def _a_position(paper: PaperDesk) -> Scene:
    """In a symbol that may be filled in part."""
    return Scene(await opened(paper, "BTCUSD"))


async def _a_pair(paper: PaperDesk) -> Scene:
    long = await opened(paper)
    return Scene(long, await opened(paper, side=Side.SELL, stop_loss=long.price_open + 100 * PIP))


async def _an_order(paper: PaperDesk) -> Scene:
    return Scene(order=await placed(paper, expires_in_s=86_400))


def _position(scene: Scene) -> MT5Position:
    assert scene.position is not None
    return scene.position


def _order(scene: Scene) -> MT5Order:
    assert scene.order is not None
    return scene.order


def _stops(scene: Scene) -> Stops:
    price = _position(scene).price_open
    return Stops(price - 1_000, price + 1_000)


def _part(scene: Scene) -> Decimal:
    """Half of what is open, about: what is left is as much as was asked for."""
    return (_position(scene).volume / 2).quantize(Decimal("0.01"), ROUND_UP)


async def _move_stops(paper: PaperDesk, scene: Scene) -> Intent:
    number = _position(scene).identifier
    return await modify_stops(paper.desk, account(paper), number, _stops(scene), paper.trader.person)


async def _close_part(paper: PaperDesk, scene: Scene) -> Intent:
    return await part_closed(paper, _position(scene), str(_part(scene)))


async def _set_off(paper: PaperDesk, scene: Scene) -> Intent:
    assert scene.opposite is not None
    one, other = _position(scene).identifier, scene.opposite.identifier
    return await close_by(paper.desk, account(paper), one, other, paper.trader.person)


async def _move_order(paper: PaperDesk, scene: Scene) -> Intent:
    order = _order(scene)
    change = PendingChange(order.price_open - 10 * PIP, Stops(order.price_open - 60 * PIP))
    return await change_pending(paper.desk, account(paper), order.ticket, change, paper.trader.person)


async def _cancel(paper: PaperDesk, scene: Scene) -> Intent:
    return await cancel_pending(paper.desk, account(paper), _order(scene).ticket, paper.trader.person)


def _stops_moved(scene: Scene, books: MT5AccountSnapshot) -> bool:
    [held] = books.positions
    return Stops(held.stop_loss, held.take_profit) == _stops(scene)


def _part_is_closed(scene: Scene, books: MT5AccountSnapshot) -> bool:
    return _volumes(books) == [_position(scene).volume - _part(scene)]


def _is_set_off(scene: Scene, books: MT5AccountSnapshot) -> bool:
    assert scene.opposite is not None
    return _volumes(books) == [_position(scene).volume - scene.opposite.volume]


def _order_moved(scene: Scene, books: MT5AccountSnapshot) -> bool:
    return [o.price_open for o in books.orders] == [_order(scene).price_open - 10 * PIP]


def _is_cancelled(_: Scene, books: MT5AccountSnapshot) -> bool:
    return not books.orders


def _volumes(books: MT5AccountSnapshot) -> list[Decimal]:
    return [position.volume for position in books.positions]


DEEDS: Mapping[str, Deed] = {
    "stops moved": Deed(_a_position, _move_stops, _stops_moved),
    "part closed": Deed(_a_position, _close_part, _part_is_closed),
    "set off": Deed(_a_pair, _set_off, _is_set_off),
    "order moved": Deed(_an_order, _move_order, _order_moved),
    "cancelled": Deed(_an_order, _cancel, _is_cancelled),
}


def _rejected(retcode: int) -> tuple[Fault, ...]:
    return (Fault(Kind.REJECT, retcode=retcode),)


TROUBLES: dict[str, Scenario] = {
    "all is well": Scenario(),
    "rejected": Scenario(_rejected(mt5.TRADE_RETCODE_REJECT)),
    "timed out": Scenario(_rejected(mt5.TRADE_RETCODE_TIMEOUT)),
    "request lost": Scenario(lost_before=True),
    "worker lost": Scenario(lost_after=True),
    "reply lost": Scenario((Fault(Kind.REPLY_LOST),)),
    "late by 9 s": Scenario((late(9),)),
}


OF_DEALS: dict[str, Scenario] = {
    "in part": Scenario((Fault(Kind.PARTIAL), Fault(Kind.REPLY_LOST))),
    "marks stripped": Scenario((Fault(Kind.REPLY_LOST),), stripped=True),
}
"""What can befall a deal only."""


@dataclass(frozen=True, slots=True)
class Issue:
    """The end of a run: what the desk says of the deed, and what the broker's books show."""

    verdicts: tuple[IntentState, ...]
    before: bool
    done: bool
    untouched: bool
    waiting: int
    differences: tuple[str, ...]
    steps: tuple[str, ...]

    def faults(self) -> list[str]:
        """What must not be, in words; empty when all is right."""
        says_done, in_part = (s in self.verdicts for s in (IntentState.FILLED, IntentState.PARTIAL))
        found = [
            ("done before it was asked for", self.before),
            ("stuck", bool(self.waiting)),
            ("asked for twice", len(self.verdicts) > 1),
            ("neither done nor left as it was", not (self.done or self.untouched or in_part)),
            ("wrong verdict", bool(self.verdicts) and not in_part and says_done is not self.done),
            ("done without being asked for", self.done and not self.verdicts),
            ("the desk expects something else", bool(self.differences)),
        ]
        return [what for what, is_so in found if is_so]


async def carry_out(ground: Ground, deed: Deed, plan: Plan) -> Issue:
    """The whole run: prepared, asked for, carried on through all deaths; then time to settle."""
    async with ground.story(plan) as story:
        paper = story.paper
        scene = await deed.prepare(paper)
        first = await _books(paper)
        story.arm()
        await story.run(partial(_life, story, deed, scene))
        paper.broker.no_misfortunes()
        for _ in range(2):
            paper.pass_time(30)
            await _settle(story)
            await Reconciler(paper.desk, paper.trader.account, EXACT).sync()
        last = await _books(paper)
        async with paper.store.read() as tx:
            differ = [row.divergence.kind for row in await tx.reconciliation.lasting(account(paper))]
        return Issue(
            verdicts=tuple(wish.state for wish in await _wishes(story)),
            before=deed.done(scene, first),
            done=deed.done(scene, last),
            untouched=_shown(first) == _shown(last),
            waiting=await _under_way(story),
            differences=tuple(map(str, differ)),
            steps=tuple(story.all_steps),
        )


async def _life(story: Story, deed: Deed, scene: Scene) -> None:
    """A person whose wish did not arrive asks for it again."""
    if not await _wishes(story):
        with suppress(DeskError, TerminalError):
            await deed.ask(story.paper, scene)
    await _settle(story)


async def _settle(story: Story) -> None:
    """Look until nothing is on its way; an order that waits for its price may."""
    for _ in range(LOOKS):
        await story.look()
        if not await _under_way(story):
            return


async def _under_way(story: Story) -> int:
    number = account(story.paper)
    async with story.paper.store.read() as tx:
        left = [*await tx.intents.waiting(number), *await tx.intents.unresolved(number)]
    return sum(intent.state is not IntentState.PLACED for intent in left)


async def _wishes(story: Story) -> list[Intent]:
    """What was asked for, as it is now; not the rests of what was done in part."""
    async with story.paper.store.read() as tx:
        events = [event for event in await tx.events.recent(100) if event.name == "order.asked"]
        asked = [event.subject for event in events if "rest_of" not in event.data]
        found = [await tx.intents.get(int(subject)) for subject in asked]  # type: ignore[arg-type]
    return [intent for intent in found if intent is not None]


async def _books(paper: PaperDesk) -> MT5AccountSnapshot:
    return await (await paper.session()).snapshot()


def _shown(books: MT5AccountSnapshot) -> list[tuple[object, ...]]:
    held = [(p.identifier, p.volume, p.stop_loss, p.take_profit) for p in books.positions]
    return [*held, *((o.ticket, o.price_open, o.stop_loss, o.take_profit) for o in books.orders)]

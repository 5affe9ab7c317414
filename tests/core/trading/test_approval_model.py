"""Decisions against a model of them: taps of anyone in any order, while time passes and locks come and go."""

import asyncio
import shutil
import tempfile
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import ClassVar

from cryptography.fernet import Fernet
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from core.model.accounts import RiskPolicy
from core.model.approvals import Approval, ApprovalState
from core.model.errors import DeskError, NotFound, Refused, Stale
from core.model.ids import AccountId, ApprovalId
from core.model.people import Person
from core.model.risk import LockKind, Place
from core.model.trades import IntentKind
from core.trading.approving import approve, expire_overdue, reject
from storage.engine import connect
from storage.secrets import Vault
from storage.store import SqlStore
from tests.fakes.desk import PaperDesk, Trader, open_paper_desk
from tests.fakes.links import InProcess

VAULT = Vault([Fernet.generate_key().decode()])
ANY_PRICE = RiskPolicy(
    fixed_lots=Decimal("0.01"), max_drift_pips=Decimal(10_000), max_open_risk_percent=Decimal(100_000)
)

YES, NO = ApprovalState.APPROVED, ApprovalState.REJECTED
verdicts = st.sampled_from([YES, YES, NO])
someone = st.sampled_from([0, 0, 0, 1, 1, 2])
version_off = st.sampled_from([0, 0, 0, 0, 1, -1])
lock_kind = st.sampled_from(list(LockKind))
lock_place = st.sampled_from(["desk", "account", "elsewhere"])
some_seconds = st.sampled_from([1, 10, 30])

Tap = tuple[ApprovalState, int, int]
"""The verdict, who gives it (the owner is 2), and how far their button's version is off."""

taps = st.tuples(verdicts, someone, version_off)


class Deciding(RuleBasedStateMachine):
    """`self.model` holds what each card should look like; `self.locks` those that hold somewhere.

    Two traders have cards on the one account that a terminal in this process can serve.
    """

    template: ClassVar[Path]

    def __init__(self) -> None:
        super().__init__()
        self._runner = asyncio.Runner()
        self._open = AsyncExitStack()
        self.model: dict[ApprovalId, Approval] = {}
        self.locks: set[tuple[LockKind, AccountId | None]] = set()
        self.meanwhile: Callable[[], Awaitable[None]] | None = None

    @initialize()
    def begin(self) -> None:
        self.paper: PaperDesk = self._runner.run(self._opened())
        first, second = self.paper.traders
        self.traders = first, Trader(second.person, first.account, first.folder)
        self.people: list[Person] = [first.person, second.person, self.paper.owner]
        self.places = {"desk": None, "account": first.account.id, "elsewhere": second.account.id}

    async def _opened(self) -> PaperDesk:
        folder = Path(self._open.enter_context(tempfile.TemporaryDirectory()))
        file = shutil.copy(self.template, folder / "desk.db")
        store = SqlStore(connect(f"sqlite:///{file}"), VAULT)
        self._open.push_async_callback(store.aclose)
        terminal = InProcess(after=self._looked)
        desk = open_paper_desk(store, folder, accounts=2, policy=ANY_PRICE, open_terminal=lambda _: terminal)
        return await self._open.enter_async_context(desk)

    async def _looked(self, function: str) -> None:
        """Let happen, once, what happens while an approval looks at the account."""
        if function == "orders_get" and self.meanwhile is not None:
            happening, self.meanwhile = self.meanwhile, None
            await happening()

    def teardown(self) -> None:
        self._runner.run(self._open.aclose())
        self._runner.close()

    # -- what happens

    @rule(number=st.integers(0, 1), seconds=st.sampled_from([5, 20, 60]))
    def deal(self, number: int, seconds: int) -> None:
        price = Decimal(str(self.paper.quote().ask))
        card = self._runner.run(
            self.paper.card(self.traders[number], stop_loss=price - 1, expires_in_s=seconds)
        )
        self.model[card.id] = card

    @rule(seconds=some_seconds)
    def time_passes(self, seconds: int) -> None:
        self.paper.pass_time(seconds)

    @rule(kind=lock_kind, place=lock_place)
    def lock(self, kind: LockKind, place: str) -> None:
        self._runner.run(self._lock(kind, place))

    @rule(kind=lock_kind, place=lock_place)
    def unlock(self, kind: LockKind, place: str) -> None:
        async def release() -> None:
            async with self.paper.store.write() as tx:
                await tx.locks.release(kind, Place(self.places[place]), self._now(), self.paper.owner.id)

        self._runner.run(release())
        self.locks.discard((kind, self.places[place]))

    @precondition(lambda self: self.model)
    @rule(data=st.data(), tap=taps)
    def tap(self, data: st.DataObject, tap: Tap) -> None:
        card = self._some_card(data)
        expected = self._objection(card, tap)
        [answer] = self._runner.run(self._answers(card, [tap]))
        assert type(answer) is (expected or Approval)
        self._note(card, answer)

    @precondition(lambda self: self.model)
    @rule(data=st.data(), off=version_off, seconds=some_seconds, place=lock_place, passes=st.booleans())
    def tap_while_something_happens(
        self, data: st.DataObject, off: int, seconds: int, place: str, *, passes: bool
    ) -> None:
        async def happening() -> None:
            if passes:
                self.paper.pass_time(seconds)
            else:
                await self._lock(LockKind.PAUSE, place)

        card = self._some_card(data)
        tap = YES, self.people.index(self._trader_of(card)), off
        before = self._objection(card, tap)
        self.meanwhile = happening
        [answer] = self._runner.run(self._answers(card, [tap]))
        self.meanwhile = None
        assert type(answer) is (before or self._objection(card, tap) or Approval)
        self._note(card, answer)

    @precondition(lambda self: self.model)
    @rule(data=st.data(), at_once=st.lists(taps, min_size=2, max_size=4))
    def tap_at_once(self, data: st.DataObject, at_once: list[Tap]) -> None:
        card = self._some_card(data)
        allowed = [self._objection(card, tap) is None for tap in at_once]
        answers = self._runner.run(self._answers(card, at_once))
        won = [isinstance(answer, Approval) for answer in answers]
        assert sum(won) == any(allowed), "one of those who may decide does, and only one"
        assert all(may for may, did in zip(allowed, won, strict=True) if did)
        for answer in answers:
            self._note(card, answer)

    @rule()
    def expire(self) -> None:
        overdue = [card for card in self.model.values() if card.is_open and card.expires_at <= self._now()]
        assert self._runner.run(expire_overdue(self.paper.desk)) == len(overdue)
        for card in overdue:
            self._decide(card, ApprovalState.EXPIRED)

    # -- what must hold

    @invariant()
    def the_database_agrees(self) -> None:
        self._runner.run(self._compare())

    async def _compare(self) -> None:
        async with self.paper.store.read() as tx:
            for card in self.model.values():
                found = await tx.approvals.get(card.id)
                assert found is not None
                assert _decision(found) == _decision(card)
                kinds = [intent.kind for intent in await tx.intents.of_approval(card.id)]
                assert kinds == [IntentKind.OPEN] * (card.state is YES)
            told = Counter(
                (event.subject, event.name)
                for event in await tx.events.recent(1_000, "approval.")
                if event.name != "approval.refused"  # a refused tap decides nothing
            )
        assert told == {(str(card.id), _event(card)): 1 for card in self.model.values() if not card.is_open}

    # -- the model

    def _objection(self, card: Approval, tap: Tap) -> type[DeskError] | None:
        """Why this tap may not decide the card now."""
        verdict, number, off = tap
        if self.people[number].id != card.person_id:
            return NotFound
        if off or not card.is_open or self._now() >= card.expires_at:
            return Stale
        locked = {place for _, place in self.locks} & {None, card.account_id}
        return Refused if verdict is YES and locked else None

    def _note(self, card: Approval, answer: Approval | BaseException) -> None:
        if isinstance(answer, Approval):
            self._decide(card, answer.state)

    def _decide(self, card: Approval, state: ApprovalState) -> None:
        self.model[card.id] = replace(card, state=state, version=card.version + 1, decided_at=self._now())

    # -- hands

    async def _answers(self, card: Approval, at_once: list[Tap]) -> list[Approval | BaseException]:
        waiting = [self._press(card, tap) for tap in at_once]
        return await asyncio.gather(*waiting, return_exceptions=True)

    async def _press(self, card: Approval, tap: Tap) -> Approval:
        verdict, number, off = tap
        desk, version, person = self.paper.desk, card.version + off, self.people[number]
        if verdict is YES:
            decided = await approve(desk, card.id, version, person)
        else:
            decided = await reject(desk, card.id, version, person, "no")
        assert decided.state is verdict
        return decided

    async def _lock(self, kind: LockKind, place: str) -> None:
        async with self.paper.store.write() as tx:
            await tx.locks.set(kind, Place(self.places[place]), "enough", self._now(), self.paper.owner.id)
        self.locks.add((kind, self.places[place]))

    def _some_card(self, data: st.DataObject) -> Approval:
        return self.model[data.draw(st.sampled_from(list(self.model)))]

    def _trader_of(self, card: Approval) -> Person:
        return next(person for person in self.people if person.id == card.person_id)

    def _now(self) -> datetime:
        return self.paper.clock.now()


def _decision(card: Approval) -> tuple[object, ...]:
    return card.state, card.version, card.decided_at


def _event(card: Approval) -> str:
    return "approval.expired" if card.state is ApprovalState.EXPIRED else "approval.decided"


def test_decisions_behave_as_their_model(sqlite_template: Path) -> None:
    Deciding.template = sqlite_template
    run_state_machine_as_test(
        Deciding,
        settings=settings(
            max_examples=20,
            stateful_step_count=50,
            deadline=None,
            suppress_health_check=[HealthCheck.too_slow],
        ),
    )

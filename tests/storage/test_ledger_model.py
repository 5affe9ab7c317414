"""The ledger against a model of it: any order of claims, settlements, restarts of the host."""

import asyncio
import shutil
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import ClassVar

from cryptography.fernet import Fernet
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from core.model.ids import AccountId, IntentId
from core.model.trades import Intent, IntentKind, IntentState
from storage.engine import connect
from storage.secrets import Vault
from storage.store import SqlStore
from tests.storage.samples import NOW, a_desk, an_intent, keep

VAULT = Vault([Fernet.generate_key().decode()])
ACCOUNTS = 2
KINDS = (IntentKind.OPEN, IntentKind.OPEN, IntentKind.CLOSE)

some_account = st.integers(0, ACCOUNTS - 1)
some_state = st.sampled_from([IntentState.SENDING, IntentState.NEW, IntentState.UNKNOWN, IntentState.FILLED])
epochs_back = st.sampled_from([0, 0, 0, 1])


class Ledger(RuleBasedStateMachine):
    """`self.model` holds what each intent should look like; `claimed_by` the epoch of its last claim."""

    template: ClassVar[Path]

    def __init__(self) -> None:
        super().__init__()
        self._runner = asyncio.Runner()
        self._folder = tempfile.TemporaryDirectory()
        file = shutil.copy(self.template, Path(self._folder.name) / "desk.db")
        self.store = SqlStore(connect(f"sqlite:///{file}"), VAULT)
        self.model: dict[IntentId, Intent] = {}
        self.claimed_by: dict[IntentId, int] = {}
        self.newest = 0

    def teardown(self) -> None:
        self._runner.run(self.store.aclose())
        self._runner.close()
        self._folder.cleanup()

    @initialize()
    def begin(self) -> None:
        desks = [self._runner.run(keep(self.store, a_desk(1 + number))) for number in range(ACCOUNTS)]
        self.accounts = [desk.account for desk in desks]
        self.restart()

    @rule()
    def restart(self) -> None:
        async def new_epoch() -> int:
            async with self.store.write() as tx:
                return await tx.intents.new_epoch(NOW)

        epoch = self._runner.run(new_epoch())
        assert epoch > self.newest
        self.newest = epoch

    @rule(number=some_account, kind=st.sampled_from(KINDS))
    def wish(self, number: int, kind: IntentKind) -> None:
        intent = an_intent(self.accounts[number], kind)

        async def add() -> None:
            async with self.store.write() as tx:
                await tx.intents.add(intent)

        self._runner.run(add())
        self.model[intent.id] = intent

    @rule(number=some_account, back=epochs_back)
    def claim(self, number: int, back: int) -> None:
        account, epoch = self.accounts[number].id, self.newest - back

        async def claim() -> Intent | None:
            async with self.store.write() as tx:
                return await tx.intents.claim(account, epoch, NOW)

        expected = self._next(account) if back == 0 else None
        assert self._runner.run(claim()) == expected
        if expected is not None:
            self.model[expected.id] = expected
            self.claimed_by[expected.id] = epoch

    @rule(data=st.data(), back=epochs_back, expected=some_state, outcome=some_state)
    def settle(self, data: st.DataObject, back: int, expected: IntentState, outcome: IntentState) -> None:
        if not self.model:
            return
        intent = self.model[data.draw(st.sampled_from(list(self.model)))]
        if outcome is IntentState.SENDING:
            outcome = IntentState.REFUSED
        settled = replace(intent, state=outcome, settled_at=NOW, detail=f"{outcome}")

        async def settle() -> bool:
            async with self.store.write() as tx:
                return await tx.intents.settle(settled, self.newest - back, expected)

        won = back == 0 and intent.state is expected
        assert self._runner.run(settle()) is won
        if won:
            self.model[intent.id] = settled

    @invariant()
    def the_database_agrees(self) -> None:
        async def read() -> tuple[list[Intent | None], set[IntentId]]:
            async with self.store.read() as tx:
                found = [await tx.intents.get(intent) for intent in self.model]
                return found, {intent.id for intent in await tx.intents.orphaned(self.newest)}

        found, orphans = self._runner.run(read())
        assert found == list(self.model.values())
        assert orphans == {i for i in self._sending() if self.claimed_by[i] < self.newest}

    def _sending(self, account: AccountId | None = None) -> list[IntentId]:
        return [
            intent.id
            for intent in self.model.values()
            if intent.state is IntentState.SENDING and account in (None, intent.account_id)
        ]

    def _next(self, account: AccountId) -> Intent | None:
        fresh = [
            intent
            for intent in self.model.values()
            if intent.account_id == account and intent.state is IntentState.NEW
        ]
        if not fresh or self._sending(account):
            return None
        first = min(fresh, key=lambda intent: (intent.kind is IntentKind.OPEN, intent.created_at, intent.id))
        return replace(first, state=IntentState.SENDING, sent_at=NOW)


def test_the_ledger_behaves_as_its_model(sqlite_template: Path) -> None:
    Ledger.template = sqlite_template
    run_state_machine_as_test(
        Ledger,
        settings=settings(
            max_examples=15,
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=[HealthCheck.too_slow],
        ),
    )

"""The breaker against a model of it: calls that overlap, fail, answer, are cancelled; a stepped clock."""

import asyncio
from contextlib import AbstractContextManager
from dataclasses import dataclass

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from core.mt5.breaker import Breaker, Patience, State
from core.mt5.errors import CircuitOpen, DeadlineExceeded, NoData, TerminalGone, Unknown

PATIENCE = Patience(failures=2, rest_s=1.0, max_rest_s=8.0)
AGAINST_IT = [TerminalGone("gone"), DeadlineExceeded("late"), Unknown("lost")]
SIGNS_OF_LIFE = [None, NoData("unknown symbol"), ValueError("not of the terminal")]

outcomes = st.one_of(
    st.sampled_from(AGAINST_IT), st.sampled_from(SIGNS_OF_LIFE), st.just(asyncio.CancelledError())
)
some_jitter = st.sampled_from([0.0, 0.5, 1.0])


@dataclass(eq=False, slots=True)
class Call:
    """A use of the terminal that has not ended; `deaths` were known when it began."""

    inside: AbstractContextManager[None]
    proves: bool
    deaths: int


class Resting(RuleBasedStateMachine):
    """The model: when the rest ends (None while closed), how long the next will be, and whose try it is."""

    def __init__(self) -> None:
        super().__init__()
        self.now = 100.0
        self.jitter = 0.0
        self.breaker = Breaker(lambda: self.now, PATIENCE, jitter=lambda: self.jitter)
        self.calls: list[Call] = []
        self.failures = self.rejected = self.in_a_row = self.deaths = 0
        self.next_rest_s = PATIENCE.rest_s
        self.rest_ends: float | None = None
        self.trying: Call | None = None

    @rule(seconds=st.sampled_from([0.25, 0.5, 1.0, 4.0]))
    def time_passes(self, seconds: float) -> None:
        self.now += seconds

    @rule(proves=st.booleans())
    def begin(self, proves: bool) -> None:
        self._begin(proves)

    @rule(error=st.sampled_from(AGAINST_IT), jitter=some_jitter)
    def the_terminal_is_gone_for_a_while(self, error: BaseException, jitter: float) -> None:
        for _ in range(PATIENCE.failures):
            call = self._begin()
            if call is not None:
                self._end(call, error, jitter)

    @rule()
    def a_call_is_answered(self) -> None:
        call = self._begin()
        if call is not None:
            self._end(call, None, 0.0)

    def _begin(self, proves: bool = True) -> Call | None:
        """The call, or None when it was rightly turned away."""
        call = Call(self.breaker.call(proves=proves), proves, self.deaths)
        wait_s = max((self.rest_ends or 0.0) - self.now, 0.0)
        if self.trying or wait_s:
            with pytest.raises(CircuitOpen, match=f"next try in {wait_s:.1f} s"):
                call.inside.__enter__()
            self.rejected += 1
            return None
        call.inside.__enter__()
        self.calls.append(call)
        if self.rest_ends is not None:
            self.trying = call
        return call

    @precondition(lambda self: self.calls)
    @rule(data=st.data(), outcome=outcomes, jitter=some_jitter)
    def end(self, data: st.DataObject, outcome: BaseException | None, jitter: float) -> None:
        self._end(data.draw(st.sampled_from(self.calls)), outcome, jitter)

    def _end(self, call: Call, outcome: BaseException | None, jitter: float) -> None:
        self.jitter = jitter
        self.calls.remove(call)
        kind = type(outcome) if outcome else None
        assert not call.inside.__exit__(kind, outcome, None), "an error is never kept from the caller"
        if outcome in AGAINST_IT:
            self._failed(call)
        elif outcome in SIGNS_OF_LIFE:
            self._answered(call)
        elif call is self.trying:
            self.trying = None

    @rule()
    def a_person_asks_for_a_try(self) -> None:
        self.breaker.reset()
        if self.rest_ends is not None:
            self.rest_ends = self.now

    @invariant()
    def it_stands_where_the_model_does(self) -> None:
        closed = State.CLOSED if self.rest_ends is None else State.OPEN
        assert self.breaker.state is (State.HALF_OPEN if self.trying else closed)
        assert (self.breaker.counts.failures, self.breaker.counts.rejected) == (self.failures, self.rejected)

    def _failed(self, call: Call) -> None:
        self.failures += 1
        if call.deaths < self.deaths:
            return
        self.deaths += 1
        self.in_a_row += 1
        if call is self.trying or (self.rest_ends is None and self.in_a_row >= PATIENCE.failures):
            self.rest_ends = self.now + self.next_rest_s * (1 - self.jitter / 2)
            self.next_rest_s = min(2 * self.next_rest_s, PATIENCE.max_rest_s)
        if call is self.trying:
            self.trying = None

    def _answered(self, call: Call) -> None:
        if call.proves:
            self.in_a_row = 0
            self.next_rest_s = PATIENCE.rest_s
            self.rest_ends = self.trying = None
        elif call is self.trying:
            self.in_a_row = PATIENCE.failures - 1
            self.rest_ends = self.trying = None


def test_the_breaker_behaves_as_its_model() -> None:
    run_state_machine_as_test(
        Resting, settings=settings(max_examples=200, stateful_step_count=50, deadline=None)
    )

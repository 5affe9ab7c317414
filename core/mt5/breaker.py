"""A circuit breaker for one terminal: repeated failures earn it a rest, then one call may try.

Calls that were under way when one of them failed have met the same death, which counts once.

Each rest after a failed try is twice as long, up to a bound, with jitter, so this is the reconnection's
backoff too.
"""

import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum

from core.mt5.errors import CircuitOpen, Context, DeadlineExceeded, TerminalError, TerminalGone, Unknown

Counted = type[TerminalError] | tuple[type[TerminalError], ...]

COUNTED: Counted = (TerminalGone, DeadlineExceeded, Unknown)
"""Errors that speak against the terminal; any other answer shows that it lives."""


class State(StrEnum):
    CLOSED = "closed"
    OPEN = "open"
    HALF_OPEN = "half-open"


@dataclass(frozen=True, slots=True)
class Patience:
    """`failures` in a row open the circuit for `rest_s`, doubled at each failed try up to `max_rest_s`."""

    failures: int = 3
    rest_s: float = 1.0
    max_rest_s: float = 30.0


@dataclass(slots=True)
class Counts:
    """What metrics show."""

    failures: int = 0
    changes: int = 0
    rejected: int = 0


class Breaker:
    """`monotonic` gives seconds; `jitter` a number from 0 to 1 that shortens a rest by up to a half."""

    def __init__(
        self,
        monotonic: Callable[[], float],
        patience: Patience | None = None,
        jitter: Callable[[], float] = random.random,
        account: str = "",
    ) -> None:
        self.state = State.CLOSED
        self.counts = Counts()
        self._monotonic = monotonic
        self._patience = patience or Patience()
        self._jitter = jitter
        self._account = account
        self._in_a_row = 0
        self._deaths = 0
        self._rests = 0
        self._tries = 0
        self._open_until = 0.0

    @contextmanager
    def call(self, counted: Counted = COUNTED, *, proves: bool = True) -> Iterator[None]:
        """Around each use of the terminal. Raises CircuitOpen instead of entering while it rests.

        A use that `proves` nothing (a login) may end a rest, but forgives no failures when it goes well:
        else a terminal that takes each login and dies of each reading would never get a rest.
        """
        number, begun = self._admit(), self._deaths
        try:
            yield
        except counted:
            self._failed(number, begun)
            raise
        except Exception:
            self._succeeded(number, proves=proves)
            raise
        except BaseException:  # cancelled: the try tells nothing, the next call may have it
            if self._is_the_try(number):
                self._change(State.OPEN)
            raise
        else:
            self._succeeded(number, proves=proves)

    def reset(self) -> None:
        """A person has asked for a try now."""
        self._open_until = 0.0

    def _admit(self) -> int:
        """The number of the try that this call is, 0 for none."""
        if self.state is State.CLOSED:
            return 0
        wait_s = self._open_until - self._monotonic()
        if self.state is State.HALF_OPEN or wait_s > 0:
            self.counts.rejected += 1
            detail = f"resting, next try in {max(wait_s, 0):.1f} s"
            raise CircuitOpen(detail, context=Context(self._account))
        self._change(State.HALF_OPEN)
        self._tries += 1
        return self._tries

    def _is_the_try(self, number: int) -> bool:
        """Whether a call is the one that all wait for; others are from before the rest."""
        return self.state is State.HALF_OPEN and number == self._tries

    def _failed(self, number: int, begun: int) -> None:
        self.counts.failures += 1
        if begun != self._deaths:
            return
        self._deaths += 1
        self._in_a_row += 1
        too_often = self.state is State.CLOSED and self._in_a_row >= self._patience.failures
        if too_often or self._is_the_try(number):
            rest_s = min(self._patience.rest_s * 2**self._rests, self._patience.max_rest_s)
            self._open_until = self._monotonic() + rest_s * (1 - self._jitter() / 2)
            self._rests = min(self._rests + 1, 30)
            self._change(State.OPEN)

    def _succeeded(self, number: int, *, proves: bool) -> None:
        if proves:
            self._in_a_row = self._rests = 0
            self._change(State.CLOSED)
        elif self._is_the_try(number):
            self._in_a_row = self._patience.failures - 1
            self._change(State.CLOSED)

    def _change(self, state: State) -> None:
        self.counts.changes += state is not self.state
        self.state = state

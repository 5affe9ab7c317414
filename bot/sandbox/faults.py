"""Faults that a test injects: the next calls of a method fail, come late, or lose their answer, as told."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from enum import StrEnum

from bot.sandbox.model import Json
from bot.sandbox.refusals import Refusal

STATUS_WORDS = {
    400: "Bad Request",
    401: "Unauthorized",
    403: "Forbidden: bot was blocked by the user",
    404: "Not Found",
    409: "Conflict",
    429: "Too Many Requests: retry after {retry_after}",
    500: "Internal Server Error",
    502: "Bad Gateway",
    504: "Gateway Timeout",
}
SHORTEST_PAUSE_S = 1


class Outcome(StrEnum):
    """What the caller of a struck method gets: a refusal, its answer (late), nothing, or a cut connection."""

    REFUSED = "refused"
    ANSWERED = "answered"
    SILENT = "silent"
    CUT = "cut"


class NoAnswer(Exception):
    """The call ends without an answer; with `cut` its connection is closed, else it waits for ever."""

    def __init__(self, *, cut: bool, took_effect: bool) -> None:
        super().__init__()
        self.cut = cut
        how = "the connection was cut" if cut else "none was given"
        self.words = f"{how}; the call {'took effect' if took_effect else 'did nothing'}"


@dataclass(slots=True)
class Fault:
    """`method` may be `*`. With `performed` the call takes effect and only its answer is lost.

    `delay_s` passes before the outcome, after the effect. `matching` is a text in the call's parameters.
    """

    id: int
    method: str
    code: int = 500
    description: str = ""
    retry_after: int | None = None
    times: int = 1
    chat_id: int | None = None
    matching: str = ""
    performed: bool = False
    delay_s: float = 0.0
    outcome: Outcome = Outcome.REFUSED
    hits: int = 0

    def __post_init__(self) -> None:
        if self.code == 429 and self.retry_after is None:
            self.retry_after = SHORTEST_PAUSE_S
        if not self.description:
            words = STATUS_WORDS.get(self.code, "Error")
            self.description = words.format(retry_after=self.retry_after)

    @property
    def takes_effect(self) -> bool:
        return self.performed or self.outcome is Outcome.ANSWERED

    def applies(self, method: str, chat_id: str, said: str) -> bool:
        named = self.method in ("*", method) or self.method.lower() == method.lower()
        there = self.chat_id is None or chat_id == str(self.chat_id)
        return named and there and self.hits < self.times and self.matching in said

    def failure(self) -> Refusal | NoAnswer:
        if self.outcome in (Outcome.SILENT, Outcome.CUT):
            return NoAnswer(cut=self.outcome is Outcome.CUT, took_effect=self.takes_effect)
        return Refusal(self.code, self.description, retry_after=self.retry_after)


@dataclass(slots=True)
class Faults:
    """Faults in the order in which they were injected; the first that applies is used up by one."""

    planned: list[Fault] = field(default_factory=list)

    def strike(self, method: str, chat_id: str, parameters: Json) -> Fault | None:
        if not self.planned:
            return None
        said = json.dumps(parameters, ensure_ascii=False, default=str)
        for fault in self.planned:
            if fault.applies(method, chat_id, said):
                fault.hits += 1
                return fault
        return None

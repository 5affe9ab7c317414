"""Faults that a test injects: the next calls of a method fail as told."""

from __future__ import annotations

import json
from dataclasses import dataclass, field

from bot.sandbox.model import Json
from bot.sandbox.refusals import Refusal


@dataclass(slots=True)
class Fault:
    """`method` may be `*`. With `performed` the call takes effect and only its answer is lost."""

    id: int
    method: str
    code: int
    description: str
    retry_after: int | None = None
    times: int = 1
    matching: str = ""
    performed: bool = False
    delay_s: float = 0.0
    hits: int = 0

    def applies(self, method: str, said: str) -> bool:
        named = self.method in ("*", method) or self.method.lower() == method.lower()
        return named and self.hits < self.times and self.matching in said

    def refusal(self) -> Refusal:
        return Refusal(self.code, self.description, retry_after=self.retry_after)


@dataclass(slots=True)
class Faults:
    """Faults in the order in which they were injected; the first that applies is used up by one."""

    planned: list[Fault] = field(default_factory=list)

    def strike(self, method: str, parameters: Json) -> Fault | None:
        if not self.planned:
            return None
        said = json.dumps(parameters, ensure_ascii=False, default=str)
        for fault in self.planned:
            if fault.applies(method, said):
                fault.hits += 1
                return fault
        return None

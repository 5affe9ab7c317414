"""What makes one simulated market: a plan that is data, kept in the broker's book for all who look."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any


@dataclass(frozen=True, slots=True)
class Shock:
    """A scripted move: the symbol's price changes by `percent` over `over_s` seconds from `at`, and stays.

    `at` is UTC, in seconds of the epoch of the simulated market. Whatever is priced by the symbol moves with
    it. A shock of an alias moves its underlying, a shock of a cross its first leg.
    """

    symbol: str
    at: float
    percent: float
    over_s: float = 0.0


@dataclass(frozen=True, slots=True)
class MarketPlan:
    """Seed, clock and script of a market.

    Simulated UTC is `real + shift_s` at `started` (a real epoch second) and runs `speed` times as fast from
    there; the broker's wall clock is `utc_offset_s` ahead of it. `always_open` gives every symbol a session
    at any time. `replays` names the symbols whose prices come from bars, and the digests of these.
    """

    seed: int = 20_260_713
    speed: float = 1.0
    started: float = 0.0
    shift_s: float = 0.0
    utc_offset_s: int = 7_200
    always_open: bool = True
    shocks: tuple[Shock, ...] = ()
    replays: Mapping[str, str] = field(default_factory=dict)

    def starting(self, utc: float, real_now: float, speed: float = 1.0) -> "MarketPlan":
        """The same market with its clock at `utc` at a real time, and running so many times as fast."""
        return replace(self, started=real_now, shift_s=utc - real_now, speed=speed)

    def utc(self, real_s: float) -> float:
        """Simulated UTC, in epoch seconds, at a real time."""
        return self.started + self.shift_s + (real_s - self.started) * self.speed

    def broker_ms(self, real_s: float) -> int:
        """The broker's wall clock dressed as UTC, in milliseconds, at a real time."""
        return int((self.utc(real_s) + self.utc_offset_s) * 1000)

    def with_shock(self, shock: Shock) -> "MarketPlan":
        return replace(self, shocks=(*self.shocks, shock))

    def with_replay(self, symbol: str, digest: str) -> "MarketPlan":
        return replace(self, replays={**self.replays, symbol: digest})

    def to_json(self) -> str:
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> "MarketPlan":
        """The plan that `to_json` wrote. Raises TypeError for fields that a plan has not."""
        data: dict[str, Any] = json.loads(text)
        shocks = tuple(Shock(**shock) for shock in data.pop("shocks", ()))
        return cls(**data, shocks=shocks)

"""The demo's source of signals: looks at the market and posts signed signals over HTTP, as any would."""

import json
from dataclasses import dataclass
from decimal import Decimal
from uuid import uuid4

import aiohttp

from bot.demo.cast import SOURCE
from core.desk import Desk
from core.intake.signatures import sign
from core.model.ids import AccountId
from core.model.instruments import Instrument, Side
from core.model.mt5 import Quote


@dataclass(frozen=True, slots=True)
class Idea:
    """A trade to propose: distances from the present price in percent of it."""

    instrument: str
    side: Side
    stop_percent: Decimal
    target_percent: Decimal
    lasts_s: int = 120
    note: str = ""


class DemoSource:
    """Posts to the intake at `url`, signed with `secret`; reads prices on one account's terminal."""

    def __init__(self, desk: Desk, url: str, secret: str, eyes: AccountId) -> None:
        self._desk = desk
        self._url = f"{url}/api/v1/signals"
        self._secret = secret
        self._eyes = eyes

    async def post(self, idea: Idea) -> str:
        """Post the idea at the present price; returns the signal's id. Raises ClientResponseError."""
        session = await self._desk.terminals.session(self._eyes)
        instrument = await session.instrument(idea.instrument)
        body = json.dumps(_signal(idea, instrument, await session.quote(idea.instrument))).encode()
        headers = {
            "content-type": "application/json",
            "x-tapdesk-source": SOURCE,
            **sign(self._secret, f"msg_{uuid4().hex}", self._desk.clock.now(), body),
        }
        async with (
            aiohttp.ClientSession(raise_for_status=True) as http,
            http.post(self._url, data=body, headers=headers) as answer,
        ):
            return str((await answer.json())["id"])


def _signal(idea: Idea, instrument: Instrument, quote: Quote) -> dict[str, object]:
    price = quote.entry(idea.side)

    def away(percent: Decimal) -> str:
        return str(instrument.round_price(price * (1 + idea.side.sign * percent / 100)))

    return {
        "instrument": idea.instrument,
        "side": str(idea.side),
        "entry": str(price),
        "stop_loss": away(-idea.stop_percent),
        "take_profits": [away(idea.target_percent), away(idea.target_percent * 2)],
        "expires_in_s": idea.lasts_s,
        "note": idea.note,
    }

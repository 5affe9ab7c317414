"""The demo's source of signals: looks at the market and posts signed signals over HTTP, as any would."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from uuid import uuid4

import aiohttp

from bot.demo.cast import SOURCE
from core.intake.signatures import sign
from core.model.instruments import Side
from core.paper.hands import Hands
from core.paper.market.instruments import INSTRUMENTS


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
    """Posts to the intake at `url`, signed with `secret`; has the prices from the broker, so that a trader's
    terminal in trouble is no trouble of its."""

    def __init__(self, broker: Hands, url: str, secret: str) -> None:
        self._broker = broker
        self._url = f"{url}/api/v1/signals"
        self._secret = secret

    async def post(self, idea: Idea) -> str:
        """Post the idea at the present price; returns the signal's id. Raises ClientResponseError."""
        body = json.dumps(_signal(idea, self._price(idea))).encode()
        headers = {
            "content-type": "application/json",
            "x-tapdesk-source": SOURCE,
            **sign(self._secret, f"msg_{uuid4().hex}", datetime.now(UTC), body),
        }
        async with (
            aiohttp.ClientSession(raise_for_status=True) as http,
            http.post(self._url, data=body, headers=headers) as answer,
        ):
            return str((await answer.json())["id"])

    def _price(self, idea: Idea) -> Decimal:
        """What it costs to enter just now; the same on every account."""
        anyone = self._broker.broker.book.logins()[0]
        quote = self._broker.broker.view(anyone).quote(idea.instrument)
        return _rounded(idea, Decimal(quote.ask if idea.side is Side.BUY else quote.bid))


def _signal(idea: Idea, price: Decimal) -> dict[str, object]:
    def away(percent: Decimal) -> str:
        return str(_rounded(idea, price * (1 + idea.side.sign * percent / 100)))

    return {
        "instrument": idea.instrument,
        "side": str(idea.side),
        "entry": str(price),
        "stop_loss": away(-idea.stop_percent),
        "take_profits": [away(idea.target_percent), away(idea.target_percent * 2)],
        "expires_in_s": idea.lasts_s,
        "note": idea.note,
    }


def _rounded(idea: Idea, price: Decimal) -> Decimal:
    return round(price, INSTRUMENTS[idea.instrument].digits)

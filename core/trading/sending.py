"""Sending one request by the retcode policy, and what its answer makes of an intent."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final

from core.desk import Desk
from core.model.accounts import Account
from core.model.instruments import Instrument
from core.model.mt5 import CheckResult, SendResult
from core.model.signals import OrderKind
from core.model.trades import Intent, IntentKind, IntentState
from core.mt5 import contract as mt5
from core.mt5 import orders
from core.mt5.errors import Context, Unavailable
from core.mt5.retcodes import MAX_FRESH_PRICE_RETRIES, Outcome, Retry, Verdict, verdict_of
from core.mt5.session import Session
from core.risk.entries import check_claimed
from core.trading.netting import UNSEEN, Opened
from core.trading.wanting import check_wanted

Make = Callable[[], Awaitable[orders.Request]]
"""Reads account and market anew and makes the request of them; may raise TerminalError or Gone."""

_AGAIN: Final = {Retry.FRESH_PRICE: MAX_FRESH_PRICE_RETRIES, Retry.REREAD: 1, Retry.OTHER_FILLING: 1}
"""How often a definitive "not executed" is answered by another request at once."""

_STATES: Final = {
    Outcome.DONE: IntentState.FILLED,
    Outcome.UNCHANGED: IntentState.FILLED,
    Outcome.PARTIAL: IntentState.PARTIAL,
    Outcome.PLACED: IntentState.UNKNOWN,
    Outcome.UNKNOWN: IntentState.UNKNOWN,
    Outcome.REFUSED: IntentState.REFUSED,
    Outcome.MISUSE: IntentState.REFUSED,
}


class Gone(Exception):
    """Raised when what was to be closed or cancelled is not there any more; `str(gone)` is for the trader."""


@dataclass(frozen=True, slots=True)
class Done:
    """An intent with its outcome, and what an opening has made.

    One that is `new` again was certainly not executed and is to be sent another time.
    """

    intent: Intent
    opened: Opened = UNSEEN


@dataclass(frozen=True, slots=True)
class Answered:
    """The last answer to a request and how to take it; `result` is None when the check stopped it."""

    verdict: Verdict
    result: SendResult | None
    check: CheckResult | None = None

    @property
    def was_not_checked(self) -> bool:
        """Whether the check let nothing through and is no refusal either: nothing has happened."""
        return self.result is None and self.verdict.outcome not in (Outcome.REFUSED, Outcome.MISUSE)

    @property
    def passes(self) -> bool:
        """Whether what stands in the way passes by itself within seconds, as a closed market does not."""
        if self.verdict.retcode == mt5.TRADE_RETCODE_MARKET_CLOSED:
            return False
        if self.was_not_checked:
            return True
        return self.verdict.retry is Retry.LATER or self.verdict.retcode == mt5.TRADE_RETCODE_PRICE_OFF

    @property
    def sentence(self) -> str:
        """For the trader, with the broker's own words for a refusal."""
        check = self.check
        if self.verdict.retcode == mt5.TRADE_RETCODE_NO_MONEY and check and check.needed > check.free:
            return _no_money(check)
        if self.was_not_checked:
            return f"The broker did not check the order ({self.verdict.retcode}); nothing was sent."
        answer = self.result or self.check
        if self.verdict.outcome is Outcome.REFUSED and answer is not None and answer.comment:
            return f"{self.verdict.sentence} The broker says: {answer.comment}"
        return self.verdict.sentence


async def send_by_policy(
    desk: Desk, session: Session, instrument: Instrument, intent: Intent, make: Make, *, checked: bool = False
) -> Answered:
    """Send, and again only where the answer is a definitive "not executed" that a new request may mend.

    Once with the other filling policy, once after reading again what has changed, up to three times with a
    fresh price. `checked` asks the broker first, in the same round trip. Raises what `make` raises, too, and
    Unavailable when the intent must not be sent any more.
    """
    left, filling = dict(_AGAIN), orders.Request()
    while True:
        request = await make() | filling
        _check_in_time(desk, intent)
        answer = await _answer(session, request, checked=checked)
        retry = answer.verdict.retry
        if not left.get(retry):
            return answer
        left[retry] -= 1
        if retry is Retry.OTHER_FILLING:
            other = orders.other_filling(request, instrument)
            if other is None:
                return answer
            filling = other


async def check_allowed(desk: Desk, account: Account, intent: Intent) -> None:
    """Raises Refused when an opening, or a pending order's move, was locked out since it was claimed, or is
    not wanted any more: until a terminal is reached and has a price, a minute may pass."""
    async with desk.store.read() as tx:
        await check_wanted(desk, tx, intent)
        await check_claimed(desk, tx, account, intent)


def _check_in_time(desk: Desk, intent: Intent) -> None:
    """Raises Unavailable when connecting or reading took so long that nothing must be sent any more."""
    if desk.clock.now() >= intent.expires_at:
        raise Unavailable(
            f"the time of intent {intent.id} is over",
            context=Context(call="order_send"),
            for_trader="Reaching the terminal took too long.",
        )


async def _answer(session: Session, request: orders.Request, *, checked: bool) -> Answered:
    if not checked:
        result = await session.send(request)
        return Answered(_verdict(request, result), result)
    done = await session.check_and_send(request)
    if done.sent is not None:
        return Answered(_verdict(request, done.sent), done.sent, done.check)
    return Answered(verdict_of(done.check.retcode, request["action"]), None, done.check)


def _verdict(request: orders.Request, result: SendResult) -> Verdict:
    """A part is an outcome if the broker tells how much, and the order does not go on working (RETURN)."""
    verdict = verdict_of(result.retcode, request["action"])
    works_on = request.get("type_filling") == mt5.ORDER_FILLING_RETURN
    if verdict.outcome is Outcome.PARTIAL and (works_on or result.volume <= 0):
        return replace(verdict, outcome=Outcome.UNKNOWN, sentence="Filled in part; confirming the rest.")
    return verdict


def _no_money(check: CheckResult) -> str:
    needed, free = f"{check.needed:,.2f}", f"{check.free:,.2f}"
    return f"Not enough free margin: {needed} {check.currency} are needed and {free} are free."


def settled_by(intent: Intent, answer: Answered) -> Intent:
    """The intent as the answer leaves it: `new` again when what stands in its way passes by itself.

    `PLACED` for a deal says accepted, not filled: unknown.
    """
    if answer.passes:
        return replace(intent, state=IntentState.NEW, detail=answer.sentence, retcode=answer.verdict.retcode)
    result, check = answer.result, answer.check
    settled = replace(
        intent,
        state=_STATES[answer.verdict.outcome],
        retcode=answer.verdict.retcode,
        detail=answer.sentence,
        margin=check.needed if check else None,
        margin_free=check.free if check else None,
    )
    if result is None or settled.state not in (IntentState.FILLED, IntentState.PARTIAL):
        return settled
    if intent.kind is IntentKind.OPEN and intent.order_kind is not OrderKind.MARKET:
        placed = replace(settled, state=IntentState.PLACED, detail="The order is placed.")
        return replace(placed, position=result.order)
    if answer.verdict.outcome is Outcome.UNCHANGED:
        return replace(settled, filled_volume=Decimal(0))
    return replace(settled, filled_price=_told(result.price), filled_volume=_told(result.volume))


def _told(number: Decimal) -> Decimal | None:
    """Many brokers answer 0 for what they do not tell."""
    return number if number > 0 else None


def refused(intent: Intent, sentence: str, retcode: int | None = None) -> Intent:
    return replace(intent, state=IntentState.REFUSED, detail=sentence, retcode=retcode)

"""What a person asks of a position: done to what was shown, within its time, and to nothing else."""

from datetime import time
from decimal import Decimal

import pytest

from core.model.alerts import QuietHours
from core.model.errors import Refused, Stale
from core.model.mt5 import MT5AccountSnapshot, MT5Position
from core.model.requests import RequestKind
from core.model.trades import Intent, IntentState
from core.mt5 import contract as mt5
from core.mt5.session import Session
from core.paper.server.faults import Fault, Kind
from core.ports import SentMessage
from core.trading.closing import close_all
from core.trading.requests import Asked, Wanted, ask, confirm, typed
from tests.core.trading.acting import PIP, D, account, look, opened, positions
from tests.fakes.desk import PaperDesk

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

SHOWN = SentMessage(1, 1, has_photo=False)


async def asked_for(paper: PaperDesk, position: MT5Position, kind: RequestKind, price: str = "") -> Asked:
    person = paper.trader.person
    asked = await ask(paper.desk, Wanted(account(paper), position.identifier, kind), person)
    return await typed(paper.desk, asked.request.id, person, price) if price else asked


async def confirmed(paper: PaperDesk, asked: Asked) -> None:
    await confirm(paper.desk, asked.request.id, paper.trader.person, SHOWN)


async def ended(paper: PaperDesk, asked: Asked) -> Intent:
    """What has become of it."""
    await look(paper)
    async with paper.store.read() as tx:
        request = await tx.requests.get(asked.request.id)
        assert request is not None
        assert request.intent_id is not None
        intent = await tx.intents.get(request.intent_id)
    assert intent is not None
    return intent


def by_hand(paper: PaperDesk, lots: Decimal, *, sell: bool) -> None:
    side = mt5.ORDER_TYPE_SELL if sell else mt5.ORDER_TYPE_BUY
    assert paper.broker.open_position(paper.trader.account.login, "EURUSD", side, float(lots)).order
    paper.pass_time(1)


@pytest.fixture
async def netting(paper_desk: PaperDesk) -> PaperDesk:
    mode = mt5.ACCOUNT_MARGIN_MODE_RETAIL_NETTING
    paper_desk.broker.change_account(paper_desk.trader.account.login, margin_mode=mode)
    return paper_desk


@pytest.mark.parametrize("kind", [None, Kind.REPLY_LOST, Kind.FAIL])
async def test_a_new_target_leaves_a_stop_that_was_moved_meanwhile(
    paper_desk: PaperDesk, kind: Kind | None
) -> None:
    """Also when the answer, or the order itself, was lost: it is looked up as it was sent."""
    paper = paper_desk
    position = await opened(paper)
    assert position.stop_loss is not None
    target, nearer = position.price_open + 200 * PIP, position.stop_loss + 10 * PIP
    await confirmed(paper, await asked_for(paper, position, RequestKind.TARGET, str(target)))
    paper.broker.move_stops(paper.trader.account.login, position.ticket, float(nearer), 0.0)
    if kind is not None:
        paper.broker.misfortune(Fault(kind, code=mt5.RES_E_INTERNAL_FAIL_SEND))
    for _ in range(12):
        await look(paper)
        paper.pass_time(1)
    [held], [trade] = await positions(paper), await paper.trades()
    assert (held.stop_loss, held.take_profit) == (nearer, target)
    assert (trade.stop_loss, trade.take_profit) == (nearer, target), "expected as it was set"


async def test_a_new_stop_leaves_a_target_that_was_moved_meanwhile(paper_desk: PaperDesk) -> None:
    paper = paper_desk
    position = await opened(paper)
    assert position.stop_loss is not None
    stop, target = position.stop_loss + 10 * PIP, position.price_open + 200 * PIP
    await confirmed(paper, await asked_for(paper, position, RequestKind.STOP, str(stop)))
    old = float(position.stop_loss)
    paper.broker.move_stops(paper.trader.account.login, position.ticket, old, float(target))
    await look(paper)
    [held] = await positions(paper)
    assert (held.stop_loss, held.take_profit) == (stop, target)


@pytest.mark.parametrize(("answers_after_s", "counts"), [(2, True), (60, False)])
async def test_a_confirmation_whose_terminal_is_slow_lapses(
    paper_desk: PaperDesk, monkeypatch: pytest.MonkeyPatch, answers_after_s: float, counts: bool
) -> None:
    paper = paper_desk
    asked = await asked_for(paper, await opened(paper), RequestKind.CLOSE)
    paper.pass_time(29)
    snapshot = Session.snapshot

    async def slow(session: Session) -> MT5AccountSnapshot:
        paper.pass_time(answers_after_s)
        return await snapshot(session)

    monkeypatch.setattr(Session, "snapshot", slow)
    if counts:
        await confirmed(paper, asked)
    else:
        with pytest.raises(Stale, match="answered too late"):
            await confirmed(paper, asked)
    monkeypatch.undo()
    await look(paper)
    assert bool(await positions(paper)) is not counts


class TestOnANettingAccountAPosition:
    """By its identifier it is the same still when it was turned round, or has another entry."""

    async def test_that_was_turned_round_is_not_closed(self, netting: PaperDesk) -> None:
        position = await opened(netting)
        asked = await asked_for(netting, position, RequestKind.CLOSE)
        by_hand(netting, position.volume * 2, sell=True)
        with pytest.raises(Stale, match="It is a SELL now, not the BUY that was shown"):
            await confirmed(netting, asked)

    async def test_that_is_turned_round_before_the_order_goes_out_is_not_closed(
        self, netting: PaperDesk
    ) -> None:
        position = await opened(netting)
        asked = await asked_for(netting, position, RequestKind.CLOSE)
        await confirmed(netting, asked)
        by_hand(netting, position.volume * 2, sell=True)
        outcome = await ended(netting, asked)
        assert outcome.state is IntentState.REFUSED
        assert "turned to the other side" in outcome.detail
        [turned] = await positions(netting)
        assert (turned.identifier, turned.volume) == (position.identifier, position.volume)

    async def test_that_is_turned_round_is_closed_by_who_closes_everything(self, netting: PaperDesk) -> None:
        position = await opened(netting)
        await confirmed(netting, await asked_for(netting, position, RequestKind.CLOSE))
        by_hand(netting, position.volume * 2, sell=True)
        await close_all(netting.desk, netting.trader.person)
        await look(netting)
        assert await positions(netting) == []

    async def test_that_is_turned_round_gets_no_stop_of_the_other_side(self, netting: PaperDesk) -> None:
        position = await opened(netting)
        stop = position.price_open - 30 * PIP
        asked = await asked_for(netting, position, RequestKind.STOP, str(stop))
        await confirmed(netting, asked)
        by_hand(netting, position.volume * 2, sell=True)
        assert (await ended(netting, asked)).state is IntentState.REFUSED
        [turned] = await positions(netting)
        assert turned.stop_loss != stop

    @pytest.mark.parametrize("was_confirmed", [False, True])
    async def test_with_another_entry_is_not_moved_to_the_old_one(
        self, netting: PaperDesk, was_confirmed: bool
    ) -> None:
        position = await opened(netting)
        netting.move("EURUSD", 0.3)
        asked = await asked_for(netting, position, RequestKind.BREAK_EVEN)
        if was_confirmed:
            await confirmed(netting, asked)
        by_hand(netting, position.volume, sell=False)
        by_hand(netting, position.volume, sell=True)
        [moved] = await positions(netting)
        assert (moved.volume, moved.price_open > position.price_open) == (position.volume, True)
        if was_confirmed:
            assert "The entry is" in (await ended(netting, asked)).detail
        else:
            with pytest.raises(Stale, match="Its entry is"):
                await confirmed(netting, asked)
        assert [p.stop_loss for p in await positions(netting)] == [moved.stop_loss]


@pytest.mark.parametrize("separator", [",", "."])
async def test_thousands_are_not_taken_for_decimals(paper_desk: PaperDesk, separator: str) -> None:
    position = await opened(paper_desk, "XAUUSD")
    assert position.stop_loss is not None
    whole = int(position.stop_loss) + 1
    written = f"{whole:,}".replace(",", separator)
    with pytest.raises(Refused, match=f"Write {whole} or {D(whole) / 1000:f}, as you mean it"):
        await asked_for(paper_desk, position, RequestKind.STOP, written)


async def test_a_comma_before_decimals_is_taken_as_it_is_meant(paper_desk: PaperDesk) -> None:
    position = await opened(paper_desk)
    stop = (position.price_open - 30 * PIP).quantize(D("0.001"))
    asked = await asked_for(paper_desk, position, RequestKind.STOP, f"{stop}".replace(".", ","))
    assert asked.request.price == stop


async def test_a_close_that_is_refused_is_told_in_quiet_hours_too(paper_desk: PaperDesk) -> None:
    paper = paper_desk
    await opened(paper)
    async with paper.store.write() as tx:
        await tx.preferences.quiet(paper.trader.person.id, QuietHours(time(11), time(19)))
    await close_all(paper.desk, paper.trader.person)
    paper.broker.misfortune(Fault(Kind.REJECT, retcode=mt5.TRADE_RETCODE_MARKET_CLOSED, count=99))
    for _ in range(70):
        await look(paper)
        paper.pass_time(1)
    assert [alert.subject for alert in await paper.alerts()] in (["intent_refused"], ["intent_expired"])

"""What an instrument is called at the broker is found once, and then stays."""

from decimal import Decimal
from uuid import uuid4

import pytest
from structlog.testing import capture_logs

from core.desk import Desk
from core.model.accounts import Account, TerminalKind
from core.model.ids import AccountId, PersonId
from core.model.people import Person, Role
from core.mt5.errors import NoData
from core.mt5.pool import Pool
from core.mt5.session import Session
from core.naming import broker_symbol
from core.ports import Store
from tests.fakes.bent_terminal import LOGIN, BentTerminal, SteppedClock, bent_session
from tests.fakes.desk import PaperDesk

TINA = Person(PersonId(uuid4()), 7, "Tina", frozenset({Role.TRADER}))
ACCOUNT = Account(
    AccountId(uuid4()), TINA.id, "tina", TerminalKind.MT5, LOGIN.path, LOGIN.login, LOGIN.server
)


@pytest.fixture
def module() -> BentTerminal:
    return BentTerminal(SteppedClock())


@pytest.fixture
async def desk(store: Store, module: BentTerminal) -> Desk:
    async def open_session(_: AccountId) -> Session:
        return bent_session(module)

    async with store.write() as tx:
        await tx.people.add(TINA)
        await tx.accounts.add(ACCOUNT, "secret")
    return Desk(store, module.clock, Pool(open_session), epoch=1)


async def stored(desk: Desk) -> Account:
    async with desk.store.read() as tx:
        account = await tx.accounts.get(ACCOUNT.id)
        assert await tx.accounts.password(ACCOUNT.id) == "secret"
    assert account is not None
    return account


async def test_a_found_name_is_pinned_recorded_and_logged_once(desk: Desk, module: BentTerminal) -> None:
    module.symbols = {"GOLD.m": {}, "EURUSD": {}}
    async with desk.terminals:
        with capture_logs() as logs:
            for _ in range(2):
                assert await broker_symbol(desk, await stored(desk), "XAUUSD") == "GOLD.m"
    assert (await stored(desk)).symbols == {"XAUUSD": "GOLD.m"}
    assert [entry["symbol"] for entry in logs if entry["event"] == "symbol_pinned"] == ["GOLD.m"]


async def test_a_pinned_name_stays_whatever_the_broker_lists(desk: Desk, module: BentTerminal) -> None:
    module.symbols = {"GOLD.m": {}}
    async with desk.terminals:
        await broker_symbol(desk, ACCOUNT, "XAUUSD")
        await desk.terminals.close(ACCOUNT.id)
        module.symbols = {"XAUUSD": {}, "GOLD.x": {}}
        assert await broker_symbol(desk, await stored(desk), "XAUUSD") == "GOLD.m"
        assert await broker_symbol(desk, ACCOUNT, "XAUUSD") == "GOLD.m", "though this value knows no pin"
    assert (await stored(desk)).symbols == {"XAUUSD": "GOLD.m"}


async def test_an_instruments_own_name_is_not_pinned(desk: Desk) -> None:
    async with desk.terminals:
        assert await broker_symbol(desk, ACCOUNT, "EURUSD") == "EURUSD"
    assert (await stored(desk)).symbols == {}


async def test_nothing_is_pinned_when_several_may_be_meant(desk: Desk, module: BentTerminal) -> None:
    module.symbols = {"GOLD.m": {}, "XAUUSD.a": {}}
    async with desk.terminals:
        with pytest.raises(NoData, match=r"GOLD\.m, XAUUSD\.a"):
            await broker_symbol(desk, ACCOUNT, "XAUUSD")
    assert (await stored(desk)).symbols == {}


async def test_a_signal_is_traded_under_the_brokers_name(paper_desk: PaperDesk) -> None:
    price = Decimal(str(paper_desk.quote("DE40").ask))
    card = await paper_desk.card(instrument="GER40", entry=price, stop_loss=price - 100)
    await paper_desk.tap(card)
    assert (await paper_desk.intent(card)).symbol == "DE40"
    async with paper_desk.store.read() as tx:
        account = await tx.accounts.get(paper_desk.trader.account.id)
    assert account is not None
    assert account.symbols == {"GER40": "DE40"}

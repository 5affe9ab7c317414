"""Whose terminal it is after a loss: ours at first, a person's choice from then on."""

import asyncio

import pytest

from core.mt5.calls import Call
from core.mt5.errors import AuthenticationFailed, ConnectionLost, NoData, TerminalGone, WrongAccount
from core.mt5.session import Session
from tests.fakes.bent_terminal import ANOTHER, LOGIN, NOBODY, OURS, BentTerminal, SteppedClock


async def read(session: Session) -> None:
    await session.connection.verified(Call("positions_get"))


async def die_under(session: Session, module: BentTerminal) -> None:
    """The terminal ends and comes up again, which the next call finds out."""
    module.initialized = False
    with pytest.raises(TerminalGone):
        await read(session)
    module.calls.clear()


@pytest.mark.parametrize("account", [ANOTHER, NOBODY, OURS])
async def test_the_first_time_the_terminal_is_logged_in_whoever_was(
    session: Session, module: BentTerminal, account: dict[str, object]
) -> None:
    module.account = dict(account)
    await read(session)
    assert module.account == OURS


async def test_later_our_own_account_is_met_without_a_password(
    session: Session, module: BentTerminal
) -> None:
    await read(session)
    module.password = "changed meanwhile"
    await die_under(session, module)
    await read(session)
    assert module.calls.count("initialize") == 1
    assert "login" not in module.calls


async def test_the_terminal_is_always_named_by_its_path(session: Session, module: BentTerminal) -> None:
    await read(session)
    await die_under(session, module)
    await read(session)
    options = {"timeout": LOGIN.timeout_ms, "portable": LOGIN.portable}
    credentials = {"login": LOGIN.login, "password": LOGIN.password, "server": LOGIN.server}
    assert module.initialized_with == [(LOGIN.path, {**credentials, **options}), (LOGIN.path, options)]


async def test_a_person_who_switched_the_account_is_not_undone_by_a_restart(
    session: Session, module: BentTerminal
) -> None:
    await read(session)
    module.account = dict(ANOTHER)
    await die_under(session, module)
    for _ in range(10):
        with pytest.raises(WrongAccount, match="logged in as 8"):
            await read(session)
    assert module.calls.count("initialize") == 1
    assert {"login", "positions_get"}.isdisjoint(module.calls)
    module.account = dict(OURS)
    await read(session)
    assert module.calls.count("initialize") == 1


async def test_a_person_who_asks_for_it_has_the_terminal_logged_in_again(
    session: Session, module: BentTerminal
) -> None:
    await read(session)
    module.account = dict(ANOTHER)
    await session.connect()
    await read(session)
    assert module.account == OURS


async def test_a_person_who_asks_for_it_while_the_terminal_is_being_met_has_it_too(
    session: Session, module: BentTerminal
) -> None:
    await read(session)
    module.account = dict(ANOTHER)
    await die_under(session, module)
    await asyncio.gather(read(session), session.connect(), return_exceptions=True)
    await read(session)
    assert module.account == OURS


@pytest.mark.parametrize("waits", [True, False])
async def test_a_terminal_that_comes_up_without_an_account_is_logged_in(
    session: Session, module: BentTerminal, waits: bool
) -> None:
    module.waits_for_an_account = waits
    await read(session)
    module.account = dict(NOBODY)
    await die_under(session, module)
    await read(session)
    assert module.account == OURS


async def test_a_terminal_that_does_not_come_up_is_not_asked_to_log_in(
    session: Session, module: BentTerminal
) -> None:
    await read(session)
    await die_under(session, module)
    module.failing["initialize"] = (-10003, "IPC initialize failed")
    with pytest.raises(TerminalGone):
        await read(session)
    assert module.calls.count("initialize") == 1


async def test_a_password_that_is_needed_and_wrong_rests(
    session: Session, module: BentTerminal, clock: SteppedClock
) -> None:
    await read(session)
    module.account, module.password = dict(NOBODY), "changed"
    await die_under(session, module)
    for _ in range(3):
        with pytest.raises(AuthenticationFailed):
            await read(session)
        await clock.sleep(10)
    assert module.calls.count("login") == 1


async def test_what_another_accounts_market_watch_shows_is_not_taken_for_ours(
    session: Session, module: BentTerminal
) -> None:
    await session.quote("EURUSD")
    module.account, module.selected = dict(ANOTHER), set()
    with pytest.raises(WrongAccount):
        await session.quote("EURUSD")
    module.account = dict(OURS)
    assert (await session.quote("EURUSD")).symbol == "EURUSD"


async def test_a_symbol_that_a_person_hid_is_selected_again(session: Session, module: BentTerminal) -> None:
    await session.quote("EURUSD")
    module.selected.clear()
    with pytest.raises(NoData):
        await session.quote("EURUSD")
    assert (await session.quote("EURUSD")).symbol == "EURUSD"


async def test_a_link_that_is_lost_and_found_needs_no_login(session: Session, module: BentTerminal) -> None:
    await read(session)
    module.terminal["connected"] = False
    with pytest.raises(ConnectionLost):
        await read(session)
    module.terminal["connected"] = True
    await read(session)
    assert module.calls.count("initialize") == 1

"""Linking: checked against the terminal, shown, and stored only after a yes."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from functools import partial
from pathlib import Path

import pytest

from core.accounts.linking import KEPT_FOR, TRIES, Candidates, Verifier, link
from core.accounts.paper import link_paper
from core.accounts.refusals import AccountRefused, Reason
from core.accounts.settings import Ceilings
from core.accounts.unlinking import unlink
from core.model.accounts import Account, TerminalKind
from core.model.errors import NotAllowed, NotFound
from core.model.people import Person, Role
from core.mt5.session import Session
from tests.core.accounts.conftest import LOGIN, PASSWORD, Bureau
from tests.fakes.desk import SERVER

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


async def refused(bureau: Bureau, person: Person | None = None, password: str = PASSWORD) -> Reason:
    with pytest.raises(AccountRefused) as error:
        await bureau.verify(password, person)
    return error.value.reason


async def test_what_is_there_is_found_and_nothing_is_stored_yet(bureau: Bureau) -> None:
    candidate = await bureau.verify()
    state = candidate.found.snapshot.account
    assert (state.name, state.leverage, state.balance, state.currency) == (
        "Ann Other",
        200,
        Decimal(5000),
        "USD",
    )
    assert state.kind == "DEMO"
    assert candidate.found.symbols == {"EURUSD": "EURUSD", "XAUUSD": "XAUUSD"}
    assert len(await bureau.accounts()) == 1
    assert PASSWORD not in repr(candidate)


async def test_a_yes_stores_it_with_its_password_and_tells_the_owner(bureau: Bureau) -> None:
    candidate = await bureau.verify()
    made = await link(bureau.paper.desk, bureau.trader, candidate.account, candidate.password)
    async with bureau.paper.store.read() as tx:
        assert await tx.accounts.get(made.id) == made
        assert await tx.accounts.password(made.id) == PASSWORD
        [event] = await tx.events.recent(1, "account.linked")
    assert made.kind is TerminalKind.MT5
    assert event.data == {"kind": "mt5", "login": str(LOGIN), "server": SERVER}
    assert [alert.subject for alert in await bureau.paper.alerts(bureau.paper.owner)] == ["account_linked"]


async def test_a_wrong_password_is_told_counted_and_stops_after_five(bureau: Bureau) -> None:
    for _ in range(TRIES):
        assert await refused(bureau, password="wrong") is Reason.REJECTED
    assert await refused(bureau) is Reason.TOO_MANY_TRIES, "the right one does not help, either"
    assert await refused(bureau, bureau.other, "wrong") is Reason.REJECTED, "others may try"
    assert await bureau.events("account.link") == ["account.link_failed"] * (TRIES + 1)
    bureau.paper.pass_time(3601)
    assert (await bureau.verify()).account.login == LOGIN


async def test_a_wrong_server_is_told_as_the_broker_does(bureau: Bureau) -> None:
    wish = bureau.wish(server="Elsewhere-Demo")
    with pytest.raises(AccountRefused) as error:
        await bureau.verifier.verify(bureau.paper.desk, bureau.trader, wish, PASSWORD)
    assert error.value.reason in (Reason.REJECTED, Reason.UNREACHABLE)


async def test_whose_account_it_is_is_told_to_its_trader_only(bureau: Bureau) -> None:
    candidate = await bureau.verify()
    await link(bureau.paper.desk, bureau.trader, candidate.account, candidate.password)
    assert await refused(bureau) is Reason.LINKED_BY_YOU
    with pytest.raises(AccountRefused) as error:
        await bureau.verify(person=bureau.other)
    assert (error.value.reason, error.value.facts["account"]) == (Reason.LINKED, "")


async def test_of_two_who_knew_the_password_one_links_it(bureau: Bureau) -> None:
    first, second = await bureau.verify(), await bureau.verify(person=bureau.other)
    await link(bureau.paper.desk, bureau.other, second.account, second.password)
    with pytest.raises(AccountRefused) as error:
        await link(bureau.paper.desk, bureau.trader, first.account, first.password)
    assert error.value.reason is Reason.LINKED


async def test_a_terminal_serves_one_account_and_one_look(bureau: Bureau) -> None:
    looks = await asyncio.gather(bureau.verify(), bureau.verify(person=bureau.other), return_exceptions=True)
    busy = [each for each in looks if isinstance(each, AccountRefused)]
    assert [each.reason for each in busy] == [Reason.TERMINAL_BUSY]
    taken = replace(bureau.place, path=bureau.paper.trader.account.terminal_path + "/terminal64.exe")
    wish = replace(bureau.wish(), place=taken)
    with pytest.raises(AccountRefused) as error:
        await bureau.verifier.verify(bureau.paper.desk, bureau.trader, wish, PASSWORD)
    assert error.value.reason is Reason.TERMINAL_BUSY


async def test_a_terminal_that_is_silent_or_gone_is_told(bureau: Bureau, tmp_path: Path) -> None:
    impatient = Verifier(bureau.verifier._open, patience_s=0)
    with pytest.raises(AccountRefused) as error:
        await impatient.verify(bureau.paper.desk, bureau.trader, bureau.wish(), PASSWORD)
    assert error.value.reason is Reason.TIMED_OUT
    nowhere = replace(bureau.wish(), place=replace(bureau.place, path=str(tmp_path / "nowhere")))
    with pytest.raises(AccountRefused) as error:
        await bureau.verifier.verify(bureau.paper.desk, bureau.trader, nowhere, PASSWORD)
    assert error.value.reason is Reason.UNREACHABLE


async def test_only_traders_link(bureau: Bureau) -> None:
    def nobody(account: Account, password: str) -> Session:
        raise AssertionError((account, password))

    viewer = replace(bureau.trader, roles=frozenset({Role.VIEWER, Role.OWNER}))
    with pytest.raises(NotAllowed):
        await Verifier(nobody).verify(bureau.paper.desk, viewer, bureau.wish(), PASSWORD)
    with pytest.raises(NotAllowed):
        await link(bureau.paper.desk, viewer, bureau.paper.trader.account, PASSWORD)


async def test_a_candidate_is_taken_once_and_within_ten_minutes(bureau: Bureau) -> None:
    candidates, candidate = Candidates(), await bureau.verify()
    now = candidate.at
    candidates.keep(candidate)
    assert candidates.take(bureau.other.id, now) is None
    assert candidates.take(bureau.trader.id, now + KEPT_FOR) is candidate
    assert candidates.take(bureau.trader.id, now) is None
    candidates.keep(candidate)
    assert candidates.take(bureau.trader.id, now + KEPT_FOR + timedelta(seconds=1)) is None


async def test_nobodys_password_is_kept_after_ten_minutes(
    bureau: Bureau, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also of who never answers, or was forgotten while the terminal was looked into."""
    candidate = await bureau.verify()
    loop = asyncio.get_running_loop()
    ends: list[tuple[float, Callable[[], None]]] = []
    monkeypatch.setattr(loop, "call_later", lambda s, end, *of: ends.append((s, partial(end, *of))))
    candidates = Candidates()
    candidates.keep(candidate)
    later = replace(candidate, at=candidate.at + timedelta(minutes=1))
    candidates.keep(later)
    assert [after_s for after_s, _ in ends] == [KEPT_FOR.total_seconds()] * 2
    ends[0][1]()
    assert candidates.take(bureau.trader.id, later.at) is later, "the end of the first is not its end"
    candidates.keep(candidate)
    ends[2][1]()
    assert candidates.take(bureau.trader.id, candidate.at) is None


async def test_who_links_it_again_has_its_history_and_its_limits(bureau: Bureau) -> None:
    """Nobody is rid of a drawdown by linking anew."""
    candidate = await bureau.verify()
    desk = bureau.paper.desk
    made = await link(desk, bureau.trader, candidate.account, candidate.password)
    strict = replace(made, policy=replace(made.policy, drawdown_limit_percent=Decimal(7)), label="Mine")
    async with bureau.paper.store.write() as tx:
        await tx.accounts.change(strict)
    await unlink(desk, bureau.trader, made.id)
    again = await bureau.verify()
    assert await link(desk, bureau.trader, again.account, again.password) == strict
    await unlink(desk, bureau.trader, made.id)
    theirs = await bureau.verify(person=bureau.other)
    assert (await link(desk, bureau.other, theirs.account, theirs.password)).id != made.id


async def test_an_owner_allows_so_much_and_so_many(bureau: Bureau) -> None:
    candidate = await bureau.verify()
    ceilings = Ceilings({"drawdown_limit_percent": Decimal(8), "max_per_day": Decimal(3)}, accounts=2)
    made = await link(bureau.paper.desk, bureau.trader, candidate.account, candidate.password, ceilings)
    assert (made.policy.drawdown_limit_percent, made.policy.max_per_day) == (Decimal(8), 3)
    with pytest.raises(AccountRefused) as error:
        await link_paper(bureau.paper.desk, bureau.trader, "Third", Decimal(500), Path("unused"), ceilings)
    assert (error.value.reason, error.value.facts) == (Reason.TOO_MANY_ACCOUNTS, {"most": 2})


async def test_a_paper_account_is_made_and_linked_at_once(bureau: Bureau, tmp_path: Path) -> None:
    made = await link_paper(bureau.paper.desk, bureau.trader, "Play", Decimal(2500), tmp_path / "paper")
    session = await bureau.paper.desk.terminals.session(made.id)
    assert (await session.account()).balance == 2500
    assert made.kind is TerminalKind.PAPER
    with pytest.raises(AccountRefused) as error:
        await link_paper(bureau.paper.desk, bureau.other, "play", Decimal(2500), tmp_path / "paper")
    assert error.value.reason is Reason.NAME_TAKEN


async def test_an_unlinked_account_has_no_password_any_more(bureau: Bureau) -> None:
    candidate = await bureau.verify()
    made = await link(bureau.paper.desk, bureau.trader, candidate.account, candidate.password)
    await unlink(bureau.paper.desk, bureau.trader, made.id)
    async with bureau.paper.store.read() as tx:
        kept = await tx.accounts.get(made.id)
        assert kept is not None
        assert kept.retired_at == bureau.paper.clock.now()
        with pytest.raises(NotFound):
            await tx.accounts.password(made.id)
        assert made.id not in {account.id for account in await tx.accounts.all()}

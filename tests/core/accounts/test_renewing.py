"""Another password for a linked account: proven at its terminal, by its trader, and only then kept."""

from dataclasses import replace

import pytest

from core.accounts.linking import TRIES, Candidate, link
from core.accounts.refusals import AccountRefused, Reason
from core.accounts.renewing import renew, renewable
from core.model.accounts import Account
from core.model.errors import NotAllowed, NotFound, Stale
from core.model.incidents import Trouble
from core.model.people import Role
from core.mt5.errors import AuthenticationFailed
from tests.core.accounts.conftest import LOGIN, PASSWORD, Bureau
from tests.fakes.desk import SERVER

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

NEW = "Changed-9"


@pytest.fixture
async def account(bureau: Bureau) -> Account:
    """Linked, and then its broker has another password for it."""
    candidate = await bureau.verify()
    made = await link(bureau.paper.desk, bureau.trader, candidate.account, candidate.password)
    await (await bureau.paper.desk.terminals.session(made.id)).snapshot()
    bureau.paper.broker.change_password(LOGIN, NEW, investor="Only-looks")
    return made


async def kept(bureau: Bureau, account: Account) -> str:
    async with bureau.paper.store.read() as tx:
        return await tx.accounts.password(account.id)


async def prove(bureau: Bureau, account: Account, password: str = NEW) -> Candidate:
    return await bureau.verifier.prove(bureau.paper.desk, bureau.trader, account, password)


async def refusal(bureau: Bureau, account: Account) -> Reason:
    with pytest.raises(AccountRefused) as error:
        async with bureau.paper.store.read() as tx:
            await renewable(tx, bureau.trader, account.id)
    return error.value.reason


async def test_it_is_kept_after_a_yes_and_the_terminal_is_logged_in_with_it(
    bureau: Bureau, account: Account
) -> None:
    desk = bureau.paper.desk
    session = await desk.terminals.session(account.id)
    with pytest.raises(AuthenticationFailed):
        await session.connect()
    proven = await prove(bureau, account)
    assert await kept(bureau, account) == PASSWORD, "not before a yes"
    assert NEW not in repr(proven)
    assert (await renew(desk, bureau.trader, proven)).id == account.id
    assert await kept(bureau, account) == NEW
    assert (await (await desk.terminals.session(account.id)).account()).login == LOGIN
    async with bureau.paper.store.read() as tx:
        [event] = await tx.events.recent(1, "account.password")
        assert await tx.accounts.get(account.id) == account
    assert (event.person_id, event.account_id) == (bureau.trader.id, account.id)
    assert event.data == {"login": str(LOGIN), "server": SERVER}


async def test_a_wrong_one_is_counted_and_the_terminal_left_as_it_was(
    bureau: Bureau, account: Account
) -> None:
    bureau.paper.broker.change_password(LOGIN, PASSWORD)
    for _ in range(TRIES):
        with pytest.raises(AccountRefused) as error:
            await prove(bureau, account, "wrong")
        assert error.value.reason is Reason.REJECTED
        assert (await (await bureau.paper.desk.terminals.session(account.id)).account()).login == LOGIN
    with pytest.raises(AccountRefused) as error:
        await prove(bureau, account, PASSWORD)
    assert error.value.reason is Reason.TOO_MANY_TRIES
    assert await kept(bureau, account) == PASSWORD


async def test_a_login_that_is_refused_is_not_tried_once_more_for_a_wrong_one(
    bureau: Bureau, account: Account
) -> None:
    async with bureau.paper.store.write() as tx:
        await tx.incidents.begin(account.id, Trouble.REJECTED, "Refused.", bureau.paper.clock.now())
    before = await bureau.paper.desk.terminals.session(account.id)
    with pytest.raises(AccountRefused):
        await prove(bureau, account, "wrong")
    assert await bureau.paper.desk.terminals.session(account.id) is before


async def test_a_password_that_only_looks_replaces_none(bureau: Bureau, account: Account) -> None:
    with pytest.raises(AccountRefused) as error:
        await prove(bureau, account, "Only-looks")
    assert error.value.reason is Reason.INVESTOR


async def test_whose_it_is_not_and_what_has_no_password_is_refused(bureau: Bureau, account: Account) -> None:
    proven = await prove(bureau, account)
    with pytest.raises(NotFound):
        await renew(bureau.paper.desk, bureau.other, proven)
    with pytest.raises(NotAllowed):
        await renew(bureau.paper.desk, replace(bureau.trader, roles=frozenset({Role.VIEWER})), proven)
    async with bureau.paper.store.write() as tx:
        await tx.accounts.change(replace(account, server="Elsewhere-Demo"))
    with pytest.raises(Stale):
        await renew(bureau.paper.desk, bureau.trader, proven)
    assert await kept(bureau, account) == PASSWORD
    assert await refusal(bureau, bureau.paper.trader.account) is Reason.PAPER
    async with bureau.paper.store.write() as tx:
        await tx.accounts.change(replace(account, of_desk_file=True))
    assert await refusal(bureau, account) is Reason.DESK_FILE

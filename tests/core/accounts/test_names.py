"""What accounts may be called, so that no name takes a command away from whoever writes it."""

from dataclasses import replace

import pytest

from core.accounts.changing import rename
from core.accounts.names import LONGEST_NAME, checked_name, free_name
from core.accounts.refusals import AccountRefused, Reason
from core.model.texts import likeness
from tests.core.accounts.conftest import Bureau

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

WRONG = {
    "": Reason.NAME_FORM,
    "x" * (LONGEST_NAME + 1): Reason.NAME_FORM,
    "two\u2028lines": Reason.NAME_FORM,
    "\u0301\u0308": Reason.NAME_FORM,
    "\u3164": Reason.NAME_FORM,
    "a\u200bb": Reason.NAME_FORM,
    "two  spaces": Reason.NAME_SPACES,
    "a\xa0b": Reason.NAME_SPACES,
    " before": Reason.NAME_SPACES,
    "desk": Reason.NAME_KIND,
    "DESK two": Reason.NAME_KIND,
    "d\u0435sk": Reason.NAME_KIND,
    "source alpha": Reason.NAME_KIND,
    "account": Reason.NAME_KIND,
    "instrument EURUSD": Reason.NAME_KIND,
    "Swing 2h": Reason.NAME_SPAN,
    "Swing 30min slow": Reason.NAME_SPAN,
}


@pytest.mark.parametrize("name", WRONG)
async def test_a_name_that_cannot_be_shown_or_typed_is_none(bureau: Bureau, name: str) -> None:
    with pytest.raises(AccountRefused) as error:
        await rename(bureau.paper.desk, bureau.trader, bureau.paper.trader.account.id, name)
    assert error.value.reason is WRONG[name]


@pytest.mark.parametrize("name", ["First & best", "4h swing", "Счёт 2", "Día", "🚀", "Alpha 20", "desktop"])
async def test_others_are(bureau: Bureau, name: str) -> None:
    assert checked_name(name) == name


TAKEN = {
    "alpha": Reason.NAME_TAKEN,
    "Alpha": Reason.NAME_TAKEN,
    "eurusd": Reason.NAME_TAKEN,
    "ЕURUSD": Reason.NAME_TAKEN,
    "EURUSD ban": Reason.NAME_BEGINS,
    "alpha NFP": Reason.NAME_BEGINS,
}


@pytest.mark.parametrize("name", TAKEN)
async def test_no_source_and_no_instrument_lends_its_name(bureau: Bureau, name: str) -> None:
    async with bureau.paper.store.write() as tx:
        await tx.sources.put(replace((await tx.sources.all())[0], name="alpha"), [])
    with pytest.raises(AccountRefused) as error:
        await rename(bureau.paper.desk, bureau.trader, bureau.paper.trader.account.id, name)
    assert error.value.reason is TAKEN[name]


async def test_nor_does_another_account(bureau: Bureau) -> None:
    desk, theirs = bureau.paper.desk, bureau.paper.traders[1]
    await rename(desk, bureau.other, theirs.account.id, "Tom live")
    mine = bureau.paper.trader.account.id
    for name, reason in {
        "tom LIVE": Reason.NAME_TAKEN,
        "Тom live": Reason.NAME_TAKEN,
        "Tom 1ive": Reason.NAME_TAKEN,
        "Tom live\ufe0f": Reason.NAME_TAKEN,
        "Tom live NFP": Reason.NAME_BEGINS,
    }.items():
        with pytest.raises(AccountRefused) as error:
            await rename(desk, bureau.trader, mine, name)
        assert error.value.reason is reason, name
    assert (await rename(desk, bureau.trader, mine, "Tom's own")).label == "Tom's own"
    assert (await rename(desk, bureau.trader, mine, "tom's OWN")).label == "tom's OWN", "its own is free"


async def test_a_name_that_is_borne_is_numbered(bureau: Bureau) -> None:
    theirs = bureau.paper.traders[1].account
    async with bureau.paper.store.read() as tx:
        assert await free_name(tx, replace(bureau.paper.trader.account, label=theirs.label.upper())) == (
            f"{theirs.label.upper()} 2"
        )


def test_what_looks_the_same_is_the_same(database_url: str) -> None:
    assert likeness("  Том  1") == likeness("tom l") != likeness("tim 1 a")

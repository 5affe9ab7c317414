"""Paper accounts that people open by themselves: a broker, an account and a terminal in a folder each."""

import asyncio
import secrets
import shutil
from collections.abc import Iterable
from decimal import Decimal
from functools import partial
from pathlib import Path
from uuid import uuid4

import structlog

from core.accounts.linking import check_may_link, check_room, link
from core.accounts.names import check_name, checked_name
from core.accounts.settings import Ceilings
from core.desk import Desk
from core.model.accounts import Account, TerminalKind
from core.model.ids import AccountId
from core.model.people import Person
from core.paper.opening import BOOK, SERVER, open_account

log = structlog.get_logger(__name__)

LEAST, MOST = Decimal(100), Decimal(10_000_000)


async def link_paper(
    desk: Desk,
    person: Person,
    name: str,
    balance: Decimal,
    folder: Path,
    ceilings: Ceilings | None = None,
    *,
    weekends: bool = False,
) -> Account:
    """A new account with that balance in USD, linked at once; with `weekends` it is quoted then, too.

    Raises NotAllowed or AccountRefused.
    """
    check_may_link(person)
    checked_name(name)
    async with desk.store.read() as tx:
        await check_room(tx, person, ceilings or Ceilings())
        await check_name(tx, name)
    login = 10_000_000 + secrets.randbelow(90_000_000)
    home = (folder / str(login)).resolve()
    make = partial(open_account, home, login, name, float(balance), weekends=weekends)
    password = await asyncio.to_thread(make)
    account = Account(AccountId(uuid4()), person.id, name, TerminalKind.PAPER, str(home), login, SERVER)
    return await link(desk, person, account, password, ceilings)


async def remove_homes(homes: Iterable[str], folder: Path) -> None:
    """Delete those of the folders that are paper accounts' below `folder`, with the broker's book in each."""
    for home in homes:
        await asyncio.to_thread(_remove, Path(home), folder)


def _remove(home: Path, folder: Path) -> None:
    if home.parent != folder.resolve() or not (home / BOOK).exists():
        return
    try:
        shutil.rmtree(home)
    except OSError:
        log.exception("paper_account_not_removed", folder=str(home))

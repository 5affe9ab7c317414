"""The broker's book in a file: what it keeps, and files that an earlier version wrote."""

import sqlite3
import time
from pathlib import Path

from core.mt5 import contract as mt5
from core.paper.hands import Hands
from core.paper.market.plan import MarketPlan
from core.paper.server import passwords
from core.paper.server.filebook import FileBook
from tests.core.paper.world import LOGIN, PASSWORD

TICKET = 50_000_003

# A book as the first paper terminal wrote it: no investor, no limits of positions, no replays.
OLD = """
CREATE TABLE accounts ("login" INTEGER PRIMARY KEY, "name" TEXT NOT NULL, "server" TEXT NOT NULL,
  "company" TEXT NOT NULL, "currency" TEXT NOT NULL, "password" TEXT NOT NULL, "leverage" INTEGER NOT NULL,
  "balance" REAL NOT NULL, "credit" REAL NOT NULL, "trade_mode" INTEGER NOT NULL,
  "margin_mode" INTEGER NOT NULL, "margin_so_mode" INTEGER NOT NULL, "margin_so_call" REAL NOT NULL,
  "margin_so_so" REAL NOT NULL, "limit_orders" INTEGER NOT NULL, "trade_allowed" INTEGER NOT NULL,
  "trade_expert" INTEGER NOT NULL, "commission_per_lot" REAL NOT NULL, "revision" INTEGER NOT NULL,
  "settled_msc" INTEGER NOT NULL);
CREATE TABLE positions ("ticket" INTEGER PRIMARY KEY, "login" INTEGER NOT NULL, "symbol" TEXT NOT NULL,
  "type" INTEGER NOT NULL, "volume" REAL NOT NULL, "price_open" REAL NOT NULL, "sl" REAL NOT NULL,
  "tp" REAL NOT NULL, "swap" REAL NOT NULL, "margin" REAL NOT NULL, "magic" INTEGER NOT NULL,
  "identifier" INTEGER NOT NULL, "reason" INTEGER NOT NULL, "comment" TEXT NOT NULL,
  "time_msc" INTEGER NOT NULL, "time_update_msc" INTEGER NOT NULL);
CREATE TABLE meta (key TEXT PRIMARY KEY, value NOT NULL);
INSERT INTO meta VALUES ('ticket', 50000007);
INSERT INTO meta VALUES ('plan_revision', 0);
PRAGMA user_version = 1;
"""


def _write_old_book(path: Path) -> None:
    now = MarketPlan().broker_ms(time.time())
    account = (LOGIN, "Ann", "Paper-Demo", "Paper", "USD", passwords.hashed(PASSWORD))
    figures = (100, 9_000.0, 0.0, 0, 2, 0, 50.0, 30.0, 200, 1, 1, 3.5, 4, now)
    bought = (TICKET, LOGIN, "EURUSD", 0, 0.1, 1.1, 0.0, 0.0, 0.0, 110.0, 5, TICKET, 3, "desk", now, now)
    old = sqlite3.connect(path)
    old.executescript(OLD)
    old.execute(f"INSERT INTO accounts VALUES ({'?, ' * 19}?)", (*account, *figures))  # noqa: S608
    old.execute(f"INSERT INTO positions VALUES ({'?, ' * 15}?)", bought)  # noqa: S608
    old.commit()
    old.close()


def test_a_book_of_the_first_version_is_brought_up_and_goes_on(tmp_path: Path) -> None:
    path = tmp_path / "broker.sqlite3"
    _write_old_book(path)
    person = Hands.on(path)
    account = person.broker.book.account(LOGIN)
    assert account is not None
    assert (account.balance, account.investor, account.fifo_close) == (9_000.0, "", False)
    assert account.limit_positions == 0
    assert list(person.broker.view(LOGIN).ledger.positions) == [TICKET]
    assert person.close_position(LOGIN, TICKET).retcode == mt5.TRADE_RETCODE_DONE
    assert min(deal.ticket for deal in person.broker.book.deals(LOGIN)) > 50_000_007
    person.close_book()


def test_two_openings_of_an_old_book_bring_it_up_once(tmp_path: Path) -> None:
    path = tmp_path / "broker.sqlite3"
    _write_old_book(path)
    first, second = FileBook.open(str(path)), FileBook.open(str(path))
    assert first.account(LOGIN) == second.account(LOGIN) is not None
    first.close()
    second.close()


def test_a_replay_is_kept_under_its_digest_for_every_process(tmp_path: Path) -> None:
    path = str(tmp_path / "broker.sqlite3")
    book = FileBook.open(path)
    assert book.replay("d1") is None
    book.keep_replay("d1", b"bars")
    book.keep_replay("d1", b"bars")
    book.close()
    again = FileBook.open(path)
    assert (again.replay("d1"), again.replay("d2")) == (b"bars", None)
    again.close()

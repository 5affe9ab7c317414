"""A broker's book in a file: a SQLite database that all its terminals open, as they would reach a server.

`synchronous=OFF`: a killed process loses nothing (the pages are the kernel's already); only a power cut
could, and simulated money need not survive that. Writers take turns by `BEGIN IMMEDIATE`.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import MISSING, Field, fields
from math import inf
from operator import attrgetter
from typing import Any, TypeVar
from zlib import crc32

from core.paper.market.plan import MarketPlan
from core.paper.server.book import FIRST_TICKET, LAST, Delayed
from core.paper.server.ledger import Ledger
from core.paper.server.records import LIVE, Account, Deal, Order, Position

_SQL_TYPES = {int: "INTEGER", float: "REAL", str: "TEXT", bool: "INTEGER"}
_TABLES: dict[str, type] = {"accounts": Account, "positions": Position, "orders": Order, "deals": Deal}
_Row = TypeVar("_Row", Account, Position, Order, Deal)


def _schema() -> Iterator[str]:
    for table, record in _TABLES.items():
        key = "login" if record is Account else "ticket"
        columns = (
            f"{_column(field)} PRIMARY KEY" if field.name == key else _column(field)
            for field in fields(record)
        )
        yield f"CREATE TABLE IF NOT EXISTS {table} ({', '.join(columns)})"
        if record is not Account:
            yield f"CREATE INDEX IF NOT EXISTS {table}_by_login ON {table} (login)"
    yield f"CREATE INDEX IF NOT EXISTS orders_working ON orders (login) WHERE state IN {LIVE}"
    yield "CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value NOT NULL)"
    yield (
        "CREATE TABLE IF NOT EXISTS faults (id INTEGER PRIMARY KEY, call TEXT NOT NULL, "
        "fault TEXT NOT NULL, met INTEGER NOT NULL)"
    )
    yield (
        "CREATE TABLE IF NOT EXISTS late (id INTEGER PRIMARY KEY, login INTEGER NOT NULL, "
        "due_msc INTEGER NOT NULL, request TEXT NOT NULL, ticket INTEGER NOT NULL)"
    )
    yield "CREATE TABLE IF NOT EXISTS replays (digest TEXT PRIMARY KEY, bars BLOB NOT NULL)"


def _column(field: "Field[Any]") -> str:
    """A column that rows written before it was there hold at the field's default."""
    kind = _plain(field.type)
    default = kind() if field.default is MISSING else field.default
    number = int(default) if kind is bool else default
    return f'"{field.name}" {_SQL_TYPES[kind]} NOT NULL DEFAULT {number!r}'


def _plain(annotation: Any) -> type:
    return annotation if isinstance(annotation, type) else object


def _columns(record: type) -> str:
    return ", ".join(f'"{f.name}"' for f in fields(record))


_SELECT = {table: f"SELECT {_columns(record)} FROM {table} " for table, record in _TABLES.items()}  # noqa: S608
_INSERT = {
    table: f"INSERT OR REPLACE INTO {table} ({_columns(record)}) "  # noqa: S608
    f"VALUES ({', '.join('?' * len(fields(record)))})"
    for table, record in _TABLES.items()
}
_VALUES = {table: attrgetter(*(f.name for f in fields(record))) for table, record in _TABLES.items()}
_NAMES = {record: tuple(f.name for f in fields(record)) for record in _TABLES.values()}
_LATE = "SELECT due_msc, request, ticket FROM late WHERE login = ? AND due_msc <= ? ORDER BY due_msc, id"
_FAULTS = "SELECT id, fault, met FROM faults WHERE call IN (?, '*') ORDER BY id"
_REVISIONS = (
    "SELECT (SELECT revision FROM accounts WHERE login = ?), "
    "(SELECT value FROM meta WHERE key = 'plan_revision')"
)


class FileBook:
    """A book in a file, open. Not for several threads at once."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.connection = connection

    @classmethod
    def open(cls, path: str) -> "FileBook":
        """Open the book at `path`, made if it is not there and brought up if it is of an earlier version."""
        connection = sqlite3.connect(path, timeout=15, isolation_level=None, check_same_thread=False)
        try:
            _set_up(connection)
        except sqlite3.Error:
            connection.close()
            raise
        return cls(connection)

    def close(self) -> None:
        self.connection.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        self.connection.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self.connection.execute("ROLLBACK")
            raise
        self.connection.execute("COMMIT")

    def next_ticket(self) -> int:
        row = self.connection.execute(
            "UPDATE meta SET value = value + 1 WHERE key = 'ticket' RETURNING value"
        ).fetchone()
        return int(row[0])

    # -- the plan

    def plan(self) -> MarketPlan:
        row = self.connection.execute("SELECT value FROM meta WHERE key = 'plan'").fetchone()
        return MarketPlan.from_json(row[0]) if row else MarketPlan()

    def write_plan(self, plan: MarketPlan) -> None:
        self.connection.execute("INSERT OR REPLACE INTO meta VALUES ('plan', ?)", (plan.to_json(),))
        self.connection.execute("UPDATE meta SET value = value + 1 WHERE key = 'plan_revision'")

    def revisions(self, login: int) -> tuple[int | None, int]:
        row = self.connection.execute(_REVISIONS, (login,)).fetchone()
        return row[0], row[1]

    # -- replays

    def keep_replay(self, digest: str, bars: bytes) -> None:
        self.connection.execute("INSERT OR IGNORE INTO replays VALUES (?, ?)", (digest, bars))

    def replay(self, digest: str) -> bytes | None:
        row = self.connection.execute("SELECT bars FROM replays WHERE digest = ?", (digest,)).fetchone()
        return row[0] if row else None

    # -- accounts and what belongs to them

    def account(self, login: int) -> Account | None:
        found = self._rows(Account, "accounts", "WHERE login = ?", login)
        return found[0] if found else None

    def logins(self) -> list[int]:
        return [row[0] for row in self.connection.execute("SELECT login FROM accounts ORDER BY login")]

    def write_account(self, account: Account) -> None:
        self.connection.execute(_INSERT["accounts"], _VALUES["accounts"](account))

    def ledger(self, login: int) -> Ledger | None:
        account = self.account(login)
        if account is None:
            return None
        positions = self._rows(Position, "positions", "WHERE login = ? ORDER BY ticket", login)
        orders = self._rows(Order, "orders", f"WHERE login = ? AND state IN {LIVE} ORDER BY ticket", login)
        return Ledger(account, positions, orders)

    def save(self, ledger: Ledger) -> None:
        for (table, _), row in ledger.written.items():
            self.connection.execute(_INSERT[table], _VALUES[table](row))
        for ticket in ledger.dropped:
            self.connection.execute("DELETE FROM positions WHERE ticket = ?", (ticket,))
        self.write_account(ledger.sealed())
        ledger.clean()

    # -- requests put off

    def put_off(self, login: int, delayed: Delayed) -> None:
        self.connection.execute(
            "INSERT INTO late (login, due_msc, request, ticket) VALUES (?, ?, ?, ?)",
            (login, delayed.due_msc, delayed.request, delayed.ticket),
        )

    def late_due(self, login: int) -> float:
        row = self.connection.execute("SELECT min(due_msc) FROM late WHERE login = ?", (login,)).fetchone()
        return inf if row[0] is None else float(row[0])

    def take_late(self, login: int, until_msc: int) -> list[Delayed]:
        due = (login, until_msc)
        rows = self.connection.execute(_LATE, due).fetchall()
        if rows:
            self.connection.execute("DELETE FROM late WHERE login = ? AND due_msc <= ?", due)
        return [Delayed(*row) for row in rows]

    # -- history

    def history_orders(
        self, login: int, column: str = "ticket", low: int = 0, high: int = LAST
    ) -> list[Order]:
        where = f'WHERE login = ? AND state NOT IN {LIVE} AND "{column}" BETWEEN ? AND ? '
        return self._rows(Order, "orders", where + "ORDER BY time_done_msc, ticket", login, low, high)

    def deals(self, login: int, column: str = "ticket", low: int = 0, high: int = LAST) -> list[Deal]:
        where = f'WHERE login = ? AND "{column}" BETWEEN ? AND ? ORDER BY time_msc, ticket'
        return self._rows(Deal, "deals", where, login, low, high)

    # -- faults

    def add_fault(self, call: str, fault: str) -> None:
        self.connection.execute("INSERT INTO faults (call, fault, met) VALUES (?, ?, 0)", (call, fault))

    def faults(self, call: str) -> list[tuple[int, str, int]]:
        return self.connection.execute(_FAULTS, (call,)).fetchall()

    def fault_met(self, number: int, met: int) -> None:
        self.connection.execute("UPDATE faults SET met = ? WHERE id = ?", (met, number))

    def drop_fault(self, number: int) -> None:
        self.connection.execute("DELETE FROM faults WHERE id = ?", (number,))

    def clear_faults(self) -> None:
        self.connection.execute("DELETE FROM faults")

    def _rows(self, record: type[_Row], table: str, clause: str, *values: object) -> list[_Row]:
        cursor = self.connection.execute(_SELECT[table] + clause, values)
        names = _NAMES[record]
        return [record(**dict(zip(names, row, strict=True))) for row in cursor]


_SHAPE = crc32("\n".join(_schema()).encode()) >> 1  # a file's `user_version`, which is a signed number


def _set_up(connection: sqlite3.Connection) -> None:
    for pragma in ("journal_mode=WAL", "synchronous=OFF", "busy_timeout=15000"):
        connection.execute(f"PRAGMA {pragma}").close()
    if _shape_of(connection) != _SHAPE:
        _bring_up(connection)


def _shape_of(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def _bring_up(connection: sqlite3.Connection) -> None:
    """Make the tables of a new file, and add what a file of an earlier version has not."""
    connection.execute("BEGIN IMMEDIATE")
    for table in ("faults", "late"):  # a script of the moment, not worth carrying over
        connection.execute(f"DROP TABLE IF EXISTS {table}")
    for table, record in _TABLES.items():
        _add_columns(connection, table, record)
    for statement in _schema():
        connection.execute(statement)
    connection.execute("INSERT OR IGNORE INTO meta VALUES ('ticket', ?)", (FIRST_TICKET,))
    connection.execute("INSERT OR IGNORE INTO meta VALUES ('plan_revision', 0)")
    connection.execute(f"PRAGMA user_version = {_SHAPE}")
    connection.execute("COMMIT")


def _add_columns(connection: sqlite3.Connection, table: str, record: type) -> None:
    there = {row[1] for row in connection.execute(f"PRAGMA table_info({table})")}
    for field in fields(record) if there else ():
        if field.name not in there:
            connection.execute(f"ALTER TABLE {table} ADD COLUMN {_column(field)}")

"""The reconciliation log over HTTP: all of it, page by page, and why a question is a wrong one."""

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import quote, urlencode
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.desk import Desk
from core.model.accounts import Account
from core.model.divergences import Decision, Divergence, DivergenceKind, LogRow
from tests.bot.web.conftest import Reader
from tests.bot.web.test_fuzz import fuzz
from tests.bot.web.test_signals import problem, sqlite_only
from tests.fakes.clock import StoppedClock

POSITION = 2**63 - 1
KINDS = (DivergenceKind.CLOSED, DivergenceKind.SLIPPAGE, DivergenceKind.UNMATCHED)


def a_divergence(account: Account, kind: DivergenceKind, position: int = POSITION) -> Divergence:
    facts = {"expected": "1.08650"}
    return Divergence(account.id, kind, position, "EURUSD.m", Decimal("5.50"), "pips", facts)


@pytest.fixture
async def rows(desk: Desk, trader: Account) -> Sequence[LogRow]:
    """One row of each status, a minute apart; the oldest is closed, the newest ignored."""
    began, made = desk.clock.now(), list[LogRow]()
    for number, kind in enumerate(KINDS):
        async with desk.store.write() as tx:
            found = [a_divergence(trader, kind, POSITION - number)]
            at = began + timedelta(minutes=number)
            made += await tx.reconciliation.record(found, at, ended=kind is DivergenceKind.CLOSED)
    async with desk.store.write() as tx:
        await tx.reconciliation.decide(made[-1].id, Decision.IGNORED, trader.person_id, began)
    return made


async def test_an_account_that_was_never_read(reader: Reader, trader: Account) -> None:
    [shown] = (await reader.get()).json()["accounts"]
    assert shown == {
        "id": str(trader.id),
        "label": "Ann's",
        "trader": "Ann Trader",
        "kind": "paper",
        "login": "1001",
        "server": "Paper",
        "read_at": None,
        "next_at": None,
        "took_s": None,
        "positions": 0,
        "matched": 0,
        "divergent": 0,
        "failures": 0,
        "error": None,
    }
    assert (await reader.get(f"/{trader.id}")).json() == {**shown, "lasting": []}
    assert (await reader.get(f"/{trader.id}/log")).json() == {"rows": [], "next": None}


async def test_an_account_shows_its_last_sync_and_what_lasts(
    reader: Reader, desk: Desk, trader: Account, rows: Sequence[LogRow]
) -> None:
    now = desk.clock.now()
    desk.board.read(trader.id, now, "DEMO", positions=3, matched=2, took_s=0.25)
    desk.board.failed(trader.id, "The terminal does not answer.")
    shown = (await reader.get(f"/{trader.id}")).json()
    seen = {name: shown[name] for name in ("read_at", "positions", "matched", "divergent", "took_s")}
    assert seen == {
        "read_at": "2026-11-21T03:00:00Z",
        "positions": 3,
        "matched": 2,
        "divergent": 1,
        "took_s": 0.25,
    }
    assert (shown["failures"], shown["error"]) == (1, "The terminal does not answer.")
    assert [(row["kind"], row["counts"]) for row in shown["lasting"]] == [
        ("unmatched", False),
        ("slippage", True),
    ]


async def test_a_row_is_whole_and_loses_no_digit(
    reader: Reader, trader: Account, rows: Sequence[LogRow]
) -> None:
    newest, _, oldest = (await reader.get(f"/{trader.id}/log")).json()["rows"]
    assert newest == {
        "id": str(rows[2].id),
        "account": str(trader.id),
        "status": 2,
        "kind": "unmatched",
        "position": str(POSITION - 2),
        "symbol": "EURUSD.m",
        "size": "5.50",
        "unit": "pips",
        "facts": {"expected": "1.08650"},
        "trade": None,
        "found_at": "2026-11-21T03:02:00Z",
        "ended_at": None,
        "decision": "ignored",
        "decided_at": "2026-11-21T03:00:00Z",
        "decided_by": str(trader.person_id),
        "counts": False,
    }
    assert (oldest["status"], oldest["ended_at"]) == (0, "2026-11-21T03:00:00Z")


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ({"status": 0}, [0]),
        ({"status": 1}, [1]),
        ({"status": 2}, [2]),
        ({"kind": "slippage"}, [1]),
        ({"lasting": "true"}, [2, 1]),
        ({"lasting": "false"}, [0]),
        ({"symbol": "EURUSD.m"}, [2, 1, 0]),
        ({"symbol": "EURUSD"}, []),
        ({"position": str(POSITION - 1)}, [1]),
        ({"since": "2026-11-21T03:01:00Z"}, [2, 1]),
        ({"until": "2026-11-21T05:01:00+02:00"}, [1, 0]),
        ({"since": "2026-11-21T03:01:00Z", "until": "2026-11-21T03:01:00Z"}, [1]),
        ({"since": "0001-01-01T00:00:00Z", "until": "9999-12-31T23:59:59Z"}, [2, 1, 0]),
        ({"status": 0, "kind": "slippage"}, []),
    ],
)
async def test_a_filter_finds_what_it_says(
    reader: Reader, trader: Account, rows: Sequence[LogRow], wanted: dict[str, Any], found: list[int]
) -> None:
    answer = await reader.get(f"/{trader.id}/log", **wanted)
    assert [row["id"] for row in answer.json()["rows"]] == [str(rows[place].id) for place in found]


async def test_page_by_page_each_row_once(reader: Reader, desk: Desk, trader: Account) -> None:
    async with desk.store.write() as tx:
        found = [a_divergence(trader, DivergenceKind.STOPS, number) for number in range(1, 6)]
        await tx.reconciliation.record(found, desk.clock.now())
    pages = [(await reader.get(f"/{trader.id}/log", limit=2)).json()]
    while pages[-1]["next"] and len(pages) < 9:
        async with desk.store.write() as tx:
            later = a_divergence(trader, DivergenceKind.STOPS, 100 + len(pages))
            await tx.reconciliation.record([later], desk.clock.now())
        pages.append((await reader.get(f"/{trader.id}/log", limit=2, before=pages[-1]["next"])).json())
    assert [[row["position"] for row in page["rows"]] for page in pages] == [["5", "4"], ["3", "2"], ["1"]]


@sqlite_only
async def test_an_account_that_does_not_exist(reader: Reader, trader: Account) -> None:
    for path in (f"/{uuid4()}", f"/{uuid4()}/log"):
        assert problem(await reader.get(path), 404)["message"] == "There is no such account."


@sqlite_only
@pytest.mark.parametrize(
    ("query", "field", "why"),
    [
        ("?statuss=1", "statuss", "status, kind, lasting"),
        ("?status=1&status=1", "status", "is given 2 times"),
        ("?status=3", "status", "less than or equal to 2"),
        ("?status=closed", "status", "valid integer"),
        ("?status=", "status", "valid integer"),
        ("?kind=sliping", "kind", "'slippage'"),
        ("?lasting=perhaps", "lasting", "valid boolean"),
        ("?symbol=", "symbol", "at least 1 character"),
        ("?symbol=EUR%00USD", "symbol", "pattern"),
        (f"?symbol={'x' * 65}", "symbol", "at most 64 characters"),
        (f"?position={2**63}", "position", "less than or equal to 9223372036854775807"),
        ("?position=-1", "position", "greater than or equal to 0"),
        ("?position=1e9", "position", "valid integer"),
        ("?since=2026-11-21T03:00:00", "since", "timezone"),
        ("?since=2026-11-21", "since", "timezone"),
        ("?since=yesterday", "since", "ISO 8601"),
        ("?since=1763694000", "since", "ISO 8601"),
        ("?until=0001-01-01T00:00:00%2B14:00", "until", "no time of the calendar"),
        ("?until=2026-02-30T00:00:00Z", "until", "day value is outside expected range"),
        ("?since=2026-11-21T03:00:01Z&until=2026-11-21T03:00:00Z", "until", "must not be before since"),
        ("?limit=0", "limit", "greater than or equal to 1"),
        ("?limit=101", "limit", "less than or equal to 100"),
        ("?limit=5.5", "limit", "valid integer"),
        ("?before=0", "before", "greater than or equal to 1"),
        ("?before=x", "before", "valid integer"),
        (f"?before={10**30}", "before", "less than or equal to"),
    ],
)
async def test_a_wrong_question_is_told_which_parameter_and_why(
    reader: Reader, trader: Account, query: str, field: str, why: str
) -> None:
    answer = problem(await reader.get(f"/{trader.id}/log{query}"), 400)
    assert (answer["code"], answer["field"]) == ("invalid_parameter", field)
    assert why in answer["message"]


@sqlite_only
async def test_where_nothing_is_asked_for_every_parameter_is_wrong(reader: Reader, trader: Account) -> None:
    for path in ("?status=1", f"/{trader.id}?limit=5"):
        assert "there are none" in problem(await reader.get(path), 400)["message"]
    assert problem(await reader.get("/nonsense"), 400)["field"] == "account_id"


NAMES = ("status", "kind", "lasting", "symbol", "position", "since", "until", "limit", "before", "x")
VALUES = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"]), max_size=20),
    st.integers().map(str),
    st.floats().map(str),
    st.datetimes(timezones=st.timezones() | st.none()).map(lambda moment: moment.isoformat()),
    st.sampled_from(["", "0", "1", "true", "slippage", str(2**63), "1e400", "0001-01-01T00:00:00+14:00"]),
)


@sqlite_only
@fuzz
@given(st.lists(st.tuples(st.sampled_from(NAMES), VALUES), max_size=4))
async def test_whatever_is_asked_is_answered(
    reader: Reader, trader: Account, query: list[tuple[str, str]]
) -> None:
    answer = await reader.get(f"/{trader.id}/log?{urlencode(query)}")
    assert answer.status_code in {200, 400}, (answer.status_code, answer.text)
    if answer.status_code == 400:
        assert set(answer.json()["error"]) == {"code", "message", "field"}


@sqlite_only
@fuzz
@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=30))
async def test_whatever_path_is_tried_is_answered(reader: Reader, path: str) -> None:
    answer = await reader.get(f"/{quote(path)}")
    assert answer.status_code in {200, 400, 404}, answer.text


@sqlite_only
@fuzz
@given(st.binary(max_size=60).map(lambda value: value.translate(None, b"\r\n\0")))
async def test_whatever_is_shown_for_a_key_is_answered(
    reader: Reader, clock: StoppedClock, shown: bytes
) -> None:
    clock.time += timedelta(minutes=1)  # so that not every failure is one too many
    for header in (shown, b"Bearer " + shown):
        given_headers = {b"Authorization": header}
        answer = await reader.http.get("/api/v1/reconciliation/accounts", headers=given_headers)
        assert problem(answer, 401)

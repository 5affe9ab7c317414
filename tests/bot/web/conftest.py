"""The web application over a real database, spoken to in this process or over a socket."""

import json
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NoReturn
from uuid import uuid4

import httpx
import pytest
from fastapi import FastAPI
from prometheus_client import CollectorRegistry

from bot.web.app import create_web
from core.desk import Desk
from core.intake.signatures import new_secret, sign
from core.model.accounts import Account, Source, TerminalKind
from core.model.ids import AccountId, PersonId, SourceId
from core.model.people import CONSENT_VERSION, Consent, Person, Role
from core.mt5.pool import Pool
from core.ports import Store
from tests.fakes.clock import StoppedClock

API_KEYS = ("an-old-key-" + "o" * 32, "a-new-key-" + "n" * 32)


@dataclass
class SetHealth:
    """What the desk says of itself, set by a test."""

    problems: dict[str, str] = field(default_factory=dict)
    registry: CollectorRegistry = field(default_factory=CollectorRegistry)

    async def ready(self) -> Mapping[str, str]:
        return self.problems


@dataclass
class Sender:
    """A signal source with its secret, speaking to the application through `http`."""

    http: httpx.AsyncClient
    clock: StoppedClock
    name: str
    secret: str

    async def post(self, content: Any, webhook_id: str | None = None) -> httpx.Response:
        """Send bytes as they are, anything else as JSON, signed."""
        body = content if isinstance(content, bytes) else json.dumps(content).encode()
        headers = self.headers(body, webhook_id)
        return await self.http.post("/api/v1/signals", content=body, headers=headers)

    async def get(self, path: str = "") -> httpx.Response:
        return await self.http.get(f"/api/v1/signals{path}", headers=self.headers(b""))

    def headers(self, body: bytes, webhook_id: str | None = None) -> dict[str, str]:
        signed = sign(self.secret, webhook_id or f"msg_{uuid4().hex}", self.clock.now(), body)
        return {**signed, "x-tapdesk-source": self.name, "content-type": "application/json"}


async def _no_terminal(account: AccountId) -> NoReturn:
    raise AssertionError(f"intake asked for the terminal of {account}")


async def add_source(store: Store, name: str, per_minute: int = 30) -> str:
    """A source that may send EURUSD; its secret."""
    secret = new_secret()
    source = Source(SourceId(uuid4()), name, frozenset({"EURUSD"}), per_minute)
    async with store.write() as tx:
        await tx.sources.add(source, [secret])
    return secret


@pytest.fixture
def clock() -> StoppedClock:
    return StoppedClock()


@pytest.fixture
def health() -> SetHealth:
    return SetHealth()


@pytest.fixture
def desk(store: Store, clock: StoppedClock) -> Desk:
    return Desk(store=store, clock=clock, terminals=Pool(_no_terminal), epoch=1)


@dataclass
class Reader:
    """Whoever reads the desk with an API key, or tries to."""

    http: httpx.AsyncClient
    key: str

    async def get(self, path: str = "", **params: Any) -> httpx.Response:
        url = f"/api/v1/reconciliation/accounts{path}"
        return await self.http.get(url, params=params or None, headers=self.headers)

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.key}"}


@pytest.fixture
def web(desk: Desk, health: SetHealth) -> FastAPI:
    return create_web(desk, health, API_KEYS)


@pytest.fixture
def reader(http: httpx.AsyncClient) -> Reader:
    return Reader(http, API_KEYS[1])


@pytest.fixture
async def http(web: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(web, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://desk") as client:
        yield client


@pytest.fixture
async def sender(http: httpx.AsyncClient, store: Store, clock: StoppedClock) -> Sender:
    return Sender(http, clock, "momentum", await add_source(store, "momentum"))


@pytest.fixture
async def other(http: httpx.AsyncClient, store: Store, clock: StoppedClock) -> Sender:
    return Sender(http, clock, "other", await add_source(store, "other", per_minute=2))


@pytest.fixture
async def unlimited(http: httpx.AsyncClient, store: Store, clock: StoppedClock) -> Sender:
    return Sender(http, clock, "fuzz", await add_source(store, "fuzz", per_minute=1_000_000))


@pytest.fixture
async def trader(store: Store, clock: StoppedClock) -> Account:
    person = Person(PersonId(uuid4()), 4242424242, "Ann Trader", frozenset({Role.TRADER}))
    account = Account(AccountId(uuid4()), person.id, "Ann's", TerminalKind.PAPER, "", 1001, "Paper")
    async with store.write() as tx:
        await tx.people.add(person)
        await tx.accounts.add(account, "secret")
        await tx.people.arrived(person.id, 4242424242)
        await tx.people.consent(Consent(person.id, CONSENT_VERSION, clock.now()))
    return account

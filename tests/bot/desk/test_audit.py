"""/audit: who did what, in words, by kind, person and account, in pages and as a file."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any, get_type_hints
from uuid import UUID

import aiohttp
import pytest

from bot.buttons.audit import AuditAct, AuditTap
from bot.sandbox import Sandbox, SandboxClient
from bot.views.audit import KINDS, AuditPage, Names, audit, file_caption, in_words, kinds, whose
from bot.views.markup import Rendered, keyboard
from bot.words.fluent import bundle
from core.desk import Desk
from core.model.catalogue import CATALOGUE
from core.model.events import Event, EventFilter, Json, Recorded
from core.model.ids import AccountId, PersonId
from core.model.people import Language, Person
from core.model.risk import DESK, Place
from core.risk.locks import lock, pause
from tests.bot.snapshots import READERS, check_shown
from tests.bot.stage import Cast
from tests.bot.wording import reply

NOW = datetime(2026, 11, 21, 3, tzinfo=UTC)


async def ask(people: SandboxClient, person: Person, text: str, answer: str) -> dict[str, Any]:
    said = await people.say(person.telegram_id, text)
    return await people.wait_for(person.telegram_id, answer, after=said["message_id"])


@pytest.fixture
async def history(desk: Desk, cast: Cast) -> None:
    """Olga has locked Tara's account, Adam has paused the desk, and nobody twelve builds of a terminal."""
    await lock(desk, cast.owner, Place(cast.account_of(cast.tara).id), "her holiday")
    await pause(desk, cast.admin, "NFP", DESK)
    async with desk.store.write() as tx:
        account = cast.account_of(cast.tom).id
        builds = [
            Event("health.build", desk.clock.now(), str(account), {"build": 5000 + number}, account)
            for number in range(12)
        ]
        await tx.events.append(*builds)


@pytest.mark.usefixtures("running", "history")
class TestAudit:
    async def test_it_is_for_owners_and_admins(self, people: SandboxClient, cast: Cast) -> None:
        for person in (cast.owner, cast.admin):
            await ask(people, person, "/audit", "The terminal's build is 5011")
        await ask(people, cast.tara, "/audit", "is not for your role")
        await people.tap_stale(cast.tara.telegram_id, AuditTap(act=AuditAct.EXPORT).pack(), 1)
        await people.wait_for_answer(cast.tara.telegram_id, reply("not-your-button"))

    async def test_pages_go_back_in_time_and_to_the_newest(self, people: SandboxClient, cast: Cast) -> None:
        owner = cast.owner.telegram_id
        first = await ask(people, cast.owner, "/audit", "build is 5011")
        assert "build is 5003" not in first["text"]
        await people.tap(owner, "Older ›")
        second = await people.wait_for(owner, "build is 5003")
        assert second["message_id"] == first["message_id"]
        assert "build is 5004" not in second["text"]
        assert "The desk is paused by Adam: NFP" in second["text"]
        assert "Older ›" not in second["buttons"]
        await people.tap(owner, "‹ Newest")
        await people.wait_for(owner, "build is 5011")

    @pytest.mark.parametrize(
        ("asked", "shown", "hidden"),
        [
            ("/audit lock", "her holiday", "NFP"),
            ("/audit olga", "her holiday", "NFP"),
            ("/audit ADAM", "NFP", "her holiday"),
            ("/audit desk Adam", "NFP", "her holiday"),
            ("/audit Tara's paper", "her holiday", "NFP"),
            ("/audit Locks", "her holiday", "NFP"),
        ],
    )
    async def test_it_is_narrowed_by_words(
        self, people: SandboxClient, cast: Cast, asked: str, shown: str, hidden: str
    ) -> None:
        text = (await ask(people, cast.owner, asked, shown))["text"]
        assert hidden not in text
        assert "build is" not in text

    async def test_it_is_narrowed_by_buttons(self, people: SandboxClient, cast: Cast) -> None:
        owner = cast.owner.telegram_id
        await ask(people, cast.owner, "/audit", "build is 5011")
        await people.tap(owner, "What: all")
        await people.until(
            lambda: people.messages(owner), lambda seen: any("Locks" in one["buttons"] for one in seen)
        )
        await people.tap(owner, "Locks")
        await people.wait_for(owner, "her holiday")
        await people.tap(owner, "Who: all")
        await people.until(
            lambda: people.messages(owner), lambda seen: any("Adam" in one["buttons"] for one in seen)
        )
        await people.tap(owner, "Adam")
        seen = await people.wait_for(owner, "Nothing of the kind happened yet.")
        assert seen["text"].startswith("Audit · Locks · Adam")

    async def test_who_is_unknown_is_told_so(self, people: SandboxClient, cast: Cast) -> None:
        await ask(people, cast.owner, "/audit Zoe", "Nobody and nothing here is called “zoe”. Kinds: door,")

    async def test_the_file_has_what_is_chosen_oldest_first_and_is_an_event(
        self, people: SandboxClient, sandbox: Sandbox, cast: Cast, desk: Desk
    ) -> None:
        owner = cast.owner.telegram_id
        await ask(people, cast.owner, "/audit health", "build is 5011")
        await people.tap(owner, "Export")
        sent = await people.wait_for(owner, "12 events, oldest first.")
        url = f"{sandbox.url}{sent['document']['url']}"
        async with aiohttp.ClientSession() as http, http.get(url) as answer:
            lines = [json.loads(line) for line in (await answer.text()).splitlines()]
        assert [line["data"]["build"] for line in lines] == [5000 + number for number in range(12)]
        assert {line["account"]["label"] for line in lines} == {"Tom's paper"}
        async with desk.store.read() as tx:
            [exported] = await tx.events.page(EventFilter(name_prefix="audit."), 9)
        assert (exported.event.person_id, exported.event.data["events"]) == (cast.owner.id, 12)

    async def test_a_file_that_is_cut_says_so(
        self, people: SandboxClient, cast: Cast, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("bot.handlers.audit.MOST_EXPORTED", 5)
        await ask(people, cast.owner, "/audit health", "build is 5011")
        await people.tap(cast.owner.telegram_id, "Export")
        await people.wait_for(cast.owner.telegram_id, "5 events, oldest first. Only the newest;")


# In words


def made(name: str, **data: Any) -> Event:
    """An event of that name with a fact in every field of its shape."""
    samples: dict[Any, Any] = {int: 3, str: "<x>", list[str]: ["<a>", "b"]}
    fields = get_type_hints(CATALOGUE[name].shape)
    facts = {field: samples.get(kind, "<x>") for field, kind in fields.items()}
    known = {"side": "buy", "state": "approved"}
    if name.startswith("order."):
        known["kind"] = "close_by"
    if name.startswith("reconciliation."):
        known["kind"] = "stops"
    facts |= {field: fact for field, fact in known.items() if field in facts}
    return Event(name, NOW, "subject", facts | data)


@pytest.mark.parametrize("language", Language)
def test_every_event_of_the_catalogue_and_every_kind_has_its_words(language: Language) -> None:
    names = [f"audit-event-{name}" for name in CATALOGUE] + [f"audit-family-{kind}" for kind in KINDS]
    keys = [name.replace(".", "-").replace("_", "-") for name in names]
    assert [key for key in keys if not bundle(language).has_message(key)] == []


@pytest.mark.parametrize("name", CATALOGUE)
def test_each_event_is_written_in_words_whole_or_without_what_may_be_missing(name: str) -> None:
    for words in READERS:
        assert "<x>" not in in_words(made(name), words)
        needed = CATALOGUE[name].shape.__required_keys__  # type: ignore[attr-defined]
        bare = made(name)
        assert in_words(
            Event(name, NOW, "s", {key: fact for key, fact in bare.data.items() if key in needed}), words
        )


def test_an_event_of_an_older_catalogue_is_shown_by_its_name() -> None:
    assert in_words(Event("moon.<rose>", NOW, "m"), READERS[0]) == "moon.&lt;rose&gt;"


NAMES = Names({PersonId(UUID(int=1)): "Olga <O>"}, {AccountId(UUID(int=2)): "Tara's paper"})
DATA: dict[str, Json] = {
    "lock.set": {"text": "Tara's paper is locked by Olga: her holiday"},
    "order.filled": {
        "kind": "open", "symbol": "EURUSD", "side": "buy", "volume": "0.33", "position": "",
        "price": "1.08512", "retcode": 10009, "detail": "",
    },
    "approval.decided": {"state": "approved", "lots": "0.33", "reason": None},
    "signal.received": {"source": "momentum", "external_id": "x", "instrument": "EURUSD", "side": "sell"},
    "door.stranger": {},
}  # fmt: skip


def recorded() -> list[Recorded]:
    return [
        Recorded(
            9 - number,
            Event(name, NOW - timedelta(minutes=number), "777", data, AccountId(UUID(int=2)), who),
        )
        for number, (name, data) in enumerate(DATA.items())
        for who in [PersonId(UUID(int=1)) if number != 1 else None]
    ]


def test_a_page_in_every_language() -> None:
    asked = AuditTap(before=17, kind="lock", whose="p" + "x" * 22)
    check_shown("audit", lambda words: audit(AuditPage(recorded(), asked, "Olga <O>", True), NAMES, words))
    check_shown("audit-none", lambda words: audit(AuditPage([], AuditTap(), "", False), NAMES, words))
    known = {"p" + "x" * 22: "Olga", "a" + "y" * 22: "Tara's paper"}
    check_shown("audit-kinds", lambda words: Rendered("·", keyboard(*kinds(AuditTap(), words))))
    check_shown("audit-whose", lambda words: Rendered("·", keyboard(*whose(AuditTap(), known, words))))
    check_shown("audit-file", lambda words: Rendered(file_caption(10_000, words, cut=True)))


def test_the_longest_page_fits_into_a_message() -> None:
    long = "<&>" * 300
    event = Event(
        "task.gave_up", NOW, long, dict.fromkeys(("part", "account", "error"), long) | {"seconds": 1}
    )
    names = Names({PersonId(UUID(int=1)): long}, {AccountId(UUID(int=2)): long})
    events = [Recorded(2**40, replace_ids(event))] * 8
    check_shown("audit-longest", lambda words: audit(AuditPage(events, AuditTap(), long, True), names, words))


def replace_ids(event: Event) -> Event:
    return Event(
        event.name, event.at, event.subject, event.data, AccountId(UUID(int=2)), PersonId(UUID(int=1))
    )

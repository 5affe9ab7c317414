"""What people choose for themselves, /version, and /forget."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.buttons.people import ForgetTap, ZoneTap
from bot.sandbox import SandboxClient
from core import __version__
from core.desk import Desk
from core.model.approvals import ApprovalState
from core.model.people import Language, Person
from core.model.risk import LockKind, Place
from core.mt5 import contract as mt5
from core.mt5.pool import Pool
from core.paper.hands import Hands
from core.ports import Store
from storage.store import SqlStore
from storage.tables import metadata
from tests.bot.conftest import SendSignal
from tests.bot.stage import Cast, QuickClock, at_broker, eventually, terminal_here
from tests.bot.wording import ENGLISH

pytestmark = pytest.mark.usefixtures("running")


async def ask(people: SandboxClient, person: Person, text: str, wanted: str) -> str:
    said = await people.say(person.telegram_id, text)
    answer = await people.wait_for(person.telegram_id, wanted, after=said["message_id"])
    return str(answer["text"])


async def now(store: Store, person: Person) -> Person | None:
    async with store.read() as tx:
        return await tx.people.by_telegram_id(person.telegram_id)


class TestSettings:
    async def test_a_language_is_spoken_from_the_next_word_on(
        self, people: SandboxClient, cast: Cast, store: Store
    ) -> None:
        tara = cast.tara.telegram_id
        await ask(people, cast.tara, "/settings", "Language: English")
        await people.tap(tara, ENGLISH.label("settings-language"))
        await people.wait_for(tara, "Choose your language")
        await people.tap(tara, "русский")
        await people.wait_for(tara, "Теперь я говорю с вами по-русски")
        person = await now(store, cast.tara)
        assert person is not None
        assert person.language is Language.RUSSIAN
        await ask(people, cast.tara, "/nonsense", "Команды /nonsense нет")
        await ask(people, cast.tara, "/language es", "Ahora te hablo en español")
        await ask(people, cast.tara, "/lang", "Elige tu idioma")
        await ask(people, cast.tara, "/language de", "Escríbelo así: /language ru")

    async def test_a_time_zone_by_the_name_of_a_city(
        self, people: SandboxClient, cast: Cast, store: Store
    ) -> None:
        tara = cast.tara.telegram_id
        await ask(people, cast.tara, "/settings", "Time zone: UTC")
        await people.tap(tara, ENGLISH.label("settings-zone"))
        await people.wait_for(tara, "Choose your time zone")
        await people.tap(tara, ENGLISH.label("settings-city"))
        await people.wait_for(tara, "Write the name of your city")
        await ask(people, cast.tara, "Atlantis", "I do not know that city")
        await ask(people, cast.tara, "san", "Which one is meant?")
        await ask(people, cast.tara, "мадрид", "Your time zone is Europe/Madrid")
        person = await now(store, cast.tara)
        assert person is not None
        assert person.zone == "Europe/Madrid"
        await ask(people, cast.tara, "madrid", ENGLISH.label("reply-plain-text"))

    async def test_a_time_zone_by_its_distance(self, people: SandboxClient, cast: Cast, store: Store) -> None:
        tara = cast.tara.telegram_id
        await ask(people, cast.tara, "/settings", "Time zone: UTC")
        await people.tap(tara, ENGLISH.label("settings-zone"))
        await people.wait_for(tara, "Choose your time zone")
        await people.tap(tara, "UTC+3")
        await people.wait_for(tara, "Your time zone is Etc/GMT-3")
        await people.tap_stale(tara, ZoneTap(zone="Mars/Olympus").pack(), 1)
        await people.wait_for_answer(tara, "not known here")
        person = await now(store, cast.tara)
        assert person is not None
        assert person.zone == "Etc/GMT-3"

    async def test_going_back_ends_the_question_for_a_city(self, people: SandboxClient, cast: Cast) -> None:
        tara = cast.tara.telegram_id
        await ask(people, cast.tara, "/settings", "Time zone: UTC")
        await people.tap(tara, ENGLISH.label("settings-zone"))
        await people.wait_for(tara, "Choose your time zone")
        await people.tap(tara, ENGLISH.label("settings-city"))
        await people.wait_for(tara, "Write the name of your city")
        await people.tap(tara, ENGLISH.label("settings-back"))
        await people.wait_for(tara, "Your settings")
        await ask(people, cast.tara, "Madrid", ENGLISH.label("reply-plain-text"))

    async def test_buttons_lead_to_other_commands(self, people: SandboxClient, cast: Cast) -> None:
        await ask(people, cast.tara, "/settings", "Your settings")
        await people.tap(cast.tara.telegram_id, ENGLISH.label("settings-consent"))
        await people.wait_for(cast.tara.telegram_id, "The risk text in force")

    async def test_the_version(self, people: SandboxClient, cast: Cast) -> None:
        seen = await ask(people, cast.tara, "/version", f"Tapdesk {__version__}")
        assert "Python 3." in seen
        assert "SQLite 3." in seen
        assert "Running for" in seen


class TestForgetting:
    async def test_a_viewer_gets_their_data_and_is_a_stranger_then(
        self, people: SandboxClient, cast: Cast, store: Store
    ) -> None:
        async with store.write() as tx:
            await tx.people.put(replace(cast.admin, name="Adamina"))
        admin = cast.admin.telegram_id
        asked = await ask(people, cast.admin, "/forget", "Forget you for good?")
        assert "your account" not in asked
        await people.tap(admin, ENGLISH.label("forget-yes"))
        sent = await people.wait_for(admin, ENGLISH.label("forget-file"))
        await people.wait_for(admin, "You are forgotten.")
        assert sent["document"] is not None
        assert await now(store, cast.admin) is None
        said = await people.say(admin, "/status")
        await people.wait_for(admin, ENGLISH.label("reply-private-desk"), after=said["message_id"])

    async def test_who_keeps_everything_is_still_known(
        self, people: SandboxClient, cast: Cast, store: Store, desk: Desk
    ) -> None:
        admin = cast.admin.telegram_id
        await ask(people, cast.admin, "/forget", "Forget you for good?")
        await people.tap(admin, ENGLISH.label("forget-no"))
        await people.wait_for(admin, ENGLISH.label("forget-kept"))
        late = int((desk.clock.now() - timedelta(seconds=1)).timestamp())
        await people.tap_stale(admin, ForgetTap(forget=True, until=late).pack(), 1)
        await people.wait_for_answer(admin, ENGLISH.label("question-lapsed"))
        assert await now(store, cast.admin) is not None

    async def test_nobody_is_erased_who_did_not_get_the_file(
        self, people: SandboxClient, cast: Cast, store: Store
    ) -> None:
        await ask(people, cast.admin, "/forget", "Forget you for good?")
        await people.fault("sendDocument", 400, times=1)
        await people.tap(cast.admin.telegram_id, ENGLISH.label("forget-yes"))
        await people.wait_for(cast.admin.telegram_id, "went wrong on our side")
        assert await now(store, cast.admin) is not None

    async def test_the_last_owner_cannot_be_forgotten(
        self, people: SandboxClient, cast: Cast, store: Store, desk: Desk
    ) -> None:
        await ask(people, cast.owner, "/forget", "You are the last owner")
        soon = int((desk.clock.now() + timedelta(seconds=20)).timestamp())
        await people.tap_stale(cast.owner.telegram_id, ForgetTap(forget=True, until=soon).pack(), 1)
        await people.wait_for_answer(cast.owner.telegram_id)
        assert await now(store, cast.owner) is not None

    async def test_whom_the_desk_file_names_has_to_be_taken_out_of_it(
        self, people: SandboxClient, cast: Cast, store: Store
    ) -> None:
        async with store.write() as tx:
            await tx.people.put(replace(cast.admin, of_desk_file=True))
        await ask(people, cast.admin, "/forget", "The desk file names you")

    async def test_nobody_is_forgotten_out_of_a_lock(
        self, people: SandboxClient, cast: Cast, store: Store, desk: Desk
    ) -> None:
        place = Place(cast.account_of(cast.tara).id)
        async with store.write() as tx:
            await tx.locks.set(LockKind.DRAWDOWN, place, "drawdown 20 % reached", desk.clock.now(), None)
        await ask(people, cast.tara, "/forget", "is locked by the guard or by the desk")
        soon = int((desk.clock.now() + timedelta(seconds=20)).timestamp())
        await people.tap_stale(cast.tara.telegram_id, ForgetTap(forget=True, until=soon).pack(), 1)
        await people.wait_for_answer(cast.tara.telegram_id)
        assert await now(store, cast.tara) is not None

        async def locks() -> list[LockKind]:
            async with store.read() as tx:
                return [lock.kind for lock in await tx.locks.active(place)]

        await eventually(locks, [LockKind.DRAWDOWN])

    async def test_an_account_that_cannot_be_read_is_not_flat(
        self, people: SandboxClient, cast: Cast, store: Store
    ) -> None:
        await ask(people, cast.tara, "/forget", "Tara's paper cannot be read now")
        assert await now(store, cast.tara) is not None


class TestForgettingATrader:
    """With an account whose terminal is in this process."""

    @pytest.fixture
    async def terminals(self, store: Store, clock: QuickClock) -> AsyncIterator[Pool]:
        async with terminal_here(store, clock) as pool:
            yield pool

    @pytest.fixture
    def broker(self, cast: Cast, tmp_path: Path) -> Iterator[Hands]:
        with at_broker(cast.account_of(cast.tara), tmp_path / "broker.book") as hands:
            yield hands

    async def test_what_is_open_is_told_and_nobody_erased(
        self, people: SandboxClient, cast: Cast, store: Store, broker: Hands
    ) -> None:
        broker.open_position(cast.account_of(cast.tara).login, "EURUSD", mt5.ORDER_TYPE_BUY, 0.1)
        await ask(people, cast.tara, "/forget", "One position is open. Close it first.")
        soon = int(datetime.now(UTC).timestamp()) + 20
        await people.tap_stale(cast.tara.telegram_id, ForgetTap(forget=True, until=soon).pack(), 1)
        await people.wait_for_answer(cast.tara.telegram_id)
        assert await now(store, cast.tara) is not None

    @pytest.mark.usefixtures("broker")
    async def test_nothing_of_a_flat_trader_is_left_but_trades(
        self, people: SandboxClient, cast: Cast, store: SqlStore, send_signal: SendSignal
    ) -> None:
        tara = cast.tara.telegram_id
        [approval] = await send_signal(cast.tara)
        await people.wait_for(tara, "BUY EURUSD")
        asked = await ask(people, cast.tara, "/forget", "Forget you for good?")
        assert "the login and password of your account" in asked
        await people.tap(tara, ENGLISH.label("forget-yes"))
        await people.wait_for(tara, "You are forgotten.")
        await people.wait_for(cast.owner.telegram_id, "no longer known here")
        kept = await every_value(store)
        account = cast.account_of(cast.tara)
        naming = ("Tara", cast.tara.id.hex, str(cast.tara.id), str(account.login))
        assert [word for word in naming if any(word in value for value in kept)] == []
        assert str(tara) not in kept
        async with store.read() as tx:
            card = await tx.approvals.get(approval.id)
            assert card is not None
            assert card.state is ApprovalState.WITHDRAWN
            assert [each.label for each in await tx.accounts.all()] == ["Tom's paper"]


async def every_value(store: SqlStore) -> list[str]:
    """Of every column of every row."""
    async with store.database.readers.begin() as connection:
        found = [await connection.execute(select(table)) for table in metadata.sorted_tables]
    return [str(value) for rows in found for row in rows for value in row]

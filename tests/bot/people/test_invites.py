"""How strangers come in: one-time links, and requests that somebody of the desk decides."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.buttons.people import AskToJoinTap, InviteAct, InviteTap, KnockAct, KnockTap
from bot.context import App
from bot.sandbox import SandboxClient
from bot.telegram.dispatcher import DeskDispatcher, make_dispatcher
from core.desk import Desk
from core.model.errors import NotAllowed, Refused
from core.model.people import Language, Person, Role
from core.people.door import ASK_AGAIN_AFTER, MOST_ASKS
from core.people.invites import invite
from core.people.roles import block
from core.ports import Store
from tests.bot.stage import Cast, QuickClock, eventually
from tests.bot.wording import ENGLISH, reply

pytestmark = pytest.mark.usefixtures("running", "cast")

DAY = timedelta(days=1)
Handled = Callable[[], Awaitable[None]]


async def link(people: SandboxClient, person: Person, command: str = "/invite") -> str:
    """Ask for an invite; the link that is shown."""
    said = await people.say(person.telegram_id, command)
    shown = await people.wait_for(person.telegram_id, "?start=", after=said["message_id"])
    return next(line for line in str(shown["text"]).splitlines() if "?start=" in line)


async def told(people: SandboxClient, who: int, wanted: str) -> str:
    return str((await people.wait_for(who, wanted))["text"])


async def known(store: Store, telegram_id: int) -> Person | None:
    async with store.read() as tx:
        return await tx.people.by_telegram_id(telegram_id)


def heard(text: str) -> str:
    return ENGLISH.label(f"invite-{text}")


class TestInvites:
    async def test_a_link_lets_a_stranger_in_in_their_language(
        self, people: SandboxClient, cast: Cast, store: Store
    ) -> None:
        url = await link(people, cast.admin, "/invite viewer")
        vera = await people.add_user("Вера", language_code="ru-RU")
        await people.follow(vera, url)
        await told(people, vera, "Добро пожаловать в Test desk, Вера. Ваша роль: наблюдатель")
        await told(people, vera, "прежде чем начать")
        person = await known(store, vera)
        assert person is not None
        assert (person.roles, person.language) == (frozenset({Role.VIEWER}), Language.RUSSIAN)
        assert (person.chat_id, person.met, person.of_desk_file) == (vera, False, False)
        for teller in (cast.admin, cast.owner):
            await told(people, teller.telegram_id, "Вера is here as viewer, invited by Adam")

    async def test_another_language_than_the_desk_speaks_is_english(
        self, people: SandboxClient, cast: Cast
    ) -> None:
        fritz = await people.add_user("Fritz", language_code="de")
        await people.follow(fritz, await link(people, cast.owner))
        await told(people, fritz, "Welcome to Test desk, Fritz. Your role: trader")

    async def test_a_used_link_is_used_up_and_the_second_stranger_told(
        self, people: SandboxClient, cast: Cast, store: Store
    ) -> None:
        url = await link(people, cast.owner)
        first, second = await people.add_user("First"), await people.add_user("Second")
        await people.follow(first, url)
        await told(people, first, "Welcome")
        await people.follow(second, url)
        await told(people, second, heard("used-up"))
        assert await known(store, second) is None

    async def test_of_two_who_want_the_last_use_one_gets_it(
        self, people: SandboxClient, cast: Cast, store: Store
    ) -> None:
        url = await link(people, cast.owner, "/invite 2 trader 1h")
        strangers = [await people.add_user(f"Guest {number}") for number in range(4)]
        await asyncio.gather(*(people.follow(stranger, url) for stranger in strangers))

        async def settled() -> int:
            said = [await people.messages(stranger) for stranger in strangers]
            return sum(any(m["from_bot"] for m in messages) for messages in said)

        await eventually(settled, 4)
        inside = [stranger for stranger in strangers if await known(store, stranger)]
        assert len(inside) == 2
        for stranger in set(strangers) - set(inside):
            await told(people, stranger, heard("used-up"))

    async def test_the_same_person_twice_takes_one_use(
        self, people: SandboxClient, cast: Cast, store: Store
    ) -> None:
        url = await link(people, cast.owner, "/invite trader 2")
        nina = await people.add_user("Nina")
        await people.follow(nina, url)
        await told(people, nina, "Welcome")
        await people.follow(nina, url)
        await told(people, nina, heard("in-already"))
        async with store.read() as tx:
            [left] = await tx.invites.open(datetime.now(UTC))
        assert left.left == 1

    async def test_an_invite_changes_nobodys_role(
        self, people: SandboxClient, cast: Cast, store: Store
    ) -> None:
        url = await link(people, cast.owner, "/invite admin")
        await people.follow(cast.tara.telegram_id, url)
        await told(people, cast.tara.telegram_id, heard("in-already"))
        person = await known(store, cast.tara.telegram_id)
        assert person is not None
        assert person.roles == {Role.TRADER}

    async def test_who_had_lost_all_roles_comes_back_by_an_invite(
        self, people: SandboxClient, cast: Cast, store: Store
    ) -> None:
        async with store.write() as tx:
            await tx.people.put(replace(cast.tom, roles=frozenset()))
        await people.follow(cast.tom.telegram_id, await link(people, cast.owner, "/invite viewer"))
        await told(people, cast.tom.telegram_id, "Welcome to Test desk, Tom. Your role: viewer")

    async def test_an_invite_expires(
        self, people: SandboxClient, cast: Cast, clock: QuickClock, store: Store
    ) -> None:
        url = await link(people, cast.owner, "/invite 30m")
        clock.skipped_s += 31 * 60
        late = await people.add_user("Late")
        await people.follow(late, url)
        await told(people, late, heard("expired"))
        assert await known(store, late) is None

    async def test_a_revoked_invite_lets_nobody_in_and_is_revoked_once(
        self, people: SandboxClient, cast: Cast, store: Store
    ) -> None:
        owner = cast.owner.telegram_id
        url = await link(people, cast.owner)
        await people.tap(owner, ENGLISH.label("invites-revoke"))
        shown = await people.wait_for(owner, "is taken back")
        late = await people.add_user("Late")
        await people.follow(late, url)
        await told(people, late, heard("revoked"))
        async with store.read() as tx:
            assert await tx.invites.open(datetime.now(UTC)) == []
        again = InviteTap(act=InviteAct.REVOKE, invite=1).pack()
        await people.tap_stale(owner, again, shown["message_id"])
        await people.wait_for_answer(owner, "revoked already")

    async def test_a_made_up_token_is_not_known(self, people: SandboxClient) -> None:
        eve = await people.add_user("Eve")
        await people.say(eve, "/start AAAABBBBCCCCDDDDEEEEFFFFGGGGHHHH")
        await told(people, eve, heard("unknown"))

    async def test_an_invite_is_worth_what_its_maker_may_do(
        self, people: SandboxClient, cast: Cast, desk: Desk
    ) -> None:
        url = await link(people, cast.admin)
        await block(desk, cast.owner, cast.admin.id)
        late = await people.add_user("Late")
        await people.follow(late, url)
        await told(people, late, heard("revoked"))

    async def test_the_list_of_invites_is_ones_own_or_an_owners(
        self, people: SandboxClient, cast: Cast
    ) -> None:
        await link(people, cast.admin, "/invite viewer 5 2d")
        await link(people, cast.owner, "/invite admin")
        await people.tap(cast.owner.telegram_id, ENGLISH.label("invites-all"))
        seen = await told(people, cast.owner.telegram_id, ENGLISH.label("invites-title"))
        assert "#1 viewer · 5 uses left" in seen
        assert "#2 admin · one use left" in seen
        await people.tap(cast.admin.telegram_id, ENGLISH.label("invites-all"))
        own = await told(people, cast.admin.telegram_id, ENGLISH.label("invites-title"))
        assert "admin · one use" not in own
        forged = InviteTap(act=InviteAct.REVOKE, invite=2).pack()
        await people.tap_stale(cast.admin.telegram_id, forged, 1)
        await people.wait_for_answer(cast.admin.telegram_id, "not yours")
        await people.tap(cast.admin.telegram_id, ENGLISH.label("invites-new-viewer"))
        await told(people, cast.admin.telegram_id, "An invite for one viewer")

    @pytest.mark.parametrize(
        ("command", "hint"),
        [
            ("/invite owner", "You cannot invite anybody as owner"),
            ("/invite admin", "You cannot invite anybody as admin"),
            ("/invite trader 0", "good for 1 to 100 people"),
            ("/invite trader 101", "good for 1 to 100 people"),
            ("/invite 31d", "lasts from a minute to 30 days"),
            ("/invite 0m", "lasts from a minute to 30 days"),
            ("/invite tradr", "tradr is no role"),
        ],
    )
    async def test_what_cannot_be_invited(
        self, people: SandboxClient, cast: Cast, command: str, hint: str
    ) -> None:
        await people.say(cast.admin.telegram_id, command)
        await told(people, cast.admin.telegram_id, hint)

    async def test_a_trader_invites_nobody(self, people: SandboxClient, cast: Cast, desk: Desk) -> None:
        await people.say(cast.tara.telegram_id, "/invite")
        await told(people, cast.tara.telegram_id, "/invite is not for your role")
        with pytest.raises(NotAllowed):
            await invite(desk, cast.tara, Role.VIEWER, 1, DAY)
        with pytest.raises(Refused):
            await invite(desk, cast.owner, Role.VIEWER, 0, DAY)
        forged = InviteTap(act=InviteAct.NEW, role=Role.OWNER).pack()
        await people.tap_stale(cast.tara.telegram_id, forged, 1)
        await people.wait_for_answer(cast.tara.telegram_id, reply("not-your-button"))

    async def test_only_a_hash_of_the_token_is_kept(
        self, people: SandboxClient, cast: Cast, store: Store
    ) -> None:
        url = await link(people, cast.owner)
        token = url.partition("start=")[2]
        assert len(token) == 32
        async with store.read() as tx:
            assert await tx.invites.by_digest(token) is None


class TestRequests:
    """With TAPDESK_JOIN_REQUESTS on."""

    @pytest.fixture
    def dispatcher(self, app: App) -> DeskDispatcher:
        return make_dispatcher(replace(app, join_requests=True))

    async def asking(self, people: SandboxClient, name: str = "Sam") -> int:
        stranger = await people.add_user(name)
        await people.say(stranger, "/start")
        await people.wait_for(stranger, ENGLISH.label("join-may-ask"))
        await people.tap(stranger, ENGLISH.label("join-ask"))
        await people.wait_for_answer(stranger, ENGLISH.label("join-sent"))
        return stranger

    async def test_who_asks_is_let_in_by_an_admins_tap(
        self, people: SandboxClient, cast: Cast, store: Store
    ) -> None:
        sam = await self.asking(people)
        for reader in (cast.owner, cast.admin):
            seen = await told(people, reader.telegram_id, "A stranger asks to join")
            assert "Sam" in seen
            assert str(sam) in seen
        await people.tap(cast.admin.telegram_id, ENGLISH.label("knock-let-in-trader"))
        await told(people, sam, "before you begin")
        for reader in (cast.owner, cast.admin):
            decided = await people.wait_for(reader.telegram_id, "Adam let them in as trader")
            assert decided["buttons"] == []
        person = await known(store, sam)
        assert person is not None
        assert (person.name, person.roles) == ("Sam", frozenset({Role.TRADER}))

    async def test_it_is_decided_once(self, people: SandboxClient, cast: Cast, store: Store) -> None:
        sam = await self.asking(people)
        await told(people, cast.owner.telegram_id, "asks to join")
        await told(people, cast.admin.telegram_id, "asks to join")
        async with store.read() as tx:
            knock = await tx.knocks.by_telegram_id(sam)
        assert knock is not None
        yes, no = (KnockTap(act=act, knock=knock.id).pack() for act in (KnockAct.VIEWER, KnockAct.DECLINE))
        await people.tap_stale(cast.owner.telegram_id, no, 1)
        await told(people, sam, ENGLISH.label("join-declined"))
        await people.tap_stale(cast.admin.telegram_id, yes, 1)
        await people.wait_for_answer(cast.admin.telegram_id, "decided already")
        assert await known(store, sam) is None

    async def test_asking_again_is_limited(
        self, people: SandboxClient, cast: Cast, clock: QuickClock
    ) -> None:
        sam = await self.asking(people)
        again = AskToJoinTap().pack()
        await people.tap_stale(sam, again, 1)
        await people.wait_for_answer(sam, ENGLISH.label("join-waits"))
        for _ in range(MOST_ASKS - 1):
            await self.decline(people, cast, sam)
            await people.tap_stale(sam, again, 1)
            await people.wait_for_answer(sam, ENGLISH.label("join-too-soon"))
            clock.skipped_s += ASK_AGAIN_AFTER.total_seconds()
            await people.tap_stale(sam, again, 1)
            await people.wait_for_answer(sam, ENGLISH.label("join-sent"))
        await self.decline(people, cast, sam)
        clock.skipped_s += 10 * ASK_AGAIN_AFTER.total_seconds()
        await people.tap_stale(sam, again, 1)
        await people.wait_for_answer(sam, ENGLISH.label("join-enough"))
        said = await people.say(sam, "/start")
        await people.wait_for(sam, ENGLISH.label("join-enough"), after=said["message_id"])

    async def test_a_crowd_that_asks_rings_nobody_without_end(
        self, people: SandboxClient, cast: Cast, all_handled: Handled, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        await self.asking(people)
        monkeypatch.setattr("core.people.door.TOLD_AN_HOUR", 1)
        eve = await people.add_user("Eve")
        await people.say(eve, "/start")
        await people.wait_for(eve, ENGLISH.label("join-may-ask"))
        await people.tap(eve, ENGLISH.label("join-ask"))
        await people.wait_for_answer(eve, ENGLISH.label("join-crowded"))
        await all_handled()
        asked = [m["text"] for m in await people.messages(cast.admin.telegram_id) if "asks" in m["text"]]
        assert len(asked) == 1
        assert "Sam" in asked[0]

    async def decline(self, people: SandboxClient, cast: Cast, stranger: int) -> None:
        owner = cast.owner.telegram_id
        before = len(
            [m for m in await people.messages(stranger) if m["text"] == ENGLISH.label("join-declined")]
        )
        await people.until(lambda: people.messages(owner), lambda seen: "No" in seen[-1]["buttons"])
        await people.tap(owner, ENGLISH.label("no"))
        await people.until(lambda: people.messages(owner), lambda seen: "said no" in seen[-1]["text"])
        assert await self.refusals(people, stranger) == before + 1

    async def refusals(self, people: SandboxClient, stranger: int) -> int:
        said = ENGLISH.label("join-declined")
        return sum(message["text"] == said for message in await people.messages(stranger))

    async def test_a_request_in_another_language(self, people: SandboxClient, cast: Cast) -> None:
        pablo = await people.add_user("Pablo", language_code="es")
        await people.say(pablo, "/start")
        await told(people, pablo, "Puedes pedir acceso")
        await people.tap(pablo, "Pedir acceso")
        await told(people, cast.owner.telegram_id, "A stranger asks to join")


class TestClosedDoor:
    """Without join requests, as it is by default."""

    async def test_nobody_can_ask(self, people: SandboxClient) -> None:
        sam = await people.add_user("Sam")
        await people.say(sam, "/start")
        shown = await people.wait_for(sam, reply("private-desk"))
        assert shown["buttons"] == []
        await people.tap_stale(sam, AskToJoinTap().pack(), shown["message_id"])
        await people.wait_for_answer(sam, reply("private-desk"))

    async def test_the_owner_lets_a_stranger_in_who_has_only_knocked(
        self, people: SandboxClient, cast: Cast
    ) -> None:
        sam = await people.add_user("Sam")
        await people.say(sam, "hello?")
        await told(people, cast.owner.telegram_id, "A stranger wrote to the desk")
        await people.tap(cast.owner.telegram_id, ENGLISH.label("knock-let-in-viewer"))
        await told(people, sam, "before you begin")
        await told(people, cast.owner.telegram_id, "Olga let them in as viewer")

    async def test_a_stranger_who_is_ignored_hears_nothing(
        self, people: SandboxClient, cast: Cast, all_handled: Handled
    ) -> None:
        sam = await people.add_user("Sam")
        await people.say(sam, "hello?")
        await told(people, cast.owner.telegram_id, "A stranger wrote to the desk")
        await people.tap(cast.owner.telegram_id, ENGLISH.label("knock-ignore"))
        await told(people, cast.owner.telegram_id, "Olga ignores this")
        await people.say(sam, "/start")
        await all_handled()
        assert len([m for m in await people.messages(sam) if m["from_bot"]]) == 1

    async def test_a_trader_decides_about_nobody(
        self, people: SandboxClient, cast: Cast, store: Store
    ) -> None:
        sam = await people.add_user("Sam")
        await people.say(sam, "hello?")
        await told(people, cast.owner.telegram_id, "A stranger wrote to the desk")
        forged = KnockTap(act=KnockAct.TRADER, knock=1).pack()
        await people.tap_stale(cast.tara.telegram_id, forged, 1)
        await people.wait_for_answer(cast.tara.telegram_id, reply("not-your-button"))
        assert await known(store, sam) is None

    async def test_a_crowd_does_not_drown_the_owner(
        self, people: SandboxClient, cast: Cast, all_handled: Handled, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("core.people.door.TOLD_AN_HOUR", 2)
        for number in range(4):
            await people.say(await people.add_user(f"Crowd {number}"), "hi")
        await all_handled()
        await people.until(
            lambda: people.messages(cast.owner.telegram_id),
            lambda seen: len([m for m in seen if "stranger" in m["text"]]) == 2,
        )

    async def test_a_name_cannot_break_the_message(self, people: SandboxClient, cast: Cast) -> None:
        await people.say(await people.add_user("<b>Eve\u202e", last_name="&" * 60), "hi")
        seen = await told(people, cast.owner.telegram_id, "<b>Eve")
        assert "\u202e" not in seen

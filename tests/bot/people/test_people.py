"""/users, /role, /block: who may change whom, and what follows from it."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import pytest

from bot.buttons.people import BlockTap, PersonAct, PersonTap, RolesTap, UsersTap, mask_of
from bot.sandbox import Sandbox, SandboxClient
from core.desk import Desk
from core.model.accounts import Source
from core.model.approvals import ApprovalState
from core.model.ids import PersonId
from core.model.people import Person, Role
from core.model.standing import StandingApproval
from core.people.roles import block
from core.ports import Store
from tests.bot.conftest import SendSignal
from tests.bot.stage import Cast, eventually, join
from tests.bot.wording import ENGLISH, reply

pytestmark = pytest.mark.usefixtures("running")

Handled = Callable[[], Awaitable[None]]
OWNERS_ONLY = "That is for an owner"


async def ask(people: SandboxClient, person: Person, text: str, wanted: str) -> str:
    said = await people.say(person.telegram_id, text)
    answer = await people.wait_for(person.telegram_id, wanted, after=said["message_id"])
    return str(answer["text"])


async def now(store: Store, person: Person) -> Person:
    async with store.read() as tx:
        found = await tx.people.get(person.id)
    assert found is not None
    return found


def until(desk: Desk, seconds: int = 20) -> int:
    return int((desk.clock.now() + timedelta(seconds=seconds)).timestamp())


class TestUsers:
    async def test_everybody_is_listed_by_role_with_their_state(
        self, people: SandboxClient, cast: Cast, store: Store, sandbox: Sandbox
    ) -> None:
        await join(store, sandbox.world, "Nina", Role.VIEWER, consented=False)
        async with store.write() as tx:
            await tx.people.unreachable(cast.tom.id)
        seen = await ask(people, cast.admin, "/users", "5 people")
        assert seen.index("Olga") < seen.index("Adam") < seen.index("Tara") < seen.index("Nina")
        assert "one owner · one admin · 2 traders · one viewer" in seen
        assert "Nina · viewer · has not pressed Start yet" in seen
        assert "Tom · trader · has blocked the bot" in seen

    async def test_a_long_list_has_pages(self, people: SandboxClient, cast: Cast, store: Store) -> None:
        async with store.write() as tx:
            for number in range(12):
                roles = frozenset({Role.VIEWER})
                await tx.people.add(Person(PersonId(uuid4()), 90_000 + number, f"V{number:02}", roles))
        first = await ask(people, cast.owner, "/users", "16 people")
        assert "V11" not in first
        await people.tap(cast.owner.telegram_id, "›")
        second = await people.wait_for(cast.owner.telegram_id, lambda m: "2/2" in m["buttons"])
        assert "V11" in second["text"]
        await people.tap_stale(cast.owner.telegram_id, UsersTap(page=99).pack(), second["message_id"])
        await people.tap(cast.owner.telegram_id, "V11")
        await people.wait_for(cast.owner.telegram_id, "Telegram id 90011")

    async def test_a_person_is_shown_with_what_the_reader_may_change(
        self, people: SandboxClient, cast: Cast
    ) -> None:
        owner, admin = cast.owner.telegram_id, cast.admin.telegram_id
        await ask(people, cast.admin, "/users", "4 people")
        await people.tap(admin, "Tara")
        seen = await people.wait_for(admin, "Tara's paper")
        assert "Make viewer" in seen["buttons"]
        assert "Make admin" not in seen["buttons"]
        await people.tap(admin, ENGLISH.label("users-back"))
        await people.wait_for(admin, "4 people")
        await people.tap(admin, "Olga")
        seen = await people.wait_for(admin, "Roles: owner")
        assert seen["buttons"] == [ENGLISH.label("users-back")]
        await ask(people, cast.owner, "/users", "4 people")
        await people.tap(owner, "Adam")
        seen = await people.wait_for(owner, "Roles: admin")
        assert {"Make owner", "Make trader", "Block"} <= set(seen["buttons"])


class TestRoles:
    async def test_roles_change_with_a_second_tap_and_both_are_told(
        self, people: SandboxClient, cast: Cast, store: Store
    ) -> None:
        owner = cast.owner.telegram_id
        asked = await ask(people, cast.owner, "/role tom trader viewer", "Change the roles of Tom?")
        assert "Now: trader" in asked
        assert "Then: trader, viewer" in asked
        assert (await now(store, cast.tom)).roles == {Role.TRADER}
        await people.tap(owner, ENGLISH.label("roles-yes"))
        await people.wait_for(owner, "Tom is now: trader, viewer")
        assert (await now(store, cast.tom)).roles == {Role.TRADER, Role.VIEWER}
        await people.wait_for(cast.tom.telegram_id, "Tom is now trader, viewer, by Olga")

    async def test_a_question_lapses_and_a_double_tap_is_stale(
        self, people: SandboxClient, cast: Cast, store: Store, desk: Desk
    ) -> None:
        owner = cast.owner.telegram_id
        after = frozenset({Role.VIEWER})
        taps = {"person": cast.tom.id, "before": mask_of(cast.tom.roles), "after": mask_of(after)}
        await people.tap_stale(owner, RolesTap(**taps, until=until(desk, -1)).pack(), 1)
        await people.wait_for_answer(owner, ENGLISH.label("question-lapsed"))
        await people.tap_stale(owner, RolesTap(**taps, until=until(desk, 999)).pack(), 1)
        assert (await now(store, cast.tom)).roles == {Role.TRADER}
        good = RolesTap(**taps, until=until(desk)).pack()
        await people.tap_stale(owner, good, 1)
        await eventually(lambda: self.roles(store, cast.tom), after)
        await people.tap_stale(owner, good, 1)
        await people.wait_for_answer(owner, "have changed meanwhile")

    async def roles(self, store: Store, person: Person) -> frozenset[Role]:
        return (await now(store, person)).roles

    @pytest.mark.parametrize(
        ("command", "hint"),
        [
            ("/role Tom admin", OWNERS_ONLY),
            ("/role Olga trader", OWNERS_ONLY),
            ("/role Adam viewer", OWNERS_ONLY),
            ("/role Tom trader", "exactly these roles already"),
            ("/role Zoe trader", "Nobody here is called Zoe"),
            ("/role T trader", "Several are meant by that: Tara"),
            ("/role Tom", "Write it like this: /role Tom trader"),
            ("/role", "Write it like this: /role Tom trader"),
            ("/block Olga", OWNERS_ONLY),
            ("/block Adam", "You cannot block yourself"),
            ("/unblock Tom", "Tom is not blocked"),
        ],
    )
    async def test_what_an_admin_cannot_do(
        self, people: SandboxClient, cast: Cast, command: str, hint: str
    ) -> None:
        await ask(people, cast.admin, command, hint)

    async def test_the_last_owner_stays_one(
        self, people: SandboxClient, cast: Cast, store: Store, desk: Desk, sandbox: Sandbox
    ) -> None:
        await ask(people, cast.owner, "/role Olga trader", "Olga is the last owner")
        await ask(people, cast.owner, "/block Olga", "You cannot block yourself")
        second = await join(store, sandbox.world, "Otto", Role.OWNER)
        await ask(people, cast.owner, "/role Olga viewer", "Change the roles of Olga?")
        async with store.write() as tx:
            await tx.people.block(second.id, desk.clock.now())
        await people.tap(cast.owner.telegram_id, ENGLISH.label("roles-yes"))
        await people.wait_for_answer(cast.owner.telegram_id, "Olga is the last owner")
        assert (await now(store, cast.owner)).roles == {Role.OWNER}

    async def test_who_trades_no_more_has_no_card_left(
        self, people: SandboxClient, cast: Cast, store: Store, send_signal: SendSignal
    ) -> None:
        [approval] = await send_signal(cast.tom)
        await people.wait_for(cast.tom.telegram_id, "BUY EURUSD")
        await ask(people, cast.admin, f"/role {cast.tom.telegram_id} viewer", "are withdrawn")
        await people.tap(cast.admin.telegram_id, ENGLISH.label("roles-yes"))
        await people.wait_for(cast.admin.telegram_id, "Tom is now: viewer")
        async with store.read() as tx:
            left = await tx.approvals.get(approval.id)
        assert left is not None
        assert left.state is ApprovalState.WITHDRAWN

    async def test_a_change_by_buttons(self, people: SandboxClient, cast: Cast) -> None:
        owner = cast.owner.telegram_id
        await ask(people, cast.owner, "/users", "4 people")
        await people.tap(owner, "Adam")
        await people.wait_for(owner, "Roles: admin")
        await people.tap(owner, "Make trader")
        await people.wait_for(owner, "Change the roles of Adam?")
        await people.tap(owner, ENGLISH.label("people-leave"))
        await people.wait_for(owner, "Roles: admin")
        await people.tap(owner, "Make trader")
        await people.wait_for(owner, "Change the roles of Adam?")
        await people.tap(owner, ENGLISH.label("roles-yes"))
        await people.wait_for(owner, "Adam is now: admin, trader")

    async def test_who_is_in_the_desk_file_gets_its_roles_again(
        self, people: SandboxClient, cast: Cast, store: Store
    ) -> None:
        async with store.write() as tx:
            await tx.people.put(replace(cast.tom, of_desk_file=True))
        await ask(people, cast.owner, "/role Tom viewer", "at the next start its roles count again")


class TestBlocking:
    async def test_a_blocked_trader_has_no_cards_and_hears_one_sentence(
        self, people: SandboxClient, cast: Cast, store: Store, send_signal: SendSignal, all_handled: Handled
    ) -> None:
        tom, owner = cast.tom.telegram_id, cast.owner.telegram_id
        [approval] = await send_signal(cast.tom)
        card = await people.wait_for(tom, "BUY EURUSD")
        asked = await ask(people, cast.owner, "/block Tom", "Block Tom?")
        assert "One waiting card is withdrawn." in asked
        assert "No trade of theirs is open." in asked
        await people.tap(owner, ENGLISH.label("block-yes"))
        await people.wait_for(owner, "Tom is blocked")
        async with store.read() as tx:
            left = await tx.approvals.get(approval.id)
        assert left is not None
        assert left.state is ApprovalState.WITHDRAWN
        await people.until(lambda: people.messages(tom), lambda seen: seen[-1]["buttons"] == [])
        for text in ("/status", "hello?", "/start"):
            await people.say(tom, text)
        await people.tap_stale(tom, f"d:a:{approval.id.hex}:1", card["message_id"])
        await all_handled()
        said = [
            m for m in await people.messages(tom) if m["from_bot"] and m["message_id"] > card["message_id"]
        ]
        assert [m["text"] for m in said] == [reply("blocked")]

    async def test_standing_approvals_end_with_the_block(
        self, cast: Cast, store: Store, desk: Desk, source: Source
    ) -> None:
        account = cast.account_of(cast.tom)
        draft = StandingApproval(
            0, cast.tom.id, account.id, source.id, 1, Decimal(1), 2, Decimal(3), 7, desk.clock.now()
        )
        async with store.write() as tx:
            made = await tx.standing.add(draft)
            until_then = desk.clock.now() + timedelta(days=7)
            accepted = replace(made, version=2, accepted_at=desk.clock.now(), expires_at=until_then)
            assert await tx.standing.update(accepted, made.version)
        await block(desk, cast.owner, cast.tom.id)
        async with store.read() as tx:
            assert await tx.standing.holding() == []
            ended = await tx.events.last("standing.ended", str(made.id))
        assert ended is not None
        assert ended.data["reason"] == "Olga blocked Tom."

    async def test_no_card_and_no_alert_reaches_who_is_blocked(
        self, people: SandboxClient, cast: Cast, store: Store, desk: Desk, all_handled: Handled
    ) -> None:
        async with store.write() as tx:
            await tx.people.block(cast.admin.id, desk.clock.now())
        await ask(people, cast.owner, "/role Tom viewer", "Change the roles")
        await people.tap(cast.owner.telegram_id, ENGLISH.label("roles-yes"))
        await people.wait_for(cast.tom.telegram_id, "Tom is now viewer")
        await all_handled()
        assert not [m for m in await people.messages(cast.admin.telegram_id) if m["from_bot"]]

    async def test_who_is_let_in_again_has_the_same_roles(
        self, people: SandboxClient, cast: Cast, store: Store
    ) -> None:
        owner = cast.owner.telegram_id
        await ask(people, cast.owner, "/block Tom", "Block Tom?")
        await people.tap(owner, ENGLISH.label("block-yes"))
        await people.wait_for(owner, "Tom is blocked")
        await ask(people, cast.owner, "/block Tom", "blocked already")
        await ask(people, cast.owner, "/users", "Tom · trader · blocked")
        await ask(people, cast.owner, "/unblock Tom", "Let Tom in again, as trader?")
        await people.tap(owner, ENGLISH.label("unblock-yes"))
        await people.wait_for(owner, "Tom is let in again")
        assert (await now(store, cast.tom)).blocked_at is None
        await ask(people, cast.tom, "/help", "/closeall")

    async def test_taps_of_who_may_not_or_come_late_change_nothing(
        self, people: SandboxClient, cast: Cast, store: Store, desk: Desk
    ) -> None:
        owner, admin, tara = (p.telegram_id for p in (cast.owner, cast.admin, cast.tara))

        def tap(person: Person, seconds: int = 20) -> str:
            return BlockTap(person=person.id, block=True, until=until(desk, seconds)).pack()

        await people.tap_stale(tara, tap(cast.tom), 1)
        await people.wait_for_answer(tara, reply("not-your-button"))
        await people.tap_stale(admin, tap(cast.owner), 1)
        await people.wait_for_answer(admin, OWNERS_ONLY)
        await people.tap_stale(owner, tap(cast.tom, -1), 1)
        await people.wait_for_answer(owner, ENGLISH.label("question-lapsed"))
        gone = PersonTap(act=PersonAct.SHOW, person=uuid4()).pack()
        await people.tap_stale(owner, gone, 1)
        await people.wait_for_answer(owner, "not known here any more")
        assert not [p for p in (cast.tom, cast.owner) if (await now(store, p)).is_blocked]

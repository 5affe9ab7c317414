"""Invites, knocks, menus and blocked people: each use and each decision is taken once."""

import asyncio
from dataclasses import replace
from datetime import timedelta

from core.model.joining import Invite, Knock, KnockState, digest_of, new_token
from core.model.people import Consent, Language, Right, Role
from core.ports import Store
from tests.storage.samples import NOW, SECOND, Desk, a_person

DAY = timedelta(days=1)


def an_invite(desk: Desk, uses: int = 1) -> Invite:
    return Invite(0, Role.TRADER, uses, 0, NOW, NOW + DAY, desk.person.id)


def a_knock(telegram_id: int = 77) -> Knock:
    return Knock(0, telegram_id, telegram_id, "Sam", Language.RUSSIAN, KnockState.AT_DOOR, NOW)


async def add(store: Store, invite: Invite, word: str = "a") -> Invite:
    async with store.write() as tx:
        return replace(invite, id=await tx.invites.add(invite, digest_of(word)))


def test_a_token_fits_into_a_deep_link() -> None:
    token = new_token()
    assert len(token) <= 64
    assert set(token) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-")
    assert new_token() != token


async def test_an_invite_is_found_by_its_token_only(store: Store, desk: Desk) -> None:
    made = await add(store, an_invite(desk), "right")
    async with store.read() as tx:
        assert await tx.invites.by_digest(digest_of("right")) == made
        assert await tx.invites.by_digest(digest_of("wrong")) is None
        assert await tx.invites.by_digest("right") is None
        assert await tx.invites.get(made.id) == made


async def test_the_last_use_is_taken_once(store: Store, desk: Desk) -> None:
    made = await add(store, an_invite(desk, uses=2))

    async def take() -> bool:
        async with store.write() as tx:
            return await tx.invites.use(made.id, NOW)

    assert sorted(await asyncio.gather(*(take() for _ in range(5)))) == [False] * 3 + [True] * 2
    async with store.read() as tx:
        assert await tx.invites.get(made.id) == replace(made, used=2)
        assert await tx.invites.open(NOW) == []


async def test_an_invite_that_is_over_or_revoked_cannot_be_used(store: Store, desk: Desk) -> None:
    over, revoked, good = [await add(store, an_invite(desk), str(number)) for number in range(3)]
    async with store.write() as tx:
        assert not await tx.invites.use(over.id, over.expires_at)
        assert await tx.invites.revoke(revoked.id, NOW)
        assert not await tx.invites.revoke(revoked.id, NOW)
        assert not await tx.invites.use(revoked.id, NOW)
        assert await tx.invites.open(NOW) == [good, over]
        assert await tx.invites.open(over.expires_at) == []


async def test_a_knock_is_kept_once_for_each_stranger_and_decided_once(store: Store, desk: Desk) -> None:
    async with store.write() as tx:
        assert await tx.knocks.add(a_knock())
        assert not await tx.knocks.add(replace(a_knock(), name="Other"))
        knock = await tx.knocks.by_telegram_id(77)
        assert knock is not None
        assert knock == replace(a_knock(), id=knock.id)
        asked = replace(knock, state=KnockState.ASKED, asks=1, asked_at=NOW)
        assert await tx.knocks.advance(asked, knock)
        admitted = replace(
            asked, state=KnockState.ADMITTED, decided_at=NOW, decided_by=desk.person.id, role=Role.VIEWER
        )
        assert await tx.knocks.advance(admitted, asked)
        assert not await tx.knocks.advance(replace(asked, state=KnockState.DECLINED), asked)
        assert await tx.knocks.get(knock.id) == admitted
        assert await tx.knocks.by_telegram_id(78) is None


async def test_strangers_are_counted_since_a_moment(store: Store) -> None:
    async with store.write() as tx:
        for number in range(3):
            await tx.knocks.add(replace(a_knock(number + 1), knocked_at=NOW + number * SECOND))
        assert await tx.knocks.count_since(NOW + SECOND) == 2


async def test_who_is_blocked_has_no_part_in_any_role(store: Store, desk: Desk) -> None:
    async with store.write() as tx:
        await tx.people.block(desk.person.id, NOW)
        assert await tx.people.with_role(Role.TRADER) == []
        blocked = await tx.people.get(desk.person.id)
        assert blocked == replace(desk.person, blocked_at=NOW)
        assert blocked is not None
        assert not any(map(blocked.may, Right))
        await tx.people.put(desk.person)
        assert await tx.people.get(desk.person.id) == blocked, "the desk file unblocks nobody"
        await tx.people.block(desk.person.id, None)
        assert await tx.people.with_role(Role.TRADER) == [desk.person]


async def test_menus_and_consents_are_remembered(store: Store, desk: Desk) -> None:
    async with store.write() as tx:
        await tx.people.remember_menu(desk.person.id, "old")
        await tx.people.remember_menu(desk.person.id, "new")
        for version in (1, 2):
            await tx.people.consent(Consent(desk.person.id, version, NOW))
        assert await tx.people.menus() == {desk.person.id: "new"}
        assert [given.version for given in await tx.people.consents(desk.person.id)] == [2, 1]
        assert await tx.people.consents(a_person(9).id) == []


async def test_the_cards_that_wait_for_a_person(store: Store, desk: Desk) -> None:
    async with store.read() as tx:
        assert await tx.approvals.pending_of(desk.person.id) == [desk.approval]
        assert await tx.approvals.pending_of(a_person(9).id) == []


async def test_a_database_tells_its_version(store: Store) -> None:
    async with store.read() as tx:
        name, _, number = (await tx.database.version()).partition(" ")
    assert name in {"SQLite", "PostgreSQL"}
    assert number[0].isdigit()

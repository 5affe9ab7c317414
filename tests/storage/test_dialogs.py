"""Talks of several steps."""

from dataclasses import replace

from core.model.dialogs import Dialog
from core.ports import Store
from tests.storage.samples import NOW, SECOND

TALK = Dialog(2**40, 7, NOW, "linking:login", {"login": "1001", "kinds": ["paper"], "page": 2})


async def test_a_talk_comes_back_as_it_was_and_each_person_has_their_own(store: Store) -> None:
    other = replace(TALK, user_id=8, step=None, answers={})
    async with store.write() as tx:
        await tx.dialogs.save(TALK)
        await tx.dialogs.save(other)
    async with store.read() as tx:
        assert await tx.dialogs.get(2**40, 7) == TALK
        assert await tx.dialogs.get(2**40, 8) == other
        assert await tx.dialogs.get(7, 7) is None


async def test_a_talk_goes_on_and_ends(store: Store) -> None:
    further = replace(TALK, step="linking:server", answers={"login": "1002"}, changed_at=NOW + SECOND)
    async with store.write() as tx:
        await tx.dialogs.save(TALK)
        await tx.dialogs.save(further)
        assert await tx.dialogs.get(2**40, 7) == further
        await tx.dialogs.end(2**40, 7)
        assert await tx.dialogs.get(2**40, 7) is None

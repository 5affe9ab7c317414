"""What can be seen through the control API."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, HTTPException, Query

from bot.sandbox import views
from bot.sandbox.model import Chat, Json
from bot.sandbox.world import World


def add_sight(control: APIRouter, world: World) -> None:
    tags: list[Any] = ["what can be seen"]

    @control.get("/chats", tags=tags)
    async def list_chats(chat_id: int | None = None) -> list[Json]:
        """All chats, or the one of that id if there is one yet."""
        wanted = (chat for chat in world.chats.values() if chat_id in (None, chat.id))
        return [views.chat_view(world, chat) for chat in wanted]

    @control.get("/chats/{chat_id}", tags=tags)
    async def transcript(chat_id: int) -> Json:
        return views.transcript(world, _seen_chat(world, chat_id))

    @control.get("/calls", tags=tags)
    async def calls(method: str = "", after: int = 0) -> list[Json]:
        wanted = (call for call in world.calls if call.number > after and method in ("", call.method))
        return [call.json() for call in wanted]

    @control.get("/answers", tags=tags)
    async def answers(user_id: int | None = None) -> list[Json]:
        return [one.json() for one in world.answers if user_id in (None, one.user_id)]

    @control.get("/changes", tags=tags)
    async def changes(after: int = 0, timeout: Annotated[float, Query(ge=0, le=60)] = 10) -> Json:  # noqa: ASYNC109
        """Answers as soon as anything has changed since revision `after`, at the latest after `timeout`."""
        return {"revision": await world.feed.later_than(after, timeout)}


def _seen_chat(world: World, chat_id: int) -> Chat:
    if chat_id not in world.chats:
        raise HTTPException(404, f"There is no chat {chat_id}: nobody has written there yet.")
    return world.chats[chat_id]

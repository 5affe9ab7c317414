"""People of the control API: who there is, and what they do."""

from __future__ import annotations

from typing import Any, Literal

from fastapi import APIRouter

from bot.sandbox import links, people, views, writing
from bot.sandbox.control.shapes import (
    Editing,
    Following,
    NewUser,
    Reacting,
    Saying,
    Sending,
    Tapping,
)
from bot.sandbox.files import Upload
from bot.sandbox.model import Json, User
from bot.sandbox.world import World


def add_people(control: APIRouter, world: World) -> None:
    tags: list[Any] = ["people"]

    @control.get("/users", tags=tags)
    async def list_users() -> list[Json]:
        return [views.user_view(world, user) for user in world.users.values()]

    @control.post("/users", tags=tags, status_code=201)
    async def add_user(new: NewUser) -> Json:
        user_id = world.new_user_id() if new.id is None else new.id
        if user_id in world.users or user_id == world.bot.id:
            raise people.CannotAct(f"There is a user {user_id} already.")
        user = world.add_user(User(**new.model_dump() | {"id": user_id}))
        return views.user_view(world, user)


def add_acts(control: APIRouter, world: World) -> None:
    _add_words(control, world)
    _add_taps(control, world)
    _add_blocking(control, world)


def _add_words(control: APIRouter, world: World) -> None:
    tags: list[Any] = ["acts"]

    @control.post("/users/{user_id}/say", tags=tags)
    async def say(user_id: int, act: Saying) -> Json:
        user = people.person(world, user_id)
        return views.message_view(writing.say(world, user, act.text, act.where))

    @control.post("/users/{user_id}/send", tags=tags)
    async def send_file(user_id: int, act: Sending) -> Json:
        """Send a photo or a document; its content is Base64."""
        user, upload = people.person(world, user_id), Upload(act.name, act.content)
        return views.message_view(writing.send_file(world, user, act.kind, upload, act.caption, act.where))

    @control.post("/users/{user_id}/edit", tags=tags)
    async def edit(user_id: int, act: Editing) -> Json:
        user = people.person(world, user_id)
        return views.message_view(writing.edit(world, user, act.message_id, act.text, act.chat_id))

    @control.post("/users/{user_id}/link", tags=tags)
    async def open_link(user_id: int, act: Following) -> Json:
        """Open a deep link of the bot; the person's chat then shows the button Start, which sends its token.

        A link with `startgroup` acts at once in the group that `chat_id` names.
        """
        user = people.person(world, user_id)
        links.open_link(world, user, act.link, act.chat_id)
        return views.user_view(world, user)

    @control.post("/users/{user_id}/start", tags=tags)
    async def press_start(user_id: int) -> Json:
        """Press Start: it unblocks the bot and sends /start with the token of the link opened last."""
        return views.message_view(links.press_start(world, people.person(world, user_id)))


def _add_taps(control: APIRouter, world: World) -> None:
    tags: list[Any] = ["acts"]

    @control.post("/users/{user_id}/tap", tags=tags)
    async def tap(user_id: int, act: Tapping) -> Json:
        user = people.person(world, user_id)
        if act.data is not None and act.message_id is not None:
            return people.tap_stale(world, user, act.data, act.message_id, act.chat_id)
        if act.label is None:
            raise people.CannotAct("Name the button by its label, or give data and message_id.")
        return people.tap(world, user, act.label, act.chat_id, act.message_id)

    @control.put("/users/{user_id}/reaction", tags=tags)
    async def react(user_id: int, act: Reacting) -> Json:
        user = people.person(world, user_id)
        message = people.message_in(people.chat_of(world, user, act.chat_id), act.message_id)
        people.react(world, user, message, act.emoji)
        return views.message_view(message)


def _add_blocking(control: APIRouter, world: World) -> None:
    tags: list[Any] = ["acts"]

    @control.post("/users/{user_id}/{change}", tags=tags)
    async def block_or_unblock(user_id: int, change: Literal["block", "unblock"]) -> Json:
        user = people.person(world, user_id)
        people.set_blocked(world, user, blocked=change == "block")
        return views.user_view(world, user)

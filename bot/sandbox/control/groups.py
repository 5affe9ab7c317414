"""Groups of the control API: who is in them, as what, and their topics."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter

from bot.sandbox import groups, people, views
from bot.sandbox.control.shapes import BotStanding, NewGroup, NewMember, NewTopic, TopicChange, Upgrade
from bot.sandbox.model import Chat, Json
from bot.sandbox.world import World


def add_groups(control: APIRouter, world: World) -> None:
    _add_membership(control, world)
    _add_topics(control, world)


def _add_membership(control: APIRouter, world: World) -> None:
    tags: list[Any] = ["groups"]

    @control.post("/groups", tags=tags, status_code=201)
    async def create_group(new: NewGroup) -> Json:
        """With the bot in it as a plain member; a forum is a supergroup with topics."""
        members = [people.person(world, member) for member in new.members]
        return views.chat_view(world, groups.create_group(world, new.title, members, new.kind))

    @control.post("/groups/{chat_id}/upgrade", tags=tags)
    async def upgrade_group(chat_id: int, how: Upgrade | None = None) -> Json:
        """The group becomes a supergroup; its old id is refused with migrate_to_chat_id from now on."""
        to_forum = how is not None and how.to_forum
        return views.chat_view(world, groups.upgrade_group(world, _group(world, chat_id), to_forum=to_forum))

    @control.put("/groups/{chat_id}/bot", tags=tags)
    async def set_bot(chat_id: int, bot: BotStanding) -> Json:
        """The owner makes the bot an administrator or a plain member, lets it in again, or throws it out."""
        chat = _group(world, chat_id)
        groups.set_bot(world, chat, chat.members[0], bot.status, bot.rights)
        return views.chat_view(world, chat)

    @control.post("/groups/{chat_id}/members", tags=tags)
    async def add_member(chat_id: int, new: NewMember) -> Json:
        chat = _group(world, chat_id)
        groups.add_member(world, chat, people.person(world, new.user_id))
        return views.chat_view(world, chat)

    @control.delete("/groups/{chat_id}/members/{user_id}", tags=tags)
    async def remove_member(chat_id: int, user_id: int) -> Json:
        chat = _group(world, chat_id)
        groups.remove_member(world, chat, people.person(world, user_id))
        return views.chat_view(world, chat)


def _add_topics(control: APIRouter, world: World) -> None:
    tags: list[Any] = ["groups"]

    @control.post("/groups/{chat_id}/topics", tags=tags, status_code=201)
    async def open_topic(chat_id: int, new: NewTopic) -> Json:
        chat = _group(world, chat_id)
        return views.topic_view(groups.new_topic(world, chat, chat.members[0], new.name))

    @control.patch("/groups/{chat_id}/topics/{topic}", tags=tags)
    async def change_topic(chat_id: int, topic: int, change: TopicChange) -> Json:
        """The owner closes a topic or opens it again; General is topic 1."""
        chat = _group(world, chat_id)
        groups.close_topic(world, chat, topic, closed=change.is_closed)
        return views.topic_view(groups.topic_in(chat, topic))

    @control.delete("/groups/{chat_id}/topics/{topic}", tags=tags)
    async def delete_topic(chat_id: int, topic: int) -> Json:
        chat = _group(world, chat_id)
        groups.remove_topic(world, chat, topic)
        return views.chat_view(world, chat)


def _group(world: World, chat_id: int) -> Chat:
    chat = world.chats.get(chat_id)
    if chat is None or chat.is_private:
        raise people.CannotAct(f"There is no group {chat_id}.")
    return chat

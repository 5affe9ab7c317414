"""The control API: what people do, what fails, and what can be seen. OpenAPI at `/control/docs`."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, HTTPException, Query
from pydantic import AfterValidator, BaseModel, Field

from bot.sandbox import people, views
from bot.sandbox.faults import Fault, Outcome
from bot.sandbox.model import Chat, Json, User
from bot.sandbox.world import World


def _encodable(text: str) -> str:
    """Raises ValueError for half a character, which JSON can carry and no answer can."""
    try:
        text.encode()
    except UnicodeEncodeError:
        raise ValueError("half of a character stands alone") from None
    return text


Text = Annotated[str, AfterValidator(_encodable)]


class NewUser(BaseModel):
    """`label` is written beside the name on the chat page; ids are given in order when left out."""

    first_name: Text = Field(min_length=1)
    id: int | None = Field(None, gt=0)
    last_name: Text = ""
    username: Text = ""
    language_code: Text = "en"
    label: Text = ""


class Saying(BaseModel):
    text: Text
    chat_id: int | None = None
    reply_to: int | None = None


class Tapping(BaseModel):
    """Either the button's `label`, or `data` with `message_id`: a stale button that is no longer shown."""

    label: Text | None = None
    chat_id: int | None = None
    message_id: int | None = None
    data: Text | None = None


class Reacting(BaseModel):
    emoji: Text = Field(description="empty takes the reaction away")
    message_id: int
    chat_id: int | None = None


class NewGroup(BaseModel):
    title: Text = Field(min_length=1)
    members: list[int]


class NewFault(BaseModel):
    """`code` and `description` are those of a refusal. With `performed` the call takes effect and only its
    answer is lost: the hard case for a sender."""

    method: Text = Field("*", description="a Bot API method, or * for any")
    outcome: Outcome = Field(
        Outcome.REFUSED, description="what the bot gets; answered: the result, but only after delay_s"
    )
    code: int = Field(500, ge=400, le=599)
    description: Text = Field("", description="empty: Telegram's usual words for the code")
    retry_after: int | None = None
    times: int = Field(1, ge=1)
    chat_id: int | None = Field(None, description="only calls that name this chat")
    matching: Text = Field("", description="only calls whose parameters contain this text")
    performed: bool = False
    delay_s: float = Field(0, ge=0, le=60)


class Advance(BaseModel):
    seconds: float = Field(ge=0)


def router(world: World) -> APIRouter:
    control = APIRouter(prefix="/control")
    _add_people(control, world)
    _add_acts(control, world)
    _add_faults(control, world)
    _add_sight(control, world)
    return control


def _add_people(control: APIRouter, world: World) -> None:
    tags: list[Any] = ["people"]

    @control.get("/users", tags=tags)
    async def list_users() -> list[Json]:
        return [views.user_view(world, user) for user in world.users.values()]

    @control.post("/users", tags=tags, status_code=201)
    async def add_user(new: NewUser) -> Json:
        user_id = world.number("user") if new.id is None else new.id
        if user_id in world.users or user_id == world.bot.id:
            raise people.CannotAct(f"There is a user {user_id} already.")
        user = world.add_user(User(**new.model_dump() | {"id": user_id}))
        return views.user_view(world, user)

    @control.post("/groups", tags=tags, status_code=201)
    async def create_group(new: NewGroup) -> Json:
        members = [people.person(world, member) for member in new.members]
        return views.chat_view(people.create_group(world, new.title, members))

    @control.post("/groups/{chat_id}/upgrade", tags=tags)
    async def upgrade_group(chat_id: int) -> Json:
        """The group becomes a supergroup; its old id is refused with migrate_to_chat_id from now on."""
        return views.chat_view(people.upgrade_group(world, _seen_chat(world, chat_id)))


def _add_acts(control: APIRouter, world: World) -> None:
    tags: list[Any] = ["acts"]

    @control.post("/users/{user_id}/say", tags=tags)
    async def say(user_id: int, act: Saying) -> Json:
        user = people.person(world, user_id)
        return views.message_view(people.say(world, user, act.text, act.chat_id, act.reply_to))

    @control.post("/users/{user_id}/tap", tags=tags)
    async def tap(user_id: int, act: Tapping) -> Json:
        user = people.person(world, user_id)
        if act.data is not None and act.message_id is not None:
            return people.tap_stale(world, user, act.data, act.message_id, act.chat_id)
        if act.label is None:
            raise people.CannotAct("Name the button by its label, or give data and message_id.")
        return people.tap(world, user, act.label, act.chat_id, act.message_id)

    @control.post("/users/{user_id}/{change}", tags=tags)
    async def block_or_unblock(user_id: int, change: Literal["block", "unblock"]) -> Json:
        user = people.person(world, user_id)
        people.set_blocked(world, user, blocked=change == "block")
        return views.user_view(world, user)

    @control.put("/users/{user_id}/reaction", tags=tags)
    async def react(user_id: int, act: Reacting) -> Json:
        user = people.person(world, user_id)
        message = people.message_in(people.chat_of(world, user, act.chat_id), act.message_id)
        people.react(world, user, message, act.emoji)
        return views.message_view(message)


def _add_faults(control: APIRouter, world: World) -> None:
    tags: list[Any] = ["faults and time"]

    @control.get("/faults", tags=tags)
    async def list_faults() -> list[Fault]:
        return world.faults.planned

    @control.post("/faults", tags=tags, status_code=201)
    async def inject_fault(new: NewFault) -> Fault:
        return world.plan_fault(Fault(world.number("fault"), **new.model_dump()))

    @control.delete("/faults", tags=tags)
    async def clear_faults() -> Json:
        world.faults.planned.clear()
        return {"faults": 0}

    @control.post("/clock/advance", tags=tags)
    async def advance_clock(by: Advance) -> Json:
        world.advance(by.seconds)
        return {"now": world.now()}

    @control.post("/reset", tags=tags)
    async def reset() -> Json:
        world.reset()
        return {"revision": world.feed.revision}


def _add_sight(control: APIRouter, world: World) -> None:
    tags: list[Any] = ["what can be seen"]

    @control.get("/chats", tags=tags)
    async def list_chats() -> list[Json]:
        return [views.chat_view(chat) for chat in world.chats.values()]

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

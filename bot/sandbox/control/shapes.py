"""What the control API is asked with."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, Base64Bytes, BaseModel, Field

from bot.sandbox.faults import Outcome
from bot.sandbox.groups import Kind, Standing
from bot.sandbox.writing import FileKind, Where


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


class Place(BaseModel):
    chat_id: int | None = Field(None, description="left out, it is the private chat")
    reply_to: int | None = None
    topic: int | None = Field(None, description="of a forum; left out, it is General")

    @property
    def where(self) -> Where:
        return Where(self.chat_id, self.reply_to, self.topic)


class Saying(Place):
    text: Text


class Sending(Place):
    kind: FileKind = "document"
    name: Text = Field(min_length=1)
    content: Base64Bytes
    caption: Text = ""


class Editing(BaseModel):
    message_id: int
    text: Text = Field(min_length=1)
    chat_id: int | None = None


class Following(BaseModel):
    link: Text = Field(description="such as https://t.me/tapdesk_bot?start=TOKEN")
    chat_id: int | None = Field(None, description="the group, for a link with startgroup")


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
    kind: Kind = "group"


class Upgrade(BaseModel):
    to_forum: bool = False


class BotStanding(BaseModel):
    status: Standing
    rights: list[Text] | None = Field(None, description="of an administrator; left out, it has all")


class NewMember(BaseModel):
    user_id: int


class NewTopic(BaseModel):
    name: Text = Field(min_length=1, max_length=128)


class TopicChange(BaseModel):
    is_closed: bool


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

"""Sending, editing and deleting, and what Telegram refuses."""

from __future__ import annotations

import pytest
from aiogram import Bot
from aiogram.exceptions import TelegramAPIError, TelegramBadRequest, TelegramForbiddenError
from aiogram.types import (
    CopyTextButton,
    ForceReply,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InputMediaPhoto,
    ReactionTypeEmoji,
    ReplyParameters,
    WebAppInfo,
)

from bot.sandbox import SandboxClient


def keyboard(*labels: str) -> InlineKeyboardMarkup:
    row = [InlineKeyboardButton(text=label, callback_data=label.lower()) for label in labels]
    return InlineKeyboardMarkup(inline_keyboard=[row])


async def test_a_sent_message_is_what_the_person_sees(bot: Bot, people: SandboxClient, tara: int) -> None:
    sent = await bot.send_message(tara, "Long EURUSD", reply_markup=keyboard("Approve", "Reject"))
    seen = await people.wait_for(tara, "Long EURUSD")
    assert seen["message_id"] == sent.message_id
    assert seen["buttons"] == ["Approve", "Reject"]
    assert seen["edits"] == 0


async def test_white_space_around_a_text_is_cut(bot: Bot, tara: int) -> None:
    assert (await bot.send_message(tara, "  hi \n")).text == "hi"


async def test_an_edit_is_seen_and_counted(bot: Bot, people: SandboxClient, tara: int) -> None:
    sent = await bot.send_message(tara, "Approving…", reply_markup=keyboard("Undo"))
    await people.advance(5)
    edited = await bot.edit_message_text("Approved", chat_id=tara, message_id=sent.message_id)
    seen = await people.wait_for(tara, "Approved")
    assert seen["edits"] == 1
    assert seen["edited_at"] == sent.date.timestamp() + 5
    assert seen["history"][0]["text"] == "Approving…"
    assert seen["buttons"] == []
    assert getattr(edited, "reply_markup", "?") is None


async def test_a_message_edited_for_ever_keeps_its_newest_versions(
    bot: Bot, people: SandboxClient, tara: int
) -> None:
    sent = await bot.send_message(tara, "0")
    for number in range(1, 61):
        await bot.edit_message_text(str(number), chat_id=tara, message_id=sent.message_id)
    seen = (await people.messages(tara))[-1]
    assert seen["edits"] == 60
    assert [seen["history"][0]["text"], seen["history"][-1]["text"]] == ["10", "59"]


async def test_the_keyboard_alone_can_be_edited(bot: Bot, people: SandboxClient, tara: int) -> None:
    sent = await bot.send_message(tara, "Card", reply_markup=keyboard("Approve"))
    await bot.edit_message_reply_markup(
        chat_id=tara, message_id=sent.message_id, reply_markup=keyboard("Details")
    )
    assert (await people.wait_for(tara, "Card"))["buttons"] == ["Details"]


async def test_a_reply_names_its_message(bot: Bot, tara: int) -> None:
    first = await bot.send_message(tara, "one")
    second = await bot.send_message(
        tara, "two", reply_parameters=ReplyParameters(message_id=first.message_id)
    )
    assert second.reply_to_message is not None
    assert second.reply_to_message.text == "one"
    with pytest.raises(TelegramBadRequest, match="message to be replied not found"):
        await bot.send_message(tara, "three", reply_parameters=ReplyParameters(message_id=999))


async def test_an_unchanged_edit_is_refused(bot: Bot, tara: int) -> None:
    sent = await bot.send_message(tara, "same", reply_markup=keyboard("A"))
    with pytest.raises(TelegramBadRequest, match="message is not modified: specified new message content"):
        await bot.edit_message_text(
            "same", chat_id=tara, message_id=sent.message_id, reply_markup=keyboard("A")
        )


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "message text is empty"),
        (" \n ", "message text is empty"),
        ("x" * 4097, "message is too long"),
        ("😀" * 2049, "message is too long"),
    ],
)
async def test_texts_that_are_refused(bot: Bot, tara: int, text: str, words: str) -> None:
    with pytest.raises(TelegramBadRequest, match=words):
        await bot.send_message(tara, text)


async def test_the_longest_text_and_caption_pass(bot: Bot, tara: int, photo_id: str) -> None:
    assert (await bot.send_message(tara, "<b>" + "x" * 4096 + "</b>", parse_mode="HTML")).text == "x" * 4096
    assert (await bot.send_photo(tara, photo_id, caption="x" * 1024)).caption == "x" * 1024
    with pytest.raises(TelegramBadRequest, match="message caption is too long"):
        await bot.send_photo(tara, photo_id, caption="x" * 1025)


@pytest.mark.parametrize("data", ["", "x" * 65, "ж" * 33], ids=["empty", "65 bytes", "33 letters of 2 bytes"])
async def test_callback_data_is_1_to_64_bytes(bot: Bot, tara: int, data: str) -> None:
    button = InlineKeyboardButton(text="A", callback_data=data)
    with pytest.raises(TelegramBadRequest, match="BUTTON_DATA_INVALID"):
        await bot.send_message(tara, "x", reply_markup=InlineKeyboardMarkup(inline_keyboard=[[button]]))


@pytest.mark.parametrize(
    ("button", "words"),
    [
        (InlineKeyboardButton(text="A"), "Text buttons are not allowed in the inline keyboard"),
        (
            InlineKeyboardButton(text="A", callback_data="a", url="https://example.com"),
            "only one of the fields",
        ),
        (InlineKeyboardButton(text=" ", callback_data="a"), "button text can't be empty"),
        (InlineKeyboardButton(text="A", callback_data="a", style="pink"), "invalid button style specified"),
        (InlineKeyboardButton(text="A", url="example"), "Wrong HTTP URL"),
        (
            InlineKeyboardButton(text="A", copy_text=CopyTextButton(text="x" * 257)),
            "BUTTON_COPY_TEXT_INVALID",
        ),
        (InlineKeyboardButton(text="A", web_app=WebAppInfo(url="http://example.com")), "Only HTTPS links"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
async def test_buttons_that_are_refused(
    bot: Bot, tara: int, button: InlineKeyboardButton, words: str
) -> None:
    with pytest.raises(TelegramBadRequest, match=words):
        await bot.send_message(tara, "x", reply_markup=InlineKeyboardMarkup(inline_keyboard=[[button]]))


async def test_edits_of_what_is_not_there_or_not_ours(bot: Bot, people: SandboxClient, tara: int) -> None:
    theirs = await people.say(tara, "hello")
    sent = await bot.send_message(tara, "text")
    with pytest.raises(TelegramBadRequest, match="message to edit not found"):
        await bot.edit_message_text("x", chat_id=tara, message_id=999)
    with pytest.raises(TelegramBadRequest, match="message can't be edited"):
        await bot.edit_message_text("x", chat_id=tara, message_id=theirs["message_id"])
    with pytest.raises(TelegramBadRequest, match="there is no caption in the message to edit"):
        await bot.edit_message_caption(caption="x", chat_id=tara, message_id=sent.message_id)


async def test_chats_that_cannot_be_written_to(bot: Bot, people: SandboxClient) -> None:
    with pytest.raises(TelegramBadRequest, match="chat not found"):
        await bot.send_message(42, "x")
    silent = await people.add_user("Silent")
    with pytest.raises(TelegramForbiddenError, match="bot can't initiate conversation with a user"):
        await bot.send_message(silent, "x")


async def test_deleting(bot: Bot, people: SandboxClient, tara: int) -> None:
    first, second = await bot.send_message(tara, "one"), await bot.send_message(tara, "two")
    assert await bot.delete_message(tara, first.message_id)
    assert [one["text"] for one in await people.messages(tara) if one["from_bot"]] == ["two"]
    with pytest.raises(TelegramBadRequest, match="message to delete not found"):
        await bot.delete_message(tara, first.message_id)
    await people.advance(48 * 3600)
    with pytest.raises(TelegramBadRequest, match="message can't be deleted"):
        await bot.delete_message(tara, second.message_id)


async def test_deleting_several_passes_over_the_missing(bot: Bot, people: SandboxClient, tara: int) -> None:
    sent = await bot.send_message(tara, "one")
    assert await bot.delete_messages(tara, [sent.message_id, 998, 999])
    assert not [one for one in await people.messages(tara) if one["from_bot"]]


async def test_pinning(bot: Bot, people: SandboxClient, tara: int) -> None:
    sent = await bot.send_message(tara, "status")
    await bot.pin_chat_message(tara, sent.message_id)
    pinned = (await bot.get_chat(tara)).pinned_message
    assert pinned is not None
    assert pinned.message_id == sent.message_id
    await bot.unpin_chat_message(tara)
    assert (await people.transcript(tara))["pinned"] == []


async def test_reactions_of_the_bot(bot: Bot, people: SandboxClient, tara: int) -> None:
    theirs = await people.say(tara, "thanks")
    await bot.set_message_reaction(tara, theirs["message_id"], [ReactionTypeEmoji(emoji="👍")])
    assert (await people.messages(tara))[-1]["reactions"] == ["👍"]
    with pytest.raises(TelegramBadRequest, match="REACTION_INVALID"):
        await bot.set_message_reaction(tara, theirs["message_id"], [ReactionTypeEmoji(emoji="🚗")])


async def test_media_can_be_replaced(bot: Bot, people: SandboxClient, tara: int, photo_id: str) -> None:
    sent = await bot.send_photo(tara, photo_id, caption="before")
    media = InputMediaPhoto(media=photo_id, caption="<b>after</b>", parse_mode="HTML")
    edited = await bot.edit_message_media(media, chat_id=tara, message_id=sent.message_id)
    assert getattr(edited, "caption", "") == "after"
    assert (await people.wait_for(tara, "after"))["photo_url"]


async def test_methods_beyond_the_model(bot: Bot, people: SandboxClient, tara: int) -> None:
    """A method that only says yes says yes and is logged; one with a result is refused, never invented."""
    assert await bot.set_my_name("Desk")
    assert (await people.calls("setMyName"))[0]["parameters"] == {"name": "Desk"}
    with pytest.raises(Exception, match="the sandbox does not model sendDice"):
        await bot.send_dice(tara)


async def test_media_is_put_into_a_text(bot: Bot, people: SandboxClient, tara: int, photo_id: str) -> None:
    sent = await bot.send_message(tara, "soon a chart")
    await bot.edit_message_media(
        InputMediaPhoto(media=photo_id, caption="chart"), chat_id=tara, message_id=sent.message_id
    )
    seen = (await people.messages(tara))[-1]
    assert (seen["message_id"], seen["text"], bool(seen["photo_url"])) == (sent.message_id, "chart", True)


async def test_a_password_is_deleted_by_the_bot(bot: Bot, people: SandboxClient, tara: int) -> None:
    theirs = await people.say(tara, "hunter2")
    assert await bot.delete_message(tara, theirs["message_id"])
    assert "hunter2" not in str(await people.transcript(tara))
    old = await people.say(tara, "two days ago")
    await people.advance(48 * 3600)
    with pytest.raises(TelegramBadRequest, match="message can't be deleted for everyone"):
        await bot.delete_message(tara, old["message_id"])


async def test_what_comes_with_a_message_beside_its_words(bot: Bot, people: SandboxClient, tara: int) -> None:
    sent = await bot.send_message(tara, "x", disable_notification=True, message_effect_id="5104")
    assert sent.effect_id == "5104"
    assert (await people.messages(tara))[-1]["silent"]
    await bot.send_message(tara, "Why?", reply_markup=ForceReply(input_field_placeholder="Because"))
    seen = (await people.messages(tara))[-1]
    assert (seen["silent"], seen["asks_for"]["input_field_placeholder"]) == (False, "Because")


async def test_a_pin_is_told_in_the_chat_and_to_the_bot(bot: Bot, people: SandboxClient, tara: int) -> None:
    sent = await bot.send_message(tara, "Desk\nall well")
    await bot.pin_chat_message(tara, sent.message_id)
    assert (await people.messages(tara))[-1]["service"] == "Tapdesk pinned “Desk”"
    told = (await bot.get_updates(offset=-1))[0].message
    assert told is not None
    assert told.from_user is not None
    assert told.from_user.is_bot
    assert told.pinned_message is not None
    assert told.pinned_message.message_id == sent.message_id


async def test_an_ephemeral_message_is_refused_and_shown_to_nobody(
    bot: Bot, people: SandboxClient, tara: int
) -> None:
    group = await people.add_group("Desk", [tara])
    with pytest.raises(TelegramAPIError, match="does not model ephemeral messages"):
        await bot.send_message(group, "for Tara alone", receiver_user_id=tara)
    assert "for Tara alone" not in str(await people.transcript(group))

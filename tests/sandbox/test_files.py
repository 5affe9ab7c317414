"""Photos and documents: uploaded once, sent again by file_id, downloaded."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from aiogram import Bot
from aiogram.exceptions import TelegramBadRequest
from aiogram.types import BufferedInputFile, InputFile, InputMediaPhoto

from bot.sandbox import SandboxClient

Picture = Callable[[int, int], bytes]


async def test_a_photo_is_uploaded_once_and_sent_by_id(
    bot: Bot, people: SandboxClient, tara: int, png: Picture
) -> None:
    first = await bot.send_photo(tara, BufferedInputFile(png(60, 40), "chart.png"), caption="one")
    assert first.photo is not None
    assert (first.photo[-1].width, first.photo[-1].height) == (60, 40)
    again = await bot.send_photo(tara, first.photo[-1].file_id, caption="two")
    assert again.photo == first.photo
    urls = {one["photo_url"] for one in await people.messages(tara) if one["photo_url"]}
    assert len(urls) == 1


async def test_a_file_comes_back_as_it_went(bot: Bot, tara: int) -> None:
    sent = await bot.send_document(tara, BufferedInputFile(b"a,b\n1,2\n", "report.csv"), caption="Report")
    assert sent.document is not None
    assert (sent.document.file_name, sent.document.mime_type) == ("report.csv", "text/csv")
    downloaded = await bot.download(sent.document)
    assert downloaded is not None
    assert downloaded.read() == b"a,b\n1,2\n"


async def test_an_album(bot: Bot, tara: int, png: Picture) -> None:
    media = [InputMediaPhoto(media=BufferedInputFile(png(10 + i, 10), f"{i}.png")) for i in range(3)]
    sent = await bot.send_media_group(tara, list(media))
    assert len({one.media_group_id for one in sent}) == 1
    assert [one.photo[-1].width for one in sent if one.photo] == [10, 11, 12]
    with pytest.raises(TelegramBadRequest, match="2-10 items"):
        await bot.send_media_group(tara, list(media[:1]))


async def test_photos_that_are_refused(bot: Bot, tara: int, png: Picture) -> None:
    refusals: dict[str, str | InputFile] = {
        "IMAGE_PROCESS_FAILED": BufferedInputFile(b"not a picture", "a.png"),
        "PHOTO_INVALID_DIMENSIONS": BufferedInputFile(png(420, 20), "wide.png"),
        "file must be non-empty": BufferedInputFile(b"", "empty.png"),
        "too big for a photo": BufferedInputFile(png(1, 1) + bytes(10 * 1024 * 1024), "big.png"),
        "wrong file identifier": "AgACnone",
        "failed to get HTTP URL content": "https://example.com/a.png",
    }
    for words, photo in refusals.items():
        with pytest.raises(TelegramBadRequest, match=words):
            await bot.send_photo(tara, photo)


async def test_a_document_is_no_photo(bot: Bot, tara: int) -> None:
    sent = await bot.send_document(tara, BufferedInputFile(b"x", "x.txt"))
    assert sent.document is not None
    with pytest.raises(TelegramBadRequest, match="can't use file of type Document as Photo"):
        await bot.send_photo(tara, sent.document.file_id)


async def test_an_unknown_file_is_refused(bot: Bot) -> None:
    with pytest.raises(TelegramBadRequest, match="invalid file_id"):
        await bot.get_file("nothing")

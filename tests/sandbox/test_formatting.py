"""Parse modes and entities. Offsets count UTF-16 units, as in the Bot API."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from aiogram import Bot
from aiogram.exceptions import TelegramBadRequest
from aiogram.types import MessageEntity
from aiogram.utils.formatting import Bold, DateTime, Text

from bot.sandbox import SandboxClient

Span = tuple[str, int, int]


def spans(entities: list[MessageEntity] | None) -> list[Span]:
    return [(one.type, one.offset, one.length) for one in entities or []]


@pytest.mark.parametrize(
    ("source", "text", "expected"),
    [
        ("<b>BUY</b> &lt;now&gt; &amp; here", "BUY <now> & here", [("bold", 0, 3)]),
        ("😀<i>x</i>", "😀x", [("italic", 2, 1)]),
        ("<u><s>x</s></u>", "x", [("strikethrough", 0, 1), ("underline", 0, 1)]),
        ("<tg-spoiler>x</tg-spoiler>", "x", [("spoiler", 0, 1)]),
        ('<span class="tg-spoiler">x</span>', "x", [("spoiler", 0, 1)]),
        ("<blockquote expandable>x</blockquote>", "x", [("expandable_blockquote", 0, 1)]),
        ("<code>/start</code>", "/start", [("code", 0, 6)]),
        ("  <b> x</b>", "x", [("bold", 0, 1)]),
        ("see /help and https://example.com/a.", "see /help and https://example.com/a.",
         [("bot_command", 4, 5), ("url", 14, 21)]),
        ("a < b", None, []),
    ],
)  # fmt: skip
async def test_html(bot: Bot, tara: int, source: str, text: str | None, expected: list[Span]) -> None:
    if text is None:
        with pytest.raises(TelegramBadRequest, match="can't parse entities"):
            await bot.send_message(tara, source, parse_mode="HTML")
        return
    sent = await bot.send_message(tara, source, parse_mode="HTML")
    assert sent.text == text
    assert sorted(spans(sent.entities)) == sorted(expected)


async def test_html_with_attributes(bot: Bot, tara: int) -> None:
    source = (
        '<a href="https://example.com/?a=1&amp;b=2">link</a>'
        '<pre><code class="language-python">x = 1</code></pre>'
        '<tg-time unix="1795000000" format="r">soon</tg-time>'
    )
    link, code, moment = (await bot.send_message(tara, source, parse_mode="HTML")).entities or []
    assert link.url == "https://example.com/?a=1&b=2"
    assert (code.type, code.language) == ("pre", "python")
    assert (moment.type, moment.unix_time, moment.date_time_format) == ("date_time", 1795000000, "r")


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("<blink>x</blink>", 'Unsupported start tag "blink" at byte offset 0'),
        ("é<div>x</div>", 'Unsupported start tag "div" at byte offset 2'),
        ("<b>x", 'Can\'t find end tag corresponding to start tag "b"'),
        ("x</b>", "Unexpected end tag at byte offset 1"),
        ("<b>x</i>", 'Unmatched end tag at byte offset 4, expected "</b>", found "</i>"'),
        ("x <b", "Unclosed start tag at byte offset 2"),
        ('<tg-time unix="soon">x</tg-time>', "tg-time"),
    ],
)
async def test_html_that_is_refused(bot: Bot, tara: int, source: str, words: str) -> None:
    with pytest.raises(TelegramBadRequest) as refused:
        await bot.send_message(tara, source, parse_mode="HTML")
    assert f"can't parse entities: {words}"[:60] in refused.value.message or words in refused.value.message


async def test_markdown(bot: Bot, tara: int) -> None:
    source = r"*BUY* _now_ `1\.08` [page](https://example.com) 0\.5"
    sent = await bot.send_message(tara, source, parse_mode="MarkdownV2")
    assert sent.text == "BUY now 1.08 page 0.5"
    assert spans(sent.entities) == [
        *[("bold", 0, 3), ("italic", 4, 3), ("code", 8, 4), ("text_link", 13, 4)],
    ]


@pytest.mark.parametrize(
    ("source", "words"),
    [("1.08", r"Character '\.' is reserved"), ("*x", "Can't find end of Bold entity at byte offset 0")],
)
async def test_markdown_that_is_refused(bot: Bot, tara: int, source: str, words: str) -> None:
    with pytest.raises(TelegramBadRequest, match=words):
        await bot.send_message(tara, source, parse_mode="MarkdownV2")


async def test_entities_instead_of_a_parse_mode(bot: Bot, people: SandboxClient, tara: int) -> None:
    content = Text(Bold("Expires"), " ", DateTime("12:05", unix_time=datetime.fromtimestamp(1795000300, UTC),
                                                  date_time_format="r"))  # fmt: skip
    sent = await bot.send_message(tara, **content.as_kwargs())
    assert spans(sent.entities) == [("bold", 0, 7), ("date_time", 8, 5)]
    seen = await people.wait_for(tara, "Expires")
    assert seen["entities"][1]["unix_time"] == 1795000300


@pytest.mark.parametrize(
    "entity",
    [
        MessageEntity(type="sparkle", offset=0, length=1),
        MessageEntity(type="bold", offset=0, length=9),
        MessageEntity(type="date_time", offset=0, length=1),
    ],
)
async def test_entities_that_are_refused(bot: Bot, tara: int, entity: MessageEntity) -> None:
    with pytest.raises(TelegramBadRequest, match="can't parse entities"):
        await bot.send_message(tara, "x", entities=[entity], parse_mode=None)


async def test_an_unknown_parse_mode_is_refused(bot: Bot, tara: int) -> None:
    with pytest.raises(TelegramBadRequest, match="unsupported parse_mode"):
        await bot.send_message(tara, "x", parse_mode="BBCode")

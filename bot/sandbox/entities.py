"""Formatted text: what a message says and which parts of it are bold, links, code…

Offsets and lengths count UTF-16 code units, as everywhere in the Bot API.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.sandbox.html_text import parse_html
from bot.sandbox.markdown_text import parse_markdown
from bot.sandbox.model import Json
from bot.sandbox.parameters import Parameters
from bot.sandbox.refusals import bad_request, unparsable_entities

# Which fields beside type, offset and length an entity of this type may carry.
FIELDS_BY_TYPE: dict[str, tuple[str, ...]] = dict.fromkeys(
    [
        *("mention", "hashtag", "cashtag", "bot_command", "url", "email", "phone_number", "code"),
        *("bold", "italic", "underline", "strikethrough", "spoiler", "blockquote", "expandable_blockquote"),
    ],
    (),
) | {
    "pre": ("language",),
    "text_link": ("url",),
    "text_mention": ("user",),
    "custom_emoji": ("custom_emoji_id",),
    "date_time": ("unix_time", "date_time_format"),
}
REQUIRED = {
    "text_link": "url",
    "text_mention": "user",
    "date_time": "unix_time",
    "custom_emoji": "custom_emoji_id",
}
VERBATIM = frozenset({"code", "pre", "text_link"})
FOUND_BY_ITSELF = {
    "bot_command": re.compile(r"(?<![\w/<>])/[A-Za-z0-9_]{1,64}(?:@\w{3,32})?\b(?![/<>])"),
    "url": re.compile(r"\bhttps?://[^\s<>\"']+[^\s<>\"'.,;:!?)]"),
    "mention": re.compile(r"(?<![\w@])@[A-Za-z]\w{3,31}\b"),
    "hashtag": re.compile(r"(?<![\w#])#[^\W\d]\w{0,255}\b"),
    "cashtag": re.compile(r"(?<![\w$])\$[A-Z]{1,8}\b"),
}


@dataclass(frozen=True, slots=True)
class Formatted:
    text: str
    entities: list[Json]

    def json(self, text_field: str, entities_field: str) -> Json:
        """The message's fields; none at all for an empty text."""
        if not self.text:
            return {}
        found = {entities_field: self.entities} if self.entities else {}
        return {text_field: self.text} | found


def utf16_length(text: str) -> int:
    return len(text) + sum(character > "\uffff" for character in text)


def formatted(p: Parameters, text_field: str, entities_field: str) -> Formatted:
    """The text as Telegram stores it: parsed, trimmed, links and commands found."""
    text, mode, listed = p.text(text_field), p.text("parse_mode").lower(), p.listed(entities_field)
    if listed is not None and not mode:
        entities = _checked(listed, utf16_length(text))
    else:
        text, entities = _parsed(text, mode)
    return with_found_entities(_trimmed(text, entities))


def _parsed(text: str, mode: str) -> tuple[str, list[Json]]:
    if mode in ("", "none"):
        return text, []
    if mode == "html":
        return parse_html(text)
    if mode == "markdownv2":
        return parse_markdown(text)
    raise bad_request("unsupported parse_mode")


def _checked(listed: list[Json], length: int) -> list[Json]:
    return _sorted([_checked_one(entity, length) for entity in listed])


def _checked_one(entity: Json, length: int) -> Json:
    kind, offset, size = entity["type"], entity["offset"], entity["length"]
    if kind not in FIELDS_BY_TYPE:
        raise unparsable_entities("unsupported MessageEntity type specified")
    if offset < 0 or size < 0 or offset + size > length:
        raise unparsable_entities(f"entity {kind} is outside of the text")
    needed = REQUIRED.get(kind)
    if needed and entity.get(needed) is None:
        raise unparsable_entities(f"entity {kind} has no {needed}")
    optional = {name: entity[name] for name in FIELDS_BY_TYPE[kind] if entity.get(name) is not None}
    return {"type": kind, "offset": offset, "length": size} | optional


def _sorted(entities: list[Json]) -> list[Json]:
    return sorted(entities, key=lambda entity: (entity["offset"], -entity["length"]))


def _trimmed(text: str, entities: list[Json]) -> Formatted:
    """Telegram cuts white space around a text; entities shrink with it."""
    start = utf16_length(text) - utf16_length(text.lstrip())
    kept = text.strip()
    end = start + utf16_length(kept)
    moved = []
    for entity in entities:
        first = max(entity["offset"], start)
        last = min(entity["offset"] + entity["length"], end)
        if first < last:
            moved.append(entity | {"offset": first - start, "length": last - first})
    return Formatted(kept, moved)


def with_found_entities(message: Formatted) -> Formatted:
    """Add commands, addresses, mentions and tags, outside of code and links."""
    verbatim = [e for e in message.entities if e["type"] in VERBATIM]
    found: list[Json] = []
    for kind, pattern in FOUND_BY_ITSELF.items():
        for match in pattern.finditer(message.text):
            offset, length = utf16_length(message.text[: match.start()]), utf16_length(match.group())
            if not any(_overlap(offset, length, other) for other in verbatim + found):
                found.append({"type": kind, "offset": offset, "length": length})
    return Formatted(message.text, _sorted(message.entities + found))


def _overlap(offset: int, length: int, other: Json) -> bool:
    return bool(offset < other["offset"] + other["length"] and other["offset"] < offset + length)

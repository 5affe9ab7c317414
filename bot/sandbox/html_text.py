"""Telegram's HTML parse mode: the tags it knows, and its complaints about the rest."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from bot.sandbox.model import Json
from bot.sandbox.refusals import unparsable_entities

TYPE_BY_TAG = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "tg-spoiler": "spoiler",
    "span": "spoiler",
    "code": "code",
    "pre": "pre",
    "a": "text_link",
    "blockquote": "blockquote",
    "tg-emoji": "custom_emoji",
    "tg-time": "date_time",
}
TAG = re.compile(r"<(/?)([^\s<>/]*)((?:\s[^<>]*)?)>")
ATTRIBUTE = re.compile(r"""([A-Za-z-]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+)))?""")
REFERENCE = re.compile(r"&(?:#(\d+)|#[xX]([0-9a-fA-F]+)|(lt|gt|amp|quot));")
NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}


@dataclass(slots=True)
class OpenTag:
    name: str
    start: int
    extra: Json
    kind: str


@dataclass(slots=True)
class _Reading:
    """What was read so far; `length` counts UTF-16 code units."""

    source: str
    pieces: list[str] = field(default_factory=list)
    length: int = 0
    stack: list[OpenTag] = field(default_factory=list)
    entities: list[Json] = field(default_factory=list)

    def say(self, raw: str) -> None:
        piece = REFERENCE.sub(_dereferenced, raw)
        self.pieces.append(piece)
        self.length += len(piece.encode("utf-16-le")) // 2

    def byte_offset(self, at: int) -> int:
        return len(self.source[:at].encode())

    def open(self, tag: re.Match[str]) -> None:
        name = tag[2].lower()
        kind = TYPE_BY_TAG.get(name)
        attributes = {m[1].lower(): unescape(m[2] or m[3] or m[4] or "") for m in ATTRIBUTE.finditer(tag[3])}
        if kind is None or (name == "span" and attributes.get("class") != "tg-spoiler"):
            shown = "span" if name == "span" else tag[2]
            at = self.byte_offset(tag.start())
            raise unparsable_entities(f'Unsupported start tag "{shown}" at byte offset {at}')
        extra = _extra_fields(name, attributes)
        if name == "blockquote" and "expandable" in attributes:
            kind = "expandable_blockquote"
        self.stack.append(OpenTag(name, self.length, extra, kind))

    def close(self, tag: re.Match[str]) -> None:
        at = self.byte_offset(tag.start())
        if not self.stack:
            raise unparsable_entities(f"Unexpected end tag at byte offset {at}")
        opened = self.stack.pop()
        if tag[2] and tag[2].lower() != opened.name:
            raise unparsable_entities(
                f'Unmatched end tag at byte offset {at}, expected "</{opened.name}>", found "</{tag[2]}>"'
            )
        self._add(opened)

    def _add(self, opened: OpenTag) -> None:
        if opened.kind == "text_link" and not opened.extra:
            return
        if opened.name == "code" and self.stack and self.stack[-1].name == "pre":
            self.stack[-1].extra |= opened.extra
            return
        extra = {} if opened.kind == "code" else opened.extra
        if self.length > opened.start:
            span = {"type": opened.kind, "offset": opened.start, "length": self.length - opened.start}
            self.entities.append(span | extra)


def unescape(raw: str) -> str:
    return REFERENCE.sub(_dereferenced, raw)


def _dereferenced(match: re.Match[str]) -> str:
    decimal, hexadecimal, name = match.groups()
    if name:
        return NAMED[name]
    code = int(decimal) if decimal else int(hexadecimal, 16)
    return chr(code) if 0 < code < 0x110000 and not 0xD800 <= code < 0xE000 else match.group()


def _extra_fields(name: str, attributes: dict[str, str]) -> Json:
    if name == "a" and attributes.get("href"):
        return {"url": attributes["href"]}
    if name == "code" and attributes.get("class", "").startswith("language-"):
        return {"language": attributes["class"].removeprefix("language-")}
    if name == "tg-emoji":
        return {"custom_emoji_id": attributes.get("emoji-id", "")}
    if name == "tg-time":
        return _moment(attributes)
    return {}


def _moment(attributes: dict[str, str]) -> Json:
    if not attributes.get("unix", "").isdigit():
        raise unparsable_entities('Tag "tg-time" must have a valid attribute "unix"')
    shape = {"date_time_format": attributes["format"]} if attributes.get("format") else {}
    return {"unix_time": int(attributes["unix"])} | shape


def parse_html(source: str) -> tuple[str, list[Json]]:
    """Plain text and entities; refused where Telegram would refuse."""
    reading, at = _Reading(source), 0
    while (bracket := source.find("<", at)) >= 0:
        reading.say(source[at:bracket])
        tag = TAG.match(source, bracket)
        if tag is None:
            where = reading.byte_offset(bracket)
            raise unparsable_entities(f"Unclosed start tag at byte offset {where}")
        reading.close(tag) if tag[1] else reading.open(tag)
        at = tag.end()
    reading.say(source[at:])
    if reading.stack:
        raise unparsable_entities(
            f'Can\'t find end tag corresponding to start tag "{reading.stack[-1].name}"'
        )
    entities = sorted(reading.entities, key=lambda entity: (entity["offset"], -entity["length"]))
    return "".join(reading.pieces), entities

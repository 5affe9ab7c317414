"""Telegram's MarkdownV2 parse mode: inline marks, code, links, escapes. Block quotes are not modelled."""

from __future__ import annotations

import re

from bot.sandbox.model import Json
from bot.sandbox.refusals import Refusal, unparsable_entities

MARKS = {"||": "spoiler", "__": "underline", "*": "bold", "_": "italic", "~": "strikethrough"}
TOKEN = re.compile(
    r"\\(?P<escaped>[\x01-\x7e])"
    r"|```(?:(?P<language>[\w+-]+)\n)?(?P<pre>(?:\\.|[^`\\])+)```"
    r"|`(?P<code>(?:\\.|[^`\\])+)`"
    r"|(?P<open_link>\[)"
    r"|\]\((?P<url>(?:\\.|[^)\\])*)\)"
    r"|(?P<mark>\|\||__|[*_~])"
    r"|(?P<reserved>[\[\]()`>#+\-=|{}.!])"
    r"|(?P<plain>.)",
    re.DOTALL,
)
ESCAPE = re.compile(r"\\(.)", re.DOTALL)


def parse_markdown(source: str) -> tuple[str, list[Json]]:
    """Plain text and entities; a reserved character that is not escaped is refused, as Telegram does."""
    if source.startswith(">") or "\n>" in source:
        raise Refusal(501, "Not Implemented: the sandbox does not model block quotes in MarkdownV2; use HTML")
    reading = _Reading()
    for token in TOKEN.finditer(source):
        reading.take(token, len(source[: token.start()].encode()))
    reading.finish()
    return "".join(reading.pieces), sorted(reading.entities, key=lambda e: (e["offset"], -e["length"]))


class _Reading:
    def __init__(self) -> None:
        self.pieces: list[str] = []
        self.entities: list[Json] = []
        self.open: list[tuple[str, int, int]] = []
        self.length = 0

    def say(self, piece: str) -> None:
        self.pieces.append(piece)
        self.length += len(piece.encode("utf-16-le")) // 2

    def take(self, token: re.Match[str], at: int) -> None:
        match token.lastgroup:
            case "escaped" | "plain":
                self.say(token[token.lastgroup])
            case "code" | "pre":
                self._verbatim(token.lastgroup, token)
            case "open_link":
                self.open.append(("[", self.length, at))
            case "url":
                self._close_link(token)
            case "mark":
                self._toggle(token["mark"], at)
            case _:
                raise unparsable_entities(
                    f"Character '{token['reserved']}' is reserved and must be escaped with the preceding '\\'"
                )

    def _verbatim(self, kind: str, token: re.Match[str]) -> None:
        start = self.length
        self.say(ESCAPE.sub(r"\1", token[kind]))
        language = {"language": token["language"]} if token["language"] else {}
        self.entities.append({"type": kind, "offset": start, "length": self.length - start} | language)

    def _close_link(self, token: re.Match[str]) -> None:
        if not self.open or self.open[-1][0] != "[":
            raise unparsable_entities("Character ']' is reserved and must be escaped with the preceding '\\'")
        self._close("text_link", {"url": ESCAPE.sub(r"\1", token["url"])})

    def _toggle(self, mark: str, at: int) -> None:
        if self.open and self.open[-1][0] == mark:
            self._close(MARKS[mark], {})
        else:
            self.open.append((mark, self.length, at))

    def _close(self, kind: str, extra: Json) -> None:
        _, start, _ = self.open.pop()
        if self.length > start:
            self.entities.append({"type": kind, "offset": start, "length": self.length - start} | extra)

    def finish(self) -> None:
        if self.open:
            mark, _, at = self.open[-1]
            kind = "link" if mark == "[" else MARKS[mark]
            raise unparsable_entities(f"Can't find end of {kind.capitalize()} entity at byte offset {at}")

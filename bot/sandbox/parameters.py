"""The parameters of one Bot API call, however the client encoded them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, cast

from bot.sandbox.files import Upload
from bot.sandbox.model import Json
from bot.sandbox.refusals import bad_request

ATTACHED = "attach://"


@dataclass(frozen=True, slots=True)
class Parameters:
    """Fields are strings (forms, query) or JSON values (JSON bodies); nested objects may be JSON strings."""

    fields: Mapping[str, Any]
    uploads: Mapping[str, Upload] = field(default_factory=dict)

    def text(self, name: str) -> str:
        value = self.fields.get(name)
        return "" if value is None else str(value)

    def integer(self, name: str) -> int | None:
        """`None` when absent; refused when it is no whole number."""
        value = self.fields.get(name)
        if value is None or value == "":
            return None
        try:
            return int(value)
        except (TypeError, ValueError):
            raise bad_request(f"invalid {name} specified") from None

    def flag(self, name: str) -> bool:
        return str(self.fields.get(name, "")).lower() in ("true", "1", "yes")

    def listed(self, name: str) -> list[Any] | None:
        return cast("list[Any] | None", self._shaped(name, list, "Array"))

    def integers(self, name: str) -> list[int]:
        try:
            return [int(one) for one in self.listed(name) or []]
        except (TypeError, ValueError):
            raise bad_request(f"invalid {name} specified") from None

    def nested(self, name: str) -> Json | None:
        return cast("Json | None", self._shaped(name, dict, "Object"))

    def _shaped(self, name: str, shape: type, shape_name: str) -> object:
        value = self.decoded(name)
        if value is not None and not isinstance(value, shape):
            raise bad_request(f"{shape_name} expected as {name}")
        return value

    @staticmethod
    def _parsed(name: str, value: str) -> object:
        try:
            return json.loads(value)
        except ValueError:
            raise bad_request(f"can't parse {name} JSON object") from None

    def decoded(self, name: str) -> object:
        """The value with its JSON read, whatever its shape; `None` when absent."""
        value = self.fields.get(name)
        if value is None or value == "":
            return None
        return self._parsed(name, value) if isinstance(value, str) else value

    def file(self, name: str) -> Upload | str | None:
        """The uploaded file, or the string (file_id or address) that stands for it."""
        return self.uploads.get(name) or self.referred(self.fields.get(name))

    def referred(self, reference: object) -> Upload | str | None:
        """The upload that an `attach://…` names, or the reference itself."""
        if not isinstance(reference, str) or not reference:
            return None
        if not reference.startswith(ATTACHED):
            return reference
        upload = self.uploads.get(reference.removeprefix(ATTACHED))
        if upload is None:
            raise bad_request(f"attached file '{reference}' not found")
        return upload

    def for_the_log(self) -> Json:
        """What was asked, nested objects decoded, files by name and size only."""
        shown = {name: _readable(value) for name, value in self.fields.items()}
        files = {name: f"<{upload.name}, {len(upload.body)} bytes>" for name, upload in self.uploads.items()}
        return shown | files


def _readable(value: object) -> object:
    if isinstance(value, str) and value[:1] in ("{", "["):
        try:
            return json.loads(value)
        except ValueError:
            return value
    return value

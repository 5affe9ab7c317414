"""Files that the bot uploaded, known by their `file_id`."""

from __future__ import annotations

import hashlib
import mimetypes
import struct
from dataclasses import dataclass, field
from pathlib import PurePath

from bot.sandbox.model import Json
from bot.sandbox.refusals import bad_request


@dataclass(frozen=True, slots=True)
class Upload:
    name: str
    body: bytes


@dataclass(frozen=True, slots=True)
class StoredFile:
    """`path` is what getFile tells and the download address ends with."""

    file_id: str
    unique_id: str
    kind: str
    name: str
    path: str
    body: bytes
    width: int = 0
    height: int = 0

    @property
    def mime_type(self) -> str:
        return mimetypes.guess_type(self.name)[0] or "application/octet-stream"

    def json(self) -> Json:
        """The PhotoSize or Document object."""
        common = {"file_id": self.file_id, "file_unique_id": self.unique_id, "file_size": len(self.body)}
        if self.kind == "photo":
            return common | {"width": self.width, "height": self.height}
        return common | {"file_name": self.name, "mime_type": self.mime_type}


def media_content(file: StoredFile) -> Json:
    """The fields of a message that carries this file."""
    return {"photo": [file.json()]} if file.kind == "photo" else {"document": file.json()}


@dataclass(slots=True)
class Files:
    """Photos are kept as uploaded, in one size; Telegram makes several and recompresses them."""

    by_id: dict[str, StoredFile] = field(default_factory=dict)
    by_path: dict[str, StoredFile] = field(default_factory=dict)

    def store_photo(self, upload: Upload) -> StoredFile:
        width, height = image_size(upload.body)
        if width + height > 10_000 or max(width, height) > 20 * min(width, height):
            raise bad_request("PHOTO_INVALID_DIMENSIONS")
        return self._store("photo", upload, width, height)

    def store_document(self, upload: Upload) -> StoredFile:
        return self._store("document", upload)

    def _store(self, kind: str, upload: Upload, width: int = 0, height: int = 0) -> StoredFile:
        unique_id = hashlib.sha256(upload.body).hexdigest()[:16]
        number = len(self.by_id)
        path = f"{kind}s/file_{number}{PurePath(upload.name).suffix}"
        file_id = f"{'AgAC' if kind == 'photo' else 'BQAC'}{unique_id}-{number}"
        stored = StoredFile(file_id, unique_id, kind, upload.name, path, upload.body, width, height)
        self.by_id[file_id] = self.by_path[path] = stored
        return stored


def image_size(body: bytes) -> tuple[int, int]:
    """Width and height in pixels of a PNG or a JPEG; anything else is refused as Telegram refuses it."""
    if body[:8] == b"\x89PNG\r\n\x1a\n" and body[12:16] == b"IHDR":
        width, height = struct.unpack(">II", body[16:24])
    elif body[:2] == b"\xff\xd8":
        width, height = _jpeg_size(body)
    else:
        raise bad_request("IMAGE_PROCESS_FAILED")
    if not width or not height:
        raise bad_request("PHOTO_INVALID_DIMENSIONS")
    return width, height


def _jpeg_size(body: bytes) -> tuple[int, int]:
    """Walk the segments to the frame header (SOF0…SOF15 without DHT, JPG and DAC)."""
    at = 2
    while at + 9 <= len(body) and body[at] == 0xFF:
        marker, length = body[at + 1], int.from_bytes(body[at + 2 : at + 4], "big")
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            height, width = struct.unpack(">HH", body[at + 5 : at + 9])
            return width, height
        at += 2 + length
    raise bad_request("IMAGE_PROCESS_FAILED")

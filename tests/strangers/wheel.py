"""What the published Windows wheel of MetaTrader5 says of itself, read without running it.

Its C core is a PE image. The tables that Python's C API asks for lie in its data sections as arrays of
pointers: `PyMethodDef` (name, function, flags, text) and `PyStructSequence_Desc` (name, text, fields, count).
"""

import re
import struct
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

NO_ARGUMENTS, POSITIONAL, KEYWORDS = 4, 1, 3
"""Flags of a method: METH_NOARGS, METH_VARARGS, METH_VARARGS | METH_KEYWORDS."""

_LOCK = Path(__file__).parents[2] / "requirements.txt"


def download(folder: Path) -> zipfile.ZipFile | None:
    """The wheel that the lock names, its hash checked; None where it cannot be had."""
    pinned = re.search(r"^(metatrader5==\S+)[^\\]*((?:\\\s+--hash=\S+\s*)+)", _LOCK.read_text(), re.MULTILINE)
    assert pinned is not None
    wanted = folder / "wanted.txt"
    wanted.write_text(f"{pinned[1]} {pinned[2]}\n")
    fetch = [
        sys.executable, "-m", "pip", "download", "--disable-pip-version-check", "-q", "--no-deps",
        "--require-hashes", "--only-binary=:all:", "--platform", "win_amd64", "--python-version", "311",
        "--retries", "0", "--timeout", "5", "-r", str(wanted), "-d", str(folder),
    ]  # fmt: skip
    subprocess.run(fetch, check=False, capture_output=True)
    wheels = list(folder.glob("*.whl"))
    return zipfile.ZipFile(wheels[0]) if wheels else None


@dataclass(frozen=True, slots=True)
class _Section:
    address: int
    size: int
    offset: int


class Core:
    """The C core: its functions with their flags, its structs with their fields, its texts."""

    def __init__(self, image: bytes) -> None:
        self._image = image
        header = self._number("<I", 0x3C)
        self._base = self._number("<Q", header + 24 + 24)
        sections, first = self._number("<H", header + 6), header + 24 + self._number("<H", header + 20)
        self._sections = [self._section(first + 40 * number) for number in range(sections)]

    def says(self, text: str) -> bool:
        return text.encode("ascii") in self._image or text.encode("utf-16-le") in self._image

    @cached_property
    def functions(self) -> dict[str, int]:
        """Name to flags."""
        return {
            name: flags
            for pointer, function, flags, text in self._records()
            if (name := self._name(pointer)) and flags in (NO_ARGUMENTS, POSITIONAL, KEYWORDS)
            and self._offset(function) and (self._text(text) or "").startswith(f"{name}(")
        }  # fmt: skip

    @cached_property
    def structs(self) -> dict[str, tuple[str, ...]]:
        """Type name to field names, in order."""
        return {
            name: fields
            for pointer, _, table, count in self._records()
            if (name := self._name(pointer)) and name[0].isupper()
            and (fields := tuple(self._fields(table))) and len(fields) == count & 0xFFFF_FFFF
        }  # fmt: skip

    def _records(self) -> Iterator[tuple[int, int, int, int]]:
        """Every four pointers in a row that begin with one into the image."""
        for section in self._sections:
            for offset in range(section.offset, section.offset + section.size - 32, 8):
                record = struct.unpack_from("<4Q", self._image, offset)
                if self._offset(record[0]):
                    yield record

    def _fields(self, table: int) -> Iterator[str]:
        """The names of a table of (name, text), up to the empty one."""
        offset = self._offset(table)
        while offset and (name := self._name(self._number("<Q", offset))):
            yield name
            offset += 16

    def _section(self, header: int) -> _Section:
        size, address, stored, offset = struct.unpack_from("<4I", self._image, header + 8)
        return _Section(self._base + address, min(size, stored), offset)

    def _offset(self, pointer: int) -> int:
        """Where in the file a pointer leads; 0 for nowhere."""
        for section in self._sections:
            if section.address <= pointer < section.address + section.size:
                return section.offset + pointer - section.address
        return 0

    def _text(self, pointer: int) -> str | None:
        offset = self._offset(pointer)
        found = re.compile(rb"[\t\n\r -~]+\x00").match(self._image, offset) if offset else None
        return found[0][:-1].decode("ascii") if found else None

    def _name(self, pointer: int) -> str | None:
        text = self._text(pointer)
        return text if text and text.isidentifier() else None

    def _number(self, kind: str, offset: int) -> int:
        [number] = struct.unpack_from(kind, self._image, offset)
        return int(number)

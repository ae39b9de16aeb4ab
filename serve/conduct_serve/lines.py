"""Bytes of a file → physical lines of text, decoded one by one."""

import codecs
import gzip
import io
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import zstandard

from conduct_serve.problems import UnusableInput
from conduct_serve.rows import LARGEST_FIELD, TOO_LONG, UNDECODABLE

LONGEST_LINE = 4 * LARGEST_FIELD
"""Bytes of a physical line that are read at most; the rest of a longer one is skipped."""
SAMPLE = 256 * 1024
UNREADABLE = (OSError, EOFError, zlib.error, zstandard.ZstdError)

Line = tuple[int, str, str | None]
"""Line number, text with its line end, and why it cannot be used, if so."""


def open_bytes(path: Path) -> IO[bytes]:
    """The content of a file, unpacked where its name ends in .gz or .zst."""
    if path.suffix.lower() == ".gz":
        return gzip.open(path, "rb")  # type: ignore[return-value]
    if path.suffix.lower() == ".zst":
        return io.BufferedReader(zstandard.open(path, "rb"))
    return path.open("rb")


def sample(path: Path) -> bytes:
    """The first bytes; raises `UnusableInput` where they cannot be read or there are none."""
    try:
        with open_bytes(path) as stream:
            head = stream.read(SAMPLE)
    except UNREADABLE as fault:
        raise UnusableInput(
            f"{path}: cannot be read: {type(fault).__name__}; check the file and its compression"
        ) from fault
    if not head.strip():
        raise UnusableInput(f"{path}: the file is empty")
    return head


def encoding_of(path: Path, head: bytes) -> str:
    """UTF-16 by its mark or its NULs, else UTF-8 (single lines may be Windows-1252); binary content is refused."""
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    start = head[:4000]
    for offset, name in ((1, "utf-16-le"), (0, "utf-16-be")):
        if len(start) > 20 and start[offset::2].count(0) > 0.8 * len(start[offset::2]):
            return name
    if sum(byte < 9 or 13 < byte < 32 for byte in start) > 0.1 * len(start):
        raise UnusableInput(f"{path}: is not text; give CSV, JSON Lines or Parquet")
    return "utf-8"


def lines(path: Path, encoding: str) -> Iterator[Line]:
    """Each physical line. One that is no UTF-8 is read as Windows-1252: forces mix them in one file.

    Raises `UnusableInput` where the file ends in the middle of its compression.
    """
    try:
        with open_bytes(path) as stream:
            yield from _wide(stream, encoding) if encoding.startswith("utf-16") else _narrow(stream)
    except UNREADABLE as fault:
        raise UnusableInput(f"{path}: ends too early or is damaged ({type(fault).__name__}); fetch it again") from fault


def _wide(stream: IO[bytes], encoding: str) -> Iterator[Line]:
    with io.TextIOWrapper(stream, encoding, errors="replace", newline="\n") as texts:
        for number, text in enumerate(texts, 1):
            yield number, text.removeprefix("\ufeff"), UNDECODABLE if "\ufffd" in text else None


def _narrow(stream: IO[bytes]) -> Iterator[Line]:
    number = 0
    while line := stream.readline(LONGEST_LINE):
        number += 1
        if len(line) == LONGEST_LINE and not line.endswith(b"\n"):
            while (rest := stream.readline(LONGEST_LINE)) and not rest.endswith(b"\n"):
                pass
            yield number, decoded(line[:200])[0], TOO_LONG
            continue
        yield number, *decoded(line.removeprefix(codecs.BOM_UTF8) if number == 1 else line)


def decoded(line: bytes) -> tuple[str, str | None]:
    """Text as UTF-8, else as Windows-1252, and why it cannot be used where it is neither."""
    for encoding in ("utf-8", "cp1252"):
        try:
            return line.decode(encoding), None
        except UnicodeDecodeError:
            continue
    return line.decode("utf-8", errors="replace"), UNDECODABLE

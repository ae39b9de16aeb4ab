"""Bytes of an export → rows of text, one at a time, with the line each began on; every bad row is reported."""

import codecs
import csv
import gzip
import io
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import pyarrow as pa
import pyarrow.parquet as pq
import zstandard

from conduct_serve.problems import UnusableInput

LARGEST_FIELD = 1_000_000
"""Characters: no crime narrative is longer; an unclosed quote is."""
LONGEST_ROW = 8 * LARGEST_FIELD
_SAMPLE = 256 * 1024
DELIMITERS = ",;|\t"


@dataclass(frozen=True, slots=True)
class Row:
    """Cells of one row, in the order of the header; `line` counts from 1 in the file as given."""

    line: int
    cells: Sequence[str | None]


@dataclass(frozen=True, slots=True)
class BadRow:
    line: int
    reason: str
    cells: Sequence[str | None] = ()


@dataclass(frozen=True, slots=True)
class Source:
    """An export opened: its header, and its rows, good and bad, in order."""

    header: Sequence[str]
    rows: Iterator[Row | BadRow]
    form: str


def open_export(path: Path) -> Source:
    """Opens an export by its content; raises `UnusableInput` naming the file where it cannot be one."""
    if path.is_dir():
        raise UnusableInput(f"{path}: is a folder; give the export file itself")
    if not path.exists():
        raise UnusableInput(f"{path}: no such file")
    try:
        head = _open_bytes(path).read(_SAMPLE)
    except (OSError, zstandard.ZstdError, EOFError) as fault:
        raise UnusableInput(
            f"{path}: cannot be read: {type(fault).__name__}; check the file and its compression"
        ) from fault
    if not head.strip():
        raise UnusableInput(f"{path}: the file is empty")
    if head[:4] == b"PAR1":
        return _parquet(path)
    encoding = _encoding(path, head)
    first = head.decode(encoding, errors="replace").lstrip("\ufeff \r\n")
    if path.name.removesuffix(".gz").removesuffix(".zst").endswith((".jsonl", ".ndjson", ".json")) or first.startswith(
        "{"
    ):
        return _json_lines(path, encoding)
    return _delimited(path, encoding, first)


def _open_bytes(path: Path) -> IO[bytes]:
    if path.suffix == ".gz":
        return gzip.open(path, "rb")  # type: ignore[return-value]
    if path.suffix == ".zst":
        return zstandard.open(path, "rb")  # type: ignore[no-any-return]
    return path.open("rb")


def _encoding(path: Path, head: bytes) -> str:
    """UTF-16 by its mark or its NULs, UTF-8 where it decodes, else Windows-1252; binary content is refused."""
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    pairs = head[:4000]
    for offset, name in ((1, "utf-16-le"), (0, "utf-16-be")):
        if len(pairs) > 20 and pairs[offset::2].count(0) > 0.8 * len(pairs[offset::2]):
            return name
    control = sum(byte < 9 or 13 < byte < 32 for byte in head[:4000])
    if control > 0.1 * len(head[:4000]):
        raise UnusableInput(f"{path}: is not text; give CSV, JSON Lines or Parquet")
    return "utf-8"


def _lines(path: Path, encoding: str) -> Iterator[tuple[int, str | None, bool]]:
    """(line number, text with its line end, undecodable?) of each physical line.

    A line that is no UTF-8 is read as Windows-1252, where it can be: forces mix them in one file.
    """
    with _open_bytes(path) as stream:
        if encoding.startswith("utf-16"):
            for number, text in enumerate(io.TextIOWrapper(stream, encoding, errors="replace", newline="\n"), 1):
                yield number, text.removeprefix("\ufeff"), "\ufffd" in text
            return
        number = 0
        while line := stream.readline(LONGEST_ROW):
            number += 1
            yield number, *_decoded(line.removeprefix(codecs.BOM_UTF8) if number == 1 else line)


def _decoded(line: bytes) -> tuple[str, bool]:
    for encoding in ("utf-8", "cp1252"):
        try:
            return line.decode(encoding), False
        except UnicodeDecodeError:
            continue
    return line.decode("utf-8", errors="replace"), True


def _delimiter(path: Path, first_line: str) -> str:
    counts = {d: first_line.count(d) for d in DELIMITERS}
    best = max(DELIMITERS, key=counts.__getitem__)
    if not counts[best]:
        raise UnusableInput(f"{path}: the first line has no comma, semicolon, bar or tab; it should hold the headings")
    return best


def _delimited(path: Path, encoding: str, first: str) -> Source:
    delimiter = _delimiter(path, first.splitlines()[0])
    lines = _lines(path, encoding)
    records = _records(lines, delimiter)
    header_row = next((r for r in records if isinstance(r, Row)), None)
    if header_row is None:
        raise UnusableInput(f"{path}: the first line cannot be read as headings; check its quotes")
    header = [cell or "" for cell in header_row.cells]
    return Source(header, _of_width(records, len(header)), "csv")


def _of_width(records: Iterator[Row | BadRow], width: int) -> Iterator[Row | BadRow]:
    for record in records:
        if isinstance(record, Row) and len(record.cells) != width:
            yield BadRow(record.line, f"has {len(record.cells)} fields where the header has {width}", record.cells)
        else:
            yield record


def _quotes_open(text: str, delimiter: str, inside: bool) -> bool:
    """Whether a quoted field is still open at the end of `text`, by the rules of RFC 4180."""
    at = text.find('"')
    while at >= 0:
        if inside:
            if text[at + 1 : at + 2] == '"':
                at += 1  # a doubled quote stands for one
            else:
                inside = False
        elif at == 0 or text[at - 1] == delimiter:
            inside = True
        at = text.find('"', at + 1)
    return inside


class _Pending:
    """Physical lines of a record whose quotes are still open."""

    def __init__(self) -> None:
        self.first, self.parts, self.bad, self.size = 0, list[str](), False, 0

    def add(self, number: int, text: str, undecodable: bool) -> None:
        self.first = self.first or number
        self.parts.append(text)
        self.bad |= undecodable
        self.size += len(text)


def _records(lines: Iterator[tuple[int, str | None, bool]], delimiter: str) -> Iterator[Row | BadRow]:
    """Rows of delimited text. A quote never closed loses its own line only: reading goes on at the next."""
    waiting: list[tuple[int, str | None, bool]] = []
    while True:
        pending, inside = _Pending(), False
        taken: list[tuple[int, str | None, bool]] = []
        while (line := waiting.pop(0) if waiting else next(lines, None)) is not None:
            number, text, undecodable = line
            taken.append(line)
            pending.add(number, text or "", undecodable)
            inside = _quotes_open(text or "", delimiter, inside)
            if not inside or pending.size > LARGEST_FIELD or len(taken) > 20_000:
                break
        if not taken:
            return
        if inside:
            yield BadRow(
                pending.first,
                "a quoted field is never closed, or is over 1,000,000 characters",
                _first_cells(taken[0][1] or "", delimiter),
            )
            waiting = taken[1:] + waiting
            continue
        if record := _parsed(pending, delimiter):
            yield record


def _first_cells(text: str, delimiter: str) -> list[str | None]:
    """The cells before the open quote, so that the quarantine can name the reference."""
    return list(text.split('"', 1)[0].rstrip(delimiter).split(delimiter))


def _parsed(pending: _Pending, delimiter: str) -> Row | BadRow | None:
    text = "".join(pending.parts)
    if not text.strip("\r\n \ufeff"):
        return None
    plain = text.split(delimiter)
    if "\0" in text:
        return BadRow(pending.first, "contains a NUL character", [c.replace("\0", "") for c in plain[:1]])
    if pending.bad:
        return BadRow(pending.first, "contains bytes that are neither UTF-8 nor Windows-1252", plain[:1])
    if len(text) > LARGEST_FIELD:
        return BadRow(pending.first, "is over 1,000,000 characters long", plain[:1])
    try:
        cells = next(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))
    except (csv.Error, StopIteration) as fault:
        return BadRow(pending.first, f"is not well-formed CSV: {fault}", plain[:1])
    return Row(pending.first, cells)


def _json_lines(path: Path, encoding: str) -> Source:
    """JSON Lines: the header is the union of the keys of the first 1,000 objects."""
    header: dict[str, None] = {}
    for n, record in enumerate(_objects(path, encoding)):
        if isinstance(record, tuple):
            header |= dict.fromkeys(record[1])
        if n >= 1000:
            break
    if not header:
        raise UnusableInput(f"{path}: no line is a JSON object; each line should be one record")

    def rows() -> Iterator[Row | BadRow]:
        for record in _objects(path, encoding):
            if isinstance(record, BadRow):
                yield record
            elif unknown := set(record[1]) - set(header):
                yield BadRow(record[0], f"has {len(unknown)} keys that no earlier record has")
            else:
                yield Row(record[0], [_cell(record[1].get(key)) for key in header])

    return Source(list(header), rows(), "jsonl")


def _objects(path: Path, encoding: str) -> Iterator[tuple[int, dict[str, Any]] | BadRow]:
    for number, text, undecodable in _lines(path, encoding):
        text = text or ""
        if not text.strip("\ufeff \r\n"):
            continue
        if undecodable or "\0" in text or len(text) > LARGEST_FIELD:
            yield BadRow(number, "contains a NUL, undecodable bytes, or over 1,000,000 characters")
            continue
        try:
            value = json.loads(text)
        except (json.JSONDecodeError, RecursionError):
            yield BadRow(number, "is not valid JSON")
            continue
        yield (number, value) if isinstance(value, dict) else BadRow(number, "is JSON but no object")


def _cell(value: Any) -> str | None:
    if value is None:
        return None
    if isinstance(value, bool):
        return "Y" if value else "N"
    return value if isinstance(value, str) else json.dumps(value) if isinstance(value, (dict, list)) else str(value)


def _parquet(path: Path) -> Source:
    try:
        table = pq.ParquetFile(path)
        header = table.schema_arrow.names
    except (pa.ArrowException, OSError) as fault:
        raise UnusableInput(f"{path}: is not a readable Parquet file") from fault

    def rows() -> Iterator[Row | BadRow]:
        number = 0
        for batch in table.iter_batches(batch_size=1000):
            columns = [column.to_pylist() for column in batch.columns]
            for cells in zip(*columns, strict=True):
                number += 1
                texts = [_cell(c.isoformat() if hasattr(c, "isoformat") else c) for c in cells]
                yield _checked(number, texts)

    return Source(header, rows(), "parquet")


def _checked(number: int, cells: list[str | None]) -> Row | BadRow:
    if any(cell and "\0" in cell for cell in cells):
        return BadRow(number, "contains a NUL character", [(c or "").replace("\0", "") for c in cells[:1]])
    if any(cell and len(cell) > LARGEST_FIELD for cell in cells):
        return BadRow(number, "is over 1,000,000 characters long", cells[:1])
    return Row(number, cells)

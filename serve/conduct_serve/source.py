"""Bytes of an export → rows of text, one at a time, with the line each began on; every bad row is reported."""

import codecs
import csv
import gzip
import io
import json
from collections import deque
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
LONGEST_ROW = 4 * LARGEST_FIELD
"""Bytes of a physical line that are read at most; the rest of a longer line is skipped."""
MOST_LINES = 20_000
"""Physical lines of one record."""
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
        with _open_bytes(path) as stream:
            head = stream.read(_SAMPLE)
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
        return io.BufferedReader(zstandard.open(path, "rb"))
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


Line = tuple[int, str, str | None]
"""Line number, text with its line end, and why it cannot be used, if so."""
TOO_LONG = "is over 1,000,000 characters long"
UNDECODABLE = "contains bytes that are neither UTF-8 nor Windows-1252"


def _lines(path: Path, encoding: str) -> Iterator[Line]:
    """Each physical line.

    A line that is no UTF-8 is read as Windows-1252, where it can be: forces mix them in one file.
    """
    with _open_bytes(path) as stream:
        if encoding.startswith("utf-16"):
            with io.TextIOWrapper(stream, encoding, errors="replace", newline="\n") as lines:
                for number, text in enumerate(lines, 1):
                    yield number, text.removeprefix("\ufeff"), UNDECODABLE if "\ufffd" in text else None
            return
        number = 0
        while line := stream.readline(LONGEST_ROW):
            number += 1
            if len(line) == LONGEST_ROW and not line.endswith(b"\n"):
                while (rest := stream.readline(LONGEST_ROW)) and not rest.endswith(b"\n"):
                    pass
                yield number, _decoded(line[:200])[0], TOO_LONG
                continue
            yield number, *_decoded(line.removeprefix(codecs.BOM_UTF8) if number == 1 else line)


def _decoded(line: bytes) -> tuple[str, str | None]:
    for encoding in ("utf-8", "cp1252"):
        try:
            return line.decode(encoding), None
        except UnicodeDecodeError:
            continue
    return line.decode("utf-8", errors="replace"), UNDECODABLE


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
        self.lines: list[Line] = []
        self.size = 0
        self.open = False

    def add(self, line: Line, delimiter: str) -> None:
        self.lines.append(line)
        self.size += len(line[1])
        self.open = line[2] != TOO_LONG and _quotes_open(line[1], delimiter, self.open)

    @property
    def first(self) -> int:
        return self.lines[0][0]

    @property
    def text(self) -> str:
        return "".join(text for _, text, _ in self.lines)

    @property
    def fault(self) -> str | None:
        return next((fault for *_, fault in self.lines if fault), None)


def _records(lines: Iterator[Line], delimiter: str) -> Iterator[Row | BadRow]:
    """Rows of delimited text. A quote never closed loses its own line only: reading goes on at the next."""
    waiting: deque[Line] = deque()
    while True:
        pending = _Pending()
        while (line := waiting.popleft() if waiting else next(lines, None)) is not None:
            pending.add(line, delimiter)
            if not pending.open or pending.size > LARGEST_FIELD or len(pending.lines) > MOST_LINES:
                break
        if not pending.lines:
            return
        if pending.open:
            cells = _first_cells(pending.lines[0][1], delimiter)
            yield BadRow(pending.first, "a quoted field is never closed, or is over 1,000,000 characters", cells)
            waiting.extendleft(reversed(pending.lines[1:]))
            continue
        if record := _parsed(pending, delimiter):
            yield record


def _first_cells(text: str, delimiter: str) -> list[str | None]:
    """The cells before the open quote, so that the quarantine can name the reference."""
    return list(text.split('"', 1)[0].rstrip(delimiter).split(delimiter))


def _parsed(pending: _Pending, delimiter: str) -> Row | BadRow | None:
    text = pending.text
    if not text.strip("\r\n \ufeff"):
        return None
    first = [text.split(delimiter, 1)[0].replace("\0", "")]
    if pending.fault:
        return BadRow(pending.first, pending.fault, first)
    if "\0" in text:
        return BadRow(pending.first, "contains a NUL character", first)
    if len(text) > LARGEST_FIELD:
        return BadRow(pending.first, TOO_LONG, first)
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))
    except csv.Error as fault:
        return BadRow(pending.first, f"is not well-formed CSV: {fault}", first)
    if len(rows) != 1:
        return BadRow(pending.first, "contains a bare carriage return: end every row with a line feed", first)
    return Row(pending.first, rows[0])


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
    for number, text, fault in _lines(path, encoding):
        if not text.strip("\ufeff \r\n"):
            continue
        fault = fault or ("contains a NUL character" if "\0" in text else None)
        if fault or len(text) > LARGEST_FIELD:
            yield BadRow(number, fault or TOO_LONG)
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
        return BadRow(number, TOO_LONG, cells[:1])
    return Row(number, cells)

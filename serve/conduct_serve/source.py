"""Opens an export by its content: delimited text, JSON Lines or Parquet."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from conduct_serve.delimited import delimited
from conduct_serve.lines import decoded, encoding_of, lines, sample
from conduct_serve.problems import UnusableInput
from conduct_serve.rows import LARGEST_FIELD, NUL, TOO_LONG, UNDECODABLE, BadRow, Row, Source

JSON_ENDINGS = (".jsonl", ".ndjson", ".json")


def open_export(path: Path) -> Source:
    """Opens an export; raises `UnusableInput` naming the file where it cannot be one."""
    try:
        folder, there = path.is_dir(), path.exists()
    except OSError as fault:
        raise UnusableInput(f"{path}: cannot be read: {fault.strerror}") from fault
    if folder:
        raise UnusableInput(f"{path}: is a folder; give the export file itself")
    if not there:
        raise UnusableInput(f"{path}: no such file")
    head = sample(path)
    if head[:4] == b"PAR1":
        return _parquet(path)
    encoding = encoding_of(path, head)
    first = head.decode(encoding, errors="replace").lstrip("\ufeff \r\n")
    if not first.strip():
        raise UnusableInput(f"{path}: the file is empty")
    name = path.name.lower().removesuffix(".gz").removesuffix(".zst")
    if name.endswith(JSON_ENDINGS) or first.startswith("{"):
        return _json_lines(path, encoding)
    return delimited(path, encoding, first.splitlines()[0])


def _json_lines(path: Path, encoding: str) -> Source:
    """One object a line; the header is the union of all their keys."""
    header: dict[str, None] = {}
    for record in _objects(path, encoding):
        if isinstance(record, tuple):
            header |= dict.fromkeys(record[1])
    if not header:
        raise UnusableInput(f"{path}: no line is a JSON object; each line should be one record")

    def rows() -> Iterator[Row | BadRow]:
        for record in _objects(path, encoding):
            if isinstance(record, BadRow):
                yield record
            else:
                yield Row(record[0], [_cell(record[1].get(key)) for key in header])

    return Source(list(header), rows(), "jsonl")


def _objects(path: Path, encoding: str) -> Iterator[tuple[int, dict[str, Any]] | BadRow]:
    for number, text, fault in lines(path, encoding):
        if not text.strip("\ufeff \r\n"):
            continue
        fault = fault or (NUL if "\0" in text or "\\u0000" in text else None)
        if fault or len(text) > LARGEST_FIELD:
            yield BadRow(number, fault or TOO_LONG)
            continue
        try:
            value = json.loads(text)
            json.dumps(value, ensure_ascii=False).encode()  # half of a surrogate pair is no text
        except UnicodeEncodeError:
            yield BadRow(number, UNDECODABLE)
            continue
        except (ValueError, RecursionError):
            yield BadRow(number, "is not valid JSON")
            continue
        yield (number, value) if isinstance(value, dict) else BadRow(number, "is JSON but no object")


def _cell(value: Any) -> str | None:
    if value is None:
        return None
    if isinstance(value, bool):
        return "Y" if value else "N"
    if isinstance(value, bytes):  # Spark and Hive write text so
        return decoded(value)[0]
    return value if isinstance(value, str) else json.dumps(value) if isinstance(value, (dict, list)) else str(value)


def _parquet(path: Path) -> Source:
    try:
        table = pq.ParquetFile(path)
        header = table.schema_arrow.names
    except (pa.ArrowException, OSError) as fault:
        raise UnusableInput(f"{path}: is not a readable Parquet file") from fault

    def rows() -> Iterator[Row | BadRow]:
        number = 0
        for columns in _batches(path, table):
            for cells in zip(*columns, strict=True):
                number += 1
                yield _checked(number, [_cell(c.isoformat() if hasattr(c, "isoformat") else c) for c in cells])

    return Source(header, rows(), "parquet")


def _batches(path: Path, table: pq.ParquetFile) -> Iterator[list[list[Any]]]:
    try:
        for batch in table.iter_batches(batch_size=1000):
            yield [column.to_pylist() for column in batch.columns]
    except (pa.ArrowException, OSError, UnicodeDecodeError) as fault:
        raise UnusableInput(f"{path}: is damaged; fetch it again") from fault


def _checked(number: int, cells: list[str | None]) -> Row | BadRow:
    if any(cell and "\0" in cell for cell in cells):
        return BadRow(number, NUL, [(c or "").replace("\0", "") for c in cells[:1]])
    if any(cell and len(cell) > LARGEST_FIELD for cell in cells):
        return BadRow(number, TOO_LONG, cells[:1])
    return Row(number, cells)

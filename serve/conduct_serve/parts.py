"""Finished parts of a run on disk: each appears whole or not at all."""

import json
import os
import shutil
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from conduct_serve.intake import Quarantined
from conduct_serve.schema import TABLES
from conduct_serve.scoring import Scored

MANIFEST = "part.json"


def secure_folder(path: Path) -> Path:
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    return path


def write_table(path: Path, table: str, rows: Sequence[dict[str, Any]]) -> None:
    pq.write_table(pa.Table.from_pylist(list(rows), schema=TABLES[table]), path, compression="zstd")
    path.chmod(0o600)


def write_json(path: Path, value: Any) -> None:
    path.touch(mode=0o600)
    path.write_text(json.dumps(value, indent=2, sort_keys=True) + "\n", "utf-8")


class Parts:
    """The parts of one run, numbered from 0."""

    def __init__(self, folder: Path) -> None:
        self.folder = secure_folder(folder)

    def _path(self, number: int) -> Path:
        return self.folder / f"part-{number:06d}"

    def done(self, number: int) -> dict[str, Any] | None:
        """The manifest of a finished part, or None."""
        manifest = self._path(number) / MANIFEST
        return json.loads(manifest.read_text("utf-8")) if manifest.exists() else None

    def write(self, number: int, scored: Scored, bad: Sequence[Quarantined], counts: dict[str, Any]) -> None:
        """Writes a part beside its place and renames it there in one step."""
        draft = self.folder / f".draft-{number:06d}"
        shutil.rmtree(draft, ignore_errors=True)
        secure_folder(draft)
        write_table(draft / "scores.parquet", "scores", scored.scores)
        write_table(draft / "findings.parquet", "findings", scored.findings)
        write_table(draft / "suggestions.parquet", "suggestions", scored.suggestions)
        write_table(
            draft / "quarantine.parquet",
            "quarantine",
            [{"line": q.line, "crime_ref": q.crime_ref, "reason": q.reason} for q in bad],
        )
        write_json(draft / MANIFEST, counts)
        for file in draft.iterdir():
            _flush(file)
        os.replace(draft, self._path(number))

    def read(self, number: int, table: str, columns: list[str] | None = None) -> pa.Table:
        return pq.read_table(self._path(number) / f"{table}.parquet", columns=columns)

    def batches(self, count: int, table: str) -> Iterator[pa.Table]:
        return (self.read(number, table) for number in range(count))


def _flush(path: Path) -> None:
    """To the disk, so that a power cut leaves no half part behind a finished name."""
    with path.open("rb") as stream:
        os.fsync(stream.fileno())


def merged(path: Path, table: str, batches: Iterable[pa.Table]) -> int:
    """Writes batches one after another into one Parquet file; returns the number of rows."""
    rows = 0
    with pq.ParquetWriter(path, TABLES[table], compression="zstd") as writer:
        for batch in batches:
            if batch.num_rows:
                writer.write_table(batch)
                rows += batch.num_rows
    path.chmod(0o600)
    return rows

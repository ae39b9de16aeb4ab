"""Parts → run folder, in one rename."""

import csv
import heapq
import json
import os
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from conduct_serve.parts import Parts, merged, secure_folder, write_json
from conduct_serve.report import write_report
from conduct_serve.schema import SUGGESTIONS


def finish(work: Path, folder: Path, parts: Parts, count: int, manifest: dict[str, Any], limit: int | None) -> None:
    """Merges `count` parts, writes manifest and report, and renames the whole into place."""
    draft = secure_folder(work / "final")
    for table in ("scores", "findings"):
        manifest[table] = merged(draft / f"{table}.parquet", table, parts.batches(count, table))
    _quarantine(draft / "quarantine.csv", parts, count)
    manifest["suggestions"] = _suggestions(draft, parts, count, limit)
    manifest["statuses"] = _tally(draft / "scores.parquet", "status")
    manifest["kinds"] = _tally(draft / "suggestions.parquet", "kind")
    write_json(draft / "run.json", manifest)
    write_report(draft)
    for file in draft.iterdir():
        file.chmod(0o600)
    os.replace(draft, folder)


def _quarantine(path: Path, parts: Parts, count: int) -> None:
    path.touch(mode=0o600)
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(("line", "crime_ref", "reason"))
        for table in parts.batches(count, "quarantine"):
            writer.writerows((r["line"], _cell(r["crime_ref"]), r["reason"]) for r in table.to_pylist())


def _tally(path: Path, column: str) -> dict[str, int]:
    counts: Counter[str] = Counter()
    for batch in pq.ParquetFile(path).iter_batches(columns=[column]):
        counts.update(batch.column(0).to_pylist())
    return dict(sorted(counts.items()))


def _suggestions(draft: Path, parts: Parts, count: int, limit: int | None) -> int:
    """Worst first, without holding them all: rows are dealt into one file a priority, then read back downwards."""
    tonight = _tonight(parts, count, limit)
    dealt = secure_folder(draft.parent / "dealt")
    written: set[int] = set()
    for table in parts.batches(count, "suggestions"):
        for row in table.to_pylist():
            row["tonight"] = row["suggestion_id"] in tonight
            path = dealt / str(row["priority"])
            with path.open("a" if row["priority"] in written else "w", encoding="utf-8") as stream:
                stream.write(json.dumps(row) + "\n")
            written.add(row["priority"])
    return _write_suggestions(draft, dealt, sorted(written, reverse=True))


def _tonight(parts: Parts, count: int, limit: int | None) -> frozenset[str]:
    """Ids of the first `limit` suggestions by priority, ties by order in the export."""
    if not limit:
        return frozenset()
    best: list[tuple[int, int, str]] = []
    at = 0
    for number in range(count):
        for row in parts.read(number, "suggestions", ["priority", "suggestion_id"]).to_pylist():
            at += 1
            heapq.heappush(best, (row["priority"], -at, row["suggestion_id"]))
            if len(best) > limit:
                heapq.heappop(best)
    return frozenset(identity for _, _, identity in best)


def _dealt_rows(dealt: Path, priorities: list[int]) -> Iterator[list[dict[str, Any]]]:
    rows: list[dict[str, Any]] = []
    for value in priorities:
        with (dealt / str(value)).open(encoding="utf-8") as stream:
            for line in stream:
                rows.append(json.loads(line))
                if len(rows) == 1000:
                    yield rows
                    rows = []
    if rows:
        yield rows


def _write_suggestions(draft: Path, dealt: Path, priorities: list[int]) -> int:
    total = 0
    path = draft / "suggestions.csv"
    path.touch(mode=0o600)
    with (
        pq.ParquetWriter(draft / "suggestions.parquet", SUGGESTIONS, compression="zstd") as writer,
        path.open("w", encoding="utf-8", newline="") as stream,
    ):
        sheet = csv.writer(stream)
        sheet.writerow(SUGGESTIONS.names)
        for rows in _dealt_rows(dealt, priorities):
            writer.write_table(pa.Table.from_pylist(rows, schema=SUGGESTIONS))
            sheet.writerows([_cell(row[name]) for name in SUGGESTIONS.names] for row in rows)
            total += len(rows)
    return total


def _cell(value: Any) -> Any:
    """Lists as JSON; text that a spreadsheet would run as a formula is defused with an apostrophe."""
    if isinstance(value, list):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, str) and value[:1] in ("=", "+", "-", "@", "\t", "\r"):
        return "'" + value
    return value

"""Simulated records → export files: clean CSV, Parquet or JSON Lines, or as messy as forces send them."""

import csv
import io
import json
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from random import Random

import pyarrow as pa
import pyarrow.parquet as pq
from conduct_rules import Record
from conduct_serve.columns import KNOWN

from conduct_training.simulate import Simulated


def _flag(value: bool | None) -> str:
    return "" if value is None else "Y" if value else "N"


def export_row(record: Record) -> dict[str, str]:
    """One record under the contract's headings."""
    recorded = record.recorded
    return {
        "crime_ref": record.crime_ref,
        "narrative": record.narrative,
        "recorded_offence": recorded.given if recorded else "",
        "record_type": str(record.record_type),
        "incident_class": record.carried.get("incident_class", ""),
        "cyber_flag": _flag(record.cyber_flag),
        "da_flag": _flag(record.da_flag),
        "recorded_date": record.recorded_on.isoformat(),
        "committed_from": record.carried.get("committed_from", ""),
        "committed_to": record.act_on.isoformat(),
        "outcome_code": record.outcome_code or "",
        "victim_ref": record.victim_ref or "",
        "suspect_ref": record.suspect_ref or "",
        "victim_age": "" if record.victim_age is None else str(record.victim_age),
        "suspect_age": "" if record.suspect_age is None else str(record.suspect_age),
        "victim_gender": record.carried.get("victim_gender", ""),
        "station": record.carried.get("station", ""),
    }


def write_export(path: Path, rows: Iterable[dict[str, str]]) -> None:
    """By its ending: .csv, .jsonl or .parquet."""
    if path.suffix == ".parquet":
        pq.write_table(pa.Table.from_pylist(list(rows)), path)
        return
    with path.open("w", encoding="utf-8", newline="") as stream:
        if path.suffix == ".jsonl":
            stream.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
            return
        writer = csv.DictWriter(stream, KNOWN)
        writer.writeheader()
        writer.writerows(rows)


def write_truth(path: Path, simulated: Iterable[Simulated]) -> None:
    """One line a record: the error put in, and every suggestion that should be made."""
    with path.open("w", encoding="utf-8") as stream:
        for one in simulated:
            expected = [
                {
                    "kind": str(s.kind),
                    "victim": s.victim,
                    "recorded": s.recorded,
                    "suggested": s.suggested,
                    "standing": str(s.standing),
                }
                for s in one.truth
            ]
            line = {
                "crime_ref": one.record.crime_ref,
                "narrative_id": one.narrative.id,
                "unit": one.narrative.unit,
                "error": one.error,
                "expected": expected,
            }
            stream.write(json.dumps(line) + "\n")


def truth_path(export: Path) -> Path:
    return export.with_name(f"{export.name.split('.')[0]}.truth.jsonl")


def messy(rows: Sequence[dict[str, str]], seed: int, bad_share: float = 0.02) -> Iterator[bytes]:
    """Lines of a CSV as forces send them: Windows-1252 here and UTF-8 there, and some rows that cannot be used."""
    random = Random(seed)
    yield b"\xef\xbb\xbf" + _line(list(KNOWN))
    for row in rows:
        cells = [row[column] for column in KNOWN]
        if random.random() >= bad_share:
            encoding = "cp1252" if random.random() < 0.2 else "utf-8"
            yield _line(cells, encoding)
        else:
            yield random.choice(_FAULTS)(cells)


def _line(cells: Sequence[str], encoding: str = "utf-8") -> bytes:
    out = io.StringIO()
    csv.writer(out, quoting=csv.QUOTE_MINIMAL).writerow(cells)
    return out.getvalue().encode(encoding, errors="replace")


_FAULTS = (
    lambda cells: _line(cells[:-2]),
    lambda cells: _line([*cells, "extra"]),
    lambda cells: _line([cells[0], "", *cells[2:]]),
    lambda cells: _line(["", *cells[1:]]),
    lambda cells: _line([cells[0], cells[1], "no such thing", *cells[3:]]),
    lambda cells: _line([cells[0], cells[1] + "\0", *cells[2:]]),
    lambda cells: _line([cells[0], cells[1] + " caf"]).rstrip() + b"\x81\x8d\xff\n",
    lambda cells: _line(cells[:1]).rstrip() + b',"never closed\n',
)

"""The nightly run: an export in, a run folder out. Streams, resumes, and says what it did."""

import fcntl
import hashlib
import json
import os
import shutil
import signal
import threading
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from importlib.resources import files
from itertools import islice
from multiprocessing import get_context, parent_process
from pathlib import Path
from typing import Any

from conduct_nlp import Reader
from conduct_rules import Record, RuleSettings, rulebook

from conduct_serve.columns import Columns
from conduct_serve.finish import finish
from conduct_serve.force import rule_settings
from conduct_serve.intake import Quarantined, open_records
from conduct_serve.log import Log
from conduct_serve.model import open_reader
from conduct_serve.parts import Parts, secure_folder
from conduct_serve.problems import Interrupted, UnusableInput
from conduct_serve.scoring import Scored, score_batch

CHUNK = 500
"""Rows of the export in one part: about two seconds' work, so that a kill loses little."""
ALONE = 1500
"""Rows up to which one process is quicker than starting several."""


@dataclass(frozen=True, slots=True)
class RunSettings:
    """How to score. `as_of` stands in for missing dates; `max_quarantine` is a percentage."""

    model: Path
    columns: Columns | None = None
    force: Path | None = None
    as_of: date | None = None
    all_offences: bool = False
    max_quarantine: float = 5.0
    nightly_limit: int | None = None
    processes: int = field(default_factory=lambda: os.cpu_count() or 1)


@dataclass(frozen=True, slots=True)
class Outcome:
    """Where the run folder is, its manifest, and whether anything was done."""

    folder: Path
    manifest: dict[str, Any]
    unchanged: bool

    @property
    def exit_code(self) -> int:
        return 1 if self.manifest["quarantined_percent"] > self.manifest["settings"]["max_quarantine"] else 0


def file_sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while block := stream.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()


def code_fingerprint(package: str) -> str:
    """Changes with any source or data file of a package, so that no run is resumed or skipped under other code."""
    digest = hashlib.sha256()
    root = Path(str(files(package)))
    for path in sorted((*root.rglob("*.toml"), *root.rglob("*.py"))):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


def _identity(export: Path, sha256: str, reader: Reader, settings: RunSettings) -> dict[str, Any]:
    """What makes a run the same run: input, model, rules, settings."""
    return {
        "input": os.fsencode(export.name).decode("utf-8", "replace"),
        "input_sha256": sha256,
        "model_version": reader.version,
        "code": {name: code_fingerprint(name) for name in ("conduct_nlp", "conduct_rules", "conduct_serve")},
        "settings": {
            "all_offences": settings.all_offences,
            "max_quarantine": settings.max_quarantine,
            "nightly_limit": settings.nightly_limit,
            "as_of": settings.as_of.isoformat() if settings.as_of else None,
            "columns": dict(settings.columns.headings) if settings.columns else None,
            "force": file_sha256(settings.force)[:12] if settings.force and settings.force.exists() else None,
        },
    }


def run_id(identity: dict[str, Any]) -> str:
    """The same for the same input, model, rules and settings."""
    key = hashlib.sha256(json.dumps(identity, sort_keys=True).encode()).hexdigest()[:12]
    stem = "".join(c if c.isalnum() or c in "-_" else "-" for c in Path(identity["input"]).name.split(".")[0])[:40]
    return f"{stem}-{key}"


def score_export(export: Path, runs: Path, settings: RunSettings, log: Log) -> Outcome:
    """Scores `export` into a folder of `runs`; resumes a run that was stopped.

    Raises `UnusableInput` (nothing written) and `Interrupted` (run again to resume).
    """
    with _stopping():
        return _scored(export, runs, settings, log)


def _scored(export: Path, runs: Path, settings: RunSettings, log: Log) -> Outcome:
    started = datetime.now(UTC)
    reader = open_reader(settings.model)
    rules = rule_settings(reader.settings, settings.force)
    open_records(export, settings.columns, settings.as_of)  # refused before anything is written
    identity = _identity(export, file_sha256(export), reader, settings)
    name = run_id(identity)
    folder, work = runs / name, runs / f".{name}.partial"
    if (folder / "run.json").exists():
        shutil.rmtree(work, ignore_errors=True)  # left by a kill after the last rename
        return Outcome(folder, json.loads((folder / "run.json").read_text("utf-8")), unchanged=True)
    _writable(runs)
    with _only_one(work):
        as_of = _resumed_day(work, settings.as_of)
        opened = open_records(export, settings.columns, as_of)
        parts = Parts(work / "parts")
        with log.progress("records scored") as report:
            counts = _score_parts(opened.rows, parts, reader, rules, settings, report)
        manifest = identity | _manifest(counts, started, as_of, opened.form, opened.columns, reader)
        finish(work, folder, parts, counts["parts"], manifest, settings.nightly_limit)
    return Outcome(folder, manifest, unchanged=False)


def _writable(runs: Path) -> None:
    try:
        secure_folder(runs)
    except OSError as fault:
        raise UnusableInput(f"{runs}: cannot be made a folder: {fault.strerror}") from fault
    if not os.access(runs, os.W_OK | os.X_OK):
        raise UnusableInput(f"{runs}: cannot be written to")


@contextmanager
def _only_one(work: Path) -> Iterator[None]:
    """Holds the run's lock, so that two schedulers cannot write the same run; leaves nothing of unusable input."""
    try:
        secure_folder(work)
    except OSError as fault:
        raise UnusableInput(f"{work.parent}: cannot be written to: {fault.strerror}") from fault
    with (work / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as held:
            raise UnusableInput(f"{work}: another process is scoring this export; wait for it or stop it") from held
        try:
            yield
        except UnusableInput:
            shutil.rmtree(work, ignore_errors=True)
            raise
    shutil.rmtree(work, ignore_errors=True)


def _resumed_day(work: Path, as_of: date | None) -> date:
    """The day that stands in for missing dates: the one the run began with, should it resume after midnight."""
    day_file = work / "as_of"
    if not (day_file.exists() and day_file.read_text("utf-8")):
        draft = work / "as_of.new"
        draft.write_text((as_of or date.today()).isoformat(), "utf-8")
        os.replace(draft, day_file)
    return date.fromisoformat(day_file.read_text("utf-8"))


@contextmanager
def _stopping() -> Iterator[None]:
    """Turns an interrupt or a termination into `Interrupted`."""

    def stop(number: int, _: object) -> None:
        raise Interrupted(signal.Signals(number).name)

    before = {s: signal.signal(s, stop) for s in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _chunks(rows: Iterator[Record | Quarantined]) -> Iterator[list[Record | Quarantined]]:
    while chunk := list(islice(rows, CHUNK)):
        yield chunk


_WORKER: dict[str, Any] = {}


def _start_worker(model: Path, rules: dict[str, Any], all_offences: bool) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    _WORKER.update(reader=open_reader(model), rules=RuleSettings(**rules), all_offences=all_offences)


def _end_with_parent() -> None:
    """A worker whose parent was killed ends too, instead of waiting for ever."""
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _work(records: Sequence[Record]) -> Scored:
    return score_batch(records, _WORKER["reader"], _WORKER["rules"], all_offences=_WORKER["all_offences"])


def _score_parts(
    rows: Iterator[Record | Quarantined],
    parts: Parts,
    reader: Reader,
    rules: RuleSettings,
    settings: RunSettings,
    report: Any,
) -> dict[str, Any]:
    """Scores every part not yet on disk; returns the counts over all of them."""
    totals: dict[str, Any] = {"parts": 0, "rows": 0, "scored": 0, "quarantined": 0, "undated": 0}
    chunks = _chunks(rows)
    head = list(islice(chunks, ALONE // CHUNK + 1))
    alone = len(head) <= ALONE // CHUNK or settings.processes == 1

    def everything() -> Iterator[list[Record | Quarantined]]:
        yield from head
        head.clear()
        yield from chunks

    for number, counts in _run(everything(), parts, reader, rules, settings, alone):
        totals["parts"] = number + 1
        for key in ("rows", "scored", "quarantined", "undated"):
            totals[key] += counts[key]
        report(totals["rows"])
    return totals


def _run(
    chunks: Iterator[list[Record | Quarantined]],
    parts: Parts,
    reader: Reader,
    rules: RuleSettings,
    settings: RunSettings,
    alone: bool,
) -> Iterator[tuple[int, dict[str, Any]]]:
    """(part number, counts) in order; at most two chunks a process are under way."""
    if alone:
        for number, chunk in enumerate(chunks):
            yield (
                number,
                parts.done(number)
                or _keep(
                    parts,
                    number,
                    chunk,
                    score_batch(_records(chunk), reader, rules, all_offences=settings.all_offences),
                ),
            )
        return
    waiting: deque[tuple[int, list[Record | Quarantined], Future[Scored] | dict[str, Any]]] = deque()
    plain = {name: getattr(rules, name) for name in ("sms", "calls", "estimated")}
    plain |= {name: dict(getattr(rules, name)) for name in ("least_confidence", "guaranteed_from", "confidence")}
    pool = ProcessPoolExecutor(
        settings.processes,
        mp_context=get_context("spawn"),
        initializer=_start_worker,
        initargs=(settings.model, plain, settings.all_offences),
    )
    try:
        for number, chunk in enumerate(chunks):
            waiting.append((number, chunk, parts.done(number) or pool.submit(_work, _records(chunk))))
            while len(waiting) > 2 * settings.processes:
                yield _settled(parts, waiting)
        while waiting:
            yield _settled(parts, waiting)
    except BrokenProcessPool as dead:
        raise Interrupted("the loss of a worker process (out of memory?)") from dead
    finally:
        # Never waits: a pool that has lost a worker can wait for ever (CPython gh-94777).
        pool.shutdown(wait=False, cancel_futures=True)


def _settled(parts: Parts, waiting: Any) -> tuple[int, dict[str, Any]]:
    number, chunk, result = waiting.popleft()
    return number, result if isinstance(result, dict) else _keep(parts, number, chunk, result.result())


def _records(chunk: Sequence[Record | Quarantined]) -> list[Record]:
    return [row for row in chunk if isinstance(row, Record)]


def _keep(parts: Parts, number: int, chunk: Sequence[Record | Quarantined], scored: Scored) -> dict[str, Any]:
    bad = [row for row in chunk if isinstance(row, Quarantined)]
    records = _records(chunk)
    counts = {
        "rows": len(chunk),
        "scored": len(records),
        "quarantined": len(bad),
        "undated": sum(not record.dated for record in records),
    }
    parts.write(number, scored, bad, counts)
    return counts


def _manifest(
    counts: dict[str, Any], started: datetime, as_of: date, form: str, columns: frozenset[str], reader: Reader
) -> dict[str, Any]:
    from conduct_serve.schema import CONTRACT_VERSION

    ended = datetime.now(UTC)
    rows = counts["rows"]
    return {
        "contract_version": CONTRACT_VERSION,
        "form": form,
        "columns": sorted(columns),
        "as_of": as_of.isoformat(),
        "rows": rows,
        "scored": counts["scored"],
        "quarantined": counts["quarantined"],
        "undated": counts["undated"],
        "quarantined_percent": round(100 * counts["quarantined"] / rows, 3) if rows else 0.0,
        "rules_versions": [v.name for v in rulebook().versions],
        "started": started.isoformat(timespec="seconds"),
        "ended": ended.isoformat(timespec="seconds"),
        "seconds": round((ended - started).total_seconds(), 1),
        "rows_per_second": round(rows / max((ended - started).total_seconds(), 1e-6), 1),
        "not_a_risk_assessment": "Conduct suggests; people decide. It is no risk assessment.",
    }

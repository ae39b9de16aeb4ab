"""The run folder is what the contract says; runs resume, repeat and end with the right code."""

import csv
import json
import signal
import subprocess
import sys
import time
from dataclasses import replace
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from conduct_nlp.cues import is_guide_label
from conduct_serve.batch import RunSettings, score_export
from conduct_serve.log import Log
from conduct_serve.model import model_folder
from conduct_serve.schema import TABLES, VALUES

SETTINGS = RunSettings(model=model_folder(None), processes=1)
FILES = {
    "scores.parquet", "findings.parquet", "suggestions.parquet", "suggestions.csv", "quarantine.csv", "run.json",
    "report.html",
}  # fmt: skip


@pytest.fixture(scope="module")
def run(export: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return score_export(export, tmp_path_factory.mktemp("runs"), SETTINGS, Log()).folder


def content(folder: Path) -> dict[str, Any]:
    """Everything of a run but its timings."""
    manifest = json.loads((folder / "run.json").read_text())
    for key in ("started", "ended", "seconds", "rows_per_second"):
        manifest.pop(key)
    tables = {t: pq.read_table(folder / f"{t}.parquet").to_pylist() for t in ("scores", "findings", "suggestions")}
    return {"run": manifest, **tables, "csv": (folder / "suggestions.csv").read_text()}


def test_all_files_are_there_and_private(run: Path) -> None:
    assert {p.name for p in run.iterdir()} == FILES
    assert oct(run.stat().st_mode)[-3:] == "700"
    assert {oct(p.stat().st_mode)[-3:] for p in run.iterdir()} == {"600"}


@pytest.mark.parametrize("table", ["scores", "findings", "suggestions"])
def test_columns_and_values_are_those_of_the_contract(run: Path, table: str) -> None:
    found = pq.read_table(run / f"{table}.parquet")
    assert found.schema.equals(TABLES[table])
    for row in found.to_pylist():
        for column, allowed in VALUES[table].items():
            for value in _values(row, column):
                assert value in allowed, (column, value)


def _values(row: dict[str, Any], column: str) -> list[Any]:
    if column not in row:  # a member of a list of structs
        return [
            m[column] for v in row.values() if isinstance(v, list) for m in v if isinstance(m, dict) and column in m
        ]
    value = row[column]
    return value if isinstance(value, list) else [value] if value is not None else []


def test_every_record_is_scored_once_with_its_findings(run: Path, export: Path) -> None:
    with export.open(newline="") as stream:
        texts = {row["crime_ref"]: row["narrative"] for row in csv.DictReader(stream)}
    scores = pq.read_table(run / "scores.parquet").to_pylist()
    assert sorted(s["crime_ref"] for s in scores) == sorted(texts)
    for finding in pq.read_table(run / "findings.parquet").to_pylist():
        assert is_guide_label(finding["label"])
        assert texts[finding["crime_ref"]][finding["start"] : finding["end"]] == finding["quote"]
    for s in pq.read_table(run / "suggestions.parquet").to_pylist():
        assert s["evidence"], s["kind"]
        for e in s["evidence"]:
            assert texts[s["crime_ref"]][e["start"] : e["end"]] == e["quote"]


def test_probabilities_of_the_offence_sum_to_one(run: Path) -> None:
    for row in pq.read_table(run / "scores.parquet").to_pylist():
        if row["status"] != "out_of_scope":
            assert abs(sum(v for k, v in row.items() if k.startswith("p_")) - 1) < 1e-3
            assert row["cyber_enabled"] == bool(set(row["online"]) - {"voice_calls_only"})
        else:
            assert row["reason"]
            assert row["offence"] is None


def test_the_worklist_is_worst_first_and_the_same_in_both_forms(run: Path) -> None:
    table = pq.read_table(run / "suggestions.parquet").to_pylist()
    with (run / "suggestions.csv").open(newline="") as stream:
        sheet = list(csv.DictReader(stream))
    assert [r["priority"] for r in table] == sorted((r["priority"] for r in table), reverse=True)
    assert [r["suggestion_id"] for r in sheet] == [r["suggestion_id"] for r in table]
    assert json.loads(sheet[0]["evidence"]) == table[0]["evidence"]
    assert len({r["suggestion_id"] for r in table}) == len(table)


def test_the_same_run_again_changes_nothing_and_says_so(run: Path, export: Path) -> None:
    before = {p.name: (p.stat().st_mtime_ns, p.read_bytes()) for p in run.iterdir()}
    again = score_export(export, run.parent, SETTINGS, Log())
    assert again.unchanged
    assert again.folder == run
    assert {p.name: (p.stat().st_mtime_ns, p.read_bytes()) for p in run.iterdir()} == before


def test_several_processes_say_the_same(
    run: Path, export: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("conduct_serve.batch.CHUNK", 25)
    monkeypatch.setattr("conduct_serve.batch.ALONE", 25)
    other = score_export(export, tmp_path, replace(SETTINGS, processes=2), Log())
    assert content(other.folder) == content(run)


def test_nightly_limit_marks_the_first_n(export: Path, tmp_path: Path) -> None:
    folder = score_export(export, tmp_path, replace(SETTINGS, nightly_limit=5), Log()).folder
    marks = [r["tonight"] for r in pq.read_table(folder / "suggestions.parquet").to_pylist()]
    assert marks == [True] * 5 + [False] * (len(marks) - 5)


def test_a_missing_flag_column_means_no_suggestion_about_it(export: Path, tmp_path: Path) -> None:
    with export.open(newline="") as stream:
        rows = [{k: v for k, v in row.items() if k != "cyber_flag"} for row in csv.DictReader(stream)]
    bare = tmp_path / "bare.csv"
    with bare.open("w", newline="") as stream:
        writer = csv.DictWriter(stream, rows[0])
        writer.writeheader()
        writer.writerows(rows)
    folder = score_export(bare, tmp_path / "runs", SETTINGS, Log()).folder
    kinds = {r["kind"] for r in pq.read_table(folder / "suggestions.parquet").to_pylist()}
    assert not kinds & {"add_cyber_flag", "review_cyber_flag"}
    assert "no <code>cyber_flag</code> column" in (folder / "report.html").read_text()


def conduct(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "conduct_serve.cli", *map(str, arguments)], capture_output=True, text=True, check=False
    )


def test_exit_codes(export: Path, tmp_path: Path) -> None:
    head = export.read_text().splitlines(keepends=True)
    bad = tmp_path / "bad.csv"
    bad.write_text("crime_ref,narrative,recorded_offence\nA1,He rang.,8L\nA2,,8L\n")
    assert conduct("score", bad, "--out", tmp_path / "r").returncode == 1
    assert conduct("score", bad, "--out", tmp_path / "r", "--max-quarantine", "60").returncode == 0
    empty = tmp_path / "empty.csv"
    empty.write_text("")
    done = conduct("score", empty, "--out", tmp_path / "none")
    assert (done.returncode, (tmp_path / "none").exists()) == (2, False)
    assert "empty.csv: the file is empty" in done.stderr
    assert "Traceback" not in done.stderr
    header_only = tmp_path / "header.csv"
    header_only.write_text(head[0])
    assert conduct("score", header_only, "--out", tmp_path / "r").returncode == 0


def test_all_offences_reads_the_rest_too(tmp_path: Path) -> None:
    rows = "crime_ref,narrative,recorded_offence\nA1,He keyed her car and sent 40 texts saying he loves her.,58C\n"
    (tmp_path / "x.csv").write_text(rows)
    plain = score_export(tmp_path / "x.csv", tmp_path / "runs", SETTINGS, Log()).folder
    every = score_export(tmp_path / "x.csv", tmp_path / "runs", replace(SETTINGS, all_offences=True), Log()).folder
    assert pq.read_table(plain / "scores.parquet").to_pylist()[0]["status"] == "out_of_scope"
    assert pq.read_table(every / "scores.parquet").to_pylist()[0]["status"] != "out_of_scope"


def enlarged(export: Path, path: Path, size: int) -> Path:
    """The rows of `export` over and over, each under its own reference."""
    with export.open(newline="") as stream:
        rows = list(csv.DictReader(stream))
    with path.open("w", newline="") as stream:
        writer = csv.DictWriter(stream, rows[0])
        writer.writeheader()
        writer.writerows(rows[n % len(rows)] | {"crime_ref": f"K{n}"} for n in range(size))
    return path


@pytest.mark.slow
def test_killed_at_any_moment_a_run_resumes_to_the_same_content(export: Path, tmp_path: Path) -> None:
    big = enlarged(export, tmp_path / "big.csv", 2400)
    # A day of its own: the two runs may lie on either side of midnight.
    settings = replace(SETTINGS, processes=2, as_of=date(2026, 11, 24))
    undisturbed = score_export(big, tmp_path / "a", settings, Log()).folder
    command = [sys.executable, "-m", "conduct_serve.cli", "score", str(big), "--out", str(tmp_path / "b")]
    command += ["--as-of", "2026-11-24"]
    for wait, how in ((4.0, signal.SIGKILL), (6.0, signal.SIGTERM)):
        process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
        time.sleep(wait)
        process.send_signal(how)
        _, said = process.communicate(timeout=60)
        if how is signal.SIGTERM and process.returncode != 0:
            assert process.returncode == 3
            assert "run the same command again to resume" in said
    assert subprocess.run(command, check=False).returncode == 0
    (resumed,) = (p for p in (tmp_path / "b").iterdir() if not p.name.startswith("."))
    assert content(resumed) == content(undisturbed)


def night(rows: list[dict[str, str]], folder: Path, name: str) -> dict[str, dict[str, dict[str, Any]]]:
    """Reference → id → suggestion of one night's export."""
    path = folder / f"{name}.csv"
    with path.open("w", newline="") as stream:
        writer = csv.DictWriter(stream, rows[0])
        writer.writeheader()
        writer.writerows(rows)
    run_folder = score_export(path, folder / "runs", SETTINGS, Log()).folder
    found: dict[str, dict[str, dict[str, Any]]] = {}
    for s in pq.read_table(run_folder / "suggestions.parquet").to_pylist():
        found.setdefault(s["crime_ref"], {})[s["suggestion_id"]] = s
    return found


def test_five_nights_keep_their_suggestion_ids(export: Path, tmp_path: Path) -> None:
    """New records come in; one is corrected as suggested, one gets more text. Everything else keeps its ids."""
    with export.open(newline="") as stream:
        rows = list(csv.DictReader(stream))
    nights = [night(rows[: 24 * n], tmp_path, f"night{n}") for n in (1, 2, 3)]
    reclassified = next(
        (ref, s) for ref, found in nights[2].items() for s in found.values() if s["kind"] == "record_crime"
    )
    classes = {"stalking": "8Q", "harassment": "8L", "malicious_communications": "8R", "breach_of_order": "66"}
    grown = next(ref for ref in nights[0] if ref != reclassified[0])
    for row in rows:
        if row["crime_ref"] == reclassified[0]:
            row.update(record_type="crime", recorded_offence=classes[reclassified[1]["suggested"]])
        if row["crime_ref"] == grown:
            row["narrative"] += " Area search made, no trace. Victim updated."
    nights += [night(rows[: 24 * n], tmp_path, f"night{n}") for n in (4, 5)]
    touched = {reclassified[0], grown}
    for earlier, later in pairwise(nights):
        for ref in set(earlier) - touched:
            assert set(later[ref]) == set(earlier[ref])
    assert reclassified[1]["suggestion_id"] not in nights[3].get(reclassified[0], {})
    assert set(nights[4].get(grown, {})) & set(nights[0][grown])
    assert len(nights[4]) > len(nights[0])


@pytest.mark.slow
def test_a_lost_worker_ends_with_3_and_the_run_resumes(export: Path, tmp_path: Path) -> None:
    import psutil

    big = enlarged(export, tmp_path / "big.csv", 2100)
    command = [
        sys.executable,
        "-m",
        "conduct_serve.cli",
        "score",
        str(big),
        "--out",
        str(tmp_path / "b"),
        "--processes",
        "2",
    ]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        children: list[psutil.Process] = []
        while process.poll() is None and len(children) < 3:  # two workers and the resource tracker
            children = psutil.Process(process.pid).children()
            time.sleep(0.1)
        time.sleep(0.5)
        for child in children:
            if "spawn_main(" in " ".join(child.cmdline()):
                child.kill()
                break
        try:
            _, said = process.communicate(timeout=90)
        finally:
            process.kill()
    assert (process.returncode, "Traceback" in said) == (3, False)
    assert "run the same command again to resume" in said
    assert subprocess.run(command, check=False, stderr=subprocess.DEVNULL).returncode == 0

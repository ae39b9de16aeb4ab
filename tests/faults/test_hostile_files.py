"""Files as they should never come: a clear error or quarantine, the right exit code, nothing lost, no traceback."""

import csv
import json
import subprocess
import sys
from pathlib import Path

import pytest

SECRET = "zanzibar"
"""A word of every narrative here; it may stand in outputs, but in no log, error, manifest or quarantine."""


def score(export: Path, out: Path, *more: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "conduct_serve.cli", "score", str(export), "--out", str(out), "--processes", "1"]
    return subprocess.run([*command, *more], capture_output=True, text=True, check=False)


def folder_of(out: Path) -> Path:
    (folder,) = (p for p in out.iterdir() if not p.name.startswith("."))
    return folder


FILES = {
    "nuls.csv": (b"crime_ref,narrative,recorded_offence\nA1,zanzi\0bar rang,8L\nA2,zanzibar came,8Q\n", 1, 1),
    "field.csv": (
        b'crime_ref,narrative,recorded_offence\nA1,"zanzibar ' + b"x" * 50_000_000 + b'",8L\nA2,zanzibar came,8Q\n',
        1, 1),
    "unclosed.csv": (b'crime_ref,narrative,recorded_offence\nA1,"zanzibar rang,8L\nA2,zanzibar came,8Q\n', 1, 1),
    "mixed.csv": (
        "crime_ref,narrative,recorded_offence\nA1,zanzibar café,8L\n".encode()
        + "A2,zanzibar café,8Q\n".encode("cp1252"), 2, 0),
    "ends.csv": (b"crime_ref,narrative,recorded_offence\r\nA1,zanzibar rang,8L\rA2,zanzibar came,8Q", 0, 1),
    "huge.jsonl": (
        b'{"crime_ref": "A1", "narrative": "zanzibar", "recorded_offence": "8L"}\n' + b"[" * 100_000 + b"\n{}\n", 1, 2),
}  # fmt: skip


@pytest.mark.parametrize("name", FILES)
def test_rows_are_scored_or_quarantined(name: str, tmp_path: Path) -> None:
    content, scored, quarantined = FILES[name]
    (tmp_path / name).write_bytes(content)
    done = score(tmp_path / name, tmp_path / "runs")
    folder = folder_of(tmp_path / "runs")
    manifest = json.loads((folder / "run.json").read_text())
    assert (manifest["scored"], manifest["quarantined"]) == (scored, quarantined)
    assert manifest["rows"] == scored + quarantined
    assert done.returncode == (1 if quarantined else 0)
    with (folder / "quarantine.csv").open(newline="") as stream:
        assert len(list(csv.DictReader(stream))) == quarantined
    private = done.stdout + done.stderr + (folder / "run.json").read_text() + (folder / "quarantine.csv").read_text()
    assert SECRET not in private
    assert "Traceback" not in private


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("empty.csv", b""),
        ("headless.csv", b"A1,zanzibar rang,8L\n"),
        ("columns.csv", b"number,words,class\nA1,zanzibar rang,8L\n"),
        ("binary.csv", bytes(range(256)) * 100),
        ("broken.parquet", b"PAR1zanzibar"),
        ("broken.csv.gz", b"\x1f\x8bzanzibar"),
        ("list.json", b'["zanzibar"]'),
    ],
)
def test_unusable_files_are_refused_and_nothing_is_written(name: str, content: bytes, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(content)
    done = score(tmp_path / name, tmp_path / "runs")
    assert done.returncode == 2
    assert name in done.stderr
    assert "Traceback" not in done.stderr
    assert SECRET not in done.stderr
    assert not (tmp_path / "runs").exists()


def test_a_folder_a_missing_file_and_bad_settings_are_refused(tmp_path: Path) -> None:
    good = tmp_path / "x.csv"
    good.write_text("crime_ref,narrative,recorded_offence\nA1,zanzibar rang,8L\n")
    settings = tmp_path / "force.toml"
    settings.write_text('[flags]\nsms = "always"\n')
    (tmp_path / "model").mkdir()
    for export, more, said in (
        (tmp_path, (), "is a folder"),
        (tmp_path / "no.csv", (), "no such file"),
        (good, ("--settings", str(settings)), "sms = 'always'"),
        (good, ("--model", str(tmp_path / "model")), "no model bundle"),
        (good, ("--columns", str(tmp_path / "none.toml")), "no such file"),
    ):
        done = score(export, tmp_path / "runs", *more)
        assert done.returncode == 2, said
        assert said in done.stderr
        assert "Traceback" not in done.stderr
        assert not (tmp_path / "runs").exists()


def test_an_output_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    good = tmp_path / "x.csv"
    good.write_text("crime_ref,narrative,recorded_offence\nA1,zanzibar rang,8L\n")
    (tmp_path / "runs").write_text("a file, not a folder")
    done = score(good, tmp_path / "runs")
    assert done.returncode == 2
    assert "runs" in done.stderr
    assert "Traceback" not in done.stderr

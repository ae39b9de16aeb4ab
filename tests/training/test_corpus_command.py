"""`conduct corpus …` on a copy: each command does what it says, and unusable input ends in one line."""

import json
import shutil
from pathlib import Path

import pytest
from conduct_training.commands import corpus
from conduct_training.corpus import UnusableCorpus
from conduct_training.dataset import schema, version
from typer.testing import CliRunner, Result

from tests.conftest import CORPUS

ORIGINS = ("ex_partners", "contrast_3", "short_mo")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Three origins with all that stands beside them."""
    copy = tmp_path / "corpus"
    (copy / "narratives").mkdir(parents=True)
    for name in ORIGINS:
        shutil.copy(CORPUS / "narratives" / f"{name}.jsonl", copy / "narratives")
    for path in CORPUS.glob("*.*"):
        shutil.copy(path, copy)
    return copy


def conduct(*words: str) -> Result:
    return CliRunner().invoke(corpus, words)


def test_assign_then_version_then_check(folder: Path) -> None:
    shutil.copy(folder / "narratives" / "short_mo.jsonl", folder / "narratives" / "a_new_origin.jsonl")
    (folder / "narratives" / "short_mo.jsonl").unlink()
    (folder / "splits.toml").unlink()
    with pytest.raises(UnusableCorpus, match=r"conduct corpus assign"):
        raise conduct("check", "--corpus", str(folder)).exception or AssertionError
    assert "train" in conduct("assign", "--corpus", str(folder)).output
    assert conduct("version", "9.0.0", "--corpus", str(folder)).exit_code == 0
    assert version(folder) == "9.0.0"
    assert conduct("check", "--no-floors", "--corpus", str(folder)).exit_code == 0


def test_check_names_floors_and_version(folder: Path) -> None:
    done = conduct("check", "--corpus", str(folder))
    assert done.exit_code == 1
    assert "no longer those of version" in done.output
    assert "contrast groups beside the given" in done.output


def test_kappa_prints_each_field_and_refuses_another_file(folder: Path) -> None:
    assert "offence" in conduct("kappa", "--corpus", str(folder)).output
    other = folder / "labels.jsonl"
    other.write_text('{"id": "a", "offence": "stalking"}\n', "utf-8")
    with pytest.raises(UnusableCorpus, match=r"no line with id, chosen"):
        raise conduct("kappa", "--second", str(other)).exception or AssertionError


def test_duplicates_exits_one_for_a_copy(folder: Path) -> None:
    assert conduct("duplicates", "--corpus", str(folder)).exit_code == 0
    path = folder / "narratives" / "ex_partners.jsonl"
    row = json.loads(path.read_text("utf-8").splitlines()[0])
    with path.open("a", encoding="utf-8") as out:
        out.write(json.dumps(row | {"id": "copy-1"}) + "\n")
    done = conduct("duplicates", "--corpus", str(folder))
    assert done.exit_code == 1
    assert f"ex_partners/{row['id']} and ex_partners/copy-1" in done.output


def test_doubts_are_tab_separated_and_hold_no_text(folder: Path) -> None:
    done = conduct("doubts", "--folds", "3", "--corpus", str(folder))
    lines = [line.split("\t") for line in done.stdout.splitlines()]
    assert all(len(line) == 5 for line in lines)
    assert {line[1].split("=")[0] for line in lines} & {"offence", "section", "behaviours"}


def test_schema_is_that_of_a_row() -> None:
    assert json.loads(conduct("schema").output) == schema()


@pytest.mark.slow
def test_shortcuts_stand_side_by_side(tmp_path: Path) -> None:
    done = conduct("shortcuts", "--corpus", str(CORPUS))
    assert done.exit_code == 0
    assert "function words" in done.output
    assert done.output.count("given:") == 16

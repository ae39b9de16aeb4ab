"""The corpus loads with `datasets`, row for row, under the schema kept beside it and the version it names."""

import json
import shutil
from pathlib import Path

import pytest
from conduct_training.corpus import SPLITS, narratives
from conduct_training.dataset import OPEN_SPLITS, as_datasets, name_version, row, schema, version

from tests.conftest import CORPUS


def test_every_split_loads_whole() -> None:
    loaded = as_datasets(CORPUS, SPLITS)
    for split in SPLITS:
        assert loaded[split]["id"][:] == [n.id for n in narratives(CORPUS, [split])]
    first = loaded["train"][0]
    for quote in first["evidence"] + first["spans"] + first["decoys"]:
        assert first["narrative"][quote["start"] : quote["end"]] == quote["quote"]


def test_the_schema_beside_the_corpus_is_that_of_the_guide() -> None:
    assert json.loads((CORPUS / "schema.json").read_text("utf-8")) == schema()
    wanted = set(schema()["required"])
    assert all(set(row(n)) == wanted for n in narratives(CORPUS, ["dev"]))


def test_changed_narratives_need_a_new_version(tmp_path: Path) -> None:
    copy = tmp_path / "corpus"
    shutil.copytree(CORPUS, copy)
    assert version(copy) == version(CORPUS)
    path = copy / "narratives" / "ex_partners.jsonl"
    path.write_text(path.read_text("utf-8").replace("the", "teh", 1), "utf-8")
    with pytest.raises(ValueError, match="no longer those of version"):
        version(copy)
    with pytest.raises(ValueError, match="no version had before"):
        name_version(copy, version(CORPUS))
    name_version(copy, "99.0.0")
    assert version(copy) == "99.0.0"


def test_the_sealed_split_is_not_handed_out_unasked() -> None:
    assert "test" not in OPEN_SPLITS

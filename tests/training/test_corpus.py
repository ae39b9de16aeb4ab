"""The narratives hold to the guide; every origin stands on one side of the split, by a rule fixed beforehand."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from conduct_training.check import check_corpus, faults
from conduct_training.corpus import Narrative, narratives, read_origin, read_splits
from conduct_training.splits import GROUP_SHARES, SHARES, split_of

from tests.conftest import CORPUS


def test_the_corpus_is_clean() -> None:
    found, summary = check_corpus(CORPUS)
    assert found == []
    assert summary[-1].endswith("0 faults")


def test_every_origin_has_the_split_that_the_rule_gives() -> None:
    for origin, split in read_splits(CORPUS).items():
        assert split == split_of(origin), origin


def test_every_file_has_a_split_and_every_split_a_file() -> None:
    files = {p.stem for p in (CORPUS / "narratives").glob("*.jsonl")}
    assert files == set(read_splits(CORPUS))
    assert {n.origin for n in narratives(CORPUS)} == files


def test_shares_sum_to_one() -> None:
    assert sum(SHARES.values()) == pytest.approx(1)
    assert sum(GROUP_SHARES.values()) == pytest.approx(1)


def test_groups_lie_in_one_origin() -> None:
    origin: dict[str, str] = {}
    for n in narratives(CORPUS):
        if n.group:
            assert origin.setdefault(n.group, n.origin) == n.origin


def test_the_given_narratives_are_all_there() -> None:
    assert sum(1 for _ in narratives(CORPUS)) >= 1350


def spoilt(**changes: object) -> list[str]:
    path = CORPUS / "narratives" / "ex_partners.jsonl"
    row = json.loads(path.read_text("utf-8").splitlines()[0])
    for key, value in changes.items():
        part, _, field = key.partition("__")
        row[part] = {**row[part], field: value} if field else value
    n = Narrative(
        row["id"], "x", row["narrative"], row["labels"], row["facts"], row["evidence"], row["spans"], row["style"]
    )
    return faults(n)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"labels__offence": "arson"}, "not in the guide"),
        ({"labels__section": "9"}, "not in the guide"),
        ({"labels__cyber_enabled": None}, "must be true or false"),
        ({"evidence": {}}, "evidence missing"),
        ({"style": "poetic"}, "style"),
        ({"spans__occasions": ["never said this"]}, "not verbatim"),
        ({"narrative": "Too short."}, "not 12 to 500 words"),
        ({"facts__other_victims": -1}, "no count"),
    ],
)
def test_a_fault_is_found(changes: dict[str, object], said: str) -> None:
    assert any(said in fault for fault in spoilt(**changes))


def test_an_unreadable_line_is_named(tmp_path: Path) -> None:
    (tmp_path / "x.jsonl").write_text('{"id": 1}\n')
    with pytest.raises(ValueError, match=r"x\.jsonl, line 1"):
        read_origin(tmp_path / "x.jsonl")


def test_no_decided_case_is_among_the_narratives() -> None:
    cases = [
        json.loads(line)["narrative"] for line in (CORPUS / "real_cases_dev.jsonl").read_text("utf-8").splitlines()
    ]
    shingles = {
        " ".join(words[i : i + 8]) for c in cases for words in [c.lower().split()] for i in range(len(words) - 7)
    }
    for n in narratives(CORPUS):
        words = n.text.lower().split()
        assert not any(" ".join(words[i : i + 8]) in shingles for i in range(len(words) - 7)), n.id


def spoilt_corpus(folder: Path, origin: str, change: Callable[[dict[str, Any]], None]) -> list[str]:
    """Faults of a copy of the corpus in which the first grouped record of an origin is changed."""
    copy = folder / "corpus"
    shutil.copytree(CORPUS, copy)
    path = copy / "narratives" / f"{origin}.jsonl"
    rows = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    change(rows[0])
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    return check_corpus(copy)[0]


def test_an_invariance_group_that_turns_a_label_is_found(tmp_path: Path) -> None:
    def turn(row: dict[str, Any]) -> None:
        row["labels"]["relationship"] = "family" if row["labels"]["relationship"] != "family" else "stranger"

    found = spoilt_corpus(tmp_path, "invariance_3", turn)
    assert any("members differ in a label" in fault for fault in found)
    assert any("no longer those of version" in fault for fault in found)


def test_a_group_left_with_one_member_is_found(tmp_path: Path) -> None:
    found = spoilt_corpus(tmp_path, "contrast_3", lambda row: row.update(group="g-alone"))
    assert "group g-alone has one member" in found

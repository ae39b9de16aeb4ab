"""The corpus stands above its floors, and a floor that is missed is named."""

import shutil
from pathlib import Path

from conduct_training.corpus import narratives
from conduct_training.floors import below_floor, counted, share

from tests.conftest import CORPUS


def test_the_corpus_is_above_every_floor() -> None:
    assert list(below_floor(list(narratives(CORPUS)), CORPUS)) == []


def test_what_is_missing_is_named(tmp_path: Path) -> None:
    for name in ("people.jsonl", "contrast_points.toml", "curve.toml"):
        shutil.copy(CORPUS / name, tmp_path)
    few = [n for n in narratives(CORPUS) if n.labels["section"] != "4"][:500]
    found = list(below_floor(few, tmp_path))
    assert "section 4: 0, floor 150" in found
    assert any(line.startswith("online=doxxing: ") for line in found)
    offline = [n for n in few if not n.labels["cyber_enabled"]]
    assert "cyber_enabled=True: 0, floor 60" in list(below_floor(offline, tmp_path))
    assert any(line.startswith("contrast groups beside the given: ") for line in found)


def test_a_count_of_two_stands_for_more() -> None:
    texts = list(narratives(CORPUS, ["dev"]))
    assert set(counted(texts, "breaches_since_order")) == {"0", "1", "2"}


def test_shares_are_of_those_told() -> None:
    assert share(["m", "f", "x", "x"], "m") == 0.5

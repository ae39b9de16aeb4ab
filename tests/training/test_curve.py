"""The figures of the learning curve: what counts as right, which texts are fitted on, and what is written down."""

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from conduct_nlp.heads import heads
from conduct_serve.problems import UnusableInput
from conduct_training import curve
from conduct_training.corpus import narratives, read_splits
from conduct_training.curve import Point, fitting_texts, held_back, origins_of
from conduct_training.curve_results import latest, results
from conduct_training.dataset import version
from conduct_training.finetune import targets_of
from conduct_training.floors import points
from conduct_training.said import Reads, Said, by_origin, by_point, confusions, read_by, right, scores

from tests.conftest import CORPUS

DEV = list(narratives(CORPUS, ["dev"]))


def test_perfect_logits_read_as_the_labels() -> None:
    logits = iter([targets_of(DEV) * 2 - 1])
    said = read_by(lambda _: next(logits))([n.text for n in DEV])
    assert said == [right(n) for n in DEV]
    figures = scores(DEV, said)
    assert (
        figures["offence_macro_f1"] == figures["contrast_offence_section_cyber"] == figures["invariance_offence"] == 1
    )
    assert confusions(DEV, said) == {}


def test_one_wrong_member_spoils_its_group_and_its_point() -> None:
    said = [right(n) for n in DEV]
    at = next(i for i, n in enumerate(DEV) if n.kind == "flip")
    said[at] = Said("arson", None, said[at].cyber)
    figures = scores(DEV, said)
    assert np.isclose(figures["contrast_offence"], 1 - 1 / figures["contrast_groups"])
    tags = points(CORPUS)
    spoilt = tags[str(DEV[at].group)][0]
    assert {name for name, share in by_point(DEV, said, tags).items() if share < 1} == {spoilt}
    assert {name for name, share in by_origin(DEV, said).items() if share < 1} == {DEV[at].origin}
    assert confusions(DEV, said) == {f"{DEV[at].labels['offence']} as arson": 1}


def test_points_are_nested_and_hold_back_whole_groups() -> None:
    assert origins_of(CORPUS, 5) == origins_of(CORPUS, 9)[:5]
    every = origins_of(CORPUS, 0)
    assert sorted(every) == sorted(o for o, split in read_splits(CORPUS).items() if split == "train")
    fit_on, held = fitting_texts(CORPUS, Point("linear"))
    assert not {n.unit for n in fit_on} & {n.unit for n in held}
    assert 0.05 < len(held) / len(fit_on) < 0.2
    assert all(held_back(n) for n in held)


def test_a_variant_leaves_out_or_adds_what_it_says() -> None:
    plain, _ = fitting_texts(CORPUS, Point("linear", 13))
    fewer, _ = fitting_texts(CORPUS, Point("linear", 13, without="contrast"))
    assert {n.id for n in plain} - {n.id for n in fewer} == {n.id for n in plain if n.origin.startswith("contrast")}
    more, _ = fitting_texts(CORPUS, Point("linear", 13, augmented=True))
    assert len(more) == 2 * len(plain)
    assert not {n.text for n in more[len(plain) :]} & {n.text for n in plain}


@pytest.mark.parametrize("asked", [Point("linear", without="contarst"), Point("linear", 1), Point("linear", 99)])
def test_a_point_that_is_none_is_refused_before_anything_is_fitted(asked: Point) -> None:
    with pytest.raises(UnusableInput, match=r"--without contarst|--origins (1|99)"):
        fitting_texts(CORPUS, asked)


def test_the_section_lies_under_the_offence() -> None:
    row = np.full(len(heads()), -5.0)
    names = [head.name for head in heads()]
    row[names.index("offence=harassment")] = 3
    row[names.index("section=4A")] = 9
    row[names.index("section=4")] = 1
    assert read_by(lambda _: [row])(["x"]) == [Said("harassment", "4", False)]
    row[names.index("offence=other")] = 9
    assert read_by(lambda _: [row])(["x"]) == [Said("other", None, False)]


@pytest.mark.filterwarnings("ignore")  # MLflow and SQLAlchemy of today disagree in small ways
def test_a_point_is_written_down_and_tracked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import mlflow

    def stub(fit_on: Sequence[object], corpus: Path, say: object) -> Reads:
        return lambda texts: [Said("stalking", "2A", True) for _ in texts]

    monkeypatch.setenv("MLFLOW_TRACKING_URI", f"sqlite:///{tmp_path}/mlflow.db")
    monkeypatch.setattr(curve, "_linear", stub)
    path = tmp_path / "results.jsonl"
    row = curve.run(CORPUS, Point("linear", 6), lambda _: None, path)
    assert row["corpus"] == version(CORPUS)
    assert latest(path) == [json.loads(json.dumps(row))]
    printed = "\n".join(results(path))
    assert "linear" in printed
    assert "harassment as stalking" in printed
    (run,) = mlflow.search_runs(experiment_names=["conduct-curve"], output_format="list")
    assert run.data.metrics["unknown_origins/offence_macro_f1"] == row["figures"]["unknown origins"]["offence_macro_f1"]
    assert run.data.params["corpus"] == row["corpus"]
    assert not any(n.text[:40] in str(run.to_dictionary()) for n in DEV)


def test_no_results_yet_is_said(tmp_path: Path) -> None:
    with pytest.raises(UnusableInput, match="fit a point first"):
        list(results(tmp_path / "none.jsonl"))

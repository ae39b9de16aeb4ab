"""The figures of the learning curve: what counts as right, and which texts are fitted on."""

import numpy as np
from conduct_nlp.heads import heads
from conduct_training.corpus import narratives, read_splits
from conduct_training.curve import Said, fitting_texts, held_back, origins_of, read_by, scores
from conduct_training.finetune import targets_of

from tests.conftest import CORPUS

DEV = list(narratives(CORPUS, ["dev"]))


def test_perfect_logits_read_as_the_labels() -> None:
    logits = iter([targets_of(DEV) * 2 - 1])
    said = read_by(lambda _: next(logits))([n.text for n in DEV])
    figures = scores(DEV, said)
    assert figures["offence_macro_f1"] == figures["contrast_all"] == figures["invariance_offence"] == 1


def test_one_wrong_member_spoils_its_group() -> None:
    said = [Said(n.labels["offence"], n.labels["section"], n.labels["cyber_enabled"]) for n in DEV]
    at = next(i for i, n in enumerate(DEV) if n.kind == "flip")
    said[at] = Said("arson", None, said[at].cyber)
    figures = scores(DEV, said)
    assert np.isclose(figures["contrast_offence"], 1 - 1 / figures["contrast_groups"])


def test_points_are_nested_and_hold_back_whole_groups() -> None:
    assert origins_of(CORPUS, 5) == origins_of(CORPUS, 9)[:5]
    every = origins_of(CORPUS, 0)
    splits = read_splits(CORPUS)
    assert sorted(every) == sorted(o for o, split in splits.items() if split == "train")
    fit_on, held = fitting_texts(CORPUS, every)
    assert not {n.unit for n in fit_on} & {n.unit for n in held}
    assert 0.05 < len(held) / len(fit_on) < 0.2
    assert all(held_back(n) for n in held)


def test_the_section_lies_under_the_offence() -> None:
    row = np.full(len(heads()), -5.0)
    names = [head.name for head in heads()]
    row[names.index("offence=harassment")] = 3
    row[names.index("section=4A")] = 9
    row[names.index("section=4")] = 1
    assert read_by(lambda _: [row])(["x"]) == [Said("harassment", "4", False)]

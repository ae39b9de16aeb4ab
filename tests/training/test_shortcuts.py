"""The audit sees a shortcut that is planted, and the corpus has none of the crude ones."""

from dataclasses import replace

import pytest
from conduct_training.corpus import Narrative, narratives
from conduct_training.shortcuts import KEYWORDS, _terms, baselines, keyword_shares, length_auc, telling

from tests.conftest import CORPUS

SINGLE = [n for n in narratives(CORPUS) if n.group is None and n.crime_type is None]


def stalking(n: Narrative) -> bool:
    return bool(n.labels["offence"] == "stalking")


def test_a_planted_word_is_named_first() -> None:
    planted = [replace(n, text=f"{n.text} Zanzibar.") if stalking(n) else n for n in SINGLE[:600]]
    assert telling(planted, stalking, _terms)[0][0] == "zanzibar"


def test_length_that_tells_all_is_seen() -> None:
    long = [replace(n, text="word " * (300 if stalking(n) else 30)) for n in SINGLE[:200]]
    assert length_auc(long, stalking) == 1


def test_category_words_stand_in_about_the_shares_of_real_reports() -> None:
    found = keyword_shares(SINGLE)
    assert len(found) == sum(len(wanted) for _, wanted in KEYWORDS.values())
    for name, (share, wanted) in found.items():
        assert abs(share - wanted) < 0.10, name


@pytest.mark.slow
def test_style_alone_tells_little_and_a_part_less_than_the_whole() -> None:
    found = baselines(SINGLE, folds=3)
    assert found["style (length, case, punctuation)"] < 0.40
    assert found["first sentence"] < 0.60 < found["whole text (words)"]

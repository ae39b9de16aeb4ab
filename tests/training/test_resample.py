"""Standard errors against cases whose answer is known."""

from collections.abc import Sequence

import numpy as np
import pytest
from conduct_training.resample import cluster_error, share_error


def mean(values: Sequence[float]) -> float:
    return float(np.mean(values))


def test_a_share_is_least_sure_in_the_middle_and_surer_with_more_cases() -> None:
    assert share_error(0.5, 100) == pytest.approx(0.05)
    assert share_error(0.9, 100) < share_error(0.5, 100)
    assert share_error(0.5, 400) == pytest.approx(0.025)
    assert share_error(1.0, 10) == 0


def test_the_bootstrap_finds_the_error_of_a_mean() -> None:
    values = np.random.default_rng(3).normal(size=400)
    found = cluster_error([[v] for v in values], mean)
    assert found == pytest.approx(values.std() / 20, rel=0.15)


def test_cases_of_one_author_count_as_one() -> None:
    values = np.random.default_rng(3).normal(size=20)
    alone = cluster_error([[v] for v in values], mean)
    copied = cluster_error([[v] * 50 for v in values], mean)
    assert copied == pytest.approx(alone)
    assert cluster_error([[v for v in values for _ in range(50)]], mean) == pytest.approx(0)

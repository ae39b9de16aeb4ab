"""How far a figure could be off by the luck of the draw."""

from collections.abc import Callable, Sequence
from math import sqrt
from typing import TypeVar

import numpy as np

T = TypeVar("T")


def share_error(share: float, cases: int) -> float:
    """Standard error of a share of independent cases (binomial); raises `ZeroDivisionError` where there are none."""
    return sqrt(share * (1 - share) / cases)


def cluster_error(
    clusters: Sequence[Sequence[T]], figure: Callable[[Sequence[T]], float], times: int = 200, seed: int = 1
) -> float:
    """Standard error of `figure` over the members of all clusters: clusters drawn with replacement, `times` times
    (Efron and Tibshirani, An Introduction to the Bootstrap, 1993, chapter 8).

    Cases of one author share that author's habits, so authors are drawn, not cases.
    """
    rng = np.random.default_rng(seed)
    draws = rng.integers(len(clusters), size=(times, len(clusters)))
    return float(np.std([figure([case for i in draw for case in clusters[i]]) for draw in draws], ddof=1))

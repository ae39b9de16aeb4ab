"""Scores → probabilities, fitted on origins used for nothing else (Platt scaling; temperature for choices)."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
FLOOR = 1e-4
"""No probability is nearer to 0 or 1: n calibration texts cannot promise more."""
DECIMALS = 6


def sigmoid(logits: Floats) -> Floats:
    return np.asarray(1 / (1 + np.exp(-np.clip(logits, -30, 30))))


def softmax(logits: Floats) -> Floats:
    """Along the last axis."""
    shifted = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return np.asarray(shifted / shifted.sum(axis=-1, keepdims=True))


def flag_probability(logit: float, scaling: Sequence[float]) -> float:
    """Platt's sigmoid(slope × logit + offset), kept off 0 and 1."""
    slope, offset = scaling
    p = float(sigmoid(np.array([slope * logit + offset]))[0])
    return round(min(max(p, FLOOR), 1 - FLOOR), DECIMALS)


def choice_probabilities(logits: Floats, scaling: Mapping[str, Any], values: Sequence[str]) -> dict[str, float]:
    """Temperature and offset for each class; sums to one but for rounding."""
    p = softmax(logits * scaling["slope"] + np.asarray(scaling["offset"]))
    return {value: round(float(x), DECIMALS) for value, x in zip(values, p, strict=True)}


def either_way(flag: Floats, values: Floats) -> Floats:
    """A flag that holds exactly when one of its values does, read both ways: the mean of its own probability and of
    the noisy-or over the values. `flag` is (n,), `values` (n, values)."""
    return np.asarray((flag + 1 - np.prod(1 - values, axis=-1)) / 2)

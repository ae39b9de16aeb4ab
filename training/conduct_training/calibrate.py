"""Scores → probabilities and thresholds, on the calibration origins only."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from conduct_nlp.calibration import FLOOR, either_way, sigmoid, softmax
from conduct_nlp.heads import heads
from conduct_nlp.vocabulary import CYBER_MEANS
from numpy.typing import NDArray
from scipy.optimize import minimize
from sklearn.linear_model import LogisticRegression

from conduct_training.fit import field_columns

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
FEWEST = 8
"""Positives below which a head borrows the scaling of all list values together."""


def platt(logits: Floats, on: Bools, weights: Floats | None = None) -> list[float]:
    """Slope and offset of a one-dimensional logistic fit, lightly regularised (Platt 1999)."""
    model = LogisticRegression(C=1.0).fit(logits[:, None], on, sample_weight=weights)
    return [round(max(float(model.coef_[0, 0]), 0.05), 5), round(float(model.intercept_[0]), 5)]


def temperature(logits: Floats, targets: Bools, weights: Floats | None = None) -> dict[str, Any]:
    """Slope and an offset for each class that minimise log loss; offsets are held near zero."""
    k = logits.shape[1]

    def loss(x: Floats) -> float:
        p = softmax(logits * np.exp(x[0]) + x[1:])
        loss = np.average(-np.log(np.clip(p[targets], 1e-9, 1)), weights=weights)
        return float(loss + 0.02 * np.square(x[1:]).sum())

    best = minimize(loss, np.zeros(k + 1), method="L-BFGS-B").x
    return {"slope": round(float(np.exp(best[0])), 5), "offset": [round(float(b), 5) for b in best[1:]]}


def threshold(p: Floats, on: Bools) -> float:
    """The probability from which a label counts as present: best F1, drawn towards a half where positives are few."""
    tried = np.round(np.arange(0.2, 0.66, 0.02), 2)
    f1 = [2 * (on & (p >= t)).sum() / max(on.sum() + (p >= t).sum(), 1) for t in tried]
    weight = on.sum() / (on.sum() + 20)
    return round(float(weight * tried[int(np.argmax(f1))] + (1 - weight) * 0.45), 3)


def calibrate(logits: Floats, targets: Bools, weights: Floats, crossfit: Floats, fitted_on: Bools) -> dict[str, Any]:
    """`calibration` and `thresholds` of a bundle, from (n, heads) logits and targets.

    `weights` (n,) says how far each text is of the kind that is screened. Thresholds also look at `crossfit`, logits of
    the training narratives by models that had not seen their origin: a threshold is a choice, not a promise, and rare
    labels need every text there is.
    """
    order = heads()
    binary = [c for _, kind, columns in field_columns() if kind not in ("choice", "count") for c in columns]
    shared = platt(logits[:, binary].ravel(), targets[:, binary].ravel())
    scaling: dict[str, Any] = {}
    thresholds: dict[str, float] = {}
    read: dict[str, Floats] = {}
    given: dict[str, Bools] = {}
    for field, kind, columns in field_columns():
        if kind in ("choice", "count"):
            scaling[field] = temperature(logits[:, columns], targets[:, columns], weights)
            continue
        for c in columns:
            on = targets[:, c]
            own = FEWEST <= on.sum() <= len(on) - FEWEST
            slope, offset = scaling[order[c].name] = platt(logits[:, c], on, weights) if own else shared
            every = np.concatenate([logits[:, c], crossfit[:, c]])
            p = np.clip(sigmoid(slope * every + offset), FLOOR, 1 - FLOOR)
            name = order[c].value or field
            read[name], given[name] = p, np.concatenate([on, fitted_on[:, c]])
            thresholds[name] = threshold(p, given[name])
    both = either_way(read["cyber_enabled"], np.stack([read[m] for m in CYBER_MEANS], axis=1))
    thresholds["cyber_enabled"] = threshold(both, given["cyber_enabled"])
    return {"calibration": scaling, "thresholds": thresholds}


def expected_calibration_error(p: Floats, right: Sequence[bool] | Bools, bins: int = 10) -> float:
    """Mean gap between confidence and accuracy over equal-count bins (Naeini et al. 2015, equal mass)."""
    order = np.argsort(p, kind="stable")
    parts = np.array_split(order, bins)
    hits = np.asarray(right, float)
    return float(sum(len(part) * abs(p[part].mean() - hits[part].mean()) for part in parts if len(part)) / len(p))

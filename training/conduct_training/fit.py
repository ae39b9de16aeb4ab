"""Fits the linear reader: whole-text heads, clause heads, and the layer that weighs both with the cues."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from conduct_nlp.cues import cue_labels
from conduct_nlp.features import Hashing, inverse_document_frequency
from conduct_nlp.heads import heads
from conduct_nlp.linear import ABSENT, stack_row
from conduct_nlp.vocabulary import FIELDS
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold

from conduct_training.corpus import Narrative
from conduct_training.prepare import Prepared, prepare

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class FitSettings:
    """Inverse regularisation strengths, folds (by origin) for the second layer, the width of the hashes;
    `every`: take each n-th training narrative only (to try the pipeline)."""

    text_c: float = 10.0
    clause_c: float = 10.0
    stack_c: float = 0.005
    folds: int = 4
    processes: int = 2
    every: int = 1
    hashing: Hashing = field(default_factory=Hashing)


@dataclass(frozen=True, slots=True)
class First:
    """First-layer weights."""

    idf: Floats
    text_weights: Floats
    text_bias: Floats
    clause_weights: Floats
    clause_bias: Floats


def _binary(rows: Any, on: NDArray[np.bool_], c: float) -> tuple[Floats, float]:
    """Weights and bias of one head; a head never or always on is a constant."""
    if not 0 < on.sum() < len(on):
        return np.zeros(rows.shape[1]), ABSENT if not on.any() else -ABSENT
    model = LogisticRegression(C=c, solver="liblinear", class_weight="balanced", max_iter=200, random_state=0)
    model.fit(rows, on)
    return model.coef_[0], float(model.intercept_[0])


def _multinomial(rows: Any, targets: NDArray[np.bool_], c: float) -> tuple[Floats, Floats]:
    """(features, classes) weights of a choice; classes never seen get a low constant."""
    seen = np.flatnonzero(targets.any(axis=0))
    weights, bias = np.zeros((rows.shape[1], targets.shape[1])), np.full(targets.shape[1], 2 * ABSENT)
    if len(seen) < 2:
        bias[seen] = 0.0
        return weights, bias
    model = LogisticRegression(C=c, max_iter=300, class_weight="balanced")
    model.fit(rows, targets.argmax(axis=1))
    if len(seen) == 2:  # one row of weights stands for two classes
        weights[:, seen[1]], bias[seen[0]] = model.coef_[0], 0.0
        bias[seen[1]] = model.intercept_[0]
    else:
        weights[:, seen], bias[seen] = model.coef_.T, model.intercept_
    return weights, bias


def field_columns() -> Iterator[tuple[str, str, list[int]]]:
    """(field, kind, columns of its heads)."""
    order = heads()
    for one in FIELDS:
        yield one.name, one.kind, [i for i, head in enumerate(order) if head.field == one.name]


def _jobs(targets: NDArray[np.bool_]) -> list[tuple[str, list[int]]]:
    jobs: list[tuple[str, list[int]]] = []
    for _, kind, columns in field_columns():
        jobs += [("choice", columns)] if kind in ("choice", "count") else [("binary", [c]) for c in columns]
    return jobs


def _run(job: tuple[str, Any, NDArray[np.bool_], float]) -> tuple[Floats, Floats]:
    kind, rows, on, c = job
    if kind == "choice":
        return _multinomial(rows, on, c)
    weights, bias = _binary(rows, on[:, 0], c)
    return weights[:, None], np.array([bias])


Mapper = Callable[..., Iterator[tuple[Floats, Floats]]]


def _fit_heads(
    rows: Any, targets: NDArray[np.bool_], jobs: Sequence[tuple[str, list[int]]], c: float, each: Mapper
) -> tuple[Floats, Floats]:
    weights, bias = np.zeros((rows.shape[1], targets.shape[1])), np.zeros(targets.shape[1])
    results = each(_run, [(kind, rows, targets[:, columns], c) for kind, columns in jobs])
    for (_, columns), (w, b) in zip(jobs, results, strict=True):
        weights[:, columns], bias[columns] = w, b
    return weights, bias


def fit_first(data: Prepared, index: NDArray[np.int64], settings: FitSettings, each: Mapper) -> First:
    """Whole-text and clause heads on the narratives of `index`."""
    counts = data.counts[index]
    idf = inverse_document_frequency(counts)
    text = _fit_heads(
        settings.hashing.weighted(counts, idf), data.targets[index], _jobs(data.targets), settings.text_c, each
    )
    mine = np.isin(data.owner, index)
    jobs = [("binary", [i]) for i in range(data.carries.shape[1])]
    clause = _fit_heads(data.clauses[mine], data.carries[mine], jobs, settings.clause_c, each)
    return First(idf, *text, *clause)


def stack_rows(data: Prepared, index: NDArray[np.int64], first: First, hashing: Hashing) -> tuple[Floats, Floats]:
    """(first-layer logits, second-layer input) of the narratives of `index`."""
    text = np.asarray(hashing.weighted(data.counts[index], first.idf) @ first.text_weights) + first.text_bias
    every = np.asarray(data.clauses @ first.clause_weights) + first.clause_bias
    labels = cue_labels()
    rows = [
        stack_row(text[n], every[data.owner == i], data.rows[i].cues, labels, len(data.rows[i].narrative.split()))
        for n, i in enumerate(index)
    ]
    return text, np.stack(rows)


def _log_loss(logits: Floats, targets: NDArray[np.bool_]) -> float:
    """Mean log loss of a field's heads after the best single temperature: how well they rank, not how loud they are."""
    best = np.inf
    for slope in (0.25, 0.5, 1.0, 2.0):
        z = logits * slope
        if targets.shape[1] > 1:
            p = np.exp(z - z.max(axis=1, keepdims=True))
            p /= p.sum(axis=1, keepdims=True)
            loss = -np.log(np.clip(p[targets], 1e-6, 1)).mean()
        else:
            p = 1 / (1 + np.exp(-z))
            loss = -np.log(np.clip(np.where(targets, p, 1 - p), 1e-6, 1)).mean()
        best = min(best, float(loss))
    return best


SHARES = (0.0, 0.25, 0.5, 0.75, 1.0)


def choose_shares(text: Floats, second: Floats, targets: NDArray[np.bool_]) -> Floats:
    """For each head the share of the second layer, by cross-fitted log loss of its field (or of the value alone)."""
    share = np.zeros(targets.shape[1])
    for _, columns in _jobs(targets):
        losses = [_log_loss(s * second[:, columns] + (1 - s) * text[:, columns], targets[:, columns]) for s in SHARES]
        share[columns] = SHARES[int(np.argmin(losses))]
    return share


@dataclass(frozen=True, slots=True)
class Fitted:
    """All tensors of the model; cross-fitted logits and targets of the training narratives, both (n, heads)."""

    tensors: dict[str, NDArray[Any]]
    crossfit: Floats
    targets: NDArray[np.bool_]


def fit(narratives: Sequence[Narrative], settings: FitSettings, say: Callable[[str], None] = lambda _: None) -> Fitted:
    """Fits both layers; the second sees only predictions on origins the first was not fitted on."""
    data = prepare(narratives, settings.hashing)
    folds = min(settings.folds, len(set(data.origins)))
    everything = np.arange(len(narratives))
    with ProcessPoolExecutor(settings.processes) as pool:
        text, stacked = np.zeros(data.targets.shape), np.zeros((0, 0))
        for number, (fit_on, held) in enumerate(GroupKFold(folds).split(everything, groups=data.origins), 1):
            say(f"first layer, fold {number} of {folds}")
            part = fit_first(data, fit_on, settings, pool.map)
            logits, rows = stack_rows(data, held, part, settings.hashing)
            stacked = stacked if stacked.size else np.zeros((len(narratives), rows.shape[1]))
            text[held], stacked[held] = logits, rows
        say("first layer, all")
        first = fit_first(data, everything, settings, pool.map)
        mean, scale = stacked.mean(axis=0), stacked.std(axis=0) + 1e-6
        standard = (stacked - mean) / scale
        say("second layer")
        crossfit = np.zeros(data.targets.shape)
        for fit_on, held in GroupKFold(folds).split(everything, groups=data.origins):
            w, b = _fit_heads(standard[fit_on], data.targets[fit_on], _jobs(data.targets), settings.stack_c, pool.map)
            crossfit[held] = standard[held] @ w + b
        weights, bias = _fit_heads(standard, data.targets, _jobs(data.targets), settings.stack_c, pool.map)
    share = choose_shares(text, crossfit, data.targets)
    tensors: dict[str, NDArray[Any]] = {
        "idf": first.idf.astype(np.float32),
        "text_weights": first.text_weights.astype(np.float16),
        "text_bias": first.text_bias,
        "clause_weights": first.clause_weights.astype(np.float16),
        "clause_bias": first.clause_bias,
        "stack_mean": mean,
        "stack_scale": scale,
        "stack_weights": weights,
        "stack_bias": bias,
        "share": share,
    }
    return Fitted(tensors, share * crossfit + (1 - share) * text, data.targets)

"""The fast reader: hashed n-grams and linear heads, over the whole text and over each clause.

Whole-text heads say what the text is about; clause heads find the places that carry a label; a second linear layer
weighs both with the cues. All products are sparse × dense, row by row: a row's scores never depend on its neighbours.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from conduct_nlp.bundle import Bundle
from conduct_nlp.cues import Match, cue_labels
from conduct_nlp.features import Hashing
from conduct_nlp.vocabulary import Qualifier

Floats = NDArray[np.float64]
ABSENT = -4.0
"""Logit that stands for "no such clause"."""


@dataclass(frozen=True, slots=True)
class Segmented:
    """A narrative with its clauses (start, end) and its cues."""

    narrative: str
    clauses: Sequence[tuple[int, int]]
    cues: Sequence[Match]


@dataclass(frozen=True, slots=True)
class Scores:
    """Logits of one narrative: (heads,) for the text, (clauses, clause heads) for its clauses."""

    text: Floats
    clauses: Floats


def cue_features(cues: Sequence[Match], labels: Sequence[str]) -> Floats:
    """(2 × labels,) log counts of asserted and of qualified cues for each label."""
    at = {label: i for i, label in enumerate(labels)}
    counts = np.zeros((2, len(labels)))
    for cue in cues:
        counts[0 if cue.qualifier is Qualifier.ASSERTED else 1, at[cue.label]] += 1
    return np.log1p(counts).ravel()


def pooled(clauses: Floats) -> Floats:
    """(3 × clause heads,): best and second-best clause, and the log of one plus the expected number of clauses."""
    if not len(clauses):
        return np.concatenate([np.full(2 * clauses.shape[1], ABSENT), np.zeros(clauses.shape[1])])
    ranked = np.sort(clauses, axis=0)
    second = ranked[-2] if len(ranked) > 1 else np.full(clauses.shape[1], ABSENT)
    expected = np.log1p((1 / (1 + np.exp(-clauses))).sum(axis=0))
    return np.concatenate([ranked[-1], second, expected])


def stack_row(text: Floats, clauses: Floats, cues: Sequence[Match], labels: Sequence[str], words: int) -> Floats:
    """The second layer's input for one narrative."""
    length = [np.log1p(words), np.log1p(len(clauses))]
    return np.concatenate([text, pooled(clauses), cue_features(cues, labels), length])


def dense_product(rows: Floats, weights: Floats) -> Floats:
    """rows @ weights, summed row by row in a fixed order, whatever the number of rows (BLAS does not promise that)."""
    return np.asarray(csr_matrix(rows) @ weights)


class LinearModel:
    """Weights of a bundle, ready to score."""

    def __init__(self, bundle: Bundle) -> None:
        settings, tensors = bundle.settings, bundle.tensors
        self.hashing = Hashing(**settings["hashing"])
        self.cue_labels: list[str] = settings["cue_labels"]
        if self.cue_labels != cue_labels():
            raise ValueError("the model was fitted with other cue packs than are installed: refit it")
        wide: Mapping[str, Floats] = {name: tensor.astype(np.float64) for name, tensor in tensors.items()}
        self._t: Mapping[str, Any] = wide

    def clause_scores(self, texts: Sequence[str]) -> Floats:
        """(n, clause heads) logits of pieces of text."""
        if not texts:
            return np.zeros((0, self._t["clause_bias"].shape[0]))
        bias: Floats = self._t["clause_bias"]
        return np.asarray(self.hashing.clauses(texts) @ self._t["clause_weights"]) + bias

    def scores(self, batch: Sequence[Segmented]) -> list[Scores]:
        """Logits of each narrative; those of choice heads are not yet normalised."""
        t = self._t
        counts = self.hashing.documents([row.narrative for row in batch])
        first = np.asarray(self.hashing.weighted(counts, t["idf"]) @ t["text_weights"]) + t["text_bias"]
        pieces = [row.narrative[start:end] for row in batch for start, end in row.clauses]
        every = self.clause_scores(pieces)
        edges = np.cumsum([0, *(len(row.clauses) for row in batch)])
        clauses = [every[a:b] for a, b in pairwise(edges)]
        stacked = np.stack(
            [
                stack_row(first[i], clauses[i], row.cues, self.cue_labels, len(row.narrative.split()))
                for i, row in enumerate(batch)
            ]
        )
        second = dense_product((stacked - t["stack_mean"]) / t["stack_scale"], t["stack_weights"]) + t["stack_bias"]
        text = t["share"] * second + (1 - t["share"]) * first
        return [Scores(text[i], clauses[i]) for i in range(len(batch))]

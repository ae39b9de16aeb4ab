"""Quotes for and against each label: the clauses that carry it, tightened to a window, joined with the cues."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from conduct_nlp.calibration import sigmoid
from conduct_nlp.cues import SIGNALS, Match
from conduct_nlp.linear import LinearModel, Scores, Segmented
from conduct_nlp.reading import Finding, Quote
from conduct_nlp.vocabulary import Behaviour, Qualifier, Stance, Witness

WINDOW = 14
"""Words of a quote at most, where its clause is longer."""
STRIDE = 4
MOST = 2
"""Quotes for a label at most."""
STANDS_FOR = {
    "order": ("order",),
    "breaches_since_order": ("breaches", "order"),
    "fear_of_violence": ("fear_of_violence", "fears"),
    "course_of_conduct": ("course_of_conduct", "occasions"),
    "persists_after_told_to_stop": ("persists_after_told_to_stop",),
}
"""Clause heads whose places quote a label; every other label of a list field is quoted by its own head."""


@dataclass(frozen=True, slots=True)
class Place:
    start: int
    end: int
    score: float


def windows(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """Overlapping stretches of at most `WINDOW` words within a clause, cut at blanks."""
    words: list[tuple[int, int]] = []
    at = start
    for word in text[start:end].split():
        at = text.index(word, at)
        words.append((at, at + len(word)))
        at += len(word)
    if len(words) <= WINDOW:
        return [(start, end)]
    firsts = [*range(0, len(words) - WINDOW, STRIDE), len(words) - WINDOW]
    return [(words[i][0], words[i + WINDOW - 1][1]) for i in firsts]


class Quoting:
    """Finds quotes with a model's clause heads."""

    def __init__(self, model: LinearModel, clause_heads: Sequence[str]) -> None:
        self.model = model
        self.column = {name: i for i, name in enumerate(clause_heads)}

    def findings(
        self, row: Segmented, scores: Scores, probabilities: Mapping[str, float], present: Sequence[str]
    ) -> list[Finding]:
        """For each label present its best places; then the cues that speak against any label."""
        found = self._for(row, scores, probabilities, present)
        if not found and row.clauses:
            # Nothing asserted has a place: quote what comes nearest to conduct, so that a reader sees what it was.
            nearest = max((str(b) for b in Behaviour), key=probabilities.__getitem__)
            found = self._for(row, scores, probabilities, [nearest])
        found += self._against(row, probabilities)
        return sorted(found, key=lambda f: (f.quote.start, f.quote.end, f.label))

    def _for(
        self, row: Segmented, scores: Scores, probabilities: Mapping[str, float], present: Sequence[str]
    ) -> list[Finding]:
        tight = self._tighten(row, {c for label in present for c, _ in self._best(scores.clauses, label)})
        return [
            self._finding(row, label, place, probabilities[label])
            for label in present
            for place in self._places(row, scores, label, tight)
        ]

    def _heads(self, label: str) -> list[int]:
        return [self.column[name] for name in STANDS_FOR.get(label, (label,)) if name in self.column]

    def _best(self, clauses: NDArray[np.float64], label: str) -> list[tuple[int, float]]:
        """(clause, logit) of the clauses that carry `label` best, most first."""
        columns = self._heads(label)
        if not columns or not len(clauses):
            return []
        logits = clauses[:, columns].max(axis=1)
        order = sorted(range(len(logits)), key=lambda i: (-logits[i], i))[:MOST]
        return [(i, float(logits[i])) for n, i in enumerate(order) if n == 0 or logits[i] > 0]

    def _tighten(
        self, row: Segmented, chosen: set[int]
    ) -> dict[int, tuple[list[tuple[int, int]], NDArray[np.float64]]]:
        """Windows of each chosen clause and their logits, scored together."""
        parts = {c: windows(row.narrative, *row.clauses[c]) for c in sorted(chosen)}
        logits = self.model.clause_scores([row.narrative[a:b] for w in parts.values() for a, b in w])
        edges = np.cumsum([0, *(len(w) for w in parts.values())])
        return {c: (w, logits[a:b]) for (c, w), a, b in zip(parts.items(), edges[:-1], edges[1:], strict=True)}

    def _places(
        self,
        row: Segmented,
        scores: Scores,
        label: str,
        tight: Mapping[int, tuple[list[tuple[int, int]], NDArray[np.float64]]],
    ) -> Iterator[Place]:
        for clause, logit in self._best(scores.clauses, label):
            spans, logits = tight[clause]
            best = int(logits[:, self._heads(label)].max(axis=1).argmax())
            yield Place(*spans[best], logit)
        if not self._heads(label):
            yield from (Place(c.start, c.end, 0.0) for c in _cue_quotes(row.cues, label)[:MOST])

    def _finding(self, row: Segmented, label: str, place: Place, probability: float) -> Finding:
        start, end = place.start, place.end
        cued = any(
            c.label == label and c.start < end and start < c.end and c.qualifier is Qualifier.ASSERTED for c in row.cues
        )
        witness = (Witness.BOTH if cued else Witness.ENCODER) if self._heads(label) else Witness.CUE
        quote = Quote(row.narrative[start:end], start, end)
        p = round(probability * float(sigmoid(np.array([place.score]))[0]) ** 0.1, 6)
        return Finding(label, p, quote, Stance.FOR, Qualifier.ASSERTED, witness)

    def _against(self, row: Segmented, probabilities: Mapping[str, float]) -> Iterator[Finding]:
        """Cues that are negated, supposed, earlier, somebody else's or evidence only: they speak against."""
        for cue in row.cues:
            if cue.qualifier is Qualifier.ASSERTED or cue.label in SIGNALS:
                continue
            start, end = _with_reason(row, cue)
            yield Finding(
                cue.label,
                round(1 - probabilities.get(cue.label, 0.0), 6),
                Quote(row.narrative[start:end], start, end),
                Stance.AGAINST,
                cue.qualifier,
                Witness.CUE,
            )


def _cue_quotes(cues: Sequence[Match], label: str) -> list[Match]:
    return [c for c in cues if c.label == label and c.qualifier is Qualifier.ASSERTED]


def _with_reason(row: Segmented, cue: Match) -> tuple[int, int]:
    """The cue with the words that qualify it, where they stand in the same clause."""
    clause = next(((a, b) for a, b in row.clauses if a <= cue.start < b), (cue.start, cue.end))
    before = row.narrative[clause[0] : cue.start].lower().rfind(cue.because) if cue.because else -1
    return (clause[0] + before if before >= 0 else cue.start), cue.end

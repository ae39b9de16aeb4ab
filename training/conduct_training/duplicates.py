"""Near-duplicates among narratives: shared word sequences, and (with the encoder's weights) likeness of meaning.

Members of one group are minimal edits of each other by design and are not compared. Sequences after Broder (1997):
Jaccard likeness of the sets of word 5-grams.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from conduct_training.corpus import Narrative

WORDS = 5
TOO_ALIKE = 0.20
"""Share of word 5-grams in common (of two texts of one length, a third of each) from which a pair counts as copied:
independent narratives stay below .08, a text with every tenth word changed above .30."""
TOO_CLOSE = 0.90
"""Cosine of mean-pooled all-mpnet-base-v2 vectors (first 320 tokens) from which a pair is listed for reading."""
COMMON = 50
"""A sequence in more narratives than this is a form of words, not a sign of copying."""

Pair = tuple[Narrative, Narrative, float]


def _sequences(text: str) -> set[tuple[str, ...]]:
    words = "".join(c if c.isalnum() else " " for c in text.lower()).split()
    return {tuple(words[i : i + WORDS]) for i in range(len(words) - WORDS + 1)}


def alike(texts: Sequence[Narrative], least: float = TOO_ALIKE) -> Iterator[Pair]:
    """Pairs of different groups with a Jaccard likeness of at least `least`, each once."""
    sets = [_sequences(n.text) for n in texts]
    where: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for i, found in enumerate(sets):
        for sequence in found:
            where[sequence].append(i)
    shared: Counter[tuple[int, int]] = Counter()
    for owners in where.values():
        if 1 < len(owners) <= COMMON:
            shared.update((a, b) for at, a in enumerate(owners) for b in owners[at + 1 :])
    for (a, b), n in shared.items():
        likeness = n / (len(sets[a]) + len(sets[b]) - n)
        if texts[a].unit != texts[b].unit and likeness >= least:
            yield texts[a], texts[b], likeness


def close(texts: Sequence[Narrative], weights: Path, least: float = TOO_CLOSE) -> Iterator[Pair]:
    """Pairs of different groups whose vectors have a cosine of at least `least`; needs the `encoder` extra."""
    from conduct_training.finetune import vectors

    units = vectors(weights, [n.text for n in texts])
    likeness = np.triu(units @ units.T, 1)
    for a, b in np.argwhere(likeness >= least):
        if texts[a].unit != texts[b].unit:
            yield texts[a], texts[b], float(likeness[a, b])

"""Narratives → matrices for fitting: hashed counts, clauses with their labels, targets."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from conduct_nlp.features import Hashing
from conduct_nlp.heads import DECOY_HEADS, clause_heads, heads
from conduct_nlp.linear import Segmented
from conduct_nlp.reader import segmented
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from conduct_training.corpus import Narrative, field_targets

LONG_QUOTE = 6
"""Characters of a quote that must lie in a clause for the clause to carry it."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """n narratives, m clauses: `counts` (n, hashed), `clauses` (m, hashed), `owner` (m,), `carries` (m, clause heads),
    `targets` (n, heads)."""

    narratives: Sequence[Narrative]
    rows: Sequence[Segmented]
    counts: csr_matrix
    clauses: csr_matrix
    owner: NDArray[np.int64]
    carries: NDArray[np.bool_]
    targets: NDArray[np.bool_]

    @property
    def origins(self) -> NDArray[np.str_]:
        return np.array([n.origin for n in self.narratives])


def quotes_of(narrative: Narrative) -> dict[str, list[str]]:
    """Clause head → quotes that carry it: evidence, spans and decoys of the corpus."""
    found = {label: [quote] for label, quote in narrative.evidence.items()}
    spans = narrative.spans
    for name in ("occasions", "summarised", "fears", "told_to_stop", "breaches"):
        found[name] = list(spans[name])
    person = narrative.labels["offence"] == "stalking"
    found["motive_person"] = list(spans["motive"]) if person else []
    found["motive_dispute"] = [] if person else list(spans["motive"])
    found["course_of_conduct"] = [*found.get("course_of_conduct", []), *spans["summarised"]]
    for why in DECOY_HEADS:
        found[f"decoy:{why}"] = [d["quote"] for d in spans["decoys"] if d["why"] == why]
    return found


def carried(row: Segmented, quotes: Sequence[str]) -> NDArray[np.bool_]:
    """Which clauses hold a good part of any of the quotes."""
    hit = np.zeros(len(row.clauses), bool)
    for quote in quotes:
        at = row.narrative.find(quote)
        for i, (start, end) in enumerate(row.clauses):
            shared = min(end, at + len(quote)) - max(start, at)
            hit[i] |= shared >= min(LONG_QUOTE, len(quote))
    return hit


def prepare(narratives: Sequence[Narrative], hashing: Hashing) -> Prepared:
    """Everything a fit needs, in memory."""
    rows = [segmented(n.text) for n in narratives]
    names = clause_heads()
    carries, owner, pieces = [], [], []
    for i, (narrative, row) in enumerate(zip(narratives, rows, strict=True)):
        quotes = quotes_of(narrative)
        carries.append(np.stack([carried(row, quotes.get(name, ())) for name in names], axis=1))
        owner += [i] * len(row.clauses)
        pieces += [row.narrative[start:end] for start, end in row.clauses]
    order = [head.name for head in heads()]
    targets = np.array([[t[name] for name in order] for t in map(field_targets, narratives)])
    return Prepared(
        narratives,
        rows,
        hashing.documents([n.text for n in narratives]),
        hashing.clauses(pieces),
        np.array(owner),
        np.concatenate(carries),
        targets,
    )

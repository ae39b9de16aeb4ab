"""From which confidence a kind of suggestion is made, and what is promised of it, on the calibration origins.

Learn-Then-Test (Angelopoulos et al. 2021): walking down from confidence 1, a threshold is kept while an exact binomial
test rejects "precision is below the target" at level 1 - assurance; the units are groups and texts of the corpus,
each counted once, never the copies that simulation makes of them.
"""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

import numpy as np
from scipy.stats import binom

TARGET, ASSURANCE = 0.95, 0.90
LEAST_PRECISION = 0.80
FEWEST = 12
"""Units below which a kind has no estimate: it stays, and only asks."""
FLOOR = 0.30


def units(said: Sequence[dict[str, Any]], unit_of: dict[str, str]) -> dict[str, list[tuple[float, float]]]:
    """Kind → (confidence, share right) of each unit, most confident first; a unit's suggestions count as one."""
    grouped: dict[tuple[str, str], list[dict[str, Any]]] = defaultdict(list)
    for row in said:
        grouped[row["kind"], unit_of[row["crime_ref"]]].append(row)
    out: dict[str, list[tuple[float, float]]] = defaultdict(list)
    for (kind, _), rows in sorted(grouped.items()):
        out[kind].append((float(np.mean([r["confidence"] for r in rows])), float(np.mean([r["right"] for r in rows]))))
    return {kind: sorted(pairs, reverse=True) for kind, pairs in out.items()}


def least_confidence(pairs: Sequence[tuple[float, float]]) -> float:
    """The lowest confidence from which precision over everything above it is at least `LEAST_PRECISION`."""
    right, best = 0.0, 1.01
    for n, (confidence, share) in enumerate(pairs, 1):
        right += share
        if n >= FEWEST and right / n >= LEAST_PRECISION:
            best = confidence
    return round(max(best, FLOOR), 4) if best <= 1 else 0.5


def guaranteed_from(pairs: Sequence[tuple[float, float]]) -> float | None:
    """The lowest confidence with precision at least `TARGET` at `ASSURANCE`, or None where there are too few."""
    wrong, kept = 0, None
    for n, (confidence, share) in enumerate(pairs, 1):
        wrong += share < 1
        if binom.cdf(wrong, n, 1 - TARGET) <= 1 - ASSURANCE:
            kept = confidence
        elif kept is not None:
            break
    return None if kept is None else round(kept, 4)


def promises(said: Sequence[dict[str, Any]], unit_of: dict[str, str]) -> dict[str, Any]:
    """`least_confidence`, `guaranteed_from`, `estimated` of a bundle, and `promise_units` (n a kind)."""
    table = units(said, unit_of)
    enough = {kind: pairs for kind, pairs in table.items() if len(pairs) >= FEWEST}
    sure = {kind: guaranteed_from(pairs) for kind, pairs in enough.items()}
    return {
        "least_confidence": {kind: least_confidence(pairs) for kind, pairs in enough.items()},
        "guaranteed_from": {kind: value for kind, value in sure.items() if value is not None},
        "estimated": sorted(enough),
        "promise_units": {kind: len(pairs) for kind, pairs in sorted(table.items())},
        "promise_target": TARGET,
        "promise_assurance": ASSURANCE,
    }

"""Agreement of a blind second reader with the labels: Cohen's kappa for each field or value."""

import json
from collections.abc import Iterator
from pathlib import Path

from sklearn.metrics import cohen_kappa_score

from conduct_training.corpus import narratives

FIELDS = ("offence", "section", "course_of_conduct", "cyber_enabled", "order", "breaches_since_order", "relationship",
          "hostility")  # fmt: skip
LISTS = ("fixation", "s4a")


def agreement(corpus: Path, second: Path) -> Iterator[tuple[str, int, float, float]]:
    """(field or value, n, share agreed, kappa) over the records that both have read."""
    first = {n.id: n.labels for n in narratives(corpus)}
    rows = [json.loads(line) for line in second.read_text("utf-8").splitlines() if line.strip()]
    pairs = [(row, first[row["id"]]) for row in rows if row["id"] in first]
    for name in FIELDS:
        yield _row(name, [(str(a[name]), str(b[name])) for a, b in pairs])
    for name in LISTS:
        for value in sorted({v for _, b in pairs for v in b[name]}):
            yield _row(f"{name}: {value}", [(str(value in a[name]), str(value in b[name])) for a, b in pairs])


def _row(name: str, pairs: list[tuple[str, str]]) -> tuple[str, int, float, float]:
    ours, theirs = zip(*pairs, strict=True)
    return name, len(pairs), sum(a == b for a, b in pairs) / len(pairs), float(cohen_kappa_score(ours, theirs))

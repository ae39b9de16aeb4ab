"""Agreement of a blind second reader with the labels as they were then: Cohen's kappa for each field and value.

second_reading.jsonl holds both readings, a line a narrative: `first` (the labels as they were), `second`, and how it
was `chosen`: every hard text and a tenth of the rest, or for a doubt of cleanlab's (left out here: picked for looking
wrong). What was settled afterwards stands in settled.jsonl and changes nothing here.
"""

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import fmean

from conduct_nlp.vocabulary import BY_NAME
from sklearn.metrics import cohen_kappa_score

from conduct_training.corpus import UnusableCorpus

SINGLE = ("offence", "section", "course_of_conduct", "cyber_enabled", "order", "breaches_since_order", "relationship",
          "hostility")  # fmt: skip
LISTS = ("behaviours", "fixation", "s4a", "online")

CHOSEN = "hard or tenth"

Row = tuple[str, int, float, float]


def agreement(second: Path) -> Iterator[Row]:
    """(field, list or value; n narratives; share agreed; kappa).

    A list's kappa pools its values by their mean observed and mean expected agreement (De Vries et al. 2008).
    The first 200 were read without `behaviours` and `online`: n says how many bear each field.
    """
    rows = [json.loads(line) for line in second.read_text("utf-8").splitlines() if line.strip()]
    rows = [row for row in rows if row.get("chosen") == CHOSEN]
    if not rows:
        raise UnusableCorpus(f"{second}: no line with id, chosen ({CHOSEN!r}), first and second")
    for name in SINGLE:
        yield _row(name, [(str(r["first"][name]), str(r["second"][name])) for r in rows if name in r["second"]])
    for name in LISTS:
        both = [(r["first"][name], r["second"][name]) for r in rows if name in r["second"]]
        by_value = {v: [(str(v in a), str(v in b)) for a, b in both] for v in BY_NAME[name].values}
        rows_of = [_row(f"{name}: {value}", pairs) for value, pairs in by_value.items()]
        observed = fmean(agreed for _, _, agreed, _ in rows_of)
        expected = fmean(_by_chance(pairs) for pairs in by_value.values())
        yield name, len(both), observed, (observed - expected) / (1 - expected)
        yield from rows_of


def _by_chance(pairs: Sequence[tuple[str, str]]) -> float:
    """Agreement expected of two readers who say each answer as often as these do."""
    ours, theirs = (Counter(side) for side in zip(*pairs, strict=True))
    return sum(ours[answer] * theirs[answer] for answer in ours) / len(pairs) ** 2


def _row(name: str, pairs: list[tuple[str, str]]) -> Row:
    ours, theirs = zip(*pairs, strict=True)
    return name, len(pairs), sum(a == b for a, b in pairs) / len(pairs), float(cohen_kappa_score(ours, theirs))

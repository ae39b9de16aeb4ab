"""Agreement of a blind second reader with the labels as they were then: Cohen's kappa for each field and value.

second_reading.jsonl holds both readings, a line a narrative: `first` (the labels as they were), `second`, and how it
was `chosen`: every hard text and a tenth of the rest, or for a doubt of cleanlab's (left out here: picked for looking
wrong). What was settled afterwards stands in settled.jsonl and changes nothing here.
"""

import json
from collections.abc import Iterator
from pathlib import Path

from conduct_nlp.vocabulary import BY_NAME
from sklearn.metrics import cohen_kappa_score

FIELDS = ("offence", "section", "course_of_conduct", "cyber_enabled", "order", "breaches_since_order", "relationship",
          "hostility")  # fmt: skip
LISTS = ("behaviours", "fixation", "s4a", "online")

CHOSEN = "hard or tenth"

Row = tuple[str, int, float, float]


def agreement(second: Path) -> Iterator[Row]:
    """(field, group of values or value; n; share agreed; kappa). A list's kappa is over all its values together."""
    rows = [json.loads(line) for line in second.read_text("utf-8").splitlines() if line.strip()]
    rows = [row for row in rows if row["chosen"] == CHOSEN]
    for name in FIELDS:
        yield _row(name, [(str(r["first"][name]), str(r["second"][name])) for r in rows if name in r["second"]])
    for name in LISTS:
        both = [(r["first"][name], r["second"][name]) for r in rows if name in r["second"]]
        by_value = {v: [(str(v in a), str(v in b)) for a, b in both] for v in BY_NAME[name].values}
        yield _row(name, [pair for pairs in by_value.values() for pair in pairs])
        for value, pairs in by_value.items():
            yield _row(f"{name}: {value}", pairs)


def _row(name: str, pairs: list[tuple[str, str]]) -> Row:
    ours, theirs = zip(*pairs, strict=True)
    return name, len(pairs), sum(a == b for a, b in pairs) / len(pairs), float(cohen_kappa_score(ours, theirs))

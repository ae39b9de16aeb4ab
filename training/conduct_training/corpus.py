"""The narratives: labels, facts and spans by origin; each origin on one side of the split for good."""

import json
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from conduct_nlp.vocabulary import COUNT, FIELDS, NOTHING, Field
from conduct_serve.problems import UnusableInput

Split = Literal["train", "dev", "calibration", "test"]
STYLES = ("formal", "terse", "log", "call_handler", "statement", "messy")
DIFFICULTIES = ("plain", "mixed", "hard")
SPANS = ("occasions", "summarised", "fears", "told_to_stop", "breaches", "motive")
"""Lists of quotes in `spans`; beside them stand the decoys."""
WORDS = (12, 500)
"""Fewest and most words of a narrative."""
SPLITS: tuple[Split, ...] = ("train", "dev", "calibration", "test")


class UnusableCorpus(UnusableInput, ValueError):
    """A corpus folder that cannot be used as it is: says file, line and what to do; ends a command with exit 2."""


@dataclass(frozen=True, slots=True)
class Narrative:
    """One text with its labels and facts (by field name), evidence, spans, origin and, if any, group."""

    id: str
    origin: str
    text: str
    labels: Mapping[str, Any]
    facts: Mapping[str, Any]
    evidence: Mapping[str, str]
    spans: Mapping[str, Any]
    style: str
    group: str | None = None
    kind: str | None = None
    crime_type: str | None = None

    def value(self, field: Field) -> Any:
        """The label or fact as given."""
        return (self.facts if field.fact else self.labels)[field.name]

    @property
    def quotes(self) -> list[str]:
        """Every quote of evidence, spans and decoys."""
        spans = [quote for name in SPANS for quote in self.spans.get(name, ())]
        return [*self.evidence.values(), *spans, *(decoy["quote"] for decoy in self.spans["decoys"])]

    @property
    def unit(self) -> str:
        """What counts as one independent case: the contrast group, or the text itself."""
        return self.group or self.id


def target(narrative: Narrative, field: Field, value: str | None) -> bool:
    """Whether a head's output should be on: a flag set, a value listed, a class chosen."""
    given = narrative.value(field)
    if field.kind == "flag":
        return bool(given)
    if field.kind == "many":
        return value in given
    if field.kind == "count":
        return COUNT[min(int(given), 2)] == value
    return (given if given is not None else NOTHING) == value


def _narrative(origin: str, row: Mapping[str, Any]) -> Narrative:
    return Narrative(
        id=row["id"],
        origin=origin,
        text=row["narrative"],
        labels=row["labels"],
        facts=row["facts"],
        evidence=row["evidence"],
        spans=row["spans"],
        style=row["style"],
        group=row.get("group"),
        kind=row.get("kind"),
        crime_type=row.get("crime_type"),
    )


def read_origin(path: Path) -> list[Narrative]:
    """All narratives of one origin; raises `UnusableCorpus` naming file and line where one cannot be read."""
    found = []
    for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
        if not line.strip():
            continue
        try:
            found.append(_narrative(path.stem, json.loads(line)))
        except (json.JSONDecodeError, KeyError) as fault:
            raise UnusableCorpus(f"{path.name}, line {number}: {type(fault).__name__}: {fault}") from fault
    return found


def read_splits(folder: Path) -> dict[str, Split]:
    """Origin → split from splits.toml; raises `UnusableCorpus` where an origin stands twice."""
    path = folder / "splits.toml"
    if not path.exists():
        raise UnusableCorpus(f"{path} is missing: `conduct corpus assign` writes it")
    table = tomllib.loads(path.read_text("utf-8"))
    found: dict[str, Split] = {}
    for split in SPLITS:
        for origin in table[split]["origins"]:
            if origin in found:
                raise UnusableCorpus(f"splits.toml: {origin} is in {found[origin]} and in {split}")
            found[origin] = split
    return found


def given_origins(folder: Path) -> frozenset[str]:
    """The origins there were before any was written for this project (curve.toml)."""
    return frozenset(tomllib.loads((folder / "curve.toml").read_text("utf-8"))["given"])


def narratives(folder: Path, splits: Iterable[Split] = SPLITS) -> Iterator[Narrative]:
    """The narratives of the given splits, origin by origin; raises `UnusableCorpus` for an origin without a split."""
    wanted = set(splits)
    assigned = read_splits(folder)
    for path in sorted((folder / "narratives").glob("*.jsonl")):
        if path.stem not in assigned:
            raise UnusableCorpus(f"{path.name} has no split: run `conduct corpus assign`")
        if assigned[path.stem] in wanted:
            yield from read_origin(path)


def field_targets(narrative: Narrative) -> dict[str, bool]:
    """Head name → whether it should be on, for every head."""
    from conduct_nlp.heads import heads

    by_name = {field.name: field for field in FIELDS}
    return {head.name: target(narrative, by_name[head.field], head.value) for head in heads()}

"""What a reader says of a text, and how often it is right: the figures that the corpus is judged by.

Shares lie between 0 and 1. A figure that has no cases is left out.
"""

import json
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from conduct_nlp.heads import heads
from conduct_nlp.reading import Reading
from conduct_rules.verdict import SECTIONS, verdict
from sklearn.metrics import f1_score

from conduct_training.corpus import Narrative
from conduct_training.resample import cluster_error


@dataclass(frozen=True, slots=True)
class Said:
    """What a reader says of one text: the three answers that the corpus is judged by."""

    offence: str
    section: str | None
    cyber: bool


Reads = Callable[[Sequence[str]], list[Said]]


def right(narrative: Narrative) -> Said:
    """What a perfect reader says."""
    labels = narrative.labels
    return Said(labels["offence"], labels["section"], labels["cyber_enabled"])


def read_by(predict: Callable[[Sequence[str]], Any]) -> Reads:
    """From a function giving (n, heads) logits: the likeliest offence, the likelier section under it, the flag."""
    columns = {head.name: i for i, head in enumerate(heads())}
    offences = [name for name in columns if name.startswith("offence=")]

    def reads(texts: Sequence[str]) -> list[Said]:
        found = []
        for row in predict(texts):
            offence = max(offences, key=lambda name: row[columns[name]]).removeprefix("offence=")
            sections = [str(s) for s in dict(SECTIONS).get(offence, ())]  # type: ignore[call-overload]
            section = max(sections, key=lambda name: row[columns[f"section={name}"]], default=None)
            found.append(Said(offence, section, bool(row[columns["cyber_enabled"]] > 0)))
        return found

    return reads


def said_of(reading: Reading) -> Said:
    """What a reading comes to: the verdict of its two methods, and the flag."""
    v = verdict(reading)
    return Said(str(v.offence), v.section and str(v.section), reading.has("cyber_enabled"))


def share(hits: Sequence[bool]) -> float:
    """Share of hits; raises `ZeroDivisionError` where there are none to count."""
    return sum(hits) / len(hits)


def grouped(
    pairs: Sequence[tuple[Narrative, Said]], name: Callable[[Narrative], str | None]
) -> dict[str, list[tuple[Narrative, Said]]]:
    """The pairs by origin or group; those without a name are left out."""
    found: dict[str, list[tuple[Narrative, Said]]] = defaultdict(list)
    for n, s in pairs:
        if (key := name(n)) is not None:
            found[key].append((n, s))
    return found


def offence_macro_f1(pairs: Sequence[tuple[Narrative, Said]]) -> float:
    """Mean over the offences that occur of the F1 score of each."""
    gold, ours = [n.labels["offence"] for n, _ in pairs], [s.offence for _, s in pairs]
    return float(f1_score(gold, ours, average="macro", labels=sorted(set(gold)), zero_division=0.0))


def scores(texts: Sequence[Narrative], said: Sequence[Said]) -> dict[str, float]:
    """On single texts of the screened family: offence macro-F1 (and its standard error, origins drawn),
    section accuracy where the offence is right, cyber F1. On groups: `group_scores`."""
    single = [(n, s) for n, s in zip(texts, said, strict=True) if n.group is None and n.crime_type is None]
    out: dict[str, float] = {}
    if single:
        flags = [n.labels["cyber_enabled"] for n, _ in single], [s.cyber for _, s in single]
        out["n"] = len(single)
        out["offence_macro_f1"] = offence_macro_f1(single)
        origins = grouped(single, lambda n: n.origin)
        out["offence_macro_f1_error"] = cluster_error(list(origins.values()), offence_macro_f1)
        out["cyber_f1"] = float(f1_score(*flags, zero_division=0.0))
    sectioned = [n.labels["section"] == s.section for n, s in single if n.labels["offence"] == s.offence and s.section]
    if sectioned:
        out["section_accuracy"] = share(sectioned)
    return out | group_scores(texts, said)


def group_scores(texts: Sequence[Narrative], said: Sequence[Said]) -> dict[str, float]:
    """Share of contrast groups with the offence, and with offence, section and cyber flag, right in every member;
    share of invariance groups read alike in every member."""
    groups = grouped(list(zip(texts, said, strict=True)), lambda n: n.group)
    flips = [g for g in groups.values() if g[0][0].kind == "flip"]
    alike = [g for g in groups.values() if g[0][0].kind != "flip"]
    out: dict[str, float] = {"contrast_groups": len(flips), "invariance_groups": len(alike)}
    if flips:
        out["contrast_offence"] = share([all(n.labels["offence"] == s.offence for n, s in g) for g in flips])
        out["contrast_offence_section_cyber"] = share([all(right(n) == s for n, s in g) for g in flips])
    if alike:
        out["invariance_offence"] = share([len({s.offence for _, s in g}) == 1 for g in alike])
    return out


def decided_cases(path: Path, reads: Reads) -> dict[str, float]:
    """Agreement with decided cases: the offence is one of those that would be right; section and flag where given."""
    rows = [json.loads(line) for line in path.read_text("utf-8").splitlines() if line.strip()]
    pairs = list(zip(rows, reads([row["narrative"] for row in rows]), strict=True))
    hits = {
        "real_offence_agreement": [s.offence in row["should_be"] for row, s in pairs],
        "real_section_agreement": [
            row["section"] == s.section
            for row, s in pairs
            if row["section"] and s.offence in row["should_be"] and s.section
        ],
        "real_cyber_agreement": [
            row["cyber_enabled"] == s.cyber for row, s in pairs if row["cyber_enabled"] is not None
        ],
    }
    return {"real_cases": len(rows)} | {name: share(found) for name, found in hits.items() if found}


def by_origin(texts: Sequence[Narrative], said: Sequence[Said]) -> dict[str, float]:
    """Share of texts of each origin with the offence right."""
    origins = grouped(list(zip(texts, said, strict=True)), lambda n: n.origin)
    return {name: share([n.labels["offence"] == s.offence for n, s in one]) for name, one in sorted(origins.items())}


def by_point(texts: Sequence[Narrative], said: Sequence[Said], tags: Mapping[str, Sequence[str]]) -> dict[str, float]:
    """Share of contrast groups with the offence right in every member, by the main thing that their edits turn."""
    whole: dict[str, bool] = {}
    for n, s in zip(texts, said, strict=True):
        if n.group and n.kind == "flip":
            whole[n.group] = whole.get(n.group, True) and s.offence == n.labels["offence"]
    hits: dict[str, list[bool]] = defaultdict(list)
    for group, ok in whole.items():
        hits[tags[group][0]].append(ok)
    return {name: share(found) for name, found in sorted(hits.items())}


def confusions(texts: Sequence[Narrative], said: Sequence[Said], most: int = 8) -> dict[str, int]:
    """The commonest wrong offences, "given as said", and how often."""
    wrong = Counter(
        f"{n.labels['offence']} as {s.offence}"
        for n, s in zip(texts, said, strict=True)
        if n.labels["offence"] != s.offence
    )
    return dict(wrong.most_common(most))

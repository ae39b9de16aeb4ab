"""Judges a reader: labels against the corpus, suggestions against a simulated export, cases against their outcomes."""

import json
import tempfile
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
from conduct_nlp import Reader, Reading
from conduct_nlp.vocabulary import FIELDS, Stance
from conduct_rules import Record, RuleSettings
from conduct_rules.suggestion import promise_key
from conduct_rules.verdict import verdict
from conduct_serve.intake import open_records
from conduct_serve.scoring import score_batch
from sklearn.metrics import f1_score

from conduct_training.calibrate import expected_calibration_error
from conduct_training.corpus import Narrative, target
from conduct_training.said import decided_cases, offence_macro_f1, said_of
from conduct_training.said import group_scores as groups_right
from conduct_training.simulate import Simulated

FLAG_KINDS = frozenset({"add_cyber_flag", "review_cyber_flag", "add_da_flag"})


def offence_scores(narratives: Sequence[Narrative], readings: Sequence[Reading]) -> dict[str, float]:
    """Offence macro-F1 and accuracy, section accuracy where both agree on the offence, calibration error, agreement."""
    verdicts = [verdict(r) for r in readings]
    gold = [n.labels["offence"] for n in narratives]
    said = [str(v.offence) for v in verdicts]
    right = [g == s for g, s in zip(gold, said, strict=True)]
    sectioned = [
        (n.labels["section"], v.section)
        for n, v, ok in zip(narratives, verdicts, right, strict=True)
        if ok and n.labels["section"]
    ]
    settled = [ok for ok, v in zip(right, verdicts, strict=True) if not v.uncertain]
    confidence = np.array([v.confidence for v in verdicts])
    return {
        "n": len(gold),
        "offence_macro_f1": offence_macro_f1([(n, said_of(r)) for n, r in zip(narratives, readings, strict=True)]),
        "offence_accuracy": float(np.mean(right)),
        "cyber_f1": float(
            f1_score([n.labels["cyber_enabled"] for n in narratives], [r.has("cyber_enabled") for r in readings])
        ),
        "section_accuracy": float(np.mean([g == s for g, s in sectioned])) if sectioned else float("nan"),
        "offence_calibration_error": expected_calibration_error(confidence, right),
        "share_uncertain": 1 - len(settled) / len(right),
        "accuracy_where_settled": float(np.mean(settled)) if settled else float("nan"),
    }


def label_f1(narratives: Sequence[Narrative], readings: Sequence[Reading]) -> dict[str, float]:
    """F1 of every flag and list value that occurs; accuracy of every choice and count."""
    out: dict[str, float] = {}
    for field in FIELDS:
        if field.kind in ("flag", "many"):
            for value in field.values or (field.name,):
                gold = [target(n, field, value if field.values else None) for n in narratives]
                if any(gold):
                    out[value] = float(f1_score(gold, [r.has(value) for r in readings]))
        elif field.kind == "choice" and field.name not in ("offence", "section"):
            out[f"{field.name} (accuracy)"] = float(
                np.mean([n.value(field) == r.choice(field.name) for n, r in zip(narratives, readings, strict=True)])
            )
        elif field.kind == "count":
            out[f"{field.name} (accuracy)"] = float(
                np.mean(
                    [min(n.value(field), 2) == r.count(field.name) for n, r in zip(narratives, readings, strict=True)]
                )
            )
    return out


def group_scores(narratives: Sequence[Narrative], readings: Sequence[Reading]) -> dict[str, float]:
    """The figures of `said.group_scores`; one that has no cases is no number."""
    found = groups_right(narratives, [said_of(r) for r in readings])
    names = ("contrast_offence", "contrast_offence_section_cyber", "invariance_offence")
    return found | {name: float("nan") for name in names if name not in found}


def _share(hits: Sequence[bool]) -> float:
    return float(np.mean(hits)) if hits else float("nan")


def evidence_hit_rate(narratives: Sequence[Narrative], readings: Sequence[Reading]) -> float:
    """Share of labels rightly found whose quotes overlap the corpus's own quote."""
    hits: list[bool] = []
    for n, r in zip(narratives, readings, strict=True):
        for label, quote in n.evidence.items():
            found = r.quotes(label, Stance.FOR)
            if found:
                start = n.text.index(quote)
                hits.append(any(f.quote.start < start + len(quote) and start < f.quote.end for f in found))
    return _share(hits)


def real_cases(path: Path, reader: Reader) -> dict[str, float]:
    """`said.decided_cases` of a reader."""
    return decided_cases(path, lambda texts: [said_of(r) for r in reader.read(texts)])


@dataclass(frozen=True, slots=True)
class Tally:
    """Suggestions said, said rightly, and due."""

    said: int
    right: int
    due: int

    @property
    def precision(self) -> float:
        return self.right / self.said if self.said else float("nan")

    @property
    def recall(self) -> float:
        return self.right / self.due if self.due else float("nan")


Key = tuple[str, str, int, str]


def compared(
    simulated: Sequence[Simulated], reader: Reader, settings: RuleSettings
) -> tuple[list[dict[str, Any]], set[Key]]:
    """(suggestions said, each with `right`; keys due). A suggestion is right where kind, victim and value are due."""
    scored = score_batch([s.record for s in simulated], reader, settings)
    uncertain = {row["crime_ref"]: row["status"] == "uncertain" for row in scored.scores}
    unit = {s.record.crime_ref: s.narrative.unit for s in simulated}
    due = {(t.crime_ref, str(t.kind), t.victim, t.suggested) for s in simulated for t in s.truth}
    for row in scored.suggestions:
        ref = row["crime_ref"]
        row["right"] = (ref, row["kind"], row["victim"], row["suggested"]) in due
        key = promise_key(row["kind"], row["suggested"])
        row |= {"unit": unit[ref], "uncertain": uncertain[ref], "key": key}
    return scored.suggestions, due


def suggestion_tallies(said: Sequence[Mapping[str, Any]], due: set[Key]) -> dict[str, Tally]:
    """By kind, and `all`, `offence` (all but flags) and `flags`."""
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for row in said:
        for name in _names(row["kind"]):
            counts[name].update(said=1, right=int(row["right"]))
    for _, kind, _, _ in due:
        for name in _names(kind):
            counts[name]["due"] += 1
    for row in said:
        if row["standing"] == "suggest":
            counts["all, standing suggest"].update(said=1, right=int(row["right"]))
    counts["all, standing suggest"]["due"] = len(due)
    return {name: Tally(c["said"], c["right"], c["due"]) for name, c in sorted(counts.items())}


def _names(kind: str) -> tuple[str, str, str]:
    return kind, "all", "flags" if kind in FLAG_KINDS else "offence"


def whole_records(path: Path, reader: Reader, settings: RuleSettings, as_of: date) -> dict[str, float]:
    """Records as a registrar would judge them: exactly what is due, and silence where nothing is wrong.

    `may` lists kinds that are acceptable but not due; they count neither way.
    """
    cases = [json.loads(line) for line in path.read_text("utf-8").splitlines() if line.strip()]
    with tempfile.TemporaryDirectory() as folder:
        export = Path(folder) / "records.jsonl"
        rows = [case["record"] | {"crime_ref": f"W{n}"} for n, case in enumerate(cases)]
        export.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
        records = [r for r in open_records(export, as_of=as_of).rows if isinstance(r, Record)]
    if len(records) != len(cases):
        raise ValueError(f"{path.name}: {len(cases) - len(records)} records cannot be read")
    made = score_batch(records, reader, settings).suggestions
    said: dict[str, set[tuple[str, str, int]]] = defaultdict(set)
    for row in made:
        said[row["crime_ref"]].add((row["kind"], row["suggested"], row["victim"]))
    right = wrong = due = whole = silent = silent_due = 0
    for n, case in enumerate(cases):
        wanted = {(e["kind"], e["suggested"], e.get("victim", 1)) for e in case["expected"]}
        made_here = _as_expected(said[f"W{n}"], case["expected"])
        found = {s for s in made_here if s in wanted or s[0] not in case.get("may", ())}
        right, wrong, due = right + len(found & wanted), wrong + len(found - wanted), due + len(wanted)
        whole += found == wanted
        silent_due += not wanted
        silent += not wanted and not found
    return {
        "whole_records": len(cases),
        "exactly_right": whole / len(cases),
        "silent_where_nothing_is_wrong": silent / max(silent_due, 1),
        "precision": right / max(right + wrong, 1),
        "recall": right / max(due, 1),
    }


def _as_expected(said: set[tuple[str, str, int]], expected: Sequence[Mapping[str, Any]]) -> set[tuple[str, str, int]]:
    """`said` with a kind that the rules leave open (`or_kind`) named as the case names it."""
    other = {
        (e["or_kind"], e["suggested"], e.get("victim", 1)): (e["kind"], e["suggested"], e.get("victim", 1))
        for e in expected
        if "or_kind" in e
    }
    return {other.get(s, s) for s in said}

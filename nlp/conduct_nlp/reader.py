"""Puts the parts together: narratives → Readings, in batches."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from conduct_nlp.bundle import Bundle, load
from conduct_nlp.calibration import DECIMALS, choice_probabilities, either_way, flag_probability
from conduct_nlp.cues import SIGNALS, cues
from conduct_nlp.evidence import Quoting
from conduct_nlp.heads import classes, clause_heads, heads
from conduct_nlp.linear import LinearModel, Scores, Segmented
from conduct_nlp.reading import Reading
from conduct_nlp.text import clauses, word_count
from conduct_nlp.vocabulary import (
    CYBER_MEANS,
    FIELDS,
    HOSTILE_TRAITS,
    NOTHING,
    Behaviour,
    HostilityTo,
    Online,
    Order,
    Qualifier,
    Threat,
)

BATCH = 64


def segmented(narrative: str) -> Segmented:
    """A narrative cut into clauses, with its cues."""
    parts = clauses(narrative)
    return Segmented(narrative, parts, cues().find(narrative, parts))


class Reader:
    """A released model, ready to read. Same text, same reading, whatever is read beside it."""

    def __init__(self, bundle: Bundle) -> None:
        self.version = bundle.version
        self.settings: Mapping[str, Any] = bundle.settings
        self.model = LinearModel(bundle)
        self._heads = heads()
        if [head.name for head in self._heads] != bundle.settings["heads"]:
            raise ValueError("the model was fitted for another version of the guide: refit it")
        self._quoting = Quoting(self.model, clause_heads())
        self._columns = {head.name: i for i, head in enumerate(self._heads)}

    @classmethod
    def open(cls, folder: Path) -> "Reader":
        """Reads a bundle folder; raises `BundleError` or `ValueError` where it does not fit this version."""
        return cls(load(folder))

    def read(self, narratives: Sequence[str]) -> Iterator[Reading]:
        """One reading a narrative, in order."""
        for at in range(0, len(narratives), BATCH):
            batch = [segmented(text) for text in narratives[at : at + BATCH]]
            for row, scores in zip(batch, self.model.scores(batch), strict=True):
                yield self._reading(row, scores)

    def _reading(self, row: Segmented, scores: Scores) -> Reading:
        choices, labels = self._probabilities(scores)
        chosen = {name: _value(max(p, key=p.__getitem__)) for name, p in choices.items()}
        present = {label for label, p in labels.items() if p >= self.settings["thresholds"][label]}
        signals = {c.label for c in row.cues if c.label in SIGNALS and c.qualifier is Qualifier.ASSERTED}
        reconcile(chosen, present, labels, choices)
        quoted = [label for label in labels if label in present]
        probabilities = dict(labels)
        if chosen["order"] != Order.NONE:
            quoted.append("order")
            probabilities["order"] = round(1 - choices["order"][Order.NONE], 6)
        if chosen["breaches_since_order"] != "0":
            quoted.append("breaches_since_order")
            probabilities["breaches_since_order"] = round(1 - choices["breaches_since_order"]["0"], 6)
        findings = self._quoting.findings(row, scores, probabilities, quoted)
        return Reading(
            choices, labels, chosen, frozenset(present | signals), tuple(findings), word_count(row.narrative)
        )

    def _probabilities(self, scores: Scores) -> tuple[dict[str, dict[str, float]], dict[str, float]]:
        choices: dict[str, dict[str, float]] = {}
        labels: dict[str, float] = {}
        scaling = self.settings["calibration"]
        for field in FIELDS:
            if field.kind == "flag":
                labels[field.name] = flag_probability(scores.text[self._columns[field.name]], scaling[field.name])
            elif field.kind == "many":
                for value in field.values:
                    name = f"{field.name}={value}"
                    labels[value] = flag_probability(scores.text[self._columns[name]], scaling[name])
            else:
                values = classes(field)
                logits = np.array([scores.text[self._columns[f"{field.name}={v}"]] for v in values])
                choices[field.name] = choice_probabilities(logits, scaling[field.name], values)
        means = np.array([labels[m] for m in CYBER_MEANS])
        both = either_way(np.array(labels["cyber_enabled"]), means)
        labels["cyber_enabled"] = round(float(both), DECIMALS)
        return choices, labels


def _value(value: str) -> str | None:
    return None if value == NOTHING else value


def reconcile(
    chosen: dict[str, str | None],
    present: set[str],
    labels: Mapping[str, float],
    choices: Mapping[str, Mapping[str, float]],
) -> None:
    """Makes fields that say the same thing agree, in place (guide: cyber_enabled, hostility, order, points 18, 54)."""
    means = set(CYBER_MEANS)
    if "cyber_enabled" in present:
        if not present & means:
            present.add(max(sorted(means), key=labels.__getitem__))
        present.discard(Online.VOICE_CALLS_ONLY)
    else:
        present -= means
    traits = [str(trait) for trait in HostilityTo if trait in HOSTILE_TRAITS]
    if "hostility" in present:
        if not present & set(traits):
            present.add(max(traits, key=labels.__getitem__))
    else:
        present -= set(traits)
    if chosen["order"] == Order.NONE:
        chosen["breaches_since_order"], chosen["order_detail"] = "0", None
    if Behaviour.THREATS not in present:
        chosen["gravest_threat"] = Threat.NONE
        present.discard("threat_by_message")
    _reconcile_offence(chosen, present, choices)


def _reconcile_offence(
    chosen: dict[str, str | None], present: set[str], choices: Mapping[str, Mapping[str, float]]
) -> None:
    """Offence against course of conduct and section: the offence head is the best measured, so it leads."""
    offence = chosen["offence"]
    if offence in ("stalking", "harassment"):
        present.add("course_of_conduct")
        allowed = ("2A", "4A") if offence == "stalking" else ("2", "4")
        chosen["section"] = max(allowed, key=choices["section"].__getitem__)
    else:
        chosen["section"] = None
        if offence != "other":
            present.discard("course_of_conduct")
    if "course_of_conduct" not in present:
        present.discard("high_volume")

"""Records → rows of the outputs. Pure: a record's rows never depend on the records beside it."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from conduct_nlp import Reader, Reading
from conduct_nlp.vocabulary import FIELDS, Offence
from conduct_rules import Decision, Record, RuleSettings, decide, out_of_scope, rulebook, s2a3_acts
from conduct_rules.suggestion import PromptText, Suggestion

RowDict = dict[str, Any]


@dataclass(slots=True)
class Scored:
    """Output rows of a batch, in input order."""

    scores: list[RowDict] = field(default_factory=list)
    findings: list[RowDict] = field(default_factory=list)
    suggestions: list[RowDict] = field(default_factory=list)


def score_batch(
    records: Sequence[Record], reader: Reader, settings: RuleSettings, *, all_offences: bool = False
) -> Scored:
    """Reads and decides each record: the one door for the batch job, Spark and tests."""
    out = Scored()
    reasons = [out_of_scope(record, rulebook(), all_offences) for record in records]
    readings = reader.read([r.narrative for r, why in zip(records, reasons, strict=True) if why is None])
    for record, reason in zip(records, reasons, strict=True):
        if reason is not None:
            out.scores.append(_head(record, "out_of_scope", reason) | {"model_version": reader.version})
            continue
        reading = next(readings)
        decision = decide(record, reading, settings)
        out.scores.append(_score(record, reading, decision) | {"model_version": reader.version})
        out.findings.extend(_findings(record, reading))
        out.suggestions.extend(_suggestion(s) for s in decision.suggestions)
    return out


def _head(record: Record, status: str, reason: str | None) -> RowDict:
    return {
        "crime_ref": record.crime_ref,
        "narrative_sha256": hashlib.sha256(record.narrative.encode()).hexdigest(),
        "status": status,
        "reason": reason,
        "recorded_offence": record.recorded.given if record.recorded else None,
        "record_type": str(record.record_type),
    }


def _score(record: Record, reading: Reading, decision: Decision) -> RowDict:
    found = decision.verdict
    why = f"the reader says {found.read}, the facts say {found.derived}" if found.uncertain else None
    return (
        _head(record, "uncertain" if found.uncertain else "scored", why)
        | _facts(reading)
        | {
            "offence": str(found.offence),
            "offence_confidence": found.confidence,
            "offence_derived": str(found.derived),
            **{f"p_{o}": reading.choices["offence"][o] for o in Offence},
            "section": str(found.section) if found.section else None,
            "section_confidence": found.section_confidence if found.section else None,
            "s2a3_acts": s2a3_acts(reading),
            "cyber_confidence": reading.probability("cyber_enabled"),
            "prompts": [_prompt(p) for p in decision.prompts],
            "rules_version": decision.rules_version,
        }
    )


def _facts(reading: Reading) -> RowDict:
    row: RowDict = {}
    for f in FIELDS:
        if f.kind == "flag":
            row[f.name] = reading.has(f.name)
        elif f.kind == "many":
            row[f.name] = reading.values(f.name)
        else:
            row[f.name] = reading.count(f.name) if f.kind == "count" else reading.choice(f.name)
    return row


def _findings(record: Record, reading: Reading) -> list[RowDict]:
    return [
        {
            "crime_ref": record.crime_ref,
            "label": f.label,
            "probability": f.probability,
            "asserted": f.asserted,
            "quote": f.quote.text,
            "start": f.quote.start,
            "end": f.quote.end,
            "stance": str(f.stance),
            "qualifier": str(f.qualifier),
            "witness": str(f.witness),
        }
        for f in reading.findings
    ]


def _prompt(p: PromptText) -> Mapping[str, str]:
    return {"prompt": str(p.prompt), "text": p.text, "source": p.source}


def _suggestion(s: Suggestion) -> RowDict:
    same = (
        "suggestion_id",
        "crime_ref",
        "recorded",
        "suggested",
        "recorded_code",
        "suggested_code",
        "suggested_class",
        "victim",
        "confidence",
        "priority",
        "rule",
        "rationale",
    )
    return {name: getattr(s, name) for name in same} | {
        "kind": str(s.kind),
        "standing": str(s.standing),
        "promise": str(s.promise),
        "tonight": False,
        "suggested_codes": list(s.suggested_codes),
        "not_found": list(s.not_found),
        "suggested_section": str(s.suggested_section) if s.suggested_section else None,
        "prompts": [_prompt(p) for p in s.prompts],
        "evidence": [
            {
                "label": e.label,
                "quote": e.quote,
                "start": e.start,
                "end": e.end,
                "stance": str(e.stance),
                "qualifier": str(e.qualifier),
            }
            for e in s.evidence
        ],
    }

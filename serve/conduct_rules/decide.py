"""Record + reading + law of the day → suggestions. Pure: same input, same output."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from conduct_nlp.reading import Finding, Reading
from conduct_nlp.vocabulary import Stance

from conduct_rules.case import Case
from conduct_rules.confidence import calibrated
from conduct_rules.offences import OffenceTable, offence_table
from conduct_rules.priority import priority
from conduct_rules.prompts import prompts
from conduct_rules.rationale import rationale
from conduct_rules.record import Record
from conduct_rules.rulebook import Rulebook, rulebook
from conduct_rules.rules import RULES
from conduct_rules.settings import RuleSettings
from conduct_rules.suggestion import Evidence, Promise, PromptText, Proposal, Standing, Suggestion, suggestion_id
from conduct_rules.verdict import Verdict, verdict

SHORT = 40
"""Words below which a point that rests on something not said only asks (docs/contract.md)."""


@dataclass(frozen=True, slots=True)
class Decision:
    verdict: Verdict
    prompts: tuple[PromptText, ...]
    suggestions: tuple[Suggestion, ...]
    rules_version: str


def _evidence(findings: Sequence[Finding]) -> tuple[Evidence, ...]:
    return tuple(Evidence(f.label, f.quote.text, f.quote.start, f.quote.end, f.stance, f.qualifier) for f in findings)


def evidence_for(case: Case, proposal: Proposal) -> tuple[Evidence, ...]:
    """The best quote for each label the point rests on, then what speaks against; never empty for a text."""
    found = [f for label in proposal.rests_on for f in case.reading.quotes(label)[:2]]
    if not found:
        found = [f for f in case.reading.findings if f.stance is Stance.FOR][:3]
    against = [f for f in case.reading.findings if f.stance is Stance.AGAINST][:4]
    return _evidence([*dict.fromkeys(found), *(f for f in against if f not in found)])


def _calibrated(case: Case, proposal: Proposal) -> Proposal:
    """The proposal with the probability that it is right, as the calibration texts of its kind showed it."""
    scaling = case.settings.confidence.get(proposal.key)
    if scaling is None:
        return proposal
    return replace(proposal, confidence=calibrated(proposal.confidence, case.verdict.uncertain, scaling))


def _standing(case: Case, proposal: Proposal) -> Standing:
    asks = (
        case.verdict.uncertain
        or case.version.rules[proposal.rule].mark == "M"
        or (proposal.rests_on_silence and case.reading.words < SHORT)
    )
    return Standing.ASK if asks else proposal.standing


def _promise(case: Case, proposal: Proposal) -> Promise:
    if proposal.confidence >= case.settings.guaranteed_from.get(proposal.key, 2.0):
        return Promise.GUARANTEED
    return Promise.ESTIMATED if proposal.key in case.settings.estimated else Promise.RULE_ONLY


def _suggestion(case: Case, proposal: Proposal, due: tuple[PromptText, ...]) -> Suggestion:
    promise = _promise(case, proposal)
    standing = Standing.ASK if promise is Promise.RULE_ONLY else _standing(case, proposal)
    final = replace(proposal, standing=standing)
    return Suggestion(
        suggestion_id=suggestion_id(case.record.crime_ref, final.kind, final.victim, final.suggested),
        crime_ref=case.record.crime_ref,
        kind=final.kind,
        recorded=str(final.recorded),
        suggested=str(final.suggested),
        recorded_code=final.recorded_code,
        suggested_code=final.suggested_code,
        suggested_codes=final.suggested_codes,
        suggested_class=final.suggested_class,
        suggested_section=final.suggested_section,
        victim=final.victim,
        standing=standing,
        promise=promise,
        confidence=round(final.confidence, 4),
        priority=priority(case, final),
        rule=f"{final.rule}@{case.version.name}",
        rationale=rationale(case, final),
        prompts=due,
        not_found=final.not_found,
        evidence=evidence_for(case, final),
    )


def decide(
    record: Record,
    reading: Reading,
    settings: RuleSettings,
    *,
    book: Rulebook | None = None,
    table: OffenceTable | None = None,
) -> Decision:
    """All suggestions for one record, under the version of its day of recording.

    Raises `LookupError` where the record is dated before the first version.
    """
    version = (book or rulebook()).on(record.recorded_on)
    case = Case(record, reading, verdict(reading), version, table or offence_table(), settings)
    proposals = [_calibrated(case, p) for rule in RULES for p in rule(case)]
    proposals = [p for p in proposals if p.confidence >= settings.least_confidence.get(p.key, 0.0)]
    due = prompts(case)
    return Decision(case.verdict, due, tuple(_suggestion(case, p, due) for p in proposals), version.name)

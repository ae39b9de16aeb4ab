"""Controlling or coercive behaviour, class 8U (settled points 11 and 15)."""

from collections.abc import Iterator

from conduct_nlp.vocabulary import Offence, Relationship, Section

from conduct_rules import legal
from conduct_rules.case import CONDUCT, Case
from conduct_rules.suggestion import Kind, Proposal, Standing

CODE = "008/67"


def coercive_control(case: Case) -> Iterator[Proposal]:
    """Control is shown and class 8U is not recorded; 4A stalking is graver and stands alone (rule 3.5)."""
    if not case.reading.has("coercive_control") or case.recorded_coercive:
        return
    if not legal.is_personally_connected(case.reading):
        return
    conduct = case.shown in CONDUCT
    if conduct and (case.section in (Section.S4, Section.S4A) or case.shown is not case.word):
        return  # graver than control, or itself to be recorded first: one crime for one victim
    apart = case.reading.choice("relationship") == Relationship.EX_INTIMATE
    if apart and case.record.act_on < case.version.coercion_apart_from:
        return
    if not conduct and case.shown is not Offence.OTHER:
        return
    yield Proposal(
        kind=Kind.REVIEW_COERCIVE_CONTROL,
        rule="coercive_control",
        recorded=case.recorded_code
        or (case.record.recorded.class_ if case.record.recorded else case.record.record_type),
        suggested=CODE,
        confidence=case.reading.probability("coercive_control"),
        because="coercive_control",
        standing=Standing.ASK if conduct or apart else Standing.SUGGEST,
        rests_on=("coercive_control", *case.conduct_rests_on),
        recorded_code=case.recorded_code,
        suggested_code=CODE,
        suggested_class="8U",
    )

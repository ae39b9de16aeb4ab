"""Crimes due beside the one recorded."""

from collections.abc import Iterator

from conduct_nlp.vocabulary import Behaviour, Offence

from conduct_rules import legal
from conduct_rules.case import CONDUCT, Case
from conduct_rules.rulebook import SecondCrime
from conduct_rules.rules.offence import (
    RULE_OF,
    THREAT_CODE,
    is_left_to_another_rule,
    presumed,
    replaces,
    threat_stands,
)
from conduct_rules.rules.propose import coded
from conduct_rules.suggestion import Kind, Proposal, Standing

BESIDE = {
    Offence.MALICIOUS_COMMUNICATIONS: "conduct_crime_beside_message",
    Offence.BREACH_OF_ORDER: "conduct_crime_beside_breach",
    Offence.OTHER: "conduct_crime_beside_other",
}


def beside_rule(case: Case) -> str:
    """The rule that keeps both crimes."""
    if presumed(case):
        return "former_partner"
    return (
        "threat_beside_conduct_crime"
        if case.recorded_code == THREAT_CODE and threat_stands(case)
        else BESIDE[case.word]
    )


def conduct_crime_beside(case: Case) -> Iterator[Proposal]:
    """A message, breach or other crime is recorded; the course of conduct around it is not."""
    if not case.record.is_crime or is_left_to_another_rule(case) or replaces(case):
        return
    suggested = Offence.STALKING if presumed(case) else case.shown
    unsettled = case.word is Offence.BREACH_OF_ORDER and case.version.breach_same_kind is SecondCrime.UNSETTLED
    yield Proposal(
        kind=Kind.RECORD_ADDITIONALLY,
        rule=beside_rule(case),
        recorded=case.word,
        suggested=suggested,
        confidence=case.verdict.confidence,
        because=RULE_OF[case.shown],
        standing=Standing.ASK if unsettled or presumed(case) else Standing.SUGGEST,
        rests_on=case.conduct_rests_on,
        **coded(case, suggested, case.section if suggested is case.shown else None),
    )


def breach_beside_conduct_crime(case: Case) -> Iterator[Proposal]:
    """The conduct crime is recorded; the breaches of a notifiable order in it are a crime as well (rule 3.7)."""
    kept = case.version.breach_distinct if case.breach_is_distinct else case.version.breach_same_kind
    if not (case.record.is_crime and case.word in CONDUCT and case.shown in CONDUCT and kept is SecondCrime.KEPT):
        return
    if not legal.is_breach(case.reading) or legal.breach_is_no_crime(case.reading):
        return
    yield Proposal(
        kind=Kind.RECORD_ADDITIONALLY,
        rule="breach_beside_conduct_crime",
        recorded=case.word,
        suggested=Offence.BREACH_OF_ORDER,
        confidence=1 - case.reading.choices["breaches_since_order"]["0"],
        because="breach_beside_conduct_crime",
        # Whether the breach stands elsewhere under its own number, the record does not tell.
        standing=Standing.ASK,
        rests_on=("order", "breaches_since_order"),
        **coded(case, Offence.BREACH_OF_ORDER, None),
    )


def threat_beside_conduct_crime(case: Case) -> Iterator[Proposal]:
    """A message threatening death or serious harm inside a section 2 or 2A course (settled point 5)."""
    due = case.word in CONDUCT or (case.word is Offence.MALICIOUS_COMMUNICATIONS and case.recorded_code != THREAT_CODE)
    if not (case.record.is_crime and due and case.shown in CONDUCT and threat_stands(case)):
        return
    code = case.table.codes[THREAT_CODE]
    yield Proposal(
        kind=Kind.RECORD_ADDITIONALLY,
        rule="threat_beside_conduct_crime",
        recorded=case.word,
        suggested=Offence.MALICIOUS_COMMUNICATIONS,
        confidence=case.reading.choices["gravest_threat"]["death_or_serious_harm"],
        because="threat_beside_conduct_crime",
        rests_on=(Behaviour.THREATS,),
        recorded_code=case.recorded_code,
        suggested_code=code.code,
        suggested_class=code.class_,
    )


def second_victim(case: Case) -> Iterator[Proposal]:
    """The conduct is aimed at a further person for whom the record shows no crime (settled point 12)."""
    if not case.record.is_crime or case.shown not in CONDUCT or case.word not in CONDUCT:
        return
    for further in range(case.reading.count("other_victims")):
        yield Proposal(
            kind=Kind.RECORD_ADDITIONALLY,
            rule="second_victim",
            recorded=case.word,
            suggested=case.shown,
            victim=2 + further,
            confidence=1 - case.reading.choices["other_victims"]["0"],
            because="second_victim",
            standing=Standing.SUGGEST if case.reading.has("one_crime_raised") else Standing.ASK,
            rests_on=("other_victims", *case.conduct_rests_on),
            **coded(case, case.shown, None),
        )

"""The offence itself: not recorded at all, or recorded as another."""

from collections.abc import Iterator

from conduct_nlp.vocabulary import Fixation, Offence

from conduct_rules import legal
from conduct_rules.case import CONDUCT, Case
from conduct_rules.rulebook import SecondCrime
from conduct_rules.rules.propose import coded
from conduct_rules.suggestion import Kind, Proposal, Standing

RULE_OF = {
    Offence.STALKING: "stalking_shown",
    Offence.HARASSMENT: "harassment_shown",
    Offence.MALICIOUS_COMMUNICATIONS: "single_communication",
    Offence.BREACH_OF_ORDER: "single_breach",
    Offence.OTHER: "no_offence_shown",
}
STALKING_SIGNS = (Fixation.OBSESSIVE_ATTACHMENT, "surveillance_or_tracking", "following")


def presumed(case: Case) -> bool:
    """The text reads as harassment between former partners: the registrar decides whether it is so in law only."""
    return case.shown is Offence.HARASSMENT and case.former_partner_presumption


def crime_not_recorded(case: Case) -> Iterator[Proposal]:
    """An incident or no-crime whose text shows an offence of the family."""
    if case.record.is_crime or case.shown is Offence.OTHER:
        return
    suggested = Offence.STALKING if presumed(case) else case.shown
    section = case.section if suggested is case.shown else None
    yield Proposal(
        kind=Kind.RECORD_CRIME,
        rule="former_partner" if presumed(case) else "crime_not_recorded",
        recorded=case.record.record_type,
        suggested=suggested,
        confidence=case.verdict.confidence,
        because=RULE_OF[suggested],
        standing=Standing.ASK if presumed(case) else Standing.SUGGEST,
        rests_on=case.conduct_rests_on or ("order",),
        **coded(case, suggested, section),
    )


def replaces(case: Case) -> bool:
    """Whether the offence shown takes the place of the one recorded, rather than standing beside it."""
    if case.shown not in CONDUCT or case.word in CONDUCT:
        return True
    if case.word is Offence.BREACH_OF_ORDER:
        distinct = case.breach_is_distinct
        return (case.version.breach_distinct if distinct else case.version.breach_same_kind) is SecondCrime.REPLACED
    if case.word is Offence.MALICIOUS_COMMUNICATIONS:
        return case.version.message is not SecondCrime.KEPT
    return case.recorded_coercive or case.version.other_crime is SecondCrime.REPLACED


def is_left_to_another_rule(case: Case) -> bool:
    """Nothing to reclassify here: same offence, either offence of class 8M, coercive control, presumption."""
    if case.shown is case.word or (case.recorded_aggravated and case.shown in CONDUCT):
        return True
    if case.reading.has("coercive_control") and (case.shown is Offence.OTHER or case.recorded_coercive):
        return True
    return case.word is Offence.STALKING and presumed(case)


def not_found(case: Case) -> tuple[str, ...]:
    """What was looked for in vain, where the change rests on something not said."""
    absent = {
        Offence.OTHER: ("course_of_conduct", "unwanted_communication", "threats"),
        Offence.BREACH_OF_ORDER: ("course_of_conduct",),
        Offence.MALICIOUS_COMMUNICATIONS: ("course_of_conduct",),
        Offence.HARASSMENT: STALKING_SIGNS if case.word is Offence.STALKING else (),
        Offence.STALKING: (),
    }[case.shown]
    return tuple(str(label) for label in absent if not case.reading.has(label))


def wrong_offence(case: Case) -> Iterator[Proposal]:
    """Recorded as one offence of the family, reads as another that takes its place."""
    if not case.record.is_crime or is_left_to_another_rule(case) or not replaces(case):
        return
    unsettled = case.word is Offence.MALICIOUS_COMMUNICATIONS and case.version.message is SecondCrime.UNSETTLED
    if case.word is Offence.OTHER and case.shown not in CONDUCT:
        return  # another offence beside a message or a breach: both stand, and neither is ours to weigh
    suggested = Offence.STALKING if presumed(case) else case.shown
    no_crime = legal.breach_is_no_crime(case.reading) and case.shown is Offence.OTHER
    rule = "former_partner" if presumed(case) else "not_notifiable_breach" if no_crime else RULE_OF[suggested]
    yield Proposal(
        kind=Kind.RECLASSIFY,
        rule=rule,
        recorded=case.word,
        suggested=suggested,
        confidence=case.verdict.confidence,
        because=RULE_OF[suggested],
        standing=Standing.ASK if presumed(case) or (unsettled and case.shown in CONDUCT) else Standing.SUGGEST,
        rests_on=case.conduct_rests_on or ("order",),
        not_found=() if no_crime else not_found(case),
        **coded(case, suggested, case.section if suggested is case.shown else None),
    )


def former_partner(case: Case) -> Iterator[Proposal]:
    """Recorded and read as harassment, between former partners: presumed stalking (rule 3.3)."""
    if not (case.record.is_crime and case.word is Offence.HARASSMENT and presumed(case)) or case.recorded_aggravated:
        return
    yield Proposal(
        kind=Kind.RECLASSIFY,
        rule="former_partner",
        recorded=case.word,
        suggested=Offence.STALKING,
        confidence=case.reading.choices["relationship"]["ex_intimate"] * case.verdict.confidence,
        because="former_partner",
        standing=Standing.ASK,
        rests_on=case.conduct_rests_on,
        **coded(case, Offence.STALKING, None),
    )

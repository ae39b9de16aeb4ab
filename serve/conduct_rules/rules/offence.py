"""The offence itself: not recorded at all, or recorded as another."""

from collections.abc import Iterator

from conduct_nlp.vocabulary import Fixation, Offence, Relationship, Section

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
THREAT_CODE = "005/28"
STALKING_SIGNS = (Fixation.OBSESSIVE_ATTACHMENT, "surveillance_or_tracking", "following")


def presumed(case: Case) -> bool:
    """The text reads as harassment between former partners: the registrar decides whether it is so in law only."""
    return case.shown is Offence.HARASSMENT and case.former_partner_presumption


def no_code_fits(case: Case) -> bool:
    """One message with a threat short of serious harm, after January 2024: which offence it is stays open."""
    return case.shown is Offence.MALICIOUS_COMMUNICATIONS and not case.codes_for(case.shown, None)


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
        because=RULE_OF[case.shown],
        standing=Standing.ASK if presumed(case) or no_code_fits(case) else Standing.SUGGEST,
        rests_on=case.conduct_rests_on or ("order",),
        **coded(case, suggested, section),
    )


def threat_stands(case: Case) -> bool:
    """A threat of death or serious harm by message stands beside a section 2 or 2A course (rule 3.5, point 5)."""
    in_force = case.version.threat_beside_conduct and case.record.act_on >= case.version.communications_act_from
    lesser = case.section in (Section.S2, Section.S2A)
    return in_force and lesser and legal.threatens_death_by_message(case.reading)


def replaces(case: Case) -> bool:
    """Whether the offence shown takes the place of the one recorded, rather than standing beside it."""
    if case.shown not in CONDUCT or case.word in CONDUCT:
        return True
    if case.word is Offence.BREACH_OF_ORDER:
        kept = case.version.breach_distinct if case.breach_is_distinct else case.version.breach_same_kind
        return kept is SecondCrime.REPLACED or legal.breach_is_no_crime(case.reading)
    if case.word is Offence.MALICIOUS_COMMUNICATIONS:
        return case.version.message is not SecondCrime.KEPT and not (
            case.recorded_code == THREAT_CODE and threat_stands(case)
        )
    return case.recorded_coercive or case.version.other_crime is SecondCrime.REPLACED


def outranks_control(case: Case) -> bool:
    """Stalking that takes the place of class 8U: 4A always, 2A between people apart before 5 April 2023 (point 15)."""
    apart = case.reading.choice("relationship") == Relationship.EX_INTIMATE
    before = case.record.act_on < case.version.coercion_apart_from
    return case.section in (Section.S4, Section.S4A) or (case.shown is Offence.STALKING and apart and before)


def is_left_to_another_rule(case: Case) -> bool:
    """Nothing to reclassify here: same offence, either offence of class 8M, coercive control, presumption."""
    recorded = case.record.recorded
    if case.shown is case.word or (case.recorded_aggravated and case.shown in CONDUCT):
        return True
    if recorded and not recorded.in_family and case.table.is_graver(recorded):
        return True
    if case.reading.has("coercive_control"):
        if case.shown is Offence.OTHER and legal.is_personally_connected(case.reading):
            return True
        if case.recorded_coercive and not outranks_control(case):
            return True
    return (case.word is Offence.STALKING and presumed(case)) or may_be_that_breach(case)


def may_be_that_breach(case: Case) -> bool:
    """A class alone (8L, 8Q) that holds the code of the very breach shown: nothing says that it is wrong."""
    recorded = case.record.recorded
    if recorded is None or recorded.code is not None or case.shown is not Offence.BREACH_OF_ORDER:
        return False
    return any(code.class_ == recorded.class_ for code in case.codes_for(case.shown, None))


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


def rule_of_change(case: Case) -> str:
    """The rule that a reclassification goes by."""
    if presumed(case):
        return "former_partner"
    if (
        case.shown is Offence.OTHER
        and case.reading.count("breaches_since_order") > 0
        and not legal.breach_is_crime(case.reading)
    ):
        return "not_notifiable_breach"
    messages = case.word is Offence.MALICIOUS_COMMUNICATIONS and case.shown in CONDUCT
    if messages and case.version.message is SecondCrime.UNSETTLED:
        return "conduct_crime_beside_message"
    return RULE_OF[case.shown]


def only_asked(case: Case, rule: str) -> bool:
    """A presumption, a period read both ways, no code that fits, or control whose law is unsettled (point 15)."""
    control = case.recorded_coercive and case.reading.has("coercive_control")
    return (
        rule in ("former_partner", "conduct_crime_beside_message")
        or no_code_fits(case)
        or (control and case.section not in (Section.S4, Section.S4A))
    )


def wrong_offence(case: Case) -> Iterator[Proposal]:
    """Recorded as one offence of the family, reads as another that takes its place."""
    if not case.record.is_crime or is_left_to_another_rule(case) or not replaces(case):
        return
    if case.word is Offence.OTHER and case.shown not in CONDUCT:
        return  # another offence beside a message or a breach: both stand, and neither is ours to weigh
    suggested, rule = Offence.STALKING if presumed(case) else case.shown, rule_of_change(case)
    said_outright = rule == "not_notifiable_breach" and case.word is Offence.BREACH_OF_ORDER
    yield Proposal(
        kind=Kind.RECLASSIFY,
        rule=rule,
        recorded=case.word,
        suggested=suggested,
        confidence=case.verdict.confidence,
        because=RULE_OF[case.shown],
        standing=Standing.ASK if only_asked(case, rule) else Standing.SUGGEST,
        rests_on=case.conduct_rests_on or ("order",),
        not_found=() if said_outright else not_found(case),
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

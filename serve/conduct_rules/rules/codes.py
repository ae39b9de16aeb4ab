"""Section, limb, aggravation and communications code."""

from collections.abc import Iterator

from conduct_nlp.vocabulary import Behaviour, MessageKind, Offence, Section

from conduct_rules import legal
from conduct_rules.case import CONDUCT, Case
from conduct_rules.rules.offence import presumed
from conduct_rules.rules.propose import coded
from conduct_rules.suggestion import Kind, Proposal, Standing

LOWER = {Section.S2: "limb_4", Section.S4: "limb_4", Section.S2A: "limb_4A", Section.S4A: "limb_4A"}
LIMBS = ("fear_of_violence", "serious_alarm_or_distress", "substantial_adverse_effect")


def same_conduct_crime(case: Case) -> bool:
    return case.record.is_crime and case.word in CONDUCT and case.shown is case.word and not case.recorded_aggravated


def wrong_section(case: Case) -> Iterator[Proposal]:
    """The right offence under the wrong section: 2A for 4A, 2 for 4, and the reverse."""
    recorded, shown = case.recorded_section, case.section
    if not same_conduct_crime(case) or recorded is None or shown is None or recorded is shown:
        return
    if case.word is Offence.HARASSMENT and presumed(case):
        return  # the presumption asks for stalking; a section of harassment would contradict it
    downward = shown in (Section.S2, Section.S2A)
    looked_for = LIMBS[:1] if shown is Section.S2 else LIMBS
    yield Proposal(
        kind=Kind.CHANGE_SECTION,
        rule=LOWER[shown],
        recorded=recorded,
        suggested=shown,
        confidence=case.verdict.confidence * case.verdict.section_confidence,
        because=LOWER[shown],
        standing=Standing.SUGGEST if case.verdict.section_agrees else Standing.ASK,
        rests_on=tuple(case.reading.values("s4a")) or case.conduct_rests_on,
        not_found=tuple(label for label in looked_for if not case.reading.has(label)) if downward else (),
        **coded(case, case.shown, shown),
    )


def wrong_limb(case: Case) -> Iterator[Proposal]:
    """The right section under the code of the other limb (settled point 6)."""
    code = case.record.recorded.code if case.record.recorded else None
    limbs = legal.open_limbs(case.reading)
    if not same_conduct_crime(case) or code is None or code.limb is None or case.section is not Section.S4A:
        return
    if not limbs or code.limb in limbs:
        return
    labels = LIMBS[:1] if limbs == ["fear_of_violence"] else LIMBS[1:]
    yield Proposal(
        kind=Kind.CHANGE_SECTION,
        rule="limb_4A",
        recorded=Section.S4A,
        suggested=Section.S4A,
        confidence=min(case.reading.probability(label) for label in labels),
        because="limb_4A",
        standing=Standing.ASK,
        rests_on=labels,
        not_found=(),
        **coded(case, case.shown, Section.S4A),
    )


def aggravated_code(section: Section | None) -> str:
    return "008/58" if section in (Section.S4, Section.S4A) else "008/56"


def aggravation(case: Case) -> Iterator[Proposal]:
    """Hostility shown and not recorded, or recorded where none to race or religion is shown (settled point 10)."""
    if not case.record.is_crime or case.shown not in CONDUCT or case.word not in CONDUCT:
        return
    if case.recorded_aggravated:
        yield from _wrongly_aggravated(case)
    elif case.reading.has("hostility") and not _another_code_is_suggested(case):
        racial = case.racial_or_religious
        yield _review(
            case,
            aggravated_code(case.section) if racial else "blank",
            case.reading.probability("hostility"),
            Standing.SUGGEST if racial else Standing.ASK,
        )


def _another_code_is_suggested(case: Case) -> bool:
    """The offence or section is to change, and the code suggested there is the aggravated one already."""
    changes = case.shown is not case.word or case.recorded_section not in (None, case.section) or presumed(case)
    return case.racial_or_religious and changes


def _wrongly_aggravated(case: Case) -> Iterator[Proposal]:
    """Class 8M without hostility to race or religion, or under the code of the other section."""
    p = max(case.reading.probability("race"), case.reading.probability("religion"))
    right = aggravated_code(case.section)
    if not case.racial_or_religious:
        plain = {Section.S2: "195/94", Section.S4: "008/30", Section.S2A: "195/12"}
        suggested = plain.get(case.section, "blank") if case.section else "blank"
        yield _review(case, suggested, 1 - p, Standing.ASK, not_found=("race", "religion"))
    elif case.recorded_code not in (None, right):
        yield _review(case, right, case.verdict.section_confidence, Standing.ASK)


def _review(
    case: Case, suggested: str, confidence: float, standing: Standing, not_found: tuple[str, ...] = ()
) -> Proposal:
    recorded = case.record.recorded
    code = case.table.codes.get(suggested)
    return Proposal(
        kind=Kind.REVIEW_AGGRAVATION,
        rule="aggravated",
        recorded=case.recorded_code or (recorded.class_ if recorded else "blank"),
        suggested=suggested,
        confidence=confidence,
        because="aggravated",
        standing=standing,
        rests_on=("hostility", "race", "religion") if not not_found else case.conduct_rests_on,
        not_found=not_found,
        recorded_code=case.recorded_code,
        suggested_code=code.code if code else None,
        suggested_class=code.class_ if code else None,
        suggested_section=case.section,
    )


def communication_offence(case: Case) -> Iterator[Proposal]:
    """One message under a code that did not exist on the day, or that its content does not fit (settled point 5)."""
    code = case.record.recorded.code if case.record.recorded else None
    alone = case.word is case.shown is Offence.MALICIOUS_COMMUNICATIONS
    if not case.record.is_crime or not alone or code is None:
        return
    kinds = set(case.reading.values("message_kind"))
    lesser_threat = kinds == {MessageKind.THREATENING} and not legal.threatens_death_by_message(case.reading)
    after = case.record.act_on >= case.version.communications_act_from
    fitting = [c.code for c in case.codes_for(case.shown, None)]
    existed = code.exists_on(case.record.act_on)
    if code.code == "008/71":  # private images: its own code until 30 January 2024, another class since
        if existed:
            return
        suggested = "blank"
    elif after and lesser_threat:
        suggested = "blank"
    elif code.code not in fitting and (kinds or not existed) and len(fitting) == 1:
        suggested = fitting[0]
    else:
        return
    yield Proposal(
        kind=Kind.REVIEW_COMMUNICATION_OFFENCE,
        rule="communication_code",
        recorded=code.code,
        suggested=suggested,
        confidence=case.verdict.confidence * max((case.reading.probability(k) for k in kinds), default=1.0),
        because="communication_code",
        standing=Standing.ASK if suggested == "blank" else Standing.SUGGEST,
        rests_on=(*case.reading.values("message_kind"), Behaviour.UNWANTED_COMMUNICATION, Behaviour.THREATS),
        recorded_code=code.code,
        suggested_code=None if suggested == "blank" else suggested,
        suggested_class="8R",
    )

"""One pure function a rule: `Case` in, proposals out."""

from collections.abc import Callable, Iterable

from conduct_rules.case import Case
from conduct_rules.rules import codes, coercion, flags, offence, second_crime
from conduct_rules.suggestion import Proposal

RULES: tuple[Callable[[Case], Iterable[Proposal]], ...] = (
    offence.crime_not_recorded,
    offence.wrong_offence,
    offence.former_partner,
    second_crime.conduct_crime_beside,
    second_crime.breach_beside_conduct_crime,
    second_crime.threat_beside_conduct_crime,
    second_crime.second_victim,
    codes.wrong_section,
    codes.wrong_limb,
    codes.aggravation,
    codes.communication_offence,
    coercion.coercive_control,
    flags.cyber_flag_missing,
    flags.cyber_flag_unfounded,
    flags.domestic_abuse_flag_missing,
    flags.outcome_without_suspect,
)

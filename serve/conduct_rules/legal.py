"""Legal tests over the facts of a reading. Each is one small question, named as the sentence it answers.

Tests: Protection from Harassment Act 1997 ss1-7; Malicious Communications Act 1988; the guide's numbered points.
"""

from conduct_nlp.reading import Reading
from conduct_nlp.vocabulary import (
    Behaviour,
    Fixation,
    Offence,
    Online,
    Order,
    OrderDetail,
    Relationship,
    S4a,
    Section,
    Threat,
)

NOT_NOTIFIABLE_ORDERS = frozenset({Order.BAIL_CONDITIONS})
NOT_NOTIFIABLE_DETAILS = frozenset({OrderDetail.DVPO_OR_DVPN, OrderDetail.ASB_INJUNCTION})
INTIMATE = frozenset({Relationship.CURRENT_INTIMATE, Relationship.EX_INTIMATE})
PERSONALLY_CONNECTED = INTIMATE | {Relationship.FAMILY}


def is_course_of_conduct(reading: Reading) -> bool:
    return reading.has("course_of_conduct")


def fears_violence_twice(reading: Reading) -> bool:
    return reading.has(S4a.FEAR_OF_VIOLENCE)


def serious_alarm_with_effect(reading: Reading) -> bool:
    return reading.has(S4a.SERIOUS_ALARM_OR_DISTRESS) and reading.has(S4a.SUBSTANTIAL_ADVERSE_EFFECT)


def limb_of_4a(reading: Reading) -> bool:
    return fears_violence_twice(reading) or serious_alarm_with_effect(reading)


def open_limbs(reading: Reading) -> list[str]:
    """The complete limbs of section 4A, by the name the offence table uses."""
    fear = ["fear_of_violence"] if fears_violence_twice(reading) else []
    return fear + (["serious_alarm_or_distress"] if serious_alarm_with_effect(reading) else [])


def is_control_inside_the_home(reading: Reading) -> bool:
    """Points 64 and 72: rules, money and punishment between partners who are together."""
    return (
        reading.has("coercive_control")
        and reading.choice("relationship") == Relationship.CURRENT_INTIMATE
        and not reading.has(Behaviour.FOLLOWING)
    )


def is_fixated_on_the_person(reading: Reading) -> bool:
    """Acts associated with stalking and aimed at the person, not at a dispute with them (R1 p51-53)."""
    watches = reading.has(Behaviour.SURVEILLANCE_OR_TRACKING) or reading.has(Behaviour.FOLLOWING)
    comes = reading.has(Behaviour.LOITERING_OR_TURNING_UP) or reading.has(Behaviour.GIFTS)
    intimate = reading.choice("relationship") in INTIMATE
    return (
        reading.has(Fixation.OBSESSIVE_ATTACHMENT)
        or (watches and (comes or intimate))
        or (intimate and comes)
        or (intimate and reading.has(Fixation.NEW_ROUTES_WHEN_BLOCKED))
    )


def breach_is_no_crime(reading: Reading) -> bool:
    """Bail, DVPN/DVPO and civil ASB injunctions: breach is dealt with, but is not notifiable (R1 p90)."""
    return reading.choice("order") in NOT_NOTIFIABLE_ORDERS or reading.choice("order_detail") in NOT_NOTIFIABLE_DETAILS


def breach_is_crime(reading: Reading) -> bool:
    """A domestic violence protection order whose kind is not told is taken as one that is no crime (point 20)."""
    protection = reading.choice("order") == Order.DOMESTIC_VIOLENCE_PROTECTION
    return not breach_is_no_crime(reading) and not (protection and reading.choice("order_detail") != OrderDetail.DAPO)


def is_breach(reading: Reading) -> bool:
    """An act against an order whose breach the guide labels `breach_of_order` (points 20, 32, 42)."""
    dvpo = (
        reading.choice("order") == Order.DOMESTIC_VIOLENCE_PROTECTION
        and reading.choice("order_detail") != OrderDetail.DAPO
    )
    return (
        reading.count("breaches_since_order") > 0
        and not dvpo
        and reading.choice("order") not in (Order.NONE, Order.BAIL_CONDITIONS)
    )


def is_offensive_message(reading: Reading) -> bool:
    sent = reading.has(Behaviour.UNWANTED_COMMUNICATION) or reading.has(Online.IMAGE_ABUSE)
    return bool(reading.values("message_kind")) or (
        sent and (reading.has(Behaviour.THREATS) or reading.has("hostility") or reading.has(Online.IMAGE_ABUSE))
    )


def derived_offence(reading: Reading) -> Offence:
    """The offence by the law's own logic over the other facts: the second method beside the head `offence`."""
    if is_course_of_conduct(reading):
        if is_control_inside_the_home(reading):
            return Offence.OTHER
        return Offence.STALKING if is_fixated_on_the_person(reading) else Offence.HARASSMENT
    if is_breach(reading):
        return Offence.BREACH_OF_ORDER
    return Offence.MALICIOUS_COMMUNICATIONS if is_offensive_message(reading) else Offence.OTHER


def section_for(offence: Offence, reading: Reading) -> Section | None:
    """The section that the limbs in the text support."""
    if offence is Offence.STALKING:
        return Section.S4A if limb_of_4a(reading) else Section.S2A
    if offence is Offence.HARASSMENT:
        return Section.S4 if fears_violence_twice(reading) else Section.S2
    return None


def threatens_death_by_message(reading: Reading) -> bool:
    return reading.has("threat_by_message") and reading.choice("gravest_threat") == Threat.DEATH_OR_SERIOUS_HARM


def is_personally_connected(reading: Reading) -> bool:
    return reading.choice("relationship") in PERSONALLY_CONNECTED

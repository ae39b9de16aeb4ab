"""The labels of the annotation guide as typed names: the one place they are spelled.

Source: docs/annotation-guide.md. A test holds the two together.
"""

from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Literal


class Offence(StrEnum):
    STALKING = "stalking"
    HARASSMENT = "harassment"
    MALICIOUS_COMMUNICATIONS = "malicious_communications"
    BREACH_OF_ORDER = "breach_of_order"
    OTHER = "other"


class Section(StrEnum):
    """Sections of the Protection from Harassment Act 1997."""

    S2 = "2"
    S2A = "2A"
    S4 = "4"
    S4A = "4A"


class Behaviour(StrEnum):
    UNWANTED_COMMUNICATION = "unwanted_communication"
    FOLLOWING = "following"
    LOITERING_OR_TURNING_UP = "loitering_or_turning_up"
    APPROACHING_OR_ACCOSTING = "approaching_or_accosting"
    GIFTS = "gifts"
    SURVEILLANCE_OR_TRACKING = "surveillance_or_tracking"
    CONTACT_THROUGH_THIRD_PARTIES = "contact_through_third_parties"
    FALSE_OR_VEXATIOUS_REPORTS = "false_or_vexatious_reports"
    INTERFERENCE_WITH_PROPERTY = "interference_with_property"
    THREATS = "threats"
    VIOLENCE = "violence"


class Fixation(StrEnum):
    PERSISTS_AFTER_TOLD_TO_STOP = "persists_after_told_to_stop"
    OBSESSIVE_ATTACHMENT = "obsessive_attachment"
    HIGH_VOLUME = "high_volume"
    NEW_ROUTES_WHEN_BLOCKED = "new_routes_when_blocked"
    ESCALATION = "escalation"


class S4a(StrEnum):
    FEAR_OF_VIOLENCE = "fear_of_violence"
    SERIOUS_ALARM_OR_DISTRESS = "serious_alarm_or_distress"
    SUBSTANTIAL_ADVERSE_EFFECT = "substantial_adverse_effect"


class Online(StrEnum):
    SOCIAL_MEDIA = "social_media"
    MESSAGING_APP_OR_TEXT = "messaging_app_or_text"
    EMAIL = "email"
    FAKE_ACCOUNT = "fake_account"
    ACCOUNT_HACKING = "account_hacking"
    TRACKING_DEVICE_OR_SPYWARE = "tracking_device_or_spyware"
    IMAGE_ABUSE = "image_abuse"
    DOXXING = "doxxing"
    ONLINE_MARKETPLACE_OR_DATING = "online_marketplace_or_dating"
    SMART_DEVICE_OR_PAYMENT_REFERENCE = "smart_device_or_payment_reference"
    VOICE_CALLS_ONLY = "voice_calls_only"


class Relationship(StrEnum):
    CURRENT_INTIMATE = "current_intimate"
    EX_INTIMATE = "ex_intimate"
    FAMILY = "family"
    FRIEND_OR_ACQUAINTANCE = "friend_or_acquaintance"
    NEIGHBOUR = "neighbour"
    WORK_OR_SERVICE = "work_or_service"
    STRANGER = "stranger"
    UNKNOWN = "unknown"


class Order(StrEnum):
    NONE = "none"
    RESTRAINING_ORDER = "restraining_order"
    NON_MOLESTATION_ORDER = "non_molestation_order"
    STALKING_PROTECTION_ORDER = "stalking_protection_order"
    DOMESTIC_VIOLENCE_PROTECTION = "domestic_violence_protection"
    INJUNCTION_OR_COMMUNITY = "injunction_or_community"
    BAIL_CONDITIONS = "bail_conditions"


class HostilityTo(StrEnum):
    RACE = "race"
    RELIGION = "religion"
    SEXUAL_ORIENTATION = "sexual_orientation"
    DISABILITY = "disability"
    TRANSGENDER_IDENTITY = "transgender_identity"
    SEX = "sex"


class Threat(StrEnum):
    NONE = "none"
    DAMAGE = "damage"
    VIOLENCE = "violence"
    DEATH_OR_SERIOUS_HARM = "death_or_serious_harm"


class MessageKind(StrEnum):
    INDECENT = "indecent"
    GROSSLY_OFFENSIVE = "grossly_offensive"
    THREATENING = "threatening"
    KNOWINGLY_FALSE = "knowingly_false"


class MeansDetail(StrEnum):
    SMS = "sms"
    MESSAGING_APP = "messaging_app"
    TRACKER_NETWORKED = "tracker_networked"
    TRACKER_PLAIN = "tracker_plain"
    SMART_DEVICE = "smart_device"
    BANK_REFERENCE = "bank_reference"


class OrderDetail(StrEnum):
    RESTRAINING_ON_CONVICTION = "restraining_on_conviction"
    RESTRAINING_ON_ACQUITTAL = "restraining_on_acquittal"
    RESTRAINING_UNSTATED = "restraining_unstated"
    DAPO = "dapo"
    DVPO_OR_DVPN = "dvpo_or_dvpn"
    ANTI_HARASSMENT_INJUNCTION = "anti_harassment_injunction"
    ASB_INJUNCTION = "asb_injunction"
    COMMUNITY_OR_CBO = "community_or_cbo"


class SuspectKnown(StrEnum):
    NAMED = "named"
    IDENTIFIABLE = "identifiable"
    UNKNOWN = "unknown"


class ClosedBy(StrEnum):
    CHARGE = "charge"
    CAUTION = "caution"
    CONVICTION = "conviction"
    ACQUITTAL = "acquittal"
    ORDER = "order"


class Stance(StrEnum):
    FOR = "for"
    AGAINST = "against"


class Qualifier(StrEnum):
    """How a quote is to be taken; the first three of `Finding` are never deleted, only marked."""

    ASSERTED = "asserted"
    NEGATED = "negated"
    HYPOTHETICAL = "hypothetical"
    EARLIER = "earlier"
    OTHER_PERSON = "other_person"
    EVIDENCE_ONLY = "evidence_only"


class Witness(StrEnum):
    ENCODER = "encoder"
    CUE = "cue"
    BOTH = "both"


FieldKind = Literal["choice", "many", "flag", "count"]


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a record's labels or facts: what values it takes, and whether it may be empty."""

    name: str
    kind: FieldKind
    values: tuple[str, ...] = ()
    optional: bool = False
    fact: bool = False


def _values(names: type[StrEnum]) -> tuple[str, ...]:
    return tuple(str(name) for name in names)


COUNT = ("0", "1", "2")
"""Values of a counted field; "2" stands for two or more."""

FIELDS: tuple[Field, ...] = (
    Field("offence", "choice", _values(Offence)),
    Field("section", "choice", _values(Section), optional=True),
    Field("course_of_conduct", "flag"),
    Field("behaviours", "many", _values(Behaviour)),
    Field("fixation", "many", _values(Fixation)),
    Field("s4a", "many", _values(S4a)),
    Field("online", "many", _values(Online)),
    Field("cyber_enabled", "flag"),
    Field("relationship", "choice", _values(Relationship)),
    Field("order", "choice", _values(Order)),
    Field("breaches_since_order", "count", COUNT),
    Field("hostility", "flag"),
    Field("hostility_to", "many", _values(HostilityTo), fact=True),
    Field("gravest_threat", "choice", _values(Threat), fact=True),
    Field("threat_by_message", "flag", fact=True),
    Field("message_kind", "many", _values(MessageKind), fact=True),
    Field("means_detail", "many", _values(MeansDetail), fact=True),
    Field("order_detail", "choice", _values(OrderDetail), optional=True, fact=True),
    Field("coercive_control", "flag", fact=True),
    Field("suspect_known", "choice", _values(SuspectKnown), fact=True),
    Field("other_victims", "count", COUNT, fact=True),
    Field("earlier_case_closed_by", "choice", _values(ClosedBy), optional=True, fact=True),
    Field("unsafe_advice", "flag", fact=True),
)

BY_NAME = MappingProxyType({field.name: field for field in FIELDS})

NOT_CYBER = frozenset({Online.VOICE_CALLS_ONLY})
"""Means that do not make an offence cyber-enabled (guide, `cyber_enabled`)."""

CYBER_MEANS = tuple(str(means) for means in Online if means not in NOT_CYBER)
"""Means of which any one makes an offence cyber-enabled."""

HOSTILE_TRAITS = frozenset(set(HostilityTo) - {HostilityTo.SEX})
"""Traits that make `hostility` true (guide, `hostility_to`)."""

NOTHING = "null"
"""How an empty optional choice is spelled among the classes of a head."""


def field_of(label: str) -> str:
    """The field a value of a `many` field, or a flag, belongs to; raises `LookupError` for an unknown label."""
    for field in FIELDS:
        if label in field.values if field.kind == "many" else label == field.name:
            return field.name
    raise LookupError(f"{label!r} is no label of the guide")

"""What should change in a record, under which rule, why and how sure."""

import hashlib
from dataclasses import dataclass
from enum import StrEnum

from conduct_nlp.vocabulary import Qualifier, Stance


class Kind(StrEnum):
    RECLASSIFY = "reclassify"
    RECORD_ADDITIONALLY = "record_additionally"
    RECORD_CRIME = "record_crime"
    CHANGE_SECTION = "change_section"
    ADD_CYBER_FLAG = "add_cyber_flag"
    REVIEW_CYBER_FLAG = "review_cyber_flag"
    ADD_DA_FLAG = "add_da_flag"
    REVIEW_AGGRAVATION = "review_aggravation"
    REVIEW_COMMUNICATION_OFFENCE = "review_communication_offence"
    REVIEW_COERCIVE_CONTROL = "review_coercive_control"
    REVIEW_OUTCOME = "review_outcome"
    LINKED_PATTERN = "linked_pattern"


class Standing(StrEnum):
    SUGGEST = "suggest"
    ASK = "ask"


class Promise(StrEnum):
    GUARANTEED = "guaranteed"
    ESTIMATED = "estimated"
    RULE_ONLY = "rule_only"


class Prompt(StrEnum):
    SEARCH_POWER_2B = "search_power_2b"
    STALKING_PROTECTION_ORDER = "stalking_protection_order"
    DASH_AND_STALKING_QUESTIONS = "dash_and_stalking_questions"
    SPECIALIST_SUPPORT = "specialist_support"
    DIGITAL_EVIDENCE = "digital_evidence"
    UNSAFE_ADVICE = "unsafe_advice"


@dataclass(frozen=True, slots=True)
class PromptText:
    prompt: Prompt
    text: str
    source: str


@dataclass(frozen=True, slots=True)
class Evidence:
    """A verbatim quote with character offsets into the narrative as given."""

    label: str
    quote: str
    start: int
    end: int
    stance: Stance
    qualifier: Qualifier


@dataclass(frozen=True, slots=True)
class Proposal:
    """A change that a rule asks for, before it is worded, weighed and numbered.

    `rests_on` names the labels whose quotes carry the point; `not_found` those looked for and not found, when the
    point rests on something not said; `because` completes the rationale's first part.
    """

    kind: Kind
    rule: str
    recorded: str
    suggested: str
    confidence: float
    because: str
    standing: Standing = Standing.SUGGEST
    victim: int = 1
    recorded_code: str | None = None
    suggested_code: str | None = None
    suggested_codes: tuple[str, ...] = ()
    suggested_class: str | None = None
    suggested_section: str | None = None
    rests_on: tuple[str, ...] = ()
    not_found: tuple[str, ...] = ()
    test: str = ""

    @property
    def key(self) -> str:
        """What its confidence and promise are measured by: the kind, and for a reclassification where it leads."""
        return promise_key(self.kind, self.suggested)

    @property
    def rests_on_silence(self) -> bool:
        return bool(self.not_found)


@dataclass(frozen=True, slots=True)
class Suggestion:
    """One line of `suggestions.parquet` (docs/contract.md)."""

    suggestion_id: str
    crime_ref: str
    kind: Kind
    recorded: str
    suggested: str
    recorded_code: str | None
    suggested_code: str | None
    suggested_codes: tuple[str, ...]
    suggested_class: str | None
    suggested_section: str | None
    victim: int
    standing: Standing
    promise: Promise
    confidence: float
    priority: int
    rule: str
    rationale: str
    prompts: tuple[PromptText, ...]
    not_found: tuple[str, ...]
    evidence: tuple[Evidence, ...]


def promise_key(kind: str, suggested: str) -> str:
    """`reclassify:other` and the like; any other kind is its own key."""
    return f"{kind}:{suggested}" if kind == Kind.RECLASSIFY else str(kind)


def suggestion_id(crime_ref: str, kind: Kind, victim: int, suggested: str) -> str:
    """The same night after night: first 16 hex digits of SHA-256 over what identifies the suggestion."""
    key = "\x1f".join((crime_ref, str(kind), str(victim), suggested))
    return hashlib.sha256(key.encode("utf-8")).hexdigest()[:16]

"""The recording errors of the 2019 inspection, as changes to a rightly recorded crime.

Source: HMICFRS, Stalking and harassment: an inspection of Sussex Police, 2019 (docs/inspection-2019.md).
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from random import Random

from conduct_nlp.reading import Reading
from conduct_nlp.vocabulary import Offence, Section
from conduct_rules import Record, RecordType, offence_table
from conduct_rules.verdict import Verdict

Change = Callable[[Record, Random], Record]

UNRECORDED_AT_43 = 0.30
"""Share of the family's reports left as incidents or no-crimes where 43 % of crimes break the rules (255 of 364)."""


@dataclass(frozen=True, slots=True)
class RecordingError:
    """`when` it can happen to a crime that reads so; `weight` among the errors that can."""

    name: str
    weight: float
    when: Callable[[Reading, Verdict], bool]
    change: Change


def _as(*codes: str) -> Change:
    def change(record: Record, random: Random) -> Record:
        return replace(record, recorded=offence_table().resolve(random.choice(codes)))

    return change


def _breach_code(record: Record, random: Random) -> Record:
    return _as(*("008/31", "066/39", "066/38"))(record, random)


def _offence(word: Offence) -> Callable[[Reading, Verdict], bool]:
    return lambda _, verdict: verdict.offence is word


def _section(section: Section) -> Callable[[Reading, Verdict], bool]:
    return lambda _, verdict: verdict.section is section


def _repeated_breach(reading: Reading, verdict: Verdict) -> bool:
    return verdict.section is not None and reading.count("breaches_since_order") >= 2


def _messages(reading: Reading, verdict: Verdict) -> bool:
    return verdict.section is not None and reading.has("unwanted_communication")


ERRORS = (
    RecordingError("harassment_for_stalking", 3, _offence(Offence.STALKING), _as("195/94", "8L")),
    RecordingError("stalking_for_harassment", 2, _offence(Offence.HARASSMENT), _as("195/12", "8Q")),
    RecordingError("2A_for_4A", 3, _section(Section.S4A), _as("195/12")),
    RecordingError("4A_for_2A", 1.5, _section(Section.S2A), _as("008/65", "008/66")),
    RecordingError("2_for_4", 2, _section(Section.S4), _as("195/94")),
    RecordingError("breach_only", 5, _repeated_breach, _breach_code),
    RecordingError("lone_breach_as_stalking", 3, _offence(Offence.BREACH_OF_ORDER), _as("195/12", "195/94")),
    RecordingError("communication_for_course", 3, _messages, _as("008/72", "8R")),
    RecordingError("course_for_communication", 2, _offence(Offence.MALICIOUS_COMMUNICATIONS), _as("195/94", "195/12")),
    RecordingError(
        "hostility_missed",
        3,
        lambda r, v: v.section is not None and (r.has("race") or r.has("religion")),
        _as("195/94"),
    ),
)


def left_unrecorded(record: Record, random: Random) -> Record:
    """The same report as an incident or a no-crime."""
    kind = RecordType.INCIDENT if random.random() < 0.8 else RecordType.NO_CRIME
    return replace(
        record, record_type=kind, recorded=None if kind is RecordType.INCIDENT else record.recorded, outcome_code=None
    )

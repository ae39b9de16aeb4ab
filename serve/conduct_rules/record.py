"""One row of a crime export, typed."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from conduct_rules.offences import RecordedOffence


class RecordType(StrEnum):
    CRIME = "crime"
    INCIDENT = "incident"
    NO_CRIME = "no_crime"


@dataclass(frozen=True, slots=True)
class Record:
    """A crime, incident or no-crime as exported; the narrative exactly as given, since offsets refer to it.

    `cyber_flag` and `da_flag` are None where not set; `has_cyber_flag`/`has_da_flag` say whether the export has the
    column at all. `recorded_on` chooses the rules version; `act_on` (last known day of the conduct) the offences.
    """

    crime_ref: str
    narrative: str
    record_type: RecordType
    recorded: RecordedOffence | None
    recorded_on: date
    act_on: date
    cyber_flag: bool | None = None
    da_flag: bool | None = None
    has_cyber_flag: bool = False
    has_da_flag: bool = False
    outcome_code: str | None = None
    victim_ref: str | None = None
    suspect_ref: str | None = None
    victim_age: int | None = None
    suspect_age: int | None = None
    dated: bool = True
    carried: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_crime(self) -> bool:
        return self.record_type is RecordType.CRIME

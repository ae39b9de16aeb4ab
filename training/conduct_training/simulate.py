"""Labelled narratives → a nightly export with the recording errors that inspectors found, and the truth beside it.

A right record is one about which the rules, given the narrative's own labels, have nothing to say of the offence; the
truth of a wrong one is what the same rules then say. So the truth file judges the reading, not the rules: those are
judged by tests/cases.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from random import Random

from conduct_nlp.reading import Reading
from conduct_nlp.vocabulary import Offence, Section
from conduct_rules import Record, RecordType, RuleSettings, decide, offence_table, rulebook
from conduct_rules.case import Case
from conduct_rules.legal import is_personally_connected
from conduct_rules.suggestion import Suggestion
from conduct_rules.verdict import verdict

from conduct_training.corpus import Narrative
from conduct_training.errors import ERRORS, UNRECORDED_AT_43, left_unrecorded
from conduct_training.gold import gold_reading

FIRST_DAY, LAST_DAY = date(2018, 4, 1), date(2026, 10, 31)
STATIONS = ("Northgate", "Harbour", "Millbrook", "Castle", "Westfield")
CLASSES = {
    "burglary": "28E",
    "shop": "46",
    "theft": "49",
    "robbery": "34B",
    "damage": "58C",
    "common assault": "105A",
    "abh": "8N",
    "assault": "8N",
    "fraud": "53C",
    "drug": "92E",
    "public order": "9A",
    "vehicle": "45",
    "arson": "56B",
    "sexual": "20A",
    "weapon": "10D",
    "affray": "64",
}
INCIDENTS = ("asb", "missing", "welfare", "concern", "collision", "noise", "domestic incident", "dog", "nuisance")


@dataclass(frozen=True, slots=True)
class SimulationSettings:
    """`error_rate`: share of the family's crimes recorded wrongly (0.43 in the 2019 inspection)."""

    rows: int = 1000
    error_rate: float = 0.43
    outside_share: float = 0.25
    seed: int = 1


@dataclass(frozen=True, slots=True)
class Simulated:
    """One record with the narrative behind it, the error put into it (or None) and what should be said of it."""

    record: Record
    narrative: Narrative
    error: str | None
    truth: tuple[Suggestion, ...]


def _day(random: Random) -> date:
    return FIRST_DAY + timedelta(days=random.randrange((LAST_DAY - FIRST_DAY).days + 1))


def _flags(case: Case, random: Random, rate: float) -> tuple[bool | None, bool | None]:
    """(cyber, DA) as a force sets them: missing far more often than wrong, the more so the worse it records."""
    offence_shown = case.shown is not Offence.OTHER
    missed = random.random() < 1.4 * rate
    cyber = (None if random.random() < 0.6 else False) if missed or not (case.cyber and offence_shown) else True
    if not case.cyber and offence_shown and random.random() < 0.1 * rate:
        cyber = True
    connected = is_personally_connected(case.reading) and case.offence_shown and case.both_adult
    domestic = connected and random.random() > 0.5 * rate
    return cyber, True if domestic else None if random.random() < 0.5 else False


class Simulator:
    """Makes records from narratives; the same seed makes the same records."""

    def __init__(self, narratives: Sequence[Narrative], settings: SimulationSettings) -> None:
        self.settings, self.random = settings, Random(settings.seed)
        readings = {n.id: gold_reading(n) for n in narratives}
        self._readings = readings
        reports = [n for n in narratives if n.group is None]  # contrast groups are riddles, not a force's night
        self._family = [n for n in reports if n.crime_type is None or n.labels["offence"] != "other"]
        self._ordinary = [n for n in reports if n.crime_type is not None]
        if not self._family:
            raise ValueError("no labelled narratives to simulate from")
        self._people: list[tuple[str, str]] = []

    def __iter__(self) -> Iterator[Simulated]:
        for number in range(self.settings.rows):
            outside = self._ordinary and self.random.random() < self.settings.outside_share
            narrative = self.random.choice(self._ordinary if outside else self._family)
            yield self._one(number, narrative)

    def _one(self, number: int, narrative: Narrative) -> Simulated:
        reading = self._readings[narrative.id]
        record = self._blank(number, narrative)
        case = Case(
            record, reading, verdict(reading), rulebook().on(record.recorded_on), offence_table(), RuleSettings()
        )
        record = self._recorded_rightly(case, narrative.crime_type)
        record, error = self._spoilt(record, case)
        return Simulated(record, narrative, error, decide(record, reading, RuleSettings()).suggestions)

    def _blank(self, number: int, narrative: Narrative) -> Record:
        random, day = self.random, _day(self.random)
        last = day - timedelta(days=random.randrange(0, 10))
        victim, suspect = self._pair(number)
        return Record(
            crime_ref=f"{day:%y}/{100000 + number}",
            narrative=narrative.text,
            record_type=RecordType.CRIME,
            recorded=None,
            recorded_on=day,
            act_on=last,
            has_cyber_flag=True,
            has_da_flag=True,
            victim_ref=victim,
            suspect_ref=suspect,
            victim_age=random.choice((None, random.randrange(18, 80))),
            suspect_age=random.choice((None, random.randrange(18, 70))),
            carried={
                "victim_gender": random.choice(("F", "F", "M", "")),
                "station": random.choice(STATIONS),
                "incident_class": "",
                "committed_from": (last - timedelta(days=random.randrange(0, 60))).isoformat(),
            },
        )

    def _pair(self, number: int) -> tuple[str, str]:
        """Pseudonyms; one in eight records is about the same two people as an earlier one."""
        if self._people and self.random.random() < 0.125:
            return self.random.choice(self._people)
        pair = (f"V{number:07d}", f"S{number:07d}")
        self._people.append(pair)
        return pair

    def _recorded_rightly(self, case: Case, crime_type: str | None) -> Record:
        record, random = case.record, self.random
        cyber, domestic = _flags(case, random, self.settings.error_rate)
        known = case.reading.choice("suspect_known") != "unknown"
        record = replace(
            record,
            cyber_flag=cyber,
            da_flag=domestic,
            outcome_code=random.choice(("14", "15", "16", "1", "")) if known else random.choice(("18", "")),
        )
        if case.shown is Offence.OTHER:
            return self._no_family_crime(record, case.reading, crime_type)
        code = self._right_code(case)
        return replace(record, recorded=offence_table().resolve(code))

    def _no_family_crime(self, record: Record, reading: Reading, crime_type: str | None) -> Record:
        if reading.has("coercive_control"):
            return replace(record, recorded=offence_table().resolve("008/67"))
        plain = (crime_type or "").lower()
        class_ = next((c for word, c in CLASSES.items() if word in plain), None)
        if class_ and not any(word in plain for word in INCIDENTS):
            return replace(record, recorded=offence_table().resolve(class_))
        return replace(
            record,
            record_type=RecordType.INCIDENT,
            outcome_code=None,
            carried={**record.carried, "incident_class": crime_type or "general"},
        )

    def _right_code(self, case: Case) -> str:
        presumed = case.shown is Offence.HARASSMENT and case.former_partner_presumption
        if case.racial_or_religious and case.verdict.section:
            return "008/58" if case.section in (Section.S4, Section.S4A) else "008/56"
        if presumed:
            return "195/12"
        codes = [c.code for c in case.codes_for(case.shown, case.section)]
        return self.random.choice(codes) if codes else "8R" if case.shown is Offence.MALICIOUS_COMMUNICATIONS else "66"

    def _spoilt(self, record: Record, case: Case) -> tuple[Record, str | None]:
        """The record with one error of the offence, where it is drawn and one can happen."""
        rate, random = self.settings.error_rate, self.random
        if case.shown is Offence.OTHER or case.verdict.offence is Offence.OTHER:
            return record, None
        if random.random() < UNRECORDED_AT_43 * rate / 0.43:
            return left_unrecorded(record, random), "left_unrecorded"
        if random.random() >= rate:
            return record, None
        fitting = [e for e in ERRORS if e.when(case.reading, case.verdict)]
        if not fitting:
            return record, None
        chosen = random.choices(fitting, [e.weight for e in fitting])[0]
        return chosen.change(record, random), chosen.name

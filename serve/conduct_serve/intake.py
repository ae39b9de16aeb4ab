"""A crime export → Records and quarantined rows; every row becomes exactly one of the two (docs/contract.md)."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from conduct_rules.offences import RecordedOffence, UnknownOffence, offence_table
from conduct_rules.record import Record, RecordType

from conduct_serve.columns import KNOWN, Columns, default_columns
from conduct_serve.rows import BadRow, Row
from conduct_serve.source import open_export

_YES, _NO = frozenset({"y", "yes", "true", "1"}), frozenset({"n", "no", "false", "0"})
_RECORD_TYPES = {
    "": RecordType.CRIME,
    "crime": RecordType.CRIME,
    "incident": RecordType.INCIDENT,
    "no_crime": RecordType.NO_CRIME,
    "no crime": RecordType.NO_CRIME,
    "no-crime": RecordType.NO_CRIME,
}
_IMPLIED = {
    "incident": "incident", "crime related incident": "incident", "non crime incident": "incident",
    "non crime": "incident", "no crime": "no_crime", "cancelled crime": "no_crime",
}  # fmt: skip
_REDACTED_ONLY = re.compile(r"[\W_]*")


@dataclass(frozen=True, slots=True)
class Quarantined:
    """A row that was not scored: its line in the file, its reference if it could be read, and why."""

    line: int
    crime_ref: str
    reason: str


class _Unusable(Exception):
    """Why this row cannot be used; never holds text of the row."""


@dataclass(frozen=True, slots=True)
class Export:
    """An export opened for reading: which columns it has, and its rows in order."""

    columns: frozenset[str]
    rows: Iterator[Record | Quarantined]
    form: str


def open_records(path: Path, columns: Columns | None = None, as_of: date | None = None) -> Export:
    """Opens `path`; raises `UnusableInput` where the file as a whole cannot be read.

    `as_of` stands in for a missing recorded date; today does where it is None.
    """
    source = open_export(path)
    try:
        at = (columns or default_columns()).here(source.header)
    except Exception as fault:
        raise type(fault)(f"{path}: {fault}") from fault
    return Export(frozenset(at) & set(KNOWN), _rows(source.rows, at, as_of or date.today()), source.form)


def _rows(rows: Iterator[Row | BadRow], at: Mapping[str, int], as_of: date) -> Iterator[Record | Quarantined]:
    seen: set[str] = set()
    for row in rows:
        cells = {c: (row.cells[i] or "") if i < len(row.cells) else "" for c, i in at.items()}
        reference = _shown_reference(cells.get("crime_ref", ""))
        if isinstance(row, BadRow):
            yield Quarantined(row.line, reference, row.reason)
            continue
        try:
            record = _record(cells, at, as_of)
            if record.crime_ref in seen:
                raise _Unusable("repeats a crime_ref that an earlier row has")
        except _Unusable as why:
            yield Quarantined(row.line, reference, str(why))
            continue
        seen.add(record.crime_ref)
        yield record


def _shown_reference(text: str) -> str:
    """A reference fit for the quarantine file: one word with a digit, nothing that could be narrative text."""
    text = text.strip().strip('"')
    return text if re.fullmatch(r"(?=.*\d)[\w/.:\-]{1,40}", text) else ""


def _record(cells: Mapping[str, str], at: Mapping[str, int], as_of: date) -> Record:
    reference = cells["crime_ref"].strip()
    if not reference:
        raise _Unusable("has no crime_ref")
    if len(reference) > 200:
        raise _Unusable("has a crime_ref of over 200 characters: columns may be shifted")
    narrative = cells["narrative"]
    if not _REDACTED_ONLY.sub("", narrative):
        raise _Unusable("has no narrative text")
    record_type = _record_type(cells.get("record_type", "") or _implied_type(cells.get("recorded_offence", "")))
    recorded_on, dated = _date(cells, "recorded_date")
    first, _ = _date(cells, "committed_from")
    last, _ = _date(cells, "committed_to")
    day = recorded_on or as_of
    return Record(
        crime_ref=reference,
        narrative=narrative,
        record_type=record_type,
        recorded=_offence(cells.get("recorded_offence", ""), record_type),
        recorded_on=day,
        dated=dated,
        act_on=last or first or day,
        cyber_flag=_flag(cells, "cyber_flag"),
        da_flag=_flag(cells, "da_flag"),
        has_cyber_flag="cyber_flag" in at,
        has_da_flag="da_flag" in at,
        outcome_code=cells.get("outcome_code", "").strip() or None,
        victim_ref=cells.get("victim_ref", "").strip() or None,
        suspect_ref=cells.get("suspect_ref", "").strip() or None,
        victim_age=_age(cells, "victim_age"),
        suspect_age=_age(cells, "suspect_age"),
        carried={
            c: v for c, v in cells.items() if c not in KNOWN or c in ("victim_gender", "station", "incident_class")
        },
    )


def _record_type(text: str) -> RecordType:
    found = _RECORD_TYPES.get(text.strip().casefold())
    if found is None:
        raise _Unusable("has an unknown record_type; allowed: crime, incident, no_crime")
    return found


def _implied_type(offence: str) -> str:
    """An offence column that says "Crime related incident" or "No crime" tells the record type, where none is given."""
    return _IMPLIED.get(" ".join(offence.casefold().replace("-", " ").split()), "")


def _offence(text: str, record_type: RecordType) -> RecordedOffence | None:
    if not text.strip():
        if record_type is RecordType.CRIME:
            raise _Unusable("has no recorded_offence")
        return None
    try:
        return offence_table().resolve(text)
    except UnknownOffence as unknown:
        if record_type is not RecordType.CRIME:
            return None  # an incident's opening category, not an offence
        raise _Unusable("has an unknown recorded_offence; give a Home Office class, code or title") from unknown


def _flag(cells: Mapping[str, str], column: str) -> bool | None:
    text = cells.get(column, "").strip().casefold()
    if not text:
        return None
    if text in _YES or text in _NO:
        return text in _YES
    raise _Unusable(f"has an unknown value in {column}; allowed: Y, N or blank")


def _age(cells: Mapping[str, str], column: str) -> int | None:
    text = cells.get(column, "").strip().removesuffix(".0")
    if not text:
        return None
    if not (text.isascii() and text.isdecimal() and len(text) <= 3) or int(text) > 130:
        raise _Unusable(f"has a value in {column} that is no age in whole years")
    return int(text)


def _date(cells: Mapping[str, str], column: str) -> tuple[date | None, bool]:
    """The day of an ISO date or date-time, or DD/MM/YYYY [HH:MM[:SS]]; and whether it was given."""
    text = cells.get(column, "").strip()
    if not text:
        return None, False
    try:
        return datetime.fromisoformat(text).date(), True
    except ValueError:
        pass
    for form in ("%d/%m/%Y", "%d/%m/%Y %H:%M", "%d/%m/%Y %H:%M:%S"):
        try:
            return datetime.strptime(text, form).date(), True
        except ValueError:
            continue
    raise _Unusable(f"has a {column} that is neither an ISO date nor DD/MM/YYYY")

"""Which column of an export is which: the contract's names, or a force's own headings through a TOML map."""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from conduct_serve.problems import UnusableInput

REQUIRED = ("crime_ref", "narrative")
KNOWN = (
    "crime_ref",
    "narrative",
    "recorded_offence",
    "record_type",
    "incident_class",
    "cyber_flag",
    "da_flag",
    "recorded_date",
    "committed_from",
    "committed_to",
    "outcome_code",
    "victim_ref",
    "suspect_ref",
    "victim_age",
    "suspect_age",
    "victim_gender",
    "station",
)


@dataclass(frozen=True, slots=True)
class Columns:
    """Column of the contract → heading of the export."""

    headings: Mapping[str, str]
    mapped: frozenset[str] = frozenset()

    def here(self, header: Sequence[str]) -> dict[str, int]:
        """Contract column → position, for the columns this export has; others keep their own heading.

        Raises `UnusableInput` naming the missing ones.
        """
        names = [heading.strip().casefold() for heading in header]
        plain = {name: i for i, name in enumerate(names)}
        if len(plain) < len(names):
            # Positions, not names: without a header line these are cells of a record.
            twice = [str(i + 1) for i, name in enumerate(names) if names.count(name) > 1]
            raise UnusableInput(f"columns {', '.join(twice)} have the same heading; every column needs its own name")
        found = {c: plain[h.casefold()] for c, h in self.headings.items() if h.casefold() in plain}
        if lost := sorted(c for c in self.mapped if c not in found):
            raise UnusableInput(
                "the column map names headings that the header does not have: "
                + ", ".join(f"{c} = {self.headings[c]!r}" for c in lost)
            )
        if missing := [c for c in REQUIRED if c not in found]:
            raise UnusableInput(
                f"no column {' and '.join(map(repr, missing))} in the header; it has {len(header)} columns."
                " Check that the first line holds the headings, or map them with --columns"
            )
        if "recorded_offence" not in found and "record_type" not in found:
            raise UnusableInput("neither 'recorded_offence' nor 'record_type' is in the header; map it with --columns")
        taken = set(found.values())
        others = {h.strip(): i for i, h in enumerate(header) if i not in taken and h.strip()}
        return {h: i for h, i in others.items() if h not in KNOWN} | found


def default_columns() -> Columns:
    return Columns({name: name for name in KNOWN})


def read_columns(path: Path) -> Columns:
    """A force's map: `[columns]`, contract name = "heading in the export". Raises `UnusableInput` naming the fault."""
    try:
        table = tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError as missing:
        raise UnusableInput(f"{path}: no such file") from missing
    except OSError as fault:
        raise UnusableInput(f"{path}: cannot be read: {fault.strerror}") from fault
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as fault:
        raise UnusableInput(f"{path}: not readable as TOML: {fault}") from fault
    given = table.get("columns")
    if not isinstance(given, dict) or set(table) != {"columns"}:
        raise UnusableInput(f"{path}: expected one table [columns] and nothing else")
    if unknown := sorted(set(given) - set(KNOWN)):
        raise UnusableInput(f"{path}: unknown columns {', '.join(unknown)}; allowed: {', '.join(KNOWN)}")
    if wrong := sorted(k for k, v in given.items() if not isinstance(v, str) or not v.strip()):
        raise UnusableInput(f"{path}: {', '.join(wrong)} must be a heading in quotes")
    headings = [v.strip().casefold() for v in given.values()]
    if twice := sorted(k for k, v in given.items() if headings.count(v.strip().casefold()) > 1):
        raise UnusableInput(f"{path}: {', '.join(twice)} name the same heading")
    mapped = {k: v.strip() for k, v in given.items()}
    return Columns({name: name for name in KNOWN} | mapped, frozenset(mapped))

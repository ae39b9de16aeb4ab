"""What every reader of an export yields: rows, good and bad, each with the line it began on."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

LARGEST_FIELD = 1_000_000
"""Characters: no crime narrative is longer; an unclosed quote is."""
TOO_LONG = "is over 1,000,000 characters long"
UNDECODABLE = "contains bytes that are neither UTF-8 nor Windows-1252"
NUL = "contains a NUL character"


@dataclass(frozen=True, slots=True)
class Row:
    """Cells of one row, in the order of the header; `line` counts from 1 in the file as given."""

    line: int
    cells: Sequence[str | None]


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row that cannot be used; `cells` are those that could be told apart."""

    line: int
    reason: str
    cells: Sequence[str | None] = ()


@dataclass(frozen=True, slots=True)
class Source:
    """An export opened: its header, and its rows, good and bad, in order."""

    header: Sequence[str]
    rows: Iterator[Row | BadRow]
    form: str

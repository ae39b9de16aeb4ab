"""Lines of delimited text → rows, strictly (RFC 4180), and forgiving only about where the next row begins.

Well-kept readers each fail somewhere on malformed text: they merge a record with its neighbours, or drop it in
silence. Here a record that cannot be read is reported once, and reading goes on at the next line that can begin one.
"""

import csv
import io
import re
from collections import deque
from collections.abc import Iterator
from pathlib import Path

from conduct_serve.lines import Line, lines
from conduct_serve.problems import UnusableInput
from conduct_serve.rows import LARGEST_FIELD, NUL, TOO_LONG, BadRow, Row, Source

DELIMITERS = ",;|\t"
MOST_LINES = 20_000
"""Physical lines of one record."""
MALFORMED = "is not well-formed CSV: a quote is not doubled, or a quoted field is never closed"
MOST_SHAPES = 100
csv.field_size_limit(LARGEST_FIELD + 1)


def delimiter_of(path: Path, first_line: str) -> str:
    """The commonest of the delimiters in the headings; raises `UnusableInput` where there is none."""
    best = max(DELIMITERS, key=first_line.count)
    if best not in first_line:
        raise UnusableInput(f"{path}: the first line has no comma, semicolon, bar or tab; it should hold the headings")
    return best


def delimited(path: Path, encoding: str, first_line: str) -> Source:
    """Opens delimited text; raises `UnusableInput` where its headings cannot be read."""
    reader = _Reader(lines(path, encoding), delimiter_of(path, first_line))
    records = iter(reader)
    header = next((r for r in records if isinstance(r, Row)), None)
    if header is None:
        raise UnusableInput(f"{path}: the first line cannot be read as headings; check its quotes and line ends")
    reader.width = len(header.cells)
    return Source([cell or "" for cell in header.cells], records, "csv")


def quotes_open(text: str, delimiter: str, inside: bool) -> bool:
    """Whether a quoted field is still open at the end of `text`."""
    at = text.find('"')
    while at >= 0:
        if inside:
            if text[at + 1 : at + 2] == '"':
                at += 1  # a doubled quote stands for one
            else:
                inside = False
        elif at == 0 or text[at - 1] == delimiter:
            inside = True
        at = text.find('"', at + 1)
    return inside


def shape(cell: str) -> str:
    """Letters as a, digits as 9, runs of each as one: what a reference looks like."""
    return re.sub(
        r"a+", "a", re.sub(r"9+", "9", re.sub(r"[A-Za-z]", "a", re.sub(r"[0-9]", "9", cell.strip().strip('"'))))
    )


class _Reader:
    """Rows of delimited text, good and bad. `width` is known once the headings are read."""

    def __init__(self, source: Iterator[Line], delimiter: str) -> None:
        self._source = source
        self._waiting: deque[Line] = deque()
        self._delimiter = delimiter
        self.width: int | None = None
        self._shapes: set[str] = set()
        self._doubt = False

    def __iter__(self) -> Iterator[Row | BadRow]:
        while record := self._record():
            if any(text.strip("\r\n \ufeff") for _, text, _ in record):
                yield self._read(record)

    def _next(self) -> Line | None:
        return self._waiting.popleft() if self._waiting else next(self._source, None)

    def _record(self) -> list[Line]:
        """Physical lines up to the one that closes the last quote; at most `MOST_LINES`."""
        taken: list[Line] = []
        size, inside = 0, False
        while (line := self._next()) is not None:
            taken.append(line)
            size += len(line[1])
            inside = line[2] != TOO_LONG and quotes_open(line[1], self._delimiter, inside)
            if not inside or size > LARGEST_FIELD or len(taken) > MOST_LINES:
                break
        return taken

    def _read(self, record: list[Line]) -> Row | BadRow:
        found = self._judged(record)
        if self.width is None:
            return found
        if isinstance(found, BadRow):
            self._doubt = True
            return found
        reference = shape(found.cells[0] or "")
        if self._doubt and self._shapes and reference not in self._shapes:
            return BadRow(found.line, "follows a row that cannot be read, and does not begin as the rows before do")
        self._doubt = False
        if reference and len(self._shapes) < MOST_SHAPES:
            self._shapes.add(reference)
        return found

    def _judged(self, record: list[Line]) -> Row | BadRow:
        number, text = record[0][0], "".join(text for _, text, _ in record)
        fault = next((fault for *_, fault in record if fault), None)
        if fault is None and "\0" in text:
            fault = NUL
        if fault is None and len(text) > LARGEST_FIELD and len(record) == 1:
            fault = TOO_LONG
        if fault is not None:
            whole = len(record) == 1 or self._cells(text.replace("\0", ""))
            bad = BadRow(number, fault, self._cells_before_quote(record))
            return bad if whole else self._resynchronised(record, fault)
        try:
            rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=self._delimiter, strict=True))
        except csv.Error:
            return self._resynchronised(record, MALFORMED)
        if len(rows) != 1:
            cells = self._cells_before_quote(record)
            return BadRow(number, "contains a bare carriage return: end every row with a line feed", cells)
        if self.width is not None and len(rows[0]) != self.width:
            return BadRow(number, f"has {len(rows[0])} fields where the header has {self.width}", rows[0])
        return Row(number, rows[0])

    def _cells(self, text: str) -> list[str] | None:
        """The cells of `text` where it is one well-formed row of the right width."""
        try:
            rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=self._delimiter, strict=True))
        except csv.Error:
            return None
        return rows[0] if len(rows) == 1 and len(rows[0]) == self.width else None

    def _resynchronised(self, record: list[Line], reason: str) -> BadRow:
        """Reports the record, and hands back the lines from the first that can begin another."""
        again = next((i for i, line in enumerate(record) if i and self._can_begin(line[1])), len(record))
        self._waiting.extendleft(reversed(record[again:]))
        return BadRow(record[0][0], reason, self._cells_before_quote(record))

    def _can_begin(self, text: str) -> bool:
        """A line whose first cell looks like those of rows before ("24/1234" like "23/9876"), or a whole row."""
        first, found, _ = text.partition(self._delimiter)
        if found and shape(first) in self._shapes:
            return True
        return self._cells(text) is not None

    def _cells_before_quote(self, record: list[Line]) -> list[str | None]:
        """The cells before the first quote, so that the quarantine can name the reference."""
        plain = record[0][1].split('"', 1)[0].replace("\0", "")
        return list(plain.split(self._delimiter)[:1]) if self._delimiter in plain else []

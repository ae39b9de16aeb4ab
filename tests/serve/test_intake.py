"""Every row becomes exactly one record or one quarantined row, with its line and reason."""

import gzip
import json
from collections import Counter
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import zstandard
from conduct_rules import Record, RecordType
from conduct_serve.columns import read_columns
from conduct_serve.intake import Quarantined, open_records
from conduct_serve.problems import UnusableInput

HEADER = "crime_ref,narrative,recorded_offence,record_type,cyber_flag,da_flag,recorded_date,victim_age\n"


def rows(path: Path, text: str | bytes, name: str = "x.csv") -> list[Record | Quarantined]:
    file = path / name
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return list(open_records(file, as_of=date(2025, 1, 1)).rows)


def one(path: Path, line: str) -> Record | Quarantined:
    (found,) = rows(path, HEADER + line + "\n")
    return found


def test_a_row_becomes_a_typed_record(tmp_path: Path) -> None:
    record = one(tmp_path, 'A1,"He rang, ""again"",\nand again.",8L,,Y,N,2024-03-01,34')
    assert isinstance(record, Record)
    assert record.narrative == 'He rang, "again",\nand again.'
    assert (record.cyber_flag, record.da_flag, record.victim_age) == (True, False, 34)
    assert record.recorded_on == date(2024, 3, 1)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2024-03-01", date(2024, 3, 1)),
        ("2024-03-01T23:10", date(2024, 3, 1)),
        ("01/03/2024", date(2024, 3, 1)),
        ("01/03/2024 08:15", date(2024, 3, 1)),
        ("", date(2025, 1, 1)),
    ],
)
def test_dates(tmp_path: Path, text: str, day: date) -> None:
    record = one(tmp_path, f"A1,He rang.,8L,,,,{text},")
    assert isinstance(record, Record)
    assert record.recorded_on == day
    assert record.dated == bool(text)


@pytest.mark.parametrize("flag", ["Y", "yes", "TRUE", "1"])
def test_flags_set(tmp_path: Path, flag: str) -> None:
    record = one(tmp_path, f"A1,He rang.,8L,,{flag},0,,")
    assert isinstance(record, Record)
    assert (record.cyber_flag, record.da_flag) == (True, False)


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (",He rang.,8L,,,,,", "no crime_ref"),
        ("A1,,8L,,,,,", "no narrative text"),
        ("A1,  .  ,8L,,,,,", "no narrative text"),
        ("A1,He rang.,,,,,,", "no recorded_offence"),
        ("A1,He rang.,zzz,,,,,", "unknown recorded_offence"),
        ("A1,He rang.,8L,banana,,,,", "unknown record_type"),
        ("A1,He rang.,8L,,perhaps,,,", "unknown value in cyber_flag"),
        ("A1,He rang.,8L,,,,1st of May,", "neither an ISO date"),
        ("A1,He rang.,8L,,,,,old", "no age in whole years"),
        ("A1,He rang.,8L,,,,", "has 7 fields where the header has 8"),
        ("A1,He rang.,8L,,,,,,", "has 9 fields where the header has 8"),
        ("A1,He ra\0ng.,8L,,,,,", "NUL"),
        ('A1,"He rang" twice,8L,,,,,', "not well-formed"),
    ],
)
def test_unusable_rows_say_why(tmp_path: Path, line: str, reason: str) -> None:
    found = one(tmp_path, line)
    assert isinstance(found, Quarantined)
    assert reason in found.reason
    assert found.line == 2
    assert "rang" not in found.reason + found.crime_ref


def test_blank_offence_is_usable_for_incidents_and_no_crimes(tmp_path: Path) -> None:
    record = one(tmp_path, "A1,He rang.,,incident,,,,")
    assert isinstance(record, Record)
    assert (record.record_type, record.recorded) == (RecordType.INCIDENT, None)


def test_a_repeated_reference_is_kept_once(tmp_path: Path) -> None:
    first, second = rows(tmp_path, HEADER + "A1,He rang.,8L,,,,,\nA1,He came.,8L,,,,,\n")
    assert isinstance(first, Record)
    assert isinstance(second, Quarantined)
    assert second.line == 3


def test_an_unclosed_quote_loses_its_own_line_only(tmp_path: Path) -> None:
    text = HEADER + "A1,He rang.,8L,,,,,\n" + 'A2,"never closed,8L,,,,,\n' + "A3,He came.,8L,,,,,\nA4,Again.,8L,,,,,\n"
    found = rows(tmp_path, text)
    assert [type(r).__name__ for r in found] == ["Record", "Quarantined", "Record", "Record"]
    assert found[1].crime_ref == "A2"
    assert "never closed" in found[1].reason  # type: ignore[union-attr]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252"])
@pytest.mark.parametrize("delimiter", [",", ";", "|", "\t"])
def test_encodings_and_delimiters(tmp_path: Path, encoding: str, delimiter: str) -> None:
    text = "crime_ref,narrative,recorded_offence\r\nA1,“Café” £5 – rang,8L\r\nA2,Came round,8Q\r\n".replace(
        ",", delimiter
    )
    found = rows(tmp_path, text.encode(encoding))
    assert [r.crime_ref for r in found if isinstance(r, Record)] == ["A1", "A2"]
    assert isinstance(found[0], Record)
    assert found[0].narrative == "“Café” £5 – rang"


def test_lines_of_two_encodings_in_one_file(tmp_path: Path) -> None:
    text = (
        HEADER.encode()
        + "A1,café,8L,,,,,\n".encode()
        + "A2,café,8L,,,,,\n".encode("cp1252")
        + b"A3,x\x81\x8d,8L,,,,,\n"
    )
    first, second, third = rows(tmp_path, text)
    assert isinstance(first, Record)
    assert isinstance(second, Record)
    assert first.narrative == second.narrative == "café"
    assert isinstance(third, Quarantined)
    assert "neither UTF-8 nor Windows-1252" in third.reason


def test_compressed_json_lines_and_parquet(tmp_path: Path) -> None:
    row = {"crime_ref": "A1", "narrative": "He rang.", "recorded_offence": "8L", "cyber_flag": True, "victim_age": 40}
    line = (json.dumps(row) + "\n").encode()
    files = {
        "x.jsonl": line,
        "x.jsonl.gz": gzip.compress(line),
        "x.csv.zst": zstandard.compress((HEADER + "A1,He rang.,8L,,1,,,40\n").encode()),
    }
    for name, content in files.items():
        (record,) = rows(tmp_path, content, name)
        assert isinstance(record, Record), name
        assert (record.cyber_flag, record.victim_age) == (True, 40)
    pq.write_table(pa.Table.from_pylist([row | {"recorded_date": date(2024, 5, 1)}]), tmp_path / "x.parquet")
    (record,) = open_records(tmp_path / "x.parquet").rows
    assert isinstance(record, Record)
    assert record.recorded_on == date(2024, 5, 1)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "is empty"),
        (b"   \n\n", "is empty"),
        (b"A1,He rang.,8L\nA2,He came.,8L\n", "no column 'crime_ref' and 'narrative'"),
        (b"ref,text\nA1,He rang.\n", "no column"),
        (b"crime_ref,narrative\nA1,He rang.\n", "neither 'recorded_offence' nor 'record_type'"),
        (b"crime_ref,narrative,narrative\n", "columns 2, 3 have the same heading"),
        (bytes(range(256)) * 40, "not text"),
        (b"PAR1 and no more", "not a readable Parquet"),
        (b"no delimiter here\n", "no comma, semicolon"),
    ],
)
def test_an_unusable_file_is_named_with_what_to_do(tmp_path: Path, content: bytes, message: str) -> None:
    file = tmp_path / "export.csv"
    file.write_bytes(content)
    with pytest.raises(UnusableInput, match=message) as fault:
        list(open_records(file).rows)
    assert "export.csv" in str(fault.value)


def test_folders_and_missing_files_are_named(tmp_path: Path) -> None:
    with pytest.raises(UnusableInput, match="is a folder"):
        open_records(tmp_path)
    with pytest.raises(UnusableInput, match="no such file"):
        open_records(tmp_path / "none.csv")
    (tmp_path / "x.csv.gz").write_bytes(b"not gzip")
    with pytest.raises(UnusableInput, match="compression"):
        open_records(tmp_path / "x.csv.gz")


def test_a_force_maps_its_own_headings(tmp_path: Path) -> None:
    (tmp_path / "force.toml").write_text(
        '[columns]\ncrime_ref = "Crime No"\nnarrative = "MO Text"\nrecorded_offence = "HO Class"\n'
    )
    (tmp_path / "x.csv").write_text("Crime No,MO Text,HO Class,Beat\nA1,He rang.,8L,N4\n")
    (record,) = open_records(tmp_path / "x.csv", read_columns(tmp_path / "force.toml")).rows
    assert isinstance(record, Record)
    assert record.carried["Beat"] == "N4"
    (tmp_path / "force.toml").write_text('[columns]\nnarrativ = "MO Text"\n')
    with pytest.raises(UnusableInput, match="unknown columns narrativ; allowed: crime_ref"):
        read_columns(tmp_path / "force.toml")


def test_the_shipped_maps_are_usable() -> None:
    from tests.conftest import ROOT

    maps = sorted((ROOT / "examples" / "columns").glob("*.toml"))
    assert len(maps) == 3
    for path in maps:
        assert {"crime_ref", "narrative", "recorded_offence"} <= set(read_columns(path).headings)


def test_rows_in_are_records_and_quarantined_rows(tmp_path: Path) -> None:
    """10,000 rows, one in five of them bad in one of ten ways: none is lost, none is invented."""
    from random import Random

    random, kinds = Random(8), Counter[str]()
    good = lambda n: f'R{n},"Row {n}, he ""rang""\nagain",8L,,Y,N,2024-01-0{n % 9 + 1},30\n'.encode()  # noqa: E731
    faults = {
        "short": lambda n: f"R{n},text,8L\n".encode(),
        "long": lambda n: f"R{n},text,8L,,,,,,,\n".encode(),
        "nul": lambda n: f"R{n},te\0xt,8L,,,,,\n".encode(),
        "bytes": lambda n: f"R{n},te".encode() + b"\x81\x8d" + b"xt,8L,,,,,\n",
        "no_ref": lambda n: b",text,8L,,,,,\n",
        "no_text": lambda n: f"R{n},,8L,,,,,\n".encode(),
        "offence": lambda n: f"R{n},text,wibble,,,,,\n".encode(),
        "date": lambda n: f"R{n},text,8L,,,,32/01/2024,\n".encode(),
        "repeat": lambda n: b"R0,text,8L,,,,,\n",
        "stray_quote": lambda n: f'R{n},"text" more,8L,,,,,\n'.encode(),
    }
    out = [HEADER.encode(), good(0)]
    for n in range(1, 10_000):
        kind = random.choice(list(faults)) if random.random() < 0.2 else "good"
        kinds[kind] += 1
        out.append(good(n) if kind == "good" else faults[kind](n))
    found = rows(tmp_path, b"".join(out))
    records = sum(isinstance(r, Record) for r in found)
    assert (records, len(found) - records) == (kinds["good"] + 1, 9_999 - kinds["good"])


def test_the_tail_of_a_bad_record_is_never_scored_as_one(tmp_path: Path) -> None:
    good = "".join(f"26/{n},He rang.,8L\n" for n in range(100, 104))
    bad = '26/200,"He said "stop it" to her\nand then left, angry",8L\n26/201,He came.,8L\n'
    found = rows(tmp_path, "crime_ref,narrative,recorded_offence\n" + good + bad)
    assert [r.crime_ref for r in found if isinstance(r, Record)] == ["26/100", "26/101", "26/102", "26/103", "26/201"]


def test_a_bad_byte_inside_a_quoted_record_costs_that_record_only(tmp_path: Path) -> None:
    text = b'crime_ref,narrative,recorded_offence\nA1,x,8L\nA2,"one \x81\ntwo, three",8L\nA3,y,8L\n'
    found = rows(tmp_path, text)
    assert [type(r).__name__ for r in found] == ["Record", "Quarantined", "Record"]


def test_a_map_wins_over_a_heading_of_the_same_name(tmp_path: Path) -> None:
    (tmp_path / "force.toml").write_text('[columns]\nnarrative = "MO Text"\n')
    (tmp_path / "x.csv").write_text("crime_ref,narrative,MO Text,recorded_offence\nA1,see MO,He rang.,8L\n")
    (record,) = open_records(tmp_path / "x.csv", read_columns(tmp_path / "force.toml")).rows
    assert isinstance(record, Record)
    assert record.narrative == "He rang."
    (tmp_path / "force.toml").write_text('[columns]\nnarrative = "MO"\nstation = "MO"\n')
    with pytest.raises(UnusableInput, match="name the same heading"):
        read_columns(tmp_path / "force.toml")


def test_half_a_surrogate_and_endless_numbers_are_quarantined(tmp_path: Path) -> None:
    line = '{"crime_ref": "A1", "narrative": "x \\ud83d y", "recorded_offence": "8L"}\n'
    digits = '{"crime_ref": "A2", "narrative": "x", "recorded_offence": "8L", "victim_age": ' + "9" * 5000 + "}\n"
    good = '{"crime_ref": "A3", "narrative": "x", "recorded_offence": "8L"}\n'
    found = rows(tmp_path, line + digits + good, "x.jsonl")
    assert [type(r).__name__ for r in found] == ["Quarantined", "Quarantined", "Record"]


def test_binary_columns_of_parquet_are_text(tmp_path: Path) -> None:
    row = {"crime_ref": b"A1", "narrative": "He followed her, £5".encode(), "recorded_offence": b"8L"}
    pq.write_table(pa.Table.from_pylist([row]), tmp_path / "x.parquet")
    (record,) = open_records(tmp_path / "x.parquet").rows
    assert isinstance(record, Record)
    assert record.narrative == "He followed her, £5"


def test_long_narratives_are_read(tmp_path: Path) -> None:
    (record,) = rows(tmp_path, 'crime_ref,narrative,recorded_offence\nA1,"' + "He rang.\n" * 20_000 + '",8L\n')
    assert isinstance(record, Record)
    assert len(record.narrative) == 180_000


def test_a_quarantined_reference_is_never_narrative_text(tmp_path: Path) -> None:
    (found,) = rows(tmp_path, "crime_ref,narrative,recorded_offence\nSarah Jones,,8L\n")
    assert isinstance(found, Quarantined)
    assert found.crime_ref == ""


def test_a_heading_mapped_and_not_there_is_refused(tmp_path: Path) -> None:
    (tmp_path / "force.toml").write_text('[columns]\nrecorded_date = "Date Reprted"\n')
    (tmp_path / "x.csv").write_text("crime_ref,narrative,recorded_offence\nA1,He rang.,8L\n")
    with pytest.raises(UnusableInput, match="recorded_date = 'Date Reprted'"):
        open_records(tmp_path / "x.csv", read_columns(tmp_path / "force.toml"))


@pytest.mark.parametrize(
    ("offence", "record_type"), [("Crime Related Incident", "incident"), ("NO CRIME", "no_crime"), ("8L", "crime")]
)
def test_an_offence_column_may_tell_the_record_type(tmp_path: Path, offence: str, record_type: str) -> None:
    record = one(tmp_path, f"A1,He rang.,{offence},,,,,")
    assert isinstance(record, Record)
    assert record.record_type == record_type

"""A simulated export is seeded, has the contract's columns and the inspectors' errors, and its truth is the rules'."""

import json
from collections import Counter
from pathlib import Path

import pytest
from conduct_rules import Record, RuleSettings, decide
from conduct_serve.columns import KNOWN
from conduct_serve.intake import Quarantined, open_records
from conduct_training.corpus import Narrative, narratives
from conduct_training.errors import ERRORS
from conduct_training.export import export_row, messy, truth_path, write_export, write_truth
from conduct_training.gold import gold_reading
from conduct_training.simulate import SimulationSettings, Simulator

from tests.conftest import CORPUS

TEXTS = list(narratives(CORPUS, ["train", "dev"]))


def simulated(rate: float, rows: int = 800) -> list:  # type: ignore[type-arg]
    return list(Simulator(TEXTS, SimulationSettings(rows=rows, error_rate=rate, seed=4)))


def test_the_same_seed_makes_the_same_export() -> None:
    first, second = simulated(0.43, 60), simulated(0.43, 60)
    assert [export_row(a.record) for a in first] == [export_row(b.record) for b in second]


def test_without_errors_the_rules_find_no_wrong_offence_or_section() -> None:
    for one in simulated(0.0, 500):
        kinds = {str(s.kind) for s in one.truth if s.rule.split("@")[0] not in ASKED_ANYWAY}
        assert not kinds & {"reclassify", "record_crime", "change_section"}, (one.narrative.id, kinds)


ASKED_ANYWAY = {"former_partner", "breach_beside_conduct_crime", "second_victim", "threat_beside_conduct_crime"}


@pytest.mark.parametrize("rate", [0.05, 0.10, 0.20, 0.43])
def test_the_error_rate_is_what_was_asked(rate: float) -> None:
    family = [s for s in simulated(rate) if s.narrative.labels["offence"] != "other"]
    recorded = [s for s in family if s.error != "left_unrecorded"]
    wrong = sum(s.error is not None for s in recorded) / len(recorded)
    assert wrong == pytest.approx(rate, abs=0.08)
    unrecorded = sum(s.error == "left_unrecorded" for s in family) / len(family)
    assert unrecorded == pytest.approx(0.30 * rate / 0.43, abs=0.06)


def test_every_error_of_the_inspection_occurs() -> None:
    assert {s.error for s in simulated(0.43, 2500)} >= {e.name for e in ERRORS} | {"left_unrecorded", None}


def test_an_offence_put_in_wrongly_is_due_in_the_truth() -> None:
    found = Counter[bool]()
    for one in simulated(0.43):
        if one.error in ("harassment_for_stalking", "left_unrecorded", "lone_breach_as_stalking", "2A_for_4A"):
            found[bool({str(s.kind) for s in one.truth} & {"reclassify", "record_crime", "change_section"})] += 1
    assert found[False] <= 0.05 * found[True]


def test_the_truth_is_what_the_rules_say_of_the_labels() -> None:
    for one in simulated(0.43, 50):
        assert decide(one.record, gold_reading(one.narrative), RuleSettings()).suggestions == one.truth


@pytest.mark.parametrize("ending", [".csv", ".jsonl", ".parquet"])
def test_an_export_is_read_back_as_it_was(tmp_path: Path, ending: str) -> None:
    some = simulated(0.43, 80)
    path = tmp_path / f"x{ending}"
    write_export(path, [export_row(s.record) for s in some])
    back = list(open_records(path).rows)
    for given, read in zip((s.record for s in some), back, strict=True):
        assert isinstance(read, Record)
        assert (read.crime_ref, read.narrative, read.record_type) == (
            given.crime_ref,
            given.narrative,
            given.record_type,
        )
        assert (read.recorded_on, read.act_on) == (given.recorded_on, given.act_on)
        assert (read.cyber_flag, read.da_flag, read.victim_age) == (given.cyber_flag, given.da_flag, given.victim_age)
        assert (read.recorded and read.recorded.code) == (given.recorded and given.recorded.code)
    assert set(export_row(some[0].record)) == set(KNOWN)
    write_truth(truth_path(path), some)
    assert len(truth_path(path).read_text().splitlines()) == 80


def test_a_messy_export_loses_no_row(tmp_path: Path) -> None:
    rows = [export_row(s.record) for s in simulated(0.43, 400)]
    path = tmp_path / "messy.csv"
    path.write_bytes(b"".join(messy(rows, seed=2, bad_share=0.2)))
    back = list(open_records(path).rows)
    bad = [r for r in back if isinstance(r, Quarantined)]
    assert len(back) == 400
    assert 40 < len(bad) < 120
    json.dumps([b.reason for b in bad])


def test_contrast_groups_are_no_force_s_night() -> None:
    grouped = {n.text for n in TEXTS if n.group}
    assert not any(s.record.narrative in grouped for s in simulated(0.43, 200))


def test_nothing_to_simulate_from_is_an_error() -> None:
    none: list[Narrative] = []
    with pytest.raises(ValueError, match="no labelled narratives"):
        Simulator(none, SimulationSettings())

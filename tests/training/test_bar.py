"""The released reader against its first bar, on origins it was not trained on."""

from datetime import date

import pytest
from conduct_nlp import Reader
from conduct_serve.force import rule_settings
from conduct_training import judge
from conduct_training.corpus import narratives
from conduct_training.simulate import SimulationSettings, Simulator

from tests.conftest import CORPUS, ROOT

pytestmark = pytest.mark.slow
DEV = list(narratives(CORPUS, ["dev"]))


def test_offence_section_and_cyber_flag(reader: Reader) -> None:
    family = [n for n in DEV if n.crime_type is None and n.group is None]
    scores = judge.offence_scores(family, list(reader.read([n.text for n in family])))
    assert scores["offence_macro_f1"] >= 0.75
    assert scores["cyber_f1"] >= 0.85
    assert scores["offence_calibration_error"] <= 0.12


def test_suggestions_where_43_percent_are_wrong(reader: Reader) -> None:
    simulated = list(Simulator(DEV, SimulationSettings(2000, 0.43, seed=1)))
    tally = judge.suggestion_tallies(*judge.compared(simulated, reader, rule_settings(reader.settings, None)))["all"]
    assert tally.precision >= 0.80
    assert tally.recall >= 0.60


def test_whole_records_of_a_registrar(reader: Reader) -> None:
    path = ROOT / "tests" / "cases" / "whole_records.jsonl"
    scores = judge.whole_records(path, reader, rule_settings(reader.settings, None), date(2026, 11, 24))
    assert scores["silent_where_nothing_is_wrong"] >= 0.80
    assert scores["precision"] >= 0.65
    assert scores["recall"] >= 0.60


def test_quotes_lie_where_the_corpus_has_them(reader: Reader) -> None:
    assert judge.evidence_hit_rate(DEV, list(reader.read([n.text for n in DEV]))) >= 0.6

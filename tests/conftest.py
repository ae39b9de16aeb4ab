"""Shared fixtures: the released reader, a small simulated export, and readings built from a few facts."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from conduct_nlp import Reader
from conduct_nlp.heads import classes
from conduct_nlp.reading import Finding, Quote, Reading
from conduct_nlp.vocabulary import FIELDS, NOTHING, Qualifier, Stance, Witness
from conduct_serve.model import model_folder

ROOT = Path(__file__).parents[1]
CORPUS = ROOT / "training" / "corpus"
TEXT = "He came to her door on 3 May and again on 9 May. " * 6


@pytest.fixture(scope="session")
def reader() -> Reader:
    return Reader.open(model_folder(None))


def reading_of(*present: str, words: int = 80, **chosen: Any) -> Reading:
    """A certain reading: `present` names flags and list values, keywords the choices and counts."""
    choices: dict[str, dict[str, float]] = {}
    labels: dict[str, float] = {}
    picked: dict[str, str | None] = {}
    defaults = {
        "offence": "other",
        "relationship": "unknown",
        "order": "none",
        "gravest_threat": "none",
        "suspect_known": "named",
    }
    for field in FIELDS:
        if field.kind in ("flag", "many"):
            for value in field.values or (field.name,):
                labels[value] = 0.97 if value in present else 0.02
            continue
        wanted = chosen.pop(field.name, defaults.get(field.name))
        wanted = "0" if wanted is None and field.kind == "count" else wanted
        wanted = str(wanted) if wanted is not None else NOTHING
        values = classes(field)
        assert wanted in values, f"{wanted} is no value of {field.name}"
        choices[field.name] = {v: 0.96 if v == wanted else 0.04 / (len(values) - 1) for v in values}
        picked[field.name] = None if wanted == NOTHING else wanted
    assert not chosen, f"unknown fields {sorted(chosen)}"
    quote = Quote(TEXT[:24], 0, 24)
    findings = tuple(Finding(p, 0.97, quote, Stance.FOR, Qualifier.ASSERTED, Witness.ENCODER) for p in present)
    return Reading(choices, labels, picked, frozenset(present), findings, words)


@pytest.fixture
def make_reading() -> Callable[..., Reading]:
    return reading_of


@pytest.fixture(scope="session")
def export(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """120 simulated rows from the dev origins, 43 % wrong."""
    from conduct_training.corpus import narratives
    from conduct_training.export import export_row, write_export
    from conduct_training.simulate import SimulationSettings, Simulator

    path = tmp_path_factory.mktemp("export") / "nightly.csv"
    simulated = Simulator(list(narratives(CORPUS, ["dev"])), SimulationSettings(rows=120, seed=3))
    write_export(path, [export_row(one.record) for one in simulated])
    return path

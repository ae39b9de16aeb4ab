"""A training run in MLflow: figures by split, plots, the reader as a registered pyfunc. Never text of a record."""

import os
import re
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import mlflow
import pandas as pd
from matplotlib.figure import Figure
from mlflow.models import ModelSignature
from mlflow.types import ColSpec, Schema

from conduct_training import judge
from conduct_training.corpus import narratives
from conduct_training.evaluate import figures_of
from conduct_training.fit import FitSettings
from conduct_training.release import release

EXPERIMENT = "conduct-reader"
EXAMPLE = "Caller says a neighbour has knocked twice about the fence. No further details."
"""Made up for this line: no real text is logged as an input example."""
MODEL_CODE = Path(__file__).with_name("pyfunc_model.py")


def store() -> str:
    """The tracking store: MLFLOW_TRACKING_URI, else SQLite in this folder."""
    return os.environ.setdefault("MLFLOW_TRACKING_URI", "sqlite:///mlflow.db")


def flat(figures: Mapping[str, Mapping[str, Any]]) -> dict[str, float]:
    """Figures as MLflow metrics: names of letters, digits, dots and slashes."""
    out: dict[str, float] = {}
    for section, values in figures.items():
        for name, value in values.items():
            key = re.sub(r"[^A-Za-z0-9_./ -]+", "", f"{section}/{name}").replace(" ", "_")
            if isinstance(value, int | float) and value == value:
                out[key] = float(value)
    return out


def plot(values: Mapping[str, float], title: str) -> Figure:
    """Horizontal bars of a set of figures between 0 and 1."""
    figure = Figure(figsize=(8, 0.28 * len(values) + 1), layout="constrained")
    axes = figure.subplots()
    axes.barh(list(values), list(values.values()), color="#1d70b8")
    axes.invert_yaxis()
    axes.set_xlim(0, 1)
    axes.set_title(title)
    return figure


def train(corpus: Path, settings: FitSettings, name: str, smoke: bool, say: Any) -> str:
    """Fits, calibrates, evaluates, logs and registers; returns `models:/NAME/VERSION`."""
    mlflow.set_tracking_uri(store())
    given = os.environ.get("MLFLOW_RUN_ID")  # `mlflow run` has begun a run, in the experiment it was told
    if given is None:
        mlflow.set_experiment(EXPERIMENT)
    with mlflow.start_run(run_id=given), tempfile.TemporaryDirectory() as folder:
        bundle = Path(folder) / "bundle"
        version = release(bundle, corpus, settings, say)
        mlflow.log_params(
            {
                "text_c": settings.text_c,
                "clause_c": settings.clause_c,
                "stack_c": settings.stack_c,
                "folds": settings.folds,
                "hash_words": settings.hashing.words,
                "bundle": version,
                "train_narratives": sum(1 for _ in narratives(corpus, ["train"])),
            }
        )
        _log_figures(bundle, corpus, smoke, say)
        return _register(bundle, name)


def _log_figures(bundle: Path, corpus: Path, smoke: bool, say: Any) -> None:
    from conduct_nlp import Reader

    reader = Reader.open(bundle)
    decided = corpus / "real_cases_dev.jsonl"
    if decided.exists():
        mlflow.log_metrics(flat({"decided cases": judge.real_cases(decided, reader)}))
    for split in ("dev",) if smoke else ("train", "dev", "calibration"):
        say(f"figures on {split}")
        figures = figures_of(reader, split, corpus, seed=1, rows=300 if smoke else 2000)
        mlflow.log_metrics(flat(figures))
        labels = {k: v for k, v in figures[f"{split}: labels"].items() if isinstance(v, float)}
        mlflow.log_figure(plot(labels, f"Labels on {split}"), f"plots/labels_{split}.png")
        origins = dict(figures[f"{split}: offence accuracy by origin"])
        mlflow.log_figure(plot(origins, f"Offence accuracy by origin, {split}"), f"plots/origins_{split}.png")


def _register(bundle: Path, name: str) -> str:
    signature = ModelSignature(
        inputs=Schema([ColSpec("string", "narrative")]),
        outputs=Schema(
            [
                ColSpec("string", "offence"),
                ColSpec("string", "section"),
                ColSpec("double", "confidence"),
                ColSpec("boolean", "cyber_enabled"),
            ]
        ),
    )
    info = mlflow.pyfunc.log_model(
        name="reader",
        python_model=str(MODEL_CODE),
        artifacts={"bundle": str(bundle)},
        signature=signature,
        input_example=pd.DataFrame({"narrative": [EXAMPLE]}),
        registered_model_name=name,
        pip_requirements=["conduct"],
    )
    return f"models:/{name}/{info.registered_model_version}"

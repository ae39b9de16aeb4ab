"""Fit → calibrate → bundle: the steps that make `models/`."""

import hashlib
import platform
from collections.abc import Callable, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
from conduct_nlp.bundle import Bundle, save
from conduct_nlp.cues import cue_labels
from conduct_nlp.heads import heads
from conduct_nlp.linear import LinearModel
from conduct_nlp.reader import Reader, segmented
from conduct_rules import RuleSettings

from conduct_training.calibrate import calibrate
from conduct_training.corpus import Narrative, narratives
from conduct_training.fit import FitSettings, fit
from conduct_training.judge import compared
from conduct_training.prepare import prepare
from conduct_training.simulate import SimulationSettings, Simulator
from conduct_training.thresholds import promises

ORDINARY = 0.25
"""Weight of an ordinary crime in calibration: outside the screened family, it is read only as an incident."""
LIBRARIES = ("scikit-learn", "scipy", "numpy", "spacy", "safetensors")


def logits_of(model: LinearModel, texts: Sequence[Narrative]) -> Any:
    """(n, heads) logits."""
    rows = [segmented(n.text) for n in texts]
    return np.stack([s.text for at in range(0, len(rows), 64) for s in model.scores(rows[at : at + 64])])


def make(
    train: Sequence[Narrative], held: Sequence[Narrative], settings: FitSettings, say: Callable[[str], None]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Tensors and settings of a new reader, fitted on `train` and calibrated on `held`."""
    say(f"{len(train)} narratives to fit on, {len(held)} to calibrate on")
    fitted = fit(train, settings, say)
    body: dict[str, Any] = {
        "name": "conduct-linear",
        "hashing": {
            "words": settings.hashing.words,
            "characters": settings.hashing.characters,
            "clause": settings.hashing.clause,
        },
        "cue_labels": cue_labels(),
        "heads": [head.name for head in heads()],
    }
    model = LinearModel(Bundle(fitted.tensors, body, "unreleased"))
    targets = prepare(held, settings.hashing).targets
    weights = np.array([ORDINARY if n.crime_type else 1.0 for n in held])
    body |= calibrate(logits_of(model, held), targets, weights, fitted.crossfit, fitted.targets)
    return fitted.tensors, body


def sources(corpus: Path) -> str:
    """SOURCES.toml: every library and every corpus file behind the model, with version or hash, and licence."""
    lines = ["# What the released model was made from.", f'python = "{platform.python_version()}"', "", "[libraries]"]
    lines += [f'"{name}" = "{version(name)}"' for name in LIBRARIES]
    lines += [
        "",
        "# Corpus: written for Conduct, MIT; SHA-256 of each origin. Splits: training/corpus/splits.toml.",
        "[corpus]",
    ]
    for path in sorted((corpus / "narratives").glob("*.jsonl")):
        lines.append(f'{path.stem} = "{hashlib.sha256(path.read_bytes()).hexdigest()}"')
    return "\n".join(lines) + "\n"


def write(folder: Path, tensors: dict[str, Any], body: dict[str, Any], corpus: Path) -> str:
    """Writes the bundle and its sources; returns the version."""
    name = save(folder, tensors, body)
    (folder / "SOURCES.toml").write_text(sources(corpus), "utf-8")
    return name


def with_promises(tensors: dict[str, Any], body: dict[str, Any], corpus: Path, seed: int = 7) -> dict[str, Any]:
    """The settings with thresholds and promises for each kind, from simulated exports of the calibration origins."""
    reader = Reader(Bundle(tensors, body, "unreleased"))
    texts = list(narratives(corpus, ["calibration"]))
    said: list[dict[str, Any]] = []
    for number, rate in enumerate((0.43, 0.20)):
        simulated = list(Simulator(texts, SimulationSettings(2500, rate, seed=seed + number)))
        said += compared(simulated, reader, RuleSettings())[0]
    return body | promises(said)


def release(folder: Path, corpus: Path, settings: FitSettings, say: Callable[[str], None]) -> str:
    """All steps; returns the version of the bundle written to `folder`."""
    train = list(narratives(corpus, ["train"]))[:: settings.every]
    tensors, body = make(train, list(narratives(corpus, ["calibration"])), settings, say)
    say("thresholds and promises")
    return write(folder, tensors, with_promises(tensors, body, corpus), corpus)

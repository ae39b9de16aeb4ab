"""`conduct evaluate`: every figure of a reader, printed; a use of the sealed test split is logged."""

import subprocess
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from conduct_nlp import Reader
from conduct_serve.force import rule_settings
from conduct_serve.model import model_folder, open_reader
from conduct_serve.problems import UnusableInput

from conduct_training import judge
from conduct_training.corpus import SPLITS, narratives
from conduct_training.simulate import SimulationSettings, Simulator

RATES = (0.43, 0.20, 0.10, 0.05)
SIMULATED_ROWS = 2000
TEST_LOG = Path("docs/test-log.md")


def evaluate(
    model: Path | None, split: str, real: Path | None, whole: Path | None, corpus: Path, seed: int
) -> dict[str, dict[str, Any]]:
    """Section → figure → value. Raises `UnusableInput` for an unknown split."""
    if split not in SPLITS:
        raise UnusableInput(f"--split {split}: choose from {', '.join(SPLITS)}")
    reader = open_reader(model or model_folder(None))
    figures = figures_of(reader, split, corpus, seed)
    if real is not None:
        figures["decided cases"] = judge.real_cases(real, reader)
    if whole is not None:
        settings = rule_settings(reader.settings, None)
        figures["whole records"] = judge.whole_records(whole, reader, settings, date.today())
    if split == "test":
        log_test_use(reader.version, figures)
    return figures


def figures_of(
    reader: Reader, split: str, corpus: Path, seed: int, rows: int = SIMULATED_ROWS
) -> dict[str, dict[str, Any]]:
    """All figures on one split."""
    texts = list(narratives(corpus, [split]))  # type: ignore[list-item]
    readings = list(reader.read([n.text for n in texts]))
    ordinary = [i for i, n in enumerate(texts) if n.crime_type is None and n.group is None]
    figures: dict[str, dict[str, Any]] = {
        f"{split}: family narratives": judge.offence_scores(
            [texts[i] for i in ordinary], [readings[i] for i in ordinary]
        ),
        f"{split}: all narratives": judge.offence_scores(texts, readings),
        f"{split}: groups": judge.group_scores(texts, readings),
        f"{split}: labels": judge.label_f1(texts, readings)
        | {"evidence_hit_rate": judge.evidence_hit_rate(texts, readings)},
    }
    by_origin = {n.origin for n in texts}
    figures[f"{split}: offence accuracy by origin"] = {
        origin: judge.offence_scores(*_pick(texts, readings, origin))["offence_accuracy"]
        for origin in sorted(by_origin)
    }
    settings = rule_settings(reader.settings, None)
    for rate in RATES:
        simulated = list(Simulator(texts, SimulationSettings(rows, rate, seed=seed)))
        tallies = judge.suggestion_tallies(*judge.compared(simulated, reader, settings))
        name = f"{split}: suggestions at {rate:.0%} wrong"
        figures[name] = {}
        for kind, t in tallies.items():
            figures[name] |= {f"{kind} precision": t.precision, f"{kind} recall": t.recall, f"{kind} due": t.due}
    return figures


def _pick(texts: Any, readings: Any, origin: str) -> tuple[list[Any], list[Any]]:
    at = [i for i, n in enumerate(texts) if n.origin == origin]
    return [texts[i] for i in at], [readings[i] for i in at]


def printed(figures: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    for section, values in figures.items():
        yield f"\n{section}"
        for name, value in values.items():
            yield f"  {name:<42} {value:.3f}" if isinstance(value, float) else f"  {name:<42} {value}"


def log_test_use(version: str, figures: Mapping[str, Mapping[str, Any]]) -> None:
    """Appends date, commit and figures to the test log: at most one use a release."""
    head = subprocess.run(["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=False)  # noqa: S607
    commit = head.stdout.strip()
    text = TEST_LOG.read_text("utf-8") if TEST_LOG.exists() else "# Uses of the sealed test split\n"
    if f"`{version}`" in text:
        raise UnusableInput(f"{TEST_LOG}: the test split was already used for {version}; at most once a release")
    body = "\n".join(printed(figures))
    TEST_LOG.write_text(
        f"{text}\n## {datetime.now(UTC):%Y-%m-%d}, `{version}`, commit {commit}\n\n```{body}\n```\n", "utf-8"
    )

"""What the corpus is worth: a reader fitted on some training origins, judged on origins it has not seen.

Points are nested: the first n origins of `training/corpus/curve.toml`. About one case in ten of those origins is held
back, so that the score on known authors stands beside the score on unknown ones. Figures go to
`docs/curve/results.jsonl` and, as runs, to MLflow; never a text.
"""

import hashlib
import subprocess
import tomllib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from conduct_serve.problems import UnusableInput

from conduct_training import curve_results
from conduct_training.augment import augmented
from conduct_training.corpus import Narrative, narratives
from conduct_training.dataset import version
from conduct_training.floors import points
from conduct_training.said import Reads, by_origin, by_point, confusions, decided_cases, read_by, said_of, scores

STATE = Path(".curve")
HELD_BACK = 10
"""One unit (text, or whole group) in this many is held back from the training origins, by the hash of its name."""
FEWEST = 4
"""The linear reader's second layer is fitted across origins: fewer than its folds tell nothing."""


@dataclass(frozen=True, slots=True)
class Point:
    """One fit: reader ("linear" or "mpnet"), how many origins (0: all), those left out, augmentation, bfloat16."""

    reader: str
    count: int = 0
    without: str = ""
    augmented: bool = False
    half: bool = False

    @property
    def variant(self) -> str:
        """What differs from a plain fit; empty for a plain one."""
        parts = [f"without {self.without}" if self.without else "", "augmented" if self.augmented else ""]
        return ", ".join(p for p in parts if p)


def origins_of(corpus: Path, count: int) -> list[str]:
    """The first `count` training origins in the order of the curve; nought means all. Raises `UnusableInput` for a
    number too small or too large."""
    order: list[str] = tomllib.loads((corpus / "curve.toml").read_text("utf-8"))["order"]
    if count and not FEWEST <= count <= len(order):
        raise UnusableInput(f"--origins {count}: choose from {FEWEST} to {len(order)} (curve.toml), or 0 for all")
    return order[: count or None]


def held_back(narrative: Narrative) -> bool:
    """Whether the unit is kept from fitting."""
    return hashlib.sha256(narrative.unit.encode()).digest()[0] % HELD_BACK == 0


def fitting_texts(corpus: Path, asked: Point) -> tuple[list[Narrative], list[Narrative]]:
    """(fitted on, held back) of the point's origins; the score on held-back cases is of those fitted on only.

    Augmentation adds each text once more in another dress. Raises `UnusableInput` where nothing is left out.
    """
    origins = origins_of(corpus, asked.count)
    left_out = [o for o in origins if asked.without and o.startswith(asked.without)]
    if asked.without and not left_out:
        raise UnusableInput(f"--without {asked.without}: no origin of this point begins so")
    chosen = [n for n in narratives(corpus, ["train"]) if n.origin in set(origins) - set(left_out)]
    fit_on = [n for n in chosen if not held_back(n)]
    if asked.augmented:
        fit_on += [changed for n in fit_on if (changed := augmented(n)).text != n.text]
    return fit_on, [n for n in chosen if held_back(n)]


def judged(reads: Reads, corpus: Path, held: Sequence[Narrative]) -> dict[str, dict[str, float]]:
    """Figures on held-back cases of known origins, on origins of `dev`, and on decided cases; where the errors lie."""
    dev = list(narratives(corpus, ["dev"]))
    dev_said = reads([n.text for n in dev])
    return {
        "known origins": scores(held, reads([n.text for n in held])),
        "unknown origins": scores(dev, dev_said),
        "decided cases": decided_cases(corpus / "real_cases_dev.jsonl", reads),
        "offence accuracy by origin": by_origin(dev, dev_said),
        "contrast groups by point": by_point(dev, dev_said, points(corpus)),
        "confusions on unknown origins": dict(confusions(dev, dev_said)),
    }


def _commit() -> str:
    told = subprocess.run(["git", "describe", "--always", "--dirty"], capture_output=True, text=True, check=False)  # noqa: S607
    return told.stdout.strip()


def run(
    corpus: Path, asked: Point, say: Callable[[str], None], results: Path = curve_results.RESULTS
) -> dict[str, Any]:
    """Fits and judges one point; adds its line to the results and to MLflow.

    Raises `UnusableInput` before anything is fitted where the corpus has no version or the point is none.
    """
    import mlflow

    from conduct_training.track import flat, store

    row: dict[str, Any] = {"reader": asked.reader, "variant": asked.variant, "half": asked.half}
    row |= {"corpus": version(corpus), "commit": _commit()}
    fit_on, held = fitting_texts(corpus, asked)
    origins = sorted({n.origin for n in fit_on})
    row |= {"origins": len(origins), "narratives": len(fit_on), "held_back": len(held)}
    say(f"{asked.reader}: {len(fit_on)} narratives of {len(origins)} origins, {len(held)} held back")
    if asked.reader == "linear":
        reads = _linear(fit_on, corpus, say)
    else:
        name = "-".join([asked.reader, str(len(origins)), *asked.variant.replace(",", "").split()])
        reads = _mpnet(fit_on, STATE / name, asked.half, say)
    row["figures"] = judged(reads, corpus, held)
    curve_results.add(row, results)
    mlflow.set_tracking_uri(store())
    mlflow.set_experiment("conduct-curve")
    with mlflow.start_run(run_name=f"{asked.reader}-{len(origins)} {asked.variant}".strip()):
        mlflow.log_params({key: value for key, value in row.items() if key != "figures"})
        mlflow.log_metrics(flat(row["figures"]))
    return row


def _linear(fit_on: Sequence[Narrative], corpus: Path, say: Callable[[str], None]) -> Reads:
    from conduct_nlp.bundle import Bundle
    from conduct_nlp.reader import Reader

    from conduct_training.fit import FitSettings
    from conduct_training.release import make

    reader = Reader(Bundle(*make(fit_on, list(narratives(corpus, ["calibration"])), FitSettings(), say), "unreleased"))

    return lambda texts: [said_of(r) for r in reader.read(texts)]


def _mpnet(fit_on: Sequence[Narrative], state: Path, half: bool, say: Callable[[str], None]) -> Reads:
    from conduct_training.finetune import TuneSettings, finetune, predict
    from conduct_training.weights import mpnet

    settings = TuneSettings(half=half)
    model, tokenizer = finetune(fit_on, mpnet(), state, settings, say)
    return read_by(lambda texts: predict(model, tokenizer, texts, settings.tokens))

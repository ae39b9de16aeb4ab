"""What the corpus is worth: a reader fitted on some training origins, judged on origins it has not seen.

Points are nested: the first n origins of `training/corpus/curve.toml`. One case in ten of those origins is
held back, so that the score on known authors stands beside the score on unknown ones. Figures go to
`docs/curve/results.jsonl` and, as runs, to MLflow; never a text.
"""

import hashlib
import json
import subprocess
import tomllib
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from conduct_nlp.heads import heads
from conduct_nlp.vocabulary import NOTHING
from conduct_serve.problems import UnusableInput
from sklearn.metrics import f1_score

from conduct_training.augment import augmented
from conduct_training.corpus import Narrative, narratives
from conduct_training.floors import points

RESULTS = Path("docs/curve/results.jsonl")
STATE = Path(".curve")
HELD_BACK = 10
"""One unit (text, or whole group) in this many is held back from the training origins."""


@dataclass(frozen=True, slots=True)
class Said:
    """What a reader says of one text: the three answers that the corpus is judged by."""

    offence: str
    section: str | None
    cyber: bool


Reads = Callable[[Sequence[str]], list[Said]]


def origins_of(corpus: Path, count: int) -> list[str]:
    """The first `count` training origins in the order of the curve; nought means all."""
    order: list[str] = tomllib.loads((corpus / "curve.toml").read_text("utf-8"))["order"]
    return order[: count or None]


def held_back(narrative: Narrative) -> bool:
    """Whether the unit is kept from fitting, by the hash of its name."""
    return hashlib.sha256(narrative.unit.encode()).digest()[0] % HELD_BACK == 0


def fitting_texts(
    corpus: Path, origins: Sequence[str], without: str = "", dressed: bool = False
) -> tuple[list[Narrative], list[Narrative]]:
    """(fitted on, held back) of the given training origins; `without` leaves out those whose name begins so (the score
    on known origins stays that of all); `dressed` adds each text once more in another dress (augment.py)."""
    chosen = [n for n in narratives(corpus, ["train"]) if n.origin in set(origins)]
    fit_on = [n for n in chosen if not held_back(n) and not (without and n.origin.startswith(without))]
    if dressed:
        fit_on += [augmented(n) for n in fit_on]
    return fit_on, [n for n in chosen if held_back(n)]


def read_by(predict: Callable[[Sequence[str]], Any]) -> Reads:
    """From a function giving (n, heads) logits: the likeliest offence, the likelier section under it, the flag."""
    columns = {head.name: i for i, head in enumerate(heads())}
    offences = [name for name in columns if name.startswith("offence=")]
    under = {"stalking": ("2A", "4A"), "harassment": ("2", "4")}

    def reads(texts: Sequence[str]) -> list[Said]:
        found = []
        for row in predict(texts):
            offence = max(offences, key=lambda name: row[columns[name]]).removeprefix("offence=")
            section = max(under.get(offence, (NOTHING,)), key=lambda name: row[columns[f"section={name}"]])
            found.append(Said(offence, None if section == NOTHING else section, row[columns["cyber_enabled"]] > 0))
        return found

    return reads


def scores(texts: Sequence[Narrative], said: Sequence[Said]) -> dict[str, float]:
    """Offence macro-F1, section accuracy where the offence is right and cyber F1 on single texts; groups all right."""
    single = [(n, s) for n, s in zip(texts, said, strict=True) if n.group is None]
    groups: dict[str, list[tuple[Narrative, Said]]] = defaultdict(list)
    for n, s in zip(texts, said, strict=True):
        if n.group:
            groups[n.group].append((n, s))
    out: dict[str, float] = {}
    if single:
        gold = [n.labels["offence"] for n, _ in single]
        ours = [s.offence for _, s in single]
        sectioned = [
            n.labels["section"] == s.section for n, s in single if n.labels["offence"] == s.offence and s.section
        ]
        out |= {
            "n": len(single),
            "offence_macro_f1": float(f1_score(gold, ours, average="macro", labels=sorted(set(gold)))),
            "section_accuracy": float(np.mean(sectioned)),
            "cyber_f1": float(f1_score([n.labels["cyber_enabled"] for n, _ in single], [s.cyber for _, s in single])),
        }
    flips = [g for g in groups.values() if g[0][0].kind == "flip"]
    alike = [g for g in groups.values() if g[0][0].kind != "flip"]
    if flips:
        out["contrast_groups"] = len(flips)
        out["contrast_offence"] = _share([all(n.labels["offence"] == s.offence for n, s in g) for g in flips])
        out["contrast_all"] = _share([all(_right(n, s) for n, s in g) for g in flips])
    if alike:
        out["invariance_groups"] = len(alike)
        out["invariance_offence"] = _share([len({s.offence for _, s in g}) == 1 for g in alike])
    return out


def _right(n: Narrative, said: Said) -> bool:
    return said == Said(n.labels["offence"], n.labels["section"], n.labels["cyber_enabled"])


def _share(hits: Sequence[bool]) -> float:
    return float(np.mean(hits))


def by_point(texts: Sequence[Narrative], said: Sequence[Said], tags: Mapping[str, Sequence[str]]) -> dict[str, float]:
    """Share of contrast groups with the offence right in every member, by what their edits turn."""
    right: dict[str, bool] = {}
    for n, s in zip(texts, said, strict=True):
        if n.group and n.kind == "flip":
            right[n.group] = right.get(n.group, True) and s.offence == n.labels["offence"]
    points: dict[str, list[bool]] = defaultdict(list)
    for group, ok in right.items():
        points[tags[group][0]].append(ok)
    return {f"{name} ({len(hits)})": _share(hits) for name, hits in sorted(points.items())}


def confusions(texts: Sequence[Narrative], said: Sequence[Said], most: int = 8) -> dict[str, int]:
    """The commonest wrong offences: "given → said", how often."""
    wrong = Counter(
        f"{n.labels['offence']} → {s.offence}"
        for n, s in zip(texts, said, strict=True)
        if n.labels["offence"] != s.offence
    )
    return dict(wrong.most_common(most))


def judged(reads: Reads, corpus: Path, held: Sequence[Narrative]) -> dict[str, dict[str, float]]:
    """Figures on held-back cases of known origins, on origins of `dev`, and on decided cases; where the errors lie."""
    dev = list(narratives(corpus, ["dev"]))
    dev_said = reads([n.text for n in dev])
    rows = [json.loads(line) for line in (corpus / "real_cases_dev.jsonl").read_text("utf-8").splitlines()]
    said = reads([row["narrative"] for row in rows])
    flags = [
        row["cyber_enabled"] == s.cyber for row, s in zip(rows, said, strict=True) if row["cyber_enabled"] is not None
    ]
    return {
        "known origins": scores(held, reads([n.text for n in held])),
        "unknown origins": scores(dev, dev_said),
        "offence accuracy by origin": {
            origin: _share(
                [n.labels["offence"] == s.offence for n, s in zip(dev, dev_said, strict=True) if n.origin == origin]
            )
            for origin in sorted({n.origin for n in dev})
        },
        "contrast groups by point": by_point(dev, dev_said, points(corpus)),
        "confusions on unknown origins": dict(confusions(dev, dev_said)),
        "decided cases": {
            "n": len(rows),
            "offence_agreement": _share([s.offence in row["should_be"] for row, s in zip(rows, said, strict=True)]),
            "cyber_agreement": _share(flags),
        },
    }


@dataclass(frozen=True, slots=True)
class Point:
    """One fit: reader ("linear" or "mpnet"), how many origins (0: all), those left out, augmentation, bfloat16."""

    reader: str
    count: int = 0
    without: str = ""
    dressed: bool = False
    half: bool = False

    @property
    def variant(self) -> str:
        """What differs from a plain fit; empty for a plain one."""
        parts = [f"without {self.without}" if self.without else "", "augmented" if self.dressed else ""]
        return ", ".join(p for p in parts if p)


def run(corpus: Path, asked: Point, say: Callable[[str], None]) -> dict[str, Any]:
    """Fits and judges one point; adds its line to the results and to MLflow."""
    reader, origins = asked.reader, origins_of(corpus, asked.count)
    fit_on, held = fitting_texts(corpus, origins, asked.without, asked.dressed)
    say(f"{reader}: {len(fit_on)} narratives of {len(origins)} origins, {len(held)} held back")
    state = STATE / "-".join([reader, str(len(origins)), *asked.variant.replace(",", "").split()])
    reads = _linear(fit_on, corpus, say) if reader == "linear" else _mpnet(fit_on, state, asked.half, say)
    head = subprocess.run(["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=False)  # noqa: S607
    row = {
        "reader": reader,
        "origins": len(origins),
        "variant": asked.variant,
        "narratives": len(fit_on),
        "commit": head.stdout.strip(),
        "last_origin": origins[-1],
        "figures": judged(reads, corpus, held),
    }
    RESULTS.parent.mkdir(parents=True, exist_ok=True)
    with RESULTS.open("a", encoding="utf-8") as out:
        out.write(json.dumps(row) + "\n")
    _tracked(row)
    return row


def _linear(fit_on: Sequence[Narrative], corpus: Path, say: Callable[[str], None]) -> Reads:
    from conduct_nlp.bundle import Bundle
    from conduct_nlp.reader import Reader
    from conduct_rules.verdict import verdict

    from conduct_training.fit import FitSettings
    from conduct_training.release import make

    reader = Reader(Bundle(*make(fit_on, list(narratives(corpus, ["calibration"])), FitSettings(), say), "unreleased"))

    def reads(texts: Sequence[str]) -> list[Said]:
        readings = list(reader.read(texts))
        verdicts = [verdict(r) for r in readings]
        return [
            Said(str(v.offence), v.section and str(v.section), r.has("cyber_enabled"))
            for v, r in zip(verdicts, readings, strict=True)
        ]

    return reads


def _mpnet(fit_on: Sequence[Narrative], state: Path, half: bool, say: Callable[[str], None]) -> Reads:
    from conduct_training.finetune import TuneSettings, finetune, predict
    from conduct_training.weights import mpnet

    settings = TuneSettings(half=half)
    model, tokenizer = finetune(fit_on, mpnet(), state, settings, say)
    return read_by(lambda texts: predict(model, tokenizer, texts, settings.tokens))


def _tracked(row: dict[str, Any]) -> None:
    import mlflow

    from conduct_training.track import flat, store

    mlflow.set_tracking_uri(store())
    mlflow.set_experiment("conduct-curve")
    with mlflow.start_run(run_name=f"{row['reader']}-{row['origins']} {row['variant']}".strip()):
        mlflow.log_params({k: row[k] for k in ("reader", "origins", "variant", "narratives", "last_origin", "commit")})
        mlflow.log_metrics(flat(row["figures"]))


COLUMNS = (
    ("offence F1", "unknown origins", "offence_macro_f1"),
    ("same authors", "known origins", "offence_macro_f1"),
    ("section", "unknown origins", "section_accuracy"),
    ("cyber F1", "unknown origins", "cyber_f1"),
    ("contrast", "unknown origins", "contrast_offence"),
    ("contrast all", "unknown origins", "contrast_all"),
    ("invariance", "unknown origins", "invariance_offence"),
    ("decided", "decided cases", "offence_agreement"),
    ("cyber, decided", "decided cases", "cyber_agreement"),
)


def latest(path: Path = RESULTS) -> list[dict[str, Any]]:
    """The last result of every point, in order of reader and size."""
    found: dict[tuple[str, int, str], dict[str, Any]] = {}
    for line in path.read_text("utf-8").splitlines():
        row = json.loads(line)
        found[row["reader"], row["origins"], row["variant"]] = row
    return [found[key] for key in sorted(found)]


def results(path: Path = RESULTS) -> Iterator[str]:
    """A table of the latest results; raises `UnusableInput` where there are none."""
    if not path.exists():
        raise UnusableInput(f"{path} is missing: fit a point first, `conduct curve linear --origins 13`")
    yield f"{'reader':<8}{'origins':>8}{'texts':>7}  {'variant':<24}" + "".join(f"{name:>15}" for name, _, _ in COLUMNS)
    for row in latest(path):
        cells = [row["figures"].get(part, {}).get(name, float("nan")) for _, part, name in COLUMNS]
        start = f"{row['reader']:<8}{row['origins']:>8}{row['narratives']:>7}  {row['variant']:<24}"
        yield start + "".join(f"{v:>15.3f}" for v in cells)
    if rows := latest(path):
        largest = max(rows, key=lambda row: (row["reader"] == "mpnet", row["origins"], not row["variant"]))
        for part in ("offence accuracy by origin", "contrast groups by point", "confusions on unknown origins"):
            yield f"\n{largest['reader']}, {largest['origins']} origins: {part}"
            yield from (f"  {name:<44} {value:.2f}" for name, value in largest["figures"].get(part, {}).items())

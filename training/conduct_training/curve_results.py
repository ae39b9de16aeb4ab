"""The results of the learning curve: one line a point in docs/curve/results.jsonl, and the table printed from it."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from conduct_serve.problems import UnusableInput

from conduct_training.resample import share_error

RESULTS = Path("docs/curve/results.jsonl")
SHARES = {
    "contrast_offence": "contrast_groups",
    "contrast_offence_section_cyber": "contrast_groups",
    "invariance_offence": "invariance_groups",
    "real_offence_agreement": "real_cases",
}
"""Figures that are shares of independent cases, and where their number stands."""
COLUMNS = (
    ("offence F1", "unknown origins", "offence_macro_f1"),
    ("same authors", "known origins", "offence_macro_f1"),
    ("section", "unknown origins", "section_accuracy"),
    ("cyber F1", "unknown origins", "cyber_f1"),
    ("contrast", "unknown origins", "contrast_offence"),
    ("contrast all", "unknown origins", "contrast_offence_section_cyber"),
    ("invariance", "unknown origins", "invariance_offence"),
    ("decided", "decided cases", "real_offence_agreement"),
    ("cyber, decided", "decided cases", "real_cyber_agreement"),
)
DETAILS = ("offence accuracy by origin", "contrast groups by point", "confusions on unknown origins")


def add(row: Mapping[str, Any], path: Path = RESULTS) -> None:
    """Appends the line of one point; raises `ValueError` for a figure that is no number."""
    line = json.dumps(row, allow_nan=False)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a", encoding="utf-8") as out:
        out.write(line + "\n")


def latest(path: Path = RESULTS) -> list[dict[str, Any]]:
    """The last result of every point, in order of reader and size; raises `UnusableInput` where there is none."""
    if not path.exists():
        raise UnusableInput(f"{path} is missing: fit a point first, `conduct curve linear --origins 13`")
    found: dict[tuple[str, int, str], dict[str, Any]] = {}
    for line in path.read_text("utf-8").splitlines():
        row = json.loads(line)
        found[row["reader"], row["origins"], row["variant"]] = row
    return [found[key] for key in sorted(found)]


def results(path: Path = RESULTS) -> Iterator[str]:
    """A table of the latest results, and where the errors of the largest point lie."""
    rows = latest(path)
    yield f"{'reader':<8}{'origins':>8}{'texts':>7}  {'corpus':<8}{'variant':<20}" + "".join(
        f"{name:>15}" for name, _, _ in COLUMNS
    )
    for row in rows:
        size = f"{row['origins']:>8}{row['narratives']:>7}"
        start = f"{row['reader']:<8}{size}  {row['corpus']:<8}{row['variant'] or '-':<20}"
        yield start + "".join(f"{_with_error(row['figures'].get(part, {}), name):>15}" for _, part, name in COLUMNS)
    yield "± standard error: for shares of groups and cases binomial, for F1 by drawing origins"
    largest = max(rows, key=lambda row: (row["reader"] == "mpnet", not row["variant"], row["origins"]))
    for part in DETAILS:
        yield f"\n{largest['reader']}, {largest['origins']} origins: {part}"
        yield from (f"  {name:<44} {_cell(value)}" for name, value in largest["figures"][part].items())


def _with_error(figures: Mapping[str, Any], name: str) -> str:
    """The figure and its standard error, where that is known."""
    error = figures.get(f"{name}_error")
    if SHARES.get(name) in figures:
        error = share_error(figures[name], figures[SHARES[name]])
    return _cell(figures.get(name)) + (f" ±{error:.3f}".replace("0.", ".") if error is not None else "")


def _cell(value: float | None) -> str:
    if value is None:
        return "-"
    return f"{value:.3f}" if isinstance(value, float) else str(value)

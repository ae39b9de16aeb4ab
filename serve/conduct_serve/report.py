"""`report.html`: the run at a glance, one file that opens offline; no narrative text."""

import csv
import json
from collections import Counter
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
from conduct_rules.wording import value_name
from jinja2 import Environment, PackageLoader, select_autoescape

from conduct_serve import plots

TOP = 20
KIND_NAMES = {
    "reclassify": "Reclassify",
    "record_additionally": "Record additionally",
    "record_crime": "Record as a crime",
    "change_section": "Change section",
    "add_cyber_flag": "Add cyber flag",
    "review_cyber_flag": "Review cyber flag",
    "add_da_flag": "Add domestic abuse flag",
    "review_aggravation": "Review aggravation",
    "review_communication_offence": "Review communications offence",
    "review_coercive_control": "Review coercive control",
    "review_outcome": "Review outcome",
    "linked_pattern": "Linked pattern",
}


def write_report(folder: Path) -> None:
    """Writes `report.html` from the other files of the run folder."""
    environment = Environment(loader=PackageLoader("conduct_serve"), autoescape=select_autoescape())
    page = environment.get_template("report.html").render(**_facts(folder))
    path = folder / "report.html"
    path.touch(mode=0o600)
    path.write_text(page, "utf-8")


def _facts(folder: Path) -> dict[str, Any]:
    manifest = json.loads((folder / "run.json").read_text("utf-8"))
    flows: Counter[tuple[str, str]] = Counter()
    kinds: Counter[tuple[str, str]] = Counter()
    confidence: list[float] = []
    top: list[dict[str, Any]] = []
    wanted = [
        "suggestion_id",
        "crime_ref",
        "kind",
        "recorded",
        "suggested",
        "standing",
        "promise",
        "confidence",
        "priority",
        "rule",
    ]
    for batch in pq.ParquetFile(folder / "suggestions.parquet").iter_batches(columns=wanted):
        for row in batch.to_pylist():
            kinds[row["kind"], row["standing"]] += 1
            confidence.append(row["confidence"])
            if row["kind"] in ("reclassify", "record_additionally", "record_crime", "change_section"):
                flows[_named(row, "recorded"), _named(row, "suggested")] += 1
            if len(top) < TOP:
                top.append(
                    row
                    | {
                        "kind_name": KIND_NAMES[row["kind"]],
                        "from": _named(row, "recorded"),
                        "to": _named(row, "suggested"),
                    }
                )
    quarantine = _quarantine(folder)
    cyber = _cyber(folder, manifest)
    kind_rows = [
        (KIND_NAMES[k], kinds[k, "suggest"], kinds[k, "ask"])
        for k in KIND_NAMES
        if kinds[k, "suggest"] or kinds[k, "ask"]
    ]
    return {
        "run": manifest,
        "top": top,
        "flows": flows.most_common(),
        "kinds": kind_rows,
        "quarantine": quarantine.most_common(),
        "cyber": cyber,
        "bins": plots.binned(confidence),
        "plot_flows": plots.flows(flows),
        "plot_confidence": plots.confidence(confidence),
        "plot_cyber": plots.bars([(n, c) for n, c in cyber], "records"),
        "plot_quarantine": plots.bars(quarantine.most_common(8), "rows"),
        "name": folder.parent.name,
    }


def _named(row: dict[str, Any], column: str) -> str:
    return f"section {row[column]}" if row["kind"] == "change_section" else value_name(row[column])


def _quarantine(folder: Path) -> Counter[str]:
    with (folder / "quarantine.csv").open(encoding="utf-8", newline="") as stream:
        return Counter(row["reason"] for row in csv.DictReader(stream))


def _cyber(folder: Path, manifest: dict[str, Any]) -> list[tuple[str, int]]:
    """How the flag stands against the reading, over records in scope."""
    read = 0
    for batch in pq.ParquetFile(folder / "scores.parquet").iter_batches(columns=["cyber_enabled", "offence"]):
        read += sum(bool(r["cyber_enabled"]) and r["offence"] != "other" for r in batch.to_pylist())
    kinds = manifest["kinds"]
    return [
        ("offence shown with online means", read),
        ("flag suggested, not set", kinds.get("add_cyber_flag", 0)),
        ("flag set, no means shown", kinds.get("review_cyber_flag", 0)),
    ]

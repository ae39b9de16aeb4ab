"""The commands that use a model."""

import json
import sys
from datetime import date, datetime
from pathlib import Path
from typing import Annotated

import pyarrow.parquet as pq
import typer
from conduct_rules import rulebook

from conduct_serve.batch import RunSettings, score_export
from conduct_serve.columns import read_columns
from conduct_serve.log import Log
from conduct_serve.model import model_folder
from conduct_serve.problems import UnusableInput
from conduct_serve.schema import TABLES, json_schema


def score(
    export: Annotated[
        Path, typer.Argument(help="The crime export: CSV, Parquet or JSON Lines, .gz or .zst of the text forms.")
    ],
    out: Annotated[Path, typer.Option("--out", help="Folder that holds the run folders.")],
    model: Annotated[
        str | None, typer.Option(help="Bundle folder, or models:/NAME@ALIAS; default: the released reader.")
    ] = None,
    columns: Annotated[
        Path | None, typer.Option(help="TOML map from the contract's columns to this force's headings.")
    ] = None,
    settings: Annotated[Path | None, typer.Option(help="TOML with this force's flags (docs/operations.md).")] = None,
    as_of: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Stands in for a missing recorded date.")
    ] = None,
    all_offences: Annotated[bool, typer.Option(help="Read records outside the family too.")] = False,
    max_quarantine: Annotated[
        float, typer.Option(min=0, max=100, help="Percent of rows that may be quarantined.")
    ] = 5.0,
    nightly_limit: Annotated[int | None, typer.Option(min=1, help="Mark the first N suggestions `tonight`.")] = None,
    processes: Annotated[int | None, typer.Option(min=1, help="Worker processes; default: one a core.")] = None,
) -> None:
    """Score a crime export and write a run folder with a report."""
    run = RunSettings(
        model=model_folder(model),
        columns=read_columns(columns) if columns else None,
        force=settings,
        as_of=as_of.date() if as_of else None,
        all_offences=all_offences,
        max_quarantine=max_quarantine,
        nightly_limit=nightly_limit,
        **({"processes": processes} if processes else {}),
    )
    log = Log()
    outcome = score_export(export, out, run, log)
    manifest = outcome.manifest
    if outcome.unchanged:
        typer.echo(
            f"Nothing to do: this export was scored before with the same model, rules and settings.\n{outcome.folder}"
        )
        if manifest["undated"] and manifest["as_of"] != date.today().isoformat():
            typer.echo(
                f"{manifest['undated']} undated records were read as of {manifest['as_of']};"
                " --as-of reads them as of another day."
            )
    else:
        log.event(
            "scored",
            rows=manifest["rows"],
            quarantined=manifest["quarantined"],
            suggestions=manifest["suggestions"],
            seconds=manifest["seconds"],
        )
        typer.echo(outcome.folder)
    if outcome.exit_code:
        typer.echo(
            f"{manifest['quarantined']} of {manifest['rows']} rows ({manifest['quarantined_percent']} %)"
            " are in quarantine.csv,"
            f" over the {manifest['settings']['max_quarantine']} % allowed: see the reasons there",
            err=True,
        )
    raise typer.Exit(outcome.exit_code)


def schema(
    table: Annotated[str | None, typer.Argument(help=f"One of {', '.join(TABLES)}; default: all.")] = None,
) -> None:
    """Print the JSON schema of each output."""
    if table is not None and table not in TABLES:
        raise UnusableInput(f"{table}: no such output; there are {', '.join(TABLES)}")
    chosen = json_schema(table) if table else {name: json_schema(name) for name in TABLES}
    json.dump(chosen, sys.stdout, indent=2)
    sys.stdout.write("\n")


rules = typer.Typer(help="The recording rules by date.", no_args_is_help=True)


@rules.command("list")
def list_versions() -> None:
    """The versions and the first day of each."""
    for version in rulebook().versions:
        typer.echo(f"{version.name}  {version.title}")


@rules.command("diff")
def diff(a: str, b: str) -> None:
    """What changes between two versions, as a change note."""
    import difflib
    from importlib.resources import files

    texts = []
    for name in (a, b):
        path = files("conduct_rules") / "versions" / f"{name}.toml"
        if not path.is_file():
            raise UnusableInput(
                f"{name}: no such rules version; there are {', '.join(v.name for v in rulebook().versions)}"
            )
        texts.append(path.read_text("utf-8").splitlines())
    typer.echo("\n".join(difflib.unified_diff(texts[0], texts[1], a, b, lineterm="", n=1)))


def show(
    runs: Annotated[Path, typer.Argument(help="A run folder, or the folder that holds them (then the newest).")],
    top: Annotated[int, typer.Option(min=1, help="How many suggestions.")] = 3,
) -> None:
    """Say where a run's files are, and print its first suggestions with their reasons."""
    folder = runs if (runs / "run.json").exists() else newest(runs)
    manifest = json.loads((folder / "run.json").read_text("utf-8"))
    typer.echo(f"Run folder  {folder.resolve()}\nReport      {(folder / 'report.html').resolve()}")
    outside = manifest["statuses"].get("out_of_scope", 0)
    typer.echo(
        f"{manifest['rows']} rows: {manifest['scored'] - outside} read, {outside} out of scope,"
        f" {manifest['quarantined']} quarantined; {manifest['suggestions']} suggestions. Worst first:\n"
    )
    batches = pq.ParquetFile(folder / "suggestions.parquet").iter_batches(batch_size=top)
    for row in next((batch.to_pylist() for batch in batches), [])[:top]:
        typer.echo(
            f"{row['crime_ref']}  {row['kind']}: {row['recorded']} -> {row['suggested']}"
            f"  ({row['standing']}, confidence {row['confidence']:.2f}, priority {row['priority']})"
        )
        typer.echo("  " + row["rationale"].replace("\n", "\n  ") + "\n")


def newest(runs: Path) -> Path:
    """The run folder finished last; raises `UnusableInput` where there is none."""
    found = [path.parent for path in runs.glob("*/run.json")] if runs.is_dir() else []
    if not found:
        raise UnusableInput(f"{runs}: holds no finished run; score an export first")
    return max(found, key=lambda folder: (folder / "run.json").stat().st_mtime)

"""The commands that make and judge a model. MLflow is imported only where a run is logged."""

from pathlib import Path
from typing import Annotated

import typer
from conduct_serve.problems import UnusableInput

from conduct_training import corpus as corpus_io
from conduct_training.corpus_command import corpus
from conduct_training.export import export_row, messy, truth_path, write_export, write_truth
from conduct_training.simulate import SimulationSettings, Simulator

CORPUS = Path("training/corpus")
CorpusOption = Annotated[Path, typer.Option("--corpus", help="Folder of narratives and splits.")]


def simulate(
    out: Annotated[
        Path, typer.Argument(help="The export to write: .csv, .jsonl or .parquet; the truth goes beside it.")
    ],
    rows: Annotated[int, typer.Option(min=1)] = 1000,
    error_rate: Annotated[
        float, typer.Option(min=0, max=1, help="Share of the family's crimes recorded wrongly.")
    ] = 0.43,
    outside: Annotated[float, typer.Option(min=0, max=1, help="Share of rows outside the family.")] = 0.25,
    split: Annotated[list[str] | None, typer.Option(help="Splits to draw narratives from; default: dev.")] = None,
    seed: int = 1,
    mess: Annotated[bool, typer.Option(help="Mixed encodings and bad rows, as forces send them (CSV only).")] = False,
    corpus_folder: CorpusOption = CORPUS,
) -> None:
    """Write a simulated nightly export with known recording errors."""
    chosen = split or ["dev"]
    if unknown := set(chosen) - set(corpus_io.SPLITS) | ({"test"} & set(chosen)):
        raise UnusableInput(
            f"--split {', '.join(sorted(unknown))}: choose from train, dev, calibration (test is sealed)"
        )
    texts = list(corpus_io.narratives(corpus_folder, chosen))  # type: ignore[arg-type]
    simulated = list(Simulator(texts, SimulationSettings(rows, error_rate, outside, seed)))
    table = [export_row(one.record) for one in simulated]
    if mess:
        out.write_bytes(b"".join(messy(table, seed)))
    else:
        write_export(out, table)
    write_truth(truth_path(out), simulated)
    wrong = sum(one.error is not None for one in simulated)
    typer.echo(f"{out}: {rows} rows, {wrong} recorded wrongly; truth in {truth_path(out)}")


def fit(
    out: Annotated[Path, typer.Option(help="Bundle folder to write.")] = Path("models/linear"),
    corpus_folder: CorpusOption = CORPUS,
) -> None:
    """Fit, calibrate and write the linear reader."""
    from conduct_training.fit import FitSettings
    from conduct_training.release import release

    typer.echo(release(out, corpus_folder, FitSettings(), lambda step: typer.echo(step, err=True)))


def train(
    smoke: Annotated[str, typer.Option(help="true: a small corpus and narrow hashes, to try the pipeline.")] = "false",
    name: Annotated[str, typer.Option(help="Registered model.")] = "conduct-reader",
    corpus_folder: CorpusOption = CORPUS,
) -> None:
    """Fit, calibrate, evaluate and register the linear reader in MLflow."""
    from conduct_nlp.features import Hashing

    from conduct_training.fit import FitSettings
    from conduct_training.track import train as tracked

    small = smoke.lower() in ("true", "1", "yes")
    settings = FitSettings(folds=2, every=4, hashing=Hashing(2**11, 2**11, 2**11)) if small else FitSettings()
    typer.echo(tracked(corpus_folder, settings, name, small, lambda step: typer.echo(step, err=True)))


def evaluate(
    model: Annotated[Path | None, typer.Option(help="Bundle folder; default: the released reader.")] = None,
    split: Annotated[str, typer.Option(help="dev, calibration, train, or test (sealed: logged).")] = "dev",
    real: Annotated[Path | None, typer.Option(help="Decided cases (JSON Lines) to compare with.")] = None,
    whole: Annotated[Path | None, typer.Option(help="Whole records with what is due on each (JSON Lines).")] = None,
    corpus_folder: CorpusOption = CORPUS,
    seed: int = 1,
) -> None:
    """Print every figure of a reader on origins it was not trained on."""
    from conduct_training.evaluate import evaluate as run
    from conduct_training.evaluate import printed

    for line in printed(run(model, split, real, whole, corpus_folder, seed)):
        typer.echo(line)


def curve(
    reader: Annotated[str, typer.Argument(help="linear, mpnet, or show: print the results so far.")],
    origins: Annotated[int, typer.Option(min=0, help="Training origins to fit on, in the curve's order; 0: all.")] = 0,
    without: Annotated[str, typer.Option(help="Leave out origins whose name begins so: what did they add?")] = "",
    augmented: Annotated[bool, typer.Option(help="Fit on each text in another dress too.")] = False,
    half: Annotated[bool, typer.Option(help="bfloat16 products: faster only where the processor has them.")] = False,
    corpus_folder: CorpusOption = CORPUS,
) -> None:
    """Fit a reader on some of the training origins and judge it on others; figures go to docs/curve and MLflow."""
    from conduct_training.curve_results import results

    if reader not in ("linear", "mpnet", "show"):
        raise UnusableInput(f"{reader}: choose linear, mpnet or show")
    if reader != "show":
        from conduct_training.curve import Point, run

        asked = Point(reader, origins, without, augmented, half)
        run(corpus_folder, asked, lambda step: typer.echo(step, err=True))
    for line in results():
        typer.echo(line)


__all__ = ["corpus", "curve", "evaluate", "fit", "simulate", "train"]

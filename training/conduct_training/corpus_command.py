"""`conduct corpus`: check the narratives, and give new origins their split."""

from pathlib import Path
from typing import Annotated

import typer

from conduct_training.check import check_corpus
from conduct_training.corpus import SPLITS, read_splits
from conduct_training.splits import split_of

Folder = Annotated[Path, typer.Option("--corpus", help="Folder of narratives and splits.")]
corpus = typer.Typer(help="The narratives: check them, split them.", no_args_is_help=True)

HEAD = """\
# Every origin is assigned once, for good. The rule was fixed beforehand (conduct_training/splits.py: hash of
# the origin's name); `conduct corpus assign` appends new origins by it. Test is sealed: docs/test-log.md.
"""


@corpus.command("check")
def check(folder: Folder = Path("training/corpus")) -> None:
    """Hold every narrative to the annotation guide; exit 1 where one is faulty."""
    faults, summary = check_corpus(folder)
    for line in [*faults, *summary]:
        typer.echo(line)
    raise typer.Exit(1 if faults else 0)


@corpus.command("assign")
def assign(folder: Folder = Path("training/corpus")) -> None:
    """Give every origin without a split its own, by the fixed rule; never move one."""
    path = folder / "splits.toml"
    given = read_splits(folder) if path.exists() else {}
    for narrative_file in sorted((folder / "narratives").glob("*.jsonl")):
        given.setdefault(narrative_file.stem, split_of(narrative_file.stem))
    blocks = [
        f"[{split}]\norigins = [\n" + "".join(f'  "{o}",\n' for o, s in sorted(given.items()) if s == split) + "]\n"
        for split in SPLITS
    ]
    path.write_text(HEAD + "\n" + "\n".join(blocks), "utf-8")
    typer.echo(f"{path}: " + ", ".join(f"{split} {sum(s == split for s in given.values())}" for split in SPLITS))


@corpus.command("kappa")
def kappa(
    folder: Folder = Path("training/corpus"),
    second: Annotated[Path | None, typer.Option(help="Labels of a blind second reader (JSON Lines).")] = None,
) -> None:
    """Print how far a blind second reader agrees with the labels."""
    from conduct_training.agreement import agreement

    for name, n, agreed, value in agreement(folder, second or folder / "second_reading.jsonl"):
        typer.echo(f"{name:<42} n {n}  agreed {agreed:.3f}  kappa {value:.3f}")

"""`conduct corpus`: check the narratives, split and version them, compare readers, doubt labels, audit."""

from pathlib import Path
from typing import Annotated

import typer

from conduct_training.check import check_corpus
from conduct_training.corpus import SPLITS, given_origins, narratives, read_splits
from conduct_training.splits import split_of

CORPUS = Path("training/corpus")
Folder = Annotated[Path, typer.Option("--corpus", help="Folder of narratives and splits.")]
corpus = typer.Typer(help="The narratives: check, split, version, compare, doubt, audit.", no_args_is_help=True)

HEAD = """\
# Every origin is assigned once, for good. The rule was fixed beforehand (conduct_training/splits.py: hash of
# the origin's name); `conduct corpus assign` appends new origins by it. Test is sealed: docs/test-log.md.
"""


@corpus.command("check")
def check(
    folder: Folder = CORPUS,
    floors: Annotated[bool, typer.Option(help="Ask for the floors and the version of our own corpus too.")] = True,
) -> None:
    """Hold every narrative to the annotation guide, groups, floors and version; exit 1 where one is faulty."""
    faults, summary = check_corpus(folder, floors)
    for line in [*faults, *summary]:
        typer.echo(line)
    raise typer.Exit(1 if faults else 0)


@corpus.command("assign")
def assign(folder: Folder = CORPUS) -> None:
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
    folder: Folder = CORPUS,
    second: Annotated[Path | None, typer.Option(help="Both readings, JSON Lines: id, chosen, first, second.")] = None,
) -> None:
    """Print how far a blind second reader agrees with the labels."""
    from conduct_training.agreement import agreement

    for name, n, agreed, value in agreement(second or folder / "second_reading.jsonl"):
        typer.echo(f"{name:<42} n {n}  agreed {agreed:.3f}  kappa {value:.3f}")


@corpus.command("version")
def version(number: Annotated[str, typer.Argument(help="New version, as 2.1.0.")], folder: Folder = CORPUS) -> None:
    """Name the narratives as they are a new version (major: a label's meaning; minor: origins; patch: labels)."""
    from conduct_training.dataset import name_version

    name_version(folder, number)
    typer.echo(f"{folder / 'version.toml'}: {number}")


@corpus.command("schema")
def schema() -> None:
    """Print the JSON Schema of a narrative."""
    from conduct_training.dataset import schema_lines

    for line in schema_lines():
        typer.echo(line)


@corpus.command("shortcuts")
def shortcuts(folder: Folder = CORPUS) -> None:
    """Print the shortcut audit: the narratives given at first, and all of today's, side by side. It prints words of
    the texts; the sealed test split is left out."""
    from conduct_training.dataset import OPEN_SPLITS
    from conduct_training.shortcuts import audit, table

    given = given_origins(folder)
    texts = [n for n in narratives(folder, OPEN_SPLITS) if n.crime_type is None]
    for line in table(audit([n for n in texts if n.origin in given]), audit(texts)):
        typer.echo(line)


@corpus.command("duplicates")
def duplicates(
    folder: Folder = CORPUS,
    meaning: Annotated[
        bool, typer.Option(help="List pairs with vectors of the encoder alike too, for reading.")
    ] = False,
) -> None:
    """Name pairs of narratives that are one text written twice, by shared words; exit 1 where there are any."""
    from conduct_training.duplicates import alike, close

    texts = list(narratives(folder))
    found = [("words", *pair) for pair in alike(texts)]
    if meaning:
        from conduct_training.weights import mpnet

        found += [("meaning", *pair) for pair in close(texts, mpnet())]
    for how, a, b, likeness in found:
        typer.echo(f"{how} {likeness:.2f}: {a.origin}/{a.id} and {b.origin}/{b.id}")
    typer.echo(f"{len(texts)} narratives, {len(found)} pairs too alike")
    raise typer.Exit(1 if any(how == "words" for how, *_ in found) else 0)


@corpus.command("doubts")
def doubts(folder: Folder = CORPUS, folds: Annotated[int, typer.Option(min=2, help="Of origins.")] = 5) -> None:
    """Name the labels that predictions cross-validated over origins contradict (cleanlab): to be read again."""
    from conduct_training.doubts import doubts as found

    for name, field, given, said, p in found(
        list(narratives(folder)), folds, say=lambda step: typer.echo(step, err=True)
    ):
        typer.echo(f"{name}\t{field}\t{given}\t{said}\t{p:.3f}")

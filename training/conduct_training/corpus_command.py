"""`conduct corpus`: check the narratives, and give new origins their split."""

from pathlib import Path
from typing import Annotated

import typer

from conduct_training.check import check_corpus
from conduct_training.corpus import SPLITS, narratives, read_splits
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
    _renew_hash(folder)
    typer.echo(f"{path}: " + ", ".join(f"{split} {sum(s == split for s in given.values())}" for split in SPLITS))


@corpus.command("kappa")
def kappa(
    folder: Folder = Path("training/corpus"),
    second: Annotated[Path | None, typer.Option(help="Labels of a blind second reader (JSON Lines).")] = None,
) -> None:
    """Print how far a blind second reader agrees with the labels."""
    from conduct_training.agreement import agreement

    for name, n, agreed, value in agreement(second or folder / "second_reading.jsonl"):
        typer.echo(f"{name:<42} n {n}  agreed {agreed:.3f}  kappa {value:.3f}")


@corpus.command("schema")
def schema() -> None:
    """Print the JSON Schema of a narrative."""
    from conduct_training.dataset import schema_lines

    for line in schema_lines():
        typer.echo(line)


@corpus.command("shortcuts")
def shortcuts(folder: Folder = Path("training/corpus")) -> None:
    """Print the shortcut audit: the narratives given at first, and all of today's, side by side."""
    from conduct_training.shortcuts import GIVEN, audit, table

    texts = [n for n in narratives(folder) if n.crime_type is None]
    for line in table(audit([n for n in texts if n.origin in GIVEN]), audit(texts)):
        typer.echo(line)


@corpus.command("duplicates")
def duplicates(
    folder: Folder = Path("training/corpus"),
    meaning: Annotated[bool, typer.Option(help="Compare vectors of the encoder too (needs its weights).")] = False,
) -> None:
    """Name pairs of narratives that are one text written twice; exit 1 where there are any."""
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
def doubts(folder: Folder = Path("training/corpus")) -> None:
    """Name the labels that predictions cross-validated over origins contradict (cleanlab): to be read again."""
    from conduct_training.doubts import doubts as found

    for name, field, given, said, p in found(list(narratives(folder)), say=lambda step: typer.echo(step, err=True)):
        typer.echo(f"{name}\t{field}\t{given}\t{said}\t{p:.3f}")


def _renew_hash(folder: Path) -> None:
    """Writes the content hash beside the version number, which a person raises by hand."""
    import re

    from conduct_training.dataset import content_hash

    path = folder / "version.toml"
    body = path.read_text("utf-8") if path.exists() else 'version = "1.0.0"\ncontent = ""\n'
    path.write_text(re.sub(r'content = "[0-9a-f]*"', f'content = "{content_hash(folder)}"', body), "utf-8")

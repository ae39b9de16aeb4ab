"""`python -m conduct_training.card`: evaluates the released reader, writes its card and the figures of the README."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from conduct_nlp import Reader
from conduct_serve.model import model_folder
from jinja2 import Environment, PackageLoader

from conduct_training.corpus import SPLITS, narratives, read_splits
from conduct_training.evaluate import RATES, evaluate, printed

CORPUS = Path("training/corpus")
REAL, WHOLE = CORPUS / "real_cases_dev.jsonl", Path("tests/cases/whole_records.jsonl")
BEGIN, END = "<!-- figures:begin -->", "<!-- figures:end -->"
COMMAND = f"conduct evaluate --real {REAL} --whole {WHOLE}"


def rows(
    dev: Mapping[str, Mapping[str, Any]], train: Mapping[str, Mapping[str, Any]]
) -> Iterator[tuple[str, str, str]]:
    """(what, on unseen origins, on the texts it was fitted on) of the README's table."""
    for name, key in (
        ("offence, macro-F1", "offence_macro_f1"),
        ("cyber-enabled, F1", "cyber_f1"),
        ("section, accuracy where the offence is right", "section_accuracy"),
        ("offence, calibration error", "offence_calibration_error"),
        ("share uncertain", "share_uncertain"),
    ):
        unseen, seen = dev["dev: family narratives"][key], train["train: family narratives"][key]
        yield name, f"{unseen:.2f}", f"{seen:.2f}"
    groups, grouped = dev["dev: groups"], train["train: groups"]
    for name, key in (
        ("contrast groups, offence right in every member", "contrast_offence"),
        ("contrast groups, offence, section and flag right in every member", "contrast_offence_section_cyber"),
        ("invariance groups, offence the same in every member", "invariance_offence"),
    ):
        yield name, f"{groups[key]:.2f}", f"{grouped[key]:.2f}"
    for rate in RATES:
        at = f"suggestions at {rate:.0%} wrong"
        pairs = [(f[f"{s}: {at}"], s) for f, s in ((dev, "dev"), (train, "train"))]
        shown = [f"{f['all precision']:.2f} / {f['all recall']:.2f}" for f, _ in pairs]
        yield f"suggestions, precision / recall, {rate:.0%} of crimes recorded wrongly", shown[0], shown[1]
    yield "decided cases, offence agrees", f"{dev['decided cases']['real_offence_agreement']:.2f}", "never trained on"
    whole = dev["whole records"]
    yield "whole records, exactly right", f"{whole['exactly_right']:.2f}", "never trained on"
    yield (
        "whole records, silent where nothing is wrong",
        f"{whole['silent_where_nothing_is_wrong']:.2f}",
        "never trained on",
    )


def table(dev: Mapping[str, Mapping[str, Any]], train: Mapping[str, Mapping[str, Any]]) -> str:
    head = "| measure | unseen origins (`dev`) | `train` origins (nearly all the very texts it was fitted on) |"
    lines = [head, "| --- | --- | --- |"]
    return "\n".join([*lines, *(f"| {name} | {unseen} | {seen} |" for name, unseen, seen in rows(dev, train))])


def card(version: str, reader: Reader, shown: str, dev: Mapping[str, Mapping[str, Any]]) -> str:
    """The model card, from templates/card.md."""
    counts = {split: sum(1 for _ in narratives(CORPUS, [split])) for split in SPLITS}
    origins = {split: sum(s == split for s in read_splits(CORPUS).values()) for split in SPLITS}
    environment = Environment(loader=PackageLoader("conduct_training"), autoescape=False, keep_trailing_newline=True)  # noqa: S701
    return environment.get_template("card.md").render(
        version=version,
        made=f"{datetime.now(UTC):%Y-%m-%d}",
        data=", ".join(f"{split} {counts[split]} in {origins[split]}" for split in SPLITS),
        command=COMMAND,
        shown=shown,
        settings=reader.settings,
        figures="\n".join(printed(dev)).strip(),
    )


def main() -> None:
    folder = model_folder(None)
    reader = Reader.open(folder)
    dev = evaluate(folder, "dev", REAL, WHOLE, CORPUS, 1)
    train = evaluate(folder, "train", None, None, CORPUS, 1)
    shown = table(dev, train)
    (folder / "card.md").write_text(card(reader.version, reader, shown, dev), "utf-8")
    readme = Path("README.md").read_text("utf-8")
    before, rest = readme.split(BEGIN)
    after = rest.split(END)[1]
    note = f"Released reader `{reader.version}`; printed by `make card`."
    Path("README.md").write_text(f"{before}{BEGIN}\n{note}\n\n{shown}\n{END}{after}", "utf-8")
    print(shown)


if __name__ == "__main__":
    main()

"""The corpus as a `datasets.DatasetDict`: one split each, one row a narrative, with a fixed schema and a version.

The version names the content: version.toml keeps the number of every version (major: a label's meaning; minor: origins
added; patch: labels mended) with the hash of its narratives and splits. A change without a new number is found.
"""

import hashlib
import json
import re
import tomllib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from conduct_nlp.vocabulary import FIELDS

from conduct_training.corpus import DIFFICULTIES, SPANS, STYLES, Narrative, Split, UnusableCorpus, narratives


def content_hash(folder: Path) -> str:
    """SHA-256 over splits and narratives, in the order of their names."""
    digest = hashlib.sha256((folder / "splits.toml").read_bytes())
    for path in sorted((folder / "narratives").glob("*.jsonl")):
        digest.update(path.name.encode() + hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def version(folder: Path) -> str:
    """The corpus version; raises `UnusableCorpus` where the narratives are not those it was given for."""
    newest, content = list(versions(folder).items())[-1]
    if content != content_hash(folder):
        raise UnusableCorpus(f"the narratives are no longer those of version {newest}: `conduct corpus version NEW`")
    return newest


def versions(folder: Path) -> dict[str, str]:
    """Version → hash of its content, oldest first; raises `UnusableCorpus` where version.toml is missing or empty."""
    path = folder / "version.toml"
    found = tomllib.loads(path.read_text("utf-8"))["content"] if path.exists() else {}
    if not found:
        raise UnusableCorpus(f"{path} names no version: `conduct corpus version NEW`")
    return dict(found)


def name_version(folder: Path, number: str) -> None:
    """Gives the narratives as they are a new version; raises `UnusableCorpus` for a number taken or malformed."""
    path = folder / "version.toml"
    known = versions(folder) if path.exists() else {}
    if not re.fullmatch(r"\d+\.\d+\.\d+", number) or number in known:
        raise UnusableCorpus(f"version {number}: give three numbers, as 2.1.0, that no version had before")
    lines = [f'"{one}" = "{content}"' for one, content in (known | {number: content_hash(folder)}).items()]
    head = "# Every version of the narratives and the hash of its content (conduct_training/dataset.py), oldest first."
    path.write_text("\n".join([head, "[content]", *lines, ""]), "utf-8")


def row(narrative: Narrative) -> dict[str, Any]:
    """One narrative as a flat row: labels and facts by name, quotes as lists of {label, quote, start, end}."""
    found: dict[str, Any] = {
        "id": narrative.id,
        "origin": narrative.origin,
        "narrative": narrative.text,
        "style": narrative.style,
        "difficulty": narrative.labels["difficulty"],
        "group": narrative.group,
        "kind": narrative.kind,
        "crime_type": narrative.crime_type,
    }
    found |= {field.name: narrative.value(field) for field in FIELDS}
    found["evidence"] = [_quote(narrative.text, label, quote) for label, quote in narrative.evidence.items()]
    found["spans"] = [_quote(narrative.text, name, q) for name in SPANS for q in narrative.spans[name]]
    found["decoys"] = [
        _quote(narrative.text, d["label"], d["quote"]) | {"why": d["why"]} for d in narrative.spans["decoys"]
    ]
    return found


def _quote(text: str, label: str, quote: str) -> dict[str, Any]:
    start = text.index(quote)
    return {"label": label, "quote": quote, "start": start, "end": start + len(quote)}


def schema() -> dict[str, Any]:
    """JSON Schema of a row, from the labels of the guide."""
    kinds: dict[str, Any] = {
        "id": {"type": "string"},
        "origin": {"type": "string"},
        "narrative": {"type": "string"},
        "style": {"enum": list(STYLES)},
        "difficulty": {"enum": list(DIFFICULTIES)},
        "group": {"type": ["string", "null"]},
        "kind": {"enum": ["flip", "same", "invariant", None]},
        "crime_type": {"type": ["string", "null"]},
    }
    for field in FIELDS:
        if field.kind == "flag":
            kinds[field.name] = {"type": "boolean"}
        elif field.kind == "count":
            kinds[field.name] = {"type": "integer", "minimum": 0}
        elif field.kind == "many":
            kinds[field.name] = {"type": "array", "items": {"enum": list(field.values)}, "uniqueItems": True}
        else:
            kinds[field.name] = {"enum": [*field.values, *([None] if field.optional else [])]}
    quote = {
        "label": {"type": "string"},
        "quote": {"type": "string"},
        "start": {"type": "integer"},
        "end": {"type": "integer"},
    }
    for name, more in (("evidence", {}), ("spans", {}), ("decoys", {"why": {"type": "string"}})):
        kinds[name] = {
            "type": "array",
            "items": {"type": "object", "properties": quote | more, "required": [*quote, *more]},
        }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A narrative of the Conduct corpus",
        "type": "object",
        "properties": kinds,
        "required": list(kinds),
        "additionalProperties": False,
    }


def features() -> Any:
    """`datasets.Features` of a row."""
    from datasets import Features, List, Value

    found: dict[str, Any] = {}
    for name, kind in schema()["properties"].items():
        if kind.get("type") == "boolean":
            found[name] = Value("bool")
        elif kind.get("type") == "integer":
            found[name] = Value("int32")
        elif kind.get("type") == "array" and "enum" in kind["items"]:
            found[name] = List(Value("string"))
        elif kind.get("type") == "array":
            found[name] = List(
                {
                    k: Value("int32" if v["type"] == "integer" else "string")
                    for k, v in kind["items"]["properties"].items()
                }
            )
        else:
            found[name] = Value("string")
    return Features(found)


OPEN_SPLITS: tuple[Split, ...] = ("train", "dev", "calibration")
"""Splits handed out unasked; `test` is sealed (docs/test-log.md) and has to be named."""


def as_datasets(folder: Path, splits: Sequence[Split] = OPEN_SPLITS) -> Any:
    """`datasets.DatasetDict` of the splits, built in memory: nothing is cached or sent. Needs the `data` extra.

    Raises `UnusableCorpus` where the narratives have no version.
    """
    from datasets import Dataset, DatasetDict, DatasetInfo, Version

    number = version(folder)
    info = DatasetInfo(
        description="Narratives written for Conduct, labelled by its annotation guide.",
        license="MIT",
        version=Version(number),
        features=features(),
    )
    return DatasetDict(
        {
            split: Dataset.from_list([row(n) for n in narratives(folder, [split])], features=features(), info=info)
            for split in splits
        }
    )


def schema_lines() -> Iterator[str]:
    """The schema as printed by `conduct corpus schema` and kept in training/corpus/schema.json."""
    yield from json.dumps(schema(), indent=1, ensure_ascii=False).splitlines()

"""Plain-English names and sentences, read from wording.toml."""

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any


@cache
def wording() -> dict[str, Any]:
    return tomllib.loads((files("conduct_rules") / "wording.toml").read_text("utf-8"))


def label_name(label: str) -> str:
    return str(wording()["label"].get(label, label.replace("_", " ")))


def value_name(value: str) -> str:
    """How a recorded or suggested value reads in a sentence."""
    return str(wording()["offence"].get(value, value.replace("_", " ")))

"""A released model on disk: safetensors and JSON, nothing that can run code.

`model.json` (settings, calibration, thresholds), `model.safetensors` (weights), `SOURCES.toml` (what it was made
from, with hashes), `card.md`. The version is a hash over the first two.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load_file, save_file

FORMAT = 1
WEIGHTS, SETTINGS = "model.safetensors", "model.json"


class BundleError(ValueError):
    """The folder is no model bundle that this version can read; the message says which file and why."""


@dataclass(frozen=True, slots=True)
class Bundle:
    tensors: Mapping[str, NDArray[Any]]
    settings: Mapping[str, Any]
    version: str


def _version(folder: Path) -> str:
    digest = hashlib.sha256()
    for name in (SETTINGS, WEIGHTS):
        digest.update((folder / name).read_bytes())
    return digest.hexdigest()[:12]


def load(folder: Path) -> Bundle:
    """Reads a bundle; raises `BundleError` where a file is missing, damaged or of another format."""
    try:
        settings = json.loads((folder / SETTINGS).read_text("utf-8"))
        tensors = load_file(folder / WEIGHTS)
        version = _version(folder)
    except FileNotFoundError as missing:
        raise BundleError(f"{folder}: no model bundle, {Path(str(missing.filename)).name} is missing") from missing
    except (json.JSONDecodeError, UnicodeDecodeError, SafetensorError) as damaged:
        raise BundleError(f"{folder}: the model bundle is damaged; fetch it again") from damaged
    if settings.get("format") != FORMAT:
        raise BundleError(f"{folder}/{SETTINGS}: format {settings.get('format')!r}; this version reads format {FORMAT}")
    return Bundle(tensors, settings, f"{settings['name']}-{version}")


def save(folder: Path, tensors: Mapping[str, NDArray[Any]], settings: Mapping[str, Any]) -> str:
    """Writes weights and settings; returns the version."""
    folder.mkdir(parents=True, exist_ok=True)
    save_file({name: np.ascontiguousarray(tensor) for name, tensor in tensors.items()}, folder / WEIGHTS)
    body = json.dumps({"format": FORMAT, **settings}, indent=1, sort_keys=True)
    (folder / SETTINGS).write_text(body + "\n", "utf-8")
    return f"{settings['name']}-{_version(folder)}"

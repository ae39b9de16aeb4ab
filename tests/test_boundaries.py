"""Imports point one way, and scoring loads nothing heavy (docs/design.md)."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT

PACKAGES = {
    "conduct_nlp": ROOT / "nlp",
    "conduct_rules": ROOT / "serve",
    "conduct_serve": ROOT / "serve",
    "conduct_training": ROOT / "training",
}
MAY_IMPORT = {
    "conduct_nlp": set(),
    "conduct_rules": {"conduct_nlp"},
    "conduct_serve": {"conduct_nlp", "conduct_rules"},
    "conduct_training": {"conduct_nlp", "conduct_rules", "conduct_serve"},
}
SERVE_DOORS = {"intake", "batch", "scoring", "force", "model", "problems", "columns", "log", "schema"}


def imported(path: Path) -> set[str]:
    names = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module)
    return names


@pytest.mark.parametrize("package", PACKAGES)
def test_a_package_imports_only_what_it_may(package: str) -> None:
    for path in (PACKAGES[package] / package).rglob("*.py"):
        ours = {name.split(".")[0] for name in imported(path)} & set(PACKAGES) - {package}
        assert ours <= MAY_IMPORT[package], f"{path.name} imports {ours - MAY_IMPORT[package]}"


def test_training_uses_only_the_public_doors_of_serve() -> None:
    for path in (ROOT / "training" / "conduct_training").rglob("*.py"):
        doors = {name.split(".")[1] for name in imported(path) if name.startswith("conduct_serve.")}
        assert doors <= SERVE_DOORS | {"cli"}, f"{path.name}: {doors - SERVE_DOORS}"


def test_scoring_loads_no_training_library() -> None:
    code = (
        "import conduct_serve.batch, conduct_serve.commands, sys;"
        "heavy = ('torch', 'transformers', 'datasets', 'mlflow', 'conduct_training');"
        "print([m for m in heavy if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_only_the_rules_know_the_law() -> None:
    """Home Office codes and section numbers of Acts stand in conduct_rules alone (errors of the simulator aside)."""
    allowed = {"errors.py", "simulate.py"}
    for package, root in PACKAGES.items():
        if package == "conduct_rules":
            continue
        for path in (root / package).rglob("*.py"):
            if path.name not in allowed:
                text = path.read_text("utf-8")
                assert "008/" not in text, path
                assert "195/" not in text, path


def test_nothing_that_can_run_code_is_released() -> None:
    for path in (ROOT / "models").rglob("*"):
        assert path.is_dir() or path.suffix in (".json", ".safetensors", ".npz", ".toml", ".md", ".onnx"), path

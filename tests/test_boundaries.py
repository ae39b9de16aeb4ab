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


HEAVY = ("torch", "transformers", "tokenizers", "datasets", "mlflow", "cleanlab", "conduct_training")
WITHOUT_THEM = f"""
import sys
class NotInstalled:
    def find_spec(self, name, path=None, target=None):
        if name.split('.')[0] in {HEAVY}:
            raise ModuleNotFoundError(name)
sys.meta_path.insert(0, NotInstalled())
"""


def test_scoring_runs_where_no_training_library_is_installed() -> None:
    """spaCy looks for torch by itself wherever it is installed, so what counts is that nothing needs it."""
    code = (
        f"{WITHOUT_THEM}\n"
        "import conduct_serve.batch, conduct_serve.commands\n"
        "from conduct_serve.model import model_folder, open_reader\n"
        "print(len(list(open_reader(model_folder(None)).read(['Ex-partner waits outside my work every day.']))))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.stdout.strip() == "1", done.stderr


def test_nothing_of_ours_on_the_scoring_path_imports_a_training_library() -> None:
    for package in ("conduct_nlp", "conduct_rules", "conduct_serve"):
        for path in (PACKAGES[package] / package).rglob("*.py"):
            heavy = {name.split(".")[0] for name in imported(path)} & set(HEAVY)
            # `--model models:/…` reads MLflow's registry: imported there and then, where it is installed.
            assert heavy <= ({"mlflow"} if path.name == "model.py" else set()), f"{path.name} imports {heavy}"


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

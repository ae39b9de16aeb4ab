"""Finds the model: the released bundle, a folder, or one registered in MLflow."""

import os
from importlib.resources import files
from pathlib import Path

from conduct_nlp import BundleError, Reader

from conduct_serve.problems import UnusableInput

RELEASED = "linear"


def model_folder(name: str | None) -> Path:
    """The folder of `name`: None for the released bundle, `models:/…` for MLflow, else a path.

    Raises `UnusableInput` saying what to install or to fetch.
    """
    if name is None:
        return _released()
    if not name.startswith("models:/"):
        return Path(name)
    try:
        from mlflow.artifacts import download_artifacts
        from mlflow.exceptions import MlflowException
    except ImportError as missing:
        raise UnusableInput(f"{name}: reading from MLflow needs pip install 'conduct[training]'") from missing
    os.environ.setdefault("MLFLOW_TRACKING_URI", "sqlite:///mlflow.db")
    try:
        return Path(download_artifacts(artifact_uri=name)) / "artifacts" / "bundle"
    except MlflowException as unknown:
        raise UnusableInput(f"{name}: no such registered model in {os.environ['MLFLOW_TRACKING_URI']}") from unknown


def _released() -> Path:
    """Inside an installed wheel, or beside the sources of an editable install."""
    installed = Path(str(files("conduct_serve"))) / "released" / RELEASED
    return installed if installed.is_dir() else Path(__file__).resolve().parents[2] / "models" / RELEASED


def open_reader(folder: Path) -> Reader:
    """Raises `UnusableInput` where the bundle does not fit this version."""
    try:
        return Reader.open(folder)
    except (BundleError, ValueError) as fault:
        raise UnusableInput(str(fault)) from fault
    except OSError as fault:
        raise UnusableInput(f"{folder}: cannot be read as a model bundle: {fault.strerror}") from fault

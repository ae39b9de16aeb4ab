"""A real `mlflow run`: trains, evaluates, registers; the registered reader then scores an export."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT

pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore")]  # MLflow warns about its own store
MLFLOW = Path(sys.executable).with_name("mlflow")


def mlflow_run(store: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    uri = f"sqlite:///{store}/mlflow.db"
    return subprocess.run(
        [str(MLFLOW), "run", str(ROOT), *arguments], capture_output=True, text=True, check=False, cwd=store,
        env=os.environ | {"MLFLOW_TRACKING_URI": uri, "MLFLOW_ENV_ROOT": str(store / "envs")} | environment,
    )  # fmt: skip


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("mlflow")
    done = mlflow_run(folder, "--env-manager", "local", "-P", "smoke=true")
    assert done.returncode == 0, done.stderr[-3000:]
    return folder


def client(store: Path):  # type: ignore[no-untyped-def]
    from mlflow import MlflowClient

    return MlflowClient(f"sqlite:///{store}/mlflow.db")


def test_a_run_logs_figures_for_a_split_and_no_text(store: Path) -> None:
    tracked = client(store)
    (run,) = tracked.search_runs([e.experiment_id for e in tracked.search_experiments()])
    assert run.info.status == "FINISHED"
    assert 0 < run.data.metrics["dev_all_narratives/offence_macro_f1"] <= 1
    assert 0 <= run.data.metrics["decided_cases/real_offence_agreement"] <= 1
    assert any("suggestions_at_43_wrong/all_precision" in name for name in run.data.metrics)
    assert {a.path for a in tracked.list_artifacts(run.info.run_id, "plots")} >= {"plots/labels_dev.png"}
    assert all(len(value) < 100 for value in run.data.params.values())


def test_the_registered_reader_scores_an_export(store: Path, tmp_path: Path) -> None:
    tracked = client(store)
    version = tracked.get_latest_versions("conduct-reader")[0]
    tracked.set_registered_model_alias("conduct-reader", "champion", version.version)
    (tmp_path / "x.csv").write_text(
        "crime_ref,narrative,recorded_offence\nA1,He followed her home again and again.,8L\n"
    )
    done = subprocess.run(
        [sys.executable, "-m", "conduct_serve.cli", "score", str(tmp_path / "x.csv"), "--out", str(tmp_path / "runs"),
         "--model", "models:/conduct-reader@champion"],
        capture_output=True, text=True, check=False, cwd=store,
        env=os.environ | {"MLFLOW_TRACKING_URI": f"sqlite:///{store}/mlflow.db"},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert list((tmp_path / "runs").glob("x-*/scores.parquet"))


def test_the_registered_reader_predicts(store: Path) -> None:
    import mlflow
    import pandas as pd

    mlflow.set_tracking_uri(f"sqlite:///{store}/mlflow.db")
    model = mlflow.pyfunc.load_model("models:/conduct-reader/1")
    said = model.predict(pd.DataFrame({"narrative": ["He texted her 40 times after she blocked him."]}))
    assert list(said.columns) == ["offence", "section", "confidence", "cyber_enabled"]


@pytest.mark.skipif(
    shutil.which("uv", path=str(Path(sys.executable).parent)) is None, reason="needs uv: pip install uv"
)
def test_a_fresh_uv_environment_installs_the_project_itself(tmp_path: Path) -> None:
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    done = mlflow_run(
        tmp_path, "-e", "simulate", "--env-manager", "uv", "-P", f"out={tmp_path}/x.csv", "-P", "rows=5", PATH=path
    )
    assert done.returncode == 0, done.stderr[-3000:]
    assert (tmp_path / "x.csv").exists()


def test_without_a_network_a_fresh_environment_ends_with_one_line(tmp_path: Path) -> None:
    """project_entry.py in an environment that has nothing, with every index unreachable."""
    subprocess.run([sys.executable, "-m", "venv", str(tmp_path / "bare")], check=True)
    done = subprocess.run(
        [str(tmp_path / "bare" / "bin" / "python"), str(ROOT / "training/conduct_training/project_entry.py"), "train"],
        capture_output=True, text=True, check=False,
        env={"PATH": "/usr/bin:/bin", "PIP_INDEX_URL": "http://127.0.0.1:9/", "PIP_RETRIES": "0", "PIP_NO_INDEX": "1"},
    )  # fmt: skip
    assert done.returncode == 2
    assert done.stderr.strip().splitlines() == [
        "conduct: this fresh environment could not be filled (no network?): run `mlflow run . --env-manager local`"
    ]

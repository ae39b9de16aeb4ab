"""Entry of every MLproject command. Standard library only: in a fresh environment it first installs the project.

With `--env-manager local` the project is there already. Without a network a fresh environment cannot be filled: then
one line says what to do.
"""

import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
HINT = "conduct: this fresh environment could not be filled (no network?): run `mlflow run . --env-manager local`"


def installed() -> bool:
    return all(importlib.util.find_spec(name) for name in ("conduct_training", "conduct_serve", "mlflow"))


def install() -> bool:
    """Installs the project with its training extra into the running environment; False where that fails."""
    wanted = ["-c", str(ROOT / "constraints.txt"), "-e", f"{ROOT}[training]"]
    if uv := shutil.which("uv"):
        command = [uv, "pip", "install", "--python", sys.executable, *wanted]
    else:
        command = [sys.executable, "-m", "pip", "install", *wanted]
    links = os.environ.get("PIP_FIND_LINKS")
    environment = os.environ | ({"UV_FIND_LINKS": links} if links else {})
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)  # noqa: S603
    return done.returncode == 0


def main() -> int:
    if not installed() and not install():
        print(HINT, file=sys.stderr)
        return 2
    return subprocess.run(  # noqa: S603
        [sys.executable, "-m", "conduct_serve.cli", *sys.argv[1:]], cwd=ROOT, check=False
    ).returncode


if __name__ == "__main__":
    sys.exit(main())
